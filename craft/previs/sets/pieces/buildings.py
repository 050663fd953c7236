"""Houses seen from the street: fronts with recessed windows, doors and shops one can look into, cornices, roofs.

A house is built on a place in the middle of its front, which lies in the plane z = 0 and looks along +z.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.shops import SHOP_WIDE, shop
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, plain_box, turned_box
from craft.previs.spatial import X_AXIS, rotation

GROUND_FLOOR, FLOOR = 3.1, 2.75
_SKIN = 0.24
"""Metres a window lies behind the front."""
_WALLS: dict[str, tuple[tuple[Kind, RGB8], ...]] = {
    "period": (
        (Kind.STONE, (138, 128, 112)),
        (Kind.BRICK, (118, 72, 58)),
        (Kind.PLASTER, (168, 152, 124)),
        (Kind.STONE, (116, 110, 104)),
        (Kind.BRICK, (104, 78, 62)),
    ),
    "midcentury": (
        (Kind.BRICK, (142, 84, 64)),
        (Kind.PLASTER, (172, 166, 142)),
        (Kind.BRICK, (126, 98, 76)),
        (Kind.PLASTER, (128, 152, 144)),
        (Kind.BRICK, (108, 66, 58)),
    ),
    "modern": (
        (Kind.BRICK, (118, 66, 54)),
        (Kind.PLASTER, (96, 94, 94)),
        (Kind.BRICK, (104, 76, 64)),
        (Kind.CONCRETE, (128, 130, 132)),
        (Kind.BRICK, (126, 96, 74)),
    ),
    "future": (
        (Kind.PANEL, (146, 152, 160)),
        (Kind.CONCRETE, (120, 126, 136)),
        (Kind.PANEL, (84, 92, 106)),
        (Kind.PANEL, (168, 170, 168)),
        (Kind.CONCRETE, (96, 104, 116)),
    ),
}
_STALLS: tuple[RGB8, ...] = ((36, 58, 48), (34, 44, 66), (70, 50, 38), (110, 100, 84))
_LIGHTS: tuple[RGB8, ...] = ((255, 188, 110), (255, 210, 150), (255, 172, 92), (170, 200, 255))


@dataclass(frozen=True)
class Opening:
    """A hole in a front: from, to (x), sill and head above the storey's floor; ``fill`` says what is in it."""

    left: float
    right: float
    sill: float
    head: float
    fill: str = "window"

    @property
    def wide(self) -> float:
        """Metres."""
        return self.right - self.left


def wall_of(t: Tones, chance: random.Random, colour: RGB8 | None = None) -> Surface:
    """What a house of this era is built of; worn ones are greyer."""
    kind, tone = chance.choice(_WALLS[t.era])
    tone = mixed(colour or tone, (96, 90, 84), 0.5 * t.wear)
    return Surface(shaded(tone, chance.uniform(0.88, 1.08)), 0.6 + 0.35 * t.wear, kind, segment=3)


def _storey(p: Place, y: float, high: float, wide: float, openings: Sequence[Opening], wall: Surface) -> None:
    """One storey's skin: piers between openings, a plate under each sill and over each head."""

    def plate(x0: float, x1: float, y0: float, y1: float) -> None:
        if x1 - x0 > 0.005 and y1 - y0 > 0.005:
            at = ((x0 + x1) / 2, (y0 + y1) / 2, -_SKIN / 2)
            p.add(plain_box(at, (x1 - x0, y1 - y0, _SKIN)), wall)

    at = -wide / 2
    for hole in sorted(openings, key=lambda o: o.left):
        plate(at, hole.left, y, y + high)
        plate(hole.left, hole.right, y, y + hole.sill)
        plate(hole.left, hole.right, y + hole.head, y + high)
        at = hole.right
    plate(at, wide / 2, y, y + high)


def window(p: Place, hole: Opening, y: float, t: Tones, chance: random.Random) -> None:
    """Pane, frame, sill and what hangs in a window; by night some are lit. Its curtains are seeded."""
    x, high = (hole.left + hole.right) / 2, hole.head - hole.sill
    mid, back = y + (hole.sill + hole.head) / 2, -_SKIN + 0.03
    lit, drawn, tone = chance.random() < 0.42, chance.random(), chance.choice(_LIGHTS)
    if lit and t.night:
        pane = Surface(tone if t.era != "future" else (176, 226, 255), 0.25, Kind.GLOW, 0.62, segment=4)
        cloth = Surface(shaded(tone, 0.45), 0.9, Kind.GLOW, 0.30, segment=4)
    else:
        pane = Surface((30, 37, 48), 0.10, segment=4)
        cloth = Surface(mixed((150, 146, 138), t.fabric, 0.3), 0.95, segment=4)
    p.add(plain_box((x, mid, back - 0.05), (hole.wide, high, 0.02)), pane)
    if t.era != "future" and drawn < 0.75:
        part = hole.wide * (0.16 + 0.12 * drawn)
        for side in (-1, 1):
            at = (x + side * (hole.wide - part) / 2, mid, back - 0.02)
            p.add(plain_box(at, (part, high, 0.02)), cloth)
    frame = Surface(_frame_tone(t), 0.5, segment=3)
    if t.era != "future":
        p.add(plain_box((x, mid, back), (0.05, high, 0.05)), frame)
        bars = (0.25, 0.5, 0.75) if t.era == "period" else (0.58,)
        for k in bars:
            p.add(plain_box((x, y + hole.sill + high * k, back), (hole.wide, 0.04, 0.05)), frame)
    for side in (-1, 1):
        p.add(plain_box((x + side * (hole.wide / 2 - 0.03), mid, back), (0.06, high, 0.07)), frame)
    _window_trim(p, hole, y, t, chance)


