"""Named poses, gestures and emotions as data: joint angles in degrees (pitch, yaw, roll) and hand targets.

Hand targets are bind-space points relative to the chest, so they follow a leaning body.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Angles = tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """Joint angles over the bind pose, and where hands are held ('l', 'r')."""

    angles: dict[str, Angles] = field(default_factory=dict)
    hands: dict[str, Angles] = field(default_factory=dict)


_REST_ARMS: dict[str, Angles] = {
    "upper_arm_l": (5, 0, -27),
    "upper_arm_r": (5, 0, 27),
    "forearm_l": (-20, 0, 5),
    "forearm_r": (-20, 0, -5),
}

POSES: dict[str, Pose] = {
    "stand": Pose({**_REST_ARMS, "thigh_l": (0, 7, 0), "thigh_r": (0, -7, 0)}),
    "relaxed": Pose(
        {
            **_REST_ARMS,
            "hips": (0, 4, 2.5),
            "spine": (0, -3, -3),
            "chest": (0, -4, -1),
            "forearm_l": (-28, 0, 4),
            "thigh_l": (-6, 14, 0),
            "thigh_r": (2, -8, 0),
        }
    ),
    "talk": Pose(
        {**_REST_ARMS, "chest": (1, 4, 0), "thigh_l": (-2, 8, 0), "thigh_r": (0, -8, 0)},
        {"r": (-0.20, 1.10, 0.27), "l": (0.25, 1.02, 0.20)},
    ),
    "pocket": Pose(
        {
            **_REST_ARMS,
            "hips": (0, -3, -1.5),
            "spine": (0, 2, 1.5),
            "thigh_l": (0, 10, 0),
            "thigh_r": (-5, -12, 0),
            "hand_l": (0, 0, 12),
        },
        {"l": (0.225, 0.955, 0.075)},
    ),
    "hips": Pose(
        {"thigh_l": (0, 9, 0), "thigh_r": (0, -9, 0), "hand_l": (0, 0, 30), "hand_r": (0, 0, -30)},
        {"l": (0.205, 1.00, 0.055), "r": (-0.205, 1.00, 0.055)},
    ),
    "crossed": Pose(
        {
            "spine": (-2, 0, 0),
            "thigh_l": (-3, 9, 0),
            "thigh_r": (0, -7, 0),
            "hand_l": (0, 0, 40),
            "hand_r": (0, 0, -40),
        },
        {"l": (-0.085, 1.155, 0.235), "r": (0.095, 1.095, 0.215)},
    ),
    "point": Pose(
        {
            **_REST_ARMS,
            "chest": (0, 12, 0),
            "thigh_l": (-4, 8, 0),
            "thigh_r": (0, -8, 0),
            "hand_r": (-6, 0, 0),
        },
        {"r": (-0.13, 1.33, 0.52)},
    ),
    "lean": Pose(
        {
            **_REST_ARMS,
            "spine": (5, 0, 0),
            "chest": (7, 0, 0),
            "neck": (-5, 0, 0),
            "thigh_l": (-4, 8, 0),
            "thigh_r": (0, -8, 0),
        },
        {"l": (0.20, 1.04, 0.26), "r": (-0.18, 1.07, 0.29)},
    ),
}


@dataclass(frozen=True)
class Emotion:
    """Face and posture of a feeling: brow lift (m) and tilt, lid opening, mouth bias, and body angles."""

    brow_lift: float = 0.0
    brow_tilt: float = 0.0
    lids: float = 0.0
    smile: float = 0.0
    open: float = 0.0
    angles: dict[str, Angles] = field(default_factory=dict)


EMOTIONS: dict[str, Emotion] = {
    "neutral": Emotion(smile=0.12),
    "joy": Emotion(0.004, 3, -0.08, 1.0, 0.10, {"chest": (-3, 0, 0), "head": (-3, 0, 2)}),
    "sadness": Emotion(
        0.001, 11, -0.20, -0.55, 0.0, {"chest": (6, 0, 0), "neck": (4, 0, 0), "head": (7, 0, 3)}
    ),
    "anger": Emotion(
        -0.006, -12, -0.05, -0.40, 0.0, {"chest": (4, 0, 0), "neck": (3, 0, 0), "head": (4, 0, 0)}
    ),
    "fear": Emotion(
        0.008, 9, 0.22, -0.30, 0.24, {"chest": (-4, 0, 0), "neck": (-3, 0, 0), "head": (2, 0, 0)}
    ),
    "surprise": Emotion(0.012, 2, 0.24, 0.0, 0.46, {"chest": (-3, 0, 0), "head": (-4, 0, 0)}),
    "disgust": Emotion(-0.004, -6, -0.16, -0.50, 0.0, {"head": (-4, 5, 4), "neck": (-2, 0, 0)}),
}

GAZES = ("partner", "camera", "mark", "left", "right", "up", "down", "ahead")
"""Named gazes; a character's id is a gaze too."""
