"""A look-ahead limiter that sees the peaks between samples.

It turns the level down along straight lines in dB, early enough to be down when a peak comes, and lets it
rise again, quickly from far down and slowly near the top; the curve is the highest one that lies under every
peak's need:

    gain dB  0 ────╮          ╭──────
                    ╲      ╭──╯
                     ╲ ╭───╯            steep before a peak, gentle after it
                      v peak

All of it is drawn in steps of a millisecond and interpolated inside them, so only stretches with peaks cost
anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from craft.render.metering import ADVANCE, LEAD, PEAK_STEP, Half, close_reach, reach, true_peaks
from craft.render.wav import Samples, WavFile

ATTACK_DB = 1.5
"""dB per millisecond on the way down: 6 dB in 4 ms."""
RELEASE_MS, RELEASE_KNEE_DB = 60.0, 2.0
"""The way up: towards a point `RELEASE_KNEE_DB` above the top, by a factor of e in `RELEASE_MS`."""
MAX_REDUCTION_DB = 40.0
ROUNDED = np.float32(1.0005)
"""Half precision may have rounded a peak down by this much."""
SAFETY_DB = 0.05
"""For what interpolating the gain adds between samples."""
AHEAD = 64
"""Milliseconds the curve looks ahead: more than the steepest way down takes."""
CURVE_STEPS = 8 * ADVANCE // PEAK_STEP
"""Milliseconds drawn at a time: a whole number of the loudness curve's steps."""

Curve = NDArray[np.float32]


@dataclass
class PeakMap:
    """The peaks of a file per millisecond, as sample peaks, and as true peaks wherever those matter."""

    mix: WavFile
    peaks: Half
    _refined: NDArray[np.bool_] = field(init=False)
    _close: Half = field(init=False)
    """The most that a true peak can be, where somebody asked; elsewhere no number."""

    def __post_init__(self) -> None:
        self._refined = np.zeros(self.peaks.size, np.bool_)
        self._close = np.full(self.peaks.size, np.nan, np.float16)

    def refine(self, threshold: float) -> None:
        """Measure true peaks wherever they could be above `threshold` (linear)."""
        for start in range(0, self.peaks.size, CURVE_STEPS):
            end = min(start + CURVE_STEPS, self.peaks.size)
            near = self.peaks[max(0, start - 1) : end + 1].astype(np.float32) * ROUNDED
            could = reach(near)[start - max(0, start - 1) :][: end - start] > threshold
            wanted = np.flatnonzero(could & ~self._refined[start:end])
            if wanted.size:
                self._measure(start, end, wanted, threshold)

    def _measure(self, start: int, end: int, wanted: NDArray[np.int64], threshold: float) -> None:
        padded: Samples | None = None
        if np.isnan(self._close[start]):
            padded = self._around(start, end)
            self._close[start:end] = close_reach(padded, end - start) * ROUNDED
        wanted = wanted[self._close[start + wanted] > threshold]
        if wanted.size:
            padded = self._around(start, end) if padded is None else padded
            self.peaks[start + wanted] = (true_peaks(padded, wanted) * ROUNDED).astype(np.float16)
            self._refined[start + wanted] = True

    def _around(self, start: int, end: int) -> Samples:
        """The samples of these milliseconds, with as many on both sides as oversampling looks at."""
        return self.mix.read(start * PEAK_STEP - LEAD, end * PEAK_STEP + LEAD + 1)

    @property
    def highest(self) -> float:
        """The highest peak known, linear."""
        return float(self.peaks.max(initial=0.0))


def curves(peaks: PeakMap, gain_db: float, ceiling_db: float) -> Iterator[tuple[int, Curve]]:
    """(first millisecond, gain in dB at the edges of every millisecond) of the whole file, in order.

    The gain includes `gain_db`; a stretch of n milliseconds has n + 1 edges, and is `CURVE_STEPS` long but
    for the last one.
    """
    allowed = ceiling_db - gain_db - SAFETY_DB
    peaks.refine(10.0 ** (allowed / 20.0))
    carry, before = 0.0, 0.0
    for start in range(0, peaks.peaks.size, CURVE_STEPS):
        end = min(start + CURVE_STEPS, peaks.peaks.size)
        ahead = peaks.peaks[start : end + AHEAD].astype(np.float32)
        need = np.minimum(0.0, allowed - 20.0 * np.log10(np.maximum(ahead, 1e-9))).astype(np.float32)
        released = _risen(need, carry)
        carry = float(released[end - start - 1])
        lowered = _fallen(released)
        edges = np.empty(end - start + 1, np.float32)
        edges[1:] = np.minimum(lowered[: end - start], np.append(lowered[1:], 0.0)[: end - start])
        edges[0] = min(before, float(lowered[0]))
        before = float(lowered[end - start - 1])
        yield start, edges + np.float32(gain_db)


def _risen(need: Curve, carry: float) -> Curve:
    """The highest curve under `need` that rises no faster than the release, after a step at `carry`.

    An exponential release is a straight one on a logarithmic scale of depth, where the highest curve under
    all needs is a running extreme.
    """
    depths = np.log((RELEASE_KNEE_DB - need.astype(np.float64)) / RELEASE_KNEE_DB)
    slope = np.arange(1, need.size + 1) / RELEASE_MS
    start = float(np.log((RELEASE_KNEE_DB - carry) / RELEASE_KNEE_DB))
    deepest = np.maximum.accumulate(np.maximum(depths + slope, start)) - slope
    risen: Curve = (RELEASE_KNEE_DB - RELEASE_KNEE_DB * np.exp(np.maximum(deepest, 0.0))).astype(np.float32)
    return risen


def _fallen(curve: Curve) -> Curve:
    """The highest curve under `curve` that falls by at most `ATTACK_DB` a step."""
    slope = np.arange(curve.size) * ATTACK_DB
    lowest = np.minimum.accumulate(curve[::-1] - slope)
    return np.asarray((lowest + slope)[::-1], np.float32)


def applied(piece: Samples, edges: Curve) -> Samples:
    """A piece that begins on a millisecond, with the gain between its edges (dB) applied."""
    if float(edges.max()) - float(edges.min()) < 1e-6:
        return np.asarray(piece * np.float32(10.0 ** (float(edges[0]) / 20.0)))
    gains = np.power(10.0, edges / 20.0, dtype=np.float32)
    share = (np.arange(PEAK_STEP, dtype=np.float32) / PEAK_STEP)[None, :]
    curve = gains[:-1, None] + (gains[1:] - gains[:-1])[:, None] * share
    return np.asarray(piece * curve.reshape(-1)[: len(piece), None], np.float32)
