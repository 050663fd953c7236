"""Composition by projection alone: share of the frame, place, free space, for every size and angle."""

from __future__ import annotations

import itertools
import math

import pytest

from craft.previs import Packet
from craft.previs.framing import CUTS, blocked
from craft.previs.projection import project
from craft.previs.shot import plan_shot
from craft.previs.spatial import vec
from craft.previs.subjects import CROWN, EYES, SOLES
from craft.terms.shots import Angle, Size

SETS = ("office", "street")
BODY_SIZES = [s.value for s in Size if s is not Size.INSERT]


def _shot(packet_data, **camera):
    kind = camera.pop("kind", "street")
    return plan_shot(Packet.from_json(packet_data(frames=1, set={"kind": kind}, camera=camera)))


def _metres_in_frame(shot):
    """Frame heights per metre of figure at the subject: grows as the shot gets tighter."""
    subject = shot.composition.subjects[0]
    return shot.path[0].focal_mm / project(shot.path[0], shot.aspect, subject.head)[2]


@pytest.mark.parametrize(("kind", "angle"), list(itertools.product(SETS, [a.value for a in Angle])))
def test_every_size_at_every_angle_is_tighter_than_the_one_before_and_keeps_the_head(
    packet_data, kind, angle
):
    shares = []
    for size in BODY_SIZES:
        shot = _shot(packet_data, kind=kind, size=size, angle=angle)
        subject = shot.composition.subjects[0]
        x, y, z = project(shot.path[0], shot.aspect, subject.head)
        assert z > 0.3, size
        assert 0.15 < x < 0.85 and -0.02 < y < 0.97, (size, x, y)
        shares.append(_metres_in_frame(shot))
    assert shares == sorted(shares)
    assert shares[-1] > 4 * shares[0]


@pytest.mark.parametrize(
    ("kind", "size"), list(itertools.product(SETS, [s for s in BODY_SIZES if s != "ecu"]))
)
def test_eye_level_cuts_meet_their_lines(packet_data, kind, size):
    shot = _shot(packet_data, kind=kind, size=size, angle="eye_level")
    subject, cut = shot.composition.subjects[0], CUTS[size]
    top = project(shot.path[0], shot.aspect, subject.at(CROWN))[1]
    low = project(shot.path[0], shot.aspect, subject.at(cut.low))[1]
    assert top == pytest.approx(1 - cut.high_at, abs=0.04)
    assert low == pytest.approx(1 - cut.low_at, abs=0.04)
    if size in ("ews", "ws", "fs"):
        assert project(shot.path[0], shot.aspect, subject.at(SOLES))[1] < 1.0


@pytest.mark.parametrize(
    ("kind", "size", "angle"),
    list(itertools.product(SETS, BODY_SIZES, [a.value for a in Angle if a is not Angle.POV])),
)
def test_camera_stands_in_free_space_with_a_clear_view(packet_data, kind, size, angle):
    shot = _shot(packet_data, kind=kind, size=size, angle=angle, azimuth=0)
    assert not blocked(shot.stage, shot.path[0], [shot.composition.focus])
    assert float(shot.path[0].eye[1]) >= 0.06


@pytest.mark.parametrize("azimuth", range(0, 360, 45))
def test_camera_azimuth_is_kept_on_open_ground(packet_data, azimuth):
    shot = _shot(packet_data, size="mcu", azimuth=azimuth)
    subject, eye = shot.composition.subjects[0], shot.path[0].eye
    found = (
        math.degrees(math.atan2(float(eye[0] - subject.origin[0]), float(eye[2] - subject.origin[2])))
        - subject.yaw
    )
    assert abs((found - azimuth + 180) % 360 - 180) < 30


def test_heights_follow_the_angle(packet_data):
    heights = [
        float(_shot(packet_data, size="fs", angle=a).path[0].eye[1])
        for a in (
            "ground_level",
            "knee_level",
            "hip_level",
            "shoulder_level",
            "eye_level",
            "high_angle",
            "aerial",
            "overhead",
        )
    ]
    assert heights == sorted(heights)


def test_dutch_angle_rolls_and_level_angle_does_not(packet_data):
    assert abs(_shot(packet_data, size="ms", angle="dutch").path[0].roll) > 5
    assert _shot(packet_data, size="ms", angle="eye_level").path[0].roll == 0


def test_lead_room_lies_where_the_face_looks(packet_data):
    shot = _shot(packet_data, size="mcu", azimuth=60)
    subject = shot.composition.subjects[0]
    x = project(shot.path[0], shot.aspect, subject.head)[0]
    nose = project(
        shot.path[0], shot.aspect, subject.head + shot.actors[0].acting.look * 0 + _forward(subject) * 0.3
    )[0]
    assert (x - 0.5) * (nose - x) < 0


def _forward(subject):
    return vec(math.sin(math.radians(subject.yaw)), 0, math.cos(math.radians(subject.yaw)))


@pytest.mark.parametrize("size", ["fs", "ms", "cu"])
def test_two_shot_holds_both_heads(packet_data, size):
    shot = _shot(packet_data, size=size, framing="two_shot", subjects=["ada", "ben"], azimuth=0)
    places = [project(shot.path[0], shot.aspect, s.head) for s in shot.composition.subjects]
    assert len(places) == 2
    assert all(0.03 < x < 0.97 and 0 < y < 0.9 and z > 0 for x, y, z in places)


@pytest.mark.parametrize(("kind", "who", "front"), [("office", "ada", "ben"), ("street", "ben", "ada")])
def test_over_the_shoulder_has_the_partner_near_and_off_centre(packet_data, kind, who, front):
    shot = _shot(packet_data, kind=kind, size="ms", framing="ots", subjects=[who], azimuth=0)
    heads = {a.spec.id: project(shot.path[0], shot.aspect, a.subject.head) for a in shot.drawn}
    assert shot.composition.foreground == front
    assert heads[front][2] < heads[who][2]
    assert (heads[front][0] - 0.5) * (heads[who][0] - 0.5) < 0


def test_clean_single_hides_the_partner_and_pov_hides_the_viewer(packet_data):
    assert [a.spec.id for a in _shot(packet_data, size="ms", azimuth=36).drawn] == ["ada"]
    assert [a.spec.id for a in _shot(packet_data, size="ms", angle="pov").drawn] == ["ada"]


def test_insert_is_about_the_hand(packet_data):
    shot = _shot(packet_data, size="insert")
    x, y, _z = project(shot.path[0], shot.aspect, shot.composition.subjects[0].hand)
    assert abs(x - 0.5) < 0.05 and abs(y - 0.5) < 0.05


@pytest.mark.parametrize("frame", [(128, 72), (72, 128), (96, 96)])
def test_every_aspect_keeps_the_face(packet_data, frame):
    data = packet_data(frames=1, width=frame[0], height=frame[1], camera={"size": "mcu"})
    shot = plan_shot(Packet.from_json(data))
    subject = shot.composition.subjects[0]
    x, y, _z = project(shot.path[0], shot.aspect, subject.at(EYES))
    assert 0.2 < x < 0.8 and 0.15 < y < 0.6


def test_mouth_box_lies_on_the_face_and_is_none_from_behind(packet_data):
    shot = _shot(packet_data, size="cu", azimuth=20)
    box = shot.mouth_box(shot.drawn[0], shot.moments(0)[0], shot.path[0])
    assert box is not None
    assert 0.02 < box[2] - box[0] < 0.35 and box[1] > 0.4
    behind = _shot(packet_data, size="cu", azimuth=180)
    assert behind.mouth_box(behind.drawn[0], behind.moments(0)[0], behind.path[0]) is None
