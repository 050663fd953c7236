"""A hospital corridor: doors, handrails, a bed on wheels, a reception niche, seats to wait on."""

from __future__ import annotations

from typing import NamedTuple

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
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.pieces.ward import (
    Finish,
    bed,
    cart,
    chairs,
    cross_sign,
    double_door,
    drip,
    handrail,
    outer_window,
    side_door,
)
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, mat_mul, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Wall
from craft.terms.light import kelvin_to_rgb

_P = Passage(1.55, 2.65, -10.0, 5.0)
_DOORS_W, _DOORS_E = (-0.3, -3.0, -6.2, -8.8), (1.6, -4.6, -7.8)
_NICHE = (-3.3, -1.0)
"""Reception: from, to (z) in the east wall."""
_DEEP = 1.7
_WINDOW: Opening = (2.0, 4.2, 1.15, 2.15)
_CHAIR_Z = (2.2, 2.75, 3.3, 3.85)
_HIGH = 0.45


class _Palette(NamedTuple):
    wall: RGB8
    dado: RGB8
    floor: RGB8
    door: RGB8
    trim: RGB8
    accent: RGB8
    lamp: RGB8
    kelvin: float


_PALETTES = {
    "period": _Palette(
        (214, 206, 180), (96, 122, 104), (120, 104, 88), (98, 62, 40),
        (78, 50, 34), (146, 60, 52), (255, 224, 170), 2700,
    ),
    "midcentury": _Palette(
        (206, 216, 196), (128, 166, 148), (150, 142, 124), (168, 136, 92),
        (92, 104, 100), (176, 92, 64), (240, 244, 220), 3900,
    ),
    "modern": _Palette(
        (208, 216, 216), (142, 176, 184), (146, 152, 150), (188, 164, 126),
        (110, 126, 134), (72, 132, 160), (246, 250, 255), 4800,
    ),
    "future": _Palette(
        (236, 240, 244), (224, 230, 236), (168, 174, 182), (230, 234, 238),
        (196, 204, 212), (70, 200, 230), (226, 244, 255), 7000,
    ),
}  # fmt: skip
_OLD = ("period", "midcentury")


def _worn(c: RGB8, *, poor: bool) -> RGB8:
    """Paint that is due: darker and yellower."""
    return (round(c[0] * 0.8), round(c[1] * 0.8), round(c[2] * 0.72)) if poor else c


def _finish(dressing: Dressing) -> Finish:
    era, poor = dressing.era, dressing.wealth < 0.3
    c = _PALETTES.get(era, _PALETTES["modern"])
    rough = 0.85 if poor else 0.5
    walls = Kind.PANEL if era == "future" or poor else Kind.PLASTER
    dado = Kind.PLAIN if era == "modern" else Kind.PANEL
    doors = Kind.WOOD if era in _OLD or (era == "modern" and dressing.wealth > 0.65) else Kind.PLAIN
    cover = (70, 104, 128) if era == "modern" else c.accent
    return Finish(
        Surface(dressing.colour("wall", _worn(c.wall, poor=poor)), rough, walls, segment=2),
        Surface(dressing.colour("accent", _worn(c.dado, poor=poor)), rough - 0.1, dado, segment=2),
        Surface(
            _worn((230, 232, 230), poor=poor), 0.9, Kind.PANEL, 0.30 if era == "future" else 0.16, segment=2
        ),
        Surface(dressing.colour("floor", _worn(c.floor, poor=poor)), 0.45 if poor else 0.22, Kind.LINOLEUM),
        Surface(dressing.colour("wood", c.door), 0.4, doors, segment=18),
        Surface(c.trim, 0.45, segment=3),
        Surface((190, 152, 78) if era == "period" else (186, 192, 196), 0.3, metal=0.8, segment=15),
        Surface(dressing.colour("fabric", cover), 0.8, Kind.UPHOLSTERY, segment=17),
        Surface(_worn((226, 230, 232), poor=poor), 0.85, segment=11),
        c.accent,
        dressing.colour("lamp", c.lamp),
        c.kelvin,
    )


def _shell(b: Builder, f: Finish, dressing: Dressing) -> None:
    west, east = [_WINDOW], [(*_NICHE, 0.0, 2.3)]
    for sign, openings in ((-1, west), (1, east)):
        side_wall(b, sign, _P, f.dado, openings, (0.0, 1.06))
        side_wall(b, sign, _P, f.wall, openings, (1.06, _P.high))
    for sign in (-1, 1):
        end_wall(b, sign, _P, f.wall)
        double_door(b, f, _P, sign, dressing.era)
    floor_and_ceiling(b, _P, f.floor, f.ceiling)
    skirting(b, _P, 0.0, 0.11, f.trim)
    outer_window(b, f, -1, _P, _WINDOW)
    stripe = Surface(f.accent, 0.3, Kind.LINOLEUM, segment=1)
    b.add("floor", plain_box((0.95, 0.004, _P.mid), (0.09, 0.012, _P.long - 0.2)), stripe)
    b.add("floor", plain_box((-0.95, 0.004, _P.mid), (0.09, 0.012, _P.long - 0.2)), f.dado)


