"""Edit operations on a picture track. Each takes a track and returns a new one, checked.

Frames are record frames of the track; `index` counts all items, transitions included. A transition belongs
to its cut: an operation that would tear it apart raises `TimelineError("transition")`, and one that would
use frames the media does not have raises `range` or `handle`. The drawings show the track before and after.
"""

from __future__ import annotations

from dataclasses import replace

from craft.render.errors import TimelineError
from craft.render.model import Clip, FrameRange, Gap, Item, Track, Transition
from craft.render.retime import Retime
from craft.render.validation import check_track

Solid = Clip | Gap


def insert(track: Track, at: int, item: Solid) -> Track:
    """Open the track at a frame and put an item in; what follows moves later.

    │ A ──────┼────── │ B │           length + item
    │ A ──│ item │─── │ B │
    """
    items, index = _opened(track, at)
    return _checked([*items[:index], item, *items[index:]])


def overwrite(track: Track, at: int, item: Solid) -> Track:
    """Put an item over what is there; nothing moves, the track may get longer at its end.

    │ A ───────────── │ B ─────── │   length, or at + item
    │ A ──│ item ────────│ B ──── │
    """
    if at > track.length:
        raise TimelineError("place", "picture", f"frame {at} lies behind the end, {track.length}")
    end = min(at + item.length, track.length)
    return _replaced(track, at, end, [item])


def lift(track: Track, at: FrameRange) -> Track:
    """Take frames out and leave black; nothing moves.

    │ A ──┼───── │ B ──┼── │          length kept
    │ A ──│    gap     │ B │
    """
    _inside(track, at)
    return _replaced(track, at.start, at.end, [Gap(at.length)])


def ripple_delete(track: Track, at: FrameRange) -> Track:
    """Take frames out and close up; what follows moves earlier.

    │ A ──┼───── │ B ──┼── │          length - frames
    │ A ──│ B │
    """
    _inside(track, at)
    return _replaced(track, at.start, at.end, [])


def split(track: Track, at: int) -> Track:
    """Cut an item in two; what is seen stays the same.

    │ A ──────┼────── │               length kept
    │ A ──────│ A' ── │
    """
    return _checked(_opened(track, at)[0])


def trim(track: Track, index: int, head: int = 0, tail: int = 0) -> Track:
    """Shorten a clip at its ends and leave black there; nothing moves.

    │ A ────────────── │              length kept
    │ gap │ A ── │ gap │
    """
    item = _solid(track, index)
    if head < 0 or tail < 0:
        raise TimelineError(
            "length", f"picture[{index}]", "a trim takes frames away; ripple or roll adds them"
        )
    parts: list[Item] = [_resized(item, -head, -tail, index)]
    if head:
        _no_transition(track, index - 1)
        parts.insert(0, Gap(head))
    if tail:
        _no_transition(track, index + 1)
        parts.append(Gap(tail))
    return _checked([*track.items[:index], *parts, *track.items[index + 1 :]])


def ripple(track: Track, index: int, head: int = 0, tail: int = 0) -> Track:
    """Lengthen (or, below zero, shorten) an item at its ends; what follows moves.

    │ A ──── │ B │                    length + head + tail
    │ A ──────── │ B │
    """
    return _with(track, {index: _resized(_solid(track, index), head, tail, index)})


def roll(track: Track, index: int, frames: int) -> Track:
    """Move the cut behind an item; the one grows by what the other gives, nothing else moves.

    │ A ──── │ B ───── │              length kept
    │ A ────── │ B ─── │
    """
    after = _next(track, index, 1)
    return _with(
        track,
        {
            index: _resized(_solid(track, index), 0, frames, index),
            after: _resized(_solid(track, after), -frames, 0, after),
        },
    )


def slip(track: Track, index: int, frames: int) -> Track:
    """Show a later (or, below zero, earlier) part of the same medium in the same place.

    media  ─────[ A ]────────         length kept
    media  ────────[ A ]─────
    """
    item = _solid(track, index)
    if not isinstance(item, Clip):
        raise TimelineError("kind", f"picture[{index}]", "a gap shows nothing that could slip")
    return _with(track, {index: replace(item, source=item.source.moved(frames))})


