"""A car from inside: five seats, dashboard, mirrors and a world that passes outside of the windows.

The car heads for +z and is steered from +x; its floor is y = 0. Roof, pillars, windscreen and doors are
wild. ``style``: ``city`` or ``country`` (else the seed chooses) and ``parked``, e.g. ``city-parked``.
"""

from __future__ import annotations

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.dashboards import Finish, dashboard
from craft.previs.sets.pieces.passing import Ride, daylight, passing_world
from craft.previs.sets.pieces.vehicles import beam, rod, seat, steering_wheel, tyre
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import box, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Y_AXIS, rotation
from craft.previs.stage import Builder, Mark, Obstacle, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

_GROUND = 0.34
_HALF, _SILL, _ROOF = 0.74, 0.78, 1.52
"""Half the width inside, the height of the doors and of the headliner."""
_FRONT, _REAR = (0.37, 0.0, 0.38), (0.46, -1.02, 0.40)
"""Seats: |x|, z and height."""
_NOSE, _TAIL = 1.14, -1.62
"""Where the windscreen and the rear window stand on the body."""
_HEADER, _BACKLIGHT = 0.56, -1.34
"""Front and rear edge of the roof."""


def _finish(dressing: Dressing) -> Finish:
    era, rich = dressing.era, dressing.wealth > 0.6
    poor = dressing.wealth < 0.3
    paint: RGB8 = {"period": (38, 40, 46), "midcentury": (96, 158, 160), "future": (172, 180, 190)}.get(
        era, (44, 62, 88)
    )
    cover: RGB8 = {"period": (104, 62, 42), "midcentury": (186, 78, 62), "future": (128, 132, 142)}.get(
        era, (78, 56, 44) if rich else (62, 64, 70)
    )
    dash: RGB8 = {"period": (104, 66, 40), "midcentury": paint, "future": (126, 132, 142)}.get(
        era, (34, 35, 38)
    )
    light: RGB8 = {"period": (255, 196, 120), "midcentury": (150, 255, 190), "future": (90, 220, 255)}.get(
        era, (190, 220, 255)
    )
    wood: RGB8 = (112, 66, 38) if rich or era == "period" else (86, 88, 92)
    lining: RGB8 = (150, 138, 118) if era == "period" else (206, 202, 192)
    leather = 0.42 if rich or era in ("midcentury", "period") else 0.8
    return Finish(
        Surface(
            dressing.colour("accent", paint), 0.55 if poor else 0.22, metal=0.1 if poor else 0.3, segment=8
        ),
        Surface(dressing.colour("fabric", cover), leather, Kind.UPHOLSTERY, segment=17),
        Surface(
            dash,
            0.35 if era == "midcentury" else 0.6,
            Kind.WOOD if era == "period" else Kind.PLAIN,
            segment=7,
        ),
        Surface(
            dressing.colour("wood", wood),
            0.35,
            Kind.WOOD if rich else Kind.PLAIN,
            segment=7,
        ),
        Surface(dressing.colour("wall", (128, 120, 104) if poor else lining), 0.9, segment=2),
        Surface((196, 198, 202), 0.35 if poor else 0.18, metal=0.85, segment=15),
        dressing.colour("lamp", light),
    )


def _front_seats(b: Builder, dressing: Dressing, f: Finish) -> None:
    x, z, high = _FRONT
    if dressing.era in ("period", "midcentury"):
        seat(b, "seats", (0, z, 1.36), high, f.cover, back=0.56, headrest=False)
        if dressing.era == "midcentury":
            for side in (-1, 1):
                b.add("seats", box((side * 0.695, high + 0.14, z - 0.22), (0.03, 0.46, 0.13), 0.012), f.metal)
        return
    for side in (-1, 1):
        seat(b, "seats", (side * x, z, 0.54), high, f.cover, back=0.60)
    b.add("seats", box((0, 0.24, z + 0.14), (0.17, 0.46, 0.80), 0.05), f.dash)
    b.obstacles.append(Obstacle((-0.085, 0, z - 0.26), (0.085, 0.47, z + 0.54), "seats"))
    if dressing.era == "future":
        line = Surface(f.light, 0.4, Kind.GLOW, 2.0, segment=8)
        b.add("seats", plain_box((0, 0.475, z + 0.14), (0.012, 0.006, 0.7)), line)
    else:
        b.add("seats", rod((0, 0.44, z + 0.34), (0, 0.56, z + 0.32), 0.012), f.metal)
        b.add("seats", sphere((0, 0.575, z + 0.32), (0.028, 0.034, 0.028), 10), f.dash)


