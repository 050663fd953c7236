"""People together: crowd, café, stadium, market, classroom. Voices are shaped noise: no word can be
understood.
"""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.beds.places import air
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    count,
    fitted,
    moving_noise,
    repeated,
    somewhere,
    wide_noise,
)
from craft.sound.catalogue import Settings
from craft.sound.signals import RATE, Signal


def babble(n: int, rng: np.random.Generator, voices: int) -> Signal:
    """Unintelligible voices: each a buzz with two wandering formants that is gated in syllables."""
    bed = np.zeros((2, n), np.float32)
    for _ in range(voices):
        bed += repeated(n, rng, lambda length: talker(length, rng), 4.0)
    return bed


def talker(n: int, rng: np.random.Generator) -> Signal:
    """One of them."""
    body, bright = rng.uniform(380, 700), rng.uniform(1100, 2200)
    shape = signals.product(
        signals.band(180, 3600, 1), signals.peak(body, 14, 0.35), signals.peak(bright, 9, 0.3)
    )
    syllables = np.clip(signals.drift(n, rng, rng.uniform(7, 10), -0.6, 1.0), 0, 1)
    phrases = np.clip(signals.drift(n, rng, 0.6, -0.5, 1.5), 0, 1)
    voice = signals.noise(n, rng, shape) * syllables * phrases
    return signals.panned(voice * np.float32(rng.uniform(0.3, 1.0)), rng.uniform(-1, 1))


def clink(rng: np.random.Generator) -> Signal:
    """Cutlery or glass, once."""
    hz = rng.uniform(2400, 4800)
    return (signals.tone(0.4, hz) + 0.6 * signals.tone(0.4, hz * 1.47)) * signals.decay(0.4, 0.035)


@BEDS.kind("crowd", "Crowd", -30, size=MUCH_LOUDER)
def crowd(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Many people talking in the open."""
    wash = moving_noise(
        n, rng, signals.product(signals.band(250, 2600, 1), signals.peak(600, 6, 1)), 1.5, 0.6
    )
    return babble(n, rng, 4 + int(6 * p.number("size"))) + wash * (0.4 + p.number("size"))


@BEDS.kind("cafe", "Café or bar", -33, busy=LOUDER)
def cafe(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Talk at other tables, cups and glasses."""
    bed = babble(n, rng, 2 + int(5 * p.number("busy"))) + air(n, rng, 0.1) * 0.5
    for _ in range(count(n, rng, 8 + 40 * p.number("busy"))):
        signals.place(
            bed,
            fitted(signals.panned(clink(rng) * rng.uniform(0.05, 0.35), rng.uniform(-1, 1)), n),
            somewhere(n, rng),
        )
    return bed


@BEDS.kind("stadium", "Stadium", -25, heat=MUCH_LOUDER)
def stadium(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Thousands: a roar that swells."""
    roar = wide_noise(n, rng, signals.product(signals.band(220, 3200, 1), signals.peak(800, 7, 1.2)), 0.8)
    return roar * signals.drift(n, rng, 0.5, 0.7 - 0.5 * p.number("heat"), 1.0)


@BEDS.kind("market", "Market square", -30, busy=LOUDER)
def market(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Voices near and far, crates, footsteps."""
    bed = (
        babble(n, rng, 5 + int(5 * p.number("busy")))
        + moving_noise(n, rng, signals.band(200, 2000, 1), 1.0, 0.5) * 0.4
    )
    for _ in range(count(n, rng, 30 * p.number("busy"))):
        thud = signals.noise(int(0.2 * RATE), rng, signals.band(90, 700, 1)) * signals.decay(0.2, 0.02)
        signals.place(
            bed,
            fitted(signals.panned(thud * rng.uniform(0.2, 0.8), rng.uniform(-1, 1)), n),
            somewhere(n, rng),
        )
    return bed


@BEDS.kind("classroom", "Classroom", -38, busy=MUCH_LOUDER)
def classroom(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A room of people who mostly keep quiet: paper, chairs, whispers."""
    bed = air(n, rng, 0.4) + babble(n, rng, 1 + int(3 * p.number("busy"))) * 0.3
    for _ in range(count(n, rng, 30)):
        rustle = signals.noise(int(0.25 * RATE), rng, signals.band(1800, 8000, 1)) * signals.swell(
            int(0.25 * RATE), 0.3
        )
        signals.place(
            bed,
            fitted(signals.panned(rustle * rng.uniform(0.05, 0.2), rng.uniform(-1, 1)), n),
            somewhere(n, rng),
        )
    return bed
