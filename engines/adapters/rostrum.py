"""Built-in motion over a still: a rostrum camera. For machines that cannot draw, and for shots made of one picture."""

from __future__ import annotations

from pathlib import Path

from craft.render.animatic import ANIMATIC_VERSION, animate
from craft.render.errors import ProbeError, RenderCancelled, RenderError, ToolMissing
from craft.render.moves import camera_move
from craft.render.tools import find_tools
from craft.terms.rates import FrameRate
from craft.terms.shots import Direction, Easing, Movement, Speed
from engines.adapters.base import (
    Clip,
    EngineDown,
    GenerationFailed,
    Health,
    InvalidInput,
    Request,
    Stopped,
    Watch,
)
from engines.adapters.builtin import BuiltIn, Made

FILE = "clip.mp4"


class Rostrum(BuiltIn):
    """Moves over the first frame as the camera would: no parallax, nothing in the picture moves."""

    key = "rostrum"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Write `clip.mp4`. Raises InvalidInput for a picture that cannot be read."""
        if not isinstance(request, Clip):
            raise InvalidInput(f"rostrum does not make {request.kind}.")
        if request.first is None:
            raise InvalidInput("rostrum moves over a still, and the request has none.")
        rate, size = FrameRate.parse(request.rate), (request.width, request.height)
        camera = request.packet.get("camera", {})
        poses = camera_move(
            Movement(request.movement),
            Direction(request.direction),
            Speed(camera.get("speed", Speed.SLOW.value)),
            Easing(camera.get("easing", Easing.EASE.value)),
            request.frames,
            rate.fraction,
            request.seed,
        )
        try:
            animate(
                request.first.path,
                poses,
                rate,
                size,
                folder / FILE,
                progress=lambda done: watch.progress(done, request.frames, "moving"),
                cancelled=watch.cancelled,
            )
        except RenderCancelled as error:
            raise Stopped("The move was stopped.") from error
        except ToolMissing as error:
            raise EngineDown(str(error)) from error
        except RenderError as error:
            if isinstance(error, ProbeError) or error.code in ("picture_unreadable", "no_picture"):
                raise InvalidInput(f"The still cannot be read: {error}") from error
            raise GenerationFailed(str(error)) from error
        facts = {"frames": request.frames, "width": size[0], "height": size[1], "still": True}
        return Made(((FILE, "video/mp4", facts),), f"rostrum {ANIMATIC_VERSION}")

    def health(self) -> Health:
        """Needs ffmpeg, which the whole studio needs."""
        try:
            found = find_tools()
        except ToolMissing as error:
            return Health(False, str(error))
        return Health(True, "moves over stills", f"rostrum {ANIMATIC_VERSION}, {found.build}")
