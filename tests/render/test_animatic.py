"""A still in motion: the frames asked for, smooth, of the picture and nothing else; pipes that never hang."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from craft.render.animatic import animate
from craft.render.errors import RenderCancelled, RenderError
from craft.render.execute import run
from craft.render.feeds import Feed
from craft.render.moves import Pose, camera_move
from craft.render.probe import probe
from craft.render.tools import find_tools
from craft.terms.rates import FrameRate
from craft.terms.shots import Direction, Easing, Movement, Speed
from tests.render.test_moves import luma, texture, travel

SIZE = (640, 360)
RATE = FrameRate(24)


@pytest.fixture
def still(tmp_path: Path) -> Path:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), cv2.resize(texture(640, 360), (1920, 1080), interpolation=cv2.INTER_CUBIC))
    return path


def frames(path: Path) -> list[np.ndarray]:
    argv = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-i",
        str(path),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-",
    ]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    size = SIZE[0] * SIZE[1] * 3 // 2
    return [luma(raw[at : at + size], SIZE) for at in range(0, len(raw), size)]


def test_pan_comes_out_of_the_encoder_as_smooth_as_it_went_in(still: Path, tmp_path: Path) -> None:
    poses = camera_move(Movement.PAN, Direction.RIGHT, Speed.SLOW, Easing.LINEAR, 36, 24)
    seen: list[int] = []
    out = animate(still, poses, RATE, SIZE, tmp_path / "pan.mp4", progress=seen.append)
    shown = frames(out)
    assert len(shown) == 36
    steps = np.array([travel(a, b) for a, b in pairwise(shown)])
    assert steps.mean() == pytest.approx(-(poses[1].x - poses[0].x) * SIZE[0] * poses[0].zoom, abs=0.03)
    assert np.sqrt(np.square(steps - steps.mean()).mean()) <= 0.05
    assert seen[-1] == 36


def test_clip_says_what_it_is(still: Path, tmp_path: Path) -> None:
    rate = FrameRate(24000, 1001)
    info = probe(animate(still, [Pose()] * 10, rate, SIZE, tmp_path / "x.mp4")).picture
    assert info is not None
    assert (info.width, info.height, info.frames, info.fps) == (*SIZE, 10, rate.fraction)
    assert (info.matrix, info.colour_range) == ("bt709", "tv")


def test_grey_keeps_its_value_and_bars_are_black(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((400, 400, 3), 128, np.uint8))
    shown = frames(animate(grey, [Pose()] * 3, RATE, SIZE, tmp_path / "grey.mp4"))[1]
    assert shown[180, 320] == pytest.approx(16 + 128 * 219 / 255, abs=1.0)
    assert shown[:, :120].max() <= 18
    assert shown[:, -120:].max() <= 18


def test_a_picture_that_is_none_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 200)
    for path, poses in ((broken, [Pose()] * 3), (tmp_path / "missing.png", [Pose()])):
        with pytest.raises(RenderError):
            animate(path, poses, RATE, SIZE, tmp_path / "out.mp4")
    assert not list(tmp_path.glob("*out*"))


def test_no_frame_is_refused(still: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        animate(still, [], RATE, SIZE, tmp_path / "out.mp4")
    assert caught.value.code == "no_frames"


def test_cancel_stops_and_leaves_nothing(still: Path, tmp_path: Path) -> None:
    poses = camera_move(Movement.DOLLY, Direction.IN, Speed.FAST, Easing.EASE, 2000, 24)
    with pytest.raises(RenderCancelled):
        animate(still, poses, RATE, SIZE, tmp_path / "out.mp4", cancelled=lambda: True)
    assert not list(tmp_path.glob("*out*"))
    assert not [thread for thread in threading.enumerate() if thread.name == "feed"]


def test_frames_that_cannot_be_made_are_the_error_that_is_told(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"\x10" * 24
        raise RenderError("missing_media", "S07", "gone")

    feed = Feed(broken)
    argv = [find_tools().ffmpeg, "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "4x4", "-i", feed.url]
    with pytest.raises(RenderError) as caught:
        run([*argv, str(tmp_path / "x.mkv")], what="S07", feeds=[feed])
    assert caught.value.code == "missing_media"


def test_a_child_that_never_reads_does_not_hold_us(tmp_path: Path) -> None:
    """ffmpeg refuses its other input and leaves; the writer has megabytes to go."""
    feed = Feed(lambda: iter([b"\0" * 1_000_000] * 50))
    argv = [find_tools().ffmpeg, "-i", str(tmp_path / "missing.mp4"), "-f", "rawvideo", "-i", feed.url]
    with pytest.raises(RenderError):
        run([*argv, "-f", "null", "-"], what="x", feeds=[feed])


def test_a_tool_that_is_missing_closes_the_pipe(tmp_path: Path) -> None:
    feed = Feed(lambda: iter([b"x"]))
    with pytest.raises(RenderError):
        run([str(tmp_path / "no-ffmpeg"), "-i", feed.url], what="x", feeds=[feed])
    assert feed.reader == -1
