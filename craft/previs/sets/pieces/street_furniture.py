"""What stands about outdoors and in yards: crates, cartons, barrels, bins, bags, benches, bollards, hydrants.

Each is built on a ``Place`` and facing +z; what a body would bump into is solid.
"""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, shaded
from craft.previs.sets.pieces.vehicles import ring, rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, Z_AXIS, rotation
from craft.previs.stage import Mark

_BLACK = Surface((24, 24, 27), 0.55, segment=9)


def crate(p: Place, size: float, t: Tones) -> None:
    """A boarded chest, ``size`` metres a side; in the future a moulded case."""
    half = size / 2
    if t.era == "future":
        p.add(box((0, half, 0), (size, size, size), 0.07, 2), t.iron(0.9, 9))
        p.add(box((0, size * 0.72, 0), (size * 1.01, 0.05, size * 1.01), 0.01), t.lit(1.2, 9))
    else:
        inner, edge = t.wooden(0.8, 9), t.wooden(1.1, 9)
        p.add(plain_box((0, half, 0), (size * 0.94, size * 0.96, size * 0.94)), inner)
        for a in (-1, 1):
            for c in (-1, 1):
                p.add(plain_box((a * half * 0.94, half, c * half * 0.94), (0.07, size, 0.07)), edge)
                p.add(plain_box((0, half + a * half * 0.93, c * half * 0.97), (size, 0.07, 0.035)), edge)
                p.add(plain_box((c * half * 0.97, half + a * half * 0.93, 0), (0.035, 0.07, size)), edge)
    p.solid((-half, 0, -half), (half, size, half))


def carton(p: Place, size: tuple[float, float, float], t: Tones) -> None:
    """A cardboard box with its tape; a sack where there is no cardboard yet."""
    w, h, d = size
    if t.era == "period":
        p.add(
            sphere((0, h * 0.46, 0), (w * 0.5, h * 0.52, d * 0.48), 12),
            Surface((150, 128, 92), 0.95, segment=9),
        )
        p.add(
            sphere((0, h * 0.98, 0), (w * 0.13, h * 0.13, d * 0.13), 8),
            Surface((138, 116, 82), 0.95, segment=9),
        )
    else:
        tone = (214, 220, 226) if t.era == "future" else (164, 122, 78)
        p.add(box((0, h / 2, 0), size, 0.008), Surface(tone, 0.85, segment=9))
        p.add(
            plain_box((0, h / 2, 0), (0.06, h * 1.004, d * 1.004)), Surface(shaded(tone, 0.8), 0.4, segment=9)
        )
    p.solid((-w / 2, 0, -d / 2), (w / 2, h, d / 2))


def pallet(p: Place, t: Tones, wide: float = 1.2) -> None:
    """Boards on three bearers, 0.14 m high."""
    for i in range(5):
        p.add(
            plain_box((-wide / 2 + 0.07 + i * (wide - 0.14) / 4, 0.125, 0), (0.14, 0.025, 1.0)),
            t.wooden(1.15, 9),
        )
    for z in (-0.44, 0, 0.44):
        p.add(plain_box((0, 0.055, z), (wide, 0.11, 0.09)), t.wooden(0.8, 9))
    p.solid((-wide / 2, 0, -0.5), (wide / 2, 0.14, 0.5))


