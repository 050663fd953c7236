"""Weather: rain, storm, wind, snow, fog on the harbour."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    SHARE,
    count,
    fitted,
    moving_noise,
    somewhere,
    sprinkle,
    wide_noise,
)
from craft.sound.catalogue import Settings
from craft.sound.signals import Signal


def drop(hz: float, seconds: float = 0.02) -> Signal:
    """One drop: a short ringing."""
    return signals.tone(seconds, hz) * signals.decay(seconds, seconds / 8)


@BEDS.kind("rain", "Rain", -28, density=MUCH_LOUDER)
def rain(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A hiss of distant drops and single near ones; density 0 is a drizzle, 1 a downpour."""
    density = p.number("density")
    bed = wide_noise(n, rng, signals.product(signals.band(500, 11_000, 1), signals.tilt(1.0, 3000))) * (
        0.35 + density
    )
    return bed + sprinkle(n, rng, 40 + 900 * density, drop(3100, 0.012)) * 1.5


@BEDS.kind("rain_window", "Rain on a window, heard inside", -32, density=MUCH_LOUDER)
def rain_window(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Rain through glass: dull outside, clear taps on the pane."""
    outside = wide_noise(n, rng, signals.product(signals.band(120, 1600, 1), signals.tilt(-2.0))) * 0.5
    return outside + sprinkle(n, rng, 25 + 250 * p.number("density"), drop(1500, 0.02)) * 2.2


@BEDS.kind("storm", "Thunderstorm", -26, density=LOUDER)
def storm(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Hard rain, gusts and rolling thunder far away."""
    bed = rain(n, rng, Settings(density=0.6 + 0.4 * p.number("density")))
    bed += moving_noise(n, rng, signals.band(60, 500, 1), 0.4, 0.1) * 0.8
    for _ in range(count(n, rng, 2 + 4 * p.number("density"))):
        length = int(rng.integers(40, 81)) * signals.BLOCK
        roll = wide_noise(length, rng, signals.band(25, 140, 2), 0.5) * signals.swell(length, 0.15)
        roll *= signals.drift(length, rng, 5, 0.2, 1.0)
        signals.place(bed, fitted(roll * 3.0, n), somewhere(n, rng))
    return bed


@BEDS.kind("wind", "Wind", -31, strength=MUCH_LOUDER)
def wind(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Slow gusts with a whistling edge that grows with strength."""
    strength = p.number("strength")
    bed = moving_noise(n, rng, signals.product(signals.band(90, 700, 1), signals.tilt(-2.0, 200)), 0.5, 0.25)
    whistle = moving_noise(
        n, rng, signals.product(signals.band(500, 900, 4), signals.peak(620, 8, 0.4)), 0.7, 0.0
    )
    return bed + whistle * (0.03 + 0.3 * strength**2)


@BEDS.kind("blizzard", "Blizzard", -28, strength=LOUDER)
def blizzard(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Hard wind with the hiss of driven snow."""
    hiss = moving_noise(n, rng, signals.band(2500, 8000, 1), 1.2, 0.15)
    return wind(n, rng, Settings(strength=0.6 + 0.4 * p.number("strength"))) + hiss * 0.8


@BEDS.kind("snow_quiet", "Snow, quiet air", -42)
def snow_quiet(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Muffled air; nothing above it."""
    return moving_noise(n, rng, signals.product(signals.band(60, 350, 1), signals.tilt(-4.0, 150)), 0.2, 0.6)


@BEDS.kind("fog_harbour", "Harbour in fog", -29, horn=SHARE)
def fog_harbour(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Lapping water, damp air, a buoy bell and a far horn whose frequency is `horn`."""
    bed = moving_noise(n, rng, signals.product(signals.band(150, 900, 1), signals.tilt(-2.0)), 1.1, 0.15)
    bed += wide_noise(n, rng, signals.band(40, 160, 1)) * 0.35
    bed += sprinkle(n, rng, 5, drop(820, 0.05)) * 0.5
    for _ in range(count(n, rng, 5)):
        bell = sum(
            (
                signals.tone(2.5, hz) * signals.decay(2.5, 0.5 / i) / i
                for i, hz in enumerate((540, 1310, 2230), 1)
            ),
            start=np.zeros(round(2.5 * signals.RATE), np.float32),
        )
        signals.place(bed, fitted(signals.panned(bell * 0.16, rng.uniform(-0.8, 0.8)), n), somewhere(n, rng))
    for _ in range(count(n, rng, 2.5 * p.number("horn"))):
        horn = signals.shaped(sum_of_partials(3.2, 92.0, 14), signals.low(420, 2)) * signals.swell(
            153_600, 0.2
        )
        signals.place(bed, fitted(signals.panned(horn * 1.8, 0.4), n), somewhere(n, rng))
    return bed


def sum_of_partials(seconds: float, hz: float, number: int) -> Signal:
    """A buzzing tone: equal-tempered nothing, just partials falling as 1/k."""
    out = np.zeros(round(seconds * signals.RATE), np.float32)
    for k in range(1, number + 1):
        out += signals.tone(seconds, hz * k) / k
    return out
