"""What makes a room somebody's: pictures, rugs, plants in pots, lamps for the floor and for tables, things lying about.

Lamps return where their light comes from, in the world.
"""

from __future__ import annotations

import math
import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.lamps import pendant
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tables import COVERS
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, Z_AXIS, mat_mul, rotation
from craft.previs.stage import Vec3


def picture(
    p: Place, t: Tones, chance: random.Random, wide: float, high: float, middle: float = 1.62
) -> None:
    """A framed picture on the wall behind the place: a landscape, or planes of colour in later eras."""
    frame = (
        Surface((150, 116, 58), 0.4, metal=0.5, segment=14)
        if t.era == "period" and t.wear < 0.4
        else t.wooden(0.45, 14)
    )
    border = 0.035 if t.era == "period" else 0.02
    p.add(box((0, middle, 0.018), (wide, high, 0.035), 0.01), frame)
    ground = mixed(chance.choice(COVERS), (206, 200, 186), 0.45)
    p.add(
        plain_box((0, middle, 0.034), (wide - 2 * border, high - 2 * border, 0.008)),
        Surface(ground, 0.85, segment=14),
    )
    inner_w, inner_h = wide - 2 * border - 0.02, high - 2 * border - 0.02
    if t.era in ("period", "modern"):
        y = middle - inner_h * 0.5
        for i, share in enumerate((0.48, 0.30, 0.16)):
            band = plain_box(
                (0, y + inner_h * share / 2, 0.038 + 0.002 * i), (inner_w, inner_h * share, 0.006)
            )
            p.add(band, Surface(shaded(chance.choice(COVERS), 0.9 - 0.15 * i), 0.85, segment=14))
        p.add(
            sphere(
                (chance.uniform(-0.3, 0.3) * inner_w, middle + inner_h * 0.24, 0.038),
                (inner_h * 0.07, inner_h * 0.07, 0.004),
                10,
            ),
            Surface((220, 190, 130), 0.8, segment=14),
        )
        return
    for i in range(5):
        size = (inner_w * chance.uniform(0.2, 0.5), inner_h * chance.uniform(0.15, 0.45))
        at = (
            chance.uniform(-0.25, 0.25) * inner_w,
            middle + chance.uniform(-0.25, 0.25) * inner_h,
            0.038 + 0.002 * i,
        )
        tone = mixed(chance.choice(COVERS), t.accent, 0.4)
        lit = (
            Surface(tone, 0.7, Kind.GLOW, 0.5, segment=14)
            if t.era == "future" and i == 4
            else Surface(tone, 0.85, segment=14)
        )
        p.add(plain_box(at, (*size, 0.006)), lit)


def wall_mirror(p: Place, t: Tones, radius: float, middle: float = 1.65) -> None:
    """A round mirror on the wall behind the place."""
    rim = t.wooden(0.7, 14) if t.era != "future" else t.iron(1.2, 14)
    for r, out, face in (
        (radius, 0.03, rim),
        (radius * 0.88, 0.036, Surface((84, 100, 112), 0.1, metal=0.3, segment=14)),
    ):
        disc = lathe(((0, 0), (r, 0), (r, out), (0, out)), around=28)
        p.add(moved(disc, rotation(X_AXIS, 90), (0, middle, 0)), face)


def wall_clock(p: Place, t: Tones, middle: float = 2.05) -> None:
    """A clock at ten past ten."""
    for r, out, face in (
        (0.16, 0.03, t.wooden(0.6, 14)),
        (0.14, 0.034, Surface((214, 208, 192), 0.6, segment=14)),
    ):
        p.add(
            moved(
                lathe(((0, 0), (r, 0), (r, out), (0, out)), around=22), rotation(X_AXIS, 90), (0, middle, 0)
            ),
            face,
        )
    for turn, long in ((-60, 0.07), (60, 0.11)):
        hand = moved(
            plain_box((0, long / 2, 0.038), (0.01, long, 0.004)), rotation(Z_AXIS, turn), (0, middle, 0)
        )
        p.add(hand, Surface((20, 20, 22), 0.6, segment=14))


