"""How things are carried and where they lie: grips, hand frames and a matrix for every thing in a frame.

A hand's grip frame has its origin in the middle of the closed hand, z along the fingers, y to the thumb's side;
its x axis looks out of a right palm (into a left one). Grips are told for the right hand and mirrored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from craft.previs.batch import Geometry
from craft.previs.figure import Figure
from craft.previs.frames import Vec3, blend_frames, mirrored, triad
from craft.previs.packet import PropSpec
from craft.previs.posing import Posed, hand_axes
from craft.previs.prop_meshes import prop_geometry
from craft.previs.spatial import F64, affine, apply, cross, dot, euler, mat_mul, smooth, unit, vec
from craft.previs.stage import Mark, StageSet, inside

_SWAP_S = 0.22
"""How long a thing takes to settle from one hand into the other."""
_FIST = (0.026, 0.0, 0.072)
"""Middle of the closed right hand from its wrist, in grip axes."""


@dataclass(frozen=True)
class Thing:
    """A prop in one frame: rigid geometry under ``matrix`` (4x4, prop to world), with its segment id."""

    id: str
    kind: str
    geometry: Geometry
    matrix: F64
    segment: int


@dataclass(frozen=True)
class Carry:
    """Where the right hand keeps a thing: wrist in bind space relative to the chest, fingers and palm
    as directions of the body.
    """

    wrist: Vec3
    along: Vec3
    palm: Vec3
    both: bool = False
    shape: str = "grip"


@dataclass(frozen=True)
class Grip:
    """How a thing sits in the hand: the prop's point in the fist, its up and front in grip axes.

    ``hangs`` keeps it upright however the hand turns, ``stands`` also sets its foot on the floor. ``lies`` are
    the angles (pitch, yaw, roll) in which it rests on a surface.
    """

    carry: Carry
    point: Vec3 = (0.0, 0.0, 0.0)
    up: Vec3 = (0.0, 1.0, 0.0)
    front: Vec3 = (0.0, 0.0, 1.0)
    hangs: bool = False
    stands: bool = False
    lies: Vec3 = (0.0, 0.0, 0.0)


_UPRIGHT = Carry((-0.165, 1.155, 0.24), (0.35, 0.1, 0.94), (0.94, 0.0, -0.35))
_READING = Carry((-0.145, 1.15, 0.24), (0.40, 0.72, 0.55), (0.15, 0.52, -0.80))
_DOWN = Carry((-0.335, 0.945, 0.02), (-0.15, -0.98, 0.08), (0.98, -0.15, 0.0))
_CLASPED = Carry((-0.06, 1.10, 0.225), (1.0, 0.1, 0.12), (0.1, 0.0, -1.0), shape="relaxed")

GRIPS: dict[str, Grip] = {
    "phone": Grip(_READING, (0, 0.06, -0.008), (0, 0.5, 0.87), (1, 0, 0), lies=(-90, 0, 0)),
    "cup": Grip(_UPRIGHT, (0, 0.048, 0)),
    "glass": Grip(_UPRIGHT, (0, 0.05, 0)),
    "bottle": Grip(
        Carry((-0.19, 1.11, 0.24), (0.25, 0.05, 0.96), (0.97, 0.0, -0.2)), (0, 0.12, 0), (0, 1, 0), (0, 0, 1)
    ),
    "paper": Grip(_READING, (0.04, 0.035, -0.01), (0, 0.6, 0.8), (1, 0, 0), lies=(-90, 0, 0)),
    "book": Grip(_READING, (0.03, 0.05, -0.006), (0, 0.6, 0.8), (1, 0, 0), lies=(-90, 0, 0)),
    "bag": Grip(_DOWN, (0, 0.392, 0), (0, 0, -1), (-1, 0, 0), hangs=True),
    "briefcase": Grip(_DOWN, (0, 0.352, 0), (0, 0, -1), (-1, 0, 0), hangs=True),
    "umbrella": Grip(
        Carry((-0.13, 1.16, 0.21), (0.3, 0.1, 0.95), (0.95, 0.0, -0.3)),
        (0, 0.07, 0),
        (0.05, 0.985, -0.16),
        (0, 0.16, 1),
        lies=(75, 0, 0),
    ),
    "torch": Grip(Carry((-0.18, 1.18, 0.25), (0.12, -0.08, 0.98), (0.8, -0.6, -0.2)), (0, 0, -0.02)),
    "keys": Grip(
        Carry((-0.16, 1.21, 0.24), (0.3, 0.1, 0.95), (0.5, -0.85, 0.0)),
        (0, 0.014, 0),
        (-1, 0, 0),
        (0, 0, 1),
        hangs=True,
        lies=(-90, 0, 0),
    ),
    "pistol": Grip(
        Carry((-0.18, 1.17, 0.23), (0.3, -0.2, 0.92), (0.95, 0.0, -0.3)),
        (0, -0.05, -0.005),
        lies=(0, 0, 90),
    ),
    "knife": Grip(
        Carry((-0.20, 1.12, 0.24), (0.25, 0.0, 0.97), (0.97, 0.0, -0.25)),
        (0, 0, 0),
        (0, 0.75, 0.66),
        (0, -0.66, 0.75),
        lies=(0, 0, 90),
    ),
    "box": Grip(
        Carry((-0.215, 1.09, 0.235), (0.0, 0.15, 0.99), (1.0, 0.0, 0.0), both=True, shape="open"),
        (-0.185, 0.07, 0.0),
    ),
    "flowers": Grip(
        Carry((-0.11, 1.13, 0.24), (0.5, 0.1, 0.85), (0.85, 0.0, -0.5)),
        (0, 0, 0),
        (0, 1, 0.12),
        (0, -0.12, 1),
        lies=(80, 0, 0),
    ),
    "laptop": Grip(_CLASPED, (0.03, 0.10, 0.008), (0, 1, 0), (-1, 0, 0), lies=(-90, 0, 0)),
    "tablet": Grip(_READING, (0.04, 0.04, -0.008), (0, 0.6, 0.8), (1, 0, 0), lies=(-90, 0, 0)),
    "radio": Grip(
        Carry((-0.15, 1.24, 0.22), (0.45, 0.55, 0.7), (0.9, -0.3, -0.3)),
        (0, 0.055, 0),
        (0, 0.85, 0.5),
        (0.5, -0.5, 0.85),
    ),
    "staff": Grip(
        Carry((-0.30, 1.12, 0.20), (0.15, 0.0, 0.98), (0.98, 0.0, -0.15)),
        (0, 1.12, 0),
        hangs=True,
        stands=True,
        lies=(90, 0, 0),
    ),
    "tool": Grip(
        Carry((-0.20, 1.14, 0.23), (0.2, 0.0, 0.97), (0.97, 0.0, -0.2)),
        (0, 0, 0),
        (0, 0.85, 0.5),
        (0, -0.5, 0.85),
        lies=(0, 0, 90),
    ),
}


@dataclass(frozen=True)
class Hold:
    """From ``at`` seconds on the thing is in ``by``'s hand ('l' or 'r'), or lies if ``by`` is None."""

    at: float
    by: str | None
    hand: str


