"""Single frames, contact sheets and proxies of finished files."""

from __future__ import annotations

from pathlib import Path

from craft.render.errors import RenderError
from craft.render.execute import Cancelled, FrameProgress, finished_file, never, run
from craft.render.graphs import files as graph
from craft.render.probe import PictureInfo, probe
from craft.render.tools import Tools, find_tools


def still(path: Path, frame: int, out: Path, *, width: int | None = None, tools: Tools | None = None) -> Path:
    """Write one frame (counted from 0) as an image; `out`'s suffix chooses PNG or JPEG. Returns `out`.

    Raises `RenderError("no_frame")` when the file has no such frame.
    """
    tools = tools or find_tools()
    info = _picture(path, tools)
    if not 0 <= frame < info.frames or (info.fps is None and frame > 0):
        raise RenderError("no_frame", f"frame {frame} of {path.name}", f"it has {info.frames} frames")
    with finished_file(out) as partial:
        run(graph.still_command(tools.ffmpeg, path, frame, info, width, partial), what=f"frame {frame}")
        _written(partial, f"frame {frame} of {path.name}")
    return out


def contact_sheet(
    path: Path,
    out: Path,
    *,
    columns: int = 4,
    rows: int = 4,
    tile_width: int = 320,
    tools: Tools | None = None,
    cancelled: Cancelled = never,
) -> Path:
    """Write one image of evenly spaced frames, left to right and top to bottom. Returns `out`."""
    tools = tools or find_tools()
    info = _picture(path, tools)
    every = max(1, info.frames // (columns * rows))
    with finished_file(out) as partial:
        argv = graph.sheet_command(tools.ffmpeg, path, every, (columns, rows), tile_width, partial)
        run(argv, what=f"contact sheet of {path.name}", cancelled=cancelled)
        _written(partial, f"contact sheet of {path.name}")
    return out


def proxy(
    path: Path,
    out: Path,
    *,
    width: int = 640,
    tools: Tools | None = None,
    progress: FrameProgress | None = None,
    cancelled: Cancelled = never,
) -> Path:
    """Write a small MP4 with the same frames, quick to scrub: every half second is a key frame."""
    tools = tools or find_tools()
    wanted = _picture(path, tools).frames
    with finished_file(out) as partial:
        argv = graph.proxy_command(tools.ffmpeg, path, probe(path, tools), width, partial)
        run(argv, what=f"proxy of {path.name}", progress=progress, cancelled=cancelled)
        made = _picture(partial, tools).frames
        if made != wanted:
            raise RenderError("proxy_short", f"proxy of {path.name}", f"{made} of {wanted} frames")
    return out


def _picture(path: Path, tools: Tools) -> PictureInfo:
    info = probe(path, tools).picture
    if info is None:
        raise RenderError("no_picture", path.name, "the file has no picture")
    return info


def _written(path: Path, what: str) -> None:
    if not path.is_file() or path.stat().st_size == 0:
        raise RenderError("no_output", what)
