"""What fills the openings of a room: windows with blinds, curtains or bare panes, doors, archways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.pieces.passing import daylight
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import Dressing
from craft.previs.solids import box, lathe, moved, plain_box, quad, sphere
from craft.previs.spatial import F64, X_AXIS, rotation


@dataclass(frozen=True)
class Opening:
    """Wall ("n", "s", "w", "e"), middle along it in world coordinates, width, sill, head; ``fill`` is
    ``window``, ``door`` or ``arch``, ``cover`` of a window ``blinds``, ``curtains``, ``both`` or ``none``.
    """

    side: str
    at: float
    wide: float
    sill: float
    head: float
    fill: str = "window"
    cover: str = "blinds"


def fill_opening(p: Place, hole: Opening, trim: Surface, t: Tones, dressing: Dressing, *, sky: bool) -> None:
    """Frame, leaf, panes and cover. ``p`` stands under the middle of the opening and looks into the room;
    ``sky`` closes a window whose wall has no view of its own.
    """
    _casing(p, hole, trim)
    if hole.fill == "door":
        _door(p, hole, t)
    elif hole.fill == "arch":
        _beyond(p, hole, t)
    else:
        if sky:
            air = daylight(dressing)
            pane = quad(
                (0, (hole.sill + hole.head) / 2, -0.15),
                (hole.wide / 2, 0, 0),
                (0, (hole.head - hole.sill) / 2, 0),
            )
            p.add(pane, Surface(mixed(air.low, air.top, 0.4), 0.6, Kind.GLOW, air.sky * 0.8, segment=6))
        _bars(p, hole, trim, t)
        if hole.cover in ("blinds", "both"):
            blinds(p, hole, t)
        if hole.cover in ("curtains", "both"):
            curtains(p, hole, t)


def _casing(p: Place, hole: Opening, trim: Surface) -> None:
    mid, tall = (hole.sill + hole.head) / 2, hole.head - hole.sill
    for side in (-1, 1):
        x = side * hole.wide / 2
        p.add(plain_box((x + side * 0.045, mid, 0.012), (0.09, tall, 0.05)), trim)
        p.add(plain_box((x - side * 0.012, mid, -0.08), (0.024, tall, 0.16)), trim)
    p.add(plain_box((0, hole.head + 0.045, 0.014), (hole.wide + 0.18, 0.09, 0.056)), trim)
    p.add(plain_box((0, hole.head - 0.012, -0.08), (hole.wide, 0.024, 0.16)), trim)


def _bars(p: Place, hole: Opening, trim: Surface, t: Tones) -> None:
    mid, tall = (hole.sill + hole.head) / 2, hole.head - hole.sill
    p.add(box((0, hole.sill - 0.015, 0.03), (hole.wide + 0.24, 0.05, 0.24), 0.012), trim)
    columns = {"period": round(hole.wide / 0.5), "future": 1}.get(t.era, round(hole.wide / 1.0))
    for i in range(max(1, columns) + 1):
        x = -hole.wide / 2 + hole.wide * i / max(1, columns)
        p.add(plain_box((x, mid, -0.10), (0.055, tall, 0.06)), trim)
    rows = {"period": 3, "midcentury": 2}.get(t.era, 1)
    for i in range(rows + 1):
        p.add(plain_box((0, hole.sill + tall * i / rows, -0.10), (hole.wide, 0.045, 0.06)), trim)


def blinds(p: Place, hole: Opening, t: Tones) -> None:
    """Slats, tilted half open, in front of the panes."""
    count = max(8, round((hole.head - hole.sill) / 0.08))
    surface = Surface(mixed((176, 168, 152), t.fabric, 0.15), 0.55, segment=4)
    tilt = rotation(X_AXIS, 24)
    for i in range(count):
        y = hole.head - 0.06 - i * (hole.head - hole.sill - 0.1) / count
        p.add(moved(plain_box((0, 0, 0), (hole.wide - 0.08, 0.007, 0.056)), tilt, (0, y, -0.03)), surface)


def cloth(wide: float, tall: float, folds: int, deep: float = 0.045) -> Mesh:
    """A hanging cloth in folds about its top edge's middle, seen from both sides: 16 strips a fold at most."""
    steps = folds * 8
    x = np.linspace(-wide / 2, wide / 2, steps + 1)
    z = deep * np.sin(np.linspace(0, math.tau * folds, steps + 1))
    slope = np.gradient(z, x)
    long = np.sqrt(slope * slope + 1)
    points: list[F64] = []
    normals: list[F64] = []
    faces: list[NDArray[np.int64]] = []
    for sign in (1, -1):
        base = len(points) * (steps + 1)
        for y in (0.0, -tall):
            points.append(np.stack([x, np.full_like(x, y), z + sign * 0.004], -1))
            normals.append(np.stack([-slope / long * sign, np.zeros_like(x), sign / long], -1))
        i = np.arange(steps) + base
        j = i + steps + 1
        two = [np.stack([i, j, j + 1], -1), np.stack([i, j + 1, i + 1], -1)]
        faces += [f if sign > 0 else f[:, ::-1] for f in two]
    return (
        np.concatenate(points).astype(np.float32),
        np.concatenate(normals).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
    )


