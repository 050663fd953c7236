"""How well camera movements are read back from rendered frames: a confusion matrix over movements, sets and speeds.

    python bench/camera_motion.py [--json FILE] [--sets office,street]

Rows are {claim, value, unit, goal, holds}.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from craft.previs import Packet, feasible, health
from craft.previs.demo_packet import conversation
from craft.previs.engine import ENGINE
from craft.previs.sets import SETS
from craft.previs.shot import plan_shot
from craft.terms.shots import DIRECTIONS, Direction, Movement
from craft.vision.decode import Plane
from craft.vision.motion import planes_of, recover_motion
from craft.vision.reports import Motion

WIDTH, HEIGHT, RATE, FRAMES = 320, 180, 12, 16
GOAL = 0.95


def _cases(kinds: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every movement and direction that does not need somebody to walk, at two sizes and speeds."""
    for kind in kinds:
        for size in ("ms", "fs"):
            for movement in Movement:
                calm = movement in (Movement.STATIC, Movement.HANDHELD)
                for direction in DIRECTIONS[movement]:
                    for speed in ("medium",) if calm else ("medium", "fast"):
                        if direction is not Direction.FOLLOW:
                            told = {"movement": movement.value, "direction": direction.value}
                            yield kind, {"size": size, "speed": speed, **told}


def _planes(kind: str, camera: dict[str, Any]) -> list[Plane] | None:
    """Rendered luma, or None where the set has no room for the shot."""
    plain = {"azimuth": 25, "subjects": ["ada"], **camera}
    day = {"time_of_day": "afternoon", "atmosphere": {"kind": "clear", "density": 0}, "visemes": []}
    sized = {"frames": FRAMES, "rate": str(RATE), "width": WIDTH, "height": HEIGHT}
    packet = Packet.from_json(conversation(kind, camera=plain, **day, **sized))
    if feasible(packet) != packet.camera:
        return None
    with ENGINE.drawing():
        renderer, shot = ENGINE.renderer(WIDTH, HEIGHT, "draft"), plan_shot(packet)
        frames = [np.frombuffer(renderer.frame(shot, i), np.uint8) for i in range(FRAMES)]
    return planes_of([np.ascontiguousarray(f.reshape(HEIGHT, WIDTH, 3)[::-1]) for f in frames])


def _row(claim: str, value: float, goal: float) -> dict[str, Any]:
    return {
        "claim": claim,
        "value": round(value, 4),
        "unit": "share",
        "goal": f"≥ {goal}",
        "holds": value >= goal,
    }


def measure(kinds: Sequence[str]) -> tuple[list[dict[str, Any]], Counter[tuple[str, str]], list[str]]:
    """Rows, the confusion matrix (told, found) and the cases that went wrong."""
    matrix: Counter[tuple[str, str]] = Counter()
    by_set: dict[str, list[bool]] = {}
    wrong = []
    for kind, camera in _cases(kinds):
        planes = _planes(kind, camera)
        if planes is None:
            continue
        found: Motion = recover_motion(planes, rate=RATE)
        matrix[camera["movement"], found.kind] += 1
        right = (found.kind, found.direction) == (camera["movement"], camera["direction"])
        by_set.setdefault(kind, []).append(right)
        if not right:
            wrong.append(f"{kind} {camera}: {found.kind} {found.direction} ({found.confidence})")
    every = [right for rights in by_set.values() for right in rights]
    rows = [_row(f"kind and direction read back in {k}", sum(v) / len(v), GOAL) for k, v in by_set.items()]
    rows.append(_row(f"kind and direction read back, {len(every)} clips", sum(every) / len(every), GOAL))
    return rows, matrix, wrong


def printed(matrix: Counter[tuple[str, str]]) -> str:
    """The matrix as text: a line per movement told, a column per kind found."""
    kinds = [m.value for m in Movement] + ["zoom", "roll"]
    lines = [" " * 10 + "".join(f"{k[:8]:>9}" for k in kinds)]
    lines += [f"{m.value:10}" + "".join(f"{matrix[m.value, k] or '·':>9}" for k in kinds) for m in Movement]
    return "\n".join(lines)


def run(argv: list[str]) -> list[dict[str, Any]]:
    """The rows for `./slate bench camera_motion`; the matrix is printed. Raises RuntimeError without EGL."""
    parser = argparse.ArgumentParser(prog="camera_motion")
    parser.add_argument("--sets", default="office,street")
    args, _rest = parser.parse_known_args(argv)
    found = health()
    if not found.ok:
        raise RuntimeError(found.message)
    kinds = sorted(SETS) if args.sets == "all" else args.sets.split(",")
    rows, matrix, wrong = measure([k for k in kinds if k in SETS])
    print(printed(matrix))
    for line in wrong:
        print("wrong:", line)
    return rows


def main() -> int:
    """Exit status 1 when a goal is missed or nothing can be drawn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sets", default="office,street")
    args = parser.parse_args()
    try:
        rows = run(["--sets", args.sets])
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    for row in rows:
        print(f"{'ok ' if row['holds'] else 'NO '} {row['claim']}: {row['value']} ({row['goal']})")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
