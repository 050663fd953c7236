"""Rooms with a use: laboratory, library, servers, kitchen, gym, pool, prison, lift, control room."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.beds.people import babble, clink
from craft.sound.beds.places import air, hum
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    SHARE,
    fitted,
    moving_noise,
    scatter,
    several,
    sprinkle,
    wide_noise,
)
from craft.sound.beds.weather import drop
from craft.sound.beds.wild import bubble
from craft.sound.catalogue import Settings
from craft.sound.signals import RATE, Signal


def hall_tail(rng: np.random.Generator, seconds: float, share: float) -> Signal:
    """The response of a large hard room, direct sound first."""
    n = round(seconds * RATE)
    tail = rng.standard_normal(n, dtype=np.float32) * signals.decay(seconds, seconds / 9)[:n]
    tail *= share / float(np.sqrt(np.sum(tail**2)))
    tail[0] = 1.0
    return tail


@BEDS.kind("laboratory", "Laboratory", -39, busy=SHARE)
def laboratory(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A fume hood, a transformer, something that bubbles, instruments that report."""
    busy = p.number("busy")
    bed = air(n, rng, 0.15) + hum(n, 100, (0.06, 0.1, 0.04, 0.05)) * 0.7
    scatter(bed, rng, 240 * busy, lambda: bubble(rng) * rng.uniform(0.2, 0.6), 0.5)
    beep = signals.faded(signals.tone(0.07, 2090), 0.004, 0.02)
    scatter(bed, rng, 16 * busy, lambda: beep * np.float32(rng.uniform(0.25, 0.6)))
    return bed


