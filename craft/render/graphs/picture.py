"""One segment of the programme as one command: sides at the programme's size, rate and colour, joined, titled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from craft.render.grade import Grade, curves
from craft.render.graphs.base import COLOUR, Argv, Stream, argv_of, decimal, opened, ticks
from craft.render.model import MediaKind, Title
from craft.render.plan import EncoderSpec, PictureSpec, Segment, Side
from craft.render.probe import PictureInfo
from craft.terms import cuts, rates

TITLES_FILE = "titles.ass"
"""Stands in the directory the command runs in, so that no path enters the graph."""


@dataclass(frozen=True, slots=True)
class Source:
    """A side's file and what probing said about it (None for black)."""

    path: Path
    info: PictureInfo


def segment_command(
    ffmpeg_path: str,
    segment: Segment,
    sources: Sequence[Source | None],
    spec: PictureSpec,
    rate: rates.FrameRate,
    threads: int,
    out: Path,
) -> Argv:
    """Render one segment to an MP4 without sound. `sources` go with `segment.sides`."""
    if segment.kind is cuts.Transition.FLASH:
        stream = _plain_colour("white", segment.length, spec, rate, 0)
    else:
        sides = [
            _side(side, source, segment.length, spec, rate, number)
            for number, (side, source) in enumerate(zip(segment.sides, sources, strict=True))
        ]
        stream = sides[0] if segment.kind is None else _join(sides, segment, rate)
    stream = _titled(stream, segment, rate)
    output = ffmpeg.output(
        stream, str(out), **_encoder(spec.encoder, rate, threads), **{"frames:v": segment.length}
    )
    return argv_of(output, ffmpeg_path, "-filter_complex_threads", "1")


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
        "x264-params": "stitchable=1:open-gop=0",
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


def _side(
    side: Side, source: Source | None, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int
) -> Stream:
    """Exactly `length` frames of a side, at the programme's size, rate and colour."""
    if source is None or side.media is None:
        return _plain_colour("black", length, spec, rate, number)
    if side.media.kind is MediaKind.STILL:
        return _still(side, source, length, spec, rate, number)
    stream = (
        opened(source.path, threads=1, **_own(number))
        .video.filter("setpts", "PTS-STARTPTS")
        .filter("fps", str(rate))
    )
    return _graded(_fitted(_frames(stream, side.frames.start, length), source.info, spec), side)


def _still(
    side: Side, source: Source, length: int, spec: PictureSpec, rate: rates.FrameRate, number: int
) -> Stream:
    """One picture, scaled and graded once and then repeated."""
    one = _graded(_fitted(opened(source.path, threads=1, **_own(number)).video, source.info, spec), side)
    held = one.filter("loop", loop=length - 1, size=1) if length > 1 else one
    return held.filter("settb", f"{rate.den}/{rate.num}").filter("setpts", "N").filter("fps", str(rate))


def _fitted(stream: Stream, info: PictureInfo, spec: PictureSpec) -> Stream:
    """Into the frame with bars where the shape differs, as BT.709 video range 4:2:0.

    Filters are left out where the source already fits: an idle scaler still costs a copy of every frame.
    """
    turned = info.rotation in (90, 270)
    shape = (info.height, info.width) if turned else (info.width, info.height)
    fits = shape == (spec.width, spec.height) and info.sample_aspect == 1
    colour = _conversion(info)
    if not fits or colour:
        size = {} if fits else _contained(shape, info.sample_aspect, spec)
        stream = stream.filter("scale", flags="bicubic+accurate_rnd+full_chroma_int", **size, **colour)
    stream = stream.filter("format", "yuv420p")
    if not fits:
        stream = stream.filter("pad", spec.width, spec.height, "(ow-iw)/2", "(oh-ih)/2", color="black")
    return stream.filter("setsar", 1)


def _contained(shape: tuple[int, int], aspect: Fraction, spec: PictureSpec) -> dict[str, int]:
    """The largest even size of the source's shape inside the frame."""
    wide = Fraction(shape[0]) * aspect
    factor = min(spec.width / wide, Fraction(spec.height, shape[1]))
    return {
        "w": max(2, min(spec.width, round(wide * factor / 2) * 2)),
        "h": max(2, min(spec.height, round(shape[1] * factor / 2) * 2)),
    }


def _conversion(info: PictureInfo) -> dict[str, str]:
    """Scaler options that bring the source to BT.709 video range; empty when it is there already.

    Untagged YUV is taken as BT.709, which is what our own engines write.
    """
    wanted = {"out_color_matrix": "bt709", "out_range": "tv"}
    if info.pixels.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal", "gray", "mono", "ya")):
        return wanted
    matrix = {"smpte170m": "bt601", "bt470bg": "bt601", "bt2020nc": "bt2020"}.get(info.matrix, "bt709")
    full = info.colour_range == "pc" or info.pixels.startswith("yuvj")
    if matrix == "bt709" and not full:
        return {}
    return {"in_color_matrix": matrix, "in_range": "pc" if full else "tv", **wanted}


def _graded(stream: Stream, side: Side) -> Stream:
    for effect in side.effects:
        if isinstance(effect, Grade):
            stream = _primaries(stream, effect)
    return stream


def _primaries(stream: Stream, grade: Grade) -> Stream:
    numbers = curves(grade)
    if numbers.shifts_chroma:
        # ahead of the luma table, because the offsets are functions of the luma before the grade
        stream = stream.filter(
            "colorcorrect",
            rl=f"{numbers.red_low:.6f}",
            rh=f"{numbers.red_high:.6f}",
            bl=f"{numbers.blue_low:.6f}",
            bh=f"{numbers.blue_high:.6f}",
            saturation=f"{numbers.chroma:.6f}",
        )
        return stream.filter("lutyuv", y=numbers.luma)
    chroma = f"clip(round((val-128)*{numbers.chroma:.6f}+128),16,240)"
    return stream.filter("lutyuv", y=numbers.luma, u=chroma, v=chroma)


def _join(sides: Sequence[Stream], segment: Segment, rate: rates.FrameRate) -> Stream:
    """N frames in which frame k shows the incoming side by (k + 1) / (N + 1): every frame is mixed.

    xfade shows the pure outgoing side first and drops to the incoming one when an input ends, so both sides
    get a copy of their first and last frame, and the ends of the longer transition are cut off again.
    """
    assert segment.kind is not None
    padded = [
        side.filter("tpad", start=1, stop=1, start_mode="clone", stop_mode="clone").filter("fps", str(rate))
        for side in sides
    ]
    length = decimal(rate.seconds(segment.length + 1))
    joined = ffmpeg.filter(padded, "xfade", transition=cuts.XFADE[segment.kind], duration=length, offset=0)
    return _frames(joined, 1, segment.length)


def _titled(stream: Stream, segment: Segment, rate: rates.FrameRate) -> Stream:
    """Draw the titles file; the stream's clock is shifted for titles that begin before the segment."""
    if not segment.titles:
        return stream
    early = title_lead(segment)
    ahead = f"PTS+{early * rate.den}/{rate.num}/TB" if early else "PTS"
    return stream.filter("setpts", ahead).filter("ass", TITLES_FILE).filter("setpts", "PTS-STARTPTS")


def title_lead(segment: Segment) -> int:
    """Frames to count ahead of the segment so that no title begins at a negative time."""
    return max([0, *(-title.at.start for title in segment.titles)])


def shifted(titles: Sequence[Title], frames: int) -> tuple[Title, ...]:
    """The same titles, `frames` later."""
    return tuple(replace(title, at=title.at.moved(frames)) for title in titles)
