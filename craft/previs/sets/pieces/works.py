"""Consoles, screens, pipes and stacks for places built from words. Backs at z = 0 or round the origin, facing +z."""

from __future__ import annotations

import math

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces import industry, seating
from craft.previs.sets.pieces.making import DARK, Making, Shine
from craft.previs.sets.pieces.parked import vehicle
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import blades
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, Z_AXIS, rotation


def _display(m: Making) -> Surface:
    tone: RGB8 = (
        (140, 255, 170)
        if m.t.era == "midcentury"
        else m.tone((96, 190, 255), (120, 230, 255), (255, 176, 90))
    )
    return Surface(tone, 0.4, Kind.READOUT, 1.5, segment=5)


def screens(p: Place, m: Making) -> None:
    """A wall of displays in a frame, 3.3 m; old times have a wall of dials."""
    p.add(box((0, 1.7, 0.08), (3.4, 2.0, 0.14), 0.02), m.t.iron(0.6, 5))
    for i in range(3):
        for k in range(2):
            x, y = -1.08 + 1.08 * i, 1.24 + 0.92 * k
            if m.t.era == "period":
                dial = moved(
                    lathe(((0, 0.02), (0.30, 0.02), (0.34, 0)), around=20), rotation(X_AXIS, 90), (x, y, 0.16)
                )
                p.add(dial, Surface((226, 220, 200), 0.5, segment=5))
                p.add(
                    turned_box(
                        (x, y, 0.19), (0.03, 0.46, 0.01), rotation(Z_AXIS, m.chance.uniform(-70, 70)), 0.004
                    ),
                    DARK,
                )
            else:
                p.add(plain_box((x, y, 0.16), (1.0, 0.84, 0.02)), _display(m))
    p.solid((-1.7, 0.6, 0), (1.7, 2.75, 0.2))
    if m.t.era != "period":
        m.lights.append(Shine(p.point((0, 1.8, 0.8)), (0.35, 0.7, 1.0), 2.0))


def console(p: Place, m: Making) -> None:
    """A desk of switches and displays with a chair before it."""
    p.add(box((0, 0.40, 0), (1.7, 0.8, 0.6), 0.03), m.t.iron(0.9))
    p.add(turned_box((0, 0.88, 0.05), (1.7, 0.06, 0.66), rotation(X_AXIS, 16), 0.02), m.t.iron(0.7))
    for i in range(3):
        p.add(
            turned_box((-0.55 + 0.55 * i, 1.16, -0.22), (0.48, 0.36, 0.05), rotation(X_AXIS, -10), 0.02), DARK
        )
        p.add(
            turned_box((-0.55 + 0.55 * i, 1.16, -0.19), (0.42, 0.30, 0.012), rotation(X_AXIS, -10), 0.004),
            _display(m),
        )
    for i in range(12):
        tone = m.tone((255, 80, 60), (110, 255, 120), (255, 206, 90), (230, 230, 226))
        at = (-0.72 + 0.13 * i, 0.915 + 0.0, 0.12 + 0.06 * (i % 3))
        p.add(
            box(at, (0.05, 0.05, 0.04), 0.01),
            Surface(tone, 0.4, Kind.GLOW, m.chance.choice((0.2, 1.6)), segment=6),
        )
    p.solid((-0.86, 0, -0.3), (0.86, 1.35, 0.36))
    m.seats += seating.chair(p.at(0, 0.85, 180), m.t)


def pipes(p: Place, m: Making) -> None:
    """Pipes with valves along a wall, 3 m."""
    for i, (y, r) in enumerate(((0.5, 0.12), (1.4, 0.07), (2.0, 0.16), (2.4, 0.05))):
        copper = Surface((158, 96, 60), 0.4, metal=0.7, segment=3) if i == 1 else m.t.iron(0.9 + 0.15 * i, 3)
        p.add(rod((-1.6, y, 0.22), (1.6, y + 0.001, 0.22), r, 10), copper)
        for x in (-1.2, 0.2, 1.3):
            p.add(box((x, y, 0.22), (0.08, r * 2.5, r * 2.5), 0.02), m.t.iron(0.7, 3))
    wheel = moved(ring(0.17, 0.02, 18), rotation(X_AXIS, 90), (-0.5, 1.4, 0.42))
    p.add(wheel, Surface((176, 42, 36), 0.5, segment=5))
    p.add(rod((-0.5, 1.4, 0.22), (-0.5, 1.401, 0.42), 0.02, 6), m.t.iron(0.8, 3))
    p.solid((-1.6, 0.3, 0), (1.6, 2.5, 0.42))


