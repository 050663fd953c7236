"""Rotations and rigid frames: axes from two directions, mirror images, and blends that never pop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from craft.previs.spatial import F64, affine, cross, dot, unit

Vec3 = tuple[float, float, float]


def triad(z: Sequence[float] | F64, x: Sequence[float] | F64) -> F64:
    """Right-handed axes as columns from a z direction and an approximate x."""
    forward = unit(np.asarray(z, np.float64))
    side: F64 = np.asarray(x, np.float64)
    side = unit(side - forward * dot(side, forward))
    return np.stack([side, cross(forward, side), forward], 1)


def mirrored(turn: F64) -> F64:
    """The rotation seen in a mirror that swaps left and right."""
    flip = np.array((-1.0, 1.0, 1.0))
    return np.asarray(turn * flip[:, None] * flip[None, :])


def blend_turns(a: F64, b: F64, share: float) -> F64:
    """Between two rotations: the mixed axes made square again; opposite turns change over in the middle."""
    if share <= 0.0:
        return a
    if share >= 1.0:
        return b
    mixed = a * (1 - share) + b * share
    z = mixed[:, 2]
    if dot(z, z) < 1e-4:
        return a if share < 0.5 else b
    x = mixed[:, 0] - unit(z) * dot(mixed[:, 0], unit(z))
    if dot(x, x) < 1e-4:
        return a if share < 0.5 else b
    return triad(z, mixed[:, 0])


def blend_frames(a: F64, b: F64, share: float) -> F64:
    """Between two rigid frames: place in a straight line, turn by the shorter way."""
    turn = blend_turns(a[:3, :3], b[:3, :3], share)
    return affine(turn, a[:3, 3] * (1 - share) + b[:3, 3] * share)


def wrapped(degrees: float) -> float:
    """An angle as -180 … 180 degrees."""
    return (degrees + 180.0) % 360.0 - 180.0
