"""What makes a bar: the counter with its foot rail, shelves of bottles, taps, benches with high backs, a music box.

Counters and benches face +z: guests stand and sit on that side. What goes against a wall has its back at z = 0.
"""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import upholstery
from craft.previs.sets.pieces.tables import bottle, glass
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation
from craft.previs.stage import Mark, Vec3

BAR_M = 1.08
BENCH_SEAT_M = 0.45
_BRASS = Surface((182, 148, 76), 0.28, metal=0.8, segment=15)
_CHROME = Surface((176, 180, 184), 0.2, metal=0.7, segment=15)
_SPIRITS: tuple[RGB8, ...] = (
    (36, 62, 40),
    (104, 54, 24),
    (160, 98, 34),
    (150, 160, 156),
    (42, 66, 96),
    (122, 36, 34),
    (58, 40, 30),
)


def fittings(t: Tones) -> Surface:
    """Rails, taps and handles: brass in old rooms, chrome and steel later."""
    return _BRASS if t.era == "period" else _CHROME if t.era == "midcentury" else t.iron(1.2, 15)


def bar_counter(p: Place, t: Tones, wide: float) -> None:
    """A counter ``wide`` metres; its top, at BAR_M, reaches from z = -0.31 to 0.35 and its front stands at 0.20."""
    high = BAR_M - 0.04
    body = t.iron(0.75, 11) if t.era == "future" else t.wooden(0.72, 11)
    p.add(plain_box((0, high / 2, -0.06), (wide, high, 0.50)), body)
    p.add(plain_box((0, 0.06, -0.03), (wide + 0.02, 0.12, 0.50)), Surface((30, 28, 28), 0.7, segment=11))
    top = Surface((46, 48, 54), 0.2, segment=12) if t.era in ("modern", "future") else t.wooden(0.95, 12)
    p.add(box((0, BAR_M - 0.025, 0.02), (wide + 0.06, 0.05, 0.66), 0.016), top)
    _front(p, t, wide, high)
    p.add(rod((-wide / 2, 0.18, 0.33), (wide / 2, 0.1801, 0.33), 0.02, 8), fittings(t))
    for i in range(max(2, round(wide / 1.0)) + 1):
        x = -wide / 2 + 0.06 + (wide - 0.12) * i / max(2, round(wide / 1.0))
        p.add(rod((x, 0.18, 0.2), (x, 0.1801, 0.33), 0.012, 6), fittings(t))
    p.solid((-wide / 2, 0, -0.31), (wide / 2, BAR_M, 0.22))
    p.solid((-wide / 2 - 0.03, BAR_M - 0.1, -0.31), (wide / 2 + 0.03, BAR_M, 0.35))


def _front(p: Place, t: Tones, wide: float, high: float) -> None:
    """What guests' knees see: panels, a quilt, boards, or steel with a line of light."""
    count = max(2, round(wide / 0.62))
    each = wide / count
    if t.era == "midcentury":
        p.add(box((0, high / 2 + 0.05, 0.20), (wide - 0.02, high - 0.22, 0.05), 0.02), upholstery(t, 0.9, 11))
        for i in range(count):
            x = -wide / 2 + each * (i + 0.5)
            p.add(sphere((x, high * 0.56, 0.228), 0.014, 8), _CHROME)
        for y in (0.17, high - 0.04):
            p.add(plain_box((0, y, 0.215), (wide, 0.03, 0.04)), _CHROME)
    elif t.era == "future":
        p.add(
            plain_box((0, high / 2 + 0.06, 0.195), (wide, high - 0.14, 0.02)),
            Surface(shaded(t.metal, 1.1), 0.35, Kind.PANEL, metal=0.3, segment=11),
        )
        for y in (0.14, high - 0.03):
            p.add(plain_box((0, y, 0.208), (wide - 0.04, 0.018, 0.01)), t.lit(2.4, 11))
    elif t.era == "period":
        for i in range(count):
            x = -wide / 2 + each * (i + 0.5)
            p.add(
                box((x, high / 2 + 0.08, 0.195), (each - 0.12, high - 0.36, 0.03), 0.014), t.wooden(0.9, 11)
            )
            p.add(
                box((x, high / 2 + 0.08, 0.206), (each - 0.24, high - 0.50, 0.03), 0.012), t.wooden(0.62, 11)
            )
        for i in range(count + 1):
            post = (
                (0, 0),
                (0.045, 0),
                (0.045, 0.10),
                (0.03, 0.13),
                (0.034, high - 0.2),
                (0.05, high),
                (0, high),
            )
            p.add(lathe(post, (-wide / 2 + each * i, 0, 0.20), 10), t.wooden(0.8, 11))
    else:
        boards = round(wide / 0.14)
        for i in range(boards):
            x = -wide / 2 + wide * (i + 0.5) / boards
            tone = t.wooden(0.86 + 0.14 * (i * 7 % 5) / 4, 11)
            p.add(plain_box((x, high / 2 + 0.06, 0.20), (wide / boards - 0.012, high - 0.13, 0.03)), tone)


