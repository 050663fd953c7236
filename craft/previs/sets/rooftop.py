"""A flat roof over a city: parapet, stair house, water tank or chimneys, vents, skylight, wires of lights, the skyline.

``era`` changes what stands on the roof and the city round it, ``wealth`` 60 and more makes a terrace of it (deck,
plants, lounge), less a bare roof with washing and junk, ``clutter`` adds. Colours: ``wall``, ``floor``, ``wood``,
``fabric``, ``accent``, ``lamp``.
"""

from __future__ import annotations

import math

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.buildings import wall_of
from craft.previs.sets.pieces.lamps import lantern, string_of_lights, wall_lamp
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import bush, tree
from craft.previs.sets.pieces.roofs import antenna, chimney, duct, lounge, pot, skylight, vent, water_tank
from craft.previs.sets.pieces.street_furniture import bench, carton, crate, dustbin, pallet, papers
from craft.previs.sets.pieces.tones import Tones, mixed, shaded, tones_for
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, plain_box, quad, turned_box
from craft.previs.spatial import X_AXIS, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

HALF, NORTH, SOUTH = 8.0, -6.0, 6.5
_PARAPET = 0.95


def _deck(b: Builder, t: Tones, dressing: Dressing) -> None:
    """Roofing felt in sheets, or boards where one lounges; the parapet with its coping."""
    tone = dressing.colour("floor", mixed((92, 89, 84), (76, 78, 83), 0.5 * t.wear))
    felt = Surface(tone, 0.85, Kind.CONCRETE, segment=1)
    mid, deep = (NORTH + SOUTH) / 2, SOUTH - NORTH
    b.add("ground", plain_box((0, -0.2, mid), (HALF * 2 + 0.6, 0.4, deep + 0.6)), felt)
    if dressing.wealth >= 0.6:
        b.add(
            "ground",
            plain_box((0, 0.01, 0.7), (9.0, 0.03, 7.0)),
            Surface(t.wood, 0.5, Kind.PLANKS, segment=1),
        )
    else:
        seam = Surface(shaded(tone, 0.7), 0.8, segment=1)
        for i in range(-4, 5):
            b.add("ground", plain_box((i * 1.8, 0.003, mid), (0.07, 0.006, deep)), seam)
    wall = wall_of(t, dressing.chance("parapet"), t.wall if "wall" in dict(dressing.options) else None)
    coping = Surface((136, 132, 126), 0.8, Kind.CONCRETE, segment=3)
    for group, x, z, w, d in _sides(mid, deep):
        b.add(group, plain_box((x, _PARAPET / 2 - 2, z), (w, _PARAPET + 4, d)), wall)
        b.add(group, box((x, _PARAPET, z), (w + 0.12, 0.09, d + 0.12), 0.02), coping)
        b.obstacles.append(
            Obstacle((x - w / 2, 0, z - d / 2), (x + w / 2, _PARAPET + 0.05, z + d / 2), group)
        )
        if t.era == "future":
            b.add(
                group,
                plain_box((x, _PARAPET + 0.055, z), (max(0.03, w - 0.3), 0.02, max(0.03, d - 0.3))),
                t.lit(1.6, 3),
            )


def _sides(mid: float, deep: float) -> tuple[tuple[str, float, float, float, float], ...]:
    return (
        ("rim_n", 0, NORTH - 0.15, HALF * 2 + 0.6, 0.3),
        ("rim_s", 0, SOUTH + 0.15, HALF * 2 + 0.6, 0.3),
        ("rim_w", -HALF - 0.15, mid, 0.3, deep),
        ("rim_e", HALF + 0.15, mid, 0.3, deep),
    )


