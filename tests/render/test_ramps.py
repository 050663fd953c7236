"""Speed ramps, freezes and reverses: what they promise about source, length and speed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craft.render import edit
from craft.render.errors import TimelineError
from craft.render.model import Clip, FrameRange, Gap, MediaKind, MediaRef, Track, Transition
from craft.render.ramps import AMOUNTS, HASTENING, MOMENTS, SLOWING, freeze, ramp, ramped, reversed_
from craft.render.retime import Retime, Sampling, broken
from craft.render.validation import check_track
from craft.terms import cuts, rates
from craft.terms.cuts import Ramp

POINTS = ((0.0, 1.0), (0.4, 3.0), (0.6, 0.3), (1.0, 1.0))
RATE = rates.FrameRate(24)


def made(
    kind: Ramp, frames: int, length: int | None = None, at: float = 0.5, amount: float | None = None
) -> Retime:
    points = POINTS if kind is Ramp.CUSTOM else ()
    return ramp(kind, frames, rate=RATE, length=length, at=at, amount=amount, points=points)


def speeds(retime: Retime) -> list[float]:
    return [float(retime.speed(number)) for number in range(retime.length)]


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Ramp, float]:
    kind = draw(st.sampled_from(list(Ramp)))
    low = 1.0 if kind in HASTENING else 0.5 if kind is Ramp.CUSTOM else 0.05
    high = 1.0 if kind in SLOWING else 2.0 if kind is Ramp.CUSTOM else 20.0
    return kind, draw(st.floats(low, high))


@settings(deadline=None)
@given(amounts(), st.integers(1, 400), st.one_of(st.none(), st.integers(1, 400)), st.floats(0, 1))
def test_ramps_run_forwards_inside_the_source_and_have_their_length(
    kind: tuple[Ramp, float], frames: int, length: int | None, at: float
) -> None:
    try:
        retime = made(kind[0], frames, length, at, kind[1])
    except TimelineError:
        assert length is not None and length > 20 * frames
        return
    assert broken(retime) is None
    assert length is None or retime.length == length
    assert retime.forwards
    first, end = retime.touched()
    assert 0 <= first < end <= frames
    if length is None:
        assert (retime.keys[0][1], retime.keys[-1][1]) == (0, frames)


@settings(deadline=None)
@given(amounts(), st.integers(24, 400), st.floats(0, 1))
def test_ramps_keep_between_their_speeds(kind: tuple[Ramp, float], frames: int, at: float) -> None:
    """Keys lie on hundredths and the length is rounded, so a little more or less is in order."""
    name, amount = kind
    retime = made(name, frames, None, at, amount)
    if name is Ramp.CUSTOM or retime.length < 24:
        return
    fast = name in (Ramp.IMPACT, Ramp.HERO_MOMENT)
    low = amount if name is Ramp.LINEAR else min(amount, 1.0)
    high = amount if name is Ramp.LINEAR else max(amount, 2.0 if fast else 1.0)
    found = speeds(retime)
    assert min(found) > low * 0.93 - 0.02 and max(found) < high * 1.07 + 0.02


@pytest.mark.parametrize("kind", [k for k in Ramp if k in SLOWING | HASTENING])
def test_the_amount_is_reached(kind: Ramp) -> None:
    for length in (None, 80):
        found = speeds(made(kind, 200, length))
        reached = min(found) if kind in SLOWING else max(found)
        assert abs(reached / AMOUNTS[kind] - 1) < 0.03


def near(values: list[float], wanted: float) -> bool:
    return all(abs(value - wanted) < 0.03 * max(1.0, wanted) for value in values)


def test_each_ramp_has_its_course() -> None:
    def course(kind: Ramp) -> list[float]:
        return speeds(made(kind, 240))

    assert near(course(Ramp.LINEAR), 1.0)
    slow = course(Ramp.SLOW_MO)
    assert near(slow[:10], 1.0) and near(slow[-200:], 0.5)
    quick = course(Ramp.SPEED_UP)
    assert near(quick[:40], 1.0) and near(quick[-40:], 2.0)
    struck = course(Ramp.IMPACT)
    assert near(struck[:59], 2.0) and near(struck[61:150], 0.25) and near(struck[-40:], 1.0)
    arriving, leaving = course(Ramp.FLASH_IN), course(Ramp.FLASH_OUT)
    assert near(arriving[:5], 4.0) and near(arriving[-90:], 1.0)
    assert near(leaving[-5:], 4.0) and near(leaving[:90], 1.0)
    bullet = course(Ramp.BULLET_TIME)
    middle = len(bullet) // 2
    assert near(bullet[:60], 1.0) and near(bullet[-60:], 1.0) and near(bullet[middle - 80 : middle + 80], 0.1)
    hero = course(Ramp.HERO_MOMENT)
    middle = len(hero) // 2
    assert near(hero[:20], 2.0) and near(hero[-20:], 2.0) and near(hero[middle - 40 : middle + 40], 0.4)


@settings(deadline=None)
@given(st.sampled_from(sorted(MOMENTS)), st.floats(0.1, 0.9), st.integers(60, 120))
def test_the_moment_stays_in_the_picture_when_only_a_part_of_the_source_is_needed(
    kind: Ramp, at: float, length: int
) -> None:
    retime = made(kind, 400, length, at)
    moment = 400 * at
    assert retime.keys[0][1] <= moment <= retime.keys[-1][1]
    there = next(n for n in range(length) if retime.position(Fraction(n + 1)) >= Fraction(moment))
    found = speeds(retime)
    if kind in (Ramp.BULLET_TIME, Ramp.HERO_MOMENT):
        assert found[there] < 1.1 * min(found) + 0.02
    if kind is Ramp.HALF_SECOND_FLASH:
        assert found[there] > 3.5
    if kind is Ramp.IMPACT:
        assert found[max(0, there - 3)] > 1.9 and abs(found[min(length - 1, there + 2)] - 0.25) < 0.03


@pytest.mark.parametrize(
    ("rate", "frames"), [("24", 12), ("25", 13), ("30", 15), ("24000/1001", 12), ("60", 30)]
)
def test_half_second_flash_takes_half_a_second(rate: str, frames: int) -> None:
    for length in (None, 240):
        retime = ramp(Ramp.HALF_SECOND_FLASH, 400, rate=rates.FrameRate.parse(rate), length=length)
        rushing = [speed for speed in speeds(retime) if speed > 1.03]
        assert 0.8 * frames <= len(rushing) <= frames + 1


def test_a_given_length_takes_only_what_the_ramp_needs_and_slows_where_there_is_too_little() -> None:
    assert ramp(Ramp.LINEAR, 100, rate=RATE, length=30, amount=2.0).frames()[-1] == 59
    scarce = ramp(Ramp.LINEAR, 30, rate=RATE, length=60, amount=2.0)
    assert scarce.keys == ((0, 0), (60, 30))


@pytest.mark.parametrize(
    ("kind", "changes", "word"),
    [
        (Ramp.SLOW_MO, {"amount": 2.0}, "amount"),
        (Ramp.SPEED_UP, {"amount": 0.5}, "amount"),
        (Ramp.LINEAR, {"amount": 0.0}, "amount"),
        (Ramp.IMPACT, {"at": 1.5}, "moment"),
        (Ramp.LINEAR, {"length": 0}, "length"),
        (Ramp.LINEAR, {"length": 4000}, "too short"),
        (Ramp.CUSTOM, {}, "points"),
        (Ramp.CUSTOM, {"points": ((0.5, 1.0), (0.2, 1.0))}, "points"),
        (Ramp.CUSTOM, {"points": ((0.5, 30.0),)}, "speed"),
    ],
)
def test_what_makes_no_ramp_is_named(kind: Ramp, changes: dict[str, object], word: str) -> None:
    with pytest.raises(TimelineError, match=word) as caught:
        ramp(kind, 48, rate=RATE, **changes)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.where) == ("ramp", kind)


def medium(name: str = "a", kind: MediaKind = MediaKind.VIDEO) -> MediaRef:
    return MediaRef(name * 64, kind, FrameRange(0, 60) if kind is MediaKind.VIDEO else None)


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    start = draw(st.integers(0, 30))
    clip = Clip(medium(), FrameRange(start, draw(st.integers(2, 60 - start))))
    kind = draw(st.one_of(st.none(), st.sampled_from([k for k in Ramp if k is not Ramp.CUSTOM])))
    return clip if kind is None else ramped(clip, kind, rate=RATE)


def shown(clip: Clip) -> list[int]:
    if clip.retime is None:
        return list(range(clip.source.start, clip.source.end))
    return [clip.source.start + frame for frame in clip.retime.frames()]


@settings(deadline=None)
@given(clips())
def test_reversed_shows_the_same_frames_from_the_end(clip: Clip) -> None:
    back = reversed_(clip)
    assert back.length == clip.length
    places = [clip.retime.position(Fraction(2 * n + 1, 2)) for n in range(clip.length)] if clip.retime else []
    if all(place.denominator > 1 for place in places):
        assert shown(back) == shown(clip)[::-1]
    assert shown(reversed_(back)) == shown(clip)
    check_track(Track((back,)))


def test_reversed_twice_is_the_clip_again() -> None:
    clip = Clip(medium(), FrameRange(5, 20))
    assert reversed_(reversed_(clip)) == clip


@settings(deadline=None)
@given(clips(), st.integers(0, 59), st.integers(1, 40))
def test_freeze_holds_one_frame_and_changes_no_other(clip: Clip, at: int, frames: int) -> None:
    if at >= clip.length:
        with pytest.raises(TimelineError):
            freeze(clip, at, frames)
        return
    held, before = freeze(clip, at, frames), shown(clip)
    after = shown(held)
    assert held.length == clip.length + frames
    assert after[:at] == before[:at] and after[at + frames :] == before[at:]
    assert len(set(after[at : at + frames])) == 1 and abs(after[at] - before[at]) <= 10
    check_track(Track((held,)))


def test_a_still_has_no_time() -> None:
    still = Clip(medium(kind=MediaKind.STILL), FrameRange(0, 24))
    for change in (
        reversed_,
        lambda clip: freeze(clip, 2, 3),
        lambda clip: ramped(clip, Ramp.SLOW_MO, rate=RATE),
    ):
        with pytest.raises(TimelineError) as caught:
            change(still)
        assert caught.value.code == "ramp"


@settings(deadline=None)
@given(clips(), st.sampled_from([k for k in Ramp if k is not Ramp.CUSTOM]), st.floats(0, 1))
def test_ramp_ripples_what_follows_and_none_restores(clip: Clip, kind: Ramp, at: float) -> None:
    plain = replace(clip, retime=None)
    track = Track((Gap(7), plain, Clip(medium("b"), FrameRange(0, 9))))
    retime = ramp(kind, plain.source.length, rate=RATE, at=at)
    changed = edit.ramp(track, 1, retime)
    assert changed.length - track.length == retime.length - plain.length
    assert changed.items[0] == track.items[0] and changed.items[2] == track.items[2]
    assert edit.ramp(changed, 1, None) == track


def test_ramp_beyond_the_source_or_of_a_gap_is_refused_with_its_place() -> None:
    track = Track((Gap(5), Clip(medium(), FrameRange(10, 20), (), "door")))
    for index, retime, code in ((0, None, "kind"), (1, Retime.through([(0, 0), (30, 21)]), "retime")):
        with pytest.raises(TimelineError) as caught:
            edit.ramp(track, index, retime)
        assert (caught.value.code, caught.value.where[:10]) == (code, f"picture[{index}]")
    assert "10..31" in str(caught.value) and "10..30" in str(caught.value) and "door" in str(caught.value)


def test_ramp_that_takes_the_handle_of_a_transition_is_refused() -> None:
    join = Transition(cuts.Transition.DISSOLVE, 3, 3)
    track = Track((Clip(medium(), FrameRange(0, 50)), join, Clip(medium("b"), FrameRange(10, 20))))
    assert edit.ramp(track, 0, ramp(Ramp.LINEAR, 50, rate=RATE, amount=2.0)).length == 45
    with pytest.raises(TimelineError) as caught:
        edit.ramp(track, 0, ramp(Ramp.LINEAR, 50, rate=RATE, amount=4.0))
    assert caught.value.code == "handle"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 200)), min_size=1, max_size=12),
    st.sampled_from(list(Sampling)),
    st.integers(0, 60),
)
def test_pieces_cover_a_retime_once_and_each_runs_one_way(
    steps: list[tuple[int, int]], sampling: Sampling, skipped: int
) -> None:
    points, at = [(0, 100)], 0
    for frames, source in steps:
        at += frames
        points.append((at, source))
    retime = Retime.through(points, sampling)
    start = min(skipped, retime.length - 1)
    pieces = list(retime.stretches(start, retime.length - start))
    assert [first for first, _ in pieces] == [start, *(first + n for first, n in pieces)][:-1]
    assert sum(frames for _, frames in pieces) == retime.length - start
    for first, frames in pieces:
        part = retime.part(first, frames)
        ways = {part.speed(number) < 0 for number in range(frames)}
        assert len(ways) == 1 and frames <= (48 if ways == {True} else 240)
        assert list(part.frames()) == list(retime.frames()[first : first + frames])