def _doors(b: Builder, f: Finish, dressing: Dressing) -> None:
    chance = dressing.chance("rooms")
    for sign, zs in ((-1, _DOORS_W), (1, _DOORS_E)):
        for z in zs:
            side_door(b, f, _P, sign, z, dressing.era, lit=chance.random() < 0.5)
    cross_sign(b, _P, 1, -0.7, (196, 48, 48), lit=dressing.era != "period")
    cross_sign(b, _P, -1, -5.2, f.accent, lit=dressing.era == "future")
    for sign, zs in ((-1, _DOORS_W), (1, _DOORS_E)):
        gaps = sorted([(z - 0.66, z + 0.66) for z in zs] + ([_NICHE] if sign > 0 else [(1.8, 4.4)]))
        at, runs = _P.north + 0.3, []
        for start, end in gaps:
            runs.append((at, start))
            at = end
        handrail(b, f, _P, sign, [*runs, (at, _P.south - 0.3)], dressing.era)


def _niche(b: Builder, f: Finish, dressing: Dressing) -> None:
    """Reception: a recess with a counter, a lit shelf, a monitor and a lamp of its own; goes with the east wall."""
    z0, z1 = _NICHE
    mid, long, back = (z0 + z1) / 2, z1 - z0, _P.half + _DEEP
    b.add("wall_e", plain_box((back + 0.06, 1.2, mid), (0.12, 2.4, long)), f.dado)
    for z in (z0 - 0.05, z1 + 0.05):
        b.add("wall_e", plain_box((_P.half + _DEEP / 2, 1.2, z), (_DEEP, 2.4, 0.1)), f.wall)
    b.add("wall_e", plain_box((_P.half + _DEEP / 2, 2.34, mid), (_DEEP, 0.08, long)), f.ceiling)
    b.add("wall_e", quad((_P.half + _DEEP / 2, 0.001, mid), (_DEEP / 2, 0, 0), (0, 0, -long / 2)), f.floor)
    front = _P.half + 0.22
    b.add("wall_e", box((front, 0.52, mid), (0.36, 1.04, long - 0.06), 0.03), f.door)
    b.add("wall_e", box((front, 1.07, mid), (0.46, 0.05, long - 0.02), 0.02), f.trim)
    line = Surface(f.lamp, 0.5, Kind.GLOW, 1.8, segment=20)
    b.add("wall_e", plain_box((front - 0.185, 0.12, mid), (0.01, 0.03, long - 0.1)), line)
    b.add("wall_e", plain_box((front, 2.28, mid), (0.10, 0.03, long - 0.3)), line)
    x0 = _P.half - 0.02
    b.obstacles.append(Obstacle((x0, 0, z0), (_P.half + 0.46, 1.12, z1), "wall_e"))
    b.obstacles.append(Obstacle((_P.half + 0.46, 0, z0), (back, 0.9, z1), "wall_e"))
    if dressing.era in ("modern", "future"):
        b.add(
            "wall_e",
            turned_box((front + 0.12, 1.30, mid + 0.5), (0.03, 0.34, 0.52), rotation(Y_AXIS, 14)),
            f.linen,
        )
        glass = quad((back - 0.02, 1.55, mid - 0.1), (0, 0, 0.55), (0, 0.34, 0))
        b.add("wall_e", glass, Surface(f.accent, 0.3, Kind.READOUT, 1.3, segment=8))
    _shelf(b, f, dressing, back - 0.16, mid, long)