@BEDS.kind("library", "Library", -43, busy=SHARE)
def library(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Still air, pages, a pencil, a chair far away."""
    bed = air(n, rng, 0.6)

    def page() -> Signal:
        length = int(rng.integers(3, 7)) * signals.BLOCK
        return signals.noise(length, rng, signals.band(2000, 9000, 1)) * signals.swell(length, 0.3)

    scatter(bed, rng, 6 + 30 * p.number("busy"), lambda: page() * np.float32(rng.uniform(0.1, 0.4)))
    thud = signals.noise(9600, rng, signals.band(80, 500, 1)) * signals.decay(0.2, 0.03)
    scatter(bed, rng, 4 * p.number("busy"), lambda: thud * np.float32(rng.uniform(0.3, 0.9)))
    return bed


@BEDS.kind("server_room", "Server room", -31, load=LOUDER)
def server_room(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Hundreds of fans: a roar with blade tones in it; load makes them faster."""
    blade = 190 + 160 * p.number("load")
    fans = wide_noise(n, rng, signals.product(signals.band(150, 5000, 1), signals.peak(1100, 5, 1.0)), 0.6)
    blades = hum(n, blade, (0.25, 0.15, 0.1)) + hum(n, blade * 1.031, (0.2, 0.12, 0.08))
    return fans + blades * 0.7 + hum(n, 50, (0.1, 0.2, 0.05))


@BEDS.kind("kitchen", "Kitchen", -41, busy=MUCH_LOUDER)
def kitchen(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A refrigerator's hum, a tap that drips; busy adds pans and plates."""
    bed = air(n, rng, 0.5) + hum(n, 50, (0.25, 0.35, 0.1, 0.12, 0.05)) * 0.8
    scatter(bed, rng, 12, lambda: drop(rng.uniform(1000, 1500), 0.05) * 1.2, 0.4)
    scatter(bed, rng, 40 * p.number("busy"), lambda: clink(rng) * rng.uniform(0.1, 0.5))
    if p.number("busy") > 0.4:
        sizzle = moving_noise(n, rng, signals.band(3500, 10_000, 1), 1.5, 0.5)
        bed += (sizzle + sprinkle(n, rng, 25, drop(5200, 0.006))) * (0.3 * (p.number("busy") - 0.4))
    return bed


@BEDS.kind("gym", "Gym", -33, busy=MUCH_LOUDER)
def gym(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A hard hall: balls that bounce, shoes that squeak, weights that are put down."""
    busy, tail = p.number("busy"), hall_tail(rng, 1.4, 0.8)
    bed = air(n, rng, 0.2) * 0.4

    def ball() -> Signal:
        bounce = signals.glide(0.18, 210, 120) * signals.decay(0.18, 0.03) * 3.0
        return signals.echoed(
            bounce + signals.noise(8640, rng, signals.band(300, 1800, 1)) * signals.decay(0.18, 0.008) * 0.5,
            tail,
        )

    def squeak() -> Signal:
        cry = signals.glide(0.12, rng.uniform(1500, 1900), rng.uniform(2200, 2900))
        return signals.echoed(cry * signals.swell(cry.size) * 0.6, tail)

    scatter(bed, rng, 30 + 60 * busy, several(rng, 6, ball))
    scatter(bed, rng, 6 + 20 * busy, several(rng, 6, squeak))
    return bed + babble(n, rng, 1 + int(3 * busy)) * 0.15


@BEDS.kind("swimming_pool", "Indoor pool", -32, busy=LOUDER)
def swimming_pool(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Water that slaps in a tiled hall, voices lost in the echo."""
    busy, tail = p.number("busy"), hall_tail(rng, 2.2, 1.6)
    wash = moving_noise(
        n, rng, signals.product(signals.band(300, 3500, 1), signals.peak(900, 5, 1)), 2.0, 0.3
    )

    def slap() -> Signal:
        wet = signals.noise(14_400, rng, signals.band(400, 4500, 1)) * signals.decay(0.3, 0.03)
        return signals.echoed(wet, tail) * np.float32(rng.uniform(0.5, 1.6))

    bed = wash * 0.5 + babble(n, rng, 1 + int(4 * busy)) * 0.4
    scatter(bed, rng, 16 + 60 * busy, several(rng, 8, slap))
    return bed


@BEDS.kind("prison", "Cell block", -38, busy=LOUDER)
def prison(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Concrete and steel: doors that clang far away, a voice, a lamp's hum."""
    tail = hall_tail(rng, 2.6, 1.2)
    bed = air(n, rng, 0.8) + hum(n, 100, (0.15, 0.06, 0.05)) * 0.6

    def clang() -> Signal:
        hz = rng.uniform(160, 330)
        struck = np.zeros(43_200, np.float32)
        for ratio in (1.0, 2.76, 5.4):
            struck += signals.tone(0.9, hz * ratio) * signals.decay(0.9, 0.09 / ratio**0.5)
        wet = signals.echoed(signals.shaped(struck, signals.low(1800, 1)), tail)
        return wet * np.float32(rng.uniform(0.7, 1.8))

    scatter(bed, rng, 4 + 18 * p.number("busy"), several(rng, 5, clang))
    return np.asarray(bed + babble(n, rng, 1) * (0.08 + 0.2 * p.number("busy")), np.float32)


@BEDS.kind("lift", "Inside a lift", -36, speed=LOUDER)
def lift(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A motor far above, cables, a fan; the floors pass."""
    speed = p.number("speed")
    bed = hum(n, 60 + 50 * speed, (0.5, 0.3, 0.25, 0.1, 0.08)) + air(n, rng, 0.3) * 0.8
    rumble = moving_noise(
        n, rng, signals.product(signals.band(40, 300, 1), signals.tilt(-3.0, 100)), 2.0, 0.6
    )
    tick = signals.noise(4800, rng, signals.band(150, 1200, 1)) * signals.decay(0.1, 0.015)
    floors = max(1, round(n / RATE * (0.25 + 0.5 * speed)))
    bed += rumble * 0.6
    for index in range(floors):
        signals.place(bed, fitted(signals.panned(tick * 1.2, 0.0), n), n * (2 * index + 1) // (2 * floors))
    return bed


@BEDS.kind("control_room", "Control room", -36, busy=SHARE)
def control_room(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Consoles that blip, fans, voices on a radio loop."""
    busy = p.number("busy")
    bed = air(n, rng, 0.1) * 0.6 + hum(n, 120, (0.06, 0.05, 0.04))

    def blip() -> Signal:
        one = signals.faded(signals.tone(0.05, rng.choice((880.0, 1320.0, 1760.0, 2640.0))), 0.003, 0.015)
        return np.tile(one, int(rng.integers(1, 4))) * np.float32(rng.uniform(0.25, 0.8))

    scatter(bed, rng, 24 + 110 * busy, blip)
    radio = signals.shaped(babble(n, rng, 1), signals.band(600, 2600, 2))
    return bed + radio * (0.15 + 0.3 * busy)
