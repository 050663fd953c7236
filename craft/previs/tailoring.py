"""Collars, cuffs, hoods and cloaks, cut as sheets: crisp at any quality. Bind space, metres."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from craft.previs.batch import Kind
from craft.previs.garments import Garment, neck_hole, neck_radius
from craft.previs.sdf import Field, Mesh
from craft.previs.skeleton import Body
from craft.previs.solids import merge
from craft.previs.spatial import F64, unit
from craft.previs.tubes import loft, ring, tube


@dataclass(frozen=True)
class Neckline:
    """Where a top ends round the neck: the neck's radius, and the height of the cloth by direction
    (0 = throat) and distance from the neck's axis.
    """

    neck: float
    hole: float
    top: Field

    def height(self, turn: F64, radius: F64) -> F64:
        """Height of the cloth (metres), looked for from above."""
        levels = np.linspace(1.54, 1.30, 49)
        at = np.stack([_about_neck(turn, radius, np.full(len(turn), y)) for y in levels], 1)
        found = self.top(at.reshape(-1, 3).astype(np.float32)).reshape(len(turn), -1).astype(np.float64)
        inside = found < 0
        first = np.where(inside.any(1), np.maximum(inside.argmax(1), 1), len(levels) - 1)
        row = np.arange(len(turn))
        above, below = found[row, first - 1], found[row, first]
        share = np.clip(above / np.where(np.abs(above - below) < 1e-9, 1.0, above - below), 0, 1)
        return np.asarray(levels[first - 1] + (levels[first] - levels[first - 1]) * share, np.float64)


def _about_neck(turn: F64, radius: F64, y: F64) -> F64:
    """Points round the neck's leaning axis; turn 0 is the throat."""
    z = -0.020 + (y - 1.40) * 0.09
    return np.stack([radius * np.sin(turn), y, z + radius * np.cos(turn)], -1)


def _profiled(turns: F64, profile: Callable[[F64], list[tuple[F64, F64]]]) -> F64:
    """Sections of a collar: for each turn the outline (radius, height) of its cloth."""
    corners = profile(turns)
    return np.stack([_about_neck(turns, r, y) for r, y in corners], 1)


def _bell(x: F64, middle: float, width: float) -> F64:
    return np.asarray(np.exp(-(((x - middle) / width) ** 2)), np.float64)


def _open_turns(gap: float, rows: int) -> F64:
    return np.linspace(gap, 2 * np.pi - gap, rows)


def _front(turn: F64) -> F64:
    return (1 + np.cos(turn)) / 2


def _leaf(
    base: tuple[F64, F64], fold: tuple[F64, F64], edge: tuple[F64, F64], cloth: float
) -> list[tuple[F64, F64]]:
    """Outline of a turned-down collar: up the neck, over the fold and down to the leaf's edge."""
    (rb, yb), (rt, yt), (ro, yo) = base, fold, edge
    return [
        (rb, yb - 0.010),
        (rt, yt - cloth),
        (rt + cloth, yt),
        (rt + 2.4 * cloth, yt - 0.7 * cloth),
        (ro + cloth, yo + 0.3 * cloth),
        (ro, yo - 0.3 * cloth),
        (rt + 1.4 * cloth, yt - 3 * cloth),
        (rb + cloth, yb - 0.010),
    ]


def _shirt(line: Neckline, rows: int) -> Mesh:
    """A stand with a turned-down leaf that ends in two points."""
    turns = _open_turns(0.07, rows)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front, off = _front(t), np.minimum(t, 2 * np.pi - t)
        rb, rt = line.hole + 0.002 + 0 * t, line.neck + 0.007 + 0.003 * front
        yb = line.height(t, rb + 0.004)
        yt = yb + 0.046 - 0.012 * front
        point = _bell(off, 0.50, 0.34)
        ro = rb + 0.010 + 0.024 * point
        lies = line.height(t, ro) + 0.007
        yo = np.maximum(yb + 0.005, lies) * (1 - point) + lies * point
        return _leaf((rb, yb), (rt, yt), (ro, np.minimum(yo, yt - 0.012)), 0.0032)

    return loft(_profiled(turns, profile))


