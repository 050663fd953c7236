"""Loudness against ffmpeg's two-pass loudnorm, and sound against picture over hundreds of joins.

Each pair levels the same mix at the same moment, loudnorm first, then ours; figures are medians of the
pairs' ratios. The levelling is also compared without the codec. What is taken off ours is one run of the very
command on the very samples that ours encodes, because AAC costs up to twice as much on another mix; the rest
counts, further rounds, the trial of the codec and measuring the encoded file included.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.costs import Row, cost, row
from craft.render.cache import SegmentCache
from craft.render.execute import run as run_ffmpeg
from craft.render.graphs import sound as graph
from craft.render.levelled import levelled_mix
from craft.render.loudness import CODEC_ROOM_DB, FinishedSound, finish
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, SoundClip, SoundTrack, Timeline, Track
from craft.render.plan import PictureSpec
from craft.render.tools import find_tools
from craft.render.wav import SAMPLE_RATE, WavFile
from craft.terms import digest, rates
from craft.terms.sound import LOUDNESS, Layer, LoudnessSpec

BITRATE = 192_000
RATE = rates.FrameRate(24, 1)
SHOT_FRAMES = 12
SMALL = (64, 36)


def programme(path: Path, seconds: int) -> None:
    """A mix with speech-like phrases, a musical bed, effects with hard attacks and quiet stretches."""
    chance = np.random.default_rng(8)
    with WavFile.create(path, seconds * SAMPLE_RATE) as mix:
        for second in range(seconds):
            at = second + np.arange(SAMPLE_RATE) / SAMPLE_RATE
            bed = _harmonics(at, 82.4 * 2 ** ((second // 4 % 5) / 12), 24) * 0.05
            voice = _harmonics(at, 118 + 9 * np.sin(second), 40) * np.sin(np.pi * 4 * at) ** 2
            voice *= 0.16 if second % 9 < 6 else 0.0
            hits = np.zeros(SAMPLE_RATE)
            if second % 5 == 2:
                decay = np.exp(-np.arange(12_000) / 900)
                # a door or a step, not white noise: falling by 6 dB an octave above 800 Hz
                knock = np.convolve(chance.standard_normal(12_000), np.exp(-np.arange(400) / 10), "same")
                hits[9000:21_000] = knock * decay * 0.15
            level = 0.25 if second % 60 > 52 else 1.0
            sides = [bed * (0.8 + 0.2 * np.sin(at + side)) + voice + hits for side in (0, 2)]
            mix.write(second * SAMPLE_RATE, (np.stack(sides, 1) * level).astype(np.float32))


def _harmonics(at: NDArray[np.float64], pitch: float, parts: int) -> NDArray[np.float64]:
    tone = np.zeros(len(at))
    for part in range(1, parts + 1):
        tone += np.sin(2 * np.pi * pitch * part * at + part * part) / part
    return tone / 2


def loudnorm(mix: Path, spec: LoudnessSpec, *output: str) -> None:
    """Both passes of loudnorm in its linear mode."""
    target = f"loudnorm=I={spec.integrated}:TP={spec.true_peak}:LRA=20"
    first = ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-y", "-i", str(mix), "-af"]
    done = subprocess.run(
        [*first, target + ":print_format=json", "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stderr[done.stderr.rindex("{") :])
    measured = (
        f"measured_I={found['input_i']}:measured_TP={found['input_tp']}:measured_LRA={found['input_lra']}"
        f":measured_thresh={found['input_thresh']}:offset={found['target_offset']}:linear=true"
    )
    subprocess.run([*first, f"{target}:{measured}", "-ar", "48000", *output], capture_output=True, check=True)


def same_encoding(levelled: Path, out: Path) -> None:
    """The encoding alone, of samples that are at their level already."""
    run_ffmpeg(graph.encode_command(find_tools().ffmpeg, levelled, 0.0, BITRATE, out), what="encoding")


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg's meter reads them."""
    argv = ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-i", str(path)]
    argv += ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    log = subprocess.run(argv, capture_output=True, text=True, check=True).stderr
    summary = log[log.rindex("Summary:") :]
    figures = [re.search(rf"{name}:\s+(-?[\d.]+)", summary) for name in ("I", "Peak")]
    first, second = (float("nan") if found is None else float(found[1]) for found in figures)
    return first, second


def levelling(folder: Path, pairs: int, seconds: int) -> list[Row]:
    """Cost and precision of every delivery specification's levelling."""
    mix, out = folder / "mix.wav", folder / "out.m4a"
    programme(mix, seconds)
    spec = LOUDNESS["online"]
    made = [finish(find_tools(), mix, out, spec, BITRATE)]
    ceiling = spec.true_peak - CODEC_ROOM_DB
    levelled = levelled_mix([mix], made[0].report.gain_db, ceiling, folder / "levelled.wav")
    bare, whole = [], []

    def ours() -> None:
        made.append(finish(find_tools(), mix, out, spec, BITRATE))

    for _ in range(pairs):
        passes = cost(lambda: loudnorm(mix, spec, "-f", "null", "-")).cpu
        both = cost(
            lambda: loudnorm(mix, spec, "-c:a", "aac", "-b:a", str(BITRATE), str(folder / "ln.m4a"))
        ).cpu
        codec = cost(lambda: same_encoding(levelled, folder / "same.m4a")).cpu
        own = cost(ours).cpu
        bare.append((own - codec) / passes)
        whole.append(own / both)
    return [
        row(
            "levelling without one AAC encoding: CPU against two passes of loudnorm",
            _median(bare),
            "ratio",
            0.25,
        ),
        row("levelling with AAC: CPU against two passes of loudnorm with AAC", _median(whole), "ratio", 0.6),
        row("rounds of encoding", made[-1].report.rounds, "rounds", 1),
        *_precision(folder, mix),
    ]


