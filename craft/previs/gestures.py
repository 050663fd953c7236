"""Arms and head in action: pointing, drinking, telephoning, giving and taking, embracing, nodding."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from craft.previs.figure import Figure
from craft.previs.frames import mirrored, triad
from craft.previs.parts import Gesture
from craft.previs.posing import BodyState, Reach
from craft.previs.props import GRIPS, palm_turn
from craft.previs.spatial import F64, X_AXIS, apply, cross, mat_mul, rotation, smooth, vec

Finder = Callable[[str, float], F64 | None]

_MOUTH = (0.0, 1.560, 0.116)
_EAR = (-0.106, 1.635, 0.006)
_RISES = {"point": 0.45, "drink": 0.75, "phone": 0.8, "give": 0.75, "take": 0.75, "embrace": 0.9}
_SHAPES = {"point": "point", "embrace": "open", "take": "open"}
_SIDES: Mapping[str, float] = {"l": 1.0, "r": -1.0}


def envelope(gesture: Gesture, t: float) -> float:
    """How far a gesture is under way: up, hold, down."""
    rise = min(_RISES.get(gesture.kind, 0.5), (gesture.end - gesture.start) * 0.42)
    return smooth((t - gesture.start) / rise) * smooth((gesture.end - t) / rise)


def gesture(figure: Figure, state: BodyState, doing: Gesture, find: Finder, t: float) -> None:
    """Apply one gesture at ``t`` seconds."""
    if not doing.start < t < doing.end:
        return
    weight = envelope(doing, t)
    u = (t - doing.start) / (doing.end - doing.start)
    match doing.kind:
        case "nod":
            state.bend("head", 9.0 * weight * math.sin(2 * math.pi * 2 * u) + 3.0 * weight)
            state.bend("neck", 3.0 * weight * math.sin(2 * math.pi * 2 * u))
        case "shake_head":
            state.bend("head", 0, 15.0 * weight * math.sin(2 * math.pi * 2.5 * u))
            state.bend("neck", 0, 5.0 * weight * math.sin(2 * math.pi * 2.5 * u))
        case "point":
            _point(state, doing, find, weight, t)
        case "drink":
            _drink(figure, state, doing, weight, u)
        case "phone":
            _phone(figure, state, doing, weight)
        case "give" | "take":
            _hand_over(figure, state, doing, weight)
        case "embrace":
            _embrace(state, doing, weight, find)


def hand_shape(doing: Gesture, t: float) -> str | None:
    """What the hand of a gesture looks like while it is under way, or None to leave it."""
    return _SHAPES.get(doing.kind) if doing.start < t < doing.end and envelope(doing, t) > 0.35 else None


def _point(state: BodyState, doing: Gesture, find: Finder, weight: float, t: float) -> None:
    point = find(doing.target, t) if doing.target is not None else None
    if point is None:
        a = math.radians(state.yaw)
        point = state.origin + vec(4 * math.sin(a), 1.4, 4 * math.cos(a))
    else:
        point = point - vec(0, 0.25, 0)
    side = _SIDES[doing.hand]
    state.reach(doing.hand, Reach(point, "world", weight, pole=vec(side * 0.5, -0.9, -0.2), aim=True))
    state.bend("chest", 0, -side * 9.0 * weight, 0)


def _wrist_for(contact: F64, in_hand: F64, turn: F64) -> F64:
    """Where the wrist must be for a point of what is held (grip axes, from the wrist) to be at ``contact``."""
    return contact - apply(turn, in_hand)


def _held_point(kind: str, tag: str, bind: F64) -> F64:
    """A prop's point in grip axes, from the wrist."""
    grip = GRIPS[kind]
    up = np.asarray(grip.up, np.float64)
    front = np.asarray(grip.front, np.float64)
    turn = triad(front, cross(up, front))
    fist = vec(0.026, 0, 0.072)
    point = bind - vec(*grip.point)
    out = apply(turn, point) + fist
    return out * vec(1 if tag == "r" else -1, 1, 1)


_RIMS = {"cup": (0.094, 0.040), "glass": (0.108, 0.037), "bottle": (0.296, 0.012)}


