"""Cost of the previs engine: CPU seconds per frame (renderer and encoder), first frame, memory, two at once.

    python bench/previs.py [--json FILE]

CPU seconds are what counts: wall time on shared cores says little. Rows are {claim, value, unit, goal, holds}.
Everything is drawn in fresh processes with a warm mesh cache, so that one row does not warm up the next.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.costs import used
from craft.previs import Packet, health, render_clip, render_still
from craft.previs.demo_packet import conversation

FRAMES = 48
_LIMITS = {(1280, 720, "cinematic"): 0.55, (640, 360, "draft"): 0.12}
_MIB_LIMIT, _FIRST_LIMIT, _PAIR_GOAL = 600, 1.5, 1.7


def _packet(kind: str, width: int, height: int, quality: str, frames: int = FRAMES) -> Packet:
    return Packet.from_json(conversation(kind, width=width, height=height, quality=quality, frames=frames))


def _row(claim: str, value: float, unit: str, goal: float, *, least: bool = False) -> dict[str, Any]:
    return {
        "claim": claim,
        "value": round(value, 4),
        "unit": unit,
        "goal": f"{'≥' if least else '≤'} {goal}",
        "holds": value >= goal if least else value <= goal,
    }


def _draw(kind: str, width: int, height: int, quality: str, frames: int) -> None:
    """What a fresh process does: one frame, then, when told to go on, a clip; figures as JSON lines."""
    packet = _packet(kind, width, height, quality, frames)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        render_still(packet, Path(folder) / "first.png")
        _say({"first": time.perf_counter() - started})
        sys.stdin.readline()
        before, started = used(), time.perf_counter()
        render_clip(packet, Path(folder) / "clip.mp4")
        spent, took = used() - before, time.perf_counter() - started
    _say({"cpu": spent / frames, "wall": took / frames, "mib": _peak_mib()})


def _peak_mib() -> float:
    """Peak of this process alone; ``ru_maxrss`` would begin with that of the process it was started from."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _say(data: dict[str, float]) -> None:
    print(json.dumps(data), flush=True)


class _Painter:
    """A fresh process that draws; it waits after its first frame."""

    def __init__(self, kind: str, width: int, height: int, quality: str, frames: int = FRAMES) -> None:
        told = ["--draw", kind, str(width), str(height), quality, str(frames)]
        self._process = subprocess.Popen(
            [sys.executable, __file__, *told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.first = self._heard()["first"]

    def _heard(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a drawing process ended early")
        found: dict[str, float] = json.loads(line)
        return found

    def go(self) -> None:
        """Draw the clip."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def result(self) -> dict[str, float]:
        """Figures of the clip, once it is drawn."""
        found = self._heard()
        self._process.communicate()
        return found


def _clip_rows(kind: str, width: int, height: int, quality: str) -> list[dict[str, Any]]:
    goal = _LIMITS[width, height, quality]
    painter = _Painter(kind, width, height, quality)
    painter.go()
    found = painter.result()
    weather = "rain" if kind == "street" else "haze"
    about = f"{kind}, two people, {weather}, {width}x{height} {quality}"
    return [
        _row(f"{about}, encoded", found["cpu"], "CPU s per frame", goal),
        _row(f"{about}: first frame of a fresh process, meshes cached", painter.first, "s", _FIRST_LIMIT),
        _row(f"{about}: peak memory", found["mib"], "MiB", _MIB_LIMIT),
    ]


def _pair_row() -> dict[str, Any]:
    """Frames per second of two processes at once against one, in one run, on whatever else the machine does."""
    size = ("office", 1280, 720, "cinematic", 16)
    painters = [_Painter(*size) for _ in range(3)]
    painters[0].go()
    alone = painters[0].result()["wall"]
    for painter in painters[1:]:
        painter.go()
    together = max(painter.result()["wall"] for painter in painters[1:])
    return _row(
        "two processes against one, 1280x720 cinematic", 2 * alone / together, "times", _PAIR_GOAL, least=True
    )


def measure() -> list[dict[str, Any]]:
    """All rows, cheapest first."""
    kinds = ("office", "street")
    with tempfile.TemporaryDirectory() as name:
        for kind in kinds:
            for width, height, quality in _LIMITS:
                render_still(_packet(kind, width, height, quality, 1), Path(name) / "warm.png")
    rows = []
    for kind in kinds:
        rows += _clip_rows(kind, 640, 360, "draft")
    for kind in kinds:
        rows += _clip_rows(kind, 1280, 720, "cinematic")
    return [*rows, _pair_row()]


def run(argv: list[str]) -> list[dict[str, Any]]:
    """The rows for `./slate bench previs`. Raises RuntimeError when nothing can be drawn here."""
    found = health()
    if not found.ok:
        raise RuntimeError(found.message)
    return measure()


def main() -> int:
    """Exit status 1 when a goal is missed or nothing can be drawn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    parser.add_argument("--draw", nargs=5, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.draw:
        kind, width, height, quality, frames = args.draw
        _draw(kind, int(width), int(height), quality, int(frames))
        return 0
    found = health()
    if not found.ok:
        print(found.message, file=sys.stderr)
        return 1
    rows = measure()
    for row in rows:
        print(
            f"{'ok ' if row['holds'] else 'NO '} {row['claim']}: {row['value']} {row['unit']} ({row['goal']})"
        )
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
