"""What keeps a figure alive: breath, sway, blinks, gaze, gestures, feeling, and lips from viseme cues.

Everything is a function of time and a seed, so any frame can be drawn alone and gives the same picture.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.figure import Figure
from craft.previs.poses import EMOTIONS, POSES
from craft.previs.posing import BodyState, Posed, pose_figure
from craft.previs.spatial import F64, apply, length, unit, vec
from craft.terms.speech import MOUTHS, Viseme

_BLEND_S = 0.055
"""Half of the window over which neighbouring mouth shapes melt into one another."""
_LINGER_S = 0.30
_EYE_LIMIT = (0.34, 0.24)
_HEAD_LIMIT = (58.0, 30.0)


@dataclass(frozen=True)
class Face:
    """Shader controls: mouth (width 1 neutral, open, round, smile), lid opening, squint, and eye
    directions in head space.
    """

    mouth: tuple[float, float, float, float]
    lids: float
    squint: float
    eyes: tuple[float, float, float]


@dataclass(frozen=True)
class Acting:
    """What a figure does for a whole shot."""

    figure: Figure
    origin: F64
    yaw: float
    pose: str
    emotion: str
    seed: int
    speaking: bool
    cues: tuple[tuple[float, str], ...]
    look: F64 | None
    """World point of interest, or None to look straight ahead."""


@dataclass(frozen=True)
class Moment:
    """One figure in one frame."""

    posed: Posed
    face: Face
    hands: tuple[str, str] = ("relaxed", "relaxed")
    """Shape of the left and of the right hand, as ``hands.HAND_SHAPES`` names them."""


def _wave(acting: Acting, hertz: float, phase: float, t: float) -> float:
    return math.sin(2 * math.pi * hertz * t + acting.seed * 1.7 + phase)


def mouth_shape(cues: Sequence[tuple[float, str]], t: float) -> tuple[float, float, float, float]:
    """Blend of the visemes around ``t`` seconds: width, open, round, smile as in ``MouthShape``; rest
    outside.
    """
    rest = MOUTHS[Viseme.REST]
    total, weight = [0.0] * 4, 0.0
    low, high = t - _BLEND_S, t + _BLEND_S
    first = max(0, bisect_right(cues, (low, "")) - 1)
    for i in range(first, len(cues)):
        start, name = cues[i]
        if start > high:
            break
        end = cues[i + 1][0] if i + 1 < len(cues) else start + _LINGER_S
        share = min(high, end) - max(low, start)
        if share > 0:
            m = MOUTHS[Viseme(name)]
            for k, value in enumerate((m.width, m.open, m.round, m.smile)):
                total[k] += share * value
            weight += share
    idle = 2 * _BLEND_S - weight
    for k, value in enumerate((rest.width, rest.open, rest.round, rest.smile)):
        total[k] += max(0.0, idle) * value
    size = weight + max(0.0, idle)
    return total[0] / size, total[1] / size, total[2] / size, total[3] / size


def speech_energy(cues: Sequence[tuple[float, str]], t: float) -> float:
    """0 silent … 1 in the middle of speech, smoothed over half a second: drives beats of hands and head."""
    active = 0
    for k in range(-3, 4):
        at = bisect_right(cues, (t + k * 0.08, "~")) - 1
        if at >= 0 and cues[at][1] != Viseme.REST and t + k * 0.08 - cues[at][0] < 0.5:
            active += 1
    return active / 7


def blink(seed: int, t: float) -> float:
    """Lid closure 0-1: about one blink in three seconds, at seeded times, 200 ms long."""
    period = 2.9
    now = int(t // period)
    for turn in (now - 1, now):
        start = turn * period + 0.6 + 1.9 * ((turn * 37 + seed * 53) % 17) / 17
        away = abs(t - start - 0.10)
        if away < 0.10:
            return min(1.0, (1 - away / 0.10) * 1.7)
    return 0.0


def _saccade(seed: int, t: float) -> tuple[float, float]:
    """Small jumps of the eyes every 0.9 s."""
    step = int(t / 0.9)
    return ((step * 31 + seed * 17) % 7 - 3) * 0.008, ((step * 13 + seed * 29) % 5 - 2) * 0.006


def _life(acting: Acting, state: BodyState, t: float) -> None:
    breath = _wave(acting, 0.27, 0, t)
    state.bend("chest", 0.9 * breath)
    state.bend("upper_arm_l", 0, 0, 0.5 * breath)
    state.bend("upper_arm_r", 0, 0, -0.5 * breath)
    nod, turn = 0.7 * _wave(acting, 0.31, 1, t), 1.3 * _wave(acting, 0.23, 3, t)
    state.bend("head", nod + 0.4 * _wave(acting, 0.83, 2, t), turn, 0.7 * _wave(acting, 0.19, 5, t))
    state.bend("hips", 0, 0.5 * _wave(acting, 0.13, 1, t), 0.35 * _wave(acting, 0.17, 2, t))


def _feel(acting: Acting, state: BodyState) -> None:
    feeling = EMOTIONS[acting.emotion]
    for bone, (pitch, yaw, roll) in feeling.angles.items():
        state.bend(bone, pitch, yaw, roll)
    for bone, side in (("brow_l", 1.0), ("brow_r", -1.0)):
        state.bend(bone, 0, 0, feeling.brow_tilt * -side)
        state.shift(bone, 0, feeling.brow_lift, 0.0)


def _gesture(acting: Acting, state: BodyState, t: float, energy: float) -> None:
    """Beats of the right hand (and, less, the left one) while speaking; brows and head join in."""
    if energy <= 0:
        return
    beat, sway = _wave(acting, 0.85, 0.4, t), _wave(acting, 0.37, 1.1, t)
    lift = energy * (0.5 + 0.5 * sway)
    for tag, side, amount in (("r", -1.0, 1.0), ("l", 1.0, 0.45)):
        if tag in state.hands:
            away = vec(side * 0.035 * lift, 0.085 * lift + 0.022 * beat * energy, 0.055 * lift)
            state.hands[tag] = state.hands[tag] + away * amount
    state.bend("hand_r", -14 * lift + 7 * beat * energy, 0, -10 * lift)
    state.bend("head", 1.6 * beat * energy, 2.2 * sway * energy, 0)
    state.bend("chest", 0.6 * beat * energy, 2.0 * sway * energy, 0)
    for bone in ("brow_l", "brow_r"):
        state.shift(bone, 0, 0.0025 * energy * max(0.0, beat), 0)


def _turn_head(acting: Acting, state: BodyState) -> None:
    """Head and neck take most of the turn towards the point of interest, the chest a little."""
    if acting.look is None:
        return
    eyes = acting.origin + vec(0, 1.66 * acting.figure.body.scale, 0)
    away = acting.look - eyes
    yaw = (math.degrees(math.atan2(float(away[0]), float(away[2]))) - acting.yaw + 180) % 360 - 180
    pitch = -math.degrees(math.atan2(float(away[1]), math.hypot(float(away[0]), float(away[2]))))
    yaw = max(-_HEAD_LIMIT[0], min(_HEAD_LIMIT[0], yaw))
    pitch = max(-_HEAD_LIMIT[1], min(_HEAD_LIMIT[1], pitch))
    state.bend("chest", 0, 0.08 * yaw, 0)
    state.bend("neck", 0.2 * pitch, 0.20 * yaw, 0)
    state.bend("head", 0.45 * pitch, 0.36 * yaw, 0)


def _eye_direction(acting: Acting, posed: Posed, t: float) -> tuple[float, float, float]:
    jump = _saccade(acting.seed, t)
    if acting.look is None:
        x, y = 0.0, 0.0
    else:
        frame = posed.frames["head"]
        eyes = apply(frame, vec(0, 0.115, 0.06))
        local = apply(frame[:3, :3].T, unit(acting.look - eyes))
        size = max(length(local), 1e-6)
        x, y = float(local[0]) / size, float(local[1]) / size
        if local[2] < 0:
            x = math.copysign(_EYE_LIMIT[0], x)
    x = max(-_EYE_LIMIT[0], min(_EYE_LIMIT[0], x + jump[0]))
    y = max(-_EYE_LIMIT[1], min(_EYE_LIMIT[1], y + jump[1]))
    z = math.sqrt(max(0.0, 1 - x * x - y * y))
    return x, y, z


def _face(
    acting: Acting, mouth: tuple[float, float, float, float], eyes: tuple[float, float, float], t: float
) -> Face:
    feeling = EMOTIONS[acting.emotion]
    width, opened, rounded, smile = mouth
    idle = 0.10 if acting.speaking and not acting.cues else 0.0
    opened = min(1.0, opened + max(idle, feeling.open * (1 - opened)))
    smile = smile * 0.6 + feeling.smile
    stretch = 0.34 + 1.32 * width + 0.10 * max(0.0, feeling.smile)
    lids = max(0.0, min(1.15, 0.95 + feeling.lids)) * (1 - blink(acting.seed, t))
    return Face((stretch, opened, rounded, smile), lids, max(0.0, feeling.smile) * 0.8, eyes)


def act(acting: Acting, t: float) -> Moment:
    """The figure at ``t`` seconds."""
    pose = POSES[acting.pose]
    state = BodyState(acting.origin, acting.yaw)
    for bone, (pitch, yaw, roll) in pose.angles.items():
        state.bend(bone, pitch, yaw, roll)
    for tag, (x, y, z) in pose.hands.items():
        state.hands[tag] = vec(x, y, z)
    _life(acting, state, t)
    _feel(acting, state)
    _turn_head(acting, state)
    mouth = mouth_shape(acting.cues, t)
    _gesture(acting, state, t, speech_energy(acting.cues, t))
    state.bend("jaw", 7.0 * mouth[1] + 5.0 * EMOTIONS[acting.emotion].open)
    posed = pose_figure(acting.figure, state)
    return Moment(posed, _face(acting, mouth, _eye_direction(acting, posed, t), t))
