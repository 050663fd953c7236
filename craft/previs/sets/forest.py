"""A clearing in a wood: trunks all round, canopy with a gap, undergrowth, a path, logs round a fire.

``style`` names the wood (``oak``, ``beech``, ``birch``, ``pine``, ``fir``, ``palm``, ``dead``); else the seed chooses.
``era`` changes what people left in it, ``wealth`` how tended it is, ``clutter`` how much grows and lies about. Colours:
``wall`` leaves, ``floor`` soil, ``wood`` bark, ``accent`` flowers and signs, ``lamp``.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np

from craft.previs.batch import Geometry, Kind, Surface
from craft.previs.sets.pieces.camps import campfire, left_behind
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import (
    SPECIES,
    Species,
    blades,
    bush,
    cards,
    leaves,
    limb,
    log,
    rock,
    stump,
    tree,
)
from craft.previs.sets.pieces.tones import Tones, mixed, shaded, tones_for
from craft.previs.sets.room import RGB8, Dressing
from craft.previs.spatial import F64
from craft.previs.stage import Builder, Mark, SetLight, StageSet, Vec3, Wall

HALF = 9.0
_FAR = 30.0
_NEAR = 6.2
"""A lens further out than this looks inwards: the trees behind and beside it go."""
_FIRE = (-3.3, -1.9)
_MIX: dict[str, tuple[str, ...]] = {
    "oak": ("oak", "oak", "beech"),
    "beech": ("beech", "beech", "birch"),
    "birch": ("birch", "birch", "fir"),
    "pine": ("pine", "pine", "fir"),
    "fir": ("fir", "pine", "fir"),
    "palm": ("palm",),
    "dead": ("dead", "dead", "dead"),
}
_WOODS = ("oak", "beech", "birch", "pine", "fir")
Sown = tuple[float, float]


def _wood(dressing: Dressing) -> str:
    style = dressing.word("style", "")
    return style if style in _MIX else dressing.chance("wood").choice(_WOODS)


def path_at(z: float) -> float:
    """Where the path runs: its x at a depth z."""
    return 0.9 + 1.3 * math.sin(z * 0.22 + 0.4) + 0.012 * z * z * (1 if z < 0 else 0.2)


def _relief(x: F64, z: F64) -> F64:
    """Height of the ground: flat where people act, swelling further out."""
    away = np.sqrt(x * x + z * z)
    swell = np.clip((away - 6.5) / 16.0, 0.0, 1.0)
    rolls: F64 = (0.5 + 0.5 * np.sin(x * 0.31 + 1.7) * np.cos(z * 0.27 - 0.6)) * 1.5 * swell * swell
    return rolls


def _ground(b: Builder, t: Tones, dressing: Dressing) -> None:
    side = np.linspace(-_FAR, _FAR, 61)
    side = np.sign(side) * (np.abs(side) / _FAR) ** 1.35 * _FAR
    x, z = np.meshgrid(side, side, indexing="ij")
    p = np.stack([x, _relief(x, z), z], -1).reshape(-1, 3).astype(np.float32)
    n = np.tile(np.array((0.0, 1.0, 0.0), np.float32), (len(p), 1))
    grid = np.arange(61 * 61).reshape(61, 61)
    q = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], -1).reshape(-1, 4)
    faces = np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]).astype(np.int32)
    litter = 0.35 + 0.5 * (1 - dressing.wealth) if _wood(dressing) not in ("pine", "fir") else 0.35
    b.add("ground", (p, n, faces), Surface(_soil(dressing), min(0.95, litter + 0.3), Kind.SOIL, segment=1))


def _soil(dressing: Dressing) -> RGB8:
    return dressing.colour(
        "floor", {"palm": (176, 156, 116), "dead": (84, 76, 68)}.get(_wood(dressing), (74, 62, 40))
    )


def _trodden(geometry: Geometry, dressing: Dressing) -> Geometry:
    """The ground with its path: bare earth where one walks, moss and grass away from it."""
    v = geometry.vertices.copy()
    x, z = v["pos"][:, 0].astype(np.float64), v["pos"][:, 2].astype(np.float64)
    line = np.array([path_at(float(k)) for k in z])
    near = np.clip(1.6 - np.abs(x - line) / 0.75, 0.0, 1.0)
    open_ground = np.clip(1.4 - np.sqrt(x * x + z * z) / 3.4, 0.0, 1.0)
    bare = np.maximum(near, open_ground * 0.7)[:, None]
    soil = np.array(_soil(dressing), np.float64)
    earth = np.array((102, 82, 56) if dressing.wealth < 0.6 else (138, 122, 94), np.float64)
    green = soil * 0.55 + np.array((60, 84, 30)) * 0.45
    patch = (0.5 + 0.5 * np.sin(x * 1.3 + 2.0 * np.sin(z * 0.9)))[:, None] * (1 - bare)
    v["col"][:, :3] = np.clip(
        (soil * (1 - patch) + green * patch) * (1 - bare) + earth * bare, 0, 255
    ).astype(np.uint8)
    return replace(geometry, vertices=v)


def _lift(t: Tones) -> float:
    """Daylight that comes through leaves."""
    return 0.0 if t.night else 0.16


def _sow(
    chance: random.Random, count: int, near: float, far: float, apart: float, taken: list[Sown]
) -> list[Sown]:
    """Spots in a ring about the clearing, apart from each other, off the path; they are added to ``taken``."""
    found: list[Sown] = []
    for _ in range(count * 12):
        if len(found) == count:
            break
        a, away = chance.uniform(0, math.tau), math.sqrt(chance.uniform(near * near, far * far))
        x, z = math.sin(a) * away, math.cos(a) * away
        if abs(x - path_at(z)) < 1.25 or math.hypot(x - _FIRE[0], z - _FIRE[1]) < 2.3:
            continue
        if all((x - u) ** 2 + (z - w) ** 2 > apart * apart for u, w in taken):
            found.append((x, z))
            taken.append((x, z))
    return found


def _group(x: float, z: float) -> str:
    """Trees beyond the free space go for a lens that stands among them."""
    if max(abs(x), abs(z)) < HALF - 0.8:
        return "trees"
    if abs(x) > abs(z):
        return "trees_e" if x > 0 else "trees_w"
    return "trees_s" if z > 0 else "trees_n"


def _trees(b: Builder, t: Tones, dressing: Dressing, taken: list[Sown]) -> None:
    name, chance = _wood(dressing), dressing.chance("trees")
    own_leaf = "wall" in dict(dressing.options)
    rings = ((9, 4.4, 8.2, 2.3, 1.0), (22, 8.4, 15.5, 2.2, 0.55), (34, 15.0, 26.0, 2.0, 0.22))
    for ring, (count, near, far, apart, detail) in enumerate(rings):
        for x, z in _sow(chance, count, near, far, apart, taken):
            own = dressing.chance(f"tree {ring} {x:.3f} {z:.3f}")
            kind = own.choice(_MIX[name])
            # A crown that starts low would stand before every lens in the clearing.
            kind = "pine" if ring == 0 and kind == "fir" else kind
            leaf = mixed(t.wall, SPECIES[kind].leaf, 0.3) if own_leaf else None
            y = float(_relief(np.array([x]), np.array([z]))[0]) - 0.05
            place = Place(b, _group(x, z), x, z, own.uniform(0, 360), y)
            tree(place, kind, own, leaf=leaf, detail=detail, size=own.uniform(0.9, 1.25), lift=_lift(t))


def _backdrop(b: Builder, dressing: Dressing, t: Tones) -> None:
    """Where the wood goes on: dark trunks and foliage too far to be told apart."""
    name, chance = _wood(dressing), dressing.chance("backdrop")
    kind: Species = SPECIES[_MIX[name][0]]
    leaf = t.wall if "wall" in dict(dressing.options) else kind.leaf
    for i in range(70):
        a, away = math.tau * i / 70 + chance.uniform(-0.03, 0.03), chance.uniform(25.0, 32.0)
        x, z = math.sin(a) * away, math.cos(a) * away
        high = chance.uniform(8, 12)
        shade = Surface(shaded(kind.bark, 0.45), 0.9, Kind.BARK, segment=11)
        b.add("ends", limb((x, 0, z), (x + 0.3, high, z), 0.34, 0.2, 6), shade)
        if name != "dead":
            at = (x, high * 0.72, z)
            b.add(
                "ends",
                cards(chance, at, (2.6, high * 0.42, 2.6), 16, 3.0),
                leaves(leaf, chance.uniform(0.55, 0.8)),
            )


def _undergrowth(b: Builder, t: Tones, dressing: Dressing, taken: list[Sown]) -> None:
    """Grass, ferns, shrubs: more of them the wilder and the more cluttered the place."""
    name, chance = _wood(dressing), dressing.chance("undergrowth")
    wild = 0.35 + 0.65 * dressing.clutter
    base = SPECIES[name].leaf if name != "dead" else (104, 98, 62)
    green = mixed(base, (96, 120, 44), 0.5)
    grass = _sow(chance, round(640 * wild), 2.6, 15.0, 0.0, [])
    b.add("green", blades(chance, grass, 0.20, 0.16, 5), Surface(green, 0.85, segment=12))
    ferns = _sow(chance, round(120 * wild), 3.2, 14.0, 0.5, [])
    b.add(
        "green",
        blades(chance, ferns, 0.5, 0.62, 11),
        Surface(shaded(mixed(base, (58, 96, 40), 0.6), 0.9), 0.8, segment=12),
    )
    for i, (x, z) in enumerate(_sow(chance, round(20 * wild), 4.2, 13.5, 1.3, taken)):
        own = dressing.chance(f"bush {i}")
        bush(Place(b, _group(x, z), x, z), own, shaded(base, 0.9), own.uniform(0.7, 1.3), lift=_lift(t))
    if dressing.wealth > 0.5 or "accent" in dict(dressing.options):
        spots = _sow(chance, 60, 2.8, 9.0, 0.2, [])
        for k in range(2):
            tone = t.accent if k else mixed(t.accent, (255, 240, 200), 0.6)
            b.add("green", blades(chance, spots[k::2], 0.26, 0.10, 3), Surface(tone, 0.8, segment=12))


def _ground_things(b: Builder, t: Tones, dressing: Dressing, taken: list[Sown]) -> None:
    chance, bark = dressing.chance("things"), SPECIES[_wood(dressing)].bark
    count = 3 + round(9 * dressing.clutter)
    for i, (x, z) in enumerate(_sow(chance, count, 3.7, 9.5, 1.1, taken)):
        own, p = dressing.chance(f"thing {i}"), Place(b, "things", x, z, 40.0 * i)
        if i % 3 == 0:
            rock(p, own, own.uniform(0.5, 1.3))
        elif i % 3 == 1 and dressing.wealth < 0.75:
            log(p, own.uniform(1.6, 3.0), own.uniform(0.14, 0.24), bark)
        else:
            stump(p, own.uniform(0.2, 0.34), own.uniform(0.25, 0.5), bark)


def _camp(b: Builder, t: Tones, dressing: Dressing) -> tuple[tuple[Mark, ...], Vec3]:
    """The fire and two logs to sit on, turned to it and to the middle."""
    x, z = _FIRE
    bark = SPECIES[_wood(dressing)].bark
    flame = campfire(Place(b, "camp", x, z), t, dressing.chance("fire"))
    one = log(Place(b, "camp", x - 1.5, z + 0.1, 90), 1.7, 0.23, bark)
    two = log(Place(b, "camp", x + 0.1, z - 1.5, 6), 1.8, 0.24, bark)
    return (*one, *two), flame


def _lights(t: Tones, flame: Vec3, dressing: Dressing) -> tuple[SetLight, ...]:
    """Fire by night, a shaft of daylight through the gap in the canopy, the moon's pale fill behind the trees."""
    if not t.night:
        gap = SetLight(
            (-4.0, 13.0, -7.5),
            (0.2, 0.4, -0.6),
            (1.0, 0.93, 0.76),
            2.2,
            17,
            0.3,
            0.002,
            False,
            True,
            0.8,
            False,
        )
        return (gap,)
    fire = SetLight(flame, (0, 0.9, 0.4), (1.0, 0.44, 0.12), 4.6, 180, 0.8, 0.14)
    moon = SetLight(
        (5.0, 15.0, -15.0), (0, 0.5, 0), (0.42, 0.58, 1.0), 2.4, 26, 0.3, 0.001, False, True, 0.5, False
    )
    return (fire, moon)