def _frame_tone(t: Tones) -> RGB8:
    return {"period": (88, 74, 58), "midcentury": (196, 192, 178), "future": (58, 64, 74)}.get(
        t.era, (48, 46, 46)
    )


def _window_trim(p: Place, hole: Opening, y: float, t: Tones, chance: random.Random) -> None:
    x, sill = (hole.left + hole.right) / 2, y + hole.sill
    ledge = Surface((122, 116, 108), 0.7, Kind.CONCRETE, segment=3)
    extra = chance.random()
    if t.era == "future":
        p.add(plain_box((x, sill - 0.03, 0.03), (hole.wide, 0.025, 0.03)), t.lit(1.6, 3))
        return
    p.add(plain_box((x, sill - 0.04, 0.04), (hole.wide + 0.20, 0.08, 0.16)), ledge)
    if t.era == "period":
        p.add(plain_box((x, y + hole.head + 0.07, 0.02), (hole.wide + 0.22, 0.15, 0.06)), ledge)
        if extra < 0.6:
            for side in (-1, 1):
                at = (x + side * (hole.wide * 0.78), (sill + y + hole.head) / 2, 0.03)
                p.add(plain_box(at, (hole.wide * 0.48, hole.head - hole.sill, 0.05)), t.painted(0.55, 3))
    elif t.era == "modern" and t.wear > 0.25 and extra < 0.4:
        p.add(box((x, sill + 0.18, 0.12), (0.56, 0.36, 0.40), 0.02), Surface((168, 168, 162), 0.6, segment=3))
        p.add(plain_box((x, sill + 0.18, 0.325), (0.46, 0.26, 0.01)), Surface((70, 70, 70), 0.6, segment=3))
    elif extra > 0.78:
        p.add(box((x, sill + 0.10, 0.12), (hole.wide * 0.9, 0.16, 0.18), 0.02), t.wooden(0.8, 3))
        for k in range(5):
            bloom = (x - hole.wide * 0.36 + k * hole.wide * 0.18, sill + 0.23, 0.12)
            tone = t.painted(1.3, 3) if k % 2 else Surface((58, 92, 44), 0.9, segment=3)
            p.add(box(bloom, (0.14, 0.14, 0.16), 0.06), tone)


def door(p: Place, hole: Opening, t: Tones) -> None:
    """A front door with its frame, fanlight, handle, two steps."""
    x, wide = (hole.left + hole.right) / 2, hole.wide
    leaf = t.painted(0.6, 5)
    p.add(box((x, 0.12 + 1.05, -_SKIN + 0.06), (wide - 0.1, 2.1, 0.06), 0.01), leaf)
    if t.era == "future":
        p.add(plain_box((x, 1.2, -_SKIN + 0.10), (0.05, 1.9, 0.02)), t.lit(2.0, 5))
    else:
        for row in (0.55, 1.55):
            for side in (-1, 1):
                panel = (x + side * wide * 0.21, row + 0.1, -_SKIN + 0.10)
                p.add(box(panel, (wide * 0.30, 0.72, 0.02), 0.008), t.painted(0.48, 5))
    glow = 0.7 if t.night else 0.0
    light = Surface((255, 206, 140) if t.night else (60, 70, 84), 0.2, Kind.GLOW, glow, segment=5)
    p.add(plain_box((x, (2.26 + hole.head) / 2, -_SKIN + 0.04), (wide - 0.1, hole.head - 2.26, 0.03)), light)
    p.add(
        box((x + wide * 0.34, 1.12, -_SKIN + 0.13), (0.04, 0.16, 0.05), 0.015),
        Surface((190, 160, 90), 0.25, metal=0.9, segment=5),
    )
    stone = Surface((128, 124, 118), 0.8, Kind.CONCRETE, segment=2)
    p.add(plain_box((x, 0.06, 0.02), (wide + 0.30, 0.12, 0.56)), stone)


