"""A back alley 5.4 m wide between high walls: fire stairs, back doors, pipes, bins, a lit street at its far end.

The alley runs along z; its far end (north) opens on a street, its near end is a yard gate. ``era`` changes walls,
stairs, lamps and rubbish, ``wealth`` how worn it is and whether plants or a fire barrel stand in it,
``clutter`` how much of all that.
Colours: ``wall``, ``floor``, ``accent`` (doors, drums), ``lamp``.
"""

from __future__ import annotations

import random
from itertools import pairwise

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.buildings import FLOOR, Opening, wall_of, window
from craft.previs.sets.pieces.lamps import neon_word, wall_lamp
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import bush
from craft.previs.sets.pieces.street_furniture import (
    bags,
    barrel,
    bicycle,
    burning_barrel,
    carton,
    crate,
    dustbin,
    pallet,
    papers,
    planter,
    skip,
)
from craft.previs.sets.pieces.tones import Tones, shaded, tones_for
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, plain_box, quad, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Wall
from craft.terms.light import kelvin_to_rgb

HALF, NORTH, SOUTH, TALL = 2.7, -11.0, 7.6, 10.4
_SKIN = 0.24


def _ground(b: Builder, t: Tones, dressing: Dressing) -> None:
    kind = Kind.COBBLES if t.era in ("period", "midcentury") else Kind.ASPHALT
    tone: RGB8 = {"period": (84, 80, 76), "midcentury": (88, 86, 84)}.get(t.era, (62, 64, 70))
    ground = Surface(dressing.colour("floor", tone), 0.5, kind, segment=1)
    b.add("ground", quad((0, 0, -4.0), (15, 0, 0), (0, 0, -20)), ground)
    gutter = Surface((58, 58, 60), 0.4, Kind.CONCRETE, segment=2)
    b.add("ground", plain_box((0, 0.003, (NORTH + SOUTH) / 2), (0.34, 0.006, SOUTH - NORTH)), gutter)
    b.add(
        "ground",
        plain_box((0, 0.006, 1.9), (0.42, 0.008, 0.42)),
        Surface((40, 40, 42), 0.5, Kind.GRATING, metal=0.5, segment=2),
    )


def _side(b: Builder, side: int, t: Tones, dressing: Dressing) -> list[tuple[float, float]]:
    """One long wall in two houses with windows, a back door each; returns (z, height) of the doors' lamps."""
    group = "wall_w" if side < 0 else "wall_e"
    doors = []
    for i, (z0, z1) in enumerate(((NORTH, -2.2), (-2.2, SOUTH))):
        chance = dressing.chance(f"{group} {i}")
        wall = wall_of(
            t, chance, dressing.colour("wall", t.wall) if "wall" in dict(dressing.options) else None
        )
        place = Place(b, group, side * HALF, (z0 + z1) / 2, -90 * side)
        wide = z1 - z0
        _long_wall(place, wide, wall, t, dressing, f"{group} {i}")
        at = (-0.30 if i else 0.24) * wide * side
        _back_door(place.at(at, 0), t, dressing.chance(f"{group} {i} door"))
        doors.append((place.point((at, 0, 0))[2], 2.62))
    return doors


def _long_wall(p: Place, wide: float, wall: Surface, t: Tones, dressing: Dressing, name: str) -> None:
    """Front of one house: a solid body, a skin with window holes on three floors, a string course."""
    p.add(
        plain_box((0, TALL / 2, -1.3), (wide, TALL, 2.0)), Surface(shaded(wall.colour, 0.6), 0.9, segment=3)
    )
    p.add(plain_box((0, 1.45, -_SKIN / 2), (wide, 2.9, _SKIN)), wall)
    columns = max(2, int(wide / 2.2))
    for floor in range(3):
        y, at = 2.9 + floor * (FLOOR - 0.25), -wide / 2
        for i in range(columns):
            mid = -wide / 2 + wide * (i + 0.5) / columns
            hole = Opening(mid - 0.45, mid + 0.45, 0.55, 1.85)
            chance = dressing.chance(f"{name} window {floor} {i}")
            p.add(plain_box(((at + hole.left) / 2, y + 1.25, -_SKIN / 2), (hole.left - at, 2.5, _SKIN)), wall)
            p.add(plain_box((mid, y + 0.275, -_SKIN / 2), (0.9, 0.55, _SKIN)), wall)
            p.add(plain_box((mid, y + 2.175, -_SKIN / 2), (0.9, 0.65, _SKIN)), wall)
            window(p, hole, y, t, chance)
            at = hole.right
        p.add(plain_box(((at + wide / 2) / 2, y + 1.25, -_SKIN / 2), (wide / 2 - at, 2.5, _SKIN)), wall)
    p.add(plain_box((0, 2.92, 0.02), (wide, 0.14, 0.10)), Surface(shaded(wall.colour, 0.75), 0.9, segment=3))
    p.add(
        plain_box((0, TALL - 0.05, 0.0), (wide, 0.3, 0.5)), Surface(shaded(wall.colour, 0.6), 0.9, segment=3)
    )


