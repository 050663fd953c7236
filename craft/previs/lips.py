"""Mouths from viseme cues, the energy of speech, and blinks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from craft.terms.speech import MOUTHS, Viseme

_BLEND_S = 0.055
"""Half of the window over which neighbouring mouth shapes melt into one another."""
_LINGER_S = 0.30
_ENERGY_S, _HELD_S = 0.30, 0.50


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
    """0 silent … 1 in the middle of speech, as the share of 0.6 s round ``t`` that is spoken: drives beats
    of hands and head without a jump.
    """
    if not cues:
        return 0.0
    low, high, active = t - _ENERGY_S, t + _ENERGY_S, 0.0
    first = max(0, bisect_right(cues, (low - _HELD_S, "")) - 1)
    for i in range(first, len(cues)):
        start, name = cues[i]
        if start > high:
            break
        if name == Viseme.REST:
            continue
        end = min(cues[i + 1][0] if i + 1 < len(cues) else start + _HELD_S, start + _HELD_S)
        active += max(0.0, min(high, end) - max(low, start))
    share = min(1.0, active / (2 * _ENERGY_S))
    return share * share * (3 - 2 * share)


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
