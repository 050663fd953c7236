"""Assembly against the physical limit: how much the studio's way costs over bare decoding and encoding.

Both sides work on the same frames at the same moment: every pair is limit then ours, alternated, and the
figure is the median of the pairs' ratios, because two numbers taken minutes apart on a shared machine say
nothing. CPU is that of the child processes and our own; wall time is only as good as the machine is idle.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from craft.render.cache import SegmentCache
from craft.render.grade import Grade
from craft.render.graphs import programme
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.model import (
    Clip,
    FrameRange,
    MediaKind,
    MediaRef,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    Transition,
    sequence,
)
from craft.render.plan import EncoderSpec, PictureSpec
from craft.render.wav import create_wav
from craft.terms import cuts, digest, rates
from craft.terms.sound import Layer

RATE = rates.FrameRate(24, 1)
SHOT_FRAMES = 96
DISSOLVE = 6
SOURCES = (
    "testsrc2",
    "mandelbrot",
    "life=mold=10:ratio=0.4:death_color=#204080:life_color=#e0c080",
    "testsrc",
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of one run."""

    cpu: float
    wall: float


@dataclass
class Bench:
    """Generated shots and sound, and the frame they are rendered into."""

    folder: Path
    shots: int
    width: int
    height: int

    def __post_init__(self) -> None:
        self.media: dict[str, Path] = {}
        self.clips = [self._shot(number) for number in range(self.shots)]
        joins = {
            number: Transition(cuts.Transition.DISSOLVE, DISSOLVE, DISSOLVE)
            for number in range(0, self.shots - 1, 4)
        }
        self.picture = sequence(self.clips, joins)
        self.spec = AssemblySpec(PictureSpec(self.width, self.height))

    def _keep(self, path: Path) -> str:
        sha256 = digest.file_sha256(path)
        self.media[sha256] = path
        return sha256

    def _shot(self, number: int) -> Clip:
        path = self.folder / f"shot{number:02d}.mp4"
        kind = SOURCES[number % len(SOURCES)]
        source = f"{kind}{':' if '=' in kind else '='}s={self.width}x{self.height}:r=24"
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", source]
        argv += [
            "-vf",
            f"noise=alls=6:allf=t:all_seed={number}",
            "-frames:v",
            str(SHOT_FRAMES),
            "-pix_fmt",
            "yuv420p",
        ]
        subprocess.run([*argv, "-preset", "veryfast", "-crf", "20", str(path)], check=True)
        media = MediaRef(self._keep(path), MediaKind.VIDEO, FrameRange(0, SHOT_FRAMES))
        grade = Grade(
            exposure=0.05 * (number % 3), contrast=1.04, saturation=1.05, temperature=0.1 * (number % 2)
        )
        return Clip(media, FrameRange(0, SHOT_FRAMES), (grade,), f"shot {number}")

    def timeline(self) -> Timeline:
        """All shots with primaries, a title and four layers of sound."""
        length = self.picture.length
        speech, bed = self._sound("speech", 2.0, 0.1), self._sound("bed", 8.0, 0.04)
        lines = tuple(SoundClip(speech, at, 48) for at in range(24, length - 48, SHOT_FRAMES))
        long = SoundClip(bed, 0, length, loop=True)
        tracks = (
            SoundTrack(Layer.DIALOGUE, lines),
            SoundTrack(Layer.MUSIC, (replace(long, fade_out=24),)),
            SoundTrack(Layer.AMBIENCE, (replace(long, gain_db=-12.0),)),
            SoundTrack(Layer.EFFECTS, lines[:2]),
        )
        return Timeline(
            RATE, self.picture, tracks, titles=(Title(FrameRange(12, 60), "THE KEEPER OF LIGHT", fade=12),)
        )

    def _sound(self, name: str, seconds: float, level: float) -> MediaRef:
        """Harmonics under four syllables a second: peaks and pauses like a voice or an instrument."""
        path = self.folder / f"{name}.wav"
        at = np.arange(round(seconds * 48_000)) / 48_000
        tone = np.zeros(len(at))
        for part in range(1, 30):
            tone += np.sin(2 * np.pi * 110 * part * at + part) / part
        samples = create_wav(path, len(at))
        samples[:] = (tone * np.sin(np.pi * 4 * at) ** 2 * level).astype(np.float32)[:, None]
        del samples
        return MediaRef(self._keep(path), MediaKind.SOUND)

    def _listing(self) -> Path:
        listing = self.folder / "shots.ffconcat"
        names = [(f"shot{number:02d}.mp4", SHOT_FRAMES) for number in range(self.shots)]
        listing.write_text(programme.concat_list(names, RATE))
        return listing

    def limit(self) -> None:
        """Decode the programme's frames and encode them, with nothing in between."""
        encoder = EncoderSpec()
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "concat", "-i", str(self._listing())]
        argv += ["-frames:v", str(self.picture.length), "-an", "-c:v", "libx264", "-preset", encoder.preset]
        argv += [
            "-crf",
            str(encoder.crf),
            "-g",
            str(encoder.keyframe_every),
            "-threads",
            str(self.spec.workers),
        ]
        subprocess.run([*argv, str(self.folder / "limit.mp4")], check=True)

    def copy(self) -> None:
        """Join the shots by a plain stream copy, without sound."""
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "concat", "-i", str(self._listing())]
        argv += ["-c", "copy", "-movflags", "+faststart", str(self.folder / "copy.mp4")]
        subprocess.run(argv, check=True)

    def ours(self, timeline: Timeline, cache: Path) -> Assembly:
        """Assemble with a cache directory."""
        out = self.folder / "out"
        return assemble(timeline, self.media.__getitem__, out, SegmentCache(cache), spec=self.spec)


