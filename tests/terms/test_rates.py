from __future__ import annotations

from fractions import Fraction

import pytest

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
