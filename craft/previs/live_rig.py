"""The light rig as tables for the browser, which hangs the same lamps from them (``frontend/src/previs/rig.ts``).

Only formulas are written twice; every number comes from here. What the set itself lights is sampled from
``hang``, so the browser needs to know nothing about suns, windows and desk lamps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from craft.previs import rig
from craft.previs.look import look_for
from craft.previs.packet import LightSpec, Packet
from craft.previs.rig import Light, default_rig, exposure, hang
from craft.previs.shot import Shot, lit_from
from craft.previs.uniforms import MAX_LIGHTS, Settings
from craft.terms.light import LightRole, Position, azimuth_of

KELVIN_LOW, KELVIN_HIGH, KELVIN_STEP = 1000, 20000, 50


def relit(shot: Shot, packet: Packet) -> Shot:
    """The shot under another packet's light: its rig, mood and fill; set, cast and camera stay."""
    look = look_for(packet, interior=shot.stage.interior)
    centre, spread = lit_from(shot.composition)
    lights = hang(packet, shot.stage, look, centre, spread, shot.path[0].eye)
    return replace(shot, packet=packet, look=look, lights=lights, exposure=exposure(packet, look))


def tables(shot: Shot, settings: Settings) -> dict[str, Any]:
    """What does not change with the dial or the mood."""
    centre, spread = lit_from(shot.composition)
    eye = shot.path[0].eye
    steps = range(KELVIN_LOW, KELVIN_HIGH + 1, KELVIN_STEP)
    specs = shot.packet.lights or default_rig(shot.packet)
    return {
        "centre": [float(x) for x in centre],
        "spread": spread,
        "view": math.degrees(math.atan2(float(eye[0] - centre[0]), float(eye[2] - centre[2]))),
        "azimuth": {place.value: azimuth_of(place) for place in Position},
        "elevation": rig.ELEVATION,
        "softness": rig.SOFTNESS,
        "gain": rig._GAIN,
        "round": list(rig._ROUND),
        "shadowed": list(rig._SHADOWED),
        "kelvin": {"low": KELVIN_LOW, "step": KELVIN_STEP, "rgb": [rig.camera_white(k) for k in steps]},
        "lights": [_spec(light) for light in specs],
        "fill_stops": shot.packet.fill_stops,
        "mood": shot.packet.mood,
        "limits": {
            "lights": MAX_LIGHTS,
            "shadows": settings.shadows,
            "gloss": settings.gloss,
            "shafts": settings.shafts,
        },
    }


def _spec(light: LightSpec) -> dict[str, Any]:
    names = ("position", "role", "elevation", "intensity", "kelvin", "softness", "gel")
    return {name: getattr(light, name) for name in names}


def mood_table(shot: Shot) -> dict[str, Any]:
    """What the shot's mood decides about the rig: the look's shares, and the set's own lamps."""
    look = shot.look
    return {
        "key_gain": look.key_gain,
        "set_share": look.set_share,
        "stops": look.stops,
        "ambient": sum(look.ambient_top) * look.ambient_gain,
        "lamps": _set_lamps(shot),
    }


def _set_lamps(shot: Shot) -> list[dict[str, Any]]:
    """What the set itself lights with its practicals at 50; ``practical`` are those that follow the dial."""
    plain, boosted = (
        _hung(shot, (LightSpec(Position.FRONT.value, LightRole.PRACTICAL.value, intensity=level),))
        for level in (50.0, 100.0)
    )
    return [
        {**lamp_data(lamp), "practical": lamp.radiance != more.radiance}
        for lamp, more in zip(plain, boosted, strict=True)
    ]


def _hung(shot: Shot, specs: Sequence[LightSpec]) -> tuple[Light, ...]:
    return relit(shot, replace(shot.packet, lights=tuple(specs))).lights


def lamp_data(lamp: Light) -> dict[str, Any]:
    """A lamp as JSON data: metres, degrees, linear RGB."""
    return {
        "position": [float(x) for x in lamp.position],
        "aim": [float(x) for x in lamp.aim],
        "radiance": [float(x) for x in lamp.radiance],
        "cone": lamp.cone,
        "soft": lamp.soft,
        "falloff": lamp.falloff,
        "set_share": lamp.set_share,
        "shadow": lamp.shadow,
        "shell": lamp.shell,
        "volume": lamp.volume,
        "everywhere": lamp.everywhere,
    }
