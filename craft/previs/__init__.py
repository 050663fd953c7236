"""Previs: a scene packet (JSON) drawn as lit, acted, framed 3D stills and clips.

    packet = Packet.from_json(data)
    render_still(packet, Path("frame.png"))
    render_clip(packet, Path("clip.mp4"))

Needs EGL with OpenGL 3.3 (Mesa's llvmpipe will do) and ffmpeg; where EGL cannot start ``health()`` says
why and
``board_card`` draws a 2D card instead. No Django, no database, no settings.
"""

from __future__ import annotations

from craft.previs.camera import feasible
from craft.previs.card import board_card
from craft.previs.engine import Health, health
from craft.previs.errors import (
    EncodeFailed,
    Infeasible,
    PacketError,
    PrevisCancelled,
    PrevisError,
    PrevisUnavailable,
)
from craft.previs.film import ClipResult, StillResult, render_clip, render_lips, render_still
from craft.previs.packet import CameraSpec, Packet, schema
from craft.previs.passes import PASSES, PassesResult, render_passes
from craft.previs.version import ENGINE_VERSION

__all__ = [
    "ENGINE_VERSION",
    "PASSES",
    "CameraSpec",
    "ClipResult",
    "EncodeFailed",
    "Health",
    "Infeasible",
    "Packet",
    "PacketError",
    "PassesResult",
    "PrevisCancelled",
    "PrevisError",
    "PrevisUnavailable",
    "StillResult",
    "board_card",
    "feasible",
    "health",
    "render_clip",
    "render_lips",
    "render_passes",
    "render_still",
    "schema",
    "version",
]


def version() -> str:
    """Engine version for provenance and cache keys."""
    return ENGINE_VERSION