def _back_door(p: Place, t: Tones, chance: random.Random) -> None:
    """A steel or boarded door with its frame and one step."""
    p.add(box((0, 1.08, 0.03), (1.18, 2.20, 0.10), 0.02), t.iron(0.7, 5))
    tone = chance.choice((shaded(t.accent, 0.5), (52, 66, 62), (74, 70, 64), (48, 58, 78)))
    leaf = Surface(tone, 0.4 + 0.4 * t.wear, segment=5)
    p.add(box((0, 1.06, 0.08), (0.96, 2.06, 0.05), 0.015), leaf)
    p.add(
        box((0.36, 1.02, 0.13), (0.05, 0.18, 0.05), 0.015),
        Surface((150, 146, 138), 0.3, metal=0.8, segment=5),
    )
    if t.era == "future":
        p.add(plain_box((0, 1.62, 0.11), (0.5, 0.06, 0.01)), t.lit(2.0, 5))
    else:
        for y in (0.5, 1.6):
            p.add(plain_box((0, y, 0.108), (0.9, 0.06, 0.012)), Surface(shaded(tone, 0.7), 0.6, segment=5))
    p.add(
        box((0, 0.07, 0.25), (1.3, 0.14, 0.5), 0.02), Surface((110, 108, 104), 0.8, Kind.CONCRETE, segment=2)
    )
    p.solid((-0.65, 0, 0), (0.65, 0.14, 0.5))


def _fire_stairs(p: Place, t: Tones) -> None:
    """Iron balconies with stairs between them on the wall behind the place; the lowest is at 3.6 m."""
    iron, tread = t.iron(0.75), Surface(t.metal, 0.6, Kind.GRATING, metal=0.4, segment=7)
    for floor in range(2):
        y = 3.6 + floor * 2.5
        p.add(plain_box((0, y, 0.5), (3.4, 0.05, 1.0)), tread)
        for dy in (0.5, 0.95):
            p.add(rod((-1.7, y + dy, 0.98), (1.7, y + dy, 0.981), 0.018, 6), iron)
            for x in (-1.7, 1.7):
                p.add(rod((x, y + dy, 0.02), (x + 0.001, y + dy, 0.98), 0.018, 6), iron)
        for i in range(8):
            p.add(plain_box((-1.7 + i * 3.4 / 7, y + 0.48, 0.98), (0.022, 0.96, 0.022)), iron)
        for x in (-1.5, 1.5):
            p.add(rod((x, y - 0.7, 0.02), (x + 0.001, y, 0.9), 0.025, 6), iron)
        p.solid((-1.75, y - 0.1, 0), (1.75, y + 1.0, 1.05))
    for i in range(9):
        p.add(plain_box((-0.9 + i * 0.24, 3.72 + i * 0.265, 0.46), (0.26, 0.03, 0.55)), tread)
    for z in (0.2, 0.74):
        p.add(turned_box((0.06, 4.82, z), (3.0, 0.14, 0.03), rotation(Z_AXIS, 48), 0.008), iron)
    for x in (-1.28, -0.92):
        p.add(rod((x, 1.9, 0.80), (x + 0.001, 3.6, 0.801), 0.02, 6), iron)
    for i in range(6):
        p.add(rod((-1.28, 2.0 + i * 0.28, 0.80), (-0.92, 2.001 + i * 0.28, 0.80), 0.014, 5), iron)


