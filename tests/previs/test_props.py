"""Props: twenty kinds that fit a hand, lie where they are put and are seen in the picture."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from craft.previs import Packet
from craft.previs.engine import ENGINE
from craft.previs.packet import schema
from craft.previs.prop_meshes import PROP_KINDS, prop_geometry
from craft.previs.props import GRIPS, grip_frame, lying_matrix
from craft.previs.shot import plan_shot
from craft.previs.spatial import apply, length, vec
from craft.previs.stage import Mark, Obstacle

RED = "#d01818"


def held(packet_data, kind, hand="right", **changes):
    data = packet_data(
        width=160,
        height=90,
        props=[{"id": "thing", "kind": kind, "colour": RED, "held_by": "ada", "hand": hand}],
        time_of_day="noon",
        camera={"size": "mws", "subjects": ["ada"], "azimuth": 10},
        **changes,
    )
    data["characters"] = data["characters"][:1]
    data["characters"][0]["gaze"] = "ahead"
    return plan_shot(Packet.from_json(data))


def test_every_kind_of_the_schema_has_a_mesh_and_a_grip():
    kinds = schema()["properties"]["props"]["items"]["properties"]["kind"]["enum"]
    assert sorted(kinds) == sorted(PROP_KINDS) == sorted(GRIPS)


@pytest.mark.parametrize("kind", PROP_KINDS)
def test_a_mesh_is_small_closed_enough_and_of_its_size(kind):
    geometry = prop_geometry(kind, RED)
    assert 12 < len(geometry.triangles) < 4000
    assert geometry.triangles.max() < len(geometry.vertices)
    normals = geometry.vertices["nrm"]
    assert np.allclose(np.sqrt((normals**2).sum(1)), 1.0, atol=0.02)
    size = geometry.vertices["pos"].max(0) - geometry.vertices["pos"].min(0)
    assert 0.07 < float(size.max()) < 1.75
    assert prop_geometry(kind, RED) is geometry


@pytest.mark.parametrize("hand", ["left", "right"])
@pytest.mark.parametrize("kind", PROP_KINDS)
def test_a_held_thing_is_in_the_hand_and_out_of_the_body(packet_data, kind, hand):
    shot = held(packet_data, kind, hand)
    moment = shot.moments(4)[0]
    (thing,) = shot.things(4, [moment])
    fist = grip_frame(shot.actors[0].figure, moment.posed, hand[0])[:3, 3]
    points = thing.geometry.vertices["pos"].astype(np.float64)
    world = np.stack([apply(thing.matrix, p) for p in points[:: max(1, len(points) // 300)]])
    inside = apply(thing.matrix[:3, :3].T, fist - thing.matrix[:3, 3])
    assert length(inside - np.clip(inside, points.min(0), points.max(0))) < 0.07
    assert float(world[:, 1].min()) > -0.02
    trunk = moment.posed.point(shot.actors[0].figure, "chest", vec(0, 1.15, 0))
    away = world - trunk
    near = np.hypot(away[:, 0], away[:, 2])[np.abs(away[:, 1]) < 0.2]
    assert near.size == 0 or near.min() > 0.075
    assert moment.hands["lr".index(hand[0])] != "relaxed" or kind == "laptop"


def test_the_camera_sees_the_thing_in_its_colour_and_segment(packet_data):
    with ENGINE.drawing():
        renderer = ENGINE.renderer(160, 90, "draft")
        pictures, masks = [], []
        for kind in ("box", "umbrella"):
            shot = held(packet_data, kind)
            pictures.append(np.frombuffer(renderer.frame(shot, 0), np.uint8).reshape(90, 160, 3))
            raw = np.frombuffer(renderer.targets.material.read(), np.uint8).reshape(90, 160, 4)
            masks.append(raw[..., 0] == shot.props[0].segment)
    for picture, mask in zip(pictures, masks, strict=True):
        assert mask.sum() > 40
        r, g, b = (picture[..., i][mask].astype(float).mean() for i in range(3))
        assert r > 1.4 * g
        assert r > 1.4 * b


def test_a_free_thing_lies_on_the_table_of_its_mark_or_on_the_floor(packet_data):
    shot = plan_shot(Packet.from_json(packet_data(props=[{"id": "keys", "kind": "keys", "mark": 3}])))
    (thing,) = shot.things(0)
    mark = shot.stage.marks[3]
    assert math.dist((thing.matrix[0, 3], thing.matrix[2, 3]), (mark.x, mark.z)) < 0.6
    points = thing.geometry.vertices["pos"].astype(np.float64)
    assert abs(min(float(apply(thing.matrix, p)[1]) for p in points)) < 0.01
    table = Obstacle((-1, 0.70, -1), (1, 0.75, 1), "table")
    stage = shot.stage.__class__(**{**shot.stage.__dict__, "obstacles": (table,)})
    for prop in PROP_KINDS:
        spec = Packet.from_json(packet_data(props=[{"id": "x", "kind": prop}])).props[0]
        matrix = lying_matrix(spec, Mark(0.2, 0.3, 30), stage, taken=False)
        points = prop_geometry(prop, RED).vertices["pos"].astype(np.float64)
        assert abs(min(float(apply(matrix, p)[1]) for p in points) - 0.75) < 0.03, prop


def test_a_thing_moves_with_its_hand_and_never_jumps_between_hands(packet_data):
    data = packet_data(
        frames=120,
        props=[{"id": "book", "kind": "book", "held_by": "ada"}],
        camera={"framing": "two_shot", "size": "ws"},
    )
    data["camera"]["subjects"] = ["ada", "ben"]
    data["characters"][0]["beats"] = [{"at_ms": 200, "action": "give", "target": "ben", "prop": "book"}]
    shot = plan_shot(Packet.from_json(data))
    places = []
    for frame in range(120):
        things = shot.things(frame)
        assert len(things) == 1
        places.append(things[0].matrix[:3, 3])
    assert max(length(b - a) for a, b in pairwise(places)) < 0.16
    ben = next(a for a in shot.drawn if a.spec.id == "ben")
    moment = shot.moments(119)[[a.spec.id for a in shot.drawn].index("ben")]
    assert length(grip_frame(ben.figure, moment.posed, "r")[:3, 3] - places[-1]) < 0.25


def test_who_telephones_or_drinks_without_a_thing_gets_one(packet_data):
    data = packet_data(frames=60)
    data["characters"][0]["beats"] = [{"at_ms": 0, "action": "phone", "duration_ms": 2000}]
    data["characters"][1]["beats"] = [{"at_ms": 0, "action": "drink"}]
    shot = plan_shot(Packet.from_json(data))
    assert sorted(t.spec.kind for t in shot.props) == ["cup", "phone"]
    phone = next(t for t in shot.things(24) if t.kind == "phone")
    ada = next(a for a in shot.drawn if a.spec.id == "ada")
    moment = shot.moments(24)[[a.spec.id for a in shot.drawn].index("ada")]
    ear = moment.posed.point(ada.figure, "head", vec(-0.10, 1.63, 0.0))
    assert length(apply(phone.matrix, vec(0, 0.10, 0)) - ear) < 0.07
