"""Voices without words, of people and animals: a source of pulses and breath through the resonances of a
throat.
"""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Figure, Settings
from craft.sound.foley.register import HITS, MUCH_LOUDER, burst, roomy, timeline
from craft.sound.signals import RATE, Shape, Signal

VOWELS = {
    "a": (800.0, 1200.0, 2600.0),
    "e": (500.0, 1900.0, 2600.0),
    "i": (320.0, 2300.0, 3000.0),
    "o": (480.0, 850.0, 2500.0),
    "u": (340.0, 700.0, 2300.0),
}


def throat(vowel: str, scale: float = 1.0) -> Shape:
    """The resonances of a vowel; `scale` above 1 is a smaller head."""
    first, second, third = (hz * scale for hz in VOWELS[vowel])
    return signals.product(
        signals.peak(first, 20, 0.35),
        signals.peak(second, 16, 0.28),
        signals.peak(third, 10, 0.3),
        signals.high(110),
        signals.low(4200 * scale, 1),
    )


def voiced(rng: np.random.Generator, pitch: Signal, shape: Shape, breath: float = 0.1) -> Signal:
    """A voice whose pitch follows a curve in Hz, with a share of breath, at a peak of 1."""
    phase = np.cumsum(pitch, dtype=np.float64) / RATE
    pulses = np.zeros(pitch.size)
    for k in range(1, 24):
        heard = pitch * k < 9000
        pulses += np.where(heard, np.sin(2 * np.pi * k * phase + 0.4 * k * k), 0.0) / k
    source = pulses.astype(np.float32) + breath * signals.noise(pitch.size, rng, signals.band(400, 7000, 1))
    out = signals.shaped(source, shape)
    return out / max(float(np.abs(out).max()), 1e-6)


def curve(seconds: float, *hz: float) -> Signal:
    """A pitch that goes evenly through its points."""
    n = round(seconds * RATE)
    return np.interp(np.linspace(0, len(hz) - 1, n), np.arange(len(hz)), hz).astype(np.float32)


def shake(pitch: Signal, rate: float, share: float) -> Signal:
    """A pitch with a vibrato."""
    at = np.arange(pitch.size) / RATE
    return (pitch * (1 + share * np.sin(2 * np.pi * rate * at))).astype(np.float32)


def shaped_voice(
    rng: np.random.Generator, pitch: Signal, vowel: str, scale: float, breath: float, rise: float
) -> Signal:
    """A voice that swells and dies away."""
    return voiced(rng, pitch, throat(vowel, scale), breath) * signals.swell(pitch.size, rise)


@HITS.kind("gasp", "Crowd gasps", -15, size=MUCH_LOUDER)
def gasp(rng: np.random.Generator, p: Settings) -> Signal:
    """Several people draw breath at once."""
    breaths = []
    for _ in range(3 + int(20 * p.number("size"))):
        n = round(rng.uniform(0.35, 0.6) * 20) * RATE // 20
        middle = rng.uniform(1100, 2100)
        shape = signals.product(signals.band(500, 6000, 1), signals.peak(middle, 10, 0.5))
        breaths.append(
            (
                rng.uniform(0, 0.18),
                signals.noise(n, rng, shape) * signals.swell(n, 0.75) * rng.uniform(0.3, 1),
            )
        )
    return roomy(timeline(0.9, *breaths), rng, 0.5, 0.2)


def laugh(rng: np.random.Generator) -> Signal:
    """One person's laugh: short vowels with an h before each, falling."""
    base, scale, notes = rng.uniform(150, 330), rng.uniform(0.95, 1.2), int(rng.integers(4, 9))
    parts = []
    for i in range(notes):
        top = base * (1.35 - 0.5 * i / notes)
        ha = shaped_voice(rng, curve(0.12, top, top * 0.85), "a", scale, 0.35, 0.35)
        parts.append((0.2 * i + rng.uniform(0, 0.015), ha * (1 - 0.6 * i / notes)))
    return timeline(0.2 * notes + 0.1, *parts)


