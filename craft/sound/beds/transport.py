"""On the move: street, city at night, train, car, aeroplane, motorway."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.beds.places import hum
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    count,
    fitted,
    moving_noise,
    somewhere,
    wide_noise,
)
from craft.sound.catalogue import Settings
from craft.sound.signals import BLOCK, RATE, Signal


def passing(rng: np.random.Generator, low_hz: float = 150, high_hz: float = 1800) -> Signal:
    """A vehicle that comes, passes and goes from one side to the other."""
    n = int(rng.integers(30, 56)) * BLOCK
    tyres = signals.noise(n, rng, signals.product(signals.band(low_hz, high_hz, 1), signals.tilt(-2.0)))
    sound = tyres * signals.swell(n, 0.45) ** 2
    across = np.linspace(-1, 1, n, dtype=np.float32) * (1 if rng.random() < 0.5 else -1)
    angle = (across + 1) * np.pi / 4
    return np.stack([sound * np.cos(angle), sound * np.sin(angle)]).astype(np.float32)


@BEDS.kind("city_night", "City at night", -35, traffic=LOUDER)
def city_night(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A far rumble, single cars, a siren that does not come nearer."""
    bed = moving_noise(n, rng, signals.product(signals.band(45, 380, 1), signals.tilt(-3.0, 120)), 0.3, 0.6)
    for _ in range(count(n, rng, 9 * p.number("traffic"))):
        signals.place(bed, fitted(passing(rng, 120, 900) * rng.uniform(0.3, 0.9), n), somewhere(n, rng))
    for _ in range(count(n, rng, 0.8 * p.number("traffic"))):
        wail = np.concatenate([signals.glide(0.9, 620, 980), signals.glide(0.9, 980, 620)] * 2)
        siren = signals.shaped(wail * signals.swell(wail.size), signals.low(1100, 2)) * 0.07
        signals.place(bed, fitted(signals.panned(siren, rng.uniform(-0.9, 0.9)), n), somewhere(n, rng))
    return bed


@BEDS.kind("street", "Busy street", -30, traffic=MUCH_LOUDER)
def street(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Cars close by, footsteps and voices too far to follow."""
    bed = moving_noise(n, rng, signals.product(signals.band(50, 2200, 1), signals.tilt(-3.0)), 0.8, 0.6)
    for _ in range(count(n, rng, 34 * p.number("traffic"))):
        signals.place(bed, fitted(passing(rng) * rng.uniform(0.4, 1.3), n), somewhere(n, rng))
    return bed


@BEDS.kind("train", "Inside a train", -30, speed=LOUDER)
def train(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Rolling wheels, air along the windows, the double beat of rail joints."""
    bed = moving_noise(n, rng, signals.product(signals.band(45, 500, 1), signals.tilt(-3.0, 120)), 1.0, 0.7)
    bed += wide_noise(n, rng, signals.band(900, 4000, 1)) * (0.05 + 0.12 * p.number("speed"))
    joints = max(1, round(n / RATE * (0.8 + 1.6 * p.number("speed"))))
    for index in range(joints):
        for shift, strength in ((0, 1.0), (int(0.11 * RATE), 0.75)):
            knock = signals.noise(7200, rng, signals.band(70, 520, 1)) * signals.decay(0.15, 0.02)
            signals.place(
                bed,
                fitted(signals.panned(knock * 2.0 * strength, 0.1), n),
                n * (2 * index + 1) // (2 * joints) + shift,
            )
    return bed


@BEDS.kind("car_inside", "Inside a car", -30, speed=MUCH_LOUDER)
def car_inside(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Engine and road through closed windows."""
    engine = hum(n, 38 + 34 * p.number("speed"), (0.5, 0.6, 0.3, 0.25, 0.1)) * 0.5
    road = moving_noise(n, rng, signals.product(signals.band(40, 700, 1), signals.tilt(-4.0, 150)), 1.4, 0.75)
    return road * (0.5 + p.number("speed")) + engine


@BEDS.kind("aeroplane", "Inside an aeroplane", -28)
def aeroplane(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Steady jets and cabin air."""
    jets = wide_noise(n, rng, signals.product(signals.band(60, 1400, 1), signals.tilt(-3.0)), 0.5)
    return jets + hum(n, 92, (0.15, 0.1, 0.05)) * signals.drift(n, rng, 0.3, 0.5, 1.0)


@BEDS.kind("motorway", "Motorway, far off", -35, traffic=LOUDER)
def motorway(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A continuous rush with single lorries."""
    bed = moving_noise(n, rng, signals.product(signals.band(80, 1400, 1), signals.tilt(-2.0)), 0.5, 0.7)
    for _ in range(count(n, rng, 14 * p.number("traffic"))):
        signals.place(bed, fitted(passing(rng, 60, 700) * 0.7, n), somewhere(n, rng))
    return bed
