"""Vehicles and weapons of the story: engines, brakes, doors, passes, shots."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Figure, Settings
from craft.sound.foley.doors import latch, thud
from craft.sound.foley.register import FAINTER, HITS, LOUDER, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


def engine(rng: np.random.Generator, pitch: Signal) -> Signal:
    """An engine whose firing rate follows a curve in Hz."""
    phase = np.cumsum(pitch, dtype=np.float64) / RATE
    fire = np.zeros(pitch.size)
    for k, strength in ((0.5, 0.6), (1, 1.0), (1.5, 0.5), (2, 0.6), (3, 0.35), (4, 0.25)):
        fire += strength * np.sin(2 * np.pi * k * phase + k)
    grit = signals.noise(pitch.size, rng, signals.band(120, 1600, 1)) * (
        0.6 + 0.4 * np.sin(2 * np.pi * phase)
    )
    return (fire * 0.5 + grit * 0.4).astype(np.float32)


@HITS.kind("car_start", "Car starts", -12)
def car_start(rng: np.random.Generator, p: Settings) -> Signal:
    """Starter, then an engine that settles."""
    crank_n = round(0.8 * RATE)
    crank = engine(rng, np.full(crank_n, 17, np.float32)) * np.abs(signals.tone(0.8, 4.5))
    at = np.arange(2 * RATE, dtype=np.float32) / RATE
    run = engine(rng, (38 + 40 * np.exp(-((at - 0.25) ** 2) / 0.05)).astype(np.float32))
    return timeline(2.8, (0, crank * 0.5), (0.75, signals.faded(run, 0.05, 0.5)))


@HITS.kind("car_pass", "Car passes", -12, speed=LOUDER)
def car_pass(rng: np.random.Generator, p: Settings) -> Signal:
    """From one side to the other, its pitch falling as it goes by."""
    seconds = 3.6 - 2.0 * p.number("speed")
    n = round(seconds * RATE)
    at = np.linspace(-1, 1, n, dtype=np.float32)
    pitch = (70 + 50 * p.number("speed")) * (1 - (0.05 + 0.07 * p.number("speed")) * np.tanh(at * 5))
    near = (1 / (1 + (at * 4) ** 2)).astype(np.float32)
    sound = (
        engine(rng, pitch.astype(np.float32)) + signals.noise(n, rng, signals.band(300, 3000, 1)) * 0.8
    ) * near
    angle = (at + 1) * np.pi / 4
    return signals.faded(
        np.stack([sound * np.cos(angle), sound * np.sin(angle)]).astype(np.float32), 0.2, 0.3
    )


@HITS.kind("car_door", "Car door", -10)
def car_door(rng: np.random.Generator, p: Settings) -> Signal:
    """Closes with weight."""
    return roomy(timeline(0.6, (0, thud(rng, 70, 0.35)), (0.015, latch(rng) * 0.5)), rng, 0.25, 0.2)


@HITS.kind("brakes", "Brakes squeal", -11)
def brakes(rng: np.random.Generator, p: Settings) -> Signal:
    """Tyres that slide and stop."""
    n = round(1.3 * RATE)
    squeal = signals.noise(
        n,
        rng,
        signals.product(
            signals.band(500, 4200, 1), signals.peak(1250, 20, 0.12), signals.peak(1820, 16, 0.1)
        ),
    )
    return signals.faded(squeal * signals.drift(n, rng, 12, 0.5, 1.0) * signals.swell(n, 0.3), 0.02, 0.2)


@HITS.kind("train_pass", "Train passes", -9)
def train_pass(rng: np.random.Generator, p: Settings) -> Signal:
    """A rush and the beat of wheels."""
    n = round(4.5 * RATE)
    rush = signals.noise(
        n, rng, signals.product(signals.band(60, 3000, 1), signals.tilt(-2.0))
    ) * signals.swell(n, 0.45)
    knocks = [(t, thud(rng, 88, 0.2) * 1.2) for i in range(9) for t in (0.45 * i + 0.2, 0.45 * i + 0.31)]
    return timeline(4.6, (0, rush), *knocks)


@HITS.kind("helicopter", "Helicopter", -12, seconds=Figure(3.0, 1.0, 20.0))
def helicopter(rng: np.random.Generator, p: Settings) -> Signal:
    """Blades that chop the air."""
    n = round(p.number("seconds") * RATE)
    chop = np.abs(signals.tone(n / RATE, 6.2)[:n]) ** 4
    air = signals.noise(n, rng, signals.product(signals.band(50, 900, 1), signals.peak(110, 9, 0.8)))
    return signals.faded(air * (0.25 + chop), 0.3, 0.5)


@HITS.kind("motorcycle", "Motorcycle passes", -11, speed=LOUDER)
def motorcycle(rng: np.random.Generator, p: Settings) -> Signal:
    """A single cylinder, rough and high, from one side to the other."""
    seconds = 3.4 - 1.8 * p.number("speed")
    n = round(seconds * RATE)
    at = np.linspace(-1, 1, n, dtype=np.float32)
    pitch = (95 + 70 * p.number("speed")) * (1 - 0.1 * np.tanh(at * 5))
    near = (1 / (1 + (at * 4) ** 2)).astype(np.float32)
    rough = np.tanh(engine(rng, pitch.astype(np.float32)) * 3).astype(np.float32)
    sound = (
        signals.shaped(rough, signals.product(signals.band(90, 3500, 1), signals.peak(420, 6, 0.8))) * near
    )
    angle = (at + 1) * np.pi / 4
    return signals.faded(
        np.stack([sound * np.cos(angle), sound * np.sin(angle)]).astype(np.float32), 0.2, 0.3
    )


@HITS.kind("plane_pass", "Aeroplane overhead", -10, speed=LOUDER)
def plane_pass(rng: np.random.Generator, p: Settings) -> Signal:
    """A jet's roar that swells and sinks away."""
    n = round((6.0 - 3.0 * p.number("speed")) * RATE)
    roar = signals.noise(n, rng, signals.product(signals.band(50, 1200, 1), signals.tilt(-1.5)))
    whine = signals.glide(n / RATE, 2300, 1250)[:n] * 0.2
    hiss = signals.noise(n, rng, signals.band(1500, 6000, 1)) * signals.swell(n, 0.4) * 0.4
    return (roar + whine * signals.swell(n, 0.4) + hiss) * signals.swell(n, 0.45) ** 1.5


