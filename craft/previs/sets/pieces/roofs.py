"""What stands on roofs: tanks, chimneys, vents, ducts, skylights, antennas; and the lounge of a terrace."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation
from craft.previs.stage import Mark

_STEEL = Surface((150, 154, 158), 0.45, metal=0.5, segment=9)


def water_tank(p: Place, t: Tones) -> None:
    """A tank on legs, 5 m high: staves with hoops, or a steel sphere in the future."""
    iron = t.iron(0.8, 9)
    for x in (-0.95, 0.95):
        for z in (-0.95, 0.95):
            p.add(rod((x * 1.1, 0, z * 1.1), (x, 1.9, z), 0.07, 6), iron)
        p.add(rod((x * 1.08, 0.3, -1.05), (x, 1.7, 0.98), 0.03, 5), iron)
        p.add(rod((x * 1.08, 0.3, 1.05), (x, 1.7, -0.98), 0.03, 5), iron)
    p.add(box((0, 1.95, 0), (2.6, 0.14, 2.6), 0.02), iron)
    if t.era == "future":
        p.add(sphere((0, 3.3, 0), 1.35, 22), _STEEL)
        p.add(moved(ring(1.37, 0.04, 28), rotation(X_AXIS, 0), (0, 3.3, 0)), t.lit(2.4, 9))
    else:
        p.add(lathe(((0, 2.0), (1.25, 2.0), (1.22, 4.3), (0, 4.3)), around=20), t.wooden(0.8, 9))
        for y in (2.2, 2.7, 3.2, 3.7, 4.15):
            p.add(lathe(((1.24, y - 0.03), (1.28, y), (1.24, y + 0.03)), around=20), iron)
        p.add(lathe(((1.42, 4.28), (0.7, 4.85), (0.1, 5.2), (0, 5.2)), around=20), t.iron(1.1, 9))
    p.add(rod((0, 0, 0), (0, 2.0, 0.001), 0.10, 8), iron)
    p.solid((-1.2, 0, -1.2), (1.2, 5.2, 1.2))


def chimney(p: Place, t: Tones, wall: Surface, high: float) -> None:
    """A stack with pots."""
    p.add(plain_box((0, high / 2, 0), (1.5, high, 0.62)), wall)
    p.add(
        box((0, high, 0), (1.66, 0.14, 0.78), 0.02), Surface((112, 106, 98), 0.85, Kind.CONCRETE, segment=3)
    )
    for x in (-0.45, 0, 0.45):
        pot_shape = ((0.13, 0), (0.10, 0.10), (0.09, 0.42), (0.12, 0.48), (0.09, 0.5), (0.06, 0.4))
        p.add(lathe(pot_shape, (x, high + 0.07, 0), 10), Surface((146, 82, 60), 0.9, segment=9))
    p.solid((-0.8, 0, -0.36), (0.8, high + 0.6, 0.36))


def vent(p: Place, t: Tones, high: float) -> None:
    """An air unit with a fan, or a bent pipe."""
    p.add(box((0, high / 2 + 0.08, 0), (1.3, high, 1.0), 0.03), _STEEL)
    p.add(plain_box((0, 0.05, 0), (1.1, 0.10, 0.9)), t.iron(0.6, 9))
    dark = Surface((34, 36, 38), 0.6, segment=9)
    for i in range(7):
        p.add(plain_box((0, 0.28 + i * (high - 0.3) / 7, 0.505), (1.1, 0.045, 0.012)), dark)
    p.add(
        lathe(((0.40, 0), (0.42, 0.08), (0.38, 0.10), (0.36, 0.02), (0, 0.02)), (0, high + 0.07, 0), 18), dark
    )
    for k in range(3):
        p.add(turned_box((0, high + 0.10, 0), (0.70, 0.02, 0.12), rotation((0, 1, 0), 60 * k), 0.005), _STEEL)
    p.solid((-0.66, 0, -0.52), (0.66, high + 0.2, 0.52))


def duct(p: Place, t: Tones, long: float) -> None:
    """A sheet-metal duct on feet along x."""
    p.add(
        box((0, 0.55, 0), (long, 0.5, 0.55), 0.02),
        Surface((158, 160, 162), 0.5, Kind.PANEL, metal=0.45, segment=9),
    )
    for i in range(4):
        x = -long / 2 + 0.3 + i * (long - 0.6) / 3
        p.add(box((x, 0.55, 0), (0.07, 0.56, 0.61), 0.01), t.iron(1.1, 9))
        p.add(plain_box((x, 0.15, 0), (0.06, 0.3, 0.4)), t.iron(0.8, 9))
    p.add(box((long / 2 - 0.3, 0.95, 0), (0.55, 0.5, 0.5), 0.04), _STEEL)
    p.solid((-long / 2, 0, -0.3), (long / 2, 1.2, 0.3))


def skylight(p: Place, t: Tones) -> None:
    """A glazed ridge along x that glows from the room below by night."""
    lit = (
        Surface((255, 216, 150), 0.15, Kind.GLOW, 1.1, segment=4)
        if t.night
        else Surface((96, 116, 132), 0.08, segment=4)
    )
    p.add(plain_box((0, 0.15, 0), (2.6, 0.3, 1.5)), Surface((120, 116, 110), 0.85, Kind.CONCRETE, segment=3))
    for side in (-1, 1):
        p.add(turned_box((0, 0.52, side * 0.36), (2.5, 0.03, 0.88), rotation(X_AXIS, 33 * side), 0.004), lit)
        for i in range(6):
            x = -1.25 + i * 0.5
            p.add(
                turned_box((x, 0.54, side * 0.36), (0.05, 0.05, 0.90), rotation(X_AXIS, 33 * side), 0.008),
                t.iron(0.7),
            )
    p.add(rod((-1.28, 0.78, 0), (1.28, 0.781, 0), 0.035, 6), t.iron(0.7))
    p.solid((-1.3, 0, -0.75), (1.3, 0.8, 0.75))


def antenna(p: Place, t: Tones, chance: random.Random) -> None:
    """A weather vane, a rake of rods, a dish or a beacon, by era."""
    iron = t.iron(0.8, 9)
    high = chance.uniform(1.8, 2.4)
    p.add(rod((0, 0, 0), (0, high, 0.001), 0.025, 6), iron)
    if t.era == "period":
        p.add(rod((-0.4, high, 0), (0.4, high + 0.001, 0), 0.015, 5), iron)
        p.add(turned_box((0.28, high + 0.08, 0), (0.3, 0.18, 0.02), rotation(Z_AXIS, 45), 0.005), iron)
    elif t.era == "future":
        p.add(
            sphere((0, high, 0), 0.10, 10),
            Surface((255, 60, 60), 0.4, Kind.GLOW, 4.0 if t.night else 0.8, segment=9),
        )
    else:
        for k in range(5):
            p.add(rod((-0.5, high - 0.12 * k, 0.001 * k), (0.5, high - 0.12 * k + 0.001, 0), 0.010, 5), iron)
        if t.era == "modern":
            dish = lathe(((0, 0), (0.2, 0.02), (0.34, 0.07), (0.44, 0.14)), around=16)
            p.add(
                moved(dish, rotation(X_AXIS, 58), (0.5, 0.55, 0.1)), Surface((206, 206, 204), 0.5, segment=9)
            )


def pot(p: Place, t: Tones) -> None:
    """A plant pot, 0.45 m."""
    p.add(
        lathe(
            (
                (0, 0),
                (0.22, 0),
                (0.29, 0.40),
                (0.32, 0.41),
                (0.32, 0.46),
                (0.27, 0.46),
                (0.25, 0.42),
                (0, 0.42),
            ),
            around=16,
        ),
        t.painted(0.7, 9) if t.era == "future" else Surface((150, 92, 66), 0.85, segment=9),
    )
    p.solid((-0.32, 0, -0.32), (0.32, 0.46, 0.32))


def lounge(p: Place, t: Tones) -> tuple[Mark, ...]:
    """A low sofa and a table before it; two seats of 0.42 m facing +z."""
    frame, cushion = t.wooden(1.0), t.cloth(1.1)
    p.add(box((0, 0.15, 0), (2.0, 0.12, 0.8), 0.02), frame)
    p.add(box((0, 0.48, -0.37), (2.0, 0.5, 0.08), 0.02), frame)
    for x in (-0.98, 0.98):
        p.add(box((x, 0.34, 0), (0.08, 0.5, 0.82), 0.02), frame)
    for x in (-0.47, 0.47):
        p.add(box((x, 0.32, 0.02), (0.92, 0.20, 0.74), 0.06, 2), cushion)
        p.add(turned_box((x, 0.60, -0.27), (0.88, 0.42, 0.16), rotation(X_AXIS, -12), 0.06), cushion)
    p.add(turned_box((-0.74, 0.58, -0.12), (0.34, 0.34, 0.12), rotation(X_AXIS, -24), 0.05), t.painted(1.1))
    p.add(box((0, 0.34, 1.15), (1.1, 0.05, 0.6), 0.015), frame)
    for x in (-0.48, 0.48):
        p.add(box((x, 0.16, 1.15), (0.06, 0.32, 0.5), 0.01), frame)
    p.solid((-1.02, 0, -0.25), (1.02, 0.42, 0.4))
    p.solid((-1.02, 0, -0.45), (1.02, 0.8, -0.25))
    p.solid((-0.56, 0, 0.85), (0.56, 0.37, 1.45))
    return (p.seat(-0.45, 0.05, 0.42), p.seat(0.45, 0.05, 0.42))
