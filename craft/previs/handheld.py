"""The unrest of a camera on a shoulder: seeded noise, filtered to the bands in which hands move."""

from __future__ import annotations

import math
import random
from functools import lru_cache

_RATE = 60.0
_WARM_UP = 180
_BANDS = ((0.35, 0.75), (1.4, 0.55), (5.0, 0.10))
"""Cut-off in hertz and strength: the weight of the body, the arms, a tremor."""
_LIMIT = 1.6


def _gain(a: float) -> float:
    """What two low passes in a row make of white noise of strength one."""
    first = second = 0.0
    power, impulse = 0.0, 1.0
    for _ in range(4000):
        first += a * (impulse - first)
        second += a * (first - second)
        power += second * second
        impulse = 0.0
    return math.sqrt(power)


@lru_cache(maxsize=256)
def _series(seed: int, channel: int, count: int) -> tuple[float, ...]:
    total = [0.0] * count
    for band, (cutoff, strength) in enumerate(_BANDS):
        chance = random.Random(f"previs.handheld/{seed}/{channel}/{band}")
        a = 1 - math.exp(-2 * math.pi * cutoff / _RATE)
        scale, first, second = strength / _gain(a), 0.0, 0.0
        for i in range(-_WARM_UP, count):
            first += a * (chance.gauss(0.0, 1.0) - first)
            second += a * (first - second)
            if i >= 0:
                total[i] += second * scale
    return tuple(_LIMIT * math.tanh(v / _LIMIT) for v in total)


def unrest(seed: int, channel: int, seconds: float) -> float:
    """Deviation of one channel at a time: about 1 in strength, never beyond 1.6; the same for clips of any length."""
    at = max(0.0, seconds) * _RATE
    whole = int(at)
    # Whole blocks, so that a longer clip finds the series of a shorter one and not a new length per frame.
    series = _series(seed, channel, (whole // 600 + 1) * 600 + 2)
    return series[whole] + (series[whole + 1] - series[whole]) * (at - whole)
