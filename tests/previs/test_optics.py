"""What the lens does: depth of field by the thin lens, zoom, dolly zoom, rack focus, roll."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from craft.previs import Packet
from craft.previs.optics import APERTURES, aperture_of, blur_circle_mm, blur_radius
from craft.previs.packet import CameraSpec
from craft.previs.projection import SENSOR_MM, CameraPose, project
from craft.previs.shot import plan_shot
from craft.previs.spatial import basis, length, vec
from craft.previs.uniforms import View
from craft.terms.shots import Size


@pytest.fixture
def shot_of(packet_data):
    def build(**camera):
        changes = {k: camera.pop(k) for k in ("frames", "width", "height") if k in camera}
        return plan_shot(
            Packet.from_json(packet_data(**{"frames": 48, **changes}, camera={"size": "ms", **camera}))
        )

    return build


def _subject_height(shot, frame):
    """Frame heights per metre at the subject's plane."""
    pose = shot.path[frame]
    return pose.focal_mm / project(pose, shot.aspect, shot.composition.focus)[2]


def test_blur_circle_is_the_thin_lens_formula():
    # 50 mm at f/2, focused at 2 m: a point at 4 m images 0.3205 mm wide (worked by hand).
    assert blur_circle_mm(50, 2.0, 2.0, 4.0) == pytest.approx(50 * 50 * 2000 / (2 * 4000 * 1950), rel=1e-9)
    assert blur_circle_mm(50, 2.0, 2.0, 2.0) == 0
    assert blur_circle_mm(50, 4.0, 2.0, 4.0) == pytest.approx(blur_circle_mm(50, 2.0, 2.0, 4.0) / 2)
    assert blur_circle_mm(100, 2.0, 2.0, 4.0) > 4 * blur_circle_mm(50, 2.0, 2.0, 4.0)


@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
def test_blur_radius_is_half_the_circle_of_an_infinitely_far_point_in_lines(aspect):
    pose = CameraPose(vec(0, 0, 0), vec(0, 0, -1), 65, 0.0, 1.7)
    height = SENSOR_MM / aspect if aspect >= 1 else SENSOR_MM
    circle = blur_circle_mm(65, 2.8, 1.7, 1e9)
    assert blur_radius(pose, aspect, 2.8) == pytest.approx(circle / 2 / height * 720, rel=1e-6)


def test_every_size_has_an_aperture_and_the_told_one_wins(shot_of):
    assert set(APERTURES) == {s.value for s in Size}
    assert aperture_of(CameraSpec("cu")) == APERTURES["cu"]
    wide, narrow = View.of(shot_of(aperture=1.4), 0), View.of(shot_of(aperture=11.0), 0)
    assert wide.blur == pytest.approx(narrow.blur * 11 / 1.4, rel=1e-6)
    assert wide.focus == narrow.focus


def test_focus_lies_in_the_plane_of_the_subject(shot_of):
    shot = shot_of(movement="dolly", direction="in")
    for number in (0, 20, 47):
        depth = project(shot.path[number], shot.aspect, shot.composition.focus)[2]
        assert View.of(shot, number).focus == pytest.approx(depth, rel=1e-9)
    assert View.of(shot, 47).focus < View.of(shot, 0).focus


@pytest.mark.parametrize(("direction", "sign"), [("in", 1), ("out", -1)])
def test_zoom_changes_the_lens_alone(shot_of, direction, sign):
    shot = shot_of(optics="zoom", optics_direction=direction)
    focals = [p.focal_mm for p in shot.path]
    assert all((b - a) * sign >= 0 for a, b in pairwise(focals))
    assert abs(math.log(focals[-1] / focals[0])) > 0.2
    assert all((p.eye == shot.path[0].eye).all() for p in shot.path)
    x, y, _z = project(shot.path[-1], shot.aspect, shot.composition.focus)
    assert 0.2 < x < 0.8 and 0.1 < y < 0.6


@pytest.mark.parametrize(("direction", "sign"), [("in", -1), ("out", 1)])
@pytest.mark.parametrize("size", ["ms", "cu"])
def test_dolly_zoom_keeps_the_subjects_size_while_the_room_changes(shot_of, direction, sign, size):
    shot = shot_of(optics="dolly_zoom", optics_direction=direction, size=size)
    first = _subject_height(shot, 0)
    assert all(_subject_height(shot, i) == pytest.approx(first, rel=0.03) for i in range(48))
    focus = shot.composition.focus
    way = length(shot.path[-1].eye - focus) / length(shot.path[0].eye - focus)
    assert math.log(way) * sign > 0.12
    assert math.log(shot.path[-1].focal_mm / shot.path[0].focal_mm) * sign > 0.12
    places = [project(p, shot.aspect, focus)[:2] for p in shot.path]
    assert max(abs(x - places[0][0]) + abs(y - places[0][1]) for x, y in places) < 0.02


def test_rack_focus_travels_from_the_subject_to_the_other_and_moves_nothing_else(shot_of):
    shot = shot_of(optics="rack_focus", rack_to="ben", size="mcu")
    distances = [View.of(shot, i).focus for i in range(48)]
    ben = next(a for a in shot.drawn if a.spec.id == "ben").subject.head
    aspect = shot.aspect
    assert distances[0] == pytest.approx(project(shot.path[0], aspect, shot.composition.focus)[2], rel=1e-6)
    assert distances[-1] == pytest.approx(max(0.3, project(shot.path[-1], aspect, ben)[2]), rel=1e-6)
    steps = [b - a for a, b in pairwise(distances)]
    assert all(s <= 1e-9 for s in steps) or all(s >= -1e-9 for s in steps)
    assert max(map(abs, steps)) < abs(distances[-1] - distances[0])
    assert all((p.eye == shot.path[0].eye).all() and p.focal_mm == shot.path[0].focal_mm for p in shot.path)


def test_rack_focus_without_a_target_goes_to_the_background(shot_of):
    shot = shot_of(optics="rack_focus")
    assert View.of(shot, 47).focus > View.of(shot, 0).focus + 4


@pytest.mark.parametrize(("direction", "sign"), [("cw", -1), ("ccw", 1)])
def test_roll_turns_the_horizon_about_the_view_axis(shot_of, direction, sign):
    shot = shot_of(optics="roll", optics_direction=direction)
    tilts = []
    for pose in shot.path:
        right, _up, _forward = basis(pose.eye, pose.target, pose.roll)
        tilts.append(math.degrees(math.asin(float(right[1]))))
    assert tilts[0] == pytest.approx(0, abs=0.01)
    assert tilts[-1] * sign > 8
    assert all((b - a) * sign >= -1e-9 for a, b in pairwise(tilts))
    assert all((p.target == shot.path[0].target).all() for p in shot.path)


@pytest.mark.parametrize("optics", ["zoom", "dolly_zoom", "roll"])
def test_speed_and_whip_hasten_the_lens(shot_of, optics):
    def change(shot, frame):
        a, b = shot.path[0], shot.path[frame]
        return abs(b.roll - a.roll) if optics == "roll" else abs(math.log(b.focal_mm / a.focal_mm))

    slow, fast, whip = (shot_of(optics=optics, speed=s) for s in ("slow", "fast", "whip"))
    assert change(fast, 47) > 1.4 * change(slow, 47)
    assert change(whip, 17) == pytest.approx(change(whip, 47), rel=0.02)