def _median(values: list[float]) -> float:
    return float(statistics.median(values))


def _precision(folder: Path, mix: Path) -> list[Row]:
    rows = []
    for spec in LOUDNESS.values():
        out = folder / f"{spec.key}.m4a"
        made: FinishedSound = finish(find_tools(), mix, out, spec, BITRATE)
        loud, peak = ebur128(out)
        rows += [
            row(
                f"{spec.label}: loudness off target, ffmpeg's meter",
                abs(loud - spec.integrated),
                "LU",
                0.1 + 1e-6,
            ),
            row(f"{spec.label}: loudness off target, ours", abs(made.report.error or 0.0), "LU", 0.1),
            row(f"{spec.label}: true peak over the ceiling after AAC", peak - spec.true_peak, "dB", 0.0),
        ]
    return rows


def joins(folder: Path, count: int) -> list[Row]:
    """Flash and beep at every one of `count` joins of a programme: how far apart they come out."""
    shot, beeps = folder / "shot.mp4", folder / "beeps.wav"
    width, height = SMALL
    flash = f"color=black:s={width}x{height}:r=24,drawbox=t=fill:c=white:enable='eq(n,0)'"
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", flash, "-frames:v"]
    subprocess.run([*argv, str(SHOT_FRAMES), "-pix_fmt", "yuv420p", "-crf", "10", str(shot)], check=True)
    step = SHOT_FRAMES * SAMPLE_RATE // 24
    with WavFile.create(beeps, (count + 1) * step) as sound:
        tone = 0.4 * np.sin(2 * np.pi * 1000 * np.arange(2000) / SAMPLE_RATE)
        for number in range(count + 1):
            sound.write(number * step, np.repeat(tone[:, None], 2, 1).astype(np.float32))
    media = {digest.file_sha256(path): path for path in (shot, beeps)}
    seen, heard = (digest.file_sha256(path) for path in (shot, beeps))
    # the shots share one picture; their names differ, so each is a segment of its own
    clip = MediaRef(seen, MediaKind.VIDEO, FrameRange(0, SHOT_FRAMES))
    track = Track(tuple(Clip(clip, FrameRange(0, SHOT_FRAMES), (), f"shot {n}") for n in range(count + 1)))
    effects = SoundTrack(Layer.EFFECTS, (SoundClip(MediaRef(heard, MediaKind.SOUND), 0, track.length),))
    timeline = Timeline(RATE, track, (effects,))
    made = assemble(
        timeline,
        media.__getitem__,
        folder / "joined",
        SegmentCache(folder / "cache"),
        spec=AssemblySpec(PictureSpec(width, height)),
    )
    return _apart(made, count)


def _apart(made: Assembly, count: int) -> list[Row]:
    width, height = SMALL
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(made.master)]
    picture = [*argv, "-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(picture, capture_output=True, check=True).stdout
    bright = np.frombuffer(raw, np.uint8).reshape(-1, width * height).mean(axis=1) > 128
    samples = [*argv, "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", str(SAMPLE_RATE), "-"]
    sound = np.frombuffer(subprocess.run(samples, capture_output=True, check=True).stdout, np.float32)
    flashes = np.flatnonzero(bright) / RATE.fps
    loud = np.flatnonzero(np.abs(sound) > 0.5 * np.abs(sound).max())
    starts = loud[np.concatenate(([True], np.diff(loud) > 4000))] / SAMPLE_RATE
    found = min(len(flashes), len(starts))
    offsets = (starts[:found] - flashes[:found]) * 1000
    missing = abs(count + 1 - len(flashes)) + abs(count + 1 - len(starts))
    drift = abs(round((offsets[-1] - offsets[0]) / 1000 * RATE.fps))
    return [
        row(f"{count} joins: flashes or beeps missing", missing, "events", 0),
        row(f"{count} joins: drift from first to last", drift, "frames", 0),
        row(f"{count} joins: spread of sound against picture", float(np.ptp(offsets)), "ms", 1.0),
        row(
            f"{count} joins: largest offset of sound against picture", float(np.abs(offsets).max()), "ms", 1.0
        ),
    ]


def rows(folder: Path, pairs: int = 3, seconds: int = 180, count: int = 480) -> list[Row]:
    """All claims, measured in `folder`."""
    return [*levelling(folder, pairs, seconds), *joins(folder, count)]


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N --seconds N --joins N`. Rows of claim, value, unit, goal, holds."""
    parser = argparse.ArgumentParser(prog="bench loudness", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--joins", type=int, default=480)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-loudness-") as folder:
        return rows(Path(folder), options.pairs, options.seconds, options.joins)


if __name__ == "__main__":
    found = run(sys.argv[1:])
    print(json.dumps(found, indent=2))
    sys.exit(0 if all(one["holds"] for one in found) else 1)
