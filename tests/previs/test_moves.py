"""Camera paths: each movement changes what it names and nothing else, by its speed and easing, past no obstacle."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, product

import pytest

from craft.previs import Packet
from craft.previs.avoidance import Clearance
from craft.previs.handheld import unrest
from craft.previs.moves import Path, camera_path
from craft.previs.packet import CameraSpec
from craft.previs.projection import CameraPose, project
from craft.previs.sets import SETS
from craft.previs.shot import plan_shot
from craft.previs.spatial import basis, dot, length, unit, vec
from craft.previs.stage import Obstacle, inside
from craft.terms.shots import DIRECTIONS, Movement


@pytest.fixture
def path_of(packet_data):
    def build(movement, direction, **camera):
        kind = camera.pop("kind", "street")
        shot = plan_shot(
            Packet.from_json(
                packet_data(
                    frames=48,
                    set={"kind": kind},
                    camera={"movement": movement, "direction": direction, "size": "ms", **camera},
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


def _place(shot, frame):
    return project(shot.path[frame], shot.aspect, shot.composition.focus)


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
def test_dolly_moves_along_the_view_axis_and_keeps_the_subject_in_place(path_of, direction, sign):
    shot, path = path_of("dolly", direction)
    travel = path[-1].eye - path[0].eye
    assert length(travel) > 0.1
    assert dot(unit(travel), unit(path[0].target - path[0].eye)) * sign > 0.95
    assert _place(shot, -1)[:2] == pytest.approx(_place(shot, 0)[:2], abs=0.01)


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
        assert reach[strength] < 0.12
        assert all(length(b.eye - a.eye) > 0 for a, b in pairwise(path))
    assert 0 < reach["low"] < reach["medium"] < reach["high"]


def test_unrest_is_seeded_bounded_slow_and_the_same_in_clips_of_any_length():
    values = [unrest(7, 0, i / 24) for i in range(480)]
    assert values == [unrest(7, 0, i / 24) for i in range(480)]
    assert values != [unrest(8, 0, i / 24) for i in range(480)]
    assert max(map(abs, values)) <= 1.6
    assert unrest(7, 0, 12.0) == values[288]
    spread = math.sqrt(sum(v * v for v in values) / len(values))
    steps = math.sqrt(sum((b - a) ** 2 for a, b in pairwise(values)) / len(values))
    assert 0.25 < spread < 1.4 and steps < 0.3 * spread


def test_faster_speed_travels_further_and_starts_softly(path_of):
    _s, slow = path_of("dolly", "in", speed="slow")
    _s, fast = path_of("dolly", "in", speed="fast")
    assert length(fast[-1].eye - fast[0].eye) > 1.8 * length(slow[-1].eye - slow[0].eye)
    steps = [length(b.eye - a.eye) for a, b in pairwise(fast)]
    assert steps[0] < max(steps) * 0.7 and steps[-1] < max(steps) * 0.7


@pytest.mark.parametrize(
    ("easing", "first", "last"), [("linear", 1, 1), ("ease_in", 0, 2), ("ease_out", 2, 0)]
)
def test_easing_shapes_the_speed_of_first_and_last_step(path_of, easing, first, last):
    _s, path = path_of("dolly", "in", easing=easing)
    steps = [length(b.eye - a.eye) for a, b in pairwise(path)]
    mean = sum(steps) / len(steps)
    for step, wanted in ((steps[0], first), (steps[-1], last)):
        assert (
            (step > 1.5 * mean)
            if wanted == 2
            else (step < 0.5 * mean)
            if wanted == 0
            else (step == pytest.approx(mean, rel=0.05))
        )
    _s, eased = path_of("dolly", "in", easing="ease")
    assert length(eased[-1].eye - eased[0].eye) == pytest.approx(length(path[-1].eye - path[0].eye), rel=0.01)


def test_whip_pan_holds_the_frame_and_then_flies_away(path_of):
    shot, path = path_of("pan", "left", speed="whip")
    assert abs(_yaw(path[18]) - _yaw(path[0])) < 1
    turned = abs((_yaw(path[-1]) - _yaw(path[0]) + 180) % 360 - 180)
    assert turned > 60
    fastest = max(abs((_yaw(b) - _yaw(a) + 180) % 360 - 180) for a, b in pairwise(path))
    assert fastest * 24 > 100
    assert 0.1 < _place(shot, 0)[0] < 0.9


def test_whip_dolly_has_arrived_after_a_third(path_of):
    _s, path = path_of("dolly", "in", speed="whip")
    assert length(path[18].eye - path[-1].eye) < 1e-6 < 0.2 < length(path[0].eye - path[-1].eye)


@pytest.mark.parametrize("kind", sorted(SETS))
def test_no_movement_leads_through_things_or_loses_the_subject(path_of, kind):
    for movement, direction in [(m, d) for m in Movement for d in DIRECTIONS[m]][1:]:
        shot, path = path_of(movement.value, direction.value, kind=kind, size="mcu", speed="fast")
        for number, pose in enumerate(path):
            told = (kind, movement, direction, number)
            for obstacle in shot.stage.obstacles:
                if obstacle.group not in shot.hidden_groups:
                    assert not inside(obstacle, pose.eye, 0.02), (told, obstacle)
            x, y, z = _place(shot, number)
            assert z > 0.2 and 0.03 < x < 0.97 and 0 < y < 0.97, told
            assert float(pose.eye[1]) > 0.05, told


def _walk_path(camera, *, track, blocked=()):
    """A path in an empty place, or one with boxes in it, of somebody who walks along a track."""
    stage = _street()
    stage = replace(stage, obstacles=tuple(blocked), low=(-20, 0.05, -20), high=(20, 9, 20), walls=())
    base = CameraPose(vec(0, 1.6, 4), vec(0, 1.5, 0), 40)
    path = Path(base, camera, len(track), len(track) / 24, track[0], 16 / 9, 3, tuple(track))
    return camera_path(path, Clearance(stage))


def _street():
    data = {
        "version": 2,
        "width": 64,
        "height": 36,
        "rate": "24",
        "frames": 1,
        "set": {"kind": "street"},
        "camera": {"size": "ms"},
    }
    return plan_shot(Packet.from_json(data)).stage


def _walk(x, z):
    return [vec(x * i / 47, 1.6, z * i / 47) for i in range(48)]


@pytest.mark.parametrize(
    ("movement", "direction", "way"),
    [
        ("truck", "follow", (2.0, 0.0)),
        ("dolly", "in", (1.5, 1.0)),
        ("pan", "right", (1.2, 0.0)),
        ("handheld", "low", (1.5, 0.0)),
    ],
)
def test_a_walking_subject_stays_composed(movement, direction, way):
    track = _walk(*way)
    travel = _walk_path(CameraSpec("ms", movement=movement, direction=direction), track=track)
    places = [project(p, 16 / 9, point) for p, point in zip(travel.poses, track, strict=True)]
    assert max(abs(x - places[0][0]) for x, _y, _z in places) < 0.05
    assert max(abs(y - places[0][1]) for _x, y, _z in places) < 0.06


def test_truck_follow_goes_as_far_as_the_subject():
    travel = _walk_path(CameraSpec("ms", movement="truck", direction="follow"), track=_walk(2.0, 0.0))
    gone = travel.poses[-1].eye - travel.poses[0].eye
    assert float(gone[0]) == pytest.approx(2.0, abs=0.01) and abs(float(gone[1])) < 1e-9


def test_travel_ends_before_a_wall_and_says_so():
    wall = Obstacle((-3, 0, 4.6), (3, 3, 4.8), "stone")
    free = _walk_path(CameraSpec("ms", movement="dolly", direction="out", speed="fast"), track=_walk(0, 0))
    held = _walk_path(
        CameraSpec("ms", movement="dolly", direction="out", speed="fast"), track=_walk(0, 0), blocked=[wall]
    )
    assert free.notes == () and float(free.poses[-1].eye[2]) > 4.9
    assert held.notes
    for a, b in pairwise(held.poses):
        assert float(b.eye[2]) < 4.6 and float(b.eye[2]) > float(a.eye[2]) - 1e-9


def test_a_crane_that_cannot_sink_comes_down_to_its_framing(path_of):
    _s, path = path_of("crane", "down", angle="ground_level", size="fs")
    assert float(path[0].eye[1]) > float(path[-1].eye[1]) + 0.1
    assert float(path[-1].eye[1]) > 0.05


@pytest.mark.parametrize("pair", list(product(("left", "right"), ("pan", "truck"))))
def test_the_asked_framing_is_in_the_middle_of_a_pan_or_truck(path_of, pair):
    direction, movement = pair
    shot, _path = path_of(movement, direction)
    x, y, _z = project(shot.composition.pose, shot.aspect, shot.composition.focus)
    middle = [(a + b) / 2 for a, b in zip(_place(shot, 23)[:2], _place(shot, 24)[:2], strict=True)]
    assert middle == pytest.approx([x, y], abs=0.01)
