"""Lips are judged to the frame, and what cannot be told is said to be not measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from craft.previs import Packet, health, render_clip
from craft.previs.demo_packet import PEOPLE, conversation
from craft.terms.speech import Viseme, VisemeCue
from craft.vision import SpokenLine, lip_reports, opening_from_clip, verify_lips
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


def test_an_unrelated_mouth_is_never_in_sync() -> None:
    verdicts = [
        verify_lips(wanted_opening(line(100 + seed, 2.4), 58, 24), line(seed, 2.4), "24")
        for seed in range(60)
    ]
    assert sum(report.verdict == "pass" for report in verdicts) == 0
    assert max(report.confidence for report in verdicts if report.offset_frames is None) < 0.5


def test_a_line_too_short_to_tell_is_not_measured() -> None:
    cues = line(3, 0.8)
    report = verify_lips(wanted_opening(cues, 48, 24), cues, "24")
    assert (report.verdict, report.offset_frames) == ("not_measured", None)
    assert "too few" in report.note


@pytest.mark.parametrize(("hidden", "verdict"), [(slice(20, 36), "pass"), (slice(6, 60), "not_measured")])
def test_a_mouth_that_is_hidden_for_a_while_is_judged_by_the_rest(hidden: slice, verdict: str) -> None:
    cues = line(5)
    track = wanted_opening(cues, 72, 24)
    track[hidden] = np.nan
    report = verify_lips(track, cues, "24")
    assert report.verdict == verdict
    assert report.offset_frames == (0 if verdict == "pass" else None)


def test_every_line_of_a_clip_is_judged_by_itself() -> None:
    """One mouth speaks three lines: in time, four frames late, and something else; another speaks one early."""
    lines = [SpokenLine("ada", line(k, 2.6), starts_at=3.0 * k) for k in range(3)]
    other = SpokenLine("ben", line(9, 2.6), starts_at=1.0)
    count = 24 * 9 + 12
    ada = np.zeros(count)
    for spoken, late in ((lines[0], 0), (lines[1], 4), (SpokenLine("ada", line(77, 2.6), 6.0), 0)):
        ada = np.maximum(ada, moved(wanted_opening(spoken.visemes, count, 24, spoken.starts_at), late))
    ben = moved(wanted_opening(other.visemes, count, 24, other.starts_at), -3)
    absent = SpokenLine("cleo", line(1), 0.0)
    found = lip_reports({"ada": ada, "ben": ben}, [*lines, other, absent], rate="24")
    assert [report.offset_frames for report in found] == [0, 4, None, -3, None]
    assert [report.verdict for report in found] == ["pass", "fail", "fail", "fail", "not_measured"]


VIEWS = {
    "frontal": {"size": "cu", "azimuth": 0},
    "three-quarter": {"size": "cu", "azimuth": 40},
    "small face": {"size": "ms", "azimuth": 10},
    "dark": {"size": "cu", "azimuth": 10},
}
BACK_LIGHT = {"position": "back_left", "role": "key", "kelvin": 3600, "softness": "medium", "intensity": 30}


def spoken_clip(
    folder: Path, camera: dict[str, object], *, dark: bool = False, late_ms: int = 0, frames: int = 60
):
    """A drawn clip of somebody who speaks `line(7)`, and the mouth's box in every frame."""
    cues = [[cue.at_ms, cue.viseme.value] for cue in line(7, 2.4)]
    changes = {"lights": [BACK_LIGHT], "fill_stops": 5} if dark else {}
    packet = conversation(
        "office",
        camera={"movement": "static", "subjects": ["ada"], **camera},
        characters=[{**PEOPLE[0], "gaze": "ahead", "pose": "stand"}],
        visemes=[{"character": "ada", "cues": cues, "offset_ms": late_ms}],
        atmosphere={"kind": "clear", "density": 0},
        frames=frames,
        width=480,
        height=270,
        **changes,
    )
    path = folder / "spoken.mp4"
    return path, [boxes.get("ada") for boxes in render_clip(Packet.from_json(packet), path).mouth_boxes]


@pytest.mark.skipif(not health().ok, reason="needs EGL")
@pytest.mark.parametrize("view", list(VIEWS))
def test_a_drawn_speaker_is_exact_to_the_frame_at_every_offset(view: str, tmp_path: Path) -> None:
    path, boxes = spoken_clip(tmp_path, VIEWS[view], dark=view == "dark")
    track = opening_from_clip(path, boxes)
    for offset in range(-6, 7):
        report = verify_lips(track, line(7, 2.4), "24", starts_at=-offset / 24)
        assert report.offset_frames == offset
        assert report.verdict == ("pass" if abs(offset) <= 1 else "fail")
        assert report.confidence > 0.7
    assert verify_lips(track, line(8, 2.4), "24").verdict != "pass"


@pytest.mark.slow
@pytest.mark.skipif(not health().ok, reason="needs EGL")
def test_a_speaker_drawn_late_is_late_and_one_turned_away_is_not_measured(tmp_path: Path) -> None:
    said = SpokenLine("ada", line(7, 2.4))
    path, boxes = spoken_clip(tmp_path, VIEWS["frontal"], late_ms=125)
    assert lip_reports(path, [said], {"ada": boxes})[0].offset_frames == 3
    path, boxes = spoken_clip(tmp_path, {"size": "cu", "azimuth": 150}, frames=30)
    report = lip_reports(path, [said], {"ada": boxes})[0]
    assert (report.verdict, report.offset_frames) == ("not_measured", None)
    assert "turned away" in report.note


def test_a_mouth_too_small_or_too_dark_is_not_measured(film: Callable[..., Path]) -> None:
    path = film("dark", lambda number: np.full((360, 640, 3), 4, np.uint8), 60)
    for box in ((0.4, 0.5, 0.6, 0.8), (0.4, 0.5, 0.405, 0.506)):
        report = lip_reports(path, [SpokenLine("ada", line(7, 2.4))], {"ada": [box]})[0]
        assert report.verdict == "not_measured"
        assert "cannot be seen" in report.note
