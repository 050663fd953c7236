"""Frames between frames: closer to what would have been there than any mixture, held at cuts, named when damaged."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.effects import Reframe
from craft.render.errors import RenderError
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Track
from craft.render.motion import interpolated
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.render.retime import Retime, Sampling
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, ffmpeg
from tests.render.test_bad_files import streamed
from tests.render.test_bad_inputs import luma

SIZE = (320, 180)


def texture(shape: tuple[int, int], fine: float, seed: int) -> NDArray[np.float32]:
    """Grain of every coarseness at once, as surfaces have it: single-octave noise has nothing to see from afar."""
    source, total = np.random.default_rng(seed), np.zeros(shape, np.float32)
    for octave in (1, 2, 4, 8, 16):
        noise = source.normal(size=shape).astype(np.float32)
        smooth = cv2.GaussianBlur(noise, (0, 0), fine * octave)
        total += smooth / smooth.std()
    return np.asarray((total - total.mean()) / total.std() * 40 + 120, np.float32)


def scene(frames: int) -> list[bytes]:
    """A disc that crosses a background which drifts the other way, as raw yuv420p."""
    behind, disc = texture((240, 520), 2.0, 1), texture((80, 80), 1.5, 2)
    down, across = np.mgrid[0:80, 0:80]
    inside = (down - 40) ** 2 + (across - 40) ** 2 < 38**2
    made = []
    for number in range(frames):
        way = np.array([[1, 0, 60 + 1.7 * number], [0, 1, 20 + 0.4 * number]], np.float32)
        frame = np.asarray(cv2.warpAffine(behind, way, SIZE, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP))
        frame[50:130, 20 + 4 * number : 100 + 4 * number][inside] = disc[inside]
        made.append(
            np.clip(frame, 16, 235).astype(np.uint8).tobytes() + bytes([128]) * (SIZE[0] * SIZE[1] // 2)
        )
    return made


def figures(frame: bytes) -> NDArray[np.float64]:
    return np.frombuffer(frame, np.uint8)[: SIZE[0] * SIZE[1]].astype(np.float64)


def psnr(seen: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    return float(10 * np.log10(255**2 / np.mean((seen - wanted) ** 2)))


def test_frames_between_frames_are_far_closer_to_the_truth_than_a_mixture() -> None:
    whole = scene(25)
    met: list[int] = []
    times = [2000 * number for number in range(13)]
    seen = list(interpolated(whole[::2], times, 25, SIZE, lambda: met.append(1)))
    assert len(seen) == 25 and not met
    assert seen[::2] == whole[::2]
    for number in range(1, 25, 2):
        truth = figures(whole[number])
        mixture = (figures(whole[number - 1]) + figures(whole[number + 1])) / 2
        assert psnr(figures(seen[number]), truth) > max(35.0, psnr(mixture, truth) + 6)


def test_ends_are_held_and_a_short_source_ends_early() -> None:
    whole = scene(3)
    held = list(interpolated(whole, [1500, 2500, 3500], 6, SIZE, lambda: None))
    assert len(held) == 6 and held[0] == held[1] == whole[0] and held[4] == held[5] == whole[2]
    assert len(list(interpolated(whole[:2], [0, 2000, 4000], 6, SIZE, lambda: None))) == 2


def test_cut_is_held_and_counted_once() -> None:
    one, other = scene(1)[0], bytes(255 - value for value in scene(1)[0])
    met: list[int] = []
    seen = list(interpolated([one, other], [0, 4000], 5, SIZE, lambda: met.append(1)))
    assert seen == [one, one, one, other, other] and met == [1]


@pytest.mark.parametrize("size", [(2, 2), (16, 200), (34, 34)])
def test_sizes_without_room_for_motion_still_give_every_frame(size: tuple[int, int]) -> None:
    length = size[0] * size[1] * 3 // 2
    seen = list(interpolated([bytes([50]) * length, bytes([66]) * length], [0, 4000], 5, size, lambda: None))
    assert [frame[0] for frame in seen] == [50, 54, 58, 62, 66]
    assert all(set(frame) == {frame[0]} for frame in seen)


def slowed(media: MediaRef, frames: int, length: int, *effects: Reframe) -> Timeline:
    retime = Retime.through([(0, 0), (length, Fraction(frames))], Sampling.MOTION)
    return Timeline(RATE, Track((Clip(media, FrameRange(0, frames), effects, "the fall", retime),)))


def test_slow_motion_and_a_move_go_together(shelf: Shelf, tmp_path: Path) -> None:
    """A reframe that travels over slowed frames: what is drawn is the slowed frame, seen where the frame stands."""
    media = shelf.video("drift", f"testsrc2=s={WIDTH}x{HEIGHT}:r=24", 12, "-crf", "4")
    move = Reframe((0.0, 0.0, 0.6, 0.6), (0.4, 0.4, 0.6, 0.6))
    found = []
    for effects in ((), (move,)):
        job = PictureJob(
            RATE, PictureSpec(WIDTH, HEIGHT), shelf, tmp_path / str(len(effects)), None, workers=1
        )
        (piece,) = job.render(segments(slowed(media, 12, 24, *effects)))
        found.append(luma(piece.path).astype(float))
    plain, moved = found
    assert len(plain) == len(moved) == 24
    first, last = (plain[0][:54, :96], plain[-1][36:, 64:])
    for corner, frame in ((first, moved[0]), (last, moved[-1])):
        wanted = np.asarray(cv2.resize(corner, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))
        assert np.abs(wanted - frame)[8:-8, 8:-8].mean() < 8


def test_damage_inside_slow_motion_is_named_with_its_place(shelf: Shelf, tmp_path: Path) -> None:
    whole = streamed(shelf, tmp_path).read_bytes()
    middle = whole.index(b"mdat") + (len(whole) - whole.index(b"mdat")) // 2
    path = tmp_path / "damaged.mp4"
    path.write_bytes(whole[:middle] + random.Random(2).randbytes(1500) + whole[middle + 1500 :])
    media = MediaRef(shelf.keep(path), MediaKind.VIDEO)
    job = PictureJob(RATE, PictureSpec(WIDTH, HEIGHT), shelf, tmp_path / "out", None, workers=1)
    with pytest.raises(RenderError) as caught:
        job.render(segments(slowed(media, 48, 96)))
    assert caught.value.code == "source_damaged" and "the fall (frames 0..96)" in caught.value.what
    short = tmp_path / "short.ts"
    ffmpeg("-i", str(shelf(shelf.ramp("brief", 10).sha256)), "-c", "copy", str(short))
    with pytest.raises(RenderError) as caught:
        job.render(segments(slowed(MediaRef(shelf.keep(short), MediaKind.VIDEO), 20, 40)))
    assert caught.value.code == "segment_short" and "the fall (frames 0..40)" in caught.value.what
