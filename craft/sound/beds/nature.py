"""Nature: forest, night insects, sea, river, field, cave, fire."""

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
    repeated,
    somewhere,
    sprinkle,
    wide_noise,
)
from craft.sound.beds.weather import drop
from craft.sound.catalogue import Settings
from craft.sound.signals import BLOCK, RATE, Signal


def bird(rng: np.random.Generator) -> Signal:
    """A call of two to six quick whistles."""
    base = rng.uniform(2300, 4600)
    parts: list[Signal] = []
    for _ in range(int(rng.integers(2, 7))):
        seconds = rng.uniform(0.05, 0.14)
        whistle = signals.glide(seconds, base * rng.uniform(0.85, 1.2), base * rng.uniform(0.85, 1.25))
        parts += [
            whistle * signals.swell(whistle.size),
            np.zeros(round(rng.uniform(0.03, 0.1) * RATE), np.float32),
        ]
    return np.concatenate(parts)


def far(event: Signal, distance: float) -> Signal:
    """An event heard from farther away: softer and duller."""
    return signals.shaped(event, signals.low(9000 - 6500 * distance, 1)) * np.float32(1.0 - 0.75 * distance)


@BEDS.kind("forest", "Forest by day", -34, birds=SHARE)
def forest(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Leaves in light wind; birds near and far."""
    bed = moving_noise(n, rng, signals.product(signals.band(250, 6000, 1), signals.tilt(-2.0)), 0.5, 0.3)
    for _ in range(count(n, rng, 50 * p.number("birds"))):
        call = signals.panned(far(bird(rng), rng.random()) * 1.8, rng.uniform(-1, 1))
        signals.place(bed, fitted(call, n), somewhere(n, rng))
    return bed


@BEDS.kind("night_insects", "Summer night, insects", -36, density=LOUDER)
def night_insects(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Crickets in chorus over warm still air."""
    bed = wide_noise(n, rng, signals.product(signals.band(60, 800, 1), signals.tilt(-4.0, 200))) * 0.25
    for _ in range(2 + int(6 * p.number("density"))):
        song = repeated(n, rng, lambda length: cricket(length, rng), 4.0)
        bed += signals.panned(song * np.float32(rng.uniform(0.05, 0.3)), rng.uniform(-1, 1))
    return bed


def cricket(n: int, rng: np.random.Generator) -> Signal:
    """One cricket; whole numbers of cycles per turn keep its song seamless."""
    turn = np.arange(n, dtype=np.float64) * (2 * np.pi / n)
    pitch, chirps = round(rng.uniform(3900, 4800) * n / RATE), round(rng.uniform(1.6, 2.6) * n / RATE)
    pulse = round(rng.uniform(26, 34) * n / RATE)
    gate = np.clip(np.sin(chirps * turn + rng.uniform(0, 6)) * 4 - 2, 0, 1)
    return np.asarray(np.sin(pitch * turn) * np.clip(np.sin(pulse * turn), 0, 1) * gate, np.float32)


@BEDS.kind("sea", "Sea on the shore", -27, swell=LOUDER)
def sea(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Waves that rise, break and draw back over shingle."""
    bed = wide_noise(n, rng, signals.product(signals.band(40, 400, 1), signals.tilt(-3.0, 100))) * 0.4
    waves = max(1, round(n / RATE / (9 - 3 * p.number("swell"))))
    for index in range(waves):
        length = min(n, int(rng.integers(45, 71)) * BLOCK)
        surf = wide_noise(length, rng, signals.product(signals.band(200, 5500, 1), signals.tilt(-1.5)), 0.6)
        start = int(n * (index + rng.uniform(-0.2, 0.2)) / waves)
        signals.place(bed, surf * signals.swell(length, 0.35) * (0.5 + p.number("swell")), start)
    return bed


@BEDS.kind("river", "Running water", -29, flow=MUCH_LOUDER)
def river(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A stream: a steady rush with bubbling above it."""
    rush = moving_noise(n, rng, signals.product(signals.band(250, 3500, 1), signals.tilt(-1.5)), 1.5, 0.6)
    bubbles = sprinkle(n, rng, 90, drop(720, 0.03)) + sprinkle(n, rng, 60, drop(1150, 0.02))
    return rush * (0.4 + p.number("flow")) + bubbles * 0.7


@BEDS.kind("field", "Open country", -38)
def field(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Wide air, grass, a lark now and then."""
    bed = moving_noise(n, rng, signals.product(signals.band(120, 3000, 1), signals.tilt(-3.0)), 0.4, 0.35)
    for _ in range(count(n, rng, 7)):
        signals.place(
            bed, fitted(signals.panned(far(bird(rng), 0.7) * 1.6, rng.uniform(-1, 1)), n), somewhere(n, rng)
        )
    return bed


@BEDS.kind("cave", "Cave", -37, drops=SHARE)
def cave(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A hollow hum and drops with a long echo."""
    bed = wide_noise(n, rng, signals.product(signals.band(30, 260, 1), signals.peak(95, 7, 0.5))) * 0.5
    echo = (rng.standard_normal(2 * RATE, dtype=np.float32) * signals.decay(2.0, 0.25)) * 0.03
    echo[0] = 1.0
    for _ in range(count(n, rng, 40 * p.number("drops"))):
        wet = signals.echoed(drop(rng.uniform(700, 1900), 0.06), echo) * 1.6
        signals.place(bed, fitted(signals.panned(wet, rng.uniform(-0.9, 0.9)), n), somewhere(n, rng))
    return bed


@BEDS.kind("fire", "Open fire", -31, size=MUCH_LOUDER)
def fire(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Low flames and crackling wood."""
    flames = moving_noise(n, rng, signals.product(signals.band(50, 700, 1), signals.tilt(-2.0)), 3.0, 0.4)
    snap = signals.noise(360, rng, signals.high(1200)) * signals.decay(0.0075, 0.0015)
    return flames * (0.3 + p.number("size")) + sprinkle(n, rng, 7 + 14 * p.number("size"), snap) * 1.6
