"""A railway carriage: an open space at the doors, then bays of facing seats down to the far end.

It runs along z towards +z. ``style``: ``country``, ``city`` or ``tunnel`` (else the seed chooses) and
``parked`` for a halt, e.g. ``city-parked``.
"""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.corridor import (
    APRONS,
    Opening,
    Passage,
    end_wall,
    floor_and_ceiling,
    lamp_panel,
    side_wall,
    skirting,
    wild_walls,
)
from craft.previs.sets.pieces.passing import Ride, daylight, passing_world
from craft.previs.sets.pieces.vehicles import grab_bar, rod, seat, window_frame
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, lathe, plain_box, sphere, turned_box
from craft.previs.spatial import Y_AXIS, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Wall
from craft.terms.light import kelvin_to_rgb

_P = Passage(1.42, 2.3, -7.4, 3.5)
_BAYS, _BAY, _FIRST = 3, 1.98, -0.35
_SILL, _HEAD = 0.86, 1.74
_DOOR = (1.15, 2.25)
_HIGH = 0.45
"""Height of the seats."""


@dataclass(frozen=True)
class _Finish:
    wall: Surface
    lower: Surface
    ceiling: Surface
    floor: Surface
    cover: Surface
    trim: Surface
    metal: Surface
    lamp: RGB8
    kelvin: float


def _finish(dressing: Dressing) -> _Finish:
    era = dressing.era
    wall, lower, cover, lamp, kelvin = {
        "period": ((126, 78, 44), (96, 56, 32), (104, 38, 40), (255, 206, 138), 2500.0),
        "midcentury": ((214, 204, 172), (112, 138, 118), (74, 104, 92), (255, 232, 190), 3100.0),
        "future": ((222, 226, 232), (196, 202, 212), (206, 112, 48), (196, 232, 255), 6800.0),
    }.get(era, ((206, 208, 206), (120, 128, 136), (44, 72, 122), (255, 246, 232), 4200.0))
    worn = 0.3 if dressing.wealth > 0.3 else 0.8
    kind = Kind.WOOD if era == "period" else (Kind.PANEL if era == "future" else Kind.PLASTER)
    brass = (196, 152, 70) if era == "period" else (186, 190, 194)
    floor = (112, 74, 46) if era == "period" else (70, 74, 80)
    return _Finish(
        Surface(dressing.colour("wall", wall), worn + 0.1, kind, segment=2),
        Surface(dressing.colour("accent", lower), worn + 0.1, kind, segment=3),
        Surface((206, 196, 170) if era == "period" else (224, 224, 220), 0.8, Kind.PLASTER, 0.10, segment=2),
        Surface(dressing.colour("floor", floor), 0.45, Kind.PLANKS if era == "period" else Kind.LINOLEUM),
        Surface(
            dressing.colour("fabric", cover),
            0.42 if dressing.wealth > 0.7 else 0.85,
            Kind.UPHOLSTERY,
            segment=17,
        ),
        Surface(dressing.colour("wood", (78, 46, 28) if era == "period" else (92, 96, 102)), 0.4, segment=3),
        Surface(brass, 0.28, metal=0.85, segment=15),
        dressing.colour("lamp", lamp),
        kelvin,
    )


def _bay(i: int) -> float:
    """South end of a bay."""
    return _FIRST - _BAY * i


def _windows() -> list[Opening]:
    return [(_bay(i) - _BAY + 0.30, _bay(i) - 0.30, _SILL, _HEAD) for i in range(_BAYS)]


def _shell(b: Builder, f: _Finish, dressing: Dressing) -> None:
    openings = [*_windows(), (_DOOR[0] + 0.16, _DOOR[1] - 0.16, 1.02, 1.86)]
    for sign in (-1, 1):
        side_wall(b, sign, _P, f.lower, openings, (0.0, _SILL - 0.04))
        side_wall(b, sign, _P, f.wall, openings, (_SILL - 0.04, _P.high))
        group = ("wall_w", "wall_e")[sign > 0]
        for z0, z1, sill, head in openings:
            at = (sign * (_P.half + 0.05), (sill + head) / 2, (z0 + z1) / 2)
            trim = f.metal if dressing.era in ("modern", "future") else f.trim
            window_frame(b, group, at, (z1 - z0, head - sill), trim, 0)
        cove = plain_box((sign * (_P.half - 0.13), _P.high - 0.08, _P.mid), (0.26, 0.16, _P.long))
        b.add(group, cove, f.ceiling)
    floor_and_ceiling(b, _P, f.floor, f.ceiling)
    skirting(b, _P, 0.0, 0.10, f.trim)
    skirting(b, _P, _SILL - 0.05, _SILL - 0.02, f.metal)
    pane = [(-0.22, 0.22, 1.05, 1.75)]
    for sign in (-1, 1):
        end_wall(b, sign, _P, f.wall, pane)
        _end_door(b, sign, f)


