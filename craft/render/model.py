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
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from craft.render.effects import WHOLE, Box, Effect
from craft.render.retime import Retime
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


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of media on the picture track; `name` is what errors call it.

    With a `retime` the clip is as long as its retime says; the retime counts its source frames from the
    start of `source` and stays inside it.
    """

    media: MediaRef
    source: FrameRange
    effects: tuple[Effect, ...] = ()
    name: str = ""
    retime: Retime | None = None

    @property
    def length(self) -> int:
        return self.source.length if self.retime is None else self.retime.length

    def part(self, offset: int, length: int) -> Clip:
        """`length` frames of the clip from its frame `offset`; beyond its ends it goes on at its speed there.

        Stills have no frames that could run out, so their source range never starts below 0.
        """
        if self.retime is None:
            start = self.source.start + offset
            if self.media.kind is MediaKind.STILL:
                start = max(0, start)
            return replace(self, source=FrameRange(start, length))
        retime = self.retime.part(offset, length)
        (first, end), (low, high) = retime.touched(), retime.reach()
        # neighbours to blend with come from the clip's own source, never from beyond it
        first, end = max(low, min(first, 0)), min(high, max(end, self.source.length))
        source = FrameRange(self.source.start + first, end - first)
        return replace(self, source=source, retime=retime.moved(first))

    def fits(self) -> bool:
        """True when the media has every frame of the source range, as far as is known."""
        known = self.media.available
        if known is None:
            return self.source.start >= 0
        return known.covers(self.source)


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


LevelKey = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Room:
    """The room a sound is put into: an impulse response by name (or by content), and the share of it heard.

    `wet` 0 is the bare sound, 1 only the room.
    """

    name: str
    wet: float = 0.2


@dataclass(frozen=True, slots=True)
class SoundClip:
    """A piece of sound on a layer: `length` frames from record frame `record`.

    `source_start` counts timeline frames into the media. A `loop` repeats the media from there to its end
    until `length` is filled. `pan` runs from -1 (left) to 1 (right). Fades are in frames.
    `gain_keys` and `pan_keys` are (clip frame, value) points joined by straight lines, added to gain and pan.
    With a `retime` the sound follows a ramped shot: its keys count timeline frames of the media from
    `source_start`.
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
    gain_keys: tuple[LevelKey, ...] = ()
    pan_keys: tuple[LevelKey, ...] = ()
    room: Room | None = None
    retime: Retime | None = None

    @property
    def at(self) -> FrameRange:
        return FrameRange(self.record, self.length)


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """All clips of one layer; they may overlap (a cross-fade is two overlapping fades)."""

    layer: Layer
    clips: tuple[SoundClip, ...] = ()
    gain_db: float = 0.0
    muted: bool = False

    def heard(self) -> tuple[SoundClip, ...]:
        """The clips with the track's gain added to theirs; none when it is muted."""
        if self.muted:
            return ()
        return tuple(replace(clip, gain_db=clip.gain_db + self.gain_db) for clip in self.clips)


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


class TitleLook(StrEnum):
    """How a title is set: bare, on a black card, on a bar of its own, or rolling upwards (credits)."""

    PLAIN = "plain"
    CARD = "card"
    BAR = "bar"
    ROLL = "roll"


@dataclass(frozen=True, slots=True)
class Title:
    """Words burnt into the picture. `size` is the letter height as a share of the frame's height.

    A rolling title travels from below the frame to above it in its frames, and has no place.
    """

    at: FrameRange
    text: str
    place: TitlePlace = TitlePlace.CENTRE
    size: float = 0.09
    fade: int = 0
    look: TitleLook = TitleLook.PLAIN


@dataclass(frozen=True, slots=True)
class Overlay:
    """A picture in the picture: media over record frames `at`, inside `box` of the frame, uncropped.

    `source_start` is the first frame of the media shown; `border` is the share of the frame's height of a
    white line around it; `fade` frames in and out; `opacity` 0 to 1.
    """

    at: FrameRange
    media: MediaRef
    box: Box = WHOLE
    source_start: int = 0
    effects: tuple[Effect, ...] = ()
    opacity: float = 1.0
    border: float = 0.0
    fade: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    """What is done to the whole programme's picture, after everything else, in this order.

    effects      the unified grade, on every clip after its own effects
    letterbox    bars outside this shape of the visible picture (2.39 = 239/100); None: no bars
    captions     captions drawn into the picture
    timecode     a running timecode drawn into the picture, counted from `Timeline.start`
    label        a line drawn into the picture for review copies
    """

    effects: tuple[Effect, ...] = ()
    letterbox: Fraction | None = None
    captions: bool = False
    timecode: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One programme: a picture track, layers of sound, captions and titles, on one frame rate.

    `start` is the timecode of its first frame, in frames; `title` its name in exchange formats.
    """

    rate: rates.FrameRate
    picture: Track
    sound: tuple[SoundTrack, ...] = ()
    captions: tuple[Caption, ...] = ()
    titles: tuple[Title, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    finish: Finish = field(default_factory=Finish)
    start: int = 0
    title: str = ""

    @property
    def length(self) -> int:
        """Frames of the programme; the picture decides."""
        return self.picture.length

    def layer(self, layer: Layer) -> tuple[SoundClip, ...]:
        """The clips of one layer as they are heard, in the order of their start."""
        found = [clip for track in self.sound if track.layer == layer for clip in track.heard()]
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
        head, tail = ahead.before if ahead else 0, behind.after if behind else 0
        items.append(shot.part(head, shot.length - head - tail) if head or tail else shot)
        if behind is not None and index + 1 < len(shots):
            items.append(behind)
    return Track(tuple(items))