def rug(p: Place, t: Tones, wide: float, deep: float, colour: RGB8) -> None:
    """A rug about the place; woven with a border but for future rooms."""
    edge = Kind.RUG if t.era != "future" else Kind.PLAIN
    p.add(plain_box((0, 0.006, 0), (wide, 0.012, deep)), Surface(colour, 0.95, edge, segment=16))
    if t.era != "future":
        tone = shaded(colour, 1.25) if t.era == "modern" else mixed(colour, (206, 178, 128), 0.5)
        border = Surface(tone, 0.95, edge, segment=16)
        for s in (-1, 1):
            p.add(plain_box((0, 0.0075, s * (deep / 2 - 0.16)), (wide - 0.24, 0.013, 0.08)), border)
            p.add(plain_box((s * (wide / 2 - 0.16), 0.0075, 0), (0.08, 0.013, deep - 0.24)), border)


def round_rug(p: Place, radius: float, colour: RGB8) -> None:
    """A round rug about the place."""
    p.add(
        lathe(((radius, 0), (radius, 0.012), (0, 0.012)), around=32),
        Surface(colour, 0.95, Kind.RUG, segment=16),
    )


def potted_plant(p: Place, t: Tones, chance: random.Random, high: float = 1.2) -> None:
    """A plant of long leaves in a pot; ``high`` metres over all."""
    pot_m = min(0.36, high * 0.34)
    r = pot_m * 0.5
    side = ((0, 0), (r * 0.78, 0), (r, pot_m), (r * 0.86, pot_m), (r * 0.8, pot_m * 0.86), (0, pot_m * 0.86))
    glaze = mixed(t.accent, (176, 166, 150), 0.6) if t.era != "period" else (142, 84, 58)
    p.add(lathe(side, around=16), Surface(glaze, 0.45, segment=13))
    for i in range(20):
        reach = (high - pot_m) * chance.uniform(0.6, 1.05)
        blade = sphere((0, reach / 2, 0), (0.008, reach / 2, 0.03 + 0.03 * high), 6)
        lean = mat_mul(rotation(Y_AXIS, chance.uniform(0, 360)), rotation(X_AXIS, chance.uniform(4, 38)))
        tone = (40 + chance.randrange(26), 84 + chance.randrange(34), 50 + i % 3 * 6)
        p.add(moved(blade, lean, (0, pot_m * 0.84, 0)), Surface(tone, 0.55, segment=13))
    if p.y < 0.1:
        wide = max(r, high * 0.26)
        p.solid((-wide, 0, -wide), (wide, high, wide))


def floor_lamp(p: Place, t: Tones) -> Vec3:
    """A standing lamp of about 1.6 m."""
    p.solid((-0.2, 0, -0.2), (0.2, 1.75, 0.2))
    if t.era == "future":
        p.add(lathe(((0, 0), (0.16, 0), (0.15, 0.025), (0, 0.03)), around=18), t.iron(1.0, 20))
        p.add(rod((0, 0.03, 0), (0, 1.66, 0.0001), 0.022, 10), t.lit(3.2, 20))
        return p.point((0, 1.25, 0))
    metal = Surface((164, 132, 70), 0.3, metal=0.75, segment=20) if t.era != "modern" else t.iron(0.7, 20)
    p.add(
        lathe(((0, 0), (0.15, 0), (0.14, 0.022), (0.014, 0.035), (0.013, 1.46), (0, 1.46)), around=14), metal
    )
    if t.era == "midcentury":
        for turn in (0, 120, 240):
            leg = moved(rod((0.02, 0.5, 0), (0.2, 0.0, 0.0001), 0.013, 6), rotation(Y_AXIS, turn), (0, 0, 0))
            p.add(leg, t.wooden(0.9, 20))
    top = {"period": 0.10, "midcentury": 0.20, "modern": 0.15}[t.era]
    shade = ((0.22, 0), (top, 0.28), (top - 0.006, 0.28), (0.21, 0))
    p.add(lathe(shade, (0, 1.40, 0), 20), t.lit(1.4, 20))
    return p.point((0, 1.55, 0))


