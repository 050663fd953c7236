"""Which way the camera moved, from the picture alone.

Corners are followed through the frames forwards and backwards (pyramidal Lucas-Kanade); what does not come back is
dropped. Their paths are explained by the simplest model that fits: nothing, unrest, a turn or zoom that moves near
and far alike, and only then a travelling camera, whose near and far points part. A turn about an axis bends the
paths towards the corners of the frame, which tells an arc from a truck.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision.decode import Decoding, Plane
from craft.vision.errors import MediaError
from craft.vision.reports import Motion
from craft.vision.tracking import Follower, Leg

MOTION_VERSION = "motion 2"
FIELD_OF_VIEW = 46.0
"""Degrees across the long side, where the lens is not known (42 mm on a 36 mm sensor)."""

STEPS_PER_SECOND = 12
FEWEST_FRAMES = 3

Points = npt.NDArray[np.float64]

_STILL_PX = 0.30
"""A frame 320 points wide that moves less than this in the whole clip stands still."""
_WANDER = 1.10
"""Way over distance: more than this is unrest, not a movement."""
_ALIKE = 0.17
"""Largest part of the motion a turn or zoom may leave unexplained."""
_RADIAL, _STRAIGHT = 0.80, 0.20
"""Part of the motion a dolly explains, and the part that anything sideways must leave unexplained for it."""
_RADIAL_ROUGH, _CROOKED = 0.66, 0.315
"""The same where nothing sideways explains the paths at all."""
_ARC, _HELD = 0.10, 0.3
"""Turn over sideways motion: more than this circles round something, by its sense or by a middle that stands still."""
_MIDDLE, _WIDTH = 0.13, 0.84
"""Half of the frame's middle and all of its width, in focal lengths."""
_SPEEDS: dict[str, tuple[float, float, float]] = {
    "pan": (4.2, 8.8, 45.0),
    "tilt": (4.2, 8.8, 45.0),
    "roll": (5.0, 10.0, 40.0),
    "zoom": (0.13, 0.26, 0.8),
    "dolly": (0.034, 0.066, 0.2),
    "truck": (0.047, 0.09, 0.3),
    "crane": (0.06, 0.12, 0.3),
    "arc": (5.5, 10.5, 30.0),
}
"""Where slow ends, medium ends and fast ends, by kind: degrees, parts of the distance or of the width, per second."""
_UNREST = (0.65, 1.45)
"""Degrees per second on the way at which low and medium end."""


@dataclass(frozen=True, slots=True)
class _Flow:
    """Places and displacements over one leg, in focal lengths from the middle of the frame (x right, y down)."""

    x: Points
    y: Points
    u: Points
    v: Points
    unit: float
    """Pixels of a focal length."""

    @property
    def size(self) -> float:
        """Typical displacement: the mean of the middle half and of the larger ones."""
        return float(np.sqrt(np.mean(_middle(np.hypot(self.u, self.v)) ** 2)))


def _middle(values: Points) -> Points:
    """Without the largest tenth, which are mistakes more often than not."""
    kept: Points = np.sort(values)[: max(1, int(len(values) * 0.9))]
    return kept


def recover_motion(
    source: Path | Sequence[Plane], *, rate: float | None = None, field_of_view: float = FIELD_OF_VIEW
) -> Motion:
    """The camera's movement in a clip or in its luma planes. ``rate`` is frames per second (of the clip, or 24).

    Raises MediaError for a file that cannot be decoded and for fewer than three frames.
    """
    if isinstance(source, Path):
        return _of_clip(source, field_of_view)
    watch = MotionWatch(rate or 24.0, every=1, field_of_view=field_of_view)
    for plane in source:
        watch.see(plane)
    if watch.followed < FEWEST_FRAMES:
        raise MediaError("media.empty", "a movement needs at least three frames.")
    return watch.motion()


