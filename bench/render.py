"""Assembly against the physical limit: how much the studio's way costs over bare decoding and encoding.

Both sides work on the same frames at the same moment: every pair is limit then ours, alternated, and the
figure is the median of the pairs' ratios, because two numbers taken minutes apart on a shared machine say
nothing. CPU is that of the child processes and our own; wall time is only as good as the machine is idle.

The programme is 24 shots in 180 s: half of them photographic (moves over 1/f noise with grain), the others test
pictures, fractals and cellular life. `./slate bench film` joins a feature, `bench growth` counts shots, `bench
stills` moves over stills; `--peers` puts other editors beside (see `bench/peers.py`).
"""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from bench.costs import Cost, Row, cost, ratios, row
from craft.render.animatic import animate
from craft.render.cache import SegmentCache
from craft.render.cube import identity, write
from craft.render.effects import Lut
from craft.render.grade import Grade
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.model import (
    Clip,
    Finish,
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
from craft.render.moves import camera_move
from craft.render.plan import EncoderSpec, PictureSpec
from craft.render.wav import create_wav
from craft.terms import cuts, digest, rates
from craft.terms.shots import Direction, Easing, Movement, Speed
from craft.terms.sound import Layer

RATE = rates.FrameRate(24, 1)
SHOT_FRAMES = 183
"""24 of them less six dissolves of twelve frames are 4320 frames: 180 s."""
DISSOLVE = 6
PHOTO = ""
SOURCES = (
    PHOTO,
    "testsrc2",
    PHOTO,
    "mandelbrot",
    PHOTO,
    "life=mold=10:ratio=0.4:death_color=#204080:life_color=#e0c080",
)
MOVES = (
    (Movement.PAN, Direction.RIGHT),
    (Movement.DOLLY, Direction.IN),
    (Movement.TRUCK, Direction.LEFT),
    (Movement.HANDHELD, Direction.LOW),
)


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
        if kind == PHOTO:
            self._photo(number, path)
        else:
            self._drawn(number, kind, path)
        media = MediaRef(self._keep(path), MediaKind.VIDEO, FrameRange(0, SHOT_FRAMES))
        grade = Grade(
            exposure=0.05 * (number % 3), contrast=1.04, saturation=1.05, temperature=0.1 * (number % 2)
        )
        return Clip(media, FrameRange(0, SHOT_FRAMES), (grade,), f"shot {number}")

    def _photo(self, number: int, path: Path) -> None:
        """A move over a picture whose detail falls off as in photographs, with grain on it."""
        still, chance = self.folder / f"still{number:02d}.png", np.random.default_rng(number)
        height, width = self.height * 3 // 2, self.width * 3 // 2
        down, across = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]
        falling = 1.0 / np.maximum(np.hypot(down, across), 1.0 / width)
        planes = [
            np.fft.ifft2(np.fft.fft2(chance.standard_normal((height, width))) * falling).real for _ in "bgr"
        ]
        picture = np.stack([128 + 42 * plane / plane.std() for plane in planes], axis=2)
        picture += chance.normal(0, 4, picture.shape)
        cv2.imwrite(str(still), np.clip(picture, 0, 255).astype(np.uint8))
        movement, direction = MOVES[number // 2 % len(MOVES)]
        poses = camera_move(
            movement, direction, Speed.MEDIUM, Easing.EASE, SHOT_FRAMES, RATE.fraction, number
        )
        animate(still, poses, RATE, (self.width, self.height), path)

    def _drawn(self, number: int, kind: str, path: Path) -> None:
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
        # one clock for all shots: where they differ, ffmpeg's concat drops frames of some and repeats others
        argv += ["-preset", "veryfast", "-crf", "20", "-video_track_timescale", str(RATE.num * 1000)]
        subprocess.run([*argv, str(path)], check=True)

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
        """The shots for ffmpeg's concat, each with its length: without, it takes the container's milliseconds."""
        listing, seconds = self.folder / "shots.ffconcat", SHOT_FRAMES / RATE.num
        lines = [f"file shot{number:02d}.mp4\nduration {seconds:.6f}\n" for number in range(self.shots)]
        listing.write_text("ffconcat version 1.0\n" + "".join(lines))
        return listing

    def looked(self) -> Timeline:
        """The programme with a 33-point colour table over all of it."""
        path = self.folder / "look.cube"
        if not path.exists():
            table = identity(33)
            path.write_text(write(replace(table, table=np.clip(table.table**0.95 * 1.02, 0, 1))))
        return replace(self.timeline(), finish=Finish((Lut(self._keep(path)),)))

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

    def check_limit(self) -> None:
        """Run it once, unmeasured: the limit has done the work it stands for: no frame in it repeats the one before."""
        self.limit()
        argv = ["ffmpeg", "-v", "error", "-i", str(self.folder / "limit.mp4"), "-f", "framehash", "-"]
        told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
        frames = [line.rsplit(",", 1)[1] for line in told.splitlines() if not line.startswith("#")]
        if len(frames) != self.picture.length or any(one == other for one, other in pairwise(frames)):
            raise RuntimeError("the limit left out or repeated frames: it is no limit")

    def copy(self) -> None:
        """Join the shots and a finished sound by a plain stream copy."""
        sound = self.folder / "sound.m4a"
        if not sound.exists():
            source = f"sine=f=220:r=48000:d={self.picture.length / 24}"
            argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-ac", "2", "-b:a", "192k"]
            subprocess.run([*argv, str(sound)], check=True)
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "concat", "-i", str(self._listing())]
        argv += ["-i", str(sound), "-map", "0:v", "-map", "1:a"]
        argv += ["-c", "copy", "-movflags", "+faststart", str(self.folder / "copy.mp4")]
        subprocess.run(argv, check=True)

    def shot_limit(self, shot: int) -> None:
        """Decode and encode one shot's frames, and copy everything: the least that a changed shot can cost."""
        encoder = EncoderSpec()
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(self.folder / f"shot{shot:02d}.mp4")]
        argv += ["-an", "-c:v", "libx264", "-preset", encoder.preset, "-crf", str(encoder.crf)]
        argv += ["-g", str(encoder.keyframe_every), "-threads", str(self.spec.workers)]
        subprocess.run([*argv, str(self.folder / "shot_limit.mp4")], check=True)
        self.copy()

    def packets(self) -> list[str]:
        """The hash of every picture packet of the last master."""
        argv = ["ffmpeg", "-v", "error", "-i", str(self.folder / "out" / "master.mp4"), "-map", "0:v"]
        told = subprocess.run(
            [*argv, "-c", "copy", "-f", "framehash", "-"], check=True, capture_output=True, text=True
        ).stdout
        return [line.rsplit(",", 1)[1] for line in told.splitlines() if not line.startswith("#")]

    def foreign(self, before: list[str], shot: int) -> int:
        """Packets outside a shot (and the transitions it is part of) that are not what they were."""
        placed = [one for one in self.picture.placed() if isinstance(one.item, Clip)][shot]
        mine = range(placed.at.start - DISSOLVE, placed.at.end + DISSOLVE)
        pairs = enumerate(zip(before, self.packets(), strict=True))
        return sum(was != now for number, (was, now) in pairs if number not in mine)

    def parts_of(self, shot: int) -> int:
        """The segments a shot is part of: its body and the transitions on both sides."""
        items = list(self.picture.items)
        index = [number for number, item in enumerate(items) if isinstance(item, Clip)][shot]
        beside = (items[number] for number in (index - 1, index + 1) if 0 <= number < len(items))
        return 1 + sum(isinstance(item, Transition) for item in beside)

    def afresh(self, timeline: Timeline, cache: Path) -> Assembly:
        """Assemble with nothing to start from."""
        shutil.rmtree(cache, ignore_errors=True)
        return self.ours(timeline, cache)

    def ours(self, timeline: Timeline, cache: Path) -> Assembly:
        """Assemble with a cache directory."""
        out = self.folder / "out"
        return assemble(timeline, self.media.__getitem__, out, SegmentCache(cache), spec=self.spec)