def _upper(wide: float, columns: int, t: Tones) -> list[Opening]:
    pane = {"period": 0.82, "midcentury": 1.25, "future": 1.7}.get(t.era, 1.0)
    sill, head = (0.55, 2.35) if t.era in ("period", "future") else (0.75, 2.15)
    step = wide / columns
    pane = min(pane, step * 0.68)
    mids = [-wide / 2 + step * (i + 0.5) for i in range(columns)]
    return [Opening(m - pane / 2, m + pane / 2, sill, head) for m in mids]


def _ground(wide: float, selling: bool) -> list[Opening]:
    if selling:
        return [
            Opening(-wide / 2 + 0.25, -wide / 2 + 0.25 + SHOP_WIDE, 0.42, 2.45, "shop"),
            Opening(wide / 2 - 1.30, wide / 2 - 0.30, 0.0, 2.60, "door"),
        ]
    return [
        Opening(-wide * 0.32 - 0.5, -wide * 0.32 + 0.5, 0.0, 2.60, "door"),
        Opening(-0.02, 1.0, 0.85, 2.35),
        Opening(wide * 0.5 - 1.2, wide * 0.5 - 0.25, 0.85, 2.35),
    ]


def house(
    p: Place, wide: float, floors: int, t: Tones, chance: random.Random, *, goods: str | None, wall: Surface
) -> float:
    """A house of ``floors`` over a ground floor with a shop of ``goods`` or a door; returns its height in metres."""
    tall = GROUND_FLOOR + FLOOR * floors + 0.35
    body, cut = Surface(shaded(wall.colour, 0.7), 0.9, segment=3), 1.30 if goods else 0.31
    p.add(plain_box((0, (GROUND_FLOOR + tall) / 2, -1.33), (wide, tall - GROUND_FLOOR, 2.04)), body)
    p.add(plain_box((0, GROUND_FLOOR / 2, -(cut + 2.35) / 2), (wide, GROUND_FLOOR, 2.35 - cut)), body)
    ground = _ground(wide, goods is not None)
    _storey(p, 0.0, GROUND_FLOOR, wide, ground, wall if goods is None else _stall(t, wall, chance))
    for hole in ground:
        if hole.fill == "door":
            door(p, hole, t)
        elif hole.fill == "shop" and goods is not None:
            shop(p.at((hole.left + hole.right) / 2, -_SKIN), t, chance, goods)
        else:
            window(p, hole, 0.0, t, chance)
    columns = max(2, round(wide / 1.75))
    for floor in range(floors):
        y = GROUND_FLOOR + FLOOR * floor
        openings = _upper(wide, columns, t)
        _storey(p, y, FLOOR, wide, openings, wall)
        for hole in openings:
            window(p, hole, y, t, chance)
    _crown(p, wide, tall, t, chance, wall)
    return tall


def _stall(t: Tones, wall: Surface, chance: random.Random) -> Surface:
    """The shop storey's own cladding."""
    if t.era == "future":
        return wall
    tone = chance.choice((shaded(t.accent, 0.42), shaded(t.accent, 0.42), *_STALLS))
    return Surface(tone, 0.45 + 0.4 * t.wear, Kind.PLAIN, segment=3)


def _crown(p: Place, wide: float, tall: float, t: Tones, chance: random.Random, wall: Surface) -> None:
    """String course, cornice and what stands on the roof."""
    ledge = Surface(shaded(wall.colour, 0.8), 0.8, segment=3)
    p.add(plain_box((0, tall - 0.17, -_SKIN / 2), (wide, 0.36, _SKIN)), ledge)
    p.add(plain_box((0, tall, 0.02), (wide + 0.08, 0.16, 0.46)), ledge)
    p.add(plain_box((0, GROUND_FLOOR, 0.02), (wide, 0.16, 0.12)), ledge)
    if t.era == "future":
        p.add(plain_box((wide / 2 - 0.08, tall / 2, 0.03), (0.05, tall - 0.5, 0.04)), t.lit(1.8, 3))
        return
    if t.era == "period":
        slate = Surface((70, 68, 72), 0.8, segment=3)
        p.add(turned_box((0, tall + 0.75, -0.85), (wide, 0.10, 2.4), rotation(X_AXIS, 42), 0.02), slate)
    for _ in range(chance.choice((1, 2))):
        x = chance.uniform(-wide * 0.4, wide * 0.4)
        p.add(plain_box((x, tall + 0.6, -0.8), (0.6, 1.6, 0.5)), wall)
        for k in (-0.16, 0.16):
            p.add(
                lathe(((0.09, 0), (0.07, 0.35), (0.05, 0.35)), (x + k, tall + 1.4, -0.8), 8),
                Surface((132, 74, 54), 0.9, segment=3),
            )
    side = chance.choice((-1, 1))
    p.add(
        rod((side * (wide / 2 - 0.12), 0.2, 0.07), (side * (wide / 2 - 0.12), tall, 0.071), 0.045, 6),
        t.iron(1.0, 3),
    )
