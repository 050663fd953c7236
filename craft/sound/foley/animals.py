"""Animals near people: cat, horse, owl, wolf, crow, cow, fly."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.bodies import SURFACES, step
from craft.sound.foley.doors import thud
from craft.sound.foley.register import HITS, ringing, roomy, timeline
from craft.sound.foley.voices import curve, shake, shaped_voice, throat, voiced
from craft.sound.signals import RATE, Signal


@HITS.kind("cat", "Cat mews", -16, count=Figure(1, 1, 8))
def cat(rng: np.random.Generator, p: Settings) -> Signal:
    """A closed sound that opens and closes again."""
    total = int(p.number("count"))
    mews = []
    for i in range(total):
        top = rng.uniform(640, 740)
        pitch = curve(0.75, top * 0.8, top, top * 0.95, top * 0.7)
        closed = voiced(rng, pitch, throat("i", 1.5), 0.05)
        open_ = voiced(rng, pitch, throat("a", 1.5), 0.05)
        share = signals.swell(pitch.size, 0.45)
        mews.append((1.0 * i, (closed * (1 - share) + open_ * share) * signals.swell(pitch.size, 0.3)))
    return timeline(1.0 * total, *mews)


@HITS.kind(
    "hooves", "Horse", -12, surface=Choice(SURFACES), count=Figure(8, 2, 60), pace=Figure(5.0, 1.5, 12.0)
)
def hooves(rng: np.random.Generator, p: Settings) -> Signal:
    """`count` hooves at `pace` per second: they ring on hard ground and fall into soft."""
    hard = {"wood": 0.8, "concrete": 1.0, "tiles": 1.15, "metal": 1.3}.get(p.word("surface"))
    total, pace = int(p.number("count")), p.number("pace")
    falls = []
    for i in range(total):
        tread = step(rng, p.word("surface")) * 0.4 + timeline(0.4, (0, thud(rng, 85, 0.15)))
        if hard is not None:
            clop = ringing(
                0.4, hard * (680 if i % 2 else 560) * rng.uniform(0.96, 1.04), (1, 2.1, 3.6), 0.012
            )
            tread = clop + tread * 0.12
        falls.append((i / pace + (0.25 / pace if i % 2 else 0), tread))
    return roomy(timeline(total / pace + 0.3, *falls), rng, 0.3, 0.12)


@HITS.kind("neigh", "Horse neighs", -12)
def neigh(rng: np.random.Generator, p: Settings) -> Signal:
    """A high shake that falls into a snort."""
    pitch = shake(curve(1.3, 750, 1050, 900, 480), 11, 0.09)
    cry = shaped_voice(rng, pitch, "e", 0.9, 0.25, 0.2)
    n = round(0.5 * RATE)
    snort = signals.noise(n, rng, signals.band(150, 1500, 1)) * np.clip(
        np.sin(2 * np.pi * 24 * np.arange(n) / RATE), 0, 1
    )
    return timeline(1.9, (0, cry), (1.25, (snort * signals.swell(n, 0.2) * 0.4).astype(np.float32)))


@HITS.kind("owl", "Owl", -17, count=Figure(1, 1, 6))
def owl(rng: np.random.Generator, p: Settings) -> Signal:
    """A long and a shaken call."""
    total = int(p.number("count"))
    long = signals.glide(0.6, 410, 390) * signals.swell(28_800, 0.4)
    pitch = shake(curve(1.0, 400, 420, 395), 12, 0.015)
    shaken = np.sin(2 * np.pi * np.cumsum(pitch, dtype=np.float64) / RATE).astype(np.float32)
    shaken *= signals.swell(shaken.size, 0.5) * (0.7 + 0.3 * signals.tone(1.0, 12))
    call = timeline(2.1, (0, long), (1.0, shaken))
    return roomy(timeline(2.6 * total, *((2.6 * i, call) for i in range(total))), rng, 1.2, 0.35, 1500)


@HITS.kind("wolf", "Wolf howls", -13)
def wolf(rng: np.random.Generator, p: Settings) -> Signal:
    """One long howl that climbs, holds and falls."""
    pitch = shake(curve(3.0, 300, 520, 560, 560, 540, 430), 5, 0.006)
    return roomy(shaped_voice(rng, pitch, "u", 1.0, 0.05, 0.35), rng, 2.0, 0.5, 1600)


@HITS.kind("crow", "Crow", -14, count=Figure(3, 1, 10))
def crow(rng: np.random.Generator, p: Settings) -> Signal:
    """Rough caws."""
    total = int(p.number("count"))
    caws = []
    for i in range(total):
        pitch = curve(0.32, 420, 470, 380)
        rough = pitch * (1 + 0.12 * signals.drift(pitch.size, rng, 350, -1, 1))
        caws.append(
            (0.6 * i + rng.uniform(0, 0.05), shaped_voice(rng, rough.astype(np.float32), "a", 1.25, 0.5, 0.3))
        )
    return timeline(0.6 * total + 0.2, *caws)


@HITS.kind("cow", "Cow lows", -12)
def cow(rng: np.random.Generator, p: Settings) -> Signal:
    """A long low vowel."""
    return roomy(shaped_voice(rng, curve(1.8, 115, 165, 170, 140), "u", 0.8, 0.15, 0.35), rng, 0.6, 0.2)


@HITS.kind("fly", "Fly", -24, seconds=Figure(2.0, 0.5, 10.0))
def fly(rng: np.random.Generator, p: Settings) -> Signal:
    """An insect that circles; its pitch and nearness wander."""
    n = round(p.number("seconds") * RATE)
    pitch = signals.drift(n, rng, 4, 185, 235)
    buzz = voiced(rng, pitch, signals.product(signals.high(170), signals.low(2500, 1)), 0.02)
    return signals.faded(buzz * signals.drift(n, rng, 3, 0.15, 1.0), 0.1, 0.15)