def _end_door(b: Builder, sign: int, f: _Finish) -> None:
    """The door to the next carriage, whose light is seen through its pane."""
    group, face = ("wall_n", "wall_s")[sign > 0], (_P.north + 0.02) if sign < 0 else (_P.south - 0.02)
    for x in (-0.45, 0.45):
        b.add(group, box((x, 1.0, face), (0.08, 2.06, 0.06), 0.01), f.trim)
    b.add(group, box((0, 2.05, face), (0.98, 0.08, 0.06), 0.01), f.trim)
    window_frame(b, group, (0, 1.40, face + sign * 0.02), (0.44, 0.70), f.metal, 2)
    b.add(group, plain_box((0, 0.52, face), (0.80, 0.9, 0.02)), f.lower)
    b.add(group, rod((0.33, 0.95, face - sign * 0.06), (0.33, 1.30, face - sign * 0.06), 0.014), f.metal)
    beyond = (_P.north - 1.2) if sign < 0 else (_P.south + 1.2)
    b.add(
        group, plain_box((0, 1.3, beyond), (1.6, 2.2, 0.05)), Surface(f.lamp, 0.8, Kind.GLOW, 0.28, segment=6)
    )
    b.add(group, plain_box((0.5, 1.0, beyond - sign * 0.3), (0.4, 2.0, 0.05)), f.lower)


def _doors(b: Builder, f: _Finish, dressing: Dressing) -> None:
    """The doors in the sides, with their posts and a strip of light or a brass handle."""
    z0, z1 = _DOOR
    for sign in (-1, 1):
        group, x = ("wall_w", "wall_e")[sign > 0], sign * (_P.half - 0.015)
        for z in (z0, (z0 + z1) / 2, z1):
            b.add(group, plain_box((x, 1.0, z), (0.03, 2.0, 0.035)), f.trim)
        b.add(group, plain_box((x, 2.0, (z0 + z1) / 2), (0.04, 0.06, z1 - z0)), f.trim)
        if dressing.era in ("period", "midcentury"):
            b.add(group, sphere((x - sign * 0.05, 0.95, z0 + 0.14), 0.03, 10), f.metal)
        else:
            button = sphere((x - sign * 0.01, 1.10, z1 + 0.14), (0.02, 0.04, 0.04), 10)
            b.add(group, button, Surface((90, 255, 140), 0.4, Kind.GLOW, 2.0, segment=20))
            b.add(
                group,
                plain_box((x, 2.06, (z0 + z1) / 2), (0.02, 0.02, 0.9)),
                Surface(f.lamp, 0.5, Kind.GLOW, 1.6),
            )
        for z in (z0 - 0.14, z1 + 0.28):
            grab_bar(b, group, (x - sign * 0.06, 0.8, z), (x - sign * 0.06, 1.6, z), f.metal)


def _screens(b: Builder, f: _Finish, dressing: Dressing) -> None:
    """Draught screens with poles between the doors and the seats."""
    for sign in (-1, 1):
        x0, x1, z = sign * 0.44, sign * _P.half, -0.02
        tall = 1.9 if dressing.era == "period" else 1.25
        b.add("seats", box(((x0 + x1) / 2, tall / 2, z), (abs(x1 - x0), tall, 0.05), 0.012), f.lower)
        b.add("seats", box(((x0 + x1) / 2, tall + 0.02, z), (abs(x1 - x0), 0.05, 0.07), 0.015), f.trim)
        b.add("seats", rod((x0, 0.0, z), (x0, _P.high, z), 0.018), f.metal)
        low, high = sorted((x0 - sign * 0.02, x1))
        b.obstacles.append(Obstacle((low, 0, z - 0.04), (high, tall + 0.05, z + 0.04), "seats"))


