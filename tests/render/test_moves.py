"""Moves over a picture: smooth to a twentieth of a pixel, where they say, and never beyond its edge."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.effects import Reframe
from craft.render.moves import (
    Planes,
    Pose,
    camera_move,
    chroma_matrix,
    master_size,
    matrix,
    reframed,
    shifted,
    travels_unscaled,
    warped,
)
from craft.render.steadying import measured, smoothed, steady
from craft.terms.shots import Direction, Easing, Movement, Speed

OUT = (640, 360)


def texture(width: int, height: int, seed: int = 1) -> NDArray[np.uint8]:
    """Soft noise: something to measure motion on."""
    grain = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), 3.0)
    return np.clip(128 + 60 * soft / soft.std(), 16, 235).astype(np.uint8)


def picture(width: int, height: int) -> Planes:
    half = np.full((height // 2, width // 2), 128, np.uint8)
    return Planes(texture(width, height), half, half)


def luma(raw: bytes, size: tuple[int, int] = OUT) -> NDArray[np.float32]:
    width, height = size
    return np.frombuffer(raw[: width * height], np.uint8).reshape(height, width).astype(np.float32)


def shift(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float]:
    window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_32F)
    # it windows the arrays it is given in place
    across, down = cv2.phaseCorrelate(before.copy(), after.copy(), window)[0]
    return float(across), float(down)


def travel(before: np.ndarray, after: np.ndarray) -> float:
    """Pixels the picture went to the right; by alignment, which an encoder's blocks do not mislead."""
    inner = (slice(40, -40), slice(40, -40))
    still, end = np.eye(2, 3, dtype=np.float32), (3, 200, 1e-8)
    whole = np.full(before[inner].shape, 255, np.uint8)
    one, other = np.asarray(before[inner], np.float32), np.asarray(after[inner], np.float32)
    _, moved = cv2.findTransformECC(one, other, still, cv2.MOTION_TRANSLATION, end, whole, 5)
    return float(moved[0, 2])


def test_pan_is_smooth_to_a_twentieth_of_a_pixel() -> None:
    planes = picture(900, 506)
    poses = camera_move(Movement.PAN, Direction.RIGHT, Speed.SLOW, Easing.LINEAR, 48, 24)
    frames = [luma(warped(planes, pose, OUT)) for pose in poses]
    steps = np.array([shift(a, b)[0] for a, b in itertools.pairwise(frames)])
    travelled = (poses[1].x - poses[0].x) * OUT[0] * poses[0].zoom
    assert steps.mean() == pytest.approx(-travelled, abs=0.02)
    assert np.sqrt(np.square(steps - steps.mean()).mean()) <= 0.05


def test_shift_is_the_warp_without_its_cost() -> None:
    planes = Planes(texture(800, 450), texture(400, 225, 2), texture(400, 225, 3))
    poses = [Pose(0.4 + 0.003 * step, 0.5, 1.25) for step in range(9)]
    assert travels_unscaled(planes, poses, OUT)
    for pose in (*poses, Pose(0.5, 0.53, 1.25), Pose(0.1, 0.95, 1.25)):
        ours, theirs = (
            np.frombuffer(drawn(planes, pose, OUT), np.uint8).astype(int) for drawn in (shifted, warped)
        )
        # the warp rounds positions to a thirty-second of a pixel, sharpens luma and softens colour
        assert np.abs(ours - theirs).mean() < 1.5
    steps = [luma(shifted(planes, pose, OUT)) for pose in poses]
    travelled = 0.003 * OUT[0] * 1.25
    seen = [travel(a, b) for a, b in itertools.pairwise(steps)]
    assert seen == pytest.approx([-travelled] * 8, abs=0.02)


def test_only_a_move_at_one_size_is_a_shift() -> None:
    size = master_size((1920, 1080), OUT, [Pose(zoom=1.28)])
    assert travels_unscaled(picture(*size), [Pose(zoom=1.28)] * 2, OUT)
    push = camera_move(Movement.DOLLY, Direction.IN, Speed.FAST, Easing.EASE, 9, 24)
    assert not travels_unscaled(picture(820, 462), push, OUT)
    assert not travels_unscaled(picture(820, 462), [Pose(zoom=1.28, roll=1.0)] * 2, OUT)
    assert not travels_unscaled(picture(900, 506), [Pose(zoom=1.28)] * 2, OUT)


