"""Large recognisable things of the open for places built from words: boats, towers, huts, ruins, stalls, rides."""

from __future__ import annotations

import math

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.making import DARK, STONE, Making, Shine
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.street_furniture import barrel, carton, crate
from craft.previs.sets.pieces.tones import shaded
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, Z_AXIS, rotation

_WHITE = Surface((206, 204, 196), 0.7, segment=3)


def lighthouse(p: Place, m: Making) -> None:
    """A banded tower with gallery and lamp, 13 m."""
    bands = (_WHITE, Surface(m.t.accent, 0.7, segment=3))
    for i in range(5):
        r0, r1 = 1.9 - 0.17 * i, 1.9 - 0.17 * (i + 1)
        p.add(lathe(((r0, 2.1 * i), (r1, 2.1 * (i + 1))), around=24), bands[i % 2])
    p.add(lathe(((1.1, 10.4), (1.5, 10.6), (1.5, 10.75), (0, 10.75)), around=24), m.t.iron(0.8, 3))
    p.add(lathe(((0.7, 10.75), (0.7, 12.1), (0, 12.1)), around=16), m.t.lit(5.0))
    p.add(lathe(((0.95, 12.05), (0.5, 12.7), (0, 13.0)), around=16), Surface(m.t.accent, 0.6, segment=3))
    p.add(box((0, 1.1, 1.86), (1.0, 2.2, 0.2), 0.03), m.t.wooden(0.6, 5))
    for y in (4.6, 8.2):
        p.add(
            box((0, y, 1.62 - 0.08 * (y - 4.6)), (0.5, 0.9, 0.2), 0.03), Surface((26, 32, 40), 0.2, segment=4)
        )
    p.solid((-1.9, 0, -1.9), (1.9, 13.0, 1.9))
    m.lights.append(Shine(p.point((0, 11.4, 2.0)), m.lamp_colour(), 3.0))


def tower(p: Place, m: Making) -> None:
    """A round tower of stone with battlements; of steel and glass in later eras."""
    if m.t.era in ("period", "midcentury"):
        p.add(lathe(((2.3, 0), (2.0, 0.6), (1.9, 8.0), (2.2, 8.3), (2.2, 9.2)), around=24), STONE)
        for i in range(10):
            p.at(0, 0, 36.0 * i).add(box((0, 9.5, 2.05), (0.62, 0.7, 0.3), 0.02), STONE)
        for y, yaw in ((3.5, 20.0), (6.0, -40.0)):
            p.at(0, 0, yaw).add(box((0, y, 1.93), (0.22, 1.0, 0.16), 0.02), DARK)
        p.add(box((0, 1.15, 2.05), (1.2, 2.3, 0.3), 0.04), m.t.wooden(0.6, 5))
    else:
        p.add(
            box((0, 6.0, 0), (3.4, 12.0, 3.4), 0.06),
            Surface((116, 122, 130), 0.5, Kind.FACADE, 0.4 if m.t.night else 0.0, segment=3),
        )
        p.add(box((0, 12.2, 0), (3.8, 0.5, 3.8), 0.05), m.t.iron(1.0, 3))
        p.add(rod((0, 12.2, 0), (0, 15.0, 0.001), 0.06, 6), m.t.iron(0.8, 3))
    p.solid((-2.1, 0, -2.1), (2.1, 10.0, 2.1))


