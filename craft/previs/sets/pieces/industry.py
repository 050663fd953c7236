"""Large things of halls and yards: racks, columns, machines, trucks, tanks, a hoist, workbenches."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.street_furniture import barrel, carton, crate, pallet
from craft.previs.sets.pieces.tones import Tones, shaded
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation

_BLACK = Surface((26, 26, 28), 0.6, segment=9)


def rack(p: Place, t: Tones, chance: random.Random, wide: float, full: float) -> None:
    """A pallet rack along x, three boards high, ``full`` of goods (0 empty … 1 crammed)."""
    post = t.wooden(0.8, 9) if t.era == "period" else Surface((36, 78, 132), 0.5, metal=0.3, segment=9)
    beam = t.wooden(0.9, 9) if t.era == "period" else Surface((216, 112, 40), 0.5, metal=0.2, segment=9)
    if t.era == "future":
        post, beam = t.iron(0.8, 9), t.iron(1.1, 9)
    for x in (-wide / 2, 0, wide / 2):
        for z in (-0.5, 0.5):
            p.add(plain_box((x, 2.1, z), (0.09, 4.2, 0.09)), post)
    levels = (0.02, 1.45, 2.85)
    for y in levels[1:]:
        for z in (-0.5, 0.5):
            p.add(plain_box((0, y - 0.06, z), (wide, 0.12, 0.05)), beam)
        p.add(plain_box((0, y - 0.015, 0), (wide, 0.03, 1.0)), t.wooden(0.9, 9))
    bays = max(2, round(wide / 1.3))
    for y in levels:
        for i in range(bays):
            if chance.random() < 0.2 + 0.75 * full:
                _load(p.at(-wide / 2 + wide * (i + 0.5) / bays, 0, 0, y), t, chance)
    if t.era == "future":
        for y in levels[1:]:
            p.add(plain_box((0, y - 0.06, 0.53), (wide, 0.03, 0.012)), t.lit(1.6, 9))
    p.b.obstacles = [o for o in p.b.obstacles if o.group != "shelved"]
    p.solid((-wide / 2 - 0.05, 0, -0.55), (wide / 2 + 0.05, 4.2, 0.55))


def _load(p: Place, t: Tones, chance: random.Random) -> None:
    """A pallet's worth of goods; who owns the rack is solid, not the goods."""
    p = Place(p.b, p.group, p.x, p.z, p.yaw, p.y)
    before = len(p.b.obstacles)
    sort = chance.random()
    if sort < 0.4:
        for k in range(4):
            size = (chance.uniform(0.4, 0.52), chance.uniform(0.34, 0.48), 0.62)
            carton(p.at(-0.28 + 0.54 * (k % 2), 0, chance.uniform(-4, 4), 0.47 * (k // 2)), size, t)
    elif sort < 0.7:
        crate(p, chance.uniform(0.75, 0.95), t)
    elif sort < 0.85:
        barrel(p.at(-0.3, 0.05), t)
        barrel(p.at(0.32, -0.05), t, shaded(t.accent, 0.6))
    else:
        wrap = Surface((150, 160, 168), 0.25, segment=9)
        p.add(box((0, 0.55, 0), (1.0, 0.9, 0.85), 0.05), wrap)
        pallet(p, t, 1.1)
    del p.b.obstacles[before:]


def column(p: Place, t: Tones, high: float) -> None:
    """A steel column with flanges, a timber post or a square pier, by era."""
    if t.era == "period":
        p.add(box((0, high / 2, 0), (0.3, high, 0.3), 0.03), t.wooden(0.8, 3))
        for side in (-1, 1):
            p.add(
                turned_box((side * 0.5, high - 0.5, 0), (0.16, 1.4, 0.2), rotation(Z_AXIS, -45 * side), 0.02),
                t.wooden(0.75, 3),
            )
    elif t.era == "future":
        p.add(box((0, high / 2, 0), (0.44, high, 0.44), 0.1, 2), t.iron(1.0, 3))
        p.add(plain_box((0, high / 2, 0.225), (0.05, high * 0.8, 0.012)), t.lit(2.0, 3))
    else:
        steel = t.iron(1.1, 3)
        p.add(plain_box((0, high / 2, 0), (0.03, high, 0.28)), steel)
        for z in (-0.14, 0.14):
            p.add(plain_box((0, high / 2, z), (0.30, high, 0.03)), steel)
        for y in (0.35, 0.8):
            band = Surface((222, 176, 40) if y < 0.5 else (30, 30, 30), 0.6, segment=3)
            p.add(plain_box((0, y, 0), (0.31, 0.45, 0.315)), band)
    p.solid((-0.2, 0, -0.2), (0.2, high, 0.2))


def lift_truck(p: Place, t: Tones) -> None:
    """A fork lift facing +z; a hand truck with sacks where there are none yet."""
    if t.era == "period":
        for x in (-0.24, 0.24):
            p.add(turned_box((x, 0.7, 0), (0.05, 1.4, 0.06), rotation(X_AXIS, -20), 0.01), t.wooden(0.9, 9))
        p.add(plain_box((0, 0.06, 0.42), (0.56, 0.04, 0.3)), t.iron(0.8, 9))
        for k in range(2):
            carton(p.at(0, 0.42, 0, 0.08 + 0.4 * k), (0.6, 0.46, 0.5), t)
        return
    paint = Surface((214, 158, 36) if t.era != "future" else t.accent, 0.4, segment=9)
    p.add(box((0, 0.62, -0.35), (1.05, 0.62, 1.35), 0.10, 2), paint)
    p.add(box((0, 0.85, -0.95), (1.0, 0.75, 0.35), 0.10, 2), _BLACK)
    p.add(box((0, 1.02, -0.25), (0.5, 0.16, 0.5), 0.05), _BLACK)
    p.add(turned_box((0, 1.28, -0.50), (0.46, 0.5, 0.10), rotation(X_AXIS, -10), 0.04), _BLACK)
    for x in (-0.46, 0.46):
        p.add(rod((x, 0.9, -0.95), (x, 2.05, -0.75), 0.03, 6), _BLACK)
        p.add(rod((x, 0.9, 0.30), (x, 2.05, 0.02), 0.03, 6), _BLACK)
        p.add(plain_box((x * 0.7, 1.2, 0.42), (0.10, 2.3, 0.10)), t.iron(0.7, 9))
        p.add(plain_box((x * 0.6, 0.10, 0.98), (0.12, 0.05, 1.1)), t.iron(0.9, 9))
    p.add(plain_box((0, 2.08, -0.38), (1.0, 0.06, 0.95)), _BLACK)
    for y in (0.25, 1.2, 2.3):
        p.add(plain_box((0, y, 0.42), (0.74, 0.08, 0.06)), t.iron(0.7, 9))
    p.add(rod((0, 1.0, 0.22), (0.001, 1.24, 0.08), 0.02, 6), _BLACK)
    p.add(moved(ring(0.16, 0.015, 16), rotation(X_AXIS, 30), (0, 1.25, 0.08)), _BLACK)
    tyre = ((0, -0.10), (0.24, -0.10), (0.26, 0), (0.24, 0.10), (0, 0.10))
    for x in (-0.5, 0.5):
        for z in (-0.85, 0.18):
            p.add(moved(lathe(tyre, around=14), rotation(Z_AXIS, 90), (x, 0.26, z)), _BLACK)
    p.add(
        sphere((0, 2.16, -0.7), (0.06, 0.08, 0.06), 8),
        Surface((255, 150, 30), 0.4, Kind.GLOW, 2.0, segment=9),
    )
    p.solid((-0.56, 0, -1.15), (0.56, 2.2, 0.5))
    p.solid((-0.4, 0, 0.5), (0.4, 0.2, 1.5))


def machine(p: Place, t: Tones, chance: random.Random) -> None:
    """A machine against a wall, 1.8 m wide: wheel and boiler, press, cabinet or console, by era; its lamps glow."""
    body = t.iron(1.0, 9)
    if t.era == "period":
        p.add(
            moved(
                lathe(((0, -0.9), (0.5, -0.85), (0.55, 0), (0.5, 0.85), (0, 0.9)), around=18),
                rotation(Z_AXIS, 90),
                (0, 1.0, 0),
            ),
            t.iron(1.3, 9),
        )
        for x in (-0.5, 0, 0.5):
            p.add(
                moved(ring(0.555, 0.03, 20), rotation(Z_AXIS, 90), (x, 1.0, 0)),
                Surface((164, 112, 56), 0.35, metal=0.8, segment=9),
            )
        p.add(lathe(((0.16, 1.4), (0.14, 2.9), (0.2, 3.0)), (0.5, 0, -0.1), 12), body)
        p.add(moved(ring(0.55, 0.05, 22), rotation(Z_AXIS, 90), (-1.05, 0.9, 0.1)), body)
        for k in range(4):
            p.add(turned_box((-1.05, 0.9, 0.1), (0.05, 1.05, 0.05), rotation(X_AXIS, 45 * k), 0.01), body)
        p.add(plain_box((0, 0.25, 0), (1.7, 0.5, 0.7)), Surface((110, 70, 56), 0.9, Kind.BRICK, segment=9))
        p.add(
            plain_box((0.2, 0.30, 0.36), (0.4, 0.28, 0.02)),
            Surface((255, 120, 40), 0.5, Kind.GLOW, 2.2, segment=9),
        )
    else:
        p.add(box((0, 0.95, 0), (1.8, 1.9, 0.8), 0.04, 2), body)
        p.add(box((-0.35, 1.3, 0.41), (0.9, 0.8, 0.05), 0.02), t.iron(0.6, 9))
        glow: RGB8 = (120, 255, 160) if t.era == "midcentury" else t.lamp
        kind = Kind.READOUT if t.era != "midcentury" else Kind.PLAIN
        p.add(plain_box((-0.35, 1.36, 0.44), (0.72, 0.52, 0.012)), Surface(glow, 0.4, kind, 1.3, segment=9))
        for i in range(12):
            tone: RGB8 = chance.choice(((255, 80, 60), (120, 255, 120), (255, 206, 90), (110, 190, 255)))
            at = (0.36 + 0.13 * (i % 4), 1.55 - 0.15 * (i // 4), 0.405)
            p.add(
                box(at, (0.06, 0.06, 0.03), 0.01),
                Surface(tone, 0.4, Kind.GLOW, chance.choice((0.1, 2.0)), segment=9),
            )
        p.add(turned_box((0, 0.86, 0.52), (1.6, 0.05, 0.40), rotation(X_AXIS, 22), 0.02), t.iron(0.8, 9))
        for x in (-0.5, 0.1, 0.6):
            p.add(moved(ring(0.08, 0.015, 12), rotation(X_AXIS, 90), (x, 0.55, 0.41)), t.iron(0.5, 9))
    p.solid((-1.1, 0, -0.6), (0.95, 2.0, 0.72))


def tank(p: Place, t: Tones, high: float = 2.8) -> None:
    """A standing vessel with pipes."""
    p.add(
        lathe(((0.2, 0.1), (0.72, 0.4), (0.75, high - 0.5), (0.5, high - 0.1), (0, high)), around=20),
        Surface(shaded(t.metal, 1.4), 0.3, Kind.PANEL, metal=0.6, segment=9),
    )
    for a in (0, 120, 240):
        leg = p.at(0, 0, a)
        leg.add(rod((0, 0, 0.62), (0.001, 0.6, 0.58), 0.05, 6), t.iron(0.7, 9))
    p.add(rod((0.75, 1.2, 0), (1.2, 1.201, 0), 0.06, 8), t.iron(0.8, 9))
    p.add(rod((1.2, 0, 0), (1.2, 1.25, 0.001), 0.06, 8), t.iron(0.8, 9))
    p.solid((-0.76, 0, -0.76), (1.26, high, 0.76))


def workbench(p: Place, t: Tones, chance: random.Random) -> None:
    """A bench with a vice, a lamp and tools, 1.8 m; tools hang on the board behind it."""
    p.add(box((0, 0.88, 0), (1.8, 0.08, 0.7), 0.012), t.wooden(1.0))
    for x in (-0.8, 0.8):
        for z in (-0.28, 0.28):
            p.add(plain_box((x, 0.42, z), (0.09, 0.84, 0.09)), t.wooden(0.8))
    p.add(plain_box((0, 0.25, 0), (1.6, 0.04, 0.55)), t.wooden(0.7))
    p.add(box((-0.62, 1.0, 0.2), (0.18, 0.16, 0.26), 0.03), t.iron(0.8))
    p.add(plain_box((0, 1.5, -0.34), (1.7, 0.8, 0.03)), t.wooden(0.65))
    for i in range(9):
        x, long = -0.75 + i * 0.19, chance.uniform(0.16, 0.36)
        p.add(box((x, 1.62 - long / 2, -0.30), (0.035, long, 0.02), 0.008), t.iron(1.2))
        p.add(box((x, 1.64, -0.30), (0.08, 0.06, 0.03), 0.01), t.painted(0.8))
    for i in range(3):
        p.add(
            box((-0.2 + i * 0.34, 0.97, chance.uniform(-0.15, 0.1)), (0.22, 0.10, 0.14), 0.02),
            t.painted(0.7 + 0.2 * i),
        )
    p.solid((-0.92, 0, -0.36), (0.92, 1.0, 0.36))
