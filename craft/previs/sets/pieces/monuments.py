"""Things of temples, castles, vaults and stages for places built from words. Facing +z; what stands at a wall has its
back at z = 0.
"""

from __future__ import annotations

import math

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.lamps import wall_lamp
from craft.previs.sets.pieces.making import DARK, FIRE, GOLD, STONE, Making, Shine
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import faceted
from craft.previs.sets.pieces.street_furniture import flame
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, Z_AXIS, rotation


def throne(p: Place, m: Making) -> None:
    """A throne on two steps; in the future a lit command seat."""
    for k, (w, d) in enumerate(((3.0, 2.2), (2.3, 1.7))):
        p.add(
            plain_box((0, 0.09 + 0.18 * k, d / 2), (w, 0.18, d)),
            STONE if m.t.era != "future" else m.t.iron(0.9, 3),
        )
    frame = GOLD if m.t.era != "future" else m.t.iron(1.1, 6)
    cloth = Surface(m.t.accent, 0.9, segment=8)
    p.add(box((0, 0.62, 0.75), (0.92, 0.52, 0.8), 0.03), frame)
    p.add(box((0, 0.90, 0.78), (0.72, 0.10, 0.66), 0.045, 2), cloth)
    p.add(box((0, 1.45, 0.36), (0.96, 1.3, 0.12), 0.03), frame)
    p.add(box((0, 1.42, 0.43), (0.66, 0.95, 0.06), 0.03), cloth)
    for x in (-0.44, 0.44):
        p.add(box((x, 1.10, 0.72), (0.12, 0.10, 0.80), 0.03), frame)
        p.add(sphere((x, 1.16, 1.10), 0.09, 10), frame)
        p.add(lathe(((0.07, 2.05), (0.09, 2.15), (0.02, 2.36), (0, 2.4)), (x, 0, 0.36), 10), frame)
    p.add(turned_box((0, 2.12, 0.36), (0.4, 0.4, 0.10), rotation(Z_AXIS, 45), 0.03), frame)
    if m.t.era == "future":
        p.add(plain_box((0, 1.45, 0.30), (1.06, 1.4, 0.02)), m.t.lit(2.2))
    p.solid((-1.5, 0, 0), (1.5, 0.36, 2.2))
    p.solid((-0.5, 0.36, 0.28), (0.5, 2.3, 0.44))
    m.seats.append(p.seat(0, 0.82, 0.95))


def altar(p: Place, m: Making) -> None:
    """A block of stone on a step with a cloth and two flames."""
    p.add(plain_box((0, 0.10, 0.8), (3.0, 0.2, 1.9)), STONE)
    p.add(box((0, 0.66, 0.75), (1.8, 0.92, 0.8), 0.03), STONE)
    p.add(box((0, 1.16, 0.75), (2.0, 0.10, 0.95), 0.02), STONE)
    p.add(plain_box((0, 1.0, 0.76), (0.62, 0.46, 0.98)), Surface(m.t.accent, 0.95, segment=8))
    for x in (-0.75, 0.75):
        p.add(
            lathe(((0.09, 1.21), (0.03, 1.25), (0.03, 1.5), (0.06, 1.53), (0, 1.53)), (x, 0, 0.7), 10), GOLD
        )
        p.add(
            sphere((x, 1.6, 0.7), (0.025, 0.07, 0.025), 8),
            Surface((255, 200, 100), 0.5, Kind.GLOW, 7.0, segment=9),
        )
    p.add(lathe(((0.10, 1.21), (0.03, 1.26), (0.12, 1.42), (0.11, 1.44), (0, 1.36)), (0, 0, 0.72), 14), GOLD)
    p.solid((-1.5, 0, -0.15), (1.5, 0.2, 1.75))
    p.solid((-1.0, 0.2, 0.28), (1.0, 1.6, 1.22))
    m.lights.append(Shine(p.point((0, 1.75, 1.0)), FIRE, 2.0))


