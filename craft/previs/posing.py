"""From joint angles, reaching hands and standing soles to one matrix per bone (forward kinematics and
two-bone limbs).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from craft.previs.figure import Figure
from craft.previs.frames import blend_turns, triad
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

_TRUNK = ("hips", "spine", "chest", "neck", "head")
_SOFT_KNEE = 0.992
"""Share of a leg's length that standing uses: locked knees look dead."""
_BALL, _HEEL = 0.115, -0.045
"""Where a sole rolls, along the foot from below the ankle, in metres."""


@dataclass(frozen=True)
class Reach:
    """A hand on its way to ``point``, in bind coordinates of ``space`` ('chest', 'hips', 'head', 'root' or
    'world').

    ``weight`` 0 leaves the arm as it is, 1 gets there. ``turn`` are the grip axes there (columns, in that space),
    ``pole`` the way the elbow points (body axes). With ``aim`` the arm points from the shoulder at ``point``.
    """

    point: F64
    space: str = "chest"
    weight: float = 1.0
    turn: F64 | None = None
    pole: F64 | None = None
    aim: bool = False


@dataclass(frozen=True)
class Sole:
    """A foot in the world: the point of the sole under the ankle (metres), heading, and roll over the
    ball (degrees, positive = heel up) or heel (negative = toes up).
    """

    x: float
    y: float
    z: float
    yaw: float
    pitch: float = 0.0


@dataclass
class BodyState:
    """Everything that bends a figure in one frame. Degrees and metres."""

    origin: F64
    yaw: float
    angles: dict[str, F64] = field(default_factory=dict)
    shifts: dict[str, F64] = field(default_factory=dict)
    reaches: dict[str, list[Reach]] = field(default_factory=lambda: {"l": [], "r": []})
    soles: dict[str, Sole] = field(default_factory=dict)
    knees_up: float = 0.0
    """0 knees bend forwards (standing) … 1 upwards (lying)."""

    def bend(self, bone: str, pitch: float, yaw: float = 0.0, roll: float = 0.0) -> None:
        """Add to a joint's angles."""
        self.angles[bone] = self.angles.get(bone, vec(0, 0, 0)) + vec(pitch, yaw, roll)

    def shift(self, bone: str, x: float, y: float, z: float) -> None:
        """Add to a joint's offset (metres, parent space)."""
        self.shifts[bone] = self.shifts.get(bone, vec(0, 0, 0)) + vec(x, y, z)

    def reach(self, tag: str, hold: Reach) -> None:
        """Let a hand go somewhere, over what it did so far."""
        if hold.weight > 0.0:
            self.reaches[tag].append(hold)


@dataclass(frozen=True)
class Posed:
    """A figure in one frame: joint frames in the world and matrices for the shader."""

    frames: dict[str, F64]
    palette: F32
    """float32[bones, 4, 4], bind space to world, row-major."""

    def point(self, figure: Figure, bone: str, bind: F64) -> F64:
        """World place of a bind-space point that rides rigidly on ``bone``."""
        return apply(self.frames[bone], bind - figure.joints[bone])


def hand_axes(figure: Figure, tag: str) -> F64:
    """Grip axes of a hand in bind space as columns: x out of a right palm, y to the thumb, z along the fingers."""
    wrist = figure.joints["hand_" + tag]
    along = unit(wrist - figure.joints["forearm_" + tag])
    thumb = unit(vec(0, 0, 1) - along * float(along[2]))
    return np.stack([cross(thumb, along), thumb, along], 1)


def _orient(direction: F64, normal: F64) -> F64:
    """Axes of a bone that lies in the plane its limb bends in: no pole to run parallel to."""
    x = unit(direction)
    y = unit(cross(normal, x))
    return np.stack([x, y, cross(x, y)], 1)


def _over(value: float, soft: float = 0.012) -> float:
    """``max(value, 0)`` with a rounded corner ``soft`` wide."""
    if value <= -soft:
        return 0.0
    return value if value >= soft else (value + soft) ** 2 / (4 * soft)


@dataclass(frozen=True)
class _Limb:
    upper: str
    lower: str
    tip: str


