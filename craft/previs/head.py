"""Head, brows and hair of a figure as distance fields in head space (unit: metres of an unscaled head).

The face itself (eyes' irises and lids, lips, teeth, blush) is painted by the fragment shader in the
same space.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from craft.previs.sdf import Field, capsule, carve, clip_to, ellipsoid, union
from craft.previs.skeleton import HEAD_CENTRE, Body
from craft.previs.spatial import F32

EYE = (0.034, 0.004, 0.0735)
"""Centre of the left eye in head space; the right one is mirrored. The shader holds the same numbers."""
EYE_RADIUS = 0.0208


def to_head_space(p: F32, body: Body) -> F32:
    """Bind space to unscaled head space."""
    return ((p - np.asarray(HEAD_CENTRE, np.float32)) / np.float32(body.head)).astype(np.float32)


def _jaw_and_cheeks(q: F32, body: Body) -> F32:
    s = body.soft
    d = ellipsoid(q, (0, 0.012, -0.008), (0.078, 0.098, 0.094))
    width = (0.061 - 0.008 * s) * body.jaw
    d = union(d, ellipsoid(q, (0, -0.058, 0.022), (width, 0.058 - 0.004 * s, 0.059)), 0.045)
    d = union(d, ellipsoid(q, (0, -0.098, 0.055), (0.024 * body.jaw - 0.006 * s, 0.018, 0.020)), 0.03)
    for side in (1, -1):
        d = union(d, ellipsoid(q, (side * 0.040, -0.032, 0.053), (0.027, 0.024, 0.026)), 0.03)
    return d


def head_field(body: Body) -> Field:
    """Skull, jaw, cheeks, sockets, ears, nose and mouth mound."""

    def field(p: F32) -> F32:
        q = to_head_space(p, body)
        d = _jaw_and_cheeks(q, body)
        for side in (1, -1):
            d = carve(d, ellipsoid(q, (side * EYE[0], EYE[1], 0.100), (0.023, 0.017, 0.019)), 0.018)
            ear = ellipsoid(q, (side * 0.081, -0.012, -0.006), (0.011, 0.027, 0.017))
            d = union(
                d,
                carve(ear, ellipsoid(q, (side * 0.091, -0.010, 0.002), (0.007, 0.016, 0.010)), 0.006),
                0.008,
            )
            ridge = capsule(q, (side * 0.012, 0.030, 0.084), (side * 0.046, 0.029, 0.072), 0.008, 0.005)
            d = union(d, ridge, 0.016)
        nose = 0.0125 - 0.0022 * body.soft
        d = union(d, capsule(q, (0, 0.010, 0.086), (0, -0.022, 0.106), 0.0082, nose), 0.013)
        for side in (1, -1):
            d = union(d, ellipsoid(q, (side * 0.010, -0.027, 0.097), (0.008, 0.007, 0.009)), 0.006)
        d = union(d, ellipsoid(q, (0, -0.056, 0.081), (0.027, 0.015, 0.010)), 0.018)
        return (d * body.head).astype(np.float32)

    return field


def brow_field(body: Body, side: int) -> Field:
    """One eyebrow: two joined capsules."""
    thick = 0.0058 - 0.0018 * body.soft

    def field(p: F32) -> F32:
        q = to_head_space(p, body)
        inner = capsule(q, (side * 0.015, 0.034, 0.0935), (side * 0.036, 0.041, 0.0885), thick * 0.95, thick)
        outer = capsule(q, (side * 0.036, 0.041, 0.0885), (side * 0.056, 0.034, 0.073), thick, thick * 0.45)
        return (union(inner, outer, 0.004) * body.head).astype(np.float32)

    return field


def _strands(q: F32) -> F32:
    angle = np.arctan2(q[:, 0], q[:, 2] + 0.3 * q[:, 1])
    fine = 0.0016 * np.sin(angle * 22 + q[:, 1] * 14) + 0.0010 * np.sin(angle * 37 + q[:, 1] * 22 + 2)
    return fine.astype(np.float32)


def _crown(q: F32) -> F32:
    return ellipsoid(q, (0, 0.022, -0.012), (0.090, 0.103, 0.104))


def _short(q: F32) -> F32:
    d = carve(_crown(q) + _strands(q), ellipsoid(q, (0, -0.045, 0.110), (0.078, 0.118, 0.084)), 0.012)
    d = clip_to(d, -(q[:, 1] + 0.045 + 0.5 * (q[:, 2] + 0.03)), 0.02)
    d = union(d, ellipsoid(q, (0.014, 0.104, 0.044), (0.060, 0.034, 0.046)) + _strands(q) * 1.6, 0.03)
    for side in (1, -1):
        d = union(d, ellipsoid(q, (side * 0.080, -0.004, 0.018), (0.008, 0.036, 0.016)), 0.012)
    return d


def _buzz(q: F32) -> F32:
    cap = ellipsoid(q, (0, 0.018, -0.012), (0.084, 0.097, 0.100))
    d = carve(cap, ellipsoid(q, (0, -0.045, 0.112), (0.080, 0.112, 0.080)), 0.010)
    return clip_to(d, -(q[:, 1] + 0.040 + 0.5 * (q[:, 2] + 0.03)), 0.015)


def _bob(q: F32) -> F32:
    d = union(_crown(q), ellipsoid(q, (0, -0.052, -0.028), (0.101, 0.090, 0.086)), 0.05) + _strands(q) * 1.5
    d = carve(d, ellipsoid(q, (0, -0.055, 0.115), (0.066, 0.100, 0.088)), 0.014)
    d = clip_to(d, -(q[:, 1] + 0.118 - 0.12 * q[:, 2]), 0.016)
    return union(d, ellipsoid(q, (-0.040, 0.070, 0.064), (0.052, 0.030, 0.034)) + _strands(q), 0.03)


def _bun(q: F32) -> F32:
    d = carve(_crown(q) + _strands(q) * 0.8, ellipsoid(q, (0, -0.05, 0.105), (0.073, 0.104, 0.080)), 0.012)
    d = clip_to(d, -(q[:, 1] + 0.055 + 0.8 * (q[:, 2] + 0.02)), 0.02)
    return union(d, ellipsoid(q, (0, 0.072, -0.112), (0.044, 0.042, 0.040)) + _strands(q) * 1.5, 0.012)


def _long(q: F32) -> F32:
    back = union(
        ellipsoid(q, (0, -0.08, -0.062), (0.100, 0.150, 0.060)),
        capsule(q, (0, -0.20, -0.075), (0, -0.10, -0.07), 0.06, 0.085),
        0.06,
    )
    d = union(_crown(q), back, 0.05) + _strands(q) * 1.6
    d = carve(d, ellipsoid(q, (0, -0.06, 0.11), (0.068, 0.110, 0.088)), 0.014)
    return union(d, ellipsoid(q, (0.036, 0.078, 0.058), (0.050, 0.028, 0.034)) + _strands(q), 0.03)


def _ponytail(q: F32) -> F32:
    d = carve(_crown(q) + _strands(q) * 0.8, ellipsoid(q, (0, -0.048, 0.105), (0.074, 0.108, 0.080)), 0.012)
    d = clip_to(d, -(q[:, 1] + 0.050 + 0.8 * (q[:, 2] + 0.02)), 0.02)
    tail = union(
        capsule(q, (0, 0.050, -0.110), (0, 0.000, -0.150), 0.026, 0.034),
        capsule(q, (0, 0.000, -0.150), (0, -0.130, -0.135), 0.034, 0.014),
        0.02,
    )
    return union(d, tail + _strands(q), 0.012)


def _curly(q: F32) -> F32:
    waves = np.sin(q[:, 0] * 120) * np.sin(q[:, 1] * 120) * np.sin(q[:, 2] * 120)
    d: F32 = ellipsoid(q, (0, 0.032, -0.014), (0.112, 0.120, 0.118)) + 0.007 * waves
    d = carve(d, ellipsoid(q, (0, -0.05, 0.12), (0.072, 0.098, 0.088)), 0.014)
    return clip_to(d, -(q[:, 1] + 0.055), 0.03)


def _cap(q: F32) -> F32:
    crown = clip_to(
        ellipsoid(q, (0, 0.030, -0.010), (0.093, 0.104, 0.106)), 0.018 - q[:, 1] - 0.25 * q[:, 2], 0.008
    )
    band: F32 = np.abs(ellipsoid(q, (0, 0.020, -0.010), (0.094, 0.104, 0.107))) - 0.007
    band = clip_to(band, np.abs(q[:, 1] + 0.25 * q[:, 2] - 0.030) - 0.020, 0.006)
    sides = clip_to(_buzz(q), q[:, 1] - 0.03, 0.008)
    return union(union(crown, band, 0.004), sides, 0.006)


HAIR_STYLES: dict[str, Callable[[F32], F32]] = {
    "short": _short,
    "buzz": _buzz,
    "bob": _bob,
    "bun": _bun,
    "long": _long,
    "ponytail": _ponytail,
    "curly": _curly,
    "cap": _cap,
}
"""Every style but ``bald``, which has no mesh."""

LONG_STYLES = frozenset({"bob", "bun", "long", "ponytail"})
"""Styles that go with softer features unless the body says otherwise."""


def hair_field(style: str, body: Body) -> Field:
    """Hair volume of ``style``."""
    shape = HAIR_STYLES[style]

    def field(p: F32) -> F32:
        return (shape(to_head_space(p, body)) * body.head).astype(np.float32)

    return field
