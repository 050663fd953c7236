"""Walking: where each foot stands and when it swings, so that a planted sole never slides.

A walk is a list of steps laid along a walkway before anything moves. At any time a foot is either planted where its
last step ended or on its way to the next; pelvis, arms and spine follow from the feet.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from craft.previs.frames import wrapped
from craft.previs.paths import Spot, Walkway
from craft.previs.posing import BodyState, Sole
from craft.previs.spatial import smooth

TURN_STEP_S = 0.34
_RAMP_S = 0.50
_STRIKE = 13.0
_PEEL = 30.0
_LEAVES, _LANDS = 0.56, 0.50
"""A foot leaves the ground this share of a step behind the pelvis and lands this far before it."""


@dataclass(frozen=True)
class Stance:
    """A planted foot: floor position and heading in degrees."""

    x: float
    z: float
    yaw: float


@dataclass(frozen=True)
class Step:
    """A foot's way to ``to`` between ``start`` and ``end`` seconds; ``lift`` metres at its highest, ``roll``
    scales heel and toe.
    """

    start: float
    end: float
    to: Stance
    lift: float = 0.05
    roll: float = 1.0


@dataclass(frozen=True)
class Pace:
    """Speed over a walk of ``length`` metres within ``seconds``: up, along, down."""

    length: float
    seconds: float

    @property
    def ramp(self) -> float:
        """Seconds of getting under way, and of stopping."""
        return min(_RAMP_S, self.seconds * 0.45)

    @property
    def speed(self) -> float:
        """Metres per second between the ramps."""
        return self.length / (self.seconds - self.ramp)

    def arc(self, t: float) -> float:
        """Metres covered after ``t`` seconds."""
        if t <= 0:
            return 0.0
        if t >= self.seconds:
            return self.length
        if t > self.seconds / 2:
            return self.length - self.arc(self.seconds - t)
        x = min(1.0, t / self.ramp)
        return self.speed * (self.ramp * (x**3 - x**4 / 2) + max(0.0, t - self.ramp))

    def time(self, arc: float) -> float:
        """When ``arc`` metres are covered."""
        low, high = 0.0, self.seconds
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if self.arc(middle) < arc else (low, middle)
        return (low + high) / 2


def offset(spot: Spot, yaw: float, x: float, z: float) -> Spot:
    """A spot ``x`` to the left and ``z`` ahead of somebody facing ``yaw``."""
    a = math.radians(yaw)
    return (
        spot[0] + x * math.cos(a) + z * math.sin(a),
        spot[1] - x * math.sin(a) + z * math.cos(a),
    )


@dataclass(frozen=True)
class Feet:
    """How somebody stands: each foot's place from the body's origin and its turn outwards."""

    left: tuple[float, float, float]
    right: tuple[float, float, float]
    narrow: float
    """Half of the distance between the feet when walking."""

    def stance(self, tag: str, spot: Spot, yaw: float) -> Stance:
        """Where a foot rests for a body at ``spot``."""
        x, z, turn = self.left if tag == "l" else self.right
        return Stance(*offset(spot, yaw, x, z), yaw + turn)


def walk_steps(
    way: Walkway, pace: Pace, begin: float, yaw: Callable[[float], float], end: Spot, feet: Feet, lead: str
) -> dict[str, list[Step]]:
    """Steps of both feet along a way, ``lead`` ('l' or 'r') first; ``yaw`` is the body's heading by arc length."""
    count = max(1, round(way.length / min(0.80, max(0.40, 0.31 + 0.25 * pace.speed))))
    stride = way.length / count
    lift = 0.035 + 0.018 * pace.speed
    roll = min(1.0, 0.35 + 0.5 * pace.speed)
    steps: dict[str, list[Step]] = {"l": [], "r": []}
    for k in range(1, count + 2):
        tag = lead if k % 2 else "lr"[lead == "l"]
        side = 1.0 if tag == "l" else -1.0
        leave = begin if k == 1 else begin + pace.time((k - 2 + _LEAVES) * stride)
        land = begin + pace.time((k - _LANDS) * stride)
        if k >= count:
            stance = feet.stance(tag, end, yaw(way.length))
            land = land if k == count else begin + pace.seconds + 0.12
        else:
            heading = yaw(k * stride)
            stance = Stance(*offset(way.at(k * stride), heading, side * feet.narrow, 0.0), heading + side * 5)
        steps[tag].append(Step(leave, max(land, leave + 0.28), stance, lift, roll))
    return steps


