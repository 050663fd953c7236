"""A kitchen to live in: units under the window with sink and stove, an island or a work table, a table to eat at."""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.decoration import (
    boxes,
    hanging_lamp,
    picture,
    potted_plant,
    rug,
    strewn,
    wall_clock,
)
from craft.previs.sets.pieces.kitchen import (
    TOP_M,
    counter,
    crockery,
    fridge,
    hood,
    on_the_counter,
    pot,
    sink,
    stove,
    wall_units,
)
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import chair, stool
from craft.previs.sets.pieces.storage import sideboard
from craft.previs.sets.pieces.tables import fruit_bowl, glass, litter, plate, table, vase
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.room import Dressing
from craft.previs.sets.shell import (
    Shell,
    build_shell,
    finish_for,
    indoor_tones,
    lamp_light,
    room_stage,
    window_glow,
    window_light,
)
from craft.previs.solids import plain_box
from craft.previs.stage import Builder, Mark, SetLight, StageSet

_ROOM = Shell(-3.5, 3.5, -2.8, 3.2, 2.75)
_MAIN = Opening("n", 0.2, 1.7, 1.05, 2.2, cover="blinds")
_OPENINGS = (
    _MAIN,
    Opening("e", 1.3, 1.0, 0.0, 2.08, "door"),
    Opening("s", -1.9, 1.1, 0.0, 2.2, "arch"),
    Opening("w", 1.5, 1.2, 0.9, 2.15, cover="curtains"),
)
_TABLE = (-2.15, 1.0)
_ISLAND = (2.1, -0.55)
_STANDING = (
    Mark(-0.45, 0.4, 50),
    Mark(0.65, 0.4, -50),
    Mark(0.1, -0.55, 0),
    Mark(0.2, -1.75, 180),
    Mark(-1.4, -1.7, 40),
    Mark(1.0, -1.3, -60),
    Mark(0.1, 1.4, 180),
    Mark(1.5, 1.1, -100),
    Mark(2.6, 0.9, -90),
    Mark(-0.6, 2.3, 150),
    Mark(1.0, 2.1, 200),
    Mark(-2.0, -0.6, 60),
)


def _north(b: Builder, t: Tones, d: Dressing) -> SetLight:
    """The working side: units with the sink under the window, the stove, cupboards, the fridge."""
    full = 0.3 + 0.5 * d.clutter
    counter(_ROOM.against(b, "n", 0.2), t, 2.4)
    sink(_ROOM.against(b, "n", 0.2), t)
    cook = _ROOM.against(b, "n", -1.36)
    glow = stove(cook, t)
    if t.era not in ("period", "midcentury"):
        hood(cook, t, _ROOM.high)
    pot(cook.at(-0.16, 0.45, y=0.92))
    if d.clutter > 0.3:
        pot(cook.at(0.16, 0.2, y=0.92), (70, 84, 96))
    counter(_ROOM.against(b, "n", -2.61), t, 1.78)
    counter(_ROOM.against(b, "n", 2.05), t, 1.3)
    wall_units(_ROOM.against(b, "n", -2.6), t, d.chance("west shelf"), 1.7, full)
    wall_units(_ROOM.against(b, "n", 2.0), t, d.chance("east shelf"), 1.3, full)
    fridge(_ROOM.against(b, "n", 3.1), t)
    for name, x, wide in (("left", -2.6, 1.6), ("sink", -0.45, 0.7), ("right", 2.0, 1.2)):
        on_the_counter(_ROOM.against(b, "n", x), t, d.chance(f"counter {name}"), wide, d.clutter)
    if t.era == "period":
        return SetLight(
            glow, (glow[0], 0.2, glow[2] + 1), (1.0, 0.42, 0.12), 1.4 if t.night else 0.7, 100, 0.9, 0.8
        )
    under = _ROOM.against(b, "n", 2.0).point((0, 1.40, 0.3))
    return lamp_light(under, t, 0.7, 75)


def _splashback(b: Builder, t: Tones) -> None:
    tone = mixed((190, 192, 186), t.accent, 0.25)
    tiles = Surface(mixed(tone, (120, 108, 88), 0.4 * t.wear), 0.22, Kind.PANEL, segment=2)
    for x0, x1, top in ((-3.5, -0.75, 1.42), (-0.75, 1.15, 1.0), (1.15, 2.72, 1.42)):
        wall = _ROOM.against(b, "n", (x0 + x1) / 2)
        wall.add(plain_box((0, (TOP_M + top) / 2, 0.008), (x1 - x0, top - TOP_M, 0.016)), tiles)


