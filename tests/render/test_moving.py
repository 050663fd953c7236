"""Clips that are reframed or steadied: the part that was asked for, at every frame, across segment borders."""

from __future__ import annotations

import itertools
import subprocess
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.effects import Reframe, Stabilise
from craft.render.errors import RenderCancelled, RenderError, TimelineError
from craft.render.grade import Grade
from craft.render.model import (
    Clip,
    FrameRange,
    MediaKind,
    MediaRef,
    Overlay,
    Timeline,
    Track,
    Transition,
    sequence,
)
from craft.render.picture import PictureJob
from craft.render.plan import EncoderSpec, PictureSpec, segments
from craft.render.retime import Retime
from craft.render.validation import check_timeline
from craft.terms.cuts import Transition as Cut
from craft.terms.rates import FrameRate
from craft.terms.shots import Easing
from tests.render.conftest import Shelf
from tests.render.test_moves import shaken, shift, texture

SIZE = (320, 180)
SPEC = PictureSpec(*SIZE, EncoderSpec(crf=4))
RATE = FrameRate(24)
WHOLE, PART = (0.0, 0.0, 1.0, 1.0), (0.25, 0.1, 0.5, 0.5)
Frames = list[NDArray[np.float32]]


def decoded(path: Path) -> Frames:
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-vf", "extractplanes=y"]
    raw = subprocess.run([*argv, "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return list(np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0]).astype(np.float32))


def rendered(shelf: Shelf, timeline: Timeline, folder: Path) -> Frames:
    job = PictureJob(timeline.rate, SPEC, shelf, folder, None)
    found: Frames = []
    for piece in job.render(segments(timeline)):
        found += decoded(piece.path)
    return found


def seen(picture: NDArray[np.float32], box: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """The part of a picture inside a box, in the picture's size."""
    height, width = picture.shape
    x, y, across, down = box
    how = np.array([[across, 0, x * width], [0, down, y * height]]) @ np.array(
        [[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]]
    ) - np.array([[0, 0, 0.5], [0, 0, 0.5]])
    made = cv2.warpAffine(picture, how, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    return np.asarray(made, np.float32)


def off(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Root mean square of the difference away from the edges, in code values."""
    inner = (slice(8, -8), slice(8, -8))
    return float(np.sqrt(np.square(one[inner] - other[inner]).mean()))


@pytest.fixture
def moving(shelf: Shelf) -> tuple[MediaRef, Frames]:
    """A clip of a texture that is another one in each frame, and its frames."""
    name = "textures"
    frames = [texture(*SIZE, seed=number) for number in range(24)]
    raw = shelf.folder / f"{name}.raw"
    raw.write_bytes(b"".join(frame.tobytes() for frame in frames))
    path = shelf.folder / f"{name}.mp4"
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180"]
    argv += ["-r", "24", "-i", str(raw), "-vf", "scale=out_range=tv:in_range=tv,format=yuv420p", "-crf", "4"]
    tags = ["-colorspace", "bt709", "-color_range", "tv"]
    subprocess.run([*argv, *tags, str(path)], check=True)
    media = MediaRef(shelf.keep(path), MediaKind.VIDEO, FrameRange(0, 24))
    return media, decoded(path)


def alone(media: MediaRef, *effects: object, retime: Retime | None = None, start: int = 0) -> Timeline:
    clip = Clip(media, FrameRange(start, 24 - start), effects, "S07", retime)  # type: ignore[arg-type]
    return Timeline(RATE, Track((clip,)))


def test_part_of_a_clip_is_shown(shelf: Shelf, moving: tuple[MediaRef, Frames], tmp_path: Path) -> None:
    media, source = moving
    frames = rendered(shelf, alone(media, Reframe(PART)), tmp_path)
    assert len(frames) == 24
    assert max(off(frame, seen(was, PART)) for frame, was in zip(frames, source, strict=True)) < 4


def test_reframe_travels_from_its_start_to_its_end(
    shelf: Shelf, moving: tuple[MediaRef, Frames], tmp_path: Path
) -> None:
    media, source = moving
    frames = rendered(shelf, alone(media, Reframe(WHOLE, PART, Easing.LINEAR)), tmp_path)
    assert off(frames[0], source[0]) < 3
    assert off(frames[23], seen(source[23], PART)) < 3
    # zoom travels by factors: half way it is the root of two
    share = 1 / 2**0.5
    half = 0.25 * (1 - share) * 2, 0.1 * (1 - share) * 2
    frames24 = rendered(shelf, alone(media, Reframe(WHOLE, PART, Easing.LINEAR), start=1), tmp_path / "b")
    assert off(frames24[11], seen(source[12], (*half, share, share))) < 3


def test_a_reframe_keeps_its_pace_over_segment_borders_and_under_a_ramp(
    shelf: Shelf, moving: tuple[MediaRef, Frames], tmp_path: Path
) -> None:
    media, _ = moving
    move = Reframe(WHOLE, PART)
    slow = Clip(media, FrameRange(0, 24), (move,), "slow", Retime.through([(0, 0), (48, 24)]))
    whole = rendered(shelf, Timeline(RATE, Track((slow,))), tmp_path / "whole")
    black = shelf.flat(16, 48)
    track = Track(
        (slow.part(0, 48), Transition(Cut.DISSOLVE, 4, 0), Clip(black, FrameRange(8, 20), (), "black"))
    )
    cut = rendered(shelf, Timeline(RATE, track), tmp_path / "cut")
    assert len(whole) == 48
    for at in (0, 20, 43):
        assert off(cut[at], whole[at]) < 2
    # in the dissolve the outgoing side is still where the move has brought it
    share = 1 - 1 / 5
    assert off(cut[44], 16 + (whole[44] - 16) * share) < 3


def test_a_still_travels_in_its_own_resolution(shelf: Shelf, tmp_path: Path) -> None:
    large = texture(1280, 720, 9)
    path = shelf.folder / "large.png"
    cv2.imwrite(str(path), large)
    media = MediaRef(shelf.keep(path), MediaKind.STILL)
    clip = Clip(media, FrameRange(0, 12), (Reframe(WHOLE, PART), Grade(exposure=0.1)), "photo")
    frames = rendered(shelf, Timeline(RATE, Track((clip,))), tmp_path)
    assert len(frames) == 12
    own, small = (
        cv2.resize(large, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for size in ((640, 360), SIZE)
    )
    ours, theirs = own[36:216, 160:480], seen(small, PART)
    # the half of the picture that is seen last comes from a picture of twice the frame's size
    lost = off(ours, theirs)
    grey = (frames[-1] - frames[-1].mean()) * ours.std() / frames[-1].std() + ours.mean()
    assert off(grey, ours) < 0.5 * lost


def test_a_shaken_clip_is_steadied_the_same_in_every_segment(shelf: Shelf, tmp_path: Path) -> None:
    frames, _ = shaken(40, 3)
    raw, path = shelf.folder / "shaken.raw", shelf.folder / "shaken.mp4"
    raw.write_bytes(b"".join(cv2.resize(frame, SIZE).tobytes() for frame in frames))
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180"]
    argv += ["-r", "24", "-i", str(raw), "-vf", "scale=out_range=tv:in_range=tv,format=yuv420p", "-crf", "4"]
    subprocess.run([*argv, "-colorspace", "bt709", "-color_range", "tv", str(path)], check=True)
    media = MediaRef(shelf.keep(path), MediaKind.VIDEO, FrameRange(0, 40))

    def jerk(pictures: Frames) -> float:
        steps = np.array([shift(a, b) for a, b in itertools.pairwise(pictures)])
        return float(np.abs(np.diff(steps, axis=0)).mean())

    clip = Clip(media, FrameRange(0, 40), (Stabilise(1.0),), "S03")
    still = rendered(shelf, Timeline(RATE, Track((clip,))), tmp_path / "still")
    bare = rendered(shelf, Timeline(RATE, Track((replace(clip, effects=()),))), tmp_path / "bare")
    assert jerk(still) < 0.6 * jerk(bare)
    halves = Track((clip.part(0, 17), clip.part(17, 23)))
    cut = rendered(shelf, Timeline(RATE, halves), tmp_path / "cut")
    assert max(off(a, b) for a, b in zip(cut, still, strict=True)) < 3


def test_a_source_that_ends_too_soon_names_its_clip(shelf: Shelf, tmp_path: Path) -> None:
    media = shelf.ramp("short", 10)
    long = replace(media, available=FrameRange(0, 24))
    with pytest.raises(RenderError, match="S07"):
        rendered(shelf, alone(long, Reframe(WHOLE, PART)), tmp_path)
    assert not list(tmp_path.glob("*.mp4"))


def test_a_cancelled_move_leaves_nothing(
    shelf: Shelf, moving: tuple[MediaRef, Frames], tmp_path: Path
) -> None:
    media, _ = moving
    timeline = alone(media, Stabilise(1.0))
    job = PictureJob(RATE, SPEC, shelf, tmp_path, None, cancelled=lambda: True)
    with pytest.raises(RenderCancelled):
        job.render(segments(timeline))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_overlay_stands_where_its_box_is(shelf: Shelf) -> None:
    media = shelf.ramp("ramp", 24)
    overlay = Overlay(FrameRange(0, 10), media, (0, 0, 0.5, 0.5), effects=(Stabilise(),))
    track = sequence([Clip(media, FrameRange(0, 24), (), "S01")])
    with pytest.raises(TimelineError, match="overlays"):
        check_timeline(Timeline(RATE, track, overlays=(overlay,)))