def _pipes(b: Builder, t: Tones, dressing: Dressing) -> None:
    chance = dressing.chance("pipes")
    for side in (-1, 1):
        group, x = ("wall_w" if side < 0 else "wall_e"), side * (HALF - 0.09)
        for _ in range(3):
            z = chance.uniform(NORTH + 1, SOUTH - 1)
            b.add(
                group,
                rod((x, 0.1, z), (x + 0.001, TALL - 0.2, z), 0.055, 8),
                t.iron(chance.uniform(0.7, 1.3), 3),
            )
            for y in (1.4, 3.4, 6.4):
                b.add(group, box((x, y, z), (0.16, 0.06, 0.16), 0.02), t.iron(0.6, 3))
        y = 2.55 + 0.16 * side
        b.add(group, rod((x, y, NORTH + 0.3), (x + 0.001, y, SOUTH - 0.4), 0.035, 8), t.iron(0.9, 3))
    if t.era == "period":
        return
    glow = 2.0 if t.era == "future" else 0.0
    for i in range(3):
        z, sag = -8.0 + i * 4.7, chance.uniform(0.4, 0.8)
        points = [
            (-HALF + HALF * 2 * k / 8, 5.9 + 0.4 * i - sag * 4 * (k / 8) * (1 - k / 8), z + 0.3 * k / 8)
            for k in range(9)
        ]
        for a, c in pairwise(points):
            wire = Surface((28, 28, 30) if not glow else t.lamp, 0.7, Kind.PLAIN, glow, segment=7)
            b.add("wires", rod(a, c, 0.012, 5), wire)


def _laundry(b: Builder, t: Tones, dressing: Dressing) -> None:
    """Washing on lines across the alley: where people are poor and there are no driers."""
    if t.era == "future" or dressing.wealth > 0.6:
        return
    chance = dressing.chance("laundry")
    for z, y in ((-4.6, 5.0), (-7.4, 6.6)):
        b.add("wires", rod((-HALF, y, z), (HALF, y + 0.001, z), 0.009, 5), t.iron(0.7))
        for i in range(5):
            tone: RGB8 = chance.choice(
                ((214, 210, 200), (150, 62, 56), (72, 96, 128), (186, 168, 128), (96, 112, 92))
            )
            w, h = chance.uniform(0.45, 0.8), chance.uniform(0.5, 0.95)
            cloth = turned_box(
                (-1.9 + i * 0.95, y - h / 2, z), (w, h, 0.02), rotation(X_AXIS, chance.uniform(-7, 7)), 0.006
            )
            b.add("wires", cloth, Surface(tone, 0.95, segment=8))


def _floor_things(b: Builder, t: Tones, dressing: Dressing) -> tuple[Mark, ...]:
    """Along both walls, out of the middle: a container, then as much as the clutter asks for."""
    skip(Place(b, "things", -2.05, -3.4, 90), t)
    crate(Place(b, "things", 2.28, 3.3, 6), 0.52, t)
    spots = (
        (2.25, -1.3, -90),
        (-2.28, 3.6, 90),
        (2.3, -5.4, -90),
        (-2.25, -6.0, 90),
        (2.22, 5.6, -90),
        (-2.2, 5.9, 90),
        (2.25, -8.2, -90),
        (-2.25, -9.0, 90),
    )
    for i, (x, z, yaw) in enumerate(spots[: 1 + round(dressing.clutter * 7)]):
        _clutter(Place(b, "things", x, z, yaw), t, dressing, i)
    if dressing.wealth > 0.65:
        for i, (x, z) in enumerate(((-2.3, 1.8), (2.3, 1.5), (-2.3, -0.9))):
            planter(Place(b, "things", x, z, 90), t)
            bush(Place(b, "things", x, z, 0, 0.45), dressing.chance(f"bush {i}"), (70, 104, 50), 0.6)
    elif dressing.wealth < 0.25:
        burning_barrel(Place(b, "things", 1.75, -2.6), t)
    papers(Place(b, "things", 0, -1.0), dressing.chance("papers"), round(34 * dressing.clutter), (2.2, 7.0))
    return (Mark(2.2, 3.3, -90, 0.52), Mark(-2.1, 1.2, 90, 0.14))


