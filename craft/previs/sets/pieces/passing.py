"""The world outside of a vehicle: sky, far outlines, and things that pass or, parked, stand still.

The vehicle heads for +z. Things run round a loop of ``LOOP_M`` metres in the vertex shader, so that a window
shows true parallax at no cost per frame.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from craft.previs.batch import Bytes4, Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import lathe, plain_box, quad, sphere
from craft.previs.stage import Builder

LOOP_M = 72.0
_HALF = LOOP_M / 2
GROUP = "outside"


@dataclass(frozen=True)
class Daylight:
    """What the open air looks like at a time of day: sky from horizon to top and how bright it and the
    things under it are.
    """

    top: RGB8
    low: RGB8
    sky: float
    things: float


_AIR = {
    "night": Daylight((5, 8, 20), (26, 30, 48), 0.6, 0.03),
    "dawn": Daylight((92, 120, 172), (238, 180, 150), 0.9, 0.34),
    "morning": Daylight((112, 160, 220), (216, 228, 240), 1.25, 0.75),
    "noon": Daylight((104, 162, 232), (214, 232, 246), 1.4, 0.9),
    "afternoon": Daylight((118, 160, 212), (240, 226, 200), 1.25, 0.75),
    "dusk": Daylight((46, 54, 104), (226, 128, 96), 0.8, 0.22),
}


def daylight(dressing: Dressing) -> Daylight:
    """The open air at the set's time of day."""
    return _AIR[dressing.time_of_day]


@dataclass(frozen=True)
class Ride:
    """How fast the world passes (m/s, 0 = parked, at most 30) and how far below the floor its ground lies."""

    speed: float
    ground: float

    def at(self, mesh: Mesh) -> tuple[Bytes4, Bytes4]:
        """The four bytes that the vertex shader passes a thing by: place on the loop, speed and ground."""
        middle = float((mesh[0][:, 2].min() + mesh[0][:, 2].max()) / 2)
        place = round(min(1.0, max(0.0, middle / LOOP_M + 0.5)) * 65535)
        row = (place >> 8, place & 255, round(self.speed * 8), round(self.ground * 100))
        ids = np.tile(np.array(row, np.uint8), (len(mesh[0]), 1))
        weights = np.zeros_like(ids)
        weights[:, 0] = 255
        return ids, weights


class World:
    """Adds passing things to a set's group ``outside``."""

    def __init__(self, b: Builder, dressing: Dressing, ride: Ride, road: float) -> None:
        self.b, self.dressing, self.ride, self.road = b, dressing, ride, road
        self.air = daylight(dressing)

    def thing(self, mesh: Mesh, colour: RGB8, glow: float | None = None, anchor: Mesh | None = None) -> None:
        """One part of a thing; parts with the same ``anchor`` stay together."""
        surface = Surface(colour, 0.9, Kind.PASSING, self.air.things if glow is None else glow, segment=5)
        self.b.add(GROUP, mesh, surface, ride=self._ride(mesh, anchor))

    def _ride(self, mesh: Mesh, anchor: Mesh | None) -> tuple[Bytes4, Bytes4]:
        ids, weights = self.ride.at(anchor or mesh)
        return np.repeat(ids[:1], len(mesh[0]), 0), np.repeat(weights[:1], len(mesh[0]), 0)

    def still(self, mesh: Mesh, colour: RGB8, glow: float) -> None:
        """Something too far away to pass."""
        self.b.add(GROUP, mesh, Surface(colour, 1.0, Kind.GLOW, glow, segment=6))


def _mix(a: RGB8, b: RGB8, k: float) -> RGB8:
    return (
        round(a[0] + (b[0] - a[0]) * k),
        round(a[1] + (b[1] - a[1]) * k),
        round(a[2] + (b[2] - a[2]) * k),
    )


_SKY_STEPS = 16
_FAR = 44.0


