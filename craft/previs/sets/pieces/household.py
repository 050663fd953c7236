"""Recognisable things of rooms for places built from words. Each is built on a place with its back at z = 0 or round
its origin, facing +z.
"""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces import seating, tables
from craft.previs.sets.pieces.making import DARK, FIRE, GOLD, GOODS, Making, Shine
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import bush
from craft.previs.sets.pieces.street_furniture import flame
from craft.previs.sets.pieces.tones import shaded
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation


def table_set(p: Place, m: Making) -> None:
    """A table with two chairs at it and a few things on it."""
    tables.table(p, m.t, 1.5, 0.85)
    for x, yaw in ((-0.42, 0.0), (0.42, 0.0)):
        m.seats += seating.chair(p.at(x, -0.72, yaw), m.t)
    tables.papers(p.at(-0.3, 0.05, y=0.75), m.chance, 4)
    tables.book_pile(p.at(0.42, -0.1, y=0.75), m.chance, 3)


def chair(p: Place, m: Making) -> None:
    """One chair to sit on."""
    m.seats += seating.chair(p, m.t)


def sofa(p: Place, m: Making) -> None:
    """A sofa for two."""
    m.seats += seating.sofa(p, m.t)


def desk(p: Place, m: Making) -> None:
    """A desk with drawers, a lamp and the chair behind it."""
    p.add(box((0, 0.73, 0), (1.4, 0.05, 0.7), 0.012), m.t.wooden(1.0))
    for x in (-0.5, 0.5):
        p.add(box((x, 0.36, 0), (0.36, 0.70, 0.62), 0.012), m.t.wooden(0.8))
    p.add(plain_box((0, 0.45, 0.28), (0.7, 0.5, 0.02)), m.t.wooden(0.7))
    p.add(
        lathe(
            ((0.08, 0.76), (0.02, 0.78), (0.015, 1.08), (0.14, 1.08), (0.07, 1.22), (0, 1.22)),
            (-0.5, 0, 0.1),
            14,
        ),
        m.t.lit(2.2),
    )
    p.solid((-0.7, 0, -0.35), (0.7, 0.78, 0.35))
    m.seats += seating.chair(p.at(0, -0.62), m.t)


def bed(p: Place, m: Making) -> None:
    """A bed with its head at the place, 2 m long; one sits on its side."""
    wood, sheet, cover = m.t.wooden(0.8), Surface((206, 202, 192), 0.95, segment=8), m.t.cloth(1.0)
    p.add(box((0, 0.26, 1.05), (1.4, 0.22, 2.0), 0.03), wood)
    p.add(box((0, 0.44, 1.05), (1.36, 0.20, 1.94), 0.07, 2), sheet)
    p.add(box((0, 0.49, 1.35), (1.42, 0.18, 1.36), 0.08, 2), cover)
    for x in (-0.34, 0.34):
        p.add(box((x, 0.58, 0.30), (0.56, 0.14, 0.36), 0.065, 2), sheet)
    p.add(box((0, 0.62, 0.04), (1.5, 0.9 if m.t.era != "future" else 0.5, 0.07), 0.03), wood)
    if m.t.era == "period":
        for x in (-0.70, 0.70):
            for z in (0.06, 2.02):
                p.add(rod((x, 0, z), (x, 2.1, z + 0.001), 0.045, 8), wood)
        p.add(box((0, 2.12, 1.04), (1.56, 0.14, 2.1), 0.03), cover)
    p.solid((-0.72, 0, 0), (0.72, 0.58, 2.06))
    m.seats.append(p.seat(0.74, 1.2, 0.56, 90))