def _of_clip(path: Path, field_of_view: float) -> Motion:
    with Decoding(path) as decoding:
        watch = MotionWatch(float(decoding.rate), field_of_view=field_of_view)
        for plane in decoding:
            watch.see(plane)
    if watch.followed < FEWEST_FRAMES:
        raise MediaError("media.empty", f"a movement needs at least three frames; {path.name} has fewer.")
    return watch.motion()


class MotionWatch:
    """Recovers the movement from planes as they are decoded; `every` is how many frames a step takes (None: about
    twelve steps a second, which is what unrest is told by).
    """

    def __init__(
        self, rate: float, *, every: int | None = None, field_of_view: float = FIELD_OF_VIEW
    ) -> None:
        self._rate = rate
        self._every = every or max(1, round(rate / STEPS_PER_SECOND))
        self._field = field_of_view
        self._follower = Follower()
        self._seen = 0
        self._shape = (0, 0)

    @property
    def followed(self) -> int:
        """Planes looked at so far."""
        return self._follower.frames

    def see(self, plane: Plane) -> None:
        """The next frame's luma."""
        if self._seen % self._every == 0:
            self._follower.see(plane)
            self._shape = (plane.shape[0], plane.shape[1])
        self._seen += 1

    def motion(self) -> Motion:
        """The movement up to here; needs three planes."""
        seconds = (self._follower.frames - 1) * self._every / self._rate
        height, width = self._shape
        unit = max(width, height) / 2 / math.tan(math.radians(self._field / 2))
        found = _explained(self._follower.legs(), unit, width, seconds)
        return replace(found, version=MOTION_VERSION)


def _explained(legs: Sequence[Leg], unit: float, width: int, seconds: float) -> Motion:
    count = sum(len(leg.start) for leg in legs)
    if count < 12:
        return Motion("static", "none", "medium", 0.0, 0.0, count)
    still = _STILL_PX * width / 320
    flows = [_flow(leg, unit) for leg in legs]
    moved = sum(flow.size for flow in flows) * unit
    if moved < still:
        return Motion("static", "none", "medium", 0.0, round(1 - moved / still / 2, 3), count)
    wander, unrest = _unrest(legs, unit)
    unrest /= max(seconds, 1e-6)
    if wander > _WANDER:
        strength = "low" if unrest < _UNREST[0] else "medium" if unrest < _UNREST[1] else "high"
        sure = min(1.0, (wander - 1) / (2 * (_WANDER - 1)))
        return Motion("handheld", strength, "medium", round(unrest, 3), round(sure, 3), count)
    votes: dict[tuple[str, str], float] = {}
    amounts: dict[str, float] = {}
    for flow in flows:
        kind, direction, amount, sure = _named(flow)
        votes[kind, direction] = votes.get((kind, direction), 0.0) + flow.size * sure
        amounts[kind] = amounts.get(kind, 0.0) + amount
    kind, direction = max(votes, key=lambda key: votes[key])
    sure = votes[kind, direction] / sum(flow.size for flow in flows)
    amount = amounts[kind] / max(seconds, 1e-6)
    return Motion(kind, direction, _speed(kind, amount), round(amount, 4), round(min(1.0, sure), 3), count)


def _flow(leg: Leg, unit: float) -> _Flow:
    x, y = leg.start[:, 0] / unit, leg.start[:, 1] / unit
    u, v = (leg.end[:, 0] - leg.start[:, 0]) / unit, (leg.end[:, 1] - leg.start[:, 1]) / unit
    return _Flow(x, y, u, v, unit)