def _rows(b: Builder, f: _Finish, dressing: Dressing) -> None:
    period = dressing.era == "period"
    for i in range(_BAYS):
        for yaw, z in ((180.0, _bay(i) - 0.42), (0.0, _bay(i) - _BAY + 0.42)):
            for sign in (-1, 1):
                if dressing.era in ("period", "midcentury"):
                    tall = 0.86 if period else 0.66
                    seat(
                        b, "seats", (sign * 0.89, z, 1.04), _HIGH, f.cover, yaw=yaw, back=tall, headrest=False
                    )
                else:
                    for x in (0.64, 1.15):
                        seat(b, "seats", (sign * x, z, 0.48), _HIGH, f.cover, yaw=yaw, back=0.62)
                back = z - 0.36 if yaw == 0 else z + 0.36
                if period:
                    b.add("seats", box((sign * 0.89, 0.72, back), (1.08, 1.44, 0.05), 0.02), f.lower)
                else:
                    b.add("seats", plain_box((sign * 0.89, 0.2, z - 0.02), (0.9, 0.3, 0.42)), f.trim)
                ear = (sign * 0.405, _HIGH + 0.50, back + (0.07 if yaw == 0 else -0.07))
                b.add("seats", box(ear, (0.035, 0.10, 0.05), 0.015), f.metal)


def _tables(b: Builder, f: _Finish, dressing: Dressing) -> None:
    """A small table under each window, with what travellers put on it."""
    chance = dressing.chance("tables")
    for i in range(_BAYS):
        for sign in (-1, 1):
            z, x = _bay(i) - _BAY / 2, sign * 1.20
            group = ("wall_w", "wall_e")[sign > 0]
            b.add(group, box((x, 0.73, z), (0.44, 0.03, 0.34), 0.012), f.trim)
            b.obstacles.append(Obstacle((x - 0.22, 0.68, z - 0.17), (x + 0.22, 0.76, z + 0.17), group))
            if dressing.era in ("period", "midcentury"):
                _table_lamp(b, group, x + sign * 0.10, z, f)
            if chance.random() < dressing.clutter * 1.6:
                cup = ((0, 0), (0.03, 0), (0.038, 0.10), (0.034, 0.10), (0.03, 0.01), (0, 0.01))
                tone = chance.choice(((230, 226, 214), (150, 60, 48), (60, 92, 110)))
                b.add(
                    group, lathe(cup, (x - sign * 0.08, 0.745, z + 0.05), 12), Surface(tone, 0.4, segment=9)
                )
            if chance.random() < dressing.clutter:
                turn = rotation(Y_AXIS, chance.uniform(-30, 30))
                page = turned_box((x - sign * 0.04, 0.752, z - 0.07), (0.22, 0.012, 0.15), turn, 0.003)
                b.add(group, page, Surface((198, 192, 172), 0.8, segment=9))


def _table_lamp(b: Builder, group: str, x: float, z: float, f: _Finish) -> None:
    stand = ((0, 0), (0.045, 0), (0.045, 0.012), (0.01, 0.03), (0.01, 0.16), (0, 0.16))
    b.add(group, lathe(stand, (x, 0.745, z), 10), f.metal)
    shade = ((0.075, 0), (0.045, 0.09), (0.043, 0.09), (0.07, 0))
    b.add(group, lathe(shade, (x, 0.88, z), 12), Surface(f.lamp, 0.8, Kind.GLOW, 1.3, segment=20))


