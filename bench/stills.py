"""A still in motion: frames a second of one core, encode included, and how smooth the motion is.

Motion is measured on the encoded file, by aligning each frame with the one before; what a straight line does not
explain of a pan's path is its jitter. ffmpeg's zoompan, which people would take, moves over the same picture.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.costs import Row, cost, row
from craft.render.animatic import animate
from craft.render.moves import camera_move
from craft.terms import rates
from craft.terms.shots import Direction, Easing, Movement, Speed

RATE, SIZE, FRAMES = rates.FrameRate(24), (1280, 720), 120


def picture(path: Path) -> Path:
    """Soft texture at 2560×1440: detail everywhere, none finer than the frame can show."""
    grain = np.random.default_rng(1).standard_normal((1440, 2560)).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), 4.0)
    cv2.imwrite(str(path), np.clip(128 + 55 * soft / soft.std(), 0, 255).astype(np.uint8))
    return path


def frames(path: Path) -> list[NDArray[np.float32]]:
    """The luma of every frame, halved."""
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-i",
        str(path),
        "-vf",
        "extractplanes=y,scale=640:360:flags=area",
    ]
    raw = subprocess.run([*argv, "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return list(np.frombuffer(raw, np.uint8).reshape(-1, 360, 640).astype(np.float32))


def jitter(path: Path) -> float:
    """RMS distance of the measured path from a straight line, in pixels of the full frame."""
    steps = []
    for before, after in pairwise(frames(path)):
        found = np.eye(2, 3, dtype=np.float32)
        inner = (slice(40, -40), slice(40, -40))
        end, whole = (3, 60, 1e-7), np.full(before[inner].shape, 255, np.uint8)
        _, moved = cv2.findTransformECC(
            before[inner], after[inner], found, cv2.MOTION_TRANSLATION, end, whole, 5
        )
        steps.append(2.0 * float(moved[0, 2]))
    values = np.array(steps)
    return float(np.sqrt(np.square(values - values.mean()).mean()))


def zoompan(still: Path, out: Path) -> None:
    """The same pan by ffmpeg's zoompan."""
    move = f"zoompan=z=1.28:x='(iw-iw/zoom)*on/{FRAMES - 1}':y='(ih-ih/zoom)/2':d={FRAMES}:s=1280x720:fps=24"
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-y",
        "-i",
        str(still),
        "-vf",
        move,
        "-frames:v",
        str(FRAMES),
    ]
    subprocess.run(
        [*argv, "-threads", "1", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", str(out)],
        check=True,
    )


def run(argv: list[str]) -> list[Row]:
    """Run the bench: `--pairs N`."""
    parser = argparse.ArgumentParser(prog="bench stills", description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args(argv)
    pan = camera_move(Movement.PAN, Direction.RIGHT, Speed.FAST, Easing.LINEAR, FRAMES, RATE.fraction)
    push = camera_move(Movement.DOLLY, Direction.IN, Speed.FAST, Easing.EASE, FRAMES, RATE.fraction)
    with tempfile.TemporaryDirectory(prefix="bench-stills-") as name:
        folder = Path(name)
        still, ours, theirs = picture(folder / "still.png"), folder / "ours.mp4", folder / "theirs.mp4"
        spent = {
            label: statistics.median(
                cost(lambda: animate(still, poses, RATE, SIZE, ours)).cpu  # noqa: B023
                for _ in range(options.pairs)
            )
            for label, poses in (("pan", pan), ("push in", push))
        }
        animate(still, pan, RATE, SIZE, ours)
        zoompan(still, theirs)
        own, other = jitter(ours), jitter(theirs)
    return [
        *(
            row(
                f"{label} over a still: CPU ms a frame of 720p, with its encode",
                1000 * value / FRAMES,
                "ms",
                16.7,
            )
            for label, value in spent.items()
        ),
        row("jitter of a pan, from its straight line", own, "px", 0.05),
        row("the same against ffmpeg's zoompan", own / other, "ratio", 0.1),
    ]