def _rear_seat(b: Builder, dressing: Dressing, f: Finish) -> None:
    _x, z, high = _REAR
    seat(b, "seats", (0, z, 1.42), high, f.cover, back=0.52, headrest=False)
    if dressing.era in ("modern", "future"):
        for x in (-0.46, 0.46):
            b.add("seats", box((x, high + 0.60, z - 0.33), (0.26, 0.14, 0.09), 0.04), f.cover)
    chance = dressing.chance("rear")
    for i in range(round(dressing.clutter * 4)):
        tone = chance.choice(((88, 70, 52), (120, 46, 44), (58, 76, 92), (190, 182, 160)))
        turn = rotation(Y_AXIS, chance.uniform(-50, 50))
        place = (-0.5 + i * 0.34, 0.86 + 0.05, _TAIL + 0.14)
        b.add("seats", turned_box(place, (0.20, 0.09, 0.13), turn, 0.02), Surface(tone, 0.8, segment=9))


def _floor(b: Builder, f: Finish, dressing: Dressing) -> None:
    mat = dressing.colour("floor", (52, 50, 50))
    carpet = Surface(mat, 0.95, Kind.UPHOLSTERY, segment=3)
    b.add("floor", plain_box((0, -0.05, -0.25), (1.6, 0.1, 2.75)), carpet)
    b.add("floor", plain_box((0, 0.30, 1.10), (1.48, 0.62, 0.06)), carpet)
    b.add("floor", box((0, -0.16, -0.2), (1.66, 0.2, 3.3), 0.05), Surface((22, 22, 24), 0.8, segment=8))
    x = _FRONT[0]
    for dx, wide in ((-0.09, 0.05), (0.03, 0.05)):
        pedal = turned_box((x + dx, 0.16, 0.98), (wide, 0.10, 0.02), rotation(X_AXIS, -35), 0.005)
        b.add("floor", pedal, f.metal)


def _doors(b: Builder, f: Finish, dressing: Dressing) -> None:
    """Below the windows: outer skin, inner trim, arm rest, handles and winders."""
    for name, side in (("w", -1), ("e", 1)):
        group, mid, long = f"door_{name}", (_NOSE + _TAIL) / 2, _NOSE - _TAIL
        b.add(group, box((side * 0.82, 0.30, mid), (0.10, 0.94, long), 0.035), f.paint)
        b.add(group, box((side * 0.765, 0.34, mid), (0.05, 0.84, long - 0.16), 0.02), f.liner)
        b.add(group, box((side * 0.75, 0.42, mid), (0.05, 0.30, long - 0.18), 0.02), f.cover)
        for z in (0.10, -0.92):
            b.add(group, box((side * 0.715, 0.52, z), (0.07, 0.05, 0.42), 0.02), f.dash)
            b.add(group, box((side * 0.725, 0.64, z + 0.26), (0.03, 0.025, 0.12), 0.01), f.metal)
            b.add(group, box((side * 0.875, 0.66, z - 0.18), (0.03, 0.03, 0.15), 0.012), f.metal)
            if dressing.era == "future":
                glow = Surface(f.light, 0.4, Kind.GLOW, 1.8, segment=8)
                b.add(group, plain_box((side * 0.722, 0.60, z), (0.008, 0.008, 0.8)), glow)
        gap = Surface((16, 16, 18), 0.8, segment=8)
        b.add(group, plain_box((side * 0.868, 0.28, -0.46), (0.012, 0.84, 0.012)), gap)
        if dressing.era == "midcentury":
            b.add(group, box((side * 0.875, 0.50, mid), (0.02, 0.035, long), 0.008), f.metal)
        x0, x1 = sorted((side * 0.74, side * 0.88))
        b.obstacles.append(Obstacle((x0, -0.2, _TAIL), (x1, _SILL, _NOSE), group))


