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
SMOOTH_STEPS = 6
LEAST_FALL_DB, LEAST_STEPS = 12.0, 6
RIPPLE_DB, RIPPLE_STEPS = 3.0, 8
"""What a fall may rise again, and how long it may stay, before it counts as ended."""
SKIPPED_DB = 8.0
"""The top of a fall is the sound itself and its first reflections; the room shows below."""
STRAIGHT_DB = 2.0
LOUD_DB, FLOOR_DB = 25.0, 6.0
LEAST_DECAYS = 5
SURE_DECAYS = 15


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

    `recording` is of shape (n, 2) or (n,), 48 kHz; a few sentences are enough. Every fall of the level is
    fitted with a line; the long ones count more, and the middle of them all is the room. Below 0.3 s it is
    rather the voice that is measured, above 2 s sentences leave too few pauses: then confidence is low.
    """
    mono = np.asarray(recording, np.float64)
    mono = mono.mean(axis=1) if mono.ndim == 2 else mono
    if len(mono) < SAMPLE_RATE:
        return RoomEstimate(None, 0.0, None, 0, "not measured: less than a second of sound")
    times, weights = _decays(_levels(mono))
    if times.size < LEAST_DECAYS:
        return RoomEstimate(None, 0.0, None, times.size, "not measured: too few sounds die away freely")
    order = np.argsort(times)
    share = np.cumsum(weights[order]) / weights.sum()
    low, seconds, high = (float(times[order][np.searchsorted(share, part)]) for part in (0.25, 0.5, 0.75))
    agreement = float(np.exp(-np.log(high / low)))
    confidence = min(1.0, times.size / SURE_DECAYS) * agreement
    return RoomEstimate(round(seconds, 3), round(confidence, 2), nearest(seconds), times.size)


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
    smooth = np.convolve(steps, np.ones(SMOOTH_STEPS) / SMOOTH_STEPS, "same")
    return np.asarray(10.0 * np.log10(np.maximum(smooth, 1e-12)))


def _decays(levels: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 60 dB times of all stretches that fall freely, and for how many steps each was seen."""
    floor, top = float(np.percentile(levels, 3)) + FLOOR_DB, float(np.percentile(levels, 98))
    found: list[tuple[float, int]] = []
    at = 0
    while at < levels.size - LEAST_STEPS:
        end = _fall_end(levels, at, floor)
        free = levels[at] - levels[end] >= LEAST_FALL_DB and end - at >= LEAST_STEPS
        if free and levels[at] > top - LOUD_DB:
            found += _slope_time(levels[at : end + 1])
        at = max(at + 1, end if free else at + 1)
    return np.array([time for time, _ in found]), np.array([steps for _, steps in found], np.float64)


def _fall_end(levels: NDArray[np.float64], start: int, floor: float) -> int:
    """Where a fall that begins at `start` ends: at a rise of more than a ripple, or in the noise."""
    lowest = start
    for at in range(start + 1, levels.size):
        if levels[at] < floor:
            break
        if levels[at] < levels[lowest]:
            lowest = at
        elif levels[at] > levels[lowest] + RIPPLE_DB or at - lowest > RIPPLE_STEPS:
            break
    return lowest


def _slope_time(fall: NDArray[np.float64]) -> list[tuple[float, int]]:
    """The 60 dB time of the lower part of a fall and its length in steps, if it is straight."""
    below = np.flatnonzero(fall <= fall[0] - SKIPPED_DB)
    if below.size < LEAST_STEPS:
        return []
    part = fall[below[0] :]
    at = np.arange(part.size)
    slope, level = np.polyfit(at, part, 1)
    if slope >= 0 or float(np.std(part - (slope * at + level))) > STRAIGHT_DB:
        return []
    return [(-60.0 / float(slope) * STEP / SAMPLE_RATE, part.size)]