def _stair_house(b: Builder, t: Tones, dressing: Dressing) -> Vec3:
    """The hut over the stairs in the north-west, its door and lamp towards the middle."""
    p = Place(b, "house", -5.2, -3.9, 0)
    wall = wall_of(t, dressing.chance("house"), t.wall if "wall" in dict(dressing.options) else None)
    p.add(plain_box((0, 1.3, 0), (3.2, 2.6, 2.6)), wall)
    p.add(box((0, 2.66, 0.08), (3.5, 0.16, 3.0), 0.02), Surface((96, 92, 88), 0.85, Kind.CONCRETE, segment=3))
    p.add(box((0.3, 1.06, 1.31), (1.16, 2.16, 0.10), 0.02), t.iron(0.7, 5))
    p.add(box((0.3, 1.04, 1.35), (0.94, 2.0, 0.06), 0.015), t.painted(0.6, 5))
    p.add(
        box((0.66, 1.02, 1.40), (0.05, 0.16, 0.05), 0.015),
        Surface((150, 146, 138), 0.3, metal=0.8, segment=5),
    )
    p.add(rod((-1.2, 0, 1.36), (-1.2, 2.6, 1.361), 0.05, 8), t.iron(0.9))
    p.solid((-1.6, 0, -1.3), (1.6, 2.75, 1.42))
    return wall_lamp(p.at(0.3, 1.32), t, 2.34)


def _roof_works(b: Builder, t: Tones, dressing: Dressing) -> None:
    """What the era puts on a roof: chimneys, a tank, machines."""
    chance = dressing.chance("works")
    if t.era == "period":
        for i, (x, z) in enumerate(((5.6, -4.4), (-1.2, -5.0), (6.6, 4.6), (-6.8, 4.9))):
            chimney(
                Place(b, "works", x, z),
                t,
                wall_of(t, dressing.chance(f"stack {i}")),
                1.7 + 0.5 * chance.random(),
            )
    else:
        water_tank(Place(b, "works", 5.4, -3.6, chance.uniform(0, 30)), t)
        for i, (x, z) in enumerate(((0.4, -4.8), (2.2, -5.0))):
            vent(Place(b, "works", x, z, 10 * i), t, 0.9 + 0.3 * i)
        duct(Place(b, "works", -6.7, 2.4, 90), t, 4.2)
    skylight(Place(b, "works", 6.2, 2.4, 90), t)
    antenna(Place(b, "works", -5.9, -4.6, 0, 2.74), t, chance)


def _terrace(b: Builder, t: Tones, dressing: Dressing) -> tuple[Mark, ...]:
    """A lounge with plants round it."""
    seats = lounge(Place(b, "lounge", -3.9, 3.2, 90), t)
    for i, (x, z) in enumerate(((-4.9, 5.6), (-1.6, 5.8), (1.6, 5.8), (4.6, 5.6), (4.8, -1.6), (-2.6, -2.4))):
        pot(Place(b, "lounge", x, z), t)
        leaf: RGB8 = (84, 118, 58) if i % 2 else (62, 100, 52)
        if i in (0, 4):
            tree(
                Place(b, "lounge", x, z, 0, 0.4),
                "beech",
                dressing.chance(f"pot {i}"),
                leaf=leaf,
                size=0.28,
                detail=0.5,
            )
        else:
            bush(Place(b, "lounge", x, z, 0, 0.42), dressing.chance(f"pot {i}"), leaf, 0.75, blooms=t.accent)
    return seats


def _junk(b: Builder, t: Tones, dressing: Dressing) -> tuple[Mark, ...]:
    """Washing on lines, a bench, crates: a roof that people use because they have no garden."""
    seats = bench(Place(b, "junk", -3.9, 4.9, 150), t)
    chance = dressing.chance("washing")
    for x in (2.6, 5.4):
        b.add("junk", rod((x, 0, 5.3), (x, 2.1, 5.301), 0.035, 8), t.iron())
        b.add("junk", rod((x, 2.05, 4.9), (x + 0.001, 2.05, 5.7), 0.025, 6), t.iron())
        b.obstacles.append(Obstacle((x - 0.06, 0, 5.0), (x + 0.06, 2.1, 5.6), "junk"))
    for z in (5.0, 5.6):
        b.add("junk", rod((2.6, 2.02, z), (5.4, 2.021, z), 0.008, 5), t.iron(0.7))
        for i in range(4):
            tone: RGB8 = chance.choice(
                ((214, 210, 200), (150, 62, 56), (72, 96, 128), (186, 168, 128), (208, 196, 210))
            )
            w, h = chance.uniform(0.4, 0.62), chance.uniform(0.55, 1.0)
            sheet = turned_box(
                (2.98 + i * 0.68, 2.0 - h / 2, z),
                (w, h, 0.02),
                rotation(X_AXIS, chance.uniform(-6, 6)),
                0.006,
            )
            b.add("junk", sheet, Surface(tone, 0.95, segment=8))
    return seats


