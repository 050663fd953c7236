"""A figure as the camera operator sees it: heights of the cutting lines and spheres that bound it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from craft.previs.figure import Figure
from craft.previs.performance import Moment
from craft.previs.projection import Sphere
from craft.previs.skeleton import HEAD_CENTRE
from craft.previs.spatial import F64, vec

CROWN, BROW, EYES, MOUTH, CHIN = 1.795, 1.70, 1.645, 1.57, 1.495
SHOULDERS, CHEST, WAIST, THIGH, KNEE, SOLES = 1.40, 1.20, 0.98, 0.62, 0.49, 0.0
"""Heights of an unscaled figure in metres."""


@dataclass(frozen=True)
class Subject:
    """Where a figure is in one frame."""

    id: str
    origin: F64
    yaw: float
    scale: float
    head: F64
    hand: F64
    spheres: tuple[Sphere, ...]

    def height(self, metres: float) -> float:
        """World height of a cutting line."""
        return float(self.origin[1]) + metres * self.scale

    def at(self, metres: float) -> F64:
        """The figure's axis at a cutting line: from the soles up to the (leaning) head."""
        k = min(1.0, max(0.0, metres / EYES))
        base = vec(float(self.origin[0]), self.height(metres), float(self.origin[2]))
        lean = self.head - vec(float(self.origin[0]), float(self.head[1]), float(self.origin[2]))
        return base + lean * (k * k)


_BALLS = (
    ("chest", (0, 1.30, 0), 0.15),
    ("hips", (0, 0.95, 0), 0.15),
    ("upper_arm_l", None, 0.07),
    ("upper_arm_r", None, 0.07),
    ("forearm_l", None, 0.06),
    ("forearm_r", None, 0.06),
    ("hand_l", None, 0.07),
    ("hand_r", None, 0.07),
    ("shin_l", None, 0.06),
    ("shin_r", None, 0.06),
    ("foot_l", (0.11, 0.04, 0.06), 0.06),
    ("foot_r", (-0.11, 0.04, 0.06), 0.06),
)


def subject_of(name: str, figure: Figure, moment: Moment, origin: F64, yaw: float) -> Subject:
    """Measure a posed figure."""
    scale, posed = figure.body.scale, moment.posed

    def place(bone: str, bind: Sequence[float] | None) -> F64:
        return posed.point(figure, bone, figure.joints[bone] if bind is None else np.array(bind, np.float64))

    head = place("head", HEAD_CENTRE)
    spheres = [(place(bone, bind), radius * scale) for bone, bind, radius in _BALLS]
    skull = 0.115 * figure.body.head * scale
    spheres += [(place("head", (0, 1.665, -0.005)), skull), (place("head", (0, 1.60, 0.02)), skull * 0.85)]
    return Subject(name, origin, yaw, scale, head, place("hand_r", None), tuple(spheres))


def mouth_spheres(figure: Figure, moment: Moment) -> tuple[Sphere, ...]:
    """Small spheres at the corners, lips and chin, for the box in which a mouth moves."""
    k, posed = figure.body.head, moment.posed
    points = ((0.03, -0.056, 0.085), (-0.03, -0.056, 0.085), (0, -0.040, 0.095), (0, -0.085, 0.085))
    centre = np.array(HEAD_CENTRE)
    return tuple((posed.point(figure, "head", centre + k * np.array(p)), 0.010 * k) for p in points)


def faces_lens(moment: Moment, eye: F64, head: F64) -> bool:
    """Whether the front of the face is turned to the lens, so that a mouth can be seen."""
    forward = moment.posed.frames["head"][:3, 2]
    away = eye - head
    size = float(np.sqrt((away * away).sum())) * float(np.sqrt((forward * forward).sum()))
    return float((forward * away).sum()) / max(size, 1e-9) > 0.05