def table_lamp(p: Place, t: Tones, high: float = 0.46) -> Vec3:
    """A lamp to stand on a table."""
    if t.era == "future":
        p.add(lathe(((0, 0), (0.07, 0), (0.07, 0.02), (0, 0.025)), around=14), t.iron(1.0, 20))
        p.add(sphere((0, high * 0.42, 0), high * 0.34, 16), t.lit(3.0, 20))
        return p.point((0, high * 0.6, 0))
    h = high * 0.58
    body = (
        (0, 0),
        (0.07, 0),
        (0.07, 0.015),
        (0.03, 0.03),
        (0.065, h * 0.45),
        (0.02, h * 0.9),
        (0.012, h),
        (0, h),
    )
    glaze = Surface(
        mixed(t.accent, (180, 150, 90), 0.4), 0.25, metal=0.3 if t.era == "period" else 0.0, segment=20
    )
    p.add(lathe(body, around=16), glaze)
    top = 0.08 if t.era == "period" else 0.12
    shade = ((0.16, 0), (top, high * 0.46), (top - 0.005, high * 0.46), (0.155, 0))
    p.add(lathe(shade, (0, h - 0.02, 0), 20), t.lit(1.5, 20))
    return p.point((0, high * 0.85, 0))


def hanging_lamp(p: Place, t: Tones, ceiling: float, high: float) -> Vec3:
    """A pendant whose shade no lens may enter; its bulb hangs at ``high`` metres."""
    p.solid((-0.34, high - 0.1, -0.34), (0.34, high + 0.32, 0.34))
    return pendant(p, t, ceiling, high)


def boxes(p: Place, chance: random.Random, count: int) -> None:
    """Removal boxes piled up; they keep bodies away."""
    y = 0.0
    for i in range(count):
        size, turn = (
            (chance.uniform(0.4, 0.5), chance.uniform(0.26, 0.36), chance.uniform(0.36, 0.44)),
            rotation(Y_AXIS, chance.uniform(-12, 12)),
        )
        p.add(
            turned_box((0, y + size[1] / 2, 0), size, turn, 0.008),
            Surface(shaded((164, 122, 78), 1 - 0.06 * i), 0.9, segment=9),
        )
        y += size[1]
    if count:
        p.solid((-0.28, 0, -0.26), (0.28, y, 0.26))


def strewn(p: Place, t: Tones, chance: random.Random, count: int, wide: float, deep: float) -> None:
    """Flat things left on the floor: clothes, papers, books."""
    for _ in range(count):
        own = random.Random(chance.random())
        here = p.at(own.uniform(-wide / 2, wide / 2), own.uniform(-deep / 2, deep / 2), own.uniform(0, 360))
        roll = own.random()
        if roll < 0.45:
            tone = mixed(own.choice(COVERS), t.fabric, 0.3)
            for i in range(3):
                at, size = (
                    (0.1 * i - 0.1, 0.02, 0.05 * math.sin(i * 2.0)),
                    (0.22 - 0.03 * i, 0.035, 0.12 + 0.03 * i),
                )
                here.add(sphere(at, (size[0], size[1], size[2]), 10), Surface(tone, 0.95, segment=9))
        elif roll < 0.75:
            here.add(plain_box((0, 0.004, 0), (0.21, 0.005, 0.29)), Surface((200, 194, 178), 0.85, segment=9))
        else:
            here.add(
                box((0, 0.016, 0), (0.17, 0.03, 0.24), 0.005), Surface(own.choice(COVERS), 0.6, segment=12)
            )
