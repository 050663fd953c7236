"""From joint angles and hand targets to one matrix per bone (forward kinematics, two-bone limbs,
planted feet).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from craft.previs.figure import Figure
from craft.previs.skeleton import BONE_INDEX, BONES, PARENT
from craft.previs.spatial import (
    F32,
    F64,
    Y_AXIS,
    affine,
    apply,
    cross,
    dot,
    euler,
    length,
    mat_mul,
    rotation,
    unit,
    vec,
)


@dataclass
class BodyState:
    """Everything that bends a figure in one frame. Degrees, metres; hands in chest-relative bind space."""

    origin: F64
    yaw: float
    angles: dict[str, F64] = field(default_factory=dict)
    shifts: dict[str, F64] = field(default_factory=dict)
    hands: dict[str, F64] = field(default_factory=dict)

    def bend(self, bone: str, pitch: float, yaw: float = 0.0, roll: float = 0.0) -> None:
        """Add to a joint's angles."""
        self.angles[bone] = self.angles.get(bone, vec(0, 0, 0)) + vec(pitch, yaw, roll)

    def shift(self, bone: str, x: float, y: float, z: float) -> None:
        """Add to a joint's offset (metres, parent space)."""
        self.shifts[bone] = self.shifts.get(bone, vec(0, 0, 0)) + vec(x, y, z)


@dataclass(frozen=True)
class Posed:
    """A figure in one frame: joint frames in the world and matrices for the shader."""

    frames: dict[str, F64]
    palette: F32
    """float32[bones, 4, 4], bind space to world, row-major."""

    def point(self, figure: Figure, bone: str, bind: F64) -> F64:
        """World place of a bind-space point that rides rigidly on ``bone``."""
        return apply(self.frames[bone], bind - figure.joints[bone])


def _orient(direction: F64, pole: F64) -> F64:
    x = unit(direction)
    y = unit(pole - x * dot(pole, x))
    return np.stack([x, y, cross(x, y)], 1)


@dataclass(frozen=True)
class _Limb:
    upper: str
    lower: str
    tip: str


class _Solver:
    def __init__(self, figure: Figure, state: BodyState) -> None:
        self.at = figure.joints
        self.scale = figure.body.scale
        self.state = state
        self.world = rotation(Y_AXIS, state.yaw)
        self.root = affine(self.world * self.scale, state.origin)
        self.frames: dict[str, F64] = {}

    def angle(self, bone: str) -> F64:
        return self.state.angles.get(bone, vec(0, 0, 0))

    def limb(self, limb: _Limb, target: F64, pole_bind: F64, pole_world: F64, parent: F64) -> None:
        """Bend ``upper`` and ``lower`` so that ``tip`` reaches ``target``, elbow or knee towards the pole."""
        at, scale = self.at, self.scale
        anchor = PARENT[limb.upper] or "hips"
        start = apply(parent, at[limb.upper] - at[anchor])
        l1 = length(at[limb.lower] - at[limb.upper]) * scale
        l2 = length(at[limb.tip] - at[limb.lower]) * scale
        reach = min(max(length(target - start), abs(l1 - l2) + 1e-3), (l1 + l2) * 0.998)
        x = unit(target - start)
        cos = min(1.0, max(-1.0, (l1 * l1 + reach * reach - l2 * l2) / (2 * l1 * reach)))
        y = unit(pole_world - x * dot(pole_world, x))
        joint = start + (x * cos + y * math.sqrt(1 - cos * cos)) * l1
        end = start + x * reach
        upper = mat_mul(
            _orient(joint - start, pole_world), _orient(at[limb.lower] - at[limb.upper], pole_bind).T
        )
        lower = mat_mul(_orient(end - joint, pole_world), _orient(at[limb.tip] - at[limb.lower], pole_bind).T)
        self.frames[limb.upper] = affine(upper * scale, start)
        self.frames[limb.lower] = affine(lower * scale, joint)

    def arm(self, tag: str) -> None:
        side = 1.0 if tag == "l" else -1.0
        target = apply(self.frames["chest"], self.state.hands[tag] - self.at["chest"])
        pole = apply(self.world, vec(side * 0.75, -0.9, -0.55))
        limb = _Limb("upper_arm_" + tag, "forearm_" + tag, "hand_" + tag)
        self.limb(limb, target, vec(0, 0, -1), pole, self.frames["chest"])

    def leg(self, tag: str) -> None:
        side = 1.0 if tag == "l" else -1.0
        thigh = self.angle("thigh_" + tag)
        step = vec(0.02 * side, 0, 0.05 if thigh[0] < -3 else 0.0)
        target = apply(self.root, self.at["foot_" + tag] + step)
        pole = apply(self.world, vec(math.sin(math.radians(float(thigh[1]))), 0, 1))
        limb = _Limb("thigh_" + tag, "shin_" + tag, "foot_" + tag)
        self.limb(limb, target, vec(0, 0, 1), pole, self.frames["hips"])

    def joint(self, bone: str) -> None:
        """Plain forward kinematics for one bone; planted feet stay flat."""
        parent = PARENT[bone]
        above = self.frames[parent] if parent else self.root
        offset = self.at[bone] - (self.at[parent] if parent else vec(0, 0, 0))
        turn = euler(*(float(a) for a in self.angle(bone)))
        local = affine(turn, offset + self.state.shifts.get(bone, vec(0, 0, 0)))
        self.frames[bone] = mat_mul(above, local)
        if bone.startswith("foot"):
            yaw = float(self.angle("thigh_" + bone[-1])[1])
            self.frames[bone][:3, :3] = mat_mul(self.root[:3, :3], rotation(Y_AXIS, yaw))

    def solve(self) -> Posed:
        palette = np.zeros((len(BONES), 4, 4), np.float32)
        for bone in BONES:
            if bone.startswith("upper_arm") and bone[-1] in self.state.hands:
                self.arm(bone[-1])
            if bone.startswith("thigh"):
                self.leg(bone[-1])
            if bone not in self.frames:
                self.joint(bone)
            frame = self.frames[bone]
            palette[BONE_INDEX[bone]] = frame
            palette[BONE_INDEX[bone], :3, 3] = apply(frame, -self.at[bone])
        return Posed(self.frames, palette)


def pose_figure(figure: Figure, state: BodyState) -> Posed:
    """Solve the skeleton: hands with a target are reached by two-bone limbs, feet stay where the body
    stands.
    """
    return _Solver(figure, state).solve()
