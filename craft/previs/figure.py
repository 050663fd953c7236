"""A figure's skinned mesh from its body, face, hair and clothes; colours stay shader uniforms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from craft.previs.barber import add_beard, add_glasses, add_hair, add_hat, on_head
from craft.previs.batch import Batch, Bytes4, Geometry, Kind, Surface
from craft.previs.beards import beard_share
from craft.previs.faces import Features, aged, features_of
from craft.previs.garments import GARMENTS, bare_arm_field, neck_field, neck_hole, sleeve_share, top_field
from craft.previs.hair import Wearer, hairline
from craft.previs.hairstyles import HAIR_STYLES, LONG_STYLES
from craft.previs.hands import placed_hand
from craft.previs.head import EYE_RADIUS, brow_mesh, head_field, to_head_space
from craft.previs.headwear import HATS
from craft.previs.legwear import bare_legs_field, shoes_field, skirt_field, trousers_field
from craft.previs.packet import CharacterSpec
from craft.previs.sdf import Field, Mesh, surface
from craft.previs.skeleton import BODIES, BONE_INDEX, HEAD_CENTRE, Body, joints, rigid, skin
from craft.previs.solids import sphere
from craft.previs.spatial import F32, F64, vec
from craft.previs.tailoring import cloak_mesh, collar_meshes, cuff_meshes, epaulettes

DETAIL = {"draft": 0.56, "preview": 0.8, "cinematic": 1.0}
"""Mesh resolution by packet quality; voxel sizes below are for 1.0."""

_ARMS = ("upper_arm_l", "forearm_l", "upper_arm_r", "forearm_r")
_TRUNK = ("hips", "spine", "chest", *_ARMS, "thigh_l", "thigh_r")
_LEGS = ("hips", "thigh_l", "shin_l", "thigh_r", "shin_r")
_FEMININE = frozenset({"dress"})


@dataclass(frozen=True)
class FigureSpec:
    """What decides a figure's shape, and nothing that is only colour. ``who`` gives the face."""

    body: str
    hair: str
    garment: str
    detail: float
    age: int = 35
    beard: str = "none"
    hat: str = "none"
    glasses: str = "none"
    legs: str = "trousers"
    who: str = ""

    def proportions(self) -> Body:
        """The body at its age, softer and fuller under long hair, a dress or a skirt."""
        body = aged(BODIES[self.body], self.age)
        worn = self.hair in LONG_STYLES or self.garment in _FEMININE or self.legs == "skirt"
        if not worn or self.beard != "none":
            return body
        return replace(
            body,
            soft=min(1.0, body.soft + 0.5),
            bust=1.0,
            shoulder=body.shoulder * 0.945,
            waist=body.waist * 0.94,
            hips=body.hips * 1.03,
            neck=body.neck * 0.88,
            limb=body.limb * 0.93,
            jaw=body.jaw * 0.97,
        )

    def features(self) -> Features:
        """The face."""
        return features_of(self.who, self.body, self.age)


def figure_spec(character: CharacterSpec, detail: float) -> FigureSpec:
    """The shape of a packet's character."""
    return FigureSpec(
        body=character.body,
        hair=character.hair.style,
        garment=character.wardrobe.garment,
        detail=detail,
        age=character.age,
        beard=character.beard,
        hat=character.hat.kind,
        glasses=character.glasses.kind,
        legs=character.wardrobe.legs,
        who=character.id,
    )


@dataclass(frozen=True)
class Figure:
    """Mesh in bind pose with its joints; ``proxy`` is a coarse stand-in for shadows. Hands are apart,
    because they change shape.
    """

    spec: FigureSpec
    body: Body
    joints: dict[str, F64]
    mesh: Geometry
    proxy: Geometry

    @cached_property
    def features(self) -> Features:
        """The face."""
        return self.spec.features()

    @cached_property
    def rest(self) -> dict[str, F64]:
        """Angles (degrees) that this body adds to every pose: years bend the neck, girth spreads the arms."""
        years = self.body.age
        wide = min(11.0, 26.0 * max(0.0, self.body.waist - 1.04))
        return {
            "chest": vec(3.0 * years, 0, 0),
            "neck": vec(9.0 * years, 0, 0),
            "head": vec(-9.0 * years, 0, 0),
            "upper_arm_l": vec(0, 0, wide),
            "upper_arm_r": vec(0, 0, -wide),
        }

    def hand(self, side: str, shape: str) -> Geometry:
        """The left (``l``) or right hand in one of ``hands.HAND_SHAPES``; the same object every time."""
        return _hand(self.body, side, shape, self.spec.detail)


