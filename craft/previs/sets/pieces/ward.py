"""Things of a hospital: doors, handrails, beds, drips, carts, waiting seats, signs without lettering."""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.corridor import Passage
from craft.previs.sets.pieces.vehicles import rod, window_frame
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, Z_AXIS, rotation
from craft.previs.stage import Builder, Obstacle, Vec3


@dataclass(frozen=True)
class Finish:
    """Materials of a hospital by its era and means."""

    wall: Surface
    dado: Surface
    ceiling: Surface
    floor: Surface
    door: Surface
    trim: Surface
    metal: Surface
    cover: Surface
    linen: Surface
    accent: RGB8
    lamp: RGB8
    kelvin: float


def side_door(b: Builder, f: Finish, p: Passage, sign: int, z: float, era: str, *, lit: bool) -> None:
    """A closed door in a side wall; ``lit`` when there is light in the room behind its pane."""
    group, x = ("wall_w", "wall_e")[sign > 0], sign * (p.half - 0.012)
    b.add(group, box((x, 1.03, z), (0.05, 2.06, 1.02), 0.01), f.door)
    for dz in (-0.56, 0.56):
        b.add(group, box((x - sign * 0.005, 1.06, z + dz), (0.09, 2.12, 0.10), 0.01), f.trim)
    b.add(group, box((x - sign * 0.005, 2.14, z), (0.09, 0.10, 1.22), 0.01), f.trim)
    face = x - sign * 0.027
    b.add(group, plain_box((face, 0.16, z), (0.006, 0.30, 0.94)), f.metal)
    b.add(
        group, rod((face - sign * 0.05, 1.02, z - 0.40), (face - sign * 0.05, 1.02, z - 0.26), 0.013), f.metal
    )
    b.add(group, rod((face, 1.02, z - 0.40), (face - sign * 0.05, 1.02, z - 0.40), 0.011, 6), f.metal)
    tone = f.lamp if lit else (46, 56, 64)
    pane = Surface(tone, 0.15, Kind.GLOW if lit else Kind.PLAIN, 0.6 if lit else 0.0, segment=6)
    if era == "period":
        b.add(group, plain_box((face, 1.62, z), (0.008, 0.56, 0.62)), pane)
        b.add(group, plain_box((face - sign * 0.005, 1.62, z), (0.012, 0.58, 0.03)), f.door)
    elif era == "future":
        b.add(
            group,
            plain_box((face, 1.25, z), (0.008, 1.1, 0.05)),
            Surface(f.accent, 0.4, Kind.GLOW, 2.2, segment=6),
        )
    else:
        b.add(group, plain_box((face, 1.50, z - 0.24), (0.008, 0.72, 0.16)), pane)


def double_door(b: Builder, f: Finish, p: Passage, sign: int, era: str) -> None:
    """Swing doors in an end wall, with round panes and a lit sign above: an arrow, or a cross."""
    group, z = ("wall_n", "wall_s")[sign > 0], (p.north + 0.02) if sign < 0 else (p.south - 0.02)
    out = -sign
    for side in (-1, 1):
        b.add(group, box((side * 0.50, 1.05, z), (0.97, 2.10, 0.05), 0.012), f.door)
        b.add(group, plain_box((side * 0.50, 0.18, z + out * 0.028), (0.90, 0.34, 0.006)), f.metal)
        pane = moved(
            lathe(((0, 0), (0.17, 0), (0.17, 0.01), (0, 0.01)), around=22),
            rotation(X_AXIS, 90 * out),
            (side * 0.42, 1.52, z + out * 0.03),
        )
        b.add(group, pane, Surface(f.lamp, 0.3, Kind.GLOW, 0.6, segment=6))
        ring = moved(
            lathe(((0.165, 0), (0.20, 0), (0.20, 0.03), (0.165, 0.03)), around=22),
            rotation(X_AXIS, 90 * out),
            (side * 0.42, 1.52, z + out * 0.026),
        )
        b.add(group, ring, f.metal)
        bar = (side * 0.50, 1.02, z + out * 0.07)
        b.add(group, box(bar, (0.66, 0.05, 0.03), 0.012), f.metal)
        b.add(group, box((side * 1.04, 1.08, z), (0.10, 2.2, 0.10), 0.01), f.trim)
    b.add(group, box((0, 2.16, z), (2.18, 0.12, 0.10), 0.01), f.trim)
    if era != "period":
        arrow_sign(b, group, (0, p.high - 0.22, z + out * 0.10), out)