def _sky(w: World) -> None:
    """A box of sky bands and, before it, the outline of hills or roofs in the colour of the distance."""
    height = 26.0
    for i in range(_SKY_STEPS):
        low = -3 + height * (i / _SKY_STEPS) ** 1.5
        high = -3 + height * ((i + 1) / _SKY_STEPS) ** 1.5
        colour = _mix(w.air.low, w.air.top, i / (_SKY_STEPS - 1))
        _band(w, low, high, colour)
    top = quad((0, height - 3, 0), (_FAR, 0, 0), (0, 0, _FAR))
    w.still(top, w.air.top, w.air.sky)


def _band(w: World, low: float, high: float, colour: RGB8) -> None:
    mid, half = (low + high) / 2, (high - low) / 2
    for sign in (-1, 1):
        w.still(quad((sign * _FAR, mid, 0), (0, 0, sign * _FAR), (0, half, 0)), colour, w.air.sky)
        w.still(quad((0, mid, sign * _FAR), (-sign * _FAR, 0, 0), (0, half, 0)), colour, w.air.sky)


def _outline(w: World, *, town: bool) -> None:
    chance = w.dressing.chance("outline")
    tone = _mix(w.air.low, (60, 84, 96) if not town else (70, 74, 88), 0.55)
    for side in range(4):
        at = -_FAR
        while at < _FAR:
            wide = chance.uniform(2.5, 5) if town else chance.uniform(5, 12)
            tall = chance.uniform(2, 9) if town else chance.uniform(1.2, 4.2)
            away = _FAR - 2 - chance.uniform(0, 3)
            x, z = ((at, away), (at, -away), (away, at), (-away, at))[side]
            if town:
                w.still(plain_box((x, tall / 2 - 3, z), (wide, tall + 6, wide)), tone, w.air.sky * 0.7 + 0.02)
            else:
                w.still(sphere((x, -3, z), (wide, tall + 2, wide), 10), tone, w.air.sky * 0.62 + 0.01)
            at += wide * (1.0 if town else 0.8)


def _ground(w: World, colour: RGB8, verge: RGB8) -> None:
    """Fields or pavements in strips of uneven tone, and the road or trackbed in the middle."""
    chance = w.dressing.chance("ground")
    y, step = -w.ride.ground, LOOP_M / 12
    for i in range(12):
        z = -_HALF + (i + 0.5) * step
        for x0, x1, tone in ((-_FAR, -w.road, verge), (-w.road, w.road, colour), (w.road, _FAR, verge)):
            k = chance.uniform(0.86, 1.08)
            shade = (round(tone[0] * k), round(tone[1] * k), round(tone[2] * k))
            piece = quad(((x0 + x1) / 2, y, z), ((x1 - x0) / 2, 0, 0), (0, 0, -step / 2 - 0.01))
            w.thing(piece, shade, max(0.02, w.air.things * 0.8))
    for sign in (-1, 1):
        end = quad((0, y - 0.02, sign * (_HALF + 8)), (_FAR, 0, 0), (0, 0, -9))
        w.still(end, verge, w.air.things * 0.7)


def _slots(chance: random.Random, step: float, jitter: float) -> list[float]:
    count = int(LOOP_M / step)
    return [-_HALF + (i + 0.5) * LOOP_M / count + chance.uniform(-jitter, jitter) for i in range(count)]


def _tree(w: World, chance: random.Random, x: float, z: float) -> None:
    y, tall = -w.ride.ground, chance.uniform(2.6, 5.2)
    trunk = plain_box((x, y + tall * 0.25, z), (0.22, tall * 0.5, 0.22))
    w.thing(trunk, (74, 58, 46))
    green = (50 + chance.randrange(36), 84 + chance.randrange(36), 44 + chance.randrange(16))
    for _ in range(3):
        r = tall * chance.uniform(0.20, 0.30)
        at = (
            x + chance.uniform(-0.7, 0.7),
            y + tall * chance.uniform(0.5, 0.85),
            z + chance.uniform(-0.7, 0.7),
        )
        w.thing(sphere(at, (r, r * 1.15, r), 8), green, anchor=trunk)


