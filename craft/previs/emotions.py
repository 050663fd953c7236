"""Seven emotions as data: what they do to brows, lids and mouth, to spine, shoulders and hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from craft.previs.posing import BodyState, Reach
from craft.previs.spatial import smooth, vec

Vec3 = tuple[float, float, float]

_CHANGE_S = 0.7
"""How long a face takes from one feeling to the next."""


@dataclass(frozen=True)
class Emotion:
    """A feeling at full strength.

    Brows: lift in metres, tilt in degrees (inner ends up). Lids and squint as shares, mouth as shares of its
    range. ``angles`` (pitch, yaw, roll in degrees) bend joints, ``shrug`` lifts the shoulders (metres), ``hands`` are
    wrists relative to the chest with ``drawn`` saying how surely they go there; ``breath`` scales the breathing,
    ``crouch`` bends the knees (metres).
    """

    brow_lift: float = 0.0
    brow_tilt: float = 0.0
    lids: float = 0.0
    squint: float = 0.0
    smile: float = 0.0
    open: float = 0.0
    width: float = 0.0
    angles: Mapping[str, Vec3] = field(default_factory=dict)
    shrug: float = 0.0
    hands: Mapping[str, Vec3] = field(default_factory=dict)
    drawn: float = 0.0
    shape: str | None = None
    breath: float = 1.0
    tremble: float = 0.0
    crouch: float = 0.0


EMOTIONS: dict[str, Emotion] = {
    "neutral": Emotion(smile=0.12),
    "joy": Emotion(
        brow_lift=0.004,
        brow_tilt=3,
        lids=-0.10,
        squint=0.8,
        smile=1.0,
        open=0.16,
        width=0.10,
        angles={"spine": (-3, 0, 0), "chest": (-6, 0, 0), "head": (-4, 0, 5), "hips": (0, 0, 1.5)},
        shrug=0.008,
        hands={"l": (0.37, 1.15, 0.19), "r": (-0.37, 1.12, 0.19)},
        drawn=0.80,
        shape="open",
        breath=1.3,
    ),
    "sadness": Emotion(
        brow_lift=0.001,
        brow_tilt=13,
        lids=-0.24,
        smile=-0.62,
        width=-0.04,
        angles={
            "spine": (8, 0, 0),
            "chest": (11, 0, 0),
            "neck": (8, 0, 0),
            "head": (10, 0, 4),
            "upper_arm_l": (-12, 0, -3),
            "upper_arm_r": (-12, 0, 3),
            "forearm_l": (9, 0, 0),
            "forearm_r": (9, 0, 0),
        },
        shrug=-0.018,
        breath=0.7,
    ),
    "anger": Emotion(
        brow_lift=-0.007,
        brow_tilt=-14,
        lids=-0.10,
        squint=0.35,
        smile=-0.50,
        open=0.05,
        angles={
            "spine": (6, 0, 0),
            "chest": (8, 0, 0),
            "neck": (7, 0, 0),
            "head": (1, 0, 0),
            "upper_arm_l": (12, 0, 8),
            "upper_arm_r": (12, 0, -8),
            "forearm_l": (-34, 0, 0),
            "forearm_r": (-34, 0, 0),
        },
        shrug=0.016,
        shape="fist",
        breath=1.9,
    ),
    "fear": Emotion(
        brow_lift=0.009,
        brow_tilt=11,
        lids=0.24,
        smile=-0.35,
        open=0.28,
        width=0.05,
        angles={
            "hips": (-3, 0, 0),
            "spine": (-6, 0, 0),
            "chest": (-4, 5, 0),
            "neck": (-5, 0, 0),
            "head": (6, 0, -3),
        },
        shrug=0.032,
        hands={"l": (0.13, 1.24, 0.24), "r": (-0.12, 1.20, 0.23)},
        drawn=0.90,
        shape="open",
        breath=2.0,
        tremble=1.0,
        crouch=0.035,
    ),
    "surprise": Emotion(
        brow_lift=0.013,
        brow_tilt=2,
        lids=0.26,
        smile=0.05,
        open=0.60,
        width=-0.08,
        angles={"spine": (-4, 0, 0), "chest": (-8, 0, 0), "neck": (-4, 0, 0), "head": (-5, 0, 0)},
        shrug=0.014,
        hands={"l": (0.27, 1.31, 0.23), "r": (-0.27, 1.29, 0.23)},
        drawn=0.85,
        shape="open",
        breath=1.2,
    ),
    "disgust": Emotion(
        brow_lift=-0.004,
        brow_tilt=-7,
        lids=-0.20,
        squint=0.7,
        smile=-0.62,
        open=0.08,
        width=0.06,
        angles={
            "hips": (-2, 0, 0),
            "spine": (-6, 6, 2),
            "chest": (-5, 12, 3),
            "neck": (-5, 6, 0),
            "head": (-5, 9, 8),
        },
        shrug=0.010,
        hands={"r": (-0.17, 1.25, 0.26)},
        drawn=0.85,
        shape="open",
    ),
}


@dataclass(frozen=True)
class Feeling:
    """What somebody feels at a moment: emotions with their shares, summing to at most 1."""

    shares: tuple[tuple[str, float], ...]

    def value(self, name: str) -> float:
        """A number of the face or body, mixed."""
        return sum(float(getattr(EMOTIONS[emotion], name)) * share for emotion, share in self.shares)

    @property
    def strongest(self) -> str:
        """The emotion with the largest share."""
        return max(self.shares, key=lambda pair: pair[1])[0]


def feeling_at(cues: Sequence[tuple[float, str]], strength: float, t: float) -> Feeling:
    """The mix at ``t``: cues are (seconds, emotion) in order, each melting into the next."""
    shares = {"neutral": 1.0}
    for at, emotion in cues:
        k = smooth((t - at) / _CHANGE_S) if at > -1e9 else 1.0
        if k <= 0.0:
            break
        shares = {name: share * (1 - k) for name, share in shares.items()}
        for name, part in ((emotion, strength), ("neutral", 1 - strength)):
            shares[name] = shares.get(name, 0.0) + k * part
    return Feeling(tuple((name, share) for name, share in shares.items() if share > 1e-4))


def feel(state: BodyState, feeling: Feeling, free: Mapping[str, float], stands: float) -> None:
    """Bend a body to a feeling; ``free`` says how free each hand ('l', 'r') is to follow, ``stands`` how far
    the body is on its feet (0-1).
    """
    for name, share in feeling.shares:
        emotion = EMOTIONS[name]
        for bone, (pitch, yaw, roll) in emotion.angles.items():
            state.bend(bone, pitch * share, yaw * share, roll * share)
        for tag, (x, y, z) in emotion.hands.items():
            side = 1.0 if tag == "l" else -1.0
            pole = vec(side * 0.8, -0.75, -0.4)
            weight = emotion.drawn * share * free[tag]
            state.reach(tag, Reach(vec(x, y, z), "chest", weight, pole=pole))
    state.shift("hips", 0, -feeling.value("crouch") * stands, 0)
    shrug = feeling.value("shrug")
    tilt, lift = feeling.value("brow_tilt"), feeling.value("brow_lift")
    for tag, side in (("l", 1.0), ("r", -1.0)):
        state.shift("upper_arm_" + tag, 0, shrug, 0)
        state.bend("brow_" + tag, 0, 0, -tilt * side)
        state.shift("brow_" + tag, 0, lift, 0)
