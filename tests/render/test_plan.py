"""Segments cover the programme once, and their digests change only with their content."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from craft.render.errors import TimelineError
from craft.render.grade import Grade
from craft.render.model import (
    Clip,
    FrameRange,
    Gap,
    MediaKind,
    MediaRef,
    Timeline,
    Title,
    Track,
    Transition,
    sequence,
)
from craft.render.plan import EncoderSpec, PictureSpec, segment_digest, segments
from craft.terms import cuts
from craft.terms.rates import FrameRate

RATE = FrameRate(24, 1)
SPEC = PictureSpec(640, 360)


def shot(name: str, frames: int = 48) -> Clip:
    return Clip(MediaRef(name * 64, MediaKind.VIDEO, FrameRange(0, frames)), FrameRange(0, frames), (), name)


def programme(*shots: Clip, titles: tuple[Title, ...] = ()) -> Timeline:
    join = Transition(cuts.Transition.DISSOLVE, 6, 6)
    return Timeline(RATE, sequence(list(shots), {0: join, 2: join}), titles=titles)


def digests(timeline: Timeline, spec: PictureSpec = SPEC, build: str = "b1") -> list[str]:
    return [segment_digest(part, spec, timeline.rate, build) for part in segments(timeline)]


FOUR = [shot(name) for name in "abcd"]


def test_segments_cover_every_frame_once() -> None:
    parts = segments(programme(*FOUR))
    assert [part.at.start for part in parts] == [0, 36, 48, 84, 120, 132]
    assert [part.length for part in parts] == [36, 12, 36, 36, 12, 36]
    assert parts[-1].at.end == programme(*FOUR).length == 4 * 48 - 2 * 12
    outgoing, incoming = parts[1].sides
    assert (outgoing.frames, incoming.frames) == (FrameRange(36, 12), FrameRange(0, 12))


def test_same_timeline_has_the_same_digests_in_another_process() -> None:
    code = (
        "from tests.render.test_plan import *\nprint(*digests(programme(*[shot(name) for name in 'abcd'])))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert answer.split() == digests(programme(*FOUR))


def test_changed_shot_changes_only_its_body_and_its_transitions() -> None:
    before = digests(programme(*FOUR))
    graded = replace(FOUR[1], effects=(Grade(contrast=1.1),))
    after = digests(programme(FOUR[0], graded, FOUR[2], FOUR[3]))
    assert [one == other for one, other in zip(before, after, strict=True)] == [
        True,
        False,
        False,
        True,
        True,
        True,
    ]


def test_moved_shot_keeps_its_digest() -> None:
    alone = digests(Timeline(RATE, Track((FOUR[0], FOUR[1]))))
    later = digests(Timeline(RATE, Track((Gap(10), FOUR[1], FOUR[0]))))
    assert set(alone) < set(later)


def test_name_and_neutral_grade_are_no_part_of_the_digest() -> None:
    plain = digests(Timeline(RATE, Track((FOUR[0],))))
    dressed = replace(FOUR[0], name="renamed", effects=(Grade(),))
    assert digests(Timeline(RATE, Track((dressed,)))) == plain


def test_encoder_size_rate_and_build_change_every_digest() -> None:
    timeline = programme(*FOUR)
    plain = set(digests(timeline))
    for other in (
        digests(timeline, replace(SPEC, encoder=EncoderSpec(crf=20))),
        digests(timeline, replace(SPEC, width=960)),
        digests(timeline, build="b2"),
        digests(replace(timeline, rate=FrameRate(25, 1))),
    ):
        assert plain.isdisjoint(other)


def test_title_changes_only_the_segments_under_it() -> None:
    plain = digests(programme(*FOUR))
    titled = digests(programme(*FOUR, titles=(Title(FrameRange(30, 10), "I"),)))
    assert [one == other for one, other in zip(plain, titled, strict=True)] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]


def test_still_has_the_same_digest_at_any_source_frame() -> None:
    still = MediaRef("e" * 64, MediaKind.STILL)
    tracks = [Track((Clip(still, FrameRange(start, 5)),)) for start in (0, 100)]
    assert digests(Timeline(RATE, tracks[0])) == digests(Timeline(RATE, tracks[1]))


@pytest.mark.parametrize(
    ("items", "code", "where"),
    [
        ((), "empty", "picture"),
        ((shot("a"), Transition(cuts.Transition.DISSOLVE, 6, 6), shot("b")), "handle", "picture[1]"),
        ((Clip(FOUR[0].media, FrameRange(40, 20), (), "x"),), "range", "picture[0] 'x'"),
        ((shot("a"), Transition(cuts.Transition.CUT, 1, 1), shot("b")), "transition", "picture[1]"),
        ((shot("a"), Transition(cuts.Transition.FLASH, 4, 4), shot("b")), "length", "picture[1]"),
        ((Gap(0),), "length", "picture[0]"),
        ((Transition(cuts.Transition.DISSOLVE, 1, 1), shot("a")), "transition", "picture[0]"),
    ],
)
def test_broken_timeline_names_rule_and_place(items: tuple[Clip, ...], code: str, where: str) -> None:
    with pytest.raises(TimelineError) as caught:
        segments(Timeline(RATE, Track(items)))
    assert caught.value.where == where
    assert caught.value.code == code


def test_transitions_that_eat_a_whole_clip_are_refused() -> None:
    short = Clip(FOUR[1].media, FrameRange(10, 8))
    join = Transition(cuts.Transition.DISSOLVE, 6, 6)
    ends = [replace(FOUR[0], source=FrameRange(0, 40)), replace(FOUR[2], source=FrameRange(8, 40))]
    with pytest.raises(TimelineError) as caught:
        segments(Timeline(RATE, Track((ends[0], join, short, join, ends[1]))))
    assert caught.value.code == "room"
