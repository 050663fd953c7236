"""Tops as distance fields in bind space, and the body they hang on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from craft.previs.sdf import Field, capsule, carve, clip_to, ellipsoid, union
from craft.previs.skeleton import Body
from craft.previs.spatial import F32, F64


@dataclass(frozen=True)
class Garment:
    """How a top is cut: hem height, sleeve (share of the upper arm; 0 = to the wrist), skirt, neckline.

    ``detail`` is the number of its painted details in the shader, ``loose`` widens it, ``folds`` is the depth of
    its creases (metres).
    """

    detail: int
    hem: float = 0.80
    sleeve: float = 0.0
    skirt: float = 0.0
    collar: str = ""
    loose: float = 1.0
    folds: float = 0.0016
    rough: float = 0.78
    metal: float = 0.0
    cuffs: bool = False
    neckline: float = 0.062


GARMENTS: dict[str, Garment] = {
    "suit": Garment(detail=1, collar="suit", cuffs=True, rough=0.72),
    "coat": Garment(detail=2, hem=0.56, skirt=0.200, collar="coat", loose=1.06, folds=0.0024),
    "hoodie": Garment(detail=3, hem=0.84, collar="hood", loose=1.09, folds=0.0030, rough=0.9),
    "tee": Garment(detail=0, hem=0.86, sleeve=0.66, collar="crew", folds=0.0022, rough=0.88),
    "shirt": Garment(detail=4, hem=0.86, collar="shirt", loose=0.985, folds=0.0020),
    "dress": Garment(
        detail=5,
        hem=0.50,
        sleeve=0.26,
        collar="piping",
        skirt=0.235,
        loose=0.93,
        folds=0.0030,
        neckline=0.078,
    ),
    "jacket": Garment(detail=6, hem=0.90, collar="turned", loose=1.08, folds=0.0026, rough=0.48),
    "sweater": Garment(detail=9, hem=0.85, collar="roll", loose=1.06, folds=0.0026, rough=0.95),
    "uniform": Garment(detail=7, collar="band", rough=0.7),
    "armour": Garment(detail=8, hem=0.78, collar="gorget", loose=1.08, folds=0.0, rough=0.32, metal=0.85),
    "scrubs": Garment(
        detail=10, hem=0.82, sleeve=0.76, collar="piping", loose=1.07, folds=0.0028, rough=0.9, neckline=0.066
    ),
    "cloak": Garment(detail=11, hem=0.74, skirt=0.185, collar="mantle", loose=1.0, folds=0.0020, rough=0.9),
}


PATTERNS = ("plain", "stripes", "pinstripe", "check", "dots", "camo")
"""What lies on the top, in the order of the shader's numbers."""


def painted(garment: str, pattern: str) -> int:
    """The shader's number for a garment in a pattern."""
    return GARMENTS[garment].detail + 16 * PATTERNS.index(pattern)


def _at(joint: F64, side: int) -> tuple[float, float, float]:
    return (side * float(joint[0]), float(joint[1]), float(joint[2]))


def trunk(p: F32, body: Body, k: float = 1.0) -> F32:
    """The torso from the hips to the neck; ``k`` widens it for cloth that hangs loose."""
    c = body.chest * k
    d = ellipsoid(p, (0, 1.285, 0.002), (0.160 * c, 0.175, 0.112 * c))
    if body.bust:
        for side in (1, -1):
            at = (side * 0.062 * body.chest, 1.268, 0.070 * body.chest)
            d = union(d, ellipsoid(p, at, (0.055 * c, 0.054, 0.047 * c)), 0.045)
    elif body.soft < 0.4:
        for side in (1, -1):
            d = union(d, ellipsoid(p, (side * 0.064 * c, 1.315, 0.060 * c), (0.068, 0.055, 0.050)), 0.05)
    d = union(d, ellipsoid(p, (0, 1.08, 0), (0.136 * body.waist * k, 0.16, 0.102 * body.waist * k)), 0.07)
    if body.belly:
        deep = 0.60 + 0.40 * body.waist
        belly = ellipsoid(p, (0, 1.06, body.belly), (0.135 * deep, 0.13, 0.105 * deep))
        d = union(d, belly, 0.08)
    hips = ellipsoid(p, (0, 0.90, -0.006), (0.160 * body.hips * k, 0.20, 0.128 * body.hips * k))
    d = union(d, hips, 0.08)
    w = body.shoulder - 0.030
    thick = 0.044 + 0.010 * (body.limb - 1)
    for side in (1, -1):
        slope = capsule(
            p,
            (side * 0.030, 1.438, -0.020),
            (side * w, 1.384, -0.014),
            0.034 + 0.012 * (body.neck - 1),
            thick,
        )
        d = union(d, slope, 0.055)
    nape = capsule(p, (0, 1.432, -0.046), (0, 1.34, -0.052), 0.044 * body.neck**0.5, 0.050)
    return union(d, nape, 0.045)


def _sleeve(p: F32, at: dict[str, F64], body: Body, cut: Garment, side: int) -> F32:
    limb = body.limb * cut.loose
    shoulder, elbow, hand = (_at(at[j + "_l"], side) for j in ("upper_arm", "forearm", "hand"))
    cuff = tuple(0.09 * e + 0.91 * h for e, h in zip(elbow, hand, strict=True))
    d = union(
        capsule(p, shoulder, elbow, 0.053 * limb, 0.046 * limb),
        capsule(p, elbow, cuff, 0.047 * limb, 0.037 * limb),
        0.02,
    )
    away = p - np.asarray(elbow, np.float32)
    reach = np.sqrt((away * away).sum(1))
    bend = np.exp(-((reach / 0.075) ** 2))
    d = d + (0.0015 + cut.folds) * np.sin((p[:, 1] - elbow[1]) * 92 + p[:, 2] * 30) * bend
    d = clip_to(d, _beyond(p, elbow, hand, 0.905), 0.010)
    return clip_to(d, _beyond(p, shoulder, elbow, cut.sleeve), 0.008) if cut.sleeve else d