@HITS.kind("bicycle_bell", "Bicycle bell", -15)
def bicycle_bell(rng: np.random.Generator, p: Settings) -> Signal:
    """Two quick trills."""
    hz = 2700 * rng.uniform(0.93, 1.07)
    trill = [
        (i * 0.045, burst(rng, 0.02, signals.high(4000), 0.002) * 0.3 + signals.tone(0.02, hz)[:960])
        for i in range(8)
    ]
    ring = signals.tone(0.9, hz) * signals.decay(0.9, 0.15)
    return timeline(1.2, (0, ring * 0.5), *trill)


@HITS.kind("gunshot", "Gunshot", -9, distance=FAINTER, count=Figure(1, 1, 12))
def gunshot(rng: np.random.Generator, p: Settings) -> Signal:
    """A crack, a body and the place's answer, `count` times; distance takes the crack away."""
    near, total = 1 - p.number("distance"), int(p.number("count"))
    shots: list[tuple[float, Signal]] = []
    for i in range(total):
        at = 0.4 * i + rng.uniform(0, 0.06) * min(i, 1)
        crack = burst(rng, 0.12, signals.high(900), 0.008) * (0.2 + near)
        body = signals.glide(0.35, 190 * rng.uniform(0.93, 1.07), 50) * signals.decay(0.35, 0.05)
        shots += [(at, crack), (at, body)]
    strip = timeline(0.4 * (total - 1) + 0.5, *shots)
    return roomy(strip, rng, 1.6, 0.5 + 0.3 * p.number("distance"), 2400)


@HITS.kind("sword", "Blade is drawn", -14)
def sword(rng: np.random.Generator, p: Settings) -> Signal:
    """Steel along a sheath, then its ring."""
    n = round(0.45 * RATE)
    slide = signals.noise(
        n, rng, signals.product(signals.high(2600), signals.peak(5200, 12, 0.3))
    ) * signals.swell(n, 0.7)
    return timeline(1.4, (0, slide * 0.5), (0.36, ringing(1.0, 3150, (1, 1.52, 2.3), 0.16) * 0.5))
