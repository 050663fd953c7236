"""Boats and what belongs on them, a track, a plane, a landed capsule: what travels, for places built from words."""

from __future__ import annotations

import numpy as np

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.pieces.making import DARK, GOLD, Making, Shine
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation

_WHITE = Surface((206, 204, 196), 0.7, segment=3)


def hull(long: float, wide: float, high: float) -> Mesh:
    """A boat's skin along x, bow at -x: sections that close towards bow and stern."""
    stations, ribs = 13, 9
    u = np.linspace(-1, 1, stations)
    beam = wide / 2 * (1 - np.abs(u) ** 2.6 * np.where(u < 0, 1.0, 0.35))
    rise = high * (0.75 + 0.35 * u * u)
    a = np.linspace(-1, 1, ribs)
    z = beam[:, None] * np.sign(a) * np.abs(a) ** 0.7
    y = rise[:, None] * np.abs(a) ** 2.2
    x = np.repeat((u * long / 2)[:, None], ribs, 1)
    p = np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32)
    n = np.stack([x * 0, -0.4 + 0 * y, z], -1).reshape(-1, 3)
    n = (n / (np.sqrt((n * n).sum(1, keepdims=True)) + 1e-6)).astype(np.float32)
    grid = np.arange(stations * ribs).reshape(stations, ribs)
    q = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], -1).reshape(-1, 4)
    return p, n, np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]).astype(np.int32)


def boat(p: Place, m: Making) -> None:
    """A rowing boat drawn up, 4 m; a launch with a cabin in modern times."""
    paint = Surface(m.t.accent, 0.5 + 0.3 * m.t.wear, Kind.WOOD, segment=6)
    p.add(hull(4.2, 1.6, 0.75), paint)
    p.add(box((0.3, 0.30, 0), (2.8, 0.04, 0.9), 0.01), m.t.wooden(0.9))
    for x in (-0.9, 0.1, 1.1):
        p.add(box((x, 0.52, 0), (0.24, 0.05, 1.3), 0.01), m.t.wooden(1.1))
    if m.t.era in ("modern", "future"):
        p.add(box((0.5, 0.95, 0), (1.3, 0.75, 1.0), 0.06), _WHITE)
        p.add(box((0.42, 1.10, 0), (1.2, 0.3, 1.04), 0.03), Surface((30, 40, 48), 0.1, segment=4))
    else:
        for side in (-1, 1):
            p.add(rod((-1.2, 0.72, side * 0.4), (1.9, 0.78, side * 0.75), 0.025, 6), m.t.wooden(1.2))
    p.solid((-2.1, 0, -0.8), (2.1, 0.85, 0.8))
    m.seats.append(p.seat(0.1, 0, 0.56, 0))


def mast(p: Place, m: Making) -> None:
    """A ship's mast with yard, furled sail and shrouds."""
    p.add(lathe(((0.2, 0), (0.17, 4), (0.10, 8.5), (0, 8.5)), around=12), m.t.wooden(0.9))
    p.add(rod((-2.6, 4.6, 0.1), (2.6, 4.601, 0.1), 0.08, 8), m.t.wooden(0.8))
    for i in range(9):
        p.add(
            sphere((-2.2 + 0.55 * i, 4.42, 0.12), (0.34, 0.2, 0.18), 8),
            Surface((200, 190, 164), 0.95, segment=8),
        )
    for x in (-2.2, 2.2):
        for k in (-0.5, 0.5):
            p.add(rod((x, 0.2, k), (0, 7.6, 0.001), 0.016, 4), DARK)
    p.add(moved(ring(0.24, 0.03, 14), rotation(X_AXIS, 0), (0, 0.25, 0)), m.t.iron(0.8))
    p.solid((-0.24, 0, -0.24), (0.24, 8.5, 0.24))


