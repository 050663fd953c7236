"""Meshes written directly: bevelled boxes, quads, lathes, spheres. Metres, y up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from craft.previs.sdf import Mesh, Point
from craft.previs.spatial import F32, F64, mat_mul


def _quads(p: F32, n: F32, rows: int, cols: int, *, flip: bool) -> Mesh:
    grid = np.arange(rows * cols).reshape(rows, cols)
    q = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], -1).reshape(-1, 4)
    if flip:
        q = q[:, ::-1]
    faces = np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]).astype(np.int32)
    return p.astype(np.float32), n.astype(np.float32), faces


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    offsets = np.cumsum([0] + [len(m[0]) for m in meshes[:-1]])
    return (
        np.concatenate([m[0] for m in meshes]),
        np.concatenate([m[1] for m in meshes]),
        np.concatenate([m[2] + o for m, o in zip(meshes, offsets, strict=True)]).astype(np.int32),
    )


def moved(mesh: Mesh, turn: F64, at: Point) -> Mesh:
    """``mesh`` rotated by a 3x3 matrix, then shifted."""
    t = turn.astype(np.float32)

    def turned(a: F32) -> F32:
        return np.stack([(a * row).sum(1) for row in t], 1)

    return (turned(mesh[0]) + np.asarray(at, np.float32)).astype(np.float32), turned(mesh[1]), mesh[2]


def _box_side(axis: int, sign: int, steps: int) -> tuple[F32, Mesh]:
    """Corner (signs) each vertex of a side belongs to, and the side of a box that is all edge: a unit ball's."""
    t = np.linspace(0, 1, steps + 1)
    u, v = (axis + 1) % 3, (axis + 2) % 3
    a, b = np.meshgrid(*[np.concatenate([t - 1, t])] * 2, indexing="ij")
    c, d = np.meshgrid(*[np.repeat((-1.0, 1.0), steps + 1)] * 2, indexing="ij")
    away, corner = np.zeros((*a.shape, 3)), np.zeros((*a.shape, 3))
    away[..., u], away[..., v], away[..., axis] = a, b, sign
    corner[..., u], corner[..., v], corner[..., axis] = c, d, sign
    away = (away / np.sqrt((away * away).sum(-1, keepdims=True))).reshape(-1, 3).astype(np.float32)
    side = _quads(away, away, a.shape[0], a.shape[1], flip=sign < 0)
    return corner.reshape(-1, 3).astype(np.float32), side


@cache
def _rounded_cube(steps: int) -> tuple[F32, Mesh]:
    """Corner signs and edge directions of a box with ``steps`` per edge: any box is these two, scaled."""
    sides = [_box_side(axis, sign, steps) for axis in range(3) for sign in (-1, 1)]
    return np.concatenate([corner for corner, _side in sides]), merge([side for _corner, side in sides])


def box(centre: Point, size: Point, bevel: float = 0.012, steps: int = 1) -> Mesh:
    """Box with rounded edges: 108 triangles at one bevel step."""
    half = np.asarray(size, np.float32) / 2
    bevel = min(bevel, float(half.min()) * 0.98)
    corner, (away, _normal, faces) = _rounded_cube(steps)
    p = corner * (half - np.float32(bevel)) + away * np.float32(bevel) + np.asarray(centre, np.float32)
    return p.astype(np.float32), away.copy(), faces


@cache
def _cube() -> Mesh:
    e = np.eye(3, dtype=np.float32)
    return merge(
        [
            quad(e[axis] * sign, e[(axis + 1) % 3], e[(axis + 2) % 3] * sign)
            for axis in range(3)
            for sign in (np.float32(-1), np.float32(1))
        ]
    )


def plain_box(centre: Point, size: Point) -> Mesh:
    """Box with sharp edges: 12 triangles."""
    p, n, faces = _cube()
    half = np.asarray(size, np.float32) / 2
    return (p * half + np.asarray(centre, np.float32)).astype(np.float32), n.copy(), faces


def quad(centre: Point, u: Point, v: Point) -> Mesh:
    """Parallelogram centre ± u ± v, facing u x v."""
    c, a, b = (np.asarray(x, np.float32) for x in (centre, u, v))
    n = np.cross(a, b)
    n = (n / (np.sqrt((n * n).sum()) + 1e-12)).astype(np.float32)
    p = np.stack([c - a - b, c + a - b, c + a + b, c - a + b]).astype(np.float32)
    return p, np.tile(n, (4, 1)), np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def lathe(profile: Sequence[tuple[float, float]], centre: Point = (0, 0, 0), around: int = 18) -> Mesh:
    """Profile of (radius, height) turned round the y axis."""
    prof = np.array(profile, np.float32)
    angle = np.linspace(0, 2 * np.pi, around + 1)
    r, y = prof[:, 0], prof[:, 1]
    cos, sin = np.cos(angle), np.sin(angle)
    p = np.stack([r[:, None] * cos, np.repeat(y[:, None], around + 1, 1), r[:, None] * sin], -1)
    dr, dy = np.gradient(r), np.gradient(y)
    n = np.stack([dy[:, None] * cos, np.repeat(-dr[:, None], around + 1, 1), dy[:, None] * sin], -1)
    n = n / (np.sqrt((n * n).sum(-1, keepdims=True)) + 1e-9)
    mesh = _quads(p.reshape(-1, 3), n.reshape(-1, 3), len(r), around + 1, flip=True)
    return (mesh[0] + np.asarray(centre, np.float32)).astype(np.float32), mesh[1], mesh[2]


def sphere(centre: Point, radii: float | Point, around: int = 16) -> Mesh:
    """Ellipsoid from rings."""
    t = np.linspace(-np.pi / 2, np.pi / 2, around // 2 + 1)
    p, n, f = lathe(list(zip(np.cos(t), np.sin(t), strict=True)), around=around)
    r = np.asarray(radii, np.float32) * np.ones(3, np.float32)
    n = n / r
    n = n / (np.sqrt((n * n).sum(1, keepdims=True)) + 1e-9)
    return (p * r + np.asarray(centre, np.float32)).astype(np.float32), n.astype(np.float32), f


def turned_box(centre: Point, size: Point, turn: F64, bevel: float = 0.012) -> Mesh:
    """Bevelled box rotated about its own centre."""
    return moved(box((0, 0, 0), size, bevel), mat_mul(turn, np.eye(3)), centre)
