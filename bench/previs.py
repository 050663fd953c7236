"""Cost of the previs engine: CPU seconds per frame (renderer and encoder), first still, memory.

    python bench/previs.py [--json FILE]

CPU seconds are what counts: wall time on shared cores says little. Rows are {claim, value, unit, goal, holds}.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from craft.previs import Packet, health, render_clip, render_still
from craft.previs.demo_packet import conversation

FRAMES = 48


def cpu_seconds() -> float:
    """CPU of this process and its finished children."""
    spent = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        spent += usage.ru_utime + usage.ru_stime
    return spent


def _row(claim: str, value: float, unit: str, goal: float) -> dict[str, Any]:
    return {
        "claim": claim,
        "value": round(value, 4),
        "unit": unit,
        "goal": f"≤ {goal}",
        "holds": value <= goal,
    }


def _clip(folder: Path, goal: float, width: int, height: int, quality: str, kind: str) -> dict[str, Any]:
    packet = Packet.from_json(conversation(kind, width=width, height=height, quality=quality, frames=FRAMES))
    render_still(packet, folder / "warm.png")
    before = cpu_seconds()
    render_clip(packet, folder / "clip.mp4")
    claim = f"{kind}, two people, rain outdoors, {width}x{height} {quality}, encoded"
    return _row(claim, (cpu_seconds() - before) / FRAMES, "CPU s per frame", goal)


def measure() -> list[dict[str, Any]]:
    """All rows, cheapest first."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packet = Packet.from_json(conversation("office", frames=1))
        render_still(packet, folder / "cold.png")
        started = time.perf_counter()
        render_still(packet, folder / "still.png")
        rows = [_row("still in a warm process, 640x360 draft", time.perf_counter() - started, "s", 2.0)]
        rows += [_clip(folder, 0.15, 640, 360, "draft", kind) for kind in ("office", "street")]
        rows.append(_clip(folder, 0.9, 1280, 720, "cinematic", "office"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(_row("peak memory of the process", peak, "MiB", 600))
    return rows


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
    target = parser.parse_args().json
    found = health()
    if not found.ok:
        print(found.message, file=sys.stderr)
        return 1
    rows = measure()
    for row in rows:
        print(
            f"{'ok ' if row['holds'] else 'NO '} {row['claim']}: {row['value']} {row['unit']} ({row['goal']})"
        )
    if target:
        target.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
