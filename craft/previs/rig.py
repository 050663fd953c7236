"""The light rig: eight compass positions round the subject, seen from the camera of frame 0.

``right`` is the camera's right. A rig stays where it was hung while the camera moves, as on a stage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.look import Look
from craft.previs.packet import LightSpec, Packet
from craft.previs.spatial import F64, length, unit, vec
from craft.previs.stage import SetLight, StageSet
from craft.terms.colour import hex_to_linear, luminance
from craft.terms.light import Position, azimuth_of, kelvin_to_rgb

RGB = tuple[float, float, float]
ELEVATION = {"low": -16.0, "eye": 6.0, "high": 36.0, "top": 68.0}
SOFTNESS = {"hard": 0.08, "medium": 0.45, "soft": 1.0}
_GAIN = {"key": 1.12, "fill": 1.0, "back": 2.6, "rim": 2.7, "kicker": 2.0, "hair": 2.6, "background": 1.3}
_ROUND = (1.0, 1.0, 1.35, 1.5, 1.5, 1.5, 1.35, 1.0)
"""Gain of a key by its place on the clock: a gaffer opens up a side or back key, which grazes the face."""
_SHADOWED = ("key", "rim", "back", "hair", "kicker")


@dataclass(frozen=True)
class Light:
    """A lamp ready to draw: world positions, linear colour times intensity, cones in degrees."""

    position: F64
    aim: F64
    radiance: RGB
    cone: float
    soft: float
    falloff: float
    set_share: float
    shadow: bool = False
    shell: bool = False
    volume: float = 0.0
    everywhere: bool = False
    role: str = "set"
    """What the lamp is for; ``set`` for what belongs to the place, ``sun`` for sun and moon."""


def camera_white(kelvin: float) -> RGB:
    """Colour of a lamp as a half white-balanced camera sees it: pure Planckian light turns skin orange."""
    r, g, b = kelvin_to_rgb(kelvin)
    return (0.64 * r + 0.36, 0.64 * g + 0.36, 0.64 * b + 0.36)


def gelled(colour: RGB, gel: str | None) -> RGB:
    """A lamp behind a gel: what the gel does not pass is lost, and half of the loss is made up by opening the lamp."""
    if not gel:
        return colour
    passed = hex_to_linear(gel)
    opened = max(luminance(passed), 0.04) ** -0.5
    return (colour[0] * passed[0] * opened, colour[1] * passed[1] * opened, colour[2] * passed[2] * opened)


def default_rig(packet: Packet) -> tuple[LightSpec, ...]:
    """Three points for a packet without lights."""
    warm = packet.time_of_day in ("night", "dusk", "dawn")
    return (
        LightSpec("front_left", "key", "high", 50, 3600 if warm else 5600, "medium"),
        LightSpec("back_right", "rim", "high", 55, 8000 if warm else 6000, "hard"),
    )


def _placed(
    light: LightSpec, centre: F64, view_azimuth: float, spread: float, look: Look, radiance: RGB
) -> Light:
    reach = 3.3 + spread
    # The clock of the vocabulary names the camera's right "right"; world angles grow the same way round.
    angle = math.radians(view_azimuth + azimuth_of(Position(light.position)))
    rise = math.radians(60.0 if light.role == "hair" else ELEVATION[light.elevation])
    away = vec(math.sin(angle) * math.cos(rise), math.sin(rise), math.cos(angle) * math.cos(rise))
    position = centre + away * reach
    position[1] = max(0.12, float(position[1]))
    cone = math.degrees(math.atan2(spread + 0.95, reach)) + 4
    share = (
        1.4
        if light.role == "background"
        else look.set_share * (1.0 if light.role in ("key", "fill") else 0.7)
    )
    aim = centre
    if light.role == "background":
        aim, cone = (
            centre - vec(math.sin(math.radians(view_azimuth)), 0, math.cos(math.radians(view_azimuth))) * 2.4,
            38,
        )
    return Light(
        position,
        aim,
        radiance,
        cone,
        SOFTNESS[light.softness],
        0.0,
        share,
        shadow=light.role in _SHADOWED,
        role=light.role,
    )


def key_strength(lights: Sequence[LightSpec], look: Look) -> float:
    """Radiance of the strongest key as hung (0 when the rig has none)."""
    keys = [_intensity(light, 0.0, 0.0, look) for light in lights if light.role == "key"]
    return max(keys, default=0.0)


def _intensity(light: LightSpec, key: float, stops: float, look: Look) -> float:
    if light.role == "fill" and key > 0:
        # The ratio is what an operator sets; a fill's own intensity only counts in a rig without a key.
        return float(key / 2.0**stops)
    gain = _GAIN[light.role] * light.intensity / 50
    if light.role != "key":
        return gain
    return gain * look.key_gain * _ROUND[azimuth_of(Position(light.position)) // 45]


_SET_ON_FIGURES = 0.3
"""Share of a place's own lamps that reaches figures: they light the place, the rig lights people."""


