"""Mood, time of day and atmosphere as numbers for the renderer: ambient, sky, fog, exposure and grade."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from craft.previs.packet import Packet

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Sun:
    """Sun, or by night the moon: where it stands (azimuth 0 = +z, growing towards +x; degrees), kelvin, radiance,
    softness of its shadows and the share of clear sky it is seen through.
    """

    azimuth: float
    elevation: float
    kelvin: float
    intensity: float
    soft: float = 0.06
    clear: float = 1.0
    shadow: bool = True

    @property
    def direction(self) -> RGB:
        """Unit vector towards it."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        return (math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e))


_MOON = Sun(150, 38, 8500, 0.45, 0.3, shadow=False)


@dataclass(frozen=True)
class Look:
    """Everything that is neither a lamp nor a thing. Colours linear; ``haze`` per metre; ``stops``
    from normal exposure; ``stars``, ``clouds`` and ``snow`` (on the ground) as shares.
    """

    ambient_top: RGB
    ambient_low: RGB
    sky_top: RGB
    sky_low: RGB
    fog: RGB
    haze: float = 0.006
    shafts: float = 0.05
    sky_fog: float = 0.0
    stops: float = 0.0
    lift: RGB = (0.0, 0.0, 0.0)
    gain: RGB = (1.0, 1.0, 1.0)
    saturation: float = 0.94
    set_share: float = 0.62
    ambient_gain: float = 1.0
    practical_gain: float = 1.0
    key_gain: float = 1.0
    rain: float = 0.0
    flakes: float = 0.0
    sun: Sun = _MOON
    stars: float = 0.0
    clouds: float = 0.35
    snow: float = 0.0


_TIMES: dict[str, Look] = {
    "night": Look(
        (0.075, 0.092, 0.135),
        (0.058, 0.048, 0.046),
        (0.010, 0.016, 0.040),
        (0.045, 0.055, 0.085),
        (0.030, 0.040, 0.064),
        stars=1.0,
    ),
    "dawn": Look(
        (0.16, 0.15, 0.19),
        (0.11, 0.08, 0.07),
        (0.20, 0.32, 0.56),
        (0.95, 0.62, 0.48),
        (0.42, 0.34, 0.36),
        sun=Sun(118, 7, 3000, 1.7),
    ),
    "morning": Look(
        (0.26, 0.29, 0.33),
        (0.16, 0.14, 0.12),
        (0.28, 0.48, 0.85),
        (0.85, 0.88, 0.92),
        (0.52, 0.55, 0.60),
        sun=Sun(62, 32, 4600, 2.9),
    ),
    "noon": Look(
        (0.34, 0.37, 0.41),
        (0.20, 0.18, 0.16),
        (0.30, 0.52, 0.95),
        (0.85, 0.92, 1.0),
        (0.60, 0.66, 0.74),
        sun=Sun(24, 64, 5600, 3.4),
    ),
    "afternoon": Look(
        (0.29, 0.30, 0.31),
        (0.19, 0.16, 0.13),
        (0.30, 0.48, 0.80),
        (0.95, 0.88, 0.76),
        (0.56, 0.54, 0.50),
        sun=Sun(-52, 34, 5000, 3.1),
    ),
    "dusk": Look(
        (0.13, 0.13, 0.20),
        (0.10, 0.07, 0.07),
        (0.10, 0.14, 0.36),
        (0.85, 0.42, 0.30),
        (0.26, 0.20, 0.26),
        sun=Sun(-128, 5, 2500, 1.2),
        stars=0.15,
    ),
}


_MOODS: dict[str, dict[str, Any]] = {
    "high_key": {"stops": 0.35, "ambient_gain": 1.9, "set_share": 0.75, "lift": (0.02, 0.02, 0.02)},
    "low_key": {"stops": -0.25, "ambient_gain": 0.62, "set_share": 0.22, "lift": (0.002, 0.004, 0.008)},
    "golden_hour": {"gain": (1.06, 1.0, 0.90), "lift": (0.014, 0.006, 0.0), "saturation": 1.08},
    "blue_hour": {"gain": (0.94, 1.0, 1.08), "lift": (0.0, 0.006, 0.020)},
    "tungsten": {"gain": (1.05, 1.0, 0.92), "practical_gain": 1.3},
    "neon": {"lift": (0.014, 0.0, 0.024), "saturation": 1.10, "practical_gain": 1.35},
    "silhouette": {"stops": -0.2, "ambient_gain": 0.5, "key_gain": 0.22, "set_share": 1.0},
    "rim_lit": {"ambient_gain": 0.7, "key_gain": 0.6, "set_share": 0.25},
    "volumetric": {"shafts": 0.16, "haze": 0.014},
    "overcast": {"clouds": 1.0, "ambient_gain": 1.5, "saturation": 0.92, "gain": (0.99, 1.0, 1.02)},
}
"""What each mood sets; ``natural`` sets nothing."""


