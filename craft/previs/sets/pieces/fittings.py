"""Things of shops, schools, studios and stores for places built from words. Backs at z = 0 or round the origin."""

from __future__ import annotations

import math

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.making import DARK, FIRE, GOLD, GOODS, Making, Shine
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, rotation


def locker(p: Place, m: Making) -> None:
    """Four steel lockers side by side."""
    for i in range(4):
        x = -0.66 + i * 0.44
        p.add(
            box((x, 0.95, 0.24), (0.42, 1.9, 0.46), 0.012),
            m.t.painted(0.55, 9) if i % 2 else m.t.painted(0.62, 9),
        )
        for k in range(3):
            p.add(plain_box((x, 1.62 + 0.05 * k, 0.475), (0.24, 0.02, 0.01)), DARK)
        p.add(box((x + 0.14, 1.0, 0.48), (0.03, 0.10, 0.02), 0.008), m.t.iron(1.3, 9))
    p.solid((-0.9, 0, 0), (0.9, 1.9, 0.5))


def clock(p: Place, m: Making) -> None:
    """A standing clock."""
    p.add(box((0, 1.0, 0.18), (0.44, 2.0, 0.34), 0.02), m.t.wooden(0.6))
    p.add(box((0, 2.02, 0.18), (0.56, 0.14, 0.42), 0.03), m.t.wooden(0.7))
    p.add(
        moved(
            lathe(((0, 0.02), (0.17, 0.02), (0.18, 0.0)), around=20), rotation(X_AXIS, 90), (0, 1.66, 0.345)
        ),
        Surface((226, 220, 200), 0.5, segment=6),
    )
    p.add(plain_box((0.03, 1.70, 0.372), (0.018, 0.12, 0.006)), DARK)
    p.add(plain_box((0.05, 1.64, 0.372), (0.10, 0.016, 0.006)), DARK)
    p.add(sphere((0, 0.85, 0.355), (0.08, 0.08, 0.02), 12), GOLD)
    p.solid((-0.26, 0, 0), (0.26, 2.1, 0.4))


def counter(p: Place, m: Making) -> None:
    """A counter to stand at, with a till and what is sold."""
    p.add(box((0, 0.5, 0), (2.4, 1.0, 0.6), 0.015), m.t.wooden(0.75))
    p.add(box((0, 1.03, 0.02), (2.52, 0.06, 0.74), 0.015), m.t.wooden(1.1))
    for i in range(4):
        p.add(box((-0.9 + i * 0.6, 0.5, 0.305), (0.5, 0.8, 0.02), 0.008), m.t.wooden(0.6))
    p.add(box((0.7, 1.2, -0.05), (0.42, 0.28, 0.34), 0.04), m.t.iron(1.2))
    for i in range(4):
        p.add(
            lathe(
                ((0, 1.06), (0.08, 1.06), (0.09, 1.22), (0.06, 1.26), (0, 1.27)),
                (-0.9 + i * 0.24, 0, 0.05),
                12,
            ),
            Surface(m.tone(*GOODS), 0.2, segment=9),
        )
    p.solid((-1.26, 0, -0.35), (1.26, 1.06, 0.4))


def board(p: Place, m: Making) -> None:
    """A board to write on, on a wall."""
    green: RGB8 = (40, 66, 54) if m.t.era in ("period", "midcentury") else (222, 224, 222)
    chalk = Surface((206, 208, 200) if green[0] < 100 else (60, 80, 150), 0.9, segment=5)
    p.add(box((0, 1.6, 0.03), (2.8, 1.2, 0.05), 0.01), m.t.wooden(0.8))
    p.add(plain_box((0, 1.6, 0.06), (2.64, 1.06, 0.01)), Surface(green, 0.7, segment=5))
    for i in range(5):
        wide = m.chance.uniform(0.5, 1.1)
        p.add(
            plain_box((-1.15 + wide / 2 + 0.9 * (i % 2), 1.95 - 0.17 * i, 0.067), (wide, 0.02, 0.004)), chalk
        )


