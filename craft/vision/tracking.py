"""Corners followed through frames, forwards and backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision.decode import Plane

Points = npt.NDArray[np.float64]

_MOST = 500
_FEWEST, _FEWEST_SHARE = 30, 0.3
_BACK_PX = 0.6
_WINDOW, _LEVELS, _CRITERIA = (15, 15), 4, (3, 30, 0.01)


@dataclass(frozen=True, slots=True)
class Leg:
    """Points seen from one frame to a later one, in pixels from the middle of the frame (x right, y down)."""

    paths: Points
    """Place of every point in every frame of the leg: (points, frames, 2)."""

    @property
    def start(self) -> Points:
        """Places in the first frame."""
        return self.paths[:, 0]

    @property
    def end(self) -> Points:
        """Places in the last frame."""
        return self.paths[:, -1]


def _corners(plane: Plane) -> npt.NDArray[np.float32]:
    gap = max(4, plane.shape[1] // 64)
    found = cv2.goodFeaturesToTrack(plane, _MOST, 0.004, gap, blockSize=5)
    return np.zeros((0, 1, 2), np.float32) if found is None else np.asarray(found, np.float32)


def _step(
    before: Plane, after: Plane, points: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Where points went, and which of them come back to where they were."""
    ahead, seen = _flow(before, after, points)
    back, again = _flow(after, before, ahead)
    off = np.abs(back - points).reshape(-1, 2).max(1)
    height, width = after.shape
    place = ahead.reshape(-1, 2)
    inside = ((place > 2) & (place < (width - 3, height - 3))).all(1)
    return ahead, seen & again & (off < _BACK_PX) & inside


def _flow(
    before: Plane, after: Plane, points: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    found, seen, _error = cv2.calcOpticalFlowPyrLK(
        before, after, points, points.copy(), winSize=_WINDOW, maxLevel=_LEVELS, criteria=_CRITERIA
    )
    return np.asarray(found, np.float32), np.asarray(seen).ravel() == 1


def follow(planes: Sequence[Plane]) -> list[Leg]:
    """Legs that cover all frames; a new one begins where half of the points have been lost."""
    height, width = planes[0].shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    legs: list[Leg] = []
    points = _corners(planes[0])
    history, begun = [points.reshape(-1, 2)], len(points)
    for number in range(1, len(planes)):
        if len(points):
            ahead, kept = _step(planes[number - 1], planes[number], points)
            points = ahead[kept]
            history = [*(place[kept] for place in history), points.reshape(-1, 2)]
        few = len(points) < max(_FEWEST, _FEWEST_SHARE * begun)
        if number == len(planes) - 1 or (few and len(history) > 3) or not len(points):
            if len(points) >= 6 and len(history) > 1:
                legs.append(Leg(np.stack(history, axis=1).astype(np.float64) - middle))
            points = _corners(planes[number])
            history, begun = [points.reshape(-1, 2)], len(points)
    return legs
