"""A figure as the camera operator sees it: heights of the cutting lines and spheres that bound it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
    lines: tuple[tuple[float, F64], ...] = ()
    """Of a body that sits or lies: points on its axis at cutting lines, from the soles up."""
    facing: float | None = None
    """Where the face is turned, in degrees; None where it looks up or down, or nobody measured it."""

    @property
    def front(self) -> float:
        """The direction before the face, in degrees; of a face that looks up or down, before the body."""
        return self.yaw if self.facing is None else self.facing

    @property
    def upright(self) -> bool:
        """Whether the figure stands or walks."""
        return not self.lines

    def height(self, metres: float) -> float:
        """World height of a cutting line."""
        if self.lines:
            return float(self.at(metres)[1])
        return float(self.origin[1]) + metres * self.scale

    def at(self, metres: float) -> F64:
        """The figure's axis at a cutting line: from the soles up to the (leaning) head."""
        if self.lines:
            return _along(self.lines, metres)
        k = min(1.0, max(0.0, metres / EYES))
        base = vec(float(self.origin[0]), self.height(metres), float(self.origin[2]))
        lean = self.head - vec(float(self.origin[0]), float(self.head[1]), float(self.origin[2]))
        return base + lean * (k * k)


def _along(lines: Sequence[tuple[float, F64]], metres: float) -> F64:
    """Between the points given at cutting lines; the first and last hold beyond their ends."""
    below, above = lines[0], lines[-1]
    for line in lines:
        if line[0] <= metres:
            below = line
    for line in reversed(lines):
        if line[0] >= metres:
            above = line
    if above[0] <= below[0]:
        return below[1]
    k = min(1.0, max(0.0, (metres - below[0]) / (above[0] - below[0])))
    return below[1] * (1 - k) + above[1] * k


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
    lines = _lines(place, moment, scale)
    lying = moment.place.fall
    # A lying body is looked at from its side, not from its feet.
    return Subject(
        name,
        origin,
        yaw + 90.0 * lying,
        scale,
        head,
        place("hand_r", None),
        tuple(spheres),
        lines,
        _facing(moment) if lying < 0.02 else None,
    )


def _facing(moment: Moment) -> float | None:
    forward = moment.posed.frames["head"][:3, 2]
    x, z = float(forward[0]), float(forward[2])
    return math.degrees(math.atan2(x, z)) if math.hypot(x, z) > 0.5 else None


def _lines(
    place: Callable[[str, Sequence[float] | None], F64], moment: Moment, scale: float
) -> tuple[tuple[float, F64], ...]:
    """Cutting lines of a seated or fallen body; none for one that stands.

    A seated body's lines keep their order of height, the feet before the hips. A lying one is given a height that
    leaves room above and below it, or a frame cut by heights would have none.
    """
    sit, fall = moment.place.sit, moment.place.fall
    if max(sit, fall) < 0.02:
        return ()
    soles = (place("foot_l", None) + place("foot_r", None)) / 2 - vec(0, 0.085 * scale, 0)
    knees = (place("shin_l", None) + place("shin_r", None)) / 2
    head = np.array(HEAD_CENTRE)
    points = [
        (SOLES, soles),
        (KNEE, knees),
        (WAIST, place("hips", (0, WAIST, 0))),
        (CHEST, place("chest", (0, CHEST, 0))),
        (SHOULDERS, place("chest", (0, SHOULDERS, 0))),
        (EYES, place("head", head + np.array((0, EYES - HEAD_CENTRE[1], 0)))),
        (CROWN, place("head", head + np.array((0, CROWN - HEAD_CENTRE[1], 0)))),
    ]
    if fall < 0.02:
        return tuple(points)
    rises = {SOLES: -0.50, KNEE: -0.30, WAIST: -0.14, CHEST: -0.07, SHOULDERS: -0.02, EYES: 0.20, CROWN: 0.34}
    return tuple((line, point + vec(0, rises[line] * fall * scale, 0)) for line, point in points)


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