def measure(bench: Bench, pairs: int) -> list[Row]:
    """All claims on one set of shots: limit, ours and ours with a look, one after the other, `pairs` times."""
    cache, timeline, looked = bench.folder / "cache", bench.timeline(), bench.looked()
    plain: list[tuple[Cost, Cost]] = []
    table: list[tuple[Cost, Cost]] = []
    bench.check_limit()
    for _ in range(pairs):
        limit = cost(bench.limit)
        plain.append((limit, cost(lambda: bench.afresh(timeline, cache))))
        table.append((limit, cost(lambda: bench.afresh(looked, bench.folder / "looked"))))
    made = bench.ours(timeline, cache)
    cpu, wall = ratios(plain)
    return [
        row(
            "assembly with primaries, titles and mix: CPU against bare decode and encode", cpu, "ratio", 1.25
        ),
        row(
            "assembly with primaries, titles and mix: wall against bare decode and encode",
            wall,
            "ratio",
            1.35,
        ),
        row(
            "the same with a 33-point LUT: CPU against bare decode and encode", ratios(table)[0], "ratio", 1.5
        ),
        *again(bench, timeline, cache, (pairs, statistics.median(ours.cpu for _, ours in plain))),
        row("frames missing from the master", abs(timeline.length - made.frames), "frames", 0),
        row("loudness off its target after the codec", _loudness_error(made), "LU", 0.1),
        row("sound against picture", abs(made.checks.av_offset_seconds or 0.0) * 1000, "ms", 1.0),
    ]


