"""What only a whole picture shows: banding, torn fields and black bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision.decode import Plane
from craft.vision.reports import Bars

Counts = npt.NDArray[np.floating]

# Banding: blocks are so many to the long side; a staircase has three stairs of so many levels in one block.
_BLOCKS = 10
_STEPS = range(2, 13)
_FEWEST_FLAT, _MOST_ON_ONE = 0.5, 0.9
_SMALLEST_STAIR = 0.04
_VALLEY = 0.3
_LONG_SIDE = 640
_WINDOW = np.ones((3, 3), np.uint8)
_SMALLEST_CELL = 8
# Combing: a line that differs from both its neighbours by more than this, while they agree.
_TORN = 14
_AGREE = 10
_TORN_COLUMNS = 160
# Bars: nothing brighter than this above black, and a straight edge under which most of the line is picture.
_DARK = 8
_LIT_SHARE = 0.5
_THINNEST = 0.006
_EDGE_LINES = 4


@dataclass(frozen=True, slots=True)
class Banding:
    """The share of the picture in staircases (0-1) and the levels of a typical step, None without any."""

    share: float
    step: int | None


def banding(luma: Plane) -> Banding:
    """Staircases where a gradient should be.

    Read on a grid of about 640 columns. A pixel is flat when its neighbours there differ by one level at most;
    noise and dither are not flat. A block is a staircase when at least half of it is flat and three levels at
    equal distances of two or more are each well filled with next to nothing between them. Steps of one level are
    what eight bits look like and do not count.
    """
    gap = max(1, round(max(luma.shape) / _LONG_SIDE))
    thin = np.ascontiguousarray(luma[::gap, ::gap])
    if min(thin.shape) < 2 * _SMALLEST_CELL:
        return Banding(0.0, None)
    flat = cv2.absdiff(cv2.dilate(thin, _WINDOW), cv2.erode(thin, _WINDOW)) <= 1
    worst = Banding(0.0, None)
    for shares in _block_shares(thin, flat):
        even = shares[(shares.sum(axis=1) >= _FEWEST_FLAT) & (shares.max(axis=1) < _MOST_ON_ONE)]
        found = _stairs(even) if len(even) else np.zeros(0, np.int64)
        found = found[found > 0]
        if found.size > worst.share * len(shares):
            worst = Banding(round(found.size / len(shares), 4), int(np.median(found)))
    return worst


def _block_shares(thin: Plane, flat: npt.NDArray[np.bool_]) -> Iterator[Counts]:
    """The share of each block's pixels that are flat at each level, shape (blocks, 256), for blocks of two and of
    eight cells a side: wide stairs need large blocks. Blocks overlap.
    """
    height, width = thin.shape
    side = max(_SMALLEST_CELL, max(width, height) // _BLOCKS // 2)
    down, across = height // side, width // side
    rows = np.arange(down * side) // side * across
    cell = rows[:, None] + np.arange(across * side)[None, :] // side
    inside = flat[: down * side, : across * side]
    places = cell[inside] * 256 + thin[: down * side, : across * side][inside]
    counts = np.bincount(places, minlength=down * across * 256).reshape(down, across, 256)
    for reach in (1, 2, 4):
        if min(counts.shape[:2]) <= reach:
            return
        counts = counts[:-reach] + counts[reach:]
        counts = counts[:, :-reach] + counts[:, reach:]
        if reach == 2:
            continue
        blocks = counts[::reach, ::reach].reshape(-1, 256)
        yield np.asarray(blocks / (4 * reach * reach * side * side), np.float32)


def _stairs(shares: Counts) -> npt.NDArray[np.int64]:
    """The step of three equal stairs in each block, or 0; shares has shape (blocks, 256)."""
    best, found = np.zeros(len(shares), np.float32), np.zeros(len(shares), np.int64)
    wide = shares.copy()
    wide[:, 1:] += shares[:, :-1]
    wide[:, :-1] += shares[:, 1:]
    for step in _STEPS:
        # Decoders round a stair to neighbouring levels, which belong to it where stairs are far enough apart.
        filled, near = (wide, 2) if step >= 4 else (shares, 1)
        count = 256 - 2 * step
        ends = np.minimum(filled[:, :count], filled[:, step : step + count])
        ends = np.minimum(ends, filled[:, 2 * step :])
        # The fullest level strictly between a stair and the next.
        span = cv2.dilate(shares, np.ones((1, step - 2 * near + 1), np.uint8), anchor=(0, 0))
        between = np.maximum(span[:, near : near + count], span[:, near + step : near + step + count])
        exact = np.minimum(shares[:, :count], shares[:, step : step + count])
        exact = np.minimum(exact, shares[:, 2 * step :])
        stair = np.where((between <= _VALLEY * ends) & (ends >= _SMALLEST_STAIR), exact, 0).max(axis=1)
        found[stair > best] = step
        best = np.maximum(best, stair)
    return found


def combing(luma: Plane) -> float:
    """The share of pixels (0-1) whose line differs from both neighbours while these agree, above what noise and texture
    do at twice the distance. Fields of two moments do this where something moves; fine lines at rest do it too.
    """
    height, width = luma.shape
    if height < 16:
        return 0.0
    thin = luma[:, :: max(1, width // _TORN_COLUMNS)].astype(np.int16)
    near, far = _torn(thin, 1), _torn(thin, 2)
    return round(max(0.0, near - far), 5)


def _torn(rows: npt.NDArray[np.int16], gap: int) -> float:
    above, here, below = rows[: -2 * gap], rows[gap:-gap], rows[2 * gap :]
    up, down = here - above, here - below
    torn = (np.minimum(np.abs(up), np.abs(down)) > _TORN) & (np.abs(above - below) < _AGREE)
    found = int(np.count_nonzero(torn & ((up > 0) == (down > 0))))
    return found / int(torn.size)


def bars(luma: Plane, black: int) -> Bars | None:
    """Black bars of one picture; None when all of it is black, which says nothing about bars."""
    level = black + _DARK
    rows = luma.max(axis=1) > level
    columns = luma.max(axis=0) > level
    if not rows.any():
        return None
    top, bottom = _edge(rows, luma, level), _edge(rows[::-1], luma[::-1], level)
    inside = luma[top : luma.shape[0] - bottom]
    left, right = _edge(columns, inside.T, level), _edge(columns[::-1], inside.T[::-1], level)
    height, width = luma.shape
    return Bars(top / height, bottom / height, left / width, right / width)


def _edge(lit: npt.NDArray[np.bool_], lines: Plane, level: int) -> int:
    """Dark lines before the first lit one, 0 where the picture does not begin on a straight line."""
    first = int(np.argmax(lit))
    if first < _THINNEST * len(lit):
        return 0
    across = (lines[first : first + _EDGE_LINES] > level).any(axis=0).mean()
    return first if across >= _LIT_SHARE else 0


def common_bars(found: Sequence[Bars]) -> Bars:
    """What is black at the edges of every picture."""
    if not found:
        return Bars()
    sides = (
        round(min(getattr(one, side) for one in found), 4) for side in ("top", "bottom", "left", "right")
    )
    return Bars(*sides)
