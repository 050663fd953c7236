"""Four wild walls with openings, a floor that goes on beyond them, a ceiling or trusses: any rectangular room.

A room's middle is the origin; its walls are the groups ``wall_n``, ``wall_s``, ``wall_w``, ``wall_e``, its ceiling is
``roof``. Panes of the north wall are the group ``outside``, which casts no shadow: a sun beyond them shines in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, plain_box
from craft.previs.stage import Builder, Vec3, Wall

_THICK = 0.24
_APRON = 5.0
_YAW = {"n": 0.0, "s": 180.0, "w": 90.0, "e": -90.0}


@dataclass(frozen=True)
class Room:
    """Inner size in metres: along x, along z, height."""

    wide: float
    deep: float
    high: float

    def wall_place(self, b: Builder, side: str) -> Place:
        """The foot of a wall's middle, facing into the room."""
        x = {"w": -self.wide / 2, "e": self.wide / 2}.get(side, 0.0)
        z = {"n": -self.deep / 2, "s": self.deep / 2}.get(side, 0.0)
        return Place(b, f"wall_{side}", x, z, _YAW[side])

    def length_of(self, side: str) -> float:
        """Metres a wall is long."""
        return self.wide if side in "ns" else self.deep

    def walls(self) -> tuple[Wall, ...]:
        """All of them wild, with what is outside of the north one."""
        x, z = self.wide / 2, self.deep / 2
        return (
            Wall("wall_n", 2, -z, -1),
            Wall("outside", 2, -z, -1),
            Wall("wall_s", 2, z, 1),
            Wall("wall_w", 0, -x, -1),
            Wall("wall_e", 0, x, 1),
            Wall("roof", 1, self.high, 1),
        )

    def bounds(self, margin: float = 0.2) -> tuple[Vec3, Vec3]:
        """Free space of the lens."""
        x, z = self.wide / 2 - margin, self.deep / 2 - margin
        return (-x, 0.05, -z), (x, self.high - 0.12, z)


@dataclass(frozen=True)
class Hole:
    """An opening in a wall: middle along it (to the right, seen from inside), width, sill, head; what fills it."""

    at: float
    wide: float
    sill: float
    head: float
    fill: str = "window"


def build_walls(b: Builder, room: Room, wall: Surface, t: Tones, holes: Mapping[str, Sequence[Hole]]) -> None:
    """The four walls with windows, doors and arches."""
    for side in "nswe":
        p, long = room.wall_place(b, side), room.length_of(side)
        at = -long / 2 - _THICK
        for hole in sorted(holes.get(side, ()), key=lambda h: h.at):
            left, right = hole.at - hole.wide / 2, hole.at + hole.wide / 2
            _plate(p, at, left, 0.0, room.high, wall)
            _plate(p, left, right, 0.0, hole.sill, wall)
            _plate(p, left, right, hole.head, room.high, wall)
            _fill(p, hole, t)
            at = right
        _plate(p, at, long / 2 + _THICK, 0.0, room.high, wall)


def _plate(p: Place, x0: float, x1: float, y0: float, y1: float, wall: Surface) -> None:
    if x1 - x0 > 0.004 and y1 - y0 > 0.004:
        p.add(plain_box(((x0 + x1) / 2, (y0 + y1) / 2, -_THICK / 2), (x1 - x0, y1 - y0, _THICK)), wall)


def sky_pane(t: Tones, day: bool) -> Surface:
    """What one sees through a pane: the bright of day or the dark."""
    tone: RGB8 = (196, 214, 232) if day else (28, 38, 62)
    return Surface(tone, 0.3, Kind.GLOW, 0.85 if day else 0.22, segment=4)


