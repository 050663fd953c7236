"""What the checks of an arriving clip cost over decoding it, and with the camera's movement.

    python bench/checks.py [--json FILE] [--pairs N] [--frames N] [--no-previs]

Every round decodes a clip once bare (`ffmpeg -threads 1 -i f -f null -`), once with all checks and once with checks and
movement, one after the other; the figure is the median of the rounds' ratios of processor time. Children count, also
those that the sandbox leaves behind for others to wait for: this process adopts them. Rows are {claim, value, unit,
goal, holds}.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2

from bench.costs import Row, used
from craft.previs import Packet, health, render_clip
from craft.previs.demo_packet import conversation
from craft.vision import measure_clip, tool

SIZE = (1280, 720)
CHECKS_GOAL, MOTION_GOAL, EACH_GOAL = 1.25, 1.6, 1.35
_ADOPT = 36  # PR_SET_CHILD_SUBREAPER
_DRAWN = {
    "test picture": ("testsrc2=s=1280x720:r=24", "null"),
    "test picture with grain": ("testsrc2=s=1280x720:r=24", "noise=alls=6:allf=t:all_seed=1"),
    "fractal zoom": ("mandelbrot=s=1280x720:r=24", "null"),
}


@dataclass(frozen=True)
class Round:
    """CPU seconds of one round: bare decode, checks, checks with movement; and the wall of the first two."""

    bare: float
    checks: float
    motion: float
    bare_wall: float
    checks_wall: float


def footage(folder: Path, frames: int, *, previs: bool) -> dict[str, Path]:
    """Clips by what they show: previs shots, where something can draw them, and drawn test pictures."""
    made = {}
    for number, (name, (source, chain)) in enumerate(_DRAWN.items()):
        path = folder / f"drawn{number}.mp4"
        argv = [tool("ffmpeg"), "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source, "-vf", chain]
        argv += ["-frames:v", str(frames), "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "20"]
        subprocess.run([*argv, str(path)], check=True)
        made[name] = path
    return (_previs(folder, frames) if previs else {}) | made


def _previs(folder: Path, frames: int) -> dict[str, Path]:
    if not health().ok:
        return {}
    made = {}
    for kind in ("office", "street"):
        size = {"width": SIZE[0], "height": SIZE[1], "quality": "draft", "frames": frames}
        made[f"previs {kind}"] = folder / f"{kind}.mp4"
        render_clip(Packet.from_json(conversation(kind, **size)), made[f"previs {kind}"])
    return made


def _adopt_orphans() -> None:
    """Whoever is left by its parent becomes a child of this process, so that its processor time is counted here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0)


def cost_of_all(job: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of a job with all it started."""
    cpu, wall = used(), time.monotonic()
    job()
    took = time.monotonic() - wall
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return used() - cpu, took


def _bare(path: Path) -> None:
    argv = [tool("ffmpeg"), "-v", "error", "-nostdin", "-threads", "1", "-i", str(path), "-f", "null", "-"]
    subprocess.run(argv, check=True)


def rounds(path: Path, pairs: int) -> list[Round]:
    """Alternated runs of one clip."""
    measure_clip(path, with_motion=True)
    done = []
    for _ in range(pairs):
        bare, bare_wall = cost_of_all(lambda: _bare(path))
        checks, checks_wall = cost_of_all(lambda: measure_clip(path))
        motion, _wall = cost_of_all(lambda: measure_clip(path, with_motion=True))
        done.append(Round(bare, checks, motion, bare_wall, checks_wall))
    return done


def _row(claim: str, value: float, goal: float) -> Row:
    return {"claim": claim, "value": round(value, 3), "unit": "ratio", "goal": goal, "holds": value <= goal}


def measure(clips: dict[str, Path], pairs: int) -> list[Row]:
    """Rows by kind of footage and over all of it."""
    done = {name: rounds(path, pairs) for name, path in clips.items()}
    rows = []
    for name, of_kind in done.items():
        checks = statistics.median(one.checks / one.bare for one in of_kind)
        motion = statistics.median(one.motion / one.bare for one in of_kind)
        rows.append(_row(f"{name}: checks of everything, CPU against a bare decode", checks, EACH_GOAL))
        rows.append(_row(f"{name}: with the camera's movement", motion, MOTION_GOAL))
    total = [[of_kind[k] for of_kind in done.values()] for k in range(pairs)]
    checks = statistics.median(sum(r.checks for r in t) / sum(r.bare for r in t) for t in total)
    motion = statistics.median(sum(r.motion for r in t) / sum(r.bare for r in t) for t in total)
    wall = statistics.median(sum(r.checks_wall for r in t) / sum(r.bare_wall for r in t) for t in total)
    kinds = f"all {len(done)} kinds of footage, 720p"
    return [
        *rows,
        _row(f"{kinds}: checks of everything, CPU against a bare decode", checks, CHECKS_GOAL),
        _row(f"{kinds}: with the camera's movement", motion, MOTION_GOAL),
        _row(f"{kinds}: checks of everything, wall time", wall, MOTION_GOAL),
    ]


def run(argv: list[str]) -> list[Row]:
    """The rows for `./slate bench checks`."""
    parser = argparse.ArgumentParser(prog="bench checks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--no-previs", action="store_true", help="only drawn test pictures")
    options, _rest = parser.parse_known_args(argv)
    cv2.setNumThreads(1)
    _adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="bench-checks-") as folder:
        clips = footage(Path(folder), options.frames, previs=not options.no_previs)
        return measure(clips, options.pairs)


def main() -> int:
    """Exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    options, rest = parser.parse_known_args()
    rows = run(rest)
    for row in rows:
        print(f"{'ok ' if row['holds'] else 'NO '} {row['claim']}: {row['value']} (≤ {row['goal']})")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
