"""What one sits on indoors: sofas, armchairs, chairs and stools by era. Each faces +z and returns its seat marks."""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.solids import box, lathe, moved, plain_box, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation
from craft.previs.stage import Mark

SOFA_SEAT_M = 0.42
CHAIR_SEAT_M = 0.46


def upholstery(t: Tones, shade: float = 1.0, segment: int = 19) -> Surface:
    """Covers of seats: leather in rich old rooms, cloth elsewhere."""
    rough = 0.45 if t.era == "period" and t.wear < 0.3 else 0.85
    return Surface(shaded(t.fabric, shade), rough, segment=segment)


def _legs(p: Place, t: Tones, half: float, low: float, front: float, back: float) -> None:
    splay = 0.05 if t.era == "midcentury" else 0.0
    for sx in (-1, 1):
        for z, sz in ((front, 1), (back, -1)):
            top = (sx * half, low, z)
            foot = (sx * (half + splay), 0.0, z + sz * splay + 0.0001)
            p.add(rod(foot, top, 0.018 if splay else 0.024, 8), t.wooden(0.7, 19))


def _lean(p: Place, half: float, back: float, front: float, high: float) -> None:
    """Keep lenses out of a seat's back: in pieces where it stands askew, as boxes lie along the axes."""
    count = 1 if p.yaw % 90 == 0 else max(2, round(half / 0.12))
    for i in range(count):
        x = -half + 2 * half * i / count
        p.solid((x, 0, back), (x + 2 * half / count, high, front))


def sofa(p: Place, t: Tones, wide: float = 2.0) -> tuple[Mark, ...]:
    """A sofa ``wide`` metres over its arms; a seat mark for each cushion of about 0.62 m. Its depth is 0.86 m."""
    arm = {"period": 0.22, "midcentury": 0.10, "modern": 0.20, "future": 0.14}[t.era]
    room = wide - 2 * arm
    seats = max(1, int((wide - 0.3) / 0.62))
    cover, each = upholstery(t), room / seats
    base = 0.14 if t.era in ("midcentury", "period") else 0.05
    body = t.wooden(0.8, 19) if t.era == "midcentury" else upholstery(t, 0.82)
    p.add(box((0, (base + 0.28) / 2, -0.03), (wide - 0.02, 0.28 - base, 0.80), 0.03), body)
    for i in range(seats):
        x = -room / 2 + each * (i + 0.5)
        p.add(box((x, SOFA_SEAT_M - 0.08, 0.08), (each - 0.012, 0.16, 0.62), 0.05, 2), cover)
        lean = turned_box(
            (x, SOFA_SEAT_M + 0.24, -0.27), (each - 0.012, 0.46, 0.17), rotation(X_AXIS, -9), 0.07
        )
        p.add(lean, upholstery(t, 1.06))
    p.add(box((0, 0.46, -0.385), (wide - 0.04, 0.70, 0.09), 0.035), body)
    for side in (-1, 1):
        _arm(p, t, side * (wide / 2 - arm / 2), arm)
    if base > 0.1:
        _legs(p, t, wide / 2 - 0.14, base, 0.30, -0.34)
    if t.era == "future":
        p.add(plain_box((0, 0.03, 0.34), (wide - 0.2, 0.02, 0.012)), t.lit(2.2, 19))
    p.solid((-wide / 2, 0, -0.22), (wide / 2, SOFA_SEAT_M, 0.40))
    _lean(p, wide / 2, -0.44, -0.22, 0.86)
    return tuple(p.seat(-room / 2 + each * (i + 0.5), 0.04, SOFA_SEAT_M) for i in range(seats))


def _arm(p: Place, t: Tones, x: float, wide: float) -> None:
    if t.era == "midcentury":
        p.add(box((x, 0.60, -0.02), (wide, 0.035, 0.78), 0.014), t.wooden(0.95, 19))
        for z in (-0.30, 0.30):
            p.add(box((x, 0.43, z), (0.045, 0.34, 0.05), 0.012), t.wooden(0.95, 19))
        return
    p.add(box((x, 0.34, -0.02), (wide * 0.86, 0.44, 0.80), 0.04, 2), upholstery(t, 0.92))
    if t.era == "period":
        roll = moved(
            lathe(((0, 0), (0.10, 0), (0.115, 0.02), (0.115, 0.78), (0, 0.80)), around=14),
            rotation(X_AXIS, 90),
            (x, 0.57, -0.42),
        )
        p.add(roll, upholstery(t, 1.0))
    else:
        p.add(box((x, 0.55, -0.02), (wide, 0.10, 0.82), 0.045, 2), upholstery(t, 0.96))


def cushion(p: Place, colour: Surface, x: float, tilt: float) -> None:
    """A loose cushion that leans on a sofa's back at ``x``."""
    mesh = box((0, 0, 0), (0.42, 0.40, 0.15), 0.07, 2)
    turned = moved(moved(mesh, rotation(Z_AXIS, tilt), (0, 0, 0)), rotation(X_AXIS, -20), (x, 0.62, -0.10))
    p.add(turned, colour)


