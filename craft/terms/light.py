"""Light: positions, roles, kelvin, mood, atmosphere, time of day."""

from __future__ import annotations

import math

from craft.terms.base import Term


class Position(Term):
    """Clock round the subject; the camera stands at front."""

    FRONT = "front"
    FRONT_RIGHT = "front_right"
    RIGHT = "right"
    BACK_RIGHT = "back_right"
    BACK = "back"
    BACK_LEFT = "back_left"
    LEFT = "left"
    FRONT_LEFT = "front_left"


class LightRole(Term):
    """What a light is for; never guessed from brightness."""

    KEY = "key"
    FILL = "fill"
    BACK = "back"
    RIM = "rim"
    KICKER = "kicker"
    HAIR = "hair"
    BACKGROUND = "background"
    PRACTICAL = "practical"


class Elevation(Term):
    """How high a light hangs."""

    LOW = "low"
    EYE = "eye"
    HIGH = "high"
    TOP = "top"


class Softness(Term):
    """How soft its shadows are."""

    HARD = "hard"
    MEDIUM = "medium"
    SOFT = "soft"


class Mood(Term):
    """The overall lighting idea."""

    HIGH_KEY = "high_key"
    LOW_KEY = "low_key"
    NATURAL = "natural"
    GOLDEN_HOUR = "golden_hour"
    BLUE_HOUR = "blue_hour"
    TUNGSTEN = "tungsten"
    NEON = "neon"
    SILHOUETTE = "silhouette"
    RIM_LIT = "rim_lit"
    VOLUMETRIC = "volumetric"
    OVERCAST = "overcast"


class Atmosphere(Term):
    """What hangs in the air."""

    CLEAR = "clear"
    HAZE = "haze"
    FOG = "fog"
    RAIN = "rain"
    SNOW = "snow"
    DUST = "dust"
    SMOKE = "smoke"


class TimeOfDay(Term):
    """When the scene plays."""

    DAWN = "dawn"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    DUSK = "dusk"
    NIGHT = "night"


KELVIN_PRESETS: dict[str, int] = {
    "candle": 1900,
    "household": 2700,
    "tungsten": 3200,
    "golden_hour": 3500,
    "fluorescent": 4300,
    "daylight": 5600,
    "overcast": 6500,
    "shade": 7500,
    "stylised_night": 9000,
}
# Gels people ask for by name, as the sRGB colour they pass.
GELS: dict[str, str] = {
    "amber": "#ffb45a",
    "straw": "#ffdc8c",
    "salmon": "#ff9b7d",
    "red": "#ff2a1e",
    "magenta": "#ff3ca8",
    "lavender": "#c8a0ff",
    "blue": "#3264ff",
    "steel blue": "#a0c8f0",
    "cyan": "#3cdcff",
    "green": "#46e650",
    "sodium": "#ffa032",
    "moonlight": "#8cb4ff",
}
# Key:fill ratios people name (stops = log2 of the ratio).
FILL_RATIOS: dict[str, float] = {
    "flat": 1.0,
    "television": 2.0,
    "cinema": 3.0,
    "drama": 4.0,
    "low_key": 8.0,
    "noir": 16.0,
}
_STEP_DEGREES = 45


def azimuth_of(position: Position) -> int:
    """Degrees clockwise seen from above, camera at 0: front 0, front_right 45, … front_left 315."""
    return list(Position).index(Position(position)) * _STEP_DEGREES


def fill_stops(ratio: float) -> float:
    """Key:fill ratio (≥ 1) as stops. Raises ValueError below 1."""
    if ratio < 1:
        raise ValueError(f"a key:fill ratio is at least 1, not {ratio}")
    return math.log2(ratio)


def kelvin_to_rgb(kelvin: float) -> tuple[float, float, float]:
    """Linear RGB of a black body, luminance 1 (Rec. 709 weights); Krystek/Kim Planckian fit, 1000–25000 K."""
    t = min(max(float(kelvin), 1000.0), 25000.0)
    if t < 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t < 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t < 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    big_x, big_z = x / y, (1 - x - y) / y
    red = 3.2404542 * big_x - 1.5371385 - 0.4985314 * big_z
    green = -0.9692660 * big_x + 1.8760108 + 0.0415560 * big_z
    blue = 0.0556434 * big_x - 0.2040259 + 1.0572252 * big_z
    r, g, b = (max(c, 0.0) for c in (red, green, blue))
    luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return (r / luminance, g / luminance, b / luminance)
