"""Collars, cuffs, hoods and cloaks, cut as sheets: crisp at any quality. Bind space, metres."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from craft.previs.garments import neck_radius
from craft.previs.sdf import Mesh
from craft.previs.skeleton import Body
from craft.previs.solids import merge
from craft.previs.spatial import F64, unit
from craft.previs.tubes import loft, ring, tube


def _about_neck(turn: F64, radius: F64, y: F64) -> F64:
    """Points round the neck's leaning axis; turn 0 is the throat."""
    z = -0.020 + (y - 1.40) * 0.09
    return np.stack([radius * np.sin(turn), y, z + radius * np.cos(turn)], -1)


def _profiled(turns: F64, profile: Callable[[F64], list[tuple[F64, F64]]]) -> F64:
    """Sections of a collar: for each turn the outline (radius, height) of its cloth."""
    corners = profile(turns)
    return np.stack([_about_neck(turns, r, y) for r, y in corners], 1)


def _bell(x: F64, middle: float, width: float) -> F64:
    return np.exp(-(((x - middle) / width) ** 2))


def _shirt(body: Body, rows: int) -> Mesh:
    """A stand with a turned-down leaf that ends in two points."""
    r = neck_radius(body)
    turns = np.linspace(0.16, 2 * np.pi - 0.16, rows)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = (1 + np.cos(t)) / 2
        off = np.minimum(t, 2 * np.pi - t)
        rb, rt = r + 0.019 + 0.004 * front, r + 0.010 + 0.004 * front
        yb, yt = 1.436 - 0.030 * front, 1.494 - 0.040 * front
        point = _bell(off, 0.42, 0.30)
        ro, yo = rb + 0.013 + 0.012 * point, yb + 0.004 - 0.026 * point
        return [
            (rb, yb - 0.006),
            (rt, yt - 0.003),
            (rt + 0.003, yt),
            (rt + 0.007, yt - 0.002),
            (ro + 0.003, yo),
            (ro, yo - 0.001),
            (rt + 0.004, yt - 0.009),
            (rb + 0.003, yb - 0.006),
        ]

    return loft(_profiled(turns, profile))


def _turned(body: Body, rows: int) -> Mesh:
    """A wide collar that lies open before the chest."""
    r = neck_radius(body)
    turns = np.linspace(0.62, 2 * np.pi - 0.62, rows)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = (1 + np.cos(t)) / 2
        off = np.minimum(t, 2 * np.pi - t)
        rb, rt = r + 0.025 + 0.014 * front, r + 0.019 + 0.016 * front
        yb, yt = 1.432 - 0.036 * front, 1.496 - 0.052 * front
        point = _bell(off, 0.80, 0.42)
        ro, yo = rb + 0.024 + 0.026 * point, yb + 0.006 - 0.034 * point
        return [
            (rb, yb - 0.008),
            (rt, yt - 0.004),
            (rt + 0.005, yt),
            (rt + 0.011, yt - 0.003),
            (ro + 0.005, yo),
            (ro, yo - 0.002),
            (rt + 0.007, yt - 0.012),
            (rb + 0.005, yb - 0.008),
        ]

    return loft(_profiled(turns, profile))


def _band(body: Body, rows: int, high: float = 0.046, thick: float = 0.006, gap: float = 0.05) -> Mesh:
    """A stand-up collar: of a uniform, or a gorget when thick."""
    r = neck_radius(body)
    turns = np.linspace(gap, 2 * np.pi - gap, rows)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = (1 + np.cos(t)) / 2
        rb, rt = r + 0.020 + 0.004 * front, r + 0.011 + 0.003 * front
        yb = 1.432 - 0.030 * front
        yt = yb + high - 0.006 * front
        return [
            (rb, yb),
            (rt, yt - 0.002),
            (rt + thick / 2, yt),
            (rt + thick, yt - 0.002),
            (rb + thick * 1.6, yb),
        ]

    return loft(_profiled(turns, profile))


def _roll(body: Body, rows: int) -> Mesh:
    """The double roll of a turtleneck, closed all round."""
    r = neck_radius(body)
    turns = np.linspace(0, 2 * np.pi, rows, endpoint=False)
    k = np.linspace(0, 2 * np.pi, 10, endpoint=False)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = (1 + np.cos(t)) / 2
        y, high = 1.462 - 0.026 * front, 0.031
        ribs = 0.0007 * np.cos(t * 40)
        return [
            (r + 0.0145 + 0.0085 * np.cos(a) + ribs + 0.006 * (1 - np.sin(a)) / 2, y + high * np.sin(a))
            for a in k
        ]

    return loft(_profiled(turns, profile), closed=True)


