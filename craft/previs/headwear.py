"""Hats and glasses. Hats are fields in head space, so that hair can be kept inside; glasses are bent wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from craft.previs.faces import Features
from craft.previs.sdf import Mesh, clip_to, ellipsoid, union
from craft.previs.solids import merge
from craft.previs.spatial import F32
from craft.previs.tubes import loft, ring, tube


def _brow_line(q: F32) -> F32:
    """Rim of what is pulled over the head: over the brows in front, above the ears, lower behind."""
    return (0.031 + 0.27 * q[:, 2]).astype(np.float32)


def _felt_line(q: F32) -> F32:
    return (0.036 + 0.16 * q[:, 2]).astype(np.float32)


_SHELL_Z = (-0.11, -0.06, -0.02, 0.03, 0.06, 0.10)
_SHELL_Y = (-0.045, -0.045, -0.030, 0.012, 0.052, 0.056)


def _shell_line(q: F32) -> F32:
    return np.interp(q[:, 2], _SHELL_Z, _SHELL_Y).astype(np.float32)


def _dome(q: F32, more: float, high: float = 0.0) -> F32:
    return ellipsoid(q, (0, 0.018 + high * 0.4, -0.010), (0.0835 + more, 0.098 + more + high, 0.1015 + more))


def _cap(q: F32) -> F32:
    crown = clip_to(_dome(q, 0.012, 0.004), _brow_line(q) - q[:, 1], 0.006)
    return union(crown, ellipsoid(q, (0, 0.136, -0.012), (0.009, 0.006, 0.009)), 0.004)


def _beanie(q: F32) -> F32:
    ribs = (0.0011 * np.sin(np.arctan2(q[:, 0], q[:, 2] + 0.01) * 34)).astype(np.float32)
    above = q[:, 1] - _brow_line(q)
    crown = clip_to(_dome(q, 0.013, 0.016), 0.006 - above, 0.008)
    cuff = clip_to(_dome(q, 0.020), np.abs(above - 0.018) - 0.021, 0.008)
    return np.asarray(union(crown, cuff, 0.004) + ribs, np.float32)


def _felt_crown(q: F32, high: float, pinch: float) -> F32:
    k = np.clip((q[:, 1] - 0.03) / 0.12, 0, 1)
    x, z = q[:, 0] / (0.0935 - 0.013 * k), (q[:, 2] + 0.010) / (0.113 - 0.016 * k)
    wall = ((np.sqrt(x * x + z * z) - 1) * 0.092).astype(np.float32)
    front = np.exp(-(((q[:, 2] - 0.075) / 0.035) ** 2))
    nip = pinch * k * front * np.exp(-(((np.abs(q[:, 0]) - 0.045) / 0.03) ** 2))
    dent = 0.018 * np.exp(-((q[:, 0] / 0.026) ** 2)) * (pinch > 0)
    top = q[:, 1] - (high - dent - 0.05 * np.maximum(-q[:, 2] - 0.02, 0))
    d = clip_to((wall + nip).astype(np.float32), top.astype(np.float32), 0.022)
    return clip_to(d, _felt_line(q) - 0.003 - q[:, 1], 0.004)


def _fedora(q: F32) -> F32:
    return _felt_crown(q, 0.155, 0.012)


def _wide_brim(q: F32) -> F32:
    return _felt_crown(q, 0.140, 0.0)


def _helmet(q: F32) -> F32:
    shell = clip_to(ellipsoid(q, (0, 0.022, -0.012), (0.106, 0.116, 0.124)), _shell_line(q) - q[:, 1], 0.006)
    crest = clip_to(ellipsoid(q, (0, 0.030, -0.012), (0.012, 0.117, 0.123)), 0.05 - q[:, 1], 0.02)
    return union(shell, crest, 0.008)


def _brim(reach: float, curl: float) -> Mesh:
    """A felt brim, ``curl`` metres higher (or lower) at its sides."""
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    outline = []
    for share, lift in ((0.0, 1), (0.5, 1), (0.96, 1), (1.0, 0), (0.96, -1), (0.5, -1), (0.0, -1)):
        x = (0.080 + (0.008 + reach) * share) * np.sin(turn)
        z = -0.010 + (0.100 + (0.008 + reach) * share) * np.cos(turn)
        level = (
            0.037 + 0.16 * z + curl * (np.abs(np.sin(turn)) * share) ** 2.2 - 0.10 * np.maximum(z - 0.10, 0)
        )
        outline.append(np.stack([x, level + 0.0026 * lift, z], 1))
    return loft(np.stack(outline, 1), closed=True)


def _peak() -> Mesh:
    """The peak of a cap."""
    across = np.linspace(-1, 1, 29)
    angle = across * 1.02
    reach = 0.078 * np.maximum(1 - across**2, 0) ** 0.55 + 0.002
    outline = []
    for share, lift in (
        (0.0, 1),
        (0.4, 1),
        (0.75, 1),
        (0.97, 0.8),
        (1.0, 0),
        (0.97, -0.8),
        (0.75, -1),
        (0.4, -1),
        (0.0, -1),
    ):
        x = 0.086 * np.sin(angle) + reach * share * np.sin(angle * 0.30)
        z0 = -0.010 + 0.104 * np.cos(angle)
        z = z0 + reach * share * np.cos(angle * 0.30)
        y = 0.035 + 0.27 * np.minimum(z0, 0.095) - 3.4 * share * x * x - 0.16 * reach * share
        outline.append(np.stack([x, y + 0.0028 * lift, z], 1))
    return loft(np.stack(outline, 1))


def _edge() -> Mesh:
    """The rolled edge of a helmet."""
    turn = np.linspace(0, 2 * np.pi, 56, endpoint=False)
    path = np.stack([0.104 * np.sin(turn), 0 * turn, -0.012 + 0.122 * np.cos(turn)], 1)
    path[:, 1] = _shell_line(path) + 0.003
    k = np.sqrt(1 - ((path[:, 1] - 0.022) / 0.116) ** 2) * 1.015
    path[:, 0], path[:, 2] = path[:, 0] * k, -0.012 + (path[:, 2] + 0.012) * k
    return ring(path, 0.0056)


@dataclass(frozen=True)
class Hat:
    """A hat's crown as a field, its rim (height by place), what is sewn to it, and its surface. ``band`` is
    where a ribbon runs, low and high above the rim.
    """

    field: Callable[[F32], F32]
    rim: Callable[[F32], F32]
    rough: float
    metal: float = 0.0
    band: tuple[float, float] | None = None
    sewn: Callable[[], Mesh] | None = None


HATS: dict[str, Hat] = {
    "cap": Hat(_cap, _brow_line, 0.75, sewn=_peak),
    "beanie": Hat(_beanie, _brow_line, 0.9),
    "fedora": Hat(_fedora, _felt_line, 0.7, band=(0.004, 0.028), sewn=lambda: _brim(0.048, 0.016)),
    "wide_brim": Hat(_wide_brim, _felt_line, 0.8, band=(0.004, 0.024), sewn=lambda: _brim(0.108, -0.020)),
    "helmet": Hat(_helmet, _shell_line, 0.25, 0.35, sewn=_edge),
}
"""Every hat but ``none``."""


def under_hat(hair: F32, q: F32, hat: str) -> F32:
    """Hair pressed under a hat: inside it above the rim, free below."""
    worn = HATS[hat].field(q) + np.float32(0.004)
    below = (q[:, 1] - HATS[hat].rim(q) + 0.006).astype(np.float32)
    return np.asarray(np.maximum(hair, np.minimum(worn, below)), np.float32)


_BAND_REACH = 0.08


def ribbon(hat: str, q: F32) -> F32:
    """Height over the rim and the ribbon's two edges for each vertex of a crown, 0-255 for 8 cm."""
    marks = np.zeros((len(q), 3), np.float32)
    marks[:, 0] = np.clip((q[:, 1] - HATS[hat].rim(q)) / _BAND_REACH, 0, 1)
    low, high = HATS[hat].band or (2 * _BAND_REACH, -_BAND_REACH)
    marks[:, 1], marks[:, 2] = low / _BAND_REACH, high / _BAND_REACH
    return np.round(np.clip(marks, 0, 1) * 255)


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
    far = len(front)
    back = faces[:, ::-1] + far
    rim = np.concatenate(
        [
            np.stack([1 + n + i, 1 + n + i + far, 1 + n + j], 1),
            np.stack([1 + n + j, 1 + n + i + far, 1 + n + j + far], 1),
        ]
    )
    both = np.concatenate([faces, back, rim])
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
