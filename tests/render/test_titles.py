"""Titles show what was typed, on exactly their frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from craft.render.master import AssemblySpec, assemble
from craft.render.model import FrameRange, Gap, Timeline, Title, Track
from craft.render.titles import clock, literal
from craft.terms.rates import FrameRate
from tests.render.conftest import RATE, Shelf, greys


def brightness(
    texts: str | list[Title], tmp_path: Path, spec: AssemblySpec, shelf: Shelf, items: Track
) -> list[float]:
    titles = [Title(FrameRange(0, items.length), texts, size=0.25)] if isinstance(texts, str) else texts
    made = assemble(Timeline(RATE, items, (), (), tuple(titles)), shelf, tmp_path, None, spec=spec)
    return [float(value) for value in greys(made.master)]


BLACK = Track((Gap(4),))


@pytest.mark.parametrize(
    "text", ["{\\alpha&HFF&}HELLO", "{\\fscx0}HELLO", "HELLO{\\fad(9999,0)}", "{\\p1}m 0 0 l 9 9"]
)
def test_override_tags_are_letters(text: str, tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> None:
    plain = brightness("HELLO", tmp_path / "plain", spec, shelf, BLACK)
    tagged = brightness(text, tmp_path / "tagged", spec, shelf, BLACK)
    assert plain[0] > 17  # something is drawn at all
    assert tagged[0] > plain[0]  # the tag's own letters come on top


@pytest.mark.parametrize(
    "text",
    [
        "hi':textfile=secret.txt:x='",
        "%{pts} \\N \\h",
        "[0:v]null[v];movie=/etc/hostname",
        "a,b;c'd\"e\\",
        "\x00\x1b\x7f",
    ],
)
def test_text_cannot_alter_the_graph(text: str, tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> None:
    assert len(brightness(text, tmp_path, spec, shelf, BLACK)) == 4


def test_title_is_on_exactly_its_frames_across_segments(
    tmp_path: Path, shelf: Shelf, spec: AssemblySpec
) -> None:
    seen = brightness(
        [Title(FrameRange(3, 6), "HELLO", size=0.25)], tmp_path, spec, shelf, Track((Gap(5), Gap(2), Gap(5)))
    )
    assert [value > 16.5 for value in seen] == [3 <= frame < 9 for frame in range(12)]


def test_fade_runs_on_over_a_cut(tmp_path: Path, shelf: Shelf, spec: AssemblySpec) -> None:
    title = [Title(FrameRange(0, 24), "HELLO", size=0.25, fade=12)]
    whole = brightness(title, tmp_path / "whole", spec, shelf, Track((Gap(24),)))
    cut = brightness(title, tmp_path / "cut", spec, shelf, Track((Gap(5), Gap(6), Gap(13))))
    assert np.allclose(whole, cut, atol=0.5)
    assert whole[2] < whole[8] < whole[11]


def test_clock_never_reaches_another_frame() -> None:
    for rate in (FrameRate(24, 1), FrameRate(25, 1), FrameRate(24000, 1001), FrameRate(60, 1)):
        for frame in (0, 1, 7, 1000, 99999):
            hours, minutes, seconds = clock(frame, rate).split(":")
            mark = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
            assert float(rate.seconds(frame)) - 1 / rate.fps < mark <= float(rate.seconds(frame)) + 1e-9


def test_literal_keeps_every_printable_character() -> None:
    assert literal("a{b}\\n\tc") == "a\\{b\\}\\\u2060n c"
    assert literal("one\r\ntwo") == "one\\Ntwo"
