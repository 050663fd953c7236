"""Where a lens may stand and what it can see: furniture, wild walls and the free space of a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from craft.previs.projection import CameraPose, half_angles
from craft.previs.spatial import F64, basis, cross, unit, vec
from craft.previs.stage import StageSet, Wall

Mask = npt.NDArray[np.bool_]

CLEARANCE_M = 0.10
"""A lens keeps this far from solid things."""
LOWEST_M = 0.06
_MARGIN_M = 0.30
"""How far past the free space a lens may stand where no wall needs to go for it."""
_FACE_M = (0.09, 0.07)
"""Half height and half width of the part of a face that must be seen."""


class Clearance:
    """A set's solid boxes as arrays, to ask one question of all of them at once."""

    def __init__(self, stage: StageSet) -> None:
        self.stage = stage
        boxes = [(o.low, o.high) for o in stage.obstacles] or [((0, -9, 0), (0, -9, 0))]
        self.low = np.array([low for low, _high in boxes], np.float64)
        self.high = np.array([high for _low, high in boxes], np.float64)
        self.groups = [o.group for o in stage.obstacles] or [""]

    def present(self, eyes: Iterable[F64]) -> Mask:
        """Which boxes stay when the walls that are wild for these lenses are away."""
        gone = self.stage.hidden(list(eyes))
        return np.array([group not in gone for group in self.groups], np.bool_)

    def stands_free(self, eye: F64, present: Mask, grow: float = CLEARANCE_M) -> bool:
        """Whether no box holds the lens."""
        held = ((self.low - grow <= eye) & (eye <= self.high + grow)).all(1) & present
        return not bool(held.any())

    def sees(self, eye: F64, point: F64, present: Mask, grow: float = 0.0) -> bool:
        """Whether no box lies across the line; a box that holds the point itself (the chair one sits in) does
        not count.
        """
        low, high = self.low - grow, self.high + grow
        d = point - eye
        step = np.where(np.abs(d) < 1e-9, 1e-9, d)
        a, b = (low - eye) / step, (high - eye) / step
        enter, leave = np.minimum(a, b).max(1), np.maximum(a, b).min(1)
        across = (np.maximum(enter, 0.0) <= np.minimum(leave, 1.0)) & present
        holding = ((self.low - 0.02 <= point) & (point <= self.high + 0.02)).all(1)
        return not bool((across & ~holding).any())

    def passes(self, a: F64, b: F64, present: Mask) -> bool:
        """Whether a lens may travel straight from one place to the other."""
        return self.stands_free(b, present) and self.sees(a, b, present, CLEARANCE_M * 0.8)


def face_points(eye: F64, head: F64) -> tuple[F64, ...]:
    """The middle and the four sides of a face as seen from the lens."""
    away = head - eye
    across = unit(cross(away, vec(0, 1, 0)))
    up = unit(cross(across, away))
    tall, wide = _FACE_M
    return head, head + up * tall, head - up * tall, head + across * wide, head - across * wide


def sees_faces(clear: Clearance, eye: F64, heads: Sequence[F64], present: Mask) -> bool:
    """Whether nothing solid is between the lens and any part of these faces."""
    return all(clear.sees(eye, p, present) for head in heads for p in face_points(eye, head))


def blocked(stage: StageSet, pose: CameraPose, points: Sequence[F64], also: Sequence[F64] = ()) -> bool:
    """Whether the lens stands in furniture or looks through it at one of the points. Walls that are wild for it,
    or for the lenses in ``also``, do not count.
    """
    clear = Clearance(stage)
    present = clear.present([pose.eye, *also])
    return not (
        clear.stands_free(pose.eye, present) and all(clear.sees(pose.eye, p, present) for p in points)
    )


def outside(stage: StageSet, eye: F64) -> float:
    """Metres by which the lens stands beyond the free space (walls are wild, but the room is better)."""
    return sum(
        max(0.0, stage.low[i] - float(eye[i])) + max(0.0, float(eye[i]) - stage.high[i]) for i in range(3)
    )


def outer_walls(stage: StageSet) -> list[Wall]:
    """The walls that go for a lens beyond the set; others go for one inside (an apron round a carriage)."""
    middle = [(low + high) / 2 for low, high in zip(stage.low, stage.high, strict=True)]
    return [w for w in stage.walls if (w.at - middle[w.axis]) * w.sign > 0]


def allowed(stage: StageSet, eye: F64) -> bool:
    """Whether a lens is in the free space, or past it where a wild wall goes for it, or in the open sky."""
    if float(eye[1]) < LOWEST_M:
        return False
    for axis in range(3):
        at = float(eye[axis])
        for past, sign in ((stage.low[axis] - at, -1), (at - stage.high[axis], 1)):
            sky = axis == 1 and sign > 0 and not stage.interior
            if past <= _MARGIN_M or sky or (axis == 1 and sign < 0):
                continue
            if not any(w.axis == axis and w.sign == sign and w.hides(eye) for w in outer_walls(stage)):
                return False
    return True


_EDGES = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))


def _shell(stage: StageSet) -> tuple[F64, F64]:
    """The inner faces of a room: its walls where it has them, else the free space."""
    low, high = vec(*stage.low), vec(*stage.high)
    low[1] = min(0.0, float(low[1]))
    for wall in outer_walls(stage):
        side = low if wall.sign < 0 else high
        side[wall.axis] = min(low[wall.axis], wall.at) if wall.sign < 0 else max(high[wall.axis], wall.at)
    return low, high


def voids(stage: StageSet, pose: CameraPose, aspect: float) -> int:
    """How many of eight points on the frame's edge look past an interior into nothing: over its walls, or out through
    one that is away for the lens. Always 0 outdoors.
    """
    if not stage.interior:
        return 0
    low, high = _shell(stage)
    open_to = {(w.axis, w.sign) for w in outer_walls(stage) if w.hides(pose.eye)}
    right, up, forward = basis(pose.eye, pose.target, pose.roll)
    tx, ty = half_angles(pose.focal_mm, aspect)
    rays = (forward + right * (x * tx * 0.98) + up * (y * ty * 0.98) for x, y in _EDGES)
    return sum(_into_nothing(pose.eye, ray, low, high, open_to) for ray in rays)


def _into_nothing(eye: F64, ray: F64, low: F64, high: F64, open_to: set[tuple[int, int]]) -> bool:
    ray = np.where(np.abs(ray) < 1e-9, 1e-9, ray)
    a, b = (low - 0.02 - eye) / ray, (high + 0.02 - eye) / ray
    enter, leave = float(np.minimum(a, b).max()), np.maximum(a, b)
    axis = int(leave.argmin())
    if float(leave[axis]) <= max(0.0, enter):
        return True
    return (axis, 1 if float(ray[axis]) > 0 else -1) in open_to
