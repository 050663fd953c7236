"""The catalogue of effects and what their makers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Catalogue, Figure, Settings
from craft.sound.signals import RATE, Shape, Signal

Hit = Callable[[np.random.Generator, Settings], Signal]
# How far away any effect is heard, from beside the microphone to several rooms or a street away.
AWAY = Figure(0.0, 0.0, 1.0, span=-18.0)
HITS: Catalogue[Hit] = Catalogue("effect", distance=AWAY)
SHARE = Figure(0.5, 0.0, 1.0)
# shares that are also heard in the level: the most is that many dB louder than the least
LOUDER = Figure(0.5, 0.0, 1.0, span=6.0)
MUCH_LOUDER = Figure(0.5, 0.0, 1.0, span=12.0)
FAINTER = Figure(0.5, 0.0, 1.0, span=-12.0)


def burst(rng: np.random.Generator, seconds: float, shape: Shape, half_life: float) -> Signal:
    """Shaped noise that dies away."""
    n = max(8, round(seconds * RATE))
    return signals.noise(n, rng, shape) * signals.decay(seconds, half_life)[:n]


def ringing(seconds: float, hz: float, ratios: Iterable[float], half_life: float) -> Signal:
    """A struck body: partials at ratios of its pitch, higher ones dying sooner."""
    out = np.zeros(max(1, round(seconds * RATE)), np.float32)
    for index, ratio in enumerate(ratios):
        if hz * ratio < RATE * 0.45:
            out += (
                signals.tone(seconds, hz * ratio)
                * signals.decay(seconds, half_life / ratio**0.7)
                / (1 + index * 0.6)
            )
    return out


def timeline(seconds: float, *events: tuple[float, Signal]) -> Signal:
    """Mono events at their seconds on one strip; what runs past its end is cut."""
    n = round(seconds * RATE)
    strip = np.zeros(n, np.float32)
    for at, event in events:
        start = round(at * RATE)
        part = event[: max(0, n - start)]
        strip[start : start + part.size] += part
    return strip


def roomy(dry: Signal, rng: np.random.Generator, seconds: float, share: float, dull: float = 3000) -> Signal:
    """The sound with the tail of a room of that reverberation time; the result is longer by it."""
    n = round(seconds * RATE)
    tail = signals.shaped(rng.standard_normal(n, dtype=np.float32), signals.band(120, dull, 1))
    tail *= signals.decay(seconds, seconds / 9)[:n]
    tail *= share / max(float(np.sqrt(np.sum(tail**2))), 1e-6)
    out = np.zeros(dry.size + n - 1, np.float32)
    out[: dry.size] = dry
    return out + signals.echoed(dry, tail)


def away(near: Signal, rng: np.random.Generator, distance: float) -> Signal:
    """The same heard from farther off: dull, more of the space than of the thing; 1 is several rooms away."""
    mono = near if near.ndim == 1 else near.mean(axis=0)
    dull = signals.shaped(mono, signals.low(9000.0 * 0.07**distance, 2))
    return roomy(dull, rng, 0.4 + 1.2 * distance, 0.15 + 0.7 * distance, 2500 - 1500 * distance)
