"""How much of a figure each size shows, and how high and how steep each angle looks: tables, no computing."""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.subjects import (
    BROW,
    CHEST,
    CHIN,
    CROWN,
    EYES,
    KNEE,
    SHOULDERS,
    SOLES,
    THIGH,
    WAIST,
)


@dataclass(frozen=True)
class Cut:
    """Lower and upper cutting line (metres of an unscaled figure), the frame heights they meet (0 bottom, 1 top)
    and the usual lens.
    """

    low: float
    high: float
    low_at: float
    high_at: float
    focal: float

    @property
    def share(self) -> float:
        """Part of the frame's height between the two lines."""
        return self.high_at - self.low_at


CUTS: dict[str, Cut] = {
    "ews": Cut(SOLES, CROWN, 0.24, 0.50, 20),
    "ws": Cut(SOLES, CROWN, 0.15, 0.69, 24),
    "fs": Cut(SOLES, CROWN, 0.07, 0.91, 30),
    "mws": Cut(THIGH, CROWN, 0.0, 0.89, 36),
    "ms": Cut(WAIST, CROWN, 0.0, 0.88, 42),
    "mcu": Cut(CHEST + 0.02, CROWN, 0.0, 0.88, 50),
    "cu": Cut(SHOULDERS, CROWN, 0.0, 0.93, 65),
    "ecu": Cut(CHIN + 0.03, BROW + 0.045, 0.0, 1.0, 85),
    "insert": Cut(0, 0, 0.0, 1.0, 60),
}
"""From the widest to the tightest."""

INSERT_M = 0.36
"""Height of what an insert shows."""

LINES: dict[str, float] = {
    "eye_level": EYES,
    "shoulder_level": SHOULDERS,
    "hip_level": 0.95,
    "knee_level": KNEE,
    "dutch": EYES,
    "pov": EYES,
}
"""Angles that put the lens at the height of one of the subject's own lines."""

GROUND_M = 0.10
"""Lens height of ``ground_level`` over the ground the subject stands on."""

ELEVATIONS: dict[str, float] = {
    "low_angle": -24.0,
    "worms_eye": -56.0,
    "high_angle": 32.0,
    "overhead": 84.0,
    "aerial": 52.0,
}
"""Angles that look up or down at the subject, in degrees of the lens above it."""

DUTCH_ROLL = 14.0
"""Degrees a dutch angle rolls where the packet names none."""
