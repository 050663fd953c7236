"""Lips are judged to the frame, and what cannot be told is said to be not measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from craft.terms.speech import Viseme, VisemeCue
from craft.vision import opening_from_clip, verify_lips
from craft.vision.lips import wanted_opening

SHAPES = [Viseme.OPEN, Viseme.CLOSED, Viseme.MID, Viseme.TEETH, Viseme.ROUNDED, Viseme.REST, Viseme.SPREAD]


def line(seed: int = 1, seconds: float = 3.0) -> list[VisemeCue]:
    """A line whose shapes last 60 to 220 ms."""
    rng = np.random.default_rng(seed)
    cues, at = [VisemeCue(0, Viseme.REST)], 200
    while at < seconds * 1000 - 200:
        cues.append(VisemeCue(at, SHAPES[int(rng.integers(len(SHAPES)))]))
        at += int(rng.integers(60, 220))
    return [*cues, VisemeCue(at, Viseme.REST)]


def moved(track: npt.NDArray[np.float64], frames: int) -> npt.NDArray[np.float64]:
    """The track that many frames later, held at its ends."""
    at = np.clip(np.arange(track.size) - frames, 0, track.size - 1)
    return track[at]


@pytest.mark.parametrize("rate", ["24", "24000/1001", "30"])
@pytest.mark.parametrize("offset", range(-6, 7))
def test_the_offset_is_exact_to_the_frame(offset: int, rate: str) -> None:
    cues = line()
    fps = 24000 / 1001 if "/" in rate else float(rate)
    noise = np.random.default_rng(3).normal(0, 0.03, 72)
    report = verify_lips(moved(wanted_opening(cues, 72, fps), offset) + noise, cues, rate)
    assert report.offset_frames == offset
    assert report.verdict == ("pass" if abs(offset) <= 1 else "fail")
    assert report.confidence > 0.5


def test_a_late_line_in_a_longer_clip_is_aligned_from_its_start() -> None:
    cues = line(4, 2.0)
    track = wanted_opening(cues, 96, 24, starts_at=1.5)
    assert verify_lips(track, cues, 24.0, starts_at=1.5).offset_frames == 0


@pytest.mark.parametrize("offset", [-4, 0, 3])
def test_a_drawn_mouth_is_measured_in_its_box(offset: int, film: Callable[..., Path]) -> None:
    cues = line(7)
    track = moved(wanted_opening(cues, 72, 24), offset)

    def draw(number: int) -> npt.NDArray[np.uint8]:
        face = np.full((360, 640, 3), (150, 180, 215), np.uint8)
        cv2.ellipse(
            face, (320, 240), (40, int(3 + 26 * track[number])), 0, 0, 360, (40, 30, 90), -1, cv2.LINE_AA
        )
        return face

    opening = opening_from_clip(film("mouth", draw, 72), [(0.4, 0.5, 0.6, 0.85)])
    report = verify_lips(opening, cues, "24")
    assert report.offset_frames == offset
    assert report.verdict == ("pass" if abs(offset) <= 1 else "fail")


def test_an_unrelated_mouth_fails_without_an_offset() -> None:
    report = verify_lips(wanted_opening(line(11), 72, 24), line(2), "24")
    assert (report.verdict, report.offset_frames) == ("fail", None)
    assert report.confidence < 0.5


def test_a_closed_mouth_fails() -> None:
    report = verify_lips(np.zeros(72), line(), "24")
    assert report.verdict == "fail"
    assert "does not move" in report.note


@pytest.mark.parametrize("track", [None, [0.1, 0.5, 0.2], [float("nan")] * 40])
def test_without_a_usable_mouth_it_is_not_measured(track: list[float] | None) -> None:
    report = verify_lips(track, line(), "24")
    assert (report.verdict, report.offset_frames, report.confidence) == ("not_measured", None, 0.0)


def test_a_line_without_mouth_movement_is_not_measured() -> None:
    assert (
        verify_lips(np.random.default_rng(1).random(48), [VisemeCue(0, Viseme.REST)], "24").verdict
        == "not_measured"
    )


def test_a_missing_box_is_refused() -> None:
    with pytest.raises(ValueError, match="no mouth box"):
        opening_from_clip(Path("clip.mp4"), [None])
