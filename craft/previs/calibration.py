"""A linear picture for measuring light: no tone map, grade, vignette, bloom, grain, haze or white mix.

**Card.** A matt grey card of 18 % reflectance stands at the point the rig is hung round, square to the lens,
with everybody off the floor so that only the set can shade it. What is measured there is the light, not a face.
``facing`` says which way the card is metered, as one turns the dome of a meter: ``camera`` (square to the lens),
or the role of a lamp (``key``, ``fill``, …: straight at the strongest lamp of that role, wherever it hangs).

**Exposure.** A value is scene-linear radiance before the camera: card = 0.18 x irradiance, where a key of
intensity 50 gives 1.12 facing it. Two readings compare in stops as log2(a / b) of their luminances
(0.2126 R + 0.7152 G + 0.0722 B). Times ``exposure`` it is what the tone curve of the beauty picture gets.

**Kelvin.** With one role switched on, the card's RGB divided by its luminance is
``craft.terms.light.kelvin_to_rgb(kelvin)`` of that lamp (times its gel); the lamp's kelvin is the one whose
colour is nearest. Several lamps together give their mixture.

**Key to fill.** Read ``lamps=("key",), facing="key"`` and ``lamps=("fill",), facing="fill"``; the difference in
stops is the packet's ``fill_stops``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from craft.previs.batch import Batch, Geometry, Surface
from craft.previs.engine import ENGINE
from craft.previs.errors import PacketError
from craft.previs.packet import Packet
from craft.previs.projection import Box, CameraPose, half_angles, project
from craft.previs.rig import Light, hang
from craft.previs.shot import Shot, lit_from, plan_shot
from craft.previs.spatial import F64, basis, dot, length, unit
from craft.terms.colour import luminance

CARD_SEGMENT = 255
_SHARE = 0.12
"""Side of the card in frame heights."""


@dataclass(frozen=True)
class Calibration:
    """``image`` is float32 (height, width, 3), linear Rec. 709 RGB, top row first; ``card`` the grey card's box
    (normalised x0, y0, x1, y1, y down); ``exposure`` the factor the beauty picture applies before its tone curve.
    """

    image: NDArray[np.float32]
    card: Box
    exposure: float

    def reading(self) -> tuple[float, float, float]:
        """Mean linear RGB of the middle of the card."""
        height, width, _ = self.image.shape
        x0, y0, x1, y1 = self.card
        dx, dy = (x1 - x0) / 4, (y1 - y0) / 4
        rows = slice(int((y0 + dy) * height), max(int((y0 + dy) * height) + 1, int((y1 - dy) * height)))
        columns = slice(int((x0 + dx) * width), max(int((x0 + dx) * width) + 1, int((x1 - dx) * width)))
        r, g, b = self.image[rows, columns].astype(np.float64).mean((0, 1))
        return float(r), float(g), float(b)


def render_calibration(
    packet: Packet,
    frame: int = 0,
    *,
    lamps: Collection[str] | None = None,
    facing: str = "camera",
    ambient: bool = False,
) -> Calibration:
    """Draw the set with a grey card under the packet's lamps in pure Planckian colours.

    ``lamps`` names the roles switched on (None = all; ``set`` is what belongs to the place, ``sun`` the sky's).
    ``ambient`` adds the light that comes from everywhere. Raises PacketError for a frame outside the packet, a
    role nobody has, or a card that the camera does not see.
    """
    if not 0 <= frame < packet.frames:
        raise PacketError("frames", f"frame {frame} asked of a packet with {packet.frames}")
    with ENGINE.drawing():
        renderer = ENGINE.renderer(packet.width, packet.height, packet.quality)
        shot = _measured(plan_shot(packet), lamps)
        centre = lit_from(shot.composition)[0]
        pose = shot.path[frame]
        box = _card_box(pose, shot.aspect, centre)
        card = _card(pose, shot.aspect, centre, _towards(shot, pose, centre, facing))
        data = renderer.linear(shot, frame, card, ambient=ambient)
    image = data.reshape(packet.height, packet.width, 3)[::-1].copy()
    return Calibration(image, box, shot.exposure)


def _measured(shot: Shot, lamps: Collection[str] | None) -> Shot:
    """The shot without people under its lamps in their own colours."""
    centre, spread = lit_from(shot.composition)
    hung = hang(shot.packet, shot.stage, shot.look, centre, spread, shot.path[0].eye, pure=True)
    lit = tuple(lamp for lamp in hung if lamps is None or lamp.role in lamps)
    return replace(shot, actors=(), lights=lit)


def _towards(shot: Shot, pose: CameraPose, centre: F64, facing: str) -> F64:
    if facing == "camera":
        return unit(pose.eye - centre)
    found = [lamp for lamp in shot.lights if lamp.role == facing]
    if not found:
        raise PacketError("lights", f"no lamp of role {facing!r} hangs in this packet")
    strongest: Light = max(found, key=lambda lamp: luminance(lamp.radiance))
    return unit(strongest.position - centre)


def _card_box(pose: CameraPose, aspect: float, centre: F64) -> Box:
    x, y, z = project(pose, aspect, centre)
    half_x, half_y = _SHARE / 2 / aspect, _SHARE / 2
    if z <= 0 or not (half_x < x < 1 - half_x and half_y < y < 1 - half_y):
        raise PacketError("camera", "the grey card at the subject is outside this frame")
    return (x - half_x, y - half_y, x + half_x, y + half_y)


def _card(pose: CameraPose, aspect: float, centre: F64, normal: F64) -> Geometry:
    """A square parallel to the sensor, so that it is a square in the frame; only its shading is turned."""
    right, up, forward = basis(pose.eye, pose.target, pose.roll)
    reach = dot(centre - pose.eye, forward)
    half = _SHARE * max(reach, 1e-3) * half_angles(pose.focal_mm, aspect)[1]
    corners = np.array([centre + right * (half * sx) + up * (half * sy) for sx, sy in _CORNERS], np.float32)
    normals = np.array([normal / max(length(normal), 1e-9)] * 4, np.float32)
    faces = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    return Batch().add((corners, normals, faces), Surface(rough=1.0, segment=CARD_SEGMENT)).geometry()


_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))
