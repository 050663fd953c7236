"""Rooms and built places: tone of a room, office, workshop, hospital, church, cellar, ship."""

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
    wide_noise,
)
from craft.sound.catalogue import Figure, Settings
from craft.sound.signals import BLOCK, RATE, Signal


def hum(n: int, hz: float, partials: tuple[float, ...]) -> Signal:
    """Mains or engine hum: whole cycles per bed, so it meets itself at the seam."""
    spectrum = np.zeros(n // 2 + 1, np.complex64)
    cycles = max(1, round(hz * n / RATE))
    for k, strength in enumerate(partials, 1):
        if k * cycles < spectrum.size:
            spectrum[k * cycles] = -0.5j * n * strength
    return np.fft.irfft(spectrum, n).astype(np.float32, copy=False)


def air(n: int, rng: np.random.Generator, dull: float) -> Signal:
    """The air of a room: pink, low, quiet beside what happens in it; `dull` 0-1 takes away the top. What only
    a large loudspeaker would play is left out: it would take the level and give nothing.
    """
    shape = signals.product(signals.high(70, 2), signals.low(900 - 650 * dull, 2), signals.tilt(-3.0))
    return wide_noise(n, rng, shape) * np.float32(0.5)


@BEDS.kind("room_tone", "Room tone", -46, size=SHARE)
def room_tone(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A quiet furnished room; a larger one is lower and wider."""
    return air(n, rng, 0.6 + 0.3 * p.number("size")) + hum(n, 60, (0.15, 0.08)) * 0.2


@BEDS.kind("office", "Office", -38, busy=LOUDER)
def office(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Air handling, a lamp's hum, keys and far phones."""
    bed = air(n, rng, 0.2) * 0.8 + hum(n, 120, (0.08, 0.03, 0.03))
    for _ in range(count(n, rng, 220 * p.number("busy"))):
        key = signals.noise(900, rng, signals.band(900, 5000)) * signals.decay(0.01875, 0.003)
        signals.place(
            bed,
            fitted(signals.panned(key * rng.uniform(0.2, 0.8), rng.uniform(-0.8, 0.8)), n),
            somewhere(n, rng),
        )
    for _ in range(count(n, rng, 2 * p.number("busy"))):
        ring = (signals.tone(0.8, 1150) + signals.tone(0.8, 1420)) * (signals.tone(0.8, 21) > 0)
        signals.place(
            bed,
            fitted(signals.panned(ring.astype(np.float32) * 0.07, rng.uniform(-1, 1)), n),
            somewhere(n, rng),
        )
    return bed


@BEDS.kind("workshop", "Workshop, machines", -32, busy=MUCH_LOUDER)
def workshop(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Motors that run, metal that is struck."""
    bed = air(n, rng, 0.1) + hum(n, 48, (0.4, 0.3, 0.2, 0.2, 0.1, 0.1))
    for _ in range(count(n, rng, 40 * p.number("busy"))):
        hz = rng.uniform(600, 2600)
        clang = sum(
            (signals.tone(0.7, hz * r) * signals.decay(0.7, 0.07) for r in (1.0, 1.52, 2.31)),
            start=np.zeros(round(0.7 * RATE), np.float32),
        )
        signals.place(
            bed,
            fitted(signals.panned(clang * rng.uniform(0.4, 1.6), rng.uniform(-1, 1)), n),
            somewhere(n, rng),
        )
    return bed


@BEDS.kind("hospital", "Hospital ward", -39, pulse=Figure(72, 40, 160))
def hospital(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Ventilation and a monitor at `pulse` beats per minute."""
    bed = air(n, rng, 0.35)
    beats = max(1, round(n / RATE * p.number("pulse") / 60))
    beep = signals.faded(signals.tone(0.09, 960), 0.004, 0.02) * 0.4
    for index in range(beats):
        signals.place(bed, fitted(signals.panned(beep, 0.3), n), n * (2 * index + 1) // (2 * beats))
    return bed


@BEDS.kind("church", "Church or great hall", -41)
def church(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A large stone room: long, low air and far movement."""
    bed = wide_noise(n, rng, signals.product(signals.band(60, 420, 1), signals.tilt(-4.0, 150)), 0.8)
    return bed * signals.drift(n, rng, 0.2, 0.7, 1.0)


@BEDS.kind("cellar", "Cellar or vault", -41)
def cellar(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A closed concrete room with a pipe that ticks."""
    bed = air(n, rng, 0.9) + hum(n, 50, (0.25, 0.2, 0.05)) * 0.5
    for _ in range(count(n, rng, 9)):
        tick = signals.tone(0.15, rng.uniform(900, 1500)) * signals.decay(0.15, 0.015)
        signals.place(bed, fitted(signals.panned(tick * 0.9, rng.uniform(-0.7, 0.7)), n), somewhere(n, rng))
    return bed


@BEDS.kind("ship", "Below deck", -34)
def ship(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Engines, water along the hull, timbers that creak."""
    bed = hum(n, 31, (0.5, 0.4, 0.3, 0.2, 0.1)) + moving_noise(n, rng, signals.band(80, 600, 1), 0.4, 0.3)
    for _ in range(count(n, rng, 9)):
        length = int(rng.integers(5, 15)) * BLOCK
        creak = signals.noise(length, rng, signals.peak(rng.uniform(300, 700), 26, 0.15)) * signals.swell(
            length
        )
        creak *= (np.sin(2 * np.pi * rng.uniform(18, 40) * np.arange(length) / RATE) > 0.2).astype(np.float32)
        signals.place(bed, fitted(signals.panned(creak * 0.7, rng.uniform(-1, 1)), n), somewhere(n, rng))
    return bed


@BEDS.kind("space_ship", "Ship in space, machine room", -34)
def space_ship(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A drive's hum that beats slowly and cool air."""
    drive = hum(n, 55, (0.6, 0.3, 0.2)) + hum(n, 55.5, (0.6, 0.3, 0.2))
    return drive * 0.4 + air(n, rng, 0.3) * 0.6
