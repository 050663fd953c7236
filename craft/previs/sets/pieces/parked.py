"""Vehicles seen from outside, standing still: a carriage, a rounded or plain car, a glider. Along x, nose to -x."""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.street_furniture import wheel
from craft.previs.sets.pieces.tones import Tones
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation

_GLASS = Surface((22, 28, 36), 0.08, segment=8)
_BLACK = Surface((20, 20, 22), 0.6, segment=8)
_TYRE = (
    (0, -0.10),
    (0.30, -0.10),
    (0.33, -0.06),
    (0.33, 0.06),
    (0.30, 0.10),
    (0.19, 0.11),
    (0.17, 0.08),
    (0, 0.09),
)


def vehicle(p: Place, t: Tones, paint: Surface) -> None:
    """What stands at a kerb in this era, about 4 m long; solid."""
    {"period": _carriage, "midcentury": _rounded, "future": _glider}.get(t.era, _saloon)(p, t, paint)


def _wheels(p: Place, xs: tuple[float, float], half: float, hub: Surface) -> None:
    for x in xs:
        for side in (-1, 1):
            turn = rotation(X_AXIS, 90 * side)
            p.add(moved(lathe(_TYRE, around=16), turn, (x, 0.33, side * half)), _BLACK)
            disc = lathe(((0.19, 0.112), (0.15, 0.125), (0.05, 0.10), (0, 0.12)), around=12)
            p.add(moved(disc, turn, (x, 0.33, side * half)), hub)


def _lamps(p: Place, t: Tones, nose: float, tail: float, y: float, half: float) -> None:
    shine = 2.6 if t.night else 0.5
    for side in (-1, 1):
        front = box((nose, y, side * half), (0.06, 0.13, 0.30), 0.03)
        p.add(front, Surface((255, 238, 206), 0.3, Kind.GLOW, shine, segment=8))
        rear = box((tail, y + 0.06, side * half), (0.05, 0.12, 0.28), 0.03)
        p.add(rear, Surface((220, 24, 20), 0.3, Kind.GLOW, shine * 0.6, segment=8))


def _saloon(p: Place, t: Tones, paint: Surface) -> None:
    chrome = Surface((190, 192, 196), 0.25, metal=0.8, segment=8)
    p.add(box((0, 0.56, 0), (4.2, 0.44, 1.70), 0.16, 3), paint)
    p.add(box((-1.25, 0.77, 0), (1.45, 0.14, 1.58), 0.06, 2), paint)
    p.add(box((1.60, 0.80, 0), (0.85, 0.16, 1.58), 0.06, 2), paint)
    p.add(box((0.25, 0.98, 0), (2.0, 0.50, 1.46), 0.10, 3), _GLASS)
    p.add(box((0.30, 1.25, 0), (1.55, 0.07, 1.34), 0.03, 2), paint)
    for side in (-1, 1):
        for x0, x1 in ((-0.92, -0.50), (1.36, 1.08)):
            p.add(rod((x0, 0.78, side * 0.72), (x1, 1.26, side * 0.64), 0.035, 6), paint)
        p.add(plain_box((0.28, 1.0, side * 0.735), (0.06, 0.46, 0.02)), paint)
        p.add(plain_box((0.0, 0.50, side * 0.853), (3.3, 0.03, 0.02)), _BLACK)
        p.add(box((-0.72, 0.92, side * 0.86), (0.12, 0.11, 0.16), 0.03), paint)
        for x in (-0.2, 0.75):
            p.add(plain_box((x, 0.74, side * 0.852), (0.16, 0.025, 0.02)), chrome)
    for x in (-2.08, 2.08):
        p.add(box((x, 0.38, 0), (0.10, 0.16, 1.62), 0.04), _BLACK)
    _wheels(p, (-1.30, 1.32), 0.78, chrome)
    _lamps(p, t, -2.09, 2.09, 0.62, 0.58)
    p.add(plain_box((2.13, 0.52, 0), (0.02, 0.12, 0.46)), Surface((214, 214, 206), 0.5, segment=8))
    p.solid((-2.15, 0, -0.92), (2.15, 1.3, 0.92))


