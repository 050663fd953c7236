"""An office: the desk by the window, shelves, a sofa for visitors, a door. With ``style: cabin`` the walls are boards.

Colours besides those of every room: ``rug``, ``sofa``, ``lamp`` (the shade on the desk as well as its light).
"""

from __future__ import annotations

from dataclasses import replace

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.decoration import (
    boxes,
    floor_lamp,
    picture,
    potted_plant,
    rug,
    strewn,
    wall_clock,
)
from craft.previs.sets.pieces.desks import DESK_M, desk, desk_chair, desk_lamp, desk_things, files
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import cushion, sofa
from craft.previs.sets.pieces.storage import bookshelf, sideboard
from craft.previs.sets.pieces.tables import book_pile, bottle, cup, gadget, glass, papers
from craft.previs.sets.pieces.tones import Tones, mixed
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

_ROOM = Shell(-3.7, 3.7, -2.6, 3.9, 2.9)
_MAIN = Opening("n", -0.35, 2.8, 0.92, 2.36, cover="blinds")
_OPENINGS = (_MAIN, Opening("s", 1.6, 0.97, 0.0, 2.09, "door"))
_DESK = (1.15, -1.15)
_STANDING = (
    Mark(-0.58, 0.45, 35),
    Mark(0.58, 0.45, -35),
    Mark(-0.1, -0.55, 0),
    Mark(-1.7, 0.6, 50),
    Mark(1.9, 1.0, -70),
    Mark(0.1, 1.7, 180),
    Mark(-1.5, -1.2, 30),
    Mark(-2.4, 2.0, 120),
    Mark(1.0, 2.4, 200),
    Mark(-0.9, 2.5, 160),
    Mark(2.4, 0.1, -60),
    Mark(-2.6, 0.7, 80),
)
_COLOURS: dict[str, dict[str, RGB8]] = {
    "period": {"wall": (86, 92, 70), "floor": (112, 70, 44), "wood": (96, 56, 34), "fabric": (96, 44, 34)},
    "midcentury": {"wall": (150, 132, 98), "floor": (140, 92, 56), "wood": (146, 90, 50), "fabric": (150, 98, 44)},
    "modern": {"wall": (84, 104, 112), "floor": (150, 98, 62), "wood": (112, 66, 40), "fabric": (52, 84, 88)},
}  # fmt: skip
"""What an office is made of; a future one is any room of its time."""
_SHADES: dict[str, RGB8] = {"period": (40, 96, 66), "midcentury": (158, 58, 40), "future": (96, 104, 112)}
_CABIN: RGB8 = (112, 78, 52)


def _tones(d: Dressing) -> Tones:
    t, poor = indoor_tones(d), max(0.0, 0.5 - d.wealth) * 2
    base = _COLOURS.get(t.era, {})

    def tone(name: str, kept: RGB8) -> RGB8:
        return d.colour(name, mixed(base[name], (112, 102, 84), 0.45 * poor) if name in base else kept)

    cabin = d.word("style", "office") == "cabin"
    return replace(
        t,
        wall=d.colour("wall", _CABIN) if cabin else tone("wall", t.wall),
        floor=tone("floor", t.floor),
        wood=tone("wood", t.wood),
        fabric=d.colour("sofa", tone("fabric", t.fabric)),
    )


def _finish(t: Tones, d: Dressing) -> Finish:
    f = finish_for(t, d.wealth)
    if t.era != "future":
        f = replace(f, trim=Surface(mixed((58, 46, 38), t.wood, 0.2), 0.5, segment=3))
    if d.word("style", "office") == "cabin":
        f = replace(f, wall=Surface(t.wall, 0.86, Kind.WOOD, segment=2), dado_m=0.0)
    return f


def _work(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], SetLight]:
    """North-east: the desk, looking into the room, its lamp, and what the work is done with."""
    x, z = _DESK
    at, chance = Place(b, "desk", x, z), d.chance("desk")
    desk(at, t)
    top = at.at(0, 0, y=DESK_M)
    desk_things(top.at(0.50, -0.12), t)
    papers(top.at(-0.10, 0.16), chance, 3)
    cup(top.at(0.12, 0.22), (150, 40, 34))
    if d.clutter > 0.3:
        book_pile(top.at(0.66, 0.24), d.chance("desk books"), 1 + round(d.clutter * 4))
    if d.clutter > 0.5:
        papers(top.at(-0.62, 0.22), d.chance("more papers"), round(d.clutter * 9))
        papers(top.at(0.36, 0.24), d.chance("letters"), round(d.clutter * 5))
    if d.clutter > 0.7:
        bottle(top.at(-0.36, 0.26), (104, 54, 24))
        glass(top.at(-0.28, 0.20), (160, 98, 34))
    shade = d.colour("lamp", _SHADES.get(t.era, (40, 96, 66)))
    bulb = desk_lamp(top.at(-0.55, -0.12), t, shade)
    return [*desk_chair(Place(b, "chair", x + 0.1, z - 0.72), t)], lamp_light(bulb, t, 1.6, 66)


