"""Composition by projection alone: share of the frame, place, horizon, side of the line, sight and free space, for
every size, angle and framing on every set.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import lru_cache

import pytest

from craft.previs import Infeasible, Packet, feasible
from craft.previs.avoidance import allowed
from craft.previs.casting import cast
from craft.previs.cuts import CUTS
from craft.previs.feasibility import composed
from craft.previs.framing import blocked, wanted_subjects
from craft.previs.packet import CameraSpec
from craft.previs.projection import box_of, clipped, project
from craft.previs.sets import SETS, stage_for
from craft.previs.shot import plan_shot
from craft.previs.sides import line_of, partner_of
from craft.previs.spatial import basis, dot, length, vec
from craft.previs.stage import inside, segment_hits
from craft.previs.subjects import CROWN, EYES
from craft.terms.shots import Angle, Size

BODY_SIZES = [s.value for s in Size if s is not Size.INSERT]
ANGLES = [a.value for a in Angle]
LEVEL = ("eye_level", "shoulder_level", "dutch")
ASPECT = 16 / 9


@lru_cache(maxsize=32)
def _scene(kind, people=2):
    names = ("ada", "ben", *(f"c{i}" for i in range(2, people)))[:people]
    bodies = ("slim", "broad", "average")
    data = {
        "version": 2, "width": 128, "height": 72, "rate": "24", "frames": 1,
        "set": {"kind": kind, "seed": 2, "words": "a quiet library with tall shelves"},
        "camera": {"size": "ms"},
        "characters": [{"id": n, "mark": i, "body": bodies[i % 3], "gaze": "partner"} for i, n in enumerate(names)],
    }  # fmt: skip
    packet = Packet.from_json(data)
    stage = stage_for(packet)
    return stage, [a.subject for a in cast(packet, stage).actors(None) if not a.extra]


def _compose(kind, people=2, **camera):
    """The composition asked for, or that of the nearest camera, and the camera it belongs to."""
    stage, subjects = _scene(kind, people)
    spec = CameraSpec(**{"subjects": ("ada",), "azimuth": 20.0, **camera})
    try:
        return composed(spec, subjects, stage, ASPECT, lambda *_: True), spec, stage, subjects
    except Infeasible as error:
        found = composed(error.nearest, subjects, stage, ASPECT, lambda *_: True)
        return found, error.nearest, stage, subjects


def _shot(packet_data, **camera):
    kind = camera.pop("kind", "street")
    return plan_shot(Packet.from_json(packet_data(frames=1, set={"kind": kind}, camera=camera)))


def _height_between(found, subject, low, high):
    """Distance in the frame, in frame heights, of two cutting lines of a figure."""
    x0, y0, _z = project(found.pose, ASPECT, subject.at(low))
    x1, y1, _z = project(found.pose, ASPECT, subject.at(high))
    return math.hypot((x0 - x1) * ASPECT, y0 - y1)


@pytest.mark.parametrize(("kind", "angle"), list(itertools.product(sorted(SETS), ANGLES)))
def test_every_size_has_its_share_its_place_and_a_clear_view(kind, angle):
    for size in BODY_SIZES:
        found, spec, stage, subjects = _compose(kind, size=size, angle=angle)
        subject, cut, told = found.subjects[0], CUTS[spec.size], (kind, size, angle, spec)
        if spec.angle in LEVEL and spec.size != "ecu":
            share = _height_between(found, subject, cut.low, cut.high)
            slack = 0.24 if spec.size in ("cu", "mcu") else 0.16
            wanted = (cut.high_at - cut.low_at) * (0.9 if spec.angle == "dutch" else 1)
            assert share == pytest.approx(wanted, rel=slack), told
        x, y, z = project(found.pose, ASPECT, subject.head)
        assert z > 0.25, told
        assert 0.02 < x < 0.98 and -0.02 < y < 0.97, (told, x, y)
        assert allowed(stage, found.pose.eye), told
        _assert_sight(stage, found.pose.eye, subject.head, told)
        _assert_horizon(found, spec, told)
        line = line_of(spec, subject, partner_of(subject, subjects))
        if line is not None and spec.angle not in ("pov", "overhead", "aerial"):
            assert line.distance(found.pose.eye) > -0.05, told


def _assert_sight(stage, eye, head, told):
    gone = stage.hidden([eye])
    for obstacle in stage.obstacles:
        if obstacle.group not in gone:
            assert not inside(obstacle, eye, 0.05), (told, obstacle)
            assert inside(obstacle, head, 0.02) or not segment_hits(obstacle, eye, head), (told, obstacle)


def _assert_horizon(found, spec, told):
    right, _up, _forward = basis(found.pose.eye, found.pose.target, found.pose.roll)
    tilt = abs(math.degrees(math.asin(float(right[1]))))
    if spec.angle == "dutch":
        assert 5 < tilt < 16, told
    else:
        assert tilt < 0.01, told


@pytest.mark.parametrize("kind", sorted(SETS))
def test_wide_sizes_fill_the_frame_with_the_whole_figure_by_their_share(kind):
    for size in ("ews", "ws", "fs"):
        found, spec, _stage, _subjects = _compose(kind, size=size, angle="eye_level")
        if spec.size != size or spec.angle != "eye_level":
            continue
        box = box_of(found.pose, ASPECT, found.subjects[0].spheres)
        cut = CUTS[size]
        assert box is not None
        assert box[3] - box[1] == pytest.approx(cut.share, rel=0.2), size
        assert box[1] > 0 and box[3] < 1, size


@pytest.mark.parametrize("kind", sorted(SETS))
def test_sizes_come_in_their_order(kind):
    scales = []
    for size in BODY_SIZES:
        found, spec, _stage, _subjects = _compose(kind, size=size, angle="eye_level")
        if spec.size == size:
            scales.append(found.pose.focal_mm / project(found.pose, ASPECT, found.subjects[0].head)[2])
    assert scales == sorted(scales)
    assert len(scales) >= 4


@pytest.mark.parametrize("size", [s for s in BODY_SIZES if s != "ecu"])
def test_headroom_and_lower_edge_meet_their_lines_in_the_open(size):
    found, spec, _stage, _subjects = _compose("street", size=size, angle="eye_level")
    subject, cut = found.subjects[0], CUTS[size]
    assert spec.size == size
    assert project(found.pose, ASPECT, subject.at(CROWN))[1] == pytest.approx(1 - cut.high_at, abs=0.06)
    assert project(found.pose, ASPECT, subject.at(cut.low))[1] == pytest.approx(1 - cut.low_at, abs=0.06)


@pytest.mark.parametrize("azimuth", range(0, 360, 45))
def test_camera_azimuth_is_kept_where_nobody_else_is(azimuth):
    found, _spec, _stage, _subjects = _compose("street", people=1, size="mcu", azimuth=float(azimuth))
    subject, eye = found.subjects[0], found.pose.eye
    seen = (
        math.degrees(math.atan2(float(eye[0] - subject.origin[0]), float(eye[2] - subject.origin[2])))
        - subject.front
    )
    assert abs((seen - azimuth + 180) % 360 - 180) < 30


@pytest.mark.parametrize("kind", sorted(SETS))
def test_all_shots_of_a_scene_stay_on_one_side_of_the_line(kind):
    _stage, subjects = _scene(kind)
    ada, ben = subjects[0], subjects[1]
    d = ben.origin - ada.origin
    normal = vec(float(d[2]), 0, -float(d[0]))
    sides = set()
    framings = ("single", "ots", "two_shot", "clean", "dirty")
    for who, framing, azimuth in itertools.product(("ada", "ben"), framings, (0.0, 90.0, 180.0, 315.0)):
        found, spec, _stage, _subjects = _compose(
            kind, subjects=(who,), framing=framing, size="ms", azimuth=azimuth
        )
        assert spec.angle != "pov"
        away = dot(found.pose.eye - ada.origin, normal)
        if abs(away) > 0.03:
            sides.add(away > 0)
    assert len(sides) == 1


def test_a_told_side_is_kept_and_is_the_other_one_for_the_partner():
    for who, side in (("ada", "left"), ("ada", "right"), ("ben", "left"), ("ben", "right")):
        found, spec, _stage, subjects = _compose("street", subjects=(who,), size="ms", side=side)
        me, other = subjects if who == "ada" else subjects[::-1]
        d = other.origin - me.origin
        left = vec(float(d[2]), 0, -float(d[0]))
        assert (dot(found.pose.eye - me.origin, left) > 0) == (side == "left")
        assert spec.side == side


def test_profiles_asked_from_beyond_the_line_become_profiles_of_the_other_cheek():
    near, _spec, _stage, subjects = _compose("street", size="ms", azimuth=90.0)
    eye, ada = near.pose.eye, subjects[0]
    seen = math.degrees(math.atan2(float(eye[0] - ada.origin[0]), float(eye[2] - ada.origin[2]))) - ada.front
    assert abs((seen + 90 + 180) % 360 - 180) < 15


def test_heights_follow_the_angle():
    order = (
        "ground_level",
        "knee_level",
        "hip_level",
        "shoulder_level",
        "eye_level",
        "high_angle",
        "aerial",
        "overhead",
    )
    heights = [float(_compose("street", size="fs", angle=a)[0].pose.eye[1]) for a in order]
    assert heights == sorted(heights)


@pytest.mark.parametrize("azimuth", [60.0, -60.0])
def test_lead_room_lies_where_the_face_looks(azimuth):
    found, _spec, _stage, subjects = _compose("street", people=1, size="mcu", azimuth=azimuth)
    subject = subjects[0]
    yaw = math.radians(subject.front)
    nose = subject.head + vec(math.sin(yaw), 0, math.cos(yaw)) * 0.3
    x = project(found.pose, ASPECT, subject.head)[0]
    assert (x - 0.5) * (project(found.pose, ASPECT, nose)[0] - x) < 0
    assert abs(x - 0.5) > 0.03


@pytest.mark.parametrize("kind", sorted(SETS))
def test_two_shot_holds_both_heads_and_both_can_be_seen(kind):
    for size in ("ws", "mws", "ms"):
        found, spec, stage, _subjects = _compose(
            kind, size=size, framing="two_shot", subjects=("ada", "ben"), azimuth=0.0
        )
        if spec.framing != "two_shot":
            continue
        places = [project(found.pose, ASPECT, s.head) for s in found.subjects]
        assert len(places) == 2
        assert all(0.03 < x < 0.97 and 0 < y < 0.9 and z > 0 for x, y, z in places), (size, places)
        for s in found.subjects:
            _assert_sight(stage, found.pose.eye, s.head, (kind, size))


@pytest.mark.parametrize("people", [3, 7, 12])
def test_a_group_fits_with_every_head(people):
    for kind in ("office", "street"):
        found, spec, _stage, subjects = _compose(
            kind, people=people, size="ws", framing="group", subjects=(), azimuth=0.0
        )
        assert spec.framing == "group" and len(found.subjects) == people
        for s in subjects:
            x, y, z = project(found.pose, ASPECT, s.head)
            assert 0.02 < x < 0.98 and 0.01 < y < 0.97 and z > 0.3


@pytest.mark.parametrize(
    ("kind", "who", "framing", "size"),
    list(
        itertools.product(("office", "street"), ("ada", "ben"), ("ots", "dirty"), ("mws", "ms", "mcu", "cu"))
    ),
)
def test_over_the_shoulder_has_the_partner_near_aside_and_clear_of_the_face(kind, who, framing, size):
    found, spec, _stage, subjects = _compose(kind, size=size, framing=framing, subjects=(who,), azimuth=0.0)
    assert spec.framing in ("ots", "dirty")
    front = "ben" if who == "ada" else "ada"
    heads = {s.id: project(found.pose, ASPECT, s.head) for s in subjects}
    assert found.foreground == front
    assert heads[front][2] < heads[who][2]
    assert (heads[front][0] - 0.5) * (heads[who][0] - 0.5) < 0
    assert 0.05 < _seen_of(found, next(s for s in subjects if s.id == front)) < 0.75


def _seen_of(found, subject):
    """Part of the frame's width in which some ball of a body can really be seen."""
    boxes = [clipped(box_of(found.pose, ASPECT, [ball])) for ball in subject.spheres]
    seen = [b for b in boxes if b]
    return max(b[2] for b in seen) - min(b[0] for b in seen) if seen else 0.0


