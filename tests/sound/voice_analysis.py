"""Figures of a voice the tests compare: formants by linear prediction, loudness by ffmpeg."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import linalg, signal

Sound = npt.NDArray[np.floating]
_RATE, _ORDER = 11_025, 12


def formants(sound: Sound, rate: int = 48_000) -> npt.NDArray[np.float64]:
    """Medians in Hz of the first three resonances of the loud 30 ms pieces."""
    low = signal.resample_poly(sound, _RATE, rate)
    low = signal.lfilter([1, -0.97], [1], low)
    size = round(0.03 * _RATE)
    pieces = np.lib.stride_tricks.sliding_window_view(low, size)[:: size // 2]
    power = np.square(pieces).mean(axis=1)
    found = []
    for piece in pieces[power > 1.5 * np.median(power)] * np.hamming(size):
        same = np.correlate(piece, piece, "full")[size - 1 : size + _ORDER]
        same[0] *= 1 + 1e-9
        roots = np.roots(np.r_[1, -linalg.solve_toeplitz(same[:_ORDER], same[1:])])
        roots = roots[roots.imag > 0]
        hertz = np.angle(roots) * _RATE / 2 / np.pi
        narrow = np.sort(hertz[(-np.log(np.abs(roots)) * _RATE / np.pi < 500) & (hertz > 200)])
        if narrow.size >= 3:
            found.append(narrow[:3])
    return np.asarray(np.median(found, axis=0))


def harmonicity(sound: Sound, rate: int = 48_000) -> float:
    """Harmonics-to-noise ratio in dB, the median over the loud half of 50 ms pieces (autocorrelation)."""
    low = sound[::4]
    size = round(0.05 * rate / 4)
    window = np.hanning(size)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)[:size]
    pieces = low[: low.size // size * size].reshape(-1, size)
    power = np.square(pieces).mean(axis=1)
    found = []
    for piece in pieces[power > np.median(power)]:
        same = np.fft.irfft(np.abs(np.fft.rfft(piece * window, 4 * size)) ** 2)[:size] / np.maximum(
            shape, 1e-9
        )
        share = same[rate // 4 // 420 : rate // 4 // 60].max() / same[0]
        found.append(10 * np.log10(np.clip(share, 1e-3, 0.999) / (1 - np.clip(share, 1e-3, 0.999))))
    return float(np.median(found))


def loudness(path: Path) -> float:
    """Integrated loudness in LUFS."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1])
