"""Beds and what stands beside them. The head end is at z = 0 and the foot at +z."""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.solids import box, plain_box, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, mat_mul, rotation
from craft.previs.stage import Mark

BED_SEAT_M = 0.52


def bed(
    p: Place, t: Tones, chance: random.Random, wide: float = 1.6, untidy: float = 0.3
) -> tuple[Mark, ...]:
    """A bed 2.1 m long; seat marks at both sides and the foot, facing away from it."""
    high = BED_SEAT_M
    _frame(p, t, wide)
    linen = Surface(mixed((206, 202, 194), t.fabric, 0.08), 0.9, segment=11)
    p.add(box((0, high - 0.13, 1.06), (wide - 0.04, 0.22, 1.98), 0.06, 2), linen)
    cover = Surface(
        t.fabric, 0.92, Kind.UPHOLSTERY if t.era in ("period", "midcentury") else Kind.PLAIN, segment=11
    )
    slip = chance.uniform(0.0, 0.3) * untidy
    p.add(box((0, high - 0.10, 1.32 + slip / 2), (wide + 0.05, 0.22, 1.46 - slip), 0.07, 2), cover)
    p.add(box((0, high - 0.03, 0.68 + slip), (wide + 0.06, 0.10, 0.26), 0.045, 2), linen)
    throw = Surface(t.accent, 0.95, Kind.RUG if t.era == "period" else Kind.PLAIN, segment=11)
    p.add(box((0, high - 0.08, 1.78), (wide + 0.07, 0.20, 0.46), 0.07, 2), throw)
    for side in (-1, 1) if wide > 1.2 else (0,):
        turn = mat_mul(rotation(Y_AXIS, chance.uniform(-22, 22) * untidy), rotation(X_AXIS, -32))
        p.add(
            turned_box(
                (side * wide * 0.24, high + 0.10, 0.26), (min(0.66, wide * 0.44), 0.40, 0.16), turn, 0.075
            ),
            linen,
        )
        small = mat_mul(rotation(Y_AXIS, chance.uniform(-40, 40) * untidy), rotation(X_AXIS, -38))
        p.add(turned_box((side * wide * 0.20, high + 0.07, 0.48), (0.40, 0.30, 0.12), small, 0.055), cover)
    p.solid((-wide / 2, 0, 0), (wide / 2, high, 2.12))
    p.solid((-wide / 2, 0, 0), (wide / 2, 1.1, 0.10))
    edge = wide / 2 - 0.12
    return (
        p.seat(edge, 0.95, high, 90),
        p.seat(-edge, 0.95, high, -90),
        p.seat(wide * 0.2, 1.96, high, 0),
    )


def _frame(p: Place, t: Tones, wide: float) -> None:
    wood, iron = t.wooden(0.85, 11), Surface((40, 40, 44), 0.4, metal=0.5, segment=11)
    if t.era == "future":
        p.add(box((0, 0.16, 1.05), (wide - 0.3, 0.24, 1.8), 0.04), t.iron(0.9, 11))
        p.add(box((0, 0.30, 1.05), (wide + 0.04, 0.06, 2.1), 0.025), t.iron(1.3, 11))
        p.add(plain_box((0, 0.262, 1.05), (wide - 0.02, 0.012, 2.04)), t.lit(2.0, 11))
        p.add(box((0, 0.72, 0.04), (wide + 0.5, 0.72, 0.06), 0.028), t.iron(1.2, 11))
        return
    p.add(box((0, 0.26, 1.06), (wide, 0.14, 2.06), 0.02), wood)
    for side in (-1, 1):
        for z in (0.08, 2.02):
            p.add(
                rod((side * (wide / 2 - 0.06), 0, z), (side * (wide / 2 - 0.08), 0.22, z + 0.0001), 0.03, 8),
                wood,
            )
    if t.era == "period" and t.wear > 0.5:
        for i in range(7):
            x = -wide / 2 + 0.06 + (wide - 0.12) * i / 6
            p.add(rod((x, 0.25, 0.04), (x, 1.10, 0.0401), 0.010, 6), iron)
        p.add(rod((-wide / 2, 1.10, 0.04), (wide / 2, 1.1001, 0.04), 0.02, 8), iron)
    elif t.era == "period":
        p.add(box((0, 0.70, 0.05), (wide + 0.06, 0.95, 0.06), 0.02), wood)
        p.add(box((0, 0.80, 0.085), (wide - 0.25, 0.55, 0.02), 0.008), t.wooden(0.7, 11))
        for side in (-1, 1):
            p.add(
                rod((side * (wide / 2 + 0.02), 0, 0.05), (side * (wide / 2 + 0.02), 1.28, 0.0501), 0.04, 10),
                wood,
            )
            p.add(sphere((side * (wide / 2 + 0.02), 1.32, 0.05), 0.055, 10), wood)
    elif t.era == "midcentury":
        p.add(box((0, 0.66, 0.04), (wide + 0.1, 0.50, 0.035), 0.014), wood)
    else:
        p.add(
            box((0, 0.66, 0.05), (wide + 0.08, 0.80, 0.10), 0.045, 2),
            Surface(mixed(t.fabric, (90, 88, 86), 0.5), 0.9, segment=11),
        )


def nightstand(p: Place, t: Tones) -> float:
    """A bedside cupboard 0.46 m wide with its back at z = 0; the height of its top in metres."""
    foot = 0.18 if t.era == "midcentury" else 0.03
    case = t.iron(1.3, 11) if t.era == "future" else t.wooden(0.9, 11)
    p.add(box((0, (foot + 0.52) / 2, 0.20), (0.46, 0.52 - foot, 0.40), 0.014), case)
    for i in range(2):
        y = foot + 0.10 + (0.52 - foot - 0.06) / 2 * i
        p.add(
            box((0, y, 0.402), (0.40, (0.52 - foot) / 2 - 0.05, 0.018), 0.007),
            t.wooden(1.05, 11) if t.era != "future" else t.iron(1.15, 11),
        )
        p.add(sphere((0, y, 0.42), 0.014, 8), t.iron(1.4, 11))
    for side in (-1, 1):
        for z in (0.05, 0.35):
            p.add(
                rod((side * 0.19, 0, z), (side * 0.19, foot + 0.01, z + 0.0001), 0.014, 6), t.wooden(0.7, 11)
            )
    p.solid((-0.23, 0, 0), (0.23, 0.53, 0.41))
    return 0.52
