"""Bodies that do not stand: sitting down on a seat and up again, and falling to the ground."""

from __future__ import annotations

import math
from dataclasses import replace

from craft.previs.gait import offset
from craft.previs.places import Place, knee_room, seat_rung
from craft.previs.posing import BodyState, Reach, Sole
from craft.previs.spatial import smooth, vec

HIP_PAD = 0.085
"""From the underside of a sitting body up to its hip joints, in bind space."""
_HIP_JOINT, _HIPS = 0.90, 0.93
_LYING = 0.135


def sit_down(state: BodyState, place: Place, scale: float) -> None:
    """Take the hips back and down onto the seat; on the way the trunk leans forward."""
    s = place.sit
    if s <= 0.0:
        return
    down = place.seat / scale + HIP_PAD - _HIP_JOINT
    back = knee_room(place.seat, scale) / scale
    state.shift("hips", 0, down * s, -back * smooth(min(1.0, s * 1.15)))
    lean = math.sin(math.pi * s)
    state.bend("hips", 20 * lean - 3 * s)
    state.bend("spine", 9 * lean + 2 * s)
    state.bend("chest", 4 * lean)
    state.bend("neck", -9 * lean)
    rung = seat_rung(place.seat) * s
    for tag, sole in list(state.soles.items()):
        state.soles[tag] = replace(sole, y=sole.y + rung)


def lie_down(state: BodyState, place: Place, scale: float) -> None:
    """Knees give way, then the back goes to the ground; arms fly out and come to rest."""
    u = place.fall
    if u <= 0.0:
        return
    sink = smooth(min(1.0, u / 0.86))
    tip = smooth((u - 0.12) / 0.80)
    state.shift("hips", 0, (_LYING - _HIPS) * sink, -0.40 * tip)
    state.bend("hips", -84 * tip, 0, 2 * tip)
    state.bend("spine", -4 * tip + 10 * math.sin(math.pi * u))
    state.bend("chest", -4 * tip)
    state.bend("neck", -4 * tip + 14 * math.sin(math.pi * u))
    state.bend("head", -6 * tip, 14 * tip, 6 * tip)
    state.knees_up = tip
    _drop_feet(state, place, scale, smooth((u - 0.25) / 0.75))
    fling = smooth(u / 0.7)
    rests = {"l": (0.47, 1.12, -0.085), "r": (-0.44, 1.49, -0.080)}
    for tag, (x, y, z) in rests.items():
        side = 1.0 if tag == "l" else -1.0
        state.reach(tag, Reach(vec(x, y, z), "chest", fling, pole=vec(side * 0.6, -0.3, -0.8)))


def _drop_feet(state: BodyState, place: Place, scale: float, k: float) -> None:
    """One leg slides out, the other stays bent."""
    goals = {"l": (0.17, 0.045, 0.36, 14.0, -58.0), "r": (-0.19, 0.0, 0.12, -16.0, 0.0)}
    for tag, (x, y, z, turn, pitch) in goals.items():
        sole = state.soles[tag]
        gx, gz = offset(place.spot, place.yaw, x * scale, z * scale)
        goal = Sole(gx, y * scale, gz, place.yaw + turn, pitch)
        state.soles[tag] = Sole(
            sole.x + (goal.x - sole.x) * k,
            sole.y + (goal.y - sole.y) * k,
            sole.z + (goal.z - sole.z) * k,
            sole.yaw + ((goal.yaw - sole.yaw + 180) % 360 - 180) * k,
            sole.pitch + (goal.pitch - sole.pitch) * k,
        )
