"""Raw planes out of a picture, and raw frames into a graph."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from craft.render.effects import Box
from craft.render.graphs.base import COLOUR, Argv, Stream, argv_of, opened, ticks
from craft.render.graphs.sources import decoded_picture, fitted
from craft.render.probe import PictureInfo
from craft.terms import rates


def planes_command(ffmpeg_path: str, path: Path, info: PictureInfo, size: tuple[int, int]) -> Argv:
    """One picture as raw yuv420p of `size` in BT.709 video range on standard output, with bars where its shape differs.

    Area averaging: a picture is mostly made smaller here, and a sharper kernel would shimmer under the move.
    """
    stream = fitted(decoded_picture(path, info), info, *size, scaler="area+accurate_rnd+full_chroma_int")
    output = ffmpeg.output(stream, "pipe:1", f="rawvideo", pix_fmt="yuv420p", **{"frames:v": 1})
    return argv_of(output, ffmpeg_path)


def grey_command(ffmpeg_path: str, path: Path, rate: rates.FrameRate, size: tuple[int, int]) -> Argv:
    """All frames of a file at the programme's rate as small grey pictures on standard output."""
    stream = opened(path, threads=1).video.filter("setpts", "PTS-STARTPTS").filter("fps", str(rate))
    stream = stream.filter("scale", *size, flags="area").filter("format", "gray")
    output = ffmpeg.output(stream, "pipe:1", f="rawvideo", pix_fmt="gray")
    return argv_of(output, ffmpeg_path)


def cropped(stream: Stream, box: Box, size: tuple[int, int]) -> Stream:
    """The part of a picture inside a box, in the frame's size; a box of another shape shows all of it."""
    width, height = size
    x, y, across, down = box
    share = max(across, down)
    wide, high = (max(2, round(side * share / 2) * 2) for side in size)
    left = min(max(0, round((x + across / 2) * width - wide / 2)), width - wide)
    top = min(max(0, round((y + down / 2) * height - high / 2)), height - high)
    part = stream.filter("crop", wide, high, left, top, exact=1)
    return part.filter("scale", width, height, flags="bicubic").filter("setsar", 1)


def raw_input(
    url: str, size: tuple[int, int], rate: rates.FrameRate, protocol: str = "pipe", **options: int
) -> Stream:
    """Raw yuv420p frames of `size`, BT.709 video range, from a pipe or a file."""
    width, height = size
    source = ffmpeg.input(
        url,
        f="rawvideo",
        pix_fmt="yuv420p",
        s=f"{width}x{height}",
        framerate=str(rate),
        protocol_whitelist=protocol,
        colorspace="bt709",
        color_range="tv",
        **options,
    )
    return source.video.filter("setsar", 1)


def animatic_command(
    ffmpeg_path: str, url: str, size: tuple[int, int], rate: rates.FrameRate, frames: int, out: Path
) -> Argv:
    """Encode raw frames from a pipe as a clip for the edit: close to what was drawn, quick to seek."""
    output = ffmpeg.output(
        raw_input(url, size, rate),
        str(out),
        vcodec="libx264",
        # a file on the way to the edit: cheap to code and to seek, its size does not matter
        preset="superfast",
        bf=0,
        crf=16,
        g=24,
        threads=1,
        pix_fmt="yuv420p",
        **COLOUR,
        video_track_timescale=ticks(rate),
        fflags="+bitexact",
        flags="+bitexact",
        movflags="+faststart",
        map_metadata=-1,
        **{"frames:v": frames},
    )
    return argv_of(output, ffmpeg_path)
