"""Frames between frames, along the motion: what moves is where it would have been, not in two places at once.

    a ──→ b     flow both ways (dense inverse search); at a share of the way every pixel asks both flows which
       ·        pixel passes through it; where one has no answer (it is hidden there) the other is shown

Across a scene cut nothing moves: the nearer frame is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from craft.render.moves import Plane, Planes

Flow = NDArray[np.float32]
"""How far every pixel goes: shape (height, width, 2), in pixels of the size it was found at."""
Values = TypeVar("Values", NDArray[np.uint8], NDArray[np.float32])
FLOW_WIDTH = 640
"""Flow is looked for in pictures no wider than this: finer motion is noise, and costs four times as much."""
SMALLEST = 32
"""Pictures with a side below this have no patches to follow; they are mixed."""
ROUNDS = 3
DOUBT = 1.5
"""Pixels between two rounds at which an answer is worth a third."""
CUT_CHANGE, CUT_REST = 0.10, 0.07
"""Mean change between frames, and what is left of it once the motion is known, of full scale: beyond both
there is no motion to follow."""


@dataclass
class _Pair:
    """Two neighbouring frames and what is known of the way from one to the other."""

    first: Planes
    second: Planes
    _flows: tuple[Flow, Flow] | None = field(default=None, repr=False)

    def flows(self) -> tuple[Flow, Flow]:
        """The flow from the first to the second and back."""
        if self._flows is None:
            a, b = (_small(planes.y) for planes in (self.first, self.second))
            search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
            if a.shape[1] < FLOW_WIDTH // 2:
                search.setFinestScale(0)
            room = np.zeros((*a.shape, 2), np.float32)
            there, back = search.calc(a, b, room.copy()), search.calc(b, a, room)
            self._flows = np.asarray(there, np.float32), np.asarray(back, np.float32)
        return self._flows

    def small(self) -> bool:
        return min(self.first.size) < SMALLEST

    def cut(self) -> bool:
        """True when the second frame is not the first one moved."""
        a, b = _small(self.first.y), _small(self.second.y)
        if float(cv2.absdiff(a, b).mean()) <= CUT_CHANGE * 255 or self.small():
            return False
        there, _ = self.flows()
        found = _taken(b, there, 1.0, cv2.INTER_LINEAR)
        return float(cv2.absdiff(a, found).mean()) > CUT_REST * 255

    def between(self, share: float) -> bytes:
        """The frame at a share of the way from the first to the second, as raw yuv420p."""
        if self.small():
            pieces = zip(_all(self.first), _all(self.second), strict=True)
            return b"".join(_mixed(a, b, np.full(a.shape, share, np.float32)) for a, b in pieces)
        ahead, back = self.flows()
        from_first, doubt_first = _passing(ahead, share)
        from_second, doubt_second = _passing(back, 1 - share)
        trust_first = (1 - share) * np.exp(-doubt_first) + 1e-6
        trust_second = share * np.exp(-doubt_second) + 1e-6
        weight = (trust_second / (trust_first + trust_second)).astype(np.float32)
        made = []
        for number, (a, b) in enumerate(zip(_all(self.first), _all(self.second), strict=True)):
            kind = cv2.INTER_LINEAR if number else cv2.INTER_CUBIC
            size = (a.shape[1], a.shape[0])
            moved = [_moved(plane, way, kind) for plane, way in ((a, from_first), (b, from_second))]
            made.append(_mixed(moved[0], moved[1], np.asarray(cv2.resize(weight, size), np.float32)))
        return b"".join(made)


def interpolated(
    frames: Iterable[bytes], times: Sequence[int], length: int, size: tuple[int, int], cut: Callable[[], None]
) -> Iterator[bytes]:
    """`length` frames at the times 0, 1000, 2000 … of source frames that stand at the rising `times`.

    Raw yuv420p of `size` in and out. Before the first source frame and behind the last that frame is shown;
    `cut` is called for every scene cut that is met. Ends early where `frames` does.
    """
    source = iter(frames)
    raw = next(source, None)
    number = 0
    for low, high in pairwise(times):
        following = next(source, None)
        if raw is None or following is None:
            return
        pair = _Pair(Planes.of(raw, *size), Planes.of(following, *size))
        held = None
        while number < length and number * 1000 < high:
            share = max(0.0, (number * 1000 - low) / (high - low))
            if share and held is None:
                held = pair.cut()
                if held:
                    cut()
            if not share or held:
                yield following if share > 0.5 else raw
            else:
                yield pair.between(share)
            number += 1
        raw = following
    while raw is not None and number < length:
        yield raw
        number += 1


def _all(planes: Planes) -> tuple[Plane, Plane, Plane]:
    return planes.y, planes.u, planes.v


def _small(plane: Plane) -> Plane:
    height, width = plane.shape
    if width <= FLOW_WIDTH:
        return plane
    size = (FLOW_WIDTH, max(SMALLEST, round(height * FLOW_WIDTH / width)))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _passing(flow: Flow, share: float) -> tuple[Flow, NDArray[np.float32]]:
    """For every place, the way back to the pixel that passes through it after `share` of its flow, and how much
    that is in doubt (0 is sure)."""
    way = flow
    for _ in range(ROUNDS):
        before = way
        way = _taken(flow, way, -share, cv2.INTER_LINEAR)
    doubt = np.hypot(way[..., 0] - before[..., 0], way[..., 1] - before[..., 1]) / DOUBT
    way *= -share
    return way, doubt


def _moved(plane: Plane, way: Flow, kind: int) -> Plane:
    """A plane with every pixel taken from as far away as `way`, which may be of another size, says."""
    height, width = plane.shape
    full = np.asarray(cv2.resize(way, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    full *= np.array([width / way.shape[1], height / way.shape[0]], np.float32)
    return _taken(plane, full, 1.0, kind)


def _taken(values: Values, way: Flow, share: float, kind: int) -> Values:
    """What stands a share of `way` from every place; beyond the edge its value goes on."""
    height, width = way.shape[:2]
    across = way[..., 0] * np.float32(share) + np.arange(width, dtype=np.float32)
    down = way[..., 1] * np.float32(share) + np.arange(height, dtype=np.float32)[:, None]
    found = cv2.remap(values, across, down, kind, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, values.dtype)


def _mixed(a: Plane, b: Plane, weight: NDArray[np.float32]) -> bytes:
    both = b.astype(np.float32)
    both -= a
    both *= weight
    both += a
    return np.rint(both, out=both).astype(np.uint8).tobytes()
