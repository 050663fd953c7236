"""What people do with their bodies: steps, cloth, falls, claps, breath, heart."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.doors import thud
from craft.sound.foley.register import HITS, MUCH_LOUDER, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal

SURFACES = (
    "wood",
    "concrete",
    "gravel",
    "grass",
    "metal",
    "snow",
    "water",
    "carpet",
    "tiles",
    "leaves",
    "sand",
)


def step(rng: np.random.Generator, surface: str) -> Signal:
    """One footstep, heel then sole."""
    heel = thud(rng, {"wood": 105, "metal": 150}.get(surface, 80) * rng.uniform(0.94, 1.06), 0.18)
    shapes = {
        "wood": (signals.band(150, 1800, 1), 0.02, 0.5),
        "concrete": (signals.band(500, 5200, 1), 0.010, 0.6),
        "gravel": (signals.band(1200, 8500, 1), 0.05, 1.3),
        "grass": (signals.band(900, 5000, 1), 0.04, 0.6),
        "metal": (signals.band(400, 6000, 1), 0.015, 0.5),
        "snow": (signals.band(700, 3800, 2), 0.06, 1.2),
        "water": (signals.band(300, 3500, 1), 0.07, 1.4),
        "carpet": (signals.band(120, 900, 1), 0.02, 0.5),
        "tiles": (signals.band(900, 7000, 1), 0.007, 0.8),
        "leaves": (signals.band(1500, 9500, 1), 0.07, 1.0),
        "sand": (signals.band(400, 2600, 1), 0.08, 0.9),
    }
    shape, half, amount = shapes[surface]
    sole = burst(rng, 0.3, shape, half) * amount
    if surface in ("gravel", "snow", "leaves"):
        sole *= 0.35 + np.abs(signals.drift(sole.size, rng, 140, -1, 1))
    soft = 0.15 if surface in ("grass", "snow", "carpet", "water", "leaves", "sand") else 1.0
    parts = [(0.0, heel * soft * 0.8), (0.05, sole * 0.6), (0.0, sole * 0.4)]
    if surface == "metal":
        parts.append((0.0, ringing(0.3, rng.uniform(300, 380), (1, 2.76, 5.4), 0.06) * 0.4))
    return timeline(0.4, *parts)


@HITS.kind(
    "steps", "Footsteps", -14, surface=Choice(SURFACES), count=Figure(4, 1, 40), pace=Figure(1.9, 0.6, 4.0)
)
def steps(rng: np.random.Generator, p: Settings) -> Signal:
    """`count` steps at `pace` per second; left and right differ."""
    total, pace = int(p.number("count")), p.number("pace")
    walked = [
        (
            i / pace + rng.uniform(0, 0.03),
            step(rng, p.word("surface")) * (1.0 if i % 2 else 0.85) * rng.uniform(0.85, 1.1),
        )
        for i in range(total)
    ]
    return roomy(timeline(total / pace + 0.45, *walked), rng, 0.3, 0.15)


@HITS.kind("cloth", "Clothes rustle", -22)
def cloth(rng: np.random.Generator, p: Settings) -> Signal:
    """A coat or sleeve that moves."""
    n = round(0.8 * RATE)
    return (
        signals.noise(n, rng, signals.band(500, 5500, 1))
        * signals.swell(n, 0.3)
        * np.abs(signals.drift(n, rng, 22, -1, 1))
    )


@HITS.kind("body_fall", "Body falls", -8)
def body_fall(rng: np.random.Generator, p: Settings) -> Signal:
    """Knees, then the rest."""
    return roomy(
        timeline(0.9, (0, thud(rng, 75) * 0.6), (0.16, thud(rng, 58)), (0.3, thud(rng, 90) * 0.4)),
        rng,
        0.4,
        0.3,
    )


@HITS.kind("punch", "Punch", -7)
def punch(rng: np.random.Generator, p: Settings) -> Signal:
    """A blow that lands, as films have it."""
    slap = burst(rng, 0.2, signals.band(600, 4500, 1), 0.012)
    return roomy(timeline(0.4, (0, thud(rng, 95, 0.3) * 1.2), (0.004, slap * 0.8)), rng, 0.25, 0.2)


@HITS.kind("applause", "Applause", -12, size=MUCH_LOUDER)
def applause(rng: np.random.Generator, p: Settings) -> Signal:
    """Hands of a few or of a hall, rising and dying away."""
    n, total = 4 * RATE, int(40 + 700 * p.number("size"))
    clap = burst(rng, 0.03, signals.band(700, 3400, 1), 0.004)
    strip = np.zeros(n, np.float32)
    for at in rng.integers(0, n - clap.size, total):
        strip[at : at + clap.size] += clap * rng.uniform(0.2, 1.0)
    return roomy(strip * signals.swell(n, 0.25), rng, 0.7, 0.3)


@HITS.kind("heartbeat", "Heartbeat", -11, pulse=Figure(70, 40, 170), count=Figure(4, 1, 20))
def heartbeat(rng: np.random.Generator, p: Settings) -> Signal:
    """Two dull beats, again and again."""
    beat, period = thud(rng, 46 * rng.uniform(0.86, 1.14), 0.25), 60 / p.number("pulse")
    total = int(p.number("count"))
    beats = [
        (i * period + late, beat * strength)
        for i in range(total)
        for late, strength in ((0, 1), (0.17 * period / 0.85, 0.7))
    ]
    return signals.shaped(timeline(total * period + 0.3, *beats), signals.low(160, 2))


@HITS.kind("breath", "Breath", -25, effort=MUCH_LOUDER)
def breath(rng: np.random.Generator, p: Settings) -> Signal:
    """In and out; with effort it is short and loud."""
    length = 1.1 - 0.6 * p.number("effort")
    n = round(length * RATE)
    into = signals.noise(
        n, rng, signals.product(signals.band(500, 5200, 1), signals.peak(1800, 7, 0.8))
    ) * signals.swell(n, 0.6)
    out = signals.noise(
        n, rng, signals.product(signals.band(350, 3800, 1), signals.peak(900, 8, 0.8))
    ) * signals.swell(n, 0.3)
    return timeline(2 * length + 0.15, (0, into * 0.7), (length + 0.1, out))
