"""Twenty things people carry, as small meshes in their own frame: metres, y up, front towards +z.

A thing that stands rests on y = 0; how it lies and how it is held is told in ``props``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from craft.previs.batch import Batch, Geometry, Kind, Surface
from craft.previs.sdf import Mesh
from craft.previs.solids import box, lathe, moved, quad, sphere
from craft.previs.spatial import X_AXIS, Z_AXIS, rotation
from craft.terms.colour import hex_to_rgb

RGB8 = tuple[int, int, int]
Part = tuple[Mesh, Surface]

_STEEL = Surface((150, 154, 160), 0.28, metal=0.9)
_DARK = Surface((30, 31, 34), 0.45)
_PAPER = Surface((236, 232, 222), 0.85)
_WOODEN = Surface((124, 84, 52), 0.6)
_LEAF = Surface((52, 96, 50), 0.7)


def _paint(colour: RGB8, rough: float = 0.5, k: float = 1.0, metal: float = 0.0) -> Surface:
    r, g, b = (min(255, round(c * k)) for c in colour)
    return Surface((r, g, b), rough, metal=metal)


def _rod(a: Sequence[float], b: Sequence[float], radius: float, around: int = 10) -> Mesh:
    """A closed round bar from ``a`` to ``b``."""
    d = [b[i] - a[i] for i in range(3)]
    size = math.sqrt(sum(x * x for x in d))
    mesh = lathe([(0, 0), (radius, 0), (radius, 0), (radius, size), (radius, size), (0, size)], around=around)
    tilt = math.degrees(math.acos(max(-1.0, min(1.0, d[1] / size))))
    flat = math.hypot(d[0], d[2])
    axis = (d[2] / flat, 0.0, -d[0] / flat) if flat > 1e-9 else X_AXIS
    return moved(mesh, rotation(axis, tilt), tuple(a))


def _ring(centre: Sequence[float], radius: float, thick: float, sweep: float = 360.0) -> list[Mesh]:
    """An upright handle in the xy plane made of short bars; ``sweep`` in degrees from +x upwards."""
    steps = max(5, round(sweep / 36))
    turns = [math.radians(sweep * i / steps) for i in range(steps + 1)]
    points = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a), centre[2]) for a in turns]
    return [_rod(a, b, thick, 7) for a, b in pairwise(points)]


def _phone(c: RGB8) -> list[Part]:
    glass = quad((0, 0.074, 0.0056), (0.033, 0, 0), (0, 0.069, 0))
    return [
        (box((0, 0.074, 0), (0.072, 0.148, 0.010), 0.004), _paint(c, 0.35)),
        (glass, Surface((92, 140, 190), 0.15, Kind.PLAIN, 0.55)),
    ]


def _cup(c: RGB8) -> list[Part]:
    wall = [(0, 0), (0.034, 0), (0.038, 0.01), (0.041, 0.092), (0.041, 0.094), (0.037, 0.092), (0.035, 0.074)]
    coffee = lathe([(0.036, 0.075), (0, 0.076)], around=14)
    return [(lathe(wall, around=18), _paint(c, 0.3)), (coffee, Surface((52, 30, 18), 0.2))]


def _glass(c: RGB8) -> list[Part]:
    wall = [(0, 0), (0.031, 0), (0.033, 0.012), (0.038, 0.108), (0.036, 0.108), (0.034, 0.066)]
    drink = lathe([(0.0355, 0.066), (0, 0.067)], around=14)
    return [
        (lathe(wall, around=18), Surface((206, 220, 224), 0.08)),
        (lathe([(0.0345, 0.014), (0.0365, 0.064)], around=18), _paint(c, 0.12)),
        (drink, _paint(c, 0.1, 1.15)),
    ]


def _bottle(c: RGB8) -> list[Part]:
    wall = [(0, 0), (0.036, 0), (0.037, 0.01), (0.037, 0.165), (0.030, 0.198), (0.0145, 0.225), (0.0135, 0.285),
            (0.016, 0.288), (0.016, 0.296), (0, 0.296)]  # fmt: skip
    label = lathe([(0.0376, 0.055), (0.0376, 0.14)], around=18)
    return [(lathe(wall, around=18), _paint(c, 0.12)), (label, _PAPER)]


def _paper(c: RGB8) -> list[Part]:
    sheet = box((0, 0.148, 0), (0.21, 0.297, 0.0022), 0.001)
    lines = [
        (box((-0.01, 0.25 - 0.022 * i, 0.0012), (0.15 - 0.03 * (i % 3), 0.005, 0.001), 0.0004), _DARK)
        for i in range(9)
    ]
    return [(sheet, _paint(_light(c), 0.9)), *lines]


def _light(c: RGB8) -> RGB8:
    """Paper takes only a breath of its colour."""
    r, g, b = (round(232 + (x - 128) * 0.08) for x in c)
    return (min(250, r), min(250, g), min(248, b))


def _book(c: RGB8) -> list[Part]:
    cover = _paint(c, 0.6)
    return [
        (box((0, 0.11, 0.013), (0.152, 0.22, 0.004), 0.0015), cover),
        (box((0, 0.11, -0.013), (0.152, 0.22, 0.004), 0.0015), cover),
        (box((-0.075, 0.11, 0), (0.005, 0.22, 0.03), 0.002), cover),
        (box((0.002, 0.11, 0), (0.142, 0.21, 0.023), 0.002), _PAPER),
        (box((0, 0.15, 0.0155), (0.09, 0.03, 0.001), 0.0004), _paint(c, 0.5, 1.7)),
    ]


def _bag(c: RGB8) -> list[Part]:
    body = box((0, 0.15, 0), (0.34, 0.30, 0.13), 0.04)
    flap = box((0, 0.24, 0.062), (0.30, 0.10, 0.02), 0.01)
    handle = [(m, _paint(c, 0.6, 0.7)) for m in _ring((0, 0.29, 0), 0.105, 0.009, 180)]
    clasp = box((0, 0.20, 0.074), (0.03, 0.022, 0.008), 0.003)
    return [(body, _paint(c, 0.65)), (flap, _paint(c, 0.6, 0.85)), (clasp, _STEEL), *handle]


def _briefcase(c: RGB8) -> list[Part]:
    shell = box((0, 0.155, 0), (0.43, 0.31, 0.11), 0.018)
    seam = box((0, 0.155, 0), (0.434, 0.314, 0.008), 0.003)
    grip = box((0, 0.352, 0), (0.13, 0.02, 0.022), 0.008)
    posts = [(box((s * 0.058, 0.330, 0), (0.016, 0.045, 0.018), 0.005), _STEEL) for s in (1, -1)]
    locks = [(box((s * 0.13, 0.27, 0.056), (0.045, 0.022, 0.006), 0.002), _STEEL) for s in (1, -1)]
    return [
        (shell, _paint(c, 0.5)),
        (seam, _paint(c, 0.5, 0.55)),
        (grip, _paint(c, 0.5, 0.7)),
        *posts,
        *locks,
    ]


def _umbrella(c: RGB8) -> list[Part]:
    """Open: handle at 0.05 m, canopy 0.95 m above it."""
    dome = [
        (0.012, 1.02),
        (0.18, 0.995),
        (0.36, 0.925),
        (0.50, 0.815),
        (0.50, 0.812),
        (0.36, 0.918),
        (0.012, 1.01),
    ]
    crook = [
        (m, _WOODEN) for m in (_rod((0, 0, 0), (0, 0.14, 0), 0.011), _rod((0, 0, 0), (0, -0.02, 0.03), 0.011))
    ]
    ribs = []
    for i in range(8):
        a = math.tau * i / 8
        x, z = math.cos(a), math.sin(a)
        ribs.append((_rod((0, 0.66, 0), (x * 0.30, 0.94, z * 0.30), 0.0025, 5), _STEEL))
    return [
        (lathe(dome, around=8), _paint(c, 0.55)),
        (_rod((0, 0.1, 0), (0, 1.08, 0), 0.006), _STEEL),
        *crook,
        *ribs,
    ]


def _torch(c: RGB8) -> list[Part]:
    """Lies along +z: lens in front."""
    tube = moved(
        lathe([(0, -0.09), (0.0165, -0.09), (0.0165, 0.05), (0.026, 0.085), (0.026, 0.105), (0.022, 0.105)]),
        rotation(X_AXIS, 90),
        (0, 0, 0),
    )
    lens = moved(lathe([(0.0235, 0), (0, 0.004)], around=14), rotation(X_AXIS, 90), (0, 0, 0.103))
    return [(tube, _paint(c, 0.35, metal=0.5)), (lens, Surface((255, 244, 214), 0.2, Kind.GLOW, 6.0))]


def _keys(c: RGB8) -> list[Part]:
    """Hang down from the ring at y = 0."""
    brass = _paint((196, 160, 84), 0.3, metal=0.8)
    parts = [(m, _STEEL) for m in _ring((0, 0, 0), 0.016, 0.0018)]
    for i, turn in enumerate((-24.0, 4.0, 27.0)):
        key = [
            box((0, -0.030, 0), (0.022, 0.024, 0.003), 0.001),
            box((0, -0.060, 0), (0.008, 0.042, 0.003), 0.001),
        ]
        parts += [
            (moved(m, rotation(Z_AXIS, turn), (0, -0.008, 0.004 * (i - 1))), brass if i else _STEEL)
            for m in key
        ]
    return [*parts, (box((0.012, -0.035, 0.010), (0.024, 0.036, 0.006), 0.002), _paint(c, 0.6))]


def _pistol(c: RGB8) -> list[Part]:
    """Barrel along +z, grip below and behind."""
    grip = moved(box((0, -0.05, 0), (0.026, 0.105, 0.040), 0.006), rotation(X_AXIS, -12), (0, 0, -0.005))
    bars = (((0, -0.012, 0.070), (0, -0.036, 0.062)), ((0, -0.036, 0.062), (0, -0.038, 0.026)))
    guard = [(_rod(start, end, 0.003, 6), _paint(c, 0.4)) for start, end in bars]
    return [
        (box((0, 0.012, 0.055), (0.027, 0.030, 0.185), 0.004), _paint(c, 0.32, metal=0.6)),
        (box((0, -0.008, 0.045), (0.023, 0.016, 0.15), 0.003), _paint(c, 0.45, 0.8)),
        (_rod((0, 0.014, 0.14), (0, 0.014, 0.153), 0.007, 8), _DARK),
        (grip, _paint(c, 0.6, 0.7)),
        *guard,
    ]


def _knife(c: RGB8) -> list[Part]:
    """Handle round the origin along y, blade upwards."""
    blade = box((0, 0.155, 0.003), (0.0026, 0.18, 0.028), 0.001)
    tip = moved(box((0, 0.014, 0), (0.0026, 0.028, 0.020), 0.001), rotation(X_AXIS, 24), (0, 0.236, -0.001))
    return [
        (box((0, 0, 0), (0.020, 0.12, 0.026), 0.007), _paint(c, 0.5)),
        (box((0, 0.063, 0), (0.022, 0.01, 0.032), 0.003), _STEEL),
        (blade, _STEEL),
        (tip, _STEEL),
    ]


def _box(c: RGB8) -> list[Part]:
    body = box((0, 0.12, 0), (0.36, 0.24, 0.28), 0.006)
    tape = box((0, 0.2405, 0), (0.05, 0.002, 0.281), 0.0008)
    down = box((0, 0.215, 0.1405), (0.05, 0.05, 0.002), 0.0008)
    return [
        (body, _paint(c, 0.85)),
        (tape, Surface((206, 186, 140), 0.35)),
        (down, Surface((206, 186, 140), 0.35)),
    ]


def _flowers(c: RGB8) -> list[Part]:
    """Stems round the origin, blossoms above, wrapped in paper."""
    wrap = lathe([(0.020, -0.08), (0.024, 0.03), (0.075, 0.20), (0.072, 0.20), (0.022, 0.03)], around=12)
    parts: list[Part] = [(wrap, _PAPER)]
    for i in range(9):
        a, r = i * 2.4, 0.020 * math.sqrt(i)
        x, z, y = r * math.cos(a) * 1.5, r * math.sin(a) * 1.5, 0.245 - 0.008 * i + 0.02 * (i % 2)
        k = (1.0, 1.35, 0.8)[i % 3]
        parts.append((sphere((x, y, z), (0.026, 0.020, 0.026), 10), _paint(c, 0.7, k)))
        parts.append((sphere((x, y + 0.017, z), 0.009, 6), Surface((232, 186, 72), 0.7)))
    for i in range(5):
        a = i * 1.26 + 0.4
        at = (0.060 * math.cos(a), 0.205, 0.060 * math.sin(a))
        parts.append((sphere(at, (0.022, 0.030, 0.022), 8), _LEAF))
    return parts


def _laptop(c: RGB8) -> list[Part]:
    """Closed: a slab standing on its hinge."""
    return [
        (box((0, 0.11, 0.0046), (0.31, 0.22, 0.008), 0.003), _paint(c, 0.35, metal=0.5)),
        (box((0, 0.11, -0.0046), (0.31, 0.22, 0.008), 0.003), _paint(c, 0.35, 0.8, metal=0.5)),
        (sphere((0, 0.12, 0.0086), (0.014, 0.016, 0.001), 10), Surface((220, 224, 228), 0.3)),
    ]


def _tablet(c: RGB8) -> list[Part]:
    return [
        (box((0, 0.12, 0), (0.17, 0.24, 0.008), 0.003), _paint(c, 0.4)),
        (quad((0, 0.12, 0.0046), (0.076, 0, 0), (0, 0.109, 0)), Surface((120, 160, 200), 0.15, glow=0.5)),
    ]


def _radio(c: RGB8) -> list[Part]:
    grille = [(box((0, 0.095 + 0.008 * i, 0.0185), (0.036, 0.003, 0.002), 0.0008), _DARK) for i in range(4)]
    return [
        (box((0, 0.065, 0), (0.056, 0.13, 0.034), 0.007), _paint(c, 0.6)),
        (_rod((-0.018, 0.13, 0), (-0.018, 0.245, 0), 0.0055, 8), _DARK),
        (_rod((0.014, 0.13, 0), (0.014, 0.142, 0), 0.008, 8), _DARK),
        (sphere((0.004, 0.131, 0.008), 0.003, 6), Surface((255, 60, 40), 0.3, glow=2.0)),
        *grille,
    ]


def _staff(c: RGB8) -> list[Part]:
    return [
        (_rod((0, 0, 0), (0, 1.62, 0), 0.0155), _paint(c, 0.7)),
        (sphere((0, 1.64, 0), 0.034, 12), _paint(c, 0.5, 1.2)),
        (_rod((0, 0, 0), (0, 0.05, 0), 0.018), _STEEL),
    ]


def _tool(c: RGB8) -> list[Part]:
    """A hammer: handle along y through the origin, head on top."""
    return [
        (_rod((0, -0.09, 0), (0, 0.19, 0), 0.0125), _paint(c, 0.6)),
        (box((0, 0.205, 0.012), (0.032, 0.036, 0.105), 0.007), _STEEL),
        (
            moved(box((0, 0, -0.02), (0.028, 0.012, 0.05), 0.004), rotation(X_AXIS, -16), (0, 0.205, -0.035)),
            _STEEL,
        ),
    ]


_SHAPES: dict[str, Callable[[RGB8], list[Part]]] = {
    "phone": _phone,
    "cup": _cup,
    "glass": _glass,
    "bottle": _bottle,
    "paper": _paper,
    "book": _book,
    "bag": _bag,
    "briefcase": _briefcase,
    "umbrella": _umbrella,
    "torch": _torch,
    "keys": _keys,
    "pistol": _pistol,
    "knife": _knife,
    "box": _box,
    "flowers": _flowers,
    "laptop": _laptop,
    "tablet": _tablet,
    "radio": _radio,
    "staff": _staff,
    "tool": _tool,
}
PROP_KINDS = tuple(_SHAPES)


@lru_cache(maxsize=256)
def prop_geometry(kind: str, colour: str) -> Geometry:
    """The mesh of a kind in an sRGB colour (#rrggbb), built once."""
    batch = Batch()
    for mesh, surface in _SHAPES[kind](hex_to_rgb(colour)):
        batch.add(mesh, surface)
    return batch.geometry()