def easel(p: Place, m: Making) -> None:
    """An easel with a canvas."""
    for a, b in (
        ((-0.4, 0, 0.3), (0, 1.9, 0)),
        ((0.4, 0, 0.3), (0.001, 1.9, 0)),
        ((0, 0, -0.5), (0.001, 1.8, -0.02)),
    ):
        p.add(rod(a, b, 0.025, 6), m.t.wooden(0.9))
    p.add(
        turned_box((0, 1.15, 0.2), (0.8, 1.0, 0.03), rotation(X_AXIS, -9), 0.005),
        Surface((214, 206, 188), 0.9, segment=6),
    )
    for _ in range(5):
        at = (m.chance.uniform(-0.25, 0.25), m.chance.uniform(0.9, 1.4), 0.225 - 0.0)
        p.add(sphere(at, (0.14, 0.09, 0.02), 8), Surface(m.tone(*GOODS), 0.8, segment=6))
    p.solid((-0.45, 0, -0.5), (0.45, 1.9, 0.35))


def showcase(p: Place, m: Making) -> None:
    """A plinth with a lit case and something precious in it."""
    p.add(box((0, 0.5, 0), (0.8, 1.0, 0.8), 0.02), m.t.wooden(0.6))
    p.add(plain_box((0, 1.02, 0), (0.7, 0.04, 0.7)), m.t.lit(1.6))
    p.add(
        lathe(((0.14, 1.05), (0.05, 1.15), (0.16, 1.35), (0.10, 1.5), (0.13, 1.56), (0, 1.5)), around=14),
        GOLD,
    )
    for x in (-0.36, 0.36):
        for z in (-0.36, 0.36):
            p.add(rod((x, 1.0, z), (x, 1.75, z + 0.001), 0.012, 5), m.t.iron(0.8))
    p.add(plain_box((0, 1.76, 0), (0.76, 0.03, 0.76)), m.t.iron(0.8))
    p.solid((-0.42, 0, -0.42), (0.42, 1.8, 0.42))


def clothes_rack(p: Place, m: Making) -> None:
    """A rail of costumes."""
    for x in (-0.8, 0.8):
        p.add(rod((x, 0, 0), (x, 1.7, 0.001), 0.025, 6), m.t.iron(1.1))
    p.add(rod((-0.8, 1.68, 0), (0.8, 1.681, 0), 0.02, 6), m.t.iron(1.1))
    for i in range(9):
        long = m.chance.uniform(0.8, 1.25)
        p.add(
            box((-0.68 + i * 0.17, 1.6 - long / 2, 0), (0.09, long, 0.44), 0.04),
            Surface(m.tone(*GOODS, m.t.accent, m.t.fabric), 0.9, segment=8),
        )
    p.solid((-0.85, 0, -0.25), (0.85, 1.75, 0.25))


def hay(p: Place, m: Making) -> None:
    """Three bales of hay; one sits on the lowest."""
    straw = Surface((186, 154, 84), 0.95, Kind.UPHOLSTERY, segment=9)
    for x, y, yaw in ((-0.5, 0.25, 4), (0.52, 0.25, -6), (0.0, 0.74, 10)):
        p.at(x, 0, yaw).add(box((0, y, 0), (0.95, 0.48, 0.55), 0.06), straw)
    p.solid((-1.0, 0, -0.32), (1.0, 1.0, 0.32))


def candles(p: Place, m: Making) -> None:
    """A stand of candles."""
    p.add(
        lathe(((0.2, 0), (0.04, 0.08), (0.025, 1.2), (0.3, 1.24), (0.3, 1.27), (0, 1.27)), around=14),
        m.t.iron(0.9),
    )
    for i in range(7):
        a, high = math.tau * i / 6, m.chance.uniform(0.12, 0.3)
        x, z = (math.sin(a) * 0.22, math.cos(a) * 0.22) if i < 6 else (0.0, 0.0)
        p.add(
            rod((x, 1.26, z), (x, 1.26 + high, z + 0.001), 0.028, 7),
            Surface((226, 214, 184), 0.6, Kind.PLAIN, 0.4, segment=9),
        )
        p.add(
            sphere((x, 1.3 + high, z), (0.016, 0.04, 0.016), 6),
            Surface((255, 200, 100), 0.5, Kind.GLOW, 7.0, segment=9),
        )
    p.solid((-0.32, 0, -0.32), (0.32, 1.6, 0.32))
    m.lights.append(Shine(p.point((0, 1.7, 0.2)), FIRE, 1.8))