def curtains(p: Place, hole: Opening, t: Tones) -> None:
    """A pair of curtains drawn aside on a rail, to the floor where the window is low, else below the sill."""
    top, foot = hole.head + 0.16, 0.03 if hole.sill < 1.0 else hole.sill - 0.18
    each = min(0.52, hole.wide * 0.26)
    rail = hole.wide / 2 + 0.28
    metal = Surface(t.metal, 0.35, metal=0.6, segment=4)
    p.add(rod((-rail, top, 0.12), (rail, top, 0.1201), 0.015), metal)
    for side in (-1, 1):
        p.add(sphere((side * rail, top, 0.12), 0.03, 8), metal)
        at = (side * (hole.wide / 2 + 0.20 - each / 2), top - 0.01, 0.12)
        points, normals, faces = cloth(each, top - foot, 5)
        p.add((points + np.asarray(at, np.float32), normals, faces), t.cloth(1.05, 4))


def _door(p: Place, hole: Opening, t: Tones) -> None:
    wide, tall = hole.wide - 0.05, hole.head - 0.03
    brass = Surface((178, 146, 78), 0.3, metal=0.8, segment=18)
    if t.era == "future":
        p.add(box((0, tall / 2, -0.05), (wide, tall, 0.05), 0.012), t.iron(1.15, 18))
        p.add(plain_box((0, tall / 2, -0.022), (0.02, tall * 0.8, 0.006)), t.lit(2.4, 18))
        p.add(box((wide / 2 + 0.2, 1.15, 0.012), (0.10, 0.16, 0.02), 0.008), t.lit(1.2, 18))
        return
    p.add(box((0, tall / 2, -0.05), (wide, tall, 0.045), 0.01), t.wooden(0.8, 18))
    rows = ((0.28, 0.72), (1.14, tall - 1.30)) if t.era == "period" else ((0.28, tall - 0.5),)
    if t.era != "modern":
        for low, long in rows:
            for side in (-1, 1):
                at = (side * wide * 0.23, low + long / 2, -0.026)
                p.add(box(at, (wide * 0.34, long, 0.018), 0.008), t.wooden(0.68, 18))
    p.add(sphere((wide / 2 - 0.08, 1.0, 0.03), (0.028, 0.028, 0.028), 8), brass)
    p.add(rod((wide / 2 - 0.08, 1.0, -0.03), (wide / 2 - 0.08, 1.0001, 0.03), 0.012, 6), brass)
    p.add(plain_box((wide / 2 - 0.08, 1.0, -0.024), (0.05, 0.18, 0.006)), brass)


def _beyond(p: Place, hole: Opening, t: Tones) -> None:
    """A piece of dim hallway behind an archway: side, back, floor, top and a lamp on the far wall."""
    wide, high, deep = hole.wide + 0.8, hole.head + 0.2, 1.7
    wall = Surface(shaded(t.wall, 0.55), 0.9, Kind.PLASTER, segment=2)
    p.add(quad((0, high / 2, -deep), (wide / 2, 0, 0), (0, high / 2, 0)), wall)
    for side in (-1, 1):
        p.add(
            quad((side * wide / 2, high / 2, -deep / 2 - 0.08), (0, 0, side * deep / 2), (0, high / 2, 0)),
            wall,
        )
    p.add(quad((0, 0.0, -deep / 2), (wide / 2, 0, 0), (0, 0, -deep / 2)), Surface(shaded(t.floor, 0.6), 0.7))
    p.add(quad((0, high, -deep / 2), (wide / 2, 0, 0), (0, 0, deep / 2)), wall)
    shade = lathe(((0.0, 0.0), (0.09, 0.0), (0.06, 0.2), (0.0, 0.2)), (0, 1.62, -deep + 0.1), 12)
    p.add(shade, Surface(t.lamp, 0.6, Kind.GLOW, 1.3, segment=20))