def _racks(b: Builder, f: _Finish, dressing: Dressing) -> None:
    chance = dressing.chance("luggage")
    long = _BAY * _BAYS - 0.2
    mid = _FIRST - _BAY * _BAYS / 2
    for sign in (-1, 1):
        group = ("wall_w", "wall_e")[sign > 0]
        for i in range(5):
            x = sign * (_P.half - 0.06 - i * 0.085)
            b.add(group, rod((x, 1.86, mid - long / 2), (x, 1.86, mid + long / 2), 0.010, 6), f.metal)
        for i in range(_BAYS * 2 + 1):
            z = mid - long / 2 + i * long / (_BAYS * 2)
            b.add(group, plain_box((sign * (_P.half - 0.21), 1.84, z), (0.42, 0.035, 0.03)), f.trim)
        low, high = sorted((sign * (_P.half - 0.42), sign * _P.half))
        b.obstacles.append(Obstacle((low, 1.82, mid - long / 2), (high, 1.9, mid + long / 2), group))
        at = mid - long / 2 + 0.1
        while at < mid + long / 2 - 0.6:
            wide = chance.uniform(0.35, 0.65)
            if chance.random() < 0.15 + dressing.clutter:
                _case(
                    b, group, (sign * (_P.half - 0.22), 1.875, at + wide / 2), wide, chance.random(), dressing
                )
            at += wide + 0.12


_CASES: tuple[RGB8, ...] = (
    (98, 62, 40),
    (60, 70, 84),
    (122, 44, 42),
    (70, 84, 62),
    (38, 38, 42),
    (168, 140, 96),
)


def _case(
    b: Builder, group: str, at: tuple[float, float, float], wide: float, luck: float, dressing: Dressing
) -> None:
    tone = _CASES[int(luck * len(_CASES)) % len(_CASES)]
    tall = 0.17 + 0.10 * luck
    x, y, z = at
    b.add(group, box((x, y + tall / 2, z), (0.34, tall, wide), 0.03), Surface(tone, 0.6, segment=9))
    if dressing.era in ("period", "midcentury"):
        for dz in (-wide * 0.28, wide * 0.28):
            b.add(
                group,
                plain_box((x, y + tall / 2, z + dz), (0.347, tall + 0.008, 0.03)),
                Surface((52, 34, 24), 0.5),
            )


def _lamps(b: Builder, f: _Finish, dressing: Dressing) -> None:
    lit = dressing.era
    glow = Surface(f.lamp, 0.5, Kind.GLOW, 1.8 if dressing.day else 2.6, segment=20)
    if lit == "modern":
        for i in range(8):
            lamp_panel(b, (0, _P.high, 2.85 - i * 1.36), (0.20, 1.1), glow, f.metal)
    elif lit == "future":
        for sign in (-1, 1):
            group = ("wall_w", "wall_e")[sign > 0]
            x = sign * (_P.half - 0.27)
            b.add(group, plain_box((x, _P.high - 0.09, _P.mid), (0.012, 0.05, _P.long)), glow)
            b.add(group, plain_box((sign * (_P.half - 0.025), 0.13, _P.mid), (0.012, 0.02, _P.long)), glow)
    else:
        for i in range(6):
            z = 2.4 - i * 1.75
            cup = ((0, 0), (0.13, 0), (0.14, -0.03), (0.05, -0.04), (0, -0.04))
            b.add("roof", lathe(cup, (0, _P.high, z), 14), f.metal)
            b.add("roof", sphere((0, _P.high - 0.09, z), (0.11, 0.08, 0.11), 14), glow)


