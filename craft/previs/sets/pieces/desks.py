"""What one works at: desks and what is on them, chairs to turn on, cabinets for files. Who works looks along +z."""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.seating import chair, upholstery
from craft.previs.sets.pieces.tones import Tones, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, rotation
from craft.previs.stage import Mark, Vec3

DESK_M = 0.77
DESK_SEAT_M = 0.50
_BLACK = Surface((22, 24, 28), 0.3, segment=8)
_STEEL = Surface((150, 150, 150), 0.3, metal=0.8, segment=15)


def desk(p: Place, t: Tones, wide: float = 1.7, deep: float = 0.82) -> None:
    """A desk on two pedestals, closed towards the visitors at +z; there is room for knees behind it."""
    top = t.iron(1.2, 7) if t.era == "future" else t.wooden(1.0, 7)
    body = t.iron(0.85, 7) if t.era == "future" else t.wooden(0.78, 7)
    p.add(box((0, DESK_M - 0.025, 0), (wide, 0.05, deep), 0.014), top)
    for side in (-1, 1):
        x = side * (wide / 2 - 0.13 - 0.08 * (t.era == "period"))
        each = 0.38 if t.era == "period" else 0.22
        _pedestal(p, t, body, x, each, deep - 0.12)
        p.solid((x - each / 2, 0, 0.06 - deep / 2), (x + each / 2, DESK_M, deep / 2 - 0.06))
    low, high = (0.10, DESK_M - 0.05) if t.era == "period" else (0.31, DESK_M - 0.04)
    p.add(plain_box((0, (low + high) / 2, deep / 2 - 0.11), (wide - 0.4, high - low, 0.03)), body)
    if t.era == "future":
        p.add(plain_box((0, DESK_M - 0.06, deep / 2 - 0.01), (wide - 0.1, 0.012, 0.01)), t.lit(2.0, 7))
    p.solid((-wide / 2, DESK_M - 0.08, -deep / 2), (wide / 2, DESK_M, deep / 2))
    p.solid((-wide / 2, 0, -0.02), (wide / 2, DESK_M, deep / 2))


def _pedestal(p: Place, t: Tones, body: Surface, x: float, wide: float, deep: float) -> None:
    if t.era == "midcentury":
        p.add(box((x, 0.53, 0), (wide + 0.12, 0.38, deep), 0.012), body)
        for z in (-deep / 2 + 0.06, deep / 2 - 0.06):
            p.add(rod((x, 0, z * 1.08), (x, 0.36, z), 0.02, 8), t.wooden(0.7, 7))
        return
    p.add(box((x, 0.37, 0), (wide, 0.70, deep)), body)
    for y in (0.20, 0.40, 0.60):
        drawer = box((x, y, -deep / 2 - 0.006), (wide - 0.04, 0.16, 0.02), 0.006)
        p.add(drawer, Surface(shaded(body.colour, 1.12), body.rough, body.kind, segment=7))
        p.add(sphere((x, y, -deep / 2 - 0.025), 0.014, 8), _STEEL)


def desk_things(p: Place, t: Tones, turn: float = -28.0) -> None:
    """What the work is done with, to stand at the side of a desk: ledgers and an inkstand, a typewriter, a screen."""
    {"period": _inkstand, "midcentury": _typewriter}.get(t.era, _screen)(p.at(0, 0, turn), t)


def _inkstand(p: Place, t: Tones) -> None:
    for i, tone in enumerate(((84, 40, 34), (52, 62, 50), (70, 56, 40))):
        p.add(
            box((0.0, 0.02 + 0.04 * i, -0.02), (0.26 - 0.01 * i, 0.038, 0.34), 0.006),
            Surface(tone, 0.6, segment=12),
        )
    p.add(
        box((-0.34, 0.012, 0.02), (0.24, 0.024, 0.14), 0.008),
        Surface((150, 118, 58), 0.3, metal=0.8, segment=9),
    )
    for x in (-0.40, -0.28):
        p.add(
            lathe(((0, 0), (0.03, 0), (0.032, 0.05), (0.018, 0.06), (0, 0.06)), (x, 0.024, 0.02), 10), _BLACK
        )
    p.add(rod((-0.34, 0.03, 0.02), (-0.40, 0.26, -0.04), 0.005, 5), Surface((206, 202, 190), 0.9, segment=9))


def _typewriter(p: Place, t: Tones) -> None:
    shell = Surface((64, 78, 74), 0.4, segment=8)
    p.add(box((0, 0.05, 0), (0.38, 0.10, 0.34), 0.03, 2), shell)
    p.add(box((0, 0.12, 0.10), (0.36, 0.10, 0.14), 0.03, 2), shell)
    p.add(rod((-0.23, 0.185, 0.12), (0.23, 0.1851, 0.12), 0.024, 10), _BLACK)
    sheet = turned_box((0, 0.30, 0.16), (0.22, 0.26, 0.002), rotation(X_AXIS, 14), 0.001)
    p.add(sheet, Surface((206, 202, 190), 0.85, segment=9))
    for row in range(3):
        for i in range(9):
            p.add(
                sphere(
                    (-0.128 + 0.032 * i, 0.105 - 0.012 * row, -0.06 - 0.035 * row), (0.012, 0.006, 0.012), 6
                ),
                _STEEL,
            )