def barrel(p: Place, t: Tones, colour: RGB8 | None = None) -> None:
    """A cask with hoops, or a steel drum with its beads; 0.9 m."""
    if t.era == "period":
        stave = (
            (0, 0),
            (0.25, 0),
            (0.30, 0.22),
            (0.325, 0.45),
            (0.30, 0.68),
            (0.25, 0.9),
            (0.24, 0.87),
            (0, 0.86),
        )
        p.add(lathe(stave, around=16), t.wooden(1.0, 9))
        for y, r in ((0.07, 0.268), (0.25, 0.307), (0.65, 0.307), (0.83, 0.268)):
            p.add(lathe(((r, y - 0.025), (r + 0.012, y), (r, y + 0.025)), around=16), t.iron(0.8, 9))
    else:
        tone = colour or t.accent
        drum = Surface(tone, 0.4 + 0.4 * t.wear, Kind.PLAIN, metal=0.3, segment=9)
        side = ((0, 0), (0.29, 0), (0.29, 0.28), (0.305, 0.30), (0.29, 0.32), (0.29, 0.58), (0.305, 0.60))
        p.add(
            lathe((*side, (0.29, 0.62), (0.29, 0.88), (0.27, 0.9), (0.27, 0.87), (0, 0.87)), around=18), drum
        )
    p.solid((-0.31, 0, -0.31), (0.31, 0.9, 0.31))


def burning_barrel(p: Place, t: Tones) -> None:
    """A drum with a fire in it."""
    barrel(p, t, (74, 48, 36))
    for i, (dx, dz, high) in enumerate(
        ((0.0, 0.0, 0.5), (0.11, 0.06, 0.34), (-0.10, 0.04, 0.38), (0.02, -0.11, 0.3))
    ):
        flame(p, (dx, 0.82, dz), 0.11 - 0.015 * i, high)


def flame(p: Place, foot: tuple[float, float, float], radius: float, high: float) -> None:
    """One tongue of fire: orange round a yellow heart."""
    outer = (
        (0, 0),
        (radius, high * 0.16),
        (radius * 0.8, high * 0.42),
        (radius * 0.3, high * 0.75),
        (0, high),
    )
    p.add(lathe(outer, foot, 8), Surface((255, 106, 22), 0.6, Kind.GLOW, 3.0, segment=9))
    heart = tuple((r * 0.62, y * 0.72) for r, y in outer)
    p.add(
        lathe(heart, (foot[0], foot[1] + 0.02, foot[2] + radius * 0.45), 8),
        Surface((255, 206, 92), 0.6, Kind.GLOW, 5.0, segment=9),
    )


def dustbin(p: Place, t: Tones, colour: RGB8 = (60, 76, 66)) -> None:
    """What rubbish goes into: a galvanised can, a basket of staves, a wheeled bin or a column, by era."""
    if t.era == "modern":
        shade = Surface(colour, 0.6, segment=9)
        p.add(box((0, 0.49, 0), (0.48, 0.92, 0.52), 0.03), shade)
        p.add(turned_box((0, 0.99, 0.02), (0.52, 0.06, 0.58), rotation(X_AXIS, 6), 0.025), shade)
        for x in (-0.2, 0.2):
            p.add(
                moved(
                    lathe(((0, -0.03), (0.10, -0.03), (0.10, 0.03), (0, 0.03)), around=12),
                    rotation(Z_AXIS, 90),
                    (x, 0.10, -0.24),
                ),
                _BLACK,
            )
        p.solid((-0.27, 0, -0.30), (0.27, 1.05, 0.30))
        return
    if t.era == "future":
        p.add(box((0, 0.5, 0), (0.42, 1.0, 0.42), 0.12, 2), t.iron(1.0, 9))
        p.add(plain_box((0, 0.74, 0.205), (0.26, 0.07, 0.02)), t.lit(1.4, 9))
    else:
        can = t.wooden(0.8, 9) if t.era == "period" else Surface((128, 132, 134), 0.5, metal=0.5, segment=9)
        p.add(
            lathe(
                (
                    (0, 0),
                    (0.21, 0),
                    (0.22, 0.25),
                    (0.235, 0.27),
                    (0.235, 0.30),
                    (0.25, 0.62),
                    (0.265, 0.64),
                    (0, 0.64),
                ),
                around=18,
            ),
            can,
        )
        if t.era == "midcentury":
            p.add(lathe(((0.28, 0.63), (0.28, 0.67), (0.10, 0.74), (0, 0.75)), around=18), can)
            p.add(plain_box((0, 0.77, 0), (0.14, 0.03, 0.03)), can)
    p.solid((-0.27, 0, -0.27), (0.27, 0.78, 0.27))


