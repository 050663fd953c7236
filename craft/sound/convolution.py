"""Linear filters over a signal of any length in blocks of a fixed size: quick, and their spectra are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from craft.sound.signals import Shape, Signal

_BLOCK = 8192
_REACH = 512
_STRETCH = 1 << 16


@dataclass(frozen=True, eq=False)
class Filter:
    """A response of `before` samples ahead of the present and `after` behind it, ready as a spectrum.

    Its output has `up` times the samples of its input.
    """

    spectrum: npt.NDArray[np.complex64]
    before: int
    after: int
    block: int
    up: int = 1

    def __call__(self, signal: Signal) -> Signal:
        """(n,) float → (n × up,) float32; before the beginning and after the end is silence."""
        hop = self.block - self.before - self.after
        count = max(1, -(-signal.size // hop))
        padded = np.zeros(count * hop + self.before + self.after, np.float32)
        padded[self.after : self.after + signal.size] = signal
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.block)[::hop]
        # scipy transforms many rows at once, in a fifth of numpy's time
        spectra = np.asarray(fft.rfft(frames, axis=1) * self.spectrum, np.complex64)
        if self.up > 1:
            wide = np.zeros((count, self.block * self.up // 2 + 1), np.complex64)
            wide[:, : spectra.shape[1]] = spectra
            spectra = wide
        first = self.after * self.up
        told = np.fft.irfft(spectra, self.block * self.up, axis=1)[:, first : first + hop * self.up]
        return np.asarray(told.ravel()[: signal.size * self.up], np.float32)


def zero_phase(shape: Shape, rate: float, up: int = 1) -> Filter:
    """A filter of that magnitude which moves nothing in time; shape takes Hz, rate is the input's."""
    magnitude = shape(np.fft.rfftfreq(_BLOCK, 1 / rate).astype(np.float32))
    response = np.fft.irfft(magnitude, _BLOCK)
    window = np.zeros(_BLOCK)
    bell = np.hanning(2 * _REACH + 1)
    window[: _REACH + 1], window[-_REACH:] = bell[_REACH:], bell[:_REACH]
    spectrum = (np.fft.rfft(response * window) * up).astype(np.complex64)
    return Filter(spectrum, _REACH, _REACH, _BLOCK, up)


def causal(response: Signal) -> Filter:
    """Convolution with a response that begins at the present; at most 8,192 samples."""
    block = 2 * _BLOCK
    spectrum = np.fft.rfft(response, block).astype(np.complex64)
    return Filter(spectrum, 0, response.size - 1, block)


# Half-band interpolation: what lies between two samples, from eight on either side.
_HALF = np.arange(8) + 0.5
_BETWEEN = (np.sinc(_HALF) * np.i0(5.0 * np.sqrt(1 - (_HALF / 8.5) ** 2)) / np.i0(5.0)).astype(np.float32)
_BETWEEN /= 2 * _BETWEEN.sum()


def doubled(signal: Signal) -> Signal:
    """The same sound at twice the sample rate; (n,) → (2n,) float32."""
    taps = _BETWEEN.size
    padded = np.pad(signal.astype(np.float32, copy=False), taps)
    out = np.empty(2 * signal.size, np.float32)
    out[::2] = signal
    for start in range(0, signal.size, _STRETCH):
        n = min(_STRETCH, signal.size - start)
        between = np.zeros(n, np.float32)
        for tap, weight in enumerate(_BETWEEN):
            left, right = start + taps - tap, start + taps + 1 + tap
            between += weight * (padded[left : left + n] + padded[right : right + n])
        out[2 * start + 1 : 2 * (start + n) : 2] = between
    return out