def back_bar(p: Place, t: Tones, chance: random.Random, wide: float, full: float) -> Vec3:
    """A cupboard 0.92 m high under three shelves of bottles before a dark mirror; ``full`` is the share of them
    that is there. Returns where the light of its shelves comes from.
    """
    case = t.iron(1.0, 11) if t.era == "future" else t.wooden(0.7, 11)
    p.add(plain_box((0, 0.45, 0.2), (wide, 0.90, 0.40)), case)
    p.add(box((0, 0.92, 0.21), (wide + 0.02, 0.04, 0.44), 0.01), t.wooden(0.9, 12))
    doors = max(2, round(wide / 0.6))
    for i in range(doors):
        x = -wide / 2 + wide * (i + 0.5) / doors
        p.add(box((x, 0.47, 0.405), (wide / doors - 0.03, 0.74, 0.02), 0.006), t.wooden(0.85, 11))
        p.add(sphere((x + wide / doors * 0.36, 0.66, 0.425), 0.015, 8), fittings(t))
    mirror = Surface(mixed((64, 72, 78), t.wall, 0.35), 0.12, metal=0.6, segment=14)
    p.add(plain_box((0, 1.66, 0.012), (wide, 1.40, 0.02)), mirror)
    for x in (-wide / 2, -wide / 6, wide / 6, wide / 2):
        p.add(box((x, 1.66, 0.12), (0.05, 1.44, 0.24), 0.01), case)
    for y in (0.94, 1.34, 1.74):
        if y > 1:
            p.add(plain_box((0, y - 0.014, 0.13), (wide, 0.026, 0.24)), case)
        if t.era in ("modern", "future") or y > 1.7:
            p.add(plain_box((0, y - 0.03, 0.245), (wide - 0.05, 0.012, 0.012)), t.lit(2.0, 11))
        _bottles(p.at(0, 0.13, y=y), random.Random(chance.random()), wide - 0.16, full)
    crown = 0.14 if t.era == "period" else 0.06
    p.add(box((0, 2.37 + crown / 2, 0.13), (wide + 0.08, crown, 0.30), 0.02), case)
    p.solid((-wide / 2, 0, 0), (wide / 2, 0.94, 0.43))
    p.solid((-wide / 2, 0.94, 0), (wide / 2, 2.45, 0.27))
    return p.point((0, 1.7, 0.5))


def _bottles(p: Place, chance: random.Random, wide: float, full: float) -> None:
    """A row of bottles: each place has its own chance, so a fuller shelf moves none of them."""
    count = int(wide / 0.115)
    for i in range(count):
        own = random.Random(chance.random())
        there, tone, high, z = (
            own.random(),
            own.choice(_SPIRITS),
            own.uniform(0.22, 0.33),
            own.uniform(-0.03, 0.04),
        )
        if there < 0.15 + 0.8 * full:
            bottle(p.at(-wide / 2 + wide * (i + 0.5) / count, z), tone, high)


def taps(p: Place, t: Tones, count: int = 3) -> None:
    """A pillar with beer taps, to stand on a counter; its handles are on the side away from the guests."""
    p.solid((-0.07 * count, 0, -0.12), (0.07 * count, 0.54, 0.07))
    metal = fittings(t)
    p.add(lathe(((0, 0), (0.07, 0), (0.06, 0.02), (0.03, 0.05), (0.03, 0.32), (0, 0.33)), around=14), metal)
    p.add(rod((-0.07 * count, 0.34, 0), (0.07 * count, 0.3401, 0), 0.04, 12), metal)
    for i in range(count):
        x = 0.14 * (i - (count - 1) / 2)
        p.add(rod((x, 0.34, 0), (x, 0.28, -0.10), 0.012, 6), metal)
        p.add(
            lathe(((0, 0), (0.012, 0), (0.02, 0.13), (0.012, 0.16), (0, 0.16)), (x, 0.37, 0), 8),
            t.painted(0.9, 15),
        )


