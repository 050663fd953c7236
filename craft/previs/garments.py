"""Clothes, legs, hands and shoes of a figure as distance fields in bind space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from craft.previs.sdf import Field, capsule, carve, clip_to, ellipsoid, union
from craft.previs.skeleton import Body
from craft.previs.spatial import F32, F64, cross, dot, unit, vec


@dataclass(frozen=True)
class Garment:
    """How a top is cut: hem height, sleeve end, skirt, and the number of its painted details in the
    shader.
    """

    detail: int
    hem: float = 0.80
    sleeve: float = 0.0
    skirt: bool = False
    collar: str = ""
    hood: bool = False
    loose: float = 1.0


GARMENTS: dict[str, Garment] = {
    "suit": Garment(detail=1, collar="stand"),
    "coat": Garment(detail=2, hem=0.56, skirt=True, collar="turned", loose=1.05),
    "hoodie": Garment(detail=3, hem=0.84, hood=True, loose=1.06),
    "tee": Garment(detail=0, hem=0.86, sleeve=1.235),
    "shirt": Garment(detail=4, hem=0.86, collar="stand", loose=0.98),
    "dress": Garment(detail=5, hem=0.52, sleeve=1.30, skirt=True, loose=0.95),
    "jacket": Garment(detail=6, hem=0.88, collar="turned", loose=1.06),
    "sweater": Garment(detail=9, hem=0.85, loose=1.05),
    "uniform": Garment(detail=7, collar="stand"),
    "armour": Garment(detail=8, hem=0.78, loose=1.10),
}


def _at(joint: F64, side: int) -> tuple[float, float, float]:
    return (side * float(joint[0]), float(joint[1]), float(joint[2]))


def _trunk(p: F32, body: Body, cut: Garment) -> F32:
    k = cut.loose
    d = ellipsoid(p, (0, 1.285, 0.002), (0.168 * body.chest * k, 0.185, 0.118 * body.chest * k))
    if body.soft > 0.5:
        for side in (1, -1):
            bust = ellipsoid(p, (side * 0.060, 1.275, 0.072), (0.058 * body.chest, 0.056, 0.048))
            d = union(d, bust, 0.05)
    slim = 1 - 0.14 * max(0.0, body.soft - 0.3)
    d = union(
        d, ellipsoid(p, (0, 1.08, 0), (0.140 * body.waist * k * slim, 0.16, 0.104 * body.waist * k)), 0.07
    )
    if body.belly:
        d = union(d, ellipsoid(p, (0, 1.06, body.belly), (0.135 * body.waist, 0.14, 0.11 * body.waist)), 0.08)
    d = union(d, ellipsoid(p, (0, 0.90, -0.004), (0.172 * body.hips * k, 0.21, 0.136 * body.hips * k)), 0.08)
    w = body.shoulder - 0.045
    return union(d, capsule(p, (w, 1.388, -0.014), (-w, 1.388, -0.014), 0.052), 0.07)


def _sleeve(p: F32, at: dict[str, F64], body: Body, cut: Garment, side: int) -> F32:
    limb = body.limb * (0.96 if cut.sleeve else 1.0)
    shoulder, elbow, hand = (_at(at[j + "_l"], side) for j in ("upper_arm", "forearm", "hand"))
    cuff = tuple(0.12 * e + 0.88 * h for e, h in zip(elbow, hand, strict=True))
    d = union(
        capsule(p, shoulder, elbow, 0.057 * limb, 0.048 * limb),
        capsule(p, elbow, cuff, 0.050 * limb, 0.044 * limb),
        0.02,
    )
    away = p - np.asarray(elbow, np.float32)
    reach = np.sqrt((away * away).sum(1))
    d = d + 0.004 * np.sin((p[:, 1] - elbow[1]) * 90) * np.exp(-((reach / 0.07) ** 2))
    short: F32 = np.maximum(d, cut.sleeve - p[:, 1])
    return short if cut.sleeve else d


def top_field(body: Body, at: dict[str, F64], cut: Garment) -> Field:
    """Torso with sleeves, neck opening, and collar, hood or skirt as the cut says."""

    def field(p: F32) -> F32:
        d = _trunk(p, body, cut)
        if cut.skirt:
            d = union(
                d,
                capsule(p, (0, 0.95, 0), (0, cut.hem + 0.05, 0), 0.165 * body.hips, 0.215 * body.hips),
                0.06,
            )
        d = clip_to(d, cut.hem - p[:, 1], 0.014)
        for side in (1, -1):
            d = union(d, _sleeve(p, at, body, cut, side), 0.035)
        d = carve(d, capsule(p, (0, 1.44, 0), (0, 1.60, 0.05), 0.062, 0.088), 0.012)
        if cut.hood:
            d = union(d, ellipsoid(p, (0, 1.45, -0.080), (0.115, 0.062, 0.062)), 0.03)
        folds = 0.0016 * np.sin(p[:, 1] * 46 + p[:, 0] * 18) * np.clip((1.15 - p[:, 1]) * 6, 0, 1)
        return np.asarray(d + folds, np.float32)

    return field


def neck_radius(body: Body) -> float:
    """Radius of the neck in metres."""
    return (0.053 - 0.008 * body.soft) * body.neck


def neck_field(body: Body) -> Field:
    """Neck with the base that disappears into the collar."""
    r = neck_radius(body)

    def field(p: F32) -> F32:
        column = capsule(p, (0, 1.40, -0.018), (0, 1.60, -0.004), r * 1.08, r)
        return union(column, ellipsoid(p, (0, 1.385, -0.012), (0.080, 0.045, 0.060)), 0.04)

    return field


def collar_field(body: Body) -> Field:
    """A standing collar: thick enough for the voxels of a draft, or it would fray."""
    r = neck_radius(body)

    def field(p: F32) -> F32:
        tube = np.abs(capsule(p, (0, 1.40, -0.016), (0, 1.515, -0.006), r + 0.028, r + 0.020)) - 0.0115
        top = p[:, 1] - 1.482 + 0.30 * p[:, 2]
        return clip_to(tube, np.maximum(top, 1.40 - p[:, 1]).astype(np.float32), 0.012)

    return field


def turned_collar_field(body: Body) -> Field:
    """Open collar of a coat: a band round the back of the neck that ends before the throat."""
    r = neck_radius(body)

    def field(p: F32) -> F32:
        tube = np.abs(capsule(p, (0, 1.40, -0.020), (0, 1.50, -0.012), r + 0.044, r + 0.030)) - 0.012
        limits = np.maximum(p[:, 1] - 1.482 + 0.35 * p[:, 2], np.maximum(1.38 - p[:, 1], p[:, 2] - 0.045))
        return clip_to(tube, limits.astype(np.float32), 0.014)

    return field


def bare_arm_field(body: Body, at: dict[str, F64], side: int) -> Field:
    """Upper arm and forearm of a short sleeve."""
    shoulder, elbow, hand = (_at(at[j + "_l"], side) for j in ("upper_arm", "forearm", "hand"))
    k = body.limb

    def field(p: F32) -> F32:
        return union(
            capsule(p, shoulder, elbow, 0.046 * k, 0.040 * k),
            capsule(p, elbow, hand, 0.041 * k, 0.028 * k),
            0.02,
        )

    return field


def legs_field(body: Body, at: dict[str, F64]) -> Field:
    """Trousers with a fold above the shoe."""

    def field(p: F32) -> F32:
        d = ellipsoid(p, (0, 0.93, -0.004), (0.143 * body.hips, 0.13, 0.106 * body.hips))
        for side in (1, -1):
            hip, knee, foot = (_at(at[j + "_l"], side) for j in ("thigh", "shin", "foot"))
            ankle = (foot[0], foot[1] - 0.02, foot[2])
            thigh = capsule(p, hip, knee, 0.083 * body.hips, 0.061 * body.limb)
            d = union(
                d, union(thigh, capsule(p, knee, ankle, 0.065 * body.limb, 0.056 * body.limb), 0.03), 0.04
            )
        d = clip_to(d, 0.062 - p[:, 1], 0.01)
        folds = 0.0022 * np.sin(p[:, 1] * 70) * np.exp(-(((p[:, 1] - 0.10) / 0.07) ** 2))
        return np.asarray(d + folds, np.float32)

    return field


def shoes_field(at: dict[str, F64]) -> Field:
    """Both shoes, flat on y = 0."""

    def shoe(p: F32, side: int) -> F32:
        x = side * (float(at["foot_l"][0]) + 0.004)
        sole = capsule(p, (x, 0.045, -0.05), (x + side * 0.008, 0.034, 0.125), 0.046, 0.038)
        d = union(sole, capsule(p, (x, 0.10, -0.03), (x, 0.04, -0.03), 0.043, 0.049), 0.03)
        return clip_to(d, 0.003 - p[:, 1], 0.008)

    def field(p: F32) -> F32:
        return np.minimum(shoe(p, 1), shoe(p, -1))

    return field


def hand_field(at: dict[str, F64], side: int, *, fingers: bool) -> Field:
    """A relaxed hand; ``fingers`` False joins the four fingers to one mitten (enough for small frames)."""
    mirror = vec(side, 1, 1)
    wrist = at["hand_l"] * mirror
    along = unit(wrist - at["forearm_l"] * mirror)
    across = unit(vec(0, 0, 1) - along * dot(along, vec(0, 0, 1)))
    palmwards = cross(along, across) * -side
    knuckles = wrist + along * 0.045

    def finger(p: F32, offset: float, size: float, reach: float, radius: float) -> F32:
        root = knuckles + along * 0.016 + across * offset
        bend = root + along * reach * 0.5 + palmwards * 0.006
        tip = bend + along * reach * 0.42 + palmwards * 0.018
        lower = capsule(p, tuple(root), tuple(bend), radius, radius * 0.92)
        return union(lower, capsule(p, tuple(bend), tuple(tip), radius * 0.92, radius * 0.8), 0.004 + size)

    def field(p: F32) -> F32:
        d = capsule(p, tuple(wrist - along * 0.03), tuple(wrist + along * 0.012), 0.027, 0.026)
        palm = capsule(p, tuple(knuckles + across * 0.019), tuple(knuckles - across * 0.019), 0.021, 0.020)
        d = union(d, union(palm, capsule(p, tuple(wrist), tuple(knuckles), 0.024, 0.022), 0.02), 0.02)
        if fingers:
            for i, reach in enumerate((0.040, 0.047, 0.044, 0.034)):
                d = union(d, finger(p, 0.030 - 0.019 * i, 0.0, reach * 1.9, 0.0105), 0.006)
        else:
            for offset in (0.014, -0.012):
                d = union(d, finger(p, offset, 0.01, 0.080, 0.0165), 0.012)
        root = wrist + along * 0.020 + across * 0.024
        bend = root + along * 0.026 + across * 0.020 + palmwards * 0.008
        tip = bend + along * 0.024 + across * 0.006 + palmwards * 0.008
        thumb = union(
            capsule(p, tuple(root), tuple(bend), 0.0135, 0.0115),
            capsule(p, tuple(bend), tuple(tip), 0.0115, 0.0095),
            0.004,
        )
        return union(d, thumb, 0.010)

    return field
