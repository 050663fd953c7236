"""How a movement gathers and loses speed."""

from __future__ import annotations

from craft.previs.spatial import smooth

_WHIP_FROM, _WHIP_FOR = 0.0, 0.35
_SWING_FROM, _SWING_FOR = 0.45, 0.50


def eased(easing: str, u: float) -> float:
    """Share of the travel done at share ``u`` of the time, both 0-1."""
    u = min(1.0, max(0.0, u))
    match easing:
        case "linear":
            return u
        case "ease_in":
            return 0.15 * u + 0.85 * u * u
        case "ease_out":
            return 1 - (0.15 * (1 - u) + 0.85 * (1 - u) * (1 - u))
        case _:
            # Half eased, half linear: starts and stops softly without crawling at both ends.
            return 0.6 * smooth(u) + 0.4 * u


def snapped(u: float) -> float:
    """A whip: all of the travel within the first third."""
    return smooth((u - _WHIP_FROM) / _WHIP_FOR)


def swung(u: float) -> float:
    """A whip pan: the frame is held for nearly half of the time, then flies away."""
    return smooth((u - _SWING_FROM) / _SWING_FOR)
