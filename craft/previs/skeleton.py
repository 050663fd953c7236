"""Twenty bones, where their joints sit for a body, and automatic skin weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from craft.previs.batch import Bytes4
from craft.previs.sdf import capsule
from craft.previs.spatial import F32, F64, vec

BONES = (
    "hips",
    "spine",
    "chest",
    "neck",
    "head",
    "jaw",
    "brow_l",
    "brow_r",
    "upper_arm_l",
    "forearm_l",
    "hand_l",
    "upper_arm_r",
    "forearm_r",
    "hand_r",
    "thigh_l",
    "shin_l",
    "foot_l",
    "thigh_r",
    "shin_r",
    "foot_r",
)
BONE_INDEX = {name: i for i, name in enumerate(BONES)}
PARENT: dict[str, str | None] = {
    "hips": None,
    "spine": "hips",
    "chest": "spine",
    "neck": "chest",
    "head": "neck",
    "jaw": "head",
    "brow_l": "head",
    "brow_r": "head",
    "upper_arm_l": "chest",
    "forearm_l": "upper_arm_l",
    "hand_l": "forearm_l",
    "upper_arm_r": "chest",
    "forearm_r": "upper_arm_r",
    "hand_r": "forearm_r",
    "thigh_l": "hips",
    "shin_l": "thigh_l",
    "foot_l": "shin_l",
    "thigh_r": "hips",
    "shin_r": "thigh_r",
    "foot_r": "shin_r",
}
_TIP = {
    "hips": "spine",
    "spine": "chest",
    "chest": "neck",
    "neck": "head",
    "upper_arm_l": "forearm_l",
    "forearm_l": "hand_l",
    "upper_arm_r": "forearm_r",
    "forearm_r": "hand_r",
    "thigh_l": "shin_l",
    "shin_l": "foot_l",
    "thigh_r": "shin_r",
    "shin_r": "foot_r",
}

HEAD_CENTRE = (0.0, 1.64, 0.01)
"""Middle of the head in bind space (metres)."""


@dataclass(frozen=True)
class Body:
    """Proportions of a figure. Lengths in metres, factors around 1; ``soft`` 0 angular … 1 rounded
    features, ``bust`` 0 flat … 1 full, ``age`` 0 grown up … 1 very old.
    """

    scale: float = 1.0
    shoulder: float = 0.185
    chest: float = 1.0
    waist: float = 1.0
    hips: float = 1.0
    limb: float = 1.0
    belly: float = 0.0
    neck: float = 1.0
    head: float = 1.20
    jaw: float = 1.0
    soft: float = 0.3
    bust: float = 0.0
    age: float = 0.0


BODIES: dict[str, Body] = {
    "slim": Body(
        scale=0.985, shoulder=0.168, chest=0.87, waist=0.80, hips=0.90, limb=0.86, neck=0.88, jaw=0.93
    ),
    "average": Body(),
    "broad": Body(
        scale=1.02,
        shoulder=0.214,
        chest=1.18,
        waist=1.16,
        hips=1.08,
        limb=1.16,
        belly=0.030,
        neck=1.20,
        head=1.18,
        jaw=1.12,
        soft=0.1,
    ),
    "tall": Body(
        scale=1.09,
        shoulder=0.190,
        chest=0.98,
        waist=0.93,
        hips=0.96,
        limb=0.95,
        neck=0.97,
        head=1.12,
        soft=0.2,
    ),
    "heavy": Body(
        scale=0.985,
        shoulder=0.205,
        chest=1.22,
        waist=1.46,
        hips=1.28,
        limb=1.28,
        belly=0.072,
        neck=1.30,
        head=1.22,
        jaw=1.24,
        soft=0.45,
    ),
    "petite": Body(
        scale=0.885,
        shoulder=0.160,
        chest=0.88,
        waist=0.84,
        hips=0.97,
        limb=0.88,
        neck=0.86,
        head=1.27,
        jaw=0.91,
        soft=0.5,
    ),
    "athletic": Body(
        scale=1.02,
        shoulder=0.208,
        chest=1.12,
        waist=0.90,
        hips=0.97,
        limb=1.13,
        neck=1.18,
        head=1.16,
        jaw=1.06,
        soft=0.12,
    ),
}


def joints(body: Body) -> dict[str, F64]:
    """Bind position of each bone's joint."""
    w, hip = body.shoulder, 0.092 * (0.6 + 0.4 * body.hips)
    left = {
        "upper_arm": (w - 0.012, 1.375, -0.012),
        "forearm": (w + 0.135, 1.165, -0.015),
        "hand": (w + 0.245, 0.955, 0.02),
        "thigh": (hip, 0.90, 0.0),
        "shin": (hip + 0.012, 0.49, 0.005),
        "foot": (hip + 0.018, 0.085, -0.02),
    }
    at: dict[str, F64] = {
        "hips": vec(0, 0.93, 0),
        "spine": vec(0, 1.03, 0),
        "chest": vec(0, 1.20, 0),
        "neck": vec(0, 1.455, -0.012),
        "head": vec(0, 1.53, 0),
        "jaw": vec(0, 1.585, 0.02),
        "brow_l": vec(0.036, 1.655, 0.09),
        "brow_r": vec(-0.036, 1.655, 0.09),
    }
    for name, (x, y, z) in left.items():
        at[name + "_l"], at[name + "_r"] = vec(x, y, z), vec(-x, y, z)
    return at


def rigid(count: int, bone: str) -> tuple[Bytes4, Bytes4]:
    """Every vertex wholly on one bone."""
    bones, weights = np.zeros((count, 4), np.uint8), np.zeros((count, 4), np.uint8)
    bones[:, 0] = BONE_INDEX[bone]
    weights[:, 0] = 255
    return bones, weights


def skin(
    p: F32,
    at: dict[str, F64],
    allowed: Sequence[str],
    sharpness: float = 5.7,
    favour: Mapping[str, F32] | None = None,
) -> tuple[Bytes4, Bytes4]:
    """Weights from the distance to each allowed bone's segment; larger ``sharpness`` = stiffer joints.

    ``favour`` scales a bone's weights vertex by vertex: a broad trunk must not follow an arm that is near it.
    """
    columns = []
    for bone in allowed:
        a = at[bone]
        reach = 0.05 if bone.startswith("foot") else 0.0
        tip = at[_TIP[bone]] if bone in _TIP else a + vec(0, 0.12 if bone == "head" else -0.06, reach)
        columns.append(np.maximum(capsule(p, tuple(a), tuple(tip), 0.0), 1e-3))
    d = np.stack(columns, 1)
    w = (d.min(1, keepdims=True) / d) ** sharpness
    for bone, share in (favour or {}).items():
        w[:, list(allowed).index(bone)] *= share
    w = w / (w.max(1, keepdims=True) + 1e-9)
    order = np.argsort(-w, 1)[:, :4]
    top = np.take_along_axis(w, order, 1)
    top = np.round(top / top.sum(1, keepdims=True) * 255).astype(int)
    top[:, 0] += 255 - top.sum(1)
    ids = np.array([BONE_INDEX[b] for b in allowed], np.uint8)[order]
    missing = 4 - ids.shape[1]
    if missing > 0:
        ids, top = np.pad(ids, ((0, 0), (0, missing))), np.pad(top, ((0, 0), (0, missing)))
    return ids, top.astype(np.uint8)