@pytest.mark.parametrize("easing", list(Easing))
def test_push_in_grows_evenly_and_stays_on_its_point(easing: Easing) -> None:
    move = Reframe((0.0, 0.0, 1.0, 1.0), (0.1, 0.3, 0.5, 0.5), easing)
    poses = reframed(move, range(25), 25)
    assert (poses[0].zoom, poses[-1].zoom) == (pytest.approx(1.0), pytest.approx(2.0))
    assert (poses[-1].x, poses[-1].y) == (pytest.approx(0.35), pytest.approx(0.55))
    # the point that stands still in a straight push from one box into another: x = s + (x - e)/z
    fixed = [((0.2 - p.x) * p.zoom + 0.5, (0.6 - p.y) * p.zoom + 0.5) for p in poses]
    assert np.ptp([x for x, _ in fixed]) < 1e-9
    assert np.ptp([y for _, y in fixed]) < 1e-9
    assert all(a.zoom <= b.zoom for a, b in itertools.pairwise(poses))


def test_frames_outside_the_clip_stay_at_its_ends() -> None:
    move = Reframe((0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5), Easing.EASE)
    poses = reframed(move, range(-3, 13), 10)
    assert poses[0] == poses[3]
    assert poses[-1] == poses[12]


@pytest.mark.parametrize("movement", list(Movement))
@pytest.mark.parametrize("speed", list(Speed))
def test_no_move_shows_what_lies_beyond_the_picture(movement: Movement, speed: Speed) -> None:
    for direction in Direction:
        for pose in camera_move(movement, direction, speed, Easing.EASE, 30, 24, seed=3):
            corners = np.array([[0, 0, 1], [639, 0, 1], [0, 359, 1], [639, 359, 1]], float).T
            inside = matrix(pose, (1280, 720), OUT) @ corners
            assert inside[0].min() >= -1
            assert inside[0].max() <= 1280
            assert inside[1].min() >= -1
            assert inside[1].max() <= 720


def test_movements_go_where_they_say() -> None:
    planes = picture(900, 506)

    def path(movement: Movement, direction: Direction) -> tuple[float, float]:
        poses = camera_move(movement, direction, Speed.MEDIUM, Easing.LINEAR, 40, 24)
        one, two = (luma(warped(planes, poses[at], OUT)) for at in (0, 2))
        return shift(one, two)

    # the picture goes the other way than the camera
    assert path(Movement.PAN, Direction.RIGHT)[0] < -1
    assert path(Movement.PAN, Direction.LEFT)[0] > 1
    assert path(Movement.TILT, Direction.UP)[1] > 1
    assert path(Movement.CRANE, Direction.DOWN)[1] < -1
    assert path(Movement.STATIC, Direction.NONE) == (pytest.approx(0, abs=1e-3), pytest.approx(0, abs=1e-3))
    into = camera_move(Movement.DOLLY, Direction.IN, Speed.FAST, Easing.LINEAR, 10, 24)
    assert (into[0].zoom, into[-1].zoom) == (pytest.approx(1.0), pytest.approx(1.35))
    assert camera_move(Movement.DOLLY, Direction.OUT, Speed.FAST, Easing.LINEAR, 10, 24)[-1].zoom == 1.0


def test_handheld_trembles_the_same_in_every_run() -> None:
    args = (Movement.HANDHELD, Direction.HIGH, Speed.MEDIUM, Easing.EASE, 48, 24)
    assert camera_move(*args, seed=4) == camera_move(*args, seed=4)
    assert camera_move(*args, seed=4) != camera_move(*args, seed=5)
    low = camera_move(Movement.HANDHELD, Direction.LOW, Speed.MEDIUM, Easing.EASE, 48, 24, seed=4)
    assert np.std([p.x for p in low]) < 0.6 * np.std([p.x for p in camera_move(*args, seed=4)])


def test_whole_picture_comes_out_untouched() -> None:
    planes = Planes(texture(640, 360), texture(320, 180, 2), texture(320, 180, 3))
    raw = warped(planes, Pose(), OUT)
    assert raw == planes.y.tobytes() + planes.u.tobytes() + planes.v.tobytes()