def skip(p: Place, t: Tones) -> None:
    """A dumpster with its lid ajar, 1.9 x 1.0 x 1.2 m; a handcart or a sealed container by era."""
    if t.era == "period":
        _handcart(p, t)
        return
    paint = Surface(
        (40, 74, 62) if t.era != "future" else (112, 120, 130), 0.5 + 0.3 * t.wear, Kind.CORRUGATED, segment=9
    )
    plain = Surface(shaded(paint.colour, 0.8), 0.5, segment=9)
    p.add(box((0, 0.62, 0), (1.86, 0.98, 0.94), 0.03), paint)
    for y in (0.18, 1.10):
        p.add(box((0, y, 0), (1.94, 0.08, 1.02), 0.02), plain)
    p.add(turned_box((-0.47, 1.21, 0), (0.90, 0.05, 1.0), rotation(X_AXIS, 4), 0.02), _BLACK)
    p.add(turned_box((0.47, 1.34, -0.1), (0.90, 0.05, 1.0), rotation(X_AXIS, -22), 0.02), _BLACK)
    for x in (-0.75, 0.75):
        for z in (-0.36, 0.36):
            p.add(plain_box((x, 0.07, z), (0.14, 0.14, 0.08)), _BLACK)
    p.solid((-0.97, 0, -0.52), (0.97, 1.4, 0.52))


def _handcart(p: Place, t: Tones) -> None:
    wood = t.wooden(0.9, 9)
    p.add(plain_box((0, 0.68, 0), (1.7, 0.06, 0.9)), wood)
    for z in (-0.44, 0.44):
        p.add(plain_box((0, 0.82, z), (1.7, 0.22, 0.04)), wood)
        p.add(rod((-0.7, 0.68, z), (-1.5, 0.55, z * 0.8), 0.03), wood)
    for z in (-0.52, 0.52):
        wheel(p, (0.1, 0.5, z), 0.5, wood, t.iron(0.7, 9), 10)
    p.add(rod((0.1, 0.5, -0.55), (0.1, 0.5, 0.55), 0.035), t.iron(0.7, 9))
    for i in range(3):
        carton(p.at(-0.5 + i * 0.5, 0.0, 20.0 * i, 0.70), (0.46, 0.40, 0.44), t)
    p.solid((-1.5, 0, -0.58), (0.9, 1.1, 0.58))