def _turned(line: Neckline, rows: int, gap: float, high: float, low: float) -> Mesh:
    """A wide collar that lies open before the chest; ``high`` at the nape, ``low`` less in front."""
    turns = _open_turns(gap, rows)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front, off = _front(t), np.minimum(t, 2 * np.pi - t)
        rb, rt = line.hole + 0.006 + 0.004 * front, line.neck + 0.019 + 0.014 * front
        yb = line.height(t, rb + 0.004)
        yt = yb + high - low * front
        point = _bell(off, 0.86, 0.46)
        ro = rb + 0.022 + 0.032 * point
        lies = line.height(t, ro) + 0.006
        yo = np.maximum(yb + 0.004, lies) * (1 - point) + lies * point
        return _leaf((rb, yb), (rt, yt), (ro, np.minimum(yo, yt - 0.016)), 0.0048)

    return loft(_profiled(turns, profile))


def _band(line: Neckline, rows: int, high: float, thick: float, gap: float) -> Mesh:
    """A stand-up collar: of a uniform, or a gorget when thick."""
    turns = _open_turns(gap, rows)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = _front(t)
        rb, rt = line.hole + 0.003 + 0 * t, line.neck + 0.010 + 0.003 * front
        yb = line.height(t, rb + 0.005) - 0.008
        yt = yb + 0.008 + high - 0.006 * front
        return [
            (rb, yb),
            (rt, yt - 0.002),
            (rt + thick / 2, yt),
            (rt + thick, yt - 0.002),
            (rb + thick * 1.7, yb),
        ]

    return loft(_profiled(turns, profile))


def _roll(line: Neckline, rows: int) -> Mesh:
    """The double roll of a turtleneck, closed all round."""
    turns = np.linspace(0, 2 * np.pi, rows, endpoint=False)
    round_ = np.linspace(0, 2 * np.pi, 10, endpoint=False)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        rb = line.hole + 0.004 + 0 * t
        yb = line.height(t, rb)
        ribs = 0.0007 * np.cos(t * 40)
        spread = np.maximum(rb - line.neck - 0.012, 0.004)
        made = []
        for a in round_:
            low = (1 - np.sin(a)) / 2
            made.append(
                (
                    line.neck + 0.0145 + 0.0085 * np.cos(a) + ribs + low * spread,
                    yb + 0.026 + 0.031 * np.sin(a),
                )
            )
        return made

    return loft(_profiled(turns, profile), closed=True)


def _crew(line: Neckline, thick: float, rows: int) -> Mesh:
    """The ribbed edge of a round neckline."""
    turns = np.linspace(0, 2 * np.pi, rows, endpoint=False)
    radius = line.hole + 0.006 + 0.006 * _front(turns)
    return ring(_about_neck(turns, radius, line.height(turns, radius) + 0.001), thick)


def _hood(line: Neckline, rows: int) -> Mesh:
    """A hood that lies on the back, its edge running round to the throat."""
    turns = _open_turns(0.26, rows)
    round_ = np.linspace(0, 2 * np.pi, 12, endpoint=False)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = _front(t)
        back = (1 - front) ** 1.4
        wide, high = 0.012 + 0.026 * back, 0.018 + 0.026 * back
        middle = line.hole + 0.010 + 0.026 * back
        y = line.height(t, line.hole + 0.008 + 0 * t) + 0.010 + 0.004 * back
        wave = 1 + 0.07 * np.cos(t * 6)
        droop = 0.020 * back
        return [
            (
                middle + wide * np.cos(a) * wave + droop * (1 - np.sin(a)) / 2,
                y + high * np.sin(a) * wave - 0.4 * droop,
            )
            for a in round_
        ]

    return loft(_profiled(turns, profile))


def _strings(top: Field) -> list[Mesh]:
    """The strings of a hood, lying on the chest."""
    made = []
    for side in (1, -1):
        levels = np.array((1.405, 1.36, 1.31, 1.26, 1.225))
        deep = np.linspace(0.20, 0.0, 60)
        path = []
        for y in levels:
            at = np.stack([np.full(60, side * 0.034), np.full(60, y), deep], 1).astype(np.float32)
            path.append((side * 0.034, y, float(deep[(top(at) < 0).argmax()]) + 0.002))
        made.append(tube(path, [0.0028, 0.0028, 0.0028, 0.0028, 0.0042], 6, hint=(1.0, 0.0, 0.0)))
    return made


