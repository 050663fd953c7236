"""Figures: every value of the schema is built, closed, on the ground, and looks like nobody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from craft.previs import Packet, cache, health
from craft.previs.batch import Kind
from craft.previs.beards import BEARDS, beard_share
from craft.previs.cache import figure_for
from craft.previs.engine import ENGINE
from craft.previs.faces import features_of, years_of
from craft.previs.figure import FigureSpec, build_figure
from craft.previs.garments import GARMENTS, PATTERNS, painted
from craft.previs.hairstyles import HAIR_STYLES
from craft.previs.hands import HAND_SHAPES, hand_mesh, placed_hand
from craft.previs.head import to_head_space
from craft.previs.headwear import GLASSES, HATS
from craft.previs.legwear import LEGS
from craft.previs.packet import schema
from craft.previs.projection import CameraPose
from craft.previs.sdf import surface
from craft.previs.shot import plan_shot
from craft.previs.skeleton import BODIES
from craft.previs.spatial import vec

DRAFT = FigureSpec("average", "short", "shirt", 0.56, who="somebody")
VARIANTS = [
    *(replace(DRAFT, body=body, legs=leg) for body, leg in zip(BODIES, [*LEGS, *LEGS], strict=False)),
    *(replace(DRAFT, hair=hair) for hair in (*HAIR_STYLES, "bald")),
    *(
        replace(DRAFT, garment=garment, legs=legs)
        for garment, legs in zip(GARMENTS, [*LEGS] * 3, strict=True)
    ),
    *(replace(DRAFT, beard=beard, age=70) for beard in BEARDS),
    *(
        replace(DRAFT, hat=hat, hair=hair)
        for hat, hair in zip(HATS, ("afro", "long", "bun", "curly", "braid"), strict=True)
    ),
    *(replace(DRAFT, glasses=glasses, age=18) for glasses in GLASSES),
    replace(DRAFT, body="heavy", garment="armour", age=95, hair="ponytail", legs="jeans"),
    replace(DRAFT, body="petite", garment="cloak", hair="pixie", legs="shorts"),
]
needs_egl = pytest.mark.skipif(not health().ok, reason=f"no EGL here: {health().reason}")


def _label(spec):
    plain = {name: getattr(DRAFT, name) for name in spec.__dataclass_fields__}
    return "-".join(str(v) for k, v in spec.__dict__.items() if v != plain[k]) or "plain"


def _enum(*path):
    node = schema()["properties"]["characters"]["items"]["properties"]
    for name in path:
        node = node[name]["properties"] if "properties" in node[name] else node[name]
    return node["enum"]


def test_everything_the_schema_offers_is_built():
    assert set(_enum("body")) == set(BODIES)
    assert set(_enum("hair", "style")) == {*HAIR_STYLES, "bald"}
    assert set(_enum("beard")) == set(BEARDS)
    assert set(_enum("hat", "kind")) == {*HATS, "none"}
    assert set(_enum("glasses", "kind")) == {*GLASSES, "none"}
    assert set(_enum("wardrobe", "garment")) == set(GARMENTS)
    assert set(_enum("wardrobe", "legs")) == set(LEGS)
    assert list(_enum("wardrobe", "pattern")) == list(PATTERNS)


@pytest.mark.parametrize("spec", VARIANTS, ids=_label)
def test_figure_is_sound_and_stands_on_the_floor(spec):
    figure = build_figure(spec)
    for mesh in (figure.mesh, figure.proxy):
        normals = np.sqrt((mesh.vertices["nrm"].astype(np.float64) ** 2).sum(1))
        assert np.isfinite(mesh.vertices["pos"]).all()
        assert np.abs(normals - 1).max() < 1e-3
        assert mesh.triangles.max() < len(mesh.vertices)
        assert (mesh.vertices["weights"].astype(int).sum(1) == 255).all()
    lowest = figure.mesh.vertices["pos"][:, 1].min()
    assert -0.004 < lowest < 0.012
    assert figure.mesh.vertices["pos"][:, 1].max() > 1.72


@pytest.mark.parametrize("spec", VARIANTS, ids=_label)
def test_cloth_and_face_have_no_holes(spec):
    """Every edge of a closed body belongs to two triangles; only hair (cut off inside the skull) is open."""
    figure = build_figure(spec)
    kinds = figure.mesh.kinds()
    for kind in set(kinds.tolist()) - {Kind.HAIR, Kind.EYE_LEFT, Kind.EYE_RIGHT}:
        faces = figure.mesh.triangles[kinds == kind]
        sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        count = Counter(map(tuple, np.sort(sides, 1).tolist()))
        assert all(n % 2 == 0 for n in count.values()), Kind(kind).name


def test_draft_stays_light():
    """At most a quarter more triangles than the first figures had (28,256 with short hair, 33,628 with long)."""
    short = FigureSpec("average", "short", "suit", 0.56)
    long = FigureSpec("slim", "long", "coat", 0.56)
    assert len(build_figure(short).mesh.triangles) < 1.25 * 28256
    assert len(build_figure(long).mesh.triangles) < 1.25 * 33628


def _hair(figure):
    vertices = figure.mesh.vertices
    return to_head_space(vertices["pos"][vertices["meta"][:, 1] == Kind.HAIR], figure.body)


@pytest.mark.parametrize("hat", HATS)
@pytest.mark.parametrize("hair", ["short", "afro", "bun", "undercut", "ponytail"])
def test_no_hair_pokes_through_a_hat(hat, hair):
    q = _hair(build_figure(replace(DRAFT, hat=hat, hair=hair)))
    above = q[q[:, 1] > HATS[hat].rim(q)]
    assert len(above)
    assert HATS[hat].field(above).max() < 0.0


def test_bare_head_of_the_same_style_is_higher_than_the_hat():
    assert _hair(build_figure(replace(DRAFT, hair="afro")))[:, 1].max() > 0.16


def test_faces_differ_by_id_and_repeat_for_the_same_id():
    first, again, other = (features_of(who, "average", 35) for who in ("ada", "ada", "ben"))
    assert first == again
    assert (
        sum(abs(a - b) > 0.1 for a, b in zip(first.__dict__.values(), other.__dict__.values(), strict=True))
        > 8
    )
    faces = [build_figure(replace(DRAFT, who=who)).mesh for who in ("ada", "ben")]
    heads = [m.vertices["pos"][m.vertices["meta"][:, 1] == Kind.FACE] for m in faces]
    assert heads[0].shape != heads[1].shape or not np.allclose(heads[0], heads[1], atol=1e-4)


def test_age_marks_face_hair_and_bearing():
    assert [years_of(a) for a in (18, 26, 84, 95)] == [0, 0, 1, 1]
    young, old = (build_figure(replace(DRAFT, age=age)) for age in (22, 85))
    assert old.rest["neck"][0] > 6 > young.rest["neck"][0] + 5
    crown = [_hair(f)[:, 1].max() for f in (young, old)]
    assert crown[1] < crown[0]
    assert old.body.waist > young.body.waist
    assert old.features.nose_low < young.features.nose_low


def test_long_hair_softens_but_a_beard_does_not():
    assert replace(DRAFT, hair="long").proportions().bust == 1
    assert replace(DRAFT, hair="long", beard="full").proportions().bust == 0


def test_beards_keep_off_the_lips_and_cover_what_their_name_says():
    chin, lip, cheek, upper = (np.array([p], np.float32) for p in (
        (0, -0.095, 0.070), (0, -0.0575, 0.085), (0.050, -0.060, 0.035), (0.012, -0.044, 0.085),
    ))  # fmt: skip
    for beard in BEARDS:
        assert beard_share(beard, lip)[0] < 0.05
    assert beard_share("full", cheek)[0] > 0.9 > 0.5 > beard_share("goatee", cheek)[0]
    assert beard_share("goatee", chin)[0] > 0.8 > 0.1 > beard_share("moustache", chin)[0]
    assert beard_share("moustache", upper)[0] > 0.5
    assert beard_share("none", chin)[0] == 0


def test_hand_shapes_differ_and_left_mirrors_right():
    spans = {name: np.ptp(hand_mesh(name, 1.0, 1.0)[0], axis=0) for name in HAND_SHAPES}
    assert spans["open"][2] > spans["relaxed"][2] > spans["fist"][2]
    assert spans["point"][2] > spans["fist"][2] + 0.04
    assert spans["open"][1] > spans["fist"][1]
    at = build_figure(DRAFT).joints
    left, right = (placed_hand("point", at, side, 1.0, 0.56)[0] for side in "lr")
    assert np.allclose(np.sort(left[:, 0]), np.sort(-right[:, 0]), atol=1e-5)
    assert np.allclose(left[:, 1].min(), right[:, 1].min(), atol=1e-5)


def test_gripping_hand_leaves_room_for_a_handle():
    """Around the axis of the grip frame (2.6 cm out of the palm, 7.2 cm along) fits a stick of 1.5 cm."""
    p = hand_mesh("grip", 1.0, 1.0)[0]
    beside = p[np.abs(p[:, 1]) < 0.03]
    assert np.hypot(beside[:, 0] - 0.026, beside[:, 2] - 0.072).min() > 0.0075


def test_hands_are_the_same_object_each_time():
    figure = build_figure(DRAFT)
    assert figure.hand("l", "fist") is figure.hand("l", "fist")
    assert figure.hand("l", "fist") is not figure.hand("l", "open")
    assert (figure.hand("r", "fist").vertices["meta"][:, 1] == Kind.SKIN).all()


def test_broad_trunk_does_not_follow_its_arms():
    figure = build_figure(replace(DRAFT, body="heavy", garment="hoodie"))
    v = figure.mesh.vertices[figure.mesh.vertices["meta"][:, 1] == Kind.TOP]
    belly = v[(v["pos"][:, 2] > 0.08) & (v["pos"][:, 1] < 1.1)]
    arms = np.isin(belly["bones"], [9, 12])
    assert (belly["weights"] * arms).sum(1).max() < 26


def test_sparse_sampling_finds_the_whole_surface():
    def ball(p):
        return np.sqrt((p * p).sum(1)) - np.float32(0.4)

    positions, normals, faces = surface(ball, (-0.5, -0.5, -0.5), (0.5, 0.5, 0.5), 0.02)
    assert np.abs(np.sqrt((positions**2).sum(1)) - 0.4).max() < 1e-3
    assert np.abs((positions / 0.4 * normals).sum(1) - 1).max() < 1e-2
    a, b, c = (positions[faces[:, i]] for i in range(3))
    area = np.sqrt((np.cross(b - a, c - a) ** 2).sum(1)).sum() / 2
    assert area == pytest.approx(4 * np.pi * 0.16, rel=0.01)


def test_cached_figure_is_the_fresh_one(tmp_path, monkeypatch):
    monkeypatch.setenv("SLATE_CACHE", str(tmp_path))
    fresh = figure_for.__wrapped__(DRAFT)
    assert len(list((tmp_path / "previs").glob("figure-*.npz"))) == 1
    monkeypatch.setattr(cache, "build_figure", None)
    stored = figure_for.__wrapped__(DRAFT)
    assert stored.mesh.vertices.tobytes() == fresh.mesh.vertices.tobytes()
    assert stored.mesh.triangles.tobytes() == fresh.mesh.triangles.tobytes()
    assert stored.proxy.vertices.tobytes() == fresh.proxy.vertices.tobytes()
    assert stored.features == fresh.features


def test_every_pattern_has_its_own_shader_number():
    numbers = {painted(garment, pattern) for garment in GARMENTS for pattern in PATTERNS}
    assert len(numbers) == len(GARMENTS) * len(PATTERNS)


def _drawn(packet_data, person, at=1.0, away=3.6, focal=45.0, turn=0.0, width=96, height=128):
    """Frame (rgb, top row first) and mask of one person before a camera that does not reframe for them."""
    character = {"id": "x", "gaze": "ahead", "pose": "stand", "mark": 0, **person}
    data = packet_data(frames=1, width=width, height=height)
    data |= {
        "characters": [character],
        "camera": {"size": "fs", "subjects": ["x"]},
        "set": {"kind": "street", "seed": 2},
        "time_of_day": "noon",
    }
    shot = plan_shot(Packet.from_json(data))
    actor = shot.actors[0]
    yaw = np.radians(actor.subject.yaw + turn)
    target = actor.subject.origin + vec(0, at, 0)
    eye = target + vec(np.sin(yaw) * away, 0, np.cos(yaw) * away)
    shot = replace(shot, path=(CameraPose(eye, target, focal),))
    with ENGINE.drawing():
        renderer = ENGINE.renderer(width, height, "draft")
        raw = renderer.frame(shot, 0)
        material = renderer.targets.material.read()
    rgb = np.frombuffer(raw, np.uint8).reshape(height, width, 3)[::-1].astype(int)
    segment = np.frombuffer(material, np.uint8).reshape(height, width, 4)[::-1, :, 0]
    return rgb, (segment >= 40) & (segment < 72)


def _different(a, b):
    """Share of the two silhouettes' pixels that only one of them covers."""
    return float((a ^ b).sum() / max(1, (a | b).sum()))