def glasses(p: Place, chance: random.Random, wide: float, share: float, drink: RGB8 = (176, 112, 34)) -> None:
    """Drinks left along a counter ``wide`` metres; ``share`` 0 none … 1 one at every hand's breadth."""
    count = max(1, int(wide / 0.2))
    for i in range(count):
        own = random.Random(chance.random())
        here = p.at(-wide / 2 + wide * (i + 0.5) / count, own.uniform(-0.08, 0.12))
        if own.random() < share:
            glass(here, drink if own.random() < 0.6 else None)
        elif own.random() < share * 0.3:
            bottle(here, own.choice(_SPIRITS), 0.24)


def bench(p: Place, t: Tones, wide: float, seats: int) -> tuple[Mark, ...]:
    """An upholstered bench whose back reaches 1.0 m and stands at z = -0.30; a seat mark for each of ``seats``."""
    frame = t.iron(0.8, 19) if t.era == "future" else t.wooden(0.75, 19)
    cover = Surface(upholstery(t).colour, upholstery(t).rough, Kind.UPHOLSTERY, segment=19)
    p.add(plain_box((0, 0.17, -0.02), (wide, 0.34, 0.44)), frame)
    p.add(box((0, BENCH_SEAT_M - 0.06, 0.0), (wide, 0.12, 0.50), 0.04, 2), cover)
    p.add(turned_box((0, 0.71, -0.225), (wide - 0.02, 0.52, 0.09), rotation(X_AXIS, -6), 0.035), cover)
    p.add(box((0, 0.49, -0.285), (wide, 0.98, 0.04), 0.012), frame)
    p.add(box((0, 0.99, -0.275), (wide + 0.02, 0.05, 0.09), 0.016), frame)
    if t.era == "future":
        p.add(plain_box((0, 0.04, 0.205), (wide - 0.1, 0.015, 0.01)), t.lit(2.0, 19))
    p.solid((-wide / 2, 0, -0.17), (wide / 2, BENCH_SEAT_M, 0.25))
    p.solid((-wide / 2, 0, -0.31), (wide / 2, 1.01, -0.17))
    return tuple(p.seat(-wide / 2 + wide * (i + 0.5) / seats, 0.04, BENCH_SEAT_M) for i in range(seats))


def music_box(p: Place, t: Tones) -> Vec3:
    """What plays here, against a wall: a gramophone, a jukebox, a pair of loudspeakers, a pillar of light.

    Returns where its light comes from.
    """
    {"period": _gramophone, "midcentury": _jukebox, "future": _pillar}.get(t.era, _speakers)(p, t)
    return p.point((0, 1.1, 0.8))


def _gramophone(p: Place, t: Tones) -> None:
    p.add(box((0, 0.42, 0.24), (0.62, 0.84, 0.44), 0.02), t.wooden(0.8, 15))
    p.add(box((0, 0.92, 0.24), (0.44, 0.14, 0.40), 0.015), t.wooden(1.0, 15))
    p.add(
        lathe(((0, 0), (0.15, 0), (0.15, 0.012), (0, 0.012)), (0, 1.0, 0.24), 20),
        Surface((24, 22, 22), 0.3, segment=15),
    )
    horn = ((0.02, 0), (0.03, 0.16), (0.07, 0.34), (0.16, 0.48), (0.25, 0.54), (0.155, 0.485), (0.06, 0.34))
    p.add(moved(lathe(horn, around=20), rotation(X_AXIS, 42), (0, 1.06, 0.08)), _BRASS)
    p.solid((-0.31, 0, 0), (0.31, 1.5, 0.5))