def pipe_stack(p: Place, m: Making) -> None:
    """Concrete pipes stacked in a pyramid; one sits on the lowest."""
    side = Surface((142, 140, 134), 0.85, Kind.CONCRETE, segment=9)
    shape = lathe(((0.5, -1.2), (0.5, 1.2), (0.4, 1.2), (0.4, -1.2), (0.5, -1.2)), around=18)
    for x, y in ((-1.02, 0.5), (0.0, 0.5), (1.02, 0.5), (-0.51, 1.38), (0.51, 1.38)):
        p.add(moved(shape, rotation(X_AXIS, 90), (x, y, 0)), side)
    p.solid((-1.55, 0, -1.25), (1.55, 1.9, 1.25))


def tyres(p: Place, m: Making) -> None:
    """A stack of tyres."""
    for k in range(4):
        at = (m.chance.uniform(-0.05, 0.05), 0.12 + 0.22 * k, m.chance.uniform(-0.05, 0.05))
        p.add(moved(ring(0.25, 0.115, 20), rotation(X_AXIS, 0), at), Surface((26, 26, 28), 0.85, segment=9))
    p.solid((-0.38, 0, -0.38), (0.38, 0.95, 0.38))


def car(p: Place, m: Making) -> None:
    """A vehicle of the era."""
    paint = Surface(
        m.tone(m.t.accent, (58, 78, 96), (124, 120, 112), (92, 44, 40)),
        0.25 + 0.5 * m.t.wear,
        metal=0.3,
        segment=8,
    )
    vehicle(p, m.t, paint)


def machine(p: Place, m: Making) -> None:
    """A machine of the era."""
    industry.machine(p.at(0, 0.62), m.t, m.chance)
    if m.t.era == "period":
        m.lights.append(Shine(p.point((0.2, 0.5, 1.5)), (1.0, 0.42, 0.12), 1.6))


def booth(p: Place, m: Making) -> None:
    """A booth with glass on three sides: telephone, tickets or information."""
    frame = m.t.painted(0.8, 5)
    for x in (-0.45, 0.45):
        for z in (-0.45, 0.45):
            p.add(box((x, 1.2, z), (0.09, 2.4, 0.09), 0.015), frame)
    p.add(box((0, 2.42, 0), (1.06, 0.22, 1.06), 0.04), frame)
    p.add(plain_box((0, 2.28, 0), (0.7, 0.04, 0.7)), m.t.lit(3.0))
    p.add(plain_box((0, 1.2, -0.43), (0.84, 2.3, 0.03)), m.t.painted(0.5, 5))
    for y in (0.25, 0.95, 1.65):
        for x in (-0.45, 0.45):
            p.add(plain_box((x, y, 0), (0.04, 0.05, 0.84)), frame)
    p.add(box((0.0, 1.35, -0.34), (0.3, 0.45, 0.14), 0.02), DARK)
    p.solid((-0.52, 0, -0.52), (0.52, 2.5, 0.52))
    m.lights.append(Shine(p.point((0, 1.9, 0.7)), m.lamp_colour(), 1.4))


def flag(p: Place, m: Making) -> None:
    """A flag on a pole."""
    p.add(lathe(((0.2, 0), (0.05, 0.06), (0.03, 0.1), (0.022, 3.4), (0, 3.4)), around=10), m.t.iron(1.3))
    for i in range(5):
        sway = rotation(Y_AXIS, 14 * math.cos(i * 1.4))
        at = (0.14 + 0.24 * i, 3.0 - 0.03 * i, 0.03 * math.sin(i * 1.4))
        strip = turned_box(at, (0.26, 0.75, 0.012), sway, 0.003)
        p.add(strip, Surface(m.t.accent if i % 2 else (214, 208, 196), 0.95, segment=8))
    p.solid((-0.2, 0, -0.2), (0.2, 3.4, 0.2))


