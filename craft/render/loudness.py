"""Bring a mix to its delivery loudness: measure, gain, limit, encode, and measure what came out.

Dynamic normalisers change the mix; this changes its level once. What counts is the encoded file, because
the codec moves peaks: gain and ceiling are corrected until the decoded result holds, a few rounds at most.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from craft.render.decode import decode_sound
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs import sound as graph
from craft.render.tools import Tools
from craft.render.wav import SAMPLE_RATE, Samples, open_wav
from craft.terms import sound

MAX_ROUNDS = 5
MAX_REHEARSALS = 4
REHEARSED_LU = 0.15
MAX_GAIN_DB = 40.0
CODEC_ROOM_DB = 0.5
"""Held back below the ceiling in the first round for what the codec adds to peaks."""
TOLERANCE_LU = 0.5
WHAT = "programme sound"
SILENCE_LUFS = -69.0
"""The meter's gate; at or below it there was nothing to measure."""


@dataclass(frozen=True, slots=True)
class Meter:
    """What a loudness meter read; None where there was nothing to read."""

    integrated: float | None
    true_peak: float | None
    range: float | None


@dataclass(frozen=True, slots=True)
class LoudnessReport:
    """The finished sound against its target: LUFS, dBTP after the codec, LU.

    `holds` is True when integrated is within `tolerance` of `target` and the true peak is at or below
    `ceiling`. `note` says in words why it does not, or what was not measured.
    """

    integrated: float | None
    true_peak: float | None
    range: float | None
    target: float
    tolerance: float
    ceiling: float
    holds: bool
    gain_db: float
    limited: bool
    rounds: int
    note: str = ""

    def plain(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FinishedSound:
    """An encoded programme sound, its report, and its delay against the mix in samples (None: unmeasured)."""

    path: Path
    report: LoudnessReport
    delay_samples: int | None


def measure(tools: Tools, path: Path, what: str, cancelled: Cancelled = never) -> Meter:
    """Read integrated loudness, true peak and range of a file (EBU R128). Raises `RenderError`."""
    argv = graph.meter_command(tools.ffmpeg, path)
    log = run(argv, what=what, code="meter_failed", loglevel="info", cancelled=cancelled)
    integrated = _integrated(log, what)
    return Meter(
        integrated, _figure(log, "Peak", what), None if integrated is None else _figure(log, "LRA", what)
    )


def _integrated(log: str, what: str) -> float | None:
    found = _figure(log, "I", what)
    return None if found is None or found <= SILENCE_LUFS else found


def _figure(log: str, label: str, what: str) -> float | None:
    """A figure of the meter's summary; None for infinities."""
    found = re.search(rf"{label}:\s+(-?inf|nan|-?[\d.]+)\s", log[log.rfind("Summary:") :])
    if found is None:
        raise RenderError("meter_failed", what, log)
    return None if found[1].endswith(("inf", "nan")) else float(found[1])


def finish(
    tools: Tools,
    mix: Path,
    out: Path,
    spec: sound.LoudnessSpec,
    bitrate: int,
    cancelled: Cancelled = never,
) -> FinishedSound:
    """Encode `mix` to AAC at the loudness of `spec` and report what the decoded file measures."""
    job = _Finishing(tools, mix, spec, bitrate, cancelled)
    with finished_file(out) as partial:
        report = job.encode(partial)
        delay = measure_delay(tools, mix, partial, WHAT, cancelled)
    return FinishedSound(out, report, delay)


@dataclass
class _Finishing:
    """The search for gain and ceiling: many cheap rehearsals, few encodings."""

    tools: Tools
    mix: Path
    spec: sound.LoudnessSpec
    bitrate: int
    cancelled: Cancelled
    codec_shift: float = 0.0

    def encode(self, out: Path) -> LoudnessReport:
        """Write `out` until what it measures holds, or the rounds are used up; the last report."""
        before = measure(self.tools, self.mix, WHAT, self.cancelled)
        gain, ceiling = 0.0, self.spec.true_peak - CODEC_ROOM_DB
        if before.integrated is not None:
            gain = min(MAX_GAIN_DB, self.spec.integrated - before.integrated)
        round_ = 0
        while True:
            round_ += 1
            limited = before.true_peak is not None and before.true_peak + gain > ceiling
            if limited:
                gain = self._rehearsed(gain, ceiling)
            limit = 10.0 ** (ceiling / 20.0) if limited else None
            argv = graph.finish_command(self.tools.ffmpeg, self.mix, gain, limit, self.bitrate, out)
            run(argv, what=WHAT, code="sound_encode_failed", cancelled=self.cancelled)
            after = measure(self.tools, out, WHAT, self.cancelled)
            report = _report(after, self.spec, gain, limited, round_)
            if after.integrated is None or report.holds or round_ == MAX_ROUNDS:
                return report
            self.codec_shift += after.integrated - self.spec.integrated
            gain = min(MAX_GAIN_DB, gain - (after.integrated - self.spec.integrated))
            ceiling -= _overshoot(report)

    def _rehearsed(self, gain: float, ceiling: float) -> float:
        """The gain that reaches the target through the limiter.

        A limiter takes part of every added decibel away again, so it takes a few steps; without the codec
        each costs a fifth of an encoding.
        """
        target = self.spec.integrated - self.codec_shift
        for _ in range(MAX_REHEARSALS):
            argv = graph.rehearsal_command(self.tools.ffmpeg, self.mix, gain, 10.0 ** (ceiling / 20.0))
            log = run(argv, what=WHAT, code="meter_failed", loglevel="info", cancelled=self.cancelled)
            found = _integrated(log, WHAT)
            if found is None or abs(target - found) <= REHEARSED_LU or gain >= MAX_GAIN_DB:
                break
            gain = min(MAX_GAIN_DB, gain + (target - found) * 1.3)
        return gain


def _overshoot(report: LoudnessReport) -> float:
    """How much lower the limiter must hold peaks for the codec's to stay under the ceiling."""
    over = -1.0 if report.true_peak is None else report.true_peak - report.ceiling
    return over + 0.1 if over > 0 else 0.0


def _report(
    meter: Meter, spec: sound.LoudnessSpec, gain: float, limited: bool, rounds: int
) -> LoudnessReport:
    tolerance = min(spec.tolerance, TOLERANCE_LU)
    notes = []
    if meter.integrated is None:
        notes.append("not measured: the programme is silent or shorter than the meter's window")
    elif abs(meter.integrated - spec.integrated) > tolerance + 1e-9:
        notes.append(f"{meter.integrated:.1f} LUFS where {spec.integrated:.1f} is wanted")
    if meter.true_peak is not None and meter.true_peak > spec.true_peak + 1e-9:
        notes.append(f"true peak {meter.true_peak:.1f} dBTP over the ceiling of {spec.true_peak:.1f}")
    return LoudnessReport(
        integrated=meter.integrated,
        true_peak=meter.true_peak,
        range=meter.range,
        target=spec.integrated,
        tolerance=tolerance,
        ceiling=spec.true_peak,
        holds=not notes,
        gain_db=round(gain, 3),
        limited=limited,
        rounds=rounds,
        note="; ".join(notes),
    )


def measure_delay(
    tools: Tools, mix: Path, encoded: Path, what: str, cancelled: Cancelled = never
) -> int | None:
    """Samples by which `encoded` lags behind `mix`, by cross-correlation of the loudest two seconds.

    None when the mix is silent there. Sees whatever shifts sound: priming, edit lists, a limiter's delay.
    """
    reference = open_wav(mix)
    reach, span = SAMPLE_RATE // 10, 2 * SAMPLE_RATE
    start = _loudest(reference, span)
    window = np.asarray(reference[start : start + span], np.float32).mean(axis=1)
    if not np.abs(window).max(initial=0.0) > 1e-5:
        return None
    first = max(0, start - reach)
    pieces: list[Samples] = []
    wanted = start - first + span + reach
    decode_sound(tools, encoded, first, wanted, pieces.append, what=what, cancelled=cancelled)
    heard = np.concatenate(pieces).mean(axis=1) if pieces else np.zeros(1, np.float32)
    size = 1 << (len(heard) + len(window)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(window, size))
    match = np.fft.irfft(spectrum, size)[: start - first + reach]
    return int(np.argmax(match)) - (start - first)


def _loudest(samples: Samples, span: int) -> int:
    """Where the loudest `span` samples begin, in steps of half a span."""
    best, at = -1.0, 0
    for start in range(0, max(1, len(samples) - span // 2), span // 2):
        power = float(np.square(np.asarray(samples[start : start + span], np.float32)).sum())
        if power > best:
            best, at = power, start
    return at
