"""One segment of the programme as one command: sides at the programme's size, rate and colour, joined, titled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ffmpeg

from craft.render.effects import Reframe
from craft.render.graphs import moves, overlays, timing
from craft.render.graphs import sources as sources_graph
from craft.render.graphs.base import COLOUR, NO_CONCEALING, Argv, Stream, argv_of, decimal, ticks
from craft.render.graphs.colour import coloured
from craft.render.graphs.letterbox import barred
from craft.render.graphs.styles import moving, styled
from craft.render.graphs.words import worded
from craft.render.looks import FINISH_CUBE, FIRST_OVERLAY, Chain, cube_name, drawn_styles, looks_of
from craft.render.model import FrameRange, MediaKind
from craft.render.plan import EncoderSpec, PictureSpec, Segment, Side
from craft.render.probe import PictureInfo
from craft.terms import cuts, rates

SWITCHES = ("-filter_complex_threads", "1", NO_CONCEALING)
Left = tuple[FrameRange, Path]
"""Frames of a medium, at the programme's rate, and the file they are left in."""
OF_THE_JOIN = -1
"""The number of a transition's own inputs; sides and overlays count from 0."""


@dataclass(frozen=True, slots=True)
class Source:
    """A side's file and what probing said about it (None for black)."""

    path: Path
    info: PictureInfo
    feed: str = ""
    """Where its frames come from when this process makes them: a pipe."""
    handle: Path | None = None
    """The side's frames as another command left them, decoded and fitted."""
    note: str = ""
    """What has to be said of it wherever it is shown."""


def segment_command(
    ffmpeg_path: str,
    segment: Segment,
    sources: Sequence[Source | None],
    spec: PictureSpec,
    rate: rates.FrameRate,
    threads: int,
    out: Path,
    laid_over: Sequence[Source] = (),
    left: Sequence[Left] = (),
) -> Argv:
    """Render one segment to an MP4 without sound. `sources` go with its sides, `laid_over` with its overlays.

    A body of a plain medium leaves the frames of `left` as raw yuv420p of the programme's size in their files.
    """
    looks = looks_of(segment)
    taps: list[Stream] = []
    if left:
        stream, taps = _tapped(segment.sides[0], sources[0], spec, rate, looks.sides[0], left)
    elif segment.kind is cuts.Transition.FLASH:
        stream = _plain_colour("white", segment.length, spec, rate, 0)
    else:
        sides = [
            _side(side, source, segment.length, spec, rate, number, looks.sides[number])
            for number, (side, source) in enumerate(zip(segment.sides, sources, strict=True))
        ]
        stream = sides[0] if segment.kind is None else _join(sides, segment, rate, spec)
    over = zip(segment.overlays, laid_over, looks.overlays, strict=True)
    for number, (overlay, source, chain) in enumerate(over, FIRST_OVERLAY):
        inset = overlays.inset(overlay, segment.length, source.info, spec)
        inner = _side(inset.side, source, inset.side.frames.length, inset.spec, rate, number, chain)
        stream = overlays.laid(stream, inner, inset, rate, number)
    stream = worded(_finished(stream, segment, spec, looks.finish), segment, rate)
    output = ffmpeg.output(
        stream, str(out), **_encoder(spec.encoder, rate, threads), **{"frames:v": segment.length}
    )
    if taps:
        output = ffmpeg.merge_outputs(output, *taps)
    return argv_of(output, ffmpeg_path, *SWITCHES)


def _tapped(
    side: Side,
    source: Source | None,
    spec: PictureSpec,
    rate: rates.FrameRate,
    colours: Chain,
    left: Sequence[Left],
) -> tuple[Stream, list[Stream]]:
    """A body's side, and an output for each range of frames around it that it leaves; all of one decoding."""
    assert source is not None
    ranges = [side.frames, *(frames for frames, _ in left)]
    first, end = min(one.start for one in ranges), max(one.end for one in ranges)
    wide = replace(side, frames=FrameRange(first, end - first))
    copies = _arranged(wide, source, end - first, spec, rate, 0).filter_multi_output("split", len(ranges))
    parts = [_frames(copies[n], one.start - first, one.length) for n, one in enumerate(ranges)]
    raw = {"f": "rawvideo", "pix_fmt": "yuv420p"}
    taps = [
        ffmpeg.output(part, str(path), **raw, **{"frames:v": frames.length})
        for part, (frames, path) in zip(parts[1:], left, strict=True)
    ]
    return _seen(side, parts[0], spec, colours, 0), taps


