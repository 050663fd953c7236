"""A city street between two rows of houses: wet asphalt, pavements, lamps, shop windows, neon, a
parked car.
"""

from __future__ import annotations

import random

from craft.previs.batch import Kind, Surface
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, lathe, moved, plain_box, quad
from craft.previs.spatial import X_AXIS, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

NORTH, SOUTH, WEST, EAST = -4.0, 7.5, -11.0, 11.0
_TONES: tuple[RGB8, ...] = (
    (118, 66, 54),
    (92, 88, 86),
    (104, 76, 64),
    (78, 84, 96),
    (126, 96, 74),
    (70, 70, 78),
)
_LAMPS = ((-3.0, -2.55), (3.6, -2.55), (-5.4, 6.1), (1.4, 6.1))
_NEON: RGB8 = (255, 60, 130)


def _ground(b: Builder) -> None:
    asphalt = Surface((66, 70, 80), 0.4, Kind.ASPHALT, segment=1)
    kerb = Surface((124, 124, 130), 0.35, segment=2)
    mid = (NORTH + SOUTH) / 2
    b.add("ground", quad((0, 0, mid), (16, 0, 0), (0, 0, -(SOUTH - NORTH) / 2 - 3)), asphalt)
    b.add("ground", box((0, 0.06, NORTH + 0.8), (32, 0.12, 1.6), 0.03), kerb)
    b.add("ground", box((0, 0.06, SOUTH - 0.8), (32, 0.12, 1.6), 0.03), kerb)
    paint = Surface((190, 188, 176), 0.5, segment=2)
    for i in range(-5, 6):
        b.add("ground", plain_box((i * 2.9 + 0.8, 0.004, 2.3), (1.3, 0.006, 0.11)), paint)


def _window(b: Builder, group: str, x: float, y: float, z: float, out: float, lit: RGB8 | None) -> None:
    glass = Surface(lit, 0.25, Kind.GLOW, 0.5, segment=4) if lit else Surface((24, 30, 42), 0.12, segment=4)
    frame = Surface((42, 40, 42), 0.5, segment=3)
    b.add(group, plain_box((x, y, z), (0.74, 1.04, 0.08)), glass)
    b.add(group, plain_box((x, y, z + out * 0.05), (0.05, 1.04, 0.05)), frame)
    b.add(group, plain_box((x, y + 0.12, z + out * 0.05), (0.74, 0.05, 0.05)), frame)
    b.add(
        group,
        plain_box((x, y - 0.56, z + out * 0.06), (0.92, 0.08, 0.18)),
        Surface((84, 80, 78), 0.6, segment=3),
    )


def _shop(b: Builder, group: str, x: float, z: float, out: float, awning: RGB8) -> None:
    b.add(
        group,
        plain_box((x, 1.25, z), (2.9, 1.9, 0.10)),
        Surface((255, 196, 128), 0.2, Kind.SHOPWINDOW, 0.62, segment=5),
    )
    for k in range(4):
        b.add(
            group,
            plain_box((x - 1.45 + k * 0.967, 1.25, z + out * 0.07), (0.07, 1.9, 0.08)),
            Surface((30, 28, 28), 0.5, segment=5),
        )
    slope = moved(
        box((0, 0, 0), (3.3, 0.06, 0.95), 0.02), rotation(X_AXIS, 18 * out), (x, 2.42, z + out * 0.42)
    )
    b.add(group, slope, Surface(awning, 0.6, segment=5))


def _door(b: Builder, group: str, x: float, z: float, out: float) -> None:
    b.add(group, box((x, 1.12, z), (0.95, 2.1, 0.08)), Surface((40, 66, 62), 0.4, segment=5))
    b.add(
        group,
        plain_box((x, 2.32, z), (0.95, 0.28, 0.06)),
        Surface((255, 206, 140), 0.3, Kind.GLOW, 0.6, segment=5),
    )
    b.add(
        group,
        plain_box((x, 0.10, z + out * 0.2), (1.25, 0.12, 0.5)),
        Surface((110, 108, 108), 0.5, segment=2),
    )


