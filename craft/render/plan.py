"""Cut a timeline into the smallest pieces that can be rendered on their own.

    items      │ clip A          x clip B            │ gap │
    segments   │ body A     │ x  │ body B            │ gap │

A body is a clip (or a gap) without the frames its transitions show, in several pieces where a retimed clip
turns or is long; a transition is one segment that reads both neighbours. Every segment carries all that its
pixels depend on and nothing else - not its place in the programme - so its digest is the same wherever it
moves, and changing one shot changes only that shot's segments and the transitions it is part of.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from craft.render.captions import burnt
from craft.render.effects import Effect, follows_time
from craft.render.errors import TimelineError
from craft.render.model import (
    Caption,
    Clip,
    Finish,
    FrameRange,
    Gap,
    Item,
    MediaKind,
    MediaRef,
    Overlay,
    Timeline,
    Title,
    Transition,
)
from craft.render.retime import Retime, Sampling
from craft.render.validation import check_timeline
from craft.terms import cuts, delivery, digest, rates

VERSION = 5
"""Goes into every digest; raise it when the same parameters give other pixels."""


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """How picture segments are encoded; one programme shares all of it, or its segments cannot be joined."""

    preset: str = "veryfast"
    crf: int = 18
    keyframe_every: int = 48
    b_frames: int = 3
    profile: str = "high"


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """The frame to render into, and the font titles are set in."""

    width: int
    height: int
    encoder: EncoderSpec = field(default_factory=EncoderSpec)
    font: str = "DejaVu Sans"

    def __post_init__(self) -> None:
        if self.width < 2 or self.height < 2 or self.width % 2 or self.height % 2:
            raise TimelineError(
                "size", "picture", f"{self.width}x{self.height} is not a frame of even numbers"
            )

    @classmethod
    def of(cls, aspect: str = "16:9", quality: str = "full") -> PictureSpec:
        """The frame of an aspect and a quality from the vocabulary. Raises KeyError for an unknown one."""
        return cls(*delivery.frame_size(aspect, quality))


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a segment shows: frames of a medium, with effects; black when `media` is None.

    With a `retime`, `frames` is the range it touches and it counts from that range's start. `span` is the
    part of its clip that is shown, (first frame, frames of the whole clip), for effects that follow time;
    None when no effect does. It may begin below 0 or end beyond the clip, in a transition.
    """

    media: MediaRef | None
    frames: FrameRange
    effects: tuple[Effect, ...] = ()
    name: str = ""
    retime: Retime | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """An independently renderable piece. `at` is its place in the programme and not part of its digest.

    `sides` holds one side for a body, outgoing and incoming for a transition. `titles`, `overlays` and
    `captions` (those drawn into the picture) count their frames from the segment's first frame and may begin
    before it. `clock` is the timecode of its first frame, in frames, where one is drawn into the picture.
    """

    at: FrameRange
    sides: tuple[Side, ...]
    kind: cuts.Transition | None = None
    titles: tuple[Title, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    captions: tuple[Caption, ...] = ()
    finish: Finish = field(default_factory=Finish)
    clock: int | None = None

    @property
    def length(self) -> int:
        return self.at.length

    @property
    def name(self) -> str:
        """What errors call it: its clips and its place."""
        clips = " to ".join(
            side.name or (side.media.sha256[:8] if side.media else "black") for side in self.sides
        )
        return f"{clips} (frames {self.at.start}..{self.at.end})"


def segments(timeline: Timeline) -> tuple[Segment, ...]:
    """The segments of a timeline, in programme order, covering every frame once. Raises `TimelineError`."""
    check_timeline(timeline)
    found: list[Segment] = []
    items = timeline.picture.items
    places = {placed.index: placed.at for placed in timeline.picture.placed()}
    for index, item in enumerate(items):
        if isinstance(item, Transition):
            found.append(_transition(items, index, item, places))
        else:
            found.extend(_body(items, index, item, places[index]))
    shown = burnt(timeline.captions, timeline.rate) if timeline.finish.captions else ()
    return tuple(_dressed(part, timeline, shown) for part in found)


def _dressed(part: Segment, timeline: Timeline, captions: tuple[Caption, ...]) -> Segment:
    """The segment with all that is laid over its picture; `captions` in order, none running into another."""
    finish = timeline.finish
    shown = tuple(effect for effect in finish.effects if not effect.neutral())
    return replace(
        part,
        titles=tuple(
            replace(title, at=title.at.moved(-part.at.start))
            for title in timeline.titles
            if title.at.overlap(part.at)
        ),
        overlays=tuple(
            replace(overlay, at=overlay.at.moved(-part.at.start))
            for overlay in timeline.overlays
            if overlay.at.overlap(part.at)
        ),
        captions=_captions_on(part.at, captions),
        finish=replace(finish, effects=shown, captions=False),
        clock=timeline.start + part.at.start if finish.timecode else None,
    )


def _captions_on(at: FrameRange, captions: tuple[Caption, ...]) -> tuple[Caption, ...]:
    first = bisect_right(captions, at.start, key=lambda caption: caption.end_frame)
    end = bisect_left(captions, at.end, key=lambda caption: caption.start_frame)
    return tuple(
        replace(caption, start_frame=caption.start_frame - at.start, end_frame=caption.end_frame - at.start)
        for caption in captions[first:end]
    )


def _neighbour(items: tuple[Item, ...], index: int) -> Item | None:
    return items[index] if 0 <= index < len(items) else None


def _body(items: tuple[Item, ...], index: int, item: Clip | Gap, at: FrameRange) -> Iterator[Segment]:
    ahead, behind = _neighbour(items, index - 1), _neighbour(items, index + 1)
    head = ahead.after if isinstance(ahead, Transition) else 0
    tail = behind.before if isinstance(behind, Transition) else 0
    length = item.length - head - tail
    if length > 0:
        for start, frames in _pieces(item, head, length):
            yield Segment(FrameRange(at.start + start, frames), (_side(item, start, frames),))


def _pieces(item: Clip | Gap, start: int, length: int) -> Iterator[tuple[int, int]]:
    """The (start, length) pieces a body is rendered in: one, but for retimed clips."""
    if isinstance(item, Clip) and item.retime is not None:
        return item.retime.stretches(start, length)
    return iter([(start, length)])


def _side(item: Item | None, offset: int, length: int) -> Side:
    """`length` frames of a clip from `offset` frames after its first; black where there is no clip."""
    if not isinstance(item, Clip):
        return Side(None, FrameRange(0, length))
    shown, effects = item.part(offset, length), _active(item)
    span = (offset, item.length) if any(follows_time(effect) for effect in effects) else None
    return Side(item.media, shown.source, effects, item.name, shown.retime, span)


def _active(clip: Clip) -> tuple[Effect, ...]:
    """Effects that change something: a neutral grade must not cost a rendering."""
    return tuple(effect for effect in clip.effects if not effect.neutral())


def _transition(
    items: tuple[Item, ...], index: int, item: Transition, places: dict[int, FrameRange]
) -> Segment:
    out, into = _neighbour(items, index - 1), _neighbour(items, index + 1)
    cut = places[index - 1].end if out is not None else places[index + 1].start
    at = FrameRange(cut - item.before, item.length)
    if item.kind is cuts.Transition.FLASH:
        # nothing of the neighbours is seen, so they are no part of what is rendered
        return Segment(at, (), item.kind)
    outgoing_start = out.length - item.before if isinstance(out, Clip | Gap) else 0
    outgoing = _side(out, outgoing_start, item.length)
    return Segment(at, (outgoing, _side(into, -item.before, item.length)), item.kind)


def segment_digest(segment: Segment, spec: PictureSpec, rate: rates.FrameRate, build: str) -> str:
    """The name of a segment's content: kind, parameters, sources, encoder and ffmpeg build.

    The number of encoder threads is left out knowingly: it changes bits, not what was asked for, and it
    depends on how busy the machine was.
    """
    return digest.digest(
        "render.segment",
        VERSION,
        {
            "kind": str(segment.kind) if segment.kind else "body",
            "length": segment.length,
            "sides": [_plain_side(side) for side in segment.sides],
            "titles": list(segment.titles),
            "overlays": [replace(overlay, name="") for overlay in segment.overlays],
            "captions": list(segment.captions),
            "finish": segment.finish,
            "clock": segment.clock,
            "font": spec.font,
            "frame": [spec.width, spec.height],
            "rate": str(rate),
            "encoder": spec.encoder,
            "build": build,
        },
    )


def _plain_side(side: Side) -> dict[str, Any]:
    if side.media is None:
        return {"black": True}
    return {
        "sha256": side.media.sha256,
        "kind": side.media.kind,
        # a still has no frames of its own: the same still is the same picture at any source frame
        "start": 0 if side.media.kind is MediaKind.STILL else side.frames.start,
        "retime": side.retime,
        # the neighbours a blend may use end with the range
        **({"frames": side.frames.length} if _blended(side) else {}),
        "span": list(side.span) if side.span else None,
        "effects": list(side.effects),
    }


def _blended(side: Side) -> bool:
    return side.retime is not None and side.retime.sampling is not Sampling.NEAREST
