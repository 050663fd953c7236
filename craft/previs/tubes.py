"""Bodies swept along a path: fingers, wire frames, plaits. Metres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from craft.previs.sdf import Mesh
from craft.previs.spatial import F32, F64, I32

Index = NDArray[np.signedinteger[Any]]


def _cross(a: F64, b: F64) -> F64:
    x = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    y = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    z = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.stack([x, y, z], -1)


def _units(v: F64) -> F64:
    return np.asarray(v / (np.sqrt((v * v).sum(-1, keepdims=True)) + 1e-12), np.float64)


def _frames(path: F64, hint: Sequence[float]) -> tuple[F64, F64, F64]:
    """Tangent and two normals per point, carried along the path so that it never twists."""
    ends = np.concatenate([path[:1], path, path[-1:]])
    tangent = _units(ends[2:] - ends[:-2])
    side = np.zeros_like(path)
    last: F64 = np.asarray(hint, np.float64)
    for i, t in enumerate(tangent):
        last = last - t * float((last * t).sum())
        side[i] = last = _units(last)
    return tangent, side, _cross(tangent, side)


def tube(
    path: Sequence[Sequence[float]] | F64,
    radii: Sequence[float] | F64 | float,
    around: int = 8,
    hint: Sequence[float] = (0.0, 1.0, 0.0),
    flat: float = 1.0,
) -> Mesh:
    """Closed round body along ``path`` with a radius per point; ``flat`` scales it across ``hint``."""
    points = np.asarray(path, np.float64)
    size = np.broadcast_to(np.asarray(radii, np.float64), (len(points),))
    tangent, side, up = _frames(points, hint)
    angle = np.arange(around) * (2 * np.pi / around)
    c, s = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    rings = points[:, None] + size[:, None, None] * (c * side[:, None] + s * up[:, None] * flat)
    step = np.gradient(size) / (np.sqrt((np.gradient(points, axis=0) ** 2).sum(1)) + 1e-9)
    slope = np.clip(step, -2.0, 2.0)[:, None, None]
    normals = _units(c * side[:, None] + s * up[:, None] / flat - slope * tangent[:, None])
    p = np.concatenate([rings.reshape(-1, 3), points[[0, -1]]])
    n = np.concatenate([normals.reshape(-1, 3), np.stack([-tangent[0], tangent[-1]])])
    return p.astype(np.float32), n.astype(np.float32), _faces(len(points), around)


def _faces(rows: int, around: int) -> I32:
    grid = np.arange(rows * around).reshape(rows, around)
    right = np.roll(grid, -1, 1)
    a, b, c, d = grid[:-1].ravel(), right[:-1].ravel(), right[1:].ravel(), grid[1:].ravel()
    start, end = rows * around, rows * around + 1
    caps = [
        np.stack([np.full(around, start), right[0], grid[0]], 1),
        np.stack([np.full(around, end), grid[-1], right[-1]], 1),
    ]
    sides = [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    return np.concatenate([*sides, *caps]).astype(np.int32)


def ring(path: Sequence[Sequence[float]] | F64, radius: float, around: int = 6) -> Mesh:
    """A closed loop of wire through ``path`` (its end is its beginning)."""
    points = np.asarray(path, np.float64)
    centre = points.mean(0)
    tangent = _units(np.roll(points, -1, 0) - np.roll(points, 1, 0))
    side = _units(points - centre)
    side = _units(side - tangent * (side * tangent).sum(1, keepdims=True))
    up = _cross(tangent, side)
    angle = np.arange(around) * (2 * np.pi / around)
    c, s = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    normals = c * side[:, None] + s * up[:, None]
    p = points[:, None] + radius * normals
    rows = len(points)
    grid = np.arange(rows * around).reshape(rows, around)
    below, right = np.roll(grid, -1, 0), np.roll(grid, -1, 1)
    across = np.roll(below, -1, 1)
    quads = np.stack([grid, right, across, below], -1).reshape(-1, 4)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    return p.reshape(-1, 3).astype(np.float32), normals.reshape(-1, 3).astype(np.float32), faces


def loft(sections: F64, *, closed: bool = False) -> Mesh:
    """Skin over closed outlines [rows, points, 3]; open ends get a lid, ``closed`` joins last to first.

    Normals are the mean of the faces round a vertex, pointing out of the body.
    """
    rows, count, _ = sections.shape
    p = sections.reshape(-1, 3)
    grid = np.arange(rows * count).reshape(rows, count)
    after = np.roll(grid, -1, 0) if closed else grid[1:]
    here = grid if closed else grid[:-1]
    quads = np.stack([here, np.roll(here, -1, 1), np.roll(after, -1, 1), after], -1).reshape(-1, 4)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    if not closed:
        p = np.concatenate([p, sections[:1].mean(1), sections[-1:].mean(1)])
        first, last = grid[0], grid[-1]
        start, end = np.full(count, rows * count), np.full(count, rows * count + 1)
        lids = [np.stack([start, np.roll(first, -1), first], 1), np.stack([end, last, np.roll(last, -1)], 1)]
        faces = np.concatenate([faces, *lids])
    if _volume(p, faces) < 0:
        faces = faces[:, ::-1]
    return p.astype(np.float32), _vertex_normals(p, faces), np.ascontiguousarray(faces).astype(np.int32)


def _volume(p: F64, faces: Index) -> float:
    a, b, c = (p[faces[:, i]] for i in range(3))
    return float((a * _cross(b, c)).sum())


def _vertex_normals(p: F64, faces: Index) -> F32:
    a, b, c = (p[faces[:, i]] for i in range(3))
    flat = _cross(b - a, c - a)
    total = np.stack([np.bincount(faces.ravel(), np.repeat(flat[:, i], 3), len(p)) for i in range(3)], 1)
    return _units(np.asarray(total, np.float64)).astype(np.float32)
