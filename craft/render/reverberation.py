"""How long a room rings: measured from an impulse response, or guessed from a recording made in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from craft.render.model import Room
from craft.render.rooms import ROOMS
from craft.render.wav import SAMPLE_RATE, Samples

BAND = (400.0, 1400.0)
STEP = SAMPLE_RATE // 200
"""5 ms: the step of the envelope in which decays are looked for."""
LEAST_FALL_DB, LEAST_STEPS = 12.0, 12
LEAST_DECAYS = 5
SHARE = 25
"""Of all decays heard, the fast ones show the room: the others end in words that fade by themselves."""


def rt60(response: NDArray[np.float32]) -> float | None:
    """Seconds until an impulse response has fallen by 60 dB, at 500 to 1000 Hz.

    Schroeder's backward integral, its slope between -5 and -35 dB; None when it does not fall that far.
    """
    energy = np.square(banded(np.asarray(response, np.float64)))
    left = np.cumsum(energy[::-1])[::-1]
    if left[0] <= 0:
        return None
    levels = 10.0 * np.log10(np.maximum(left / left[0], 1e-12))
    inside = np.flatnonzero((levels <= -5.0) & (levels >= -35.0))
    if inside.size < 100 or levels[inside[-1]] > -34.0:
        return None
    slope = float(np.polyfit(inside / SAMPLE_RATE, levels[inside], 1)[0])
    return -60.0 / slope if slope < 0 else None


def banded(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """The octaves round 500 and 1000 Hz of a sound, by a smooth window over its spectrum."""
    size = 1 << (len(sound) + SAMPLE_RATE // 10).bit_length()
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    low, high = BAND
    octaves = np.log2(np.maximum(frequencies, 1e-3))
    inside = np.minimum(octaves - np.log2(low) + 0.5, np.log2(high) + 0.5 - octaves)
    weight = np.sin(np.clip(inside, 0, 1) * np.pi / 2) ** 2
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * weight, size)[: len(sound)])


@dataclass(frozen=True, slots=True)
class RoomEstimate:
    """What a recording says about its room; `rt60` None means not measured, and `note` says why.

    `confidence` runs from 0 to 1: how many decays were heard and how well they agree. `room` is the nearest
    room of the table.
    """

    rt60: float | None
    confidence: float
    room: Room | None
    decays: int
    note: str = ""


def match_room(recording: Samples) -> RoomEstimate:
    """Guess the room of a recording of speech or effects from how its sounds die away.

    `recording` is of shape (n, 2) or (n,), 48 kHz; a few sentences give a usable guess, a minute a good one.
    """
    mono = np.asarray(recording, np.float64)
    mono = mono.mean(axis=1) if mono.ndim == 2 else mono
    if len(mono) < SAMPLE_RATE:
        return RoomEstimate(None, 0.0, None, 0, "not measured: less than a second of sound")
    times = _decays(_levels(mono))
    if len(times) < LEAST_DECAYS:
        return RoomEstimate(None, 0.0, None, len(times), "not measured: too few sounds die away freely")
    seconds = float(np.percentile(times, SHARE))
    quick = [time for time in times if time <= 2 * seconds]
    spread = float(np.std(np.log(quick))) if len(quick) > 1 else 1.0
    confidence = min(1.0, len(times) / 20) * float(np.exp(-spread))
    return RoomEstimate(round(seconds, 3), round(confidence, 2), nearest(seconds), len(times))


def nearest(seconds: float) -> Room:
    """The room of the table, with walls round it, that rings for about so long."""
    found = min(
        (spec for spec in ROOMS.values() if spec.rt60 is not None and not spec.open_air),
        key=lambda spec: abs(np.log((spec.rt60 or 1.0) / max(seconds, 0.05))),
    )
    return Room(found.name, found.wet)


def _levels(mono: NDArray[np.float64]) -> NDArray[np.float64]:
    """The level in the middle octaves, dB, every 5 ms over 20 ms."""
    power = np.square(banded(mono))
    count = len(power) // STEP
    steps = power[: count * STEP].reshape(count, STEP).mean(axis=1)
    smooth = np.convolve(steps, np.ones(4) / 4, "same")
    return np.asarray(10.0 * np.log10(np.maximum(smooth, 1e-12)))


def _decays(levels: NDArray[np.float64]) -> list[float]:
    """The 60 dB times of all stretches that fall freely, from their straight middle parts."""
    floor = float(np.percentile(levels, 5)) + 6.0
    top = float(np.percentile(levels, 98))
    times = []
    at = 0
    while at < levels.size - LEAST_STEPS:
        end = _fall_end(levels, at, floor)
        if levels[at] - levels[end] >= LEAST_FALL_DB and end - at >= 4 and levels[at] > top - 25.0:
            times += _slope_time(levels[at : end + 1])
        at = max(at + 1, end)
    return times


def _fall_end(levels: NDArray[np.float64], start: int, floor: float) -> int:
    """Where a fall that begins at `start` ends: at a rise of more than a ripple, or in the noise."""
    lowest = start
    for at in range(start + 1, levels.size):
        if levels[at] < floor:
            break
        if levels[at] < levels[lowest]:
            lowest = at
        elif levels[at] > levels[lowest] + 1.0 or at - lowest > 4:
            break
    return lowest


def _slope_time(fall: NDArray[np.float64]) -> list[float]:
    """The 60 dB time of a fall between 4 dB below its top and its end, if it is straight."""
    inside = fall[fall <= fall[0] - 4.0]
    if inside.size < 4:
        return []
    at = np.arange(inside.size)
    slope, level = np.polyfit(at, inside, 1)
    rest = float(np.std(inside - (slope * at + level)))
    if slope >= 0 or rest > 1.5:
        return []
    return [-60.0 / float(slope) * STEP / SAMPLE_RATE]
