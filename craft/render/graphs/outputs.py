"""Deliverables, chunks of them, and side files: command lines for finished masters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from craft.render.graphs.base import COLOUR, NO_CONCEALING, Argv, Stream, argv_of, decimal, opened, ticks
from craft.render.wav import SAMPLE_RATE
from craft.terms import rates

SWSCALE = "lanczos+accurate_rnd+full_chroma_int"
BLUR_SHRINK = 8
"""The blurred ground is made at an eighth of the size: nobody sees the difference, and it costs nothing."""
TEST_FRAME = "color=c=gray:s=256x256:r=24:d=1"
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a picture of size `source` becomes one of `size`.

    `fill` is "stretch" where the shapes agree, "crop" (its middle) or "blur" (all of it, over itself out of
    focus). `sharpen` is the amount of luma sharpening, 0 for none. Without `zscale` swscale does the work.
    """

    source: Size
    size: Size
    fill: str = "stretch"
    zscale: bool = True
    kernel: str = "spline36"
    sharpen: float = 0.0


@dataclass(frozen=True, slots=True)
class Coding:
    """A picture encoder with its options, and the pixels it is fed."""

    encoder: str
    pixels: str
    rate: rates.FrameRate
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound of a deliverable: copied packets ("copy") or `samples` of PCM, from a file that has it."""

    path: Path
    codec: str
    samples: int


def encode_command(
    ffmpeg_path: str, master: Path, shape: Shape, coding: Coding, heard: Heard | None, threads: int, out: Path
) -> Argv:
    """The whole master in one run, with its sound."""
    source = opened(master, threads=threads)
    seen = _shaped(source.video, shape, coding.pixels)
    options = _coded(coding, threads) | {"movflags": "+faststart"}
    if heard is None:
        return argv_of(ffmpeg.output(seen, str(out), **options), ffmpeg_path, NO_CONCEALING)
    ears = source if heard.path == master else opened(heard.path)
    stream, sound = _heard(ears.audio, heard)
    return argv_of(ffmpeg.output(seen, stream, str(out), **options, **sound), ffmpeg_path, NO_CONCEALING)


def chunk_command(
    ffmpeg_path: str,
    master: Path,
    start: Fraction,
    frames: int,
    shape: Shape,
    coding: Coding,
    threads: int,
    out: Path,
) -> Argv:
    """`frames` frames from the key frame at `start` seconds, picture only."""
    # exactly the key frame's time: earlier would decode the group before it, later would lose it
    source = opened(master, ss=decimal(start), threads=1)
    seen = _shaped(source.video, shape, coding.pixels)
    output = ffmpeg.output(seen, str(out), **_coded(coding, threads), **{"frames:v": frames})
    return argv_of(output, ffmpeg_path, "-filter_complex_threads", str(threads), NO_CONCEALING)


def concat_list(parts: Sequence[tuple[str, int]], rate: rates.FrameRate) -> str:
    """An ffconcat list of (file name, frames).

    Durations are differences of rounded sums, so the rounding to microseconds never adds up; without them
    ffmpeg takes the container's milliseconds and drifts at every join.
    """
    lines = ["ffconcat version 1.0"]
    frames = 0
    for name, length in parts:
        start, end = (round(rate.seconds(at) * 1_000_000) for at in (frames, frames + length))
        lines += [f"file {name}", f"duration {(end - start) // 1_000_000}.{(end - start) % 1_000_000:06d}"]
        frames += length
    return "\n".join(lines) + "\n"


def join_command(
    ffmpeg_path: str,
    listing: Path,
    heard: Heard | None,
    rate: rates.FrameRate,
    extra: Mapping[str, Any],
    out: Path,
) -> Argv:
    """Chunks and sound in one file; no picture is coded again."""
    seen = ffmpeg.input(str(listing), f="concat", safe=1, protocol_whitelist="file").video
    options = _container(rate) | {"vcodec": "copy", "movflags": "+faststart"} | dict(extra)
    if heard is None:
        return argv_of(ffmpeg.output(seen, str(out), **options), ffmpeg_path)
    stream, sound = _heard(opened(heard.path).audio, heard)
    return argv_of(ffmpeg.output(seen, stream, str(out), **options, **sound), ffmpeg_path)


def sound_command(ffmpeg_path: str, heard: Heard, time_reference: int, out: Path) -> Argv:
    """A 24-bit Broadcast WAV; `time_reference` is its place on the clock in samples since midnight."""
    stream, options = _heard(opened(heard.path).audio, heard)
    output = ffmpeg.output(
        stream,
        str(out),
        **options,
        write_bext=1,
        rf64="auto",
        fflags="+bitexact",
        map_metadata=-1,
        metadata=f"time_reference={time_reference}",
    )
    return argv_of(output, ffmpeg_path)


def trial_command(ffmpeg_path: str, encoder: str, pixels: str) -> Argv:
    """Encode one grey frame and throw it away: listed encoders need not work on this machine."""
    source = ffmpeg.input(TEST_FRAME, f="lavfi").video.filter("format", pixels)
    output = ffmpeg.output(source, "-", f="null", vcodec=encoder, **{"frames:v": 1})
    return argv_of(output, ffmpeg_path)


def trial_scaler_command(ffmpeg_path: str) -> Argv:
    """Scale one grey frame with zscale, which a build may lack."""
    source = ffmpeg.input(TEST_FRAME, f="lavfi").video.filter("zscale", w=320, h=320, filter="spline36")
    return argv_of(ffmpeg.output(source, "-", f="null", **{"frames:v": 1}), ffmpeg_path)


def _container(rate: rates.FrameRate) -> dict[str, Any]:
    return {"video_track_timescale": ticks(rate), "fflags": "+bitexact", "map_metadata": -1}


def _coded(coding: Coding, threads: int) -> dict[str, Any]:
    return {
        "vcodec": coding.encoder,
        "threads": threads,
        "flags": "+bitexact",
        "fps_mode": "passthrough",
        **COLOUR,
        **_container(coding.rate),
        **coding.options,
    }


def _heard(stream: Stream, heard: Heard) -> tuple[Stream, dict[str, Any]]:
    if heard.codec == "copy":
        return stream, {"acodec": "copy"}
    exact = stream.filter("aresample", SAMPLE_RATE).filter("atrim", end_sample=heard.samples)
    # a codec's last packet may hold less than the picture lasts
    exact = exact.filter("apad", whole_len=heard.samples)
    return exact, {"acodec": heard.codec, "ar": SAMPLE_RATE, "ac": 2}


def _shaped(stream: Stream, shape: Shape, pixels: str) -> Stream:
    if shape.fill == "crop":
        width, height = cropped(shape.source, shape.size)
        stream = stream.filter("crop", width, height)
        stream = _scaled(stream, shape, (width, height), shape.size)
    elif shape.fill == "blur":
        stream = _on_blur(stream, shape)
    else:
        stream = _scaled(stream, shape, shape.source, shape.size)
    if shape.sharpen:
        stream = stream.filter("unsharp", 5, 5, f"{shape.sharpen:.3f}", 5, 5, 0)
    if pixels != "yuv420p":
        # the picture is 8 bit 4:2:0 until here; more chroma lines are interpolated, not repeated
        stream = stream.filter("scale", flags="bicubic+accurate_rnd+full_chroma_int")
    return stream.filter("format", pixels)


def _scaled(stream: Stream, shape: Shape, source: Size, size: Size) -> Stream:
    if source == size:
        return stream
    width, height = size
    if shape.zscale:
        return stream.filter("zscale", w=width, h=height, filter=shape.kernel).filter("setsar", 1)
    return stream.filter("scale", width, height, flags=SWSCALE).filter("setsar", 1)


def _on_blur(stream: Stream, shape: Shape) -> Stream:
    """The whole picture in the middle of itself, enlarged, darkened and out of focus."""
    copies = stream.split()
    width, height = shape.size
    small = (even(width / BLUR_SHRINK), even(height / BLUR_SHRINK))
    part = cropped(shape.source, shape.size)
    ground = copies[0].filter("crop", *part).filter("scale", *small, flags="area")
    ground = ground.filter("gblur", sigma=3, steps=2).filter(
        "lutyuv", y="16+(val-16)*0.6", u="128+(val-128)*0.7", v="128+(val-128)*0.7"
    )
    ground = ground.filter("scale", width, height, flags="bicubic").filter("setsar", 1)
    inside = contained(shape.source, shape.size)
    front = _scaled(copies[1], shape, shape.source, inside)
    left, top = (width - inside[0]) // 4 * 2, (height - inside[1]) // 4 * 2
    return ffmpeg.overlay(ground, front, x=left, y=top, format="yuv420")


def even(value: Fraction | float) -> int:
    """The nearest even number, at least 2."""
    return max(2, round(value / 2) * 2)


def alike(source: Size, size: Size) -> bool:
    """True when one frame becomes the other by scaling: to the even pixel, nothing is cut and nothing bent."""
    return abs(size[0] * source[1] - size[1] * source[0]) <= 2 * max(source)


def cropped(source: Size, size: Size) -> Size:
    """The largest even part of `source` that has the shape of `size`."""
    wanted = Fraction(*size)
    if Fraction(*source) > wanted:
        return min(source[0], even(source[1] * wanted)), source[1]
    return source[0], min(source[1], even(source[0] / wanted))


def contained(source: Size, size: Size) -> Size:
    """The largest even size of the shape of `source` inside `size`."""
    factor = min(Fraction(size[0], source[0]), Fraction(size[1], source[1]))
    return min(size[0], even(source[0] * factor)), min(size[1], even(source[1] * factor))


@dataclass(frozen=True, slots=True)
class SideGraph:
    """What one decode of a master is split into; numbers count key frames.

    Every `tile_step`-th key frame becomes a thumbnail of `tile`, on sheets of `grid`; every `sheet_step`-th
    one a picture of the contact sheet; `poster` is the number of the poster's, with its size.
    """

    tile_step: int
    tile: Size
    grid: Size
    sheet_step: int
    sheet_tile: Size
    sheet_grid: Size
    poster: int
    poster_size: Size
    proxy: Size | None


SPRITES = "sprites-%03d.jpg"
CONTACT_SHEET = "contact.jpg"
POSTER = "poster.jpg"
PROXY = "proxy.mp4"


def sides_command(
    ffmpeg_path: str, master: Path, sides: SideGraph, proxy: Coding | None, heard: bool, room: Path
) -> Argv:
    """Thumbnails, contact sheet, poster and, where asked for, a proxy: one decode, of key frames alone
    unless the proxy needs all."""
    source = opened(master) if proxy else opened(master, skip_frame="nokey")
    copies = source.video.split()
    keys = [copies[n].filter("select", "key") if proxy else copies[n] for n in range(3)]
    sheets = _thumbnail(keys[0].filter("select", f"not(mod(n,{sides.tile_step}))"), sides.tile)
    contact = _thumbnail(keys[1].filter("select", f"not(mod(n,{sides.sheet_step}))"), sides.sheet_tile)
    poster = _thumbnail(keys[2].filter("select", f"eq(n,{sides.poster})"), sides.poster_size)
    grids = ["x".join(map(str, grid)) for grid in (sides.grid, sides.sheet_grid)]
    jpeg = {"q:v": 4, "fps_mode": "passthrough", "flags": "+bitexact", "map_metadata": -1}
    single = {"update": 1, "frames:v": 1, **jpeg}
    outputs = [
        ffmpeg.output(
            sheets.filter("tile", grids[0]), str(room / SPRITES), f="image2", start_number=0, **jpeg
        ),
        ffmpeg.output(contact.filter("tile", grids[1]), str(room / CONTACT_SHEET), f="image2", **single),
        ffmpeg.output(poster, str(room / POSTER), f="image2", **single),
    ]
    if proxy is not None and sides.proxy is not None:
        small = copies[3].filter("scale", *sides.proxy, flags="bicubic").filter("setsar", 1)
        options = _coded(proxy, 0) | {"movflags": "+faststart"}
        streams = [small.filter("format", "yuv420p"), *([source.audio] if heard else [])]
        sound = {"acodec": "copy"} if heard else {}
        outputs.append(ffmpeg.output(*streams, str(room / PROXY), **options, **sound))
    return argv_of(ffmpeg.merge_outputs(*outputs), ffmpeg_path)


def _thumbnail(stream: Stream, size: Size) -> Stream:
    """A small picture in the colours JPEG files are read in: BT.601, full range."""
    colours = {"in_color_matrix": "bt709", "in_range": "tv", "out_color_matrix": "bt601", "out_range": "pc"}
    scaled = stream.filter("scale", *size, flags="area", **colours)
    return scaled.filter("setsar", 1).filter("format", "yuvj420p")
