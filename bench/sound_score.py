"""Score against the clock: seconds of music for each second of CPU, as one mix and with four stems.

The cues alternate between genres and moods; the figure is the median. CPU is ours and fluidsynth's together.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.costs import Row, used
from craft.sound import CueKind, ScoreSpec, score
from craft.sound.mixdown import Take, loudness
from craft.sound.palettes import palettes
from craft.sound.wav import read_wav

SECONDS = 60.0
_CUES = (
    ScoreSpec(SECONDS, -0.6, -0.5, "mystery", 1, "MARA"),
    ScoreSpec(SECONDS, 0.2, 0.3, "drama", 2, themes=("MARA", "JONAS"), cuts=(9.5, 21.25, 40.0)),
    ScoreSpec(SECONDS, 0.6, 0.8, "adventure", 3, "MARA", out=True, hits=(12.0, 33.5)),
    ScoreSpec(SECONDS, 0.1, 0.1, "sci_fi", 4, "FOG"),
    ScoreSpec(SECONDS, -0.3, 0.6, "western", 5, "IDA"),
)


def _speed(spec: ScoreSpec, out: Path, *, stems: bool) -> float:
    """Seconds of music per second of CPU."""
    cpu = used()
    score(spec, out, stems=stems)
    return spec.seconds / (used() - cpu)


def _samples(path: Path) -> Any:
    return read_wav(path)[0]


def _row(claim: str, value: float, unit: str, goal: float, *, least: bool = False) -> Row:
    holds = value >= goal if least else value <= goal
    told = f"{'≥' if least else '≤'} {goal:g}"
    return {"claim": claim, "value": round(value, 4), "unit": unit, "goal": told, "holds": holds}


def rows() -> list[Row]:
    """Speeds of mix and stems, how well stems add up, how even the genres are."""
    with tempfile.TemporaryDirectory(prefix="bench-score-") as folder:
        out = Path(folder, "cue.wav")
        score(replace(_CUES[0], seconds=1.0), out)
        pairs = [(_speed(spec, out, stems=False), _speed(spec, out, stems=True)) for spec in _CUES]
        found = [
            _row(
                f"score {name}: music for each second of CPU",
                statistics.median(pair[part] for pair in pairs),
                "× real time",
                goal,
                least=True,
            )
            for part, name, goal in ((0, "as one mix", 40.0), (1, "with 4 stems", 10.0))
        ]
        return [*found, _sum_row(out), _loudness_row(out), _loop_row(out)]


def _sum_row(out: Path) -> Row:
    made = score(replace(_CUES[2], seconds=10.0, hits=()), out, stems=True)
    mix = _samples(made.path)
    rest = mix - sum(_samples(path) for path in made.stems.values())
    below = 10 * np.log10(np.square(rest).mean() / np.square(mix).mean())
    return _row("score: what the sum of the stems leaves of the mix", float(below), "dB", -60.0)


def _loudness_row(out: Path) -> Row:
    levels = []
    for genre in palettes():
        signal = _samples(score(ScoreSpec(6.0, 0.1, 0.2, genre, 1, "MARA"), out).path)
        levels.append(loudness(Take.of_samples(np.ascontiguousarray(signal.T), signal.shape[1])))
    return _row("score: loudest against softest genre in one mood", max(levels) - min(levels), "LU", 2.0)


def _loop_row(out: Path) -> Row:
    signal = _samples(score(replace(_CUES[3], seconds=8.0, kind=CueKind.LOOP), out).path)
    steps = np.abs(np.diff(signal, n=1)).max(axis=0)
    seam = float(np.abs(signal[:, 0] - signal[:, -1]).max())
    return _row(
        "score: step from a loop's last sample to its first, against its largest",
        seam / float(steps.max()),
        "ratio",
        1.0,
    )


def run(argv: list[str]) -> list[Row]:
    """Run the bench; it takes no arguments. Rows of claim, value, unit, goal, holds."""
    if argv:
        raise SystemExit("bench sound_score takes no arguments")
    return rows()


if __name__ == "__main__":
    measured = run(sys.argv[1:])
    print(json.dumps(measured, indent=2))
    sys.exit(0 if all(found["holds"] for found in measured) else 1)