def _rounded(p: Place, t: Tones, paint: Surface) -> None:
    chrome = Surface((200, 202, 206), 0.16, metal=0.9, segment=8)
    p.add(box((0, 0.62, 0), (4.3, 0.52, 1.46), 0.24, 4), paint)
    p.add(sphere((-1.15, 0.78, 0), (1.05, 0.30, 0.62), 18), paint)
    p.add(sphere((1.55, 0.74, 0), (0.75, 0.28, 0.62), 18), paint)
    p.add(sphere((0.35, 0.92, 0), (1.22, 0.56, 0.66), 20), paint)
    for side in (-1, 1):
        for x in (-1.36, 1.38):
            p.add(sphere((x, 0.56, side * 0.66), (0.62, 0.34, 0.24), 16), paint)
        p.add(box((0.35, 1.06, side * 0.60), (1.40, 0.28, 0.10), 0.05, 2), _GLASS)
        p.add(plain_box((0.4, 1.06, side * 0.655), (0.05, 0.28, 0.02)), paint)
        p.add(plain_box((0, 0.72, side * 0.735), (3.6, 0.035, 0.03)), chrome)
    p.add(turned_box((-0.60, 1.10, 0), (0.08, 0.34, 1.0), rotation(Z_AXIS, -38), 0.03), _GLASS)
    p.add(turned_box((1.28, 1.10, 0), (0.08, 0.30, 0.92), rotation(Z_AXIS, 48), 0.03), _GLASS)
    for x in (-2.16, 2.16):
        p.add(box((x, 0.42, 0), (0.12, 0.13, 1.66), 0.05, 2), chrome)
    for i in range(5):
        p.add(plain_box((-2.13, 0.52 + i * 0.05, 0), (0.04, 0.022, 0.62)), chrome)
    shine = 2.6 if t.night else 0.6
    for side in (-1, 1):
        front = sphere((-1.92, 0.74, side * 0.60), (0.12, 0.12, 0.12), 10)
        p.add(front, Surface((255, 232, 190), 0.3, Kind.GLOW, shine, segment=8))
        rear = sphere((2.06, 0.70, side * 0.58), (0.07, 0.09, 0.07), 8)
        p.add(rear, Surface((220, 24, 20), 0.3, Kind.GLOW, shine * 0.6, segment=8))
    _wheels(p, (-1.36, 1.38), 0.72, chrome)
    p.solid((-2.2, 0, -0.92), (2.2, 1.48, 0.92))


def _carriage(p: Place, t: Tones, paint: Surface) -> None:
    iron, wood = t.iron(0.7, 8), t.wooden(0.8, 8)
    p.add(box((0.35, 1.28, 0), (1.5, 1.15, 1.25), 0.10, 2), paint)
    p.add(box((0.35, 1.90, 0), (1.72, 0.10, 1.42), 0.04), _BLACK)
    p.add(box((0.35, 0.80, 0), (1.1, 0.30, 1.05), 0.12, 2), paint)
    for side in (-1, 1):
        p.add(plain_box((0.35, 1.52, side * 0.63), (0.62, 0.46, 0.02)), _GLASS)
        p.add(plain_box((0.35, 1.22, side * 0.632), (0.68, 1.04, 0.012)), wood)
        p.add(plain_box((-0.5, 1.62, side * 0.68), (0.13, 0.22, 0.13)), t.lit(4.0, 8))
        wheel(p, (1.15, 0.56, side * 0.70), 0.56, wood, iron, 12)
        wheel(p, (-1.15, 0.44, side * 0.66), 0.44, wood, iron, 10)
        p.add(rod((-1.2, 0.46, side * 0.36), (-2.6, 0.95, side * 0.42), 0.03), wood)
    p.add(box((-0.78, 1.30, 0), (0.55, 0.10, 1.05), 0.03), Surface((70, 34, 28), 0.7, segment=8))
    p.add(turned_box((-1.1, 0.98, 0), (0.06, 0.62, 1.0), rotation(Z_AXIS, 34), 0.02), paint)
    for x, y in ((1.15, 0.56), (-1.15, 0.44)):
        p.add(rod((x, y, -0.72), (x, y, 0.72), 0.035), iron)
    p.add(rod((-1.2, 0.55, 0), (1.2, 0.62, 0.001), 0.05), wood)
    p.solid((-1.65, 0, -0.8), (1.72, 2.0, 0.8))


def _glider(p: Place, t: Tones, paint: Surface) -> None:
    p.add(box((0, 0.66, 0), (4.3, 0.46, 1.7), 0.22, 4), paint)
    p.add(sphere((0.15, 0.86, 0), (1.55, 0.44, 0.74), 20), _GLASS)
    p.add(box((0, 0.60, 0), (4.36, 0.05, 1.76), 0.02), Surface((30, 34, 40), 0.3, segment=8))
    for side in (-1, 1):
        p.add(box((1.4, 0.86, side * 0.74), (1.3, 0.10, 0.16), 0.04), paint)
        p.add(plain_box((0, 0.575, side * 0.86), (3.4, 0.025, 0.02)), t.lit(3.2, 8))
    p.add(plain_box((-2.16, 0.70, 0), (0.02, 0.05, 1.2)), t.lit(5.0, 8))
    red = Surface((255, 40, 50), 0.3, Kind.GLOW, 3.0 if t.night else 0.7, segment=8)
    p.add(plain_box((2.16, 0.72, 0), (0.02, 0.04, 1.3)), red)
    p.add(box((0, 0.30, 0), (2.6, 0.16, 1.0), 0.06), Surface((36, 40, 46), 0.5, segment=8))
    p.add(plain_box((0, 0.215, 0), (2.4, 0.012, 0.84)), t.lit(1.8, 8))
    p.solid((-2.2, 0, -0.9), (2.2, 1.3, 0.9))