def _visitors(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], SetLight]:
    """East: the sofa, which stays when its wall goes, and the lamp beside it."""
    couch = Place(b, "sofa", _ROOM.east - 0.48, 1.1, -90)
    seats = [*sofa(couch, t, 1.95)]
    if d.wealth > 0.25:
        cushion(couch, Surface(mixed((190, 140, 60), t.accent, 0.15), 0.8, segment=19), -0.5, -10)
    return seats, lamp_light(floor_lamp(Place(b, "lamp", 3.2, 2.75), t), t, 1.2)


def _walls(b: Builder, t: Tones, d: Dressing) -> None:
    """Shelves, files, sideboard, pictures, plants: along the walls and in the corners."""
    bookshelf(_ROOM.against(b, "w", -0.9), t, d.chance("books"), 1.7, 2.1, 0.55 + 0.45 * d.clutter)
    board = _ROOM.against(b, "s", -1.7)
    sideboard(board, t, 1.7, 0.84)
    gadget(board.at(-0.4, 0.22, y=0.84), t)
    if d.wealth > 0.6:
        for i, x in enumerate((0.3, 0.42, 0.54)):
            bottle(board.at(x, 0.2, y=0.84), ((104, 54, 24), (36, 62, 40), (150, 160, 156))[i], 0.26)
        glass(board.at(0.66, 0.24, y=0.84))
    hung = (
        ("n", 2.15, 0.62, 0.46, 1.75),
        ("s", -2.2, 0.9, 0.6, 1.70),
        ("n", 2.9, 0.4, 0.56, 1.85),
        ("s", -1.2, 0.5, 0.66, 1.78),
        ("e", 1.1, 1.1, 0.7, 1.75),
        ("w", 2.2, 0.6, 0.8, 1.70),
    )
    chance = d.chance("pictures")
    for side, at, wide, high, middle in hung[: 2 + round(d.wealth * 4)]:
        picture(_ROOM.against(b, side, at), t, chance, wide, high, middle)
    if d.wealth > 0.15:
        potted_plant(Place(b, "plant", 2.95, -1.95), t, d.chance("plant"), 1.25)
    if d.wealth > 0.7:
        potted_plant(Place(b, "plant", -3.25, 3.45), t, d.chance("palm"), 1.5)
    if t.era != "future":
        wall_clock(_ROOM.against(b, "e", -0.9), t)
    files(_ROOM.against(b, "w", 1.45), t, round(d.clutter * 3.0))


def _floor(b: Builder, t: Tones, d: Dressing) -> None:
    if d.wealth > 0.2:
        rug(Place(b, "floor", 0, 0.35), t, 3.3, 2.3, d.colour("rug", (122, 52, 46)))
    if d.clutter > 0.6:
        boxes(_ROOM.against(b, "n", -3.2, 0.36), d.chance("boxes"), round(d.clutter * 3.4))
    if d.clutter > 0.5:
        strewn(Place(b, "floor", 0.3, 0.2, y=0.012), t, d.chance("strewn"), round(d.clutter * 7), 3.6, 2.6)


def build_office(dressing: Dressing) -> StageSet:
    """The room: 7.4 x 6.5 x 2.9 m, four wild walls and a wild roof."""
    b, t = Builder(), _tones(dressing)
    build_shell(b, _ROOM, _finish(t, dressing), t, dressing, _OPENINGS)
    chair, lamp = _work(b, t, dressing)
    seats, corner = _visitors(b, t, dressing)
    _walls(b, t, dressing)
    _floor(b, t, dressing)
    sun, glow = window_light(_ROOM, _MAIN, dressing), window_glow(_ROOM, _MAIN, dressing)
    return room_stage("office", b, _ROOM, (*_STANDING, *seats, *chair), (sun, glow, lamp, corner))
