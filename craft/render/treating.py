"""One clip by itself: drawn in a style, or larger. Picture only; a shot's sound is mixed elsewhere."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from craft.render.effects import Modifier
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, FrameProgress, finished_file, never, run
from craft.render.graphs import outputs as graph
from craft.render.graphs.outputs import Coding, Shape, Size
from craft.render.model import FrameRange, MediaKind, MediaRef
from craft.render.mp4 import read_mp4
from craft.render.outputs.profiles import has_zscale
from craft.render.picture import PictureJob, cores
from craft.render.plan import EncoderSpec, PictureSpec, Segment, Side
from craft.render.probe import PictureInfo, probe
from craft.render.progress import Progress
from craft.render.tools import Tools, find_tools
from craft.terms import digest, rates

TREATING_VERSION = 1
CRF = 16
SHARPEN = 0.6


@dataclass(frozen=True, slots=True)
class Treated:
    """A finished clip: its frames and its size in pixels."""

    path: Path
    frames: int
    size: Size


def styled_clip(
    clip: Path,
    modifier: Modifier,
    frames: int,
    rate: rates.FrameRate,
    out: Path,
    *,
    progress: FrameProgress = lambda done: None,
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> Treated:
    """Write exactly `frames` frames of the clip in a stylised look, at the clip's size, to the MP4 `out`.

    Raises `RenderError` ("no_picture", "segment_short" …) and `RenderCancelled`; nothing is left half-written.
    """
    tools = tools or find_tools()
    seen = _picture(clip, tools)
    media = MediaRef(digest.file_sha256(clip), MediaKind.VIDEO)
    side = Side(media, FrameRange(0, frames), (modifier,), clip.stem)
    spec = PictureSpec(seen.width // 2 * 2, seen.height // 2 * 2, EncoderSpec(crf=CRF))
    with tempfile.TemporaryDirectory(prefix=".style-", dir=out.parent) as room:
        job = PictureJob(rate, spec, lambda _: clip, Path(room), None, tools, cancelled)
        piece = job.render((Segment(FrameRange(0, frames), (side,)),), _counted(progress))[0]
        with finished_file(out) as partial:
            shutil.copyfile(piece.path, partial)
    return Treated(out, frames, (spec.width, spec.height))


def enlarged_clip(
    clip: Path,
    size: Size,
    out: Path,
    *,
    sharpen: float = SHARPEN,
    progress: FrameProgress = lambda done: None,
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> Treated:
    """Write the clip at `size` (even, of its shape, no smaller) with its own frames and rate to the MP4 `out`.

    Scaled by zscale (swscale where this ffmpeg lacks it), luma sharpened by `sharpen` 0 to 2. Raises `RenderError`
    ("no_picture", "no_rate", "size", "upscale_wrong") and `RenderCancelled`.
    """
    tools = tools or find_tools()
    seen = _picture(clip, tools)
    source = (seen.width, seen.height)
    if any(one % 2 for one in size) or min(size[0] - source[0], size[1] - source[1]) < 0:
        raise RenderError("size", clip.name, f"{source[0]}x{source[1]} does not become {size[0]}x{size[1]}")
    if not graph.alike(source, size):
        raise RenderError("size", clip.name, f"{size[0]}x{size[1]} has another shape than the clip")
    if seen.fps is None:
        raise RenderError("no_rate", clip.name, "the clip does not say how fast its frames run")
    rate = rates.FrameRate(seen.fps.numerator, seen.fps.denominator)
    shape = Shape(source, size, "stretch", has_zscale(tools), "spline36", sharpen)
    options = {"preset": "veryfast", "crf": CRF, "profile:v": "high", "g": 48}
    coding = Coding("libx264", "yuv420p", rate, options)
    with finished_file(out) as partial:
        argv = graph.encode_command(tools.ffmpeg, clip, shape, coding, None, cores(), partial)
        run(argv, what=clip.name, progress=progress, cancelled=cancelled)
        frames = _same_frames(clip, partial, size)
    return Treated(out, frames, size)


def _same_frames(before: Path, after: Path, size: Size) -> int:
    source = next(track for track in read_mp4(before) if track.kind == "video")
    made = next((track for track in read_mp4(after) if track.kind == "video"), None)
    if made is None or made.samples != source.samples or (made.width, made.height) != size:
        found = made.samples if made else 0
        raise RenderError("upscale_wrong", before.name, f"{found} of {source.samples} frames came out")
    return source.samples


def _picture(clip: Path, tools: Tools) -> PictureInfo:
    info = probe(clip, tools).picture
    if info is None:
        raise RenderError("no_picture", clip.name, "the file has no picture")
    return info


def _counted(progress: FrameProgress) -> Callable[[Progress], None]:
    def listener(told: Progress) -> None:
        progress(told.done)

    return listener