def _jukebox(p: Place, t: Tones) -> None:
    p.add(box((0, 0.50, 0.30), (0.86, 1.0, 0.58), 0.04), t.wooden(0.8, 15))
    arch = moved(
        lathe(((0, 0), (0.43, 0), (0.43, 0.56), (0, 0.56)), around=28), rotation(X_AXIS, 90), (0, 1.0, 0.02)
    )
    p.add(arch, t.wooden(0.9, 15))
    for r, tone, glow in (
        (0.40, (255, 120, 50), 2.2),
        (0.33, (60, 190, 170), 1.4),
        (0.27, (255, 214, 150), 1.0),
    ):
        lit = Surface(tone, 0.4, Kind.GLOW, glow if t.night else glow * 0.4, segment=15)
        depth = 0.58 + (0.40 - r) * 0.1
        disc = lathe(((0, 0), (r, 0), (r, depth), (0, depth)), around=28)
        p.add(moved(disc, rotation(X_AXIS, 90), (0, 1.0, 0.02)), lit)
        p.add(plain_box((0, 0.66, 0.30), (2 * r, 0.68, 2 * depth - 0.6 + 0.03)), lit)
    p.add(box((0, 0.88, 0.60), (0.56, 0.13, 0.06), 0.02), _CHROME)
    for i in range(7):
        p.add(plain_box((-0.21 + 0.07 * i, 0.46, 0.615), (0.022, 0.56, 0.02)), _CHROME)
    p.solid((-0.43, 0, 0), (0.43, 1.45, 0.65))


def _speakers(p: Place, t: Tones) -> None:
    black = Surface((26, 27, 30), 0.5, segment=15)
    p.add(box((0, 0.40, 0.22), (1.3, 0.80, 0.42), 0.012), t.wooden(0.8, 15))
    for x in (-0.46, 0.46):
        p.add(box((x, 1.10, 0.22), (0.30, 0.58, 0.30), 0.012), black)
        for y, r in ((0.98, 0.11), (1.24, 0.06)):
            cone = lathe(((0, 0.004), (r * 0.4, 0.0), (r, 0.016), (r, 0.0)), around=18)
            p.add(moved(cone, rotation(X_AXIS, 90), (x, y, 0.372)), Surface((64, 66, 70), 0.4, segment=15))
    p.add(
        box((0, 0.87, 0.22), (0.44, 0.13, 0.32), 0.01), Surface((120, 124, 128), 0.3, metal=0.6, segment=15)
    )
    p.add(quad((0.06, 0.87, 0.384), (0.12, 0, 0), (0, 0.03, 0)), t.lit(1.4, 15))
    p.solid((-0.65, 0, 0), (0.65, 1.4, 0.43))


def _pillar(p: Place, t: Tones) -> None:
    p.add(lathe(((0, 0), (0.26, 0), (0.24, 0.08), (0.16, 0.12), (0, 0.12)), (0, 0, 0.3), 20), t.iron(1.1, 15))
    p.add(
        lathe(((0, 0), (0.15, 0), (0.15, 1.5), (0, 1.5)), (0, 0.12, 0.3), 20),
        Surface(t.lamp, 0.3, Kind.READOUT, 1.3, segment=15),
    )
    p.add(lathe(((0, 0), (0.2, 0), (0.2, 0.08), (0, 0.08)), (0, 1.62, 0.3), 20), t.iron(1.1, 15))
    p.solid((-0.26, 0, 0.04), (0.26, 1.7, 0.56))


def board_game(p: Place, t: Tones) -> None:
    """Darts on a wall: the board at 1.73 m, in rings, with two darts in it."""
    for r, out, tone in (
        (0.30, 0.03, (40, 34, 30)),
        (0.22, 0.045, (186, 172, 136)),
        (0.14, 0.05, (120, 36, 32)),
        (0.05, 0.055, (36, 84, 52)),
    ):
        disc = lathe(((0, 0), (r, 0), (r, out), (0, out)), around=24)
        face = Surface(mixed(tone, t.accent, 0.1), 0.9, segment=14)
        p.add(moved(disc, rotation(X_AXIS, 90), (0, 1.73, 0)), face)
    for x, y in ((0.06, 1.78), (-0.03, 1.69)):
        dart = moved(rod((0, 0, 0), (0, 0.14, 0.0001), 0.006, 5), rotation(X_AXIS, 84), (x, y, 0.05))
        p.add(moved(dart, rotation(Z_AXIS, 0), (0, 0, 0)), _BRASS)