def _row(b: Builder, group: str, z: float, out: float, chance: random.Random, *, day: bool) -> None:
    """A terrace of five houses whose fronts stand at ``z`` and face ``out``."""
    x = -13.0
    for i in range(5):
        wide, tall = chance.uniform(4.6, 5.8), chance.uniform(5.6, 8.4)
        mid = x + wide / 2
        b.add(
            group,
            plain_box((mid, tall / 2, z - out * 1.1), (wide - 0.04, tall, 2.2)),
            Surface(chance.choice(_TONES), 0.7, Kind.BRICK, segment=3),
        )
        b.add(
            group,
            plain_box((mid, tall + 0.05, z - out * 0.9), (wide + 0.1, 0.22, 2.1)),
            Surface((72, 68, 66), 0.7, segment=3),
        )
        shop = i % 2 == 1 or chance.random() < 0.4
        if shop:
            _shop(
                b,
                group,
                mid,
                z + out * 0.02,
                out,
                chance.choice(((150, 36, 42), (28, 92, 86), (190, 140, 50))),
            )
        else:
            _door(b, group, mid - 0.9, z + out * 0.02, out)
            _window(
                b,
                group,
                mid + 0.8,
                1.6,
                z,
                out,
                (255, 190, 112) if not day and chance.random() < 0.6 else None,
            )
        for floor in range(1, int((tall - 1.6) / 1.75) + 1):
            for column in (-1.35, 0.0, 1.35):
                lit: RGB8 | None = chance.choice(((255, 188, 110), (255, 210, 150), (170, 200, 255)))
                _window(
                    b,
                    group,
                    mid + column,
                    1.75 + floor * 1.65,
                    z,
                    out,
                    lit if not day and chance.random() < 0.42 else None,
                )
        x += wide


def _lamps(b: Builder) -> None:
    iron = Surface((40, 42, 48), 0.4, segment=7)
    for x, z in _LAMPS:
        reach = 0.55 if z < 0 else -0.55
        post: list[tuple[float, float]] = [
            (0, 0),
            (0.11, 0),
            (0.10, 0.22),
            (0.055, 0.32),
            (0.04, 3.7),
            (0, 3.7),
        ]
        b.add("lamps", lathe(post, (x, 0.1, z), 10), iron)
        b.add("lamps", plain_box((x, 3.78, z + reach * 0.6), (0.08, 0.06, abs(reach) * 1.4)), iron)
        b.add(
            "lamps",
            plain_box((x, 3.71, z + reach), (0.20, 0.06, 0.34)),
            Surface((255, 214, 150), 0.4, Kind.GLOW, 8, segment=7),
        )
        b.obstacles.append(Obstacle((x - 0.12, 0, z - 0.12), (x + 0.12, 3.8, z + 0.12), "lamps"))


def _car(b: Builder, dressing: Dressing) -> None:
    x, z = 4.1, -1.25
    paint = Surface(dressing.colour("car", (40, 66, 96)), 0.22, metal=0.3, segment=8)
    glass, black = Surface((20, 26, 34), 0.08, segment=8), Surface((20, 20, 22), 0.6, segment=8)
    b.add("car", box((x, 0.55, z), (4.1, 0.50, 1.62), 0.14, 3), paint)
    b.add("car", box((x + 0.15, 0.98, z), (2.1, 0.52, 1.38), 0.18, 3), glass)
    b.add("car", box((x + 0.15, 1.23, z), (1.7, 0.06, 1.24), 0.03), paint)
    wheel: list[tuple[float, float]] = [
        (0, -0.10),
        (0.30, -0.10),
        (0.33, -0.06),
        (0.33, 0.06),
        (0.30, 0.10),
        (0.18, 0.11),
        (0, 0.09),
    ]
    for wx in (-1.25, 1.25):
        for wz in (-0.74, 0.74):
            b.add(
                "car", moved(lathe(wheel, (0, 0, 0), 16), rotation(X_AXIS, 90), (x + wx, 0.33, z + wz)), black
            )
    for wz in (-0.52, 0.52):
        b.add(
            "car",
            box((x - 2.04, 0.60, z + wz), (0.06, 0.14, 0.32), 0.03),
            Surface((255, 238, 206), 0.3, Kind.GLOW, 2.6, segment=8),
        )
        b.add(
            "car",
            box((x + 2.04, 0.64, z + wz), (0.05, 0.12, 0.30), 0.03),
            Surface((220, 24, 20), 0.3, Kind.GLOW, 1.6, segment=8),
        )
    b.obstacles.append(Obstacle((x - 2.1, 0, z - 0.85), (x + 2.1, 1.3, z + 0.85), "car"))


