"""Segments and the programme's sound joined by stream copy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ffmpeg

from craft.render.graphs.base import Argv, argv_of, opened, ticks
from craft.terms import rates


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


def master_command(
    ffmpeg_path: str, listing: Path, sound: Path | None, rate: rates.FrameRate, out: Path
) -> Argv:
    """Join segments and sound by copy into an MP4 that starts to play before it is loaded whole."""
    picture = ffmpeg.input(str(listing), f="concat", safe=1, protocol_whitelist="file").video
    streams = [picture] if sound is None else [picture, opened(sound).audio]
    output = ffmpeg.output(
        *streams,
        str(out),
        c="copy",
        video_track_timescale=ticks(rate),
        movflags="+faststart",
        fflags="+bitexact",
        map_metadata=-1,
    )
    return argv_of(output, ffmpeg_path)
