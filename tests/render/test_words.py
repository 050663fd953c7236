"""Everything written on the picture: on exactly its frames, in any script, as it was typed."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render import fonts
from craft.render.model import Caption, Finish, FrameRange, Gap, Timeline, Title, TitleLook, TitlePlace, Track
from craft.render.picture import PictureJob
from craft.render.plan import EncoderSpec, PictureSpec, segments
from craft.render.segment_files import glyph_warnings
from craft.render.titles import ass_document, clock
from craft.terms.rates import FrameRate
from tests.render.conftest import RATE, Shelf, clip

WIDTH, HEIGHT = 480, 270
SPEC = PictureSpec(WIDTH, HEIGHT, EncoderSpec(crf=4))
Luma = NDArray[np.uint8]


def rendered(timeline: Timeline, folder: Path, shelf: Shelf, spec: PictureSpec = SPEC) -> Luma:
    """Luma of every frame of a timeline's picture, shape (n, h, w), segment after segment."""
    pieces = PictureJob(timeline.rate, spec, shelf, folder, None).render(segments(timeline))
    found = []
    for piece in pieces:
        argv = ["ffmpeg", "-v", "error", "-i", str(piece.path), "-vf", "extractplanes=y"]
        argv += ["-f", "rawvideo", "-pix_fmt", "gray", "-"]
        raw = subprocess.run(argv, check=True, capture_output=True).stdout
        found.append(np.frombuffer(raw, np.uint8).reshape(-1, spec.height, spec.width))
    return np.concatenate(found)


def black(*lengths: int) -> Track:
    return Track(tuple(Gap(length) for length in lengths))


def titled(title: Title, folder: Path, shelf: Shelf) -> Luma:
    return rendered(Timeline(RATE, black(title.at.length), titles=(title,)), folder, shelf)


def ink(luma: Luma) -> tuple[int, int, int, int]:
    """The box of what is bright: left, top, right, bottom; zeros where nothing is."""
    rows, columns = np.where(luma > 60)
    if not len(rows):
        return 0, 0, 0, 0
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def clocked(rate: FrameRate, start: int, folder: Path, shelf: Shelf, *lengths: int) -> Luma:
    return rendered(Timeline(rate, black(*lengths), finish=Finish(timecode=True), start=start), folder, shelf)


@pytest.mark.parametrize("rate", [RATE, FrameRate(24000, 1001), FrameRate(30000, 1001), FrameRate(60)])
def test_every_frame_shows_its_own_timecode(rate: FrameRate, tmp_path: Path, shelf: Shelf) -> None:
    """Each frame against the same timecode drawn alone as the one frame of a programme that starts there."""
    start = rate.nominal * 3600 - 3
    running = clocked(rate, start, tmp_path / "run", shelf, 4, 5)
    assert len(running) == 9
    alone = [clocked(rate, start + n, tmp_path / f"at{n}", shelf, 1)[0].astype(int) for n in (0, 3, 4, 8)]
    for number, one in zip((0, 3, 4, 8), alone, strict=True):
        assert np.abs(running[number] - one).max() < 30
    for before, after in pairwise(running):
        assert np.abs(before.astype(int) - after).max() > 60
    assert np.abs(alone[0] - alone[1]).max() > 60 < np.abs(alone[2] - alone[3]).max()


def test_timecode_stands_in_one_place(tmp_path: Path, shelf: Shelf) -> None:
    running = clocked(RATE, 86_399, tmp_path, shelf, 12)
    left, top, right, bottom = ink(running[0])
    assert 150 < left < right < 330 and 2 <= top < bottom < 40
    assert {abs(ink(one)[0] - left) <= 2 for one in running} == {True}


def captioned(captions: tuple[Caption, ...], folder: Path, shelf: Shelf, *lengths: int) -> Luma:
    finish = Finish(captions=True)
    return rendered(Timeline(RATE, black(*lengths), captions=captions, finish=finish), folder, shelf)


def test_captions_are_on_exactly_their_frames_over_cuts(tmp_path: Path, shelf: Shelf) -> None:
    seen = captioned((Caption(3, 9, "Is anybody there?"), Caption(14, 16, "No.")), tmp_path, shelf, 5, 7, 8)
    assert [frame for frame in range(20) if seen[frame].max() > 100] == [*range(3, 9), 14, 15]


