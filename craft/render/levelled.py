"""The programme's sound ahead of any codec: the stems' sum at the master's gain, under its ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from craft.render.errors import RenderCancelled
from craft.render.execute import Cancelled, finished_file, never
from craft.render.limiter import PeakMap, applied, curves
from craft.render.metering import PEAK_STEP, LoudnessMeter
from craft.render.sound import mix
from craft.render.wav import WavFile

WHAT = "programme sound"


def levelled_mix(
    stems: Sequence[Path], gain_db: float, ceiling_db: float, out: Path, cancelled: Cancelled = never
) -> Path:
    """Write the sum of float stems, raised by `gain_db` and limited to `ceiling_db` (dBTP), as float WAV.

    `gain_db` is the master's (`LoudnessReport.gain_db`). For deliverables with PCM sound, which would otherwise
    carry what a codec left of it. Raises `RenderCancelled`; nothing is left half-written.
    """
    mixed = out.with_name(f".{out.stem}.mix.wav")
    try:
        mix(list(stems), mixed)
        with WavFile(mixed) as source, finished_file(out) as partial:
            peaks = _surveyed(source, cancelled)
            with WavFile.create(partial, source.samples) as made:
                for start, edges in curves(peaks, gain_db, ceiling_db):
                    if cancelled():
                        raise RenderCancelled(WHAT)
                    first = start * PEAK_STEP
                    last = min(first + (edges.size - 1) * PEAK_STEP, source.samples)
                    made.write(first, applied(source.read(first, last), edges))
    finally:
        mixed.unlink(missing_ok=True)
    return out


def _surveyed(source: WavFile, cancelled: Cancelled) -> PeakMap:
    meter = LoudnessMeter(keep_fine=True)
    for _, piece in source.pieces():
        if cancelled():
            raise RenderCancelled(WHAT)
        meter.take(piece)
    meter.finish()
    _, peaks = meter.fine
    return PeakMap(source, peaks)
