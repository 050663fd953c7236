"""Where world points land in the frame. Frame coordinates: x 0 left … 1 right, y 0 top … 1 bottom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from craft.previs.spatial import F64, basis, length

SENSOR_MM = 36.0
"""Long side of the sensor; the short side follows the frame's aspect."""

NEAR_M, FAR_M = 0.08, 60.0
Box = tuple[float, float, float, float]
Sphere = tuple[F64, float]


@dataclass(frozen=True)
class CameraPose:
    """A camera in one frame: eye and target in metres, focal length in mm, roll in degrees, focused distance along
    the view axis in metres (0 = not set yet).
    """

    eye: F64
    target: F64
    focal_mm: float
    roll: float = 0.0
    focus_m: float = 0.0


def half_angles(focal_mm: float, aspect: float) -> tuple[float, float]:
    """Tangents of half the horizontal and vertical field of view."""
    width, height = (SENSOR_MM, SENSOR_MM / aspect) if aspect >= 1 else (SENSOR_MM * aspect, SENSOR_MM)
    return width / 2 / focal_mm, height / 2 / focal_mm


def fov_y(focal_mm: float, aspect: float) -> float:
    """Vertical field of view in degrees."""
    return 2 * math.degrees(math.atan(half_angles(focal_mm, aspect)[1]))


class Lens:
    """A pose made ready to project many points, in plain floats: composing asks for thousands."""

    __slots__ = ("eye", "forward", "right", "tx", "ty", "up")

    def __init__(self, pose: CameraPose, aspect: float) -> None:
        self.eye = _floats(pose.eye)
        right, up, forward = basis(pose.eye, pose.target, pose.roll)
        self.right, self.up, self.forward = _floats(right), _floats(up), _floats(forward)
        self.tx, self.ty = half_angles(pose.focal_mm, aspect)

    def see(self, p: F64) -> tuple[float, float, float]:
        """Frame x, y and the distance along the view axis (negative behind the lens)."""
        ex, ey, ez = self.eye
        d = (float(p[0]) - ex, float(p[1]) - ey, float(p[2]) - ez)
        z = _along(d, self.forward)
        safe = z if abs(z) > 1e-6 else 1e-6
        return (
            0.5 + _along(d, self.right) / safe / self.tx / 2,
            0.5 - _along(d, self.up) / safe / self.ty / 2,
            z,
        )

    def box(self, spheres: Iterable[Sphere]) -> Box | None:
        """Smallest frame box round spheres in front of the lens, not clipped to the frame."""
        xs: list[float] = []
        ys: list[float] = []
        for centre, radius in spheres:
            x, y, z = self.see(centre)
            if z <= NEAR_M:
                continue
            rx, ry = radius / z / self.tx / 2, radius / z / self.ty / 2
            xs += [x - rx, x + rx]
            ys += [y - ry, y + ry]
        return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _floats(v: F64) -> tuple[float, float, float]:
    return float(v[0]), float(v[1]), float(v[2])


def _along(d: tuple[float, float, float], axis: tuple[float, float, float]) -> float:
    return d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2]


def project(pose: CameraPose, aspect: float, p: F64) -> tuple[float, float, float]:
    """Frame x, y and the distance along the view axis (negative behind the lens)."""
    return Lens(pose, aspect).see(p)


def box_of(pose: CameraPose, aspect: float, spheres: Iterable[Sphere]) -> Box | None:
    """Smallest frame box round spheres in front of the lens, not clipped to the frame; None when all
    are behind.
    """
    return Lens(pose, aspect).box(spheres)


def clipped(box: Box | None) -> Box | None:
    """The visible part of a box, None when nothing of it is in the frame."""
    if box is None:
        return None
    x0, y0, x1, y1 = (min(1.0, max(0.0, v)) for v in box)
    return (x0, y0, x1, y1) if x1 - x0 > 1e-4 and y1 - y0 > 1e-4 else None


def union_box(boxes: Sequence[Box]) -> Box:
    """Smallest box round several."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def aim_at(pose: CameraPose, aspect: float, p: F64, x: float, y: float) -> CameraPose:
    """The same eye turned so that ``p`` lands at frame (x, y)."""
    for _ in range(4):
        px, py, z = project(pose, aspect, p)
        if z <= 0:
            return CameraPose(pose.eye, p, pose.focal_mm, pose.roll)
        right, up, _forward = basis(pose.eye, pose.target, pose.roll)
        tx, ty = half_angles(pose.focal_mm, aspect)
        reach = length(pose.target - pose.eye)
        shift = right * ((px - x) * 2 * tx * reach) + up * (-(py - y) * 2 * ty * reach)
        pose = CameraPose(pose.eye, pose.target + shift, pose.focal_mm, pose.roll)
    return pose
