"""A storage hall, 22 x 16 x 6.4 m: columns and trusses, high windows with shafts of day, racks, crates, a rolling gate.

``era`` changes walls, columns, racks, lamps and trucks, ``wealth`` how worn it all is, ``clutter`` how full the
racks and how much stands on the floor. Colours: ``wall``, ``floor``, ``wood``, ``accent`` (gate, drums), ``lamp``.
"""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.halls import Hole, Room, build_floor, build_trusses, build_walls
from craft.previs.sets.pieces.industry import column, lift_truck, rack, workbench
from craft.previs.sets.pieces.lamps import neon_word, pendant
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.street_furniture import barrel, carton, crate, pallet, papers
from craft.previs.sets.pieces.tones import Tones, shaded, tones_for
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import plain_box
from craft.previs.stage import Builder, Mark, SetLight, StageSet, Vec3
from craft.terms.light import kelvin_to_rgb

ROOM = Room(22.0, 16.0, 6.4)
_LAMPS = ((-4.0, 0.8), (4.0, 0.8), (-4.0, -5.0), (4.0, -5.0), (0.0, 5.2))


def _walls(b: Builder, t: Tones, dressing: Dressing) -> None:
    kind = {"period": Kind.BRICK, "midcentury": Kind.BRICK, "future": Kind.PANEL}.get(t.era, Kind.CORRUGATED)
    tone: RGB8 = {"period": (116, 74, 58), "midcentury": (148, 112, 92), "future": (128, 134, 144)}.get(
        t.era, (112, 124, 130)
    )
    wall = Surface(dressing.colour("wall", tone), 0.5 + 0.4 * t.wear, kind, segment=3)
    high = [Hole(-8.2 + i * 4.1, 2.6, 3.6, 5.6) for i in range(5)]
    gate = Hole(-5.5, 4.2, 0.0, 4.2, "roller")
    side = [Hole(-4.6 + i * 4.6, 2.6, 3.6, 5.6) for i in range(3)]
    holes = {
        "n": [*high[:1], *high[1:]],
        "s": [gate, Hole(1.4, 2.6, 3.6, 5.6), Hole(6.4, 1.1, 0.0, 2.2, "door")],
        "w": side,
        "e": [Hole(-4.2, 1.1, 0.0, 2.2, "door"), *side[1:]],
    }
    build_walls(b, ROOM, wall, t, holes)
    plinth = Surface(shaded(t.accent, 0.45) if t.era != "period" else (74, 62, 54), 0.8, segment=3)
    for name in "nw":
        p = ROOM.wall_place(b, name)
        p.add(plain_box((0, 0.55, 0.015), (ROOM.length_of(name), 1.1, 0.03)), plinth)
    roof = Surface(
        (96, 98, 100) if t.era != "period" else shaded(t.wood, 0.6),
        0.8,
        Kind.CORRUGATED if t.era != "period" else Kind.PLANKS,
        segment=3,
    )
    build_trusses(b, ROOM, roof, t.iron(1.0, 3) if t.era != "period" else t.wooden(0.7, 3), 4)


def _floor(b: Builder, t: Tones, dressing: Dressing) -> None:
    kind = Kind.PLANKS if t.era == "period" else Kind.CONCRETE
    tone: RGB8 = (112, 84, 58) if t.era == "period" else (88, 87, 84)
    build_floor(
        b, ROOM, Surface(dressing.colour("floor", tone), 0.55 - 0.2 * dressing.wealth, kind, segment=1)
    )
    if t.era == "period":
        return
    lane = Surface((206, 168, 44), 0.6, segment=2)
    if t.era == "future":
        lane = t.lit(1.0, 2)
    for x in (-2.9, 2.9):
        b.add("ground", plain_box((x, 0.002, 0.6), (0.11, 0.004, 12.5)), lane)
    for i in range(6):
        b.add("ground", plain_box((-8.6 + i * 1.1, 0.003, 6.4), (0.5, 0.005, 0.11)), lane)


def _structure(b: Builder, t: Tones) -> None:
    for x in (-6.2, 6.2):
        for z in (-4.2, 3.6):
            column(Place(b, "columns", x, z), t, ROOM.high)
    for z in (-7.6, -7.3):
        b.add("wall_n", rod((-10.8, 6.0, z), (10.8, 6.001, z), 0.07, 8), t.iron(0.9, 3))
    p = ROOM.wall_place(b, "e").at(-5.0, 0.03, 0, 3.1)
    number = t.painted(0.9, 3) if t.era != "future" else t.lit(1.2, 3)
    neon_word(
        p, "LODE" if t.era == "period" else "DEPOT", number.colour, 0.4 if t.era == "future" else 0.0, 0.8
    )


def _racks(b: Builder, t: Tones, dressing: Dressing) -> None:
    """Racks along the west and north walls and one that stands free."""
    spots = (
        (-10.2, -3.4, 90, 5.2),
        (-10.2, 3.4, 90, 4.0),
        (-5.0, -7.1, 0, 5.2),
        (3.6, -7.1, 0, 5.2),
        (10.2, -1.4, -90, 5.2),
    )
    for i, (x, z, yaw, wide) in enumerate(spots):
        rack(
            Place(b, "racks", x, z, yaw),
            t,
            dressing.chance(f"rack {i}"),
            wide,
            0.25 + 0.75 * dressing.clutter,
        )


