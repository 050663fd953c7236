"""The camera's movement is read back from rendered frames by following corners: kind and direction."""

from __future__ import annotations

import numpy as np
import pytest

from craft.previs import Packet, health, render_clip
from craft.previs.demo_packet import conversation
from craft.previs.engine import ENGINE
from craft.previs.shot import plan_shot
from craft.terms.shots import DIRECTIONS, Movement
from craft.vision import MediaError, recover_motion
from craft.vision.motion import planes_of

WIDTH, HEIGHT, RATE, FRAMES = 320, 180, 12, 16
MOVES = [(m.value, d.value) for m in Movement for d in DIRECTIONS[m] if d.value != "follow"]
OPTICS = [("zoom", "in"), ("zoom", "out"), ("roll", "cw"), ("roll", "ccw")]

pytestmark = pytest.mark.skipif(not health().ok, reason="needs EGL")


def _packet(kind, camera, **changes):
    plain = {"size": "ms", "azimuth": 25, "subjects": ["ada"], **camera}
    day = {"time_of_day": "afternoon", "atmosphere": {"kind": "clear", "density": 0}, "visemes": []}
    sized = {"frames": FRAMES, "rate": str(RATE), "width": WIDTH, "height": HEIGHT}
    return Packet.from_json(conversation(kind, camera=plain, **{**day, **sized, **changes}))


def _planes(packet):
    """Rendered frames as luma, top row first."""
    with ENGINE.drawing():
        renderer, shot = ENGINE.renderer(WIDTH, HEIGHT, "draft"), plan_shot(packet)
        renderer.burn(None)
        frames = [np.frombuffer(renderer.frame(shot, i), np.uint8) for i in range(packet.frames)]
    return planes_of([np.ascontiguousarray(f.reshape(HEIGHT, WIDTH, 3)[::-1]) for f in frames])


def _recovered(kind, **camera):
    return recover_motion(_planes(_packet(kind, camera)), rate=RATE)


@pytest.mark.parametrize(("movement", "direction"), MOVES)
def test_movement_and_direction_are_read_back(movement, direction):
    found = _recovered("street", movement=movement, direction=direction)
    assert (found.kind, found.direction) == (movement, direction), found
    assert found.confidence > 0.3


@pytest.mark.parametrize(("optics", "direction"), OPTICS)
def test_zoom_and_roll_are_told_from_travelling(optics, direction):
    found = _recovered("office", optics=optics, optics_direction=direction)
    assert (found.kind, found.direction) == (optics, direction), found


@pytest.mark.slow
@pytest.mark.parametrize("size", ["ms", "fs"])
@pytest.mark.parametrize("speed", ["medium", "fast"])
@pytest.mark.parametrize(("movement", "direction"), MOVES)
def test_movements_are_read_back_in_a_room(movement, direction, speed, size):
    found = _recovered("office", movement=movement, direction=direction, speed=speed, size=size)
    assert (found.kind, found.direction) == (movement, direction), found


def test_truck_that_follows_a_walking_subject_is_read_back():
    walker = {"id": "ada", "mark": 7, "gaze": "ahead", "beats": [{"at_ms": 0, "action": "walk", "mark": 10}]}
    camera = {"movement": "truck", "direction": "follow", "size": "fs", "azimuth": 80}
    packet = _packet("street", camera, characters=[walker], frames=24)
    found = recover_motion(_planes(packet), rate=RATE)
    assert (found.kind, found.direction) == ("truck", "follow"), found


@pytest.mark.parametrize("movement", ["pan", "dolly"])
def test_faster_movements_are_read_back_as_faster(movement):
    direction = {"pan": "left", "dolly": "in"}[movement]
    slow = _recovered("street", movement=movement, direction=direction, speed="slow")
    fast = _recovered("street", movement=movement, direction=direction, speed="fast")
    assert abs(fast.amount) > 1.6 * abs(slow.amount)
    order = ["slow", "medium", "fast", "whip"]
    assert order.index(fast.speed) > order.index(slow.speed)


def test_a_clip_is_read_from_its_file(tmp_path):
    packet = _packet("street", {"movement": "pan", "direction": "right"})
    render_clip(packet, tmp_path / "pan.mp4")
    found = recover_motion(tmp_path / "pan.mp4")
    assert (found.kind, found.direction) == ("pan", "right")


def test_pan_reads_back_its_degrees():
    packet = _packet("street", {"movement": "pan", "direction": "left", "easing": "linear"})
    shot = plan_shot(packet)
    a, b = (shot.path[i].target - shot.path[i].eye for i in (0, -1))
    turned = np.degrees(np.arctan2(a[0], a[2]) - np.arctan2(b[0], b[2]))
    field = 2 * np.degrees(np.arctan(18 / shot.path[0].focal_mm))
    found = recover_motion(_planes(packet), rate=RATE, field_of_view=float(field))
    assert abs(found.amount) * (FRAMES - 1) / RATE == pytest.approx(abs(turned), rel=0.08)


def _drifting(dx, dy, noise=0.0):
    """A flat picture that slides, without any parallax."""
    rng = np.random.default_rng(4)
    big = np.kron(rng.integers(30, 220, (60, 90)), np.ones((6, 6))).astype(np.float64)
    frames = []
    for i in range(12):
        y, x = 60 + round(dy * i), 90 + round(dx * i)
        frames.append(
            (big[y : y + HEIGHT, x : x + WIDTH] + rng.normal(0, noise, (HEIGHT, WIDTH)))
            .clip(0, 255)
            .astype(np.uint8)
        )
    return frames


def test_a_sliding_picture_is_a_pan_a_still_one_is_static_and_an_empty_one_is_unsure():
    assert recover_motion(_drifting(3, 0)).kind == "pan"
    assert recover_motion(_drifting(3, 0)).direction == "right"
    assert recover_motion(_drifting(0, -2)).kind == "tilt"
    assert recover_motion(_drifting(0, -2)).direction == "up"
    still = recover_motion(_drifting(0, 0, noise=2.0))
    assert (still.kind, still.direction) == ("static", "none") and still.confidence > 0.5
    blank = recover_motion([np.full((HEIGHT, WIDTH), 90, np.uint8)] * 5)
    assert blank.kind == "static" and blank.confidence == 0


def test_too_few_frames_and_broken_files_are_refused(tmp_path):
    with pytest.raises(MediaError):
        recover_motion(_drifting(1, 0)[:2])
    (tmp_path / "x.mp4").write_bytes(b"not a clip at all")
    with pytest.raises(MediaError):
        recover_motion(tmp_path / "x.mp4")