def _neon(b: Builder) -> None:
    """A bar sign: frame, arrow and strokes."""
    x, y, z = -5.2, 3.0, NORTH + 0.12
    b.add("wall_n", box((x, y, z - 0.05), (1.7, 0.9, 0.06), 0.02), Surface((20, 18, 24), 0.4, segment=6))
    tube, cold = (
        Surface(_NEON, 0.4, Kind.GLOW, 3.2, segment=6),
        Surface((70, 220, 255), 0.4, Kind.GLOW, 2.6, segment=6),
    )
    for dy in (-0.38, 0.38):
        b.add("wall_n", box((x, y + dy, z), (1.56, 0.05, 0.05), 0.02), tube)
    for dx in (-0.78, 0.78):
        b.add("wall_n", box((x + dx, y, z), (0.05, 0.80, 0.05), 0.02), tube)
    strokes: tuple[tuple[float, float, float, float], ...] = (
        (-0.50, 0, 0.05, 0.48),
        (-0.34, 0.21, 0.24, 0.05),
        (-0.34, 0, 0.24, 0.05),
        (-0.34, -0.21, 0.24, 0.05),
        (-0.22, 0.1, 0.05, 0.2),
        (-0.22, -0.1, 0.05, 0.2),
        (0.0, 0, 0.05, 0.48),
        (0.24, 0, 0.05, 0.48),
        (0.12, 0.21, 0.24, 0.05),
        (0.12, 0, 0.24, 0.05),
        (0.42, 0, 0.05, 0.48),
        (0.54, 0.21, 0.22, 0.05),
        (0.64, 0.1, 0.05, 0.2),
        (0.54, 0, 0.22, 0.05),
        (0.60, -0.12, 0.05, 0.24),
    )
    for dx, dy, w, h in strokes:
        b.add("wall_n", plain_box((x + dx, y + dy, z), (w, h, 0.04)), cold)


def _ends(b: Builder, *, day: bool) -> None:
    tone = (150, 164, 184) if day else (26, 30, 44)
    for side in (-1, 1):
        for i, tall in enumerate((7.0, 9.0, 6.0)):
            z = NORTH + 2 + i * 3.6
            b.add(
                "ends",
                plain_box((side * (17 + i * 1.5), tall / 2, z), (1.0, tall, 3.5)),
                Surface(tone, 0.9, Kind.PLAIN if day else Kind.SKYLINE, segment=5),
            )


def _lights(dressing: Dressing) -> tuple[SetLight, ...]:
    if dressing.day:
        return ()
    sodium, warm = kelvin_to_rgb(2400), kelvin_to_rgb(2900)
    lamp_a, lamp_b = _LAMPS[0], _LAMPS[1]
    pink: Vec3 = (1.0, 0.18, 0.46)
    return (
        SetLight(
            (lamp_a[0], 3.6, lamp_a[1] + 0.55), (lamp_a[0], 0, lamp_a[1] + 0.9), sodium, 5.0, 58, 0.4, 0.12
        ),
        SetLight(
            (lamp_b[0], 3.6, lamp_b[1] + 0.55), (lamp_b[0], 0, lamp_b[1] + 0.9), sodium, 5.0, 58, 0.4, 0.12
        ),
        SetLight((-5.2, 2.9, NORTH + 0.5), (-4.6, 0.8, -1.0), pink, 4.2, 80, 0.8, 0.30),
        SetLight((0.4, 1.5, NORTH + 0.4), (0.4, 0.6, 0.0), warm, 2.2, 72, 0.9, 0.22),
    )


def build_street(dressing: Dressing) -> StageSet:
    """22 x 11.5 m of open ground; the rows of houses are wild."""
    b = Builder()
    _ground(b)
    _row(b, "wall_n", NORTH, 1.0, dressing.chance("north"), day=dressing.day)
    _row(b, "wall_s", SOUTH, -1.0, dressing.chance("south"), day=dressing.day)
    _lamps(b)
    _car(b, dressing)
    _neon(b)
    _ends(b, day=dressing.day)
    walls = (Wall("wall_n", 2, NORTH, -1), Wall("wall_s", 2, SOUTH, 1))
    marks = (
        Mark(-0.58, 0.9, 35),
        Mark(0.58, 0.9, -35),
        Mark(0.0, -0.4, 0),
        Mark(-2.0, 1.2, 50),
        Mark(1.9, 1.8, -70),
        Mark(0.1, 2.6, 180),
        Mark(-1.8, -0.8, 30),
        Mark(-3.2, 2.4, 110),
        Mark(1.4, 3.4, 200),
        Mark(-1.2, 3.6, 160),
        Mark(2.9, 3.0, -60),
        Mark(-3.8, 0.2, 80),
    )
    return StageSet(
        "street",
        b.groups(),
        walls,
        tuple(b.obstacles),
        marks,
        _lights(dressing),
        (WEST, 0.05, NORTH + 0.3),
        (EAST, 9.0, SOUTH - 0.3),
        interior=False,
        wet=not dressing.day,
        mirror=((-13, 0, NORTH), (13, 8, SOUTH)),
    )
