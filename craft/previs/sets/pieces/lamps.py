"""Lamps of the outdoors and of halls: posts, brackets, pendants, strings, tubes and lanterns, by era.

A function that builds a lamp returns where its light comes from, in the world.
"""

from __future__ import annotations

import math
from itertools import pairwise

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere
from craft.previs.spatial import Z_AXIS, rotation
from craft.previs.stage import Vec3

_POST = {"period": 3.2, "midcentury": 3.9, "modern": 4.3, "future": 4.0}


def street_lamp(p: Place, t: Tones) -> Vec3:
    """A lamp post whose head reaches out along +z."""
    high, iron = _POST[t.era], t.iron(0.8)
    p.add(
        lathe(
            (
                (0, 0),
                (0.13, 0),
                (0.12, 0.20),
                (0.07, 0.34),
                (0.06, 0.9),
                (0.04, 1.0),
                (0.035, high),
                (0, high),
            ),
            around=12,
        ),
        iron,
    )
    p.solid((-0.13, 0, -0.13), (0.13, high, 0.13))
    if t.era == "period":
        _lantern_head(p, t, high)
        return p.point((0, high + 0.2, 0.25))
    if t.era == "midcentury":
        p.add(rod((0, high - 0.1, 0), (0, high + 0.12, 0.6), 0.03), iron)
        p.add(lathe(((0.28, 0), (0.20, 0.12), (0.06, 0.2), (0, 0.2)), (0, high, 0.66), 16), iron)
        p.add(sphere((0, high - 0.01, 0.66), (0.15, 0.11, 0.15), 12), t.lit(7.0))
        return p.point((0, high - 0.1, 0.66))
    wide = 0.10 if t.era == "future" else 0.20
    p.add(box((0, high + 0.03, 0.45), (0.08, 0.06, 1.0), 0.02), iron)
    p.add(box((0, high + 0.02, 0.72), (wide + 0.06, 0.08, 0.5), 0.03), iron)
    p.add(plain_box((0, high - 0.025, 0.72), (wide, 0.02, 0.42)), t.lit(8.0))
    if t.era == "future":
        p.add(plain_box((0, high * 0.5, 0.04), (0.02, high * 0.8, 0.02)), t.lit(2.2))
    return p.point((0, high - 0.1, 0.72))


def _lantern_head(p: Place, t: Tones, high: float) -> None:
    iron = t.iron(0.8)
    p.add(plain_box((0, high + 0.16, 0), (0.20, 0.30, 0.20)), t.lit(5.0))
    for a in (-1, 1):
        for c in (-1, 1):
            p.add(rod((a * 0.09, high, c * 0.09), (a * 0.13, high + 0.34, c * 0.13), 0.014, 6), iron)
    p.add(lathe(((0.22, 0.33), (0.12, 0.44), (0.03, 0.48), (0.03, 0.56), (0, 0.58)), (0, high, 0), 4), iron)
    p.add(plain_box((0, high + 0.005, 0), (0.22, 0.03, 0.22)), iron)
    for side in (-1, 1):
        p.add(rod((0, high - 0.35, 0), (side * 0.32, high - 0.35, 0.001), 0.014, 6), iron)


def wall_lamp(p: Place, t: Tones, high: float) -> Vec3:
    """A lamp on a wall behind the place, looking along +z, at ``high`` metres."""
    iron = t.iron(0.8)
    if t.era == "period":
        p.add(rod((0, high + 0.25, 0), (0, high + 0.32, 0.34), 0.016, 6), iron)
        p.add(plain_box((0, high + 0.10, 0.32), (0.15, 0.22, 0.15)), t.lit(4.5))
        p.add(lathe(((0.15, 0.21), (0.03, 0.33), (0, 0.34)), (0, high, 0.32), 4), iron)
        return p.point((0, high + 0.02, 0.42))
    if t.era == "future":
        p.add(box((0, high, 0.03), (0.08, 0.6, 0.06), 0.02), iron)
        p.add(plain_box((0, high, 0.065), (0.04, 0.52, 0.02)), t.lit(4.5))
        return p.point((0, high, 0.2))
    p.add(rod((0, high + 0.12, 0), (0, high + 0.20, 0.30), 0.018, 6), iron)
    p.add(lathe(((0.17, 0), (0.13, 0.09), (0.04, 0.15), (0, 0.16)), (0, high, 0.34), 14), iron)
    p.add(sphere((0, high, 0.34), (0.07, 0.07, 0.07), 10), t.lit(7.0))
    return p.point((0, high - 0.06, 0.38))


