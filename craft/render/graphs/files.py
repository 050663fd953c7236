"""Stills, sheets and proxies of finished files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ffmpeg

from craft.render.graphs.base import AAC, Argv, Stream, argv_of, decimal, opened
from craft.render.probe import MediaInfo, PictureInfo


def still_command(
    ffmpeg_path: str, path: Path, frame: int, info: PictureInfo, width: int | None, out: Path
) -> Argv:
    """Write one frame. The seek aims a quarter of a frame early, so rounding cannot land on the next one."""
    seek = {}
    if info.fps is not None and frame > 0:
        seek["ss"] = decimal((Fraction(frame) - Fraction(1, 4)) / info.fps)
    stream = _narrowed(opened(path, **seek).video, width)
    return argv_of(ffmpeg.output(stream, str(out), update=1, **{"frames:v": 1, "q:v": 3}), ffmpeg_path)


def _narrowed(stream: Stream, width: int | None) -> Stream:
    return stream if width is None else stream.filter("scale", width, -2, flags="area")


def sheet_command(
    ffmpeg_path: str, path: Path, every: int, grid: tuple[int, int], width: int, out: Path
) -> Argv:
    """Tile every n-th frame into one image."""
    columns, rows = grid
    stream = (
        opened(path).video.filter("select", f"not(mod(n,{every}))").filter("scale", width, -2, flags="area")
    )
    stream = stream.filter("setsar", 1).filter("tile", f"{columns}x{rows}")
    return argv_of(ffmpeg.output(stream, str(out), update=1, **{"frames:v": 1, "q:v": 3}), ffmpeg_path)


def proxy_command(ffmpeg_path: str, path: Path, info: MediaInfo, width: int, out: Path) -> Argv:
    """A small copy of a file, with its sound where it has any."""
    source = opened(path)
    picture = _narrowed(source.video, width).filter("format", "yuv420p")
    fps = info.picture.fps if info.picture else None
    every = max(1, round(float(fps or 24) / 2))
    streams = [picture] if info.sound is None else [picture, source.audio]
    output = ffmpeg.output(
        *streams,
        str(out),
        **AAC,
        vcodec="libx264",
        preset="veryfast",
        crf=26,
        g=every,
        movflags="+faststart",
        map_metadata=-1,
        fps_mode="passthrough",
    )
    return argv_of(output, ffmpeg_path)