def test_captions_are_low_central_and_inside_the_safe_area(tmp_path: Path, shelf: Shelf) -> None:
    long = "The keeper of the light has not come home, and the sea is quiet."
    left, top, right, bottom = ink(captioned((Caption(0, 2, long),), tmp_path, shelf, 2)[1])
    assert abs((left + right) / 2 - WIDTH / 2) < 6
    assert left > WIDTH * 0.05 and right < WIDTH * 0.95 and bottom < HEIGHT * 0.95
    assert HEIGHT * 0.75 < top < bottom - HEIGHT * 0.06  # two lines
    tall = PictureSpec(270, 480, EncoderSpec(crf=4))
    timeline = Timeline(RATE, black(2), captions=(Caption(0, 2, long),), finish=Finish(captions=True))
    left, _, right, bottom = ink(rendered(timeline, tmp_path / "tall", shelf, tall)[1])
    assert left > 8 and right < 262 and bottom < 480 * 0.96


def test_two_captions_at_once_become_one_in_every_segment(tmp_path: Path, shelf: Shelf) -> None:
    """Both are seen from the first frame on, in the piece that only the first reaches too."""
    both = (Caption(0, 40, "Both of us."), Caption(4, 44, "At once."))
    seen = captioned(both, tmp_path, shelf, 3, 41)
    assert np.abs(seen[1].astype(int) - seen[20]).mean() < 0.3 and seen[1].max() > 100


def test_captions_lie_on_the_bars(tmp_path: Path, shelf: Shelf) -> None:
    finish = Finish(captions=True, letterbox=Fraction(239, 100))
    timeline = Timeline(RATE, black(2), captions=(Caption(0, 2, "Over the bar."),), finish=finish)
    left, _, right, bottom = ink(rendered(timeline, tmp_path, shelf)[0])
    assert right - left > 40 and bottom > HEIGHT - 34


def test_label_is_at_the_top_left_in_every_frame(tmp_path: Path, shelf: Shelf) -> None:
    finish = Finish(label="REVIEW 3\n{\\fs200} not for release")
    seen = rendered(Timeline(RATE, black(2, 3), finish=finish), tmp_path, shelf)
    for one in seen:
        left, top, right, bottom = ink(one)
        assert left < 30 and top < 20 and bottom < 60 and right < 240


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا",
        "שלום",
        "नमस्ते",
        "สวัสดี",
        "Ελληνικά",
        "Кириллица",
        "ສະບາຍດີ",
        "გამარჯობა",
        "வணக்கம்",
        "灯台",
        "등대",
        "灯塔",
    ],
)
def test_scripts_are_drawn_with_their_own_letters(text: str, tmp_path: Path, shelf: Shelf) -> None:
    if fonts.missing_glyphs(text):
        pytest.skip("no font for it here")
    seen = titled(Title(FrameRange(0, 1), text, size=0.2), tmp_path / "a", shelf)[0]
    boxes = titled(Title(FrameRange(0, 1), "\U0010fffd" * len(text), size=0.2), tmp_path / "b", shelf)[0]
    assert (seen > 100).sum() > 150
    assert np.abs(seen.astype(int) - boxes).mean() > 0.5


