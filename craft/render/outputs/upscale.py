"""The same programme, larger: after the edit, chunk by chunk on all cores, sound untouched.

Scaling is cheap and sharpening is not, so luma alone is sharpened, by `unsharp`. Finished chunks are kept in
the segment cache under the digest of the coded frames they came from: a killed run goes on where it was, and
after a change of one shot only that shot is scaled again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never
from craft.render.film import heard_in, matching, step_of
from craft.render.graphs import outputs as graph
from craft.render.graphs.outputs import Coding, Shape, Size
from craft.render.mp4 import read_mp4
from craft.render.muxer import mux
from craft.render.outputs.chunks import Chunk, ChunkJob, chunks_of
from craft.render.outputs.profiles import has_zscale
from craft.render.picture import Piece, cores
from craft.render.plan import EncoderSpec
from craft.render.probe import MediaInfo, probe
from craft.render.progress import Listener, Progress, deaf, one_at_a_time
from craft.render.tools import Tools, find_tools
from craft.terms import digest, rates

STAGE = "upscale"
VERSION = 1
KERNELS = ("spline36", "lanczos")
MOST_SHARPENING = 2.0
MOST_SIDE = 16384


@dataclass(frozen=True, slots=True)
class UpscaleSpec:
    """How to enlarge: the kernel ("spline36" or "lanczos"), luma sharpening 0…2 (0 is none), the encoder."""

    kernel: str = "spline36"
    sharpen: float = 0.6
    encoder: EncoderSpec = field(default_factory=EncoderSpec)
    workers: int = field(default_factory=cores)


@dataclass(frozen=True, slots=True)
class Upscaled:
    """A finished enlargement; `scaler` is "zscale", or "swscale" where this ffmpeg has no other."""

    path: Path
    size: Size
    frames: int
    chunks: int
    chunks_cached: int
    scaler: str
    warnings: tuple[str, ...]


def upscale(
    master: Path,
    size: Size,
    out: Path,
    spec: UpscaleSpec | None = None,
    *,
    cache: SegmentCache | None = None,
    progress: Listener = deaf,
    cancelled: Cancelled = never,
    tools: Tools | None = None,
) -> Upscaled:
    """Write `master` at `size` (width, height; even, of its shape, no smaller) to the MP4 `out`.

    Reports frames under the stage "upscale". Raises `RenderError`: "size", "kernel", "sharpen", "suffix",
    "no_picture", "open_groups" (not one of our masters), "upscale_wrong"; `RenderCancelled`. What was
    finished until then stays in `cache`.
    """
    tools = tools or find_tools()
    job = _Upscaling(
        master=master,
        size=size,
        out=out,
        spec=spec or UpscaleSpec(),
        cache=cache,
        progress=one_at_a_time(progress),
        cancelled=cancelled,
        tools=tools,
        info=probe(master, tools),
    )
    job.check()
    return job.make()


@dataclass
class _Upscaling:
    master: Path
    size: Size
    out: Path
    spec: UpscaleSpec
    cache: SegmentCache | None
    progress: Listener
    cancelled: Cancelled
    tools: Tools
    info: MediaInfo

    def check(self) -> None:
        """Refuse what cannot be done before anything is started."""
        seen = self.info.picture
        if seen is None:
            raise RenderError("no_picture", self.master.name, "the file has no picture")
        wide, high = self.size
        if wide % 2 or high % 2 or wide < seen.width or high < seen.height or max(self.size) > MOST_SIDE:
            raise RenderError("size", STAGE, f"{seen.width}x{seen.height} does not become {wide}x{high}")
        if not graph.alike((seen.width, seen.height), self.size):
            raise RenderError(
                "size", STAGE, f"{seen.width}x{seen.height} has another shape than {wide}x{high}"
            )
        if self.spec.kernel not in KERNELS:
            raise RenderError("kernel", STAGE, f"there are {', '.join(KERNELS)}")
        if not 0 <= self.spec.sharpen <= MOST_SHARPENING:
            raise RenderError("sharpen", STAGE, f"sharpening is 0 to {MOST_SHARPENING}")
        if self.out.suffix.lower() != ".mp4":
            raise RenderError("suffix", self.out.name, "an enlargement is written as .mp4")

    def make(self) -> Upscaled:
        rate, chunks = chunks_of(self.master)
        zscale = has_zscale(self.tools)
        shape = self._shape(zscale)
        coding = Coding("libx264", "yuv420p", rate, _options(self.spec.encoder))
        with tempfile.TemporaryDirectory(prefix=".upscale-", dir=self.out.parent) as room:
            job = self._job(rate, shape, coding, Path(room))
            pieces = job.encode(chunks, self.progress)
            with finished_file(self.out) as partial:
                self._join(pieces, rate, partial)
                self._check_joined(partial)
        if self.cache is not None:
            self.cache.prune()
        frames = sum(chunk.frames for chunk in chunks)
        self.progress(Progress(STAGE, frames, frames))
        warnings = list(job.warnings)
        if not zscale:
            warnings.append("this ffmpeg has no zscale; its own scaler was used")
        cached = sum(piece.cached for piece in pieces)
        scaler = "zscale" if zscale else "swscale"
        return Upscaled(self.out, self.size, frames, len(chunks), cached, scaler, tuple(warnings))

    def _shape(self, zscale: bool) -> Shape:
        assert self.info.picture is not None
        source = (self.info.picture.width, self.info.picture.height)
        return Shape(source, self.size, "stretch", zscale, self.spec.kernel, self.spec.sharpen)

    def _job(self, rate: rates.FrameRate, shape: Shape, coding: Coding, room: Path) -> ChunkJob:
        def command(chunk: Chunk, threads: int, out: Path) -> list[str]:
            return graph.chunk_command(
                self.tools.ffmpeg, self.master, chunk.start, chunk.frames, shape, coding, threads, out
            )

        return ChunkJob(
            rate=rate,
            command=command,
            parameters=digest.digest("render.upscale", VERSION, {"shape": shape, "coding": coding}),
            folder=room,
            suffix=".mp4",
            stage=STAGE,
            cache=self.cache,
            tools=self.tools,
            cancelled=self.cancelled,
            workers=self.spec.workers,
        )

    def _join(self, pieces: Sequence[Piece], rate: rates.FrameRate, partial: Path) -> None:
        heard = None if self.info.sound is None else heard_in(self.master)
        pictures = matching([piece.path for piece in pieces], rate)
        mux(pictures, heard, step_of(rate), partial, cancelled=self.cancelled)

    def _check_joined(self, path: Path) -> None:
        """Every frame at its time, and the sound where the master has it."""
        made = {track.kind: track for track in read_mp4(path)}
        before = {track.kind: track for track in read_mp4(self.master)}
        seen, source = made.get("video"), before["video"]
        if seen is None or (seen.width, seen.height) != self.size or seen.samples != source.samples:
            raise RenderError(
                "upscale_wrong", STAGE, f"{seen.samples if seen else 0} of {source.samples} frames"
            )
        if seen.step() is None or seen.pts[0] != 0:
            raise RenderError("upscale_wrong", STAGE, "the frames are not evenly spaced")
        if "audio" in before:
            heard = made.get("audio")
            if heard is None or heard.samples != before["audio"].samples:
                raise RenderError("upscale_wrong", STAGE, "the sound is not the master's")


def _options(encoder: EncoderSpec) -> dict[str, Any]:
    return {
        "preset": encoder.preset,
        "crf": encoder.crf,
        "profile:v": encoder.profile,
        "g": encoder.keyframe_every,
        "keyint_min": 1,
        "bf": encoder.b_frames,
        "flags": "+cgop+bitexact",
        "x264-params": "stitchable=1:open-gop=0",
    }
