"""Kitchen units: counters with sink and hob, wall cupboards, stove, fridge, hood. Backs are at z = 0."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tables import CHINA, COVERS, bottle, cup, fruit_bowl, plate
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.solids import box, lathe, plain_box, quad, sphere
from craft.previs.stage import Vec3

TOP_M, DEEP = 0.90, 0.60
_STEEL = Surface((172, 176, 178), 0.3, metal=0.3, segment=15)
_DARK = Surface((24, 25, 27), 0.3, segment=15)


def fronts(t: Tones, shade: float = 1.0) -> Surface:
    """Doors of units: wood in old kitchens, paint in the accent or in white later on."""
    if t.era == "period":
        return t.wooden(1.3 * shade, 11)
    base = {
        "midcentury": mixed(t.accent, (214, 216, 206), 0.45),
        "modern": mixed((186, 188, 184), t.fabric, 0.35),
    }
    tone = base.get(t.era, mixed((196, 202, 208), t.metal, 0.2))
    return Surface(shaded(mixed(tone, (120, 108, 88), 0.4 * t.wear), shade), 0.4 + 0.3 * t.wear, segment=11)


def worktop(t: Tones) -> Surface:
    """Stone in rich kitchens, wood in old ones, else laminate."""
    if t.era == "period" or (t.era == "modern" and t.wear > 0.2):
        return t.wooden(1.15, 12)
    return Surface((74, 76, 80) if t.era != "midcentury" else (196, 190, 172), 0.22, segment=12)


def _handle(p: Place, t: Tones, x: float, y: float, z: float, *, flat: bool) -> None:
    if t.era == "future":
        return
    if t.era in ("period", "midcentury"):
        p.add(sphere((x, y, z + 0.012), 0.017, 8), Surface((170, 142, 84), 0.3, metal=0.8, segment=11))
    else:
        p.add(plain_box((x, y, z + 0.012), (0.16, 0.012, 0.014) if flat else (0.012, 0.16, 0.014)), _STEEL)


def counter(p: Place, t: Tones, wide: float) -> None:
    """Floor units under a worktop, ``wide`` metres, centred on the place."""
    p.add(
        plain_box((0, 0.05, DEEP / 2 - 0.05), (wide, 0.10, DEEP - 0.10)),
        Surface((40, 38, 36), 0.8, segment=11),
    )
    p.add(plain_box((0, 0.48, DEEP / 2 - 0.01), (wide, 0.76, DEEP - 0.04)), fronts(t, 0.72))
    units = max(1, round(wide / 0.55))
    each = wide / units
    for i in range(units):
        x = -wide / 2 + each * (i + 0.5)
        drawers = i % 3 == 1
        for low, high in ((0.12, 0.36), (0.37, 0.61), (0.62, 0.85)) if drawers else ((0.12, 0.85),):
            p.add(
                box((x, (low + high) / 2, DEEP - 0.02), (each - 0.012, high - low - 0.01, 0.024), 0.006),
                fronts(t),
            )
            at = x if drawers else x + each * (0.34 if i % 2 else -0.34)
            _handle(p, t, at, high - 0.08 if drawers else high - 0.14, DEEP - 0.008, flat=drawers)
    p.add(box((0, TOP_M - 0.02, DEEP / 2 + 0.01), (wide + 0.02, 0.04, DEEP + 0.03), 0.008), worktop(t))
    if t.era == "future":
        p.add(plain_box((0, 0.856, DEEP - 0.004), (wide - 0.04, 0.010, 0.01)), t.lit(1.8, 11))
    p.solid((-wide / 2, 0, 0), (wide / 2, TOP_M, DEEP + 0.03))


def wall_units(p: Place, t: Tones, chance: random.Random, wide: float, full: float) -> None:
    """Cupboards at head height, or open shelves with crockery in period kitchens."""
    if t.era == "period":
        for y in (1.45, 1.80):
            p.add(box((0, y, 0.13), (wide, 0.03, 0.25), 0.008), t.wooden(0.8, 11))
            crockery(p.at(0, 0.13, y=y + 0.015), chance, wide - 0.1, full)
        for side in (-1, 1):
            p.add(plain_box((side * (wide / 2 - 0.03), 1.62, 0.08), (0.03, 0.42, 0.16)), t.wooden(0.7, 11))
    else:
        p.add(box((0, 1.80, 0.16), (wide, 0.72, 0.32), 0.008), fronts(t, 0.75))
        units = max(1, round(wide / 0.5))
        for i in range(units):
            x = -wide / 2 + wide / units * (i + 0.5)
            p.add(box((x, 1.80, 0.33), (wide / units - 0.012, 0.70, 0.022), 0.006), fronts(t))
            _handle(p, t, x + wide / units * (0.34 if i % 2 else -0.34), 1.55, 0.34, flat=False)
        p.add(plain_box((0, 1.435, 0.2), (wide - 0.2, 0.010, 0.03)), t.lit(2.4, 20))
    p.solid((-wide / 2, 1.40, 0), (wide / 2, 2.17, 0.35))


def crockery(p: Place, chance: random.Random, wide: float, full: float) -> None:
    """Cups, jars and piled plates in a row."""
    for i in range(int(wide / 0.15)):
        own = random.Random(chance.random())
        x, roll = -wide / 2 + 0.15 * (i + 0.5), own.random()
        here = p.at(x, own.uniform(-0.02, 0.02))
        if own.random() > 0.25 + 0.75 * full:
            continue
        if roll < 0.4:
            cup(here, own.choice(COVERS))
        elif roll < 0.6:
            for k in range(4):
                here.add(
                    lathe(((0, 0), (0.09, 0.005), (0.09, 0.012), (0, 0.012)), (0, 0.012 * k, 0), 16), CHINA
                )
        else:
            high = own.uniform(0.12, 0.22)
            jar = (
                (0, 0),
                (0.045, 0),
                (0.05, 0.02),
                (0.05, high * 0.8),
                (0.035, high * 0.85),
                (0.035, high),
                (0, high),
            )
            here.add(lathe(jar, around=12), Surface(own.choice(COVERS), 0.3, segment=9))


def sink(p: Place, t: Tones) -> None:
    """A basin let into the worktop, with a tap; of stone in the past."""
    rim = Surface((190, 186, 176), 0.35, segment=15) if t.era == "period" else _STEEL
    p.add(plain_box((0, TOP_M + 0.004, 0.31), (0.66, 0.012, 0.44)), rim)
    p.add(
        plain_box((0, TOP_M + 0.0045, 0.33), (0.56, 0.0135, 0.34)),
        Surface((66, 68, 70), 0.3, metal=0.4, segment=15),
    )
    brass = Surface((176, 144, 80), 0.25, metal=0.85, segment=15) if t.era == "period" else _STEEL
    p.add(rod((0, TOP_M, 0.07), (0, TOP_M + 0.28, 0.0701), 0.014, 8), brass)
    p.add(rod((0, TOP_M + 0.28, 0.06), (0, TOP_M + 0.24, 0.27), 0.012, 8), brass)
    for side in (-1, 1):
        p.add(sphere((side * 0.09, TOP_M + 0.04, 0.08), 0.026, 8), brass)


def stove(p: Place, t: Tones) -> Vec3:
    """Oven and hob, 0.7 m wide: a range with a fire, an enamelled cooker or a glass plate; where it glows."""
    p.solid((-0.36, 0, 0), (0.36, 0.93, 0.64))
    if t.era == "period":
        iron = Surface((38, 38, 40), 0.45, metal=0.5, segment=15)
        p.add(box((0, 0.48, 0.31), (0.72, 0.86, 0.60), 0.02), iron)
        p.add(plain_box((0, 0.915, 0.31), (0.76, 0.03, 0.64)), iron)
        p.add(
            plain_box((0.0, 0.40, 0.615), (0.34, 0.20, 0.006)),
            Surface((255, 130, 40), 1, Kind.GLOW, 2.6, segment=20),
        )
        for i in range(5):
            p.add(rod((-0.14 + 0.07 * i, 0.30, 0.625), (-0.14 + 0.07 * i, 0.50, 0.6251), 0.010, 6), iron)
        p.add(rod((0.2, 0.93, 0.14), (0.2, 2.6, 0.1401), 0.075, 12), iron)
        p.add(
            rod((-0.34, 0.80, 0.66), (0.34, 0.80, 0.6601), 0.012, 6),
            Surface((176, 144, 80), 0.3, metal=0.8, segment=15),
        )
        return p.point((0, 0.5, 0.9))
    body = Surface((206, 206, 198), 0.25, segment=15) if t.era == "midcentury" else _STEEL
    p.add(box((0, 0.46, 0.31), (0.70, 0.88, 0.60), 0.018), body)
    p.add(box((0, 0.42, 0.615), (0.58, 0.46, 0.02), 0.012), _DARK)
    p.add(rod((-0.26, 0.70, 0.65), (0.26, 0.70, 0.6501), 0.011, 7), _STEEL)
    p.add(plain_box((0, 0.905, 0.31), (0.70, 0.014, 0.58)), _DARK)
    for i in range(4):
        at = (-0.16 + 0.32 * (i % 2), 0.91, 0.18 + 0.27 * (i // 2))
        ring = (
            Surface((120, 40, 30), 0.5, Kind.GLOW, 0.7, segment=15)
            if i == 0
            else Surface((60, 60, 62), 0.5, segment=15)
        )
        p.add(lathe(((0.09, 0), (0.09, 0.004), (0, 0.004)), at, 18), ring)
        p.add(sphere((-0.24 + 0.16 * i, 0.80, 0.62), 0.02, 8), _DARK)
    return p.point((0, 1.0, 0.5))


def pot(p: Place, colour: tuple[int, int, int] = (150, 52, 40)) -> None:
    """A lidded pot, 0.2 m."""
    side = (
        (0, 0),
        (0.11, 0),
        (0.12, 0.02),
        (0.12, 0.14),
        (0.10, 0.16),
        (0.02, 0.18),
        (0.02, 0.20),
        (0, 0.20),
    )
    p.add(lathe(side, around=18), Surface(colour, 0.3, segment=9))
    for side_x in (-1, 1):
        p.add(box((side_x * 0.135, 0.11, 0), (0.05, 0.02, 0.07), 0.008), _DARK)


def hood(p: Place, t: Tones, ceiling: float) -> None:
    """An extractor over the stove."""
    low = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.05), (0.2, 0.28), (0.16, ceiling - 1.62), (0, ceiling - 1.62))
    points, normals, faces = lathe(low, around=4)
    p.add(
        (points * (0.95, 1, 0.62) + (0, 1.62, 0.28), normals, faces),
        _STEEL if t.era == "modern" else fronts(t, 0.9),
    )
    p.add(plain_box((0, 1.615, 0.28), (0.3, 0.01, 0.06)), t.lit(2.2, 20))
    p.solid((-0.36, 1.60, 0), (0.36, ceiling, 0.5))


def fridge(p: Place, t: Tones) -> None:
    """A fridge by era; a larder cupboard before there were any."""
    if t.era == "period":
        p.add(box((0, 0.98, 0.29), (0.85, 1.92, 0.56), 0.014), t.wooden(0.7, 11))
        for x in (-0.205, 0.205):
            for low, high in ((0.12, 0.95), (1.0, 1.86)):
                p.add(box((x, (low + high) / 2, 0.575), (0.38, high - low, 0.024), 0.008), t.wooden(0.95, 11))
                _handle(p, t, x * 0.25, (low + high) / 2, 0.59, flat=False)
        p.solid((-0.43, 0, 0), (0.43, 1.95, 0.6))
        return
    round_edge, tall = (0.11, 1.58) if t.era == "midcentury" else (0.02, 1.86)
    skin = (
        Surface(mixed(t.accent, (216, 212, 196), 0.35), 0.22, segment=15) if t.era == "midcentury" else _STEEL
    )
    p.add(box((0, tall / 2 + 0.03, 0.30), (0.72, tall, 0.60), round_edge, 2), skin)
    split = tall * 0.68
    for low, high in ((0.08, split - 0.008), (split + 0.008, tall)):
        p.add(box((0, (low + high) / 2, 0.615), (0.70, high - low, 0.07), min(round_edge, 0.034), 2), skin)
        p.add(
            rod((-0.28, (low + high) / 2 - 0.12, 0.675), (-0.28, (low + high) / 2 + 0.12, 0.6751), 0.014, 7),
            _DARK if t.era != "midcentury" else _STEEL,
        )
    if t.era == "future":
        p.add(
            quad((0.08, 1.45, 0.652), (0.16, 0, 0), (0, 0.11, 0)),
            Surface(t.lamp, 0.3, Kind.READOUT, 1.2, segment=8),
        )
    p.solid((-0.37, 0, 0), (0.37, tall + 0.04, 0.68))


def on_the_counter(p: Place, t: Tones, chance: random.Random, wide: float, clutter: float) -> None:
    """Bread, bottles, boards and dirty plates over a stretch of worktop."""
    for i in range(int(wide / 0.24)):
        own = random.Random(chance.random())
        roll, keep = own.random(), own.random()
        here = p.at(-wide / 2 + 0.24 * (i + 0.5), own.uniform(0.2, 0.38), own.uniform(-30, 30), TOP_M)
        if keep > 0.15 + 0.8 * clutter:
            continue
        if roll < 0.2:
            here.add(box((0, 0.012, 0), (0.22, 0.022, 0.32), 0.008), t.wooden(1.2, 9))
            here.add(sphere((0, 0.06, 0), (0.07, 0.05, 0.12), 12), Surface((176, 120, 66), 0.85, segment=9))
        elif roll < 0.4:
            bottle(here, own.choice(((36, 62, 40), (92, 46, 26), (170, 150, 60))))
        elif roll < 0.6:
            for k in range(1 + round(4 * clutter)):
                plate(here.at(own.uniform(-0.01, 0.01), 0, y=0.018 * k))
        elif roll < 0.75:
            pot(here, own.choice(((150, 52, 40), (70, 84, 96), (170, 130, 60))))
        elif roll < 0.85:
            fruit_bowl(here, own)
        else:
            cup(here, own.choice(COVERS))
