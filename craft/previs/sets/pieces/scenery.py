"""Ground and horizon of the open: hills, peaks, dunes, the sea, woods, houses, a castle. Silhouettes, never a sky."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from craft.previs.batch import Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.sets.pieces.place import Place
from craft.previs.sets.pieces.plants import SPECIES, cards, faceted, leaves, limb
from craft.previs.sets.pieces.tones import Tones, mixed, shaded
from craft.previs.solids import lathe, plain_box, quad
from craft.previs.stage import Builder

_GROUP = "ends"


def ridge(chance: random.Random, away: float, high: float, rough: float, *, sharp: bool) -> Mesh:
    """A ring of land about the origin ``away`` metres off, ``high`` at its crest; ``sharp`` ones have facets."""
    count = 72
    a = np.linspace(0, 2 * np.pi, count + 1)
    crest = np.zeros(count + 1)
    for k in range(1, 7 if not sharp else 16):
        crest += np.sin(a * (k * 2 + 1) + chance.uniform(0, 6.28)) * rough / (k**0.8)
    crest = high * np.clip(0.62 + 0.38 * crest, 0.12, 1.6)
    crest[-1] = crest[0]
    rows = []
    for out, part in ((0.0, 0.0), (0.4, 0.34), (0.75, 0.74), (1.0, 1.0)):
        r = away + out * high * 1.5
        rows.append(np.stack([np.sin(a) * r, crest * part - 0.3 * (out == 0), np.cos(a) * r], 1))
    p = np.concatenate(rows).astype(np.float32)
    grid = np.arange(4 * (count + 1)).reshape(4, count + 1)
    q = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], -1).reshape(-1, 4)
    faces = np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]]).astype(np.int32)
    inward = np.stack([-np.sin(a), np.full(count + 1, 0.8), -np.cos(a)], 1)
    n = np.tile(inward / np.sqrt((inward * inward).sum(1, keepdims=True)), (4, 1)).astype(np.float32)
    return _lit_facets((p, n, faces)) if sharp else (p, n, faces)


def _lit_facets(mesh: Mesh) -> Mesh:
    points, normals, faces = faceted(mesh)
    up = np.where(normals[:, 1:2] < 0, -normals, normals)
    return points, up.astype(np.float32), faces


def hills(b: Builder, t: Tones, chance: random.Random) -> None:
    """Two rows of rolling land with woods on them."""
    near, far = (86, 104, 58), (98, 112, 92)
    b.add(_GROUP, ridge(chance, 24, 3.2, 0.5, sharp=False), Surface(near, 0.95, Kind.GRASS, segment=5))
    b.add(_GROUP, ridge(chance, 38, 7.5, 0.5, sharp=False), Surface(far, 0.95, segment=5))
    for _ in range(60):
        a, away = chance.uniform(0, math.tau), chance.uniform(25, 33)
        at = (math.sin(a) * away, chance.uniform(1.4, 3.0), math.cos(a) * away)
        b.add(
            _GROUP,
            cards(chance, at, (1.3, 1.1, 1.3), 10, 1.5),
            leaves((58, 82, 44), chance.uniform(0.7, 1.0)),
        )


def peaks(b: Builder, t: Tones, chance: random.Random) -> None:
    """Foothills before mountains with snow on them."""
    b.add(_GROUP, ridge(chance, 26, 4.0, 0.6, sharp=True), Surface((102, 98, 96), 0.95, segment=5))
    b.add(_GROUP, ridge(chance, 36, 14.0, 0.5, sharp=True), Surface((140, 148, 160), 0.95, segment=5))


def crater(b: Builder, t: Tones, chance: random.Random) -> None:
    """The rim of a crater."""
    b.add(_GROUP, ridge(chance, 26, 5.0, 0.35, sharp=True), Surface((116, 114, 112), 0.95, segment=5))


def dunes(b: Builder, t: Tones, chance: random.Random) -> None:
    """Dunes behind dunes."""
    for away, high, tone in (
        (19, 2.4, (204, 174, 122)),
        (30, 4.6, (210, 182, 136)),
        (42, 7.0, (200, 178, 142)),
    ):
        b.add(_GROUP, ridge(chance, away, high, 0.45, sharp=False), Surface(tone, 0.95, segment=5))


def sea(b: Builder, t: Tones, chance: random.Random) -> None:
    """Water to the horizon on three sides, an island or two."""
    b.add(
        "ground",
        quad((0, -0.35, -33), (58, 0, 0), (0, 0, -25)),
        Surface((30, 62, 78), 0.12, Kind.WATER, segment=5),
    )
    for side in (-1, 1):
        b.add(
            "ground",
            quad((side * 36, -0.35, 8), (22, 0, 0), (0, 0, -17)),
            Surface((30, 62, 78), 0.12, Kind.WATER, segment=5),
        )
    for _ in range(2):
        x = chance.uniform(-34, 34)
        high = chance.uniform(2.0, 4.5)
        island = faceted(lathe(((6.5, -0.5), (4.0, high * 0.5), (1.4, high), (0, high)), around=11))
        b.add(
            _GROUP,
            (island[0] + np.array((x, 0, -46), np.float32), island[1], island[2]),
            Surface((104, 112, 116), 0.95, segment=5),
        )


def trees(b: Builder, t: Tones, chance: random.Random) -> None:
    """The edge of a wood all round."""
    for i in range(84):
        a, away = math.tau * i / 84 + chance.uniform(-0.03, 0.03), chance.uniform(17, 27)
        x, z, high = math.sin(a) * away, math.cos(a) * away, chance.uniform(6, 10)
        b.add(
            _GROUP,
            limb((x, -0.2, z), (x + 0.2, high * 0.8, z), 0.24, 0.12, 5),
            Surface((72, 58, 46), 0.9, Kind.BARK, segment=11),
        )
        kind = SPECIES[chance.choice(("oak", "beech", "fir"))]
        lift = 0.0 if t.night else 0.12
        crown = cards(chance, (x, high * 0.66, z), (2.0, high * 0.36, 2.0), 22, 1.7)
        b.add(_GROUP, crown, leaves(kind.leaf, chance.uniform(0.7, 1.0), lift))


def hedge(b: Builder, t: Tones, chance: random.Random) -> None:
    """A clipped hedge about a garden, trees behind it."""
    for x, z, w, d in ((0, -10.5, 24, 1.0), (0, 10.5, 24, 1.0), (-11.8, 0, 1.0, 21), (11.8, 0, 1.0, 21)):
        b.add(
            _GROUP, plain_box((x, 0.9, z), (w, 1.8, d)), Surface((52, 76, 38), 0.95, Kind.GRASS, segment=12)
        )
        for _ in range(10):
            at = (x + chance.uniform(-w / 2, w / 2), 1.0, z + chance.uniform(-d / 2, d / 2))
            b.add(
                _GROUP,
                cards(chance, at, (1.4, 0.95, 0.8 if d < 2 else 1.4), 22, 0.8),
                leaves((62, 92, 42), chance.uniform(0.8, 1.1)),
            )
    trees(b, t, chance)


def houses(b: Builder, t: Tones, chance: random.Random) -> None:
    """Houses round an open place; their height is the era's."""
    tall = {"period": 0.7, "midcentury": 1.0, "future": 2.4}.get(t.era, 1.2)
    share = 0.42 if t.night else 0.0
    for i in range(26):
        a, away = math.tau * i / 26, 15.5 + 3.0 * chance.random() + (8.0 if i % 2 else 0.0)
        high = chance.uniform(6, 10) * tall * (1.5 if i % 2 else 1.0)
        tone = mixed(shaded(t.wall, chance.uniform(0.75, 1.1)), (120, 116, 110), 0.25)
        p = Place(b, _GROUP, math.sin(a) * away, math.cos(a) * away, math.degrees(a))
        p.add(
            plain_box((0, high / 2, 0), (5.2, high, 3.0)), Surface(tone, 0.9, Kind.FACADE, share, segment=5)
        )
        if t.era in ("period", "midcentury"):
            for k in range(4):
                roof = Surface((104, 70, 56), 0.9, segment=5)
                p.add(plain_box((0, high + 0.3 + 0.6 * k, 0), (5.4, 0.6, 3.2 - 0.8 * k)), roof)