def slide(track: Track, index: int, frames: int) -> Track:
    """Move a clip between its neighbours; one grows by what the other gives.

    │ A ──── │ B │ C ────── │         length kept
    │ A ─────── │ B │ C ─── │
    """
    before, after = _next(track, index, -1), _next(track, index, 1)
    return _with(
        track,
        {
            before: _resized(_solid(track, before), 0, frames, before),
            after: _resized(_solid(track, after), -frames, 0, after),
        },
    )


def ramp(track: Track, index: int, retime: Retime | None) -> Track:
    """Give a clip another course of time, or with None its own again; what follows moves.

    source │ A ────── │                slowed down to half
    │ A ────────── │ B │               length + retime's length - clip's length
    │ A ──── ──── ──── ──── │ B │
    """
    item = _solid(track, index)
    if not isinstance(item, Clip):
        raise TimelineError("kind", f"picture[{index}]", "a gap has no time that could be changed")
    return _with(track, {index: replace(item, retime=retime)})


def _checked(items: list[Item]) -> Track:
    track = Track(tuple(items))
    check_track(track)
    return track


def _with(track: Track, changes: dict[int, Item]) -> Track:
    return _checked([changes.get(index, item) for index, item in enumerate(track.items)])


def _solid(track: Track, index: int) -> Solid:
    if not 0 <= index < len(track.items):
        raise TimelineError("place", f"picture[{index}]", "there is no such item")
    item = track.items[index]
    if isinstance(item, Transition):
        raise TimelineError("kind", f"picture[{index}]", "a transition has no place of its own")
    return item


def _next(track: Track, index: int, step: int) -> int:
    """The next clip or gap in a direction, over a transition."""
    found = index + step
    if 0 <= found < len(track.items) and isinstance(track.items[found], Transition):
        found += step
    if not 0 <= found < len(track.items):
        raise TimelineError("place", f"picture[{index}]", "there is no neighbour to give or take frames")
    return found


def _no_transition(track: Track, index: int) -> None:
    if 0 <= index < len(track.items) and isinstance(track.items[index], Transition):
        raise TimelineError("transition", f"picture[{index}]", "take the transition away first")


def _resized(item: Solid, head: int, tail: int, index: int) -> Solid:
    length = item.length + head + tail
    if length < 1:
        raise TimelineError("length", f"picture[{index}]", f"{length} frames would be left")
    if isinstance(item, Gap):
        return Gap(length)
    return item.part(-head, length)


def _inside(track: Track, at: FrameRange) -> None:
    if at.length < 1 or not FrameRange(0, track.length).covers(at):
        raise TimelineError("place", "picture", f"frames {at.start}..{at.end} of {track.length}")


def _replaced(track: Track, start: int, end: int, items: list[Item]) -> Track:
    """The frames from `start` to `end` replaced by items."""
    opened, first = _opened(track, start)
    opened, last = _opened(Track(tuple(opened)), end)
    return _checked(opened[:first] + items + opened[last:])


def _opened(track: Track, at: int) -> tuple[list[Item], int]:
    """The items with a cut at a frame, and the index of the item that begins there."""
    if not 0 <= at <= track.length:
        raise TimelineError("place", "picture", f"frame {at} of {track.length}")
    _no_transition_over(track, at)
    items = list(track.items)
    for placed in track.placed():
        if placed.at.start == at:
            return items, placed.index
        if placed.at.start < at < placed.at.end:
            used = at - placed.at.start
            left = _resized(placed.item, 0, used - placed.item.length, placed.index)
            right = _resized(placed.item, -used, 0, placed.index)
            return [*items[: placed.index], left, right, *items[placed.index + 1 :]], placed.index + 1
    return items, len(items)


def _no_transition_over(track: Track, at: int) -> None:
    """Refuse a cut inside a transition's frames, or at the cut it covers."""
    cut = 0
    for index, item in enumerate(track.items):
        if not isinstance(item, Transition):
            cut += item.length
        elif at == cut or cut - item.before < at < cut + item.after:
            raise TimelineError("transition", f"picture[{index}]", f"frame {at} lies in a transition")
