"""Where people look: named directions, people and points; head and eyes share the way there.

The head takes most of a turn and the eyes the rest, so that eyes meet exactly: what the posture does to the head is
made good again before the eyes are set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from craft.previs.figure import Figure
from craft.previs.frames import wrapped
from craft.previs.posing import BodyState, Posed, head_frame
from craft.previs.spatial import F64, apply, length, smooth, unit, vec

EYE_LIMIT = (0.36, 0.27)
"""How far the eyes turn to a side and up or down, as sines."""
EYES_IN_HEAD = (0.0, 0.115, 0.09)
"""Between the eyes, from the head's joint in bind space."""
_EYES_SHARE, _EYES_MOST = 0.30, (13.0, 8.0)
_HEAD_MOST = (72.0, 34.0)
_EYES_S, _HEAD_S = 0.16, 0.55
_AWAY = {"left": (38.0, 0.0), "right": (-38.0, 0.0), "up": (0.0, 24.0), "down": (0.0, -30.0)}

GazeCue = tuple[float, str | tuple[float, float, float]]
Finder = Callable[[str, float], F64 | None]
"""World place of what a name stands for at a time: somebody's eyes, or the lens."""


def saccade(seed: int, t: float) -> tuple[float, float]:
    """Small jumps of the eyes every 0.9 s, as sines."""
    step = int(t // 0.9)
    return ((step * 31 + seed * 17) % 7 - 3) * 0.008, ((step * 13 + seed * 29) % 5 - 2) * 0.006


def _way(cue: GazeCue, state: BodyState, eyes: F64, find: Finder, t: float) -> F64:
    """Unit direction from the eyes to what a cue names; straight ahead for anything without a place."""
    value = cue[1]
    point = vec(*value) if not isinstance(value, str) else find(value, t)
    if point is not None and length(point - eyes) > 0.05:
        return unit(point - eyes)
    turn, rise = _AWAY.get(value, (0.0, -3.0)) if isinstance(value, str) else (0.0, -3.0)
    a, b = math.radians(state.yaw + turn), math.radians(rise)
    return vec(math.sin(a) * math.cos(b), math.sin(b), math.cos(a) * math.cos(b))


def _mixed(
    cues: Sequence[GazeCue], seconds: float, state: BodyState, eyes: F64, find: Finder, t: float
) -> F64:
    """Direction at ``t``, with each change of cue taking ``seconds``."""
    way = _way(cues[0], state, eyes, find, t)
    for cue in cues[1:]:
        k = smooth((t - cue[0]) / seconds)
        if k > 0:
            aim = _way(cue, state, eyes, find, t)
            mix = way * (1 - k) + aim * k
            way = unit(mix) if length(mix) > 1e-3 else aim
    return way


def turn_head(
    figure: Figure, state: BodyState, cues: Sequence[GazeCue], find: Finder, t: float, most: float = 1.0
) -> None:
    """Turn head, neck and a little of the chest towards the gaze; ``most`` below 1 for a body that lies."""
    frame = head_frame(figure, state)
    eyes = apply(frame, vec(*EYES_IN_HEAD))
    way = _mixed(cues, _HEAD_S, state, eyes, find, t)
    local = apply(frame[:3, :3].T, way)
    yaw = math.degrees(math.atan2(float(local[0]), float(local[2])))
    flat = math.hypot(float(local[0]), float(local[2]))
    pitch = -math.degrees(math.atan2(float(local[1]), flat))
    # Right above or below there is no side to turn to.
    yaw *= smooth(flat / (0.6 * length(local)))
    turn, nod = (_head_part(a, i) * most for i, a in enumerate((wrapped(yaw), pitch)))
    state.bend("chest", 0, 0.10 * turn, 0)
    state.bend("neck", 0.32 * nod, 0.30 * turn, 0)
    state.bend("head", 0.68 * nod, 0.60 * turn, 0)


def _head_part(angle: float, axis: int) -> float:
    """What the head takes of an angle; it fades out behind one's back, where no neck reaches."""
    eyes = max(-_EYES_MOST[axis], min(_EYES_MOST[axis], angle * _EYES_SHARE))
    head = max(-_HEAD_MOST[axis], min(_HEAD_MOST[axis], angle - eyes))
    return head * (1 - smooth((abs(angle) - 120) / 60)) if axis == 0 else head


def eye_direction(
    posed: Posed, state: BodyState, cues: Sequence[GazeCue], find: Finder, seed: int, t: float
) -> tuple[float, float, float]:
    """Unit direction of the eyes in head space, clamped to what eyes can do."""
    frame = posed.frames["head"]
    eyes = apply(frame, vec(*EYES_IN_HEAD))
    local = unit(apply(frame[:3, :3].T, _mixed(cues, _EYES_S, state, eyes, find, t)))
    x, y = float(local[0]), float(local[1])
    if float(local[2]) < 0:
        # What lies behind is looked for out of the corner of an eye, and not at all right behind.
        x = math.copysign(EYE_LIMIT[0], x) * min(1.0, abs(x) / 0.3)
    jump = saccade(seed, t)
    x = max(-EYE_LIMIT[0], min(EYE_LIMIT[0], x + jump[0]))
    y = max(-EYE_LIMIT[1], min(EYE_LIMIT[1], y + jump[1]))
    return x, y, math.sqrt(max(0.0, 1 - x * x - y * y))
