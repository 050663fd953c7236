"""Stills, sheets and proxies show the right frames; stills can be picture media too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from craft.render.errors import RenderError
from craft.render.grade import Grade
from craft.render.master import AssemblySpec, assemble
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Track
from craft.render.probe import probe
from craft.render.stills import contact_sheet, proxy, still
from tests.render.conftest import FIRST_GREY, GREY_STEP, HEIGHT, RATE, WIDTH, Shelf, greys, numbers


def number(image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    """The ramp frame that an 8-bit RGB grey came from."""
    code = 16 + float(image.mean()) * 219 / 255
    return round((code - FIRST_GREY) / GREY_STEP)


def read(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("frame", [0, 1, 17, 47])
def test_still_is_exactly_the_frame_asked_for(frame: int, shelf: Shelf, tmp_path: Path) -> None:
    out = still(shelf(shelf.ramp().sha256), frame, tmp_path / "frame.png")
    assert read(out).shape == (HEIGHT, WIDTH, 3)
    assert number(read(out)) == frame


def test_still_behind_the_end_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        still(shelf(shelf.ramp().sha256), 48, tmp_path / "frame.png")
    assert caught.value.code == "no_frame"
    assert list(tmp_path.iterdir()) == []


def test_contact_sheet_has_evenly_spaced_frames_in_order(shelf: Shelf, tmp_path: Path) -> None:
    out = contact_sheet(shelf(shelf.ramp().sha256), tmp_path / "sheet.png", columns=4, rows=2, tile_width=80)
    sheet = read(out)
    high, wide = sheet.shape[0] // 2, sheet.shape[1] // 4
    tiles = [
        sheet[row * high + 4 : (row + 1) * high - 4, col * wide + 4 : (col + 1) * wide - 4]
        for row in (0, 1)
        for col in range(4)
    ]
    assert [number(tile) for tile in tiles] == [0, 6, 12, 18, 24, 30, 36, 42]


def test_proxy_has_the_same_frames(shelf: Shelf, tmp_path: Path) -> None:
    out = proxy(shelf(shelf.ramp().sha256), tmp_path / "small.mp4", width=80)
    made = probe(out).picture
    assert made is not None and (made.frames, made.width) == (48, 80)


def test_still_is_held_for_its_frames_in_its_own_colours(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.full((HEIGHT * 2, WIDTH * 2, 3), (40, 128, 200), np.uint8))
    media = MediaRef(shelf.keep(path), MediaKind.STILL)
    timeline = Timeline(RATE, Track((Clip(media, FrameRange(0, 9)), Clip(media, FrameRange(0, 1)))))
    made = assemble(timeline, shelf, tmp_path / "out", None, spec=spec)
    assert made.frames == len(greys(made.master)) == 10
    seen = read(still(made.master, 5, tmp_path / "seen.png")).reshape(-1, 3).mean(axis=0)
    # OpenCV's reader and ffmpeg's PNG writer agree on BT.709 only when the file is tagged so
    assert np.allclose(seen, (40, 128, 200), atol=3)


def test_source_of_another_shape_is_fitted_with_bars(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    tall = shelf.video("tall", "color=s=90x160:r=24,format=yuv420p,geq=lum=200:cb=128:cr=128", 4)
    shot = Clip(tall, FrameRange(0, 4), (Grade(exposure=0.1),))
    made = assemble(Timeline(RATE, Track((shot,))), shelf, tmp_path / "out", None, spec=spec)
    image = read(still(made.master, 2, tmp_path / "seen.png"))
    assert image[:, : WIDTH // 4].max() < 12 and image[:, -WIDTH // 4 :].max() < 12
    assert image[:, WIDTH // 2].min() > 180


def test_rate_of_the_source_is_converted(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    slow = shelf.ramp("half", 24, replace(RATE, num=12))
    shot = Clip(replace(slow, available=None), FrameRange(0, 40))
    made = assemble(Timeline(RATE, Track((shot,))), shelf, tmp_path / "out", None, spec=spec)
    assert numbers(greys(made.master)) == [frame // 2 for frame in range(40)]
