"""An interior: desk, window with blinds, shelves, sofa and door. With ``style: cabin`` the walls are
boards.
"""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.room import Dressing
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, mat_mul, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

WEST, EAST, NORTH, SOUTH, HEIGHT = -3.7, 3.7, -2.6, 3.9, 2.9
_WINDOW = (-1.75, 1.05, 0.92, 2.36)
"""Left, right, sill and head of the north window."""
_DESK = (1.15, -1.15)
_BOOKS = ((120, 44, 38), (44, 66, 92), (150, 116, 62), (52, 82, 66), (88, 60, 84), (170, 156, 128))


def _shell(b: Builder, dressing: Dressing) -> None:
    cabin = dressing.word("style", "office") == "cabin"
    paint = dressing.colour("wall", (112, 78, 52) if cabin else (84, 104, 112))
    wall = Surface(paint, 0.86, Kind.WOOD if cabin else Kind.PLASTER, segment=2)
    trim = Surface((58, 46, 38), 0.5, segment=3)
    x0, x1, sill, head = _WINDOW
    width, depth, mid = EAST - WEST, SOUTH - NORTH, (SOUTH + NORTH) / 2

    def plate(group: str, centre: Vec3, size: Vec3) -> None:
        b.add(group, plain_box(centre, size), wall)

    plate("wall_n", ((WEST + x0) / 2, HEIGHT / 2, NORTH - 0.08), (x0 - WEST, HEIGHT, 0.16))
    plate("wall_n", ((EAST + x1) / 2, HEIGHT / 2, NORTH - 0.08), (EAST - x1, HEIGHT, 0.16))
    plate("wall_n", ((x0 + x1) / 2, sill / 2, NORTH - 0.08), (x1 - x0, sill, 0.16))
    plate("wall_n", ((x0 + x1) / 2, (head + HEIGHT) / 2, NORTH - 0.08), (x1 - x0, HEIGHT - head, 0.16))
    plate("wall_s", (0, HEIGHT / 2, SOUTH + 0.08), (width, HEIGHT, 0.16))
    plate("wall_w", (WEST - 0.08, HEIGHT / 2, mid), (0.16, HEIGHT, depth + 0.3))
    plate("wall_e", (EAST + 0.08, HEIGHT / 2, mid), (0.16, HEIGHT, depth + 0.3))
    b.add(
        "roof",
        plain_box((0, HEIGHT + 0.05, mid), (width, 0.1, depth)),
        Surface((88, 86, 84), 0.9, Kind.PLASTER, segment=2),
    )
    b.add(
        "floor",
        quad((0, 0, mid), (width / 2, 0, 0), (0, 0, -depth / 2)),
        Surface((150, 98, 62), 0.4, Kind.PLANKS),
    )
    for group, centre, size in (
        ("wall_n", (0, 0.06, NORTH + 0.02), (width, 0.12, 0.04)),
        ("wall_s", (0, 0.06, SOUTH - 0.02), (width, 0.12, 0.04)),
        ("wall_w", (WEST + 0.02, 0.06, mid), (0.04, 0.12, depth)),
        ("wall_e", (EAST - 0.02, 0.06, mid), (0.04, 0.12, depth)),
    ):
        b.add(group, plain_box(centre, size), trim)


