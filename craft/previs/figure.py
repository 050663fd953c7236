"""A figure's skinned mesh from its body, hair and garment; colours stay shader uniforms."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from craft.previs.batch import Batch, Geometry, Kind, Surface
from craft.previs.garments import (
    GARMENTS,
    bare_arm_field,
    collar_field,
    hand_field,
    legs_field,
    neck_field,
    shoes_field,
    top_field,
    turned_collar_field,
)
from craft.previs.head import EYE, EYE_RADIUS, LONG_STYLES, brow_field, hair_field, head_field, to_head_space
from craft.previs.sdf import Mesh, surface
from craft.previs.skeleton import BODIES, BONE_INDEX, HEAD_CENTRE, Body, joints, rigid, skin
from craft.previs.solids import sphere
from craft.previs.spatial import F32, F64

DETAIL = {"draft": 0.56, "preview": 0.8, "cinematic": 1.0}
"""Mesh resolution by packet quality; voxel sizes below are for 1.0."""

_COLLARS = {"stand": collar_field, "turned": turned_collar_field}
_TRUNK_BONES = (
    "hips",
    "spine",
    "chest",
    "upper_arm_l",
    "forearm_l",
    "upper_arm_r",
    "forearm_r",
    "thigh_l",
    "thigh_r",
)


@dataclass(frozen=True)
class FigureSpec:
    """What decides a figure's shape, and nothing that is only colour."""

    body: str
    hair: str
    garment: str
    detail: float

    def proportions(self) -> Body:
        """The body, with features softened by a long hair style."""
        body = BODIES[self.body]
        return replace(body, soft=min(1.0, body.soft + 0.55)) if self.hair in LONG_STYLES else body


@dataclass(frozen=True)
class Figure:
    """Mesh in bind pose with its joints; ``proxy`` is a coarse stand-in for shadows."""

    spec: FigureSpec
    body: Body
    joints: dict[str, F64]
    mesh: Geometry
    proxy: Geometry


def _f32(x: float, y: float, z: float) -> F32:
    return np.array((x, y, z), np.float32)


def _head(batch: Batch, body: Body, d: float) -> None:
    c = np.array(HEAD_CENTRE, np.float32)
    mesh = surface(head_field(body), c - 0.17, c + 0.17, 0.0062 / d)
    bones, weights = rigid(len(mesh[0]), "head")
    q = to_head_space(mesh[0], body)
    drop = np.clip((-0.060 - q[:, 1]) / 0.03, 0, 1) * np.clip((q[:, 2] + 0.02) / 0.05, 0, 1)
    bones[:, 1] = BONE_INDEX["jaw"]
    weights[:, 1] = np.round(drop * 255)
    weights[:, 0] = 255 - weights[:, 1]
    batch.add(mesh, Surface(kind=Kind.FACE, rough=0.52), (bones, weights))
    for side, kind, brow in ((1, Kind.EYE_LEFT, "brow_l"), (-1, Kind.EYE_RIGHT, "brow_r")):
        centre = c + np.float32(body.head) * np.array((side * EYE[0], EYE[1], EYE[2]), np.float32)
        ball = sphere(tuple(centre), EYE_RADIUS * body.head, 16)
        batch.add(ball, Surface(kind=kind, rough=0.10), rigid(len(ball[0]), "head"))
        low, high = c + _f32(-0.09, 0.0, 0.05), c + _f32(0.09, 0.09, 0.13)
        hair = surface(brow_field(body, side), low, high, 0.0042 / max(d, 0.7))
        batch.add(hair, Surface(kind=Kind.BROW, rough=0.7), rigid(len(hair[0]), brow))


def _hair(batch: Batch, spec: FigureSpec, body: Body) -> None:
    if spec.hair == "bald":
        return
    c = np.array(HEAD_CENTRE, np.float32)
    low, high = c + _f32(-0.17, -0.34, -0.25), c + _f32(0.17, 0.22, 0.17)
    mesh = surface(hair_field(spec.hair, body), low, high, 0.0068 / spec.detail)
    batch.add(mesh, Surface(kind=Kind.HAIR, rough=0.44), rigid(len(mesh[0]), "head"))


def _arms(batch: Batch, spec: FigureSpec, body: Body, at: dict[str, F64]) -> None:
    bare = GARMENTS[spec.garment].sleeve > 0
    for side, tag in ((1, "_l"), (-1, "_r")):
        wrist = np.asarray(at["hand" + tag], np.float32)
        box = _f32(0.10, 0.17, 0.11)
        fingers = spec.detail > 0.7
        field = hand_field(at, side, fingers=fingers)
        hand = surface(field, wrist - box, wrist + box * _f32(1, 0.5, 1), 0.0064 / spec.detail)
        batch.add(hand, Surface(kind=Kind.SKIN, rough=0.55), rigid(len(hand[0]), "hand" + tag))
        if bare:
            ends = np.stack([at["upper_arm" + tag], at["hand" + tag]]).astype(np.float32)
            arm = surface(
                bare_arm_field(body, at, side), ends.min(0) - 0.09, ends.max(0) + 0.09, 0.011 / spec.detail
            )
            weights = skin(arm[0], at, ("upper_arm" + tag, "forearm" + tag))
            batch.add(arm, Surface(kind=Kind.SKIN, rough=0.55), weights)