def shelf(p: Place, m: Making) -> None:
    """A case of books, jars and boxes, 1.6 m wide, against a wall."""
    wood, high = m.t.wooden(0.75), 2.1
    for x in (-0.78, 0.78):
        p.add(plain_box((x, high / 2, 0.17), (0.05, high, 0.34)), wood)
    p.add(plain_box((0, high / 2, 0.01), (1.6, high, 0.02)), m.t.wooden(0.5))
    for y in (0.06, 0.56, 1.02, 1.48, high - 0.03):
        p.add(plain_box((0, y, 0.17), (1.6, 0.045, 0.34)), wood)
        x = -0.72
        while x < 0.68 and y < high - 0.1:
            w, h = m.chance.uniform(0.035, 0.085), m.chance.uniform(0.22, 0.36)
            if m.chance.random() < 0.85:
                p.add(
                    plain_box((x + w / 2, y + 0.02 + h / 2, 0.19), (w * 0.92, h, 0.22)),
                    Surface(m.tone(*GOODS), 0.8, segment=9),
                )
            x += w
    p.solid((-0.8, 0, 0), (0.8, high, 0.36))


def fireplace(p: Place, m: Making) -> None:
    """A chimney breast with a fire, 2 m wide."""
    stone = Surface((126, 116, 104), 0.85, Kind.STONE, segment=3)
    for x in (-0.8, 0.8):
        p.add(plain_box((x, 0.6, 0.28), (0.45, 1.2, 0.56)), stone)
    p.add(plain_box((0, 1.32, 0.28), (2.05, 0.32, 0.56)), stone)
    p.add(box((0, 1.52, 0.32), (2.3, 0.09, 0.72), 0.02), m.t.wooden(0.7))
    p.add(plain_box((0, 2.15, 0.2), (1.6, 1.2, 0.4)), stone)
    p.add(plain_box((0, 0.6, 0.02), (1.2, 1.2, 0.03)), DARK)
    for k in range(3):
        p.add(
            rod((-0.35, 0.12 + 0.06 * k, 0.3), (0.35, 0.13 + 0.05 * k, 0.28), 0.06, 7),
            Surface((70, 50, 38), 0.9, Kind.BARK, segment=9),
        )
    for x, high in ((-0.15, 0.42), (0.05, 0.56), (0.2, 0.36)):
        flame(p, (x, 0.15, 0.28), 0.12, high)
    for x in (-0.8, 0.8):
        p.add(lathe(((0.05, 1.57), (0.02, 1.62), (0.02, 1.82), (0, 1.82)), (x, 0, 0.32), 8), GOLD)
    p.solid((-1.05, 0, 0), (1.05, 2.7, 0.62))
    m.lights.append(Shine(p.point((0, 0.55, 0.75)), FIRE, 3.4))


def chest(p: Place, m: Making) -> None:
    """A trunk with bands and a curved lid; one can sit on it."""
    p.add(box((0, 0.22, 0.3), (0.95, 0.44, 0.52), 0.02), m.t.wooden(0.8, 9))
    lid = lathe(((0, -0.475), (0.27, -0.475), (0.27, 0.475), (0, 0.475)), around=14)
    p.add(moved(lid, rotation(Z_AXIS, 90), (0, 0.42, 0.3)), m.t.wooden(0.95, 9))
    for x in (-0.36, 0.36):
        p.add(plain_box((x, 0.22, 0.3), (0.06, 0.46, 0.54)), m.t.iron(0.8, 9))
        p.add(moved(ring(0.268, 0.014, 16), rotation(Z_AXIS, 90), (x, 0.42, 0.3)), m.t.iron(0.8, 9))
    p.add(box((0, 0.40, 0.57), (0.12, 0.14, 0.03), 0.01), GOLD)
    p.solid((-0.48, 0, 0.03), (0.48, 0.68, 0.57))


def cabinet(p: Place, m: Making) -> None:
    """A cupboard with two doors."""
    p.add(box((0, 1.0, 0.25), (1.2, 2.0, 0.5), 0.015), m.t.wooden(0.85))
    for x in (-0.29, 0.29):
        p.add(box((x, 1.02, 0.51), (0.52, 1.8, 0.03), 0.012), m.t.wooden(1.0))
        p.add(box((x * 0.25, 1.05, 0.54), (0.03, 0.16, 0.03), 0.01), GOLD)
    p.add(box((0, 2.03, 0.25), (1.3, 0.08, 0.58), 0.02), m.t.wooden(0.7))
    p.solid((-0.62, 0, 0), (0.62, 2.07, 0.54))


