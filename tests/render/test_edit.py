"""Edit operations: what is seen where, and what is conserved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from craft.render import edit
from craft.render.errors import TimelineError
from craft.render.model import Clip, FrameRange, Gap, MediaKind, MediaRef, Track, Transition
from craft.render.validation import check_track
from craft.terms import cuts

MEDIA_FRAMES = 60
Shown = tuple[str, int] | None


def medium(name: str) -> MediaRef:
    return MediaRef(name * 64, MediaKind.VIDEO, FrameRange(0, MEDIA_FRAMES))


def shown(track: Track) -> list[Shown]:
    """The medium and source frame at every record frame, None for black; transitions aside."""
    seen: list[Shown] = []
    for placed in track.placed():
        item = placed.item
        name = item.media.sha256[0] if isinstance(item, Clip) else None
        first = item.source.start if isinstance(item, Clip) else 0
        seen += [None if name is None else (name, first + offset) for offset in range(item.length)]
    return seen


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    start = draw(st.integers(0, 40))
    return Clip(
        medium(draw(st.sampled_from("abc"))), FrameRange(start, draw(st.integers(2, MEDIA_FRAMES - start)))
    )


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """Clips and gaps; between some clips a short dissolve where both have the handles for it."""
    solids = draw(st.lists(st.one_of(clips(), st.builds(Gap, st.integers(2, 20))), min_size=2, max_size=6))
    items: list[Clip | Gap | Transition] = []
    for number, item in enumerate(solids):
        if number and draw(st.booleans()):
            join = Transition(cuts.Transition.DISSOLVE, 1, 1)
            try:
                check_track(Track((*items, join, item)))
                items.append(join)
            except TimelineError:
                pass
        items.append(item)
    track = Track(tuple(items))
    check_track(track)
    return track


def attempt(operation: Callable[[], Track]) -> Track | None:
    """The result, or None where the operation is refused; a result is always a valid track."""
    try:
        track = operation()
    except TimelineError:
        return None
    check_track(track)
    return track


@given(tracks(), clips(), st.integers(0, 200))
def test_insert_moves_what_follows_and_nothing_else(track: Track, new: Clip, at: int) -> None:
    made = attempt(lambda: edit.insert(track, at, new))
    if made is not None:
        before = shown(track)
        assert shown(made) == before[:at] + shown(Track((new,))) + before[at:]


@given(tracks(), clips(), st.integers(0, 200))
def test_overwrite_moves_nothing(track: Track, new: Clip, at: int) -> None:
    made = attempt(lambda: edit.overwrite(track, at, new))
    if made is not None:
        before = shown(track)
        assert shown(made) == before[:at] + shown(Track((new,))) + before[at + new.length :]


@given(tracks(), st.integers(0, 100), st.integers(1, 60))
def test_lift_leaves_black_and_ripple_delete_closes_up(track: Track, start: int, length: int) -> None:
    at, before = FrameRange(start, length), shown(track)
    lifted = attempt(lambda: edit.lift(track, at))
    closed = attempt(lambda: edit.ripple_delete(track, at))
    assert (lifted is None) == (closed is None) or closed is None or lifted is None
    if lifted is not None:
        assert shown(lifted) == before[:start] + [None] * length + before[at.end :]
    if closed is not None:
        assert shown(closed) == before[:start] + before[at.end :]


@given(tracks(), st.integers(0, 200))
def test_split_changes_nothing_that_is_seen(track: Track, at: int) -> None:
    made = attempt(lambda: edit.split(track, at))
    if made is not None:
        assert shown(made) == shown(track)


@given(tracks(), st.integers(0, 8), st.integers(-30, 30))
def test_roll_slip_and_slide_keep_the_length_and_undo_themselves(
    track: Track, index: int, frames: int
) -> None:
    for operation in (edit.roll, edit.slip, edit.slide):
        made = attempt(lambda operation=operation: operation(track, index, frames))  # type: ignore[misc]
        if made is not None:
            assert made.length == track.length
            assert operation(made, index, -frames) == track


@given(tracks(), st.integers(0, 8), st.integers(-20, 20), st.integers(-20, 20))
def test_ripple_changes_the_length_by_what_it_adds_and_undoes_itself(
    track: Track, index: int, head: int, tail: int
) -> None:
    made = attempt(lambda: edit.ripple(track, index, head, tail))
    if made is not None:
        assert made.length == track.length + head + tail
        assert edit.ripple(made, index, -head, -tail) == track


@given(tracks(), st.integers(0, 8), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=50)
def test_trim_leaves_black_at_the_ends(track: Track, index: int, head: int, tail: int) -> None:
    made = attempt(lambda: edit.trim(track, index, head, tail))
    if made is not None:
        place = next(placed.at for placed in track.placed() if placed.index == index)
        wanted = shown(track)
        wanted[place.start : place.start + head] = [None] * head
        wanted[place.end - tail : place.end] = [None] * tail
        assert shown(made) == wanted


def test_slip_beyond_the_medium_is_refused_with_its_place() -> None:
    track = Track((Clip(medium("a"), FrameRange(50, 10)),))
    with pytest.raises(TimelineError) as caught:
        edit.slip(track, 0, 1)
    assert (caught.value.code, caught.value.where) == ("range", "picture[0]")


def test_cut_inside_a_transition_is_refused() -> None:
    one, two = Clip(medium("a"), FrameRange(0, 20)), Clip(medium("b"), FrameRange(10, 20))
    track = Track((one, Transition(cuts.Transition.DISSOLVE, 4, 4), two))
    for at in (17, 20, 23):
        with pytest.raises(TimelineError) as caught:
            edit.split(track, at)
        assert caught.value.code == "transition"
    assert len(edit.split(track, 16).items) == 4
