"""Deliverables against the physical limit: what copying, thumbnails, ProRes and enlarging cost.

Both sides of a pair work on the same master at the same moment, alternated; the figure is the median of the
pairs' ratios. CPU is that of the child processes and our own; wall time is only as good as the machine is
idle.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.costs import Cost, Row, cost, ratios, row
from bench.render import Bench
from craft.render.outputs.chunks import chunks_of
from craft.render.outputs.hls import HlsSpec, hls
from craft.render.outputs.sides import side_files
from craft.render.outputs.upscale import UpscaleSpec, upscale
from craft.render.outputs.waveform import peaks
from craft.render.picture import cores
from craft.render.samples import read_samples


def _ffmpeg(*argv: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *argv], check=True)


def pairs_of(count: int, limit: Callable[[], object], ours: Callable[[], object]) -> list[tuple[Cost, Cost]]:
    """Alternated runs of both."""
    return [(cost(limit), cost(ours)) for _ in range(count)]


def measure(bench: Bench, pairs: int) -> list[Row]:
    """All claims on one assembled master."""
    made = bench.ours(bench.timeline(), bench.folder / "cache")
    return [
        *_streaming(bench, made.master, pairs),
        *_sides(bench, made.master, pairs),
        *_prores(bench, made.master, pairs),
        *_enlarging(bench, made.master, pairs),
    ]


def _streaming(bench: Bench, master: Path, pairs: int) -> list[Row]:
    out = bench.folder / "hls"

    def copy() -> None:
        target = bench.folder / "copied.mp4"
        _ffmpeg("-i", str(master), "-c", "copy", "-movflags", "+faststart", str(target))

    found = pairs_of(pairs * 3, copy, lambda: hls(master, out))
    packets = read_samples(master)["video"]
    stream = hls(master, out, HlsSpec())
    data = sum(path.stat().st_size for path in stream.files)
    overhead = data / master.stat().st_size - 1
    return [
        row("HLS by copy: CPU against a plain stream copy", ratios(found)[0], "ratio", 1.0),
        row("HLS by copy: bytes added to the master's", overhead, "ratio", 0.02),
        row("HLS by copy: CPU for a thousand frames", _seconds(found, packets.count), "s", 0.5),
    ]


def _seconds(found: list[tuple[Cost, Cost]], frames: int) -> float:
    return float(statistics.median(ours.cpu for _, ours in found)) * 1000 / frames


def _sides(bench: Bench, master: Path, pairs: int) -> list[Row]:
    def decode() -> None:
        _ffmpeg("-i", str(master), "-map", "0:v", "-f", "null", "-")

    out = bench.folder / "sides"
    found = pairs_of(pairs, decode, lambda: side_files(master, out))
    stem = bench.folder / "out" / "stems" / "music.wav"
    seconds = read_samples(master)["video"].count / 24
    speed = statistics.median(seconds / cost(lambda: peaks(stem)).cpu for _ in range(pairs))
    return [
        row("thumbnails, contact sheet and poster: CPU against decoding", ratios(found)[0], "ratio", 0.15),
        row("peaks of a stem: CPU per second of sound", 1 / speed, "s", 0.005),
    ]


def _prores(bench: Bench, master: Path, pairs: int) -> list[Row]:
    def coded(encoder: str) -> Callable[[], None]:
        target = str(bench.folder / "film.mov")
        coding = ("-pix_fmt", "yuv422p10le", "-c:v", encoder, "-profile:v", "3", "-threads", "1")
        return lambda: _ffmpeg("-threads", "1", "-i", str(master), "-an", "-frames:v", "96", *coding, target)

    found = pairs_of(pairs, coded("prores_ks"), coded("prores"))
    return [row("ProRes 422 HQ, our encoder against prores_ks: CPU", ratios(found)[0], "ratio", 0.5)]


def _enlarging(bench: Bench, master: Path, pairs: int) -> list[Row]:
    width, height = bench.width * 3 // 2, bench.height * 3 // 2
    spec = UpscaleSpec()
    coder = spec.encoder

    def straight() -> None:
        shape = f"zscale=w={width}:h={height}:filter={spec.kernel},unsharp=5:5:{spec.sharpen}:5:5:0"
        coding = (
            "-c:v",
            "libx264",
            "-preset",
            coder.preset,
            "-crf",
            str(coder.crf),
            "-g",
            str(coder.keyframe_every),
        )
        out = str(bench.folder / "straight.mp4")
        _ffmpeg("-i", str(master), "-vf", shape, *coding, "-threads", str(cores()), "-c:a", "copy", out)

    out = bench.folder / "large.mp4"
    found = pairs_of(pairs, straight, lambda: upscale(master, (width, height), out, spec))
    frames = sum(chunk.frames for chunk in chunks_of(master)[1])
    cpu, wall = ratios(found)
    return [
        row("enlarging by half in chunks: CPU against one ffmpeg", cpu, "ratio", 1.1),
        row("enlarging by half in chunks: wall against one ffmpeg", wall, "ratio", 1.1),
        row("enlarging by half in chunks: CPU for a thousand frames", _seconds(found, frames), "s", 200.0),
    ]


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N --shots N --size WIDTHxHEIGHT`. Rows of claim, value, unit, goal, holds."""
    parser = argparse.ArgumentParser(prog="bench outputs", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--size", default="1280x720")
    options = parser.parse_args(argv)
    width, height = (int(part) for part in options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="bench-outputs-") as folder:
        return measure(Bench(Path(folder), options.shots, width, height), options.pairs)


if __name__ == "__main__":
    rows = run(sys.argv[1:])
    print(json.dumps(rows, indent=2))
    sys.exit(0 if all(found["holds"] for found in rows) else 1)
