"""A part of a film as a clip of its own, and a clip put into a fresh file."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from craft.render.graphs.base import COLOUR, NO_CONCEALING, Argv, argv_of, opened, ticks
from craft.terms import rates


def part_command(
    ffmpeg_path: str, path: Path, first: int, rate: rates.FrameRate, frames: int, out: Path
) -> Argv:
    """Write `frames` frames of a film at `rate`, from its frame `first` at that rate; picture only."""
    stream = opened(path).video.filter("fps", str(rate))
    stream = stream.filter("trim", start_frame=first, end_frame=first + frames).filter(
        "setpts", "PTS-STARTPTS"
    )
    output = ffmpeg.output(
        stream,
        str(out),
        vcodec="libx264",
        preset="veryfast",
        crf=16,
        g=48,
        pix_fmt="yuv420p",
        **COLOUR,
        video_track_timescale=ticks(rate),
        fflags="+bitexact",
        flags="+bitexact",
        movflags="+faststart",
        map_metadata=-1,
    )
    return argv_of(output, ffmpeg_path, NO_CONCEALING)


def packed_command(ffmpeg_path: str, path: Path, rate: rates.FrameRate, out: Path) -> Argv:
    """Copy the picture of our own MP4 into one with its index at the front."""
    output = ffmpeg.output(
        opened(path).video,
        str(out),
        vcodec="copy",
        video_track_timescale=ticks(rate),
        fflags="+bitexact",
        movflags="+faststart",
        map_metadata=-1,
    )
    return argv_of(output, ffmpeg_path)
