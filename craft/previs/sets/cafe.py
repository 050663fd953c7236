"""A cafe: a bench along one wall, tables at the shop window, the counter with its cakes and coffee machine."""

from __future__ import annotations

from dataclasses import replace

from craft.previs.sets.pieces.coffee import (
    cake_case,
    coat_stand,
    coffee_machine,
    cup_pile,
    menu_board,
    sugar,
    till,
)
from craft.previs.sets.pieces.decoration import boxes, hanging_lamp, picture, potted_plant, strewn
from craft.previs.sets.pieces.kitchen import crockery
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import chair, stool
from craft.previs.sets.pieces.storage import bookshelf, sideboard
from craft.previs.sets.pieces.tables import COVERS, cup, gadget, litter, plate, round_table, table, vase
from craft.previs.sets.pieces.taproom import BAR_M, bar_counter, bench
from craft.previs.sets.pieces.tones import Tones
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.sets.shell import (
    Finish,
    Shell,
    build_shell,
    finish_for,
    indoor_tones,
    lamp_light,
    room_stage,
    window_glow,
    window_light,
)
from craft.previs.stage import Builder, Mark, SetLight, StageSet

_ROOM = Shell(-4.0, 4.0, -3.3, 3.6, 3.0)
_MAIN = Opening("n", -1.25, 3.4, 0.5, 2.5, cover="none")
_OPENINGS = (
    _MAIN,
    Opening("n", 2.1, 1.0, 0.0, 2.2, "door"),
    Opening("s", 1.3, 1.1, 0.0, 2.2, "arch"),
)
_COUNTER = (2.46, 0.75, 2.3)
"""Its x, the middle of it along z, and its width."""
_CASE_Z = -1.05
_STANDING = (
    Mark(-0.55, 0.55, 50),
    Mark(0.55, 0.55, -50),
    Mark(0.0, -0.55, 0),
    Mark(1.5, -0.95, 90),
    Mark(1.45, 0.2, 90),
    Mark(3.2, 0.15, -90),
    Mark(3.2, -0.85, -90),
    Mark(0.2, 1.9, 180),
    Mark(-1.2, -0.75, 30),
    Mark(1.4, -2.1, 20),
    Mark(2.2, -2.5, 0),
    Mark(-1.1, 2.3, 140),
    Mark(1.3, 2.7, 200),
)
_WALLS: dict[str, RGB8] = {
    "period": (136, 112, 78),
    "midcentury": (186, 156, 112),
    "modern": (150, 140, 122),
    "future": (170, 178, 184),
}


def _tones(d: Dressing) -> Tones:
    t = indoor_tones(d)
    return replace(t, wall=d.colour("wall", _WALLS[t.era]))


def _finish(t: Tones, d: Dressing) -> Finish:
    """Walls boarded to the height of the bench's back."""
    f = finish_for(t, d.wealth)
    return replace(f, dado_m=1.06 if t.era != "future" and d.wealth > 0.2 else 0.0)


def _laid(top: Place, t: Tones, d: Dressing, name: str, *, two: bool) -> None:
    """What stands on a table: sugar always, flowers for means, cups and plates where people have been."""
    chance = d.chance(name)
    sides = ((-0.16, 0.10), (0.16, -0.10)) if two else ((0.0, 0.14),)
    sugar(top.at(0.02, -0.17 if not two else 0.0))
    for x, z in sides:
        used, tone = chance.random(), chance.choice(((206, 202, 192), COVERS[0], COVERS[1]))
        if used < 0.35 + d.clutter * 0.65:
            plate(top.at(x, z))
            cup(top.at(x, z, y=0.01), tone)
    if d.wealth > 0.6:
        vase(top.at(-0.14, -0.16), t, d.chance(f"{name} flowers"))


def _window_tables(b: Builder, t: Tones, d: Dressing) -> list[Mark]:
    """North: two round tables in the light."""
    seats: list[Mark] = []
    for i, x in enumerate((-2.35, 0.0)):
        at = Place(b, "window_tables", x, -2.42)
        round_table(at, t, 0.36)
        _laid(at.at(0, 0, y=0.75), t, d, f"window table {i}", two=True)
        for side in (-1, 1):
            seats += chair(Place(b, "window_chairs", x + 0.62 * side, -2.42, -90 * side), t)
    return seats