def _country(w: World) -> None:
    chance, y = w.dressing.chance("country"), -w.ride.ground
    for sign in (-1, 1):
        for z in _slots(chance, 4.5, 1.6):
            _tree(w, chance, sign * chance.uniform(9, 26), z)
        for z in _slots(chance, 9.0, 3.0):
            hedge = sphere(
                (sign * chance.uniform(6.5, 8), y + 0.2, z), (0.7, chance.uniform(0.5, 1.0), 2.6), 8
            )
            w.thing(hedge, (58, 88 + chance.randrange(20), 50))
        for z in _slots(chance, 24.0, 2.0):
            pole = plain_box((sign * 6.2, y + 3.0, z), (0.16, 6.0, 0.16))
            w.thing(pole, (84, 72, 62))
            w.thing(plain_box((sign * 6.2, y + 5.6, z), (1.5, 0.1, 0.1)), (84, 72, 62), anchor=pole)
        for z in _slots(chance, 36.0, 8.0):
            _house(w, chance, sign * chance.uniform(14, 22), z, (168, 150, 128), 1)


def _house(w: World, chance: random.Random, x: float, z: float, wall: RGB8, floors: int) -> None:
    """A house whose windows are lit one by one at night; its front looks at the road."""
    y, wide, night = -w.ride.ground, 6.0 if floors > 1 else 4.5, not w.dressing.day
    tall = floors * 2.9 + 0.4
    k = chance.uniform(0.75, 1.1)
    body = plain_box((x, y + tall / 2, z), (5.0, tall, wide))
    w.thing(body, (min(255, round(wall[0] * k)), min(255, round(wall[1] * k)), min(255, round(wall[2] * k))))
    if floors == 1:
        w.thing(plain_box((x, y + tall + 0.4, z), (4.2, 0.8, wide + 0.5)), (120, 70, 56), anchor=body)
    inward = -1 if x > 0 else 1
    face = x + inward * 2.52
    for floor in range(floors):
        for i in range(3 if floors > 1 else 2):
            lit = night and chance.random() < 0.5
            tone = chance.choice(((255, 196, 118), (255, 214, 160), (190, 214, 255))) if lit else (58, 66, 78)
            at = (face, y + 1.75 + floor * 2.9, z + (i - (1 if floors > 1 else 0.5)) * 1.9)
            pane = quad(at, (0, 0, -inward * 0.5), (0, 0.7, 0))
            w.thing(pane, tone, 1.7 if lit else None, anchor=body)


def _city(w: World) -> None:
    chance, y = w.dressing.chance("city"), -w.ride.ground
    walls: tuple[RGB8, ...] = ((150, 96, 80), (168, 156, 140), (120, 124, 132), (186, 166, 132))
    for sign in (-1, 1):
        for i in range(int(LOOP_M / 6)):
            _house(
                w,
                chance,
                sign * 13.0,
                -_HALF + 3.0 + i * 6.0,
                chance.choice(walls),
                chance.choice((2, 3, 3, 4)),
            )
        for z in _slots(chance, 12.0, 0.5):
            _street_lamp(w, sign, z)
        for z in _slots(chance, 9.0, 1.5):
            if chance.random() < 0.7:
                _parked(w, chance, sign * 6.6, y, z)
        for z in _slots(chance, 18.0, 3.0):
            sign_colour = chance.choice(((255, 60, 110), (70, 200, 255), (255, 180, 60), (120, 255, 150)))
            panel = plain_box((sign * 10.35, y + 3.0, z), (0.1, 0.5, 2.0))
            w.thing(panel, sign_colour, 0.6 if w.dressing.day else 2.6)