def _clothes(batch: Batch, spec: FigureSpec, body: Body, at: dict[str, F64]) -> None:
    cut, d, w = GARMENTS[spec.garment], spec.detail, body.shoulder
    low, high = (-w - 0.36, 0.46, -0.30), (w + 0.36, 1.56, 0.30)
    top = surface(top_field(body, at, cut), low, high, 0.0125 / d)
    batch.add(top, Surface(kind=Kind.TOP, rough=0.78), skin(top[0], at, _TRUNK_BONES))
    if cut.collar:
        collar = surface(
            _COLLARS[cut.collar](body), (-0.15, 1.37, -0.15), (0.15, 1.53, 0.15), 0.0056 / max(d, 0.8)
        )
        kind = Kind.SHIRT if cut.detail == 1 else Kind.COLLAR
        batch.add(collar, Surface(kind=kind, rough=0.7), skin(collar[0], at, ("chest", "neck")))
    neck = surface(neck_field(body), (-0.17, 1.32, -0.13), (0.17, 1.66, 0.13), 0.011 / d)
    batch.add(neck, Surface(kind=Kind.SKIN, rough=0.55), skin(neck[0], at, ("chest", "neck", "head")))
    legs = surface(legs_field(body, at), (-0.36, 0.03, -0.22), (0.36, 1.08, 0.22), 0.0135 / d)
    batch.add(
        legs,
        Surface(kind=Kind.BOTTOM, rough=0.8),
        skin(legs[0], at, ("hips", "thigh_l", "shin_l", "thigh_r", "shin_r")),
    )
    shoes = surface(shoes_field(at), (-0.27, -0.02, -0.15), (0.27, 0.18, 0.22), 0.0105 / d)
    feet = skin(shoes[0], at, ("shin_l", "foot_l", "shin_r", "foot_r"), 10.4)
    batch.add(shoes, Surface(kind=Kind.SHOES, rough=0.28), feet)


def _limb_proxy(at: dict[str, F64], a: str, b: str, radius: float) -> Mesh:
    start, end = np.asarray(at[a], np.float32), np.asarray(at[b], np.float32)

    def bar(p: F32) -> F32:
        axis = end - start
        h = np.clip(((p - start) * axis).sum(1) / (axis * axis).sum(), 0, 1)
        away = p - start - h[:, None] * axis
        return np.asarray(np.sqrt((away * away).sum(1)) - radius, np.float32)

    low, high = np.minimum(start, end) - radius * 1.4, np.maximum(start, end) + radius * 1.4
    return surface(bar, tuple(low), tuple(high), radius * 0.75)


def _proxy(spec: FigureSpec, body: Body, at: dict[str, F64]) -> Geometry:
    """About 1,500 triangles that cast nearly the figure's shadow; slightly thinner so that it never
    shades itself.
    """
    batch, cut, skinless = Batch(), GARMENTS[spec.garment], Surface()
    for tag in ("_l", "_r"):
        for a, b, r in (
            ("upper_arm", "forearm", 0.040),
            ("forearm", "hand", 0.036),
            ("thigh", "shin", 0.056),
            ("shin", "foot", 0.044),
        ):
            mesh = _limb_proxy(at, a + tag, b + tag, r * body.limb)
            batch.add(mesh, skinless, rigid(len(mesh[0]), a + tag))
    trunk = surface(
        top_field(body, at, replace(cut, sleeve=1.35)), (-0.3, 0.46, -0.3), (0.3, 1.5, 0.3), 0.042
    )
    shrunk = (trunk[0] - trunk[1] * np.float32(0.02), trunk[1], trunk[2])
    batch.add(shrunk, skinless, skin(shrunk[0], at, ("hips", "spine", "chest")))
    head = sphere(
        (0, HEAD_CENTRE[1], HEAD_CENTRE[2] - 0.012), tuple(np.array((0.072, 0.098, 0.074)) * body.head), 14
    )
    batch.add(head, skinless, rigid(len(head[0]), "head"))
    if spec.hair in LONG_STYLES:
        fall = sphere((0, 1.57, -0.075), tuple(np.array((0.075, 0.12, 0.05)) * body.head), 10)
        batch.add(fall, skinless, rigid(len(fall[0]), "head"))
    return batch.geometry()


def build_figure(spec: FigureSpec) -> Figure:
    """Triangulate a figure; 0.2-0.7 s depending on detail, so callers cache it."""
    body = spec.proportions()
    at = joints(body)
    batch = Batch()
    _head(batch, body, spec.detail)
    _hair(batch, spec, body)
    _clothes(batch, spec, body, at)
    _arms(batch, spec, body, at)
    return Figure(spec, body, at, batch.geometry(), _proxy(spec, body, at))
