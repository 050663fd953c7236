"""Machines that report: notifications, lifts, dial tone, printer, interface blips, doorbell."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.register import HITS, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


@HITS.kind("notification", "Message arrives", -16, count=Figure(1, 1, 8))
def notification(rng: np.random.Generator, p: Settings) -> Signal:
    """Two quick rising notes."""
    one = timeline(0.6, (0, ringing(0.35, 1174.7, (1, 2), 0.06)), (0.11, ringing(0.45, 1568.0, (1, 2), 0.08)))
    total = int(p.number("count"))
    return timeline(0.7 * total, *((0.7 * i, one) for i in range(total)))


@HITS.kind("lift_ding", "Lift arrives", -14)
def lift_ding(rng: np.random.Generator, p: Settings) -> Signal:
    """One clear stroke, then doors that slide."""
    n = round(1.1 * RATE)
    slide = signals.noise(n, rng, signals.band(120, 1400, 1)) * signals.swell(n, 0.4) * 0.06
    return roomy(
        timeline(
            1.9, (0, ringing(1.4, 1046.5 * rng.uniform(0.97, 1.03), (1, 2.0, 3.01), 0.22)), (0.7, slide)
        ),
        rng,
        0.6,
        0.2,
    )


@HITS.kind("dial_tone", "Line tone", -18, model=Choice(("free", "busy")), seconds=Figure(2.0, 0.5, 10.0))
def dial_tone(rng: np.random.Generator, p: Settings) -> Signal:
    """A line that is free, or busy."""
    seconds = p.number("seconds")
    both: Signal = signals.tone(seconds, 350) + signals.tone(seconds, 440)
    if p.word("model") == "busy":
        both = signals.tone(seconds, 480) + signals.tone(seconds, 620)
        at = np.arange(both.size) / RATE
        both = signals.shaped(both * (at % 1.0 < 0.5), signals.low(1500, 1))
    return signals.faded(both.astype(np.float32), 0.005, 0.01)


@HITS.kind("printer", "Printer", -17, seconds=Figure(2.0, 0.6, 10.0))
def printer(rng: np.random.Generator, p: Settings) -> Signal:
    """A carriage to and fro, paper that is drawn in."""
    seconds = p.number("seconds")
    n = round(seconds * RATE)
    at = np.arange(n) / RATE
    whine = np.sin(2 * np.pi * np.cumsum(620 + 160 * np.sign(np.sin(2 * np.pi * 1.25 * at))) / RATE)
    head = whine * np.abs(np.sin(2 * np.pi * 1.25 * at)) ** 0.5
    paper = signals.noise(n, rng, signals.band(1500, 6500, 1)) * signals.drift(n, rng, 6, 0.1, 0.5)
    return signals.faded((head * 0.4 + paper * 0.5).astype(np.float32), 0.03, 0.08)


_BLIPS: dict[str, tuple[tuple[float, float], ...]] = {
    "select": ((1318.5, 0.05),),
    "confirm": ((987.8, 0.07), (1318.5, 0.07), (1975.5, 0.12)),
    "error": ((196.0, 0.16), (155.6, 0.26)),
    "scan": tuple((2093.0, 0.035) for _ in range(6)),
}


@HITS.kind("ui_blip", "Interface sound", -18, model=Choice(tuple(_BLIPS)))
def ui_blip(rng: np.random.Generator, p: Settings) -> Signal:
    """A console's select, confirm, error or scan."""
    at, notes = 0.0, []
    for hz, seconds in _BLIPS[p.word("model")]:
        note = (
            signals.tone(seconds, hz)
            + 0.3 * signals.tone(seconds, 2 * hz)
            + 0.15 * signals.tone(seconds, 3 * hz)
        )
        notes.append((at, signals.faded(note, 0.003, seconds / 2)))
        at += seconds * (2.2 if p.word("model") == "scan" else 1.0)
    return timeline(at + 0.06, *notes)


@HITS.kind("doorbell", "Doorbell", -13, model=Choice(("chime", "buzzer")), count=Figure(1, 1, 6))
def doorbell(rng: np.random.Generator, p: Settings) -> Signal:
    """Ding and dong, or a rough buzzer."""
    total = int(p.number("count"))
    if p.word("model") == "buzzer":
        rough = np.sign(signals.tone(0.6, 120)).astype(np.float32) + 0.4 * np.sign(signals.tone(0.6, 241))
        one = signals.faded(signals.shaped(rough, signals.band(200, 3000, 1)), 0.01, 0.03)
        return roomy(timeline(0.9 * total, *((0.9 * i, one) for i in range(total))), rng, 0.4, 0.2)
    one = timeline(
        1.7, (0, ringing(1.2, 659.3, (1, 2.0, 3.0), 0.18)), (0.5, ringing(1.2, 523.3, (1, 2.0, 3.0), 0.22))
    )
    return roomy(timeline(1.9 * total, *((1.9 * i, one) for i in range(total))), rng, 0.5, 0.2)


@HITS.kind("vending", "Machine gives change", -15)
def vending(rng: np.random.Generator, p: Settings) -> Signal:
    """A motor, then coins or a can that drop into a tray."""
    n = round(0.9 * RATE)
    motor = np.sign(signals.tone(0.9, 140)).astype(np.float32) * signals.swell(n, 0.3)
    drops = [(1.0 + 0.09 * i, ringing(0.25, rng.uniform(2400, 4200), (1, 1.6), 0.03)) for i in range(4)]
    clunk = burst(rng, 0.2, signals.band(120, 900, 1), 0.02) * 1.5
    return timeline(1.7, (0, signals.shaped(motor, signals.band(150, 1500, 1)) * 0.3), (0.95, clunk), *drops)