class _Solver:
    def __init__(self, figure: Figure, state: BodyState) -> None:
        self.figure = figure
        self.at = figure.joints
        self.scale = figure.body.scale
        self.state = state
        self.world = rotation(Y_AXIS, state.yaw)
        self.root = affine(self.world * self.scale, state.origin)
        self.frames: dict[str, F64] = {}

    def angle(self, bone: str) -> F64:
        return self.state.angles.get(bone, vec(0, 0, 0)) + self.figure.rest.get(bone, 0.0)

    def child(self, above: F64, bone: str) -> F64:
        """Plain forward kinematics for one bone."""
        parent = PARENT[bone]
        offset = self.at[bone] - (self.at[parent] if parent else vec(0, 0, 0))
        turn = euler(*(float(a) for a in self.angle(bone)))
        return mat_mul(above, affine(turn, offset + self.state.shifts.get(bone, vec(0, 0, 0))))

    def lengths(self, limb: _Limb) -> tuple[float, float]:
        at = self.at
        return (
            length(at[limb.lower] - at[limb.upper]) * self.scale,
            length(at[limb.tip] - at[limb.lower]) * self.scale,
        )

    def limb(self, limb: _Limb, start: F64, target: F64, pole_bind: F64, pole_world: F64) -> None:
        """Bend ``upper`` and ``lower`` so that ``tip`` reaches ``target``, elbow or knee towards the pole."""
        at, scale = self.at, self.scale
        l1, l2 = self.lengths(limb)
        reach = min(max(length(target - start), abs(l1 - l2) + 1e-3), (l1 + l2) * 0.998)
        x = unit(target - start)
        cos = min(1.0, max(-1.0, (l1 * l1 + reach * reach - l2 * l2) / (2 * l1 * reach)))
        y = unit(pole_world - x * dot(pole_world, x))
        joint = start + (x * cos + y * math.sqrt(1 - cos * cos)) * l1
        end = start + x * reach
        bent = cross(x, y)
        straight = cross(at[limb.tip] - at[limb.upper], pole_bind)
        upper = mat_mul(_orient(joint - start, bent), _orient(at[limb.lower] - at[limb.upper], straight).T)
        lower = mat_mul(_orient(end - joint, bent), _orient(at[limb.tip] - at[limb.lower], straight).T)
        self.frames[limb.upper] = affine(upper * scale, start)
        self.frames[limb.lower] = affine(lower * scale, joint)

    def space(self, name: str) -> tuple[F64, F64]:
        """Frame of a reach's space, and the bind point at its origin."""
        if name == "world":
            return np.eye(4), vec(0, 0, 0)
        if name == "root":
            return self.root, vec(0, 0, 0)
        return self.frames[name], self.at[name]

    def arm(self, tag: str) -> None:
        """The arm as its angles have it, then drawn to each reach in turn."""
        limb = _Limb("upper_arm_" + tag, "forearm_" + tag, "hand_" + tag)
        upper = self.child(self.frames["chest"], limb.upper)
        lower = self.child(upper, limb.lower)
        start = upper[:3, 3]
        target = apply(lower, self.at[limb.tip] - self.at[limb.lower])
        side = 1.0 if tag == "l" else -1.0
        away = apply(self.world, unit(vec(side * 0.42, -0.95, -0.5)))
        pole = unit(lower[:3, 3] - (start + target) / 2 + away * 0.01)
        grips: list[tuple[F64, float]] = []
        for hold in self.state.reaches[tag]:
            point, turn = self.goal(hold, start, limb)
            w = hold.weight
            # Half-way a hand swings out to the front, or it would cut through the body.
            arc = apply(self.world, vec(0.03 * side, 0, 0.07)) * (math.sin(math.pi * w) * self.scale)
            target = target * (1 - w) + point * w + (arc if hold.space != "root" else 0.0)
            elbow = away if hold.pole is None else apply(self.world, unit(hold.pole))
            pole = unit(pole * (1 - w) + elbow * w)
            if turn is not None:
                grips.append((turn, w))
        self.limb(limb, start, target, vec(0, 0, -1), pole)
        self.hand(limb.tip, tag, grips)

    def goal(self, hold: Reach, shoulder: F64, limb: _Limb) -> tuple[F64, F64 | None]:
        """World point and grip axes of a reach."""
        frame, zero = self.space(hold.space)
        point = apply(frame, hold.point - zero)
        if hold.aim:
            way = unit(point - shoulder)
            inward = apply(self.world, vec(0.5, -0.8, 0.2) if limb.tip[-1] == "r" else vec(0.5, 0.8, -0.2))
            return shoulder + way * (sum(self.lengths(limb)) * 0.97), triad(way, inward)
        if hold.turn is None:
            return point, None
        size = 1.0 if hold.space == "world" else self.scale
        return point, mat_mul(frame[:3, :3] / size, hold.turn)

    def hand(self, bone: str, tag: str, grips: list[tuple[F64, float]]) -> None:
        frame = self.child(self.frames["forearm_" + tag], bone)
        axes = hand_axes(self.figure, tag)
        turn = frame[:3, :3] / self.scale
        for grip, weight in grips:
            turn = blend_turns(turn, mat_mul(grip, axes.T), weight)
        self.frames[bone] = affine(turn * self.scale, frame[:3, 3])

    def ankle(self, tag: str) -> tuple[F64, F64]:
        """Where the sole puts the ankle, and the foot's rotation."""
        sole = self.state.soles.get(tag) or self.rest_sole(tag)
        turn = euler(sole.pitch, sole.yaw, 0)
        pivot = vec(0, 0, _BALL if sole.pitch > 0 else _HEEL)
        up = vec(0, float(self.at["foot_" + tag][1]), 0)
        local = apply(rotation(Y_AXIS, sole.yaw), pivot) + apply(turn, up - pivot)
        return vec(sole.x, sole.y, sole.z) + local * self.scale, turn

    def rest_sole(self, tag: str) -> Sole:
        at = apply(self.root, self.at["foot_" + tag] * vec(1, 0, 1))
        return Sole(float(at[0]), float(at[1]), float(at[2]), self.state.yaw)

    def trunk(self) -> None:
        """Hips as low as the legs need, then spine to head."""
        hips = self.child(self.root, "hips")
        need = 0.0
        for tag in ("l", "r"):
            limb = _Limb("thigh_" + tag, "shin_" + tag, "foot_" + tag)
            start = apply(hips, self.at[limb.upper] - self.at["hips"])
            ankle, _turn = self.ankle(tag)
            far = math.hypot(float(start[0] - ankle[0]), float(start[2] - ankle[2]))
            reach = sum(self.lengths(limb)) * _SOFT_KNEE
            rise = math.sqrt(max(reach * reach - far * far, 0.0))
            need = max(need, 0.0) + _over(float(start[1] - ankle[1]) - rise - max(need, 0.0))
        hips[1, 3] -= need
        self.frames["hips"] = hips
        for bone in _TRUNK[1:]:
            self.frames[bone] = self.child(self.frames[PARENT[bone] or "hips"], bone)

    def leg(self, tag: str) -> None:
        limb = _Limb("thigh_" + tag, "shin_" + tag, "foot_" + tag)
        start = apply(self.frames["hips"], self.at[limb.upper] - self.at["hips"])
        target, turn = self.ankle(tag)
        sole = self.state.soles.get(tag) or self.rest_sole(tag)
        ahead = apply(self.world, vec(0, 0, 1)) + apply(rotation(Y_AXIS, sole.yaw), vec(0, 0, 1))
        up = self.state.knees_up
        pole = unit(ahead) * (1 - up) + vec(0, 1, 0) * max(up, 0.12)
        self.limb(limb, start, target, vec(0, 0, 1), pole)
        self.frames[limb.tip] = affine(turn * self.scale, target)

    def solve(self) -> Posed:
        self.trunk()
        for tag in ("l", "r"):
            self.arm(tag)
            self.leg(tag)
        palette = np.zeros((len(BONES), 4, 4), np.float32)
        for bone in BONES:
            if bone not in self.frames:
                self.frames[bone] = self.child(self.frames[PARENT[bone] or "hips"], bone)
            frame = self.frames[bone]
            palette[BONE_INDEX[bone]] = frame
            palette[BONE_INDEX[bone], :3, 3] = apply(frame, -self.at[bone])
        return Posed(self.frames, palette)


def pose_figure(figure: Figure, state: BodyState) -> Posed:
    """Solve the skeleton: hands go to their reaches, feet stand on their soles, the hips give way."""
    return _Solver(figure, state).solve()


def head_frame(figure: Figure, state: BodyState) -> F64:
    """World frame of the head alone, for whoever looks at it: a fraction of the work."""
    solver = _Solver(figure, state)
    solver.trunk()
    return solver.frames["head"]
