"""Moves over a picture: which part of it every frame shows, and the warp that shows exactly that part.

zoompan and crop land on whole pixels and shake (0.5 to 0.9 px); here every frame is one affine warp of the three
planes of a YUV picture, from float positions, so that motion is as smooth as the path (measured: below 0.05 px).

    picture   ┌───────────────────┐
              │  ┌─────┐          │     a pose is the centre, the zoom and the roll
              │  │start│ →  ┌────┐│     of what the frame shows of the picture
              │  └─────┘    │end ││
              └─────────────┴────┴┘
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from craft.render.effects import Box, Reframe
from craft.terms.shots import Direction, Easing, Movement, Speed

Plane = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pose:
    """What a frame shows of a picture: the centre as shares of its size, the zoom, the roll in degrees.

    Zoom 1 shows all of it. A roll turns the frame clockwise.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    roll: float = 0.0


@dataclass(frozen=True, slots=True)
class Planes:
    """A YUV 4:2:0 picture: luma `(h, w)`, two chroma planes of half the size; all uint8."""

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def of(cls, raw: bytes, width: int, height: int) -> Planes:
        """Raw yuv420p of an even size. Raises ValueError when the bytes are not one picture."""
        whole, quarter = width * height, width * height // 4
        if len(raw) != whole + 2 * quarter:
            raise ValueError(f"{len(raw)} bytes are not a picture of {width}x{height}")
        data = np.frombuffer(raw, np.uint8)
        half = (height // 2, width // 2)
        return cls(
            data[:whole].reshape(height, width),
            data[whole : whole + quarter].reshape(half),
            data[whole + quarter :].reshape(half),
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.y.shape[1]), int(self.y.shape[0])


def eased(at: float, easing: Easing) -> float:
    """How much of a move is done at a share of its time, both 0 to 1."""
    at = min(1.0, max(0.0, at))
    if easing == Easing.LINEAR:
        return at
    if easing == Easing.EASE_IN:
        return at * at
    if easing == Easing.EASE_OUT:
        return at * (2.0 - at)
    return at * at * (3.0 - 2.0 * at)


def pose_of(box: Box) -> Pose:
    """The pose that shows a box; of a box with another shape, the one that shows all of it."""
    x, y, width, height = box
    return Pose(x + width / 2, y + height / 2, 1.0 / max(width, height))


def reframed(reframe: Reframe, numbers: Sequence[int], length: int) -> list[Pose]:
    """The poses of a reframe at frames of its clip; frames before or behind the clip stay at its ends.

    `numbers` count from the clip's first frame, `length` is the clip's. Zoom travels evenly in the eye: by
    factors, not by shares.
    """
    start = pose_of(reframe.start)
    end = pose_of(reframe.end or reframe.start)
    steps = max(1, length - 1)
    return [between(start, end, eased(number / steps, reframe.easing)) for number in numbers]


def between(start: Pose, end: Pose, share: float) -> Pose:
    """The pose at a share of the way; the centre moves so that the picture's fixed point stays where it is."""
    zoom = start.zoom * (end.zoom / start.zoom) ** share
    if abs(end.zoom - start.zoom) > 1e-6:
        # with zoom by factors, the centre has to follow 1/zoom or the picture would swing
        share = (1 / start.zoom - 1 / zoom) / (1 / start.zoom - 1 / end.zoom)
    return Pose(
        start.x + (end.x - start.x) * share,
        start.y + (end.y - start.y) * share,
        zoom,
        start.roll + (end.roll - start.roll) * share,
    )


REACH: dict[Speed, float] = {Speed.SLOW: 0.5, Speed.MEDIUM: 0.8, Speed.FAST: 1.0, Speed.WHIP: 1.0}
"""How much of the room around the picture a move uses."""
PAN_ZOOM, SHAKE_ZOOM = 1.28, 1.08
_ACROSS = {Direction.LEFT: (-1, 0), Direction.RIGHT: (1, 0), Direction.UP: (0, -1), Direction.DOWN: (0, 1)}
_SHAKE = {Direction.LOW: 0.35, Direction.MEDIUM: 0.65, Direction.HIGH: 1.0}


def camera_move(
    movement: Movement,
    direction: Direction,
    speed: Speed,
    easing: Easing,
    frames: int,
    fps: Fraction | float,
    seed: int = 0,
) -> list[Pose]:
    """The poses by which a still stands in for a camera movement (an animatic: no parallax, no new picture).

    Pans, tilts, trucks and cranes travel over the picture, dollies and zooms go into or out of it, an arc travels
    and turns a little, a hand-held camera drifts.
    """
    reach = REACH[speed]
    if movement == Movement.STATIC:
        return [Pose()] * frames
    if movement == Movement.HANDHELD:
        return _handheld(_SHAKE.get(direction, 0.65), frames, float(fps), seed)
    if movement == Movement.DOLLY:
        near = Pose(zoom=1.0 + 0.35 * reach)
        start, end = (near, Pose()) if direction == Direction.OUT else (Pose(), near)
    elif movement == Movement.ARC:
        side = -1 if direction == Direction.CCW else 1
        start, end = _travel(side, 0, reach, -1.2 * side, 1.2 * side)
    else:
        across, down = _ACROSS.get(direction, (1, 0))
        start, end = _travel(across, down, reach, 0.0, 0.0)
    steps = max(1, frames - 1)
    return [between(start, end, eased(number / steps, easing)) for number in range(frames)]


def _travel(across: int, down: int, reach: float, roll: float, unroll: float) -> tuple[Pose, Pose]:
    """From one side of the picture to the other, with room for a roll."""
    room = (1.0 - 1.0 / PAN_ZOOM) / 2 * (0.8 if roll else 1.0) * reach
    start = Pose(0.5 - across * room, 0.5 - down * room, PAN_ZOOM, roll)
    return start, Pose(0.5 + across * room, 0.5 + down * room, PAN_ZOOM, unroll)


def _handheld(strength: float, frames: int, fps: float, seed: int) -> list[Pose]:
    """A slow drift with a faster tremble on it, within the room that the zoom leaves."""
    generator = np.random.default_rng(seed)
    phases = generator.uniform(0, 2 * math.pi, (3, 4))
    rates = np.array([0.31, 0.73, 1.9, 4.3]) * generator.uniform(0.9, 1.1, (3, 4))
    weights = np.array([0.55, 0.3, 0.11, 0.04])
    at = np.arange(frames) / fps
    sway = (weights * np.sin(2 * math.pi * at[:, None, None] * rates + phases)).sum(axis=2)
    room = (1.0 - 1.0 / SHAKE_ZOOM) / 2 * 0.8 * strength
    return [Pose(0.5 + room * x, 0.5 + room * y, SHAKE_ZOOM, 0.35 * strength * roll) for x, y, roll in sway]


def matrix(pose: Pose, picture: tuple[int, int], out: tuple[int, int]) -> Matrix:
    """Where in the picture a pixel of the frame lies: `(2, 3)`, pixel indices to pixel indices.

    Pixels are areas: index i has its middle at i + 0.5.
    """
    (wide, high), (width, height) = picture, out
    scale = min(wide / width, high / height) / pose.zoom
    turn = math.radians(pose.roll)
    a, b = scale * math.cos(turn), scale * math.sin(turn)
    centre_x, centre_y = pose.x * wide, pose.y * high
    middle_x, middle_y = width / 2 - 0.5, height / 2 - 0.5
    return np.array(
        [
            [a, -b, centre_x - 0.5 - a * middle_x + b * middle_y],
            [b, a, centre_y - 0.5 - b * middle_x - a * middle_y],
        ]
    )


def chroma_matrix(luma: Matrix) -> Matrix:
    """The same warp for planes of half the size, whose samples sit on the left (MPEG-2, H.264).

    Chroma index (i, j) lies at luma index (2i, 2j + 0.5).
    """
    up = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.5], [0.0, 0.0, 1.0]])
    whole = np.vstack([luma, [0.0, 0.0, 1.0]])
    halved: Matrix = (np.linalg.inv(up) @ whole @ up)[:2]
    return halved


