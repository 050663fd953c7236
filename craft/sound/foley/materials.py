"""Things that break, fall, tear and are handled: glass, paper, wood, metal, coins, cups, impacts."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.doors import thud
from craft.sound.foley.register import HITS, LOUDER, MUCH_LOUDER, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


@HITS.kind("glass", "Glass breaks", -9, size=LOUDER)
def glass(rng: np.random.Generator, p: Settings) -> Signal:
    """The blow, then shards that fall."""
    shards = []
    for _ in range(int(14 + 50 * p.number("size"))):
        at = min(1.4, rng.exponential(0.25)) + 0.02
        shards.append(
            (at, ringing(0.3, rng.uniform(2200, 8200), (1, 1.41, 2.13), 0.03) * rng.uniform(0.05, 0.3))
        )
    crack = burst(rng, 0.35, signals.high(1800), 0.03)
    return roomy(timeline(1.9, (0, crack), (0, thud(rng, 140, 0.2) * 0.4), *shards), rng, 0.5, 0.2, 7000)


@HITS.kind("glasses_clink", "Glasses touch", -16)
def glasses_clink(rng: np.random.Generator, p: Settings) -> Signal:
    """Two glasses in a toast."""
    one = ringing(1.1, rng.uniform(2500, 2900), (1, 2.32, 4.25), 0.14)
    return timeline(1.2, (0, one), (0.012, ringing(1.1, rng.uniform(3000, 3400), (1, 2.32), 0.12) * 0.7))


@HITS.kind("paper", "Paper is handled", -19, action=Choice(("rustle", "tear", "crumple", "page")))
def paper(rng: np.random.Generator, p: Settings) -> Signal:
    """A sheet that rustles, tears, is crumpled or turned."""
    seconds = {"rustle": 0.8, "tear": 0.6, "crumple": 1.1, "page": 0.5}[p.word("action")]
    n = round(seconds * RATE)
    grain = {"rustle": 60, "tear": 420, "crumple": 130, "page": 45}[p.word("action")]
    crackle = np.maximum(0, signals.drift(n, rng, grain, -1, 1)) ** 2
    rise = 0.8 if p.word("action") == "tear" else 0.35
    sheet = signals.noise(n, rng, signals.band(1400, 9500, 1)) * signals.swell(n, rise)
    return np.asarray(sheet * crackle, np.float32)


@HITS.kind("wood_snap", "Wood breaks", -9)
def wood_snap(rng: np.random.Generator, p: Settings) -> Signal:
    """A branch or a plank gives way."""
    cracks = [
        (t, burst(rng, 0.15, signals.band(400, 5200, 1), 0.012) * s)
        for t, s in ((0, 0.5), (0.05, 0.35), (0.11, 1.0))
    ]
    return roomy(timeline(0.45, *cracks, (0.11, ringing(0.3, 240, (1, 1.8), 0.03) * 0.5)), rng, 0.4, 0.2)


@HITS.kind("metal_clang", "Metal is struck", -9, size=LOUDER)
def metal_clang(rng: np.random.Generator, p: Settings) -> Signal:
    """A pipe, a plate, a girder."""
    hz = 900 - 700 * p.number("size")
    hit = ringing(2.2, hz, (1, 1.51, 2.76, 3.9, 5.4), 0.16 + 0.3 * p.number("size"))
    return roomy(timeline(2.3, (0, hit), (0, burst(rng, 0.1, signals.high(1500), 0.006))), rng, 0.8, 0.25)


@HITS.kind("coins", "Coins", -17, count=Figure(5, 1, 30))
def coins(rng: np.random.Generator, p: Settings) -> Signal:
    """Coins dropped on a table."""
    total = int(p.number("count"))
    falls = [
        (
            rng.uniform(0, 0.12 * total),
            ringing(0.35, rng.uniform(3800, 6200), (1, 1.6, 2.3), 0.035) * rng.uniform(0.4, 1),
        )
        for _ in range(total)
    ]
    return timeline(0.12 * total + 0.5, *falls)


@HITS.kind("cup", "Cup is set down", -17)
def cup(rng: np.random.Generator, p: Settings) -> Signal:
    """Porcelain on a saucer or table."""
    glaze = rng.uniform(0.92, 1.08)
    return timeline(
        0.5,
        (0, ringing(0.4, 1750 * glaze, (1, 2.4, 4.1), 0.03)),
        (0.0, thud(rng, 200, 0.15) * 0.6),
        (0.07, ringing(0.3, 1900 * glaze, (1, 2.4), 0.02) * 0.4),
    )


@HITS.kind("impact", "Heavy impact", -9, size=MUCH_LOUDER)
def impact(rng: np.random.Generator, p: Settings) -> Signal:
    """Something large lands: a deep drop, debris and a long room."""
    deep = signals.glide(1.2, 110 - 40 * p.number("size"), 34) * signals.decay(1.2, 0.16)
    debris = burst(rng, 0.9, signals.band(200, 4200, 1), 0.09) * 0.5
    return roomy(
        timeline(1.4, (0, deep * 1.3), (0, debris), (0, thud(rng, 70))), rng, 1.2 + p.number("size"), 0.5
    )


@HITS.kind("crash", "Crash", -6)
def crash(rng: np.random.Generator, p: Settings) -> Signal:
    """Metal and glass at once, as when cars meet."""
    plates = [
        (rng.uniform(0, 0.25), ringing(0.8, rng.uniform(180, 900), (1, 1.51, 2.76, 4.1), 0.07) * 0.5)
        for _ in range(6)
    ]
    shards = [
        (0.05 + min(1.5, rng.exponential(0.3)), ringing(0.2, rng.uniform(2500, 7500), (1, 1.4), 0.02) * 0.15)
        for _ in range(40)
    ]
    mass = burst(rng, 1.0, signals.band(60, 2400, 1), 0.1)
    return roomy(timeline(2.0, (0, mass), (0, thud(rng, 55)), *plates, *shards), rng, 0.8, 0.3)


@HITS.kind("whoosh", "Whoosh", -11, speed=LOUDER)
def whoosh(rng: np.random.Generator, p: Settings) -> Signal:
    """Air past the ear, from one side to the other."""
    seconds = 0.9 - 0.6 * p.number("speed")
    n = round(seconds * RATE)
    low_part = signals.noise(n, rng, signals.band(150, 700, 1)) * signals.swell(n, 0.4)
    high_part = signals.noise(n, rng, signals.band(900, 4500, 1)) * signals.swell(n, 0.55) ** 2
    sound, angle = low_part + high_part, np.linspace(0.15, 0.85, n, dtype=np.float32) * np.pi / 2
    return np.stack([sound * np.cos(angle), sound * np.sin(angle)]).astype(np.float32)


@HITS.kind("riser", "Riser", -10, seconds=Figure(2.5, 0.5, 12.0))
def riser(rng: np.random.Generator, p: Settings) -> Signal:
    """Tension that climbs and stops."""
    seconds = p.number("seconds")
    n = round(seconds * RATE)
    climb = sum(
        (signals.glide(seconds, hz, hz * 4) for hz in (110, 111.3, 165)), start=np.zeros(n, np.float32)
    )
    hiss = signals.noise(n, rng, signals.high(2500)) * 0.3
    ramp = np.linspace(0, 1, n, dtype=np.float32) ** 2
    return signals.faded((climb * 0.4 + hiss) * ramp, 0.05, 0.01)
