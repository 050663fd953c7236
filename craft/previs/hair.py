"""Hair and beards: volumes that grow out of the skull within a hairline, combed along strands.

Lengths are metres in head space. Each vertex carries the angle of its strand and how far it is from the
roots, from which the shader draws single hairs and lets the hairline fade into the skin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from craft.previs.faces import Features
from craft.previs.head import skull
from craft.previs.sdf import union
from craft.previs.skeleton import Body
from craft.previs.spatial import F32, cross, unit, vec

Point3 = tuple[float, float, float]


@dataclass(frozen=True)
class Wearer:
    """Whose hair it is."""

    body: Body
    features: Features
    hooded: bool = False
    """Whether a hood lies on the back, under what hangs down there."""


@dataclass(frozen=True)
class Cut:
    """A hair style: lengths on top, at the sides and at the back, the point that strands fan out from, and
    its waves. ``front`` is the height of the hairline over the brow, ``fringe`` how it slants across,
    ``over`` whether hair falls over it (tips instead of roots).
    """

    top: float
    side: float
    back: float
    pole: Point3 = (0.0, 0.90, -0.42)
    locks: int = 11
    depth: float = 0.0022
    ramp: float = 0.016
    rough: float = 0.42
    front: float = 0.0710
    fringe: float = 0.0
    nape: float = -0.066
    burns: float = -0.016
    jag: float = 0.0
    over: bool = False
    more: Callable[[F32, F32], F32] | None = None
    thick: Callable[[F32, F32], F32] | None = None


def smooth_step(low: float, high: float, x: F32) -> F32:
    """0 up to ``low``, 1 from ``high``, eased between them."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray((t * t * (3 - 2 * t)), np.float32)


def strand_angle(q: F32, pole: Point3, centre: Point3 = (0.0, 0.014, -0.010)) -> F32:
    """Angle of the strand through a point, round the axis that strands fan out from (radians)."""
    axis = unit(vec(*pole))
    side = unit(cross(axis, vec(0.31, 0.17, 0.93) if abs(axis[2]) < 0.8 else vec(0.1, 1, 0)))
    up = cross(axis, side)
    rel = q - np.asarray(centre, np.float32)
    x = rel[:, 0] * side[0] + rel[:, 1] * side[1] + rel[:, 2] * side[2]
    y = rel[:, 0] * up[0] + rel[:, 1] * up[1] + rel[:, 2] * up[2]
    return np.asarray(np.arctan2(x, y), np.float32)


def waves(angle: F32, along: F32, locks: int) -> F32:
    """Locks of hair over the angle of its strands, about -1 … 1."""
    bent = angle + 0.10 * np.sin(along * 38 + angle * 3)
    coarse = np.sin(bent * locks) * 0.6 + np.sin(bent * (locks * 2 + 3) + 1.7) * 0.3
    return (coarse + 0.25 * np.sin(bent * (locks * 4 + 1) + along * 30)).astype(np.float32)


_LINE_Z = (
    -0.12,
    -0.078,
    -0.052,
    -0.030,
    -0.020,
    -0.006,
    0.007,
    0.013,
    0.022,
    0.030,
    0.040,
    0.050,
    0.060,
    0.070,
    0.09,
)


def hairline(q: F32, cut: Cut, wearer: Wearer) -> F32:
    """Distance inside the hairline (metres, roughly; negative on bare skin)."""
    f = wearer.features
    bare = (
        0.0 if cut.over else (0.013 * f.age if wearer.body.bust == 0 else 0.005 * f.age) + 0.003 * f.hairline
    )
    lift = cut.front - 0.071 + bare
    temple = 0.75 * lift + (0.55 * bare if wearer.body.bust == 0 else 0.0)
    ys = (
        cut.nape,
        cut.nape + 0.004,
        cut.nape + 0.014,
        -0.016,
        0.016,
        0.021,
        0.012,
        cut.burns,
        cut.burns + 0.004,
        0.012 + 0.4 * temple,
        0.034 + temple,
        0.050 + temple,
        0.061 + 0.5 * (temple + lift),
        0.069 + lift,
        0.073 + lift,
    )
    line: F32 = np.interp(q[:, 2], _LINE_Z, ys).astype(np.float32)
    slope = (np.interp(q[:, 2] + 0.004, _LINE_Z, ys) - np.interp(q[:, 2] - 0.004, _LINE_Z, ys)) / 0.008
    front = smooth_step(0.030, 0.050, q[:, 2])
    line = line + front * cut.fringe * q[:, 0]
    if cut.jag:
        saw = np.abs(np.mod(np.arctan2(q[:, 0], q[:, 2]) * cut.locks / 2.2, 1.0) - 0.5) * 2
        line = line + cut.jag * (saw - 0.5).astype(np.float32)
    return np.asarray(((q[:, 1] - line) / np.sqrt(1 + slope * slope)), np.float32)


def _length(q: F32, cut: Cut, wearer: Wearer) -> F32:
    high = smooth_step(0.020, 0.085, q[:, 1])
    behind = smooth_step(-0.010, -0.060, q[:, 2])
    low = cut.side + (cut.back - cut.side) * behind
    thick: F32 = low + (cut.top - low) * high
    if cut.thick is not None:
        thick = cut.thick(q, thick)
    crown = 1 - 0.45 * wearer.features.age * smooth_step(0.055, 0.100, q[:, 1]) * (
        0.4 if wearer.body.bust else 1.0
    )
    return (thick * crown).astype(np.float32)


@dataclass(frozen=True)
class Growth:
    """Hair at some points: distance, strand angle, share of full length, distance to the skull."""

    distance: F32
    angle: F32
    roots: F32
    skull: F32


def _over_hood(q: F32) -> F32:
    """Where hair would be at a point if no hood pushed it back."""
    pushed = 0.046 * smooth_step(-0.050, -0.125, q[:, 1]) * smooth_step(0.0, -0.05, q[:, 2])
    moved = q.copy()
    moved[:, 2] += pushed
    return moved


def grow(q: F32, cut: Cut, wearer: Wearer) -> Growth:
    """The hair of a cut at points in head space."""
    bone = skull(q, wearer.body, wearer.features)
    inside = smooth_step(0.0, cut.ramp, hairline(q, cut, wearer))
    angle = strand_angle(q, cut.pole)
    thick = _length(q, cut, wearer) + cut.depth * waves(angle, q[:, 1], cut.locks) * inside
    d = bone - (thick * inside - 0.007 * (1 - inside))
    thin = np.clip(_length(q, cut, wearer) / 0.0072, 0.58, 1.0)
    roots = inside * thin if not cut.over else np.maximum(inside, smooth_step(0.02, 0.04, q[:, 2]))
    if cut.more is not None:
        hangs = cut.more(_over_hood(q) if wearer.hooded else q, angle)
        loose = hangs < d
        fall = np.arctan2(q[:, 0], q[:, 2] + 0.03).astype(np.float32)
        angle = np.where(loose, fall, angle)
        roots = np.where(loose, 1.0, roots)
        d = union(d, hangs, 0.012)
    return Growth(d.astype(np.float32), angle, roots.astype(np.float32), bone)