def warped(planes: Planes, pose: Pose, out: tuple[int, int]) -> bytes:
    """The frame a pose shows, as raw yuv420p of `out` (width, height; even). Outside the picture its edge goes on."""
    return warped_by(planes, matrix(pose, planes.size, out), out)


def warped_by(planes: Planes, luma: Matrix, out: tuple[int, int]) -> bytes:
    """The frame that a warp of the luma plane shows, chroma following it."""
    # going into the picture, linear interpolation is soft; going out of it, cubic only costs
    magnified = float(np.hypot(luma[0, 0], luma[1, 0])) < 1.0
    kind = cv2.INTER_CUBIC if magnified else cv2.INTER_LINEAR
    half = (out[0] // 2, out[1] // 2)
    chroma = chroma_matrix(luma)
    parts = (
        _warp(planes.y, luma, out, kind),
        _warp(planes.u, chroma, half, cv2.INTER_LINEAR),
        _warp(planes.v, chroma, half, cv2.INTER_LINEAR),
    )
    return b"".join(part.tobytes() for part in parts)


TAPS, CUBIC = 4, -0.5
"""Neighbours, and the only steepness that keeps a slope where it is. All pixels of a shift have the same share, so that
what OpenCV's -0.75 moves them by does not average out: it would shake by 0.08 px."""
SNAP = 0.75
"""Pixels by which the edge of a frame may lie off its true place, the same in every frame of a move: a still is kept
at an even size, which is not quite the size that the move asks for."""


def travels_unscaled(planes: Planes, poses: Sequence[Pose], out: tuple[int, int]) -> bool:
    """Whether a move only shifts the picture, pixel for pixel but for `SNAP` at the frame's edge.

    Asked for a whole move, because a single frame that was snapped would jump among others.
    """
    if len({(pose.zoom, pose.roll) for pose in poses}) != 1:
        return False
    linear = matrix(poses[0], planes.size, out)[:, :2]
    return bool(np.abs(linear - np.eye(2)).max() * max(out) / 2 <= SNAP)


def shifted(planes: Planes, pose: Pose, out: tuple[int, int]) -> bytes:
    """The frame a pose shows where `travels_unscaled`: cubic like `warped`, at a fifth of its cost."""
    luma = matrix(pose, planes.size, out)
    x, y = (float(at) for at in luma @ [out[0] / 2, out[1] / 2, 1.0] - [out[0] / 2, out[1] / 2])
    half = (out[0] // 2, out[1] // 2)
    parts = (
        _shift(planes.y, (x, y), out),
        # a chroma sample lies between two rows of luma, in the picture as in the frame: only the way is halved
        _shift(planes.u, (x / 2, y / 2), half),
        _shift(planes.v, (x / 2, y / 2), half),
    )
    return b"".join(part.tobytes() for part in parts)


def _shift(plane: Plane, by: tuple[float, float], size: tuple[int, int]) -> Plane:
    """The part of a plane that begins at a position between pixels; outside the plane its edge goes on."""
    (left, across), (top, down) = (_split(at) for at in by)
    wide, high = size[0] + TAPS - 1, size[1] + TAPS - 1
    x0, x1 = max(0, left), min(plane.shape[1], left + wide)
    y0, y1 = max(0, top), min(plane.shape[0], top + high)
    part = plane[y0:y1, x0:x1]
    if part.shape != (high, wide):
        sides = (y0 - top, top + high - y1, x0 - left, left + wide - x1)
        part = np.asarray(cv2.copyMakeBorder(part, *sides, cv2.BORDER_REPLICATE), np.uint8)
    made = cv2.sepFilter2D(part, -1, _cubic(across), _cubic(down), anchor=(1, 1))
    return np.asarray(made[1 : 1 + size[1], 1 : 1 + size[0]], np.uint8)


def _split(at: float) -> tuple[int, float]:
    """The first pixel that a position needs, and the share of a pixel behind the one it lies on."""
    whole = math.floor(at)
    return whole - 1, at - whole


def _cubic(share: float) -> NDArray[np.float32]:
    """The weights of four neighbours for a position between the two in the middle (Keys 1981)."""
    away = np.array([1 + share, share, 1 - share, 2 - share])
    near = ((CUBIC + 2) * away - (CUBIC + 3)) * away * away + 1
    far = ((CUBIC * away - 5 * CUBIC) * away + 8 * CUBIC) * away - 4 * CUBIC
    weights: NDArray[np.float32] = np.where(away <= 1, near, far).astype(np.float32)
    return weights


def _warp(plane: Plane, how: Matrix, size: tuple[int, int], kind: int) -> Plane:
    flags = kind | cv2.WARP_INVERSE_MAP
    made = cv2.warpAffine(plane, how, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)


def master_size(picture: tuple[int, int], out: tuple[int, int], poses: Sequence[Pose]) -> tuple[int, int]:
    """The size at which a still is kept for a move: enough for the nearest pose, never more than it has.

    A picture much larger than what is shown of it would shimmer, and costs memory.
    """
    nearest = max(pose.zoom for pose in poses)
    own = max(1.0, min(picture[0] / out[0], picture[1] / out[1]))
    factor = min(max(1.0, nearest), own, 4.0)
    return round(out[0] * factor / 2) * 2, round(out[1] * factor / 2) * 2