def cross(p: Place, m: Making) -> None:
    """A tall cross."""
    wood = m.t.wooden(0.6)
    p.add(box((0, 1.6, 0.1), (0.16, 3.2, 0.14), 0.02), wood)
    p.add(box((0, 2.45, 0.1), (1.2, 0.16, 0.14), 0.02), wood)
    p.solid((-0.6, 0, 0), (0.6, 3.2, 0.2))


def statue(p: Place, m: Making) -> None:
    """A robed figure on a plinth, 3 m."""
    stone = Surface(m.tone((146, 142, 134), (98, 112, 100), (120, 108, 92)), 0.75, Kind.CONCRETE, segment=13)
    p.add(box((0, 0.5, 0), (1.0, 1.0, 1.0), 0.03), STONE)
    p.add(box((0, 1.03, 0), (1.16, 0.10, 1.16), 0.02), STONE)
    robe = (
        (0.36, 1.08),
        (0.30, 1.5),
        (0.24, 1.95),
        (0.30, 2.3),
        (0.32, 2.5),
        (0.12, 2.62),
        (0.08, 2.7),
        (0, 2.7),
    )
    p.add(lathe(robe, around=16), stone)
    p.add(sphere((0, 2.86, 0.02), (0.14, 0.18, 0.16), 14), stone)
    reach = m.chance.choice((20.0, 65.0, 110.0))
    p.add(turned_box((0.36, 2.25, 0.1), (0.14, 0.62, 0.14), rotation(Z_AXIS, 18), 0.06), stone)
    arm = moved(box((0, -0.3, 0), (0.13, 0.62, 0.13), 0.06), rotation(X_AXIS, -reach), (-0.36, 2.46, 0.05))
    p.add(arm, stone)
    p.solid((-0.58, 0, -0.58), (0.58, 3.05, 0.58))


def column(p: Place, m: Making, high: float = 4.2) -> None:
    """A column: stone drums, a timber post, steel or a lit pylon, by era."""
    if m.t.era == "future":
        p.add(box((0, high / 2, 0), (0.5, high, 0.5), 0.12, 2), m.t.iron(1.0, 3))
        p.add(plain_box((0, high / 2, 0.255), (0.06, high * 0.8, 0.012)), m.t.lit(2.0, 3))
    else:
        stone = Surface((148, 142, 132), 0.8, Kind.CONCRETE, segment=3)
        p.add(box((0, 0.14, 0), (0.94, 0.28, 0.94), 0.03), stone)
        shaft = (
            (0.42, 0.28),
            (0.38, 0.36),
            (0.35, 0.5),
            (0.30, high - 0.5),
            (0.36, high - 0.4),
            (0.42, high - 0.26),
        )
        p.add(lathe(shaft, around=18), stone)
        p.add(box((0, high - 0.13, 0), (0.94, 0.26, 0.94), 0.03), stone)
    p.solid((-0.45, 0, -0.45), (0.45, high, 0.45))


def arch(p: Place, m: Making) -> None:
    """A free-standing gate of stone."""
    for x in (-1.3, 1.3):
        p.add(box((x, 1.4, 0), (0.7, 2.8, 0.7), 0.04), STONE)
        p.solid((x - 0.36, 0, -0.36), (x + 0.36, 2.8, 0.36))
    for i in range(9):
        a = math.pi * (i + 0.5) / 9
        at = (math.cos(a) * 1.3, 2.8 + math.sin(a) * 1.1, 0)
        p.add(turned_box(at, (0.62, 0.52, 0.7), rotation(Z_AXIS, math.degrees(a)), 0.03), STONE)


def obelisk(p: Place, m: Making) -> None:
    """A monolith; in the future a black slab with a line of light."""
    if m.t.era == "future":
        p.add(box((0, 2.0, 0), (1.3, 4.0, 0.4), 0.02), Surface((18, 19, 22), 0.12, segment=13))
        p.add(plain_box((0, 2.0, 0.205), (0.03, 3.6, 0.01)), m.t.lit(3.0))
    else:
        p.add(box((0, 0.3, 0), (1.5, 0.6, 1.5), 0.04), STONE)
        p.add(lathe(((0.75, 0.6), (0.52, 3.8), (0, 4.5)), around=4), STONE)
    p.solid((-0.75, 0, -0.75), (0.75, 4.4, 0.75))