def _drink(figure: Figure, state: BodyState, doing: Gesture, weight: float, u: float) -> None:
    """The rim at the lips, tipped while the hand is there."""
    kind = doing.prop if doing.prop in _RIMS else "cup"
    tip = 32.0 * smooth((u - 0.25) / 0.2) * smooth((0.82 - u) / 0.2) + 6.0
    side = _SIDES[doing.hand]
    upright = palm_turn((0.78, 0.0, 0.62), (0.62, 0.0, -0.78), "r")
    turn = mat_mul(rotation(X_AXIS, -tip), upright)
    height, radius = _RIMS[kind]
    way = apply(upright.T, vec(0, 0, -1))
    rim = _held_point(kind, "r", vec(0, height, 0)) + way * radius
    wrist = _wrist_for(_on_head(figure, _MOUTH), rim, turn)
    if doing.hand == "l":
        turn, wrist = mirrored(turn), wrist * vec(-1, 1, 1)
    state.reach(doing.hand, Reach(wrist, "head", weight, turn, vec(side * 0.40, -1.0, 0.05)))
    state.bend("head", -0.25 * tip * weight)


def _on_head(figure: Figure, point: tuple[float, float, float]) -> F64:
    """A point of an average head on this one, in bind space."""
    centre = vec(0, 1.64, 0.01)
    return centre + (vec(*point) - centre) * (figure.body.head / 1.24)


def _phone(figure: Figure, state: BodyState, doing: Gesture, weight: float) -> None:
    """Beside the ear, the microphone towards the mouth."""
    side = _SIDES[doing.hand]
    turn = palm_turn((0.10, 0.86, -0.42), (0.93, 0.10, 0.30), "r")
    wrist = _wrist_for(_on_head(figure, _EAR), _held_point("phone", "r", vec(0, 0.115, 0.005)), turn)
    if doing.hand == "l":
        turn, wrist = mirrored(turn), wrist * vec(-1, 1, 1)
    state.reach(doing.hand, Reach(wrist, "head", weight, turn, vec(side * 0.45, -1.0, 0.25)))
    state.bend("head", 0, 0, side * 4.0 * weight)


def _hand_over(figure: Figure, state: BodyState, doing: Gesture, weight: float) -> None:
    """Towards the point where two hands meet; each wrist stops short of it by a fist."""
    if doing.point is None:
        return
    point = vec(*doing.point)
    way = vec(float(point[0] - state.origin[0]), 0, float(point[2] - state.origin[2]))
    far = max(math.hypot(float(way[0]), float(way[2])), 1e-6)
    way = way / far
    side = _SIDES[doing.hand]
    across = vec(float(way[2]), 0, -float(way[0]))
    turn = triad(way, across)
    wrist = point - way * (0.062 * figure.body.scale) + across * (side * 0.02)
    state.reach(doing.hand, Reach(wrist, "world", weight, turn, vec(side * 0.6, -0.9, -0.3)))
    state.bend("spine", 3.0 * weight)
    state.bend("chest", 3.0 * weight, side * -7.0 * weight)


def _embrace(state: BodyState, doing: Gesture, weight: float, find: Finder) -> None:
    """Round the partner: the right arm above, the left below, heads side by side."""
    if doing.point is None:
        return
    x, scale, z = doing.point
    way = vec(x - float(state.origin[0]), 0, z - float(state.origin[2]))
    far = max(math.hypot(float(way[0]), float(way[2])), 1e-6)
    way = way / far
    left = vec(float(way[2]), 0, -float(way[0]))
    middle = vec(x, 0, z)
    for tag, aside, height, beyond, rise in (
        ("r", -0.055, 1.405, 0.105, 0.9),
        ("l", 0.185, 1.15, 0.075, -0.35),
    ):
        side = _SIDES[tag]
        point = middle + way * (beyond * scale) + left * (aside * scale) + vec(0, height * scale, 0)
        # Fingers go across the back, palms lie on it.
        along = left * (-side * 0.8) + way * 0.35 + vec(0, -0.35 if tag == "r" else 0.1, 0)
        turn = triad(along, way * side)
        state.reach(tag, Reach(point, "world", weight, turn, vec(side * 0.55, rise, -0.1)))
    state.shift("hips", 0.045 * weight, 0, 0)
    state.bend("spine", 3.0 * weight, 0, -3.0 * weight)
    state.bend("chest", 5.0 * weight, 0, -4.0 * weight)
    state.bend("neck", 4.0 * weight, 8.0 * weight, -6.0 * weight)
    state.bend("head", 3.0 * weight, 14.0 * weight, -7.0 * weight)
