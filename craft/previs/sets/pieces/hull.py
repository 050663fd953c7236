"""Parts of a spaceship's inside: ribs, sloped shoulders, portholes, bulkhead doors, consoles, pipes, crates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.pieces.corridor import Passage
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import Z_AXIS, rotation
from craft.previs.stage import Builder, Obstacle

SHOULDER, CROWN = 1.72, 0.82
"""Height at which the sides begin to slope, and half the width of the flat ceiling."""


@dataclass(frozen=True)
class Finish:
    """Materials of a ship by its era and its owner's means."""

    wall: Surface
    rib: Surface
    floor: Surface
    deck: Surface
    door: Surface
    metal: Surface
    cover: Surface
    accent: RGB8
    lamp: RGB8
    readout: RGB8
    grimy: bool


def _bar(a: tuple[float, float], c: tuple[float, float], z: float, thick: float, deep: float) -> Mesh:
    """A square bar from a to c in a plane of constant z."""
    dx, dy = c[0] - a[0], c[1] - a[1]
    long = math.hypot(dx, dy)
    turn = rotation(Z_AXIS, math.degrees(math.atan2(dy, dx)))
    return turned_box(
        ((a[0] + c[0]) / 2, (a[1] + c[1]) / 2, z), (long + thick * 0.4, thick, deep), turn, 0.02
    )


def rib(b: Builder, f: Finish, p: Passage, z: float, *, lit: bool) -> None:
    """A frame across the corridor; ``lit`` gives it a line of light."""
    thick, deep = 0.13, 0.24
    for sign, group in ((-1, "wall_w"), (1, "wall_e")):
        foot, knee = (sign * (p.half - 0.10), 0.0), (sign * (p.half - 0.03), 0.45)
        shoulder, crown = (sign * (p.half - 0.03), SHOULDER - 0.02), (sign * (CROWN - 0.02), p.high - 0.04)
        for a, c in ((foot, knee), (knee, shoulder), (shoulder, crown)):
            b.add(group, _bar(a, c, z, thick, deep), f.rib)
        joint = box((sign * (p.half - 0.06), SHOULDER, z), (0.20, 0.22, deep + 0.08), 0.04)
        b.add(group, joint, f.door)
        if lit:
            glow = Surface(f.lamp, 0.5, Kind.GLOW, 2.2, segment=20)
            b.add(group, plain_box((sign * (p.half - 0.10), 1.08, z), (0.012, 0.9, 0.035)), glow)
    b.add("roof", _bar((-CROWN, p.high - 0.04), (CROWN, p.high - 0.04), z, thick, deep), f.rib)


def shoulders(b: Builder, f: Finish, p: Passage) -> None:
    """The sloped parts between sides and ceiling and the kick plates between sides and floor."""
    for sign, group in ((-1, "wall_w"), (1, "wall_e")):
        low, high = (sign * p.half, SHOULDER), (sign * CROWN, p.high)
        middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, p.mid)
        up = ((high[0] - low[0]) / 2, (high[1] - low[1]) / 2, 0.0)
        b.add(group, quad(middle, (0, 0, sign * p.long / 2), up), f.wall)
        kick = ((p.half - 0.07) * sign, 0.20, p.mid)
        b.add(group, quad(kick, (0, 0, sign * p.long / 2), (sign * 0.07, 0.22, 0)), f.rib)


def light_lines(b: Builder, f: Finish, p: Passage, zs: list[float], level: float) -> None:
    """Strips of light along the floor, in the accent, and along the shoulders, white, between ribs."""
    low = Surface(f.accent, 0.5, Kind.GLOW, level, segment=20)
    high = Surface(f.lamp, 0.5, Kind.GLOW, level * 1.3, segment=20)
    for z0, z1 in zip(zs[1:], zs[:-1], strict=True):
        mid, long = (z0 + z1) / 2, z1 - z0 - 0.34
        for sign, group in ((-1, "wall_w"), (1, "wall_e")):
            b.add(group, box((sign * (p.half - 0.025), 0.44, mid), (0.05, 0.035, long), 0.01), low)
            b.add(group, box((sign * (p.half - 0.03), SHOULDER - 0.05, mid), (0.06, 0.05, long), 0.015), high)
        b.add("roof", box((0, p.high - 0.015, mid), (0.34, 0.04, long * 0.8), 0.01), f.rib)
        b.add("roof", plain_box((0, p.high - 0.037, mid), (0.22, 0.012, long * 0.7)), high)