def _pillar(b: Builder, group: str, a: Vec3, c: Vec3, size: tuple[float, float], f: Finish) -> None:
    """A post lined inside and painted outside; ``size`` is its width across the car and along it."""
    out = 0.03 if a[0] > 0 else -0.03
    b.add(group, beam(a, c, *size), f.liner)
    b.add(group, beam((a[0] + out, a[1], a[2]), (c[0] + out, c[1] + 0.03, c[2]), *size), f.paint)


def _frames(b: Builder, f: Finish, dressing: Dressing) -> None:
    """Above the doors: pillars and rails of the sides, windscreen and rear window; none of them glazed."""
    low, top = _SILL - 0.02, _ROOF - 0.02
    for name, side in (("w", -1), ("e", 1)):
        group, x, lean = f"wall_{name}", side * 0.79, side * 0.72
        _pillar(b, group, (x, low, -0.44), (lean, top, -0.40), (0.05, 0.09), f)
        _pillar(b, group, (x, low, _TAIL + 0.12), (lean, top, _BACKLIGHT + 0.1), (0.05, 0.26), f)
        b.add(
            group,
            box((lean, top, (_HEADER + _BACKLIGHT) / 2), (0.09, 0.07, _HEADER - _BACKLIGHT), 0.03),
            f.liner,
        )
        b.add(group, rod((lean * 0.95, top - 0.06, -0.1), (lean * 0.95, top - 0.06, 0.16), 0.012), f.dash)
        mirror = box((side * 0.98, 0.90, 0.84), (0.20, 0.13, 0.07), 0.03)
        if dressing.era == "period":
            mirror = sphere((side * 0.96, 0.90, 0.84), (0.08, 0.08, 0.02), 12)
        b.add("mirrors", mirror, f.paint if dressing.era != "period" else f.metal)
        b.add("mirrors", rod((side * 0.84, 0.82, 0.86), (side * 0.95, 0.88, 0.85), 0.014), f.metal)
        _pillar(b, "wall_s", (x, low, _NOSE), (lean, top, _HEADER), (0.05, 0.07), f)
        _pillar(b, "wall_n", (x, low, _TAIL - 0.1), (lean, top, _BACKLIGHT), (0.05, 0.06), f)
    if dressing.era == "period":
        b.add("wall_s", beam((0, low, _NOSE), (0, top, _HEADER), 0.03, 0.03), f.metal)
    b.add("wall_s", box((0, top, _HEADER), (1.46, 0.07, 0.10), 0.03), f.liner)
    b.add("wall_n", box((0, top, _BACKLIGHT), (1.46, 0.07, 0.08), 0.03), f.liner)
    for x in (-0.37, 0.37):
        visor = turned_box((x, top - 0.05, _HEADER - 0.10), (0.44, 0.015, 0.16), rotation(X_AXIS, 12), 0.006)
        b.add("wall_s", visor, f.liner)
    b.add("wall_s", rod((0, top, _HEADER + 0.02), (0, 1.42, _HEADER + 0.03), 0.01), f.metal)
    b.add(
        "wall_s",
        box((0, 1.39, _HEADER + 0.02), (0.24, 0.07, 0.03), 0.02),
        Surface((26, 27, 30), 0.3, segment=8),
    )
    glass = quad((0, 1.39, _HEADER + 0.003), (-0.108, 0, 0), (0, 0.027, 0))
    b.add("wall_s", glass, Surface((150, 164, 180), 0.08, metal=0.9, segment=8))
    if dressing.clutter > 0.5:
        b.add("wall_s", rod((0.02, 1.36, _HEADER), (0.02, 1.25, _HEADER), 0.002, 5), f.metal)
        b.add("wall_s", sphere((0.02, 1.22, _HEADER), 0.03, 8), Surface((190, 60, 60), 0.5, segment=9))


