"""What makes a cafe: the coffee machine, a case of cakes, a till, a board with the prices, cups in piles."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tables import CHINA, COVERS, cup, plate
from craft.previs.sets.pieces.taproom import fittings
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, rotation
from craft.previs.stage import Vec3

CASE_M = 1.28
_CAKES: tuple[RGB8, ...] = ((124, 78, 44), (206, 168, 104), (196, 92, 96), (86, 52, 34), (222, 206, 172))


def coffee_machine(p: Place, t: Tones) -> None:
    """A machine to stand on a counter, about 0.7 m wide; its taps are on the side of z < 0. A copper boiler in
    period rooms.
    """
    p.solid((-0.37, 0, -0.24), (0.37, 0.62, 0.24))
    metal = fittings(t)
    if t.era == "period":
        tank = (
            (0, 0),
            (0.17, 0),
            (0.17, 0.03),
            (0.14, 0.06),
            (0.15, 0.40),
            (0.12, 0.50),
            (0.03, 0.56),
            (0.02, 0.62),
            (0, 0.63),
        )
        p.add(lathe(tank, around=20), Surface((164, 96, 58), 0.25, metal=0.8, segment=15))
        for x in (-0.12, 0.12):
            p.add(rod((x, 0.16, -0.08), (x, 0.14, -0.20), 0.012, 6), metal)
        p.add(sphere((0, 0.64, 0), 0.024, 8), metal)
        return
    body = (
        t.painted(0.85, 15)
        if t.era == "midcentury"
        else Surface(shaded(t.metal, 1.5), 0.25, metal=0.6, segment=15)
    )
    p.add(box((0, 0.05, 0), (0.72, 0.07, 0.44), 0.012), metal)
    p.add(box((0, 0.28, 0.08), (0.70, 0.40, 0.24), 0.05, 2), body)
    p.add(box((0, 0.43, -0.03), (0.70, 0.13, 0.40), 0.04, 2), body)
    p.add(plain_box((0, 0.505, 0.0), (0.62, 0.012, 0.34)), metal)
    for x in (-0.18, 0.18):
        p.add(lathe(((0, 0), (0.04, 0), (0.04, 0.05), (0, 0.05)), (x, 0.32, -0.14), 12), metal)
        p.add(rod((x, 0.33, -0.16), (x, 0.32, -0.32), 0.014, 6), Surface((28, 26, 26), 0.5, segment=15))
    for i in range(6):
        cup(p.at(-0.25 + 0.1 * i, 0.04 * (i % 2), y=0.51), (206, 200, 190))
    if t.era == "future":
        p.add(quad((0, 0.28, 0.203), (0.3, 0, 0), (0, 0.03, 0)), t.lit(2.0, 15))


def cake_case(p: Place, t: Tones, chance: random.Random, wide: float, full: float) -> Vec3:
    """A case of shelves that are open to the guests (+z), CASE_M high, lit from its top; ``full`` is the share of its
    places with a cake on them. Returns where its light comes from.
    """
    frame = fittings(t) if t.era != "period" else t.wooden(0.9, 11)
    p.add(
        plain_box((0, 0.26, -0.06), (wide, 0.52, 0.50)),
        t.iron(0.8, 11) if t.era == "future" else t.wooden(0.75, 11),
    )
    p.add(plain_box((0, 0.90, -0.29), (wide, 0.76, 0.03)), Surface((206, 200, 188), 0.6, segment=11))
    for x in (-wide / 2 + 0.015, wide / 2 - 0.015):
        p.add(box((x, 0.90, -0.06), (0.03, 0.76, 0.50), 0.008), frame)
    p.add(box((0, CASE_M - 0.02, -0.06), (wide + 0.03, 0.05, 0.54), 0.012), frame)
    p.add(plain_box((0, CASE_M - 0.055, 0.14), (wide - 0.08, 0.02, 0.03)), t.lit(3.0, 11))
    for k, y in enumerate((0.53, 0.78, 1.02)):
        deep = 0.46 - 0.08 * k
        p.add(
            plain_box((0, y, -0.27 + deep / 2), (wide - 0.06, 0.014, deep)),
            Surface((188, 194, 194), 0.2, segment=11),
        )
        _cakes(p.at(0, -0.10, y=y + 0.008), t, random.Random(chance.random()), wide - 0.14, full)
    p.solid((-wide / 2, 0, -0.31), (wide / 2, CASE_M, 0.20))
    return p.point((0, CASE_M - 0.1, 0.5))


def _cakes(p: Place, t: Tones, chance: random.Random, wide: float, full: float) -> None:
    count = max(2, int(wide / 0.24))
    for i in range(count):
        own = random.Random(chance.random())
        here, there, sort = p.at(-wide / 2 + wide * (i + 0.5) / count, 0), own.random(), own.random()
        tone, icing = own.choice(_CAKES), own.choice(_CAKES)
        if there > 0.2 + 0.8 * full:
            continue
        plate(here)
        if sort < 0.4:
            here.add(
                lathe(((0, 0), (0.09, 0), (0.09, 0.06), (0, 0.06)), around=18), Surface(tone, 0.8, segment=9)
            )
            here.add(
                lathe(((0.092, 0.05), (0.09, 0.072), (0, 0.074)), around=18), Surface(icing, 0.6, segment=9)
            )
        elif sort < 0.75:
            for x, z in ((-0.05, -0.03), (0.05, -0.02), (0.0, 0.05)):
                here.add(sphere((x, 0.035, z), (0.045, 0.03, 0.035), 10), Surface(tone, 0.8, segment=9))
        else:
            here.add(box((0, 0.045, 0), (0.16, 0.07, 0.10), 0.02), Surface(tone, 0.85, segment=9))
            here.add(
                sphere((0, 0.085, 0), 0.014, 8), Surface(mixed(t.accent, (190, 40, 40), 0.6), 0.4, segment=9)
            )


def till(p: Place, t: Tones) -> None:
    """What money goes into: a register with keys, or a screen on a foot; its face is turned from the guests."""
    p.solid((-0.21, 0, -0.2), (0.21, 0.48, 0.2))
    if t.era in ("period", "midcentury"):
        shell = (
            Surface((126, 92, 50), 0.35, metal=0.6, segment=15) if t.era == "period" else t.painted(0.6, 15)
        )
        p.add(box((0, 0.06, 0), (0.40, 0.12, 0.40), 0.012), shell)
        p.add(box((0, 0.25, 0.05), (0.36, 0.28, 0.28), 0.05, 2), shell)
        p.add(box((0, 0.43, 0.08), (0.30, 0.09, 0.10), 0.012), shell)
        for row in range(3):
            for i in range(5):
                at = (-0.12 + 0.06 * i, 0.17 + 0.06 * row, -0.10 + 0.02 * row)
                p.add(sphere(at, (0.016, 0.012, 0.016), 6), CHINA)
        return
    dark = Surface((30, 32, 36), 0.35, segment=15)
    p.add(box((0, 0.02, 0), (0.22, 0.04, 0.24), 0.01), dark)
    p.add(box((0, 0.11, 0), (0.04, 0.18, 0.04), 0.01), dark)
    lean = rotation(X_AXIS, 24)
    p.add(turned_box((0, 0.26, 0), (0.36, 0.25, 0.02), lean, 0.006), dark)
    p.add(
        turned_box((0, 0.26, -0.004), (0.33, 0.22, 0.02), lean, 0.004),
        Surface(t.lamp, 0.4, Kind.GLOW, 0.5, segment=15),
    )


def menu_board(p: Place, t: Tones, chance: random.Random, wide: float = 1.5, middle: float = 2.05) -> None:
    """A board with dishes and prices on the wall behind the place: chalk on slate, or a lit display."""
    high = 0.86
    p.add(
        box((0, middle, 0.018), (wide, high, 0.036), 0.008),
        t.iron(0.9, 14) if t.era == "future" else t.wooden(0.7, 14),
    )
    if t.era == "future":
        p.add(
            quad((0, middle, 0.04), (wide / 2 - 0.04, 0, 0), (0, high / 2 - 0.04, 0)),
            Surface(t.lamp, 0.4, Kind.READOUT, 1.1, segment=14),
        )
        return
    p.add(
        plain_box((0, middle, 0.034), (wide - 0.09, high - 0.09, 0.012)),
        Surface((34, 40, 38), 0.9, segment=14),
    )
    chalk = Surface((196, 196, 186), 0.95, segment=14)
    p.add(
        plain_box((0, middle + high / 2 - 0.13, 0.041), (wide * 0.4, 0.05, 0.003)),
        Surface(t.accent, 0.9, segment=14),
    )
    for column in (-1, 1):
        for row in range(6):
            long, y = chance.uniform(0.20, 0.34) * wide, middle + high / 2 - 0.26 - row * 0.085
            left = column * wide * 0.25 - wide * 0.2
            p.add(plain_box((left + long * 0.4, y, 0.041), (long * 0.8, 0.022, 0.003)), chalk)
            p.add(plain_box((left + wide * 0.38, y, 0.041), (0.06, 0.022, 0.003)), chalk)


def cup_pile(p: Place, chance: random.Random, count: int) -> None:
    """Cups upside down in two rows and a pile of plates."""
    for i in range(count):
        cup(
            p.at(-0.05 * count / 2 + 0.1 * (i // 2), 0.06 - 0.12 * (i % 2)),
            chance.choice(((206, 202, 192), COVERS[0], (206, 202, 192))),
        )
    for i in range(5):
        plate(p.at(0.05 * count / 2 + 0.18, 0, y=0.012 * i))


def sugar(p: Place) -> None:
    """What stands on every table: a shaker and napkins."""
    p.add(lathe(((0, 0), (0.03, 0), (0.034, 0.10), (0.02, 0.13), (0, 0.135)), around=10), CHINA)
    p.add(plain_box((0.10, 0.05, 0), (0.09, 0.10, 0.05)), Surface((206, 202, 194), 0.9, segment=9))


def coat_stand(p: Place, t: Tones, chance: random.Random, coats: int) -> None:
    """A stand with pegs and some coats on it."""
    frame = t.iron(0.8, 20) if t.era in ("modern", "future") else t.wooden(0.8, 20)
    p.add(lathe(((0, 0), (0.24, 0), (0.22, 0.03), (0.03, 0.07), (0.022, 1.72), (0, 1.74)), around=16), frame)
    for i, (x, z) in enumerate(((0.12, 0), (-0.12, 0), (0, 0.12), (0, -0.12))):
        p.add(rod((0, 1.60, 0), (x * 1.3, 1.70, z * 1.3), 0.014, 6), frame)
        if i < coats:
            tone = mixed(chance.choice(COVERS), t.fabric, 0.4)
            shape = ((0.03, 1.66), (0.09, 1.56), (0.12, 1.2), (0.15, 0.72), (0.0, 0.70))
            p.add(lathe(shape, (x * 1.2, 0, z * 1.2), 12), Surface(tone, 0.95, segment=9))
    p.solid((-0.28, 0, -0.28), (0.28, 1.75, 0.28))
