"""The catalogue of ambiences and what their makers share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Catalogue, Figure, Settings
from craft.sound.signals import RATE, Shape, Signal

Bed = Callable[[int, np.random.Generator, Settings], Signal]
BEDS: Catalogue[Bed] = Catalogue("ambience")
SHARE = Figure(0.5, 0.0, 1.0)
# shares that are also heard in the level: much of it is that many dB louder than none of it
LOUDER = Figure(0.5, 0.0, 1.0, span=6.0)
MUCH_LOUDER = Figure(0.5, 0.0, 1.0, span=12.0)


def wide_noise(n: int, rng: np.random.Generator, shape: Shape, width: float = 0.7) -> Signal:
    """Stereo noise: `width` 0 is mono, 1 is two unrelated sides."""
    middle = signals.noise(n, rng, shape) * np.float32(np.sqrt(1 - width))
    sides = np.stack([signals.noise(n, rng, shape), signals.noise(n, rng, shape)])
    return (middle + sides * np.float32(np.sqrt(width))).astype(np.float32)


def moving_noise(n: int, rng: np.random.Generator, shape: Shape, per_second: float, lowest: float) -> Signal:
    """Wide noise whose level wanders between `lowest` and 1."""
    return wide_noise(n, rng, shape) * signals.drift(n, rng, per_second, lowest, 1.0)


def count(n: int, rng: np.random.Generator, per_minute: float) -> int:
    """How many events of that frequency fall into n samples; at least one when the bed is longer than 8 s."""
    expected = n / RATE / 60 * per_minute
    return int(max(1 if n > 8 * RATE and per_minute > 0 else 0, rng.poisson(expected)))


def somewhere(n: int, rng: np.random.Generator) -> int:
    """A sample anywhere in the bed."""
    return int(rng.integers(0, n))


def sprinkle(n: int, rng: np.random.Generator, per_second: float, response: Signal) -> Signal:
    """Many small equal sounds at random times, sides and strengths (drops, crackles, leaves)."""

    def make(length: int) -> Signal:
        total = max(1, int(per_second * length / RATE))
        at, side = rng.integers(0, length, total), rng.random(total)
        strength = rng.exponential(0.35, total)
        spectrum = np.fft.rfft(response[:length].astype(np.float32), length)
        sides = []
        for share in (1 - side, side):
            struck = np.bincount(at, strength * np.sqrt(share), length).astype(np.float32)
            sides.append(np.fft.irfft(np.fft.rfft(struck) * spectrum, length))
        return np.stack(sides).astype(np.float32)

    return repeated(n, rng, make)


def repeated(
    n: int, rng: np.random.Generator, make: Callable[[int], Signal], shortest: float = 6.0
) -> Signal:
    """A texture that repeats a whole number of times in the bed, each turn at least `shortest` seconds.

    A grain of drops or of many voices is not recognised when it comes back after some seconds; drawing it
    once saves most of the work. `rng` chooses among the possible numbers of turns, so that layers do not
    repeat together.
    """
    possible = [t for t in (2, 3, 4, 5) if n % t == 0 and n / t >= shortest * RATE] or [1]
    turns = int(possible[-1 - int(rng.integers(0, min(2, len(possible))))])
    return np.tile(make(n // turns), turns)


def fitted(event: Signal, n: int) -> Signal:
    """An event cut to the length of the bed, so that a short bed does not pile up on itself; the cut is soft."""
    return event if event.shape[-1] <= n else signals.faded(event[..., :n], 0.0, 0.05)


def scatter(
    bed: Signal,
    rng: np.random.Generator,
    per_minute: float,
    make: Callable[[], Signal],
    spread: float = 1.0,
) -> None:
    """Add events of that frequency to a stereo bed, anywhere in it, mono ones anywhere within `spread`."""
    n = bed.shape[-1]
    for _ in range(count(n, rng, per_minute)):
        event = make()
        if event.ndim == 1:
            event = signals.panned(event, rng.uniform(-spread, spread))
        signals.place(bed, fitted(event, n), somewhere(n, rng))


def several(rng: np.random.Generator, number: int, make: Callable[[], Signal]) -> Callable[[], Signal]:
    """A maker that chooses among a few drawn events and varies their strength, for events that are many."""
    drawn = [make() for _ in range(number)]

    def choose() -> Signal:
        return drawn[int(rng.integers(0, number))] * np.float32(rng.uniform(0.6, 1.0))

    return choose