def _screen(p: Place, t: Tones) -> None:
    """A monitor that looks at who works."""
    wide, tall = (0.74, 0.40) if t.era == "future" else (0.62, 0.38)
    p.add(box((0, 0.29, 0), (wide, tall, 0.012 if t.era == "future" else 0.03), 0.006), _BLACK)
    about = rotation(Y_AXIS, 180)
    face = moved(quad((0, 0, 0.018), (wide / 2 - 0.02, 0, 0), (0, tall / 2 - 0.025, 0)), about, (0, 0.29, 0))
    kind = Kind.READOUT if t.era == "future" else Kind.SCREEN
    p.add(face, Surface((120, 180, 255), 0.3, kind, 1.0, segment=8))
    p.add(plain_box((0, 0.06, 0.01), (0.07, 0.14, 0.05)), _BLACK)
    p.add(box((0, 0.006, 0.0), (0.24, 0.012, 0.18), 0.004), _BLACK)
    p.solid((-wide / 2, 0, -0.04), (wide / 2, 0.49, 0.04))


def desk_lamp(p: Place, t: Tones, shade: RGB8) -> Vec3:
    """A lamp with an enamelled shade over the desk top; returns where its light comes from."""
    if t.era == "future":
        p.add(lathe(((0, 0), (0.08, 0), (0.08, 0.014), (0, 0.018)), around=16), t.iron(1.0, 10))
        p.add(rod((0, 0.01, 0), (0, 0.40, 0.0001), 0.010, 8), t.iron(1.2, 10))
        p.add(box((0.12, 0.40, 0), (0.40, 0.02, 0.05), 0.008), Surface(shade, 0.3, segment=10))
        p.add(plain_box((0.12, 0.386, 0), (0.36, 0.008, 0.03)), t.lit(6.0, 10))
        return p.point((0.12, 0.34, 0))
    stand = ((0, 0), (0.085, 0), (0.088, 0.012), (0.03, 0.025), (0.012, 0.03), (0.012, 0.36), (0, 0.36))
    p.add(lathe(stand, around=14), Surface((150, 118, 58), 0.28, metal=0.8, segment=10))
    cover = ((0.155, 0), (0.150, 0.008), (0.085, 0.135), (0.080, 0.135), (0.146, 0))
    p.add(lathe(cover, (0, 0.33, 0)), Surface(shade, 0.3, glow=0.12 if t.night else 0.0, segment=10))
    p.add(sphere((0, 0.365, 0), 0.042, 10), t.lit(12.0, 10))
    return p.point((0, 0.37, 0))


def desk_chair(p: Place, t: Tones) -> tuple[Mark, ...]:
    """A chair to turn on; a plain one with arms in period rooms. One seat mark."""
    if t.era == "period":
        for side in (-1, 1):
            p.add(rod((side * 0.22, 0.46, 0.16), (side * 0.22, 0.66, 0.16), 0.014, 6), t.wooden(0.9, 17))
            p.add(box((side * 0.22, 0.67, -0.02), (0.05, 0.03, 0.42), 0.01), t.wooden(0.9, 17))
        return chair(p, t)
    for i in range(5):
        turn = rotation(Y_AXIS, 72.0 * i)
        p.add(moved(box((0, 0.05, 0.15), (0.05, 0.04, 0.30), 0.012), turn, (0, 0, 0)), _STEEL)
        p.add(moved(sphere((0, 0.03, 0.28), 0.03, 8), turn, (0, 0, 0)), _BLACK)
    p.add(rod((0, 0.05, 0), (0, DESK_SEAT_M - 0.06, 0.0001), 0.03, 10), _STEEL)
    cover = Surface((48, 36, 33), 0.38, segment=17) if t.era == "modern" else upholstery(t, 0.9, 17)
    p.add(box((0, DESK_SEAT_M - 0.045, 0), (0.52, 0.09, 0.50), 0.04), cover)
    tall, low = (0.40, 0.72) if t.era == "midcentury" else (0.72, 0.60)
    p.add(box((0, low + tall / 2, -0.23), (0.50, tall, 0.10), 0.045), cover)
    p.add(rod((0, DESK_SEAT_M - 0.05, -0.1), (0, low + 0.1, -0.27), 0.02, 8), _STEEL)
    p.solid((-0.26, 0, -0.16), (0.26, DESK_SEAT_M, 0.25))
    p.solid((-0.26, 0, -0.30), (0.26, low + tall, -0.16))
    return (p.seat(0, 0.02, DESK_SEAT_M),)


def files(p: Place, t: Tones, columns: int) -> None:
    """Cabinets of four drawers side by side with their backs at z = 0; wooden in period rooms."""
    body = t.wooden(0.8, 11) if t.era == "period" else t.iron(1.1, 11)
    front = Surface(shaded(body.colour, 1.15), body.rough, body.kind, metal=body.metal, segment=11)
    for i in range(columns):
        x = (i - (columns - 1) / 2) * 0.47
        p.add(box((x, 0.66, 0.30), (0.46, 1.32, 0.58), 0.01), body)
        for k in range(4):
            y = 0.19 + 0.315 * k
            p.add(box((x, y, 0.592), (0.42, 0.29, 0.02), 0.008), front)
            p.add(plain_box((x, y - 0.04, 0.608), (0.12, 0.02, 0.02)), _STEEL)
            p.add(
                plain_box((x, y + 0.05, 0.604), (0.10, 0.05, 0.004)),
                Surface((206, 198, 176), 0.85, segment=11),
            )
    if columns:
        p.solid((-0.235 * columns, 0, 0), (0.235 * columns, 1.33, 0.62))
