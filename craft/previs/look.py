"""Mood, time of day and atmosphere as numbers for the renderer: ambient, sky, fog, exposure and grade."""

from __future__ import annotations

from dataclasses import dataclass, replace

from craft.previs.packet import Packet

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """Everything that is neither a lamp nor a thing. Colours linear; ``haze`` per metre; ``stops`` from normal exposure."""

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
    saturation: float = 1.08
    set_share: float = 0.40
    ambient_gain: float = 1.0
    practical_gain: float = 1.0
    key_gain: float = 1.0
    rain: float = 0.0
    flakes: float = 0.0


_TIMES: dict[str, Look] = {
    "night": Look((0.045, 0.058, 0.088), (0.036, 0.030, 0.028), (0.010, 0.016, 0.040), (0.045, 0.055, 0.085), (0.030, 0.040, 0.064)),
    "dawn": Look((0.16, 0.15, 0.19), (0.11, 0.08, 0.07), (0.20, 0.32, 0.56), (0.95, 0.62, 0.48), (0.42, 0.34, 0.36)),
    "morning": Look((0.26, 0.29, 0.33), (0.16, 0.14, 0.12), (0.28, 0.48, 0.85), (0.85, 0.88, 0.92), (0.52, 0.55, 0.60)),
    "noon": Look((0.34, 0.37, 0.41), (0.20, 0.18, 0.16), (0.30, 0.52, 0.95), (0.85, 0.92, 1.0), (0.60, 0.66, 0.74)),
    "afternoon": Look((0.29, 0.30, 0.31), (0.19, 0.16, 0.13), (0.30, 0.48, 0.80), (0.95, 0.88, 0.76), (0.56, 0.54, 0.50)),
    "dusk": Look((0.13, 0.13, 0.20), (0.10, 0.07, 0.07), (0.10, 0.14, 0.36), (0.85, 0.42, 0.30), (0.26, 0.20, 0.26)),
}  # fmt: skip


def _mood(look: Look, mood: str) -> Look:
    match mood:
        case "high_key":
            return replace(look, stops=0.35, ambient_gain=1.9, set_share=0.75, lift=(0.02, 0.02, 0.02))
        case "low_key":
            return replace(look, stops=-0.25, ambient_gain=0.62, set_share=0.22, lift=(0.002, 0.004, 0.008))
        case "golden_hour":
            return replace(look, gain=(1.06, 1.0, 0.90), lift=(0.014, 0.006, 0.0), saturation=1.14)
        case "blue_hour":
            return replace(look, gain=(0.94, 1.0, 1.08), lift=(0.0, 0.006, 0.020))
        case "tungsten":
            return replace(look, gain=(1.05, 1.0, 0.92), practical_gain=1.3)
        case "neon":
            return replace(look, lift=(0.014, 0.0, 0.024), saturation=1.28, practical_gain=1.35)
        case "silhouette":
            return replace(look, stops=-0.2, ambient_gain=0.5, key_gain=0.22, set_share=1.0)
        case "rim_lit":
            return replace(look, ambient_gain=0.7, key_gain=0.6, set_share=0.25)
        case "volumetric":
            return replace(look, shafts=0.16, haze=look.haze + 0.008)
        case "overcast":
            return replace(look, ambient_gain=1.5, saturation=0.92, gain=(0.99, 1.0, 1.02))
        case _:
            return look


def _air(look: Look, kind: str, density: float) -> Look:
    k = density / 100
    match kind:
        case "haze":
            return replace(look, haze=look.haze + 0.05 * k, shafts=look.shafts + 0.14 * k, sky_fog=0.3 * k, fog=_brighter(look.fog, 1.3))
        case "fog":
            return replace(look, haze=look.haze + 0.20 * k, shafts=look.shafts + 0.10 * k, sky_fog=min(1.0, 1.6 * k), fog=_brighter(look.fog, 2.2))
        case "smoke":
            return replace(look, haze=look.haze + 0.13 * k, shafts=look.shafts + 0.22 * k, sky_fog=0.6 * k, fog=_grey(_brighter(look.fog, 1.6)))
        case "dust":
            return replace(look, haze=look.haze + 0.08 * k, shafts=look.shafts + 0.2 * k, flakes=0.25 * k, fog=_warm(_brighter(look.fog, 1.5)))
        case "rain":
            return replace(look, haze=look.haze + 0.03 * k, rain=0.28 + 0.5 * k, sky_fog=0.3 * k)
        case "snow":
            return replace(look, haze=look.haze + 0.06 * k, flakes=0.5 + 0.5 * k, sky_fog=0.5 * k, fog=_brighter(look.fog, 1.7))
        case _:
            return look


def _brighter(c: RGB, k: float) -> RGB:
    return (c[0] * k, c[1] * k, c[2] * k)


def _grey(c: RGB) -> RGB:
    mean = sum(c) / 3
    return (mean, mean, mean)


def _warm(c: RGB) -> RGB:
    return (c[0] * 1.25, c[1] * 1.02, c[2] * 0.72)


def look_for(packet: Packet, *, interior: bool) -> Look:
    """The look of a packet; indoors, daylight reaches the ambient only in part and rain stays outside."""
    look = _mood(_TIMES[packet.time_of_day], packet.mood)
    look = _air(look, packet.atmosphere.kind, packet.atmosphere.density)
    if not interior:
        return look
    share = 0.62 if packet.time_of_day != "night" else 0.85
    indoors = replace(
        look, ambient_top=_brighter(look.ambient_top, share), ambient_low=_brighter(look.ambient_low, share), rain=0.0, sky_fog=0.0
    )
    return indoors if packet.atmosphere.kind == "dust" else replace(indoors, flakes=0.0)