def _street_lamp(w: World, sign: int, z: float) -> None:
    y = -w.ride.ground
    post = plain_box((sign * 8.2, y + 2.4, z), (0.12, 4.8, 0.12))
    w.thing(post, (58, 60, 66))
    w.thing(plain_box((sign * 7.6, y + 4.8, z), (1.2, 0.07, 0.07)), (58, 60, 66), anchor=post)
    glow = None if w.dressing.day else 9.0
    w.thing(plain_box((sign * 7.15, y + 4.74, z), (0.5, 0.1, 0.22)), (255, 206, 138), glow, anchor=post)


def _parked(w: World, chance: random.Random, x: float, y: float, z: float) -> None:
    paint = chance.choice(((120, 40, 38), (52, 74, 104), (180, 180, 176), (60, 62, 66), (98, 112, 84)))
    body = plain_box((x, y + 0.55, z), (1.7, 0.6, 4.2))
    w.thing(body, paint)
    w.thing(plain_box((x, y + 1.08, z - 0.2), (1.45, 0.5, 2.2)), (34, 40, 48), anchor=body)
    w.thing(plain_box((x, y + 1.35, z - 0.2), (1.35, 0.05, 2.0)), paint, anchor=body)
    for dz in (-1.3, 1.3):
        tyre = lathe(((0, -0.9), (0.32, -0.9), (0.32, 0.9), (0, 0.9)), around=10)
        turned = (tyre[0][:, [1, 0, 2]] + np.array((x, y + 0.32, z + dz), np.float32), tyre[1], tyre[2])
        w.thing(turned, (22, 22, 24), anchor=body)


def _tunnel(w: World) -> None:
    """Walls close by with a cable and a lamp every few metres."""
    y = -w.ride.ground
    for sign in (-1, 1):
        for i in range(int(LOOP_M / 6)):
            z = -_HALF + 3.0 + i * 6.0
            tone = 50 + 14 * (i % 2)
            w.thing(
                quad((sign * 4.2, y + 3.0, z), (0, 0, sign * 3.02), (0, 3.2, 0)),
                (tone, tone - 2, tone - 6),
                0.05,
            )
            rib = plain_box((sign * 4.1, y + 3.0, z + 3.0), (0.3, 6.2, 0.4))
            w.thing(rib, (40, 40, 40), 0.04)
            w.thing(plain_box((sign * 4.05, y + 1.6, z), (0.1, 0.1, 6.0)), (30, 30, 32), 0.04)
            if i % 2 == 0:
                w.thing(plain_box((sign * 3.98, y + 2.9, z), (0.1, 0.12, 0.8)), (255, 214, 150), 5.0)
    w.still(quad((0, y + 6.1, 0), (4.3, 0, 0), (0, 0, _FAR)), (22, 22, 24), 0.1)
    for sign in (-1, 1):
        w.still(quad((0, 2, sign * (_FAR - 1)), (-sign * 5, 0, 0), (0, 6, 0)), (6, 6, 8), 0.1)
        w.still(quad((sign * 24, 2, 0), (0, 0, sign * _FAR), (0, 8, 0)), (6, 6, 8), 0.1)
    w.still(quad((0, 9, 0), (24, 0, 0), (0, 0, _FAR)), (6, 6, 8), 0.1)


_WORLDS: dict[str, Callable[[World], None]] = {"country": _country, "city": _city, "tunnel": _tunnel}


def passing_world(b: Builder, dressing: Dressing, ride: Ride, sort: str, road: float) -> World:
    """Build the surroundings ``sort`` (``country``, ``city`` or ``tunnel``); ``road`` is half the width of
    what one travels on, in metres.
    """
    w = World(b, dressing, ride, road)
    if sort != "tunnel":
        _sky(w)
        _outline(w, town=sort == "city")
    road_tone: RGB8 = (78, 78, 82)
    verge: RGB8 = {"country": (92, 116, 62), "city": (112, 110, 106)}.get(sort, (40, 40, 42))
    _ground(w, road_tone, verge)
    _WORLDS[sort](w)
    return w