def again(bench: Bench, timeline: Timeline, cache: Path, how: tuple[int, float]) -> list[Row]:
    """What an assembly costs when one shot, or nothing, has changed; `how` many pairs, against which CPU seconds."""
    pairs, whole = how
    bench.copy()  # its sound is made once, and not counted
    before = bench.packets()
    same = [(cost(bench.copy), cost(lambda: bench.ours(timeline, cache))) for _ in range(pairs)]
    nothing, shot, costs = bench.ours(timeline, cache), bench.shots // 2, list[tuple[Cost, Cost]]()
    for number in range(pairs):
        other = regraded(timeline, shot, 0.01 * (number + 1))
        floor = cost(lambda: bench.shot_limit(shot))
        costs.append((floor, cost(lambda other=other: bench.ours(other, cache))))  # type: ignore[misc]
    once = bench.ours(regraded(timeline, shot, 0.5), cache)
    return [
        row(
            "nothing changed: CPU against a plain stream copy of shots and sound",
            ratios(same)[0],
            "ratio",
            1.1,
        ),
        row("nothing changed: segments rendered", nothing.segments_rendered, "segments", 0),
        row(
            "one shot changed: CPU against the whole assembly",
            statistics.median(ours.cpu for _, ours in costs) / whole,
            "ratio",
            0.05,
        ),
        row(
            "one shot changed: CPU against the encode of its frames and a stream copy",
            ratios(costs)[0],
            "ratio",
            1.6,
        ),
        row("one shot changed: segments rendered", once.segments_rendered, "segments", bench.parts_of(shot)),
        row(
            "one shot changed: packets of other shots that differ", bench.foreign(before, shot), "packets", 0
        ),
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
    """Run the bench: `--pairs N --shots N --size WIDTHxHEIGHT [--peers]`. Rows of claim, value, unit, goal, holds."""
    parser = argparse.ArgumentParser(prog="bench render", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--shots", type=int, default=24)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--peers", action="store_true", help="also measure melt, moviepy and editly")
    options = parser.parse_args(argv)
    width, height = (int(part) for part in options.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="bench-render-") as folder:
        found = measure(Bench(Path(folder), options.shots, width, height), options.pairs)
    # the peers are measured on this module's programme, so they can only be found when it is asked for
    run_peers = importlib.import_module("bench.peers").run if options.peers else None
    return found + (run_peers(["--pairs", str(options.pairs)]) if run_peers else [])


if __name__ == "__main__":
    rows = run(sys.argv[1:])
    print(json.dumps(rows, indent=2))
    sys.exit(0 if all(found["holds"] for found in rows) else 1)
