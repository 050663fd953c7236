"""Small vector and matrix algebra with written-out products.

``@`` and ``linalg`` call a BLAS kernel that differs from one CPU model to the next, so the few 4x4 products
a frame needs are spelled out: the same machine, and most other machines, then give the same bits.
World axes: x right, y up, z towards the audience; a figure with yaw 0 looks along +z. Angles are degrees.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.floating[Any]]
"""Mesh data: float32 in practice."""
F64 = NDArray[np.floating[Any]]
"""Points and matrices: float64 in practice."""
I32 = NDArray[np.int32]

X_AXIS = (1.0, 0.0, 0.0)
Y_AXIS = (0.0, 1.0, 0.0)
Z_AXIS = (0.0, 0.0, 1.0)


def vec(x: float, y: float, z: float) -> F64:
    """A point or direction as float64[3]."""
    return np.array((x, y, z), np.float64)


def length(v: F64) -> float:
    """Euclidean length."""
    return math.sqrt(float(v[0]) ** 2 + float(v[1]) ** 2 + float(v[2]) ** 2)


def unit(v: F64) -> F64:
    """``v`` scaled to length one; a null vector comes back unchanged."""
    size = length(v)
    return v / size if size > 1e-12 else v


def dot(a: F64, b: F64) -> float:
    """Scalar product of two 3-vectors."""
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


def cross(a: F64, b: F64) -> F64:
    """Vector product of two 3-vectors."""
    return vec(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def mat_mul(a: F64, b: F64) -> F64:
    """Product of two square matrices (3x3 or 4x4) without BLAS."""
    product: F64 = (a[:, :, None] * b[None, :, :]).sum(1)
    return product


def apply(m: F64, p: F64) -> F64:
    """3x3 or affine 4x4 matrix times point."""
    size = m.shape[0]
    turned: F64 = m[:3, 0] * p[0] + m[:3, 1] * p[1] + m[:3, 2] * p[2]
    return turned + m[:3, 3] if size == 4 else turned


def affine(rotation: F64, origin: F64) -> F64:
    """4x4 matrix from a 3x3 rotation (or scale) and an origin."""
    m = np.eye(4)
    m[:3, :3] = rotation
    m[:3, 3] = origin
    return m


def rotation(axis: tuple[float, float, float], degrees: float) -> F64:
    """3x3 rotation about a unit axis."""
    a = math.radians(degrees)
    c, s = math.cos(a), math.sin(a)
    x, y, z = axis
    k = 1.0 - c
    return np.array(
        (
            (c + x * x * k, x * y * k - z * s, x * z * k + y * s),
            (y * x * k + z * s, c + y * y * k, y * z * k - x * s),
            (z * x * k - y * s, z * y * k + x * s, c + z * z * k),
        )
    )


def euler(pitch: float, yaw: float, roll: float) -> F64:
    """Rotation applied roll first, then pitch, then yaw (z, x, y axes)."""
    return mat_mul(mat_mul(rotation(Y_AXIS, yaw), rotation(X_AXIS, pitch)), rotation(Z_AXIS, roll))


def invert4(m: F64) -> F64:
    """Inverse of a 4x4 matrix by Gauss-Jordan with pivoting."""
    rows = [[float(x) for x in r] + [float(i == j) for j in range(4)] for i, r in enumerate(m)]
    for i in range(4):
        pivot = max(range(i, 4), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        head = rows[i][i]
        rows[i] = [x / head for x in rows[i]]
        for r in range(4):
            if r != i and rows[r][i] != 0.0:
                k = rows[r][i]
                rows[r] = [x - k * y for x, y in zip(rows[r], rows[i], strict=True)]
    return np.array(rows)[:, 4:]


def perspective(fov_y: float, aspect: float, near: float, far: float) -> F64:
    """OpenGL perspective projection; ``fov_y`` in degrees."""
    t = 1.0 / math.tan(math.radians(fov_y) / 2)
    m = np.zeros((4, 4))
    m[0, 0], m[1, 1] = t / aspect, t
    m[2, 2], m[2, 3], m[3, 2] = (far + near) / (near - far), 2 * far * near / (near - far), -1.0
    return m


def basis(eye: F64, target: F64, roll: float = 0.0) -> tuple[F64, F64, F64]:
    """Right, up and forward of a camera; a vertical view takes its up from -z."""
    forward = unit(target - eye)
    up = vec(0, 1, 0) if abs(float(forward[1])) < 0.99999 else vec(0, 0, -1)
    right = unit(cross(forward, up))
    top = cross(right, forward)
    if roll:
        c, s = math.cos(math.radians(roll)), math.sin(math.radians(roll))
        right, top = right * c + top * s, top * c - right * s
    return right, top, forward


def look_at(eye: F64, target: F64, roll: float = 0.0) -> F64:
    """World to camera matrix."""
    right, top, forward = basis(eye, target, roll)
    m = np.eye(4)
    m[0, :3], m[1, :3], m[2, :3] = right, top, -forward
    m[:3, 3] = (-dot(right, eye), -dot(top, eye), dot(forward, eye))
    return m


def smooth(x: float) -> float:
    """Quintic ease from 0 to 1 with zero speed and acceleration at both ends."""
    x = min(1.0, max(0.0, x))
    return x * x * x * (x * (x * 6 - 15) + 10)
