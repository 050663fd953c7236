"""Shop windows with depth: a lit box behind the front in which goods stand, a sign above, an awning."""

from __future__ import annotations

import random
from collections.abc import Callable

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.pieces.lamps import neon_word
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, rotation

SHOP_WIDE = 2.9
_DEEP = 0.95
_SILL, _HEAD = 0.42, 2.45
_WARES: tuple[RGB8, ...] = (
    (186, 62, 52),
    (46, 98, 132),
    (206, 168, 92),
    (92, 124, 84),
    (208, 200, 184),
    (92, 62, 96),
    (62, 62, 68),
)
NAMES = {
    "clothes": "DRESS",
    "books": "BOOKS",
    "bottles": "BAR",
    "bread": "BAKER",
    "plants": "FLORA",
    "screens": "RADIO",
    "hats": "HATS",
}
GOODS = tuple(NAMES)


class _Stage:
    """The box behind the pane: what is in it glows a little, as if lit from above."""

    def __init__(self, p: Place, t: Tones, warm: RGB8) -> None:
        self.p, self.t, self.warm = p, t, warm
        self.glow = 0.55 if t.night else 0.16

    def put(
        self, mesh: Mesh, colour: RGB8, *, rough: float = 0.6, kind: Kind = Kind.PLAIN, share: float = 1.0
    ) -> None:
        self.p.add(mesh, Surface(mixed(colour, self.warm, 0.16), rough, kind, self.glow * share, segment=5))


def shop(p: Place, t: Tones, chance: random.Random, goods: str) -> None:
    """A shop window 2.9 m wide whose pane lies in the place's plane z = 0; ``goods`` is one of GOODS."""
    warm: RGB8 = (
        (206, 232, 255)
        if t.era == "future"
        else chance.choice(((255, 206, 146), (255, 224, 184), (236, 236, 226)))
    )
    s = _Stage(p, t, warm)
    _box(s, chance)
    _WINDOWS[goods](s, chance)
    frame = Surface(
        {"period": (64, 44, 32), "midcentury": (198, 200, 202), "future": (40, 46, 56)}.get(
            t.era, (30, 30, 32)
        ),
        0.4,
        metal=0.5 if t.era == "midcentury" else 0.0,
        segment=5,
    )
    bars = {"period": 6, "midcentury": 2, "future": 1}.get(t.era, 3)
    high = _HEAD - _SILL
    for k in range(bars + 1):
        x = -SHOP_WIDE / 2 + k * SHOP_WIDE / bars
        p.add(plain_box((x, _SILL + high / 2, 0.02), (0.06, high, 0.07)), frame)
    rows = (
        (0.0, 0.42, 0.78, 1.0) if t.era == "period" else (0.0, 0.80, 1.0) if t.era == "modern" else (0.0, 1.0)
    )
    for part in rows:
        p.add(plain_box((0, _SILL + high * part, 0.02), (SHOP_WIDE, 0.06, 0.07)), frame)
    sign(p.at(0, 0.24), t, chance, NAMES[goods])


def _box(s: _Stage, chance: random.Random) -> None:
    back = chance.choice(((96, 72, 58), (72, 82, 86), (120, 108, 92), (82, 62, 70)))
    mid, high = (_SILL + _HEAD) / 2, _HEAD - _SILL
    s.put(quad((0, mid, -_DEEP), (SHOP_WIDE / 2, 0, 0), (0, high / 2, 0)), back, rough=0.9, share=0.75)
    for side in (-1, 1):
        s.put(
            quad((side * SHOP_WIDE / 2, mid, -_DEEP / 2), (0, 0, _DEEP / 2), (0, high / 2, 0)),
            shaded(back, 0.8),
            rough=0.9,
            share=0.5,
        )
    s.put(
        plain_box((0, _SILL + 0.03, -_DEEP / 2), (SHOP_WIDE, 0.06, _DEEP)),
        (118, 92, 68),
        kind=Kind.WOOD,
        share=0.8,
    )
    s.put(plain_box((0, _HEAD, -_DEEP / 2), (SHOP_WIDE, 0.03, _DEEP)), (150, 146, 140), share=0.8)
    tube = Surface(s.warm, 0.4, Kind.GLOW, 4.0 if s.t.night else 1.2, segment=5)
    s.p.add(plain_box((0, _HEAD - 0.05, -0.22), (SHOP_WIDE * 0.8, 0.04, 0.07)), tube)


def _shelf(s: _Stage, y: float, z: float = -0.72, wide: float = SHOP_WIDE * 0.94) -> None:
    s.put(plain_box((0, y - 0.015, z), (wide, 0.03, 0.34)), (128, 100, 72), kind=Kind.WOOD, share=0.7)


