"""Retiming: which source frame each frame of a clip shows. Ramps, freezes and reverses are all of this kind.

source ┤          ╱    a key says: this boundary of the clip lies on this boundary of the source;
 end   ┤        ╱      between two keys the source runs evenly
       ┤   ____╱       (here: normal, frozen, fast)
       ┤  ╱
       └──┴────┴───→ clip
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

Key = tuple[int, Fraction]
FORWARD_PIECE, BACKWARD_PIECE = 240, 48
"""The most frames of a retimed clip that are rendered in one piece."""


class Sampling(StrEnum):
    """How frames between source frames are made: the nearest one, a blend of two, or along the motion."""

    NEAREST = "nearest"
    BLEND = "blend"
    MOTION = "motion"


@dataclass(frozen=True, slots=True)
class Retime:
    """Keys of (clip frame, source frame), both boundaries counted from the clip's and its source's start.

    The first key lies on clip frame 0, the last on the clip's length; clip frames rise from key to key.
    Source frames may fall (reverse) or stay (freeze).
    """

    keys: tuple[Key, ...]
    sampling: Sampling = Sampling.NEAREST

    @classmethod
    def through(
        cls, points: Sequence[tuple[int, Fraction | int]], sampling: Sampling = Sampling.NEAREST
    ) -> Retime:
        """A retime through (clip frame, source frame) points."""
        return cls(tuple((at, Fraction(source)) for at, source in points), sampling)

    @property
    def length(self) -> int:
        """Frames of the clip."""
        return self.keys[-1][0]

    def position(self, at: Fraction) -> Fraction:
        """The place in the source at a place in the clip; beyond its ends the speed there goes on."""
        place: Fraction | int = at
        after = bisect_right(self.keys, place, 1, len(self.keys) - 1, key=_clip_frame)
        (start, low), (end, high) = self.keys[after - 1], self.keys[after]
        return low + (high - low) * (at - start) / (end - start)

    def frame(self, number: int) -> int:
        """The source frame that clip frame `number` shows: the one under the middle of the clip frame."""
        return math.floor(self.position(Fraction(2 * number + 1, 2)))

    def frames(self) -> tuple[int, ...]:
        """The source frame of every clip frame."""
        return tuple(self.frame(number) for number in range(self.length))

    def speed(self, number: int) -> Fraction:
        """Source frames per clip frame at a clip frame; below 0 it runs backwards."""
        return self.position(Fraction(number + 1)) - self.position(Fraction(number))

    def touched(self) -> tuple[int, int]:
        """The first source frame shown and the one after the last."""
        shown = [self.frame(at) for at in self._turns()]
        return min(shown), max(shown) + 1

    def reach(self) -> tuple[int, int]:
        """Like `touched`, with the neighbours that frames between source frames are made of."""
        first, end = self.touched()
        if self.sampling is Sampling.NEAREST:
            return first, end
        # a blend needs the frames on both sides of a place, the motion there one more of each
        more = 1 if self.sampling is Sampling.BLEND else 2
        return first - more, end + more

    def stretches(self, start: int, length: int) -> Iterator[tuple[int, int]]:
        """Cut clip frames into (start, length) pieces that are each drawn in one manner, and not too long.

        A piece that runs backwards has to be kept in memory whole, so it is shorter.
        """
        end = start + length
        at = start
        while at < end:
            manner = self._manner(at)
            edges = (key[0] for key in self.keys if key[0] > at)
            stop = next((edge for edge in edges if edge < self.length and self._manner(edge) != manner), end)
            stop = min(stop, end)
            yield from _evenly(at, stop, BACKWARD_PIECE if manner[0] else FORWARD_PIECE)
            at = stop

    def _manner(self, number: int) -> tuple[bool, bool]:
        """Whether a clip frame runs backwards, and whether it is made along the motion."""
        speed = self.speed(number)
        return speed < 0, self.sampling is Sampling.MOTION and 0 < abs(speed) < 1

    def _turns(self) -> set[int]:
        """Clip frames among which the extremes lie: the first and last of every span between keys."""
        return {at for (start, _), (end, _) in pairwise(self.keys) for at in (start, end - 1)}

    @property
    def forwards(self) -> bool:
        """True when the source never runs backwards."""
        return all(before <= after for (_, before), (_, after) in pairwise(self.keys))

    def reached(self, source: Fraction | int) -> int:
        """The first clip frame at whose start the source has come to `source`; the length when it never does.

        Only of a retime that runs forwards.
        """
        for (start, low), (end, high) in pairwise(self.keys):
            if source <= low:
                return start
            if source <= high:
                return start + math.ceil((source - low) * (end - start) / (high - low))
        return self.length

    def part(self, start: int, length: int) -> Retime:
        """The retime of `length` clip frames from `start`; may reach beyond the ends."""
        end = start + length
        inner = [key for key in self.keys if start < key[0] < end]
        first, last = self.position(Fraction(start)), self.position(Fraction(end))
        keys = [(start, first), *inner, (end, last)]
        return Retime(tuple((at - start, source) for at, source in keys), self.sampling)

    def moved(self, frames: int) -> Retime:
        """The same retime with its source counted from another start, `frames` later."""
        return Retime(tuple((at, source - frames) for at, source in self.keys), self.sampling)


def _clip_frame(key: Key) -> Fraction | int:
    return key[0]


def _evenly(start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """As few pieces of about the same length as `most` allows."""
    count = -(-(end - start) // most)
    edges = [start + (end - start) * number // count for number in range(count + 1)]
    yield from ((low, high - low) for low, high in pairwise(edges))


def broken(retime: Retime) -> str | None:
    """What is wrong with a retime, in words, or None."""
    keys = retime.keys
    if len(keys) < 2 or keys[0][0] != 0:
        return "a retime needs a key at clip frame 0 and one at its end"
    if any(after <= before for (before, _), (after, _) in pairwise(keys)):
        return "the keys' clip frames do not rise"
    return None
