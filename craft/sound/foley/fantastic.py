"""What does not exist: lasers, teleports, machines that wake and die, broken signals, magic."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Figure, Settings
from craft.sound.foley.register import HITS, SHARE, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


@HITS.kind("laser", "Laser shot", -11, count=Figure(1, 1, 20))
def laser(rng: np.random.Generator, p: Settings) -> Signal:
    """A tone that falls three octaves in a fifth of a second."""
    total = int(p.number("count"))
    shots = []
    for i in range(total):
        top = rng.uniform(3200, 4000)
        beam = signals.glide(0.22, top, top / 9) + 0.4 * signals.glide(0.22, top * 1.5, top / 6)
        shots.append((0.28 * i, beam * signals.decay(0.22, 0.05)))
    return roomy(timeline(0.28 * total + 0.1, *shots), rng, 0.5, 0.2)


@HITS.kind("teleport", "Teleport", -11)
def teleport(rng: np.random.Generator, p: Settings) -> Signal:
    """Glitter that climbs, and a gap where somebody was."""
    sparks = [
        (
            at,
            ringing(0.25, 500 * 2 ** (2.6 * at / 1.2 + rng.uniform(-0.3, 0.3)), (1, 2.01), 0.03)
            * rng.uniform(0.3, 1),
        )
        for at in np.linspace(0, 1.2, 46)
    ]
    n = round(1.3 * RATE)
    rush = signals.noise(n, rng, signals.band(1200, 9000, 1)) * signals.swell(n, 0.85) ** 2 * 0.4
    drop = signals.glide(0.4, 160, 45) * signals.decay(0.4, 0.08)
    return roomy(timeline(1.9, *sparks, (0, rush), (1.3, drop)), rng, 0.9, 0.3, 6000)


def _machine(seconds: float, from_hz: float, to_hz: float) -> Signal:
    """A drive's tone with its partials from one pitch to another."""
    return sum(
        (signals.glide(seconds, from_hz * k, to_hz * k) / k for k in (1, 2.01, 3, 5)),
        start=np.zeros(round(seconds * RATE), np.float32),
    )


@HITS.kind("power_up", "Machine wakes", -12, seconds=Figure(1.8, 0.5, 8.0))
def power_up(rng: np.random.Generator, p: Settings) -> Signal:
    """A hum that climbs and grows, ending in a ready tone."""
    seconds, build = p.number("seconds"), rng.uniform(0.92, 1.08)
    climb = _machine(seconds, 55 * build, 440 * build) * np.linspace(
        0.15, 1, round(seconds * RATE), dtype=np.float32
    )
    ready = ringing(0.5, 880 * build, (1, 2), 0.09) * 0.8
    return timeline(seconds + 0.5, (0, signals.faded(climb, 0.05, 0.08)), (seconds - 0.02, ready))


@HITS.kind("power_down", "Machine dies", -12, seconds=Figure(1.8, 0.5, 8.0))
def power_down(rng: np.random.Generator, p: Settings) -> Signal:
    """The same the other way: it sinks and fades."""
    seconds, build = p.number("seconds"), rng.uniform(0.92, 1.08)
    sink = _machine(seconds, 420 * build, 38 * build) * np.linspace(
        1, 0.15, round(seconds * RATE), dtype=np.float32
    )
    return signals.faded(sink, 0.01, 0.3)


@HITS.kind("glitch", "Broken signal", -15, seconds=Figure(0.8, 0.2, 4.0))
def glitch(rng: np.random.Generator, p: Settings) -> Signal:
    """Pieces of tone, noise and nothing that change thirty times a second."""
    pieces: list[Signal] = []
    for _ in range(round(30 * p.number("seconds"))):
        kind, n = rng.integers(0, 4), RATE // 30
        if kind == 0:
            piece = np.sign(signals.tone(1 / 30, rng.choice((110, 440, 1760, 3520)))).astype(np.float32) * 0.6
        elif kind == 1:
            piece = rng.standard_normal(n, dtype=np.float32) * 0.4
        elif kind == 2:
            piece = np.repeat(rng.uniform(-0.8, 0.8, n // 40), 40).astype(np.float32)
        else:
            piece = np.zeros(n, np.float32)
        pieces.append(piece)
    return signals.shaped(np.concatenate(pieces), signals.band(90, 9000, 1))


@HITS.kind("magic", "Spell", -14, brightness=SHARE)
def magic(rng: np.random.Generator, p: Settings) -> Signal:
    """Bells in a scale that scatter, over a soft breath; brightness sets where they ring."""
    root = 392.0 * 2 ** (2 * p.number("brightness"))
    notes = [
        (
            0.07 * i + rng.uniform(0, 0.03),
            ringing(1.0, root * rng.choice((1, 1.125, 1.333, 1.5, 1.667, 2, 2.25)), (1, 2.76, 5.4), 0.12)
            * rng.uniform(0.3, 1),
        )
        for i in range(14)
    ]
    n = round(1.4 * RATE)
    breath = signals.noise(n, rng, signals.band(2500, 9000, 1)) * signals.swell(n, 0.4) * 0.12
    return roomy(timeline(2.1, (0, breath), *notes), rng, 1.4, 0.4, 6000)


@HITS.kind("force_field", "Force field", -15, seconds=Figure(1.6, 0.4, 8.0))
def force_field(rng: np.random.Generator, p: Settings) -> Signal:
    """A rough hum that flickers."""
    seconds, build = p.number("seconds"), rng.uniform(0.92, 1.08)
    hum = sum(
        (np.sign(signals.tone(seconds, hz * build)) for hz in (98.0, 98.9, 147.4)),
        start=np.zeros(round(seconds * RATE), np.float32),
    )
    flicker = 0.6 + 0.4 * np.sign(signals.tone(seconds, 17))
    spark = burst(rng, 0.15, signals.high(2500), 0.02) * 2
    field = signals.shaped((hum * flicker).astype(np.float32), signals.band(120, 3200, 1))
    return timeline(seconds + 0.05, (0, signals.faded(field, 0.06, 0.12)), (0, spark))


@HITS.kind("ghost", "Apparition", -15)
def ghost(rng: np.random.Generator, p: Settings) -> Signal:
    """Voices of no one: thin tones that slide against each other."""
    n = round(2.8 * RATE)
    tones = sum(
        (
            signals.glide(2.8, hz, hz * rng.uniform(0.8, 1.25)) * signals.drift(n, rng, 3, 0.1, 1.0)
            for hz in (330, 349, 495, 740)
        ),
        start=np.zeros(n, np.float32),
    )
    air = signals.noise(n, rng, signals.band(700, 2500, 1)) * 0.25
    return roomy((tones + air) * signals.swell(n, 0.5), rng, 2.0, 0.8, 3000)