def _bench(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """West: the long bench, a table for each two of its seats, chairs across from it, a lamp over each table."""
    seats = [*bench(_ROOM.against(b, "w", 0.75, 0.33), t, 3.4, 4)]
    lights = []
    for i, z in enumerate((-0.10, 1.60)):
        at = Place(b, "bench_tables", -2.88, z)
        table(at, t, 0.62, 0.95)
        top = at.at(0, 0, y=0.75)
        _laid(top.at(0.04, 0.22), t, d, f"bench table {i}", two=False)
        litter(top.at(0, -0.16), t, d.chance(f"left on {i}"), 0.5, 0.4, d.clutter * 0.6)
        seats += chair(Place(b, "bench_chairs", -2.22, z, -90), t)
        bulb = hanging_lamp(Place(b, "roof", -2.88, z), t, _ROOM.high, 1.9)
        lights.append(lamp_light(bulb, t, 1.1, 80))
    if d.clutter > 0.25:
        gadget(Place(b, "bench_tables", -2.78, 1.28, 90, 0.75), t)
    return seats, lights


def _counter(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """East: cakes and till on the counter, two stools at it; coffee machine, cups and the prices behind."""
    x, z, wide = _COUNTER
    at = Place(b, "counter", x, z, -90)
    bar_counter(at, t, wide)
    till(at.at(-0.85, -0.04, y=BAR_M), t)
    cup_pile(at.at(0.30, -0.06, y=BAR_M), d.chance("cups"), 3 + round(d.clutter * 5))
    shine = cake_case(Place(b, "counter", x, _CASE_Z, -90), t, d.chance("cakes"), 1.25, 0.2 + 0.75 * d.wealth)
    behind = _ROOM.against(b, "e", 0.3)
    sideboard(behind, t, 3.0, 0.9)
    coffee_machine(behind.at(0.55, 0.22, 180, 0.9), t)
    for along, wide in ((-0.70, 1.4), (1.20, 0.5)):
        crockery(behind.at(along, 0.2, y=0.9), d.chance(f"crockery {along}"), wide, 0.35 + 0.6 * d.clutter)
    chance = d.chance("board")
    for along in (-0.85, 0.85) if d.wealth > 0.35 else (0.0,):
        menu_board(behind.at(along, 0), t, chance)
    seats: list[Mark] = []
    for along in (1.1, 1.7):
        seats += stool(Place(b, "stools", x - 0.68, along, 90), t, 0.74)
    lights = [lamp_light(shine, t, 0.6)]
    for along in (-0.75, 0.35, 1.45):
        bulb = hanging_lamp(Place(b, "roof", x - 0.05, along), t, _ROOM.high, 2.1)
        if along != 0.35:
            lights.append(lamp_light(bulb, t, 1.1, 80))
    return seats, lights


def _walls(b: Builder, t: Tones, d: Dressing) -> None:
    """What stands and hangs along the rest of the walls."""
    shelf = _ROOM.against(b, "s", -1.9)
    bookshelf(shelf, t, d.chance("books"), 1.5, 1.5, 0.25 + 0.6 * d.clutter)
    chance = d.chance("pictures")
    hung = (
        ("w", 0.75, 0.9, 0.62),
        ("w", -0.55, 0.5, 0.66),
        ("w", 2.05, 0.5, 0.66),
        ("s", 0.05, 0.55, 0.7),
        ("s", -1.9, 0.9, 0.5),
        ("s", 2.7, 0.6, 0.8),
    )
    for side, at, wide, high in hung[: 2 + round(d.wealth * 4)]:
        picture(_ROOM.against(b, side, at), t, chance, wide, high, 1.9)
    coat_stand(Place(b, "coats", -3.55, -1.55), t, d.chance("coats"), round(d.clutter * 4))
    if d.wealth > 0.2:
        potted_plant(Place(b, "plant", -3.6, -2.85), t, d.chance("plant"), 1.25)
    if d.wealth > 0.45:
        potted_plant(Place(b, "plant", 1.2, -2.95), t, d.chance("door plant"), 0.9)
    if d.wealth > 0.7:
        potted_plant(shelf.at(0.4, 0.16, y=1.5), t, d.chance("shelf plant"), 0.5)
    if d.clutter > 0.5:
        boxes(_ROOM.against(b, "s", 3.5, 0.3), d.chance("boxes"), round(d.clutter * 3))
    if d.clutter > 0.6:
        strewn(Place(b, "floor", 0.0, 1.0), t, d.chance("strewn"), round(d.clutter * 6), 2.4, 3.2)


def build_cafe(dressing: Dressing) -> StageSet:
    """A room of 8.0 x 6.9 x 3.0 m with four wild walls."""
    b, t = Builder(), _tones(dressing)
    build_shell(b, _ROOM, _finish(t, dressing), t, dressing, _OPENINGS)
    window = _window_tables(b, t, dressing)
    benches, cosy = _bench(b, t, dressing)
    stools, above = _counter(b, t, dressing)
    _walls(b, t, dressing)
    sun = window_light(_ROOM, _MAIN, dressing)
    glow = window_glow(_ROOM, _MAIN, dressing)
    marks = (*_STANDING, *window, *benches, *stools)
    return room_stage("cafe", b, _ROOM, marks, (sun, glow, *cosy, *above))
