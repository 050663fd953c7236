"""At home: keys, zips, furniture, water, cooking, tools."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.doors import latch, thud
from craft.sound.foley.register import HITS, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


def strokes(rate: Signal) -> Signal:
    """A click at each whole turn of a rate in Hz: teeth, notches, stick and slip."""
    return (np.diff(np.floor(np.cumsum(rate, dtype=np.float64) / RATE), prepend=0) > 0).astype(np.float32)


@HITS.kind("keys", "Keys jingle", -17, count=Figure(6, 2, 30))
def keys(rng: np.random.Generator, p: Settings) -> Signal:
    """A bunch of keys that is moved, `count` times metal on metal."""
    total = int(p.number("count"))
    touches = [
        (
            0.1 * i + rng.uniform(0, 0.06),
            ringing(0.2, rng.uniform(3800, 6800), (1, 1.34, 1.82), 0.018) * rng.uniform(0.3, 1.0),
        )
        for i in range(total)
    ]
    return timeline(0.1 * total + 0.25, *touches)


@HITS.kind("zip", "Zip", -18, seconds=Figure(0.6, 0.2, 2.0))
def zip_fastener(rng: np.random.Generator, p: Settings) -> Signal:
    """Teeth that follow each other quicker and quicker."""
    n = round(p.number("seconds") * RATE)
    teeth = strokes(np.linspace(70, 190, n, dtype=np.float32) * rng.uniform(0.85, 1.15))
    run = signals.shaped(teeth, signals.product(signals.band(1800, 9000, 1), signals.peak(4200, 8, 0.8)))
    return signals.faded(run * (0.7 + 0.3 * rng.random(n, dtype=np.float32)), 0.01, 0.02)


@HITS.kind("chair_scrape", "Chair is moved", -14, seconds=Figure(0.7, 0.3, 2.0))
def chair_scrape(rng: np.random.Generator, p: Settings) -> Signal:
    """Legs that stutter over a floor."""
    n = round(p.number("seconds") * RATE)
    slips = strokes(signals.drift(n, rng, 6, 75, 150))
    body = signals.product(
        signals.peak(310, 20, 0.3), signals.peak(760, 18, 0.3), signals.high(180), signals.low(3500, 1)
    )
    scrape = signals.shaped(slips, body) * signals.swell(n, 0.4) * signals.drift(n, rng, 8, 0.4, 1.0)
    return roomy(scrape / max(float(np.abs(scrape).max()), 1e-6), rng, 0.4, 0.25)


@HITS.kind("drawer", "Drawer", -14)
def drawer(rng: np.random.Generator, p: Settings) -> Signal:
    """Wood slides on wood and stops."""
    n = round(0.45 * RATE)
    slide = signals.noise(n, rng, signals.product(signals.band(180, 2200, 1), signals.peak(420, 6, 0.8)))
    stop = thud(rng, 130, 0.25)
    return roomy(timeline(0.8, (0, slide * signals.swell(n, 0.7) * 0.35), (0.42, stop)), rng, 0.3, 0.2)


@HITS.kind("curtain", "Curtain is drawn", -16)
def curtain(rng: np.random.Generator, p: Settings) -> Signal:
    """Rings on a rail and cloth behind them."""
    n = round(0.7 * RATE)
    cloth = signals.noise(n, rng, signals.band(600, 6000, 1)) * signals.swell(n, 0.4)
    rings = [
        (0.03 + 0.045 * i, ringing(0.08, rng.uniform(3200, 5200), (1, 1.7), 0.008) * 0.8) for i in range(13)
    ]
    return timeline(0.8, (0, cloth * 0.4), *rings)


@HITS.kind("kettle", "Kettle", -14, model=Choice(("boil", "whistle")), seconds=Figure(2.5, 1.0, 10.0))
def kettle(rng: np.random.Generator, p: Settings) -> Signal:
    """Water that boils; the old kind whistles."""
    seconds = p.number("seconds")
    n = round(seconds * RATE)
    rolling = signals.noise(n, rng, signals.band(200, 1600, 1)) * signals.drift(n, rng, 18, 0.4, 1.0)
    if p.word("model") == "boil":
        return signals.faded(rolling * np.linspace(0.4, 1, n, dtype=np.float32), 0.3, 0.3)
    rise = np.clip(np.arange(n, dtype=np.float32) / (0.45 * n), 0, 1)
    pitch = 1500 + 900 * rise**0.5 + signals.drift(n, rng, 9, -18, 18)
    steam = signals.noise(n, rng, signals.band(2000, 8000, 1)) * 0.1
    tone = np.sin(2 * np.pi * np.cumsum(pitch, dtype=np.float64) / RATE) * rise
    return signals.faded((rolling * 0.15 + steam + tone).astype(np.float32), 0.1, 0.25)


@HITS.kind("pour", "Liquid is poured", -18, seconds=Figure(2.0, 0.5, 8.0))
def pour(rng: np.random.Generator, p: Settings) -> Signal:
    """A vessel that fills: bubbles whose pitch climbs to the end."""
    seconds = p.number("seconds")
    n = round(seconds * RATE)
    stream = signals.noise(n, rng, signals.band(900, 5000, 1)) * signals.drift(n, rng, 12, 0.5, 1.0) * 0.18
    bubbles = []
    for at in np.sort(rng.uniform(0, seconds - 0.1, round(55 * seconds))):
        hz = (420 + 900 * at / seconds) * rng.uniform(0.85, 1.15)
        bubbles.append(
            (at, signals.glide(0.05, hz, hz * 1.25) * signals.decay(0.05, 0.01) * rng.uniform(0.3, 1))
        )
    return signals.faded(timeline(seconds, (0, stream), *bubbles), 0.05, 0.08)


@HITS.kind("frying", "Frying pan", -18, seconds=Figure(2.5, 0.5, 12.0))
def frying(rng: np.random.Generator, p: Settings) -> Signal:
    """Fat that hisses and spits."""
    seconds = p.number("seconds")
    n = round(seconds * RATE)
    sizzle = signals.noise(n, rng, signals.band(3200, 11_000, 1)) * signals.drift(n, rng, 14, 0.6, 1.0)
    spits = [
        (
            rng.uniform(0, seconds - 0.05),
            burst(rng, 0.04, signals.band(2200, 9000, 1), 0.004) * rng.uniform(1, 4),
        )
        for _ in range(round(14 * seconds))
    ]
    return signals.faded(timeline(seconds, (0, sizzle * 0.5), *spits), 0.15, 0.25)


@HITS.kind("tap", "Water runs", -18, model=Choice(("tap", "shower")), seconds=Figure(2.5, 0.5, 15.0))
def tap(rng: np.random.Generator, p: Settings) -> Signal:
    """A tap into a basin, or a shower: brighter and wider."""
    seconds = p.number("seconds")
    n = round(seconds * RATE)
    shower = p.word("model") == "shower"
    edges = (1500.0, 9500.0) if shower else (350.0, 4200.0)
    rush = signals.noise(n, rng, signals.band(*edges, 1)) * signals.drift(n, rng, 20, 0.75, 1.0)
    drops = [
        (
            rng.uniform(0, seconds - 0.05),
            ringing(0.04, rng.uniform(700, 1600), (1,), 0.006) * rng.uniform(0.3, 1.2),
        )
        for _ in range(round((10 if shower else 45) * seconds))
    ]
    return roomy(signals.faded(timeline(seconds, (0, rush * 0.5), *drops), 0.12, 0.15), rng, 0.5, 0.25, 5000)


@HITS.kind("toilet", "Toilet is flushed", -14)
def toilet(rng: np.random.Generator, p: Settings) -> Signal:
    """A handle, a rush that empties, a gurgle."""
    n = round(3.2 * RATE)
    rush = signals.noise(n, rng, signals.band(220, 3200, 1)) * signals.swell(n, 0.15) ** 1.5
    gurgles = [
        (1.9 + 0.11 * i, signals.glide(0.1, 190 + 8 * i, 300 + 12 * i) * signals.swell(4800, 0.3) * 0.8)
        for i in range(9)
    ]
    return roomy(timeline(3.4, (0, latch(rng) * 0.4), (0.15, rush), *gurgles), rng, 0.6, 0.25)


@HITS.kind("chop", "Knife on a board", -13, count=Figure(5, 1, 30))
def chop(rng: np.random.Generator, p: Settings) -> Signal:
    """A blade through something crisp, onto wood."""
    total = int(p.number("count"))
    cuts = []
    for i in range(total):
        board = ringing(0.15, rng.uniform(330, 370), (1, 2.1, 3.4), 0.014)
        crisp = burst(rng, 0.15, signals.band(1800, 7000, 1), 0.008)
        cuts.append((0.24 * i + rng.uniform(0, 0.02), board + crisp * 0.5))
    return timeline(0.24 * total + 0.15, *cuts)


@HITS.kind("cork", "Cork pops", -10)
def cork(rng: np.random.Generator, p: Settings) -> Signal:
    """A bottle opens: a round pop whose pitch jumps up, then fizz."""
    pop = signals.glide(0.08, 330, 900) * signals.decay(0.08, 0.012)
    fizz = burst(rng, 0.7, signals.high(5000), 0.12) * 0.06
    return timeline(
        0.8, (0, pop), (0, burst(rng, 0.03, signals.band(400, 3000, 1), 0.004) * 0.5), (0.05, fizz)
    )


@HITS.kind("dishes", "Dishes", -16, count=Figure(7, 1, 30))
def dishes(rng: np.random.Generator, p: Settings) -> Signal:
    """Plates and cutlery that are put together."""
    total = int(p.number("count"))
    touches = [
        (
            0.16 * i + rng.uniform(0, 0.1),
            ringing(0.3, rng.uniform(1300, 3200), (1, 2.3, 3.9), 0.03) * rng.uniform(0.3, 1.0),
        )
        for i in range(total)
    ]
    return roomy(timeline(0.16 * total + 0.4, *touches), rng, 0.3, 0.15)


@HITS.kind("hammer", "Hammer", -10, count=Figure(3, 1, 20), material=Choice(("wood", "metal", "stone")))
def hammer(rng: np.random.Generator, p: Settings) -> Signal:
    """Blows on a nail, on steel, on stone."""
    hz, half = {"wood": (420.0, 0.02), "metal": (1350.0, 0.11), "stone": (2300.0, 0.012)}[p.word("material")]
    total = int(p.number("count"))
    blows = [
        (
            0.42 * i + rng.uniform(0, 0.03),
            ringing(0.6, hz * rng.uniform(0.98, 1.02), (1, 1.9, 2.76, 4.1), half)
            + burst(rng, 0.6, signals.band(700, 6000, 1), 0.006) * 0.5,
        )
        for i in range(total)
    ]
    return roomy(timeline(0.42 * total + 0.5, *blows), rng, 0.4, 0.2)


@HITS.kind("saw", "Saw", -14, count=Figure(4, 1, 20))
def saw(rng: np.random.Generator, p: Settings) -> Signal:
    """A hand saw, `count` strokes to and fro."""
    total = int(p.number("count"))
    pulls = []
    for i in range(2 * total):
        n = round(0.3 * RATE)
        teeth = 0.5 + 0.5 * np.sin(2 * np.pi * (150 if i % 2 else 175) * np.arange(n) / RATE)
        grain = signals.noise(n, rng, signals.band(700 if i % 2 else 1000, 6500, 1)) * teeth.astype(
            np.float32
        )
        pulls.append((0.34 * i, grain * signals.swell(n, 0.5)))
    return timeline(0.68 * total + 0.1, *pulls)


@HITS.kind("chain", "Chain", -14, seconds=Figure(1.2, 0.4, 6.0))
def chain(rng: np.random.Generator, p: Settings) -> Signal:
    """Links that run over an edge."""
    seconds = p.number("seconds")
    links = [
        (at, ringing(0.14, rng.uniform(1600, 4200), (1, 1.52, 2.41), 0.014) * rng.uniform(0.3, 1.0))
        for at in np.arange(0, seconds, 0.035) + rng.uniform(0, 0.02)
    ]
    return timeline(seconds + 0.2, *links)


@HITS.kind("rubble", "Stones fall", -10, seconds=Figure(1.6, 0.5, 6.0))
def rubble(rng: np.random.Generator, p: Settings) -> Signal:
    """A wall or slope gives way, large pieces first."""
    seconds = p.number("seconds")
    stones = []
    for at in rng.beta(1.2, 2.6, round(34 * seconds)) * seconds:
        size = rng.uniform(0.2, 1.0) * (1 - 0.6 * at / seconds)
        stones.append(
            (
                at,
                (thud(rng, 260 - 190 * size, 0.25) + burst(rng, 0.25, signals.band(500, 4200, 1), 0.02))
                * size,
            )
        )
    dust = burst(rng, seconds, signals.band(300, 3500, 1), seconds / 4) * 0.25
    return roomy(timeline(seconds + 0.4, (0, dust), *stones), rng, 0.5, 0.25)