def _window(b: Builder, dressing: Dressing) -> None:
    x0, x1, sill, head = _WINDOW
    frame, mid = Surface((58, 46, 38), 0.5, segment=3), (x0 + x1) / 2
    for y in (sill, head):
        b.add("wall_n", box((mid, y, NORTH - 0.02), (x1 - x0 + 0.24, 0.08, 0.24)), frame)
    for x in (x0, mid, x1):
        b.add("wall_n", plain_box((x, (sill + head) / 2, NORTH - 0.03), (0.07, head - sill, 0.14)), frame)
    slats = 18
    tilt = rotation(X_AXIS, 24)
    for i in range(slats):
        y = head - 0.06 - i * (head - sill - 0.10) / slats
        slat = moved(plain_box((0, 0, 0), (x1 - x0 - 0.06, 0.007, 0.056)), tilt, (mid, y, NORTH + 0.05))
        b.add("wall_n", slat, Surface((172, 164, 148), 0.55, segment=4))
    chance = dressing.chance("skyline")
    sky = (150, 180, 214) if dressing.day else (12, 20, 42)
    b.add(
        "outside",
        quad((0, 3, NORTH - 11), (18, 0, 0), (0, 7, 0)),
        Surface(sky, 1, Kind.GLOW, 1.6 if dressing.day else 0.5, segment=6),
    )
    kind = Kind.PLAIN if dressing.day else Kind.SKYLINE
    for i in range(16):
        tall, x = chance.uniform(0.8, 4.6), -9 + i * 1.2 + chance.uniform(-0.3, 0.3)
        tower = plain_box(
            (x, tall / 2 - 1, NORTH - 4.5 - chance.uniform(0, 5)), (chance.uniform(0.8, 1.5), tall + 2, 0.6)
        )
        b.add("outside", tower, Surface((78, 84, 96) if dressing.day else (16, 20, 30), 0.9, kind, segment=5))


def _desk(b: Builder, dressing: Dressing) -> None:
    x, z = _DESK
    wood, dark = (
        Surface((112, 66, 40), 0.32, Kind.WOOD, segment=7),
        Surface((86, 52, 34), 0.42, Kind.WOOD, segment=7),
    )
    b.add("desk", box((x, 0.745, z), (1.7, 0.05, 0.82), 0.014), wood)
    for side in (-0.72, 0.72):
        b.add("desk", box((x + side, 0.37, z), (0.22, 0.70, 0.70)), dark)
    b.add("desk", plain_box((x, 0.52, z + 0.30), (1.3, 0.42, 0.03)), dark)
    b.obstacles.append(Obstacle((x - 0.85, 0, z - 0.41), (x + 0.85, 0.77, z + 0.41), "desk"))
    _screen(b)
    _on_desk(b, dressing)
    _desk_lamp(b, dressing)
    _desk_chair(b)


def _screen(b: Builder) -> None:
    x, z = _DESK
    black, turn = Surface((22, 24, 28), 0.3, segment=8), rotation(Y_AXIS, -28)
    b.add("desk", turned_box((x + 0.45, 1.06, z - 0.12), (0.62, 0.38, 0.03), turn), black)
    screen = moved(
        quad((0, 0, 0.018), (0.29, 0, 0), (0, 0.165, 0)),
        mat_mul(turn, rotation(Y_AXIS, 180)),
        (x + 0.45, 1.06, z - 0.12),
    )
    b.add("desk", screen, Surface((120, 180, 255), 0.3, Kind.SCREEN, segment=8))
    b.add("desk", plain_box((x + 0.45, 0.83, z - 0.14), (0.07, 0.14, 0.05)), black)


def _on_desk(b: Builder, dressing: Dressing) -> None:
    (x, z), chance = _DESK, dressing.chance("desk")
    for i in range(3):
        turn = rotation(Y_AXIS, chance.uniform(-18, 18))
        page = turned_box((x - 0.05, 0.776 + 0.012 * i, z + 0.14), (0.22, 0.011, 0.30), turn, 0.003)
        b.add("desk", page, Surface((196, 188, 168), 0.8, segment=9))
    mug = ((0, 0), (0.036, 0), (0.042, 0.09), (0.038, 0.09), (0.036, 0.012), (0, 0.012))
    b.add("desk", lathe(mug, (x + 0.1, 0.77, z + 0.2), 12), Surface((150, 40, 34), 0.25, segment=9))