@needs_egl
def test_bodies_have_silhouettes_of_their_own(packet_data):
    masks = {body: _drawn(packet_data, {"body": body})[1] for body in BODIES}
    assert all(mask.sum() > 600 for mask in masks.values())
    for a in masks:
        for b in masks:
            assert a >= b or _different(masks[a], masks[b]) > 0.08, (a, b)


@needs_egl
def test_hair_styles_have_silhouettes_of_their_own(packet_data):
    """Judged three-quarter, because a bun is behind; 3 mm of buzz cut alone show only as colour."""
    seen = {
        style: _drawn(packet_data, {"hair": {"style": style}}, at=1.62, away=1.6, focal=50, turn=50)[1]
        for style in HAIR_STYLES
    }
    seen["bald"] = _drawn(packet_data, {"hair": {"style": "bald"}}, at=1.62, away=1.6, focal=50, turn=50)[1]
    assert _different(seen["afro"], seen["bald"]) > 0.12
    pairs = [(a, b, _different(seen[a], seen[b])) for a in seen for b in seen if a < b]
    near = [(a, b) for a, b, share in pairs if share < 0.008 and (a, b) != ("bald", "buzz")]
    assert not near, near


@needs_egl
def test_colours_of_a_person_show_in_the_frame(packet_data):
    plain = {"garment": "shirt", "top": "#d8d8d8"}
    calm, _ = _drawn(packet_data, {"wardrobe": plain}, at=1.25, away=1.2, focal=50)
    striped = {**plain, "pattern": "stripes", "pattern_colour": "#c01818"}
    loud, _ = _drawn(packet_data, {"wardrobe": striped}, at=1.25, away=1.2, focal=50)

    def reds(rgb):
        chest = rgb[40:90, 30:66]
        return float(((chest[..., 0] - chest[..., 1:].max(-1)) > 40).mean())

    assert reds(calm) < 0.02
    assert 0.2 < reds(loud) < 0.8
    hatted, _ = _drawn(
        packet_data, {"hat": {"kind": "beanie", "colour": "#1030c0"}}, at=1.65, away=1.2, focal=50
    )
    blue = hatted[..., 2] - hatted[..., :2].max(-1) > 40
    assert blue[:64].mean() > 0.05


