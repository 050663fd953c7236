"""Primary grade in the YUV domain: numbers in, filter parameters out.

A grade is arithmetic on RGB (exposure, CDL-like lift and gain, white balance, contrast, saturation). All of
it but the gamma is linear in RGB, and a linear map of RGB is a linear map of YUV, so no conversion to RGB is
needed: one table for luma, one linear correction of chroma as a function of luma. That costs about 1 ms a
frame at 720p where the same grade through RGB costs ten.

Luma keeps the exact curve; per-channel lift and gain become the chroma offset they cause on a grey of each
luma (exact for greys, first order for colours; gamma leaves chroma alone).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

RGB = tuple[float, float, float]

WEIGHTS: RGB = (0.2126, 0.7152, 0.0722)
"""BT.709 luma weights."""
CB_DIVISOR = 1.8556
CR_DIVISOR = 1.5748
DISPLAY_GAMMA = 2.4
"""BT.1886: one stop of light is a factor 2^(1/2.4) on the coded signal."""
PIVOT = 0.435
"""Contrast turns round middle grey."""
WARM: RGB = (0.10, 0.0, -0.14)
"""Change of R, G, B at temperature +1."""
MAGENTA: RGB = (0.05, -0.07, 0.05)
"""Change of R, G, B at tint +1."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A primary grade; the default changes nothing.

    exposure     stops of light, -4 to 4
    contrast     factor round middle grey, 0 to 3
    saturation   factor, 0 to 3
    temperature  -1 cold to 1 warm; tint -1 green to 1 magenta
    lift         R, G, B added to black, falling to nothing at white (-0.5 to 0.5)
    gamma        midtones, above 1 is brighter (0.2 to 5)
    gain         R, G, B factors (0 to 4)
    """

    exposure: float = 0.0
    contrast: float = 1.0
    saturation: float = 1.0
    temperature: float = 0.0
    tint: float = 0.0
    lift: RGB = (0.0, 0.0, 0.0)
    gamma: float = 1.0
    gain: RGB = (1.0, 1.0, 1.0)

    def neutral(self) -> bool:
        """True when the picture would not change."""
        return self == Grade()


LIMITS: dict[str, tuple[float, float]] = {
    "exposure": (-4.0, 4.0),
    "contrast": (0.0, 3.0),
    "saturation": (0.0, 3.0),
    "temperature": (-1.0, 1.0),
    "tint": (-1.0, 1.0),
    "lift": (-0.5, 0.5),
    "gamma": (0.2, 5.0),
    "gain": (0.0, 4.0),
}


def out_of_range(grade: Grade) -> str | None:
    """The first field outside `LIMITS` (NaN included), or None."""
    for field, (low, high) in LIMITS.items():
        value = getattr(grade, field)
        parts = value if isinstance(value, tuple) else (value,)
        if not all(low <= part <= high for part in parts):
            return field
    return None


@dataclass(frozen=True, slots=True)
class Curves:
    """What the filters need: a luma formula, a chroma factor and four chroma offsets.

    `luma` is a formula of `val`, the 8-bit code value. The offsets are shares of full scale, added to chroma
    ahead of the factor: `red_low` where the code value of luma is 0, `red_high` where it is 255.
    """

    luma: str
    chroma: float
    red_low: float
    red_high: float
    blue_low: float
    blue_high: float

    @property
    def shifts_chroma(self) -> bool:
        offsets = (self.red_low, self.red_high, self.blue_low, self.blue_high)
        return any(abs(offset) > 1e-6 for offset in offsets)


def luma_of(rgb: RGB) -> float:
    """The BT.709 luma of a coded RGB triple."""
    return sum(weight * part for weight, part in zip(WEIGHTS, rgb, strict=True))


def curves(grade: Grade) -> Curves:
    """The filter numbers of a grade.

    On a grey of luma Y, channel c becomes white_c * Y + black_c * (1 - Y); luma follows the weighted mean of
    that, chroma the distance of red and blue from it.
    """
    white, black = ends(grade)
    red_low, red_high = _offset(white, black, 0, CR_DIVISOR)
    blue_low, blue_high = _offset(white, black, 2, CB_DIVISOR)
    return Curves(
        luma=_luma_formula(grade, luma_of(white), luma_of(black)),
        chroma=min(3.0, luma_of(white) * grade.contrast * grade.saturation),
        red_low=red_low,
        red_high=red_high,
        blue_low=blue_low,
        blue_high=blue_high,
    )


def ends(grade: Grade) -> tuple[RGB, RGB]:
    """What white and black become ahead of gamma and contrast: (white, black)."""
    light = 2.0 ** (grade.exposure / DISPLAY_GAMMA)
    white = _channels(
        light * gain * (1.0 + grade.temperature * warm + grade.tint * magenta)
        for gain, warm, magenta in zip(grade.gain, WARM, MAGENTA, strict=True)
    )
    return white, _channels(factor * lift for factor, lift in zip(white, grade.lift, strict=True))


def _channels(values: Iterable[float]) -> RGB:
    red, green, blue = values
    return (red, green, blue)


def _luma_formula(grade: Grade, white: float, black: float) -> str:
    coded = "(val-16)/219"
    value = f"max(0,{white:.6f}*{coded}+{black:.6f}*(1-{coded}))"
    if grade.gamma != 1.0:
        value = f"pow({value},{1.0 / grade.gamma:.6f})"
    if grade.contrast != 1.0:
        value = f"({value}-{PIVOT})*{grade.contrast:.6f}+{PIVOT}"
    return f"clip(round(16+219*({value})),16,235)"


def _offset(white: RGB, black: RGB, channel: int, divisor: float) -> tuple[float, float]:
    """Chroma to add at code luma 0 and 255 for one channel, relative to the chroma factor.

    Divided by the luma of white because the filter multiplies by the chroma factor afterwards.
    """
    luma = luma_of(white)
    if luma <= 0.0:
        return 0.0, 0.0
    scale = 224.0 / 255.0 / divisor / luma
    at_black = black[channel] - luma_of(black)
    at_white = white[channel] - luma
    slope = (at_white - at_black) * 255.0 / 219.0
    low = at_black - slope * 16.0 / 255.0
    return _bounded(low * scale), _bounded((low + slope) * scale)


def _bounded(offset: float) -> float:
    return max(-1.0, min(1.0, offset))