def mat(p: Place, m: Making) -> None:
    """Three mats on the floor."""
    for i in range(3):
        p.add(box((0, 0.04, -1.3 + 1.3 * i), (2.0, 0.08, 1.2), 0.03), m.t.cloth(0.9 + 0.15 * (i % 2), 2))


def rope(p: Place, m: Making) -> None:
    """A coil of rope."""
    tone = Surface((176, 152, 104), 0.95, segment=9)
    for k in range(5):
        p.add(
            moved(
                ring(0.34 - 0.02 * (k % 2), 0.045, 22), rotation(X_AXIS, 0), (0.02 * k, 0.05 + 0.085 * k, 0)
            ),
            tone,
        )
    p.solid((-0.4, 0, -0.4), (0.4, 0.46, 0.4))


def basket(p: Place, m: Making) -> None:
    """Baskets of goods."""
    for x, z in ((-0.3, 0), (0.32, 0.1), (0.0, -0.4)):
        p.add(
            lathe(((0.18, 0), (0.26, 0.32), (0.24, 0.32), (0.2, 0.26), (0, 0.26)), (x, 0, z), 14),
            Surface((168, 132, 84), 0.95, Kind.UPHOLSTERY, segment=9),
        )
        tone = m.tone((196, 70, 48), (222, 160, 48), (110, 140, 52), (206, 190, 150))
        for k in range(6):
            a = math.tau * k / 6
            p.add(
                sphere((x + 0.11 * math.sin(a), 0.31, z + 0.11 * math.cos(a)), 0.075, 8),
                Surface(tone, 0.6, segment=9),
            )
    p.solid((-0.56, 0, -0.66), (0.58, 0.4, 0.36))


def flowers(p: Place, m: Making) -> None:
    """A bed of flowers with its edging."""
    p.add(box((0, 0.05, 0), (2.6, 0.10, 1.0), 0.03), Surface((74, 56, 40), 0.95, Kind.SOIL, segment=1))
    for colour, high in (
        ((64, 104, 48), 0.35),
        (m.t.accent, 0.42),
        ((230, 196, 90), 0.36),
        ((226, 214, 214), 0.4),
    ):
        spots = [(m.chance.uniform(-1.2, 1.2), m.chance.uniform(-0.4, 0.4)) for _ in range(26)]
        p.add(blades(m.chance, spots, high, 0.10, 3), Surface(colour, 0.85, segment=12))
    p.solid((-1.3, 0, -0.5), (1.3, 0.42, 0.5))


def reeds(p: Place, m: Making) -> None:
    """Reeds at the water."""
    spots = [(m.chance.uniform(-0.8, 0.8), m.chance.uniform(-0.5, 0.5)) for _ in range(24)]
    p.add(blades(m.chance, spots, 1.3, 0.35, 4), Surface((112, 124, 62), 0.85, segment=12))
    p.solid((-0.9, 0, -0.6), (0.9, 1.2, 0.6))


def path(p: Place, m: Making) -> None:
    """Flagstones that lead away."""
    for i in range(12):
        at = (0.3 * math.sin(i * 0.9), 0.012, 6.0 - 1.05 * i)
        slab = turned_box(at, (1.0, 0.03, 0.8), rotation(Y_AXIS, m.chance.uniform(-12, 12)), 0.012)
        p.add(slab, Surface((136, 130, 120), 0.85, Kind.CONCRETE, segment=2))


def pool_long(p: Place, m: Making) -> None:
    """A swimming pool with lanes and a rim, 9 x 4 m."""
    p.add(plain_box((0, 0.02, 0), (9.4, 0.06, 4.4)), Surface((206, 208, 204), 0.3, Kind.LINOLEUM, segment=2))
    p.add(
        quad((0, 0.055, 0), (4.5, 0, 0), (0, 0, -2.0)),
        Surface((58, 138, 156), 0.05, Kind.WATER, 0.15, segment=1),
    )
    for z in (-0.7, 0.7):
        for i in range(24):
            tone: RGB8 = (196, 60, 52) if i % 2 else (214, 212, 206)
            p.add(sphere((-4.3 + 0.37 * i, 0.08, z), 0.06, 6), Surface(tone, 0.4, segment=9))
    p.solid((-4.5, -0.3, -2.0), (4.5, 0.09, 2.0))
