"""Built-in pictures: real 3D drawn from a scene packet; a 2D board card where EGL cannot start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from craft import previs
from engines.adapters.base import (
    Clip,
    EngineDown,
    GenerationFailed,
    Guides,
    Health,
    InvalidInput,
    Issue,
    Keyframe,
    LipSync,
    Model,
    Outline,
    Request,
    Stopped,
    Watch,
)
from engines.adapters.builtin import BuiltIn, Made

T = TypeVar("T")
_MIME = {
    ".mp4": "video/mp4",
    ".mkv": "video/x-matroska",
    ".json": "application/json",
    ".gltf": "model/gltf+json",
    ".bin": "application/octet-stream",
}


class Previs(BuiltIn):
    """Draws keyframes, clips and mouths from the same packet."""

    key = "previs"

    def validate(self, request: Request | Outline, model: Model) -> Sequence[Issue]:
        """The shared checks; mouths are drawn with the whole picture, so only on plates that were drawn here."""
        own = f"{self.key}/"
        if isinstance(request, LipSync) and request.plate_ref and not request.plate_ref.startswith(own):
            return [Issue("plate", "draws mouths only on plates that it drew itself")]
        return super().validate(request, model)

    def perform(self, request: Request, folder: Path, watch: Watch) -> Made:
        """Draw into the folder: `keyframe.png`, `clip.mp4` or `lips.mp4`."""
        try:
            if isinstance(request, Keyframe):
                return self._keyframe(request, folder)
            if isinstance(request, Clip):
                return self._clip(request, folder, watch)
            if isinstance(request, LipSync):
                return self._lips(request, folder, watch)
            if isinstance(request, Guides):
                return self._guides(request, folder, watch)
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
        out = folder / "keyframe.png"
        card = not previs.health().ok

        def draw(packet: previs.Packet) -> None:
            if card:
                previs.board_card(packet, out)
            else:
                previs.render_still(packet, out, frame=request.frame)

        _, note = _nearest(request.packet, draw)
        facts = {"width": request.width, "height": request.height, "card": card, **note}
        return Made((("keyframe.png", "image/png", facts),), _version(card))

    def _clip(self, request: Clip, folder: Path, watch: Watch) -> Made:
        out, ticks = folder / "clip.mp4", _ticks(watch)
        drawn, note = _nearest(
            request.packet,
            lambda packet: previs.render_clip(packet, out, progress=ticks, cancelled=watch.cancelled),
        )
        return Made((("clip.mp4", "video/mp4", {**_facts(drawn), **note}),), _version(False))

    def _lips(self, request: LipSync, folder: Path, watch: Watch) -> Made:
        plate, out, ticks = request.plate.path, folder / "lips.mp4", _ticks(watch)
        drawn, note = _nearest(
            request.packet,
            lambda packet: previs.render_lips(plate, packet, out, progress=ticks, cancelled=watch.cancelled),
        )
        return Made((("lips.mp4", "video/mp4", {**_facts(drawn), **note}),), _version(False))

    def _guides(self, request: Guides, folder: Path, watch: Watch) -> Made:
        """Each pass as engines take it (MP4, camera path as glTF and JSON) and as compositors do (lossless)."""
        ticks = _ticks(watch)
        drawn, note = _nearest(
            request.packet,
            lambda packet: previs.render_passes(
                packet, folder, request.wanted, progress=ticks, cancelled=watch.cancelled
            ),
        )
        files = [
            (path.name, _MIME[path.suffix], {"pass": name, "engine_input": path.suffix == ".mp4"})
            for name, paths in drawn.files.items()
            for path in paths
        ]
        # What engines take comes first: it is what a take shows.
        files.sort(key=lambda file: not file[2]["engine_input"])
        about = {"legend": {str(k): dict(v) for k, v in drawn.legend.items()}, "frames": request.frames}
        depth = {"near_m": drawn.near_m, "far_m": drawn.far_m}
        first = (*files[0][:2], {**files[0][2], **about, **depth, **note})
        return Made((first, *files[1:]), _version(False))

    def health(self) -> Health:
        """Whether EGL starts; its message says what is missing."""
        found = previs.health()
        return Health(found.ok, found.message, previs.version())


def _nearest(data: Mapping[str, Any], draw: Callable[[previs.Packet], T]) -> tuple[T, dict[str, str]]:
    """Draw the packet; a shot its set cannot give is drawn as the nearest that it can, and the note says so."""
    packet = previs.Packet.from_json(data)
    try:
        return draw(packet), {}
    except previs.Infeasible as error:
        return draw(replace(packet, camera=error.nearest)), {"infeasible": str(error)}


def _ticks(watch: Watch) -> Any:
    return lambda done, total: watch.progress(done, total, "drawing")


def _facts(drawn: Any) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(drawn).items() if not isinstance(value, Path)}


def _version(card: bool) -> str:
    return f"{previs.version()} card" if card else previs.version()
