"""Bells, horns and signals."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.register import FAINTER, HITS, ringing, roomy, timeline
from craft.sound.signals import Signal


@HITS.kind("bell", "Bell", -10, size=Choice(("shop", "hand", "church")), count=Figure(1, 1, 12))
def bell(rng: np.random.Generator, p: Settings) -> Signal:
    """A shop door's, a hand bell or a tower's."""
    hz, half, period = {"shop": (2300, 0.12, 0.35), "hand": (1250, 0.25, 0.5), "church": (196, 1.1, 2.2)}[
        p.word("size")
    ]
    stroke = ringing(half * 6, hz * rng.uniform(0.96, 1.04), (0.5, 1, 1.19, 1.5, 2, 2.67, 4.1), half)
    total = int(p.number("count"))
    return roomy(
        timeline(period * (total - 1) + half * 6, *((period * i, stroke) for i in range(total))),
        rng,
        0.6,
        0.15,
    )


@HITS.kind("ship_horn", "Ship's horn", -11, seconds=Figure(3.0, 0.8, 8.0), distance=FAINTER)
def ship_horn(rng: np.random.Generator, p: Settings) -> Signal:
    """Two low reeds over open water; far away only their body is left."""
    seconds = p.number("seconds")
    reeds = [
        sum((signals.tone(seconds, hz * k) / k for k in range(2, 16)), start=signals.tone(seconds, hz))
        for hz in (87.3, 110.4)
    ]
    voice = signals.shaped(reeds[0] + reeds[1] * 0.8, signals.low(2600 - 2100 * p.number("distance"), 2))
    return roomy(signals.faded(voice, 0.18, 0.45), rng, 2.4, 0.4 + 0.5 * p.number("distance"), 900)


@HITS.kind("train_horn", "Train horn", -9)
def train_horn(rng: np.random.Generator, p: Settings) -> Signal:
    """A chord of three horns."""
    chord = sum(
        (signals.tone(1.6, hz * k) / k for hz in (311, 370, 466) for k in range(1, 8)),
        start=np.zeros(76_800, np.float32),
    )
    return roomy(signals.faded(signals.shaped(chord, signals.low(3800, 1)), 0.06, 0.25), rng, 1.6, 0.4, 2200)


@HITS.kind("car_horn", "Car horn", -11, count=Figure(1, 1, 6))
def car_horn(rng: np.random.Generator, p: Settings) -> Signal:
    """Short hoots."""
    hoot = np.sign(signals.tone(0.35, 405)) + np.sign(signals.tone(0.35, 508))
    one = signals.faded(signals.shaped(hoot.astype(np.float32), signals.band(300, 4200, 1)), 0.01, 0.04)
    total = int(p.number("count"))
    return roomy(timeline(0.5 * total + 0.2, *((0.5 * i, one) for i in range(total))), rng, 0.5, 0.2)


@HITS.kind("siren", "Siren", -12, seconds=Figure(3.0, 1.0, 20.0))
def siren(rng: np.random.Generator, p: Settings) -> Signal:
    """An emergency vehicle's wail."""
    turns, make = max(1, round(p.number("seconds"))), rng.uniform(0.94, 1.06)
    low_hz, high_hz = 640 * make, 1380 * make
    wail = np.concatenate(
        [
            part
            for _ in range(turns)
            for part in (signals.glide(0.5, low_hz, high_hz), signals.glide(0.5, high_hz, low_hz))
        ]
    )
    return signals.faded(wail + 0.3 * np.sign(wail).astype(np.float32), 0.05, 0.2)


@HITS.kind("whistle", "Whistle", -12)
def whistle(rng: np.random.Generator, p: Settings) -> Signal:
    """A referee's, with its pea."""
    hz = 2850 * rng.uniform(0.95, 1.05)
    tone = signals.tone(0.6, hz) + 0.5 * signals.tone(0.6, hz + 160)
    return signals.faded(tone * (0.7 + 0.3 * signals.tone(0.6, 33)), 0.01, 0.05)


@HITS.kind("chime", "Chime", -14)
def chime(rng: np.random.Generator, p: Settings) -> Signal:
    """A pleasant two-note signal."""
    return roomy(
        timeline(2.2, (0, ringing(1.6, 880, (1, 2, 3), 0.25)), (0.45, ringing(1.7, 659.3, (1, 2, 3), 0.3))),
        rng,
        0.8,
        0.2,
    )


@HITS.kind("sting", "Sting", -9)
def sting(rng: np.random.Generator, p: Settings) -> Signal:
    """A dark hit for a revelation."""
    low_hit = ringing(2.0, 55, (1, 2, 3, 4.02, 5.04, 6.1), 0.4)
    clash = ringing(1.6, 622, (1, 1.06, 1.5), 0.18) * 0.3
    return roomy(timeline(2.1, (0, low_hit), (0, clash)), rng, 1.4, 0.4)