def test_dirty_shows_less_of_the_partner_than_over_the_shoulder():
    seen = {}
    for framing in ("ots", "dirty"):
        found, _spec, _stage, subjects = _compose("street", size="ms", framing=framing, azimuth=0.0)
        seen[framing] = _seen_of(found, subjects[1])
    assert seen["dirty"] < seen["ots"]


def test_clean_single_hides_the_partner_and_pov_hides_the_viewer(packet_data):
    clean = _shot(packet_data, size="fs", framing="clean", azimuth=36)
    assert [a.spec.id for a in clean.drawn] == ["ada"]
    assert [a.spec.id for a in _shot(packet_data, size="ms", angle="pov").drawn] == ["ada"]


def test_point_of_view_looks_from_the_partners_eyes():
    found, _spec, _stage, subjects = _compose("street", size="ms", angle="pov")
    assert found.viewer == "ben"
    assert length(found.pose.eye - subjects[1].head) < 0.05


@pytest.mark.parametrize("angle", ["eye_level", "high_angle", "overhead", "low_angle", "pov"])
def test_insert_is_about_the_hand(angle):
    found, _spec, _stage, _subjects = _compose("street", size="insert", angle=angle)
    x, y, _z = project(found.pose, ASPECT, found.subjects[0].hand)
    assert abs(x - 0.5) < 0.05 and abs(y - 0.5) < 0.05