@lru_cache(maxsize=256)
def _hand(body: Body, side: str, shape: str, detail: float) -> Geometry:
    thick = 0.55 + 0.45 * body.limb
    mesh = placed_hand(shape, joints(body), side, thick, detail)
    return (
        Batch().add(mesh, Surface(kind=Kind.SKIN, rough=0.52), rigid(len(mesh[0]), "hand_" + side)).geometry()
    )


def _box(x: float, y: float, z: float) -> F32:
    return np.array((x, y, z), np.float32)


def _jaw_skin(mesh: Mesh, body: Body) -> tuple[Bytes4, Bytes4]:
    """On the head, but the chin drops with the jaw."""
    bones, weights = rigid(len(mesh[0]), "head")
    q = to_head_space(mesh[0], body)
    drop = np.clip((-0.060 - q[:, 1]) / 0.03, 0, 1) * np.clip((q[:, 2] + 0.02) / 0.05, 0, 1)
    bones[:, 1] = BONE_INDEX["jaw"]
    weights[:, 1] = np.round(drop * 255)
    weights[:, 0] = 255 - weights[:, 1]
    return bones, weights


def _face_marks(spec: FigureSpec, q: F32, wearer: Wearer) -> F32:
    """Beard and scalp of a face's vertices as colours: how dense each is, 0-255."""
    marks = np.zeros((len(q), 3), np.float32)
    marks[:, 0] = beard_share(spec.beard, q)
    if spec.hair != "bald":
        marks[:, 1] = np.clip(hairline(q, HAIR_STYLES[spec.hair], wearer) / 0.014 + 0.15, 0, 1)
    return np.round(marks * 255)


def _head(batch: Batch, spec: FigureSpec, wearer: Wearer) -> None:
    body, f, d = wearer.body, wearer.features, spec.detail
    c = np.array(HEAD_CENTRE, np.float32)
    shape = head_field(body, f)
    mesh = surface(
        shape,
        c - _box(0.125, 0.172, 0.145),
        c + _box(0.125, 0.155, 0.155),
        0.0060 / max(d, 0.6),
    )
    q = to_head_space(mesh[0], body)
    batch.add(mesh, Surface(kind=Kind.FACE, rough=0.50), _jaw_skin(mesh, body), _face_marks(spec, q, wearer))
    x, y, z = f.eye
    for side, kind, brow in ((1, Kind.EYE_LEFT, "brow_l"), (-1, Kind.EYE_RIGHT, "brow_r")):
        centre = c + np.float32(body.head) * np.array((side * x, y, z), np.float32)
        ball = sphere(tuple(centre), EYE_RADIUS * body.head, 16)
        batch.add(ball, Surface(kind=kind, rough=0.10), rigid(len(ball[0]), "head"))
        hair = brow_mesh(body, f, side, shape)
        batch.add(hair, Surface(kind=Kind.BROW, rough=0.7), rigid(len(hair[0]), brow))


def _arms(batch: Batch, spec: FigureSpec, body: Body, at: dict[str, F64]) -> None:
    if not GARMENTS[spec.garment].sleeve:
        return
    for side, tag in ((1, "_l"), (-1, "_r")):
        ends = np.stack([at["upper_arm" + tag], at["hand" + tag]]).astype(np.float32)
        low, high = ends.min(0) - 0.09, ends.max(0) + 0.09
        arm = surface(bare_arm_field(body, at, side), low, high, 0.0115 / spec.detail)
        batch.add(
            arm, Surface(kind=Kind.SKIN, rough=0.55), skin(arm[0], at, ("upper_arm" + tag, "forearm" + tag))
        )


