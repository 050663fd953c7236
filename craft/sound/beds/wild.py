"""Wild places: jungle, swamp, lake, under water, desert, an alien planet."""

from __future__ import annotations

from functools import partial

import numpy as np

from craft.sound import signals
from craft.sound.beds.nature import bird, cricket, far
from craft.sound.beds.places import hum
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    SHARE,
    moving_noise,
    repeated,
    scatter,
    several,
    sprinkle,
    wide_noise,
)
from craft.sound.beds.weather import drop
from craft.sound.catalogue import Settings
from craft.sound.signals import RATE, Signal


def cicadas(n: int, rng: np.random.Generator) -> Signal:
    """A chorus of cicadas: a narrow hiss that rattles and swells."""
    turn = np.arange(n, dtype=np.float32) * np.float32(2 * np.pi / n)
    rattle = np.float32(0.55) + np.float32(0.45) * np.sin(turn * round(rng.uniform(38, 46) * n / RATE))
    pitch = rng.uniform(4400, 5600)
    return np.asarray(wide_noise(n, rng, signals.band(pitch * 0.9, pitch * 1.1, 3)) * rattle, np.float32)


def frog(rng: np.random.Generator) -> Signal:
    """One croak: a dozen pulses of a low resonance."""
    hz, pulses = rng.uniform(420, 760), int(rng.integers(7, 15))
    pulse = signals.tone(0.03, hz) * signals.decay(0.03, 0.006)
    strip = np.zeros(pulses * 1200 + pulse.size, np.float32)
    for index in range(pulses):
        strip[index * 1200 : index * 1200 + pulse.size] += pulse
    return strip * signals.swell(strip.size, 0.4)


def bubble(rng: np.random.Generator) -> Signal:
    """One bubble: a pitch that rises as it dies away."""
    hz, seconds = rng.uniform(280, 620), rng.uniform(0.05, 0.14)
    rise = signals.glide(seconds, hz, hz * rng.uniform(1.3, 1.9))
    return signals.faded(rise * signals.decay(seconds, seconds / 4), 0.003, 0.01)


@BEDS.kind("jungle", "Jungle", -32, density=LOUDER)
def jungle(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Cicadas without end, frogs, birds that carry far."""
    density = p.number("density")
    bed = (
        moving_noise(n, rng, signals.product(signals.band(250, 3000, 1), signals.tilt(-3.0)), 0.4, 0.5) * 0.5
    )
    bed += repeated(n, rng, lambda length: cicadas(length, rng), 8.0) * (0.15 + 0.45 * density)
    scatter(bed, rng, 20 + 50 * density, several(rng, 12, lambda: far(bird(rng), rng.random()) * 1.3))
    scatter(bed, rng, 30 * density, lambda: frog(rng) * rng.uniform(0.2, 0.6))
    return bed


@BEDS.kind("swamp", "Swamp", -36, density=LOUDER)
def swamp(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Frogs, crickets and gas that bubbles in still water."""
    bed = wide_noise(n, rng, signals.product(signals.band(60, 900, 1), signals.tilt(-4.0, 200))) * 0.3
    song = repeated(n, rng, lambda length: cricket(length, rng), 4.0)
    bed += signals.panned(song * np.float32(0.12), rng.uniform(-0.6, 0.6))
    scatter(bed, rng, 40 + 130 * p.number("density"), lambda: frog(rng) * rng.uniform(0.2, 1.0))
    scatter(bed, rng, 24, lambda: bubble(rng) * rng.uniform(0.2, 0.5))
    return bed


@BEDS.kind("lake", "Lake shore", -35, swell=LOUDER)
def lake(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Small waves that lap at stones, one every second or two."""
    bed = wide_noise(n, rng, signals.product(signals.band(100, 1500, 1), signals.tilt(-3.0))) * 0.35

    def lap() -> Signal:
        length = int(rng.integers(5, 11)) * signals.BLOCK
        wash = signals.noise(length, rng, signals.product(signals.band(250, 2600, 1), signals.tilt(-1.5)))
        return wash * signals.swell(length, 0.25) ** 2 * np.float32(rng.uniform(0.5, 1.4))

    scatter(bed, rng, 30 + 40 * p.number("swell"), lap)
    scatter(bed, rng, 60, lambda: bubble(rng) * rng.uniform(0.1, 0.35), 0.8)
    return bed


@BEDS.kind("underwater", "Under water", -32, depth=SHARE)
def underwater(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A closed, dark pressure and bubbles that rise; deeper is darker and stiller."""
    depth = p.number("depth")
    edge = 420 - 300 * depth
    bed = moving_noise(n, rng, signals.product(signals.band(25, edge, 2), signals.tilt(-2.0, 100)), 0.4, 0.5)
    scatter(bed, rng, 200 - 170 * depth, lambda: bubble(rng) * rng.uniform(0.3, 1.0))
    return bed


@BEDS.kind("desert", "Desert", -37, strength=MUCH_LOUDER)
def desert(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Dry wind over nothing and the hiss of sand that moves."""
    air = moving_noise(n, rng, signals.product(signals.band(140, 700, 1), signals.tilt(-3.0, 300)), 0.3, 0.35)
    sand = moving_noise(n, rng, signals.band(5000, 12_000, 1), 0.7, 0.02)
    return air + sand * (0.2 + 0.7 * p.number("strength"))


def whistle(n: int, rng: np.random.Generator, hz: float) -> Signal:
    """Wind that sings at one pitch, coming and going."""
    return moving_noise(n, rng, signals.band(hz * 0.985, hz * 1.015, 6), 0.25, 0.0)


@BEDS.kind("planet", "Alien planet", -35, strangeness=SHARE)
def planet(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A thin wind that whistles in fifths and tones that answer each other."""
    odd = p.number("strangeness")
    bed = moving_noise(n, rng, signals.product(signals.band(50, 400, 1), signals.tilt(-3.0, 120)), 0.3, 0.5)
    for hz in (311.0, 466.5, 699.8):
        bed += repeated(n, rng, partial(whistle, rng=rng, hz=hz), 10.0) * (0.25 + 0.5 * odd)
    bed += hum(n, 41, (0.3, 0.1)) * 0.4

    def call() -> Signal:
        hz = rng.uniform(500, 1300)
        there = signals.glide(1.2, hz, hz * rng.choice((0.5, 0.75, 1.5)))
        return there * signals.swell(there.size, 0.2) * np.float32(0.06 + 0.3 * odd)

    scatter(bed, rng, 4 + 14 * odd, call)
    return bed


@BEDS.kind("wet_leaves", "Wood after the rain", -35, density=LOUDER)
def wet_leaves(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Leaves that drip, a bird that begins again."""
    bed = (
        moving_noise(n, rng, signals.product(signals.band(250, 5000, 1), signals.tilt(-2.0)), 0.4, 0.5) * 0.35
    )
    bed += sprinkle(n, rng, 4 + 26 * p.number("density"), drop(1250, 0.03)) * 1.6
    scatter(bed, rng, 10, lambda: far(bird(rng), 0.6) * 0.5)
    return bed
