"""Bring a mix to its delivery loudness: measure, gain, limit, encode, and measure what came out.

Dynamic normalisers change the mix; this changes its level once. Gain and limiter are tried on the loudness
curve of the mix, millisecond by millisecond, without touching a sample. What counts is the encoded file,
because the codec moves peaks and takes a little loudness: what it will take is tried on a
few stretches, and the encoded whole is measured; where it misses, there is another round.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from craft.render.decode import decode_sound
from craft.render.delay import DelayProbe
from craft.render.errors import RenderCancelled
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs import sound as graph
from craft.render.limiter import MAX_REDUCTION_DB, PeakMap, applied, curves
from craft.render.metering import (
    ADVANCE,
    PEAK_STEP,
    STEP,
    Figures,
    Half,
    LoudnessMeter,
    Mask,
    Meter,
    dialogue_loudness,
    integrated,
    reading,
)
from craft.render.tools import Tools
from craft.render.wav import Samples, WavFile
from craft.terms import sound

MAX_ROUNDS = 5
MAX_REHEARSALS = 8
REHEARSED_LU = 0.02
AIM_LU = 0.1
"""How close the encoded programme is brought to its target."""
TOLERANCE_LU = 0.2
"""How far off it may be for the report to hold; tighter than any delivery asks."""
MAX_GAIN_DB = 40.0
CODEC_ROOM_DB = 1.3
"""Held back below the ceiling in the first round for what the codec adds to peaks."""
METER_ROOM_DB = 0.1
"""Aimed below the ceiling, because other true-peak meters may read a little more than ours."""
STEP_MS = STEP // PEAK_STEP
ROUGHLY_LU = 0.3
TRIAL_FROM = 300
"""Steps of the loudness curve (100 ms) above which the codec is tried on a part first."""
TRIAL_STRETCHES, TRIAL_FADE = 6, 480
WHAT = "programme sound"


@dataclass(frozen=True, slots=True)
class LoudnessReport:
    """The finished sound against its target: LUFS, dBTP after the codec, LU.

    `anchor` says what was brought to the target: the whole `programme` or its `dialogue`; `error` is how far
    above the target that came out. `holds` is True when it is within `tolerance` and the true peak is at or
    below `ceiling`. `reduction_db` is how far the limiter steps down at the highest peak. `note` says in
    words what does not hold and why, or what was not measured.
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
    dialogue: float | None = None
    anchor: str = "programme"
    error: float | None = None
    reduction_db: float = 0.0

    def plain(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FinishedSound:
    """An encoded programme sound, its report, and its delay against the mix in samples (None: unmeasured)."""

    path: Path
    report: LoudnessReport
    delay_samples: int | None


def measure(
    tools: Tools, path: Path, what: str, cancelled: Cancelled = never, speech: Mask | None = None
) -> Meter:
    """Read integrated loudness, true peak and range of a file (BS.1770-4, EBU R128). Raises `RenderError`.

    With `speech` (one value per 100 ms) also the loudness of the dialogue.
    """
    meter = LoudnessMeter()
    decode_sound(tools, path, 0, None, meter.take, what=what, cancelled=cancelled)
    meter.finish()
    return reading(meter.energies, meter.peak, speech)


def finish(
    tools: Tools,
    mix: Path,
    out: Path,
    spec: sound.LoudnessSpec,
    bitrate: int,
    cancelled: Cancelled = never,
    *,
    speech: Mask | None = None,
) -> FinishedSound:
    """Encode `mix` (a WAV of ours) to AAC at the loudness of `spec`; report what the decoded file measures.

    `speech` (one value per 100 ms) is what a dialogue-gated specification is measured by; without it, or
    with less than 15 % of speech, the whole programme is.
    """
    with finished_file(out) as partial, WavFile(mix) as source:
        job = _Finishing(tools, mix, source, spec, bitrate, cancelled, speech)
        try:
            report = job.encode(partial)
        finally:
            job.levelled.unlink(missing_ok=True)
    return FinishedSound(out, report, job.probe.delay)


@dataclass
class _Finishing:
    """The search for gain and ceiling: cheap rehearsals on the loudness curve, and few encodings."""

    tools: Tools
    mix: Path
    source: WavFile
    spec: sound.LoudnessSpec
    bitrate: int
    cancelled: Cancelled
    speech: Mask | None
    codec_shift: float = 0.0
    energies: Figures = field(init=False)
    peaks: PeakMap = field(init=False)
    levels: Half = field(init=False)
    probe: DelayProbe = field(init=False)

    def __post_init__(self) -> None:
        self.probe = DelayProbe(self.source)

    @property
    def levelled(self) -> Path:
        """Where the limited mix lies while it is encoded."""
        return self.mix.with_name(f".{self.mix.stem}.levelled.wav")

    def encode(self, out: Path) -> LoudnessReport:
        """Write `out` until what it measures holds, or the rounds are used up; the last report."""
        peak = self._survey()
        anchored = self._anchor(self.energies)
        gain, ceiling = 0.0, self.spec.true_peak - CODEC_ROOM_DB
        if anchored is not None:
            gain = min(MAX_GAIN_DB, self.spec.integrated - anchored)
        highest = -math.inf if peak <= 0 else 20.0 * math.log10(peak)
        if self.energies.size > TRIAL_FROM and anchored is not None:
            if highest + gain > ceiling:
                gain = self._rehearsed(gain, ceiling, ROUGHLY_LU)
            self.codec_shift = self._codec_trial(gain, ceiling)
            gain = min(MAX_GAIN_DB, gain - self.codec_shift)
        for round_ in range(1, MAX_ROUNDS + 1):
            limited = highest + gain > ceiling
            if limited:
                gain = self._rehearsed(gain, ceiling)
            depth = self._write(out, gain, ceiling if limited else None)
            after = self._measured(out)
            report = _report(after, self.spec, self._gated(), gain, depth, round_)
            if report.error is None or self._reached(report, gain):
                break
            self.codec_shift += report.error
            gain = min(MAX_GAIN_DB, gain - report.error)
            ceiling -= _overshoot(report)
        return report

    def _measured(self, encoded: Path) -> Meter:
        """What the encoded file measures; its delay is looked for in the same decoding."""
        meter = LoudnessMeter()
        self.probe.restart()

        def take(piece: Samples) -> None:
            meter.take(piece)
            self.probe.take(piece)

        decode_sound(self.tools, encoded, 0, None, take, what=WHAT, cancelled=self.cancelled, alone=True)
        meter.finish()
        return reading(meter.energies, meter.peak, self._gate())

    def _survey(self) -> float:
        """Measure the mix as it is; its true peak, linear."""
        meter = LoudnessMeter(keep_fine=True)
        for _, piece in self.source.pieces():
            self._stop_if_cancelled()
            meter.take(piece)
        meter.finish()
        self.levels, peaks = meter.fine
        self.energies, self.peaks = meter.energies, PeakMap(self.source, peaks)
        return meter.peak

    def _stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise RenderCancelled(WHAT)

    def _gate(self) -> Mask | None:
        return self.speech if self.spec.dialogue_gate else None

    def _gated(self) -> bool:
        gate = self._gate()
        return gate is not None and dialogue_loudness(self.energies, gate) is not None

    def _anchor(self, energies: Figures) -> float | None:
        """The loudness that is brought to the target."""
        gate = self._gate()
        spoken = None if gate is None else dialogue_loudness(energies, gate)
        return integrated(energies) if spoken is None else spoken

    def _reached(self, report: LoudnessReport, gain: float) -> bool:
        assert report.error is not None
        highest = self._most_gain(self.spec.true_peak - CODEC_ROOM_DB)
        near = abs(report.error) <= AIM_LU or (report.error < 0 and gain >= highest - 1e-6)
        return near and (report.true_peak is None or report.true_peak <= report.ceiling - METER_ROOM_DB)

    def _most_gain(self, ceiling: float) -> float:
        """The gain at which the limiter has no more to give."""
        peak = self.peaks.highest
        return (
            MAX_GAIN_DB if peak <= 0 else min(MAX_GAIN_DB, ceiling + MAX_REDUCTION_DB - 20 * math.log10(peak))
        )

    def _rehearsed(self, gain: float, ceiling: float, near: float = REHEARSED_LU) -> float:
        """The gain that reaches the target through the limiter, which takes part of every decibel away again."""
        target, slope = self.spec.integrated - self.codec_shift, 1.0
        gain = min(gain, self._most_gain(ceiling))
        last: tuple[float, float] | None = None
        for _ in range(MAX_REHEARSALS):
            found = self._anchor(self._levelled_energies(gain, ceiling))
            if found is None or abs(target - found) <= near:
                break
            if last is not None and abs(gain - last[0]) > 1e-6:
                slope = min(1.0, max(0.2, (found - last[1]) / (gain - last[0])))
            last = gain, found
            gain = min(self._most_gain(ceiling), gain + (target - found) / slope)
            if gain == last[0]:
                break
        return gain

    def _levelled_energies(self, gain: float, ceiling: float) -> Figures:
        """The loudness curve behind gain and limiter."""
        found: Figures = self.energies * np.float64(10.0 ** (gain / 10.0))
        for start, edges in curves(self.peaks, gain, ceiling):
            if float(edges.min()) >= gain - 1e-4:
                continue
            middles = (edges[:-1] + edges[1:]).astype(np.float64) / 2
            powers = np.square(self.levels[start : start + middles.size].astype(np.float64))
            first, whole = start // STEP_MS, middles.size // STEP_MS
            each = (powers * 10.0 ** (middles / 10.0))[: whole * STEP_MS].reshape(whole, STEP_MS).mean(axis=1)
            found[first : first + whole] = each[: found.size - first]
        return found

    def _codec_trial(self, gain: float, ceiling: float) -> float:
        """What the codec adds to the loudness, in dB (it takes some), tried on a few stretches of the whole."""
        scratch = self.levelled.with_suffix(".trial.wav"), self.levelled.with_suffix(".trial.m4a")
        before, after = LoudnessMeter(), LoudnessMeter()
        try:
            with WavFile.create(scratch[0], TRIAL_STRETCHES * ADVANCE) as made:
                for number, piece in enumerate(self._stretches(gain, ceiling)):
                    made.write(number * ADVANCE, piece)
                    before.take(piece)
            argv = graph.encode_command(self.tools.ffmpeg, scratch[0], 0.0, self.bitrate, scratch[1])
            run(argv, what=WHAT, code="sound_encode_failed", cancelled=self.cancelled)
            decode_sound(
                self.tools, scratch[1], 0, None, after.take, what=WHAT, cancelled=self.cancelled, alone=True
            )
        finally:
            for path in scratch:
                path.unlink(missing_ok=True)
        before.finish()
        after.finish()
        given, found = float(before.energies.sum()), float(after.energies.sum())
        return 10.0 * math.log10(found / given) if min(given, found) > 0 else 0.0

    def _stretches(self, gain: float, ceiling: float) -> Iterator[Samples]:
        """Evenly spaced stretches of the levelled mix, each faded at its ends."""
        steps = ADVANCE // PEAK_STEP
        whole = self.peaks.peaks.size // steps
        chosen = {round(at) for at in np.linspace(0, whole - 1, TRIAL_STRETCHES)}
        at = np.arange(ADVANCE)
        fade = np.minimum(1.0, np.minimum(at, at[::-1]) / TRIAL_FADE).astype(np.float32)[:, None]
        for start, edges in curves(self.peaks, gain, ceiling):
            for offset in range(0, edges.size - steps, steps):
                if (start + offset) // steps in chosen:
                    first = (start + offset) * PEAK_STEP
                    piece = self.source.read(first, first + ADVANCE)
                    yield applied(piece, edges[offset : offset + steps + 1]) * fade

    def _write(self, out: Path, gain: float, ceiling: float | None) -> float:
        """Encode with gain and, unless `ceiling` is None, the limiter; how far that stepped down, in dB."""
        depth = 0.0
        if ceiling is None:
            argv = graph.encode_command(self.tools.ffmpeg, self.mix, gain, self.bitrate, out)
        else:
            with WavFile.create(self.levelled, self.source.samples) as made:
                for start, edges in curves(self.peaks, gain, ceiling):
                    self._stop_if_cancelled()
                    first = start * PEAK_STEP
                    last = min(first + (edges.size - 1) * PEAK_STEP, self.source.samples)
                    made.write(first, applied(self.source.read(first, last), edges))
                    depth = max(depth, gain - float(edges.min()))
            argv = graph.encode_command(self.tools.ffmpeg, self.levelled, 0.0, self.bitrate, out)
        run(argv, what=WHAT, code="sound_encode_failed", cancelled=self.cancelled)
        return depth


def _overshoot(report: LoudnessReport) -> float:
    """How much lower the limiter must hold peaks for the codec's to stay under the ceiling."""
    over = -1.0 if report.true_peak is None else report.true_peak - report.ceiling + METER_ROOM_DB
    return 1.5 * over + 0.2 if over > 0 else 0.0


def _report(
    meter: Meter, spec: sound.LoudnessSpec, gated: bool, gain: float, depth: float, rounds: int
) -> LoudnessReport:
    tolerance = min(spec.tolerance, TOLERANCE_LU)
    reached = meter.dialogue if gated and meter.dialogue is not None else meter.integrated
    error = None if reached is None else reached - spec.integrated
    notes, faults = [], []
    if error is None:
        faults.append("not measured: the programme is silent or shorter than the meter's window")
    elif abs(error) > tolerance + 1e-9:
        faults.append(f"{reached:.2f} LUFS where {spec.integrated:.1f} is wanted")
        if error < 0:
            faults.append(_why_short(gain, depth))
    if meter.true_peak is not None and meter.true_peak > spec.true_peak + 1e-9:
        faults.append(f"true peak {meter.true_peak:.2f} dBTP over the ceiling of {spec.true_peak:.1f}")
    if spec.dialogue_gate and not gated and error is not None:
        notes.append("too little speech for a dialogue gate: the whole programme was measured")
    return LoudnessReport(
        integrated=_rounded(meter.integrated),
        true_peak=_rounded(meter.true_peak),
        range=_rounded(meter.range),
        target=spec.integrated,
        tolerance=tolerance,
        ceiling=spec.true_peak,
        holds=not faults,
        gain_db=round(gain, 3),
        limited=depth > 0,
        rounds=rounds,
        note="; ".join(faults + notes),
        dialogue=_rounded(meter.dialogue),
        anchor="dialogue" if gated else "programme",
        error=_rounded(error),
        reduction_db=round(depth, 2),
    )


def _why_short(gain: float, depth: float) -> str:
    if gain >= MAX_GAIN_DB - 1e-6:
        return f"the mix would have to be raised by more than {MAX_GAIN_DB:.0f} dB"
    if depth >= MAX_REDUCTION_DB - 1.0:
        return f"single peaks stand so far out that the limiter holds them {depth:.0f} dB down already"
    return "the limiter takes away what more gain would add"


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)
