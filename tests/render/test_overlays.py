"""Pictures in the picture, by their pixels."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.effects import Cdl
from craft.render.errors import RenderError, TimelineError
from craft.render.grade import Grade
from craft.render.model import FrameRange, MediaKind, MediaRef, Overlay, Timeline, Track, Transition
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.terms import cuts, rates
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip, ffmpeg

BOX = (0.5, 0.2, 0.4, 0.4)
"""64 x 36 pixels from (80, 18): the shape of the frame."""
Render = Callable[[Timeline], NDArray[np.float64]]


@pytest.fixture
def rendered(shelf: Shelf, tmp_path: Path) -> Render:
    """The luma of every frame, shape (frames, HEIGHT, WIDTH)."""

    def render(timeline: Timeline) -> NDArray[np.float64]:
        job = PictureJob(timeline.rate, PictureSpec(WIDTH, HEIGHT), shelf, tmp_path / "out", None, workers=2)
        return np.concatenate([luma(piece.path) for piece in job.render(segments(timeline))])

    return render


def luma(path: Path) -> NDArray[np.float64]:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", "extractplanes=y", "-f", "rawvideo", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH).astype(float)


def still(shelf: Shelf, name: str, size: str, grey: int) -> MediaRef:
    path = shelf.folder / f"{name}.png"
    ffmpeg(
        "-f", "lavfi", "-i", f"color=s={size}:c=0x{grey:02x}{grey:02x}{grey:02x}", "-frames:v", "1", str(path)
    )
    return MediaRef(shelf.keep(path), MediaKind.STILL)


def programme(shelf: Shelf, *overlays: Overlay, frames: int = 24) -> Timeline:
    return Timeline(RATE, Track((clip(shelf.flat(60), 0, frames, "ground"),)), overlays=overlays)


def test_overlay_shows_its_own_frames_in_its_box_and_nowhere_else(shelf: Shelf, rendered: Render) -> None:
    media = shelf.ramp()
    seen = rendered(programme(shelf, Overlay(FrameRange(4, 10), media, BOX, source_start=7)))
    assert len(seen) == 24
    for number, frame in enumerate(seen):
        inside = frame[18:54, 80:144]
        wanted = 20 + 4 * (7 + number - 4) if 4 <= number < 14 else 60
        assert abs(inside[3:-3, 3:-3] - wanted).max() <= 2, number
        frame[16:56, 78:146] = 60
        assert abs(frame - 60).max() <= 3, number


def test_overlay_goes_on_over_cuts_and_transitions(shelf: Shelf, rendered: Render) -> None:
    """It begins before a segment, ends after it and lies over a dissolve."""
    join = Transition(cuts.Transition.DISSOLVE, 3, 3)
    shots = (clip(shelf.flat(60), 0, 12), join, clip(shelf.flat(200), 6, 12), clip(shelf.flat(100), 0, 6))
    over = Overlay(FrameRange(2, 26), shelf.ramp(), BOX, source_start=3)
    seen = rendered(Timeline(RATE, Track(shots), overlays=(over,)))
    inside = seen[:, 22:50, 84:140].mean(axis=(1, 2))
    assert np.allclose(inside[2:28], 20 + 4 * np.arange(3, 29), atol=1)
    outside = seen[:, 70:, :].mean(axis=(1, 2))
    dissolve = [60 + 140 * (step + 1) / 7 for step in range(6)]
    assert np.allclose(outside, [60] * 9 + dissolve + [200] * 9 + [100] * 6, atol=3)
    assert abs(inside[0] - 60) < 2 and abs(inside[29] - 100) < 2


def test_overlay_keeps_the_shape_of_its_source(shelf: Shelf, rendered: Render) -> None:
    """A square in a wide box stands in its middle, with nothing beside it."""
    square = still(shelf, "square", "200x200", 255)
    frame = rendered(programme(shelf, Overlay(FrameRange(0, 24), square, BOX)))[12]
    bright = frame > 150
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    assert (rows[0], rows[-1]) == (18, 53)
    assert (columns[0], columns[-1]) == (94, 129)
    assert abs(frame[20:50, 82:92] - 60).max() <= 3


def test_border_is_white_and_inside_the_box(shelf: Shelf, rendered: Render) -> None:
    grey = still(shelf, "grey", "320x180", 100)
    frame = rendered(programme(shelf, Overlay(FrameRange(0, 24), grey, BOX, border=0.045)))[12]
    row, column = frame[36], frame[:, 112]
    assert row[82:86].min() > 225 and row[136:140].min() > 225
    assert column[18:22].min() > 225 and column[50:54].min() > 225
    assert abs(frame[26:46, 90:132] - (16 + 100 * 219 / 255)).max() <= 2
    assert abs(frame[36, :78] - 60).max() <= 4 and abs(frame[36, 148:] - 60).max() <= 4


def test_opacity_and_fades_mix_by_frames(shelf: Shelf, rendered: Render) -> None:
    over = Overlay(FrameRange(2, 12), shelf.flat(200), BOX, opacity=0.5, fade=3)
    inside = rendered(programme(shelf, over))[:, 24:48, 88:136].mean(axis=(1, 2))
    grow = [0.25, 0.5, 0.75]
    shares = [*grow, *[1.0] * 6, *grow[::-1]]
    assert np.allclose(inside[2:14], [60 + 140 * 0.5 * share for share in shares], atol=1.5)
    assert np.allclose(inside[[0, 1, 14, 15]], 60, atol=1.5)


def test_later_overlays_lie_over_earlier_ones(shelf: Shelf, rendered: Render) -> None:
    lower = Overlay(FrameRange(0, 16), shelf.flat(200), (0.1, 0.1, 0.6, 0.6))
    upper = Overlay(FrameRange(8, 16), shelf.flat(120), (0.4, 0.4, 0.5, 0.5), fade=2)
    again = Overlay(FrameRange(8, 16), shelf.flat(120), (0.0, 0.7, 0.2, 0.2), fade=2)
    seen = rendered(programme(shelf, lower, upper, again))
    assert np.allclose(seen[[4, 12, 20], 40, 80], [200, 120, 120], atol=2)
    assert np.allclose(seen[[4, 12, 20], 20, 40], [200, 200, 60], atol=2)
    assert np.allclose(seen[[4, 12, 20], 70, 12], [60, 120, 120], atol=2)


def test_effects_of_an_overlay_are_drawn_on_it_alone(shelf: Shelf, rendered: Render) -> None:
    for effect in (Grade(exposure=0.5), Cdl(slope=(1.3, 1.3, 1.3))):
        plain = Overlay(FrameRange(0, 24), shelf.flat(100), BOX)
        frame = rendered(programme(shelf, replace(plain, effects=(effect,))))[5]
        assert frame[36, 112] > 110 and abs(frame[80, 20] - 60) <= 2


def test_overlay_on_a_flash_and_at_another_rate(shelf: Shelf, rendered: Render) -> None:
    rate = rates.FrameRate(24000, 1001)
    media = shelf.ramp("slow_ramp", rate=rate)
    items = (clip(media, 0, 8), Transition(cuts.Transition.FLASH, 2, 2), clip(media, 8, 8))
    over = Overlay(FrameRange(1, 14), media, BOX, source_start=20)
    seen = rendered(Timeline(rate, Track(items), overlays=(over,)))
    inside = seen[1:15, 24:48, 88:136].mean(axis=(1, 2))
    assert np.allclose(inside, 20 + 4 * np.arange(20, 34), atol=1)
    assert np.allclose(seen[6:10, 80, 10], 235, atol=1)


def test_missing_or_short_medium_names_the_overlay(shelf: Shelf, rendered: Render) -> None:
    gone = Overlay(FrameRange(0, 10), MediaRef("0" * 64, MediaKind.VIDEO), BOX, name="reaction")
    brief = MediaRef(shelf.ramp("ten", 10).sha256, MediaKind.VIDEO)
    short = Overlay(FrameRange(0, 20), brief, BOX, name="reaction")
    for overlay, code in ((gone, "missing_media"), (short, "segment_short")):
        with pytest.raises(RenderError, match="overlay reaction over ground") as caught:
            rendered(programme(shelf, overlay))
        assert caught.value.code == code
    known = replace(short, media=shelf.ramp("ten", 10))
    with pytest.raises(TimelineError, match="reaction"):
        rendered(programme(shelf, known))
