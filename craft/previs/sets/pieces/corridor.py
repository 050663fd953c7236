"""Long narrow places along z: side and end walls with openings, floor that goes on under wild walls, ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.solids import plain_box, quad
from craft.previs.stage import Builder, Wall

Opening = tuple[float, float, float, float]
"""From, to (z in a side wall, x in an end wall), sill and head, in metres."""
_THICK = 0.14
APRON_M = 3.6
"""How far the floor goes on beyond a side wall, under the feet of a lens that has it hidden."""


@dataclass(frozen=True)
class Passage:
    """Free space of a corridor: half its width, height, far end (north, -z) and near end (south, +z)."""

    half: float
    high: float
    north: float
    south: float

    @property
    def mid(self) -> float:
        """Middle of its length."""
        return (self.north + self.south) / 2

    @property
    def long(self) -> float:
        """Length."""
        return self.south - self.north


def _strips(
    low: float, high: float, openings: Sequence[Opening]
) -> list[tuple[float, float, float, float | None]]:
    """Runs along a wall: (from, to, sill, head); a run without an opening has sill 0 and head None."""
    runs: list[tuple[float, float, float, float | None]] = []
    at = low
    for start, end, sill, head in sorted(openings):
        if start > at:
            runs.append((at, start, 0.0, None))
        runs.append((start, end, sill, head))
        at = end
    if at < high:
        runs.append((at, high, 0.0, None))
    return runs


def side_wall(
    b: Builder,
    sign: int,
    p: Passage,
    surface: Surface,
    openings: Sequence[Opening] = (),
    span: tuple[float, float] | None = None,
) -> None:
    """Group ``wall_w`` (sign -1) or ``wall_e`` over ``span`` of heights (all of them by default)."""
    group, x = ("wall_w", "wall_e")[sign > 0], sign * (p.half + _THICK / 2)
    floor, top = span or (0.0, p.high)

    def plate(z0: float, z1: float, y0: float, y1: float) -> None:
        y0, y1 = max(y0, floor), min(y1, top)
        if y1 - y0 > 0.002:
            b.add(group, plain_box((x, (y0 + y1) / 2, (z0 + z1) / 2), (_THICK, y1 - y0, z1 - z0)), surface)

    for start, end, sill, head in _strips(p.north, p.south, openings):
        if head is None:
            plate(start, end, 0.0, p.high)
        else:
            plate(start, end, 0.0, sill)
            plate(start, end, head, p.high)


def end_wall(b: Builder, sign: int, p: Passage, surface: Surface, openings: Sequence[Opening] = ()) -> None:
    """Group ``wall_n`` (sign -1) or ``wall_s``."""
    group = ("wall_n", "wall_s")[sign > 0]
    z = (p.north - _THICK / 2) if sign < 0 else (p.south + _THICK / 2)

    def plate(x0: float, x1: float, y0: float, y1: float) -> None:
        if y1 - y0 > 0.002:
            b.add(group, plain_box(((x0 + x1) / 2, (y0 + y1) / 2, z), (x1 - x0, y1 - y0, _THICK)), surface)

    for start, end, sill, head in _strips(-p.half - _THICK, p.half + _THICK, openings):
        if head is None:
            plate(start, end, 0.0, p.high)
        else:
            plate(start, end, 0.0, sill)
            plate(start, end, head, p.high)


def floor_and_ceiling(b: Builder, p: Passage, floor: Surface, ceiling: Surface) -> None:
    """Groups ``floor`` and ``roof``, and ``apron_w``/``apron_e``: more floor, seen only by a lens out there."""
    b.add("floor", quad((0, 0, p.mid), (p.half, 0, 0), (0, 0, -p.long / 2)), floor)
    b.add("floor", plain_box((0, -0.06, p.mid), (p.half * 2, 0.1, p.long)), floor)
    b.add("roof", plain_box((0, p.high + 0.05, p.mid), (p.half * 2 + _THICK * 2, 0.1, p.long)), ceiling)
    dark = Surface((40, 40, 42), 0.9, segment=1)
    for group, sign in (("apron_w", -1), ("apron_e", 1)):
        x = sign * (p.half + APRON_M / 2)
        b.add(group, quad((x, -0.012, p.mid), (APRON_M / 2, 0, 0), (0, 0, -p.long / 2)), dark)
    b.add("apron_s", quad((0, -0.012, p.south + 2.5), (p.half + APRON_M, 0, 0), (0, 0, -2.5)), dark)
    b.add("apron_n", quad((0, -0.012, p.north - 2.5), (p.half + APRON_M, 0, 0), (0, 0, -2.5)), dark)


def skirting(b: Builder, p: Passage, low: float, high: float, surface: Surface, out: float = 0.02) -> None:
    """A band along both side walls between two heights, e.g. a skirting board or a crash rail."""
    for group, sign in (("wall_w", -1), ("wall_e", 1)):
        x = sign * (p.half - out / 2)
        b.add(group, plain_box((x, (low + high) / 2, p.mid), (out, high - low, p.long)), surface)


def surround(b: Builder, p: Passage, surface: Surface, away: float = 11.0) -> None:
    """Group ``outside``: a box round everything, so that a lens beyond a wall never looks into nothing."""
    y, z = p.high / 2, p.mid
    across, up, along = p.half + away, p.high / 2 + away, p.long / 2 + away
    for s in (-1, 1):
        b.add("outside", quad((s * across, y, z), (0, 0, s * along), (0, up, 0)), surface)
        b.add("outside", quad((0, y, z + s * along), (-s * across, 0, 0), (0, up, 0)), surface)
        b.add("outside", quad((0, y + s * up, z), (across, 0, 0), (0, 0, s * along)), surface)


def wild_walls(p: Passage) -> tuple[Wall, ...]:
    """The four walls and the roof."""
    return (
        Wall("wall_n", 2, p.north, -1),
        Wall("wall_s", 2, p.south, 1),
        Wall("wall_w", 0, -p.half, -1),
        Wall("wall_e", 0, p.half, 1),
        Wall("roof", 1, p.high, 1),
    )


APRONS = tuple((f"apron_{side}", f"wall_{side}") for side in "nsew")


def lamp_panel(
    b: Builder, at: tuple[float, float, float], size: tuple[float, float], glow: Surface, trim: Surface
) -> None:
    """A light panel in the ceiling (group ``roof``); ``size`` across and along."""
    x, y, z = at
    wide, long = size
    b.add("roof", plain_box((x, y - 0.012, z), (wide, 0.02, long)), glow)
    for s in (-1, 1):
        b.add("roof", plain_box((x + s * wide / 2, y - 0.015, z), (0.025, 0.03, long + 0.025)), trim)
        b.add("roof", plain_box((x, y - 0.015, z + s * long / 2), (wide, 0.03, 0.025)), trim)


GLOW_WHITE = Surface((255, 250, 240), 0.5, Kind.GLOW, 2.6, segment=20)
