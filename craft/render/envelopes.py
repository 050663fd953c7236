"""Gain, pan and fades of a sound clip, sample for sample, for any piece of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from craft.render.model import LevelKey, SoundClip
from craft.render.wav import SAMPLE_RATE, Samples
from craft.terms import rates


def sample_at(frame: int, rate: rates.FrameRate) -> int:
    """The first sample of a frame at 48 kHz, rounded half up; exact arithmetic, so nothing drifts."""
    return (2 * frame * SAMPLE_RATE * rate.den + rate.num) // (2 * rate.num)


class Shape:
    """What a clip does to its sound: gain and pan with their envelopes, and its fades.

    Envelopes run straight between their keys, in dB and in pan, and hold before the first and after the last.
    Fades follow a quarter sine, so two clips that overlap by their fades cross at constant power (they are
    taken to be unrelated, as two takes, two songs or two atmospheres are); pan is constant power with unity
    in the middle.
    """

    def __init__(self, clip: SoundClip, rate: rates.FrameRate, length: int) -> None:
        """For a clip that is `length` samples long in the programme."""
        self._length = length
        self._fade_in = sample_at(clip.fade_in, rate)
        self._fade_out = sample_at(clip.fade_out, rate)
        self._gain_db, self._pan = clip.gain_db, clip.pan
        start = sample_at(clip.record, rate)
        self._gains = _points([(sample_at(clip.record + at, rate) - start, db) for at, db in clip.gain_keys])
        self._pans = _points([(sample_at(clip.record + at, rate) - start, pan) for at, pan in clip.pan_keys])

    def applied(self, piece: Samples, offset: int) -> Samples:
        """The piece as it is heard when it begins `offset` samples into the clip."""
        end = offset + len(piece)
        heard: Samples = piece * self._sides(offset, end)
        if offset < self._fade_in:
            heard *= _quarter(np.arange(offset, end) / self._fade_in)
        if self._fade_out and end > self._length - self._fade_out:
            heard *= _quarter((self._length - np.arange(offset, end)) / self._fade_out)
        return heard

    def _sides(self, start: int, end: int) -> Samples:
        """Factors of left and right, shape (1, 2) where nothing moves, else (n, 2)."""
        gain = np.asarray(10.0 ** ((self._gain_db + _at(self._gains, start, end)) / 20.0))
        pan = np.clip(self._pan + _at(self._pans, start, end), -1.0, 1.0)
        centred = bool(np.all(pan == 0))
        angle = (pan + 1.0) * np.pi / 4.0
        left, right = (1.0, 1.0) if centred else (np.cos(angle) * 2**0.5, np.sin(angle) * 2**0.5)
        sides: Samples = np.stack(np.broadcast_arrays(gain * left, gain * right), axis=-1).astype(np.float32)
        return sides.reshape(-1, 2)


Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def _points(keys: Sequence[LevelKey]) -> Points | None:
    if not keys:
        return None
    return np.array([at for at, _ in keys], np.float64), np.array([value for _, value in keys], np.float64)


def _at(points: Points | None, start: int, end: int) -> NDArray[np.float64]:
    """An envelope's values from sample `start` to `end`; one value where it does not move."""
    if points is None:
        return np.zeros(1)
    at, values = points
    if end <= at[0] or start >= at[-1]:
        return values[:1] if end <= at[0] else values[-1:]
    return np.interp(np.arange(start, end), at, values)


def _quarter(share: NDArray[np.float64]) -> Samples:
    curve: Samples = np.sin(np.clip(share, 0.0, 1.0) * (np.pi / 2)).astype(np.float32)[:, None]
    return curve
