"""Parts of vehicles: seats, steering wheels, dials, tyres and grab bars. Metres; built at the origin of what
carries them and facing +z unless said otherwise.
"""

from __future__ import annotations

import math

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, turned_box
from craft.previs.spatial import F64, X_AXIS, Y_AXIS, Z_AXIS, mat_mul, rotation
from craft.previs.stage import Builder, Obstacle, Vec3


def ring(radius: float, thick: float, around: int = 24) -> Mesh:
    """A torus about the y axis."""
    turns = [math.tau * i / 8 for i in range(9)]
    return lathe([(radius + thick * math.cos(t), thick * math.sin(t)) for t in turns], around=around)


def rod(a: Vec3, b: Vec3, radius: float, around: int = 8) -> Mesh:
    """A round bar from a to b."""
    d = (b[0] - a[0], b[1] - a[1], b[2] - a[2])
    long = math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2)
    profile = ((0.0, 0.0), (radius, 0.0), (radius, long), (0.0, long))
    tilt, turn = math.degrees(math.acos(d[1] / long)), math.degrees(math.atan2(d[0], d[2]))
    return moved(lathe(profile, around=around), mat_mul(rotation(Y_AXIS, turn), rotation(X_AXIS, tilt)), a)


def beam(a: Vec3, b: Vec3, wide: float, deep: float) -> Mesh:
    """A square bar from a to b in a plane of constant x: ``wide`` along x, ``deep`` across."""
    dy, dz = b[1] - a[1], b[2] - a[2]
    long = math.sqrt(dy * dy + dz * dz)
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)
    lean = rotation(X_AXIS, math.degrees(math.atan2(dz, dy)))
    if abs(b[0] - a[0]) > 1e-6:
        lean = mat_mul(rotation(Z_AXIS, -math.degrees(math.atan2(b[0] - a[0], long))), lean)
    return turned_box(middle, (wide, long + deep * 0.5, deep), lean, 0.012)


def seat(
    b: Builder,
    group: str,
    place: tuple[float, float, float],
    high: float,
    cover: Surface,
    *,
    yaw: float = 0.0,
    back: float = 0.62,
    headrest: bool = True,
    recline: float = 9.0,
) -> None:
    """A cushion whose top is ``high`` above the floor and whose back is ``back`` tall.

    ``place`` is (x, z, width): who sits there has the hips over x, z. The cushion reaches from 0.20 m
    behind them to 0.30 m before them. Solid: cushion and back are obstacles. ``yaw`` is 0 or 180.
    """
    x, z, wide = place
    turn, lean = rotation(Y_AXIS, yaw), rotation(X_AXIS, -recline)
    ahead = math.cos(math.radians(yaw))

    def put(mesh: Mesh) -> None:
        b.add(group, moved(mesh, turn, (x, 0, z)), cover)

    put(box((0, high - 0.075, 0.05), (wide, 0.15, 0.50), 0.05, 2))
    put(_leaning((0, high + back / 2 - 0.04, -0.235), (wide, back, 0.13), lean))
    for side in (-1, 1):
        put(box((side * (wide / 2 - 0.03), high - 0.03, 0.05), (0.07, 0.16, 0.46), 0.03))
        wing = (side * (wide / 2 - 0.03), high + back * 0.42, -0.205)
        put(_leaning(wing, (0.06, back * 0.8, 0.13), lean))
    if headrest:
        put(_leaning((0, high + back + 0.10, -0.30), (min(wide * 0.6, 0.30), 0.17, 0.09), lean))
    _seat_obstacles(b, group, place, high, back + (0.19 if headrest else 0.0), ahead)


def _leaning(centre: Vec3, size: Vec3, lean: F64) -> Mesh:
    return turned_box(centre, size, lean, 0.045)


def _seat_obstacles(
    b: Builder, group: str, place: tuple[float, float, float], high: float, back: float, ahead: float
) -> None:
    x, z, wide = place
    for near, far, low, top in ((-0.20, 0.30, 0.0, high), (-0.37, -0.20, 0.0, high + back)):
        z0, z1 = sorted((z + near * ahead, z + far * ahead))
        b.obstacles.append(Obstacle((x - wide / 2, low, z0), (x + wide / 2, top, z1), group))


