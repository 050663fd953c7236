from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craft.terms.rates import RATES, BadFrameRate, FrameRate


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("24", (24, 1)),
        ("23.976", (24000, 1001)),
        ("23.98", (24000, 1001)),
        ("24000/1001", (24000, 1001)),
        ("29.97", (30000, 1001)),
        ("59.94", (60000, 1001)),
        ("25", (25, 1)),
        ("12.5", (25, 2)),
        ("50/2", (25, 1)),
    ],
)
def test_parse_finds_the_exact_rate(text: str, exact: tuple[int, int]) -> None:
    rate = FrameRate.parse(text)
    assert (rate.num, rate.den) == exact
    assert FrameRate.parse(str(rate)) == rate


@pytest.mark.parametrize("text", ["", "0", "-24", "24/0", "fast", "24 fps", "1e3", "inf", "24/1001/2"])
def test_parse_refuses_what_is_no_rate(text: str) -> None:
    with pytest.raises(BadFrameRate):
        FrameRate.parse(text)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_frames_and_seconds_are_exact_over_ten_hours(rate: FrameRate) -> None:
    for count in (0, 1, 10_000, 864_000):
        assert rate.frames(rate.seconds(count)) == count


def test_frames_rounds_half_up() -> None:
    rate = FrameRate(24)
    assert rate.frames(Fraction(1, 48)) == 1
    assert rate.frames(Fraction(1, 49)) == 0
    assert rate.frames(2.5) == 60


def test_timecode_counts_nominal_frames() -> None:
    assert FrameRate(24).timecode(86_399) == "00:59:59:23"
    assert FrameRate(24000, 1001).timecode(24) == "00:00:01:00"


@pytest.mark.parametrize(
    ("rate", "frames", "shown"),
    [
        ("29.97", 0, "00:00:00;00"),
        ("29.97", 1_799, "00:00:59;29"),
        ("29.97", 1_800, "00:01:00;02"),
        ("29.97", 17_981, "00:09:59;29"),
        ("29.97", 17_982, "00:10:00;00"),
        ("29.97", 107_892, "01:00:00;00"),
        ("59.94", 3_599, "00:00:59;59"),
        ("59.94", 3_600, "00:01:00;04"),
        ("59.94", 215_784, "01:00:00;00"),
        ("23.976", 86_400, "01:00:00:00"),
        ("30", 108_000, "01:00:00:00"),
    ],
)
def test_drop_frame_leaves_out_numbers_where_broadcast_does(rate: str, frames: int, shown: str) -> None:
    known = FrameRate.parse(rate)
    assert known.timecode(frames) == shown
    assert known.frame_of(shown) == frames


@given(st.sampled_from(RATES), st.integers(0, 24 * 60 * 60 * 60), st.booleans())
def test_timecode_names_one_frame(rate: FrameRate, frames: int, drop: bool) -> None:
    assert rate.frame_of(rate.timecode(frames, drop=drop)) == frames


def test_drop_frame_keeps_pace_with_the_clock() -> None:
    rate = FrameRate(30000, 1001)
    for hour in (1, 12, 23):
        shown = rate.timecode(rate.frames(Fraction(3600 * hour)))
        assert shown.startswith((f"{hour:02d}:00:00;", f"{hour - 1:02d}:59:59;"))


@pytest.mark.parametrize("text", ["", "1:2:3:4", "00:60:00:00", "00:00:60:00", "00:00:00:30", "00:01:00;00"])
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="timecode"):
        FrameRate(30000, 1001).frame_of(text)