@pytest.mark.parametrize("frame", [(128, 72), (72, 128), (96, 96)])
def test_every_aspect_keeps_the_face(packet_data, frame):
    data = packet_data(frames=1, width=frame[0], height=frame[1], camera={"size": "mcu"})
    shot = plan_shot(Packet.from_json(data))
    subject = shot.composition.subjects[0]
    x, y, _z = project(shot.path[0], shot.aspect, subject.at(EYES))
    assert 0.2 < x < 0.8 and 0.15 < y < 0.6


@pytest.mark.parametrize("kind", sorted(SETS))
def test_a_place_without_people_is_shown(packet_data, kind):
    data = packet_data(frames=1, set={"kind": kind}, characters=[], camera={"subjects": [], "size": "ws"})
    packet = Packet.from_json(data)
    shot = plan_shot(replace(packet, camera=feasible(packet)))
    assert shot.composition.subjects == ()
    assert not blocked(shot.stage, shot.path[0], [])
    assert allowed(shot.stage, shot.path[0].eye)


def test_wanted_subjects_follow_the_framing():
    _stage, subjects = _scene("street", 4)

    def ids(framing, *who):
        return [s.id for s in wanted_subjects(CameraSpec("ms", framing=framing, subjects=who), subjects)]

    assert ids("single", "ben") == ["ben"]
    assert ids("two_shot", "ben") == ["ben", "ada"]
    assert ids("group") == ["ada", "ben", "c2", "c3"]
    assert ids("group", "ben", "c2") == ["ben", "c2"]


def test_mouth_box_lies_on_the_face_and_is_none_from_behind(packet_data):
    shot = _shot(packet_data, size="cu", azimuth=20)
    box = shot.mouth_box(shot.drawn[0], shot.moments(0)[0], shot.path[0])
    assert box is not None
    assert 0.02 < box[2] - box[0] < 0.35 and box[1] > 0.4
    behind = _shot(packet_data, size="cu", azimuth=180)
    assert behind.mouth_box(behind.drawn[0], behind.moments(0)[0], behind.path[0]) is None