@dataclass(frozen=True)
class _Air:
    """Added at density 100: haze, shafts, share on the sky; factor and tint of the fog's colour; rain
    and flakes.
    """

    haze: float
    shafts: float = 0.0
    sky: float = 0.0
    fog: RGB = (1.0, 1.0, 1.0)
    rain: tuple[float, float] = (0.0, 0.0)
    flakes: tuple[float, float] = (0.0, 0.0)
    clouds: float = 0.0
    snow: float = 0.0


_AIRS: dict[str, _Air] = {
    "haze": _Air(0.05, 0.14, 0.3, (1.3, 1.3, 1.3)),
    "fog": _Air(0.20, 0.10, 1.6, (2.2, 2.2, 2.2)),
    "smoke": _Air(0.13, 0.22, 0.6, (2.1, 1.6, 1.1)),
    "dust": _Air(0.08, 0.20, 0.0, (1.9, 1.5, 1.1), flakes=(0.0, 0.25)),
    "rain": _Air(0.03, 0.0, 0.3, rain=(0.28, 0.5), clouds=1.0),
    "snow": _Air(0.06, 0.0, 0.5, (1.7, 1.7, 1.7), flakes=(0.5, 0.5), clouds=1.0, snow=1.0),
}


def _breathed(look: Look, kind: str, density: float) -> Look:
    air = _AIRS.get(kind)
    if air is None:
        return look
    k = density / 100
    fog = (look.fog[0] * air.fog[0], look.fog[1] * air.fog[1], look.fog[2] * air.fog[2])
    return replace(
        look,
        haze=look.haze + air.haze * k,
        shafts=look.shafts + air.shafts * k,
        sky_fog=min(1.0, air.sky * k),
        fog=fog,
        rain=air.rain[0] + air.rain[1] * k,
        flakes=air.flakes[0] + air.flakes[1] * k,
        clouds=max(look.clouds, min(1.0, air.clouds * (0.6 + k))),
        snow=min(1.0, air.snow * (0.35 + k)),
    )


def _veiled(look: Look) -> Look:
    """The sun through what hangs before it: a covered sky is a large soft lamp, haze and fog dim it."""
    cover = max(0.0, (look.clouds - 0.5) * 2)
    clear = (1 - 0.85 * cover) * (1 - 0.8 * min(1.0, look.sky_fog))
    soft = min(1.0, look.sun.soft + 0.9 * cover + 0.5 * look.sky_fog)
    sun = replace(look.sun, intensity=look.sun.intensity * (0.12 + 0.88 * clear), soft=soft, clear=clear)
    return replace(look, sun=sun, stars=look.stars * clear)


def _brighter(c: RGB, k: float) -> RGB:
    return (c[0] * k, c[1] * k, c[2] * k)


def look_for(packet: Packet, *, interior: bool) -> Look:
    """The look of a packet; indoors, daylight reaches the ambient only in part and rain stays outside."""
    look = replace(_TIMES[packet.time_of_day], **_MOODS.get(packet.mood, {}))
    look = _breathed(look, packet.atmosphere.kind, packet.atmosphere.density)
    if not interior:
        return _veiled(look)
    share = 0.75 if packet.time_of_day != "night" else 1.5
    indoors = replace(
        look,
        ambient_top=_brighter(look.ambient_top, share),
        ambient_low=_brighter(look.ambient_low, share),
        rain=0.0,
        sky_fog=0.0,
        snow=0.0,
    )
    return indoors if packet.atmosphere.kind == "dust" else replace(indoors, flakes=0.0)
