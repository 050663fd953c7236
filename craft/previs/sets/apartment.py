"""A living room: sofa and armchair round a rug, a hearth or a screen, books, a table to eat at, a tall window."""

from __future__ import annotations

from craft.previs.batch import Surface
from craft.previs.sets.pieces.decoration import (
    boxes,
    floor_lamp,
    hanging_lamp,
    picture,
    potted_plant,
    rug,
    strewn,
    table_lamp,
    wall_clock,
)
from craft.previs.sets.pieces.openings import Opening
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import armchair, chair, cushion, pouf, sofa
from craft.previs.sets.pieces.storage import bookshelf, hearth, receiver, sideboard
from craft.previs.sets.pieces.tables import fruit_bowl, gadget, litter, round_table, table, vase
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

_ROOM = Shell(-3.8, 3.8, -3.0, 3.5, 2.8)
_MAIN = Opening("n", -0.75, 2.3, 0.55, 2.35, cover="curtains")
_OPENINGS = (
    _MAIN,
    Opening("w", -1.55, 1.1, 0.9, 2.25, cover="both"),
    Opening("s", 2.5, 0.92, 0.0, 2.08, "door"),
    Opening("e", 2.2, 1.2, 0.0, 2.25, "arch"),
)
_STANDING = (
    Mark(-0.55, 0.6, 50),
    Mark(0.55, 0.6, -50),
    Mark(-0.1, -0.5, 0),
    Mark(1.7, 1.3, -70),
    Mark(0.2, 1.8, 180),
    Mark(-0.75, -1.9, 10),
    Mark(1.5, -1.0, -40),
    Mark(2.5, 2.6, 200),
    Mark(2.3, 0.2, -80),
    Mark(-1.0, 2.2, 120),
    Mark(0.7, -2.0, 0),
    Mark(1.2, 2.5, 180),
)


def _lounge(b: Builder, t: Tones, d: Dressing) -> list[Mark]:
    """West: sofa, low table, armchair by the window, rug."""
    chance, colour = d.chance("lounge"), d.colour("rug", mixed(shaded(t.accent, 0.62), t.floor, 0.3))
    rug(Place(b, "floor", -1.55, 0.45, 90), t, 2.7, 2.6, colour)
    couch = Place(b, "sofa", _ROOM.west + 0.5, 0.45, 90)
    seats = [*sofa(couch, t, 2.2)]
    pads = d.chance("cushions")
    for i in range(round(1 + d.wealth * 2)):
        tone = mixed(t.accent, pads.choice(((206, 168, 92), (196, 190, 176), t.fabric)), 0.35 * i)
        cushion(couch, Surface(tone, 0.9, segment=19), (-0.72, 0.72, -0.30)[i], pads.uniform(-14, 14))
    low = Place(b, "low_table", -2.05, 0.45, 90)
    table(low, t, 1.1, 0.55, 0.40)
    litter(low.at(0, 0, y=0.40), t, chance, 1.1, 0.55, d.clutter)
    if d.wealth > 0.45:
        fruit_bowl(low.at(0, 0, y=0.40), d.chance("fruit"))
    seats += armchair(Place(b, "armchair", -2.45, -2.05, 40), t)
    if d.wealth > 0.6:
        pouf(Place(b, "pouf", -1.3, -1.25), t)
    return seats


def _east(b: Builder, t: Tones, d: Dressing) -> list[SetLight]:
    """East: what the sofa looks at, between shelves."""
    chance, lights = d.chance("east"), []
    if t.era == "period":
        fire = hearth(_ROOM.against(b, "e", 0.2), t, chance)
        lights.append(
            SetLight(fire, (0, 0.5, 0.2), (1.0, 0.42, 0.12), 2.2 if t.night else 1.2, 100, 0.9, 0.7)
        )
        picture(_ROOM.against(b, "e", 0.2), t, chance, 0.95, 0.68, 1.72)
    else:
        receiver(_ROOM.against(b, "e", 0.2), t)
    bookshelf(_ROOM.against(b, "e", -1.95), t, d.chance("books"), 1.5, 2.1, 0.35 + 0.6 * d.clutter)
    if d.wealth > 0.3:
        bookshelf(_ROOM.against(b, "n", 2.3), t, d.chance("more books"), 1.5, 2.1, 0.25 + 0.6 * d.clutter)
    return lights


