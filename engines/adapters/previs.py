"""Built-in pictures: real 3D drawn from a scene packet; a 2D board card where EGL cannot start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from craft import previs
from engines.adapters.base import (
    Clip,
    EngineDown,
    GenerationFailed,
    Health,
    InvalidInput,
    Keyframe,
    LipSync,
    Request,
    Stopped,
    Watch,
)
from engines.adapters.builtin import BuiltIn, Made


class Previs(BuiltIn):
    """Draws keyframes, clips and mouths from the same packet."""

    key = "previs"

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Draw into the folder: `keyframe.png`, `clip.mp4` or `lips.mp4`."""
        try:
            if isinstance(request, Keyframe):
                return self._keyframe(request, folder)
            if isinstance(request, Clip):
                return self._clip(request, folder, watch)
            if isinstance(request, LipSync):
                return self._lips(request, folder, watch)
        except previs.PacketError as error:
            raise InvalidInput(f"The scene packet cannot be drawn: {error}") from error
        except previs.PrevisUnavailable as error:
            raise EngineDown(str(error)) from error
        except previs.PrevisCancelled as error:
            raise Stopped("Drawing was stopped.") from error
        except previs.PrevisError as error:
            raise GenerationFailed(str(error)) from error
        raise InvalidInput(f"previs does not make {request.kind}.")

    def _keyframe(self, request: Keyframe, folder: Path) -> Made:
        packet, out = previs.Packet.from_json(request.packet), folder / "keyframe.png"
        card = not previs.health().ok
        if card:
            previs.board_card(packet, out)
        else:
            previs.render_still(packet, out, frame=request.frame)
        facts = {"width": request.width, "height": request.height, "card": card}
        return Made((("keyframe.png", "image/png", facts),), _version(card))

    def _clip(self, request: Clip, folder: Path, watch: Watch) -> Made:
        packet, out = previs.Packet.from_json(request.packet), folder / "clip.mp4"
        drawn = previs.render_clip(packet, out, progress=_ticks(watch), cancelled=watch.cancelled)
        return Made((("clip.mp4", "video/mp4", _facts(drawn)),), _version(False))

    def _lips(self, request: LipSync, folder: Path, watch: Watch) -> Made:
        packet, out = previs.Packet.from_json(request.packet), folder / "lips.mp4"
        drawn = previs.render_lips(
            request.plate.path, packet, out, progress=_ticks(watch), cancelled=watch.cancelled
        )
        return Made((("lips.mp4", "video/mp4", _facts(drawn)),), _version(False))

    def health(self) -> Health:
        """Whether EGL starts; its message says what is missing."""
        found = previs.health()
        return Health(found.ok, found.message, previs.version())


def _ticks(watch: Watch) -> Any:
    return lambda done, total: watch.progress(done, total, "drawing")


def _facts(drawn: Any) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(drawn).items() if not isinstance(value, Path)}


def _version(card: bool) -> str:
    return f"{previs.version()} card" if card else previs.version()
