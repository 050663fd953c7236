"""Frames of a clip as pictures."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from craft import vision
from craft.vision.frames import evenly, jpegs
from fake_engines.works import clip, png


def test_frames_lie_in_the_middles_of_equal_parts() -> None:
    assert evenly(100, 4) == (12, 37, 62, 87)
    assert evenly(2, 5) == (0, 1)


def test_frames_come_whole_in_order_and_small(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip({"width": 320, "height": 180, "frames": 24, "rate": "24"}, 3))
    found = [Image.open(io.BytesIO(one)) for one in jpegs(path, (2, 12, 22), width=160)]
    assert [(one.format, one.size) for one in found] == [("JPEG", (160, 90))] * 3
    for one in found:
        one.load()


def test_still_is_its_own_first_frame(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(png(64, 36, 1))
    (found,) = jpegs(path, (0,))
    assert Image.open(io.BytesIO(found)).size == (64, 36)


def test_frame_beyond_the_end_is_said_to_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip({"width": 64, "height": 36, "frames": 12, "rate": "24"}, 3))
    with pytest.raises(vision.MediaError):
        jpegs(path, (2, 40))