def _clothes(s: _Stage, chance: random.Random) -> None:
    """Busts on stands, one of them in a long dress."""
    for i, x in enumerate((-0.95, -0.1, 0.8)):
        tone, long = chance.choice(_WARES), chance.random() < 0.5
        foot = _SILL + 0.06
        s.put(
            lathe(((0, 0), (0.16, 0), (0.16, 0.02), (0.02, 0.04), (0.02, 0.75)), (x, foot, -0.5), 12),
            (60, 52, 44),
            share=0.6,
        )
        hem = 0.28 if long else 0.12
        dress = (
            (hem, 0.10 if long else 0.58),
            (0.13, 0.74),
            (0.12, 0.80),
            (0.17, 1.0),
            (0.18, 1.12),
            (0.06, 1.22),
            (0.045, 1.3),
            (0, 1.3),
        )
        s.put(lathe(dress, (x, foot, -0.5), 16), tone, rough=0.9)
        if i % 2:
            s.put(sphere((x, foot + 1.42, -0.5), (0.09, 0.12, 0.10), 10), (206, 178, 150))
    for _ in range(3):
        at = (chance.uniform(-1.2, 1.2), _SILL + 0.10, -0.22)
        s.put(
            turned_box(at, (0.24, 0.09, 0.13), rotation(Y_AXIS, chance.uniform(-40, 40)), 0.03),
            chance.choice(_WARES),
        )


def _books(s: _Stage, chance: random.Random) -> None:
    for y in (0.95, 1.36, 1.77):
        _shelf(s, y)
        x = -SHOP_WIDE * 0.45
        while x < SHOP_WIDE * 0.44:
            w, h = chance.uniform(0.035, 0.09), chance.uniform(0.20, 0.32)
            s.put(plain_box((x + w / 2, y + h / 2, -0.72), (w * 0.94, h, 0.2)), chance.choice(_WARES))
            x += w + (0.16 if chance.random() < 0.06 else 0.0)
    for i in range(5):
        at = (-1.1 + i * 0.55, _SILL + 0.20, -0.34)
        s.put(turned_box(at, (0.24, 0.32, 0.03), rotation(X_AXIS, -16), 0.004), chance.choice(_WARES))


def _bottles(s: _Stage, chance: random.Random) -> None:
    for y in (0.92, 1.40, 1.88):
        _shelf(s, y)
        for i in range(15):
            if chance.random() < 0.85:
                r, h = chance.uniform(0.035, 0.055), chance.uniform(0.20, 0.30)
                bottle = ((0, 0), (r, 0), (r, h * 0.62), (r * 0.4, h * 0.78), (r * 0.4, h), (0, h))
                tone: RGB8 = chance.choice(
                    ((54, 84, 44), (140, 72, 26), (180, 150, 70), (120, 40, 40), (110, 150, 150))
                )
                s.put(lathe(bottle, (-1.24 + i * 0.177, y, -0.72), 8), tone, rough=0.15, share=1.3)
    for i in range(3):
        x = -0.9 + i * 0.9
        s.put(
            lathe(
                (
                    (0, 0),
                    (0.16, 0),
                    (0.16, 0.02),
                    (0.03, 0.04),
                    (0.03, 0.30),
                    (0.19, 0.31),
                    (0.19, 0.33),
                    (0, 0.33),
                ),
                (x, _SILL + 0.06, -0.30),
                12,
            ),
            (80, 60, 46),
        )


def _bread(s: _Stage, chance: random.Random) -> None:
    for y, z in ((0.82, -0.45), (1.22, -0.72), (1.62, -0.72)):
        _shelf(s, y, z)
        for i in range(8):
            if chance.random() < 0.85:
                size = (chance.uniform(0.09, 0.15), chance.uniform(0.06, 0.09), chance.uniform(0.07, 0.10))
                tone: RGB8 = chance.choice(((178, 116, 56), (150, 88, 40), (206, 152, 88)))
                s.put(sphere((-1.15 + i * 0.33, y + size[1] * 0.9, z), size, 10), tone, rough=0.9)
    for i in range(3):
        x = -0.85 + i * 0.85
        s.put(lathe(((0.13, 0), (0.14, 0.10), (0, 0.10)), (x, _SILL + 0.06, -0.25), 14), (238, 214, 196))
        s.put(sphere((x, _SILL + 0.20, -0.25), (0.09, 0.07, 0.09), 8), (196, 72, 84))


def _plants(s: _Stage, chance: random.Random) -> None:
    for row, (y, z) in enumerate(((_SILL + 0.06, -0.28), (1.0, -0.55), (1.5, -0.78))):
        if row:
            _shelf(s, y, z)
        for i in range(6):
            x, high = -1.15 + i * 0.46 + chance.uniform(-0.06, 0.06), chance.uniform(0.16, 0.34)
            s.put(
                lathe(((0, 0), (0.08, 0), (0.11, 0.16), (0.09, 0.16), (0, 0.14)), (x, y, z), 10),
                (156, 88, 60),
            )
            s.put(
                sphere((x, y + 0.14 + high * 0.5, z), (0.13, high * 0.6, 0.13), 10),
                chance.choice(((52, 92, 44), (70, 112, 52), (40, 78, 50))),
                rough=0.9,
            )
            for _ in range(3):
                at = (x + chance.uniform(-0.1, 0.1), y + 0.16 + high * chance.uniform(0.6, 1.0), z + 0.09)
                s.put(
                    sphere(at, 0.035, 6),
                    chance.choice(((220, 80, 96), (236, 190, 80), (206, 120, 190), (236, 226, 220))),
                )