def pendant(p: Place, t: Tones, ceiling: float, high: float) -> Vec3:
    """A shade of enamelled metal on a rod from the ceiling; its bulb at ``high``."""
    iron = t.iron(0.8)
    p.add(rod((0, high + 0.2, 0), (0, ceiling, 0.001), 0.012, 6), iron)
    if t.era == "future":
        p.add(box((0, high + 0.06, 0), (0.14, 0.08, 1.5), 0.02), iron)
        p.add(plain_box((0, high + 0.015, 0), (0.10, 0.02, 1.44)), t.lit(5.5))
    elif t.era == "period":
        p.add(
            lathe(((0.10, 0), (0.14, 0.04), (0.14, 0.22), (0.06, 0.30), (0, 0.31)), (0, high - 0.1, 0), 8),
            t.lit(3.5),
        )
        p.add(lathe(((0.17, 0.20), (0.05, 0.34), (0, 0.35)), (0, high - 0.1, 0), 8), iron)
    else:
        p.add(
            lathe(((0.34, 0), (0.30, 0.05), (0.12, 0.16), (0.06, 0.26), (0, 0.26)), (0, high, 0), 18),
            t.painted(0.6),
        )
        p.add(sphere((0, high + 0.03, 0), (0.09, 0.08, 0.09), 10), t.lit(8.0))
    return p.point((0, high - 0.05, 0))


def string_of_lights(p: Place, t: Tones, a: Vec3, b: Vec3, sag: float) -> None:
    """Bulbs on a wire that hangs through between two points given in the piece's own axes."""
    long = math.dist(a, b)
    count = max(3, round(long / 0.55))

    def hung(i: float) -> Vec3:
        k = i / count
        drop = sag * 4 * k * (1 - k)
        return (a[0] + (b[0] - a[0]) * k, a[1] + (b[1] - a[1]) * k - drop, a[2] + (b[2] - a[2]) * k)

    for i in range(count):
        p.add(rod(hung(i), hung(i + 1), 0.006, 4), t.iron(0.6))
        x, y, z = hung(i + 0.5)
        p.add(sphere((x, y - 0.05, z), (0.038, 0.05, 0.038), 6), t.lit(6.0))


_LETTERS: dict[str, str] = {
    "A": "00 03 14 23 20,02 22", "B": "00 04 14 23 12 02,12 21 10 00", "C": "24 04 00 20", "D": "00 04 14 23 21 10 00",
    "E": "24 04 00 20,02 12", "F": "24 04 00,02 12", "G": "24 04 00 20 22 12", "H": "00 04,20 24,02 22", "I": "10 14",
    "K": "00 04,24 02 20", "L": "04 00 20", "M": "00 04 12 24 20", "N": "00 04 20 24", "O": "10 01 03 14 23 21 10",
    "P": "00 04 14 23 12 02", "R": "00 04 14 23 12 02,12 20", "S": "24 04 02 22 20 00", "T": "04 24,14 10",
    "U": "04 01 10 21 24", "Y": "04 12 24,12 10",
}  # fmt: skip
"""Strokes of letters as points (x 0-2, y 0-4) of a grid, bottom left first."""


def neon_word(p: Place, word: str, tube: RGB8, glow: float, size: float = 0.42) -> None:
    """A word of glass tubes whose middle is the place's height; ``size`` is the height of a letter."""
    lit = Surface(tube, 0.4, Kind.GLOW, glow, segment=6)
    step, thick, unit = size * 0.78, size * 0.11, size / 4
    left = -step * (len(word) - 1) / 2
    for i, letter in enumerate(word):
        for stroke in _LETTERS.get(letter, _LETTERS["O"]).split(","):
            points = [(int(c[0]) - 1, int(c[1]) - 2) for c in stroke.split()]
            for (x0, y0), (x1, y1) in pairwise(points):
                x, y = left + step * i + (x0 + x1) / 2 * unit, (y0 + y1) / 2 * unit
                long, lean = math.hypot(x1 - x0, y1 - y0) * unit, math.degrees(math.atan2(y1 - y0, x1 - x0))
                bar = plain_box((0, 0, 0), (long + thick * 0.7, thick, 0.04))
                p.add(moved(bar, rotation(Z_AXIS, lean), (x, y, 0.06)), lit)


def lantern(p: Place, t: Tones) -> Vec3:
    """A storm lantern standing on the ground, 0.36 m."""
    iron = t.iron(0.8)
    p.add(lathe(((0, 0), (0.10, 0), (0.10, 0.06), (0.06, 0.08), (0.03, 0.09)), around=12), iron)
    p.add(lathe(((0.05, 0.09), (0.075, 0.15), (0.05, 0.23), (0, 0.24)), around=10), t.lit(6.0))
    p.add(lathe(((0.07, 0.23), (0.05, 0.29), (0, 0.30)), around=10), iron)
    for x in (-0.09, 0.09):
        p.add(rod((x, 0.05, 0), (x * 0.6, 0.30, 0.001), 0.008, 5), iron)
    p.solid((-0.1, 0, -0.1), (0.1, 0.36, 0.1))
    return p.point((0, 0.22, 0))
