"""The cuts of hair: what hangs, curls and is pinned up over the growth of ``hair``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from craft.previs.hair import Cut, Point3, smooth_step, waves
from craft.previs.sdf import capsule, carve, clip_to, ellipsoid, union
from craft.previs.spatial import F32


def _chain(q: F32, points: Sequence[Point3], radii: Sequence[float], k: float = 0.012) -> F32:
    d = capsule(q, points[0], points[1], radii[0], radii[1])
    for i in range(1, len(points) - 1):
        d = union(d, capsule(q, points[i], points[i + 1], radii[i], radii[i + 1]), k)
    return d


def _curtain(
    q: F32, levels: Sequence[tuple[float, float, float, float]], hem: float, locks: int, front: float
) -> F32:
    """Hair that hangs round the head, up to ``front`` in z. Levels from low to high: height, half width,
    half depth, middle z.
    """
    ys = [level[0] for level in levels]
    wide, deep, back = (np.interp(q[:, 1], ys, [level[i] for level in levels]) for i in (1, 2, 3))
    x, z = q[:, 0] / wide, (q[:, 2] - back) / deep
    turn = np.arctan2(q[:, 0], q[:, 2] - back).astype(np.float32)
    e = np.sqrt(x * x + z * z)
    d = (e - 1) * np.minimum(wide, deep) + 0.0024 * waves(turn, q[:, 1], locks)
    saw = np.abs(np.mod(turn * locks / 3.1, 1.0) - 0.5) * 2
    low = hem + 0.013 * saw - q[:, 1]
    d = clip_to(clip_to(d.astype(np.float32), low.astype(np.float32), 0.012), q[:, 1] - 0.055, 0.02)
    return clip_to(d, q[:, 2] - front + 0.5 * np.maximum(q[:, 1], 0), 0.014)


def _face_free(d: F32, q: F32, wide: float = 0.064, k: float = 0.014) -> F32:
    return carve(d, ellipsoid(q, (0, -0.052, 0.112), (wide, 0.118, 0.088)), k)


def _quiff(q: F32, angle: F32) -> F32:
    return ellipsoid(q, (0.012, 0.096, 0.045), (0.052, 0.018, 0.035)) + 0.0024 * waves(angle, q[:, 2], 9)


def _parted(q: F32, thick: F32) -> F32:
    across = q[:, 0] - 0.034
    away = smooth_step(0.002, 0.014, np.abs(across).astype(np.float32))
    heavy = np.where(across < 0, 1.25 - 3.0 * np.maximum(-across - 0.04, 0), 0.62)
    behind = smooth_step(-0.055, -0.020, q[:, 2])
    return (thick * (heavy * (away * behind + 1 - behind) + 0.0)).astype(np.float32)


def _swept(q: F32, angle: F32) -> F32:
    wave = 0.0022 * waves(angle, q[:, 2], 11)
    return ellipsoid(q, (-0.022, 0.094, 0.040), (0.052, 0.023, 0.040)) + wave


def _centre_part(q: F32, thick: F32) -> F32:
    off = smooth_step(0.0005, 0.013, np.abs(q[:, 0]).astype(np.float32))
    return (thick * (0.25 + 0.95 * np.maximum(off, smooth_step(-0.02, -0.06, q[:, 2])))).astype(np.float32)


def _shelf(q: F32, thick: F32) -> F32:
    above = smooth_step(0.052, 0.066, (q[:, 1] + 0.10 * q[:, 2]).astype(np.float32))
    return (0.0016 + (thick - 0.0016) * above).astype(np.float32)


def _crest(q: F32, angle: F32) -> F32:
    wave = 0.0022 * waves(angle, q[:, 1], 13)
    d = ellipsoid(q, (-0.006, 0.112, 0.034), (0.050, 0.024, 0.048)) + wave
    return union(d, ellipsoid(q, (-0.004, 0.112, -0.030), (0.054, 0.020, 0.050)) + wave, 0.03)


def _elfin(q: F32, angle: F32) -> F32:
    wave = 0.0020 * waves(angle, q[:, 1], 12)
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
    return _face_free(_curtain(q, levels, -0.112, 10, 0.052), q, 0.061)


def _top_knot(q: F32, angle: F32) -> F32:
    rel = q - np.array((0, 0.100, -0.088), np.float32)
    turn = np.arctan2(rel[:, 0], rel[:, 1] + rel[:, 2])
    reach = np.sqrt((rel * rel).sum(1))
    twist = 0.0028 * np.sin(turn * 5 + reach * 190)
    return np.asarray(ellipsoid(q, (0, 0.100, -0.088), (0.043, 0.038, 0.040)) + twist, np.float32)


def _long(q: F32, angle: F32) -> F32:
    levels = (
        (-0.34, 0.070, 0.034, -0.104),
        (-0.22, 0.090, 0.046, -0.094),
        (-0.13, 0.097, 0.074, -0.070),
        (-0.05, 0.099, 0.100, -0.038),
        (0.05, 0.090, 0.106, -0.022),
    )
    d = _face_free(_curtain(q, levels, -0.325, 9, 0.036), q, 0.062)
    for side in (1, -1):
        path = (
            (side * 0.046, 0.088, 0.012),
            (side * 0.079, 0.020, 0.018),
            (side * 0.087, -0.10, 0.026),
            (side * 0.080, -0.18, 0.060),
            (side * 0.070, -0.275, 0.094),
        )
        lock = _chain(q, path, (0.008, 0.013, 0.021, 0.019, 0.007)) + 0.0022 * waves(angle * 3, q[:, 1], 5)
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
    wave = 0.0022 * waves(turn.astype(np.float32), q[:, 1], 6)
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
    return np.asarray(a, np.float32)


def _curly(q: F32, angle: F32) -> F32:
    levels = (
        (-0.10, 0.088, 0.070, -0.026),
        (-0.04, 0.108, 0.090, -0.020),
        (0.02, 0.108, 0.100, -0.018),
        (0.055, 0.100, 0.100, -0.016),
    )
    d = _face_free(_curtain(q, levels, -0.090, 8, 0.056), q, 0.064, 0.020)
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
        0.0120, 0.0110, 0.0260, (0.0, 1.0, 0.12), 10, 0.0020, 0.026, 0.34, more=_long, thick=_centre_part
    ),
    "ponytail": Cut(0.0085, 0.0060, 0.0070, _GATHERED, 19, 0.0013, 0.014, 0.32, more=_tail),
    "braid": Cut(0.0095, 0.0080, 0.0090, (0.25, -0.25, -0.93), 15, 0.0016, 0.014, 0.34, more=_braid),
    "curly": Cut(0.0180, 0.0140, 0.0150, locks=8, depth=0.0030, ramp=0.018, rough=0.5, more=_curly),
    "afro": Cut(0.0260, 0.0200, 0.0200, locks=8, depth=0.0, ramp=0.022, rough=0.8, more=_afro),
}
"""Every style but ``bald``, which has no mesh."""

LONG_STYLES = frozenset({"pixie", "bob", "bun", "long", "ponytail", "braid"})
"""Styles that go with softer features unless a beard says otherwise."""
