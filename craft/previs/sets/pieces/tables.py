"""Tables, and the small things that stand on them: put those at ``Place.at(…, y=height of the top)``."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, rotation

DINING_M = 0.75
COVERS: tuple[RGB8, ...] = (
    (120, 44, 38),
    (44, 66, 92),
    (150, 116, 62),
    (52, 82, 66),
    (88, 60, 84),
    (170, 156, 128),
    (60, 60, 66),
)
CHINA = Surface((206, 202, 192), 0.25, segment=9)
_GLASS = Surface((150, 172, 170), 0.08, metal=0.25, segment=9)


def _keep_out(p: Place, x: float, z: float, high: float) -> None:
    """A low table is solid; under one to sit at there is room for knees."""
    if high < 0.6:
        p.solid((-x, 0, -z), (x, high, z))
    else:
        p.solid((-x, high - 0.15, -z), (x, high, z))
        p.solid((-x * 0.4, 0, -z * 0.4), (x * 0.4, high, z * 0.4))


def table(p: Place, t: Tones, wide: float, deep: float, high: float = DINING_M) -> None:
    """A table on four legs; from 0.6 m on one can sit at it."""
    top = t.iron(1.25, 7) if t.era == "future" else t.wooden(1.0, 7)
    thick = 0.045 if t.era == "period" else 0.032
    p.add(box((0, high - thick / 2, 0), (wide, thick, deep), 0.012), top)
    x, z = wide / 2 - 0.08, deep / 2 - 0.08
    if t.era == "future":
        p.add(box((0, high / 2, 0), (wide * 0.4, high - 0.04, 0.10), 0.04), t.iron(0.9, 7))
        p.add(box((0, 0.015, 0), (wide * 0.6, 0.03, deep * 0.6), 0.012), t.iron(0.8, 7))
        p.add(plain_box((0, high - thick - 0.012, 0), (wide * 0.9, 0.012, 0.03)), t.lit(1.8, 7))
    else:
        apron = min(0.09, high * 0.18)
        for s in (-1, 1):
            p.add(
                plain_box((0, high - thick - apron / 2, s * (z - 0.01)), (2 * x, apron, 0.022)),
                t.wooden(0.85, 7),
            )
            p.add(
                plain_box((s * (x - 0.01), high - thick - apron / 2, 0), (0.022, apron, 2 * z)),
                t.wooden(0.85, 7),
            )
        for sx in (-1, 1):
            for sz in (-1, 1):
                _leg(p, t, sx * x, sz * z, high - thick, sx, sz)
    _keep_out(p, wide / 2, deep / 2, high)


def _leg(p: Place, t: Tones, x: float, z: float, high: float, sx: int, sz: int) -> None:
    wood = t.wooden(0.9, 7)
    if t.era == "period":
        turned = (
            (0, 0),
            (0.022, 0),
            (0.03, high * 0.1),
            (0.02, high * 0.2),
            (0.036, high * 0.6),
            (0.022, high * 0.75),
            (0.036, high * 0.8),
            (0.036, high),
            (0, high),
        )
        p.add(lathe(turned, (x, 0, z), 10), wood)
    elif t.era == "midcentury":
        p.add(rod((x + sx * 0.04, 0, z + sz * 0.04), (x, high, z), 0.022, 8), wood)
    else:
        p.add(box((x, high / 2, z), (0.055, high, 0.055), 0.008), wood)


def round_table(p: Place, t: Tones, radius: float, high: float = DINING_M) -> None:
    """A round table on one foot."""
    top = (
        (0, -0.035),
        (radius - 0.02, -0.035),
        (radius, -0.02),
        (radius, -0.008),
        (radius - 0.01, 0),
        (0, 0),
    )
    p.add(lathe(top, (0, high, 0), 28), t.iron(1.2, 7) if t.era == "future" else t.wooden(1.0, 7))
    foot = radius * 0.62
    stem = (
        (0, 0),
        (foot, 0),
        (foot * 0.9, 0.025),
        (0.05, 0.06),
        (0.035, high * 0.5),
        (0.05, high - 0.05),
        (0.10, high - 0.03),
        (0, high - 0.03),
    )
    p.add(lathe(stem, around=18), t.wooden(0.75, 7) if t.era == "period" else t.iron(0.8, 7))
    _keep_out(p, radius, radius, high)


def cup(p: Place, colour: RGB8 = (150, 60, 44)) -> None:
    """A cup, 0.09 m."""
    side = ((0, 0), (0.036, 0), (0.042, 0.09), (0.038, 0.09), (0.034, 0.012), (0, 0.012))
    p.add(lathe(side, around=12), Surface(colour, 0.25, segment=9))


def glass(p: Place, drink: RGB8 | None = None) -> None:
    """A tumbler with or without a drink in it."""
    p.add(
        lathe(((0, 0), (0.032, 0), (0.038, 0.11), (0.035, 0.11), (0.03, 0.01), (0, 0.01)), around=12), _GLASS
    )
    if drink:
        p.add(
            lathe(((0, 0.01), (0.033, 0.012), (0.035, 0.06), (0, 0.06)), around=12),
            Surface(drink, 0.15, segment=9),
        )


def bottle(p: Place, colour: RGB8 = (36, 62, 40), high: float = 0.30) -> None:
    """A bottle with a label."""
    side = ((0, 0), (0.037, 0), (0.037, high * 0.58), (0.014, high * 0.74), (0.014, high), (0, high))
    p.add(lathe(side, around=12), Surface(colour, 0.14, metal=0.15, segment=9))
    p.add(
        lathe(((0.0382, high * 0.2), (0.0382, high * 0.45)), around=12),
        Surface((206, 194, 160), 0.8, segment=9),
    )


def plate(p: Place) -> None:
    """A dinner plate."""
    p.add(
        lathe(((0, 0), (0.07, 0), (0.125, 0.018), (0.125, 0.022), (0.07, 0.008), (0, 0.008)), around=20),
        CHINA,
    )


def fruit_bowl(p: Place, chance: random.Random) -> None:
    """A bowl of fruit."""
    p.add(
        lathe(((0, 0), (0.06, 0), (0.14, 0.07), (0.135, 0.075), (0.05, 0.015), (0, 0.015)), around=20), CHINA
    )
    for i in range(6):
        x, z = chance.uniform(-0.07, 0.07), chance.uniform(-0.07, 0.07)
        tone = chance.choice(((178, 52, 40), (206, 140, 44), (112, 140, 54)))
        p.add(sphere((x, 0.065 + 0.012 * (i % 3), z), 0.037, 10), Surface(tone, 0.4, segment=9))


def vase(p: Place, t: Tones, chance: random.Random, flowers: bool = True) -> None:
    """A vase of flowers, about 0.5 m with them."""
    side = ((0, 0), (0.05, 0), (0.075, 0.08), (0.05, 0.19), (0.03, 0.22), (0.04, 0.25), (0, 0.25))
    p.add(lathe(side, around=16), Surface(mixed(t.accent, (210, 206, 198), 0.35), 0.22, segment=9))
    for _ in range(9 if flowers else 0):
        top = (chance.uniform(-0.13, 0.13), chance.uniform(0.36, 0.50), chance.uniform(-0.13, 0.13))
        p.add(rod((0, 0.2, 0), top, 0.004, 4), Surface((58, 92, 48), 0.7, segment=13))
        tone = mixed(t.accent, chance.choice(((226, 206, 196), (220, 160, 80), (190, 90, 120))), 0.6)
        p.add(sphere(top, (0.034, 0.026, 0.034), 8), Surface(tone, 0.8, segment=13))


def book_pile(p: Place, chance: random.Random, count: int) -> None:
    """Books lying on one another."""
    y = 0.0
    for _ in range(count):
        thick = chance.uniform(0.018, 0.04)
        size, turn = (
            (chance.uniform(0.15, 0.2), thick, chance.uniform(0.21, 0.27)),
            rotation(Y_AXIS, chance.uniform(-25, 25)),
        )
        p.add(
            turned_box((0, y + thick / 2, 0), size, turn, 0.004),
            Surface(chance.choice(COVERS), 0.6, segment=12),
        )
        y += thick


def papers(p: Place, chance: random.Random, count: int) -> None:
    """Sheets lying about one another."""
    for i in range(count):
        at = (chance.uniform(-0.08, 0.08), 0.003 + 0.003 * i, chance.uniform(-0.06, 0.06))
        page = moved(
            plain_box((0, 0, 0), (0.21, 0.003, 0.297)), rotation(Y_AXIS, chance.uniform(-40, 40)), at
        )
        p.add(page, Surface((204, 198, 182), 0.85, segment=9))


def gadget(p: Place, t: Tones) -> None:
    """What one works or plays with: a ledger, a telephone, a laptop, a lit slate."""
    if t.era == "period":
        p.add(box((0, 0.02, 0), (0.24, 0.04, 0.32), 0.01), Surface((84, 40, 34), 0.6, segment=12))
        p.add(plain_box((0, 0.041, 0), (0.20, 0.002, 0.28)), Surface((206, 196, 168), 0.8, segment=12))
    elif t.era == "midcentury":
        dark = Surface((30, 30, 32), 0.25, segment=8)
        p.add(box((0, 0.05, 0), (0.20, 0.10, 0.18), 0.04, 2), dark)
        p.add(rod((-0.12, 0.135, -0.03), (0.12, 0.1351, -0.03), 0.022, 10), dark)
        dial = moved(
            lathe(((0, 0), (0.05, 0), (0.045, 0.012), (0, 0.012)), around=16),
            rotation(X_AXIS, 40),
            (0, 0.075, 0.07),
        )
        p.add(dial, CHINA)
    else:
        steel = Surface((120, 124, 130), 0.3, metal=0.6, segment=8)
        p.add(box((0, 0.008, 0), (0.33, 0.016, 0.23), 0.006), steel)
        lid = rotation(X_AXIS, -18)
        p.add(turned_box((0, 0.115, -0.145), (0.33, 0.21, 0.009), lid, 0.004), steel)
        face = moved(quad((0, 0, 0.0055), (0.155, 0, 0), (0, 0.095, 0)), lid, (0, 0.115, -0.145))
        p.add(
            face,
            Surface((120, 170, 220), 0.3, Kind.SCREEN if t.era == "modern" else Kind.READOUT, 0.8, segment=8),
        )


def litter(p: Place, t: Tones, chance: random.Random, wide: float, deep: float, clutter: float) -> None:
    """Small things over a table top of this size, the more the higher ``clutter``."""
    spots = [(x, z) for x in (-0.38, -0.13, 0.13, 0.38) for z in (-0.26, 0.26)]
    chance.shuffle(spots)
    for i, (x, z) in enumerate(spots):
        own = random.Random(chance.random())
        roll, turn = own.random(), own.uniform(-40, 40)
        here = p.at(x * wide, z * deep, turn)
        if i >= round(clutter * len(spots)):
            continue
        if roll < 0.3:
            cup(here, own.choice(COVERS))
        elif roll < 0.55:
            book_pile(here, own, 1 + round(clutter * 3))
        elif roll < 0.75:
            papers(here, own, 2 + round(clutter * 4))
        elif roll < 0.9:
            glass(here, (150, 90, 40))
        else:
            bottle(here)
