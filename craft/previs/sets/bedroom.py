"""A bedroom: a bed between nightstands, wardrobe, dresser with a mirror, a chair to read in, a tall window."""

from __future__ import annotations

from craft.previs.batch import Surface
from craft.previs.sets.pieces.bedding import bed, nightstand
from craft.previs.sets.pieces.decoration import (
    boxes,
    hanging_lamp,
    picture,
    potted_plant,
    rug,
    strewn,
    table_lamp,
    wall_mirror,
)
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import armchair, chair, cushion
from craft.previs.sets.pieces.storage import bookshelf, dresser, wardrobe
from craft.previs.sets.pieces.tables import book_pile, cup, gadget, glass, litter, table, vase
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
from craft.previs.stage import Builder, Mark, SetLight, StageSet

_ROOM = Shell(-3.3, 3.3, -2.9, 3.0, 2.7)
_MAIN = Opening("n", 0.65, 1.9, 0.6, 2.25, cover="curtains")
_OPENINGS = (
    _MAIN,
    Opening("w", 1.9, 0.9, 0.0, 2.06, "door"),
)
_BED_Z = -0.75
_STANDING = (
    Mark(0.2, 0.75, 50),
    Mark(1.3, 0.75, -50),
    Mark(0.7, -0.3, 0),
    Mark(-0.5, 1.5, 110),
    Mark(0.1, 2.0, 160),
    Mark(0.55, -2.1, 0),
    Mark(2.2, 1.5, -120),
    Mark(-2.2, 1.05, 90),
    Mark(1.05, -1.25, -60),
    Mark(-0.6, 2.4, 150),
    Mark(-1.3, 0.75, 90),
    Mark(2.0, 0.0, -90),
)


def _rest(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """West: the bed, its head at the wall, and what stands beside it."""
    wide = 1.1 if d.wealth < 0.25 else 1.6
    seats = [*bed(Place(b, "bed", _ROOM.west, _BED_Z, 90), t, d.chance("bed"), wide, d.clutter)]
    lights, sides = [], (-1, 1)
    for side in sides:
        stand = _ROOM.against(b, "w", _BED_Z + side * (wide / 2 + 0.34))
        if stand.z < _ROOM.north + 0.26:
            continue
        top = nightstand(stand, t)
        lights.append(lamp_light(table_lamp(stand.at(-0.06, 0.16, y=top), t, 0.42), t, 1.0))
        chance = d.chance(f"nightstand {side}")
        if d.clutter > 0.2:
            book_pile(stand.at(0.13, 0.27, y=top), chance, 1 + round(d.clutter * 3))
        if d.clutter > 0.45:
            (glass if side < 0 else cup)(stand.at(-0.14, 0.33, y=top))
    picture(
        _ROOM.against(b, "w", _BED_Z), t, d.chance("over the bed"), 0.9 if wide > 1.2 else 0.5, 0.55, 1.75
    )
    return seats, lights


def _storage(b: Builder, t: Tones, d: Dressing) -> None:
    """East: wardrobe and dresser; by the window a plant."""
    wardrobe(_ROOM.against(b, "e", 1.95), t, 1.7 if d.wealth > 0.6 else 1.2)
    dresser(_ROOM.against(b, "e", -0.15), t, d.chance("dresser"), d.clutter)
    if d.wealth > 0.3:
        potted_plant(Place(b, "plant", 2.85, -2.45), t, d.chance("plant"), 1.3)
    if d.clutter > 0.65:
        boxes(_ROOM.against(b, "e", 0.86, 0.34), d.chance("boxes"), round(d.clutter * 2.4))


def _corners(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], list[SetLight]]:
    """South: a desk with its chair and a lamp; an armchair near the window; pictures."""
    desk = _ROOM.against(b, "s", -1.6, 0.30)
    table(desk, t, 1.2, 0.56)
    lights = [lamp_light(table_lamp(desk.at(0.45, -0.1, y=0.75), t, 0.4), t, 0.7)]
    gadget(desk.at(-0.05, 0.0, y=0.75), t)
    litter(desk.at(0, 0, y=0.75), t, d.chance("desk"), 1.1, 0.5, d.clutter * 0.7)
    if d.wealth > 0.5:
        vase(desk.at(-0.45, -0.12, y=0.75), t, d.chance("vase"))
    askew = Place(b, "chair", 2.05, -1.5, -40)
    seats = [*chair(Place(b, "desk_chair", -1.6, 1.98, 0), t), *armchair(askew, t)]
    if d.wealth > 0.55:
        cushion(askew, Surface(mixed(t.accent, (200, 180, 140), 0.3), 0.9, segment=19), 0.0, 6)
    bookshelf(_ROOM.against(b, "s", 1.0), t, d.chance("books"), 1.1, 1.25, 0.2 + 0.6 * d.clutter)
    chance = d.chance("pictures")
    for at, wide, high in ((-1.8, 0.6, 0.45), (-1.15, 0.4, 0.5))[: 1 + round(d.wealth)]:
        picture(_ROOM.against(b, "s", at), t, chance, wide, high)
    picture(_ROOM.against(b, "n", -1.7), t, chance, 0.6, 0.8)
    if d.wealth > 0.35:
        wall_mirror(_ROOM.against(b, "s", 1.0), t, 0.36, 1.85)
    return seats, lights


def _floor(b: Builder, t: Tones, d: Dressing) -> None:
    colour = d.colour("rug", mixed(shaded(t.accent, 0.6), t.floor, 0.35))
    rug(Place(b, "floor", 0.15, 0.1), t, 2.6, 2.2, colour)
    if d.clutter > 0.3:
        strewn(Place(b, "floor", 0.3, 0.6, y=0.012), t, d.chance("strewn"), round(d.clutter * 9), 2.6, 2.6)


def build_bedroom(dressing: Dressing) -> StageSet:
    """A room of 6.6 x 5.9 x 2.7 m with four wild walls."""
    b, t = Builder(), indoor_tones(dressing)
    build_shell(b, _ROOM, finish_for(t, dressing.wealth), t, dressing, _OPENINGS)
    seats, bedside = _rest(b, t, dressing)
    _storage(b, t, dressing)
    chairs, desk = _corners(b, t, dressing)
    _floor(b, t, dressing)
    overhead = lamp_light(hanging_lamp(Place(b, "roof", 0.7, 0.2), t, _ROOM.high, 2.3), t, 0.8)
    sun = window_light(_ROOM, _MAIN, dressing)
    glow = window_glow(_ROOM, _MAIN, dressing)
    return room_stage(
        "bedroom", b, _ROOM, (*_STANDING, *seats, *chairs), (sun, glow, *bedside, *desk, overhead)
    )