def arrow_sign(b: Builder, group: str, at: Vec3, out: int) -> None:
    """A green escape sign: a lit plate with an arrow, facing ``out`` along z."""
    x, y, z = at
    b.add(group, box((x, y, z), (0.52, 0.22, 0.06), 0.012), Surface((226, 230, 226), 0.5, segment=14))
    face = z + out * 0.032
    green, white = (
        Surface((30, 150, 84), 0.5, Kind.GLOW, 1.5, segment=14),
        Surface((240, 255, 246), 0.5, Kind.GLOW, 1.8),
    )
    b.add(group, quad((x, y, face), (out * 0.24, 0, 0), (0, 0.09, 0)), green)
    b.add(group, quad((x - 0.02, y, face + out * 0.002), (out * 0.10, 0, 0), (0, 0.014, 0)), white)
    for tilt in (-40, 40):
        head = moved(
            plain_box((-0.045, 0, 0), (0.10, 0.026, 0.003)),
            rotation(Z_AXIS, tilt),
            (x + 0.09, y, face + out * 0.002),
        )
        b.add(group, head, white)


def cross_sign(b: Builder, p: Passage, sign: int, z: float, tone: RGB8, *, lit: bool) -> None:
    """A plate that stands out from a side wall with a cross on both of its faces."""
    group, x = ("wall_w", "wall_e")[sign > 0], sign * (p.half - 0.20)
    b.add(group, box((x, 2.22, z), (0.34, 0.34, 0.03), 0.01), Surface((236, 238, 236), 0.5, segment=14))
    ink = Surface(tone, 0.5, Kind.GLOW if lit else Kind.PLAIN, 1.2 if lit else 0.0, segment=14)
    b.add(group, plain_box((x, 2.22, z), (0.20, 0.065, 0.036)), ink)
    b.add(group, plain_box((x, 2.22, z), (0.065, 0.20, 0.036)), ink)


def handrail(b: Builder, f: Finish, p: Passage, sign: int, runs: list[tuple[float, float]], era: str) -> None:
    """A rail at the height of the hand on brackets, between doors."""
    group, x = ("wall_w", "wall_e")[sign > 0], sign * (p.half - 0.07)
    for z0, z1 in runs:
        if z1 - z0 < 0.4:
            continue
        if era in ("period", "midcentury"):
            b.add(group, rod((x, 0.92, z0), (x, 0.92, z1), 0.024), f.trim)
        else:
            b.add(group, box((x, 0.90, (z0 + z1) / 2), (0.05, 0.12, z1 - z0), 0.02), f.trim)
        for i in range(max(2, round((z1 - z0) / 0.9))):
            z = z0 + 0.12 + i * (z1 - z0 - 0.24) / max(1, round((z1 - z0) / 0.9) - 1)
            b.add(group, plain_box((x + sign * 0.04, 0.88, z), (0.07, 0.05, 0.04)), f.metal)


def bed(b: Builder, f: Finish, x: float, z: float, era: str) -> None:
    """A bed on wheels along z with its head to the north: frame, mattress, pillow, blanket, rails."""
    wide, long = 0.82, 1.96
    for dx in (-0.34, 0.34):
        for dz in (-0.82, 0.82):
            b.add("bed", rod((x + dx, 0.08, z + dz), (x + dx, 0.46, z + dz), 0.02), f.metal)
            wheel = moved(
                lathe(((0, -0.02), (0.07, -0.02), (0.07, 0.02), (0, 0.02)), around=12),
                rotation(Z_AXIS, 90),
                (x + dx, 0.07, z + dz),
            )
            b.add("bed", wheel, Surface((34, 36, 40), 0.6, segment=11))
    b.add("bed", box((x, 0.46, z), (wide, 0.06, long), 0.02), f.metal)
    b.add("bed", box((x, 0.57, z), (wide - 0.04, 0.17, long - 0.06), 0.06, 2), f.linen)
    b.add("bed", box((x, 0.69, z - 0.74), (0.56, 0.12, 0.36), 0.055, 2), f.linen)
    blanket = Surface(f.accent, 0.9, Kind.UPHOLSTERY, segment=11)
    b.add("bed", box((x, 0.60, z + 0.28), (wide + 0.02, 0.16, 1.30), 0.05, 2), blanket)
    b.add("bed", box((x, 0.69, z - 0.32), (wide + 0.01, 0.03, 0.16), 0.012), f.linen)
    for end, tall in ((-1, 0.95), (1, 0.80)):
        ez = z + end * (long / 2 + 0.02)
        if era in ("period", "midcentury"):
            for i in range(5):
                bx = x - 0.38 + i * 0.19
                b.add("bed", rod((bx, 0.4, ez), (bx, tall, ez), 0.010, 6), f.metal)
            b.add("bed", rod((x - 0.40, tall, ez), (x + 0.40, tall, ez), 0.018), f.metal)
        else:
            b.add("bed", box((x, 0.4 + tall / 2 - 0.1, ez), (wide, tall - 0.3, 0.04), 0.018), f.door)
    if era in ("modern", "future"):
        for side in (-1, 1):
            rx = x + side * (wide / 2 + 0.02)
            for y in (0.72, 0.84):
                b.add("bed", rod((rx, y, z - 0.55), (rx, y, z + 0.35), 0.012, 6), f.metal)
            for dz in (-0.55, -0.1, 0.35):
                b.add("bed", rod((rx, 0.48, z + dz), (rx, 0.84, z + dz), 0.012, 6), f.metal)
    b.obstacles.append(Obstacle((x - 0.45, 0, z - 1.03), (x + 0.45, 0.95, z + 1.03), "bed"))