def rug(p: Place, m: Making) -> None:
    """A carpet with a border."""
    for k, (grow, tone) in enumerate(
        ((0.0, m.t.fabric), (-0.2, shaded(m.t.accent, 0.8)), (-0.3, shaded(m.t.fabric, 0.8)))
    ):
        p.add(
            plain_box((0, 0.004 + 0.003 * k, 0), (3.0 + grow, 0.008, 2.0 + grow)),
            Surface(tone, 0.95, segment=2),
        )


def runner(p: Place, m: Making) -> None:
    """A long carpet that leads to what stands at the end."""
    p.add(plain_box((0, 0.004, 0), (1.7, 0.008, 8.5)), Surface(m.t.accent, 0.95, segment=2))
    for x in (-0.74, 0.74):
        p.add(plain_box((x, 0.008, 0), (0.06, 0.008, 8.5)), Surface((186, 150, 80), 0.8, segment=2))


def mirror(p: Place, m: Making) -> None:
    """A tall mirror in a frame."""
    p.add(box((0, 1.25, 0.04), (1.0, 1.9, 0.06), 0.02), GOLD if m.t.era == "period" else m.t.iron(1.1))
    p.add(
        plain_box((0, 1.25, 0.075), (0.84, 1.74, 0.01)), Surface((168, 184, 196), 0.08, metal=0.9, segment=4)
    )


def painting(p: Place, m: Making) -> None:
    """A landscape in a frame."""
    p.add(box((0, 1.75, 0.04), (1.3, 0.95, 0.06), 0.025), GOLD)
    sky: RGB8 = m.tone((126, 150, 172), (172, 142, 110), (96, 104, 132))
    p.add(plain_box((0, 1.90, 0.075), (1.12, 0.48, 0.008)), Surface(sky, 0.6, segment=5))
    p.add(plain_box((0, 1.55, 0.075), (1.12, 0.30, 0.008)), Surface((72, 84, 52), 0.6, segment=5))
    p.add(
        sphere((m.chance.uniform(-0.3, 0.3), 1.72, 0.07), (0.22, 0.16, 0.015), 10),
        Surface((52, 62, 44), 0.7, segment=5),
    )


def piano(p: Place, m: Making) -> None:
    """An upright piano and its stool."""
    black = Surface((26, 22, 22), 0.15, segment=6) if m.t.era != "period" else m.t.wooden(0.6)
    p.add(box((0, 0.65, 0.28), (1.5, 1.3, 0.52), 0.02), black)
    p.add(box((0, 0.70, 0.62), (1.46, 0.10, 0.30), 0.02), black)
    p.add(plain_box((0, 0.755, 0.64), (1.3, 0.02, 0.22)), Surface((224, 220, 208), 0.3, segment=6))
    for i in range(20):
        if i % 7 not in (2, 6):
            p.add(plain_box((-0.6 + i * 0.0635, 0.775, 0.59), (0.03, 0.025, 0.12)), DARK)
    for x in (-0.66, 0.66):
        p.add(box((x, 0.33, 0.70), (0.09, 0.66, 0.09), 0.02), black)
    p.solid((-0.76, 0, 0), (0.76, 1.32, 0.78))
    m.seats += seating.stool(p.at(0, 1.15, 180), m.t, 0.5)