def steering_wheel(b: Builder, group: str, at: Vec3, era: str, rim: Surface, hub: Surface) -> None:
    """A wheel on its column, tilted towards who drives; a yoke in the future, thin and large in the past."""
    old = era in ("period", "midcentury")
    radius, thick = (0.205, 0.011) if old else (0.182, 0.017)
    tilt = rotation(X_AXIS, -62)

    def put(mesh: Mesh, surface: Surface) -> None:
        b.add(group, moved(mesh, tilt, at), surface)

    if era == "future":
        for side in (-1, 1):
            put(box((side * 0.17, 0, 0), (0.035, 0.03, 0.20), 0.014), rim)
        put(box((0, 0, 0.02), (0.36, 0.025, 0.06), 0.012), hub)
    else:
        put(ring(radius, thick), rim)
        spokes = (0, 180) if era == "midcentury" else (35, 145, 270)
        for angle in spokes:
            spoke = box((radius / 2, 0, 0), (radius, 0.012, 0.028 if old else 0.05), 0.005)
            put(moved(spoke, rotation(Y_AXIS, angle), (0, -0.01, 0)), hub)
        if era == "midcentury":
            put(moved(ring(0.12, 0.005, 20), rotation(Y_AXIS, 0), (0, 0.012, 0)), hub)
    put(lathe(((0, -0.02), (0.06, -0.02), (0.05, 0.02), (0, 0.028)), around=14), hub)
    put(lathe(((0, -0.36), (0.032, -0.36), (0.032, -0.02), (0, -0.02)), around=10), rim)


def dial(b: Builder, group: str, at: Vec3, radius: float, light: RGB8, lit: float, bezel: Surface) -> None:
    """A round instrument facing -z: bezel, twelve strokes and a needle that glow."""
    face = moved(lathe(((0, 0.0), (radius, 0.0), (radius, -0.01)), around=18), rotation(X_AXIS, -90), at)
    b.add(group, face, Surface((12, 13, 15), 0.5, segment=8))
    b.add(group, moved(ring(radius, 0.006, 18), rotation(X_AXIS, 90), at), bezel)
    glow = Surface(light, 0.5, Kind.GLOW, lit, segment=8)
    for i in range(9):
        angle = -120 + 30 * i
        stroke = quad((0, radius * 0.80, -0.006), (-0.0028, 0, 0), (0, radius * 0.10, 0))
        b.add(group, moved(stroke, rotation(Z_AXIS, angle), at), glow)
    needle = quad((0, radius * 0.32, -0.007), (-0.003, 0, 0), (0, radius * 0.42, 0))
    red = Surface((255, 96, 60), 0.5, Kind.GLOW, lit * 1.1, segment=8)
    b.add(group, moved(needle, rotation(Z_AXIS, 40), at), red)


def tyre(b: Builder, group: str, at: Vec3, radius: float, hub: Surface, *, white: bool) -> None:
    """A wheel of a car standing in a plane of constant x; ``white`` gives it white walls."""
    out = 90 if at[0] < 0 else -90
    profile = ((0, -0.09), (radius - 0.03, -0.09), (radius, -0.06), (radius, 0.06), (radius - 0.03, 0.09))
    turn = rotation(Z_AXIS, out)
    b.add(group, moved(lathe(profile, around=18), turn, at), Surface((24, 24, 26), 0.8, segment=8))
    wall = Surface((206, 202, 192) if white else (30, 30, 32), 0.7, segment=8)
    b.add(group, moved(lathe(((radius - 0.03, 0.09), (radius * 0.66, 0.095)), around=18), turn, at), wall)
    cap = ((radius * 0.66, 0.085), (radius * 0.6, 0.10), (radius * 0.2, 0.075), (0, 0.10))
    b.add(group, moved(lathe(cap, around=18), turn, at), hub)


def grab_bar(b: Builder, group: str, a: Vec3, c: Vec3, metal: Surface) -> None:
    """A handrail from a to c."""
    b.add(group, rod(a, c, 0.017), metal)


def window_frame(
    b: Builder, group: str, at: Vec3, size: tuple[float, float], trim: Surface, axis: int
) -> None:
    """Four bars round an opening in a wall of constant x (``axis`` 0) or z (``axis`` 2); ``size`` is (width,
    height) of the opening.
    """
    wide, tall = size
    bar, deep = 0.055, 0.16
    x, y, z = at
    for sign in (-1, 1):
        if axis == 0:
            b.add(group, plain_box((x, y + sign * tall / 2, z), (deep, bar, wide + bar)), trim)
            b.add(group, plain_box((x, y, z + sign * wide / 2), (deep, tall, bar)), trim)
        else:
            b.add(group, plain_box((x, y + sign * tall / 2, z), (wide + bar, bar, deep)), trim)
            b.add(group, plain_box((x + sign * wide / 2, y, z), (bar, tall, deep)), trim)