def _unrest(legs: Sequence[Leg], unit: float) -> tuple[float, float]:
    """Length of the way over the distance in the longest leg (1 is straight on), and the way of all in degrees: medians
    over the livelier half of the points, because a camera that holds its subject moves only the rest.
    """
    ratio, total, longest = 1.0, 0.0, 0
    for leg in legs:
        paths = leg.paths
        if paths.shape[1] > 5:
            # The noise of single frames is no unrest of the camera.
            paths = (paths[:, :-2] + paths[:, 1:-1] + paths[:, 2:]) / 3
        way = np.hypot(*np.moveaxis(np.diff(paths, axis=1), 2, 0)).sum(1)
        net = np.hypot(*(paths[:, -1] - paths[:, 0]).T)
        lively = way >= np.median(way)
        total += math.degrees(float(np.median(way[lively])) / unit)
        if leg.paths.shape[1] > longest:
            longest = leg.paths.shape[1]
            ratio = float(np.median(way[lively] / np.maximum(net[lively], 1e-6)))
    return ratio, total


def _speed(kind: str, amount: float) -> str:
    slow, medium, fast = _SPEEDS[kind]
    size = abs(amount)
    return "slow" if size < slow else "medium" if size < medium else "fast" if size < fast else "whip"


def _fit(columns: Sequence[Points], values: Points) -> Points:
    """Robust least squares (Cauchy weights)."""
    a, b = np.stack(columns, axis=1), values
    weight: Points = np.ones(len(b))
    found: Points = np.zeros(a.shape[1])
    for _ in range(8):
        root = np.sqrt(weight)
        found = np.asarray(np.linalg.lstsq(a * root[:, None], b * root, rcond=None)[0], np.float64)
        left = np.abs((a * found).sum(1) - b)
        scale = max(1.4826 * float(np.median(left)), 1e-5)
        weight = 1 / (1 + (left / (2 * scale)) ** 2)
    return found


def _turn_columns(flow: _Flow) -> list[Points]:
    """How turns (up, right, roll) and a longer lens move points: rows of u, then of v."""
    x, y = flow.x, flow.y
    return [
        np.concatenate([x * y, 1 + y * y]),
        np.concatenate([-(1 + x * x), -x * y]),
        np.concatenate([y, -x]),
        np.concatenate([x, y]),
    ]


def _named(flow: _Flow) -> tuple[str, str, float, float]:
    """Kind, direction, amount over the leg and sureness."""
    columns = _turn_columns(flow)
    both = np.concatenate([flow.u, flow.v])
    found = _fit(columns, both)
    half = len(flow.x)
    rest = both - sum((c * k for c, k in zip(columns, found, strict=True)), np.zeros(2 * half))
    left = np.sqrt(np.mean(_middle(np.hypot(rest[:half], rest[half:])) ** 2)) / max(flow.size, 1e-9)
    if left < _ALIKE:
        return (*_turning(flow, columns, found), float(1 - left))
    return _travelling(flow)


def _turning(flow: _Flow, columns: Sequence[Points], found: Points) -> tuple[str, str, float]:
    half = len(flow.x)
    power = [float(np.hypot(c[:half] * k, c[half:] * k).mean()) for c, k in zip(columns, found, strict=True)]
    up, right, roll, longer = (float(k) for k in found)
    # Whoever zooms keeps the subject in the frame by turning a little.
    match 3 if power[3] > 0.4 * max(power) else int(np.argmax(power)):
        case 0:
            return "tilt", "up" if up > 0 else "down", math.degrees(up)
        case 1:
            return "pan", "right" if right > 0 else "left", math.degrees(right)
        case 2:
            return "roll", "cw" if roll > 0 else "ccw", math.degrees(roll)
        case _:
            return "zoom", "in" if longer > 0 else "out", longer


def _travelling(flow: _Flow) -> tuple[str, str, float, float]:
    """A lens that went somewhere: along its axis, sideways or upwards, by what explains the paths best."""
    turn, bent = _bent(flow.x, flow.y, flow.v, flow.size)
    nod, leant = _bent(flow.y, flow.x, flow.u, flow.size)
    radial, outward, growth = _radial(flow)
    astray = min(bent, leant)
    if (radial > _RADIAL and astray > _STRAIGHT) or (radial > _RADIAL_ROUGH and astray > _CROOKED):
        return "dolly", "in" if outward > 0 else "out", 1 - math.exp(-growth), radial
    clear = abs(bent - leant) / max(bent + leant, 1e-9)
    found = _sideways(flow, turn) if bent < leant else _upwards(flow, nod)
    return (*found, clear)


