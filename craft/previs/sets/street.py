"""A city street between two rows of houses: wet ground, pavements, lamps, shops one can look into, a sign, what stands
at the kerb.

``era`` changes houses, lamps, ground and vehicle, ``wealth`` their upkeep, awnings and trees, ``clutter`` what
stands and lies about. Colours: ``wall`` houses, ``accent`` doors, boards and the vehicle, ``fabric`` awnings,
``lamp`` lamps.
"""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.buildings import house, wall_of
from craft.previs.sets.pieces.lamps import neon_word, street_lamp
from craft.previs.sets.pieces.parked import vehicle
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import street_tree
from craft.previs.sets.pieces.shops import GOODS
from craft.previs.sets.pieces.street_furniture import (
    bags,
    bench,
    bicycle,
    bollard,
    carton,
    crate,
    dustbin,
    hydrant,
    papers,
    post_box,
)
from craft.previs.sets.pieces.tones import Tones, shaded, tones_for
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, plain_box, quad
from craft.previs.stage import Builder, Mark, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

NORTH, SOUTH, WEST, EAST = -4.0, 7.5, -11.0, 11.0
_LAMPS = ((-3.0, -2.62), (4.9, -2.62), (-5.6, 6.15), (2.6, 6.15))
_NEON: dict[str, tuple[RGB8, RGB8]] = {
    "midcentury": ((255, 74, 60), (255, 206, 110)),
    "modern": ((255, 60, 130), (70, 220, 255)),
    "future": ((60, 240, 255), (220, 90, 255)),
}


def _ground(b: Builder, t: Tones, dressing: Dressing) -> None:
    kind = {"period": Kind.COBBLES}.get(t.era, Kind.ASPHALT)
    tone: RGB8 = {"period": (92, 88, 84), "future": (58, 64, 74)}.get(t.era, (66, 70, 80))
    road = Surface(dressing.colour("floor", tone), 0.4, kind, segment=1)
    kerb = Surface((104, 102, 100), 0.7, Kind.STONE if t.era == "period" else Kind.CONCRETE, segment=2)
    mid = (NORTH + SOUTH) / 2
    b.add("ground", quad((0, 0, mid), (24, 0, 0), (0, 0, -(SOUTH - NORTH) / 2 - 3)), road)
    for z in (NORTH + 0.8, SOUTH - 0.8):
        b.add("ground", box((0, 0.06, z), (48, 0.12, 1.6), 0.03), kerb)
    if t.era == "period":
        return
    paint = Surface((190, 188, 176), 0.5, segment=2)
    if t.era == "future":
        paint = Surface((120, 230, 255), 0.4, Kind.GLOW, 1.1 if t.night else 0.3, segment=2)
    for i in range(-6, 7):
        b.add("ground", plain_box((i * 2.9 + 0.8, 0.004, 2.3), (1.3, 0.006, 0.11)), paint)
    iron = Surface((46, 46, 48), 0.5, metal=0.4, segment=1)
    b.add("ground", plain_box((-1.4, 0.003, 3.7), (0.62, 0.006, 0.62)), iron)


def _row(b: Builder, group: str, z: float, yaw: float, t: Tones, dressing: Dressing) -> None:
    """A terrace whose fronts stand at ``z``; each house has a stream of its own."""
    x, i, goods = -15.0, 0, list(GOODS)
    dressing.chance(f"{group} goods").shuffle(goods)
    while x < 15.0:
        chance = dressing.chance(f"{group} {i}")
        wide = chance.uniform(4.7, 6.0)
        floors = chance.choice((1, 2, 2, 3)) + (1 if t.era == "future" else 0)
        wanted = dressing.colour("wall", t.wall) if any(k == "wall" for k, _v in dressing.options) else None
        selling = goods[i % len(goods)] if i % 2 == 1 or chance.random() < 0.35 else None
        place = Place(b, group, x + wide / 2, z, yaw)
        house(place, wide - 0.03, floors, t, chance, goods=selling, wall=wall_of(t, chance, wanted))
        x, i = x + wide, i + 1