def _luggage(b: Builder, dressing: Dressing) -> None:
    """Bags in the corner by the far door of the open space, more of them the more there is about."""
    chance = dressing.chance("bags")
    count = round(dressing.clutter * 5)
    for i in range(count):
        x, tall = 1.12 - 0.32 * (i % 2), chance.uniform(0.45, 0.75) if i < 2 else 0.35
        y = 0.0 if i < 2 else 0.74 + 0.36 * (i // 2 - 1)
        tone = chance.choice(_CASES)
        at = (x, y + tall / 2, 3.22)
        b.add("bags", box(at, (0.29, tall, 0.42), 0.05, 2), Surface(tone, 0.7, segment=9))
    if count:
        b.obstacles.append(Obstacle((0.62 if count > 1 else 0.95, 0, 2.98), (1.32, 1.1, 3.46), "bags"))


def _curtains(b: Builder, f: _Finish, dressing: Dressing) -> None:
    if dressing.era not in ("period", "midcentury"):
        return
    cloth = Surface(dressing.colour("rug", f.cover.colour), 0.9, Kind.UPHOLSTERY, segment=4)
    for z0, z1, sill, head in _windows():
        for sign in (-1, 1):
            group = ("wall_w", "wall_e")[sign > 0]
            x = sign * (_P.half - 0.03)
            b.add(group, rod((x, head + 0.05, z0 - 0.1), (x, head + 0.05, z1 + 0.1), 0.009, 6), f.metal)
            for z in (z0, z1):
                for k in range(4):
                    inward = 0.045 * k if z == z0 else -0.045 * k
                    fold = box((x, (sill + head) / 2, z + inward), (0.035, head - sill + 0.12, 0.05), 0.016)
                    b.add(group, fold, cloth)


def _lights(dressing: Dressing, f: _Finish, *, tunnel: bool) -> tuple[SetLight, ...]:
    tone = kelvin_to_rgb(f.kelvin)
    level = (0.6 if dressing.day and not tunnel else 1.0) * (0.75 if dressing.era == "period" else 1.0)
    lamps = [
        SetLight((0, 2.2, z), (0, 0, z), tone, 2.3 * level, 82, 0.8, 0.28) for z in (2.0, -0.8, -3.4, -6.0)
    ]
    if tunnel:
        return tuple(lamps)
    if dressing.day:
        air = daylight(dressing)
        warm = {"dawn": 3300, "dusk": 3000, "morning": 4700, "afternoon": 5000}.get(
            dressing.time_of_day, 5600
        )
        sun = kelvin_to_rgb(warm)
        beam = SetLight(
            (6.0, 4.6, 0.4), (0, 0.6, -1.6), sun, 3.6 * air.sky, 24, 0.05, 0.002, True, False, 0.3, False
        )
        sky = kelvin_to_rgb(7200)
        soft = SetLight((-5, 2.2, -1.5), (0, 0.9, -1.5), sky, 0.9 * air.sky, 46, 1.0, 0.01, practical=False)
        return (beam, soft, *lamps)
    moon = SetLight(
        (5.5, 4.2, 0.4), (0, 0.6, -1.6), (0.36, 0.52, 1.0), 1.6, 24, 0.1, 0.004, True, False, 0.2, False
    )
    return (moon, *lamps)


def _marks() -> tuple[Mark, ...]:
    standing = (
        Mark(-0.55, 1.0, 35),
        Mark(0.55, 1.0, -35),
        Mark(0.0, 0.15, 0),
        Mark(-0.95, 1.9, 70),
        Mark(0.95, 1.9, -70),
        Mark(0.1, 2.6, 180),
        Mark(0.0, -1.3, 0),
        Mark(0.0, -2.7, 180),
        Mark(0.0, -4.1, 0),
        Mark(0.0, -5.5, 0),
        Mark(-0.75, 2.85, 150),
        Mark(-0.95, 0.45, 40),
        Mark(0.0, -6.8, 0),
    )
    seats = []
    for i in range(2):
        for sign in (1, -1):
            for x in (1.15, 0.64):
                seats.append(Mark(sign * x, _bay(i) - _BAY + 0.42, 0, _HIGH))
                seats.append(Mark(sign * x, _bay(i) - 0.42, 180, _HIGH))
    return (*standing, *seats)


def build_train(dressing: Dressing) -> StageSet:
    """A carriage of 2.84 x 10.9 x 2.3 m: standing room at the doors, then three bays of facing seats."""
    b, f = Builder(), _finish(dressing)
    style = dressing.word("style", "")
    sort = dressing.chance("line").choice(("country", "city", "country"))
    for name in ("country", "city", "tunnel"):
        sort = name if name in style else sort
    _shell(b, f, dressing)
    for part in (_doors, _screens, _rows, _tables, _racks, _lamps, _curtains):
        part(b, f, dressing)
    _luggage(b, dressing)
    passing_world(b, dressing, Ride(0.0 if "parked" in style else 18.0, 1.1), sort, 2.4)
    return StageSet(
        "train",
        b.groups(),
        (*wild_walls(_P), Wall("bags", 2, _P.south, 1)),
        tuple(b.obstacles),
        _marks(),
        _lights(dressing, f, tunnel=sort == "tunnel"),
        (-_P.half + 0.15, 0.05, _P.north + 0.15),
        (_P.half - 0.15, _P.high - 0.12, _P.south - 0.15),
        interior=True,
        aprons=APRONS,
    )