def _bent(x: Points, y: Points, across: Points, size: float) -> tuple[float, float]:
    """The turn (radians) whose bending explains the motion across a sideways one, and the part of all motion that it
    leaves unexplained.
    """
    columns = [-x * y, -x, np.ones(len(x))]
    found = _fit(columns, across)
    rest = across - sum((c * k for c, k in zip(columns, found, strict=True)), np.zeros(len(x)))
    left = math.sqrt(float((_middle(np.abs(rest)) ** 2).mean()))
    return float(found[0]), left / max(size, 1e-9)


def _radial(flow: _Flow) -> tuple[float, float, float]:
    """How much of the motion runs from or to one point of the frame (0-1), which way, and by what factor (log)."""
    # The point the lens travels to: where u (y - y0) = v (x - x0) for all.
    size = np.hypot(flow.u, flow.v) + 1e-6
    point = _fit([-flow.v / size, flow.u / size], (flow.u * flow.y - flow.v * flow.x) / size)
    x, y = flow.x - float(point[0]), flow.y - float(point[1])
    reach = np.hypot(x, y) + 1e-6
    along = (flow.u * x + flow.v * y) / reach
    sign = 1.0 if float(np.sum(along)) > 0 else -1.0
    inside = math.hypot(float(point[0]), float(point[1])) < 0.42
    agree = float(np.sum(np.maximum(0.0, along * sign) ** 2) / np.sum(flow.u**2 + flow.v**2 + 1e-12))
    growth = float(np.median(along / reach))
    return (agree if inside else 0.0), sign, abs(growth)


def _sideways(flow: _Flow, turn: float) -> tuple[str, str, float]:
    """Truck or arc. An arc turns against its own way, which bends the paths of the frame's corners the other way than
    the slight turn of a truck; and it holds the middle of the frame.
    """
    typical, shift, still = _across(flow.u, flow.x)
    against = turn * shift < 0 and abs(turn) > _ARC * typical
    if against or (still and abs(turn) > _HELD * typical):
        # A lens that circles clockwise (from above) goes left, and the distance passes to the left.
        return "arc", "cw" if shift < 0 else "ccw", abs(math.degrees(turn))
    # Whoever is followed stands still in the middle, where a truck past the place leaves nothing quite still.
    kept = int(((np.abs(flow.u) < 0.12 * typical) & (np.abs(flow.x) < _MIDDLE)).sum())
    direction = "right" if shift < 0 else "left"
    return "truck", "follow" if kept >= max(4, 0.03 * len(flow.x)) else direction, typical / _WIDTH


def _upwards(flow: _Flow, nod: float) -> tuple[str, str, float]:
    """Crane: a lens that rises and holds its subject nods, and the distance rises; without a nod all sinks."""
    typical, shift, still = _across(flow.v, flow.y)
    held = still or (nod * shift < 0 and abs(nod) > _ARC * typical)
    return "crane", "up" if (shift < 0) == held else "down", typical / _WIDTH


def _across(main: Points, place: Points) -> tuple[float, float, bool]:
    """Typical motion along an axis, its mean where anything moves, and whether the middle of the frame stands still."""
    typical = math.sqrt(float((_middle(np.abs(main)) ** 2).mean()))
    moving = np.abs(main) > 0.35 * typical
    middle = np.abs(place) < _MIDDLE
    still = int(middle.sum()) >= 6 and float((np.abs(main[middle]) < 0.25 * typical).mean()) > 0.6
    return typical, float(main[moving].mean()) if moving.any() else 0.0, still


def planes_of(pictures: Sequence[npt.NDArray[np.uint8]]) -> list[Plane]:
    """Luma planes of RGB pictures (height, width, 3)."""
    return [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8) for picture in pictures]
