"""Signed distance shapes and their surface as triangles (naive surface nets, vectorised).

Every distance function takes points float32[n, 3] in metres and returns float32[n], negative inside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from craft.previs.spatial import F32, I32

Point = Sequence[float] | F32
Field = Callable[[F32], F32]
Mesh = tuple[F32, F32, I32]
"""Positions [n,3], unit normals [n,3], triangles [m,3]."""


def _v(p: Point) -> F32:
    return np.asarray(p, np.float32)


def ellipsoid(p: F32, centre: Point, radii: Point) -> F32:
    """Approximate distance to an axis-aligned ellipsoid (exact on the surface)."""
    q = (p - _v(centre)) / _v(radii)
    k0 = np.sqrt((q * q).sum(-1))
    q2 = q / _v(radii)
    k1 = np.sqrt((q2 * q2).sum(-1)) + np.float32(1e-9)
    d: F32 = k0 * (k0 - 1) / k1
    return d


def capsule(p: F32, a: Point, b: Point, ra: float, rb: float | None = None) -> F32:
    """Round cone from ``a`` (radius ``ra``) to ``b`` (radius ``rb``, default the same)."""
    start, axis = _v(a), _v(b) - _v(a)
    rel = p - start
    along = rel[:, 0] * axis[0] + rel[:, 1] * axis[1] + rel[:, 2] * axis[2]
    h = np.clip(along / (axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2), 0, 1)
    away = rel - h[:, None] * axis
    d: F32 = np.sqrt((away * away).sum(-1)) - (ra + ((ra if rb is None else rb) - ra) * h)
    return d


def union(a: F32, b: F32, k: float) -> F32:
    """Smooth union with blend width ``k`` metres."""
    h = np.clip(0.5 + 0.5 * (b - a) / k, 0, 1)
    return b * (1 - h) + a * h - k * h * (1 - h)


def carve(a: F32, b: F32, k: float) -> F32:
    """``a`` without ``b``, edge rounded over ``k`` metres."""
    return -union(-a, b, k)


def clip_to(a: F32, b: F32, k: float) -> F32:
    """Smooth intersection of ``a`` and ``b``."""
    return -union(-a, -b, k)


_CORNERS = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])


_TETRAHEDRON = np.array(((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)), np.float32)


def _gradient(field: Field, p: F32) -> F32:
    """Unit gradient from the corners of a small tetrahedron: as true as central differences in four steps
    instead of six.
    """
    step = _TETRAHEDRON * np.float32(8e-4)
    g = np.zeros_like(p)
    for corner, away in zip(_TETRAHEDRON, step, strict=True):
        g += corner * field(p + away)[:, None]
    g = g / (np.sqrt((g * g).sum(1, keepdims=True)) + 1e-9)
    return np.asarray(g, np.float32)


def _vertices(values: F32, cells: I32) -> F32:
    """Mean of the edge crossings of each mixed cell, in cell units."""
    at = np.stack([values[tuple((cells + o).T)] for o in _CORNERS], 1)
    total = np.zeros((len(cells), 3), np.float32)
    count = np.zeros(len(cells), np.float32)
    for a in range(8):
        for b in range(a + 1, 8):
            if np.abs(_CORNERS[a] - _CORNERS[b]).sum() != 1:
                continue
            da, db = at[:, a], at[:, b]
            crossing = (da < 0) != (db < 0)
            t = np.where(crossing, da / np.where(crossing, da - db, 1), 0)[:, None]
            total += np.where(crossing[:, None], _CORNERS[a] + (_CORNERS[b] - _CORNERS[a]) * t, 0)
            count += crossing
    return (cells + total / count[:, None]).astype(np.float32)


def _faces(inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], index: I32) -> I32:
    """One quad per sign change along a grid edge, wound outwards, as two triangles."""
    quads = []
    for axis in range(3):
        window = [slice(1, -1)] * 3
        window[axis] = slice(0, inside.shape[axis] - 1)
        change = inside != np.roll(inside, -1, axis)
        edges = np.argwhere(change[tuple(window)]) + np.array([0 if i == axis else 1 for i in range(3)])
        if len(edges) == 0:
            continue
        du, dv = np.eye(3, dtype=int)[(axis + 1) % 3], np.eye(3, dtype=int)[(axis + 2) % 3]
        corners = (edges - du - dv, edges - dv, edges, edges - du)
        quad = np.stack([index[tuple(c.T)] for c in corners], 1)
        flipped = ~inside[tuple(edges.T)]
        quad[flipped] = quad[flipped][:, ::-1]
        quads.append(quad)
    q = np.concatenate(quads)
    return np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]).astype(np.int32)


_BLOCK = 4
_CERTAIN = 1.9
"""Fields are only roughly distances, so a block counts as clear of the surface at this many times its reach."""


def _sampled(field: Field, lo: F32, n: np.ndarray[tuple[int, ...], np.dtype[np.int64]], cell: float) -> F32:
    """The field on a grid of ``n`` points, asked for only in blocks that the surface may cross; elsewhere
    the value at the block's middle stands for all of it.
    """
    blocks = -(-n // _BLOCK)
    step = np.float32(cell)
    middles = [
        lo[i] + step * (np.arange(blocks[i], dtype=np.float32) * _BLOCK + (_BLOCK - 1) / 2) for i in range(3)
    ]
    grid = np.stack(np.meshgrid(*middles, indexing="ij"), -1).reshape(-1, 3).astype(np.float32)
    rough = field(grid).astype(np.float32).reshape(blocks)
    values = rough
    for axis in range(3):
        values = np.repeat(values, _BLOCK, axis)
    values = np.ascontiguousarray(values[: n[0], : n[1], : n[2]])
    reach = cell * _BLOCK / 2 * np.float32(np.sqrt(3.0)) * _CERTAIN
    near = np.flatnonzero(np.abs(values) < reach)
    if len(near):
        at = np.stack(np.unravel_index(near, values.shape), 1).astype(np.float32)
        values.reshape(-1)[near] = field((lo + step * at).astype(np.float32))
    return values


def surface(field: Field, low: Point, high: Point, cell: float) -> Mesh:
    """Triangulate the zero surface of ``field`` inside the box, with voxels of ``cell`` metres.

    One Newton step pulls the vertices onto the surface; normals come from the field, so a coarse
    mesh still shades smoothly.
    """
    lo, hi = _v(low), _v(high)
    n = np.ceil((hi - lo) / cell).astype(int) + 1
    values = _sampled(field, lo, n, cell)
    inside = values < 0
    corner_counts = sum(
        inside[i : n[0] - 1 + i, j : n[1] - 1 + j, k : n[2] - 1 + k].astype(np.int8)
        for i in (0, 1)
        for j in (0, 1)
        for k in (0, 1)
    )
    mixed = (np.asarray(corner_counts) > 0) & (np.asarray(corner_counts) < 8)
    cells = np.argwhere(mixed).astype(np.int32)
    index = -np.ones(mixed.shape, np.int32)
    index[mixed] = np.arange(len(cells), dtype=np.int32)
    p = (lo + np.float32(cell) * _vertices(values, cells)).astype(np.float32)
    faces = _faces(inside, index)
    p = (p - _gradient(field, p) * np.clip(field(p), -cell, cell)[:, None]).astype(np.float32)
    return p, _gradient(field, p), faces