@dataclass(frozen=True)
class PropTrack:
    """A prop through a shot: who holds it when, and where it lies while nobody does."""

    spec: PropSpec
    segment: int
    holds: tuple[Hold, ...]
    rest: F64

    def holder(self, seconds: float) -> Hold:
        """Who has it at a time."""
        return max((h for h in self.holds if h.at <= seconds), key=lambda h: h.at, default=self.holds[0])


def palm_turn(along: Vec3, palm: Vec3, tag: str) -> F64:
    """Rotation of the grip axes in the body for fingers and palm told for a right hand."""
    turn = triad(along, palm)
    return turn if tag == "r" else mirrored(turn)


def grip_frame(figure: Figure, posed: Posed, tag: str) -> F64:
    """World frame of a closed hand, without scale."""
    frame = posed.frames["hand_" + tag]
    turn = mat_mul(frame[:3, :3] / figure.body.scale, hand_axes(figure, tag))
    side = 1.0 if tag == "r" else -1.0
    offset = vec(_FIST[0] * side, _FIST[1], _FIST[2]) * figure.body.scale
    return affine(turn, frame[:3, 3] + apply(turn, offset))


def held_matrix(kind: str, frame: F64, tag: str) -> F64:
    """Where a prop of a kind is when the hand with this grip frame holds it."""
    grip = GRIPS[kind]
    up, front = unit(vec(*grip.up)), vec(*grip.front)
    front = unit(front - up * dot(front, up))
    turn = np.stack([cross(up, front), up, front], 1)
    turn = mat_mul(frame[:3, :3], turn if tag == "r" else mirrored(turn))
    if grip.hangs:
        level = vec(float(turn[0, 2]), 0, float(turn[2, 2]))
        turn = triad(level, cross(vec(0, 1, 0), level))
    point = vec(*grip.point)
    if tag == "l":
        point[0] = -point[0]
    origin = frame[:3, 3] - apply(turn, point)
    if grip.stands:
        origin[1] = 0.0
    return affine(turn, origin)


def lying_matrix(spec: PropSpec, mark: Mark, stage: StageSet, taken: bool) -> F64:
    """A free prop on the furniture under its mark, or on the floor; beside the feet where somebody stands."""
    grip = GRIPS[spec.kind]
    at = vec(mark.x, 0.0, mark.z)
    tops = [
        o.high[1]
        for o in stage.obstacles
        if o.high[1] < 1.35 and inside(o, vec(mark.x, o.low[1], mark.z), 0.0)
    ]
    turn = euler(0, mark.yaw, 0)
    if taken and not tops:
        at = at + apply(turn, vec(-0.32, 0, 0.42))
    turn = mat_mul(turn, euler(*grip.lies))
    row = turn[1].astype(np.float32)
    heights = (prop_geometry(spec.kind, spec.colour).vertices["pos"] * row).sum(1)
    at[1] = max(tops, default=0.0) - float(heights.min())
    return affine(turn, at)


def thing_at(track: PropTrack, seconds: float, hands: Mapping[tuple[str, str], F64]) -> Thing | None:
    """The prop at a time, given the grip frames of everybody drawn by (character, hand); None when its
    holder is not drawn.
    """
    matrix = _matrix(track, track.holder(seconds), hands)
    if matrix is None:
        return None
    hold = track.holder(seconds)
    since = seconds - hold.at
    if since < _SWAP_S and hold is not track.holds[0]:
        earlier = _matrix(track, track.holder(hold.at - 1e-6), hands)
        if earlier is not None:
            matrix = blend_frames(earlier, matrix, smooth(since / _SWAP_S))
    geometry = prop_geometry(track.spec.kind, track.spec.colour)
    return Thing(track.spec.id, track.spec.kind, geometry, matrix, track.segment)


def _matrix(track: PropTrack, hold: Hold, hands: Mapping[tuple[str, str], F64]) -> F64 | None:
    if hold.by is None:
        return track.rest
    frame = hands.get((hold.by, hold.hand))
    return None if frame is None else held_matrix(track.spec.kind, frame, hold.hand)
