"""Loudness and true peak after ITU-R BS.1770-4, loudness range after EBU Tech 3342, in one streaming pass.

K-weighting is done by fast convolution: the standard's two filters forget within a tenth of a second, so
their response is applied to blocks with that much of what came before. The true peak is looked for only
where it can be: four times oversampling raises a peak by at most `PEAK_BOUND`, so most of a programme is
ruled out by its sample peaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from craft.render.wav import CHANNELS, SAMPLE_RATE, Samples

STEP = SAMPLE_RATE // 10
"""Samples per step of the loudness curve: 100 ms, the hop of the standard's gating blocks."""
PEAK_STEP = SAMPLE_RATE // 1000
BLOCK_STEPS, SHORT_STEPS = 4, 30
HISTORY = 7200
"""Samples the K-weighting looks back; its response has fallen by 300 dB there."""
ADVANCE = 11 * STEP
FLOOR_LUFS = -70.0
GATE_LU, RANGE_GATE_LU = 10.0, 20.0
SPEECH_SHARE = 0.15
"""Below this share of speech a dialogue-gated measurement says nothing about the programme."""

_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGHPASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))

Figures = NDArray[np.float64]
Mask = NDArray[np.bool_]
Half = NDArray[np.float16]


def k_response(size: int) -> NDArray[np.complex64]:
    """The K-weighting at the frequencies of a real FFT of `size` samples at 48 kHz."""
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    powers = np.stack((np.ones_like(z), z, z * z))
    total = np.ones_like(z)
    for over, under in (_SHELF, _HIGHPASS):
        total *= np.dot(over, powers) / np.dot(under, powers)
    return np.asarray(total, np.complex64)


_RESPONSE = k_response(HISTORY + ADVANCE)


def fine_powers(samples: Samples) -> NDArray[np.float32]:
    """K-weighted power per millisecond, summed over the channels.

    `samples` is `HISTORY` samples of what came before and `ADVANCE` new ones; 1100 figures come out.
    """
    spectrum = np.fft.rfft(np.ascontiguousarray(samples.T))
    spectrum *= _RESPONSE
    weighted = np.fft.irfft(spectrum, HISTORY + ADVANCE)[:, HISTORY:].reshape(CHANNELS, -1, PEAK_STEP)
    powers: NDArray[np.float32] = np.einsum("csn,csn->s", weighted, weighted) / np.float32(PEAK_STEP)
    return powers


PEAK_TAPS = 16


def _oversampling() -> NDArray[np.float32]:
    """A matrix from one millisecond and its surroundings to the three values between its samples."""
    offsets = np.arange(PEAK_TAPS) - PEAK_TAPS / 2 + 1
    width = PEAK_TAPS + PEAK_STEP - 1
    matrix = np.zeros((width, PEAK_STEP, 3), np.float64)
    for phase in range(3):
        away = offsets - (phase + 1) / 4
        window = np.i0(6.0 * np.sqrt(np.clip(1 - (away / (PEAK_TAPS / 2)) ** 2, 0, 1))) / np.i0(6.0)
        taps = np.sinc(away) * window
        taps /= taps.sum()
        for sample in range(PEAK_STEP):
            matrix[sample : sample + PEAK_TAPS, sample, phase] = taps
    return matrix.reshape(width, -1).astype(np.float32)


_MATRIX = _oversampling()
LEAD = PEAK_TAPS // 2 - 1
"""Samples the oversampling looks back; it looks one more ahead."""
PEAK_BOUND = float(np.abs(_MATRIX).sum(axis=0).max())