def _shelf(b: Builder, f: Finish, dressing: Dressing, x: float, mid: float, long: float) -> None:
    chance = dressing.chance("files")
    old = dressing.era in _OLD
    for y in (0.95, 1.30, 1.65) if old else (0.95,):
        b.add("wall_e", box((x, y, mid), (0.30, 0.03, long - 0.1), 0.008), f.trim)
        at = mid - long / 2 + 0.15
        while at < mid + long / 2 - 0.2:
            thick = chance.uniform(0.03, 0.09)
            if chance.random() < 0.35 + dressing.clutter * 0.6:
                tone = chance.choice(((196, 178, 134), (120, 70, 60), (86, 112, 128), (206, 204, 196)))
                spine = plain_box((x, y + 0.14, at + thick / 2), (0.22, 0.25, thick * 0.92))
                b.add("wall_e", spine, Surface(tone, 0.7, segment=12))
            at += thick
    chance = dressing.chance("counter")
    for i in range(round(dressing.clutter * 8)):
        z, turn = mid - long / 2 + 0.3 + 0.26 * i, rotation(Y_AXIS, chance.uniform(-25, 25))
        page = turned_box((_P.half + 0.18, 1.10 + 0.006, z), (0.2, 0.012, 0.15), turn, 0.003)
        b.add("wall_e", page, Surface((214, 210, 196), 0.8, segment=9))


def _things(b: Builder, f: Finish, dressing: Dressing) -> None:
    bed(b, f, -1.06, -4.6, dressing.era)
    drip(b, f, -0.52, -3.42)
    chance = dressing.chance("cart")
    tones = ((150, 90, 50), (214, 220, 220), (90, 140, 150), (190, 60, 56))
    count = round(1 + dressing.clutter * 6)
    items = [(-0.26 + i * 0.09, chance.uniform(0.1, 0.22), chance.choice(tones)) for i in range(count)]
    cart(b, f, 1.22, -6.2, items)
    chairs(b, f, -1.18, list(_CHAIR_Z), _HIGH, -1)
    if dressing.clutter > 0.3:
        b.add("cart", box((1.28, 0.33, 3.9), (0.38, 0.66, 0.38), 0.04), f.metal)
        b.obstacles.append(Obstacle((1.06, 0, 3.68), (1.5, 0.68, 4.12), "cart"))
    if dressing.clutter > 0.6:
        for i in range(3):
            b.add(
                "cart",
                box((1.25, 0.18 + 0.33 * i, 3.25), (0.42, 0.32, 0.5), 0.012),
                Surface((168, 132, 92), 0.85),
            )
        b.obstacles.append(Obstacle((1.02, 0, 2.98), (1.5, 1.02, 3.52), "cart"))
    board = plain_box((_P.half - 0.015, 1.55, 3.4), (0.03, 0.8, 1.2))
    b.add("wall_e", board, Surface((150, 118, 82), 0.9, segment=14))
    pins = dressing.chance("board")
    for _ in range(round(3 + dressing.clutter * 10)):
        tone = pins.choice(((232, 228, 214), (220, 206, 140), (160, 196, 206), (226, 170, 160)))
        at = (_P.half - 0.034, 1.55 + pins.uniform(-0.28, 0.28), 3.4 + pins.uniform(-0.48, 0.48))
        b.add("wall_e", plain_box(at, (0.006, 0.21, 0.15)), Surface(tone, 0.8, segment=14))


def _comforts(b: Builder, f: Finish, dressing: Dressing) -> None:
    """What a house with means has: pictures between the doors and green things in a pot."""
    if dressing.wealth < 0.65:
        return
    chance = dressing.chance("pictures")
    for group, sign, z in (
        ("wall_w", -1, -1.65),
        ("wall_w", -1, -7.5),
        ("wall_e", 1, 0.35),
        ("wall_e", 1, -6.2),
    ):
        x, tone = sign * (_P.half - 0.02), chance.choice(((176, 122, 70), (84, 124, 140), (150, 150, 96)))
        b.add(group, box((x, 1.62, z), (0.04, 0.56, 0.80), 0.01), f.door)
        b.add(
            group,
            plain_box((x - sign * 0.02, 1.62, z), (0.012, 0.48, 0.72)),
            Surface((232, 228, 216), 0.8, segment=14),
        )
        b.add(
            group, plain_box((x - sign * 0.024, 1.58, z), (0.012, 0.22, 0.60)), Surface(tone, 0.8, segment=14)
        )
    pot = ((0, 0), (0.16, 0), (0.20, 0.42), (0.17, 0.42), (0.16, 0.36), (0, 0.36))
    b.add("cart", lathe(pot, (1.24, 0, 4.68), 14), Surface((196, 190, 178), 0.5, segment=13))
    for i in range(14):
        turn, tilt = chance.uniform(0, 360), chance.uniform(12, 42)
        blade = sphere((0, 0.32, 0), (0.012, 0.34, 0.045), 6)
        leaf = moved(blade, mat_mul(rotation(Y_AXIS, turn), rotation(X_AXIS, tilt)), (1.24, 0.36, 4.68))
        b.add("cart", leaf, Surface((52, 100 + 3 * i, 60), 0.5, segment=13))
    b.obstacles.append(Obstacle((1.0, 0, 4.44), (1.48, 1.0, 4.92), "cart"))


