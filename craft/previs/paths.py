"""Ways across a set on foot: round the furniture by its corners, with rounded turns."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from craft.previs.spatial import F64
from craft.previs.stage import StageSet

Spot = tuple[float, float]
"""Floor position x, z in metres."""
Block = tuple[float, float, float, float]
"""Floor rectangle: low x, low z, high x, high z."""

BODY_M = 0.24
"""Half of the width a walker needs."""
_KNEE_M, _HEAD_M = 0.12, 1.75
_ROUND_M = 0.40
_STEP_M = 0.04


@dataclass(frozen=True)
class Walkway:
    """A way as dense points with the arc length up to each."""

    points: F64
    """float64[n, 2]: x, z."""
    arcs: F64

    @property
    def length(self) -> float:
        """Metres."""
        return float(self.arcs[-1])

    def at(self, arc: float) -> Spot:
        """Place after ``arc`` metres."""
        return (
            float(np.interp(arc, self.arcs, self.points[:, 0])),
            float(np.interp(arc, self.arcs, self.points[:, 1])),
        )

    def heading(self, arc: float) -> float:
        """Degrees one faces there, smoothed over a stride."""
        reach = min(0.16, self.length / 2)
        a, b = self.at(max(0.0, arc - reach)), self.at(min(self.length, arc + reach))
        return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))


def blocks_of(stage: StageSet, grow: float = 0.0) -> list[Block]:
    """What stands in a walker's way: solids between knee and head height, as floor rectangles."""
    return [
        (o.low[0] - grow, o.low[2] - grow, o.high[0] + grow, o.high[2] + grow)
        for o in stage.obstacles
        if o.high[1] > _KNEE_M and o.low[1] < _HEAD_M
    ]


def person_block(spot: Spot, half: float = 0.22) -> Block:
    """The floor a standing person takes."""
    return (spot[0] - half, spot[1] - half, spot[0] + half, spot[1] + half)


def grown(block: Block, by: float) -> Block:
    """The rectangle with a margin."""
    return (block[0] - by, block[1] - by, block[2] + by, block[3] + by)


def within(block: Block, spot: Spot) -> bool:
    """Whether a spot lies in the rectangle."""
    return block[0] < spot[0] < block[2] and block[1] < spot[1] < block[3]


def crosses(block: Block, a: Spot, b: Spot) -> bool:
    """Whether the straight way from a to b passes through the rectangle (slab test)."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        d = b[axis] - a[axis]
        lo, hi = block[axis] + 1e-6, block[axis + 2] - 1e-6
        if abs(d) < 1e-12:
            if not lo < a[axis] < hi:
                return False
            continue
        t0, t1 = (lo - a[axis]) / d, (hi - a[axis]) / d
        low, high = max(low, min(t0, t1)), min(high, max(t0, t1))
        if low >= high:
            return False
    return True


def _free(a: Spot, b: Spot, blocks: Sequence[Block]) -> bool:
    return not any(crosses(block, a, b) for block in blocks)


def _corners(blocks: Sequence[Block], grow: float) -> list[Spot]:
    spots = []
    for block in blocks:
        x0, z0, x1, z1 = grown(block, grow)
        spots += [(x0, z0), (x0, z1), (x1, z0), (x1, z1)]
    return spots


def _search(start: Spot, goal: Spot, blocks: Sequence[Block], nodes: Sequence[Spot]) -> list[Spot] | None:
    """Shortest way over the corners (A*)."""
    spots = [start, goal, *nodes]
    best = {0: 0.0}
    came: dict[int, int] = {}
    queue = [(math.dist(start, goal), 0)]
    done: set[int] = set()
    while queue:
        _cost, i = heapq.heappop(queue)
        if i in done:
            continue
        done.add(i)
        if i == 1:
            way = [1]
            while way[-1] in came:
                way.append(came[way[-1]])
            return [spots[k] for k in reversed(way)]
        for k, spot in enumerate(spots):
            if k in done:
                continue
            cost = best[i] + math.dist(spots[i], spot)
            if cost < best.get(k, math.inf) and _free(spots[i], spot, blocks):
                best[k], came[k] = cost, i
                heapq.heappush(queue, (cost + math.dist(spot, goal), k))
    return None


def _rounded(way: Sequence[Spot]) -> list[Spot]:
    """Corners cut into curves that leave and meet the straight parts in line."""
    out = [way[0]]
    for a, b, c in zip(way, way[1:], way[2:], strict=False):
        into, away = math.dist(a, b), math.dist(b, c)
        trim = min(_ROUND_M, into * 0.45, away * 0.45)
        p = (b[0] + (a[0] - b[0]) * trim / into, b[1] + (a[1] - b[1]) * trim / into)
        q = (b[0] + (c[0] - b[0]) * trim / away, b[1] + (c[1] - b[1]) * trim / away)
        for k in range(9):
            t = k / 8
            u = (1 - t) ** 2, 2 * t * (1 - t), t * t
            out.append((u[0] * p[0] + u[1] * b[0] + u[2] * q[0], u[0] * p[1] + u[1] * b[1] + u[2] * q[1]))
    out.append(way[-1])
    return out


def _dense(way: Sequence[Spot]) -> Walkway:
    spots = [way[0]]
    for a, b in pairwise(way):
        parts = max(1, math.ceil(math.dist(a, b) / _STEP_M))
        spots += [
            (a[0] + (b[0] - a[0]) * k / parts, a[1] + (b[1] - a[1]) * k / parts) for k in range(1, parts + 1)
        ]
    points = np.array(spots, np.float64)
    d = points[1:] - points[:-1]
    arcs = np.concatenate([np.zeros(1), np.cumsum(np.sqrt((d * d).sum(1)))])
    return Walkway(points, arcs)


def walkway(start: Spot, goal: Spot, blocks: Sequence[Block]) -> Walkway:
    """The shortest way from start to goal that keeps a body's width from every block.

    Blocks that hold the start or the goal do not count (a chair one sits on, a table one leans at); where no
    way is wide enough, narrower ones are tried, and at last the straight line.
    """
    for width in (BODY_M, 0.18, 0.10):
        wide = [grown(b, width) for b in blocks]
        near = [b for b in wide if not within(b, start) and not within(b, goal)]
        if _free(start, goal, near):
            return _dense([start, goal])
        nodes = [s for s in _corners(near, 0.09) if not any(within(b, s) for b in near)]
        way = _search(start, goal, near, nodes)
        if way is not None:
            return _dense(_rounded(way))
    return _dense([start, goal])