def _fill(p: Place, hole: Hole, t: Tones) -> None:
    mid, high = (hole.sill + hole.head) / 2, hole.head - hole.sill
    frame = Surface(shaded(t.metal, 0.9), 0.5, segment=3) if t.era != "period" else t.wooden(0.7, 3)
    if hole.fill == "arch":
        pane = Surface((10, 11, 14), 0.9, segment=4)
        p.add(plain_box((hole.at, mid, -1.4), (hole.wide + 1.2, high, 0.1)), pane)
        return
    if hole.fill == "door":
        _door(p, hole, t)
        return
    if hole.fill == "roller":
        slats = Surface(shaded(t.accent, 0.7), 0.5 + 0.4 * t.wear, Kind.CORRUGATED, metal=0.3, segment=5)
        p.add(plain_box((hole.at, mid, -0.14), (hole.wide, high, 0.06)), slats)
        p.add(box((hole.at, hole.head + 0.2, 0.05), (hole.wide + 0.3, 0.4, 0.4), 0.05), frame)
    else:
        pane = sky_pane(t, day=not t.night)
        clear = replace(p, group="outside") if p.group == "wall_n" else p
        clear.add(plain_box((hole.at, mid, -0.17), (hole.wide, high, 0.02)), pane)
        columns, rows = max(1, round(hole.wide / 0.75)), max(1, round(high / 0.8))
        for i in range(1, columns):
            x = hole.at - hole.wide / 2 + hole.wide * i / columns
            p.add(plain_box((x, mid, -0.13), (0.045, high, 0.06)), frame)
        for i in range(1, rows):
            p.add(plain_box((hole.at, hole.sill + high * i / rows, -0.13), (hole.wide, 0.045, 0.06)), frame)
        p.add(box((hole.at, hole.sill - 0.02, 0.03), (hole.wide + 0.12, 0.05, 0.2), 0.01), frame)
    for side in (-1, 1):
        p.add(plain_box((hole.at + side * hole.wide / 2, mid, -0.08), (0.09, high, 0.20)), frame)
    p.add(plain_box((hole.at, hole.head, -0.08), (hole.wide + 0.09, 0.09, 0.20)), frame)


def _door(p: Place, hole: Hole, t: Tones) -> None:
    high, leaf = (
        hole.head - hole.sill,
        t.wooden(0.8, 5) if t.era in ("period", "midcentury") else t.iron(1.0, 5),
    )
    p.add(box((hole.at, high / 2, -0.10), (hole.wide, high, 0.07), 0.012), leaf)
    for side in (-1, 1):
        p.add(
            plain_box((hole.at + side * hole.wide / 2, high / 2, 0), (0.12, high + 0.06, 0.12)),
            t.wooden(0.6, 3),
        )
        panel = (hole.at + side * hole.wide * 0.22, high * 0.5, -0.055)
        p.add(
            box(panel, (hole.wide * 0.32, high * 0.8, 0.02), 0.008),
            t.wooden(0.7, 5) if t.era != "future" else t.iron(0.8, 5),
        )
    p.add(plain_box((hole.at, high, 0), (hole.wide + 0.24, 0.12, 0.12)), t.wooden(0.6, 3))
    knob = Surface((178, 150, 84), 0.25, metal=0.9, segment=5)
    p.add(box((hole.at + hole.wide * 0.38, 1.02, -0.03), (0.05, 0.14, 0.07), 0.02), knob)


def build_floor(b: Builder, room: Room, floor: Surface) -> None:
    """The floor, which goes on for a lens that has a wall hidden."""
    wide, deep = room.wide + _APRON * 2, room.deep + _APRON * 2
    b.add("ground", plain_box((0, -0.1, 0), (wide, 0.2, deep)), floor)


def build_ceiling(b: Builder, room: Room, ceiling: Surface) -> None:
    """A flat ceiling."""
    b.add("roof", plain_box((0, room.high + 0.1, 0), (room.wide + 0.5, 0.2, room.deep + 0.5)), ceiling)


def build_trusses(b: Builder, room: Room, roof: Surface, bars: Surface, count: int) -> None:
    """A low gable over trusses that span x; the group ``roof``."""
    rise, half = room.wide * 0.10, room.wide / 2
    for side in (-1, 1):
        for k in range(4):
            x0, x1 = half * k / 4, half * (k + 1) / 4
            y = room.high + rise * (1 - (k + 0.5) / 4)
            b.add(
                "roof",
                plain_box((side * (x0 + x1) / 2, y + 0.3, 0), (x1 - x0 + 0.05, 0.12, room.deep + 0.6)),
                roof,
            )
    for i in range(count):
        z = -room.deep / 2 + room.deep * (i + 0.5) / count
        b.add("roof", box((0, room.high - 0.1, z), (room.wide, 0.16, 0.14), 0.02), bars)
        for side in (-1, 1):
            b.add("roof", rod((0, room.high + rise, z), (side * half, room.high, z + 0.001), 0.06, 5), bars)
            for k in range(1, 5):
                x, y = side * half * k / 5, room.high + rise * (1 - k / 5)
                b.add(
                    "roof",
                    rod((x, room.high - 0.05, z), (side * half * (k - 1) / 5, y, z + 0.001), 0.035, 4),
                    bars,
                )
