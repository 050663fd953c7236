"""Hair and beards: volumes that grow out of the skull within a hairline, combed along strands.

Lengths are metres in head space. Each vertex carries the angle of its strand and how far it is from the
roots, from which the shader draws single hairs and lets the hairline fade into the skin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from craft.previs.faces import Features
from craft.previs.head import skull
from craft.previs.sdf import capsule, carve, clip_to, ellipsoid, union
from craft.previs.skeleton import Body
from craft.previs.spatial import F32, cross, unit, vec

Point3 = tuple[float, float, float]


@dataclass(frozen=True)
class Wearer:
    """Whose hair it is."""

    body: Body
    features: Features
    bearded: bool = False


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


def _smooth(low: float, high: float, x: F32) -> F32:
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def strand_angle(q: F32, pole: Point3, centre: Point3 = (0.0, 0.014, -0.010)) -> F32:
    """Angle of the strand through a point, round the axis that strands fan out from (radians)."""
    axis = unit(vec(*pole))
    side = unit(cross(axis, vec(0.31, 0.17, 0.93) if abs(axis[2]) < 0.8 else vec(0.1, 1, 0)))
    up = cross(axis, side)
    rel = q - np.asarray(centre, np.float32)
    x = rel[:, 0] * side[0] + rel[:, 1] * side[1] + rel[:, 2] * side[2]
    y = rel[:, 0] * up[0] + rel[:, 1] * up[1] + rel[:, 2] * up[2]
    return np.arctan2(x, y).astype(np.float32)


def _waves(angle: F32, along: F32, locks: int) -> F32:
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
    line = np.interp(q[:, 2], _LINE_Z, ys).astype(np.float32)
    slope = (np.interp(q[:, 2] + 0.004, _LINE_Z, ys) - np.interp(q[:, 2] - 0.004, _LINE_Z, ys)) / 0.008
    front = _smooth(0.030, 0.050, q[:, 2])
    line = line + front * cut.fringe * q[:, 0]
    if cut.jag:
        saw = np.abs(np.mod(np.arctan2(q[:, 0], q[:, 2]) * cut.locks / 2.2, 1.0) - 0.5) * 2
        line = line + cut.jag * (saw - 0.5).astype(np.float32)
    return ((q[:, 1] - line) / np.sqrt(1 + slope * slope)).astype(np.float32)


def _length(q: F32, cut: Cut, wearer: Wearer) -> F32:
    high = _smooth(0.020, 0.085, q[:, 1])
    behind = _smooth(-0.010, -0.060, q[:, 2])
    low = cut.side + (cut.back - cut.side) * behind
    thick = low + (cut.top - low) * high
    if cut.thick is not None:
        thick = cut.thick(q, thick)
    crown = 1 - 0.45 * wearer.features.age * _smooth(0.055, 0.100, q[:, 1]) * (
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


def grow(q: F32, cut: Cut, wearer: Wearer) -> Growth:
    """The hair of a cut at points in head space."""
    bone = skull(q, wearer.body, wearer.features)
    inside = _smooth(0.0, cut.ramp, hairline(q, cut, wearer))
    angle = strand_angle(q, cut.pole)
    thick = _length(q, cut, wearer) + cut.depth * _waves(angle, q[:, 1], cut.locks) * inside
    d = bone - (thick * inside - 0.007 * (1 - inside))
    thin = np.clip(_length(q, cut, wearer) / 0.0072, 0.58, 1.0)
    roots = inside * thin if not cut.over else np.maximum(inside, _smooth(0.02, 0.04, q[:, 2]))
    if cut.more is not None:
        hangs = cut.more(q, angle)
        loose = hangs < d
        fall = np.arctan2(q[:, 0], q[:, 2] + 0.03).astype(np.float32)
        angle = np.where(loose, fall, angle)
        roots = np.where(loose, 1.0, roots)
        d = union(d, hangs, 0.012)
    return Growth(d.astype(np.float32), angle, roots.astype(np.float32), bone)


def _chain(q: F32, points: Sequence[Point3], radii: Sequence[float], k: float = 0.012) -> F32:
    d = capsule(q, points[0], points[1], radii[0], radii[1])
    for i in range(1, len(points) - 1):
        d = union(d, capsule(q, points[i], points[i + 1], radii[i], radii[i + 1]), k)
    return d


def _curtain(q: F32, levels: Sequence[tuple[float, float, float, float]], hem: float, locks: int) -> F32:
    """Hair that hangs round the head. Levels from low to high: height, half width, half depth, middle z."""
    ys = [level[0] for level in levels]
    wide, deep, back = (np.interp(q[:, 1], ys, [level[i] for level in levels]) for i in (1, 2, 3))
    x, z = q[:, 0] / wide, (q[:, 2] - back) / deep
    turn = np.arctan2(q[:, 0], q[:, 2] - back).astype(np.float32)
    e = np.sqrt(x * x + z * z)
    d = (e - 1) * np.minimum(wide, deep) + 0.0024 * _waves(turn, q[:, 1], locks)
    saw = np.abs(np.mod(turn * locks / 3.1, 1.0) - 0.5) * 2
    low = hem + 0.013 * saw - q[:, 1]
    return clip_to(clip_to(d.astype(np.float32), low.astype(np.float32), 0.012), q[:, 1] - 0.055, 0.02)


def _face_free(d: F32, q: F32, wide: float = 0.064, k: float = 0.014) -> F32:
    return carve(d, ellipsoid(q, (0, -0.052, 0.112), (wide, 0.118, 0.088)), k)


def _quiff(q: F32, angle: F32) -> F32:
    return ellipsoid(q, (0.012, 0.099, 0.048), (0.054, 0.020, 0.036)) + 0.0024 * _waves(angle, q[:, 2], 9)


def _parted(q: F32, thick: F32) -> F32:
    across = q[:, 0] - 0.034
    away = _smooth(0.002, 0.014, np.abs(across).astype(np.float32))
    heavy = np.where(across < 0, 1.25 - 3.0 * np.maximum(-across - 0.04, 0), 0.62)
    behind = _smooth(-0.055, -0.020, q[:, 2])
    return (thick * (heavy * (away * behind + 1 - behind) + 0.0)).astype(np.float32)


def _swept(q: F32, angle: F32) -> F32:
    wave = 0.0022 * _waves(angle, q[:, 2], 11)
    return ellipsoid(q, (-0.022, 0.094, 0.040), (0.052, 0.023, 0.040)) + wave


def _centre_part(q: F32, thick: F32) -> F32:
    off = _smooth(0.0005, 0.013, np.abs(q[:, 0]).astype(np.float32))
    return (thick * (0.25 + 0.95 * np.maximum(off, _smooth(-0.02, -0.06, q[:, 2])))).astype(np.float32)


def _shelf(q: F32, thick: F32) -> F32:
    above = _smooth(0.052, 0.066, (q[:, 1] + 0.10 * q[:, 2]).astype(np.float32))
    return (0.0016 + (thick - 0.0016) * above).astype(np.float32)


def _crest(q: F32, angle: F32) -> F32:
    wave = 0.0022 * _waves(angle, q[:, 1], 13)
    d = ellipsoid(q, (-0.006, 0.112, 0.034), (0.050, 0.024, 0.048)) + wave
    return union(d, ellipsoid(q, (-0.004, 0.112, -0.030), (0.054, 0.020, 0.050)) + wave, 0.03)


def _elfin(q: F32, angle: F32) -> F32:
    wave = 0.0020 * _waves(angle, q[:, 1], 12)
    d = ellipsoid(q, (-0.020, 0.074, 0.060), (0.050, 0.026, 0.026)) + wave
    d = union(d, capsule(q, (-0.030, 0.078, 0.074), (-0.062, 0.034, 0.056), 0.012, 0.004), 0.016)
    for side in (1, -1):
        d = union(
            d, _chain(q, ((side * 0.074, 0.03, 0.022), (side * 0.0745, -0.030, 0.024)), (0.011, 0.003)), 0.014
        )
    return d


def _bob(q: F32, angle: F32) -> F32:
    levels = (
        (-0.12, 0.088, 0.074, -0.018),
        (-0.07, 0.099, 0.083, -0.020),
        (-0.02, 0.098, 0.088, -0.018),
        (0.05, 0.086, 0.090, -0.014),
    )
    return _face_free(_curtain(q, levels, -0.112, 10), q, 0.061)


def _top_knot(q: F32, angle: F32) -> F32:
    rel = q - np.array((0, 0.100, -0.088), np.float32)
    turn = np.arctan2(rel[:, 0], rel[:, 1] + rel[:, 2])
    reach = np.sqrt((rel * rel).sum(1))
    twist = 0.0028 * np.sin(turn * 5 + reach * 190)
    return ellipsoid(q, (0, 0.100, -0.088), (0.043, 0.038, 0.040)) + twist.astype(np.float32)


def _long(q: F32, angle: F32) -> F32:
    levels = (
        (-0.34, 0.070, 0.034, -0.104),
        (-0.22, 0.090, 0.046, -0.094),
        (-0.13, 0.096, 0.060, -0.066),
        (-0.05, 0.096, 0.080, -0.028),
        (0.05, 0.085, 0.090, -0.014),
    )
    d = _face_free(_curtain(q, levels, -0.325, 9), q, 0.062)
    for side in (1, -1):
        path = (
            (side * 0.052, 0.078, 0.030),
            (side * 0.078, 0.012, 0.026),
            (side * 0.087, -0.10, 0.026),
            (side * 0.080, -0.18, 0.060),
            (side * 0.070, -0.275, 0.094),
        )
        lock = _chain(q, path, (0.008, 0.013, 0.021, 0.019, 0.007)) + 0.0022 * _waves(angle * 3, q[:, 1], 5)
        d = union(d, lock, 0.016)
    return d


def _tail(q: F32, angle: F32) -> F32:
    path = (
        (0, 0.058, -0.104),
        (0.012, 0.066, -0.146),
        (0.030, 0.020, -0.176),
        (0.046, -0.085, -0.168),
        (0.048, -0.185, -0.138),
    )
    turn = np.arctan2(q[:, 0] - 0.03, q[:, 2] + 0.17)
    wave = 0.0022 * _waves(turn.astype(np.float32), q[:, 1], 6)
    return _chain(q, path, (0.016, 0.030, 0.034, 0.028, 0.006), 0.016) + wave


_PLAIT = np.array(
    (
        (0.030, -0.040, -0.088),
        (0.066, -0.088, -0.060),
        (0.092, -0.135, -0.006),
        (0.094, -0.180, 0.050),
        (0.086, -0.235, 0.088),
        (0.082, -0.300, 0.102),
    )
)


def _along_plait(t: float) -> Point3:
    at = np.linspace(0, 1, len(_PLAIT))
    return tuple(float(np.interp(t, at, _PLAIT[:, i])) for i in range(3))  # type: ignore[return-value]


def _braid(q: F32, angle: F32) -> F32:
    d = np.full(len(q), 9.0, np.float32)
    count = 13
    for i in range(count):
        t = i / (count - 1)
        x, y, z = _along_plait(t)
        sway, size = (0.009 if i % 2 else -0.009) * (1 - 0.4 * t), 0.0205 * (1 - 0.38 * t)
        d = union(d, ellipsoid(q, (x + sway, y, z), (size, size * 1.05, size * 0.92)), 0.004)
    x, y, z = _along_plait(1.0)
    return union(d, capsule(q, (x, y - 0.018, z), (x, y - 0.052, z + 0.004), 0.012, 0.004), 0.004)


def _ringlets(q: F32) -> F32:
    a = (
        np.sin(q[:, 0] * 118 + 0.6 * np.sin(q[:, 1] * 60))
        * np.sin(q[:, 1] * 104 + 0.5)
        * np.sin(q[:, 2] * 112)
    )
    return a.astype(np.float32)


def _curly(q: F32, angle: F32) -> F32:
    levels = (
        (-0.10, 0.088, 0.070, -0.026),
        (-0.04, 0.108, 0.090, -0.020),
        (0.02, 0.108, 0.100, -0.018),
        (0.055, 0.100, 0.100, -0.016),
    )
    d = _face_free(_curtain(q, levels, -0.090, 8), q, 0.064, 0.020)
    crown = clip_to(ellipsoid(q, (0, 0.052, -0.014), (0.104, 0.088, 0.108)), 0.030 - q[:, 1], 0.03)
    d = union(d, carve(crown, ellipsoid(q, (0, -0.040, 0.118), (0.070, 0.106, 0.070)), 0.022), 0.03)
    return d + 0.0075 * _ringlets(q)


def _afro(q: F32, angle: F32) -> F32:
    d = ellipsoid(q, (0, 0.048, -0.022), (0.142, 0.136, 0.138))
    d = carve(d, ellipsoid(q, (0, -0.052, 0.122), (0.076, 0.122, 0.112)), 0.028)
    d = clip_to(d, -(q[:, 1] + 0.050), 0.035)
    fine = np.sin(q[:, 0] * 170) * np.sin(q[:, 1] * 176 + 1) * np.sin(q[:, 2] * 166 + 2)
    return d + (0.0034 * fine + 0.003 * _ringlets(q)).astype(np.float32)


_GATHERED: Point3 = (0.0, 0.42, -0.90)

HAIR_STYLES: dict[str, Cut] = {
    "short": Cut(0.0150, 0.0065, 0.0090, depth=0.0020, rough=0.50, more=_quiff),
    "buzz": Cut(0.0042, 0.0030, 0.0030, locks=24, depth=0.0, ramp=0.020, rough=0.75),
    "side_part": Cut(
        0.0165, 0.0075, 0.0085, (0.62, 0.78, 0.05), locks=13, rough=0.34, more=_swept, thick=_parted
    ),
    "slicked": Cut(
        0.0105, 0.0060, 0.0110, (0.0, 0.35, 0.94), 17, 0.0015, 0.013, 0.20, front=0.073, nape=-0.078
    ),
    "undercut": Cut(
        0.0190, 0.0018, 0.0018, (0.1, 0.35, 0.93), 14, 0.0022, 0.018, 0.36, more=_crest, thick=_shelf
    ),
    "pixie": Cut(
        0.0165,
        0.0105,
        0.0120,
        (0.40, 0.85, -0.30),
        12,
        0.0030,
        0.012,
        front=0.066,
        nape=-0.072,
        burns=-0.026,
        more=_elfin,
    ),
    "bob": Cut(
        0.0125,
        0.0120,
        0.0130,
        (0, 0.95, -0.25),
        11,
        0.0018,
        0.008,
        0.32,
        front=0.044,
        jag=0.006,
        over=True,
        more=_bob,
    ),
    "bun": Cut(0.0085, 0.0065, 0.0075, (0.0, 0.62, -0.78), 19, 0.0013, 0.014, 0.32, more=_top_knot),
    "long": Cut(
        0.0120, 0.0110, 0.0130, (0.0, 1.0, 0.12), 10, 0.0020, 0.013, 0.34, more=_long, thick=_centre_part
    ),
    "ponytail": Cut(0.0085, 0.0060, 0.0070, _GATHERED, 19, 0.0013, 0.014, 0.32, more=_tail),
    "braid": Cut(0.0095, 0.0080, 0.0090, (0.25, -0.25, -0.93), 15, 0.0016, 0.014, 0.34, more=_braid),
    "curly": Cut(0.0180, 0.0140, 0.0150, locks=8, depth=0.0030, ramp=0.018, rough=0.5, more=_curly),
    "afro": Cut(0.0260, 0.0200, 0.0200, locks=8, depth=0.0, ramp=0.022, rough=0.8, more=_afro),
}
"""Every style but ``bald``, which has no mesh."""

LONG_STYLES = frozenset({"pixie", "bob", "bun", "long", "ponytail", "braid"})
"""Styles that go with softer features unless a beard says otherwise."""