_MARKS = (
    Mark(-0.56, 0.7, 40),
    Mark(0.56, 0.7, -40),
    Mark(0.0, -0.7, 0),
    Mark(-1.8, 1.4, 60),
    Mark(1.8, 1.5, -60),
    Mark(0.1, 2.5, 180),
    Mark(-1.4, -0.9, 30),
    Mark(1.6, -0.9, -40),
    Mark(2.8, 0.4, -80),
    Mark(-2.8, 0.6, 90),
    Mark(1.2, 3.2, 200),
    Mark(-1.1, 3.1, 160),
    Mark(0.5, -2.4, 0),
)


def build_forest(dressing: Dressing) -> StageSet:
    """18 x 18 m of wood about a clearing 7 m wide; trees further out go for a lens among them."""
    b, t = Builder(), tones_for(dressing)
    _ground(b, t, dressing)
    taken: list[Sown] = []
    seats, flame = _camp(b, t, dressing)
    left_behind(Place(b, "things", 3.9, -3.0, -30), t, dressing.wealth)
    taken.append((3.9, -3.0))
    _trees(b, t, dressing, taken)
    _ground_things(b, t, dressing, taken)
    _undergrowth(b, t, dressing, taken)
    _backdrop(b, dressing, t)
    groups = b.groups()
    groups["ground"] = _trodden(groups["ground"], dressing)
    walls = (
        Wall("trees", 1, 3.0, 1),
        Wall("trees_n", 2, -_NEAR, -1),
        Wall("trees_s", 2, _NEAR, 1),
        Wall("trees_w", 0, -_NEAR, -1),
        Wall("trees_e", 0, _NEAR, 1),
    )
    return StageSet(
        "forest",
        groups,
        walls,
        tuple(b.obstacles),
        (*_MARKS, *seats),
        _lights(t, flame, dressing),
        (-HALF, 0.05, -HALF),
        (HALF, 9.0, HALF),
        interior=False,
        mirror=((-HALF, 0, -HALF), (HALF, 6, HALF)),
    )