def _goods(b: Builder, t: Tones, dressing: Dressing) -> tuple[Mark, ...]:
    """Stacks on the floor: two near the players to sit on, the others by clutter."""
    crate(Place(b, "goods", -3.9, 2.2, 12), 0.5, t)
    crate(Place(b, "goods", 4.1, -1.9, -8), 0.52, t)
    lift_truck(Place(b, "goods", 5.9, 5.4, 205), t)
    workbench(Place(b, "goods", 8.4, 7.4, 180), t, dressing.chance("bench"))
    spots = (
        (-5.0, -3.2),
        (-4.6, 4.6),
        (4.6, 2.9),
        (-1.9, -5.2),
        (2.4, -4.9),
        (-7.8, 0.6),
        (7.6, -4.6),
        (-8.0, 6.2),
        (8.2, 2.6),
        (0.2, 6.9),
    )
    for i, (x, z) in enumerate(spots[: 2 + round(dressing.clutter * 8)]):
        _stack(Place(b, "goods", x, z, 15.0 * (i % 3) - 12), t, dressing, i)
    papers(Place(b, "goods", 0, 0), dressing.chance("papers"), round(22 * dressing.clutter), (5, 5))
    return (Mark(-3.9, 2.2, 90, 0.5), Mark(4.1, -1.9, -90, 0.52))


def _stack(p: Place, t: Tones, dressing: Dressing, number: int) -> None:
    chance = dressing.chance(f"stack {number}")
    sort = (number + chance.randrange(2)) % 4
    if sort == 0:
        for k in range(3):
            crate(p.at(-0.45 + 0.9 * (k % 2) * (k < 2), 0, chance.uniform(-5, 5), 0.8 * (k // 2)), 0.8, t)
    elif sort == 1:
        for k in range(4):
            barrel(
                p.at(-0.34 + 0.68 * (k % 2), -0.34 + 0.68 * (k // 2)),
                t,
                shaded(t.accent, 0.5 + 0.25 * (k % 3)),
            )
    elif sort == 2:
        for k in range(5):
            pallet(p.at(0.02 * k, 0, chance.uniform(-4, 4), 0.145 * k), t)
    else:
        pallet(p, t)
        for k in range(6):
            size = (0.56, chance.uniform(0.36, 0.46), 0.44)
            carton(
                p.at(-0.29 + 0.58 * (k % 2), -0.24 + 0.46 * (k // 2 % 2), 0, 0.145 + 0.45 * (k // 4)), size, t
            )


def _sun_colour(dressing: Dressing) -> tuple[float, float, float]:
    return kelvin_to_rgb(
        {"dawn": 3200, "dusk": 2800, "morning": 4500, "afternoon": 4800}.get(dressing.time_of_day, 5600)
    )


def _lights(t: Tones, bulbs: list[Vec3], dressing: Dressing) -> tuple[SetLight, ...]:
    """Day falls in shafts through the north windows; lamps hang over the lanes and burn when it is dark."""
    lit = []
    if dressing.day:
        sun = _sun_colour(dressing)
        strong = {"dawn": 4.0, "dusk": 4.0}.get(dressing.time_of_day, 7.5)
        lit.append(
            SetLight(
                (-5.5, 10.5, -14.5), (-0.3, 0.4, 0.4), sun, strong, 20, 0.06, 0.001, True, False, 1.1, False
            )
        )
        lit.append(SetLight((9.0, 5.0, -7.0), (0.5, 0.6, 1.5), sun, 1.6, 70, 1.0, 0.03, practical=False))
    else:
        lit.append(
            SetLight(
                (6.5, 9.5, -14.5),
                (0.3, 0.4, 0.0),
                (0.40, 0.58, 1.0),
                3.4,
                20,
                0.08,
                0.001,
                True,
                False,
                0.9,
                False,
            )
        )
    if t.night:
        warm = kelvin_to_rgb(3000) if t.era != "future" else kelvin_to_rgb(7500)
        for x, y, z in bulbs[:4]:
            lit.append(
                SetLight((x, y, z), (x * 0.8, 0, z), warm, 3.0, 62, 0.5, 0.10, volume=0.25 if z > 0 else 0.0)
            )
    return tuple(lit)


_MARKS = (
    Mark(-0.56, 0.6, 40),
    Mark(0.56, 0.6, -40),
    Mark(0.0, -0.8, 0),
    Mark(-1.9, 1.3, 60),
    Mark(1.9, 1.5, -70),
    Mark(0.1, 2.6, 180),
    Mark(-1.7, -1.1, 40),
    Mark(2.1, -1.0, -40),
    Mark(-3.2, 0.2, 90),
    Mark(3.3, 0.4, -90),
    Mark(1.4, 3.9, 200),
    Mark(-1.3, 4.1, 160),
    Mark(0.3, -3.2, 0),
    Mark(-3.0, -2.4, 40),
)


def build_warehouse(dressing: Dressing) -> StageSet:
    """The hall; four wild walls and a wild roof."""
    b, t = Builder(), tones_for(dressing)
    _walls(b, t, dressing)
    _floor(b, t, dressing)
    _structure(b, t)
    _racks(b, t, dressing)
    seats = _goods(b, t, dressing)
    bulbs = [pendant(Place(b, "roof", x, z), t, ROOM.high, 4.4) for x, z in _LAMPS]
    low, high = ROOM.bounds()
    walls = ROOM.walls()
    return StageSet(
        "warehouse",
        b.groups(),
        walls,
        tuple(b.obstacles),
        (*_MARKS, *seats),
        _lights(t, bulbs, dressing),
        low,
        high,
        interior=True,
    )
