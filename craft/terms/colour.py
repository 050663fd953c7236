"""Colour arithmetic every craft shares: hex, sRGB, linear light, colour temperature, difference."""

from __future__ import annotations

import math
import re

RGB = tuple[float, float, float]
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def hex_to_rgb(text: str) -> tuple[int, int, int]:
    """`#rrggbb` or `#rgb` → 0–255 sRGB. Raises ValueError for anything else."""
    found = _HEX.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text[:20]!r} is no colour; write #rrggbb")
    digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def rgb_to_hex(rgb: tuple[float, float, float]) -> str:
    """0–255 sRGB → `#rrggbb`, clamped and rounded."""
    return "#" + "".join(f"{min(max(round(c), 0), 255):02x}" for c in rgb)


def srgb_to_linear(value: float) -> float:
    """One sRGB channel 0–1 → linear light."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(value: float) -> float:
    """One linear channel 0–1 → sRGB."""
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def hex_to_linear(text: str) -> RGB:
    """`#rrggbb` → linear RGB 0–1. Raises ValueError."""
    r, g, b = (srgb_to_linear(c / 255) for c in hex_to_rgb(text))
    return (r, g, b)


def linear_to_hex(rgb: RGB) -> str:
    """Linear RGB 0–1 (clamped) → `#rrggbb`."""
    r, g, b = (255 * linear_to_srgb(min(max(c, 0.0), 1.0)) for c in rgb)
    return rgb_to_hex((r, g, b))


def luminance(rgb: RGB) -> float:
    """Relative luminance of linear RGB (Rec. 709)."""
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]


def _xyz(rgb: RGB) -> RGB:
    r, g, b = rgb
    return (
        0.4124564 * r + 0.3575761 * g + 0.1804375 * b,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        0.0193339 * r + 0.1191920 * g + 0.9503041 * b,
    )


def cct(rgb: RGB) -> float:
    """Colour temperature of linear RGB (McCamy), kelvin 1000–25000. Raises ValueError for black."""
    x, y, z = _xyz(rgb)
    total = x + y + z
    if total <= 0:
        raise ValueError("black has no colour temperature")
    n = (x / total - 0.3320) / (0.1858 - y / total)
    return min(max(449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33, 1000.0), 25000.0)


def lab(rgb: RGB) -> RGB:
    """CIE L*a*b* (D65) of linear RGB."""

    def bend(t: float) -> float:
        return math.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    x, y, z = _xyz(rgb)
    fx, fy, fz = bend(x / 0.95047), bend(y), bend(z / 1.08883)
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def delta_e(first: str, second: str) -> float:
    """CIE76 difference of two hex colours; about 2.3 is just noticeable. Raises ValueError."""
    return math.dist(lab(hex_to_linear(first)), lab(hex_to_linear(second)))
