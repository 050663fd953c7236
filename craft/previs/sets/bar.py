"""A bar: the long counter before its shelves of bottles, stools, booths along one wall, high tables by the windows."""

from __future__ import annotations

from dataclasses import replace

from craft.previs.batch import Kind
from craft.previs.sets.pieces.decoration import boxes, hanging_lamp, picture, strewn
from craft.previs.sets.pieces.lamps import neon_word
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import stool
from craft.previs.sets.pieces.tables import litter, round_table, table
from craft.previs.sets.pieces.taproom import (
    BAR_M,
    back_bar,
    bar_counter,
    bench,
    board_game,
    glasses,
    music_box,
    taps,
)
from craft.previs.sets.pieces.tones import Tones, shaded
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

_ROOM = Shell(-4.4, 4.4, -3.4, 3.7, 3.0)
_MAIN = Opening("w", 0.9, 2.0, 0.95, 2.35, cover="blinds")
_OPENINGS = (
    _MAIN,
    Opening("w", -1.7, 1.3, 0.95, 2.35, cover="blinds"),
    Opening("s", -2.6, 1.05, 0.0, 2.12, "door"),
    Opening("s", 1.5, 1.0, 0.0, 2.2, "arch"),
)
_COUNTER = (-0.5, -1.85, 5.2)
"""Middle and width of the counter."""
_HIGH_TABLE_M, _BAR_STOOL_M, _TABLE_STOOL_M = 1.04, 0.74, 0.70
_STANDING = (
    Mark(-0.55, 0.75, 50),
    Mark(0.55, 0.75, -50),
    Mark(0.0, -0.25, 0),
    Mark(-2.0, -1.12, 180),
    Mark(-0.6, -2.55, 0),
    Mark(1.0, -2.55, -20),
    Mark(0.9, -1.12, 180),
    Mark(-2.0, 0.3, 80),
    Mark(1.9, 0.2, 90),
    Mark(0.1, 2.0, 180),
    Mark(-1.4, 2.2, 140),
    Mark(1.6, 2.1, -120),
    Mark(-2.5, 2.9, 150),
)
_NEON: dict[str, RGB8] = {"midcentury": (255, 84, 60), "modern": (255, 60, 120), "future": (60, 220, 255)}
_WALLS: dict[str, RGB8] = {
    "period": (104, 58, 44),
    "midcentury": (124, 74, 56),
    "modern": (104, 74, 62),
    "future": (92, 98, 122),
}


def _tones(d: Dressing) -> Tones:
    """A bar is darker than a home."""
    t = indoor_tones(d)
    worn = shaded(t.fabric, 0.7 if t.era == "period" else 0.9)
    wall = d.colour("wall", _WALLS[t.era])
    return replace(t, wall=wall, fabric=worn, wood=shaded(t.wood, 0.8), floor=shaded(t.floor, 0.8))


def _finish(t: Tones, d: Dressing) -> Finish:
    f = finish_for(t, d.wealth)
    kind = Kind.BRICK if t.era == "modern" else f.wall.kind
    dado = 1.15 if t.era in ("period", "midcentury") and d.wealth > 0.25 else 0.0
    ceiling = replace(f.ceiling, colour=shaded(f.ceiling.colour, 0.55))
    return replace(f, wall=replace(f.wall, kind=kind), dado_m=dado, ceiling=ceiling)


