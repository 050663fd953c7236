"""A still in motion: a clip of exactly so many frames from one picture, for engines that make no motion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from craft.render.errors import ProbeError, RenderError
from craft.render.execute import Cancelled, FrameProgress, finished_file, never, pull, run
from craft.render.feeds import Feed
from craft.render.graphs import moves as graph
from craft.render.graphs.base import upright
from craft.render.moves import Planes, Pose, master_size, shifted, travels_unscaled, warped
from craft.render.mp4 import read_mp4
from craft.render.probe import PictureInfo, probe
from craft.render.tools import Tools, find_tools
from craft.terms import rates

ANIMATIC_VERSION = 3


def animate(
    still: Path,
    poses: Sequence[Pose],
    rate: rates.FrameRate,
    size: tuple[int, int],
    out: Path,
    *,
    tools: Tools | None = None,
    progress: FrameProgress | None = None,
    cancelled: Cancelled = never,
) -> Path:
    """Write one frame of `size` (even) for each pose over a picture, as MP4. Returns `out`.

    Raises `RenderError` for a file without a picture, no pose, or a failed step; nothing is left half-written.
    """
    tools = tools or find_tools()
    if not poses:
        raise RenderError("no_frames", still.name, "a clip needs at least one frame")
    planes = still_planes(tools, still, master_size_of(still, size, poses, tools), cancelled)
    feed = Feed(lambda: frames_of(planes, poses, size))
    with finished_file(out) as partial:
        argv = graph.animatic_command(tools.ffmpeg, feed.url, size, rate, len(poses), partial)
        run(argv, what=still.name, progress=progress, cancelled=cancelled, feeds=[feed])
        _check(partial, len(poses), still.name)
    return out


def frames_of(planes: Planes, poses: Sequence[Pose], size: tuple[int, int]) -> Iterator[bytes]:
    """Raw frames, one for each pose; a pose that stands still is drawn once."""
    drawn = shifted if travels_unscaled(planes, poses, size) else warped
    last: tuple[Pose, bytes] | None = None
    for pose in poses:
        if last is None or last[0] != pose:
            last = (pose, drawn(planes, pose, size))
        yield last[1]


def master_size_of(
    still: Path, size: tuple[int, int], poses: Sequence[Pose], tools: Tools
) -> tuple[int, int]:
    """The size at which a still is kept for these poses. Raises `RenderError("no_picture")`."""
    return master_size(upright(_picture(still, tools)), size, poses)


def still_planes(tools: Tools, still: Path, size: tuple[int, int], cancelled: Cancelled = never) -> Planes:
    """A picture as planes of `size`, with black bars where its shape differs."""
    info = _picture(still, tools)
    pieces: list[bytes] = []
    argv = graph.planes_command(tools.ffmpeg, still, info, size)
    pull(argv, pieces.append, what=still.name, code="picture_unreadable", cancelled=cancelled)
    try:
        return Planes.of(b"".join(pieces), *size)
    except ValueError as error:
        raise RenderError("picture_unreadable", still.name, str(error)) from error


def _picture(still: Path, tools: Tools) -> PictureInfo:
    info = probe(still, tools).picture
    if info is None:
        raise RenderError("no_picture", still.name, "the file has no picture")
    return info


def _check(path: Path, frames: int, name: str) -> None:
    """The file has exactly the frames that were asked for."""
    try:
        found = next((track.samples for track in read_mp4(path) if track.kind == "video"), 0)
    except ProbeError as error:
        raise RenderError("clip_damaged", name, str(error)) from error
    if found != frames:
        raise RenderError("clip_short", name, f"{found} of {frames} frames came out")
