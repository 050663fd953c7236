"""Fights: slaps, bones, blades, arrows, guns that are cocked and that do not stop."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Figure, Settings
from craft.sound.foley.doors import thud
from craft.sound.foley.register import HITS, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


@HITS.kind("slap", "Slap", -9)
def slap(rng: np.random.Generator, p: Settings) -> Signal:
    """A flat hand: bright, without body."""
    return roomy(burst(rng, 0.12, signals.band(900, 6500, 1), 0.007), rng, 0.3, 0.2, 5000)


@HITS.kind("bone_crack", "Bone cracks", -11)
def bone_crack(rng: np.random.Generator, p: Settings) -> Signal:
    """Several dry snaps close together over something soft."""
    snaps = [
        (at, burst(rng, 0.05, signals.band(900, 5200, 1), 0.004) * strength)
        for at, strength in ((0.0, 0.6), (0.018, 1.0), (0.05, 0.7), (0.063, 0.5))
    ]
    return timeline(0.3, (0.01, thud(rng, 110, 0.2) * 0.35), *snaps)


@HITS.kind("sword_clash", "Blades meet", -9, count=Figure(1, 1, 12))
def sword_clash(rng: np.random.Generator, p: Settings) -> Signal:
    """Steel on steel, ringing high."""
    total = int(p.number("count"))
    blows = [
        (
            0.55 * i + rng.uniform(0, 0.06),
            ringing(0.9, rng.uniform(1900, 2500), (1, 1.47, 2.09, 2.9, 3.7), 0.11)
            + burst(rng, 0.9, signals.high(3500), 0.008) * 0.6,
        )
        for i in range(total)
    ]
    return roomy(timeline(0.55 * total + 0.7, *blows), rng, 0.6, 0.2, 6000)


@HITS.kind("gun_cock", "Gun is cocked", -14)
def gun_cock(rng: np.random.Generator, p: Settings) -> Signal:
    """A slide goes back and forward."""

    def clack(hz: float) -> Signal:
        return (
            ringing(0.08, hz, (1, 1.9, 3.3), 0.007)
            + burst(rng, 0.08, signals.band(1200, 7500, 1), 0.006) * 0.8
        )

    n = round(0.12 * RATE)
    slide = signals.noise(n, rng, signals.band(1500, 6000, 1)) * signals.swell(n) * 0.15
    return timeline(0.5, (0, clack(1450) * 0.8), (0.04, slide), (0.21, clack(1150)))


@HITS.kind("machine_gun", "Machine gun", -8, count=Figure(8, 2, 60), pace=Figure(10.0, 5.0, 16.0))
def machine_gun(rng: np.random.Generator, p: Settings) -> Signal:
    """`count` shots at `pace` per second."""
    total, pace = int(p.number("count")), p.number("pace")
    shots = []
    for i in range(total):
        crack = burst(rng, 0.09, signals.high(800), 0.006)
        body = signals.glide(0.09, 170, 70) * signals.decay(0.09, 0.02)
        shots.append((i / pace, (crack + body * 0.8) * rng.uniform(0.85, 1.0)))
    return roomy(timeline(total / pace + 0.2, *shots), rng, 1.2, 0.35, 2400)


@HITS.kind("ricochet", "Ricochet", -12)
def ricochet(rng: np.random.Generator, p: Settings) -> Signal:
    """A hit and a whine that flies off and falls."""
    start = rng.uniform(3000, 3600)
    whine = signals.glide(0.8, start, start * 0.38) * signals.decay(0.8, 0.17)
    return roomy(
        timeline(0.9, (0, burst(rng, 0.05, signals.high(2000), 0.004)), (0.01, whine * 0.7)), rng, 0.7, 0.25
    )


@HITS.kind("arrow", "Arrow", -13)
def arrow(rng: np.random.Generator, p: Settings) -> Signal:
    """A string, a flight, wood that is struck."""
    string = ringing(0.25, 140, (1, 2, 3), 0.03)
    n = round(0.28 * RATE)
    flight = signals.noise(n, rng, signals.band(1400, 6000, 1)) * signals.swell(n, 0.6)
    hit = thud(rng, 210, 0.15) + burst(rng, 0.15, signals.band(500, 4000, 1), 0.006) * 0.6
    return timeline(0.8, (0, string * 0.6), (0.06, flight * 0.25), (0.36, hit))


@HITS.kind("shield", "Shield is hit", -10)
def shield(rng: np.random.Generator, p: Settings) -> Signal:
    """A blow on wood bound with iron."""
    rim = ringing(0.5, 480, (1, 2.3, 3.6), 0.05) * 0.4
    return roomy(timeline(0.6, (0, thud(rng, 120, 0.3)), (0, rim)), rng, 0.4, 0.25)


@HITS.kind("rope", "Rope under load", -16, seconds=Figure(1.2, 0.4, 5.0))
def rope(rng: np.random.Generator, p: Settings) -> Signal:
    """Fibres that creak as a rope is stretched."""
    n = round(p.number("seconds") * RATE)
    rate = signals.drift(n, rng, 4, 14, 48)
    slips = (np.diff(np.floor(np.cumsum(rate, dtype=np.float64) / RATE), prepend=0) > 0).astype(np.float32)
    body = signals.product(signals.peak(680, 22, 0.4), signals.peak(1500, 14, 0.4), signals.high(250))
    return signals.faded(signals.shaped(slips, body) * signals.drift(n, rng, 6, 0.4, 1.0), 0.02, 0.1)