def cost(job: Callable[[], object]) -> Cost:
    """What a job costs, children included."""

    def used() -> float:
        both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
        return sum(one.ru_utime + one.ru_stime for one in both)

    cpu, wall = used(), time.monotonic()
    job()
    return Cost(used() - cpu, time.monotonic() - wall)


def ratios(pairs: list[tuple[Cost, Cost]]) -> tuple[float, float]:
    """Median ratio of the second of each pair to its first: CPU, wall."""
    cpu = statistics.median(ours.cpu / other.cpu for other, ours in pairs)
    return cpu, statistics.median(ours.wall / other.wall for other, ours in pairs)


def row(claim: str, value: float, unit: str, goal: float) -> Row:
    """One line of the result; it holds when the value is at most the goal."""
    return {"claim": claim, "value": round(value, 4), "unit": unit, "goal": goal, "holds": value <= goal}


def measure(bench: Bench, pairs: int) -> list[Row]:
    """All claims on one set of shots."""
    timeline = bench.timeline()
    cache = bench.folder / "cache"
    full: list[tuple[Cost, Cost]] = []
    same: list[tuple[Cost, Cost]] = []
    changed: list[tuple[Cost, Cost]] = []
    made = bench.ours(timeline, cache)
    for number in range(pairs):
        shutil.rmtree(cache)
        full.append((cost(bench.limit), cost(lambda: bench.ours(timeline, cache))))
        same.append((cost(bench.copy), cost(lambda: bench.ours(timeline, cache))))
        other = regraded(timeline, 2, 0.01 * (number + 1))
        changed.append((full[-1][1], cost(lambda other=other: bench.ours(other, cache))))  # type: ignore[misc]
    again = bench.ours(timeline, cache)
    once = bench.ours(regraded(timeline, 2, 0.5), cache)
    cpu, wall = ratios(full)
    return [
        row("assembly with primaries, title and mix: CPU against bare decode and encode", cpu, "ratio", 1.25),
        row(
            "assembly with primaries, title and mix: wall against bare decode and encode", wall, "ratio", 1.35
        ),
        row("nothing changed: CPU against a plain stream copy of the shots", ratios(same)[0], "ratio", 1.5),
        row(
            "one shot changed: CPU against the whole assembly",
            ratios(changed)[0],
            "ratio",
            1.6 / bench.shots + 0.1,
        ),
        row("nothing changed: segments rendered", again.segments_rendered, "segments", 0),
        row("one shot without dissolve changed: segments rendered", once.segments_rendered, "segments", 1),
        row("frames missing from the master", abs(timeline.length - made.frames), "frames", 0),
        row("loudness off its target after the codec", _loudness_error(made), "LU", 0.5),
        row("sound against picture", abs(made.checks.av_offset_seconds or 0.0) * 1000, "ms", 1.0),
    ]


def _loudness_error(made: Assembly) -> float:
    found = made.loudness.integrated
    return float("inf") if found is None else abs(found - made.loudness.target)


def regraded(timeline: Timeline, shot: int, exposure: float) -> Timeline:
    """The timeline with another exposure on one shot."""
    items = list(timeline.picture.items)
    index = [number for number, item in enumerate(items) if isinstance(item, Clip)][shot]
    clip = items[index]
    assert isinstance(clip, Clip)
    items[index] = replace(clip, effects=(Grade(exposure=exposure),))
    return replace(timeline, picture=timeline.picture.with_items(items))


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N --shots N --size WIDTHxHEIGHT`. Rows of claim, value, unit, goal, holds."""
    parser = argparse.ArgumentParser(prog="bench render", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--shots", type=int, default=8)
    parser.add_argument("--size", default="1280x720")
    options = parser.parse_args(argv)
    width, height = (int(part) for part in options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="bench-render-") as folder:
        return measure(Bench(Path(folder), options.shots, width, height), options.pairs)


if __name__ == "__main__":
    rows = run(sys.argv[1:])
    print(json.dumps(rows, indent=2))
    sys.exit(0 if all(found["holds"] for found in rows) else 1)