def castle(b: Builder, t: Tones, chance: random.Random) -> None:
    """A curtain wall with towers about a court."""
    stone = Surface((118, 112, 104), 0.9, Kind.STONE, segment=5)
    for x, z, w, d in ((0, -14, 30, 1.6), (0, 14, 30, 1.6), (-15, 0, 1.6, 28), (15, 0, 1.6, 28)):
        b.add(_GROUP, plain_box((x, 2.8, z), (w, 5.6, d)), stone)
        long = max(w, d)
        for i in range(int(long / 1.6)):
            k = -long / 2 + 0.8 + 1.6 * i
            b.add(
                _GROUP,
                plain_box((x + (k if w > d else 0), 6.0, z + (k if d > w else 0)), (0.8, 0.8, 0.8)),
                stone,
            )
    for x in (-15, 15):
        for z in (-14, 14):
            b.add(_GROUP, lathe(((2.6, 0), (2.3, 8.5), (2.7, 9.0), (2.7, 10.2)), (x, 0, z), 18), stone)
            cone = lathe(((3.0, 10.2), (1.2, 13.0), (0, 14.6)), (x, 0, z), 18)
            b.add(_GROUP, cone, Surface((84, 62, 66), 0.9, segment=5))
    b.add(_GROUP, plain_box((0, 6.5, -24), (9, 13, 6)), stone)
    b.add(_GROUP, lathe(((2.2, 13), (2.0, 18), (0, 22)), (2.5, 0, -24), 16), stone)
    b.add(
        _GROUP, plain_box((0, 1.7, -13.15), (3.2, 3.4, 0.2)), Surface((46, 34, 26), 0.9, Kind.WOOD, segment=5)
    )


BACKDROPS: dict[str, Callable[[Builder, Tones, random.Random], None]] = {
    "hills": hills,
    "peaks": peaks,
    "crater": crater,
    "dunes": dunes,
    "sea": sea,
    "trees": trees,
    "hedge": hedge,
    "houses": houses,
    "castle": castle,
}


def ground(b: Builder, surface: Surface, half: float, *, shore: float | None = None) -> None:
    """Flat ground; with ``shore`` it ends there (z) and 14 m to either side, where the sea begins."""
    if shore is None:
        b.add("ground", quad((0, 0, 0), (half, 0, 0), (0, 0, -half)), surface)
        return
    b.add("ground", plain_box((0, -0.4, (shore + 30) / 2), (28, 0.8, 30 - shore)), surface)