def test_colour_stays_on_its_edge() -> None:
    """A picture whose luma and chroma step at the same place still does after a warp."""
    y, u = np.full((360, 640), 60, np.uint8), np.full((180, 320), 90, np.uint8)
    y[:, 320:], u[:, 160:] = 180, 170
    planes = Planes(y, u, np.full((180, 320), 128, np.uint8))
    raw = warped(planes, Pose(0.47, 0.5, 1.5), OUT)
    shown = luma(raw)[180]
    colour = np.frombuffer(raw[640 * 360 : 640 * 360 * 5 // 4], np.uint8).reshape(180, 320)[90]
    edge = np.interp(120, shown, np.arange(640))
    # a left-sited chroma sample i lies at luma 2i; its own edge is soft over two samples
    colour_edge = 2 * np.interp(130, colour.astype(float), np.arange(320))
    assert colour_edge == pytest.approx(edge, abs=1.5)
    assert chroma_matrix(matrix(Pose(), OUT, OUT)) == pytest.approx(np.eye(3)[:2], abs=1e-9)


def test_still_is_kept_as_large_as_the_move_needs() -> None:
    assert master_size((4000, 2250), (1280, 720), [Pose(zoom=2.0)]) == (2560, 1440)
    assert master_size((1280, 720), (1280, 720), [Pose(zoom=2.0)]) == (1280, 720)
    assert master_size((8000, 4500), (1280, 720), [Pose(zoom=9.0)]) == (5120, 2880)


def test_planes_refuse_other_sizes() -> None:
    with pytest.raises(ValueError, match="not a picture"):
        Planes.of(b"12", 4, 4)


def shaken(frames: int, seed: int) -> tuple[list[NDArray[np.uint8]], NDArray[np.float64]]:
    """Frames of a picture that pans evenly under a tremble, and the tremble in pixels."""
    planes, noise = picture(900, 506), np.random.default_rng(seed)
    tremble = np.cumsum(noise.normal(0, 1.2, (frames, 2)), axis=0)
    tremble -= tremble.mean(axis=0) + np.linspace(-1, 1, frames)[:, None] * 0
    tremble = np.clip(tremble, -7, 7)
    found = []
    for number in range(frames):
        x = 0.45 + 0.002 * number + tremble[number, 0] / 900
        pose = Pose(x, 0.5 + tremble[number, 1] / 506, 1.4)
        found.append(luma(warped(planes, pose, OUT)).astype(np.uint8))
    return found, tremble


def test_shake_is_measured_and_taken_out() -> None:
    frames, _ = shaken(48, 2)
    path = measured(frames)
    poses = steady(path, 1.0, 24)
    still = [
        luma(warped(Planes(f, f[::2, ::2].copy(), f[::2, ::2].copy()), p, OUT))
        for f, p in zip(frames, poses, strict=True)
    ]

    def jerk(pictures: list[NDArray[np.float32]]) -> float:
        steps = np.array([shift(a, b) for a, b in itertools.pairwise(pictures)])
        return float(np.abs(np.diff(steps, axis=0)).mean())

    assert jerk(still) < 0.35 * jerk([frame.astype(np.float32) for frame in frames])


def test_steady_frames_show_no_edge_and_no_strength_changes_nothing() -> None:
    frames, _ = shaken(24, 5)
    path = measured(frames)
    for pose in steady(path, 1.0, 24):
        corners = matrix(pose, OUT, OUT) @ np.array([[0, 0, 1], [639, 359, 1], [639, 0, 1], [0, 359, 1]]).T
        assert corners.min() > -1
        assert corners[0].max() < 640
        assert corners[1].max() < 360
    assert {(p.x, p.y, p.zoom, p.roll) for p in steady(path, 0.0, 24)} == {(0.5, 0.5, 1.0, 0.0)}


def test_a_wall_or_a_cut_is_no_movement() -> None:
    wall = [np.full((90, 160), 90, np.uint8)] * 4
    assert measured(wall).x == (0.0, 0.0, 0.0, 0.0)
    cut = [texture(160, 90, 1), texture(160, 90, 1), texture(160, 90, 7)]
    assert abs(measured(cut).x[-1]) < 0.2
    assert measured([]).x == (0.0,)


def test_smoothing_keeps_a_constant_and_its_length() -> None:
    assert smoothed([3.0] * 7, 2.0) == pytest.approx(np.full(7, 3.0))
    assert smoothed([1.0], 5.0) == pytest.approx([1.0])