def collar_meshes(cut: Garment, body: Body, top: Field, detail: float) -> list[tuple[Kind, Mesh]]:
    """The collars of a garment on its ``top``, with what each is cut from."""
    rows = 40 if detail < 0.7 else 64
    own = Kind.COLLAR
    line = Neckline(neck_radius(body), neck_hole(body, cut), top)
    made: dict[str, Callable[[], list[tuple[Kind, Mesh]]]] = {
        "": list,
        "shirt": lambda: [(own, _shirt(line, rows))],
        "suit": lambda: [(Kind.SHIRT, _shirt(line, rows)), (own, _turned(line, rows, 0.95, 0.036, 0.014))],
        "coat": lambda: [(Kind.SHIRT, _shirt(line, rows)), (own, _turned(line, rows, 0.62, 0.054, 0.026))],
        "turned": lambda: [(own, _turned(line, rows, 0.55, 0.054, 0.026))],
        "band": lambda: [(own, _band(line, rows, 0.040, 0.006, 0.05))],
        "gorget": lambda: [(own, _band(line, rows, 0.048, 0.012, 0.0))],
        "roll": lambda: [(own, _roll(line, rows))],
        "crew": lambda: [(own, _crew(line, 0.0056, rows))],
        "piping": lambda: [(own, _crew(line, 0.0042, rows))],
        "hood": lambda: [(own, merge([_hood(line, rows), *_strings(top)]))],
        "mantle": lambda: [(own, _hood(line, rows))],
    }
    return made[cut.collar]()


def cuff_meshes(body: Body, at: dict[str, F64]) -> list[tuple[str, Mesh]]:
    """Shirt cuffs that look out of a jacket's sleeves, by forearm."""
    made = []
    for tag in ("l", "r"):
        elbow, hand = at["forearm_" + tag], at["hand_" + tag]
        along = unit(hand - elbow)
        path = [
            elbow + (hand - elbow) * 0.84,
            elbow + (hand - elbow) * 0.935,
            hand - along * 0.006,
            hand - along * 0.004,
        ]
        thick = 0.0315 * (0.45 + 0.55 * body.limb)
        made.append(("forearm_" + tag, tube(np.array(path), [thick, thick, thick, thick * 0.8], 14)))
    return made


def cloak_mesh(body: Body, at: dict[str, F64], detail: float) -> Mesh:
    """A cloak over spread arms, open before the chest: it falls to the sides when the arms do."""
    columns, rows = (44, 16) if detail < 0.7 else (72, 28)
    heights = np.concatenate([np.linspace(1.482, 1.37, rows // 3), np.linspace(1.34, 0.34, rows - rows // 3)])
    w, elbow = body.shoulder, float(at["forearm_l"][0])
    wide = np.interp(
        heights,
        (0.34, 0.80, 1.165, 1.34, 1.40, 1.43, 1.455, 1.482),
        (elbow + 0.13, elbow + 0.165, elbow + 0.105, w + 0.112, w + 0.085, w + 0.052, 0.76 * w + 0.02, 0.084),
    )
    deep = np.interp(
        heights,
        (0.34, 1.0, 1.30, 1.40, 1.455, 1.482),
        (0.235, 0.190 * body.waist**0.5, 0.162 * body.chest, 0.128, 0.100, 0.080),
    )
    back = np.interp(heights, (0.34, 1.30, 1.462), (-0.045, -0.012, -0.018))
    gap = np.interp(heights, (0.34, 1.10, 1.30, 1.375, 1.482), (0.72, 0.62, 0.34, 0.06, 0.30))
    share = np.linspace(0, 1, columns)
    sections = []
    for y, a, b, z, g in zip(heights, wide, deep, back, gap, strict=True):
        t = g + (2 * np.pi - 2 * g) * share
        fall = np.clip((1.34 - y) / 0.8, 0, 1)
        wave = 1 + 0.055 * fall * np.sin(t * 11) + 0.02 * fall * np.sin(t * 17 + 1)
        round_ = np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.7
        outer = np.stack([a * np.sin(t) * wave, np.full(columns, y), z + b * round_ * wave], 1)
        inner = np.stack(
            [(a - 0.008) * np.sin(t) * wave, np.full(columns, y - 0.008), z + (b - 0.008) * round_ * wave], 1
        )
        sections.append(np.concatenate([outer, inner[::-1]]))
    return loft(np.array(sections))


def epaulettes(body: Body) -> Mesh:
    """Shoulder boards of a uniform."""
    made = []
    for side in (1, -1):
        w = body.shoulder
        path = [
            (side * 0.088, 1.452, -0.018),
            (side * (w - 0.045), 1.440, -0.016),
            (side * (w + 0.012), 1.418, -0.014),
        ]
        made.append(tube(path, [0.020, 0.021, 0.019], 8, hint=(0.0, 0.0, 1.0), flat=0.32))
    return merge(made)
