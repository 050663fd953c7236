"""Camera paths: each movement changes what it names and nothing else."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from craft.previs import Packet
from craft.previs.shot import plan_shot
from craft.previs.spatial import basis, dot, length, unit


@pytest.fixture
def path_of(packet_data):
    def build(movement, direction, **camera):
        shot = plan_shot(
            Packet.from_json(
                packet_data(
                    frames=48, camera={"movement": movement, "direction": direction, "size": "ms", **camera}
                )
            )
        )
        return shot, shot.path

    return build


def _yaw(pose):
    f = pose.target - pose.eye
    return math.degrees(math.atan2(float(f[0]), float(f[2])))


def _pitch(pose):
    return math.degrees(math.asin(float(unit(pose.target - pose.eye)[1])))


def test_static_camera_is_constant(path_of):
    _shot, path = path_of("static", "none")
    assert all((p.eye == path[0].eye).all() and (p.target == path[0].target).all() for p in path)


@pytest.mark.parametrize(("direction", "sign"), [("left", 1), ("right", -1)])
def test_pan_turns_and_neither_moves_nor_tilts(path_of, direction, sign):
    _shot, path = path_of("pan", direction)
    assert all((p.eye == path[0].eye).all() for p in path)
    assert (_yaw(path[-1]) - _yaw(path[0])) * sign > 3
    assert max(abs(_pitch(p) - _pitch(path[0])) for p in path) < 0.4


@pytest.mark.parametrize(("direction", "sign"), [("up", 1), ("down", -1)])
def test_tilt_pitches_and_does_not_turn(path_of, direction, sign):
    _shot, path = path_of("tilt", direction)
    assert all((p.eye == path[0].eye).all() for p in path)
    assert (_pitch(path[-1]) - _pitch(path[0])) * sign > 2
    assert max(abs(_yaw(p) - _yaw(path[0])) for p in path) < 0.2


@pytest.mark.parametrize(("direction", "sign"), [("in", 1), ("out", -1)])
def test_dolly_moves_along_the_view_axis(path_of, direction, sign):
    _shot, path = path_of("dolly", direction)
    travel = path[-1].eye - path[0].eye
    assert length(travel) > 0.1
    assert dot(unit(travel), unit(path[0].target - path[0].eye)) * sign > 0.95


@pytest.mark.parametrize(("direction", "sign"), [("left", -1), ("right", 1)])
def test_truck_moves_sideways_with_a_steady_heading(path_of, direction, sign):
    _shot, path = path_of("truck", direction)
    travel = path[-1].eye - path[0].eye
    right, _up, _forward = basis(path[0].eye, path[0].target)
    assert dot(unit(travel), right) * sign > 0.99
    assert abs(float(travel[1])) < 1e-6
    assert abs(_yaw(path[-1]) - _yaw(path[0])) < 1e-6


@pytest.mark.parametrize(("direction", "sign"), [("up", 1), ("down", -1)])
def test_crane_moves_vertically_only(path_of, direction, sign):
    _shot, path = path_of("crane", direction)
    travel = path[-1].eye - path[0].eye
    assert float(travel[1]) * sign > 0.1
    assert abs(float(travel[0])) < 1e-9 and abs(float(travel[2])) < 1e-9


@pytest.mark.parametrize(("direction", "sign"), [("cw", -1), ("ccw", 1)])
def test_arc_keeps_its_radius_and_turns_by_its_degrees(path_of, direction, sign):
    shot, path = path_of("arc", direction, arc_degrees=30)
    focus = shot.composition.focus
    flat = [(float(p.eye[0] - focus[0]), float(p.eye[2] - focus[2])) for p in path]
    radii = [math.hypot(*f) for f in flat]
    assert max(radii) - min(radii) < 1e-6
    turned = math.degrees(math.atan2(*flat[-1]) - math.atan2(*flat[0]))
    assert ((turned * sign + 180) % 360) - 180 == pytest.approx(30, abs=0.5)


def test_handheld_is_bounded_grows_with_strength_and_never_still(path_of):
    reach = {}
    for strength in ("low", "medium", "high"):
        _shot, path = path_of("handheld", strength)
        reach[strength] = max(length(p.eye - path[0].eye) for p in path)
        assert reach[strength] < 0.09
        assert all(length(b.eye - a.eye) > 0 for a, b in pairwise(path))
    assert 0 < reach["low"] < reach["medium"] < reach["high"]


def test_faster_speed_travels_further_and_starts_softly(path_of):
    _s, slow = path_of("dolly", "in", speed="slow")
    _s, fast = path_of("dolly", "in", speed="fast")
    assert length(fast[-1].eye - fast[0].eye) > 1.8 * length(slow[-1].eye - slow[0].eye)
    steps = [length(b.eye - a.eye) for a, b in pairwise(fast)]
    assert steps[0] < max(steps) * 0.7 and steps[-1] < max(steps) * 0.7