def _round_hole(half: float, radius: float, x: float, at: tuple[float, float], sign: int) -> Mesh:
    """A square plate of constant x with a round hole, facing away from ``sign``."""
    count = 40
    t = np.arange(count + 1) * (math.tau / count)
    cos, sin = np.cos(t), np.sin(t)
    reach = half / np.maximum(np.abs(cos), np.abs(sin))
    y, z = at
    inner = np.stack([np.full_like(t, x), y + radius * sin, z + radius * cos], -1)
    outer = np.stack([np.full_like(t, x), y + reach * sin, z + reach * cos], -1)
    points = np.concatenate([inner, outer]).astype(np.float32)
    normals = np.tile(np.array((-sign, 0, 0), np.float32), (len(points), 1))
    i = np.arange(count, dtype=np.int32)
    n = count + 1
    faces = np.concatenate([np.stack([i, i + n, i + n + 1], -1), np.stack([i, i + n + 1, i + 1], -1)])
    return points, normals, faces.astype(np.int32)


def porthole(b: Builder, f: Finish, p: Passage, sign: int, at: tuple[float, float], radius: float) -> None:
    """A round window at (y, z) over a square opening of a side wall, with a bolted ring."""
    group, x = ("wall_w", "wall_e")[sign > 0], sign * (p.half - 0.002)
    y, z = at
    b.add(group, _round_hole(radius + 0.12, radius, x, at, sign), f.wall)
    turn = rotation(Z_AXIS, 90)
    b.add(group, moved(ring(radius + 0.02, 0.045, 32), turn, (x, y, z)), f.metal)
    b.add(group, moved(ring(radius - 0.01, 0.05, 32), turn, (x + sign * 0.09, y, z)), f.rib)
    for i in range(10):
        t = math.tau * i / 10
        bolt = (x - sign * 0.035, y + (radius + 0.025) * math.sin(t), z + (radius + 0.025) * math.cos(t))
        b.add(group, sphere(bolt, 0.016, 6), f.rib)


def bulkhead(b: Builder, f: Finish, p: Passage, sign: int, gap: float) -> None:
    """An end of the corridor: a frame and two leaves that stand ``gap`` metres apart, light behind them."""
    group, z = ("wall_n", "wall_s")[sign > 0], (p.north + 0.06) if sign < 0 else (p.south - 0.06)
    out = -sign
    wide, tall, chamfer = 0.66, 2.02, 0.30
    outline = [(-wide, 0.0), (-wide, tall - chamfer), (-wide + chamfer, tall)]
    outline += [(-x, y) for x, y in reversed(outline)]
    for a, c in pairwise(outline):
        b.add(group, _bar(a, c, z, 0.16, 0.30), f.rib)
        lamp = _bar((a[0] * 0.90, a[1]), (c[0] * 0.90, c[1] - 0.04), z + out * 0.10, 0.02, 0.02)
        b.add(group, lamp, Surface(f.accent, 0.5, Kind.GLOW, 2.0, segment=20))
    for side in (-1, 1):
        leaf = (side * (gap / 2 + 0.30), tall / 2, z + sign * 0.05)
        b.add(group, box(leaf, (0.60, tall, 0.10), 0.02), f.door)
        for i in range(3):
            dent = (leaf[0], 0.42 + 0.58 * i, leaf[2] + out * 0.05)
            b.add(group, box(dent, (0.36, 0.36, 0.03), 0.014), f.rib)
        stripe = Surface((206, 160, 40), 0.6, segment=18)
        edge = side * (gap / 2 + 0.03)
        for i in range(13):
            tape = turned_box(
                (edge, 0.22 + 0.13 * i, leaf[2] + out * 0.052),
                (0.05, 0.05, 0.006),
                rotation(Z_AXIS, 35),
                0.001,
            )
            b.add(group, tape, stripe)
        b.add(
            group,
            plain_box((side * (p.half / 2 + wide / 2 + 0.1), 1.3, z), (p.half - wide, 2.7, 0.08)),
            f.wall,
        )
    b.add(
        group, plain_box((0, (tall + p.high) / 2 + 0.1, z), (p.half * 2, p.high - tall + 0.1, 0.08)), f.wall
    )
    beyond = z + sign * 1.6
    b.add(
        group, plain_box((0, 1.2, beyond), (2.4, 2.6, 0.05)), Surface(f.lamp, 0.8, Kind.GLOW, 0.8, segment=6)
    )
    panel = (-sign * 0.98, 1.25, z + out * 0.09)
    b.add(group, box(panel, (0.16, 0.26, 0.05), 0.015), f.door)
    b.add(
        group,
        plain_box((panel[0], 1.27, panel[2] + out * 0.027), (0.11, 0.15, 0.004)),
        Surface(f.readout, 0.4, Kind.READOUT, 1.6, segment=8),
    )