def fountain(p: Place, m: Making) -> None:
    """A round basin with water and a bowl on a stem."""
    water = Surface((44, 78, 88), 0.06, Kind.WATER, segment=3)
    p.add(lathe(((1.5, 0), (1.5, 0.45), (1.28, 0.45), (1.28, 0.2)), around=26), STONE)
    p.add(lathe(((1.3, 0.34), (0, 0.34)), around=22), water)
    p.add(
        lathe(
            ((0.3, 0.2), (0.16, 0.4), (0.14, 1.1), (0.6, 1.32), (0.66, 1.42), (0.55, 1.42), (0, 1.34)),
            around=20,
        ),
        STONE,
    )
    p.add(lathe(((0.10, 1.36), (0.07, 1.8), (0.14, 1.9), (0, 2.0)), around=12), STONE)
    for i in range(8):
        a = math.tau * i / 8
        x, z = math.sin(a), math.cos(a)
        p.add(
            rod((x * 0.6, 1.38, z * 0.6), (x * 0.86, 0.36, z * 0.86), 0.018, 5),
            Surface((196, 216, 224), 0.1, Kind.PLAIN, 0.1, segment=3),
        )
    p.solid((-1.5, 0, -1.5), (1.5, 0.5, 1.5))
    p.solid((-0.65, 0.5, -0.65), (0.65, 2.0, 0.65))
    m.seats.append(p.seat(0, 1.40, 0.46))


def pool(p: Place, m: Making) -> None:
    """Still water in the floor with a rim."""
    p.add(lathe(((1.9, 0.0), (1.85, 0.12), (1.6, 0.12), (1.55, 0.03)), around=24), STONE)
    p.add(lathe(((1.58, 0.05), (0, 0.05)), around=22), Surface((34, 70, 82), 0.05, Kind.WATER, segment=1))
    p.solid((-1.9, 0, -1.9), (1.9, 0.12, 1.9))


def tomb(p: Place, m: Making) -> None:
    """A sarcophagus whose lid lies a little askew."""
    p.add(box((0, 0.42, 0), (1.0, 0.84, 2.1), 0.03), STONE)
    p.add(
        turned_box((0.05, 0.93, 0), (1.14, 0.18, 2.26), rotation(Y_AXIS, m.chance.uniform(-7, 7)), 0.04),
        STONE,
    )
    p.add(box((0.05, 1.05, 0.1), (0.36, 0.12, 1.5), 0.05, 2), STONE)
    p.solid((-0.62, 0, -1.15), (0.62, 1.12, 1.15))


def grave(p: Place, m: Making) -> None:
    """A headstone before its mound."""
    tone = m.tone((120, 118, 112), (96, 100, 96), (138, 130, 120))
    stone, lean = Surface(tone, 0.9, Kind.CONCRETE, segment=13), m.chance.uniform(-7, 7)
    p.add(turned_box((0, 0.45, 0), (0.62, 0.95, 0.14), rotation(Z_AXIS, lean), 0.03), stone)
    if m.chance.random() < 0.5:
        p.add(
            moved(
                lathe(((0, -0.07), (0.31, -0.07), (0.31, 0.07), (0, 0.07)), around=16),
                rotation(X_AXIS, 90),
                (-lean * 0.015, 0.92, 0),
            ),
            stone,
        )
    else:
        p.add(turned_box((0, 1.1, 0), (0.10, 0.5, 0.10), rotation(Z_AXIS, lean), 0.02), stone)
        p.add(turned_box((0, 1.15, 0), (0.36, 0.10, 0.10), rotation(Z_AXIS, lean), 0.02), stone)
    p.add(sphere((0, 0.0, 0.85), (0.42, 0.14, 0.9), 12), Surface((84, 76, 52), 0.9, Kind.SOIL, segment=1))
    p.solid((-0.35, 0, -0.1), (0.35, 1.2, 0.1))