def wheel(
    p: Place, at: tuple[float, float, float], radius: float, spoke: Surface, tyre: Surface, spokes: int
) -> None:
    """A spoked wheel standing in a plane of constant z."""
    p.add(moved(ring(radius - 0.025, 0.026, 22), rotation(X_AXIS, 90), at), tyre)
    x, y, z = at
    p.add(
        moved(
            lathe(((0, -0.08), (0.07, -0.08), (0.07, 0.08), (0, 0.08)), around=10), rotation(X_AXIS, 90), at
        ),
        spoke,
    )
    for i in range(spokes // 2):
        p.add(
            turned_box((x, y, z), (radius * 1.92, 0.035, 0.03), rotation(Z_AXIS, 360 / spokes * i), 0.008),
            spoke,
        )


def bags(p: Place, chance: random.Random, count: int) -> None:
    """Rubbish bags in a heap."""
    for _ in range(count):
        r = chance.uniform(0.20, 0.30)
        x, z = chance.uniform(-0.35, 0.35), chance.uniform(-0.2, 0.2)
        tone: RGB8 = chance.choice(((26, 27, 30), (30, 32, 36), (52, 56, 62)))
        p.add(sphere((x, r * 0.72, z), (r, r * 0.78, r * 0.92), 12), Surface(tone, 0.32, segment=9))
        p.add(sphere((x, r * 1.52, z), (0.05, 0.09, 0.05), 8), Surface(tone, 0.32, segment=9))
    p.solid((-0.6, 0, -0.45), (0.6, 0.5, 0.45))


def bench(p: Place, t: Tones, wide: float = 1.5) -> tuple[Mark, ...]:
    """A bench with a back, seat 0.45 m; two seat marks."""
    slat = Surface((206, 212, 218), 0.4, segment=6) if t.era == "future" else t.wooden(1.05)
    for i in range(3):
        p.add(box((0, 0.43, -0.14 + i * 0.14), (wide, 0.035, 0.12), 0.008), slat)
    for i in range(2):
        p.add(
            turned_box(
                (0, 0.62 + i * 0.17, -0.27 - i * 0.035), (wide, 0.12, 0.03), rotation(X_AXIS, -11), 0.008
            ),
            slat,
        )
    for x in (-wide / 2 + 0.14, wide / 2 - 0.14):
        p.add(box((x, 0.21, 0.12), (0.05, 0.42, 0.05), 0.01), t.iron())
        p.add(turned_box((x, 0.43, -0.26), (0.05, 0.86, 0.05), rotation(X_AXIS, -9), 0.01), t.iron())
        p.add(box((x, 0.39, -0.05), (0.05, 0.05, 0.40), 0.01), t.iron())
        if t.era in ("period", "midcentury"):
            p.add(moved(ring(0.11, 0.018, 14), rotation(Z_AXIS, 90), (x, 0.55, 0.10)), t.iron())
    p.solid((-wide / 2, 0, -0.22), (wide / 2, 0.45, 0.22))
    p.solid((-wide / 2, 0, -0.36), (wide / 2, 0.86, -0.22))
    return (p.seat(-wide / 4, 0.02, 0.45), p.seat(wide / 4, 0.02, 0.45))


def hydrant(p: Place, t: Tones) -> None:
    """A hydrant; a pump where there is no main yet."""
    paint = t.painted(segment=9)
    high = 1.15 if t.era == "period" else 0.72
    p.add(
        lathe(
            (
                (0, 0),
                (0.15, 0),
                (0.15, 0.05),
                (0.10, 0.08),
                (0.10, high * 0.72),
                (0.13, high * 0.74),
                (0.12, high * 0.86),
                (0.04, high),
                (0, high),
            ),
            around=14,
        ),
        paint,
    )
    p.add(rod((-0.17, high * 0.6, 0), (0.17, high * 0.6, 0), 0.055), paint)
    p.add(rod((0, high * 0.55, 0.0), (0, high * 0.55, 0.17), 0.07), t.iron(segment=9))
    if t.era == "period":
        p.add(rod((0, high * 0.9, -0.05), (0.02, high * 0.55, -0.5), 0.02), t.iron(segment=9))
    p.solid((-0.17, 0, -0.17), (0.17, high, 0.18))


def bollard(p: Place, t: Tones) -> None:
    """A post at a kerb, 0.85 m; in the future its ring glows."""
    iron = t.iron(segment=9)
    p.add(
        lathe(
            (
                (0, 0),
                (0.09, 0),
                (0.09, 0.06),
                (0.065, 0.09),
                (0.065, 0.70),
                (0.085, 0.74),
                (0.07, 0.84),
                (0, 0.86),
            ),
            around=12,
        ),
        iron,
    )
    if t.era == "future":
        p.add(lathe(((0.068, 0.60), (0.078, 0.62), (0.078, 0.66), (0.068, 0.68)), around=12), t.lit(3.0, 9))
    p.solid((-0.09, 0, -0.09), (0.09, 0.86, 0.09))


def post_box(p: Place, t: Tones) -> None:
    """A box for letters on the pavement; a news stand's box in modern times, a screen in the future."""
    paint = t.painted(1.05, 9)
    if t.era == "future":
        p.add(box((0, 0.95, 0), (0.62, 1.9, 0.14), 0.03), t.iron(0.8, 9))
        p.add(
            plain_box((0, 1.15, 0.075), (0.52, 1.2, 0.02)),
            Surface(t.accent, 0.3, Kind.READOUT, 1.6, segment=9),
        )
        p.solid((-0.32, 0, -0.08), (0.32, 1.9, 0.09))
        return
    if t.era == "modern":
        p.add(box((0, 0.62, 0), (0.46, 0.80, 0.42), 0.04), paint)
        p.add(plain_box((0, 0.78, 0.212), (0.34, 0.36, 0.01)), Surface((212, 210, 202), 0.5, segment=9))
        for x in (-0.17, 0.17):
            p.add(plain_box((x, 0.11, 0), (0.05, 0.22, 0.34)), t.iron(segment=9))
    else:
        p.add(
            lathe(
                (
                    (0, 0),
                    (0.26, 0),
                    (0.26, 0.10),
                    (0.225, 0.13),
                    (0.225, 1.20),
                    (0.27, 1.24),
                    (0.24, 1.36),
                    (0, 1.44),
                ),
                around=18,
            ),
            paint,
        )
        p.add(plain_box((0, 1.08, 0.222), (0.22, 0.04, 0.02)), _BLACK)
    p.solid((-0.27, 0, -0.27), (0.27, 1.45, 0.27))


def bicycle(p: Place, t: Tones) -> None:
    """A bicycle leaning on what is behind it, 1.7 m long, along x."""
    frame, dark = Surface(t.accent, 0.3, metal=0.3, segment=9), _BLACK
    for x in (-0.52, 0.52):
        wheel(p, (x, 0.34, 0), 0.34, Surface((150, 152, 156), 0.3, metal=0.6, segment=9), dark, 12)
    tubes = (
        ((-0.52, 0.34), (-0.18, 0.82)),
        ((-0.18, 0.82), (0.36, 0.80)),
        ((0.0, 0.32), (0.36, 0.80)),
        ((0.0, 0.32), (-0.18, 0.82)),
        ((-0.52, 0.34), (0.0, 0.32)),
        ((0.52, 0.34), (0.36, 0.98)),
    )
    for (x0, y0), (x1, y1) in tubes:
        p.add(rod((x0, y0, 0), (x1, y1, 0.001), 0.017), frame)
    p.add(rod((0.36, 0.98, -0.27), (0.36, 0.98, 0.27), 0.013), dark)
    p.add(box((-0.19, 0.90, 0), (0.26, 0.06, 0.14), 0.028), dark)
    p.solid((-0.86, 0, -0.12), (0.86, 1.0, 0.12))


def planter(p: Place, t: Tones, size: tuple[float, float, float] = (0.9, 0.5, 0.4)) -> None:
    """A trough of soil; plant into it at its height."""
    w, h, d = size
    p.add(
        box((0, h / 2, 0), size, 0.03),
        t.wooden(0.85, 9)
        if t.era in ("period", "midcentury")
        else Surface((150, 148, 144), 0.8, Kind.CONCRETE, segment=9),
    )
    p.add(plain_box((0, h + 0.004, 0), (w * 0.88, 0.02, d * 0.8)), Surface((58, 44, 32), 0.95, segment=9))
    p.solid((-w / 2, 0, -d / 2), (w / 2, h, d / 2))


def papers(p: Place, chance: random.Random, count: int, spread: tuple[float, float]) -> None:
    """Sheets and leaflets on the ground within ``spread`` metres either way."""
    for _ in range(count):
        tone: RGB8 = chance.choice(((196, 192, 180), (170, 160, 140), (188, 178, 150), (150, 70, 60)))
        at = (chance.uniform(-1, 1) * spread[0], 0.012, chance.uniform(-1, 1) * spread[1])
        turn = rotation(Y_AXIS, chance.uniform(0, 360))
        p.add(
            moved(
                plain_box((0, 0, 0), (chance.uniform(0.15, 0.3), 0.006, chance.uniform(0.12, 0.22))), turn, at
            ),
            Surface(tone, 0.9, segment=9),
        )