@HITS.kind("laughter", "Laughter", -14, size=MUCH_LOUDER)
def laughter(rng: np.random.Generator, p: Settings) -> Signal:
    """One person at 0, a full room at 1."""
    total = 1 + int(24 * p.number("size") ** 1.5)
    laughs = [
        (rng.uniform(0, 0.8) if total > 1 else 0.0, laugh(rng) * rng.uniform(0.4, 1)) for _ in range(total)
    ]
    return roomy(timeline(2.6, *laughs), rng, 0.4 + 0.4 * p.number("size"), 0.2)


@HITS.kind("cheer", "Crowd cheers", -11, size=MUCH_LOUDER)
def cheer(rng: np.random.Generator, p: Settings) -> Signal:
    """Many voices that shout for joy."""
    seconds = 3.0
    n = round(seconds * RATE)
    roar = signals.noise(n, rng, signals.product(signals.band(350, 3600, 1), signals.peak(950, 9, 1.0)))
    shouts = []
    for _ in range(6 + int(18 * p.number("size"))):
        top = rng.uniform(260, 620)
        long = round(rng.uniform(0.5, 1.3), 1)
        voice = shaped_voice(
            rng, curve(long, top * 0.8, top, top * 0.9), rng.choice(("a", "e", "o")), 1.1, 0.2, 0.3
        )
        shouts.append((rng.uniform(0, seconds - long), voice * rng.uniform(0.2, 0.7)))
    return roomy(timeline(seconds, (0, roar * signals.swell(n, 0.25) * 0.35), *shouts), rng, 0.7, 0.25)


@HITS.kind("scream", "Scream", -9)
def scream(rng: np.random.Generator, p: Settings) -> Signal:
    """One high voice, rough and long."""
    pitch = shake(curve(1.2, 700, 1050, 1000, 760), 6.5, 0.03)
    rough = pitch * (1 + 0.04 * signals.drift(pitch.size, rng, 300, -1, 1))
    return roomy(shaped_voice(rng, rough.astype(np.float32), "a", 1.25, 0.3, 0.25), rng, 0.8, 0.25)


@HITS.kind("baby_cry", "Baby cries", -14, count=Figure(2, 1, 10))
def baby_cry(rng: np.random.Generator, p: Settings) -> Signal:
    """Wails with a breath between."""
    total = int(p.number("count"))
    cries = []
    for i in range(total):
        top = rng.uniform(430, 520)
        wail = shaped_voice(
            rng, shake(curve(0.9, top * 0.85, top, top * 1.02, top * 0.7), 7, 0.02), "a", 1.6, 0.15, 0.3
        )
        cries.append((1.3 * i, wail))
    return timeline(1.3 * total, *cries)


@HITS.kind("cough", "Cough", -13, count=Figure(2, 1, 8))
def cough(rng: np.random.Generator, p: Settings) -> Signal:
    """A burst of breath and a grunt behind it."""
    total = int(p.number("count"))
    coughs = []
    for i in range(total):
        hack = burst(rng, 0.25, signals.product(signals.band(350, 4500, 1), signals.peak(1300, 7, 0.8)), 0.03)
        grunt = shaped_voice(rng, curve(0.18, 190, 120), "e", 1.0, 0.2, 0.2) * 0.4
        coughs.append((0.42 * i, timeline(0.3, (0, hack), (0.04, grunt))))
    return roomy(timeline(0.42 * total + 0.2, *coughs), rng, 0.3, 0.15)


@HITS.kind("snore", "Snoring", -20, count=Figure(2, 1, 8))
def snore(rng: np.random.Generator, p: Settings) -> Signal:
    """In, rattling, and out again."""
    total = int(p.number("count"))
    parts = []
    for i in range(total):
        n = round(1.1 * RATE)
        rattle = np.clip(np.sin(2 * np.pi * 27 * np.arange(n) / RATE), 0, 1).astype(np.float32)
        breath = signals.noise(n, rng, signals.product(signals.band(150, 1500, 1), signals.peak(420, 8, 0.6)))
        parts.append((2.8 * i, breath * rattle * signals.swell(n, 0.7)))
        out = round(0.9 * RATE)
        parts.append(
            (
                2.8 * i + 1.4,
                signals.noise(out, rng, signals.band(400, 2500, 1)) * signals.swell(out, 0.3) * 0.2,
            )
        )
    return timeline(2.8 * total, *parts)