def pew(p: Place, m: Making) -> None:
    """A long bench with a back; two sit on it."""
    wood = m.t.wooden(0.8)
    p.add(box((0, 0.44, 0), (2.6, 0.06, 0.42), 0.012), wood)
    p.add(turned_box((0, 0.72, -0.24), (2.6, 0.55, 0.05), rotation(X_AXIS, -9), 0.012), wood)
    for x in (-1.28, 1.28):
        p.add(box((x, 0.5, -0.04), (0.06, 1.0, 0.52), 0.02), wood)
    p.solid((-1.32, 0, -0.22), (1.32, 0.47, 0.22))
    p.solid((-1.32, 0, -0.34), (1.32, 1.0, -0.22))
    m.seats += [p.seat(-0.6, 0, 0.47), p.seat(0.6, 0, 0.47)]


def brazier(p: Place, m: Making) -> None:
    """A bowl of fire on three legs; a lamp on a stand where fire is past."""
    if m.t.era == "future":
        p.add(lathe(((0.2, 0), (0.05, 0.1), (0.05, 1.7), (0, 1.7)), around=12), m.t.iron(0.9))
        p.add(sphere((0, 1.85, 0), 0.2, 14), m.t.lit(4.0))
        m.lights.append(Shine(p.point((0, 1.9, 0)), m.lamp_colour(), 2.6))
    else:
        p.add(
            lathe(((0.08, 0.85), (0.30, 1.0), (0.36, 1.16), (0.31, 1.16), (0, 1.02)), around=14),
            m.t.iron(0.7),
        )
        for a in (0, 120, 240):
            p.at(0, 0, a).add(rod((0, 0, 0.36), (0.001, 1.05, 0.2), 0.025, 6), m.t.iron(0.7))
        for dx, dz, high in ((0, 0, 0.55), (0.12, 0.05, 0.38), (-0.11, 0.06, 0.42), (0.0, -0.12, 0.36)):
            flame(p, (dx, 1.05, dz), 0.12, high)
        m.lights.append(Shine(p.point((0, 1.75, 0)), FIRE, 3.0))
    p.solid((-0.38, 0, -0.38), (0.38, 1.3, 0.38))


def torch(p: Place, m: Making) -> None:
    """A light on a wall: a torch or the era's lamp."""
    if m.t.era == "period":
        p.add(rod((0, 1.75, 0.06), (0.001, 2.1, 0.22), 0.035, 7), m.t.wooden(0.6))
        p.add(moved(ring(0.06, 0.015, 12), rotation(X_AXIS, 24), (0, 1.95, 0.15)), m.t.iron(0.7))
        flame(p, (0, 2.06, 0.22), 0.10, 0.42)
        m.lights.append(Shine(p.point((0, 2.35, 0.4)), FIRE, 2.6))
    else:
        m.lights.append(Shine(wall_lamp(p, m.t, 2.1), m.lamp_colour(), 2.2))


def stairs(p: Place, m: Making) -> None:
    """Nine steps that rise along the wall behind the place, with a rail."""
    step = STONE if m.t.era == "period" else m.t.iron(1.0, 3) if m.t.era == "future" else m.t.wooden(0.9, 3)
    for i in range(9):
        p.add(plain_box((-1.35 + 0.30 * i, 0.1 + 0.1 * i, 0.55), (0.31, 0.2 + 0.2 * i, 1.1)), step)
        if i % 2 == 0:
            p.add(
                rod(
                    (-1.35 + 0.30 * i, 0.2 + 0.2 * i, 1.06), (-1.35 + 0.30 * i, 1.1 + 0.2 * i, 1.061), 0.02, 6
                ),
                m.t.iron(0.8, 3),
            )
    p.add(rod((-1.35, 1.1, 1.06), (1.05, 2.7, 1.061), 0.03, 8), m.t.wooden(0.7, 3))
    for i in range(3):
        p.solid((-1.5 + 0.9 * i, 0, 0), (-0.6 + 0.9 * i, 0.8 + 0.6 * i, 1.1))


