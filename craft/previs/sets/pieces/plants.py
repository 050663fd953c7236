"""Trees, bushes, ferns, grass, logs and rocks. Foliage is cards of the material LEAVES round the branches that carry
it; every plant is seeded by the stream it is given.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.sets.room import RGB8
from craft.previs.solids import box, lathe, moved, sphere
from craft.previs.spatial import F32, F64, X_AXIS, Y_AXIS, Z_AXIS, mat_mul, rotation
from craft.previs.stage import Mark, Vec3


@dataclass(frozen=True)
class Species:
    """How a tree grows: bark and leaf colours, trunk radius at the foot, heights of first branches and of the crown."""

    bark: RGB8
    leaf: RGB8
    girth: float
    bare: float
    high: float
    shape: str = "round"


SPECIES: dict[str, Species] = {
    "oak": Species((92, 74, 58), (74, 96, 36), 0.34, 3.4, 9.0),
    "beech": Species((118, 112, 102), (92, 116, 44), 0.26, 4.2, 11.0),
    "birch": Species((196, 192, 180), (128, 146, 62), 0.15, 3.8, 9.5, "slender"),
    "pine": Species((110, 72, 50), (40, 66, 40), 0.28, 5.2, 13.0, "tiers"),
    "fir": Species((84, 66, 52), (34, 60, 40), 0.24, 1.3, 11.5, "cone"),
    "palm": Species((124, 104, 78), (70, 112, 48), 0.20, 6.0, 7.5, "palm"),
    "dead": Species((104, 98, 88), (60, 60, 40), 0.24, 2.6, 7.5, "bare"),
}


def limb(a: Vec3, b: Vec3, r0: float, r1: float, around: int = 7) -> Mesh:
    """A tapering branch from a to b."""
    d = (b[0] - a[0], b[1] - a[1], b[2] - a[2])
    long = max(1e-6, math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2))
    tilt, turn = (
        math.degrees(math.acos(max(-1.0, min(1.0, d[1] / long)))),
        math.degrees(math.atan2(d[0], d[2])),
    )
    shape = lathe(((r0, 0.0), ((r0 + r1) / 2, long / 2), (r1, long), (0.0, long)), around=around)
    return moved(shape, mat_mul(rotation(Y_AXIS, turn), rotation(X_AXIS, tilt)), a)


def cards(
    chance: random.Random, centre: Vec3, radii: Vec3, count: int, size: float, hang: float = 0.0
) -> Mesh:
    """``count`` leaf cards of about ``size`` metres filling an ellipsoid, shaded as if it were round.

    ``hang`` 1 lets them droop outward like the twigs of a fir.
    """
    rng = np.random.default_rng(chance.getrandbits(48))
    away = rng.normal(size=(count, 3))
    away /= np.sqrt((away * away).sum(1, keepdims=True)) + 1e-9
    at = away * (rng.uniform(0.25, 1.0, (count, 1)) ** 0.5) * np.asarray(radii) + np.asarray(centre)
    spin = rng.normal(size=(count, 3))
    u = np.cross(away * np.array((1.0, 1.0 - hang, 1.0)) + 0.9 * (1 - hang) * spin, (0.0, 1.0, 0.0))
    u /= np.sqrt((u * u).sum(1, keepdims=True)) + 1e-9
    v = np.cross(u, away + 0.7 * spin * (1 - hang) + np.array((0.0, 0.9 * hang, 0.0)))
    v /= np.sqrt((v * v).sum(1, keepdims=True)) + 1e-9
    half = (size / 2 * rng.uniform(0.7, 1.25, (count, 1))).astype(np.float32)
    return _quads(at, u * half, v * half, away)


def _quads(at: F64, u: F64, v: F64, normal: F64) -> Mesh:
    corners = np.stack([at - u - v, at + u - v, at + u + v, at - u + v], 1).reshape(-1, 3)
    first = np.arange(len(at))[:, None] * 4
    faces = np.concatenate([first + np.array((0, 1, 2)), first + np.array((0, 2, 3))]).astype(np.int32)
    up = normal + np.array((0.0, 0.6, 0.0))
    up = up / (np.sqrt((up * up).sum(1, keepdims=True)) + 1e-9)
    return corners.astype(np.float32), np.repeat(up, 4, 0).astype(np.float32), faces


def leaves(colour: RGB8, shade: float = 1.0, lift: float = 0.0) -> Surface:
    """Foliage; ``lift`` is the daylight that comes through it (an emission)."""
    return Surface(shaded(colour, shade), 0.75, Kind.LEAVES, lift, segment=12)


def tinted(surface: Surface, shade: float) -> Surface:
    """The surface lighter or darker."""
    return replace(surface, colour=shaded(surface.colour, shade))


def _crown(p: Place, kind: Species, chance: random.Random, high: float, leaf: Surface, detail: float) -> None:
    """Leaf masses on the tops of the boughs; darker ones inside."""
    reach = (high - kind.bare) * (0.30 if kind.shape == "slender" else 0.42)
    boughs = 3 if kind.shape == "slender" else 5
    turn = chance.uniform(0, 360)
    for i in range(boughs + 1):
        a = math.radians(turn + 360 / boughs * i + chance.uniform(-18, 18))
        out = 0.0 if i == boughs else reach * chance.uniform(0.45, 0.8)
        top = (
            high - reach * 0.5 if i == boughs else kind.bare + (high - kind.bare) * chance.uniform(0.28, 0.75)
        )
        tip = (math.sin(a) * out, top, math.cos(a) * out)
        foot = (0.0, min(top - 0.3, kind.bare + (top - kind.bare) * 0.25), 0.0)
        p.add(limb(foot, tip, kind.girth * 0.42, 0.04, 5), _bark(kind))
        mass = reach * chance.uniform(0.62, 0.85)
        radii = (mass, mass * (1.0 if kind.shape == "slender" else 0.72), mass)
        tone = replace(leaf, colour=mixed(leaf.colour, (150, 140, 50), chance.uniform(0, 0.22)))
        p.add(
            cards(chance, tip, radii, round(95 * detail), 0.55 + 0.12 * reach),
            tinted(tone, chance.uniform(0.85, 1.1)),
        )


def _bark(kind: Species) -> Surface:
    return Surface(kind.bark, 0.85, Kind.BARK, segment=11)


def _tiers(p: Place, kind: Species, chance: random.Random, high: float, leaf: Surface, detail: float) -> None:
    """Whorls of a conifer: narrow towards the top; a pine has a few flat ones, a fir many drooping ones."""
    pine = kind.shape == "tiers"
    count = 4 if pine else 7
    for i in range(count):
        k = (i + 0.5) / count
        y = kind.bare + (high - kind.bare) * k
        wide = (1.9 if pine else 2.3) * (1 - k) ** 0.8 + 0.35
        radii = (wide, 0.5 if pine else 0.55, wide)
        n = max(18, round((46 if pine else 62) * wide * detail * 0.6))
        p.add(cards(chance, (0, y, 0), radii, n, 0.72, 0.0 if pine else 0.7), tinted(leaf, 0.8 + 0.4 * k))


def _palm(p: Place, kind: Species, chance: random.Random, high: float, leaf: Surface) -> None:
    for i in range(11):
        turn = rotation(Y_AXIS, i * 33 + chance.uniform(-8, 8))
        for k in range(4):
            out, drop = 0.35 + k * 0.55, 0.10 + 0.12 * k * k
            blade = box((0, 0, 0), (0.34 - 0.06 * k, 0.015, 0.62), 0.006)
            blade = moved(blade, rotation(X_AXIS, 12 + 20 * k), (0, high - 0.5 - drop + 0.35, out))
            p.add(
                moved(blade, turn, (0, 0, 0)),
                Surface(shaded(leaf.colour, 0.8 + 0.1 * (i % 4)), 0.6, Kind.PLAIN, leaf.glow, segment=12),
            )


def tree(
    p: Place,
    species: str,
    chance: random.Random,
    *,
    leaf: RGB8 | None = None,
    detail: float = 1.0,
    size: float = 1.0,
    lift: float = 0.0,
) -> None:
    """A tree of a species of SPECIES; ``detail`` scales its foliage, ``size`` its height, ``lift`` is the daylight in
    its leaves. Trunk and crown are solid.
    """
    grown = SPECIES[species]
    high, girth = grown.high * size * chance.uniform(0.88, 1.12), grown.girth * chance.uniform(0.85, 1.25)
    kind = replace(grown, high=high, girth=girth * min(1.0, size * 1.2), bare=grown.bare * size)
    bend, green = chance.uniform(-0.25, 0.25) * size, leaves(leaf or kind.leaf, 1.0, lift)
    top = high * (0.92 if kind.shape in ("tiers", "cone") else 0.72)
    at, segments = [(0.0, -0.1, 0.0)], 4
    for i in range(1, segments + 1):
        k = i / segments
        at.append((bend * k * k * 2, top * k, bend * k * 0.6 + chance.uniform(-0.05, 0.05)))
    foot = ((kind.girth * 1.75, -0.1), (kind.girth * 1.25, 0.16), (kind.girth * 1.02, 0.5))
    p.add(lathe(foot, around=9), _bark(kind))
    for i in range(segments):
        taper = [kind.girth * (1 - 0.8 * j / segments) for j in (i, i + 1)]
        p.add(limb(at[i], at[i + 1], taper[0], taper[1], 9), _bark(kind))
    _foliage(p.at(at[-1][0], at[-1][2], chance.uniform(0, 360)), kind, chance, green, detail)
    share = {"slender": 0.24, "bare": 0.1, "cone": 0.16, "tiers": 0.16}.get(kind.shape, 0.30)
    r, wide = kind.girth, (high - kind.bare) * share
    p.solid((-r, 0, -r), (r, kind.bare, r))
    p.solid((-wide, kind.bare * 0.9, -wide), (wide, high, wide))


def _foliage(p: Place, kind: Species, chance: random.Random, leaf: Surface, detail: float) -> None:
    if kind.shape in ("tiers", "cone"):
        _tiers(p, kind, chance, kind.high, leaf, detail)
    elif kind.shape == "palm":
        _palm(p, kind, chance, kind.high * 0.72 + 0.3, leaf)
    elif kind.shape == "bare":
        _bare(p, kind, chance, kind.high)
    else:
        _crown(p, kind, chance, kind.high, leaf, detail)


def _bare(p: Place, kind: Species, chance: random.Random, high: float) -> None:
    for _ in range(9):
        y = chance.uniform(kind.bare, high * 0.72)
        a, out = chance.uniform(0, math.tau), chance.uniform(0.7, 1.6)
        tip = (math.sin(a) * out, y + chance.uniform(0.5, 1.5), math.cos(a) * out)
        p.add(limb((0, y, 0), tip, 0.07, 0.015, 5), _bark(kind))
        more = (tip[0] * 1.5, tip[1] + 0.5, tip[2] * 1.2 + 0.3)
        p.add(limb((tip[0] * 0.6, (y + tip[1]) / 2, tip[2] * 0.6), more, 0.03, 0.008, 4), _bark(kind))


def street_tree(p: Place, t: Tones, chance: random.Random) -> None:
    """A small tree in its square of soil with a guard of iron."""
    p.add(box((0, 0.01, 0), (1.0, 0.04, 1.0), 0.01), Surface((62, 48, 36), 0.95, segment=2))
    tree(p, "beech", chance, size=0.55, detail=0.9, lift=0.0 if t.night else 0.12)
    for a in (-1, 1):
        for c in (-1, 1):
            p.add(box((a * 0.26, 0.55, c * 0.26), (0.03, 1.1, 0.03), 0.006), t.iron(0.8))
        p.add(box((a * 0.26, 1.08, 0), (0.03, 0.03, 0.55), 0.006), t.iron(0.8))
        p.add(box((0, 1.08, a * 0.26), (0.55, 0.03, 0.03), 0.006), t.iron(0.8))


def bush(
    p: Place,
    chance: random.Random,
    leaf: RGB8,
    size: float = 0.8,
    *,
    blooms: RGB8 | None = None,
    lift: float = 0.0,
) -> None:
    """A round shrub ``size`` metres across."""
    for i in range(3):
        a, out = math.tau * i / 3 + chance.uniform(-0.4, 0.4), size * 0.22
        at = (math.sin(a) * out, size * chance.uniform(0.30, 0.42), math.cos(a) * out)
        r = size * chance.uniform(0.30, 0.40)
        p.add(
            cards(chance, at, (r, r * 0.9, r), 26, size * 0.42),
            leaves(leaf, chance.uniform(0.75, 1.15), lift),
        )
    if blooms is not None:
        for _ in range(9):
            a, y = chance.uniform(0, math.tau), size * chance.uniform(0.4, 0.75)
            p.add(
                sphere((math.sin(a) * size * 0.38, y, math.cos(a) * size * 0.38), 0.035, 6),
                Surface(blooms, 0.8, segment=12),
            )
    p.solid((-size * 0.45, 0, -size * 0.45), (size * 0.45, size * 0.7, size * 0.45))


def blades(
    chance: random.Random, spots: Sequence[tuple[float, float]], high: float, spread: float, each: int
) -> Mesh:
    """Tufts of grass or fern at floor spots: ``each`` bent blades, ``high`` metres tall, ``spread`` wide at the top."""
    rng = np.random.default_rng(chance.getrandbits(48))
    n = len(spots) * each
    foot = np.repeat(np.array([(x, 0.0, z) for x, z in spots], np.float64).reshape(-1, 3), each, 0)
    foot[:, (0, 2)] += rng.normal(0, spread * 0.25, (n, 2))
    angle, lean, tall = (
        rng.uniform(0, 2 * np.pi, n),
        rng.uniform(0.2, 1.0, n) * spread,
        high * rng.uniform(0.6, 1.15, n),
    )
    out = np.stack([np.sin(angle), np.zeros(n), np.cos(angle)], 1)
    side = np.stack([np.cos(angle), np.zeros(n), -np.sin(angle)], 1) * (0.018 + 0.03 * high)
    middle = foot + out * (lean * 0.35)[:, None] + np.array((0.0, 1.0, 0.0)) * (tall * 0.7)[:, None]
    tip = foot + out * lean[:, None] + np.array((0.0, 1.0, 0.0)) * tall[:, None]
    points = np.stack([foot - side * 0.6, foot + side * 0.6, middle + side, middle - side, tip], 1).reshape(
        -1, 3
    )
    first = np.arange(n)[:, None] * 5
    faces = np.concatenate([first + np.array(corner) for corner in ((0, 1, 2), (0, 2, 3), (3, 2, 4))]).astype(
        np.int32
    )
    normal = np.repeat(out * 0.55 + np.array((0.0, 0.83, 0.0)), 5, 0)
    return points.astype(np.float32), _rowwise(normal), faces


def _rowwise(n: F64) -> F32:
    unit: F32 = (n / (np.sqrt((n * n).sum(1, keepdims=True)) + 1e-9)).astype(np.float32)
    return unit


def rock(p: Place, chance: random.Random, size: float, tone: RGB8 = (112, 110, 104)) -> None:
    """A boulder ``size`` metres across: a ball with chips knocked off."""
    points, _normals, faces = sphere((0, 0, 0), 1.0, 12)
    for _ in range(9):
        a, up = chance.uniform(0, math.tau), chance.uniform(-0.4, 0.9)
        flat = math.sqrt(max(0.0, 1 - up * up))
        d = np.array((math.sin(a) * flat, up, math.cos(a) * flat), np.float32)
        over = (points * d).sum(1) - np.float32(chance.uniform(0.62, 0.85))
        points = points - np.clip(over, 0, None)[:, None] * d
    radii = np.array((0.5, 0.36 * chance.uniform(0.8, 1.3), 0.44), np.float32) * np.float32(size)
    points = (points * radii).astype(np.float32)
    mesh = faceted((points, points, faces))
    high = float(points[:, 1].max())
    p.add(
        (mesh[0] + np.array((0, high * 0.6, 0), np.float32), mesh[1], mesh[2]),
        Surface(shaded(tone, chance.uniform(0.8, 1.1)), 0.9, Kind.CONCRETE, segment=13),
    )
    p.solid((-size * 0.46, 0, -size * 0.42), (size * 0.46, high * 1.55, size * 0.42))


def faceted(mesh: Mesh) -> Mesh:
    """The mesh with flat faces."""
    points, _normals, faces = mesh
    p = points[faces].astype(np.float32)
    n = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    centre = p.mean((0, 1))
    out = np.where(((p.mean(1) - centre) * n).sum(1, keepdims=True) < 0, -n, n)
    return (
        p.reshape(-1, 3),
        np.repeat(_rowwise(out), 3, 0),
        np.arange(len(p) * 3, dtype=np.int32).reshape(-1, 3),
    )


def log(p: Place, long: float, radius: float, bark: RGB8) -> tuple[Mark, ...]:
    """A felled trunk along x to sit on; two seat marks facing +z."""
    trunk = lathe(
        ((0, -long / 2), (radius, -long / 2), (radius * 0.96, 0), (radius * 0.9, long / 2), (0, long / 2)),
        around=12,
    )
    p.add(
        moved(trunk, rotation(Z_AXIS, -90), (0, radius * 0.9, 0)), Surface(bark, 0.85, Kind.BARK, segment=11)
    )
    for side, r in ((-1, radius), (1, radius * 0.9)):
        ends = lathe(((r * 0.93, 0), (r * 0.6, 0.008), (0, 0.012)), around=12)
        p.add(
            moved(ends, rotation(Z_AXIS, -90 * side), (side * long / 2, radius * 0.9, 0)),
            Surface((178, 146, 104), 0.9, segment=11),
        )
    p.solid((-long / 2, 0, -radius), (long / 2, radius * 1.85, radius))
    return (p.seat(-long * 0.22, 0.02, radius * 1.85), p.seat(long * 0.22, 0.02, radius * 1.85))


def stump(p: Place, radius: float, high: float, bark: RGB8) -> None:
    """What is left of a felled tree."""
    p.add(
        lathe(((radius * 1.4, -0.05), (radius * 1.1, 0.1), (radius, high), (0, high)), around=12),
        Surface(bark, 0.85, Kind.BARK, segment=11),
    )
    p.add(
        lathe(((radius * 0.94, high + 0.003), (0, high + 0.012)), around=12),
        Surface((184, 152, 108), 0.9, segment=11),
    )
    p.solid((-radius, 0, -radius), (radius, high, radius))