def ships_wheel(p: Place, m: Making) -> None:
    """A steering wheel on its stand."""
    p.add(box((0, 0.5, 0), (0.3, 1.0, 0.36), 0.03), m.t.wooden(0.8))
    p.add(moved(ring(0.5, 0.035, 24), rotation(X_AXIS, 90), (0, 1.15, 0.26)), m.t.wooden(1.0))
    for k in range(4):
        p.add(
            turned_box((0, 1.15, 0.26), (1.3, 0.045, 0.045), rotation(Z_AXIS, 45 * k), 0.015), m.t.wooden(1.1)
        )
    p.add(
        moved(
            lathe(((0, 0), (0.12, 0), (0.10, 0.08), (0, 0.09)), around=14),
            rotation(X_AXIS, 90),
            (0, 1.15, 0.24),
        ),
        GOLD,
    )
    p.solid((-0.6, 0, -0.2), (0.6, 1.75, 0.4))


def rails(p: Place, m: Making) -> None:
    """A track along x with sleepers, 40 m."""
    for i in range(50):
        p.add(plain_box((-20 + 0.8 * i, 0.03, 0), (0.25, 0.10, 2.4)), m.t.wooden(0.6, 2))
    for z in (-0.72, 0.72):
        p.add(
            plain_box((0, 0.14, z), (40.0, 0.14, 0.07)), Surface((128, 122, 118), 0.35, metal=0.7, segment=2)
        )


def capsule(p: Place, m: Making) -> None:
    """A landed capsule on four legs with a lit hatch."""
    shell = Surface((176, 178, 176), 0.35, Kind.PANEL, metal=0.4, segment=9)
    p.add(lathe(((0, 0.7), (1.5, 0.75), (1.6, 1.0), (0.75, 2.9), (0.4, 3.2), (0, 3.25)), around=24), shell)
    for a in (45, 135, 225, 315):
        leg = p.at(0, 0, a)
        leg.add(rod((0, 0.95, 1.3), (0.001, 0.08, 2.1), 0.06, 6), m.t.iron(0.9, 9))
        leg.add(lathe(((0.28, 0), (0.2, 0.1), (0, 0.1)), (0, 0, 2.1), 12), m.t.iron(0.9, 9))
    p.add(turned_box((0, 1.65, 1.36), (0.8, 1.1, 0.06), rotation(X_AXIS, -24), 0.08), m.t.lit(1.6, 9))
    p.add(rod((0.2, 3.2, 0), (0.7, 4.4, 0.001), 0.02, 5), m.t.iron(0.8, 9))
    p.solid((-1.7, 0, -1.7), (1.7, 3.3, 1.7))
    m.lights.append(Shine(p.point((0, 1.7, 2.2)), m.lamp_colour(), 2.0))


def plane(p: Place, m: Making) -> None:
    """A propeller plane, 7 m, nose to +z."""
    skin = Surface(m.t.accent, 0.35, segment=9)
    p.add(
        moved(
            lathe(((0, -3.4), (0.16, -3.2), (0.5, -0.5), (0.6, 1.2), (0.5, 2.6), (0, 2.9)), around=18),
            rotation(X_AXIS, 90),
            (0, 1.3, 0),
        ),
        skin,
    )
    p.add(box((0, 1.25, 0.7), (9.0, 0.12, 1.3), 0.05), skin)
    p.add(box((0, 1.45, -3.0), (2.8, 0.08, 0.7), 0.03), skin)
    p.add(turned_box((0, 1.95, -3.1), (0.08, 1.2, 0.8), rotation(X_AXIS, -14), 0.03), skin)
    p.add(sphere((0, 1.85, 0.3), (0.4, 0.35, 0.7), 14), Surface((30, 40, 50), 0.08, segment=4))
    p.add(turned_box((0, 1.3, 3.0), (2.1, 0.16, 0.05), rotation(Z_AXIS, 30), 0.02), DARK)
    for x in (-0.9, 0.9):
        p.add(
            moved(
                lathe(((0, -0.1), (0.3, -0.1), (0.3, 0.1), (0, 0.1)), around=14),
                rotation(Z_AXIS, 90),
                (x, 0.3, 1.2),
            ),
            DARK,
        )
        p.add(rod((x, 0.3, 1.2), (x * 0.5, 1.1, 1.1), 0.05, 6), m.t.iron(0.9, 9))
    p.solid((-4.6, 0, -0.1), (4.6, 1.5, 1.5))
    p.solid((-1.4, 0, -3.6), (1.4, 2.4, 3.2))
