"""How much later sound is heard behind an encoder than before it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from craft.render.decode import decode_sound
from craft.render.execute import Cancelled, never
from craft.render.tools import Tools
from craft.render.wav import SAMPLE_RATE, Samples, WavFile

REACH, SPAN = SAMPLE_RATE // 10, 2 * SAMPLE_RATE
SILENCE = 1e-5


class DelayProbe:
    """Compares the loudest two seconds of a mix with what is decoded there, by cross-correlation.

    Takes the decoded samples from `first` on, in order; `delay` is known once `last` is passed. Sees whatever
    shifts sound by up to 100 ms: priming, edit lists, a limiter's delay.
    """

    def __init__(self, mix: WavFile) -> None:
        self._start = _loudest(mix, SPAN)
        self._window = mix.read(self._start, min(self._start + SPAN, mix.samples)).mean(axis=1)
        self.first = max(0, self._start - REACH)
        self.last = self._start + SPAN + REACH
        self.restart()

    def restart(self, at: int = 0) -> None:
        """Begin again, with samples from sample `at` on."""
        self._at = at
        self._pieces: list[Samples] = []

    def take(self, piece: Samples) -> None:
        """The next decoded samples, shape (n, 2)."""
        kept = piece[max(0, self.first - self._at) : max(0, self.last - self._at)]
        if len(kept):
            self._pieces.append(kept.copy())
        self._at += len(piece)

    @property
    def delay(self) -> int | None:
        """Samples by which the decoded sound lags behind the mix; None when the mix is silent there."""
        if not np.abs(self._window).max(initial=0.0) > SILENCE:
            return None
        heard = np.concatenate(self._pieces).mean(axis=1) if self._pieces else np.zeros(1, np.float32)
        size = 1 << (len(heard) + len(self._window)).bit_length()
        spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(self._window, size))
        lead = self._start - self.first
        return int(np.argmax(np.fft.irfft(spectrum, size)[: lead + REACH])) - lead


def measure_delay(
    tools: Tools, mix: Path, encoded: Path, what: str, cancelled: Cancelled = never
) -> int | None:
    """Samples by which the file `encoded` lags behind `mix`; None when the mix is silent."""
    with WavFile(mix) as reference:
        probe = DelayProbe(reference)
    probe.restart(probe.first)
    wanted = probe.last - probe.first
    decode_sound(tools, encoded, probe.first, wanted, probe.take, what=what, cancelled=cancelled)
    return probe.delay


def _loudest(reference: WavFile, span: int) -> int:
    """Where the loudest `span` samples begin, in steps of half a span."""
    best, at, last = -1.0, 0, 0.0
    for start, piece in reference.pieces(span // 2):
        power = float(np.square(piece).sum())
        if start and last + power > best:
            best, at = last + power, start - span // 2
        last = power
    return at