def hut(p: Place, m: Making) -> None:
    """A small house with door, lit window and a pitched roof, 5 x 4 m, its front at z = 0."""
    wall = {
        "period": Surface((168, 154, 126), 0.9, Kind.PLASTER, segment=3),
        "future": Surface((186, 190, 196), 0.5, Kind.PANEL, segment=3),
    }.get(m.t.era, Surface(m.t.wood, 0.7, Kind.PLANKS, segment=3))
    p.add(plain_box((0, 1.35, -2.0), (5.0, 2.7, 4.0)), wall)
    for side in (-1, 1):
        slope = turned_box((0, 3.35, -2.0 + side * 1.05), (5.6, 0.14, 2.9), rotation(X_AXIS, 38 * side), 0.03)
        p.add(
            slope,
            Surface((104, 74, 52) if m.t.era == "period" else (84, 62, 54), 0.95, Kind.STONE, segment=3),
        )
    for x in (-2.5, 2.5):
        for k in range(4):
            p.add(plain_box((x * 0.998, 2.85 + 0.36 * k, -2.0), (0.04, 0.37, 3.2 - 0.9 * k)), wall)
    p.add(box((-1.0, 1.05, 0.03), (1.0, 2.1, 0.10), 0.02), m.t.painted(0.6, 5))
    glow = 0.8 if m.t.night else 0.0
    pane: RGB8 = (255, 204, 130) if m.t.night else (52, 62, 72)
    p.add(plain_box((1.1, 1.55, 0.02), (1.1, 0.9, 0.06)), Surface(pane, 0.2, Kind.GLOW, glow, segment=4))
    for x in (0.55, 1.1, 1.65):
        p.add(plain_box((x, 1.55, 0.06), (0.06, 0.95, 0.05)), m.t.wooden(0.6, 3))
    for y in (1.08, 1.55, 2.02):
        p.add(plain_box((1.1, y, 0.06), (1.16, 0.06, 0.05)), m.t.wooden(0.6, 3))
    p.add(plain_box((1.6, 3.9, -2.4), (0.55, 1.9, 0.55)), STONE)
    p.solid((-2.6, 0, -4.1), (2.6, 3.6, 0.1))
    if m.t.night:
        m.lights.append(Shine(p.point((0.9, 1.6, 0.7)), (1.0, 0.66, 0.32), 1.8))


def barn(p: Place, m: Making) -> None:
    """A barn with a cross-braced gate, 8 x 6 m, its front at z = 0."""
    wall = Surface((124, 46, 38) if m.t.era != "period" else m.t.wood, 0.85, Kind.PLANKS, segment=3)
    p.add(plain_box((0, 1.9, -3.0), (8.0, 3.8, 6.0)), wall)
    for k in range(6):
        p.add(plain_box((0, 4.0 + 0.4 * k, -3.0), (7.4 - 1.2 * k, 0.41, 5.9)), wall)
    for side in (-1, 1):
        slope = turned_box((side * 2.15, 5.15, -3.0), (5.4, 0.14, 6.5), rotation(Z_AXIS, -33 * side), 0.03)
        p.add(slope, Surface((88, 84, 82), 0.8, Kind.CORRUGATED, segment=3))
    for x in (-0.85, 0.85):
        p.add(
            box((x, 1.35, 0.05), (1.65, 2.7, 0.08), 0.01), Surface(shaded(wall.colour, 0.8), 0.85, segment=5)
        )
        for lean in (-58, 58):
            p.add(turned_box((x, 1.35, 0.10), (2.9, 0.12, 0.03), rotation(Z_AXIS, lean), 0.005), _WHITE)
        p.add(plain_box((x, 2.66, 0.10), (1.65, 0.12, 0.03)), _WHITE)
    p.add(box((0, 4.3, 0.03), (1.1, 1.0, 0.06), 0.01), DARK)
    p.solid((-4.1, 0, -6.1), (4.1, 5.5, 0.15))


def wall_ruin(p: Place, m: Making) -> None:
    """A broken wall with a window hole, 4 m."""
    x = -2.0
    while x < 2.0:
        wide = m.chance.uniform(0.35, 0.6)
        high = 1.2 + 1.6 * (0.5 + 0.5 * math.sin(x * 1.7 + m.chance.uniform(-0.4, 0.4)))
        if -0.5 < x < 0.35:
            p.add(box((x + wide / 2, 0.45, 0), (wide + 0.02, 0.9, 0.55), 0.03), STONE)
        else:
            p.add(box((x + wide / 2, high / 2, 0), (wide + 0.02, high, 0.55), 0.03), STONE)
        x += wide
    for _ in range(7):
        size = m.chance.uniform(0.2, 0.42)
        at = (m.chance.uniform(-2, 2), size * 0.4, m.chance.uniform(0.4, 1.1))
        p.add(
            turned_box(at, (size, size * 0.7, size), rotation(Y_AXIS, m.chance.uniform(0, 90)), 0.04), STONE
        )
    p.solid((-2.1, 0, -0.3), (2.4, 2.6, 0.3))


