"""A first light rig for a place, by its mood and time of day."""

from __future__ import annotations

from typing import Any

from craft.terms.light import KELVIN_PRESETS, Mood, TimeOfDay


def light(
    position: str, role: str, intensity: int, kelvin: int, *, elevation: str = "eye", softness: str = "medium"
) -> dict[str, Any]:
    """One light as the rig stores it."""
    return {
        "position": position,
        "role": role,
        "elevation": elevation,
        "intensity": intensity,
        "kelvin": kelvin,
        "softness": softness,
        "gel": "",
    }


# The figures of a scene's primary grade an operator sets, with their limits (those of craft.render's grade, narrowed).
GRADE_LIMITS: dict[str, tuple[float, float]] = {
    "exposure": (-2.0, 2.0),
    "contrast": (0.5, 1.6),
    "saturation": (0.0, 2.0),
    "temperature": (-0.6, 0.6),
}
_COLD, _WARM = -0.06, 0.06


def first_grade(mood: str) -> dict[str, float]:
    """A gentle grade for a place nobody has graded yet: a little contrast, warmer or colder by its mood."""
    warm = mood in (Mood.GOLDEN_HOUR, Mood.TUNGSTEN)
    cold = mood in (Mood.BLUE_HOUR, Mood.OVERCAST, Mood.NEON)
    temperature = _WARM if warm else _COLD if cold else 0.0
    return {"exposure": 0.0, "contrast": 1.06, "saturation": 1.04, "temperature": temperature}


_K = KELVIN_PRESETS
_NIGHT = (
    4.0,
    [
        light("front_left", "key", 70, _K["household"], elevation="high"),
        light("right", "fill", 25, _K["overcast"], softness="soft"),
        light("back_right", "rim", 65, _K["shade"], elevation="high", softness="hard"),
    ],
)
_DAY = (
    2.0,
    [
        light("front_right", "key", 85, _K["daylight"], elevation="high", softness="soft"),
        light("left", "fill", 45, _K["overcast"], softness="soft"),
        light("back_left", "rim", 40, _K["daylight"], elevation="high"),
    ],
)
_GOLDEN = (
    3.0,
    [
        light("right", "key", 85, _K["golden_hour"], elevation="low"),
        light("front_left", "fill", 30, _K["shade"], softness="soft"),
        light("back_right", "rim", 70, _K["golden_hour"], softness="hard"),
    ],
)
_NEON = (
    8.0,
    [
        light("left", "key", 75, _K["stylised_night"], softness="soft"),
        light("right", "kicker", 70, _K["candle"]),
        light("back", "rim", 60, _K["shade"], elevation="high", softness="hard"),
    ],
)
_BY_MOOD = {
    Mood.LOW_KEY: _NIGHT,
    Mood.TUNGSTEN: _NIGHT,
    Mood.VOLUMETRIC: _NIGHT,
    Mood.BLUE_HOUR: _NIGHT,
    Mood.RIM_LIT: _NIGHT,
    Mood.SILHOUETTE: _NIGHT,
    Mood.HIGH_KEY: _DAY,
    Mood.OVERCAST: _DAY,
    Mood.GOLDEN_HOUR: _GOLDEN,
    Mood.NEON: _NEON,
}
_DARK = {TimeOfDay.NIGHT, TimeOfDay.DUSK, TimeOfDay.DAWN}


def first_rig(mood: str, time_of_day: str) -> tuple[float, list[dict[str, Any]]]:
    """Fill ratio (key:fill) and lights for a place nobody has lit yet."""
    ratio, lights = _BY_MOOD.get(Mood(mood)) or (_NIGHT if TimeOfDay(time_of_day) in _DARK else _DAY)
    return ratio, [dict(one) for one in lights]