def _screens(s: _Stage, chance: random.Random) -> None:
    """Sets with a lit screen, or wireless sets with a dial, before there were screens."""
    wood = s.t.era in ("period", "midcentury")
    for y, z in ((_SILL + 0.06, -0.40), (1.16, -0.68), (1.72, -0.76)):
        if y > 1:
            _shelf(s, y, z)
        for i in range(3):
            x, w, h = -0.92 + i * 0.92, chance.uniform(0.46, 0.62), chance.uniform(0.34, 0.44)
            s.put(
                box((x, y + h / 2, z), (w, h, 0.24), 0.03),
                (112, 70, 40) if wood else (34, 36, 40),
                kind=Kind.WOOD if wood else Kind.PLAIN,
            )
            shine: RGB8 = chance.choice(((120, 170, 220), (200, 160, 110), (150, 210, 180)))
            face = Surface(shine, 0.3, Kind.GLOW, 1.0 if s.t.night else 0.5, segment=5)
            s.p.add(plain_box((x - w * 0.10, y + h / 2, z + 0.125), (w * 0.62, h * 0.68, 0.01)), face)


def _hats(s: _Stage, chance: random.Random) -> None:
    for y, z in ((_SILL + 0.30, -0.34), (1.10, -0.60), (1.64, -0.76)):
        _shelf(s, y - 0.16, z)
        for i in range(6):
            x, tone = -1.12 + i * 0.45, chance.choice(_WARES)
            s.put(
                lathe(((0, -0.16), (0.07, -0.16), (0.025, -0.13), (0.025, 0.0)), (x, y, z), 8), (92, 68, 48)
            )
            tall = chance.choice((0.10, 0.14, 0.20))
            s.put(
                lathe(
                    (
                        (0.19, 0.0),
                        (0.19, 0.012),
                        (0.11, 0.02),
                        (0.105, tall),
                        (0.08, tall + 0.02),
                        (0, tall + 0.01),
                    ),
                    (x, y, z),
                    14,
                ),
                tone,
                rough=0.9,
            )


_WINDOWS: dict[str, Callable[[_Stage, random.Random], None]] = {
    "clothes": _clothes,
    "books": _books,
    "bottles": _bottles,
    "bread": _bread,
    "plants": _plants,
    "screens": _screens,
    "hats": _hats,
}


def sign(p: Place, t: Tones, chance: random.Random, word: str) -> None:
    """Name board over the window, and the awning or the hanging sign its era has."""
    board = Surface(shaded(t.accent, 0.32), 0.5, Kind.WOOD if t.era == "period" else Kind.PLAIN, segment=5)
    p.add(box((0, 2.76, 0.04), (SHOP_WIDE + 0.2, 0.46, 0.08), 0.02), board)
    letters = p.at(0, 0.05, y=2.76)
    if t.era == "period":
        neon_word(letters, word, (214, 178, 96), 0.0, 0.24)
        p.add(rod((1.2, 3.05, 0), (1.2, 3.06, 0.85), 0.02, 6), t.iron(0.7))
        p.add(box((1.2, 2.72, 0.55), (0.05, 0.52, 0.5), 0.02), t.wooden(0.9, 5))
        return
    tube: RGB8 = (
        (110, 230, 255)
        if t.era == "future"
        else chance.choice(((255, 86, 96), (255, 214, 120), (120, 220, 255)))
    )
    neon_word(letters, word, tube, (2.4 if t.era != "modern" else 1.6) if t.night else 0.25, 0.26)
    if t.era == "future":
        p.add(plain_box((0, 2.50, 0.09), (SHOP_WIDE + 0.1, 0.03, 0.02)), t.lit(2.2, 5))
        return
    p.solid((-SHOP_WIDE / 2, 2.15, 0.0), (SHOP_WIDE / 2, 2.6, 0.95))
    striped = t.era == "midcentury" or t.wear < 0.35
    for i in range(8):
        tone = t.fabric if i % 2 == 0 or not striped else (222, 214, 196)
        x = -SHOP_WIDE / 2 - 0.05 + (i + 0.5) * (SHOP_WIDE + 0.1) / 8
        cloth = Surface(tone, 0.9, segment=5)
        p.add(
            turned_box((x, 2.43, 0.46), ((SHOP_WIDE + 0.1) / 8, 0.02, 0.98), rotation(X_AXIS, 16), 0.004),
            cloth,
        )
        p.add(plain_box((x, 2.22, 0.93), ((SHOP_WIDE + 0.1) / 8, 0.16, 0.012)), cloth)