@needs_egl
def test_hands_drawn_are_those_of_the_moment(packet_data):
    data = packet_data(frames=1)
    data |= {
        "characters": [{"id": "x", "pose": "stand", "gaze": "ahead"}],
        "camera": {"size": "fs", "subjects": ["x"]},
    }
    shot = plan_shot(Packet.from_json(data))
    moment = shot.moments(0)[0]
    wrist = moment.posed.frames["hand_r"][:3, 3]
    shot = replace(shot, path=(CameraPose(wrist + vec(0.0, 0.0, 0.7), wrist, 60.0),))
    masks = []
    for shape in ("fist", "open"):
        with ENGINE.drawing():
            renderer = ENGINE.renderer(128, 72, "draft")
            renderer.frame(shot, 0, [replace(moment, hands=("relaxed", shape))])
            masks.append(np.frombuffer(renderer.targets.albedo.read(), np.uint8).astype(int).copy())
    assert (np.abs(masks[0] - masks[1]) > 24).mean() > 0.01


@needs_egl
def test_an_old_face_has_lines_that_a_young_one_has_not(packet_data):
    """Fine contrast of the G-buffer's albedo over the face grows with age."""
    contrast = []
    for age in (24, 84):
        data = packet_data(frames=1, width=160, height=160)
        data |= {
            "characters": [{"id": "x", "age": age, "gaze": "ahead", "hair": {"style": "bald"}}],
            "camera": {"size": "cu", "subjects": ["x"], "azimuth": 0},
        }
        shot = plan_shot(Packet.from_json(data))
        with ENGINE.drawing():
            renderer = ENGINE.renderer(160, 160, "draft")
            renderer.frame(shot, 0)
            albedo = (
                np.frombuffer(renderer.targets.albedo.read(), np.uint8).reshape(160, 160, 4).astype(float)
            )
            skin = (
                np.frombuffer(renderer.targets.material.read(), np.uint8).reshape(160, 160, 4)[..., 2] > 240
            )
        rough = np.abs(np.diff(albedo[..., 1], axis=0))[skin[1:] & skin[:-1]]
        contrast.append(float(rough.mean()))
    assert contrast[1] > 1.15 * contrast[0]