def _lamps(b: Builder, f: Finish, dressing: Dressing) -> None:
    glow = Surface(f.lamp, 0.5, Kind.GLOW, 1.9 if dressing.day else 2.2, segment=20)
    for i in range(7):
        z = 4.0 - i * 2.1
        if dressing.era == "modern":
            lamp_panel(b, (0, _P.high, z), (0.6, 1.2), glow, f.trim)
        elif dressing.era in _OLD:
            b.add("roof", rod((0, _P.high, z), (0, _P.high - 0.22, z), 0.012, 6), f.metal)
            b.add("roof", sphere((0, _P.high - 0.32, z), (0.15, 0.13, 0.15), 14), glow)
        else:
            for x in (-1.45, 1.45):
                b.add("roof", plain_box((x, _P.high - 0.03, z), (0.08, 0.05, 2.1)), glow)
            b.add("roof", plain_box((0, _P.high - 0.005, z), (2.9, 0.01, 0.05)), glow)
    if dressing.era == "future":
        for group, x in (("wall_w", -1), ("wall_e", 1)):
            line = plain_box((x * (_P.half - 0.01), 1.06, _P.mid), (0.02, 0.025, _P.long))
            if group == "wall_w":
                b.add(group, line, Surface(f.accent, 0.4, Kind.GLOW, 2.0, segment=20))


def _lights(dressing: Dressing, f: Finish) -> tuple[SetLight, ...]:
    tone, level = kelvin_to_rgb(f.kelvin), 0.60 if dressing.day else 0.72
    if dressing.era == "future":
        level *= 1.05
    lamps = [
        SetLight((0, 2.55, z), (0, 0, z), tone, 2.1 * level, 80, 0.85, 0.16) for z in (3.0, 0.0, -3.6, -7.4)
    ]
    niche = SetLight(
        (_P.half + 0.7, 2.2, -2.1), (_P.half + 0.5, 0.8, -2.1), kelvin_to_rgb(3200), 1.1, 75, 0.8, 0.7
    )
    z = (_WINDOW[0] + _WINDOW[1]) / 2
    if dressing.day:
        air = daylight(dressing)
        warm = {"dawn": 3300, "dusk": 3000, "morning": 4700, "afternoon": 5000}.get(
            dressing.time_of_day, 5600
        )
        sun = SetLight(
            (-6.0, 5.4, z + 1.5),
            (0.2, 0.5, z - 1.0),
            kelvin_to_rgb(warm),
            3.6 * air.sky,
            17,
            0.05,
            0.002,
            True,
            False,
            0.3,
            False,
        )
    else:
        sun = SetLight(
            (-6.0, 5.0, z + 1.0),
            (0.2, 0.6, z - 1.0),
            (0.36, 0.52, 1.0),
            1.6,
            17,
            0.08,
            0.004,
            True,
            False,
            0.3,
            False,
        )
    return (sun, *lamps, niche)


_STANDING = (
    Mark(-0.55, 0.7, 35),
    Mark(0.55, 0.7, -35),
    Mark(0.0, -0.6, 0),
    Mark(-0.9, 1.35, 60),
    Mark(1.0, 1.9, -90),
    Mark(0.15, 2.3, 180),
    Mark(1.0, -1.5, 90),
    Mark(0.3, -2.5, 0),
    Mark(-0.25, -4.4, -90),
    Mark(0.8, -4.6, -60),
    Mark(-0.9, -7.4, 60),
    Mark(0.2, -7.0, 0),
    Mark(0.1, 3.6, 180),
    Mark(-0.4, -9.0, 0),
)


def build_hospital(dressing: Dressing) -> StageSet:
    """A corridor of 3.1 x 15 x 2.65 m; the city stands outside of its window."""
    b, f = Builder(), _finish(dressing)
    for part in (_shell, _doors, _niche, _things, _comforts, _lamps):
        part(b, f, dressing)
    passing_world(b, dressing, Ride(0.0, 2.5), "city", 5.4)
    seats = tuple(Mark(-1.18, z, 90, _HIGH) for z in _CHAIR_Z)
    return StageSet(
        "hospital",
        b.groups(),
        (*wild_walls(_P), Wall("chairs", 0, -_P.half, -1)),
        tuple(b.obstacles),
        (*_STANDING, *seats),
        _lights(dressing, f),
        (-_P.half + 0.15, 0.05, _P.north + 0.15),
        (_P.half - 0.15, _P.high - 0.12, _P.south - 0.15),
        interior=True,
        aprons=APRONS,
    )
