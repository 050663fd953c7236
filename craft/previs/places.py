"""Where a body is at any time: standing, walking, turning, sitting down, falling - a pure function of seconds."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from craft.previs.frames import wrapped
from craft.previs.gait import Pace, Step
from craft.previs.paths import Spot, Walkway
from craft.previs.spatial import F64, smooth

SIT_S, RISE_S, FALL_S, GET_UP_S = 1.3, 1.2, 1.15, 2.6
_SETTLE_M = 0.55
_HIGHEST_SEAT = 0.60
"""Above this a seat has a rung for the feet."""


@dataclass(frozen=True)
class Place:
    """A body on the floor: origin (where it stands, or would rise to), heading, and how far it sits or lies.

    ``sit`` and ``fall`` run from 0 to 1; ``seat`` is the height of the seat in metres.
    """

    x: float
    z: float
    yaw: float
    sit: float = 0.0
    seat: float = 0.0
    fall: float = 0.0
    going: float = 0.0
    """0 still … 1 walking."""

    @property
    def spot(self) -> Spot:
        """Floor position."""
        return (self.x, self.z)


@dataclass(frozen=True)
class Bearing:
    """Headings along a walkway without a jump at 180°, bent at both ends to the headings told there."""

    way: Walkway
    degrees: F64
    first: float
    last: float

    @classmethod
    def of(cls, way: Walkway, first: float, last: float, swing: float) -> Bearing:
        """``first`` is the heading before setting off; arriving, one turns up to ``swing`` degrees towards
        ``last``.
        """
        raw = [way.heading(float(arc)) for arc in way.arcs]
        degrees = np.degrees(np.unwrap(np.radians(np.array(raw))))
        start = float(degrees[0]) + wrapped(first - float(degrees[0]))
        turn = max(-swing, min(swing, wrapped(last - float(degrees[-1]))))
        return cls(way, degrees, start, float(degrees[-1]) + turn)

    def at(self, arc: float) -> float:
        """Heading after ``arc`` metres, in degrees."""
        size = self.way.length
        reach = min(_SETTLE_M, size / 2)
        plain = float(np.interp(arc, self.way.arcs, self.degrees))
        plain += (self.first - float(self.degrees[0])) * (1 - smooth(arc / reach))
        return plain + (self.last - float(self.degrees[-1])) * smooth((arc - size + reach) / reach)


@dataclass(frozen=True)
class Move:
    """One change of place from ``start`` to ``end`` seconds, ending in ``to``."""

    kind: str
    start: float
    end: float
    to: Place
    bearing: Bearing | None = None
    pace: Pace | None = None

    def place(self, before: Place, t: float) -> Place:
        """Where the body is at ``t`` within the move."""
        if t >= self.end:
            return self.to
        s = smooth((t - self.start) / (self.end - self.start))
        if self.bearing is not None and self.pace is not None:
            arc = self.pace.arc(t - self.start)
            x, z = self.bearing.way.at(arc)
            edge = min(t - self.start, self.end - t) / 0.35
            return replace(before, x=x, z=z, yaw=self.bearing.at(arc), going=smooth(edge))
        linear = (t - self.start) / (self.end - self.start)
        return replace(
            self.to,
            x=before.x + (self.to.x - before.x) * s,
            z=before.z + (self.to.z - before.z) * s,
            yaw=before.yaw + (self.to.yaw - before.yaw) * s,
            sit=before.sit + (self.to.sit - before.sit) * s,
            seat=max(before.seat, self.to.seat),
            fall=before.fall + (self.to.fall - before.fall) * linear,
        )


@dataclass(frozen=True)
class Track:
    """One person's moves and steps through a shot."""

    first: Place
    moves: tuple[Move, ...] = ()
    steps: Mapping[str, Sequence[Step]] = field(default_factory=dict)

    def at(self, t: float) -> Place:
        """Where the body is after ``t`` seconds."""
        k = bisect_right([m.start for m in self.moves], t) - 1
        if k < 0:
            return self.first
        return self.moves[k].place(self.moves[k - 1].to if k else self.first, t)


def seat_rung(seat: float) -> float:
    """How high the feet rest under a seat of this height (metres)."""
    return max(0.0, seat - _HIGHEST_SEAT)


def knee_room(seat: float, scale: float) -> float:
    """How far before the hips the feet stand when sitting (metres)."""
    drop = min(0.76, (seat - seat_rung(seat)) / scale)
    share = 0.60 + max(-0.10, min(0.16, 0.45 - seat)) * 1.3
    return math.sqrt(0.80**2 - drop**2) * share * scale
