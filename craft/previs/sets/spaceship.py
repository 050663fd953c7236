"""A spaceship's corridor: ribs, strips of light, a grating to walk on, portholes over a bench, bulkheads.

On board there is neither morning nor dusk: by day the ceiling is lit and a sun stands off the portholes, by
night the watch goes by the strips on the floor.
"""

from __future__ import annotations

from typing import NamedTuple

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.corridor import (
    APRONS,
    Opening,
    Passage,
    floor_and_ceiling,
    side_wall,
    surround,
    wild_walls,
)
from craft.previs.sets.pieces.hull import (
    SHOULDER,
    Finish,
    bulkhead,
    console,
    crates,
    light_lines,
    pipes,
    porthole,
    rib,
    shoulders,
)
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, plain_box, sphere
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

_P = Passage(1.32, 2.42, -9.0, 4.5)
_RIBS = [4.42, 3.0, 1.5, 0.0, -1.5, -3.0, -4.5, -6.0, -7.5, -8.92]
_PORTS, _RADIUS, _EYE = (-2.25, -3.75), 0.36, 1.24
"""Middle of each porthole along the west side, its radius and the height of its centre."""
_BENCH, _HIGH = (-4.34, -1.66), 0.46
_CONSOLES = ((1, -0.75), (1, -3.75), (-1, -6.75), (1, -6.75), (-1, 2.25))


class _Palette(NamedTuple):
    wall: RGB8
    frame: RGB8
    door: RGB8
    cover: RGB8
    accent: RGB8
    lamp: RGB8
    readout: RGB8


_PALETTES = {
    "period": _Palette(
        (112, 82, 50), (150, 112, 58), (84, 56, 34), (96, 36, 34),
        (255, 170, 80), (255, 206, 140), (255, 196, 110),
    ),
    "midcentury": _Palette(
        (216, 210, 196), (202, 104, 48), (186, 182, 172), (176, 74, 40),
        (255, 120, 60), (255, 240, 214), (120, 255, 150),
    ),
    "modern": _Palette(
        (142, 148, 152), (74, 80, 86), (112, 118, 122), (70, 62, 52),
        (90, 200, 255), (236, 244, 255), (120, 220, 255),
    ),
    "future": _Palette(
        (214, 220, 228), (58, 64, 76), (188, 196, 206), (46, 52, 64),
        (70, 190, 255), (210, 236, 255), (110, 220, 255),
    ),
}  # fmt: skip
_FREIGHTER = _Palette(
    (104, 98, 84), (70, 62, 52), (118, 84, 52), (70, 62, 52), (255, 110, 40), (255, 214, 150), (120, 255, 120)
)


def _finish(dressing: Dressing) -> Finish:
    era, grimy = dressing.era, dressing.wealth < 0.35
    c = _FREIGHTER if grimy else _PALETTES.get(era, _PALETTES["modern"])
    brass = era == "period"
    grate = (84, 72, 58) if grimy else (86, 90, 94)
    return Finish(
        Surface(
            dressing.colour("wall", c.wall),
            0.92 if grimy else 0.45,
            Kind.PANEL,
            metal=0.6 if brass else 0.1,
            segment=2,
        ),
        Surface(c.frame, 0.5, metal=0.6 if brass else 0.25, segment=3),
        Surface(dressing.colour("floor", grate), 0.5, Kind.GRATING, metal=0.4),
        Surface((58, 60, 64), 0.7, Kind.PANEL),
        Surface(dressing.colour("wood", c.door), 0.5, metal=0.2, segment=18),
        Surface((196, 150, 76) if brass else (170, 176, 180), 0.3, metal=0.8, segment=15),
        Surface(dressing.colour("fabric", c.cover), 0.45, Kind.UPHOLSTERY, segment=17),
        dressing.colour("accent", c.accent),
        dressing.colour("lamp", c.lamp),
        c.readout,
        grimy,
    )


def _shell(b: Builder, f: Finish, dressing: Dressing) -> None:
    reach = _RADIUS + 0.12
    ports: list[Opening] = [(z - reach, z + reach, _EYE - reach, _EYE + reach) for z in _PORTS]
    side_wall(b, -1, _P, f.wall, ports, (0.0, SHOULDER + 0.02))
    side_wall(b, 1, _P, f.wall, (), (0.0, SHOULDER + 0.02))
    floor_and_ceiling(b, _P, f.deck, f.wall)
    b.add("floor", plain_box((0, 0.012, _P.mid), (1.56, 0.024, _P.long)), f.floor)
    for x in (-0.81, 0.81):
        b.add("floor", plain_box((x, 0.016, _P.mid), (0.06, 0.034, _P.long)), f.rib)
    shoulders(b, f, _P)
    for i, z in enumerate(_RIBS):
        rib(b, f, _P, z, lit=dressing.era == "future" or (i % 3 == 1 and not f.grimy))
    light_lines(b, f, _P, _RIBS, 1.5 if dressing.day else 2.0)
    for z in _PORTS:
        porthole(b, f, _P, -1, (_EYE, z), _RADIUS)
    bulkhead(b, f, _P, -1, 0.34)
    bulkhead(b, f, _P, 1, 0.0)