def _encoder(encoder: EncoderSpec, rate: rates.FrameRate, threads: int) -> dict[str, Any]:
    return {
        "vcodec": "libx264",
        "preset": encoder.preset,
        "crf": encoder.crf,
        "profile:v": encoder.profile,
        "g": encoder.keyframe_every,
        "keyint_min": 1,
        "bf": encoder.b_frames,
        "flags": "+cgop+bitexact",
        "fflags": "+bitexact",
        # chroma where swscale puts it, or the tag of a source would be taken over and its segment not be joined
        "x264-params": "stitchable=1:open-gop=0:chromaloc=0",
        "threads": threads,
        "pix_fmt": "yuv420p",
        **COLOUR,
        "video_track_timescale": ticks(rate),
        "map_metadata": -1,
    }


def _own(number: int) -> dict[str, int]:
    """An input option that does nothing but differ, so that ffmpeg-python, which merges equal inputs, opens
    a medium that dissolves into itself once for each side."""
    return {"thread_queue_size": 8 + number}


def _plain_colour(colour: str, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int) -> Stream:
    size = f"{spec.width}x{spec.height}"
    seconds = decimal(rate.seconds(length + 1))
    source = ffmpeg.input(f"color=c={colour}:s={size}:r={rate}:d={seconds}", f="lavfi", **_own(number))
    return _frames(source.video.filter("format", "yuv420p").filter("setsar", 1), 0, length)


def _frames(stream: Stream, start: int, length: int) -> Stream:
    cut = stream.filter("trim", start_frame=start, end_frame=start + length)
    return cut.filter("setpts", "PTS-STARTPTS")


def _finished(stream: Stream, segment: Segment, spec: PictureSpec, colours: Chain) -> Stream:
    """What the whole programme's picture gets: its colours, its styles, its shape."""
    size = (spec.width, spec.height)
    stream = coloured(stream, colours, FINISH_CUBE)
    stream = styled(stream, drawn_styles(segment.finish.effects), size)
    return barred(stream, *size, segment.finish.letterbox)


def _side(
    side: Side,
    source: Source | None,
    length: int,
    spec: PictureSpec,
    rate: rates.FrameRate,
    number: int,
    colours: Chain,
) -> Stream:
    """Exactly `length` frames of a side, at the programme's size, rate and colour; `colours` are its own."""
    if source is None or side.media is None:
        return _plain_colour("black", length, spec, rate, number)
    if side.media.kind is MediaKind.STILL:
        return _still(side, source, length, spec, rate, number, colours)
    size = (spec.width, spec.height)
    if source.feed:
        # what is warped on its way has been reframed there
        stream = _frames(moves.raw_input(source.feed, size, rate), 0, length)
        return styled(coloured(stream, colours, cube_name(number)), drawn_styles(side.effects), size)
    if source.handle is not None:
        frames = moves.raw_input(str(source.handle.absolute()), size, rate, "file", **_own(number))
        return _seen(side, _frames(frames, 0, length), spec, colours, number)
    return _seen(side, _arranged(side, source, length, spec, rate, number), spec, colours, number)


def _seen(side: Side, stream: Stream, spec: PictureSpec, colours: Chain, number: int) -> Stream:
    """Fitted frames as the side shows them: reframed, coloured, styled."""
    size = (spec.width, spec.height)
    for effect in side.effects:
        if isinstance(effect, Reframe):
            stream = moves.cropped(stream, effect.start, size)
    return styled(coloured(stream, colours, cube_name(number)), drawn_styles(side.effects), size)