def _sign(b: Builder, t: Tones) -> None:
    """The lit word of a bar over the pavement, on a board that stands out from the wall."""
    if t.era == "period":
        return
    first, second = _NEON[t.era]
    glow = 3.2 if t.night else 0.5
    p = Place(b, "wall_n", -5.4, NORTH + 0.16, 0, 3.72)
    p.solid((-1.25, -0.53, -0.1), (1.25, 0.53, 0.14))
    p.add(box((0, 0, 0), (2.5, 1.06, 0.10), 0.02), Surface((20, 18, 24), 0.4, segment=6))
    neon_word(
        p, "HOTEL" if t.era == "midcentury" else "BAR", first, glow, 0.52 if t.era != "midcentury" else 0.44
    )
    tube = Surface(second, 0.4, Kind.GLOW, glow * 0.85, segment=6)
    for dy in (-0.44, 0.44):
        p.add(box((0, dy, 0.07), (2.3, 0.05, 0.05), 0.02), tube)
    for dx in (-1.15, 1.15):
        p.add(box((dx, 0, 0.07), (0.05, 0.88, 0.05), 0.02), tube)


def _kerbside(b: Builder, t: Tones, dressing: Dressing) -> tuple[Mark, ...]:
    """What stands on the pavements; how much is the clutter's choice, which thing where is the seed's."""
    place = Place(b, "kerb", 0, 0)
    vehicle(place.at(4.3, -1.25), t, Surface(_paint(t, dressing), 0.22 + 0.4 * t.wear, metal=0.3, segment=8))
    seats = bench(Place(b, "kerb", -1.35, NORTH + 0.62, 0, 0.12), t)
    hydrant(Place(b, "kerb", -7.4, -2.75, 0, 0.12), t)
    post_box(Place(b, "kerb", 1.9, -2.95, 0, 0.12), t)
    if dressing.wealth >= 0.4:
        for i, (x, z) in enumerate(((-8.9, 6.3), (6.6, 6.3), (8.3, -2.7))):
            street_tree(Place(b, "kerb", x, z, 0, 0.12), t, dressing.chance(f"tree {i}"))
    if dressing.wealth >= 0.7:
        for x in (-6.4, -4.6, 0.6, 7.2):
            bollard(Place(b, "kerb", x, -2.48, 0, 0.12), t)
    spots = (
        (-8.2, -3.3),
        (7.0, -3.2),
        (-3.9, 6.9),
        (4.6, 6.9),
        (0.2, 7.0),
        (-9.8, -3.2),
        (-7.6, 6.9),
        (9.6, -3.2),
        (9.0, 6.9),
    )
    for i, (x, z) in enumerate(spots[: round(dressing.clutter * len(spots))]):
        _heap(Place(b, "kerb", x, z, 0 if z < 0 else 180, 0.12), t, dressing, i)
    if dressing.clutter > 0.3:
        papers(Place(b, "kerb", 0, 2.0), dressing.chance("papers"), round(26 * dressing.clutter), (8.0, 4.2))
    return seats


def _heap(p: Place, t: Tones, dressing: Dressing, number: int) -> None:
    chance = dressing.chance(f"heap {number}")
    sort = ("bin", "crates", "bags", "bicycle", "cartons")[(number + chance.randrange(2) * 3) % 5]
    if sort == "bin" or (sort == "bags" and t.era == "period"):
        dustbin(p, t)
        dustbin(p.at(0.62, 0.02, 8), t)
    elif sort == "crates":
        crate(p, 0.56, t)
        crate(p.at(0.02, 0.0, 12, 0.56), 0.44, t)
    elif sort == "bags":
        bags(p, chance, 5)
    elif sort == "bicycle":
        bicycle(p.at(0, -0.1), t)
    else:
        for k in range(3):
            carton(
                p.at(-0.5 + 0.5 * k, 0, chance.uniform(-20, 20)), (0.42, chance.uniform(0.3, 0.5), 0.38), t
            )