def _roof(b: Builder, f: Finish, dressing: Dressing) -> None:
    mid, long = (_HEADER + _BACKLIGHT) / 2, _HEADER - _BACKLIGHT
    b.add("roof", plain_box((0, _ROOF + 0.01, mid), (1.44, 0.02, long)), f.liner)
    b.add("roof", box((0, _ROOF + 0.06, mid), (1.56, 0.09, long + 0.1), 0.04, 2), f.paint)
    lit = dressing.era == "future"
    lamp = Surface(f.light if lit else (240, 232, 210), 0.5, Kind.GLOW, 2.2 if lit else 0.5, segment=20)
    if lit:
        for x in (-0.52, 0.52):
            b.add("roof", plain_box((x, _ROOF - 0.005, mid), (0.03, 0.012, long - 0.2)), lamp)
    else:
        b.add("roof", box((0, _ROOF - 0.008, -0.35), (0.16, 0.025, 0.10), 0.008), lamp)


def _body(b: Builder, f: Finish, dressing: Dressing) -> None:
    """Bonnet and boot, as one sees them through the windows and from outside."""
    old = dressing.era in ("period", "midcentury")
    b.add("bonnet", box((0, 0.34, 1.78), (1.30 if old else 1.66, 0.84, 1.30), 0.12, 3), f.paint)
    b.add("boot", box((0, 0.36, -2.02), (1.66, 0.88, 0.82), 0.14, 3), f.paint)
    b.add("boot", box((0, _SILL + 0.03, _TAIL + 0.16), (1.46, 0.06, 0.42), 0.02), f.liner)
    for side in (-1, 1):
        if old:
            b.add("bonnet", box((side * 0.74, 0.18, 1.66), (0.30, 0.56, 1.34), 0.14, 3), f.paint)
        lamp = sphere((side * 0.62, 0.42, 2.43), (0.11, 0.11, 0.05), 12)
        b.add(
            "bonnet", lamp, Surface((255, 240, 214), 0.3, Kind.GLOW, 1.0 if dressing.day else 4.0, segment=8)
        )
        tail = box((side * 0.68, 0.44, -2.42), (0.20, 0.10, 0.05), 0.02)
        b.add("boot", tail, Surface((230, 30, 24), 0.3, Kind.GLOW, 0.6 if dressing.day else 2.2, segment=8))
        for group, z in (("bonnet", 1.62), ("boot", -1.78)):
            tyre(b, group, (side * 0.80, -0.02, z), 0.32, f.metal, white=dressing.era == "midcentury")
    chrome = f.metal if dressing.era != "future" else f.paint
    b.add("bonnet", box((0, 0.10, 2.46), (1.62, 0.10, 0.08), 0.03), chrome)
    b.add("boot", box((0, 0.10, -2.46), (1.62, 0.10, 0.08), 0.03), chrome)
    for i in range(7 if old else 3):
        b.add(
            "bonnet", box((0, 0.26 + i * (0.045 if old else 0.06), 2.435), (0.62, 0.014, 0.03), 0.005), chrome
        )
    for group, low, high in (("bonnet", _NOSE, 2.5), ("boot", -2.5, _TAIL)):
        b.obstacles.append(Obstacle((-0.88, -_GROUND, low), (0.88, 0.80, high), group))