def bathtub(p: Place, m: Making) -> None:
    """A tub on feet with a tap."""
    white = Surface((214, 216, 214), 0.15, segment=6)
    p.add(box((0, 0.36, 0.42), (1.7, 0.5, 0.78), 0.2, 4), white)
    p.add(box((0, 0.60, 0.42), (1.76, 0.06, 0.84), 0.03, 2), white)
    p.add(plain_box((0, 0.625, 0.42), (1.4, 0.012, 0.52)), Surface((120, 160, 170), 0.06, segment=6))
    for x in (-0.6, 0.6):
        for z in (0.18, 0.66):
            p.add(sphere((x, 0.06, z), 0.06, 8), GOLD)
    p.add(rod((-0.72, 0.6, 0.42), (-0.72, 0.95, 0.421), 0.025, 8), GOLD)
    p.add(rod((-0.72, 0.94, 0.42), (-0.5, 0.90, 0.42), 0.022, 8), GOLD)
    p.solid((-0.88, 0, 0), (0.88, 0.65, 0.84))


def basin(p: Place, m: Making) -> None:
    """A wash basin on a foot with a round mirror over it."""
    white = Surface((214, 216, 214), 0.15, segment=6)
    p.add(
        lathe(
            ((0.16, 0), (0.09, 0.1), (0.08, 0.7), (0.28, 0.84), (0.27, 0.86), (0.2, 0.80), (0, 0.78)),
            (0, 0, 0.32),
            16,
        ),
        white,
    )
    p.add(rod((0, 0.85, 0.10), (0.001, 1.02, 0.16), 0.02, 8), m.t.iron(1.5))
    glass = moved(
        lathe(((0, 0.02), (0.3, 0.02), (0.31, 0)), around=22), rotation(X_AXIS, 90), (0, 1.55, 0.02)
    )
    p.add(glass, Surface((168, 184, 196), 0.08, metal=0.9, segment=4))
    p.solid((-0.3, 0, 0), (0.3, 0.9, 0.6))


def globe(p: Place, m: Making) -> None:
    """A globe on a stand."""
    p.add(lathe(((0.2, 0), (0.05, 0.06), (0.03, 0.62), (0, 0.62)), around=12), m.t.wooden(0.7))
    p.add(sphere((0, 0.92, 0), 0.28, 18), Surface((86, 118, 132), 0.4, segment=9))
    p.add(moved(ring(0.32, 0.014, 24), rotation(Z_AXIS, 66), (0, 0.92, 0)), GOLD)
    p.solid((-0.3, 0, -0.3), (0.3, 1.22, 0.3))


def curtain(p: Place, m: Making) -> None:
    """A heavy curtain, drawn to both sides."""
    for side in (-1, 1):
        for i in range(6):
            x = side * (1.3 - i * 0.13)
            p.add(
                lathe(((0.10, 0.02), (0.07, 1.6), (0.08, 2.6)), (x, 0, 0.16), 8),
                m.t.cloth(0.9 + 0.2 * (i % 2)),
            )
    p.add(box((0, 2.68, 0.16), (3.0, 0.26, 0.2), 0.03), m.t.cloth(0.8))


def banner(p: Place, m: Making) -> None:
    """A long flag hung from a bar on a wall."""
    p.add(rod((-0.5, 3.2, 0.12), (0.5, 3.201, 0.12), 0.03, 8), m.t.wooden(0.6))
    p.add(plain_box((0, 2.15, 0.12), (0.86, 2.1, 0.02)), Surface(m.t.accent, 0.95, segment=8))
    p.add(
        turned_box((0, 1.1, 0.12), (0.61, 0.61, 0.018), rotation(Z_AXIS, 45), 0.005),
        Surface(m.t.accent, 0.95, segment=8),
    )
    p.add(sphere((0, 2.3, 0.13), (0.22, 0.28, 0.012), 12), Surface((206, 170, 92), 0.6, segment=8))


def plant(p: Place, m: Making) -> None:
    """A plant in a pot."""
    p.add(
        lathe(((0, 0), (0.18, 0), (0.25, 0.36), (0.22, 0.36), (0, 0.32)), around=14),
        Surface((150, 92, 66), 0.85, segment=9),
    )
    lift = 0.0 if m.t.night else 0.1
    bush(Place(p.b, p.group, p.x, p.z, p.yaw, p.y + 0.3), m.chance, (62, 104, 54), 0.9, lift=lift)