def _arranged(
    side: Side, source: Source, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int
) -> Stream:
    """Exactly `length` frames at the programme's rate and size, in the order they are shown."""
    order = timing.order_of(side)
    stream = _wanted(side, source, length, spec, rate, number)
    return timing.arranged(stream, order, length, rate, (spec.width, spec.height), number)


def _wanted(
    side: Side, source: Source, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int
) -> Stream:
    """The source frames that a side shows or blends, at the programme's rate and size, as they come."""
    order = timing.order_of(side)
    stream = timing.decoded(source.path, source.info, side, order, length, rate, **_own(number))
    return sources_graph.fitted(stream, source.info, spec.width, spec.height)


def prepared_command(
    ffmpeg_path: str,
    side: Side,
    source: Source,
    spec: PictureSpec,
    rate: rates.FrameRate,
    length: int,
    as_they_come: bool = False,
) -> Argv:
    """The frames of a side ahead of its moves and colours, raw yuv420p on standard output.

    Of a side along the motion they are the source frames between which it moves. `as_they_come`: the frames that
    its order wants, in the order of the source.
    """
    order = timing.order_of(side)
    if as_they_come:
        stream, frames = _wanted(side, source, length, spec, rate, 0), len(order.wanted) if order else length
    else:
        stream = _arranged(side, source, length, spec, rate, 0)
        frames = len(order.times) if order is not None and order.times else length
    output = ffmpeg.output(stream, "pipe:1", f="rawvideo", pix_fmt="yuv420p", **{"frames:v": frames})
    return argv_of(output, ffmpeg_path, *SWITCHES)


def _still(
    side: Side,
    source: Source,
    length: int,
    spec: PictureSpec,
    rate: rates.FrameRate,
    number: int,
    colours: Chain,
) -> Stream:
    """One picture, scaled, graded and styled once and then repeated; styles that move come afterwards."""
    styles, size = drawn_styles(side.effects), (spec.width, spec.height)
    if source.feed:
        frames = _frames(moves.raw_input(source.feed, size, rate), 0, length)
        return styled(coloured(frames, colours, cube_name(number)), styles, size)
    picture = sources_graph.decoded_picture(source.path, source.info, **_own(number))
    fitted = sources_graph.fitted(picture, source.info, *size)
    one = coloured(fitted, colours, cube_name(number))
    if not moving(styles):
        return _held(styled(one, styles, size), length, rate)
    return styled(_held(one, length, rate), styles, size)


def _held(one: Stream, length: int, rate: rates.FrameRate) -> Stream:
    """One frame `length` times, in even steps."""
    held = one.filter("loop", loop=length - 1, size=1) if length > 1 else one
    return held.filter("settb", f"{rate.den}/{rate.num}").filter("setpts", "N").filter("fps", str(rate))


def _join(sides: Sequence[Stream], segment: Segment, rate: rates.FrameRate, spec: PictureSpec) -> Stream:
    """N frames in which frame k shows the incoming side by (k + 1) / (N + 1): every frame is mixed.

    xfade shows the pure outgoing side first and drops to the incoming one when an input ends, so both sides
    get a copy of their first and last frame, and the ends of the longer transition are cut off again.
    """
    assert segment.kind is not None
    colour = timing.THROUGH.get(segment.kind)
    if colour is not None:
        plain = _plain_colour(colour, segment.length, spec, rate, OF_THE_JOIN)
        return timing.through(sides, plain, segment.length, rate, (spec.width, spec.height), OF_THE_JOIN)
    # two copies at the end: the rate filter drops the last frame of some streams
    padded = [
        side.filter("tpad", start=1, stop=2, start_mode="clone", stop_mode="clone").filter("fps", str(rate))
        for side in sides
    ]
    length = decimal(rate.seconds(segment.length + 1))
    joined = ffmpeg.filter(padded, "xfade", transition=cuts.XFADE[segment.kind], duration=length, offset=0)
    return _frames(joined, 1, segment.length)
