"""A room to furnish: floor, four wild walls with windows and doors, roof, the view, and light through windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.openings import Opening, fill_opening
from craft.previs.sets.pieces.passing import daylight
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed, shaded, tones_for
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.solids import plain_box, quad
from craft.previs.stage import Builder, Mark, SetLight, StageSet, Vec3, Wall
from craft.terms.light import kelvin_to_rgb

_THICK = 0.16
_APRON = 3.6
_SIDES = "nswe"
_INDOORS: dict[str, dict[str, RGB8]] = {
    "period": {"wall": (92, 106, 84), "floor": (118, 76, 48), "wood": (92, 56, 34), "fabric": (118, 42, 38)},
    "midcentury": {"wall": (168, 138, 92), "floor": (150, 100, 60), "wood": (146, 90, 50), "fabric": (40, 108, 104)},
    "modern": {"wall": (126, 134, 130), "floor": (150, 114, 80), "wood": (142, 106, 72), "fabric": (66, 82, 104)},
    "future": {"wall": (160, 168, 176), "floor": (112, 120, 128), "wood": (168, 170, 172), "fabric": (62, 76, 108)},
}  # fmt: skip
"""What rooms are made of where ``tones`` gives what stands outdoors."""
_SUN = {"dawn": 3300, "dusk": 3000, "morning": 4600, "afternoon": 5000}


def indoor_tones(dressing: Dressing) -> Tones:
    """The palette of a lived-in room."""
    t = tones_for(dressing)
    poor = max(0.0, 0.5 - dressing.wealth) * 2
    base = {k: mixed(c, (112, 102, 84), 0.45 * poor) for k, c in _INDOORS[t.era].items()}
    wall, floor, wood, fabric = (dressing.colour(k, base[k]) for k in ("wall", "floor", "wood", "fabric"))
    return replace(t, wall=wall, floor=floor, wood=wood, fabric=fabric)


@dataclass(frozen=True)
class Finish:
    """Surfaces of a shell; ``dado`` covers the walls up to ``dado_m`` metres (0 = none)."""

    wall: Surface
    floor: Surface
    ceiling: Surface
    trim: Surface
    dado: Surface
    dado_m: float = 0.0


def finish_for(t: Tones, wealth: float) -> Finish:
    """What walls, floor, ceiling and trim are made of by era and means."""
    bare = wealth < 0.28
    wall = Kind.PANEL if t.era == "future" else Kind.BRICK if bare and t.era == "modern" else Kind.PLASTER
    floor = Kind.LINOLEUM if t.era == "future" or (bare and t.era == "midcentury") else Kind.PLANKS
    white: RGB8 = (196, 196, 192)
    trim = shaded(t.wood, 0.55) if t.era in ("period", "midcentury") else mixed(white, t.wall, 0.25)
    return Finish(
        Surface(t.wall, 0.86, wall, segment=2),
        Surface(t.floor, 0.34 + 0.35 * t.wear, floor),
        Surface(mixed(shaded(white, 0.85), (96, 88, 76), t.wear * 0.6), 0.9, Kind.PLASTER, segment=2),
        Surface(trim, 0.5, segment=3),
        Surface(shaded(t.wood, 0.75), 0.5, Kind.WOOD, segment=2),
        1.05 if t.era == "period" and wealth > 0.6 else 0.0,
    )


@dataclass(frozen=True)
class Shell:
    """Inner faces of a room in metres; its floor is at 0."""

    west: float
    east: float
    north: float
    south: float
    high: float

    def against(self, b: Builder, side: str, at: float, out: float = 0.0, y: float = 0.0) -> Place:
        """A place ``out`` metres from a wall ("n", "s", "w", "e") that faces into the room, in the wall's own
        group; ``at`` is its world x along n and s, its world z along w and e.
        """
        x, z, yaw = {
            "n": (at, self.north + out, 0.0),
            "s": (at, self.south - out, 180.0),
            "w": (self.west + out, at, 90.0),
            "e": (self.east - out, at, -90.0),
        }[side]
        return Place(b, f"wall_{side}", x, z, yaw, y)

    def span(self, side: str) -> tuple[float, float]:
        """World coordinates between which a wall runs."""
        return (self.west, self.east) if side in "ns" else (self.north, self.south)

    def along(self, side: str, at: float) -> float:
        """A world coordinate along a wall in the axes of ``against(side, middle of the wall)``."""
        low, high = self.span(side)
        return (at - (low + high) / 2) * (1 if side in "ne" else -1)

    def walls(self, view: str = "n") -> tuple[Wall, ...]:
        """The four walls, the roof, and the view that goes with its wall."""
        axis = {
            "n": (2, self.north, -1),
            "s": (2, self.south, 1),
            "w": (0, self.west, -1),
            "e": (0, self.east, 1),
        }
        sides = tuple(Wall(f"wall_{side}", *axis[side]) for side in _SIDES)
        return (*sides, Wall("outside", *axis[view]), Wall("roof", 1, self.high, 1))


def _wall(b: Builder, s: Shell, side: str, f: Finish, openings: Sequence[Opening]) -> None:
    low, high = s.span(side)
    p, half = s.against(b, side, (low + high) / 2), (high - low) / 2

    def plate(x0: float, x1: float, y0: float, y1: float) -> None:
        for bottom, top, face in ((0.0, f.dado_m, f.dado), (f.dado_m, s.high, f.wall)):
            lo, hi = max(y0, bottom), min(y1, top)
            if x1 - x0 > 0.004 and hi - lo > 0.004:
                mesh = plain_box(((x0 + x1) / 2, (lo + hi) / 2, -_THICK / 2), (x1 - x0, hi - lo, _THICK))
                p.add(mesh, face)

    def board(x0: float, x1: float, y: float, tall: float, deep: float) -> None:
        if x1 - x0 > 0.02:
            p.add(plain_box(((x0 + x1) / 2, y, deep / 2), (x1 - x0, tall, deep)), f.trim)

    at, foot = -half - _THICK, -half
    for hole in sorted(openings, key=lambda h: s.along(side, h.at)):
        x0, x1 = s.along(side, hole.at) - hole.wide / 2, s.along(side, hole.at) + hole.wide / 2
        plate(at, x0, 0.0, s.high)
        plate(x0, x1, 0.0, hole.sill)
        plate(x0, x1, hole.head, s.high)
        at = x1
        if hole.sill < 0.2:
            board(foot, x0 - 0.09, 0.06, 0.12, 0.022)
            foot = x1 + 0.09
    plate(at, half + _THICK, 0.0, s.high)
    board(foot, half, 0.06, 0.12, 0.022)
    if f.dado_m:
        board(-half, half, s.high - 0.06, 0.12, 0.07)


def _floor_and_roof(b: Builder, s: Shell, f: Finish) -> None:
    x, z = (s.west + s.east) / 2, (s.north + s.south) / 2
    wide, deep = s.east - s.west, s.south - s.north
    b.add("floor", quad((x, 0, z), (wide / 2, 0, 0), (0, 0, -deep / 2)), f.floor)
    b.add("roof", plain_box((x, s.high + 0.05, z), (wide + 0.3, 0.1, deep + 0.3)), f.ceiling)
    for side, at, size in (
        ("n", (x, -0.012, s.north - _APRON / 2), (wide / 2 + _APRON, _APRON / 2)),
        ("s", (x, -0.012, s.south + _APRON / 2), (wide / 2 + _APRON, _APRON / 2)),
        ("w", (s.west - _APRON / 2, -0.012, z), (_APRON / 2, deep / 2)),
        ("e", (s.east + _APRON / 2, -0.012, z), (_APRON / 2, deep / 2)),
    ):
        dark = Surface(shaded(f.floor.colour, 0.5), 0.9)
        b.add(f"apron_{side}", quad(at, (size[0], 0, 0), (0, 0, -size[1])), dark)


def _view(b: Builder, s: Shell, side: str, dressing: Dressing) -> None:
    """Sky and roofs far off beyond the wall of the main window: the group ``outside``."""
    air, chance = daylight(dressing), dressing.chance("skyline")
    low, high = s.span(side)
    p = replace(s.against(b, side, (low + high) / 2), group="outside")
    for y, tone in ((2.2, air.low), (6.4, mixed(air.low, air.top, 0.5)), (10.6, air.top)):
        sky = quad((0, y, -14), (22, 0, 0), (0, 2.1, 0))
        p.add(sky, Surface(tone, 1, Kind.GLOW, air.sky, segment=6))
    for i in range(18):
        tall, x = chance.uniform(0.6, 4.4), -11 + i * 1.3 + chance.uniform(-0.3, 0.3)
        size, away = (chance.uniform(0.9, 1.6), tall + 3, 0.6), -5 - chance.uniform(0, 6)
        # nothing lights what stands out there, so by day its faces give their own light
        tone = mixed((96, 92, 88), air.low, 0.25 + 0.045 * (-away - 5) + chance.uniform(0, 0.12))
        lit = Surface(tone, 0.9, Kind.GLOW, 0.5 * air.sky * min(1.0, air.things + 0.2), segment=5)
        face = lit if dressing.day else Surface((16, 20, 30), 0.9, Kind.SKYLINE, segment=5)
        p.add(plain_box((x, tall / 2 - 1.5, away), size), face)


def build_shell(
    b: Builder,
    s: Shell,
    f: Finish,
    t: Tones,
    dressing: Dressing,
    openings: Sequence[Opening],
    view: str = "n",
) -> None:
    """Groups ``floor``, ``wall_n`` … ``wall_e``, ``roof``, ``outside`` and the aprons."""
    for side in _SIDES:
        here = [hole for hole in openings if hole.side == side]
        _wall(b, s, side, f, here)
        for hole in here:
            fill_opening(s.against(b, side, hole.at), hole, f.trim, t, dressing, sky=side != view)
    _floor_and_roof(b, s, f)
    _view(b, s, view, dressing)


def window_light(
    s: Shell, hole: Opening, dressing: Dressing, lean: float = 1.4, reach: float = 2.6
) -> SetLight:
    """Sun or moon through a window of the view's wall, coming from ``lean`` metres to its side and falling
    ``reach`` metres into the room.
    """
    p = Place(Builder(), "outside", 0, 0)
    p = replace(s.against(p.b, hole.side, hole.at), group="outside")
    if dressing.day:
        colour, level = (
            kelvin_to_rgb(_SUN.get(dressing.time_of_day, 5600)),
            7.5 * min(1.0, daylight(dressing).sky),
        )
    else:
        colour, level = (0.36, 0.56, 1.0), 2.6
    start: Vec3 = p.point((-lean, 5.4 if dressing.day else 4.6, -4.8))
    aim = p.point((lean * 0.3, 0.6, reach))
    return SetLight(start, aim, colour, level, 19, 0.05, 0.004, True, False, 1.2, False)


def window_glow(s: Shell, hole: Opening, dressing: Dressing) -> SetLight:
    """What the sky gives through a window without the sun: broad, soft and cool, strongest near the panes."""
    p, air = s.against(Builder(), hole.side, hole.at), daylight(dressing)
    r, g, b = (max(0.02, ((low + top) / 510) ** 2.2) for low, top in zip(air.low, air.top, strict=True))
    start, aim = p.point((0, hole.head - 0.2, 0.15)), p.point((0, 0.9, 4.0))
    return SetLight(start, aim, (r, g, b), 1.5 * air.sky, 85, 0.95, 0.12, practical=False)


def lamp_light(at: Vec3, t: Tones, level: float, cone: float = 180.0) -> SetLight:
    """The light of a lamp in the room: all round, or downwards in a cone of this half angle."""
    r, g, b = (max(0.05, (c / 255) ** 2.2) for c in t.lamp)
    aim = (at[0], 0.0, at[2]) if cone < 180 else (at[0], at[1] - 0.5, at[2] + 0.1)
    return SetLight(at, aim, (r, g, b), level * 1.7 if t.night else level * 0.7, cone, 0.9, 1.1)


def room_stage(
    kind: str, b: Builder, s: Shell, marks: Sequence[Mark], lights: Sequence[SetLight], view: str = "n"
) -> StageSet:
    """The finished set."""
    return StageSet(
        kind,
        b.groups(),
        s.walls(view),
        tuple(b.obstacles),
        tuple(marks),
        tuple(lights),
        (s.west + 0.2, 0.05, s.north + 0.25),
        (s.east - 0.2, s.high - 0.12, s.south - 0.2),
        interior=True,
        aprons=tuple((f"apron_{side}", f"wall_{side}") for side in _SIDES),
    )
