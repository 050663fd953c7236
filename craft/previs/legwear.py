"""Legs and shoes as distance fields in bind space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from craft.previs.sdf import Field, capsule, clip_to, ellipsoid, union
from craft.previs.skeleton import Body
from craft.previs.spatial import F32, F64

LEGS = ("trousers", "jeans", "shorts", "skirt")
"""What is worn below a top."""


@dataclass(frozen=True)
class _Trousers:
    thigh: float
    knee: float
    ankle: float
    hem: float
    folds: float


_CUTS = {
    "trousers": _Trousers(0.084, 0.062, 0.058, 0.052, 0.0026),
    "jeans": _Trousers(0.079, 0.056, 0.047, 0.082, 0.0034),
    "shorts": _Trousers(0.090, 0.084, 0.080, 0.545, 0.0016),
}


def _side(at: dict[str, F64], joint: str, side: int) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in at[joint + "_l"])
    return side * x, y, z


def trousers_field(cut: str, body: Body, at: dict[str, F64]) -> Field:
    """Trousers, jeans or shorts."""
    c = _CUTS[cut]
    slim = 0.5 + 0.5 * body.limb

    def field(p: F32) -> F32:
        d = ellipsoid(p, (0, 0.93, -0.004), (0.143 * body.hips, 0.13, 0.108 * body.hips))
        for side in (1, -1):
            hip, knee, foot = (_side(at, j, side) for j in ("thigh", "shin", "foot"))
            ankle = (foot[0], foot[1] - 0.02, foot[2])
            thigh = capsule(p, hip, knee, c.thigh * body.hips, c.knee * slim)
            shin = capsule(p, knee, ankle, (c.knee + 0.002) * slim, c.ankle * slim)
            d = union(d, union(thigh, shin, 0.03), 0.03)
        d = clip_to(d, c.hem - p[:, 1], 0.008)
        broken = (
            c.folds * np.sin(p[:, 1] * 74 + p[:, 2] * 14) * np.exp(-(((p[:, 1] - c.hem - 0.05) / 0.075) ** 2))
        )
        knees = (
            0.7 * c.folds * np.sin(p[:, 1] * 88 + p[:, 0] * 25) * np.exp(-(((p[:, 1] - 0.48) / 0.07) ** 2))
        )
        return np.asarray(d + broken + knees, np.float32)

    return field


def skirt_field(body: Body) -> Field:
    """A skirt to the knee."""
    flat = np.array((1, 1, 1.22), np.float32)

    def field(p: F32) -> F32:
        d = (
            capsule(
                p * flat, (0, 0.96, 0), (0, 0.46, 0), 0.138 * body.hips, 0.205 * (0.55 + 0.45 * body.hips)
            )
            * 0.86
        )
        turn = np.arctan2(p[:, 0], p[:, 2])
        d = d + 0.008 * np.clip((0.92 - p[:, 1]) / 0.4, 0, 1) * np.sin(turn * 10)
        return clip_to(clip_to(d.astype(np.float32), 0.49 - p[:, 1], 0.008), p[:, 1] - 1.05, 0.02)

    return field


def bare_legs_field(body: Body, at: dict[str, F64]) -> Field:
    """Skin, or tights, from under a skirt or shorts to the ankles."""
    k = body.limb

    def field(p: F32) -> F32:
        d = ellipsoid(p, (0, 0.92, -0.004), (0.125 * body.hips, 0.10, 0.090 * body.hips))
        for side in (1, -1):
            hip, knee, foot = (_side(at, j, side) for j in ("thigh", "shin", "foot"))
            thigh = capsule(p, hip, knee, 0.075 * body.hips, 0.047 * k)
            shin = capsule(
                p, knee, (foot[0], foot[1] - 0.02, foot[2] + 0.004), 0.046 * k, 0.032 * (0.6 + 0.4 * k)
            )
            calf = ellipsoid(p, (knee[0], knee[1] - 0.11, knee[2] - 0.020), (0.044 * k, 0.095, 0.045 * k))
            d = union(d, union(thigh, union(shin, calf, 0.025), 0.03), 0.03)
        return clip_to(d, p[:, 1] - 0.75, 0.02)

    return field


def shoes_field(at: dict[str, F64]) -> Field:
    """Both shoes, flat on y = 0."""

    def shoe(p: F32, side: int) -> F32:
        x = side * (float(at["foot_l"][0]) + 0.004)
        sole = capsule(p, (x, 0.045, -0.05), (x + side * 0.008, 0.034, 0.125), 0.045, 0.037)
        d = union(sole, capsule(p, (x, 0.10, -0.03), (x, 0.04, -0.03), 0.042, 0.047), 0.03)
        d = clip_to(d, 0.003 - p[:, 1], 0.006)
        tread = np.maximum(np.abs(p[:, 1] - 0.011) - 0.010, 0.0)
        return np.asarray(d - 0.003 * (tread <= 0) * (np.abs(p[:, 1] - 0.011) < 0.0098), np.float32)

    def field(p: F32) -> F32:
        return np.minimum(shoe(p, 1), shoe(p, -1))

    return field