def _clutter(b: Builder, t: Tones, dressing: Dressing) -> None:
    spots = ((-7.2, -1.4), (7.2, -0.6), (3.4, -4.9), (-7.3, 0.2), (7.1, 5.6), (-0.4, 5.9), (-2.6, -4.9))
    for i, (x, z) in enumerate(spots[: round(dressing.clutter * len(spots))]):
        p, chance = Place(b, "clutter", x, z, 0), dressing.chance(f"clutter {i}")
        if i % 3 == 0:
            crate(p, 0.55, t)
            carton(p.at(0.5, 0.2, 24), (0.42, 0.32, 0.36), t)
        elif i % 3 == 1:
            for k in range(3):
                pallet(p.at(0, 0, chance.uniform(-6, 6), 0.145 * k), t)
        else:
            dustbin(p, t)
            carton(p.at(0.55, 0, chance.uniform(-20, 20)), (0.5, 0.4, 0.4), t)
    papers(Place(b, "clutter", 0, 1), dressing.chance("papers"), round(16 * dressing.clutter), (6, 4))


def _city(b: Builder, t: Tones, dressing: Dressing) -> None:
    """Two rings of houses round the roof, some higher, their feet far below."""
    chance, share = dressing.chance("city"), 0.42 if t.night else 0.0
    tall = {"period": (1.0, 3.0), "midcentury": (4.0, 9.0), "future": (14.0, 26.0)}.get(t.era, (7.0, 16.0))
    for ring, (away, count) in enumerate(((27.0, 15), (44.0, 22))):
        for i in range(count):
            a = math.tau * (i + 0.5 * ring) / count
            out, wide = away + chance.uniform(-3, 3), chance.uniform(6.0, 9.5)
            top = chance.uniform(-3.5, tall[ring > 0]) * (1.0 if chance.random() < 0.6 else 0.35)
            tone = mixed(shaded(t.wall, chance.uniform(0.7, 1.1)), (120, 128, 142), 0.28 + 0.3 * ring)
            at = (math.sin(a) * out, top / 2 - 9, math.cos(a) * out)
            b.add(
                "ends",
                plain_box(at, (wide, top + 18, wide)),
                Surface(tone, 0.9, Kind.FACADE, share, segment=5),
            )
            _crest(b, t, (at[0], top, at[2]), chance.random(), wide)
    haze = Surface((60, 64, 74) if t.night else (122, 124, 126), 0.95, segment=5)
    b.add("ends", quad((0, -14.0, 0), (58, 0, 0), (0, 0, -58)), haze)


def _crest(b: Builder, t: Tones, at: Vec3, luck: float, wide: float) -> None:
    """What tops a far house: a gable, a mast with its light, a step back."""
    x, y, z = at
    if t.era == "period":
        roof = Surface((96, 66, 56) if luck < 0.5 else (74, 74, 80), 0.9, segment=5)
        for i in range(3):
            b.add("ends", plain_box((x, y + 0.4 + 0.8 * i, z), (wide, 0.8, wide * (0.8 - 0.26 * i))), roof)
    elif luck < 0.35:
        b.add("ends", plain_box((x, y + 2.2, z), (0.16, 4.4, 0.16)), t.iron(0.7, 5))
        red = Surface((255, 40, 30), 0.4, Kind.GLOW, 4.0 if t.night else 0.6, segment=5)
        b.add("ends", plain_box((x, y + 4.4, z), (0.3, 0.3, 0.3)), red)
    elif luck < 0.7:
        b.add(
            "ends",
            plain_box((x, y + 1.0, z), (wide * 0.55, 2.0, wide * 0.5)),
            Surface((112, 112, 114), 0.9, Kind.CONCRETE, segment=5),
        )


