"""Speed of ambiences and effects: seconds of finished WAV per second of CPU, and how many kinds there are.

    python bench/sound_beds.py [--json FILE]

Rows are {claim, value, unit, goal, holds}; bigger is better. Each kind is made and written several times and
the median counts, so that neither the first call nor another process on the machine decides.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from craft.sound import BEDS, HITS, ambience, effect

Row = dict[str, Any]
GOAL = 200.0
SCENE_SECONDS = 90.0
# a prime number of frames at 30000/1001 per second is an odd number of samples
ODD_SECONDS = 2707 * 1001 / 30_000
_ODD_KINDS = ("rain", "forest", "fog_harbour", "planet", "storm")
_KINDS = (36, 72)


def row(claim: str, value: float, unit: str, goal: float) -> Row:
    """One line of the table; at least the goal is asked."""
    return {
        "claim": claim,
        "value": round(value, 1),
        "unit": unit,
        "goal": f"≥ {goal:g}",
        "holds": value >= goal,
    }


def _bed_speeds(kinds: Iterable[str], out: Path, rounds: int, seconds: float) -> dict[str, float]:
    """Times real time of ambiences of a scene's length, by CPU; every round makes all kinds, so that what
    else the machine does falls on all of them.
    """
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    for seed in range(rounds):
        for kind, found in spent.items():
            before = time.process_time()
            made = ambience(kind, seconds=seconds, seed=seed, out=out)
            found.append((time.process_time() - before) / made.seconds)
    return {kind: 1.0 / statistics.median(found) for kind, found in spent.items()}


def _hit_speed(out: Path, rounds: int) -> float:
    """Times real time of all effects one after the other, by CPU."""
    speeds = []
    for seed in range(rounds):
        before, length = time.process_time(), 0.0
        for kind in HITS.all():
            length += effect(kind, seed=seed, out=out).seconds
        speeds.append(length / (time.process_time() - before))
    return statistics.median(speeds)


def rows(rounds: int = 5) -> list[Row]:
    """The rows of this part for `./slate bench sound`."""
    with tempfile.TemporaryDirectory(prefix="bench-sound-") as folder:
        out = Path(folder) / "sound.wav"
        ambience("rain", seconds=2.0, out=out)
        speeds = _bed_speeds(BEDS.all(), out, rounds, SCENE_SECONDS)
        odd = _bed_speeds(_ODD_KINDS, out, rounds, ODD_SECONDS)
        hits = _hit_speed(out, rounds)
    slowest = min(speeds, key=speeds.__getitem__)
    unit = "times real time (CPU)"
    return [
        row(
            f"ambience, {SCENE_SECONDS:g} s stereo with its file: median of all kinds",
            statistics.median(speeds.values()),
            unit,
            GOAL,
        ),
        row(f"ambience: the slowest kind, {slowest}", speeds[slowest], unit, GOAL),
        row("ambience of an odd number of samples (29.97 frames per second)", min(odd.values()), unit, GOAL),
        row("effects, one of each with its file", hits, unit, 10.0),
        row("ambiences by name", len(BEDS.all()), "kinds", _KINDS[0]),
        row("effects by name", len(HITS.all()), "kinds", _KINDS[1]),
    ]


def main() -> int:
    """Exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found = rows()
    for one in found:
        print(
            f"{'ok ' if one['holds'] else 'NO '} {one['claim']}: {one['value']} {one['unit']} ({one['goal']})"
        )
    if args.json:
        args.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0 if all(one["holds"] for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