def _desk_lamp(b: Builder, dressing: Dressing) -> None:
    lamp_x, lamp_z = _DESK[0] - 0.55, _DESK[1] - 0.12
    stand = (
        (0, 0),
        (0.085, 0),
        (0.088, 0.012),
        (0.03, 0.025),
        (0.012, 0.03),
        (0.012, 0.36),
        (0, 0.36),
    )
    brass = Surface((150, 118, 58), 0.28, metal=0.8, segment=10)
    b.add("desk", lathe(stand, (lamp_x, 0.77, lamp_z), 14), brass)
    shade = ((0.155, 0), (0.150, 0.008), (0.085, 0.135), (0.080, 0.135), (0.146, 0))
    paint = Surface(dressing.colour("lamp", (40, 96, 66)), 0.3, glow=0.12, segment=10)
    b.add("desk", lathe(shade, (lamp_x, 1.10, lamp_z)), paint)
    bulb = Surface((255, 196, 120), 1, Kind.GLOW, 12, segment=10)
    b.add("desk", sphere((lamp_x, 1.135, lamp_z), 0.042, 10), bulb)


def _desk_chair(b: Builder) -> None:
    x, z = _DESK
    leather = Surface((48, 36, 33), 0.38, segment=17)
    steel = Surface((150, 150, 150), 0.3, metal=0.8, segment=15)
    b.add("chair", box((x + 0.1, 0.50, z - 0.72), (0.52, 0.09, 0.50), 0.04), leather)
    b.add("chair", box((x + 0.1, 0.93, z - 0.95), (0.50, 0.72, 0.10), 0.045), leather)
    b.add("chair", box((x + 0.1, 0.24, z - 0.72), (0.06, 0.45, 0.06)), steel)
    b.obstacles.append(Obstacle((x - 0.2, 0, z - 0.88), (x + 0.4, 0.54, z - 0.44), "chair"))
    b.obstacles.append(Obstacle((x - 0.2, 0, z - 1.02), (x + 0.4, 1.3, z - 0.88), "chair"))


def _shelf(b: Builder, dressing: Dressing) -> None:
    chance, z = dressing.chance("books"), -0.9
    x = WEST + 0.19
    board, back = Surface((84, 53, 35), 0.5, Kind.WOOD, segment=11), Surface((66, 42, 30), 0.6, segment=11)
    b.add("wall_w", plain_box((WEST + 0.03, 1.05, z), (0.04, 2.1, 1.7)), back)
    for side in (-0.85, 0.85):
        b.add("wall_w", box((x, 1.05, z + side), (0.34, 2.1, 0.04), 0.008), board)
    for y in (0.04, 0.46, 0.88, 1.30, 1.72, 2.10):
        b.add("wall_w", plain_box((x, y, z), (0.34, 0.035, 1.7)), board)
        at = z - 0.80
        while y < 2 and at < z + 0.72:
            thick, tall = chance.uniform(0.03, 0.07), chance.uniform(0.22, 0.34)
            if chance.random() < 0.86:
                spine = plain_box(
                    (x + 0.01, y + 0.018 + tall / 2, at + thick / 2), (0.21, tall, thick * 0.94)
                )
                b.add("wall_w", spine, Surface(chance.choice(_BOOKS), 0.6, segment=12))
            at += thick
    b.obstacles.append(Obstacle((WEST, 0, z - 0.87), (WEST + 0.36, 2.12, z + 0.87), "wall_w"))


def _leaf(angle: float, tilt: float, reach: float) -> Mesh:
    blade = sphere((0, reach / 2, 0), (0.012, reach / 2, 0.05), 6)
    return moved(blade, mat_mul(rotation(Y_AXIS, angle), rotation(X_AXIS, tilt)), (2.95, 0.36, -1.95))


