"""Where things go: a floor with a free middle, things along walls and round it by rule, marks in what is left."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from craft.previs.stage import Mark, Obstacle

Rect = tuple[float, float, float, float]
"""x0, z0, x1, z1 in metres."""
Spot = tuple[float, float, float]
"""x, z and the direction faced."""
_CLEAR = 0.30
_MARKS: tuple[tuple[float, float], ...] = (
    (0.0, -0.8), (-1.8, 1.3), (1.8, 1.5), (0.1, 2.5), (-1.5, -1.0), (1.7, -0.9), (-2.7, 0.2), (2.8, 0.4), (1.3, 3.5),
    (-1.2, 3.4), (0.4, -2.3), (-2.6, 2.4), (2.7, 2.6),
)  # fmt: skip


def overlaps(a: Rect, b: Rect, gap: float = 0.0) -> bool:
    """Whether two rectangles come nearer than ``gap``."""
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


@dataclass
class Floor:
    """Half extents of the ground, what is taken of it, and the spans taken of each wall."""

    half_x: float
    half_z: float
    chance: random.Random
    taken: list[Rect] = field(default_factory=list)
    spans: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {s: [] for s in "nswe"})

    def middle(self) -> Rect:
        """What stays free for players: less in a small room."""
        x, z = min(2.5, self.half_x * 0.62), min(2.2, self.half_z * 0.56)
        return (-x, -z, x, z + 0.4)

    def long(self, side: str) -> float:
        """Half the length of a wall."""
        return self.half_x if side in "ns" else self.half_z

    def free(self, rect: Rect, gap: float = 0.12) -> bool:
        """Whether a rectangle is on the floor, out of the middle and clear of other things."""
        inside = (
            rect[0] >= -self.half_x - 0.01
            and rect[2] <= self.half_x + 0.01
            and rect[1] >= -self.half_z - 0.01
            and rect[3] <= self.half_z + 0.01
        )
        return (
            inside
            and not overlaps(rect, self.middle())
            and not any(overlaps(rect, r, gap) for r in self.taken)
        )

    def against(self, side: str, at: float, wide: float, deep: float) -> Rect:
        """Floor of a thing with its back to a wall, ``at`` metres along it (to the right, seen from inside)."""
        hx, hz = self.half_x, self.half_z
        if side == "n":
            return (at - wide / 2, -hz, at + wide / 2, -hz + deep)
        if side == "s":
            return (-at - wide / 2, hz - deep, -at + wide / 2, hz)
        if side == "w":
            return (-hx, -at - wide / 2, -hx + deep, -at + wide / 2)
        return (hx - deep, at - wide / 2, hx, at + wide / 2)

    def span_free(self, side: str, at: float, wide: float) -> bool:
        """Whether nothing hangs or stands at a stretch of wall."""
        low, high = at - wide / 2, at + wide / 2
        fits = -self.long(side) + 0.05 <= low and high <= self.long(side) - 0.05
        return fits and not any(low < b and a < high for a, b in self.spans[side])

    def take_wall(self, side: str, at: float, wide: float, deep: float) -> None:
        """Keep a stretch of wall, and its floor where the thing stands on it."""
        self.spans[side].append((at - wide / 2, at + wide / 2))
        if deep > 0.25:
            self.taken.append(self.against(side, at, wide, deep))

    def at_wall(self, wide: float, deep: float, sides: str) -> tuple[str, float] | None:
        """A free stretch of wall for a thing, from the middle of the first side outwards."""
        for side in sides:
            reach = self.long(side) - wide / 2 - 0.1
            steps = [0.0] + [s * 0.35 * k for k in range(1, int(max(0.0, reach) / 0.35) + 1) for s in (-1, 1)]
            for at in steps if reach >= 0 else []:
                if not self.span_free(side, at, wide):
                    continue
                if deep > 0.25 and not self.free(self.against(side, at, wide, deep)):
                    continue
                self.take_wall(side, at, wide, deep)
                return side, at
        return None

    def round_middle(self, wide: float, deep: float, *, square: bool) -> Spot | None:
        """A seeded free spot about the middle, facing it; behind the players rather than before them. ``square``
        turns things by quarters, as in a room.
        """
        best: tuple[float, Spot, Rect] | None = None
        for _ in range(90):
            x = self.chance.uniform(-self.half_x, self.half_x)
            z = self.chance.uniform(-self.half_z, self.half_z)
            yaw = math.degrees(math.atan2(-x, -z))
            yaw = round(yaw / 90) * 90.0 if square else 0.0 if wide >= 3.5 else round(yaw / 5) * 5.0
            rect = self._under(x, z, yaw, wide, deep)
            # Lenses stand on the near side; what is there should not be much.
            cost = abs(math.hypot(x, z) - 4.2) + (2.5 if z > 1.0 else 0.0) + self.chance.random() * 1.5
            if (best is None or cost < best[0]) and self.free(rect):
                best = (cost, (x, z, yaw), rect)
        if best is None:
            return None
        self.taken.append(best[2])
        return best[1]

    @staticmethod
    def _under(x: float, z: float, yaw: float, wide: float, deep: float) -> Rect:
        """The floor a turned thing takes."""
        c, s = abs(math.cos(math.radians(yaw))), abs(math.sin(math.radians(yaw)))
        w, d = (wide * c + deep * s) / 2, (wide * s + deep * c) / 2
        return (x - w, z - d, x + w, z + d)

    def in_rows(self, index: int, wide: float, deep: float) -> Spot | None:
        """The place of the n-th bench or desk on both sides of an aisle, facing the far wall."""
        side, row = (-1, 1)[index % 2], index // 2
        x = side * (self.middle()[2] + wide / 2 + 0.15)
        for k in range(8):
            z = 0.9 - 1.35 * (row + k)
            rect = (x - wide / 2, z - deep / 2, x + wide / 2, z + deep / 2)
            if self.free(rect, 0.02):
                self.taken.append(rect)
                return (x, z, 180.0)
        return None

    def in_pairs(self, index: int, count: int, wide: float) -> Spot | None:
        """The place of the n-th of some columns or lights: two rows that lead to the far wall."""
        side, row, rows = (-1, 1)[index % 2], index // 2, max(1, -(-count // 2))
        x = side * min(self.half_x - 0.75, max(self.middle()[2] + wide, 3.4))
        long = self.half_z * 2 - 2.4
        for k in range(5):
            z = (
                -self.half_z
                + 1.2
                + (long * (row + 0.2 * k) / max(1, rows - 1) if rows > 1 else long * 0.3 + 0.7 * k)
            )
            rect = (x - wide / 2, z - wide / 2, x + wide / 2, z + wide / 2)
            if self.free(rect):
                self.taken.append(rect)
                return (x, z, -90.0 * side)
        return None


def marks_among(floor: Floor, obstacles: Sequence[Obstacle], wanted: int = 13) -> tuple[Mark, ...]:
    """The conversation's two marks and as many more as are wanted, clear of what stands there."""
    blocks = [
        (o.low[0], o.low[2], o.high[0], o.high[2]) for o in obstacles if o.low[1] < 1.6 and o.high[1] > 0.02
    ]
    found = [Mark(-0.56, 0.5, 40), Mark(0.56, 0.5, -40)]
    nx, nz = int(floor.half_x / 0.5), int(floor.half_z / 0.5)
    grid = [(0.5 * i, 0.5 * k) for i in range(-nx, nx + 1) for k in range(-nz, nz + 1)]
    grid.sort(key=lambda p: (round(math.hypot(*p), 3), p))
    for clear, apart in ((_CLEAR, 0.62), (0.24, 0.45), (0.2, 0.34)):
        for x, z in (*_MARKS, *grid):
            if len(found) >= wanted:
                return tuple(found)
            inside = abs(x) <= floor.half_x - 0.3 and abs(z) <= floor.half_z - 0.3
            here = (x - clear, z - clear, x + clear, z + clear)
            if not inside or any(overlaps(here, r) for r in blocks):
                continue
            if all(math.hypot(x - m.x, z - m.z) >= apart for m in found):
                found.append(Mark(x, z, round(math.degrees(math.atan2(-x, 0.4 - z)), 1)))
    return tuple(found)
