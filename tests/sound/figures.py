"""Figures that say what a sound is like: where its spectrum lies, how it beats, rings and dies away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.sound.analysis import Sound, centroid, mono

RATE = 48_000
HOP = 240  # 5 ms


@dataclass(frozen=True)
class Figures:
    """What one sound measures."""

    seconds: float
    centroid: float
    """Balance point of the spectrum, Hz."""
    low: float
    """15 % of the power lies below, Hz."""
    high: float
    """85 % of the power lies below, Hz."""
    tonal: float
    """Share of the power in the six strongest narrow lines, 0 noise to 1 pure tones."""
    peak: float
    """The strongest line, Hz."""
    onsets: int
    """Attacks: the level of 5 ms rises 9 dB above what was heard in the 60 ms before."""
    beat: float
    """The strongest modulation of the level between 0.5 and 60 Hz, Hz."""
    depth: float
    """Deviation of the level of 50 ms pieces over its mean: 0 steady, 1 and more bursts."""
    fall: float
    """Seconds from the loudest moment until the level stays 20 dB under it."""
    rise: float
    """Seconds from the start until the loudest 20 ms."""


def figures(signal: Sound) -> Figures:
    """Measure a mono or stereo signal at 48 kHz."""
    x = mono(signal).astype(np.float64)
    power = np.abs(np.fft.rfft(x)) ** 2
    hz = np.fft.rfftfreq(x.size, 1 / RATE)
    share = np.cumsum(power) / power.sum()
    tonal, peak = _lines(x)
    envelope = levels(x, HOP)
    return Figures(
        x.size / RATE,
        centroid(x),
        float(hz[np.searchsorted(share, 0.15)]),
        float(hz[np.searchsorted(share, 0.85)]),
        tonal,
        peak,
        onsets(x),
        _beat(envelope),
        float(levels(x, 2400).std() / levels(x, 2400).mean()),
        *_shape(x),
    )


def levels(x: Sound, hop: int) -> Sound:
    """Root mean square of consecutive pieces."""
    pieces = max(1, x.size // hop)
    return np.sqrt(np.square(x[: pieces * hop].reshape(pieces, -1)).mean(axis=1) + 1e-18)


def onsets(signal: Sound) -> int:
    """How many attacks a signal has."""
    x = mono(signal).astype(np.float64)
    envelope = np.concatenate([np.full(12, 1e-9), levels(x, HOP)])
    loud = envelope.max() * 10 ** (-30 / 20)
    found, last = 0, -100
    for index in range(12, envelope.size):
        before = envelope[index - 12 : index].mean()
        if envelope[index] > max(loud, 2.8 * before) and index - last > 10:
            found, last = found + 1, index
    return found


def _lines(x: Sound) -> tuple[float, float]:
    """Mean spectrum of 8192 samples: the share of the six strongest lines above their surroundings, and the
    first.
    """
    size = 8192
    padded = np.concatenate([x, np.zeros(max(0, size - x.size))])
    window = np.hanning(size)
    starts = range(0, padded.size - size + 1, size // 2)
    mean = np.mean([np.abs(np.fft.rfft(padded[s : s + size] * window)) ** 2 for s in starts], axis=0)
    rest, lines = mean.copy(), 0.0
    strongest = int(np.argmax(mean))
    for _ in range(6):
        at = int(np.argmax(rest))
        around = slice(max(0, at - 3), at + 4)
        wide = np.concatenate([mean[max(0, at - 24) : max(0, at - 8)], mean[at + 8 : at + 24]])
        lines += max(0.0, float(rest[around].sum() - 7 * (wide.mean() if wide.size else 0)))
        rest[around] = 0
    return lines / float(mean.sum()), strongest * RATE / size


def _beat(envelope: Sound) -> float:
    """The rate of the strongest modulation."""
    spectrum = np.abs(
        np.fft.rfft((envelope - envelope.mean()) * np.hanning(envelope.size), 4 * envelope.size)
    )
    rate = np.fft.rfftfreq(4 * envelope.size, HOP / RATE)
    inside = (rate >= max(0.5, 1.5 * RATE / HOP / envelope.size)) & (rate <= 60)
    return float(rate[inside][np.argmax(spectrum[inside])]) if inside.any() else 0.0


def _shape(x: Sound) -> tuple[float, float]:
    envelope = levels(x, 960)
    top = int(np.argmax(envelope))
    above = np.flatnonzero(envelope > envelope[top] * 0.1)
    return (int(above[-1]) - top) * 0.02, top * 0.02


def banded(signal: Sound, low_hz: float, high_hz: float) -> Sound:
    """The mono signal between two frequencies."""
    x = mono(signal).astype(np.float64)
    spectrum = np.fft.rfft(x)
    hz = np.fft.rfftfreq(x.size, 1 / RATE)
    spectrum[(hz < low_hz) | (hz > high_hz)] = 0
    return np.fft.irfft(spectrum, x.size)


def share(signal: Sound, low_hz: float, high_hz: float) -> float:
    """How much of the power lies between two frequencies, 0-1."""
    whole = np.square(mono(signal).astype(np.float64)).sum()
    return float(np.square(banded(signal, low_hz, high_hz)).sum() / whole)


def beat_between(signal: Sound, slowest: float, fastest: float) -> float:
    """The rate in Hz at which the level moves most between two rates."""
    envelope = levels(mono(signal).astype(np.float64), HOP)
    size = 8 * envelope.size
    spectrum = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(envelope.size), size))
    rate = np.fft.rfftfreq(size, HOP / RATE)
    inside = (rate >= slowest) & (rate <= fastest)
    return float(rate[inside][np.argmax(spectrum[inside])])


def bursts(signal: Sound) -> float:
    """How far single moments stand out: the loudest 10 ms in a hundred over the median level."""
    found = levels(mono(signal).astype(np.float64), 480)
    return float(np.percentile(found, 99) / np.median(found))