def _island(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """East: an island with stools, or a plain work table in poor and old kitchens."""
    x, z = _ISLAND
    at = Place(b, "island", x, z)
    if t.era == "period" or d.wealth < 0.3:
        table(at, t, 1.5, 0.8, TOP_M)
    else:
        counter(at.at(0, -0.30), t, 1.5)
    if d.wealth > 0.4:
        fruit_bowl(at.at(0.35, 0, y=TOP_M), d.chance("fruit"))
    litter(at.at(-0.1, 0, y=TOP_M), t, d.chance("island"), 1.1, 0.6, d.clutter * 0.8)
    seats: list[Mark] = []
    for side in (-0.36, 0.36):
        seats += stool(Place(b, "stools", x + side, z + 0.74, 180), t, 0.66)
    lights = []
    for side in (-0.4, 0.4) if d.wealth > 0.55 else (0.0,):
        bulb = hanging_lamp(Place(b, "roof", x + side, z), t, _ROOM.high, 1.95)
        lights.append(lamp_light(bulb, t, 0.8, 75))
    return seats, lights


def _eating(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """South-west: a table for four by the window."""
    x, z = _TABLE
    at = Place(b, "table", x, z)
    table(at, t, 0.85, 1.3)
    top = at.at(0, 0, y=0.75)
    seats: list[Mark] = []
    for side, along in ((1, -0.32), (-1, -0.32), (1, 0.32), (-1, 0.32)):
        seats += chair(Place(b, "chairs", x + side * 0.62, z + along, -90 * side), t)
        if d.clutter > 0.15 or d.wealth > 0.6:
            plate(top.at(side * 0.27, along))
        if d.clutter > 0.3:
            glass(top.at(side * 0.13, along + 0.14), (120, 40, 44))
    if d.wealth > 0.4:
        vase(top, t, d.chance("flowers"))
    bulb = hanging_lamp(Place(b, "roof", x, z), t, _ROOM.high, 1.8)
    return seats, [lamp_light(bulb, t, 1.1, 80)]


def _rest(b: Builder, t: Tones, d: Dressing) -> None:
    chance = d.chance("rest")
    board = _ROOM.against(b, "s", 1.3)
    sideboard(board, t, 1.8, 0.85)
    crockery(board.at(0, 0.2, y=0.85), d.chance("dresser"), 1.6, 0.3 + 0.6 * d.clutter)
    for i in range(round(1 + d.wealth * 2)):
        picture(_ROOM.against(b, "s", 0.75 + 0.6 * i), t, chance, 0.42, 0.5, 1.65)
    wall_clock(_ROOM.against(b, "e", 0.3), t)
    if d.wealth > 0.3:
        potted_plant(Place(b, "plant", 3.1, 2.75), t, d.chance("plant"), 1.25)
        potted_plant(_ROOM.against(b, "n", 0.75, 0.02, 1.07), t, d.chance("herbs"), 0.32)
    colour = d.colour("rug", mixed(shaded(t.accent, 0.6), t.floor, 0.4))
    if d.wealth > 0.35:
        rug(Place(b, "floor", 0.2, -1.62), t, 1.8, 0.75, colour)
    if d.clutter > 0.55:
        boxes(_ROOM.against(b, "w", 2.75, 0.34), d.chance("boxes"), round(d.clutter * 2.4))
    if d.clutter > 0.4:
        strewn(Place(b, "floor", 0.4, 1.0), t, d.chance("strewn"), round(d.clutter * 5), 2.6, 2.6)


def build_kitchen(dressing: Dressing) -> StageSet:
    """A room of 7.0 x 6.0 x 2.75 m with four wild walls."""
    b, t = Builder(), indoor_tones(dressing)
    build_shell(b, _ROOM, finish_for(t, dressing.wealth), t, dressing, _OPENINGS)
    _splashback(b, t)
    work = _north(b, t, dressing)
    stools, island = _island(b, t, dressing)
    chairs, above = _eating(b, t, dressing)
    _rest(b, t, dressing)
    sun = window_light(_ROOM, _MAIN, dressing)
    glow = window_glow(_ROOM, _MAIN, dressing)
    marks = (*_STANDING, *chairs, *stools)
    return room_stage("kitchen", b, _ROOM, marks, (sun, glow, work, *island, *above))