def _top_skin(spec: FigureSpec, p: F32, body: Body, at: dict[str, F64]) -> tuple[tuple[Bytes4, Bytes4], F32]:
    """Weights of a top, and how much of each vertex is sleeve (as a colour, for patterns)."""
    share = sleeve_share(p, body, at, GARMENTS[spec.garment])
    favour = {bone: np.maximum(share, 0.25 if bone.startswith("upper") else 0.0) for bone in _ARMS}
    marks = np.zeros((len(p), 3), np.float32)
    marks[:, 0] = share * 255
    return skin(p, at, _TRUNK, favour=favour), np.round(marks)


def _top(batch: Batch, spec: FigureSpec, body: Body, at: dict[str, F64]) -> None:
    cut, d, w = GARMENTS[spec.garment], spec.detail, body.shoulder
    low, high = (-w - 0.36, 0.44, -0.34), (w + 0.36, 1.56, 0.34)
    field = top_field(body, at, cut)
    top = surface(field, low, high, 0.0125 / d)
    weights, marks = _top_skin(spec, top[0], body, at)
    cloaked = spec.garment == "cloak"
    kind = Kind.SHIRT if cloaked else Kind.TOP
    batch.add(top, Surface(kind=kind, rough=cut.rough, metal=cut.metal), weights, marks)
    if cloaked:
        cloak = cloak_mesh(body, at, d)
        bare = np.zeros((len(cloak[0]), 3), np.float32)
        batch.add(cloak, Surface(kind=Kind.TOP, rough=cut.rough), skin(cloak[0], at, _TRUNK), bare)
    for kind, collar in collar_meshes(cut, body, field, d):
        batch.add(
            collar,
            Surface(kind=kind, rough=cut.rough, metal=cut.metal),
            skin(collar[0], at, ("chest", "neck")),
        )
    if cut.cuffs:
        for bone, cuff in cuff_meshes(body, at):
            batch.add(cuff, Surface(kind=Kind.SHIRT, rough=0.7), rigid(len(cuff[0]), bone))
    if spec.garment == "uniform":
        boards = epaulettes(body)
        batch.add(
            boards,
            Surface(kind=Kind.ACCENT, rough=0.6),
            skin(boards[0], at, ("chest", "upper_arm_l", "upper_arm_r")),
        )


def _below(batch: Batch, spec: FigureSpec, body: Body, at: dict[str, F64]) -> None:
    d = spec.detail

    def add(field: Field, kind: Kind, rough: float, low: float = 0.02) -> None:
        mesh = surface(field, (-0.38, low, -0.27), (0.38, 1.10, 0.27), 0.0135 / d)
        batch.add(mesh, Surface(kind=kind, rough=rough), skin(mesh[0], at, _LEGS))

    dressed = spec.garment == "dress"
    if spec.legs == "skirt" and not dressed:
        add(skirt_field(body), Kind.BOTTOM, 0.8, 0.42)
    if spec.legs == "shorts" and not dressed:
        add(trousers_field("shorts", body, at), Kind.BOTTOM, 0.8, 0.48)
    if spec.legs in ("skirt", "shorts"):
        add(bare_legs_field(body, at), Kind.SKIN, 0.55)
    elif dressed and spec.legs == "trousers":
        add(bare_legs_field(body, at), Kind.BOTTOM, 0.6)
    else:
        add(trousers_field(spec.legs, body, at), Kind.JEANS if spec.legs == "jeans" else Kind.BOTTOM, 0.82)
    shoes = surface(shoes_field(at), (-0.30, -0.02, -0.15), (0.30, 0.18, 0.22), 0.0105 / d)
    feet = skin(shoes[0], at, ("shin_l", "foot_l", "shin_r", "foot_r"), 10.4)
    batch.add(shoes, Surface(kind=Kind.SHOES, rough=0.30), feet)


def _neck(batch: Batch, spec: FigureSpec, body: Body, at: dict[str, F64]) -> None:
    mesh = surface(
        neck_field(body, neck_hole(body, GARMENTS[spec.garment])),
        (-0.17, 1.32, -0.13),
        (0.17, 1.66, 0.13),
        0.0115 / spec.detail,
    )
    batch.add(mesh, Surface(kind=Kind.SKIN, rough=0.55), skin(mesh[0], at, ("chest", "neck", "head")))