def _dining(b: Builder, t: Tones, d: Dressing) -> tuple[list[Mark], SetLight]:
    """South-west: a round table with chairs under a pendant."""
    x, z, chance = -2.55, 2.45, d.chance("dining")
    at = Place(b, "dining", x, z)
    round_table(at, t, 0.52)
    if d.wealth > 0.35:
        vase(at.at(0, 0, y=0.75), t, chance)
    litter(at.at(0, 0, y=0.75), t, d.chance("table"), 0.8, 0.7, d.clutter * 0.8)
    seats = [*chair(Place(b, "dining", x + 0.72, z, -90), t), *chair(Place(b, "dining", x - 0.72, z, 90), t)]
    bulb = hanging_lamp(Place(b, "roof", x, z), t, _ROOM.high, 1.75)
    return seats, lamp_light(bulb, t, 1.1, 80)


def _sides(b: Builder, t: Tones, d: Dressing) -> list[SetLight]:
    """South: sideboard with a lamp; lamps, plants and pictures round about."""
    chance = d.chance("pictures")
    board = _ROOM.against(b, "s", 0.35)
    sideboard(board, t, 1.6)
    if t.era != "future" or d.clutter > 0.5:
        gadget(board.at(-0.1, 0.24, y=0.78), t)
    lights = [lamp_light(table_lamp(board.at(0.55, 0.22, y=0.78), t), t, 0.9)]
    lights.append(lamp_light(floor_lamp(Place(b, "lamp", -3.3, -2.55), t), t, 1.4))
    hung = (
        ("s", -0.1, 0.7, 0.5),
        ("s", 0.8, 0.45, 0.6),
        ("w", 0.45, 1.1, 0.7),
        ("n", 1.15, 0.42, 0.56),
        ("w", 2.4, 0.5, 0.66),
    )
    for side, at, wide, high in hung[: 2 + round(d.wealth * 3)]:
        picture(_ROOM.against(b, side, at), t, chance, wide, high)
    if d.wealth > 0.25:
        potted_plant(Place(b, "plant", 0.95, -2.6), t, d.chance("plant"), 1.15)
    if d.wealth > 0.7:
        potted_plant(_ROOM.against(b, "s", -1.05, 0.35), t, d.chance("palm"), 1.5)
    if t.era != "future":
        wall_clock(_ROOM.against(b, "e", 1.25), t)
    return lights


def _mess(b: Builder, t: Tones, d: Dressing) -> None:
    chance = d.chance("mess")
    if d.clutter > 0.35:
        strewn(Place(b, "floor", -1.4, 0.5, y=0.012), t, chance, round(d.clutter * 7), 1.6, 2.0)
    if d.clutter > 0.6:
        boxes(_ROOM.against(b, "n", -2.3 + 0.9, 0.35), d.chance("boxes"), round(d.clutter * 2.4))
        strewn(Place(b, "floor", 1.6, 0.6), t, d.chance("papers"), round(d.clutter * 6), 2.0, 3.2)


def build_apartment(dressing: Dressing) -> StageSet:
    """A room of 7.6 x 6.5 x 2.8 m with four wild walls."""
    b, t = Builder(), indoor_tones(dressing)
    build_shell(b, _ROOM, finish_for(t, dressing.wealth), t, dressing, _OPENINGS)
    seats = _lounge(b, t, dressing)
    fire = _east(b, t, dressing)
    chairs, overhead = _dining(b, t, dressing)
    lamps = _sides(b, t, dressing)
    _mess(b, t, dressing)
    sun = window_light(_ROOM, _MAIN, dressing)
    glow = window_glow(_ROOM, _MAIN, dressing)
    return room_stage(
        "apartment", b, _ROOM, (*_STANDING, *seats, *chairs), (sun, glow, *lamps, overhead, *fire)
    )
