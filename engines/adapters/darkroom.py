"""Built-in finishing of clips: larger, or in a stylised look. From formulas alone; nothing is imagined."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from craft.render.effects import Modifier, Style
from craft.render.errors import ProbeError, RenderCancelled, RenderError, ToolMissing
from craft.render.tools import find_tools
from craft.render.treating import TREATING_VERSION, Treated, enlarged_clip, styled_clip
from craft.terms.rates import FrameRate
from engines.adapters.base import (
    EngineDown,
    GenerationFailed,
    Health,
    InvalidInput,
    Request,
    Stopped,
    Upscale,
    Watch,
)
from engines.adapters.builtin import BuiltIn, Made
from engines.adapters.requests import Modify

FILE = "clip.mp4"
REFUSED = ("no_picture", "no_rate", "size", "segment_short", "source_damaged")
"""Failures that say something of the clip and not of this machine."""


class Darkroom(BuiltIn):
    """Treats a finished clip: same frames, same rate, no sound."""

    key = "darkroom"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Write `clip.mp4`. Raises InvalidInput for a clip or a style that cannot be worked."""
        made = self._safely(lambda: self._treated(request, folder / FILE, watch))
        facts = {"frames": made.frames, "width": made.size[0], "height": made.size[1]}
        return Made(((FILE, "video/mp4", facts),), self._version)

    def _treated(self, request: Request, out: Path, watch: Watch) -> Treated:
        if isinstance(request, Upscale):
            return enlarged_clip(
                request.clip.path,
                (request.width, request.height),
                out,
                progress=lambda done: watch.progress(done, max(done, 1), "enlarging"),
                cancelled=watch.cancelled,
            )
        if isinstance(request, Modify):
            if request.style not in {style.value for style in Style}:
                raise InvalidInput(f"There is no style “{request.style[:40]}”.")
            return styled_clip(
                request.clip.path,
                Modifier(Style(request.style), request.strength),
                request.frames,
                FrameRate.parse(request.rate),
                out,
                progress=lambda done: watch.progress(done, request.frames, "drawing"),
                cancelled=watch.cancelled,
            )
        raise InvalidInput(f"darkroom does not make {request.kind}.")

    def _safely(self, work: Callable[[], Treated]) -> Treated:
        try:
            return work()
        except RenderCancelled as error:
            raise Stopped("The treatment was stopped.") from error
        except ToolMissing as error:
            raise EngineDown(str(error)) from error
        except RenderError as error:
            if isinstance(error, ProbeError) or error.code in REFUSED:
                raise InvalidInput(f"The clip cannot be treated: {error}") from error
            raise GenerationFailed(str(error)) from error

    @property
    def _version(self) -> str:
        return f"darkroom {TREATING_VERSION}"

    def health(self) -> Health:
        """Needs ffmpeg, which the whole studio needs."""
        try:
            found = find_tools()
        except ToolMissing as error:
            return Health(False, str(error))
        return Health(True, "treats clips", f"{self._version}, {found.build}")