def _limb_proxy(at: dict[str, F64], a: str, b: str, radius: float) -> Mesh:
    start, end = np.asarray(at[a], np.float32), np.asarray(at[b], np.float32)

    def bar(p: F32) -> F32:
        axis = end - start
        h = np.clip(((p - start) * axis).sum(1) / (axis * axis).sum(), 0, 1)
        away = p - start - h[:, None] * axis
        return np.asarray(np.sqrt((away * away).sum(1)) - radius, np.float32)

    low, high = np.minimum(start, end) - radius * 1.4, np.maximum(start, end) + radius * 1.4
    return surface(bar, tuple(low), tuple(high), radius * 0.75)


def _head_proxy(batch: Batch, spec: FigureSpec, body: Body) -> None:
    centre = (0, HEAD_CENTRE[1], HEAD_CENTRE[2] - 0.012)
    head = sphere(centre, tuple(np.array((0.072, 0.098, 0.074)) * body.head), 14)
    batch.add(head, Surface(), rigid(len(head[0]), "head"))
    if spec.hair in ("long", "bob", "ponytail"):
        fall = sphere((0, 1.57, -0.075), tuple(np.array((0.075, 0.12, 0.05)) * body.head), 10)
        batch.add(fall, Surface(), rigid(len(fall[0]), "head"))
    if spec.hair == "afro" and spec.hat == "none":
        puff = sphere((0, 1.69, -0.02), tuple(np.array((0.125, 0.118, 0.12)) * body.head), 12)
        batch.add(puff, Surface(), rigid(len(puff[0]), "head"))
    if spec.hat != "none":
        field = HATS[spec.hat].field
        c = np.array(HEAD_CENTRE, np.float32)

        def hat(p: F32) -> F32:
            return (field(to_head_space(p, body)) * body.head - 0.004).astype(np.float32)

        worn = surface(hat, c + _box(-0.19, -0.08, -0.19), c + _box(0.19, 0.24, 0.19), 0.020)
        batch.add(worn, Surface(), rigid(len(worn[0]), "head"))
        sewn = HATS[spec.hat].sewn
        if sewn is not None:
            brim = on_head(sewn(), body)
            batch.add(brim, Surface(), rigid(len(brim[0]), "head"))


def _proxy(spec: FigureSpec, body: Body, at: dict[str, F64]) -> Geometry:
    """A few thousand triangles that cast nearly the figure's shadow; slightly thinner so that it never
    shades itself.
    """
    batch, cut, skinless = Batch(), GARMENTS[spec.garment], Surface()
    for tag in ("_l", "_r"):
        for a, b, r in (
            ("upper_arm", "forearm", 0.040),
            ("forearm", "hand", 0.036),
            ("thigh", "shin", 0.056),
            ("shin", "foot", 0.044),
        ):
            mesh = _limb_proxy(at, a + tag, b + tag, r * body.limb)
            batch.add(mesh, skinless, rigid(len(mesh[0]), a + tag))
    field = top_field(body, at, replace(cut, sleeve=0.12))
    trunk = surface(field, (-0.3, 0.46, -0.3), (0.3, 1.5, 0.3), 0.042)
    shrunk = (trunk[0] - trunk[1] * np.float32(0.02), trunk[1], trunk[2])
    batch.add(shrunk, skinless, skin(shrunk[0], at, ("hips", "spine", "chest")))
    _head_proxy(batch, spec, body)
    return batch.geometry()


def build_figure(spec: FigureSpec) -> Figure:
    """Triangulate a figure; 0.2-0.6 s depending on detail, so callers cache it."""
    body = spec.proportions()
    at = joints(body)
    batch = Batch()
    wearer = Wearer(body, spec.features(), GARMENTS[spec.garment].collar in ("hood", "mantle"))
    _head(batch, spec, wearer)
    add_hair(batch, spec.hair, spec.hat, wearer, spec.detail, at)
    add_beard(batch, spec.beard, wearer, spec.detail, _jaw_skin)
    add_hat(batch, spec.hat, body, spec.detail)
    add_glasses(batch, spec.glasses, wearer)
    _top(batch, spec, body, at)
    _neck(batch, spec, body, at)
    _below(batch, spec, body, at)
    _arms(batch, spec, body, at)
    return Figure(spec, body, at, batch.geometry(), _proxy(spec, body, at))
