"""Things with buttons: telephones, keys, cameras, radios, clocks, alarms, switches."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.catalogue import Choice, Figure, Settings
from craft.sound.foley.register import HITS, LOUDER, burst, ringing, roomy, timeline
from craft.sound.signals import RATE, Signal


@HITS.kind("phone", "Telephone rings", -12, model=Choice(("mobile", "bell", "office")), count=Figure(2, 1, 8))
def phone(rng: np.random.Generator, p: Settings) -> Signal:
    """Rings `count` times."""
    if p.word("model") == "bell":
        strikes = [
            (i / 22, ringing(0.5, 1330 if i % 2 else 1510, (1, 2.7, 5.2), 0.08) * 0.4) for i in range(26)
        ]
        ring, period = timeline(1.6, *strikes), 2.4
    elif p.word("model") == "office":
        warble = np.where(signals.tone(0.8, 18) > 0, signals.tone(0.8, 1080), signals.tone(0.8, 1370))
        ring, period = signals.faded(warble.astype(np.float32), 0.01, 0.05), 1.8
    else:
        notes = (1318.5, 1174.7, 739.99, 830.6, 1108.7, 987.8)
        tune = [(0.13 * i, ringing(0.4, hz, (1, 2, 3), 0.07)) for i, hz in enumerate(notes)]
        ring, period = timeline(1.2, *tune), 1.5
    total = int(p.number("count"))
    return roomy(timeline(period * total + 0.2, *((period * i, ring) for i in range(total))), rng, 0.3, 0.12)


@HITS.kind("phone_buzz", "Telephone buzzes on a table", -15, count=Figure(2, 1, 8))
def phone_buzz(rng: np.random.Generator, p: Settings) -> Signal:
    """A motor against wood."""
    at = np.arange(round(0.7 * RATE)) / RATE
    motor = np.sign(np.sin(2 * np.pi * 165 * rng.uniform(0.94, 1.06) * at)).astype(np.float32)
    buzz = signals.faded(
        signals.shaped(motor, signals.product(signals.band(140, 2200, 1), signals.peak(330, 8, 0.6))),
        0.02,
        0.04,
    )
    total = int(p.number("count"))
    return timeline(1.3 * total, *((1.3 * i, buzz) for i in range(total)))


@HITS.kind("click", "Switch or button", -16)
def click(rng: np.random.Generator, p: Settings) -> Signal:
    """Down and up."""
    down = burst(rng, 0.03, signals.band(1500, 7000, 1), 0.002) + ringing(0.03, 2600, (1, 1.7), 0.003) * 0.5
    return timeline(0.2, (0, down), (0.09, down * 0.5))


@HITS.kind("typing", "Typing on a keyboard", -18, count=Figure(14, 1, 80))
def typing(rng: np.random.Generator, p: Settings) -> Signal:
    """Keys in an uneven rhythm."""
    at, keys = 0.0, []
    for _ in range(int(p.number("count"))):
        key = burst(rng, 0.05, signals.band(700 * rng.uniform(0.8, 1.3), 5200, 1), 0.004) * rng.uniform(
            0.5, 1
        )
        keys.append((at, key))
        at += rng.choice((0.09, 0.11, 0.14, 0.26), p=(0.4, 0.3, 0.2, 0.1)) * rng.uniform(0.9, 1.1)
    return timeline(at + 0.15, *keys)


@HITS.kind("camera", "Camera shutter", -14)
def camera(rng: np.random.Generator, p: Settings) -> Signal:
    """Mirror up, curtain, mirror down."""
    tap = burst(rng, 0.05, signals.band(900, 8000, 1), 0.005)
    return timeline(0.35, (0, tap * 0.6), (0.045, tap), (0.13, tap * 0.7))


@HITS.kind("radio_static", "Radio static", -18, seconds=Figure(1.6, 0.2, 20.0))
def radio_static(rng: np.random.Generator, p: Settings) -> Signal:
    """Tuning noise with a whistle that slides through."""
    n = round(p.number("seconds") * RATE)
    hiss = signals.noise(n, rng, signals.band(400, 4200, 2)) * signals.drift(n, rng, 9, 0.25, 1.0)
    whistle = (
        signals.glide(n / RATE, rng.uniform(500, 900), rng.uniform(1800, 2600))[:n] * signals.swell(n) * 0.25
    )
    return signals.faded(hiss + whistle, 0.02, 0.04)


@HITS.kind("radio_beep", "Radio call tone", -16)
def radio_beep(rng: np.random.Generator, p: Settings) -> Signal:
    """Push to talk: a beep and a click of noise."""
    beep = signals.faded(signals.tone(0.12, 1250), 0.004, 0.01)
    return timeline(0.35, (0, beep), (0.14, burst(rng, 0.1, signals.band(500, 4000), 0.02) * 0.4))


@HITS.kind("clock", "Clock ticks", -22, count=Figure(4, 1, 60))
def clock(rng: np.random.Generator, p: Settings) -> Signal:
    """One tick a second, tick and tock differing."""
    total, build = int(p.number("count")), rng.uniform(0.93, 1.07)
    ticks = [
        (
            float(i),
            ringing(0.08, build * (1900 if i % 2 else 2350), (1, 2.4), 0.006)
            + burst(rng, 0.08, signals.high(3000), 0.002) * 0.3,
        )
        for i in range(total)
    ]
    return timeline(total + 0.1, *ticks)


@HITS.kind("alarm", "Alarm", -11, model=Choice(("clock", "building", "car")), count=Figure(4, 1, 30))
def alarm(rng: np.random.Generator, p: Settings) -> Signal:
    """Beeps of a clock, the horn of a building, the wail of a car."""
    if p.word("model") == "building":
        one = signals.shaped(np.sign(signals.tone(0.5, 520)).astype(np.float32), signals.low(3000, 1))
    elif p.word("model") == "car":
        one = np.concatenate([signals.glide(0.25, 700, 1500), signals.glide(0.25, 1500, 700)])
    else:
        one = timeline(
            0.5, *((0.11 * i, signals.faded(signals.tone(0.06, 2050), 0.003, 0.006)) for i in range(4))
        )
    total = int(p.number("count"))
    return roomy(timeline(0.75 * total, *((0.75 * i, one) for i in range(total))), rng, 0.5, 0.2)


@HITS.kind("servo", "Small motor", -18, effort=LOUDER)
def servo(rng: np.random.Generator, p: Settings) -> Signal:
    """A robot's joint or a lens that turns."""
    effort, build = p.number("effort"), rng.uniform(0.9, 1.1)
    turn = signals.glide(0.5, build * (240 + 200 * effort), build * (420 + 380 * effort))
    buzz = np.sign(turn).astype(np.float32) * signals.swell(turn.size, 0.3)
    return signals.shaped(buzz, signals.band(250, 3800, 1))
