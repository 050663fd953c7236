"""The timeline: what is seen and heard at which frame.

All times are integer frames on one `FrameRate`; seconds appear only where a file format asks for them.
Three ranges are kept apart:

    available   the frames that exist in the media      MediaRef.available
    source      the frames a clip uses                  Clip.source
    in parent   where the clip sits on its track        Track.placed()

A transition overlaps its neighbours and takes no room of its own: it shows `before` frames ahead of the
cut and `after` frames behind it, so both neighbours need handles (spare frames) beyond the cut.

                        cut
    outgoing  ───────────┼──after──┐            source frames it lends: `after` beyond its end
    incoming       ┌──before──┼───────────      source frames it lends: `before` ahead of its start
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from craft.render.grade import Grade
from craft.terms import cuts, rates
from craft.terms.sound import Layer


class MediaKind(StrEnum):
    """What a media reference holds."""

    VIDEO = "video"
    STILL = "still"
    SOUND = "sound"


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """`length` frames from `start`; `end` is the first frame after it."""

    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length

    def covers(self, other: FrameRange) -> bool:
        """True when `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: FrameRange) -> FrameRange | None:
        """The frames both have, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return FrameRange(start, end - start) if end > start else None

    def moved(self, frames: int) -> FrameRange:
        """The same length, `frames` later."""
        return FrameRange(self.start + frames, self.length)


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Media by content: the path is looked up at render time from `sha256`.

    `available` is None when nobody has counted the frames, and for stills, which never run out.
    """

    sha256: str
    kind: MediaKind = MediaKind.VIDEO
    available: FrameRange | None = None


Effect = Grade
"""What may be done to a clip's picture. One kind so far; the union grows with new kinds."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of media on the picture track; `name` is what errors call it."""

    media: MediaRef
    source: FrameRange
    effects: tuple[Effect, ...] = ()
    name: str = ""

    @property
    def length(self) -> int:
        return self.source.length

    def head(self) -> int | None:
        """Spare frames before the source range; None = without limit."""
        known = self.media.available
        return None if known is None else self.source.start - known.start

    def tail(self) -> int | None:
        """Spare frames after the source range; None = without limit."""
        known = self.media.available
        return None if known is None else known.end - self.source.end


@dataclass(frozen=True, slots=True)
class Gap:
    """Black for `length` frames."""

    length: int


@dataclass(frozen=True, slots=True)
class Transition:
    """Glues the items on both sides over `before + after` frames round the cut.

    At the head or the tail of a track the missing neighbour is black: a fade in or out.
    """

    kind: cuts.Transition
    before: int
    after: int

    @property
    def length(self) -> int:
        return self.before + self.after


Item = Clip | Gap | Transition


@dataclass(frozen=True, slots=True)
class Placed:
    """A clip or gap with its index on the track and its range in the parent."""

    index: int
    item: Clip | Gap
    at: FrameRange


@dataclass(frozen=True, slots=True)
class Track:
    """The picture, item after item; a transition stands between the two it joins."""

    items: tuple[Item, ...] = ()

    @property
    def length(self) -> int:
        return sum(item.length for item in self.items if not isinstance(item, Transition))

    def placed(self) -> Iterator[Placed]:
        """Every clip and gap with its place, in order; transitions are skipped."""
        at = 0
        for index, item in enumerate(self.items):
            if not isinstance(item, Transition):
                yield Placed(index, item, FrameRange(at, item.length))
                at += item.length

    def with_items(self, items: list[Item]) -> Track:
        """A track of these items."""
        return Track(tuple(items))


@dataclass(frozen=True, slots=True)
class SoundClip:
    """A piece of sound on a layer: `length` frames from record frame `record`.

    `source_start` counts timeline frames into the media. A `loop` repeats the media from there to its end
    until `length` is filled. `pan` runs from -1 (left) to 1 (right). Fades are in frames.
    """

    media: MediaRef
    record: int
    length: int
    source_start: int = 0
    gain_db: float = 0.0
    pan: float = 0.0
    fade_in: int = 0
    fade_out: int = 0
    loop: bool = False
    name: str = ""

    @property
    def at(self) -> FrameRange:
        return FrameRange(self.record, self.length)


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """All clips of one layer; they may overlap (a cross-fade is two overlapping fades)."""

    layer: Layer
    clips: tuple[SoundClip, ...] = ()


@dataclass(frozen=True, slots=True)
class Caption:
    """Words to be read from `start_frame` up to, not including, `end_frame`."""

    start_frame: int
    end_frame: int
    text: str
    character: str = ""


class TitlePlace(StrEnum):
    """Where a title stands in the frame."""

    CENTRE = "centre"
    LOWER_THIRD = "lower_third"
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Title:
    """Words burnt into the picture. `size` is the letter height as a share of the frame's height."""

    at: FrameRange
    text: str
    place: TitlePlace = TitlePlace.CENTRE
    size: float = 0.09
    fade: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """One programme: a picture track, layers of sound, captions and titles, on one frame rate."""

    rate: rates.FrameRate
    picture: Track
    sound: tuple[SoundTrack, ...] = ()
    captions: tuple[Caption, ...] = ()
    titles: tuple[Title, ...] = ()

    @property
    def length(self) -> int:
        """Frames of the programme; the picture decides."""
        return self.picture.length

    def layer(self, layer: Layer) -> tuple[SoundClip, ...]:
        """The clips of one layer, in the order of their start."""
        found = [clip for track in self.sound if track.layer == layer for clip in track.clips]
        return tuple(sorted(found, key=lambda clip: (clip.record, clip.name, clip.media.sha256)))


def sequence(shots: list[Clip], joins: dict[int, Transition] | None = None) -> Track:
    """Shots one after another; `joins[i]` overlaps shot i and i+1.

    The overlap is taken from the shots' own source ranges, so media without spare frames can dissolve:
    each shot gives `before` or `after` frames at the join and the programme gets `before + after` shorter.
    """
    joins = joins or {}
    items: list[Item] = []
    for index, shot in enumerate(shots):
        ahead = joins.get(index - 1)
        behind = joins.get(index)
        start = shot.source.start + (ahead.before if ahead else 0)
        end = shot.source.end - (behind.after if behind else 0)
        items.append(replace(shot, source=FrameRange(start, end - start)))
        if behind is not None and index + 1 < len(shots):
            items.append(behind)
    return Track(tuple(items))
