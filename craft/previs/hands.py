"""Hands that hold, point and rest: one mesh per shape, chosen by name when a figure is drawn.

Shapes are told for a right hand in its grip axes (``posing.hand_axes``): x out of the palm, y to the
thumb, z along the fingers, from the wrist. A left hand is the mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from craft.previs.sdf import Field, Mesh, capsule, ellipsoid, surface, union
from craft.previs.solids import merge, moved
from craft.previs.spatial import F32, F64, cross, unit, vec
from craft.previs.tubes import tube

Point3 = tuple[float, float, float]


@dataclass(frozen=True)
class HandShape:
    """Bend of the knuckles of each finger (index … little) in degrees, how far the fingers part, and the
    thumb's joints after its root.
    """

    fingers: tuple[Point3, Point3, Point3, Point3]
    thumb: tuple[Point3, Point3, Point3]
    spread: float = 0.0


_CLOSED = ((78.0, 101.0, 72.0), (80.0, 102.0, 72.0), (83.0, 102.0, 72.0), (86.0, 102.0, 70.0))
_ACROSS = ((0.020, 0.038, 0.043), (0.044, 0.036, 0.061), (0.052, 0.013, 0.070))

HAND_SHAPES: dict[str, HandShape] = {
    "relaxed": HandShape(
        ((16, 24, 14), (22, 28, 16), (27, 31, 18), (31, 33, 19)),
        ((0.016, 0.038, 0.043), (0.025, 0.042, 0.068), (0.029, 0.039, 0.090)),
        2.0,
    ),
    "fist": HandShape(_CLOSED, _ACROSS),
    "grip": HandShape(
        ((54, 68, 52), (55, 69, 52), (57, 68, 52), (58, 62, 48)),
        ((0.020, 0.041, 0.041), (0.041, 0.044, 0.061), (0.055, 0.034, 0.080)),
    ),
    "point": HandShape(((3, 5, 4), *_CLOSED[1:]), _ACROSS),
    "open": HandShape(
        ((4, 5, 4), (3, 5, 4), (4, 5, 4), (6, 7, 5)),
        ((0.010, 0.047, 0.038), (0.012, 0.067, 0.058), (0.011, 0.079, 0.079)),
        8.0,
    ),
}
"""What a hand can do; ``performance.Moment.hands`` names one for the left and one for the right."""

_KNUCKLES = (
    (-0.001, 0.0275, 0.080),
    (-0.003, 0.0085, 0.085),
    (-0.002, -0.0105, 0.081),
    (0.001, -0.0275, 0.073),
)
_LENGTHS = ((0.038, 0.024, 0.019), (0.042, 0.027, 0.020), (0.039, 0.025, 0.020), (0.031, 0.019, 0.017))
_RADII = (0.0092, 0.0095, 0.0090, 0.0078)
_THUMB_ROOT = (0.007, 0.021, 0.018)


def _bent(root: Point3, lengths: Point3, bends: Point3, fan: float) -> F64:
    """Joints of a finger from its knuckle to its tip."""
    points, angle = [np.array(root)], 0.0
    for size, bend in zip(lengths, bends, strict=True):
        angle += np.radians(bend)
        step = vec(np.sin(angle), np.sin(np.radians(fan)) * np.cos(angle), np.cos(angle))
        points.append(points[-1] + unit(step) * size)
    return np.array(points)


def _rounded(joints: F64, radius: float, tip: float) -> tuple[F64, F64]:
    """A finger's path with bones that stay straight between soft joints, and a radius for each point."""
    path, size = [joints[0]], [radius]
    for i in range(1, len(joints)):
        a, b = joints[i - 1], joints[i]
        k = i / (len(joints) - 1)
        thick = radius + (tip - radius) * k
        path.append(a + (b - a) * 0.45)
        size.append(thick * 0.97)
        if i < len(joints) - 1:
            before, after = a + (b - a) * 0.86, b + (joints[i + 1] - b) * 0.14
            path += [before, (before + after) / 2 * 0.55 + b * 0.45, after]
            size += [thick * 1.02, thick * 1.05, thick * 1.0]
    end = unit(joints[-1] - joints[-2])
    for along, share in ((-0.5, 1.0), (0.25, 0.90), (0.68, 0.62), (0.92, 0.30)):
        path.append(joints[-1] + end * (tip * along))
        size.append(tip * share)
    return np.array(path), np.array(size)


def _fingers(shape: HandShape, thick: float, around: int) -> list[Mesh]:
    made = []
    for i, bends in enumerate(shape.fingers):
        fan = shape.spread * (1.5 - i) * 0.75
        joints = _bent(_KNUCKLES[i], _LENGTHS[i], bends, fan)
        root = joints[0] - vec(0, 0, 0.012)
        path, size = _rounded(joints, _RADII[i] * thick, _RADII[i] * thick * 0.76)
        made.append(tube(np.vstack([root, path]), np.append(size[0], size), around))
    joints = np.array((_THUMB_ROOT, *shape.thumb))
    path, size = _rounded(joints, 0.0125 * thick, 0.0086 * thick)
    made.append(tube(path, size, around, hint=(1.0, 0.0, 0.0)))
    return made


def _palm(shape: HandShape, thick: float) -> Field:
    ball = np.array(_THUMB_ROOT) * 0.55 + np.array(shape.thumb[0]) * 0.45

    def field(p: F32) -> F32:
        d = capsule(p, (0, 0, -0.045), (0, 0, 0.004), 0.0225 * thick, 0.0215 * thick)
        for x, y, z in _KNUCKLES:
            d = union(
                d, capsule(p, (0.001, y * 0.5, 0.010), (x, y, z), 0.0150 * thick, 0.0108 * thick), 0.012
            )
        d = union(d, ellipsoid(p, (0.009, -0.018, 0.036), (0.013 * thick, 0.017, 0.030)), 0.012)
        if shape.fingers[3][0] > 75:
            d = union(d, ellipsoid(p, (0.016, -0.002, 0.064), (0.016, 0.030, 0.019)), 0.008)
        return union(d, capsule(p, _THUMB_ROOT, tuple(ball), 0.0145 * thick, 0.0135 * thick), 0.014)

    return field


@lru_cache(maxsize=64)
def hand_mesh(name: str, thick: float, detail: float) -> Mesh:
    """A right hand in its grip axes; ``thick`` is 1 for an average hand."""
    shape = HAND_SHAPES[name]
    palm = surface(
        _palm(shape, thick), (-0.035, -0.052, -0.052), (0.042, 0.060, 0.106), 0.0078 / max(detail, 0.7)
    )
    return merge([palm, *_fingers(shape, thick, 6 if detail < 0.7 else 8)])


def placed_hand(name: str, at: dict[str, F64], side: str, thick: float, detail: float) -> Mesh:
    """The hand of a figure in bind space; ``side`` is ``l`` or ``r``."""
    wrist = at["hand_" + side]
    along = unit(wrist - at["forearm_" + side])
    thumb = unit(vec(0, 0, 1) - along * float(along[2]))
    axes = np.stack([cross(thumb, along), thumb, along], 1)
    mesh = hand_mesh(name, thick, detail)
    if side == "l":
        flip = np.array((-1, 1, 1), np.float32)
        mesh = (mesh[0] * flip, mesh[1] * flip, np.ascontiguousarray(mesh[2][:, ::-1]))
    return moved(mesh, axes, wrist)
