"""Where the key light of a picture stands, read off a figure whose surface directions are known.

Brightness is explained as a sum of soft lamps on the eight positions of the clock (each at two heights) and an even
light; what has no lamp gets none (non-negative least squares). How bright the paint of each colour is gets solved for
too, so a white shirt is no light. Pixels are gathered by surface direction first, or the side with the larger surface
would win.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from craft.terms.light import Position, azimuth_of

Image = npt.NDArray[np.uint8]
Vectors = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Figures = npt.NDArray[np.float64]

_HEIGHTS = (20.0, 50.0)
_WRAPS = (0.0, 0.15, 0.3)
"""How far light may reach round an edge: lamps are hard or soft, and the likeliest is kept."""
_PAINT_ROUNDS = 3
_SMALLEST = 300
"""Pixels a colour needs to be compared with itself."""
_CHROMA_STEP = 0.07
_NORMAL_STEP = 0.2
_CROWD = 40
"""Pixels of one surface direction above which more of them count no more."""
_DARKEST = 0.004


@dataclass(frozen=True)
class KeyLight:
    """The key's position on the clock, the share of all directed light it has, and every position's share."""

    position: Position
    share: float
    shares: dict[Position, float]


def key_light(rgb: Image, normals: Vectors, figure: Mask) -> KeyLight | None:
    """The strongest lamp on a figure.

    rgb uint8 (h, w, 3); normals float32 (h, w, 3) in camera space: x right, y up, z towards the lens; figure bool
    (h, w). None when too little of the figure is seen or nothing lights it from anywhere.
    """
    linear = ((rgb.astype(np.float32) / 255) ** 2.2).astype(np.float32)
    inner = cv2.erode(figure.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    parts = [_of_one_colour(linear, normals, part) for part in _colours(linear, inner)]
    if not parts:
        return None
    _, weights = min((_explained(parts, wrap) for wrap in _WRAPS), key=lambda found: found[0])
    total = float(weights.sum())
    if total <= 0:
        return None
    shares = {p: round(float(w / total), 3) for p, w in zip(Position, weights, strict=True)}
    best = max(shares, key=lambda p: shares[p])
    return KeyLight(best, shares[best], shares)


def _colours(linear: Vectors, inner: Mask) -> list[Mask]:
    """The figure in parts of one chroma that are large and bright enough to read."""
    chroma = linear / np.maximum(linear.sum(-1, keepdims=True), 1e-6)
    label = np.round(chroma[..., 0] / _CHROMA_STEP) * 100 + np.round(chroma[..., 2] / _CHROMA_STEP)
    found, counts = np.unique(label[inner], return_counts=True)
    parts = [inner & (label == value) for value, n in zip(found, counts, strict=True) if n >= _SMALLEST]
    return [part for part in parts if _level(linear, part) >= _DARKEST]


def _luma(linear: Vectors, part: Mask) -> Figures:
    return np.asarray(linear[part] @ np.array((0.2126, 0.7152, 0.0722), np.float32), np.float64)


def _level(linear: Vectors, part: Mask) -> float:
    return float(np.percentile(_luma(linear, part), 90))


@dataclass(frozen=True)
class _Part:
    """Surface directions of one colour (n, 3), their mean brightness (n,) and how far each is trusted (n,)."""

    normals: Figures
    level: Figures
    trust: Figures


def _of_one_colour(linear: Vectors, normals: Vectors, part: Mask) -> _Part:
    luma = _luma(linear, part)
    n = normals[part].astype(np.float64)
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-6)
    cell = np.round(n / _NORMAL_STEP).astype(np.int64) @ np.array((1, 100, 10_000))
    _, where, counts = np.unique(cell, return_inverse=True, return_counts=True)
    mean = np.column_stack([np.bincount(where, n[:, axis]) / counts for axis in range(3)])
    level = np.bincount(where, luma) / counts / float(np.percentile(luma, 90))
    return _Part(mean, level, np.sqrt(np.minimum(counts, _CROWD)))


def _explained(parts: list[_Part], wrap: float) -> tuple[float, Figures]:
    """What stays unexplained, and the weight of each position (both its heights together)."""
    lit = [_under_lamps(part.normals, wrap) * part.trust[:, None] for part in parts]
    paint = np.ones(len(parts))
    for _ in range(_PAINT_ROUNDS):
        weights, _rest = _fitted(lit, parts, paint)
        for i, (rows, part) in enumerate(zip(lit, parts, strict=True)):
            seen = part.level * part.trust
            paint[i] = float((rows @ weights) @ seen) / max(float(seen @ seen), 1e-9)
        paint /= max(float(paint.mean()), 1e-9)
    weights, rest = _fitted(lit, parts, paint)
    return rest, np.asarray(weights[:-1].reshape(len(Position), len(_HEIGHTS)).sum(1), np.float64)


def _fitted(lit: list[Figures], parts: list[_Part], paint: Figures) -> tuple[Figures, float]:
    seen = [part.level * part.trust * k for part, k in zip(parts, paint, strict=True)]
    weights, rest = nnls(np.concatenate(lit), np.concatenate(seen), maxiter=5000)
    return np.asarray(weights, np.float64), float(rest)


def _under_lamps(normals: Figures, wrap: float) -> Figures:
    """How much of each lamp, and of the even light (last column), falls on surfaces of these directions."""
    columns = [np.clip((normals @ lamp + wrap) / (1 + wrap), 0, 1) for lamp in _lamps()]
    return np.column_stack([*columns, np.full(len(normals), 0.5)])


def _lamps() -> list[Figures]:
    return [
        np.array((np.sin(a) * np.cos(height), np.sin(height), np.cos(a) * np.cos(height)))
        for a in np.radians([azimuth_of(position) for position in Position])
        for height in np.radians(_HEIGHTS)
    ]