def _corners(b: Builder, dressing: Dressing) -> None:
    chance = dressing.chance("corners")
    pot: list[tuple[float, float]] = [(0, 0), (0.15, 0), (0.19, 0.36), (0.165, 0.36), (0.15, 0.30), (0, 0.30)]
    b.add("plant", lathe(pot, (2.95, 0, -1.95), 14), Surface((150, 142, 128), 0.6, segment=13))
    for _ in range(22):
        leaf = _leaf(chance.uniform(0, 360), chance.uniform(20, 52), chance.uniform(0.5, 0.95))
        b.add(
            "plant",
            leaf,
            Surface((44 + chance.randrange(24), 92 + chance.randrange(30), 58), 0.5, segment=13),
        )
    b.obstacles.append(Obstacle((2.55, 0, -2.35), (3.35, 1.2, -1.55), "plant"))
    for group, x, y, z, w, h, tone in (
        ("wall_n", 2.15, 1.75, NORTH + 0.02, 0.62, 0.46, (178, 120, 66)),
        ("wall_n", 2.9, 1.85, NORTH + 0.02, 0.4, 0.56, (84, 116, 130)),
        ("wall_s", -2.2, 1.70, SOUTH - 0.02, 0.9, 0.6, (150, 84, 70)),
        ("wall_s", -1.2, 1.78, SOUTH - 0.02, 0.5, 0.66, (70, 98, 92)),
    ):
        front = 0.012 if group == "wall_n" else -0.012
        b.add(group, box((x, y, z), (w, h, 0.035), 0.008), Surface((36, 28, 24), 0.4, segment=14))
        b.add(
            group,
            plain_box((x, y, z + front), (w - 0.08, h - 0.08, 0.02)),
            Surface((206, 200, 186), 0.8, segment=14),
        )
        b.add(
            group,
            plain_box((x, y, z + front * 1.6), (w - 0.2, h - 0.2, 0.02)),
            Surface(tone, 0.8, segment=14),
        )
    rug = dressing.colour("rug", (122, 52, 46))
    b.add("floor", plain_box((0, 0.006, 0.35), (3.3, 0.012, 2.3)), Surface(rug, 0.95, Kind.RUG, segment=16))


def _sofa(b: Builder, dressing: Dressing) -> None:
    """Stays when the east wall goes, as somebody may sit on it."""
    cloth = Surface(dressing.colour("sofa", (52, 84, 88)), 0.8, segment=19)
    x = EAST - 0.5
    for centre, size in (
        ((x, 0.26, 1.1), (0.85, 0.36, 1.9)),
        ((x + 0.34, 0.62, 1.1), (0.20, 0.62, 1.9)),
        ((x, 0.46, 0.12), (0.85, 0.48, 0.20)),
        ((x, 0.46, 2.08), (0.85, 0.48, 0.20)),
    ):
        b.add("sofa", box(centre, size, 0.07), cloth)
    b.add(
        "sofa",
        turned_box((x + 0.12, 0.62, 0.5), (0.14, 0.4, 0.4), rotation((0, 0, 1), -14), 0.05),
        Surface((190, 140, 60), 0.8, segment=19),
    )
    b.obstacles.append(Obstacle((x - 0.45, 0, 0.0), (EAST, 0.44, 2.2), "sofa"))
    b.obstacles.append(Obstacle((x + 0.22, 0, 0.0), (EAST, 0.95, 2.2), "sofa"))


def _south_and_east(b: Builder, dressing: Dressing) -> None:
    door = Surface((104, 66, 44), 0.45, Kind.WOOD, segment=18)
    trim, brass = Surface((58, 46, 38), 0.5, segment=3), Surface((190, 150, 70), 0.3, metal=0.8, segment=18)
    b.add("wall_s", box((1.6, 1.03, SOUTH - 0.02), (0.92, 2.06, 0.05)), door)
    for x in (1.09, 2.11):
        b.add("wall_s", plain_box((x, 1.05, SOUTH - 0.03), (0.09, 2.16, 0.08)), trim)
    b.add("wall_s", plain_box((1.6, 2.12, SOUTH - 0.03), (1.11, 0.09, 0.08)), trim)
    b.add("wall_s", sphere((1.24, 1.02, SOUTH - 0.08), 0.035, 8), brass)
    _sofa(b, dressing)
    lamp: list[tuple[float, float]] = [
        (0, 0),
        (0.14, 0),
        (0.14, 0.02),
        (0.014, 0.03),
        (0.014, 1.45),
        (0, 1.45),
    ]
    b.add("lamp", lathe(lamp, (3.2, 0, 2.75), 12), Surface((40, 38, 36), 0.4, segment=20))
    shade: list[tuple[float, float]] = [(0.21, 0), (0.13, 0.26), (0.125, 0.26), (0.20, 0)]
    b.add(
        "lamp", lathe(shade, (3.2, 1.42, 2.75), 16), Surface((255, 214, 160), 0.8, Kind.GLOW, 1.1, segment=20)
    )
    b.obstacles.append(Obstacle((2.95, 0, 2.5), (3.45, 1.7, 3.0), "lamp"))
    sideboard = Surface((70, 76, 82), 0.45, segment=15)
    b.add("wall_s", box((-1.7, 0.42, SOUTH - 0.27), (1.7, 0.84, 0.5), 0.015), sideboard)
    b.obstacles.append(Obstacle((-2.55, 0, SOUTH - 0.52), (-0.85, 0.85, SOUTH), "wall_s"))
    b.add(
        "wall_s",
        box((-2.1, 0.99, SOUTH - 0.3), (0.3, 0.3, 0.2), 0.03),
        Surface((120, 104, 74), 0.4, Kind.WOOD, segment=15),
    )


