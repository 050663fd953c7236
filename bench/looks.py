"""What looks cost: the assembly with a 33³ table, and every style, against bare decoding and encoding.

Measured like `bench.render`: alternated pairs on the same shots, the median of the pairs' CPU ratios. Styles
are measured on their own filters alone, in milliseconds of one core for a frame.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import ffmpeg

from bench.costs import Cost, Row, cost, ratios, row
from bench.render import Bench
from craft.render.bake import bake
from craft.render.cube import Cube, lattice, write
from craft.render.effects import Effect, Lut, Modifier, Style
from craft.render.graphs.base import argv_of, opened
from craft.render.graphs.colour import coloured
from craft.render.graphs.styles import styled
from craft.render.looks import colour_chain, drawn_styles, needs_cube
from craft.render.model import Clip, Timeline
from craft.terms import digest

STYLE_FRAMES = 72


def with_look(timeline: Timeline, look: Lut) -> Timeline:
    """The timeline with a look on every clip after its grade."""
    items = [
        replace(item, effects=(*item.effects, look)) if isinstance(item, Clip) else item
        for item in timeline.picture.items
    ]
    return replace(timeline, picture=timeline.picture.with_items(items))


def kept_look(bench: Bench) -> Lut:
    """A table that moves every colour."""
    points = lattice(33)
    path = bench.folder / "look.cube"
    path.write_text(write(Cube(0.9 * points**1.1 + 0.1 * points[..., [1, 2, 0]])))
    sha256 = digest.file_sha256(path)
    bench.media[sha256] = path
    return Lut(sha256)


def style_cost(bench: Bench, effects: tuple[Effect, ...]) -> float:
    """CPU milliseconds a frame of decoding a shot and drawing the effects on it, without encoding."""
    chain = colour_chain(effects)
    if needs_cube(chain):
        (bench.folder / "style.cube").write_text(write(bake(chain, _no_table)))
    shot = opened(bench.folder / "shot00.mp4", threads=1).video
    drawn = styled(coloured(shot, chain, "style.cube"), drawn_styles(effects), (bench.width, bench.height))
    output = ffmpeg.output(drawn, "-", f="null", **{"frames:v": STYLE_FRAMES})
    argv = argv_of(output, "ffmpeg", "-v", "error", "-nostdin", "-filter_complex_threads", "1")
    used = cost(lambda: subprocess.run(argv, cwd=bench.folder, check=True))
    return used.cpu * 1000 / STYLE_FRAMES


def _no_table(sha256: str) -> Cube:
    raise KeyError(sha256)


def measure(bench: Bench, pairs: int) -> list[Row]:
    """The table's ratio, then what every style adds to a frame."""
    timeline = with_look(bench.timeline(), kept_look(bench))
    cache = bench.folder / "cache"
    looked: list[tuple[Cost, Cost]] = []
    for _ in range(pairs):
        shutil.rmtree(cache, ignore_errors=True)
        looked.append((cost(bench.limit), cost(lambda: bench.ours(timeline, cache))))
    cpu, wall = ratios(looked)
    rows = [
        row("assembly with primaries, a 33³ table, title and mix: CPU against the limit", cpu, "ratio", 1.5),
        row("the same: wall against the limit", wall, "ratio", 1.6),
    ]
    bare = min(style_cost(bench, ()) for _ in range(2))
    for style in Style:
        added = min(style_cost(bench, (Modifier(style),)) for _ in range(2)) - bare
        rows.append(row(f"{style.value}: added to a frame, one core", max(0.0, added), "ms", 25.0))
    return rows


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N --shots N --size WIDTHxHEIGHT`. Rows of claim, value, unit, goal, holds."""
    parser = argparse.ArgumentParser(prog="bench looks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--size", default="1280x720")
    options = parser.parse_args(argv)
    width, height = (int(part) for part in options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="bench-looks-") as folder:
        return measure(Bench(Path(folder), options.shots, width, height), options.pairs)


if __name__ == "__main__":
    rows = run(sys.argv[1:])
    print(json.dumps(rows, indent=2))
    sys.exit(0 if all(found["holds"] for found in rows) else 1)