def _from_set(lamp: SetLight, look: Look, boost: float, gel: str | None, *, pure: bool) -> Light:
    k = lamp.intensity * (look.practical_gain * boost if lamp.practical else 1.0) * _SET_ON_FIGURES
    mixed = lamp.colour if pure else tuple(0.8 * c + 0.2 for c in lamp.colour)
    r, g, b = gelled((mixed[0], mixed[1], mixed[2]), gel if lamp.practical else None)
    everywhere = lamp.cone >= 180
    return Light(
        vec(*lamp.position),
        vec(*lamp.aim),
        (r * k, g * k, b * k),
        80.0 if everywhere else lamp.cone,
        lamp.soft,
        lamp.falloff,
        1.0 / _SET_ON_FIGURES,
        lamp.shadow,
        not lamp.through_walls,
        lamp.volume,
        everywhere,
    )


_SUN_METRES = 40.0
_SUN_ON_FIGURES = 0.22
"""Share of the sun that reaches figures: on a lit exterior the rig is the key and the sun its motivation."""


def _sun(look: Look, centre: F64, *, pure: bool) -> Light:
    """Sun or moon as a far lamp that covers the ground the shot plays on."""
    sun = look.sun
    r, g, b = kelvin_to_rgb(sun.kelvin) if pure else camera_white(sun.kelvin)
    k = sun.intensity * _SUN_ON_FIGURES
    x, y, z = sun.direction
    return Light(
        centre + vec(x, y, z) * _SUN_METRES,
        centre,
        (r * k, g * k, b * k),
        13.0,
        sun.soft,
        0.0,
        1.0 / _SUN_ON_FIGURES,
        shadow=sun.shadow,
        everywhere=True,
    )


def _with_fill(specs: Sequence[LightSpec]) -> list[LightSpec]:
    """The lamps on stands; a key without a fill gets one on its other side, as bright as the ratio says."""
    rigged = [light for light in specs if light.role != "practical" and light.intensity > 0]
    keys = [light for light in rigged if light.role == "key"]
    if keys and not any(light.role == "fill" for light in rigged):
        left = keys[0].position in ("front_left", "left", "back_left")
        rigged.append(LightSpec("front_right" if left else "front_left", "fill", "eye", 50, 6000, "soft"))
    return rigged


def hang(
    packet: Packet, stage: StageSet, look: Look, centre: F64, spread: float, eye: F64, *, pure: bool = False
) -> tuple[Light, ...]:
    """All lamps of a shot, strongest use first: volumetric, shadowed, rest.

    ``pure`` gives lamps their black-body colour, for measuring; a picture has them half white-balanced.
    """
    specs = packet.lights or default_rig(packet)
    view = math.degrees(math.atan2(float(eye[0] - centre[0]), float(eye[2] - centre[2])))
    key = key_strength(specs, look)
    practicals = [light for light in specs if light.role == "practical"]
    boost = max((light.intensity for light in practicals), default=50.0) / 50
    gel = practicals[0].gel if practicals else None
    lamps = [_from_set(lamp, look, boost, gel, pure=pure) for lamp in stage.lights]
    if not stage.interior and look.sun.intensity > 0:
        lamps.append(_sun(look, centre, pure=pure))
    for light in _with_fill(specs):
        colour = kelvin_to_rgb(light.kelvin) if pure else camera_white(light.kelvin)
        r, g, b = gelled(colour, light.gel)
        k = _intensity(light, key, packet.fill_stops, look)
        lamps.append(_placed(light, centre, view, spread, look, (r * k, g * k, b * k)))
    return tuple(sorted(lamps, key=lambda lamp: (not (lamp.volume and lamp.shadow), not lamp.shadow)))


def exposure(packet: Packet, look: Look) -> float:
    """Camera exposure: half of a change of key is metered away, so brighter stays brighter without
    burning.
    """
    specs = packet.lights or default_rig(packet)
    key = max((light.intensity for light in specs if light.role == "key"), default=0.0) / 50 * _GAIN["key"]
    total = key + key / 2.0**packet.fill_stops + sum(look.ambient_top) * look.ambient_gain / 3
    metered = (2.05 / max(total, 0.35)) ** 0.5
    return float(1.12 * min(max(metered, 0.55), 1.9) * 2.0**look.stops)


def distance(lamp: Light) -> float:
    """Metres from lamp to what it is aimed at."""
    return length(lamp.aim - lamp.position)


def direction(lamp: Light) -> F64:
    """Unit vector along the beam."""
    return unit(lamp.aim - lamp.position)