def spiral_stairs(p: Place, m: Making) -> None:
    """Steps that wind round a newel."""
    p.add(rod((0, 0, 0), (0, 3.3, 0.001), 0.09, 10), m.t.iron(0.8, 3))
    for i in range(15):
        turned = p.at(0, 0, 26.0 * i)
        turned.add(box((0, 0.18 + 0.205 * i, 0.5), (0.36, 0.05, 0.9), 0.01), m.t.iron(1.0, 3))
        turned.add(
            rod((0, 0.2 + 0.205 * i, 0.92), (0.001, 1.05 + 0.205 * i, 0.92), 0.014, 5), m.t.iron(0.8, 3)
        )
    p.solid((-0.95, 0, -0.95), (0.95, 3.3, 0.95))


def stage(p: Place, m: Making) -> None:
    """A platform with footlights against the back wall."""
    p.add(plain_box((0, 0.35, 1.3), (6.4, 0.7, 2.6)), Surface(m.t.wood, 0.5, Kind.PLANKS, segment=3))
    p.add(plain_box((0, 0.35, 2.61), (6.4, 0.7, 0.03)), m.t.painted(0.5, 3))
    for i in range(7):
        p.add(box((-2.7 + 0.9 * i, 0.76, 2.5), (0.22, 0.12, 0.14), 0.04), m.t.lit(3.0))
    for side in (-1, 1):
        for i in range(6):
            x = side * (3.1 - i * 0.17)
            p.add(
                lathe(((0.13, 0.7), (0.10, 2.2), (0.11, 3.9)), (x, 0, 1.9), 8),
                Surface(m.t.accent, 0.95, segment=8),
            )
    p.add(box((0, 4.0, 1.9), (6.6, 0.5, 0.3), 0.05), Surface(m.t.accent, 0.95, segment=8))
    p.solid((-3.2, 0, 0), (3.2, 0.72, 2.65))
    m.lights.append(Shine(p.point((0, 3.2, 2.9)), m.lamp_colour(), 2.4))
    m.seats += [p.seat(-1.4, 2.35, 0.7), p.seat(1.4, 2.35, 0.7)]


def chandelier(p: Place, m: Making, ceiling: float = 4.0) -> None:
    """A ring of lights hung from the ceiling over the place."""
    y = max(2.5, ceiling - 1.2)
    p.add(rod((0, y, 0), (0, ceiling, 0.001), 0.02, 6), GOLD)
    p.add(moved(ring(0.62, 0.03, 26), rotation(X_AXIS, 0), (0, y, 0)), GOLD)
    p.add(sphere((0, y - 0.1, 0), (0.12, 0.2, 0.12), 12), GOLD)
    for i in range(8):
        a = math.tau * i / 8
        x, z = math.sin(a) * 0.62, math.cos(a) * 0.62
        p.add(rod((0, y + 0.3, 0), (x, y, z), 0.010, 4), GOLD)
        p.add(sphere((x, y + 0.12, z), (0.035, 0.07, 0.035), 8), m.t.lit(6.0))
    m.lights.append(Shine(p.point((0, y - 0.1, 0)), m.lamp_colour(), 2.8))


def bars(p: Place, m: Making) -> None:
    """A cell front of iron bars with a door, 3.2 m."""
    for i in range(17):
        x = -1.6 + 0.2 * i
        p.add(rod((x, 0, 0.4), (x, 2.4, 0.401), 0.022, 6), m.t.iron(0.7, 3))
    for y in (0.08, 1.2, 2.36):
        p.add(plain_box((0, y, 0.4), (3.3, 0.07, 0.05)), m.t.iron(0.6, 3))
    p.add(box((0.42, 1.1, 0.44), (0.16, 0.24, 0.08), 0.02), m.t.iron(1.0, 3))
    p.solid((-1.65, 0, 0.3), (1.65, 2.42, 0.5))


