"""Hats and glasses. Hats are fields in head space, so that hair can be kept inside; glasses are bent wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from craft.previs.faces import Features
from craft.previs.sdf import Mesh, clip_to, ellipsoid, union
from craft.previs.solids import merge
from craft.previs.spatial import F32
from craft.previs.tubes import ring, tube


def rim_height(q: F32) -> F32:
    """Height of a hat's rim round the head: over the brows in front, above the ears, lower behind."""
    return (0.031 + 0.27 * q[:, 2]).astype(np.float32)


def _above(q: F32) -> F32:
    return q[:, 1] - rim_height(q)


def _dome(q: F32, more: float, high: float = 0.0) -> F32:
    return ellipsoid(q, (0, 0.018 + high * 0.4, -0.010), (0.0835 + more, 0.098 + more + high, 0.1015 + more))


def _plate(q: F32, wide: float, deep: float, back: float, droop: float, thick: float) -> F32:
    """A flat oval at the rim that bends down at its sides."""
    level = q[:, 1] - (0.033 + 0.27 * 0.09) + droop * q[:, 0] ** 2 * 40 + 0.10 * (q[:, 2] - 0.09)
    x, z = q[:, 0] / wide, (q[:, 2] - back) / deep
    edge = (np.sqrt(x * x + z * z) - 1) * min(wide, deep)
    return clip_to(edge.astype(np.float32), (np.abs(level) - thick).astype(np.float32), 0.004)


def _cap(q: F32) -> F32:
    crown = clip_to(_dome(q, 0.012, 0.004), -_above(q), 0.006)
    peak = clip_to(_plate(q, 0.070, 0.082, 0.088, 0.075, 0.0042), 0.055 - q[:, 2], 0.01)
    button = ellipsoid(q, (0, 0.136, -0.012), (0.009, 0.006, 0.009))
    return union(union(crown, peak, 0.006), button, 0.004)


def _beanie(q: F32) -> F32:
    turn = np.arctan2(q[:, 0], q[:, 2] + 0.01)
    ribs = (0.0011 * np.sin(turn * 34)).astype(np.float32)
    crown = clip_to(_dome(q, 0.013, 0.016), -(_above(q) - 0.006), 0.008)
    above = _above(q)
    cuff = clip_to(_dome(q, 0.020), np.abs(above - 0.018) - 0.021, 0.008)
    return union(crown, cuff, 0.004) + ribs


def _brim(q: F32, reach: float, curl: float, thick: float) -> F32:
    x, z = q[:, 0] / (0.088 + reach), (q[:, 2] + 0.010) / (0.108 + reach)
    e = np.sqrt(x * x + z * z)
    edge = ((e - 1) * (0.090 + reach)).astype(np.float32)
    side = np.abs(q[:, 0]) / (0.088 + reach)
    level = 0.037 + 0.16 * q[:, 2] + curl * (side**2.2) - 0.10 * np.maximum(q[:, 2] - 0.10, 0)
    return clip_to(edge, (np.abs(q[:, 1] - level) - thick).astype(np.float32), 0.004)


def _felt_crown(q: F32, high: float, pinch: float) -> F32:
    k = np.clip((q[:, 1] - 0.03) / 0.12, 0, 1)
    x, z = q[:, 0] / (0.0935 - 0.013 * k), (q[:, 2] + 0.010) / (0.113 - 0.016 * k)
    wall = ((np.sqrt(x * x + z * z) - 1) * 0.092).astype(np.float32)
    nip = (
        pinch
        * np.exp(-(((q[:, 2] - 0.075) / 0.035) ** 2))
        * np.exp(-(((np.abs(q[:, 0]) - 0.045) / 0.03) ** 2))
        * k
    )
    dent = 0.018 * np.exp(-((q[:, 0] / 0.026) ** 2)) * (pinch > 0)
    top = q[:, 1] - (high - dent - 0.05 * np.maximum(-q[:, 2] - 0.02, 0))
    d = clip_to((wall + nip).astype(np.float32), top.astype(np.float32), 0.022)
    return clip_to(d, (0.034 + 0.16 * q[:, 2] - q[:, 1]).astype(np.float32), 0.004)


def _fedora(q: F32) -> F32:
    return union(_felt_crown(q, 0.155, 0.012), _brim(q, 0.048, 0.016, 0.0035), 0.008)


def _wide_brim(q: F32) -> F32:
    return union(_felt_crown(q, 0.140, 0.0), _brim(q, 0.108, -0.020, 0.0035), 0.010)


def _helmet(q: F32) -> F32:
    low = np.interp(
        q[:, 2], (-0.11, -0.06, -0.02, 0.03, 0.06, 0.10), (-0.045, -0.045, -0.030, 0.012, 0.052, 0.056)
    )
    shell = ellipsoid(q, (0, 0.022, -0.012), (0.106, 0.116, 0.124))
    d = clip_to(shell, (low - q[:, 1]).astype(np.float32), 0.006)
    x, z = q[:, 0] / 0.111, (q[:, 2] + 0.012) / 0.134
    lip = clip_to(
        ((np.sqrt(x * x + z * z) - 1) * 0.11).astype(np.float32),
        (np.abs(q[:, 1] - low - 0.006) - 0.007).astype(np.float32),
        0.005,
    )
    crest = clip_to(ellipsoid(q, (0, 0.030, -0.012), (0.012, 0.117, 0.123)), 0.05 - q[:, 1], 0.02)
    return union(union(d, lip, 0.005), crest, 0.008)