def _paint(t: Tones, dressing: Dressing) -> RGB8:
    usual: RGB8 = {"period": (40, 34, 36), "midcentury": (92, 148, 144), "future": (196, 204, 214)}.get(
        t.era, (40, 66, 96)
    )
    if "car" in dict(dressing.options):
        return dressing.colour("car", usual)
    return dressing.colour("accent", usual)


def _ends(b: Builder, t: Tones, dressing: Dressing) -> None:
    """Where the street leads: houses across its ends, far enough to be seen as a city."""
    chance = dressing.chance("ends")
    share = 0.45 if t.night else 0.0
    tall = {"period": 0.75, "future": 2.6}.get(t.era, 1.25)
    for side in (-1, 1):
        for i in range(7):
            z, high = NORTH - 5 + i * 4.2, chance.uniform(7.0, 13.0) * tall
            tone = shaded(t.wall, chance.uniform(0.7, 1.0))
            at = (side * (21 + chance.uniform(0, 9)), high / 2, z)
            b.add("ends", plain_box(at, (4.0, high, 4.1)), Surface(tone, 0.9, Kind.FACADE, share, segment=5))


def _lights(t: Tones, heads: list[Vec3]) -> tuple[SetLight, ...]:
    """Two lamps throw shadows on the players' side, the shop and the sign colour them."""
    if not t.night:
        return ()
    lamp = tuple((c / 255) ** 2.2 for c in t.lamp)
    colour = (lamp[0], lamp[1], lamp[2]) if t.era in ("period", "future") else kelvin_to_rgb(2400)
    posts = tuple(
        SetLight(head, (head[0], 0, head[2] + 0.35), colour, 5.0, 58, 0.4, 0.12) for head in heads[:2]
    )
    window = SetLight((0.4, 1.9, NORTH + 0.2), (0.4, 0.6, 0.6), kelvin_to_rgb(2900), 2.6, 74, 0.9, 0.22)
    if t.era == "period":
        return (*posts, window)
    r, g, c = _NEON[t.era][0]
    sign = SetLight(
        (-5.2, 3.4, NORTH + 0.6),
        (-4.4, 0.8, -0.6),
        ((r / 255) ** 2, (g / 255) ** 2, (c / 255) ** 2),
        4.2,
        80,
        0.8,
        0.26,
    )
    return (*posts, sign, window)


MARKS = (
    Mark(-0.58, 0.9, 35),
    Mark(0.58, 0.9, -35),
    Mark(0.0, -0.4, 0),
    Mark(-2.0, 1.2, 50),
    Mark(1.9, 1.8, -70),
    Mark(0.1, 2.6, 180),
    Mark(-1.8, -0.8, 30),
    Mark(-3.2, 2.4, 110),
    Mark(1.4, 3.4, 200),
    Mark(-1.2, 3.6, 160),
    Mark(2.9, 3.0, -60),
    Mark(-3.8, 0.2, 80),
)


def build_street(dressing: Dressing) -> StageSet:
    """22 x 11.5 m of open ground; the rows of houses are wild."""
    b, t = Builder(), tones_for(dressing)
    _ground(b, t, dressing)
    _row(b, "wall_n", NORTH, 0, t, dressing)
    _row(b, "wall_s", SOUTH, 180, t, dressing)
    heads = [street_lamp(Place(b, "lamps", x, z, 0 if z < 0 else 180, 0.12), t) for x, z in _LAMPS]
    _sign(b, t)
    seats = _kerbside(b, t, dressing)
    _ends(b, t, dressing)
    walls = (Wall("wall_n", 2, NORTH, -1), Wall("wall_s", 2, SOUTH, 1))
    return StageSet(
        "street",
        b.groups(),
        walls,
        tuple(b.obstacles),
        (*MARKS, *seats),
        _lights(t, heads),
        (WEST, 0.05, NORTH + 0.3),
        (EAST, 9.0, SOUTH - 0.3),
        interior=False,
        wet=not dressing.day,
        mirror=((-13, 0, NORTH), (13, 8, SOUTH)),
    )