def test_arabic_is_shaped_and_runs_from_the_right(tmp_path: Path, shelf: Shelf) -> None:
    if fonts.missing_glyphs("سلام"):
        pytest.skip("no font for it here")

    def wide(text: str, name: str) -> int:
        left, _, right, _ = ink(titled(Title(FrameRange(0, 1), text, size=0.2), tmp_path / name, shelf)[0])
        return right - left

    joined, apart = wide("سلام", "a"), wide("\u200c".join("سلام"), "b")
    assert joined < 0.9 * apart  # letters take their joined forms
    stop = titled(Title(FrameRange(0, 1), "سلام.", size=0.2), tmp_path / "c", shelf)[0]
    left, top, right, bottom = ink(stop)
    quarter = stop[:, left : left + (right - left) // 8]
    assert (quarter[bottom - 20 : bottom + 1] > 100).any() and not (quarter[top : top + 12] > 100).any()


@pytest.mark.parametrize(
    "evil", ["{\\fs200}HI", "{\\pos(0,0)}HI", "\\NHI", "{\\p1}m 0 0 l 400 0 400 400 0 400"]
)
def test_caption_and_label_cannot_command(evil: str, tmp_path: Path, shelf: Shelf) -> None:
    seen = captioned((Caption(0, 1, evil),), tmp_path / "c", shelf, 1)[0]
    assert ink(seen)[1] > HEIGHT * 0.8 and (seen > 60).mean() < 0.06
    finish = Finish(label=evil)
    left, _, _, bottom = ink(rendered(Timeline(RATE, black(1), finish=finish), tmp_path / "l", shelf)[0])
    assert left < 30 and bottom < 60


@pytest.mark.parametrize(
    "text", ["word " * 2000, "x" * 10_000, "\u202e\u202d\u2066abc\u200f" * 50, "a\n" * 300]
)
def test_endless_and_odd_text_is_drawn_without_harm(text: str, tmp_path: Path, shelf: Shelf) -> None:
    title = Title(FrameRange(0, 1), text)
    timeline = Timeline(RATE, black(1), (), (Caption(0, 1, text),), (title,), finish=Finish(captions=True))
    seen = rendered(replace(timeline, finish=Finish(captions=True, label=text)), tmp_path, shelf)
    assert seen.shape == (1, HEIGHT, WIDTH)


def test_a_card_hides_the_picture_and_a_bar_carries_its_words(tmp_path: Path, shelf: Shelf) -> None:
    white = shelf.video("white", f"color=white:s={WIDTH}x{HEIGHT}:r=24", 4, "-crf", "4")

    def seen(title: Title, name: str) -> Luma:
        return rendered(Timeline(RATE, Track((clip(white),)), titles=(title,)), tmp_path / name, shelf)

    card = seen(Title(FrameRange(1, 2), "CHAPTER", size=0.1, look=TitleLook.CARD), "card")
    assert card[0].min() > 200 and card[3].min() > 200
    assert card[1][:40].max() < 20 and card[1].max() > 200
    bar = seen(
        Title(FrameRange(0, 4), "Ada Lovelace", TitlePlace.LOWER_THIRD, 0.06, look=TitleLook.BAR), "bar"
    )
    rows, columns = np.where(bar[1] < 60)
    assert rows.min() > HEIGHT * 0.7 and columns.max() < WIDTH * 0.6
    assert (bar[1][rows.min() : rows.max(), columns.min() : columns.max()] < 60).mean() > 0.4


def test_a_roll_travels_evenly_from_below_to_above(tmp_path: Path, shelf: Shelf) -> None:
    names = Title(FrameRange(0, 24), "One\nTwo\nThree", size=0.1, look=TitleLook.ROLL)
    seen = rendered(Timeline(RATE, black(10, 14), titles=(names,)), tmp_path, shelf)
    assert (seen[0] > 60).sum() < 5
    tops = [ink(seen[frame])[1] for frame in range(3, 16)]
    steps = -np.diff(tops)
    travel = (HEIGHT + 3 * 27) / 24
    assert np.allclose(steps, travel, atol=1.6)
    assert ink(seen[22])[3] < 60


def test_letters_without_a_font_are_named() -> None:
    coverage = fonts.covering("20-7e a0-ff\n600-6ff 900\n600-610 zz\n")
    assert fonts.missing_glyphs("Grün\u200d \u0605 \u0900!\n", coverage) == set()
    assert fonts.missing_glyphs("Grün 灯台 \ufe0f", coverage) == {"灯", "台"}
    timeline = Timeline(RATE, black(2, 2), titles=(Title(FrameRange(0, 4), "\U0010fffd A"),))
    if fonts.installed() is None:
        pytest.skip("fonts cannot be listed here")
    assert glyph_warnings(segments(timeline)) == ("no font for \U0010fffd",)
    assert fonts.missing_glyphs("Plain words, 123.") == set()


@pytest.mark.parametrize("rate", [RATE, FrameRate(30000, 1001)])
def test_the_clock_counts_from_the_timelines_start(rate: FrameRate) -> None:
    timeline = Timeline(rate, black(2, 3), finish=Finish(timecode=True), start=rate.nominal * 60 - 3)
    second = segments(timeline)[1]
    rows = [row.split(",") for row in ass_document(second, SPEC, rate).splitlines() if ",Clock," in row]
    wanted = ["00:00:59:23", "00:01:00:00", "00:01:00:01"]
    assert [row[-1] for row in rows] == (
        ["00:00:59;29", "00:01:00;02", "00:01:00;03"] if rate.dropped else wanted
    )
    assert [row[1] for row in rows] == [clock(frame, rate) for frame in range(3)]
    assert [row[2] for row in rows] == [clock(frame, rate) for frame in range(1, 4)]


def test_captions_make_room_for_a_title_at_the_bottom(tmp_path: Path, shelf: Shelf) -> None:
    name = Title(FrameRange(2, 4), "Ada Lovelace", TitlePlace.LOWER_THIRD, 0.06, look=TitleLook.BAR)
    captions = (Caption(0, 2, "Who is it?"), Caption(4, 6, "It is she."), Caption(8, 10, "So it is."))
    timeline = Timeline(RATE, black(10), (), captions, (name,), finish=Finish(captions=True))
    seen = rendered(timeline, tmp_path, shelf)
    assert ink(seen[0])[1] > HEIGHT * 0.75 and ink(seen[9])[1] > HEIGHT * 0.75
    assert HEIGHT * 0.1 < ink(seen[4])[1] < HEIGHT * 0.25
    assert ink(seen[2])[1] > HEIGHT * 0.75