def high_bench(p: Place, m: Making) -> None:
    """A judge's bench on a step, with a lamp and an emblem behind."""
    p.add(plain_box((0, 0.15, 0.9), (4.0, 0.3, 1.8)), m.t.wooden(0.6))
    p.add(box((0, 0.95, 1.35), (3.4, 1.3, 0.5), 0.02), m.t.wooden(0.8))
    p.add(box((0, 1.63, 1.36), (3.6, 0.08, 0.66), 0.02), m.t.wooden(1.0))
    for i in range(5):
        p.add(box((-1.36 + 0.68 * i, 0.95, 1.61), (0.56, 1.0, 0.02), 0.01), m.t.wooden(0.65))
    p.add(box((0, 1.25, 0.35), (0.8, 1.5, 0.14), 0.04), m.t.cloth(0.8))
    p.add(
        moved(lathe(((0, 0.03), (0.42, 0.03), (0.45, 0)), around=22), rotation(X_AXIS, 90), (0, 2.6, 0.03)),
        GOLD,
    )
    p.solid((-2.0, 0, 0), (2.0, 0.3, 1.8))
    p.solid((-1.75, 0.3, 1.05), (1.75, 1.7, 1.68))


def crystal(p: Place, m: Making) -> None:
    """A cluster of crystals that glow from inside."""
    tone: RGB8 = m.tone((120, 220, 255), (190, 130, 255), (130, 255, 190))
    for i in range(6):
        high, r = m.chance.uniform(0.5, 1.5), m.chance.uniform(0.10, 0.2)
        shape = faceted(lathe(((0, 0), (r, 0.0), (r * 0.9, high * 0.75), (0, high)), around=6))
        turn = rotation(X_AXIS, m.chance.uniform(-28, 28))
        at = (m.chance.uniform(-0.4, 0.4), -0.05, m.chance.uniform(-0.4, 0.4))
        p.add(moved(shape, turn, at), Surface(tone, 0.1, Kind.GLOW, 0.9 + 0.25 * (i % 3), segment=13))
    p.solid((-0.6, 0, -0.6), (0.6, 1.2, 0.6))
    r, g, b = ((c / 255) ** 2.2 for c in tone)
    m.lights.append(Shine(p.point((0, 1.0, 0.4)), (r, g, b), 2.4))


def beacon_lamp(p: Place, m: Making) -> None:
    """The great lens of a lighthouse on its iron table."""
    p.add(lathe(((0.7, 0), (0.5, 0.2), (0.42, 0.9), (0.66, 1.0), (0, 1.0)), around=18), m.t.iron(0.8))
    for k in range(7):
        y = 1.12 + 0.2 * k
        r = 0.62 - 0.055 * abs(k - 3)
        p.add(
            moved(ring(r, 0.045, 26), rotation(X_AXIS, 0), (0, y, 0)),
            Surface((214, 226, 224), 0.05, Kind.PLAIN, 0.5, segment=4),
        )
    p.add(sphere((0, 1.72, 0), (0.2, 0.34, 0.2), 14), m.t.lit(9.0))
    for i in range(6):
        a = math.tau * i / 6
        x, z = math.sin(a) * 0.7, math.cos(a) * 0.7
        p.add(rod((x, 1.0, z), (x, 2.5, z + 0.001), 0.022, 6), GOLD)
    p.add(lathe(((0.74, 2.48), (0.5, 2.66), (0, 2.7)), around=18), GOLD)
    p.solid((-0.75, 0, -0.75), (0.75, 2.7, 0.75))
    m.lights.append(Shine(p.point((0, 1.72, 0.9)), m.lamp_colour(), 3.4))


def bones(p: Place, m: Making) -> None:
    """Ribs and a skull of something large."""
    white = Surface((214, 204, 180), 0.85, segment=13)
    p.add(rod((0, 0.12, -1.2), (0.001, 0.12, 0.9), 0.06, 7), white)
    for i in range(6):
        for side in (-1, 1):
            high = 0.9 - 0.09 * i
            p.add(rod((0, 0.1, -1.0 + 0.3 * i), (side * 0.5, high, -1.0 + 0.3 * i + 0.05), 0.03, 5), white)
            p.add(
                rod((side * 0.5, high, -0.95 + 0.3 * i), (side * 0.3, high + 0.35, -0.9 + 0.3 * i), 0.022, 5),
                white,
            )
    p.add(sphere((0, 0.24, 1.25), (0.26, 0.24, 0.38), 12), white)
    for x in (-0.1, 0.1):
        p.add(sphere((x, 0.34, 1.5), (0.07, 0.07, 0.1), 8), DARK)
    p.solid((-0.6, 0, -1.2), (0.6, 1.0, 1.6))