def _crew(radius: float, thick: float, rows: int, low: float = 0.026) -> Mesh:
    """The ribbed edge of a round neckline."""
    turns = np.linspace(0, 2 * np.pi, rows, endpoint=False)
    front = (1 + np.cos(turns)) / 2
    path = _about_neck(turns, np.full(rows, radius) + 0.006 * front, 1.447 - low * front)
    return ring(path, thick)


def _hood(body: Body, rows: int) -> Mesh:
    """A hood that lies on the back, its edge running round to the throat."""
    r = neck_radius(body)
    turns = np.linspace(0.30, 2 * np.pi - 0.30, rows)
    k = np.linspace(0, 2 * np.pi, 10, endpoint=False)

    def profile(t: F64) -> list[tuple[F64, F64]]:
        front = (1 + np.cos(t)) / 2
        back = (1 - front) ** 1.6
        wide, high = 0.013 + 0.026 * back, 0.020 + 0.024 * back
        middle, y = r + 0.026 + 0.020 * back, 1.447 - 0.036 * front + 0.004 * back
        wave = 1 + 0.06 * np.cos(t * 6)
        return [
            (middle + wide * np.cos(a) * wave + 0.014 * back * (1 - np.sin(a)), y + high * np.sin(a) * wave)
            for a in k
        ]

    strings = []
    for side in (1, -1):
        path = [
            (side * 0.030, 1.405, 0.062),
            (side * 0.034, 1.36, 0.100),
            (side * 0.036, 1.29, 0.124),
            (side * 0.037, 1.235, 0.126),
        ]
        strings.append(tube(path, [0.0030, 0.0030, 0.0030, 0.0042], 6, hint=(1.0, 0.0, 0.0)))
    return merge([loft(_profiled(turns, profile)), *strings])


def collar_mesh(kind: str, body: Body, detail: float) -> Mesh | None:
    """The collar of a garment, or None for one without."""
    rows = 40 if detail < 0.7 else 64
    made: dict[str, Callable[[], Mesh]] = {
        "shirt": lambda: _shirt(body, rows),
        "turned": lambda: _turned(body, rows),
        "band": lambda: _band(body, rows),
        "gorget": lambda: _band(body, rows, 0.052, 0.012, 0.0),
        "roll": lambda: _roll(body, rows),
        "crew": lambda: _crew(neck_radius(body) + 0.022, 0.0058, rows),
        "hood": lambda: _hood(body, rows),
        "mantle": lambda: _hood(body, rows),
    }
    return made[kind]() if kind else None


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
    heights = np.concatenate([np.linspace(1.462, 1.36, rows // 3), np.linspace(1.33, 0.34, rows - rows // 3)])
    w, elbow = body.shoulder, float(at["forearm_l"][0])
    wide = np.interp(
        heights,
        (0.34, 0.80, 1.165, 1.34, 1.40, 1.462),
        (elbow + 0.06, elbow + 0.10, elbow + 0.075, w + 0.062, w + 0.030, 0.086),
    )
    deep = np.interp(
        heights,
        (0.34, 1.0, 1.30, 1.40, 1.462),
        (0.235, 0.185 * body.waist**0.5, 0.155 * body.chest, 0.112, 0.082),
    )
    back = np.interp(heights, (0.34, 1.30, 1.462), (-0.045, -0.012, -0.018))
    gap = np.interp(heights, (0.34, 1.10, 1.30, 1.365, 1.462), (0.72, 0.62, 0.34, 0.10, 0.24))
    share = np.linspace(0, 1, columns)
    sections = []
    for y, a, b, z, g in zip(heights, wide, deep, back, gap, strict=True):
        t = g + (2 * np.pi - 2 * g) * share
        fall = np.clip((1.34 - y) / 0.8, 0, 1)
        wave = 1 + 0.055 * fall * np.sin(t * 11) + 0.02 * fall * np.sin(t * 17 + 1)
        outer = np.stack([a * np.sin(t) * wave, np.full(columns, y), z + b * np.cos(t) * wave], 1)
        inner = np.stack(
            [(a - 0.008) * np.sin(t) * wave, np.full(columns, y), z + (b - 0.008) * np.cos(t) * wave], 1
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
