"""What is refused before and after drawing: frames that do not fit into memory, and pictures of nothing."""

from __future__ import annotations

import numpy as np

from craft.previs.burn_in import strip_height
from craft.previs.errors import BlankFrame, TooLarge
from craft.previs.packet import Packet
from craft.previs.renderer import Renderer
from craft.previs.shot import Shot
from craft.previs.styles import STYLES
from craft.previs.targets import estimated_bytes
from craft.previs.uniforms import SETTINGS

MEMORY_LIMIT = 640 << 20
"""Bytes a frame's buffers may take. 3840x2160 fits at every quality; 4096x4096 does not."""
_BLACK = 8
"""A picture without any value above this (of 255) is black: grain alone reaches 3."""


def refuse_too_large(packet: Packet) -> None:
    """Raise TooLarge for a frame size whose buffers would pass the limit."""
    need = estimated_bytes(packet.width, packet.height, SETTINGS[packet.quality])
    if need > MEMORY_LIMIT:
        side = "width" if packet.width >= packet.height else "height"
        raise TooLarge(
            side,
            f"{packet.width}x{packet.height} needs {need >> 20} MiB to draw, the limit is {MEMORY_LIMIT >> 20} MiB",
        )


def refuse_blank(shot: Shot, renderer: Renderer, picture: bytes) -> None:
    """Raise BlankFrame for a first frame that shows nothing although somebody left the light on."""
    if STYLES[shot.packet.look].lit and not np.isfinite(renderer.radiance()).all():
        raise BlankFrame("lights", "the first frame has light that is not a number")
    lights = shot.packet.lights
    dark = bool(lights) and all(light.intensity == 0 for light in lights)
    if not dark and int(np.frombuffer(_above_strip(shot, picture), np.uint8).max()) <= _BLACK:
        raise BlankFrame("camera", "the first frame is black although the lights are on")


def _above_strip(shot: Shot, picture: bytes) -> bytes:
    """The rows that no burn-in covers (frames come bottom row first)."""
    row = shot.packet.width * 3
    strip = strip_height(shot.packet.width, shot.packet.height) if shot.packet.burn_in else 0
    return picture[strip * row :]
