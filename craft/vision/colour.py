"""Colours of small frames: palette distances that shading does not change, and the colour temperature of
greys.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from craft.terms.colour import hex_to_linear
from craft.vision.decode import Look, Plane
from craft.vision.reports import StreamFacts

Pixels = npt.NDArray[np.floating[Any]]
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
    np.float32,
)
_WHITE = np.array([0.95047, 1.0, 1.08883], np.float32)
# lightness counts less than hue: the same cloth lies in light and in shade
_LIGHTNESS_WEIGHT = 0.22
# red's and blue's part of luma
_SHARES = {
    "bt709": (0.2126, 0.0722),
    "smpte170m": (0.299, 0.114),
    "bt470bg": (0.299, 0.114),
    "fcc": (0.3, 0.11),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
    "bt2020c": (0.2627, 0.0593),
}


def picture_of(look: Look, facts: StreamFacts, size: tuple[int, int]) -> Plane:
    """RGB `(h, w, 3)` of a look at a small size (width, height), by the matrix and range the file names.

    Without a name it is BT.709 from 720 lines up, as players take it, and BT.601 below and for RGB files (whose
    conversion is ours).
    """
    full = facts.colour_range == "full"
    black, luma_span, colour_span = (0.0, 255.0, 255.0) if full else (16.0, 219.0, 224.0)
    y, u, v = (_shrunk(plane, size) for plane in (look.y, look.u, look.v))
    y = (y - black) / luma_span
    u, v = (u - 128) / colour_span, (v - 128) / colour_span
    red_share, blue_share = _shares(facts, look.y.shape[0])
    red, blue = y + 2 * (1 - red_share) * v, y + 2 * (1 - blue_share) * u
    green = (y - red_share * red - blue_share * blue) / (1 - red_share - blue_share)
    rgb = np.clip(np.rint(np.stack([red, green, blue], axis=-1) * 255), 0, 255)
    return np.asarray(rgb, np.uint8)


def _shrunk(plane: Plane, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def _shares(facts: StreamFacts, lines: int) -> tuple[float, float]:
    if facts.matrix in _SHARES:
        return _SHARES[facts.matrix]
    rgb = facts.pixel_format.startswith(("rgb", "bgr", "gbr", "pal8"))
    return _SHARES["bt709" if lines >= 720 and not rgb else "smpte170m"]


def linear_pixels(picture: Plane, box: tuple[float, float, float, float] | None = None) -> Pixels:
    """Linear RGB in 0-1, shape (n, 3), of a picture `(h, w, 3)` or of a normalised box (x0, y0, x1, y1) of it."""
    height, width = picture.shape[:2]
    if box is not None:
        x0, y0, x1, y1 = box
        left, top = int(x0 * width), int(y0 * height)
        picture = picture[
            top : max(top + 1, int(np.ceil(y1 * height))), left : max(left + 1, int(np.ceil(x1 * width)))
        ]
    return to_linear(picture.reshape(-1, 3).astype(np.float32) / 255)


def to_linear(srgb: Pixels) -> Pixels:
    """sRGB 0-1 to linear light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)


def lab(linear: Pixels) -> Pixels:
    """CIE L*a*b* (D65) of linear RGB, same shape."""
    ratio = linear @ _TO_XYZ.T / _WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def palette_distance(pixels: Pixels, colour: str, share: float) -> float | None:
    """How far the nearest `share` of the pixels is from a colour: about ΔE, 0 is the same, above 25 another
    colour.

    Each pixel is first brought to the colour's own luminance, so that light and shade on a cloth do not
    count; what is too dark to have a colour is left out. None when too little is left to judge. Raises
    ValueError for a bad colour.
    """
    target = np.array(hex_to_linear(colour), np.float32)
    level = float(target @ _LUMA)
    luma = pixels @ _LUMA
    usable = pixels[(luma > 0.004) & (pixels.max(axis=1) < 0.985)]
    if usable.shape[0] < max(24, share * pixels.shape[0]):
        return None
    luminance = usable @ _LUMA
    same_light = usable * np.clip(level / luminance, 0.05, 30.0)[:, None]
    wanted = lab(target[None])[0]
    colour_part = lab(np.clip(same_light, 0, 4))[:, 1:] - wanted[1:]
    light_part = (lab(usable)[:, 0] - wanted[0]) * _LIGHTNESS_WEIGHT
    distance = np.sqrt((colour_part**2).sum(axis=1) + light_part**2)
    nearest = max(8, int(share * pixels.shape[0]))
    return round(float(np.mean(np.partition(distance, nearest - 1)[:nearest])), 2)


def temperature_of(picture: Plane) -> float | None:
    """`temperature` of a picture `(h, w, 3)`, read on a grid of about 160 columns."""
    gap = max(1, picture.shape[1] // 160)
    return temperature(linear_pixels(np.ascontiguousarray(picture[::gap, ::gap])))


def temperature(pixels: Pixels) -> float | None:
    """Correlated colour temperature in kelvin of the bright greys, by McCamy; None when there are too few
    greys.
    """
    luma = pixels @ _LUMA
    usable = (luma > 0.03) & (pixels.max(axis=1) < 0.95)
    if usable.sum() < 60:
        return None
    chosen = pixels[usable]
    values = lab(chosen)
    chroma = np.hypot(values[:, 1], values[:, 2])
    # greys under coloured light are the least coloured third, weighted to the bright
    greys = chosen[chroma <= np.quantile(chroma, 0.34)]
    if float(np.median(np.sort(chroma)[: greys.shape[0]])) > 38:
        return None
    x_, y_, z_ = (greys @ _TO_XYZ.T).sum(axis=0)
    x, y = x_ / (x_ + y_ + z_), y_ / (x_ + y_ + z_)
    n = (x - 0.3320) / (0.1858 - y)
    kelvin = 449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33
    return round(float(kelvin), -1) if 1500 <= kelvin <= 20_000 else None