def stall(p: Place, m: Making) -> None:
    """A market stall with a striped roof, crates of goods and a lantern."""
    for x in (-1.15, 1.15):
        for z in (-0.6, 0.6):
            p.add(rod((x, 0, z), (x, 2.3, z + 0.001), 0.035, 6), m.t.wooden(0.9))
    p.add(box((0, 0.82, 0.15), (2.4, 0.06, 0.9), 0.01), m.t.wooden(1.0))
    p.add(plain_box((0, 0.4, 0.55), (2.3, 0.76, 0.03)), m.t.cloth(0.8))
    for i in range(8):
        tone = m.t.accent if i % 2 else (214, 206, 188)
        strip = turned_box((-1.14 + 0.326 * i, 2.36, 0.1), (0.33, 0.03, 1.7), rotation(X_AXIS, 14), 0.005)
        p.add(strip, Surface(tone, 0.95, segment=8))
    for i in range(4):
        tone = m.tone((196, 70, 48), (222, 160, 48), (110, 140, 52), (178, 120, 70))
        p.add(box((-0.9 + 0.6 * i, 0.94, 0.2), (0.52, 0.18, 0.6), 0.02), m.t.wooden(0.8, 9))
        for k in range(6):
            at = (-1.05 + 0.6 * i + 0.15 * (k % 3), 1.05, 0.05 + 0.26 * (k // 3))
            p.add(sphere(at, 0.085, 8), Surface(tone, 0.5, segment=9))
    p.add(sphere((0.9, 2.0, 0.5), 0.07, 8), m.t.lit(6.0))
    p.solid((-1.2, 0, -0.65), (1.2, 1.15, 0.65))
    p.solid((-1.2, 2.1, -0.75), (1.2, 2.6, 0.95))


def railing(p: Place, m: Making) -> None:
    """A balustrade along x, 6 m."""
    if m.t.era in ("period", "midcentury"):
        p.add(box((0, 0.98, 0), (6.0, 0.14, 0.34), 0.03), STONE)
        p.add(box((0, 0.10, 0), (6.0, 0.2, 0.34), 0.03), STONE)
        for i in range(20):
            shape = ((0.09, 0.2), (0.12, 0.4), (0.06, 0.66), (0.08, 0.9))
            p.add(lathe(shape, (-2.85 + 0.3 * i, 0, 0), 8), STONE)
    else:
        for y in (0.35, 0.7, 1.05):
            p.add(rod((-3.0, y, 0), (3.0, y + 0.001, 0), 0.03, 6), m.t.iron(1.1, 3))
        for i in range(5):
            p.add(box((-3.0 + 1.5 * i, 0.55, 0), (0.06, 1.1, 0.06), 0.01), m.t.iron(0.9, 3))
    p.solid((-3.0, 0, -0.18), (3.0, 1.08, 0.18))


def road_sign(p: Place, m: Making) -> None:
    """A board on two posts; lit letters would need a name nobody gave."""
    for x in (-0.7, 0.7):
        p.add(rod((x, 0, 0), (x, 2.3, 0.001), 0.04, 6), m.t.iron(1.1))
    p.add(box((0, 1.95, 0.05), (2.0, 0.9, 0.05), 0.02), m.t.painted(0.7, 5))
    for i, wide in enumerate((1.4, 1.0, 1.2)):
        p.add(plain_box((-0.1, 2.2 - 0.24 * i, 0.08), (wide, 0.09, 0.008)), _WHITE)
    p.solid((-0.75, 0, -0.06), (0.75, 2.4, 0.1))


def pump(p: Place, m: Making) -> None:
    """Two fuel pumps under a lit canopy on posts."""
    for x in (-1.0, 1.0):
        p.add(box((x, 0.8, 0), (0.6, 1.6, 0.45), 0.05), m.t.painted(0.9, 9))
        p.add(plain_box((x, 1.25, 0.23), (0.44, 0.3, 0.01)), m.t.lit(1.2, 9))
        p.add(rod((x + 0.32, 1.2, 0), (x + 0.45, 0.4, 0.1), 0.03, 6), DARK)
    p.add(box((0, 3.5, 0), (6.0, 0.4, 3.2), 0.04), _WHITE)
    p.add(plain_box((0, 3.29, 0), (5.4, 0.02, 2.4)), m.t.lit(2.2, 9))
    p.add(plain_box((0, 3.5, 1.61), (6.0, 0.16, 0.02)), m.t.painted(1.0, 9))
    for x in (-2.4, 2.4):
        p.add(box((x, 1.65, 0), (0.22, 3.3, 0.22), 0.03), _WHITE)
    p.solid((-1.4, 0, -0.3), (1.5, 1.65, 0.3))
    p.solid((-2.6, 0, -0.15), (-2.2, 3.3, 0.15))
    p.solid((2.2, 0, -0.15), (2.6, 3.3, 0.15))
    p.solid((-3.0, 3.2, -1.6), (3.0, 3.8, 1.6))
    m.lights.append(Shine(p.point((0, 3.1, 0.6)), m.lamp_colour(), 3.0))


def swing(p: Place, m: Making) -> None:
    """A frame with two swings; one can sit on them."""
    for x in (-1.7, 1.7):
        for z in (-0.9, 0.9):
            p.add(rod((x, 0, z), (x * 0.94, 2.4, 0), 0.05, 8), m.t.painted(0.9, 9))
    p.add(rod((-1.6, 2.4, 0), (1.6, 2.401, 0), 0.05, 8), m.t.painted(0.9, 9))
    for x in (-0.7, 0.7):
        for dx in (-0.2, 0.2):
            p.add(rod((x + dx, 0.5, 0), (x + dx, 2.38, 0.001), 0.012, 5), m.t.iron(1.0, 9))
        p.add(box((x, 0.48, 0), (0.48, 0.04, 0.24), 0.012), m.t.wooden(0.9, 9))
        m.seats.append(p.seat(x, 0, 0.5))
    p.solid((-1.8, 0, -0.9), (-1.5, 2.4, 0.9))
    p.solid((1.5, 0, -0.9), (1.8, 2.4, 0.9))
    p.solid((-1.0, 0.4, -0.15), (1.0, 0.52, 0.15))


def stands(p: Place, m: Making) -> None:
    """Five rows of seats, 8 m."""
    for k in range(5):
        p.add(
            plain_box((0, 0.22 + 0.22 * k, -0.4 * k), (8.0, 0.44 + 0.44 * k, 0.82)),
            Surface((124, 124, 122), 0.85, Kind.CONCRETE, segment=3),
        )
        p.add(
            box((0, 0.47 + 0.44 * k, -0.4 * k + 0.1), (7.8, 0.06, 0.4), 0.01),
            m.t.painted(0.8 + 0.1 * (k % 2), 9),
        )
    p.solid((-4.0, 0, -2.0), (4.0, 2.3, 0.42))


def goal(p: Place, m: Making) -> None:
    """A goal with its net's bars."""
    for x in (-2.2, 2.2):
        p.add(rod((x, 0, 0), (x, 2.2, 0.001), 0.06, 8), _WHITE)
        p.add(rod((x, 2.2, 0), (x, 0, -1.2), 0.03, 6), _WHITE)
    p.add(rod((-2.2, 2.2, 0), (2.2, 2.201, 0), 0.06, 8), _WHITE)
    for i in range(12):
        p.add(rod((-2.0 + 0.36 * i, 2.18, -0.02), (-2.0 + 0.36 * i, 0, -1.18), 0.006, 4), _WHITE)
    p.solid((-2.3, 0, -1.2), (2.3, 2.2, 0.08))


def scaffold(p: Place, m: Making) -> None:
    """Two storeys of tubes and boards."""
    for x in (-2.4, 0.0, 2.4):
        for z in (-0.6, 0.6):
            p.add(rod((x, 0, z), (x, 4.6, z + 0.001), 0.035, 6), m.t.iron(1.3, 9))
    for y in (0.3, 2.0, 4.0):
        for z in (-0.6, 0.6):
            p.add(rod((-2.4, y, z), (2.4, y + 0.001, z), 0.03, 6), m.t.iron(1.3, 9))
    for y in (2.0, 4.0):
        p.add(box((0, y + 0.05, 0), (4.8, 0.05, 1.2), 0.01), m.t.wooden(1.1, 9))
    p.add(rod((-2.4, 0.3, 0.62), (0, 2.0, 0.62), 0.025, 6), m.t.iron(1.3, 9))
    crate(p.at(1.2, 0, 10, 2.08), 0.5, m.t)
    p.solid((-2.5, 0, -0.65), (2.5, 4.7, 0.65))


def ferris_wheel(p: Place, m: Making) -> None:
    """A big wheel with lit gondolas; stands in the distance."""
    at = (0.0, 6.6, 0.0)
    for z in (-0.5, 0.5):
        p.add(moved(ring(5.6, 0.10, 40), rotation(X_AXIS, 90), (0, 6.6, z)), m.t.iron(1.2, 9))
        for x in (-3.0, 3.0):
            p.add(rod((x, 0, z * 3), (0, 6.6, z), 0.14, 8), m.t.painted(0.8, 9))
    for i in range(12):
        a = math.tau * i / 12
        x, y = at[0] + math.sin(a) * 5.6, at[1] + math.cos(a) * 5.6
        p.add(rod(at, (x, y, 0.001), 0.04, 5), m.t.iron(1.2, 9))
        p.add(
            box((x, y - 0.7, 0), (1.0, 0.8, 1.0), 0.15, 2),
            Surface(m.tone((196, 60, 52), (220, 170, 60), (60, 130, 150)), 0.5, segment=9),
        )
        p.add(sphere((x, y, 0.5), 0.12, 8), m.t.lit(6.0, 9))
    p.solid((-3.2, 0, -1.6), (3.2, 12.5, 1.6))


def parasol(p: Place, m: Making) -> None:
    """A sunshade over two low chairs."""
    p.add(rod((0, 0, 0), (0, 2.2, 0.001), 0.03, 8), _WHITE)
    for i in range(8):
        wedge = p.at(0, 0, 45.0 * i)
        tone = m.t.accent if i % 2 else (220, 214, 198)
        wedge.add(
            turned_box((0, 2.08, 0.62), (0.62, 0.02, 1.25), rotation(X_AXIS, 16), 0.004),
            Surface(tone, 0.95, segment=8),
        )
    for x in (-0.9, 0.9):
        p.add(turned_box((x, 0.34, 0), (0.6, 0.05, 1.3), rotation(X_AXIS, -6), 0.02), m.t.cloth(1.1))
        p.add(turned_box((x, 0.62, -0.68), (0.6, 0.72, 0.05), rotation(X_AXIS, -24), 0.02), m.t.cloth(1.1))
        for z in (-0.4, 0.5):
            p.add(plain_box((x, 0.16, z), (0.5, 0.32, 0.05)), m.t.wooden(1.0))
        p.solid((x - 0.32, 0, -0.5), (x + 0.32, 0.38, 0.62))
        p.solid((x - 0.32, 0, -0.95), (x + 0.32, 0.95, -0.5))
        m.seats.append(p.seat(x, -0.1, 0.38))
    p.solid((-0.06, 0, -0.06), (0.06, 2.2, 0.06))


def cactus(p: Place, m: Making) -> None:
    """A tall cactus with two arms."""
    green, high = Surface((70, 104, 62), 0.8, segment=12), m.chance.uniform(1.8, 2.8)
    p.add(
        lathe(((0.18, 0), (0.22, high * 0.5), (0.18, high * 0.94), (0.08, high), (0, high)), around=12), green
    )
    for side in (-1, 1):
        y = high * m.chance.uniform(0.35, 0.6)
        p.add(rod((0, y, 0), (side * 0.5, y + 0.05, 0.001), 0.11, 8), green)
        p.add(lathe(((0.11, 0), (0.12, 0.4), (0.05, 0.62), (0, 0.63)), (side * 0.5, y, 0), 10), green)
    p.solid((-0.6, 0, -0.22), (0.6, high, 0.22))


def pond(p: Place, m: Making) -> None:
    """A pond with a bank."""
    water = Surface((42, 66, 66), 0.05, Kind.WATER, segment=1)
    p.add(
        lathe(((2.9, 0.0), (2.7, 0.07), (2.4, 0.06)), around=26),
        Surface((96, 84, 60), 0.9, Kind.SOIL, segment=1),
    )
    p.add(lathe(((2.5, 0.055), (0, 0.055)), around=24), water)
    p.solid((-2.5, 0, -2.5), (2.5, 0.08, 2.5))


def river(p: Place, m: Making) -> None:
    """Running water along x, 5 m across, between low banks."""
    p.add(quad((0, 0.02, 0), (26, 0, 0), (0, 0, -2.5)), Surface((46, 72, 72), 0.05, Kind.WATER, segment=1))
    for z in (-2.6, 2.6):
        p.add(
            turned_box((0, 0.0, z), (52, 0.14, 0.8), rotation(X_AXIS, 0), 0.06),
            Surface((110, 100, 84), 0.9, Kind.SOIL, segment=1),
        )
    p.solid((-12, -0.3, -2.5), (12, 0.07, 2.5))


def goods(p: Place, m: Making) -> None:
    """A barrel, a crate and a sack that stand together."""
    barrel(p.at(-0.5, 0), m.t)
    crate(p.at(0.3, -0.1, 12), 0.6, m.t)
    carton(p.at(0.2, 0.55, 30), (0.42, 0.36, 0.36), m.t)
