"""Pictures in the picture: an overlay is drawn like a side of its own small frame and laid over the segment.

┌──────────────────┐
│        ┌───────┐ │   box      the room it may take; the source keeps its shape inside it, in the middle
│        │▕     ▏│ │   border   a white line inside the box, round the picture
│        └───────┘ │
└──────────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import ffmpeg

from craft.render.effects import Box, follows_time
from craft.render.graphs import timing
from craft.render.graphs.base import Stream, contained
from craft.render.model import FrameRange, MediaKind, Overlay
from craft.render.plan import PictureSpec, Side
from craft.render.probe import PictureInfo
from craft.terms import rates


@dataclass(frozen=True, slots=True)
class Inset:
    """The part of an overlay that a segment shows.

    `side` is what is drawn, in a frame of `spec`; `first` the segment's frame it begins at; `corner` where
    its border begins and `border` how wide that is, in pixels; `shares` the part of every frame, of 256,
    that covers the picture beneath, empty when it covers all.
    """

    side: Side
    spec: PictureSpec
    first: int
    corner: tuple[int, int]
    border: int
    shares: tuple[int, ...]


def inset(overlay: Overlay, length: int, info: PictureInfo, spec: PictureSpec) -> Inset:
    """An overlay as it is seen in a segment of `length` frames, which it may begin before or outlast."""
    skipped = max(0, -overlay.at.start)
    shown = min(overlay.at.end, length) - overlay.at.start - skipped
    start = 0 if overlay.media.kind is MediaKind.STILL else overlay.source_start + skipped
    effects = tuple(effect for effect in overlay.effects if not effect.neutral())
    # what follows time runs over the whole overlay, as it does over a whole clip
    span = (skipped, overlay.at.length) if any(follows_time(effect) for effect in effects) else None
    side = Side(overlay.media, FrameRange(start, shown), effects, overlay.name, None, span)
    border = round(overlay.border * spec.height / 2) * 2
    left, top, width, height = _pixels(overlay.box, spec)
    inner = contained(info, max(2, width - 2 * border), max(2, height - 2 * border))
    corner = tuple(
        (low + (room - size - 2 * border) // 2) // 2 * 2
        for low, room, size in ((left, width, inner[0]), (top, height, inner[1]))
    )
    frame = replace(spec, width=inner[0], height=inner[1])
    shares = tuple(_share(overlay, number) for number in range(skipped, skipped + shown))
    plain = all(share == timing.WHOLE_WEIGHT for share in shares)
    at = (corner[0], corner[1])
    return Inset(side, frame, max(0, overlay.at.start), at, border, () if plain else shares)


def laid(beneath: Stream, inner: Stream, shown: Inset, rate: rates.FrameRate, number: int) -> Stream:
    """An inset over the frames it belongs to and no others."""
    width, height = shown.spec.width + 2 * shown.border, shown.spec.height + 2 * shown.border
    if shown.border:
        inner = inner.filter("pad", width, height, shown.border, shown.border, color="white")
    if shown.shares:
        cover = timing.weights(shown.shares, rate, (width, height), number, "gray")
        inner = ffmpeg.filter([inner.filter("format", "yuva420p"), cover], "alphamerge")
    if shown.first:
        # in frames, which are whole: seconds would be rounded down to the frame before
        inner = inner.filter("settb", f"{rate.den}/{rate.num}").filter("setpts", f"PTS+{shown.first}")
    return ffmpeg.filter(
        [beneath, inner],
        "overlay",
        x=shown.corner[0],
        y=shown.corner[1],
        format="yuv420",
        eof_action="pass",
        repeatlast=0,
    )


def _pixels(box: Box, spec: PictureSpec) -> tuple[int, int, int, int]:
    """A box in pixels: left, top, width, height."""
    x, y, width, height = box
    left, top = round(x * spec.width), round(y * spec.height)
    return left, top, round((x + width) * spec.width) - left, round((y + height) * spec.height) - top


def _share(overlay: Overlay, number: int) -> int:
    """The part of frame `number` of an overlay that covers what is beneath; fades as dissolves do."""
    ends = min(number, overlay.at.length - 1 - number)
    return round(timing.WHOLE_WEIGHT * overlay.opacity * min(1.0, (ends + 1) / (overlay.fade + 1)))
