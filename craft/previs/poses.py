"""How people stand and sit, as data: joint angles in degrees (pitch, yaw, roll) and wrists held somewhere.

Wrists are bind-space points relative to the chest, so they follow a leaning body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Angles = tuple[float, float, float]
Holds = Mapping[str, Angles]


@dataclass(frozen=True)
class Pose:
    """Joint angles over the bind pose, where wrists are held ('l', 'r'), and how the feet stand: how far each
    is set forward (metres) and turned outwards (degrees). ``shape`` is what the hands do.
    """

    angles: Mapping[str, Angles] = field(default_factory=dict)
    hands: Holds = field(default_factory=dict)
    forward: tuple[float, float] = (0.0, 0.0)
    outward: tuple[float, float] = (7.0, 7.0)
    shape: str = "relaxed"
    seated_hands: bool = False
    """Whether the hands do the same when sitting; else they lie on the thighs."""


REST_ARMS: dict[str, Angles] = {
    "upper_arm_l": (5, 0, -27),
    "upper_arm_r": (5, 0, 27),
    "forearm_l": (-20, 0, 5),
    "forearm_r": (-20, 0, -5),
}

SIT_HANDS: dict[str, Angles] = {"l": (0.135, 1.015, 0.285), "r": (-0.125, 1.015, 0.265)}
"""Wrists on the thighs, relative to the hips."""

POSES: dict[str, Pose] = {
    "stand": Pose(REST_ARMS),
    "relaxed": Pose(
        {
            **REST_ARMS,
            "hips": (0, 4, 2.5),
            "spine": (0, -3, -3),
            "chest": (0, -4, -1),
            "forearm_l": (-28, 0, 4),
        },
        forward=(0.06, -0.01),
        outward=(14, 8),
    ),
    "talk": Pose(
        {**REST_ARMS, "chest": (1, 4, 0)},
        {"r": (-0.20, 1.10, 0.27), "l": (0.25, 1.02, 0.20)},
        forward=(0.03, 0.0),
        outward=(8, 8),
        seated_hands=True,
    ),
    "pocket": Pose(
        {
            **REST_ARMS,
            "hips": (0, -3, -1.5),
            "spine": (0, 2, 1.5),
            "hand_l": (0, 0, 12),
        },
        {"l": (0.228, 0.962, 0.070)},
        forward=(0.0, 0.05),
        outward=(10, 12),
    ),
    "hips": Pose(
        {"hand_l": (0, 0, 30), "hand_r": (0, 0, -30)},
        {"l": (0.212, 1.00, 0.055), "r": (-0.212, 1.00, 0.055)},
        outward=(9, 9),
    ),
    "crossed": Pose(
        {"spine": (-2, 0, 0), "hand_l": (0, 0, 25), "hand_r": (0, 0, -25)},
        {"l": (-0.085, 1.175, 0.285), "r": (0.095, 1.10, 0.255)},
        forward=(0.05, 0.0),
        outward=(9, 7),
        seated_hands=True,
    ),
    "point": Pose(
        {**REST_ARMS, "chest": (0, 12, 0), "hand_r": (-6, 0, 0)},
        {"r": (-0.13, 1.33, 0.52)},
        forward=(0.05, 0.0),
        outward=(8, 8),
        shape="point",
        seated_hands=True,
    ),
    "lean": Pose(
        {**REST_ARMS, "spine": (5, 0, 0), "chest": (7, 0, 0), "neck": (-5, 0, 0)},
        {"l": (0.20, 1.04, 0.26), "r": (-0.18, 1.07, 0.29)},
        forward=(0.05, 0.0),
        outward=(8, 8),
        seated_hands=True,
    ),
    "sit": Pose(REST_ARMS),
}

GAZES = ("partner", "camera", "mark", "left", "right", "up", "down", "ahead")
"""Named gazes; a character's id is a gaze too."""
