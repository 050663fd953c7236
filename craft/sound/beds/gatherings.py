"""Where many people pass or gather: restaurant, station, airport, party, casino, playground."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.beds.interiors import hall_tail
from craft.sound.beds.people import babble, clink, talker
from craft.sound.beds.places import air
from craft.sound.beds.register import (
    BEDS,
    LOUDER,
    MUCH_LOUDER,
    fitted,
    moving_noise,
    scatter,
    several,
    wide_noise,
)
from craft.sound.beds.transport import passing
from craft.sound.catalogue import Figure, Settings
from craft.sound.signals import RATE, Signal


def announcement(rng: np.random.Generator, tail: Signal) -> Signal:
    """A gong of two notes and a voice nobody can follow, through a hall's loudspeakers."""
    gong = np.concatenate(
        [signals.tone(0.45, hz) * signals.decay(0.45, 0.12) for hz in (659.3, 523.3)]
    ).astype(np.float32)
    voice = talker(round(3.2 * RATE), rng).mean(axis=0) * 1.4
    spoken = np.concatenate([gong * 0.5, signals.faded(voice.astype(np.float32), 0.05, 0.2)])
    return signals.echoed(signals.shaped(spoken, signals.band(350, 3000, 2)), tail)


@BEDS.kind("restaurant", "Restaurant", -33, busy=LOUDER)
def restaurant(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Knives on plates and talk that is softer than in a bar."""
    busy = p.number("busy")
    bed = babble(n, rng, 2 + int(4 * busy)) * 0.6 + air(n, rng, 0.3) * 0.4
    scatter(bed, rng, 40 + 130 * busy, lambda: clink(rng) * rng.uniform(0.1, 0.45))
    scrape = signals.noise(12_000, rng, signals.band(1500, 6000, 1)) * signals.swell(12_000)
    scatter(bed, rng, 12, lambda: scrape * np.float32(rng.uniform(0.03, 0.12)))
    return bed


@BEDS.kind("station_hall", "Railway station", -31, busy=LOUDER)
def station_hall(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A high hall: a wash of steps and voices, brakes, announcements."""
    busy, tail = p.number("busy"), hall_tail(rng, 2.4, 1.4)
    wash = moving_noise(n, rng, signals.product(signals.band(120, 2400, 1), signals.tilt(-2.5)), 0.8, 0.6)
    bed = wash * 0.6 + babble(n, rng, 2 + int(4 * busy)) * 0.6
    scatter(bed, rng, 3.5, lambda: announcement(rng, tail) * 1.8, 0.3)
    brakes = signals.shaped(
        signals.noise(96_000, rng, signals.band(1900, 2300, 4)) * signals.swell(96_000, 0.6),
        signals.low(3000),
    )
    scatter(bed, rng, 2 * busy, lambda: signals.echoed(brakes * np.float32(0.12), tail))
    return bed


@BEDS.kind("airport", "Airport terminal", -35, busy=LOUDER)
def airport(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Air conditioning, suitcases on rollers, gongs; now and then a take-off behind glass."""
    busy, tail = p.number("busy"), hall_tail(rng, 1.6, 0.9)
    bed = air(n, rng, 0.1) + babble(n, rng, 1 + int(4 * busy)) * 0.45
    scatter(bed, rng, 3, lambda: announcement(rng, tail) * 1.6, 0.3)

    def case() -> Signal:
        length = int(rng.integers(18, 36)) * signals.BLOCK
        roll = signals.noise(length, rng, signals.band(250, 1500, 1)) * signals.swell(length)
        return roll * np.clip(signals.drift(length, rng, 30, 0.2, 1.0), 0, 1) * np.float32(0.4)

    scatter(bed, rng, 6 + 16 * busy, case)
    scatter(bed, rng, 1.2, lambda: passing(rng, 40, 300) * 1.6)
    return bed


@BEDS.kind("party", "Party next door", -30, busy=LOUDER, tempo=Figure(122, 80, 160))
def party(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A beat at `tempo` per minute and people who talk over it."""
    bed = babble(n, rng, 3 + int(5 * p.number("busy")))
    beats = max(1, round(n / RATE * p.number("tempo") / 60))
    kick = signals.glide(0.28, 110, 48) * signals.decay(0.28, 0.06)
    wall = wide_noise(14_400, rng, signals.band(60, 170, 1)) * signals.decay(0.3, 0.05)
    hat = signals.noise(2400, rng, signals.high(5000)) * signals.decay(0.05, 0.008)
    for index in range(2 * beats):
        at = n * (2 * index + 1) // (4 * beats)
        struck = kick * np.float32(1.3) if index % 2 == 0 else hat * np.float32(0.12)
        signals.place(bed, fitted(signals.panned(struck, 0.0), n), at)
        if index % 2 == 0:
            signals.place(bed, fitted(wall, n), at)
    scatter(bed, rng, 12, lambda: clink(rng) * rng.uniform(0.1, 0.3))
    return bed


@BEDS.kind("casino", "Casino or arcade", -31, busy=LOUDER)
def casino(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Machines that play runs of notes, chips, voices."""
    busy = p.number("busy")
    bed = babble(n, rng, 2 + int(3 * busy)) * 0.7 + air(n, rng, 0.1) * 0.4

    def run() -> Signal:
        root = rng.choice((523.3, 587.3, 659.3, 784.0))
        steps = rng.choice((1.0, 1.25, 1.5, 2.0), int(rng.integers(4, 10)))
        notes = [signals.tone(0.09, root * s) * signals.decay(0.09, 0.04) for s in steps]
        return np.concatenate(notes).astype(np.float32) * np.float32(rng.uniform(0.5, 1.4))

    scatter(bed, rng, 30 + 90 * busy, several(rng, 16, run))
    scatter(bed, rng, 20 + 40 * busy, lambda: clink(rng) * 0.25)
    return bed


@BEDS.kind("playground", "Playground", -33, busy=MUCH_LOUDER)
def playground(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """Children who shout and run, a swing that squeaks."""
    busy = p.number("busy")
    bed = (
        moving_noise(n, rng, signals.product(signals.band(150, 2500, 1), signals.tilt(-3.0)), 0.5, 0.5) * 0.3
    )

    def shout() -> Signal:
        hz, seconds = rng.uniform(480, 900), 0.1 * rng.integers(2, 8)
        cry = signals.glide(seconds, hz, hz * rng.uniform(0.8, 1.4))
        rough = np.sign(cry) * np.abs(cry) ** np.float32(0.5) * signals.swell(cry.size, 0.3)
        vowel = signals.product(signals.band(450, 4000, 1), signals.peak(rng.uniform(900, 1500), 10, 0.5))
        return signals.shaped(rough.astype(np.float32), vowel) * np.float32(rng.uniform(0.3, 1.4))

    scatter(bed, rng, 40 + 170 * busy, several(rng, 24, shout))
    squeak = signals.glide(0.35, 1900, 2300) * signals.swell(16_800)
    scatter(bed, rng, 12, lambda: squeak * np.float32(0.08))
    return bed


@BEDS.kind("theatre_hush", "Audience before the curtain", -37, busy=LOUDER)
def theatre_hush(n: int, rng: np.random.Generator, p: Settings) -> Signal:
    """A full house that settles: murmur, programmes, a cough."""
    tail = hall_tail(rng, 1.2, 0.6)
    bed = air(n, rng, 0.3) + babble(n, rng, 3 + int(4 * p.number("busy"))) * 0.5

    def cough() -> Signal:
        bark = signals.noise(9600, rng, signals.band(300, 2200, 1)) * signals.decay(0.2, 0.03)
        return signals.echoed(bark, tail) * np.float32(rng.uniform(0.6, 1.5))

    scatter(bed, rng, 8, cough)
    return bed