def _string(b: Builder, t: Tones) -> None:
    """Bulbs between the stair house and posts at the rim."""
    p = Place(b, "bulbs", 0, 0)
    for x, z in ((4.4, 4.4), (-4.4, 6.1), (4.4, -2.4)):
        p.add(rod((x, 0, z), (x, 2.9, z + 0.001), 0.03, 8), t.iron(0.8))
        b.obstacles.append(Obstacle((x - 0.05, 0, z - 0.05), (x + 0.05, 2.9, z + 0.05), "bulbs"))
    string_of_lights(p, t, (-3.7, 2.7, -2.5), (4.4, 2.85, 4.4), 0.35)
    string_of_lights(p, t, (-3.7, 2.7, -2.5), (-4.4, 2.85, 6.1), 0.4)
    string_of_lights(p, t, (4.4, 2.85, -2.4), (4.4, 2.85, 4.4), 0.3)


def _lights(t: Tones, door: Vec3, dressing: Dressing) -> tuple[SetLight, ...]:
    if not t.night:
        return ()
    warm, (r, g, c) = kelvin_to_rgb(2500), (((k / 255) ** 2.2) for k in t.lamp)
    lamp = (0.5 * r + 0.5 * warm[0], 0.5 * g + 0.5 * warm[1], 0.5 * c + 0.5 * warm[2])
    entry = SetLight(door, (door[0] + 1.4, 0.2, door[2] + 2.2), lamp, 4.4, 68, 0.4, 0.12)
    glass = SetLight((6.2, 0.5, 2.4), (6.2, 3, 2.4), warm, 2.2, 180, 0.9, 0.5)
    city = SetLight((3.0, -5.0, -20), (0, 1.4, 0), (1.0, 0.62, 0.36), 3.6, 30, 1.0, 0.004)
    if dressing.wealth >= 0.35:
        bulbs = SetLight((0.4, 2.9, 1.4), (0.2, 0, 1.2), lamp, 2.2, 180, 0.9, 0.22)
        return (entry, glass, city, bulbs)
    return (entry, glass, city)


_MARKS = (
    Mark(-0.56, 0.8, 40),
    Mark(0.56, 0.8, -40),
    Mark(0.0, -0.6, 0),
    Mark(-1.9, 1.5, 60),
    Mark(1.9, 1.7, -70),
    Mark(0.1, 2.7, 180),
    Mark(-1.7, -1.0, 40),
    Mark(2.0, -1.1, -40),
    Mark(3.4, 1.0, -80),
    Mark(1.4, 3.9, 200),
    Mark(-1.2, 4.1, 160),
    Mark(0.3, -3.4, 0),
    Mark(3.8, 2.5, -100),
    Mark(0.4, 5.3, 0),
)


def build_rooftop(dressing: Dressing) -> StageSet:
    """16 x 12.5 m within a parapet; its four sides are wild, the city is not."""
    b, t = Builder(), tones_for(dressing)
    _deck(b, t, dressing)
    door = _stair_house(b, t, dressing)
    _roof_works(b, t, dressing)
    seats = _terrace(b, t, dressing) if dressing.wealth >= 0.6 else _junk(b, t, dressing)
    if dressing.wealth >= 0.35:
        _string(b, t)
    if t.era == "period":
        lantern(Place(b, "clutter", -2.4, -2.1), t)
    _clutter(b, t, dressing)
    _city(b, t, dressing)
    walls = (
        Wall("rim_n", 2, NORTH, -1),
        Wall("rim_s", 2, SOUTH, 1),
        Wall("rim_w", 0, -HALF, -1),
        Wall("rim_e", 0, HALF, 1),
    )
    return StageSet(
        "rooftop",
        b.groups(),
        walls,
        tuple(b.obstacles),
        (*_MARKS, *seats),
        _lights(t, door, dressing),
        (-HALF + 0.15, 0.05, NORTH + 0.15),
        (HALF - 0.15, 9.0, SOUTH - 0.15),
        interior=False,
        mirror=((-HALF, 0, NORTH), (HALF, 6, SOUTH)),
    )
