"""One value per frame: what the luma of a clip does from frame to frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision.decode import Plane

# limited-range luma: 16 is black, 235 is white
BLACK, LOW, HIGH = 32, 18, 233
BLACK_SHARE = 0.985
# a still block changes by less than this many levels on average, codec noise included
STILL_BLOCK = 1.2
_SHARP_EVERY, _EDGE_EVERY = 6, 24
"""Sharpness changes slowly and costs more than all else."""
_ROWS = 3
"""Levels are counted on every third line."""
_GRID = 4
# A repeat changes by less than this part of what the frames around it change by, which move by so many levels.
_REPEAT_PART, _MOVING = 0.2, 0.35
_FEWEST_MOVING = 6
_LONGEST_PERIOD = 12
_IN_STEP = 0.8

Figures = npt.NDArray[np.floating[Any]]
_LEVELS = np.arange(256, dtype=np.float32)


@dataclass(slots=True)
class Series:
    """One value per frame; `sharp` and `edge` by frame number, for the frames they were measured at."""

    mean: list[float] = field(default_factory=list)
    black: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    sharp: dict[int, float] = field(default_factory=dict)
    edge: list[float] = field(default_factory=list)
    motion: list[float] = field(default_factory=list)
    jump: list[float] = field(default_factory=list)
    regions: list[Figures] = field(default_factory=list)
    still_runs: list[tuple[int, int]] = field(default_factory=list)


class Watch:
    """Follows the luma of one clip; keeps the previous frame and the frame a stillness began with."""

    def __init__(self) -> None:
        self.series = Series()
        self._previous: Plane | None = None
        self._shares: Figures | None = None
        self._held: Plane | None = None
        self._held_from = 0

    def see(self, luma: Plane) -> None:
        """Measure the next frame. The plane is kept for a while and must not be written to again."""
        s = self.series
        number = len(s.mean)
        shares = level_shares(luma)
        s.regions.append(regions(luma))
        s.mean.append(float(s.regions[-1].mean()))
        s.black.append(float(shares[:BLACK].sum()))
        s.low.append(float(shares[:LOW].sum()))
        s.high.append(float(shares[HIGH:].sum()))
        if number % _SHARP_EVERY == 0:
            s.sharp[number] = laplacian_variance(luma)
        if number % _EDGE_EVERY == 0 and (edge := edge_sharpness(luma)) is not None:
            s.edge.append(edge)
        self._compare(luma, shares, number)
        self._previous, self._shares = luma, shares

    def _compare(self, luma: Plane, shares: Figures, number: int) -> None:
        if self._previous is None or self._held is None or self._shares is None:
            self.series.motion.append(0.0)
            self.series.jump.append(0.0)
            self._held, self._held_from = luma, number
            return
        self.series.motion.append(cv2.norm(luma, self._previous, cv2.NORM_L1) / luma.size)
        self.series.jump.append(float(np.abs(shares - self._shares).sum()))
        # against the first frame of the stillness: slow breath adds up and ends it, codec noise does not
        if changed(luma, self._held):
            self._close(number)
            self._held, self._held_from = luma, number

    def _close(self, number: int) -> None:
        if number - self._held_from > 1:
            self.series.still_runs.append((self._held_from, number))

    def finish(self) -> Series:
        """End a stillness that lasts to the end."""
        self._close(len(self.series.mean))
        return self.series


def level_shares(luma: Plane) -> Figures:
    """The share of pixels at each of the 256 levels, counted on every third line."""
    lines = luma[::_ROWS]
    return np.asarray(cv2.calcHist([lines], [0], None, [256], [0, 256]), np.float32).ravel() / lines.size


def regions(luma: Plane) -> Figures:
    """Mean levels of the parts of a 4 by 4 grid, shape (16,)."""
    height, width = luma.shape
    down = [height * k // _GRID for k in range(_GRID + 1)]
    across = [width * k // _GRID for k in range(_GRID)]
    bands = [cv2.reduce(luma[a:b], 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F) for a, b in pairwise(down)]
    sizes = np.diff([*across, width]).astype(np.float32)
    return np.asarray((np.add.reduceat(np.concatenate(bands), across, axis=1) / sizes).ravel(), np.float32)


def laplacian_variance(luma: Plane) -> float:
    """Variance of the Laplacian: much for fine detail, little for blur or bare walls."""
    deviation = cv2.meanStdDev(cv2.Laplacian(luma, cv2.CV_32F))[1]
    return float(deviation[0, 0] ** 2)


def edge_sharpness(luma: Plane) -> float | None:
    """Median of curvature over slope at the clear edges: near 1 is sharp, below 0.4 soft; None without
    edges.
    """
    smooth = luma.astype(np.float32)
    across, down = (
        cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.125),
        cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=0.125),
    )
    slope = cv2.magnitude(across, down)
    clear = slope > 8.0
    if int(clear.sum()) < 0.002 * luma.size:
        return None
    bend = np.abs(cv2.Laplacian(smooth, cv2.CV_32F))
    wide = cv2.dilate(bend, np.ones((3, 3), np.uint8))
    return round(float(np.median(wide[clear] / slope[clear])), 3)


def changed(first: Plane, second: Plane) -> bool:
    """Whether any block of 8 pixels changed by more than codec noise does."""
    # Some block changes at least as much as the mean of all, and the mean is cheap.
    if cv2.norm(first, second, cv2.NORM_L1) > STILL_BLOCK * first.size:
        return True
    summed = cv2.boxFilter(cv2.absdiff(first, second), cv2.CV_32F, (8, 8))
    return float(cv2.minMaxLoc(summed)[1]) > STILL_BLOCK


def flicker(parts: Figures, cuts: Sequence[int] = ()) -> float:
    """RMS in levels of what all parts of the picture do together faster than a third of a second.

    parts has shape (frames, 16). A moving figure changes a few parts, pumping light changes all: the median over the
    parts keeps the second and drops the first. Cuts are left out.
    """
    left: list[npt.NDArray[np.float64]] = []
    for piece in np.split(parts.astype(np.float64), list(cuts)):
        if piece.shape[0] < 5:
            continue
        padded = np.pad(piece, ((3, 3), (0, 0)), mode="reflect", reflect_type="odd")
        smooth = np.stack(
            [np.convolve(padded[:, k], np.ones(7) / 7, "valid") for k in range(piece.shape[1])], axis=1
        )
        left.append(np.median(piece - smooth, axis=1))
    joined = np.concatenate(left) if left else np.zeros(1)
    return float(np.sqrt(np.mean(joined**2)))


def cuts(s: Series) -> tuple[int, ...]:
    """Frames whose histogram and pixels both jump far beyond what their neighbours do."""
    usual = float(np.median(s.motion[1:])) if len(s.motion) > 2 else 0.0
    found = []
    for number in range(1, len(s.motion)):
        around = [s.motion[k] for k in (number - 1, number + 1) if 1 <= k < len(s.motion)]
        alone = s.motion[number] > 2.5 * max([usual, *around], default=0.0)
        if s.jump[number] > 0.35 and s.motion[number] > 8.0 and alone:
            found.append(number)
    return tuple(found)


def repeats(motion: Sequence[float]) -> tuple[float | None, int | None]:
    """The share of frames that repeat the one before while the picture moves, and their distance when it is even.

    `motion` is the mean change of every frame against the one before, in levels. None when too little moves to tell a
    repeat from a stillness.
    """
    moves = np.asarray(motion[1:], np.float64)
    if moves.size < _FEWEST_MOVING:
        return None, None
    # What the liveliest of the frames around does: a repeat stands between movements, a stillness does not.
    reach = np.stack([np.pad(moves, 2, mode="edge")[k : k + moves.size] for k in (0, 1, 3, 4)])
    around = np.minimum(reach[:2].max(axis=0), reach[2:].max(axis=0))
    moving = around > _MOVING
    if np.count_nonzero(moving) < max(_FEWEST_MOVING, 0.25 * moves.size):
        return None, None
    repeated = moving & (moves < _REPEAT_PART * around)
    return round(float(np.mean(repeated[moving])), 4), _period(np.flatnonzero(repeated))


def _period(numbers: npt.NDArray[np.intp]) -> int | None:
    gaps = np.diff(numbers)
    if gaps.size < 3:
        return None
    usual = int(np.median(gaps))
    even = float(np.mean(gaps == usual))
    return usual if 2 <= usual <= _LONGEST_PERIOD and even >= _IN_STEP else None


def thumbnails(s: Series, cut_frames: Sequence[int]) -> tuple[int, ...]:
    """The sharpest frame that is not black in each third of the clip."""
    count = len(s.mean)
    out = []
    for part in range(min(3, count)):
        span = range(part * count // 3, (part + 1) * count // 3)
        lit = [k for k in span if s.black[k] < BLACK_SHARE and k not in cut_frames]
        if lit:
            measured = [k for k in lit if k in s.sharp]
            out.append(max(measured, key=lambda k: s.sharp[k]) if measured else lit[len(lit) // 2])
    return tuple(out)
