"""Head and brows of a figure as distance fields in head space (metres of an unscaled head).

What lies on the skin (irises and lids, lips, teeth, blush, lines, stubble) is painted by the fragment shader
in the same space.
"""

from __future__ import annotations

import numpy as np

from craft.previs.faces import Features
from craft.previs.sdf import Field, Mesh, capsule, carve, ellipsoid, union
from craft.previs.skeleton import HEAD_CENTRE, Body
from craft.previs.spatial import F32
from craft.previs.tubes import tube

EYE_RADIUS = 0.0195


def to_head_space(p: F32, body: Body) -> F32:
    """Bind space to unscaled head space."""
    return ((p - np.asarray(HEAD_CENTRE, np.float32)) / np.float32(body.head)).astype(np.float32)


def skull(q: F32, body: Body, f: Features) -> F32:
    """Cranium, cheeks and jaw without ears, nose and sockets: what hair and beards grow on."""
    s, old = body.soft, f.age
    d = ellipsoid(q, (0, 0.014, -0.010), (0.0765, 0.096, 0.095))
    width = (0.0600 - 0.0035 * s) * (0.74 + 0.26 * body.jaw) * (1 + 0.05 * f.jaw)
    d = union(d, ellipsoid(q, (0, -0.044, 0.020), (width, 0.061 - 0.003 * s, 0.063)), 0.048)
    wide = (0.0165 - 0.006 * s) * body.jaw * (1 + 0.25 * f.jaw)
    for side in (1, -1):
        corner = (side * width * 0.87, -0.056, 0.004)
        jaw = capsule(q, corner, (side * wide, -0.0945 - 0.003 * f.chin, 0.056), 0.0145, 0.0135)
        d = union(d, jaw, 0.022)
        cheek = ellipsoid(q, (side * 0.043, -0.025, 0.051), (0.023, 0.021, 0.021 + 0.0025 * f.cheeks))
        d = union(d, cheek, 0.028)
        if old > 0.25:
            jowl = ellipsoid(q, (side * width * 0.72, -0.080, 0.036), (0.016, 0.017, 0.018))
            d = union(d, jowl + 0.010 * (1 - old), 0.022)
    chin = (0.0215 * body.jaw - 0.005 * s, 0.0155, 0.0155)
    return union(d, ellipsoid(q, (0, -0.0945 - 0.004 * f.chin, 0.0605 + 0.003 * f.chin), chin), 0.024)


def _nose(q: F32, body: Body, f: Features) -> F32:
    s = body.soft
    low, out = f.nose_low, 0.1035 + 0.0035 * f.nose_length - 0.002 * s
    wide = (1.0 - 0.13 * s) * f.nose_wide
    d = capsule(q, (0, 0.016, 0.0835), (0, low + 0.008, out - 0.0035), 0.0068, 0.0082 * wide)
    if f.bridge > 0:
        d = union(d, ellipsoid(q, (0, 0.001, 0.0945), (0.006, 0.011, 0.0045 + 0.0035 * f.bridge)), 0.008)
    d = union(d, ellipsoid(q, (0, low + 0.001, out - 0.001), (0.0098 * wide, 0.0088, 0.0100)), 0.008)
    for side in (1, -1):
        wing = ellipsoid(q, (side * 0.0122 * wide, low - 0.0015, out - 0.0125), (0.0066, 0.0064, 0.0088))
        d = union(d, wing, 0.006)
    return d


def _ear(q: F32, side: int, f: Features) -> F32:
    k = 1 + 0.10 * f.ears + 0.10 * f.age
    at = (side * 0.0795, -0.010, -0.008)
    shell = ellipsoid(q, at, (0.0090, 0.0255 * k, 0.0155 * k))
    lobe = ellipsoid(q, (side * 0.0765, -0.036 * k, 0.000), (0.0065, 0.0085, 0.008))
    shell = union(shell, lobe, 0.010)
    bowl = ellipsoid(q, (side * 0.0890, -0.006, -0.003), (0.0080, 0.0160 * k, 0.0092 * k))
    return carve(shell, bowl, 0.005)


def head_field(body: Body, f: Features) -> Field:
    """Skull, sockets, brow ridge, ears, nose and the mound of the mouth."""
    ex, ey, _ez = f.eye

    def field(p: F32) -> F32:
        q = to_head_space(p, body)
        d = skull(q, body, f)
        ridge_out = 0.0050 * (1 - body.soft) + 0.0015
        for side in (1, -1):
            ridge = capsule(
                q,
                (side * 0.013, 0.0285, 0.0820),
                (side * 0.047, 0.0290, 0.0690),
                ridge_out + 0.003,
                ridge_out,
            )
            d = union(d, ridge, 0.018)
            d = carve(d, ellipsoid(q, (side * ex, ey + 0.001, 0.0975), (0.0215, 0.0145, 0.0165)), 0.016)
            d = union(d, _ear(q, side, f), 0.006)
        d = union(d, _nose(q, body, f), 0.011)
        upper = ellipsoid(q, (0, -0.0505, 0.0790), (0.0245, 0.0115, 0.0105))
        lower = ellipsoid(q, (0, -0.0640, 0.0785), (0.0205, 0.0095, 0.0095 + 0.001 * f.lips))
        d = union(d, union(upper, lower, 0.008), 0.013)
        return (d * body.head).astype(np.float32)

    return field


def brow_mesh(body: Body, f: Features, side: int, head: Field) -> Mesh:
    """One eyebrow in bind space: a band that lies on the brow ridge of ``head``."""
    thick = (0.0043 - 0.0015 * body.soft) * (1 + 0.28 * f.brow_weight + 0.10 * f.age)
    lift = 0.0022 * f.brow_height - 0.0025 * f.age
    arch = 0.0022 + 0.0022 * f.brow_arch + 0.0016 * body.soft
    share = np.linspace(0, 1, 8)
    x = side * (f.eye[0] - 0.0205 + 0.0410 * share)
    y = 0.0315 + lift + arch * np.sin(np.pi * np.minimum(share / 1.15, 1.0)) * 1.5 - 0.0022 * share
    size = thick * np.interp(share, (0, 0.12, 0.55, 1), (0.55, 1.0, 0.95, 0.22))
    deep = np.linspace(0.125, 0.035, 91)
    c, k = np.asarray(HEAD_CENTRE, np.float64), body.head
    rays = np.stack([np.repeat(x, 91), np.repeat(y, 91), np.tile(deep, 8)], 1) * k + c
    first = (head(rays.astype(np.float32)).reshape(8, 91) < 0).argmax(1)
    path = np.stack([x, y, deep[first] + 0.0002], 1) * k + c
    return tube(path, size * k, 7, hint=(0.0, 1.0, 0.0), flat=0.62)
