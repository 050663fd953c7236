"""The line between two people and the side of it the camera keeps to (the 180° rule)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.packet import CameraSpec
from craft.previs.spatial import F64, dot, length, unit, vec
from craft.previs.subjects import Subject

_SHORTEST_M = 0.25
_MARGIN = math.sin(math.radians(5.0))


@dataclass(frozen=True)
class Line:
    """A point of the line of action and the unit normal that points to the kept side (both on the floor)."""

    point: F64
    normal: F64

    def distance(self, eye: F64) -> float:
        """Metres from the line; negative on the wrong side."""
        return dot(eye - self.point, self.normal)

    def holds(self, heading: float) -> bool:
        """Whether a lens in this direction (degrees) from the line is on the kept side."""
        return dot(flat(heading), self.normal) >= _MARGIN

    def mirrored(self, heading: float) -> float:
        """The direction as far from the line on the kept side."""
        way = flat(heading)
        across = dot(way, self.normal)
        if across >= _MARGIN:
            return heading
        way = way + self.normal * (max(_MARGIN, -across) - across)
        return math.degrees(math.atan2(float(way[0]), float(way[2])))


def flat(heading: float) -> F64:
    """Unit vector on the floor in a direction (0 = towards +z)."""
    return vec(math.sin(math.radians(heading)), 0, math.cos(math.radians(heading)))


def partner_of(subject: Subject, subjects: Sequence[Subject]) -> Subject | None:
    """Whom a subject plays with: the nearest other."""
    others = [s for s in subjects if s.id != subject.id]
    return min(others, key=lambda s: length(s.origin - subject.origin)) if others else None


def line_of(camera: CameraSpec, first: Subject, partner: Subject | None) -> Line | None:
    """The line from the first subject to its partner. ``auto`` keeps to the audience (+z), whoever is first, so
    that all shots of two people stay on one side.
    """
    if partner is None:
        return None
    way = vec(float(partner.origin[0] - first.origin[0]), 0, float(partner.origin[2] - first.origin[2]))
    if length(way) < _SHORTEST_M:
        return None
    left = unit(vec(float(way[2]), 0, -float(way[0])))
    if camera.side == "auto":
        ahead = float(left[2]) if abs(float(left[2])) > 1e-6 else float(left[0])
        return Line(first.origin, left if ahead > 0 else left * -1.0)
    return Line(first.origin, left if camera.side == "left" else left * -1.0)