def _clutter(p: Place, t: Tones, dressing: Dressing, number: int) -> None:
    chance = dressing.chance(f"clutter {number}")
    sort = ("bins", "bags", "cartons", "barrels", "pallets", "bicycle")[
        (number + 3 * chance.randrange(2)) % 6
    ]
    if sort == "bins" or (sort == "bags" and t.era == "period"):
        for k in range(3 if dressing.clutter > 0.5 else 2):
            dustbin(p.at(-0.62 + 0.6 * k, 0.02 * k, chance.uniform(-9, 9)), t)
    elif sort == "bags":
        bags(p, chance, 6)
        carton(p.at(0.62, 0.1, 20), (0.4, 0.3, 0.36), t)
    elif sort == "cartons":
        for k in range(4):
            size = (chance.uniform(0.36, 0.56), chance.uniform(0.28, 0.44), chance.uniform(0.34, 0.44))
            carton(p.at(-0.5 + 0.5 * (k % 3), 0.02, chance.uniform(-16, 16), 0.4 * (k // 3)), size, t)
    elif sort == "barrels":
        barrel(p.at(-0.34, 0), t)
        barrel(p.at(0.34, 0.06), t, shaded(t.accent, 0.6))
    elif sort == "pallets":
        for k in range(4):
            pallet(p.at(0.02 * k, 0.1, 2.0 * k, 0.145 * k), t)
    else:
        bicycle(p.at(0, -0.2), t)


def _ends(b: Builder, t: Tones, dressing: Dressing) -> None:
    """The street at the far end, and a gate with yards behind at the near one."""
    chance, share = dressing.chance("ends"), 0.5 if t.night else 0.0
    tall = {"period": 0.8, "future": 2.2}.get(t.era, 1.1)
    for i in range(5):
        high = chance.uniform(9.0, 13.0) * tall
        tone = shaded(t.wall, chance.uniform(0.75, 1.05))
        b.add(
            "ends",
            plain_box((-9 + i * 4.5, high / 2, -21 - 0.8 * (i % 2)), (4.4, high, 3)),
            Surface(tone, 0.9, Kind.FACADE, share, segment=5),
        )
    tone = (255, 204, 140) if t.night else (86, 92, 98)
    shop = Surface(tone, 0.3, Kind.GLOW, 0.6 if t.night else 0.0, segment=5)
    for x in (-3.2, 0.4, 3.6):
        b.add("ends", plain_box((x, 1.5, -19.0), (2.6, 2.0, 0.1)), shop)
    p = Place(b, "wall_s", 0, SOUTH + 0.1, 180)
    board = t.wooden(0.7, 3) if t.era != "future" else t.iron(0.7, 3)
    for i in range(18):
        p.add(plain_box((-HALF + 0.15 + i * 0.3, 1.2, 0), (0.28, 2.4, 0.05)), board)
    for y in (0.5, 1.9):
        p.add(plain_box((0, y, -0.05), (HALF * 2, 0.12, 0.06)), t.iron(0.8, 3))
    for i in range(4):
        high = chance.uniform(7.0, 11.0)
        tone = shaded(t.wall, chance.uniform(0.7, 1.0))
        b.add(
            "ends_s",
            plain_box((-7.5 + i * 5, high / 2, SOUTH + 9), (4.9, high, 3)),
            Surface(tone, 0.9, Kind.FACADE, share, segment=5),
        )


def _sign(b: Builder, t: Tones) -> tuple[float, float, float]:
    """A lit sign that hangs out from the east wall; its colour falls on the ground."""
    tube: RGB8 = {"midcentury": (255, 78, 60), "future": (70, 240, 255), "period": (255, 190, 100)}.get(
        t.era, (255, 64, 140)
    )
    glow = 3.0 if t.night else 0.4
    p = Place(b, "wall_e", HALF - 0.55, -6.2, 0, 3.4)
    p.add(box((0, 0, 0), (0.62, 1.9, 0.12), 0.02), Surface((22, 20, 26), 0.5, segment=6))
    for i, letter in enumerate("CLUB" if t.era == "future" else "INN" if t.era == "period" else "BAR"):
        neon_word(
            p.at(0, 0, 0, 0.52 - i * 0.46), letter, tube, glow if t.era != "period" else glow * 0.3, 0.36
        )
    p.solid((-0.32, -1.0, -0.1), (0.32, 1.0, 0.12))
    return ((tube[0] / 255) ** 2, (tube[1] / 255) ** 2, (tube[2] / 255) ** 2)


def _lights(
    t: Tones, heads: list[tuple[float, float, float]], tube: tuple[float, float, float], dressing: Dressing
) -> tuple[SetLight, ...]:
    if not t.night:
        return ()
    lamp = tuple(0.5 * (c / 255) ** 2.2 + 0.5 * k for c, k in zip(t.lamp, kelvin_to_rgb(2600), strict=True))
    colour = (lamp[0], lamp[1], lamp[2])
    near = sorted(heads, key=lambda h: abs(h[2] - 0.5))[:2]
    lamps = tuple(SetLight(h, (h[0] * 0.35, 0, h[2]), colour, 3.6, 66, 0.4, 0.16) for h in near)
    street = SetLight(
        (0, 5.0, -16.0), (0, 0.6, -5.0), kelvin_to_rgb(3000), 7.5, 38, 0.8, 0.03, True, True, 0.5
    )
    sign = SetLight((HALF - 0.7, 3.2, -5.9), (0.2, 0.4, -3.0), tube, 4.6, 75, 0.8, 0.24)
    fire = SetLight((1.75, 1.4, -2.6), (0.4, 0.9, 0.2), (1.0, 0.42, 0.10), 3.0, 180, 0.9, 0.4)
    return (street, *lamps, sign, *((fire,) if dressing.wealth < 0.25 else ()))


_MARKS = (
    Mark(-0.56, 0.6, 50),
    Mark(0.56, 0.6, -50),
    Mark(0.0, -0.9, 0),
    Mark(-1.45, 1.6, 60),
    Mark(1.4, 2.0, -70),
    Mark(0.2, 2.6, 180),
    Mark(-1.2, -1.7, 30),
    Mark(1.1, -0.8, -40),
    Mark(0.1, -3.4, 0),
    Mark(-0.9, 3.7, 170),
    Mark(0.8, 4.3, 190),
    Mark(0.5, -6.2, 10),
    Mark(-0.5, -8.6, 0),
    Mark(0.0, 5.7, 180),
)


def build_alley(dressing: Dressing) -> StageSet:
    """5.4 x 18.6 m between walls 10.4 m high; both long walls, the gate and the far street are wild."""
    b, t = Builder(), tones_for(dressing)
    _ground(b, t, dressing)
    heads = []
    for side in (-1, 1):
        for z, high in _side(b, side, t, dressing):
            group = "wall_w" if side < 0 else "wall_e"
            heads.append(wall_lamp(Place(b, group, side * (HALF - 0.02), z, -90 * side), t, high))
    _fire_stairs(Place(b, "wall_w", -HALF, 1.6, 90), t)
    _fire_stairs(Place(b, "wall_e", HALF, -6.4 + 2.6, -90), t)
    _pipes(b, t, dressing)
    _laundry(b, t, dressing)
    seats = _floor_things(b, t, dressing)
    _ends(b, t, dressing)
    tube = _sign(b, t)
    for side in (-1, 1):
        x0, x1 = sorted((side * HALF, side * (HALF + 2)))
        b.obstacles.append(Obstacle((x0, 0, NORTH), (x1, TALL, SOUTH), "wall_w" if side < 0 else "wall_e"))
    walls = (
        Wall("wall_w", 0, -HALF, -1),
        Wall("wall_e", 0, HALF, 1),
        Wall("wall_s", 2, SOUTH, 1),
        Wall("ends", 2, -17, -1),
    )
    return StageSet(
        "alley",
        b.groups(),
        walls,
        tuple(b.obstacles),
        (*_MARKS, *seats),
        _lights(t, heads, tube, dressing),
        (-HALF + 0.2, 0.05, NORTH),
        (HALF - 0.2, 9.0, SOUTH - 0.15),
        interior=False,
        wet=not dressing.day,
        mirror=((-HALF, 0, -19), (HALF, 9, SOUTH)),
    )
