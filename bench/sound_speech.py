"""How fast lines are spoken, shaping and writing included, and how well their length is known before.

    python bench/sound_speech.py [--json FILE] [--lines 96]

CPU is that of this process and of the speech processes; lines of three to six seconds are spoken in turn by
the twelve voices. Rows are {claim, value, unit, goal, holds}.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.costs import Row, used
from craft.sound import VOICES, Line, Speech, espeak, predict_seconds, speak, speak_many

GOAL = 200.0
LINES = (
    "The harbour is closed tonight. Nobody leaves before the fog lifts, and that is my last word.",
    "I told you the boat leaves at 5:30, not a minute later, whatever the weather does.",
    "Where were you? We waited until the lamps went out, and nobody came to the gate.",
    "There are two kinds of people on this island: those who ask, and those who answer.",
)


def _batch(lines: Sequence[str], count: int, folder: Path) -> list[Line]:
    voices = list(VOICES.values())
    return [Line(lines[n % len(lines)], voices[n % len(voices)], folder / f"{n}.wav") for n in range(count)]


def _spoken(batch: list[Line]) -> tuple[float, float, list[Speech]]:
    """Seconds of speech, and of CPU, the start of the speech process among them."""
    espeak.CHILDREN.close()
    cpu = used()
    told = [one for one in speak_many(batch, workers=1) if isinstance(one, Speech)]
    # what a child has used is known when it has ended
    espeak.CHILDREN.close()
    return sum(one.seconds for one in told), used() - cpu, told


def rows(count: int = 96, runs: int = 3) -> list[Row]:
    """The figures of speech: medians of `runs` batches of `count` lines."""
    with tempfile.TemporaryDirectory() as name:
        batch = _batch(LINES, count, Path(name))
        speak(LINES[0], voice=batch[0].voice, out=Path(name) / "warm.wav")
        found = [_spoken(batch) for _ in range(runs)]
    by_cpu = statistics.median(seconds / cpu for seconds, cpu, _ in found)
    errors = [
        abs(predict_seconds(line.text, voice=line.voice) / said.seconds - 1)
        for line, said in zip(batch, found[0][2], strict=True)
    ]
    return [
        _row("speech, shaped and written, per CPU second", by_cpu, "× real time", GOAL),
        {
            "claim": "length predicted from the text, median error",
            "value": round(100 * statistics.median(errors), 1),
            "unit": "%",
            "goal": "≤ 10",
            "holds": statistics.median(errors) <= 0.10,
        },
    ]


def _row(claim: str, value: float, unit: str, goal: float) -> Row:
    return {
        "claim": claim,
        "value": round(value, 1),
        "unit": unit,
        "goal": f"≥ {goal:g}",
        "holds": value >= goal,
    }


def run(argv: Sequence[str] | None = None) -> list[Row]:
    """Measure, print and, with `--json`, write the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--lines", type=int, default=96)
    given = parser.parse_args(argv)
    found = rows(given.lines)
    for row in found:
        print(f"{row['claim']:<52} {row['value']:>8} {row['unit']:<12} {row['goal']}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return found


if __name__ == "__main__":
    sys.exit(0 if all(row["holds"] for row in run()) else 1)
