"""Doors and locks."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.register import HITS, MUCH_LOUDER, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


def latch(rng: np.random.Generator) -> Signal:
    """A latch that clicks: two small metal taps."""
    one = (
        ringing(0.08, rng.uniform(1700, 2300), (1, 2.4, 3.9), 0.006)
        + burst(rng, 0.08, signals.high(2000), 0.003) * 0.4
    )
    return timeline(0.2, (0.0, one), (rng.uniform(0.05, 0.08), one * 0.7))


def thud(rng: np.random.Generator, hz: float, seconds: float = 0.4) -> Signal:
    """A heavy body meeting another."""
    body = signals.glide(seconds, hz * 1.5, hz) * signals.decay(seconds, 0.04)
    return body + burst(rng, seconds, signals.band(90, 1100, 1), 0.025) * 0.6


def creak(rng: np.random.Generator, seconds: float, hz: float) -> Signal:
    """Stick and slip: pulses whose rate wanders, through a woody resonance."""
    n = round(seconds * RATE)
    rate = signals.drift(n, rng, 5, 30, 85)
    pulses = (np.diff(np.floor(np.cumsum(rate) / RATE), prepend=0) > 0).astype(np.float32)
    body = signals.shaped(
        pulses, signals.product(signals.peak(hz, 26, 0.2), signals.peak(hz * 2.3, 20, 0.2), signals.high(150))
    )
    return body * signals.swell(n, 0.6)


@HITS.kind("door_open", "Door opens", -10, material=Choice(("wood", "metal", "glass")))
def door_open(rng: np.random.Generator, p: Settings) -> Signal:
    """Latch, then hinges."""
    hinge = creak(rng, 0.9, {"wood": 520, "metal": 900, "glass": 1400}[p.word("material")])
    gain = {"wood": 0.5, "metal": 0.8, "glass": 0.15}[p.word("material")]
    return roomy(
        timeline(1.3, (0, latch(rng)), (0.18, hinge / max(np.abs(hinge).max(), 1e-6) * gain)), rng, 0.5, 0.3
    )


@HITS.kind("door", "Door closes", -10, material=Choice(("wood", "metal", "glass")), force=MUCH_LOUDER)
def door(rng: np.random.Generator, p: Settings) -> Signal:
    """The leaf meets the frame, the latch follows; force 1 is a slam."""
    force = p.number("force")
    hit = thud(rng, {"wood": 82, "metal": 64, "glass": 120}[p.word("material")], 0.5) * (0.5 + force)
    if p.word("material") == "metal":
        hit = hit + ringing(0.5, 210, (1, 2.76, 5.4), 0.09) * 0.35
    return roomy(
        timeline(0.8, (0, hit), (0.04, latch(rng) * (0.9 - 0.4 * force))), rng, 0.5 + 0.6 * force, 0.35
    )


@HITS.kind(
    "knock", "Knock on a door", -9, material=Choice(("wood", "metal", "glass")), count=Figure(3, 1, 12)
)
def knock(rng: np.random.Generator, p: Settings) -> Signal:
    """Knuckles on a door, `count` times."""
    hz = {"wood": 190, "metal": 320, "glass": 780}[p.word("material")]
    taps = [
        ringing(0.25, hz * rng.uniform(0.97, 1.03), (1, 1.9, 3.1), 0.025)
        + burst(rng, 0.25, signals.band(200, 2500, 1), 0.008) * 0.5
        for _ in range(int(p.number("count")))
    ]
    return roomy(
        timeline(
            0.22 * len(taps) + 0.34, *((0.22 * i + rng.uniform(0, 0.03), tap) for i, tap in enumerate(taps))
        ),
        rng,
        0.4,
        0.25,
    )


@HITS.kind("lock", "Key in a lock", -13)
def lock(rng: np.random.Generator, p: Settings) -> Signal:
    """A key goes in, turns, and a bolt moves."""
    teeth = [
        (0.03 * i, burst(rng, 0.02, signals.band(2500, 9000), 0.002) * rng.uniform(0.2, 0.5))
        for i in range(6)
    ]
    return roomy(timeline(1.0, *teeth, (0.45, latch(rng)), (0.6, thud(rng, 160, 0.2) * 0.7)), rng, 0.3, 0.2)