def drip(b: Builder, f: Finish, x: float, z: float) -> None:
    """A stand with a bag of liquid."""
    for turn in range(0, 360, 72):
        foot = moved(rod((0, 0.04, 0), (0.24, 0.03, 0), 0.012, 6), rotation(Y_AXIS, turn), (x, 0, z))
        b.add("bed", foot, f.metal)
    b.add("bed", rod((x, 0.04, z), (x, 1.86, z), 0.011, 6), f.metal)
    b.add("bed", rod((x - 0.14, 1.86, z), (x + 0.14, 1.86, z), 0.008, 6), f.metal)
    b.add(
        "bed",
        box((x + 0.12, 1.70, z), (0.11, 0.22, 0.035), 0.016),
        Surface((214, 224, 220), 0.25, segment=11),
    )
    b.add("bed", rod((x + 0.12, 1.60, z), (x + 0.02, 0.95, z), 0.004, 5), f.linen)
    b.obstacles.append(Obstacle((x - 0.15, 0, z - 0.15), (x + 0.18, 1.88, z + 0.15), "bed"))


def cart(b: Builder, f: Finish, x: float, z: float, items: list[tuple[float, float, RGB8]]) -> None:
    """A cart with drawers or shelves; ``items`` (along, height, colour) stand on top."""
    b.add("cart", box((x, 0.52, z), (0.46, 0.76, 0.66), 0.03), f.door)
    for i in range(4):
        b.add("cart", box((x, 0.26 + i * 0.18, z), (0.475, 0.15, 0.60), 0.012), f.linen)
        b.add("cart", plain_box((x, 0.29 + i * 0.18, z), (0.50, 0.018, 0.22)), f.metal)
    for dx in (-0.18, 0.18):
        for dz in (-0.27, 0.27):
            b.add("cart", sphere((x + dx, 0.06, z + dz), 0.06, 10), Surface((30, 32, 36), 0.6, segment=12))
    b.add("cart", rod((x, 0.98, z - 0.34), (x, 0.98, z + 0.34), 0.014), f.metal)
    for along, tall, tone in items:
        bottle = ((0, 0), (0.035, 0), (0.035, tall * 0.7), (0.015, tall * 0.8), (0.015, tall), (0, tall))
        b.add("cart", lathe(bottle, (x + 0.06, 0.90, z + along), 10), Surface(tone, 0.3, segment=12))
    b.obstacles.append(Obstacle((x - 0.26, 0, z - 0.36), (x + 0.26, 1.15, z + 0.36), "cart"))


def chairs(b: Builder, f: Finish, x: float, zs: list[float], high: float, sign: int) -> None:
    """A row of waiting seats along a side wall whose sitters look to the other side."""
    turn = rotation(Y_AXIS, -90.0 * sign)
    for z in zs:
        cushion = moved(box((0, high - 0.04, 0.04), (0.48, 0.08, 0.46), 0.03, 2), turn, (x, 0, z))
        lean = turned_box((0, high + 0.27, -0.22), (0.48, 0.46, 0.06), rotation(X_AXIS, -10), 0.025)
        b.add("chairs", cushion, f.cover)
        b.add("chairs", moved(lean, turn, (x, 0, z)), f.cover)
        x0, x1 = sorted((x + sign * 0.20, x - sign * 0.30))
        b.obstacles.append(Obstacle((x0, 0, z - 0.25), (x1, high, z + 0.25), "chairs"))
        x0, x1 = sorted((x + sign * 0.20, x + sign * 0.34))
        b.obstacles.append(Obstacle((x0, 0, z - 0.25), (x1, high + 0.5, z + 0.25), "chairs"))
    b.add(
        "chairs",
        plain_box((x + sign * 0.02, high - 0.11, (zs[0] + zs[-1]) / 2), (0.06, 0.05, zs[-1] - zs[0] + 0.4)),
        f.metal,
    )
    for z in (zs[0], zs[-1]):
        for dx in (-0.18, 0.18):
            b.add("chairs", rod((x + dx, 0, z), (x + dx, high - 0.1, z), 0.016, 6), f.metal)


def outer_window(
    b: Builder, f: Finish, sign: int, p: Passage, opening: tuple[float, float, float, float]
) -> None:
    """Frame, crossbar and sill of a window in a side wall."""
    z0, z1, sill, head = opening
    group, x = ("wall_w", "wall_e")[sign > 0], sign * (p.half + 0.05)
    window_frame(b, group, (x, (sill + head) / 2, (z0 + z1) / 2), (z1 - z0, head - sill), f.trim, 0)
    b.add(group, plain_box((x, (sill + head) / 2, (z0 + z1) / 2), (0.06, head - sill, 0.05)), f.trim)
    b.add(
        group,
        box((sign * (p.half - 0.04), sill - 0.02, (z0 + z1) / 2), (0.20, 0.035, z1 - z0 + 0.1), 0.01),
        f.trim,
    )