def _lights(dressing: Dressing, f: Finish) -> tuple[SetLight, ...]:
    r, g, bl = (c / 255 for c in f.light)
    dash: Vec3 = (r * r, g * g, bl * bl)
    inside = SetLight((0.30, 0.80, 0.60), (0.34, 1.15, 0.0), dash, 1.1, 78, 1.0, 2.2)
    across = SetLight((-0.30, 0.80, 0.62), (-0.34, 1.15, 0.0), dash, 0.5, 78, 1.0, 2.2)
    if dressing.day:
        air = daylight(dressing)
        warm = {"dawn": 3300, "dusk": 3000, "morning": 4700, "afternoon": 5000}.get(
            dressing.time_of_day, 5600
        )
        sun = SetLight(
            (5.0, 5.4, 4.2),
            (0, 0.8, -0.3),
            kelvin_to_rgb(warm),
            3.2 * air.sky,
            20,
            0.06,
            0.002,
            True,
            False,
            0.04,
            False,
        )
        sky = kelvin_to_rgb(7500)
        front = SetLight((0, 2.6, 4.2), (0, 0.9, -0.4), sky, 1.5 * air.sky, 40, 1.0, 0.01, practical=False)
        left = SetLight((-4.5, 2.6, -0.4), (0, 0.9, -0.4), sky, 1.0 * air.sky, 40, 1.0, 0.01, practical=False)
        return (sun, front, left)
    sodium = kelvin_to_rgb(2300)
    street = SetLight((3.4, 4.2, 2.0), (0.1, 0.8, -0.2), sodium, 3.8, 28, 0.12, 0.004, True, False, 0.12)
    cold = SetLight((-3.8, 2.0, -0.6), (0, 0.9, -0.2), (0.42, 0.55, 1.0), 1.5, 34, 0.8, 0.01)
    behind = SetLight((0.8, 1.3, -6.5), (0, 1.1, 0), kelvin_to_rgb(4300), 1.8, 16, 0.3, 0.002)
    return (street, inside, across, cold, behind)


def _sort(dressing: Dressing) -> tuple[str, float]:
    """Surroundings and speed in m/s."""
    style = dressing.word("style", "")
    chosen = dressing.chance("road").choice(("city", "country"))
    for name in ("city", "country"):
        chosen = name if name in style else chosen
    return chosen, 0.0 if "parked" in style else (9.0 if chosen == "city" else 16.0)


_WALLS = (
    Wall("wall_s", 2, 0.70, 1),
    Wall("wall_n", 2, -1.50, -1),
    Wall("wall_w", 0, -0.84, -1),
    Wall("wall_e", 0, 0.84, 1),
    Wall("roof", 1, _ROOF + 0.25, 1),
    Wall("door_w", 0, -0.90, -1, 0.95),
    Wall("door_e", 0, 0.90, 1, 0.95),
    Wall("bonnet", 2, 1.2, 1, 0.95),
    Wall("dash", 2, 1.2, 1, 0.80),
    Wall("boot", 2, -1.7, -1, 0.95),
)


def _obstacles(b: Builder) -> None:
    b.obstacles.append(Obstacle((-0.73, 0.5, 0.71), (0.73, 0.80, 1.14), "dash"))
    b.obstacles.append(Obstacle((_FRONT[0] - 0.19, 0.66, 0.36), (_FRONT[0] + 0.19, 0.98, 0.56), "wall_s"))
    b.obstacles.append(Obstacle((-0.75, _ROOF, _BACKLIGHT), (0.75, _ROOF + 0.1, _HEADER), "roof"))


def build_car(dressing: Dressing) -> StageSet:
    """Driver, passenger, rear left, rear right and rear middle; a lens fits round the car."""
    b, f = Builder(), _finish(dressing)
    sort, speed = _sort(dressing)
    _floor(b, f, dressing)
    _front_seats(b, dressing, f)
    _rear_seat(b, dressing, f)
    _doors(b, f, dressing)
    _frames(b, f, dressing)
    _roof(b, f, dressing)
    _body(b, f, dressing)
    dashboard(b, dressing, f, _FRONT[0])
    steering_wheel(b, "wheel", (_FRONT[0], 0.82, 0.46), dressing.era, f.dash, f.metal)
    _obstacles(b)
    passing_world(b, dressing, Ride(speed, _GROUND), sort, 5.4)
    (x, z, high), (rx, rz, rh) = _FRONT, _REAR
    marks = (
        Mark(x, z, 0, high),
        Mark(-x, z, 0, high),
        Mark(rx, rz, 0, rh),
        Mark(-rx, rz, 0, rh),
        Mark(0, rz, 0, rh),
    )
    return StageSet(
        "car",
        b.groups(),
        _WALLS,
        tuple(b.obstacles),
        marks,
        _lights(dressing, f),
        (-4.2, 0.0, -5.0),
        (4.2, 4.0, 5.5),
        interior=True,
    )
