"""What people make and leave in the open: fires, signposts, tents, beacons, fences."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from craft.previs.batch import Kind, Surface
from craft.previs.sets.pieces.lamps import lantern
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import limb, rock
from craft.previs.sets.pieces.street_furniture import bench, flame
from craft.previs.sets.pieces.tones import Tones, shaded
from craft.previs.sets.pieces.vehicles import rod
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, plain_box, quad, sphere, turned_box
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation
from craft.previs.stage import Vec3


def campfire(p: Place, t: Tones, chance: random.Random) -> Vec3:
    """A ring of stones with burning wood, cold by day; returns where its light comes from."""
    for i in range(9):
        a = math.tau * i / 9
        rock(p.at(math.sin(a) * 0.46, math.cos(a) * 0.46, 40.0 * i), chance, chance.uniform(0.18, 0.26))
    p.add(lathe(((0.42, 0.0), (0.3, 0.05), (0, 0.07)), around=14), Surface((34, 31, 29), 0.95, segment=9))
    for i in range(6):
        a = math.tau * i / 6 + 0.3
        p.add(
            limb((math.sin(a) * 0.34, 0.03, math.cos(a) * 0.34), (0, 0.36, 0), 0.045, 0.035, 6),
            Surface((70, 50, 38), 0.9, Kind.BARK, segment=9),
        )
    if t.night:
        for dx, dz, high in ((0, 0, 0.75), (0.14, 0.05, 0.5), (-0.12, 0.08, 0.55), (0.02, -0.13, 0.48)):
            flame(p, (dx, 0.1, dz), 0.13, high)
        p.add(
            lathe(((0.26, 0.06), (0, 0.10)), around=12),
            Surface((255, 96, 20), 0.6, Kind.GLOW, 2.5, segment=9),
        )
    p.solid((-0.55, 0, -0.55), (0.55, 0.5, 0.55))
    return p.point((0, 0.75, 0))


def tent(p: Place, t: Tones, cloth: RGB8 | None = None) -> None:
    """A ridge tent of canvas, a dome or a shelter of panels, by era; 2.2 x 2.4 m, open towards +z."""
    tone = cloth or t.fabric
    skin, inside = Surface(tone, 0.9, segment=8), Surface((26, 24, 24), 0.95, segment=8)
    if t.era in ("modern", "future"):
        dome = ((1.3, 0.0), (1.24, 0.42), (1.02, 0.86), (0.62, 1.2), (0.0, 1.36))
        p.add(lathe(dome, around=14), skin if t.era == "modern" else t.iron(1.2, 8))
        p.add(turned_box((0, 0.45, 1.14), (0.9, 0.95, 0.04), rotation(X_AXIS, -20), 0.02), inside)
        ribs = t.lit(1.6, 8) if t.era == "future" else Surface(shaded(tone, 0.6), 0.8, segment=8)
        for a in (35, 145, 215, 325):
            turned = p.at(0, 0, a)
            for (r0, y0), (r1, y1) in pairwise(dome):
                turned.add(rod((0, y0, r0 * 1.005), (0.001, y1, r1 * 1.005), 0.016, 5), ribs)
    else:
        for side in (-1, 1):
            p.add(quad((side * 0.6, 0.85, 0), (0, 0, 1.2), (-side * 0.6, 0.85, 0)), skin)
        p.add(quad((0, 0.8, -1.18), (1.15, 0, 0), (0, 0.8, 0)), inside)
        for z in (-1.2, 1.2):
            p.add(rod((0, 0, z), (0.001, 1.78, z), 0.03, 6), t.wooden())
            for side in (-1, 1):
                p.add(
                    rod((0, 1.7, z), (side * 1.7, 0, z * 1.25), 0.010, 4),
                    Surface((190, 176, 140), 0.9, segment=8),
                )
        p.add(
            turned_box((0.5, 0.7, 1.16), (0.5, 1.5, 0.03), rotation(Z_AXIS, 36), 0.01),
            Surface(shaded(tone, 1.15), 0.9, segment=8),
        )
    p.solid((-1.3, 0, -1.25), (1.3, 1.5, 1.25))


def signpost(p: Place, t: Tones) -> None:
    """A post with two arms that point different ways."""
    p.add(box((0, 1.15, 0), (0.11, 2.3, 0.11), 0.015), t.wooden(0.9, 9))
    for y, yaw in ((2.05, 24), (1.72, -40)):
        arm = p.at(0, 0, yaw)
        arm.add(box((0.44, y, 0.07), (0.95, 0.22, 0.035), 0.01), t.wooden(1.15, 9))
        arm.add(plain_box((0.44, y, 0.09), (0.62, 0.045, 0.008)), Surface((60, 46, 34), 0.8, segment=9))
    p.solid((-0.1, 0, -0.1), (0.1, 2.3, 0.1))


def beacon(p: Place, t: Tones) -> None:
    """A survey stake with a light ring and a small mast."""
    p.add(
        lathe(((0, 0), (0.22, 0), (0.16, 0.12), (0.06, 0.3), (0.05, 1.9), (0, 1.95)), around=12),
        t.iron(0.9, 9),
    )
    for y in (0.9, 1.5):
        p.add(
            lathe(((0.055, y), (0.075, y + 0.03), (0.075, y + 0.13), (0.055, y + 0.16)), around=12),
            t.lit(3.2, 9),
        )
    p.add(sphere((0, 2.0, 0), 0.07, 10), t.lit(4.5, 9))
    p.solid((-0.2, 0, -0.2), (0.2, 2.0, 0.2))


def well(p: Place, t: Tones) -> None:
    """A round wall of stone with a roof and a bucket."""
    stone = Surface((132, 126, 116), 0.9, Kind.STONE, segment=3)
    p.add(lathe(((0.78, 0), (0.78, 0.82), (0.56, 0.82), (0.56, 0.3)), around=20), stone)
    p.add(lathe(((0.56, 0.42), (0, 0.42)), around=16), Surface((12, 20, 24), 0.06, segment=3))
    for x in (-0.68, 0.68):
        p.add(box((x, 1.35, 0), (0.11, 1.25, 0.11), 0.02), t.wooden())
    p.add(rod((-0.7, 1.55, 0), (0.7, 1.551, 0), 0.05, 8), t.wooden(0.8))
    for side in (-1, 1):
        p.add(
            turned_box((0, 2.12, side * 0.40), (1.8, 0.05, 1.0), rotation(X_AXIS, 38 * side), 0.01),
            t.wooden(0.75),
        )
    p.add(rod((0.1, 1.5, 0), (0.101, 1.0, 0), 0.012, 5), Surface((160, 140, 100), 0.9, segment=9))
    p.add(lathe(((0.12, 0.72), (0.15, 1.0), (0.13, 1.0), (0, 0.75)), (0.1, 0, 0), 12), t.wooden(0.9))
    p.solid((-0.8, 0, -0.8), (0.8, 2.5, 0.8))


def fence(p: Place, t: Tones, long: float) -> None:
    """Posts and two rails along x, 1.1 m high."""
    count = max(2, round(long / 1.8)) + 1
    for i in range(count):
        p.add(box((-long / 2 + i * long / (count - 1), 0.55, 0), (0.10, 1.1, 0.10), 0.015), t.wooden(0.85, 9))
    for y in (0.5, 0.92):
        p.add(box((0, y, 0.03), (long, 0.09, 0.04), 0.01), t.wooden(1.05, 9))
    p.solid((-long / 2, 0, -0.08), (long / 2, 1.1, 0.08))


def left_behind(p: Place, t: Tones, wealth: float) -> None:
    """The era's mark on a wood: a ruin and a lantern, a signpost with a bench, a tent, a beacon."""
    if t.era == "period":
        stone = Surface((118, 116, 104), 0.9, Kind.STONE, segment=3)
        for x, high in ((-1.0, 1.9), (-0.35, 1.2), (0.3, 0.7), (0.95, 1.5)):
            p.add(box((x, high / 2, -0.4), (0.66, high, 0.5), 0.05), stone)
        p.solid((-1.35, 0, -0.7), (1.3, 1.9, -0.1))
        lantern(p.at(0.3, 0.3), t)
    elif t.era == "midcentury":
        signpost(p.at(1.0, -0.3, 20), t)
        bench(p.at(-0.4, -0.2, 10), t)
    elif t.era == "future":
        beacon(p, t)
        beacon(p.at(1.2, -2.2), t)
    elif wealth >= 0.6:
        bench(p.at(0, 0), t)
        signpost(p.at(1.25, 0.1, -10), t)
    else:
        tent(p.at(0.2, -0.7), t)