@dataclass(frozen=True)
class Hat:
    """A hat's field, roughness and metalness, and the band round it (low and high above the rim)."""

    field: Callable[[F32], F32]
    rough: float
    metal: float = 0.0
    band: tuple[float, float] | None = None


HATS: dict[str, Hat] = {
    "cap": Hat(_cap, 0.75),
    "beanie": Hat(_beanie, 0.9),
    "fedora": Hat(_fedora, 0.7, band=(0.002, 0.026)),
    "wide_brim": Hat(_wide_brim, 0.8, band=(0.002, 0.020)),
    "helmet": Hat(_helmet, 0.25, 0.35),
}
"""Every hat but ``none``."""


def under_hat(hair: F32, q: F32, hat: str) -> F32:
    """Hair pressed under a hat: inside it above the rim, free below."""
    worn = HATS[hat].field(q) + np.float32(0.004)
    below = (_above(q) + 0.004).astype(np.float32)
    return np.maximum(hair, np.minimum(worn, below))


def band_mask(hat: str, q: F32) -> F32:
    """1 where the band runs round a hat's crown."""
    band = HATS[hat].band
    if band is None:
        return np.zeros(len(q), np.float32)
    high = q[:, 1] - (0.037 + 0.16 * q[:, 2])
    x, z = q[:, 0] / 0.103, (q[:, 2] + 0.010) / 0.122
    return ((high > band[0]) & (high < band[1]) & (x * x + z * z < 1.0)).astype(np.float32)


GLASSES = ("round", "square", "sunglasses")
"""Every pair but ``none``."""


def _outline(kind: str, side: int, f: Features) -> F32:
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    c, s = np.cos(turn), np.sin(turn)
    if kind == "round":
        x, y = 0.0225 * c, 0.0225 * s
    else:
        wide, high = (0.0275, 0.0185) if kind == "square" else (0.0285, 0.0215)
        power = 0.38 if kind == "square" else 0.62
        x, y = wide * np.sign(c) * np.abs(c) ** power, high * np.sign(s) * np.abs(s) ** power
        if kind == "sunglasses":
            x, y = x * (1 + 0.10 * s), y * (1 + 0.05 * np.sign(s))
    x = f.eye[0] + 0.0015 + x
    z = 0.1035 - 1.6 * np.maximum(x - 0.022, 0) ** 1.7
    return np.stack([side * x, f.eye[1] - 0.002 + y, z], 1)


def glasses_meshes(kind: str, f: Features) -> tuple[Mesh, Mesh | None]:
    """Frame and, for dark ones, lenses, in head space."""
    wire = 0.0013 if kind == "round" else 0.0021
    parts, lenses = [], []
    for side in (1, -1):
        loop = _outline(kind, side, f)
        parts.append(ring(loop, wire))
        hinge = loop[np.argmax(loop[:, 0] * side)]
        arm = [
            hinge,
            (side * 0.0790, 0.010, 0.060),
            (side * 0.0845, 0.012, 0.000),
            (side * 0.0850, -0.006, -0.022),
        ]
        parts.append(tube(arm, wire, 6))
        if kind == "sunglasses":
            centre = loop.mean(0)
            lenses.append(_lens(loop, centre))
    near = f.eye[0] - 0.0235 + (0.0 if kind == "round" else -0.0035)
    bridge = [
        (near, 0.007, 0.1025),
        (near * 0.5, 0.0095, 0.1065),
        (0, 0.010, 0.108),
        (-near * 0.5, 0.0095, 0.1065),
        (-near, 0.007, 0.1025),
    ]
    parts.append(tube(bridge, wire, 6))
    return merge(parts), (merge(lenses) if lenses else None)


def _lens(loop: F32, centre: F32) -> Mesh:
    """A thin bowl that fills an outline, seen from both sides."""
    rows = [centre + (loop - centre) * k + np.array((0, 0, 0.0035 * (1 - k * k))) for k in (0.0, 0.5, 1.0)]
    front = np.concatenate([rows[0][:1], rows[1], rows[2]])
    n = len(loop)
    i = np.arange(n)
    j = (i + 1) % n
    fan = np.stack([np.zeros(n, int), 1 + i, 1 + j], 1)
    band = np.concatenate(
        [np.stack([1 + i, 1 + n + i, 1 + n + j], 1), np.stack([1 + i, 1 + n + j, 1 + j], 1)]
    )
    faces = np.concatenate([fan, band])
    out = np.zeros_like(front)
    out[:, :2] = (front - centre)[:, :2] * 6.0
    out[:, 2] = 1.0
    normal = out / np.sqrt((out * out).sum(1, keepdims=True))
    p = np.concatenate([front, front - np.array((0, 0, 0.0012))])
    both = np.concatenate([faces, faces[:, ::-1] + len(front)])
    return p.astype(np.float32), np.concatenate([normal, -normal]).astype(np.float32), both.astype(np.int32)


def strap_mesh() -> Mesh:
    """A helmet's strap under the chin, in head space."""
    path = [
        (0.084, 0.0, 0.004),
        (0.079, -0.045, 0.012),
        (0.062, -0.088, 0.022),
        (0.030, -0.122, 0.040),
        (0.0, -0.130, 0.046),
    ]
    mirrored = [(-x, y, z) for x, y, z in path[-2::-1]]
    return tube(path + mirrored, 0.0042, 6, hint=(0.0, 0.0, 1.0), flat=0.5)
