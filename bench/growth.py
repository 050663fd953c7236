"""How costs grow with the number of shots: planning, and an assembly in which nothing has changed.

A curve of ten to two thousand shots; `--plot FILE.svg` draws it. Growth is linear when ten times the shots cost at
most twelve times as much.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench.costs import Row, row
from craft.render.cache import SegmentCache
from craft.render.execute import run as ffmpeg
from craft.render.grade import Grade
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Transition, sequence
from craft.render.plan import EncoderSpec, PictureSpec, segment_digest, segments
from craft.render.tools import find_tools
from craft.terms import cuts, digest, rates

RATE = rates.FrameRate(24)
PLANNED = (10, 20, 50, 100, 200, 500, 1000, 2000)
ASSEMBLED = (10, 50, 200, 2000)
SPEC = PictureSpec(64, 36, EncoderSpec(preset="ultrafast"))
Curve = list[tuple[int, float]]


def timeline(sha256: str, shots: int) -> Timeline:
    """A programme of so many graded shots, a dissolve at every fourth cut."""
    media = MediaRef(sha256, MediaKind.VIDEO, FrameRange(0, 48))
    clips = [
        Clip(media, FrameRange(at % 12, 30), (Grade(exposure=0.001 * (at % 50)),), f"S{at}")
        for at in range(shots)
    ]
    joins = {at: Transition(cuts.Transition.DISSOLVE, 4, 4) for at in range(0, shots - 1, 4)}
    return Timeline(RATE, sequence(clips, joins))


def planning(sha256: str) -> Curve:
    """CPU seconds to plan a programme: its segments and the digest of each."""
    build, found = find_tools().build, []
    for shots in PLANNED:
        line, times = timeline(sha256, shots), []
        for _ in range(5):
            began = time.process_time()
            for part in segments(line):
                segment_digest(part, SPEC, RATE, build)
            times.append(time.process_time() - began)
        found.append((shots, statistics.median(times)))
    return found


def assembling(folder: Path, sha256: str, shot: Path) -> Curve:
    """CPU seconds of an assembly in which nothing has changed."""
    found, spec = [], AssemblySpec(SPEC)
    for shots in ASSEMBLED:
        cache, line = SegmentCache(folder / f"cache{shots}"), timeline(sha256, shots)
        for again in range(3):
            began = time.process_time()
            assemble(line, {sha256: shot}.__getitem__, folder / "out", cache, spec=spec)
            if again:
                spent = time.process_time() - began
        found.append((shots, spent))
    return found


def _growth(curve: Curve) -> float:
    """How much dearer the last tenfold of shots is, per shot, than a tenth of it."""
    most, dearest = curve[-1]
    few, cheap = min(curve, key=lambda point: abs(point[0] - most / 10))
    return (dearest / cheap) / (most / few)


def plot(curves: dict[str, Curve], out: Path) -> None:
    """The curves as an SVG, shots to the right, seconds up, each scaled to its own largest value."""
    width, height, edge = 640, 320, 40
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    lines = [f'{head} font-family="sans-serif" font-size="12">']
    lines.append(f'<rect width="{width}" height="{height}" fill="#fff"/>')
    frame = f"{edge},{edge} {edge},{height - edge} {width - edge},{height - edge}"
    lines.append(f'<polyline points="{frame}" fill="none" stroke="#888"/>')
    furthest = max(curve[-1][0] for curve in curves.values())
    for share in (0, 1, 2, 3, 4):
        at = edge + (width - 2 * edge) * share / 4
        middle = f'text-anchor="middle" fill="#555">{furthest * share // 4}</text>'
        lines.append(f'<text x="{at:.0f}" y="{height - edge + 18}" {middle}')
    for number, (name, curve) in enumerate(curves.items()):
        most, top = curve[-1][0], max(value for _, value in curve)
        points = " ".join(
            f"{edge + (width - 2 * edge) * shots / most:.1f},{height - edge - (height - 2 * edge) * value / top:.1f}"
            for shots, value in curve
        )
        colour = ("#1f5fa8", "#a8481f")[number]
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        words = f"{name}: {most} shots, {top * 1000:.0f} ms"
        lines.append(f'<text x="{edge + 8}" y="{edge + 16 * number}" fill="{colour}">{words}</text>')
    out.write_text("\n".join([*lines, "</svg>"]) + "\n")


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--plot FILE`."""
    parser = argparse.ArgumentParser(prog="bench growth", description=__doc__)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-growth-") as name:
        folder = Path(name)
        shot = folder / "shot.mp4"
        source = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=24", "-frames:v", "48", "-pix_fmt", "yuv420p"]
        ffmpeg([find_tools().ffmpeg, "-y", *source, str(shot)], what="a shot")
        sha256 = digest.file_sha256(shot)
        plans, made = planning(sha256), assembling(folder, sha256, shot)
    if options.plot:
        plot({"planning": plans, "nothing changed": made}, options.plot)
    return [
        row("planning 2,000 shots, CPU", plans[-1][1] * 1000, "ms", 200),
        row("planning: a shot of 2,000 against a shot of 200", _growth(plans), "ratio", 1.2),
        row("nothing changed, a shot of 2,000 against a shot of 200", _growth(made), "ratio", 1.2),
    ]