def _bar(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """North: counter, shelves behind it, stools before it, lamps above it."""
    x, z, wide = _COUNTER
    counter = Place(b, "counter", x, z)
    bar_counter(counter, t, wide)
    top = counter.at(0, 0.02, y=BAR_M)
    taps(counter.at(-1.05, -0.08, y=BAR_M), t, 2 + round(d.wealth * 2))
    glasses(top.at(0.55, 0.08), d.chance("drinks"), 3.6, d.clutter * 0.9)
    behind = _ROOM.against(b, "n", x)
    shine = back_bar(behind, t, d.chance("bottles"), 4.6, 0.25 + 0.5 * d.wealth + 0.25 * d.clutter)
    if t.era in _NEON and d.wealth > 0.12:
        neon_word(_ROOM.against(b, "n", x, y=2.68), "BAR", _NEON[t.era], 3.0 if t.night else 1.2, 0.36)
    seats: list[Mark] = []
    for side in (-1.05, -0.4, 0.25, 1.85):
        seats += stool(Place(b, "stools", x + side, z + 0.66, 180), t, _BAR_STOOL_M)
    lights = [lamp_light(shine, t, 0.9)]
    for side in (-1.6, 0.0, 1.6):
        bulb = hanging_lamp(Place(b, "roof", x + side, z + 0.05), t, _ROOM.high, 2.1)
        if side:
            lights.append(lamp_light(bulb, t, 1.7, 80))
    return seats, lights


def _booths(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """East: two tables between benches; a lamp over each."""
    x = 3.72
    seats: list[Mark] = []
    lights: list[SetLight] = []
    for i, z in enumerate((0.05, 2.36)):
        for side in (-1, 1):
            seats += bench(Place(b, "benches", x, z + 0.76 * side, 0 if side < 0 else 180), t, 1.26, 2)
        at = Place(b, "booths", x + 0.02, z)
        table(at, t, 1.15, 0.60)
        litter(at.at(0, 0, y=0.75), t, d.chance(f"booth {i}"), 1.0, 0.5, d.clutter * 0.9)
        bulb = hanging_lamp(Place(b, "roof", x, z), t, _ROOM.high, 1.78)
        lights.append(lamp_light(bulb, t, 1.4, 78))
    return seats, lights


def _west(b: Builder, t: Tones, d: Dressing) -> list[Mark]:
    """West: high tables by the windows."""
    seats: list[Mark] = []
    for i, z in enumerate((-0.35, 1.45)):
        at = Place(b, "high_tables", -3.35, z)
        round_table(at, t, 0.34, _HIGH_TABLE_M)
        glasses(at.at(0, 0, y=_HIGH_TABLE_M), d.chance(f"high table {i}"), 0.4, 0.2 + 0.7 * d.clutter)
        for along in (-0.62, 0.62):
            seats += stool(Place(b, "stools", -3.35, z + along, 0 if along < 0 else 180), t, _TABLE_STOOL_M)
    return seats


def _walls(b: Builder, t: Tones, d: Dressing) -> None:
    """What hangs and stands along the walls."""
    music_box(_ROOM.against(b, "s", -0.55), t)
    chance = d.chance("pictures")
    hung = (
        ("e", -2.2, 0.7, 0.9),
        ("e", 0.05, 0.8, 0.55),
        ("e", 2.36, 0.8, 0.55),
        ("s", 0.5, 0.5, 0.62),
        ("w", -0.55, 0.5, 0.62),
        ("w", 2.75, 0.6, 0.8),
        ("n", 3.2, 0.7, 0.5),
    )
    for side, at, wide, high in hung[: 3 + round(d.wealth * 4)]:
        picture(_ROOM.against(b, side, at), t, chance, wide, high, 1.85)
    if d.wealth < 0.75 and t.era != "future":
        board_game(_ROOM.against(b, "s", 3.0), t)
    if d.clutter > 0.45:
        boxes(_ROOM.against(b, "n", 3.7, 0.34), d.chance("boxes"), round(d.clutter * 3.4))
    if d.clutter > 0.6:
        strewn(Place(b, "floor", 0.0, 1.2), t, d.chance("strewn"), round(d.clutter * 6), 3.4, 3.6)


def build_bar(dressing: Dressing) -> StageSet:
    """A room of 8.8 x 7.1 x 3.0 m with four wild walls."""
    b, t = Builder(), _tones(dressing)
    build_shell(b, _ROOM, _finish(t, dressing), t, dressing, _OPENINGS, view="w")
    stools, above = _bar(b, t, dressing)
    booths, cosy = _booths(b, t, dressing)
    high = _west(b, t, dressing)
    _walls(b, t, dressing)
    sun = window_light(_ROOM, _MAIN, dressing)
    glow = window_glow(_ROOM, _MAIN, dressing)
    marks = (*_STANDING, *stools, *booths, *high)
    return room_stage("bar", b, _ROOM, marks, (sun, glow, *above, *cosy), view="w")