def console(b: Builder, f: Finish, p: Passage, sign: int, z: float, dressing: Dressing) -> None:
    """A screen in the side wall with a sloped board of lit keys below it."""
    group, face = ("wall_w", "wall_e")[sign > 0], sign * p.half
    chance = dressing.chance(f"console {z:.2f}")
    b.add(group, box((face - sign * 0.02, 1.36, z), (0.08, 0.56, 0.94), 0.03), f.door)
    glass = quad((face - sign * 0.065, 1.37, z), (0, 0, sign * 0.41), (0, 0.22, 0))
    b.add(group, glass, Surface(f.readout, 0.35, Kind.READOUT, 1.7, segment=8))
    board = turned_box((face - sign * 0.10, 0.98, z), (0.26, 0.04, 0.94), rotation(Z_AXIS, sign * 28), 0.012)
    b.add(group, board, f.door)
    tones: tuple[RGB8, ...] = (f.accent, (255, 90, 60), (255, 200, 90), (230, 240, 255))
    for row in range(2):
        for i in range(12):
            if chance.random() < 0.45:
                continue
            out = 0.05 + 0.09 * row
            key = (face - sign * out, 1.028 - 0.045 * row, z - 0.42 + i * 0.076)
            b.add(
                group,
                plain_box(key, (0.035, 0.012, 0.045)),
                Surface(chance.choice(tones), 0.4, Kind.GLOW, 1.4, segment=8),
            )
    x0, x1 = sorted((face, face - sign * 0.24))
    b.obstacles.append(Obstacle((x0, 0.86, z - 0.47), (x1, 1.12, z + 0.47), group))


def pipes(b: Builder, f: Finish, p: Passage, dressing: Dressing) -> None:
    """Pipes along the shoulders, and on a poor ship more of them, with valves and hanging cables."""
    chance = dressing.chance("pipes")
    count = 4 if f.grimy else (2 if dressing.wealth < 0.6 else 0)
    for sign, group in ((-1, "wall_w"), (1, "wall_e")):
        for i in range(count):
            k = 0.25 + 0.17 * i
            x = sign * (p.half + (CROWN - p.half) * k - 0.07)
            y = SHOULDER + (p.high - SHOULDER) * k - 0.05
            r = 0.03 + 0.015 * (i % 2)
            tone = chance.choice(((122, 84, 52), (110, 114, 116), (86, 96, 92), (140, 60, 44)))
            b.add(
                group, rod((x, y, p.north), (x, y, p.south), r, 10), Surface(tone, 0.5, metal=0.5, segment=4)
            )
            for _ in range(3):
                z = chance.uniform(p.north + 0.5, p.south - 0.5)
                b.add(
                    group,
                    moved(ring(r + 0.012, 0.014, 10), rotation((1.0, 0.0, 0.0), 90), (x, y, z)),
                    f.metal,
                )
    for i in range(round(dressing.clutter * 6) if f.grimy or dressing.clutter > 0.5 else 0):
        z, x = chance.uniform(p.north + 1, p.south - 1.0), chance.uniform(0.5, 0.75) * (-1 if i % 2 else 1)
        sag, run = chance.uniform(0.06, 0.2), chance.uniform(0.6, 1.3)
        steps = [
            (x, p.high - 0.06 - sag * math.sin(math.pi * k / 6), z + run * (k / 6 - 0.5)) for k in range(7)
        ]
        for a, c in pairwise(steps):
            b.add("roof", rod(a, c, 0.012, 6), Surface((28, 28, 30), 0.7, segment=4))


def crates(b: Builder, f: Finish, p: Passage, dressing: Dressing, z: float) -> None:
    """Stowage against the east side from ``z`` to the south, by clutter."""
    chance = dressing.chance("crates")
    count = round(dressing.clutter * 4)
    for i in range(count):
        size, tone = chance.uniform(0.36, 0.46), chance.choice(((120, 104, 66), (80, 92, 98), (126, 62, 44)))
        at = (p.half - 0.34, size / 2 + (0.0 if i < 2 else 0.47), z + 0.55 * (i % 2))
        b.add("crates", box(at, (0.44, size, 0.48), 0.04), Surface(tone, 0.7, Kind.PANEL, segment=9))
        for dz in (-0.15, 0.15):
            b.add("crates", plain_box((at[0], at[1], at[2] + dz), (0.452, size + 0.008, 0.05)), f.rib)
    if count:
        b.obstacles.append(
            Obstacle((p.half - 0.6, 0, z - 0.26), (p.half, 0.95, z + (0.82 if count > 1 else 0.26)), "crates")
        )
