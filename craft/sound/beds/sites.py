"""Loud and closed sites: battlefield, construction site, underground platform, rain on a roof, farm."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.beds.interiors import hall_tail
from craft.sound.beds.nature import bird, far
from craft.sound.beds.places import hum
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    SHARE,
    moving_noise,
    scatter,
    sprinkle,
    wide_noise,
)
from craft.sound.catalogue import Choice, Settings
from craft.sound.signals import RATE, Signal


@BEDS.kind("battlefield", "Battle, far off", -30, intensity=MUCH_LOUDER)
def battlefield(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Guns beyond the hill, single shots, smoke and wind."""
    intensity = p.number("intensity")
    bed = (
        moving_noise(n, rng, signals.product(signals.band(30, 250, 1), signals.tilt(-3.0, 80)), 0.5, 0.5)
        * 0.35
    )

    def boom() -> Signal:
        length = int(rng.integers(16, 31)) * signals.BLOCK
        roll = signals.noise(length, rng, signals.band(25, 170, 2)) * signals.swell(length, 0.06) ** 2
        return roll * np.float32(rng.uniform(0.5, 2.2))

    def shots() -> Signal:
        crack = signals.noise(7200, rng, signals.band(350, 2600, 1)) * signals.decay(0.15, 0.014)
        strip = np.zeros(RATE * 2, np.float32)
        for at in np.cumsum(rng.uniform(0.09, 0.3, int(rng.integers(1, 7)))):
            start = int(at * RATE)
            strip[start : start + crack.size] += crack[: strip.size - start]
        return strip * np.float32(rng.uniform(0.1, 0.5))

    scatter(bed, rng, 8 + 40 * intensity, boom)
    scatter(bed, rng, 6 + 50 * intensity, shots)
    return bed


@BEDS.kind("construction_site", "Construction site", -30, busy=MUCH_LOUDER)
def construction_site(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A diesel that idles, hammers on steel, a drill, a reversing lorry."""
    busy = p.number("busy")
    bed = hum(n, 27, (0.4, 0.5, 0.3, 0.25, 0.15, 0.1)) * 0.5
    bed = (
        bed
        + moving_noise(n, rng, signals.product(signals.band(80, 1500, 1), signals.tilt(-3.0)), 0.7, 0.6) * 0.5
    )

    def hammer() -> Signal:
        hz = rng.uniform(900, 2300)
        blow = signals.tone(0.3, hz) * signals.decay(0.3, 0.03) + signals.tone(0.3, hz * 1.5) * signals.decay(
            0.3, 0.02
        )
        gap = np.zeros(round(rng.uniform(0.08, 0.25) * RATE), np.float32)
        strikes = [np.concatenate([blow, gap]) for _ in range(int(rng.integers(2, 6)))]
        return np.concatenate(strikes) * np.float32(rng.uniform(0.1, 0.5))

    def drill() -> Signal:
        length = int(rng.integers(8, 20)) * signals.BLOCK
        beat = np.clip(np.sin(2 * np.pi * 24 * np.arange(length, dtype=np.float32) / RATE), 0, 1)
        teeth = signals.noise(length, rng, signals.band(250, 4000, 1)) * beat
        return np.asarray(teeth * signals.swell(length) * 0.8, np.float32)

    scatter(bed, rng, 14 + 30 * busy, hammer)
    scatter(bed, rng, 10 * busy, drill)
    warn = np.tile(
        np.concatenate([signals.faded(signals.tone(0.5, 1250), 0.01, 0.01), np.zeros(24_000, np.float32)]), 3
    )
    scatter(bed, rng, 2 * busy, lambda: warn * np.float32(0.12))
    return bed


@BEDS.kind("underground", "Underground platform", -31, busy=LOUDER)
def underground(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Tunnel air, trains that come with a push of wind and squeal away."""
    tail = hall_tail(rng, 1.8, 0.9)
    bed = moving_noise(n, rng, signals.product(signals.band(30, 300, 1), signals.tilt(-3.0, 80)), 0.3, 0.4)

    def arrival() -> Signal:
        length = int(rng.integers(50, 80)) * signals.BLOCK
        rush = signals.noise(length, rng, signals.product(signals.band(60, 2500, 1), signals.tilt(-2.5)))
        squeal = signals.noise(length, rng, signals.band(2500, 3100, 4)) * signals.swell(length, 0.75) ** 3
        return signals.echoed(rush * signals.swell(length, 0.5) ** 2 * 1.6 + squeal * 0.15, tail)

    scatter(bed, rng, 3 + 4 * p.number("busy"), arrival, 0.7)
    step = signals.noise(4800, rng, signals.band(300, 3500, 1)) * signals.decay(0.1, 0.008)
    scatter(bed, rng, 150 * p.number("busy"), lambda: step * np.float32(rng.uniform(0.05, 0.3)))
    return bed


_SKINS = {
    # what a drop sounds like on it: pitch in Hz, seconds, share of noise
    "tent": (260.0, 0.05, 0.8),
    "car": (620.0, 0.04, 0.5),
    "tin": (1750.0, 0.07, 0.25),
}


@BEDS.kind("rain_roof", "Rain on a roof", -29, skin=Choice(tuple(_SKINS)), density=MUCH_LOUDER)
def rain_roof(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Rain heard from under canvas, a car's roof or corrugated tin."""
    hz, seconds, rough = _SKINS[p.word("skin")]
    length = round(seconds * RATE)
    tap = signals.tone(seconds, hz) + rough * signals.noise(length, rng, signals.band(hz * 0.6, hz * 3, 1))
    drops = sprinkle(n, rng, 30 + 320 * p.number("density"), tap * signals.decay(seconds, seconds / 7))
    outside = wide_noise(n, rng, signals.product(signals.band(100, hz * 3, 1), signals.tilt(-2.0)), 0.6)
    return drops * 2.0 + outside * (0.1 + 0.3 * p.number("density"))


@BEDS.kind("farm", "Farmyard", -36, busy=SHARE)
def farm(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Hens that cluck, sparrows, cattle behind a wall."""
    bed = (
        moving_noise(n, rng, signals.product(signals.band(120, 2500, 1), signals.tilt(-3.0)), 0.4, 0.4) * 0.6
    )

    def clucks() -> Signal:
        notes = []
        for _ in range(int(rng.integers(2, 6))):
            hz = rng.uniform(600, 800)
            note = np.sign(signals.glide(0.07, hz, hz * 1.25)).astype(np.float32) * signals.swell(3360, 0.3)
            notes += [
                signals.shaped(note, signals.band(600, 2600, 1)),
                np.zeros(int(rng.integers(4000, 14_000)), np.float32),
            ]
        return np.concatenate(notes) * np.float32(rng.uniform(0.5, 1.4))

    def low() -> Signal:
        moan = (
            signals.glide(1.6, 125, 170)
            + 0.6 * signals.glide(1.6, 250, 340)
            + 0.4 * signals.glide(1.6, 375, 510)
        )
        return signals.shaped(moan * signals.swell(moan.size, 0.3), signals.low(700)) * np.float32(0.3)

    scatter(bed, rng, 10 + 50 * p.number("busy"), clucks)
    scatter(bed, rng, 6 * p.number("busy"), low)
    scatter(bed, rng, 20, lambda: far(bird(rng), 0.5) * 0.4)
    return bed