def _fittings(b: Builder, f: Finish, dressing: Dressing) -> None:
    for sign, z in _CONSOLES:
        console(b, f, _P, sign, z, dressing)
    pipes(b, f, _P, dressing)
    crates(b, f, _P, dressing, 3.3)
    z0, z1 = _BENCH
    mid, long = (z0 + z1) / 2, z1 - z0
    b.add("bench", box((-1.08, _HIGH - 0.05, mid), (0.46, 0.10, long), 0.035, 2), f.cover)
    b.add("bench", box((-1.10, 0.19, mid), (0.38, 0.36, long - 0.1), 0.03), f.door)
    b.add("bench", box((-1.275, _HIGH + 0.22, mid), (0.07, 0.34, long), 0.03, 2), f.cover)
    glow = Surface(f.accent, 0.5, Kind.GLOW, 1.8, segment=20)
    b.add("bench", plain_box((-0.905, 0.05, mid), (0.012, 0.03, long - 0.2)), glow)
    b.obstacles.append(Obstacle((-1.32, 0, z0), (-0.85, _HIGH, z1), "bench"))
    for z in (-5.25, 0.75):
        locker = 1 if z < 0 else -1
        group = ("wall_w", "wall_e")[locker > 0]
        b.add(group, box((locker * (_P.half - 0.05), 1.05, z), (0.14, 1.1, 1.0), 0.03), f.door)
        for dz in (-0.24, 0.24):
            b.add(group, box((locker * (_P.half - 0.125), 1.05, z + dz), (0.02, 1.0, 0.44), 0.008), f.wall)
            b.add(
                group,
                box((locker * (_P.half - 0.145), 1.05, z + dz * 0.3), (0.025, 0.16, 0.03), 0.008),
                f.metal,
            )


def _space(b: Builder, dressing: Dressing) -> None:
    """Stars all round and, off the portholes, a planet's limb."""
    chance = dressing.chance("space")
    haze: RGB8 = chance.choice(((60, 40, 96), (28, 58, 92), (84, 44, 52)))
    surround(b, _P, Surface(haze, 1.0, Kind.STARS, 1.6, segment=6))
    tone: RGB8 = chance.choice(((70, 130, 190), (190, 120, 70), (120, 150, 110)))
    planet = sphere((-11.0, -2.6, -6.2), 4.2, 40)
    b.add("outside", planet, Surface(tone, 1.0, Kind.PASSING, 0.6 if dressing.day else 0.22, segment=6))


def _tint(c: RGB8) -> Vec3:
    """A lamp of a surface's colour."""
    return (float((c[0] / 255) ** 2.2), float((c[1] / 255) ** 2.2), float((c[2] / 255) ** 2.2))


def _lights(dressing: Dressing, f: Finish) -> tuple[SetLight, ...]:
    tone = _tint(f.lamp)
    level = 1.9 if dressing.day else 0.75
    if f.grimy:
        level *= 0.75
    lamps = [SetLight((0, 2.3, z), (0, 0, z), tone, level, 80, 0.8, 0.22) for z in (2.25, -0.75, -3.75, -6.9)]
    low = 0.7 if dressing.day else 1.3
    strips = [
        SetLight((s * 1.1, 0.42, z), (-s * 0.6, 1.5, z), _tint(f.accent), low, 80, 1.0, 0.35)
        for s, z in ((-1, 0.75), (1, -3.0))
    ]
    sun: Vec3 = kelvin_to_rgb(5800) if dressing.day else (0.42, 0.58, 1.0)
    k = 4.6 if dressing.day else 1.8
    beam = SetLight((-6.5, 3.4, -2.0), (-0.2, 0.7, -3.1), sun, k, 20, 0.03, 0.002, True, False, 0.5, False)
    return (beam, *lamps, *strips)


_STANDING = (
    Mark(-0.55, 0.75, 35),
    Mark(0.55, 0.75, -35),
    Mark(0.0, -0.5, 0),
    Mark(0.6, -1.3, -60),
    Mark(0.35, -2.4, -60),
    Mark(0.4, -3.5, -70),
    Mark(0.0, -4.95, 0),
    Mark(-0.55, -5.7, 40),
    Mark(0.55, -6.1, -40),
    Mark(0.0, -7.3, 0),
    Mark(-0.55, 2.0, 120),
    Mark(0.35, 2.3, 180),
    Mark(-0.3, 3.3, 170),
    Mark(0.0, -8.2, 0),
)


def build_spaceship(dressing: Dressing) -> StageSet:
    """A corridor of 2.64 x 13.5 x 2.42 m with a bench below two portholes."""
    b, f = Builder(), _finish(dressing)
    _shell(b, f, dressing)
    _fittings(b, f, dressing)
    _space(b, dressing)
    seats = tuple(Mark(-1.02, z, 90, _HIGH) for z in (-2.0, -2.55, -3.45, -4.0))
    return StageSet(
        "spaceship",
        b.groups(),
        (*wild_walls(_P), Wall("bench", 0, -_P.half, -1), Wall("crates", 0, _P.half, 1)),
        tuple(b.obstacles),
        (*_STANDING, *seats),
        _lights(dressing, f),
        (-_P.half + 0.15, 0.05, _P.north + 0.25),
        (_P.half - 0.15, _P.high - 0.12, _P.south - 0.25),
        interior=True,
        aprons=APRONS,
    )