def armchair(p: Place, t: Tones) -> tuple[Mark, ...]:
    """An armchair 0.9 m wide; one seat mark."""
    if t.era == "period":
        for side in (-1, 1):
            ear = turned_box((side * 0.36, 0.84, -0.24), (0.07, 0.42, 0.26), rotation(X_AXIS, -8), 0.03)
            p.add(ear, upholstery(t, 0.95))
        p.add(turned_box((0, 0.92, -0.33), (0.70, 0.34, 0.12), rotation(X_AXIS, -9), 0.05), upholstery(t))
    return sofa(p, t, 0.92)


def chair(p: Place, t: Tones) -> tuple[Mark, ...]:
    """A dining chair, 0.44 m wide with its back at z = -0.22; one seat mark."""
    wood, high = t.wooden(0.95, 17), CHAIR_SEAT_M
    if t.era == "future":
        p.add(
            lathe(
                ((0, 0), (0.20, 0), (0.18, 0.03), (0.03, 0.06), (0.03, high - 0.06), (0, high - 0.06)),
                around=16,
            ),
            t.iron(1.1, 17),
        )
        p.add(box((0, high - 0.04, 0.02), (0.46, 0.08, 0.44), 0.035, 2), upholstery(t, segment=17))
        p.add(
            turned_box((0, high + 0.25, -0.215), (0.42, 0.42, 0.05), rotation(X_AXIS, -10), 0.02),
            t.iron(1.3, 17),
        )
    else:
        p.add(box((0, high - 0.025, 0.01), (0.44, 0.05, 0.42), 0.018), wood)
        p.add(box((0, high - 0.006, 0.015), (0.39, 0.03, 0.37), 0.014, 2), upholstery(t, segment=17))
        _chair_frame(p, t, wood, high)
    p.solid((-0.23, 0, -0.17), (0.23, high, 0.23))
    _lean(p, 0.23, -0.30, -0.18, 0.94)
    return (p.seat(0, 0.03, high),)


def _chair_frame(p: Place, t: Tones, wood: Surface, high: float) -> None:
    splay = 0.03 if t.era == "midcentury" else 0.0
    for side in (-1, 1):
        p.add(
            rod((side * (0.19 + splay), 0, 0.19 + splay), (side * 0.19, high - 0.04, 0.1901), 0.019, 7), wood
        )
        p.add(rod((side * (0.19 + splay), 0, -0.21 - splay), (side * 0.19, high, -0.18), 0.019, 7), wood)
        p.add(rod((side * 0.19, high, -0.18), (side * 0.185, 0.90, -0.26), 0.018, 7), wood)
    lean = rotation(X_AXIS, -10)
    if t.era == "period":
        for i in range(5):
            p.add(rod((-0.13 + i * 0.065, high, -0.18), (-0.13 + i * 0.065, 0.88, -0.255), 0.009, 6), wood)
        p.add(turned_box((0, 0.90, -0.258), (0.42, 0.10, 0.03), lean, 0.012), wood)
    elif t.era == "midcentury":
        p.add(turned_box((0, 0.80, -0.245), (0.42, 0.18, 0.025), lean, 0.011), wood)
    else:
        p.add(turned_box((0, 0.72, -0.235), (0.38, 0.36, 0.04), lean, 0.018), upholstery(t, 0.95, 17))


def stool(p: Place, t: Tones, high: float = 0.68) -> tuple[Mark, ...]:
    """A round stool, ``high`` metres; one seat mark."""
    seat = ((0, -0.06), (0.15, -0.06), (0.175, -0.04), (0.18, -0.01), (0.16, 0.0), (0, 0.0))
    p.add(lathe(seat, (0, high, 0), 18), upholstery(t, segment=17))
    frame = t.wooden(0.85, 17) if t.era in ("period", "midcentury") else t.iron(0.9, 17)
    for sx in (-1, 1):
        for sz in (-1, 1):
            p.add(rod((sx * 0.17, 0, sz * 0.17), (sx * 0.10, high - 0.05, sz * 0.10), 0.016, 7), frame)
    for s in (-1, 1):
        p.add(rod((-0.15, high * 0.32, s * 0.15), (0.15, high * 0.32, s * 0.1501), 0.011, 6), frame)
        p.add(rod((s * 0.15, high * 0.32, -0.15), (s * 0.1501, high * 0.32, 0.15), 0.011, 6), frame)
    p.solid((-0.19, 0, -0.19), (0.19, high, 0.19))
    return (p.seat(0, 0, high),)


def pouf(p: Place, t: Tones) -> None:
    """A round footstool of cloth, 0.36 m."""
    side = ((0, 0.02), (0.22, 0.02), (0.27, 0.09), (0.28, 0.20), (0.25, 0.32), (0.18, 0.36), (0, 0.37))
    p.add(lathe(side, around=20), Surface(mixed(t.accent, t.fabric, 0.3), 0.9, Kind.UPHOLSTERY, segment=19))
    p.solid((-0.27, 0, -0.27), (0.27, 0.37, 0.27))