def _lights(dressing: Dressing) -> tuple[SetLight, ...]:
    warm = kelvin_to_rgb(2700)
    lamp = (_DESK[0] - 0.55, 1.14, _DESK[1] - 0.12)
    practicals = (
        SetLight(lamp, (lamp[0], 0, lamp[2]), warm, 2.4, 62, 0.5, 2.0),
        SetLight((3.2, 1.62, 2.75), (3.2, 1.0, 2.0), warm, 1.4, 180, 0.9, 1.1),
    )
    if dressing.day:
        sun = kelvin_to_rgb(
            {"dawn": 3300, "dusk": 3000, "morning": 4600, "afternoon": 5000}.get(dressing.time_of_day, 5600)
        )
        outside = SetLight(
            (-2.6, 5.4, -7.4), (-0.1, 0.6, 0.3), sun, 7.5, 17, 0.05, 0.004, True, False, 1.2, False
        )
    else:
        outside = SetLight(
            (-1.6, 4.6, -7.2),
            (-0.1, 0.9, 0.3),
            (0.36, 0.56, 1.0),
            5.5,
            17,
            0.06,
            0.004,
            True,
            False,
            1.2,
            False,
        )
    return (outside, *practicals)


def build_office(dressing: Dressing) -> StageSet:
    """The room: 7.4 x 6.5 x 2.9 m, four wild walls and a wild roof."""
    b = Builder()
    for part in (_shell, _window, _desk, _shelf, _corners, _south_and_east):
        part(b, dressing)
    walls = (
        Wall("wall_n", 2, NORTH, -1),
        Wall("outside", 2, NORTH, -1),
        Wall("wall_s", 2, SOUTH, 1),
        Wall("wall_w", 0, WEST, -1),
        Wall("wall_e", 0, EAST, 1),
        Wall("roof", 1, HEIGHT, 1),
    )
    marks = (
        Mark(-0.58, 0.45, 35),
        Mark(0.58, 0.45, -35),
        Mark(-0.1, -0.55, 0),
        Mark(-1.7, 0.6, 50),
        Mark(1.9, 1.0, -70),
        Mark(0.1, 1.7, 180),
        Mark(-1.5, -1.2, 30),
        Mark(-2.4, 2.0, 120),
        Mark(1.0, 2.4, 200),
        Mark(-0.9, 2.5, 160),
        Mark(2.4, 0.1, -60),
        Mark(-2.6, 0.7, 80),
        Mark(EAST - 0.62, 0.97, -90, 0.44),
        Mark(EAST - 0.62, 1.62, -90, 0.44),
        Mark(_DESK[0] + 0.1, _DESK[1] - 0.70, 0, 0.54),
    )
    return StageSet(
        "office",
        b.groups(),
        walls,
        tuple(b.obstacles),
        marks,
        _lights(dressing),
        (WEST + 0.2, 0.05, NORTH + 0.25),
        (EAST - 0.2, HEIGHT - 0.12, SOUTH - 0.2),
        interior=True,
    )
