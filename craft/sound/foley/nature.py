"""Weather, fire, water and animals as single events."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Figure, Settings
from craft.sound.foley.register import FAINTER, HITS, LOUDER, MUCH_LOUDER, burst, ringing, timeline
from craft.sound.signals import RATE, Signal


@HITS.kind("thunder", "Thunder", -10, distance=FAINTER)
def thunder(rng: np.random.Generator, p: Settings) -> Signal:
    """A crack when near, then a roll; far thunder only rolls."""
    distance = p.number("distance")
    n = round((3.5 + 2.5 * distance) * RATE)
    roll = signals.noise(n, rng, signals.product(signals.band(22, 160, 1), signals.tilt(-3.0, 80)))
    roll *= signals.swell(n, 0.12) * signals.drift(n, rng, 6, 0.15, 1.0)
    crack = burst(rng, 0.9, signals.band(200, 7000, 1), 0.07) * (1.0 - distance) ** 1.5 * 1.4
    return timeline(n / RATE, (0.05, roll), (0.0, crack))


@HITS.kind("splash", "Splash", -12, size=MUCH_LOUDER)
def splash(rng: np.random.Generator, p: Settings) -> Signal:
    """Something goes into water."""
    plunge = signals.glide(0.35, 420 - 260 * p.number("size"), 130) * signals.decay(0.35, 0.05)
    spray = burst(rng, 1.2, signals.band(600, 7000, 1), 0.1 + 0.1 * p.number("size"))
    drops = [
        (rng.uniform(0.3, 1.2), ringing(0.06, rng.uniform(900, 2200), (1,), 0.01) * 0.3) for _ in range(9)
    ]
    return timeline(1.4, (0, plunge), (0.02, spray * 0.8), *drops)


@HITS.kind("drip", "Drops of water", -20, count=Figure(3, 1, 20))
def drip(rng: np.random.Generator, p: Settings) -> Signal:
    """Single drops into standing water."""
    total = int(p.number("count"))
    drops = [
        (
            i * 0.8 + rng.uniform(0, 0.2),
            signals.glide(0.07, rng.uniform(700, 1000), rng.uniform(1500, 2100)) * signals.decay(0.07, 0.012),
        )
        for i in range(total)
    ]
    return timeline(0.8 * total + 0.4, *drops)


@HITS.kind("ignite", "Flame catches", -13)
def ignite(rng: np.random.Generator, p: Settings) -> Signal:
    """A match or a lighter."""
    strike = burst(rng, 0.25, signals.high(2500), 0.05)
    n = round(0.7 * RATE)
    flame = signals.noise(n, rng, signals.band(120, 1500, 1)) * signals.swell(n, 0.2)
    return timeline(1.0, (0, strike), (0.16, flame * 0.7))


@HITS.kind("explosion", "Explosion", -6, size=LOUDER)
def explosion(rng: np.random.Generator, p: Settings) -> Signal:
    """A blast, a low wave and debris."""
    n = round(3.2 * RATE)
    blast = burst(rng, 1.2, signals.band(40, 5000, 1), 0.09)
    wave = signals.glide(1.8, 95, 26) * signals.decay(1.8, 0.3) * (0.8 + p.number("size"))
    rumble = (
        signals.noise(n, rng, signals.band(25, 240, 1))
        * signals.swell(n, 0.08)
        * signals.drift(n, rng, 8, 0.2, 1)
    )
    return timeline(3.3, (0, blast), (0, wave), (0.05, rumble * 0.7))


@HITS.kind("bird_call", "Bird calls", -18)
def bird_call(rng: np.random.Generator, p: Settings) -> Signal:
    """Three whistled notes, twice."""
    notes = [
        (t + late, signals.glide(0.11, hz, hz * rng.uniform(0.85, 1.2)) * signals.swell(5280))
        for late in (0, 0.75)
        for t, hz in ((0, 3100), (0.16, 3600), (0.32, 2900))
    ]
    return timeline(1.4, *notes)


@HITS.kind("gull", "Gull cries", -15, count=Figure(3, 1, 12))
def gull(rng: np.random.Generator, p: Settings) -> Signal:
    """Falling cries, each a little lower."""
    total, voice = int(p.number("count")), rng.uniform(0.88, 1.12)
    strip = []
    for i in range(total):
        cry = signals.glide(0.42, voice * (1650 - 40 * i), voice * (980 - 20 * i))
        harsh = cry + 0.5 * np.sign(cry) * np.abs(cry) ** 0.5
        strip.append(
            (
                0.55 * i + rng.uniform(0, 0.08),
                signals.shaped(
                    (harsh * signals.swell(cry.size, 0.25)).astype(np.float32), signals.band(700, 5200, 1)
                ),
            )
        )
    return timeline(0.55 * total + 0.3, *strip)


@HITS.kind("dog", "Dog barks", -11, count=Figure(2, 1, 12))
def dog(rng: np.random.Generator, p: Settings) -> Signal:
    """Short barks."""
    total, size = int(p.number("count")), rng.uniform(0.85, 1.15)
    barks = []
    for i in range(total):
        pitch = np.concatenate(
            [signals.glide(0.05, 260 * size, 520 * size), signals.glide(0.13, 520 * size, 230 * size)]
        )
        rough = (
            np.sign(pitch).astype(np.float32) * 0.6
            + signals.noise(pitch.size, rng, signals.band(400, 3000, 1)) * 0.3
        )
        barks.append(
            (
                0.42 * i,
                signals.shaped(
                    rough * signals.swell(pitch.size, 0.3),
                    signals.product(signals.band(300, 3200, 1), signals.peak(850, 9, 0.6)),
                ),
            )
        )
    return timeline(0.42 * total + 0.3, *barks)