def sample_peaks(samples: Samples) -> NDArray[np.float32]:
    """The highest sample of either channel per millisecond; the last millisecond may be a part of one."""
    count = -(-len(samples) // PEAK_STEP)
    if len(samples) < count * PEAK_STEP:
        samples = np.concatenate(
            (samples, np.zeros((count * PEAK_STEP - len(samples), CHANNELS), np.float32))
        )
    # the rows of samples hold both channels, so one maximum serves them
    peaks: NDArray[np.float32] = np.abs(samples.reshape(count, -1)).max(axis=1, initial=0.0)
    return peaks


def true_peaks(padded: Samples, steps: NDArray[np.int64]) -> NDArray[np.float32]:
    """The highest value between and on the samples of the named milliseconds.

    `padded` begins `LEAD` samples ahead of millisecond 0 and reaches `LEAD + 1` behind the last one.
    """
    peaks = np.zeros(len(steps), np.float32)
    for start in range(0, len(steps), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        at = steps[some, None] * PEAK_STEP + np.arange(len(_MATRIX))
        for channel in range(CHANNELS):
            near = padded[:, channel][at]
            between = np.abs(near @ _MATRIX).max(axis=1)
            own = np.abs(near[:, LEAD : LEAD + PEAK_STEP]).max(axis=1)
            peaks[some] = np.maximum(peaks[some], np.maximum(own, between))
    return peaks


AT_ONCE = 28
"""Rows multiplied at once: few enough that the matrix product stays on one processor."""


def reach(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    """The most the true peak of each millisecond can be, from its and its neighbours' sample peaks."""
    return _widest(peaks) * np.float32(PEAK_BOUND)


def close_reach(padded: Samples, count: int) -> NDArray[np.float32]:
    """A closer limit for the true peaks of `count` milliseconds, from how far the sound bends between samples.

    Between two samples a curve leaves the straight line by an eighth of its second derivative, which for a
    sound up to the Nyquist frequency is at most π²/4 of its second difference: 0.31 of it, taken as 0.4.
    """
    bend = np.abs(np.diff(padded, 2, axis=0))[LEAD - 1 : LEAD - 1 + count * PEAK_STEP].reshape(count, -1)
    own = np.abs(padded[LEAD : LEAD + count * PEAK_STEP]).reshape(count, -1).max(axis=1)
    return _widest(own) + np.float32(0.4) * _widest(bend.max(axis=1))


def _widest(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each value or its larger neighbour."""
    highest = peaks.copy()
    np.maximum(highest[1:], peaks[:-1], out=highest[1:])
    np.maximum(highest[:-1], peaks[1:], out=highest[:-1])
    return highest


class LoudnessMeter:
    """Takes sound in pieces of any size; `energies`, `peak` and `fine` are complete after `finish`."""

    def __init__(self, *, keep_fine: bool = False) -> None:
        self._buffer = np.zeros((HISTORY, CHANNELS), np.float32)
        self._energies: list[Figures] = []
        self._fine: list[tuple[Half, Half]] | None = [] if keep_fine else None
        self._samples = 0
        self.peak = 0.0

    def take(self, piece: Samples) -> None:
        """Measure the next samples, shape (n, 2)."""
        self._samples += len(piece)
        self._buffer = np.concatenate((self._buffer, piece))
        while len(self._buffer) >= HISTORY + ADVANCE + LEAD + 1:
            self._measure()

    def _measure(self) -> None:
        powers = fine_powers(self._buffer[: HISTORY + ADVANCE])
        self._energies.append(powers.astype(np.float64).reshape(-1, STEP // PEAK_STEP).mean(axis=1))
        peaks = sample_peaks(self._buffer[HISTORY : HISTORY + ADVANCE])
        if self._fine is not None:
            self._fine.append((np.sqrt(powers).astype(np.float16), peaks.astype(np.float16)))
        self._raise_peak(self._buffer[HISTORY - LEAD : HISTORY + ADVANCE + LEAD + 1], peaks)
        self._buffer = self._buffer[ADVANCE:]

    def _raise_peak(self, padded: Samples, peaks: NDArray[np.float32]) -> None:
        """Look at the highest millisecond first: what it has between its samples rules out most others."""
        best = np.array([int(peaks.argmax())])
        if peaks[best[0]] * PEAK_BOUND <= self.peak:
            return
        self.peak = max(self.peak, float(true_peaks(padded, best)[0]))
        if reach(peaks).max() <= self.peak:
            return
        others = np.flatnonzero(close_reach(padded, len(peaks)) > self.peak)
        if others.size:
            self.peak = max(self.peak, float(true_peaks(padded, others).max()))

    def finish(self) -> None:
        """Measure what is left, followed by silence; incomplete steps at the end do not count."""
        left = len(self._buffer) - HISTORY
        if left > 0:
            rest = ADVANCE * -(-left // ADVANCE) + LEAD + 1 - left
            self._buffer = np.concatenate((self._buffer, np.zeros((rest, CHANNELS), np.float32)))
            while len(self._buffer) >= HISTORY + ADVANCE + LEAD + 1:
                self._measure()

    @property
    def energies(self) -> Figures:
        """K-weighted power of every whole 100 ms."""
        whole = np.concatenate(self._energies) if self._energies else np.zeros(0)
        return whole[: self._samples // STEP]

    @property
    def fine(self) -> tuple[Half, Half]:
        """Per millisecond the root of the K-weighted power and the sample peak, of a meter that keeps them.

        In half precision (three digits), because hours of them are kept: 14 MB an hour.
        """
        whole = -(-self._samples // PEAK_STEP)
        levels, peaks = zip(*self._fine, strict=True) if self._fine else ((), ())
        none = np.zeros(0, np.float16)
        return np.concatenate((none, *levels))[:whole], np.concatenate((none, *peaks))[:whole]


def lufs(power: Figures | float) -> Figures:
    """K-weighted power → LUFS."""
    return np.asarray(-0.691 + 10.0 * np.log10(np.maximum(power, 1e-20)))


def _sliding(energies: Figures, steps: int) -> Figures:
    if energies.size < steps:
        return np.zeros(0)
    total = np.concatenate(([0.0], np.cumsum(energies)))
    return (total[steps:] - total[:-steps]) / steps


def integrated(energies: Figures) -> float | None:
    """Programme loudness in LUFS with both gates; None for silence and for less than 400 ms."""
    blocks = _sliding(energies, BLOCK_STEPS)
    blocks = blocks[lufs(blocks) > FLOOR_LUFS]
    if blocks.size == 0:
        return None
    loud = blocks[lufs(blocks) > lufs(float(blocks.mean())) - GATE_LU]
    return float(lufs(float(loud.mean())))


def dialogue_loudness(energies: Figures, speech: Mask) -> float | None:
    """Loudness in LUFS of the steps in which somebody speaks, with no gate but speech itself.

    None when they are less than `SPEECH_SHARE` of the programme.
    """
    count = min(energies.size, speech.size)
    heard = energies[:count][speech[:count]]
    if count == 0 or heard.size < SPEECH_SHARE * count:
        return None
    heard = heard[lufs(heard) > FLOOR_LUFS]
    return float(lufs(float(heard.mean()))) if heard.size else None


def loudness_range(energies: Figures) -> float | None:
    """The spread of the short-term loudness in LU; None for silence and for less than three seconds."""
    short = _sliding(energies, SHORT_STEPS)
    short = short[lufs(short) > FLOOR_LUFS]
    if short.size == 0:
        return None
    levels = lufs(short[lufs(short) > lufs(float(short.mean())) - RANGE_GATE_LU])
    low, high = np.percentile(levels, (10, 95))
    return float(high - low)


@dataclass(frozen=True, slots=True)
class Meter:
    """What the meter read: LUFS, dBTP, LU; None where there was nothing to read.

    `dialogue` is the loudness of the stretches with speech, where it was asked for and there is enough.
    """

    integrated: float | None
    true_peak: float | None
    range: float | None
    dialogue: float | None = None


def reading(energies: Figures, peak: float, speech: Mask | None = None) -> Meter:
    """All figures of a loudness curve and its true peak (linear)."""
    return Meter(
        integrated(energies),
        None if peak <= 0 else 20.0 * float(np.log10(peak)),
        loudness_range(energies),
        None if speech is None else dialogue_loudness(energies, speech),
    )


def metered(pieces: Sequence[Samples], speech: Mask | None = None) -> Meter:
    """Measure sound that is in memory."""
    meter = LoudnessMeter()
    for piece in pieces:
        meter.take(piece)
    meter.finish()
    return reading(meter.energies, meter.peak, speech)
