"""What stands along a wall and holds things: shelves, sideboards, wardrobes, hearth or screen. Backs are at z = 0."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tables import COVERS, book_pile
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.solids import box, lathe, plain_box, quad, sphere, turned_box
from craft.previs.spatial import Z_AXIS, rotation
from craft.previs.stage import Vec3


def _case(t: Tones, shade: float = 0.85) -> Surface:
    return t.iron(1.3, 11) if t.era == "future" else t.wooden(shade, 11)


def bookshelf(p: Place, t: Tones, chance: random.Random, wide: float, tall: float, full: float) -> None:
    """Shelves 0.32 m deep; ``full`` 0 bare … 1 crammed with books."""
    case, deep = _case(t), 0.32
    p.add(plain_box((0, tall / 2, 0.012), (wide, tall, 0.02)), _case(t, 0.6))
    for side in (-1, 1):
        p.add(box((side * (wide / 2 - 0.016), tall / 2, deep / 2), (0.032, tall, deep), 0.006), case)
    count = max(2, round(tall / 0.38))
    for i in range(count + 1):
        y = 0.05 + (tall - 0.07) * i / count
        p.add(plain_box((0, y, deep / 2), (wide - 0.03, 0.028, deep)), case)
        if i < count:
            _row(
                p.at(0, 0, y=y + 0.014),
                t,
                random.Random(chance.random()),
                wide - 0.1,
                (tall - 0.07) / count - 0.04,
                full,
            )
        if t.era == "future":
            p.add(plain_box((0, y - 0.02, deep - 0.03), (wide - 0.1, 0.008, 0.012)), t.lit(1.4, 11))
    p.solid((-wide / 2, 0, 0), (wide / 2, tall, deep))


def _row(p: Place, t: Tones, chance: random.Random, wide: float, high: float, full: float) -> None:
    """Books standing on a shelf, some leaning, with gaps for a vase or a box."""
    at = -wide / 2
    while at < wide / 2 - 0.08:
        thick, tall = chance.uniform(0.022, 0.06), high * chance.uniform(0.62, 0.95)
        roll = chance.random()
        if roll > 0.30 + 0.68 * full:
            at += thick * 2.4
        elif roll < 0.035 and at < wide / 2 - 0.25:
            tone = mixed(t.accent, chance.choice(COVERS), 0.5)
            side = ((0, 0), (0.05, 0), (0.075, 0.08), (0.035, 0.16), (0.04, 0.18), (0, 0.18))
            p.add(lathe(side, (at + 0.09, 0, 0.17), 12), Surface(tone, 0.3, segment=12))
            at += 0.2
        elif roll < 0.06:
            lean = turned_box((at + 0.06, tall * 0.48, 0.16), (thick, tall, 0.2), rotation(Z_AXIS, 14), 0.003)
            p.add(lean, Surface(chance.choice(COVERS), 0.6, segment=12))
            at += thick + 0.10
        else:
            spine = plain_box((at + thick / 2, tall / 2, 0.16), (thick * 0.93, tall, 0.2))
            p.add(spine, Surface(chance.choice(COVERS), 0.6, segment=12))
            at += thick


def sideboard(p: Place, t: Tones, wide: float, high: float = 0.78, deep: float = 0.44) -> None:
    """A low cupboard with doors or drawers; on legs in the mid-century."""
    foot = 0.20 if t.era == "midcentury" else 0.05
    p.add(box((0, (foot + high) / 2, deep / 2), (wide, high - foot, deep), 0.014), _case(t))
    doors = max(2, round(wide / 0.55))
    brass = Surface(
        (178, 146, 78) if t.era in ("period", "midcentury") else (60, 62, 66), 0.3, metal=0.7, segment=11
    )
    for i in range(doors):
        each = wide / doors
        x = -wide / 2 + each * (i + 0.5)
        p.add(
            box((x, (foot + high) / 2, deep + 0.004), (each - 0.025, high - foot - 0.07, 0.02), 0.008),
            _case(t, 1.0),
        )
        knob = (x + (each * 0.36 if i % 2 == 0 else -each * 0.36), (foot + high) / 2 + 0.05, deep + 0.025)
        p.add(sphere(knob, 0.016, 8) if t.era != "modern" else plain_box(knob, (0.012, 0.16, 0.016)), brass)
    for side in (-1, 1):
        for z in (0.06, deep - 0.06):
            p.add(
                rod(
                    (side * (wide / 2 - 0.08), 0, z),
                    (side * (wide / 2 - 0.10), foot + 0.01, z + 0.0001),
                    0.018,
                    7,
                ),
                t.wooden(0.6, 11),
            )
    p.solid((-wide / 2, 0, 0), (wide / 2, high, deep + 0.02))


def wardrobe(p: Place, t: Tones, wide: float = 1.3, tall: float = 2.05) -> None:
    """A wardrobe 0.6 m deep with doors; a mirror on one in rich rooms."""
    deep, doors = 0.58, 2 if wide < 1.5 else 3
    p.add(box((0, tall / 2, deep / 2), (wide, tall, deep), 0.014), _case(t, 0.75))
    each = wide / doors
    for i in range(doors):
        x = -wide / 2 + each * (i + 0.5)
        p.add(
            box((x, tall / 2 + 0.03, deep + 0.006), (each - 0.02, tall - 0.16, 0.024), 0.008), _case(t, 0.95)
        )
        if t.era == "period":
            for y, long in ((0.55, 0.6), (1.40, 0.85)):
                p.add(box((x, y, deep + 0.02), (each - 0.18, long, 0.012), 0.005), _case(t, 0.8))
        p.add(
            plain_box((x + (0.4 if i % 2 == 0 else -0.4) * each, 1.05, deep + 0.03), (0.016, 0.18, 0.02)),
            t.iron(1.2, 11),
        )
    if t.era == "period":
        p.add(box((0, tall + 0.04, deep / 2 + 0.01), (wide + 0.10, 0.09, deep + 0.06), 0.02), _case(t, 0.7))
    if t.era == "future":
        p.add(plain_box((0, 0.06, deep + 0.02), (wide - 0.1, 0.02, 0.01)), t.lit(1.8, 11))
    p.solid((-wide / 2, 0, 0), (wide / 2, tall, deep + 0.03))


def hearth(p: Place, t: Tones, chance: random.Random) -> Vec3:
    """A fireplace with a fire in it, 1.5 m wide; where its light comes from."""
    stone = Surface(mixed((150, 142, 130), t.wall, 0.2), 0.7, Kind.STONE, segment=11)
    for side in (-1, 1):
        p.add(box((side * 0.6, 0.55, 0.14), (0.28, 1.10, 0.28), 0.014), stone)
    p.add(box((0, 0.98, 0.14), (1.0, 0.26, 0.28), 0.012), stone)
    p.add(box((0, 1.14, 0.17), (1.62, 0.07, 0.38), 0.014), t.wooden(0.8, 11))
    p.add(plain_box((0, 0.44, 0.01), (0.94, 0.84, 0.02)), Surface((18, 16, 15), 0.95, segment=11))
    p.add(plain_box((0, 0.02, 0.32), (1.6, 0.04, 0.64)), stone)
    for i in range(3):
        p.add(
            rod(
                (-0.28, 0.09 + 0.02 * i, 0.10 + 0.05 * i),
                (0.28, 0.09 + 0.03 * (i % 2), 0.12 + 0.04 * i),
                0.04,
                7,
            ),
            t.wooden(0.35, 11),
        )
    for i in range(7):
        x, high = -0.24 + 0.08 * i, chance.uniform(0.14, 0.36) * (1 - abs(i - 3) / 7)
        tone = (255, 150, 50) if i % 2 else (255, 190, 90)
        tongue = ((0, 0), (0.05, 0.03), (0.045, high * 0.4), (0.015, high * 0.8), (0, high))
        p.add(
            lathe(tongue, (x, 0.10, 0.14 + 0.02 * (i % 2)), 8), Surface(tone, 1, Kind.GLOW, 3.2, segment=20)
        )
    p.solid((-0.8, 0, 0), (0.8, 1.18, 0.36))
    return p.point((0, 0.42, 0.5))


def receiver(p: Place, t: Tones) -> None:
    """What a room is turned to: a television set on legs, a flat screen over a low board, a wall of light."""
    dark = Surface((22, 24, 27), 0.25, segment=8)
    if t.era == "midcentury":
        p.add(box((0, 0.68, 0.24), (0.86, 0.56, 0.44), 0.04, 2), t.wooden(0.95, 8))
        p.add(box((-0.12, 0.69, 0.46), (0.54, 0.44, 0.02), 0.06, 2), Surface((74, 92, 92), 0.15, segment=8))
        for y in (0.58, 0.72):
            p.add(sphere((0.30, y, 0.465), 0.035, 10), Surface((178, 150, 92), 0.3, metal=0.7, segment=8))
        for sx in (-1, 1):
            for z in (0.08, 0.40):
                p.add(rod((sx * 0.38, 0, z), (sx * 0.32, 0.42, z + 0.0001), 0.016, 7), t.wooden(0.7, 8))
            p.add(rod((sx * 0.02, 0.95, 0.2), (sx * 0.26, 1.36, 0.16), 0.004, 5), t.iron(1.2, 8))
        p.solid((-0.44, 0, 0), (0.44, 0.97, 0.48))
        return
    sideboard(p, t, 1.9, 0.46, 0.42)
    wide, high = (1.42, 0.80) if t.era == "modern" else (1.9, 0.95)
    p.add(box((0, 1.20, 0.05), (wide, high, 0.045), 0.012), dark)
    tone, kind, glow = ((34, 46, 60), Kind.PLAIN, 0.0) if t.era == "modern" else (t.accent, Kind.READOUT, 0.8)
    p.add(
        quad((0, 1.20, 0.075), (wide / 2 - 0.02, 0, 0), (0, high / 2 - 0.02, 0)),
        Surface(tone, 0.08, kind, glow, segment=8),
    )


def dresser(p: Place, t: Tones, chance: random.Random, clutter: float) -> None:
    """A chest of drawers with a mirror over it and small things on top, 1.1 m wide."""
    p.add(box((0, 0.42, 0.23), (1.1, 0.80, 0.46), 0.014), _case(t))
    for i in range(3):
        p.add(box((0, 0.18 + 0.245 * i, 0.466), (1.03, 0.22, 0.02), 0.008), _case(t, 1.05))
        for side in (-1, 1):
            p.add(sphere((side * 0.3, 0.18 + 0.245 * i, 0.485), 0.017, 8), t.iron(1.4, 11))
    mirror = Surface((84, 100, 112), 0.1, metal=0.3, segment=14)
    if t.era in ("period", "midcentury"):
        p.add(box((0, 1.30, 0.05), (0.74, 0.90, 0.05), 0.02), _case(t, 0.8))
        p.add(plain_box((0, 1.30, 0.078), (0.64, 0.80, 0.006)), mirror)
    else:
        p.add(box((0, 1.35, 0.02), (1.0, 0.75, 0.02), 0.008), mirror)
    for i in range(2 + round(clutter * 5)):
        own = random.Random(chance.random())
        x, z, high = -0.46 + 0.14 * i, own.uniform(0.2, 0.36), own.uniform(0.06, 0.15)
        flask = ((0, 0), (0.03, 0), (0.034, high * 0.7), (0.012, high * 0.8), (0.014, high), (0, high))
        p.add(lathe(flask, (x, 0.82, z), 10), Surface(shaded(own.choice(COVERS), 1.2), 0.2, segment=9))
    if clutter > 0.5:
        book_pile(p.at(0.40, 0.2, y=0.82), chance, 4)
    p.solid((-0.56, 0, 0), (0.56, 0.95, 0.49))