def _beyond(p: F32, a: tuple[float, ...], b: tuple[float, ...], share: float) -> F32:
    """How far a point is past ``share`` of the way from a to b, along it."""
    start, axis = np.asarray(a, np.float32), np.asarray(b, np.float32) - np.asarray(a, np.float32)
    size = float(np.sqrt((axis * axis).sum()))
    rel = p - start
    along = (rel[:, 0] * axis[0] + rel[:, 1] * axis[1] + rel[:, 2] * axis[2]) / size
    return np.asarray((along - share * size), np.float32)


def sleeve_share(p: F32, body: Body, at: dict[str, F64], cut: Garment) -> F32:
    """1 on the sleeves, 0 on the trunk, between them at the armholes."""
    torso = trunk(p, body, cut.loose)
    arms = np.minimum(_sleeve(p, at, body, cut, 1), _sleeve(p, at, body, cut, -1))
    t = np.clip((torso - arms + 0.012) / 0.030, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _skirt(p: F32, body: Body, cut: Garment) -> F32:
    """From the waist to the hem, wider below, in folds."""
    flat = p * np.array((1, 1, 1.22), np.float32)
    wide = 0.160 * body.hips
    d = capsule(flat, (0, 0.97, 0), (0, cut.hem - 0.03, 0), wide, cut.skirt * (0.55 + 0.45 * body.hips))
    turn = np.arctan2(p[:, 0], p[:, 2])
    fall = np.clip((0.95 - p[:, 1]) / 0.4, 0, 1)
    return np.asarray((d * 0.86 + 0.010 * fall * np.sin(turn * 9 + 0.6) * (cut.folds > 0.0021)), np.float32)


def top_field(body: Body, at: dict[str, F64], cut: Garment) -> Field:
    """Torso with sleeves, neck opening and skirt as the cut says."""

    def field(p: F32) -> F32:
        d = trunk(p, body, cut.loose)
        if cut.skirt:
            d = union(d, _skirt(p, body, cut), 0.05)
        d = clip_to(d, cut.hem - p[:, 1], 0.012)
        for side in (1, -1):
            d = union(d, _sleeve(p, at, body, cut, side), 0.030)
        r = neck_hole(body, cut)
        d = carve(d, capsule(p, (0, 1.445, -0.006), (0, 1.60, 0.05), r, r + 0.028), 0.010)
        if cut.detail == 8:
            for side in (1, -1):
                x, y, z = _at(at["upper_arm_l"], side)
                plate = ellipsoid(p, (x + side * 0.016, y + 0.002, z), (0.078, 0.070, 0.082))
                d = union(d, clip_to(plate, 1.335 - p[:, 1], 0.01), 0.004)
        low = np.clip((1.20 - p[:, 1]) * 5, 0.15, 1)
        creases = np.sin(p[:, 1] * 46 + p[:, 0] * 18 + 4 * np.sin(p[:, 0] * 11 + p[:, 2] * 9))
        return np.asarray(d + cut.folds * creases * low, np.float32)

    return field


def neck_hole(body: Body, cut: Garment) -> float:
    """Radius of a top's opening in metres: never tighter than the neck."""
    return max(cut.neckline, neck_radius(body) + 0.010)


def neck_radius(body: Body) -> float:
    """Radius of the neck in metres."""
    return (0.0525 - 0.006 * body.soft) * body.neck


def neck_field(body: Body, hole: float) -> Field:
    """Neck with its muscles, and the base that a neckline of radius ``hole`` leaves bare."""
    r = neck_radius(body)

    def field(p: F32) -> F32:
        column = capsule(p, (0, 1.40, -0.022), (0, 1.60, -0.008), r * 1.10, r * 0.98)
        base = ellipsoid(p, (0, 1.379, -0.010), (hole + 0.008, 0.040, hole - 0.004))
        d = union(column, base, 0.045)
        for side in (1, -1):
            cord = capsule(p, (side * 0.017, 1.425, 0.034), (side * 0.047, 1.57, -0.020), 0.010, 0.012)
            d = union(d, cord + 0.004 * (1 - 0.7 * body.age), 0.014)
        return d

    return field


def bare_arm_field(body: Body, at: dict[str, F64], side: int) -> Field:
    """Upper arm and forearm of a short sleeve."""
    shoulder, elbow, hand = (_at(at[j + "_l"], side) for j in ("upper_arm", "forearm", "hand"))
    k = body.limb
    firm = 0.003 * max(0.0, k - 0.9) * 10 * (1 - body.age)
    belly = tuple(0.55 * s + 0.45 * e for s, e in zip(shoulder, elbow, strict=True))
    thick = tuple(0.72 * e + 0.28 * h for e, h in zip(elbow, hand, strict=True))

    def field(p: F32) -> F32:
        d = union(
            capsule(p, shoulder, elbow, 0.045 * k, 0.036 * k),
            capsule(p, elbow, hand, 0.037 * k, 0.0235 * (0.5 + 0.5 * k)),
            0.02,
        )
        d = union(d, ellipsoid(p, belly, (0.036 * k, 0.06, 0.040 * k + firm)), 0.02)
        return union(d, ellipsoid(p, thick, (0.036 * k, 0.06, 0.038 * k)), 0.02)

    return field
