"""A part of a film as a clip of its own, frame by frame; and a film written piecewise made whole."""

from __future__ import annotations

from pathlib import Path

from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never, run
from craft.render.graphs import cutting as graph
from craft.render.mp4 import read_mp4
from craft.render.tools import Tools, find_tools
from craft.terms import rates


def part_of_film(
    film: Path,
    first: int,
    frames: int,
    rate: rates.FrameRate,
    out: Path,
    *,
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> None:
    """Write exactly `frames` frames of a film at `rate`, beginning with its frame `first`, to the MP4 `out`.

    Picture only. Raises `RenderError` ("part_short" where the film ends before) and `RenderCancelled`.
    """
    tools = tools or find_tools()
    with finished_file(out) as partial:
        argv = graph.part_command(tools.ffmpeg, film, first, rate, frames, partial)
        run(argv, what=film.name, cancelled=cancelled)
        found = frames_of(partial)
        if found != frames:
            raise RenderError("part_short", film.name, f"{found} of {frames} frames came out")


def packed(film: Path, rate: rates.FrameRate, out: Path, *, tools: Tools | None = None) -> int:
    """Write the picture of an MP4 that was coded here into one that can be played before it has come whole; its
    frames. Raises `RenderError`."""
    tools = tools or find_tools()
    with finished_file(out) as partial:
        run(graph.packed_command(tools.ffmpeg, film, rate, partial), what=film.name)
        return frames_of(partial)


def frames_of(clip: Path) -> int:
    """How many frames the picture of an MP4 has; 0 where it has no picture."""
    return next((track.samples for track in read_mp4(clip) if track.kind == "video"), 0)