def turn_steps(spot: Spot, start: float, old: float, new: float, feet: Feet) -> dict[str, list[Step]]:
    """Both feet, one after the other, until they stand under a body turned from ``old`` to ``new``."""
    swing = new - old
    rounds = turn_rounds(old, new)
    order = "lr" if swing > 0 else "rl"
    steps: dict[str, list[Step]] = {"l": [], "r": []}
    for k in range(rounds * 2):
        yaw = old + swing * (k // 2 + 1) / rounds
        begin = start + k * TURN_STEP_S
        steps[order[k % 2]].append(
            Step(begin, begin + TURN_STEP_S * 0.94, feet.stance(order[k % 2], spot, yaw), 0.04, 0.4)
        )
    return steps


def turn_rounds(old: float, new: float) -> int:
    """How often both feet step for a turn."""
    return max(1, math.ceil(abs(new - old) / 62))


def sole_at(steps: Sequence[Step], t: float) -> Sole:
    """A foot at ``t``; the first step is where it stood before anything happened."""
    k = bisect_right([s.start for s in steps], t) - 1
    last = steps[max(k, 0)]
    if k <= 0 or t >= last.end:
        soon = steps[k + 1] if k + 1 < len(steps) else None
        return Sole(last.to.x, 0.0, last.to.z, last.to.yaw, _planted_roll(last, soon, t))
    before = steps[k - 1].to
    u = (t - last.start) / (last.end - last.start)
    s = smooth(u)
    turn = wrapped(last.to.yaw - before.yaw)
    rise = last.lift * math.sin(math.pi * u) ** 2 * (1.25 - 0.5 * u)
    pitch = _PEEL * last.roll * (1 - smooth(u / 0.55)) - _STRIKE * last.roll * smooth((u - 0.5) / 0.5)
    return Sole(
        before.x + (last.to.x - before.x) * s,
        rise,
        before.z + (last.to.z - before.z) * s,
        before.yaw + turn * s,
        pitch,
    )


def _planted_roll(last: Step, soon: Step | None, t: float) -> float:
    """Toes come down after landing; the heel comes up before the next step."""
    pitch = 0.0
    if last.end > last.start:
        pitch -= _STRIKE * last.roll * (1 - smooth((t - last.end) / 0.12))
    if soon is not None:
        pitch += _PEEL * soon.roll * smooth(1 - (soon.start - t) / 0.20)
    return pitch


def follow_feet(state: BodyState, left: Sole, right: Sole, scale: float, arms: tuple[float, float]) -> None:
    """Pelvis, spine and arms answer the feet; ``arms`` is how freely the left and right arm swing (0-1)."""
    a = math.radians(state.yaw)

    def ahead(sole: Sole) -> float:
        return (
            (sole.x - float(state.origin[0])) * math.sin(a) + (sole.z - float(state.origin[2])) * math.cos(a)
        ) / scale

    apart = max(-0.8, min(0.8, ahead(left) - ahead(right)))
    lifted = (left.y - right.y) / scale
    state.bend("hips", 0, -9 * apart, 22 * lifted)
    state.bend("spine", 0, 7 * apart, -14 * lifted)
    state.bend("chest", 0, 7 * apart, -8 * lifted)
    state.shift("hips", -0.22 * lifted, 0, 0)
    for tag, sign, free in (("l", 1.0, arms[0]), ("r", -1.0, arms[1])):
        swing = 44 * apart * sign * free
        state.bend("upper_arm_" + tag, swing)
        state.bend("forearm_" + tag, min(0.0, swing * 0.55))
