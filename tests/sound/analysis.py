"""Figures of sound the tests compare: pitch by autocorrelation, spectral centroid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.floating]


def mono(signal: Sound) -> Sound:
    """One channel of a mono or stereo signal."""
    return signal if signal.ndim == 1 else signal.mean(axis=0)


def centroid(signal: Sound, rate: int = 48_000) -> float:
    """The balance point of the spectrum in Hz."""
    power = np.abs(np.fft.rfft(mono(signal))) ** 2
    return float((np.fft.rfftfreq(mono(signal).size, 1 / rate) * power).sum() / power.sum())


def pitch(signal: Sound, rate: int = 48_000) -> float:
    """The median pitch in Hz of the loud half of the 40 ms pieces."""
    size = round(0.04 * rate)
    pieces = mono(signal)[: mono(signal).size // size * size].reshape(-1, size)
    loud = pieces[np.square(pieces).mean(axis=1) > np.median(np.square(pieces).mean(axis=1))]
    found = []
    for piece in loud:
        spectrum = np.fft.rfft(piece - piece.mean(), 2 * size)
        same = np.fft.irfft(np.abs(spectrum) ** 2)[:size]
        lowest, highest = round(rate / 420), round(rate / 60)
        lag = lowest + int(np.argmax(same[lowest:highest]))
        if same[lag] > 0.3 * same[0]:
            found.append(rate / lag)
    return float(np.median(found))
