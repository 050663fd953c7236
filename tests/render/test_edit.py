"""Edits over any track: what is shown where, what stays in place, and that the inverse restores."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craft.render import edit
from craft.render.errors import TimelineError
from craft.render.model import Clip, FrameRange, Gap, Item, MediaKind, MediaRef, Track, Transition
from craft.render.retime import Retime
from craft.render.validation import check_track
from craft.terms.cuts import Transition as Cut

Shown = list[tuple[str, int] | None]
MEDIA = [MediaRef(letter * 64, MediaKind.VIDEO, FrameRange(0, 60)) for letter in "abc"]


def shown(track: Track) -> Shown:
    """Medium and source frame at every record frame; None is black. Transitions are on top of this."""
    found: Shown = []
    for placed in track.placed():
        item = placed.item
        if isinstance(item, Gap):
            found += [None] * item.length
            continue
        frames = range(item.length) if item.retime is None else item.retime.frames()
        found += [(item.media.sha256[0], item.source.start + frame) for frame in frames]
    return found


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    media = draw(st.sampled_from(MEDIA))
    start = draw(st.integers(0, 50))
    length = draw(st.integers(1, 60 - start))
    clip = Clip(media, FrameRange(start, length), (), media.sha256[0])
    if draw(st.integers(0, 3)):
        return clip
    out = draw(st.integers(1, 40))
    ends = draw(st.tuples(st.integers(0, length), st.integers(0, length)))
    first, last = (min(end, length - 1) if ends[0] == ends[1] else end for end in ends)
    return Clip(clip.media, clip.source, (), "ramped", Retime.through([(0, first), (out, last)]))


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    solids = st.one_of(clips(), st.builds(Gap, st.integers(1, 30)))
    track = Track(tuple(draw(st.lists(solids, min_size=1, max_size=6))))
    check_track(track)
    return track


@st.composite
def joined(draw: st.DrawFn) -> Track:
    """A track with a transition wherever its neighbours have the frames for one."""
    items: list[Item] = []
    for item in draw(tracks()).items:
        length = draw(st.integers(0, 6))
        if items and length and not isinstance(items[-1], Transition):
            joint = Transition(Cut.DISSOLVE, length // 2, length - length // 2)
            try:
                check_track(Track((*items, joint, item)))
                items.append(joint)
            except TimelineError:
                pass
        items.append(item)
    return Track(tuple(items))


REASONS = {"place", "kind", "length", "range", "handle", "transition", "room", "retime"}


def attempted(act: Callable[[], Track]) -> Track | None:
    """The edited track, checked; None where the edit was refused for a reason."""
    refused = ""
    try:
        made = act()
    except TimelineError as error:
        refused = error.code
    if refused:
        assert refused in REASONS
        return None
    check_track(made)
    return made


def medium(name: str) -> MediaRef:
    return MediaRef(name * 64, MediaKind.VIDEO, FrameRange(0, 60))


@given(track=joined(), at=st.integers(0, 300), item=clips())
def test_insert_opens_and_ripple_delete_closes(track: Track, at: int, item: Clip) -> None:
    before, made = shown(track), attempted(lambda: edit.insert(track, at, item))
    if made is None:
        return
    assert shown(made) == before[:at] + shown(Track((item,))) + before[at:]
    closed = attempted(lambda: edit.ripple_delete(made, FrameRange(at, item.length)))
    assert closed is None or shown(closed) == before


@given(track=joined(), at=st.integers(0, 300), item=clips())
def test_overwrite_moves_nothing(track: Track, at: int, item: Clip) -> None:
    before, made = shown(track), attempted(lambda: edit.overwrite(track, at, item))
    if made is not None:
        assert shown(made) == before[:at] + shown(Track((item,))) + before[at + item.length :]


@given(track=joined(), start=st.integers(0, 200), length=st.integers(1, 60))
def test_lift_leaves_black_and_keeps_the_length(track: Track, start: int, length: int) -> None:
    before, made = shown(track), attempted(lambda: edit.lift(track, FrameRange(start, length)))
    if made is not None:
        assert made.length == track.length
        assert shown(made) == before[:start] + [None] * length + before[start + length :]


@given(track=joined(), at=st.integers(0, 300))
def test_split_changes_nothing_that_is_seen(track: Track, at: int) -> None:
    made = attempted(lambda: edit.split(track, at))
    assert made is None or shown(made) == shown(track)


@given(track=tracks(), index=st.integers(0, 5), head=st.integers(0, 20), tail=st.integers(0, 20))
def test_trim_takes_from_the_ends_only(track: Track, index: int, head: int, tail: int) -> None:
    made = attempted(lambda: edit.trim(track, index, head, tail))
    if made is None:
        return
    at = next(placed.at for placed in track.placed() if placed.index == index)
    before = shown(track)
    inner = before[at.start + head : at.end - tail]
    rest = [None] * head + inner + [None] * tail
    assert shown(made) == before[: at.start] + rest + before[at.end :]


@given(track=joined(), index=st.integers(0, 8), frames=st.integers(-20, 20))
@pytest.mark.parametrize("how", ["roll", "slide", "slip"])
def test_roll_slide_and_slip_keep_the_length_and_go_back(
    how: str, track: Track, index: int, frames: int
) -> None:
    act = getattr(edit, how)
    made = attempted(lambda: act(track, index, frames))
    if made is None:
        return
    assert made.length == track.length
    back = attempted(lambda: act(made, index, -frames))
    assert back is not None
    assert shown(back) == shown(track)


@given(track=joined(), index=st.integers(0, 8), head=st.integers(-20, 20), tail=st.integers(-20, 20))
def test_ripple_moves_what_follows_and_goes_back(track: Track, index: int, head: int, tail: int) -> None:
    made = attempted(lambda: edit.ripple(track, index, head, tail))
    if made is None:
        return
    assert made.length == track.length + head + tail
    at = next(placed.at for placed in track.placed() if placed.index == index)
    assert shown(made)[at.end + head + tail :] == shown(track)[at.end :]
    assert shown(made)[: at.start] == shown(track)[: at.start]
    back = attempted(lambda: edit.ripple(made, index, -head, -tail))
    assert back is not None
    assert shown(back) == shown(track)


@given(clip=clips(), data=st.data())
def test_a_part_of_a_clip_shows_what_the_clip_showed_there(clip: Clip, data: st.DataObject) -> None:
    whole = shown(Track((clip,)))
    start = data.draw(st.integers(0, clip.length - 1))
    length = data.draw(st.integers(1, clip.length - start))
    assert shown(Track((clip.part(start, length),))) == whole[start : start + length]


@given(clip=clips())
def test_a_retimed_clip_uses_no_frame_outside_its_source(clip: Clip) -> None:
    frames = [frame for spot in shown(Track((clip,))) if spot for frame in spot[1:]]
    assert clip.source.start <= min(frames)
    assert max(frames) < clip.source.end


@given(track=joined(), index=st.integers(0, 8), out=st.integers(1, 60), data=st.data())
def test_ramp_moves_what_follows_and_none_restores(
    track: Track, index: int, out: int, data: st.DataObject
) -> None:
    item = track.items[index] if index < len(track.items) else None
    if not isinstance(item, Clip) or item.retime is not None:
        return
    end = data.draw(st.integers(1, item.length))
    made = attempted(lambda: edit.ramp(track, index, Retime.through([(0, 0), (out, end)])))
    if made is None:
        return
    at = next(placed.at for placed in track.placed() if placed.index == index)
    assert made.length == track.length - item.length + out
    assert shown(made)[at.start + out :] == shown(track)[at.end :]
    back = attempted(lambda: edit.ramp(made, index, None))
    assert back is None or back == track


def test_slip_beyond_the_medium_is_refused_with_its_place() -> None:
    track = Track((Clip(medium("a"), FrameRange(50, 10)),))
    with pytest.raises(TimelineError) as caught:
        edit.slip(track, 0, 1)
    assert (caught.value.code, caught.value.where) == ("range", "picture[0]")


def test_cut_inside_a_transition_is_refused() -> None:
    one, two = Clip(medium("a"), FrameRange(0, 20)), Clip(medium("b"), FrameRange(10, 20))
    track = Track((one, Transition(Cut.DISSOLVE, 4, 4), two))
    for at in (17, 20, 23):
        with pytest.raises(TimelineError) as caught:
            edit.split(track, at)
        assert caught.value.code == "transition"
    assert len(edit.split(track, 16).items) == 4
