"""Corners followed through frames, forwards and backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision.decode import Plane

Points = npt.NDArray[np.float64]

_MOST = 260
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
    gap = max(4, plane.shape[1] // 45)
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


class Follower:
    """Follows corners through planes as they come; a new leg begins where most of the points have been lost."""

    def __init__(self) -> None:
        self.frames = 0
        self._legs: list[Leg] = []
        self._before: Plane | None = None
        self._points: npt.NDArray[np.float32] = np.zeros((0, 1, 2), np.float32)
        self._history: list[npt.NDArray[np.float32]] = []
        self._begun = 0

    def see(self, plane: Plane) -> None:
        """Follow into the next plane."""
        self.frames += 1
        before, self._before = self._before, plane
        if before is None:
            self._begin()
            return
        if len(self._points):
            ahead, kept = _step(before, plane, self._points)
            self._points = ahead[kept]
            self._history = [*(place[kept] for place in self._history), self._points.reshape(-1, 2)]
        few = len(self._points) < max(_FEWEST, _FEWEST_SHARE * self._begun)
        if (few and len(self._history) > 3) or not len(self._points):
            self._close()
            self._begin()

    def legs(self) -> list[Leg]:
        """Everything followed up to the last plane."""
        if len(self._history) > 1:
            self._close()
            self._begin()
        return list(self._legs)

    def _begin(self) -> None:
        assert self._before is not None  # a plane has been seen
        self._points = _corners(self._before)
        self._history, self._begun = [self._points.reshape(-1, 2)], len(self._points)

    def _close(self) -> None:
        if len(self._points) >= 6 and len(self._history) > 1:
            assert self._before is not None  # a plane has been seen
            height, width = self._before.shape
            middle = np.array([(width - 1) / 2, (height - 1) / 2])
            self._legs.append(Leg(np.stack(self._history, axis=1).astype(np.float64) - middle))


def follow(planes: Sequence[Plane]) -> list[Leg]:
    """Legs that cover all planes."""
    follower = Follower()
    for plane in planes:
        follower.see(plane)
    return follower.legs()
