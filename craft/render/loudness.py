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

from craft.render import graph
from craft.render.decode import decode_sound
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.tools import Tools
from craft.render.wav import SAMPLE_RATE, Samples, open_wav
from craft.terms import sound

MAX_ROUNDS = 6
MAX_GAIN_DB = 40.0
CODEC_ROOM_DB = 0.5
"""Held back below the ceiling in the first round for what the codec adds to peaks."""
TOLERANCE_LU = 0.5
CLOSE_LU = 0.25
"""Close enough to stop correcting."""
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
    summary = log[log.rfind("Summary:") :]

    def figure(label: str) -> float | None:
        found = re.search(rf"{label}:\s+(-?inf|nan|-?[\d.]+)\s", summary)
        if found is None:
            raise RenderError("meter_failed", what, log)
        return None if found[1].endswith(("inf", "nan")) else float(found[1])

    integrated = figure("I")
    if integrated is None or integrated <= SILENCE_LUFS:
        return Meter(None, figure("Peak"), None)
    return Meter(integrated, figure("Peak"), figure("LRA"))


def finish(
    tools: Tools,
    mix: Path,
    out: Path,
    spec: sound.LoudnessSpec,
    bitrate: int,
    cancelled: Cancelled = never,
) -> FinishedSound:
    """Encode `mix` to AAC at the loudness of `spec` and report what the decoded file measures."""
    what = "programme sound"
    before = measure(tools, mix, what, cancelled)
    gain, ceiling = 0.0, spec.true_peak - CODEC_ROOM_DB
    if before.integrated is not None:
        gain = min(MAX_GAIN_DB, spec.integrated - before.integrated)
    with finished_file(out) as partial:
        for round_ in range(1, MAX_ROUNDS + 1):
            limited = before.true_peak is not None and before.true_peak + gain > ceiling
            limit = 10.0 ** (ceiling / 20.0) if limited else None
            argv = graph.finish_command(tools.ffmpeg, mix, gain, limit, bitrate, partial)
            run(argv, what=what, code="sound_encode_failed", cancelled=cancelled)
            after = measure(tools, partial, what, cancelled)
            report = _report(after, spec, gain, limited, round_)
            if after.integrated is None or _close(report):
                break
            gain, ceiling = _corrected(report, gain, ceiling)
        delay = measure_delay(tools, mix, partial, what, cancelled)
    return FinishedSound(out, report, delay)


def _close(report: LoudnessReport) -> bool:
    assert report.integrated is not None
    return report.holds and abs(report.integrated - report.target) <= CLOSE_LU


def _corrected(report: LoudnessReport, gain: float, ceiling: float) -> tuple[float, float]:
    """The next round's gain and ceiling, from what this round missed."""
    assert report.integrated is not None
    error = report.target - report.integrated
    over = (report.true_peak or report.ceiling) - report.ceiling
    # a limiter takes part of every added decibel away again, so a limited mix asks for more than it lacks
    step = error * (1.5 if report.limited and error > 0 else 1.0)
    return min(MAX_GAIN_DB, gain + step), ceiling - (over + 0.1 if over > 0 else 0.0)


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
