"""Shake measured and taken out: features tracked from frame to frame, their path smoothed, the difference warped away.

The path is measured over all frames of a medium, so that a body and the transitions beside it, which are rendered
on their own, agree on where every frame belongs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from craft.render.moves import Plane, Pose

FEATURES = 200
FEWEST = 12
"""Fewer features than this are no measurement: the frame is taken as standing still."""
SMOOTH_SECONDS = 0.7
MOST_SHIFT, MOST_TURN = 0.045, 0.8
"""What the crop hides at full strength: a share of the frame, and degrees."""
TURN_ROOM = 0.0125
"""What that turn moves the corner of a 16:9 frame by, as a share of its height."""


@dataclass(frozen=True, slots=True)
class ShakePath:
    """How the camera stood in each frame against the first: shares of the width and height, degrees."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    roll: tuple[float, ...]


def measured(frames: Iterable[Plane]) -> ShakePath:
    """The path over small grey frames of one size, in order."""
    steps: list[tuple[float, float, float]] = []
    before: Plane | None = None
    for frame in frames:
        steps.append((0.0, 0.0, 0.0) if before is None else _step(before, frame))
        before = frame.copy()
    path = np.cumsum(np.array(steps or [(0.0, 0.0, 0.0)]), axis=0)
    return ShakePath(*(tuple(float(value) for value in path[:, axis]) for axis in range(3)))


def _step(before: Plane, after: Plane) -> tuple[float, float, float]:
    """The movement of the picture from one frame to the next; nothing where it cannot be told (a cut, a wall)."""
    corners = cv2.goodFeaturesToTrack(before, FEATURES, 0.01, 8)
    if corners is None or len(corners) < FEWEST:
        return 0.0, 0.0, 0.0
    guess = np.zeros_like(corners)
    found, status, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, guess, winSize=(15, 15), maxLevel=3)
    kept = status.ravel() == 1
    if int(kept.sum()) < FEWEST:
        return 0.0, 0.0, 0.0
    # the seed keeps the choice of inliers, and with it every pixel, the same in each run
    cv2.setRNGSeed(1)
    fit, inliers = cv2.estimateAffinePartial2D(corners[kept], found[kept], ransacReprojThreshold=1.0)
    if fit is None or int(inliers.sum()) < FEWEST:
        return 0.0, 0.0, 0.0
    height, width = before.shape
    middle = fit @ np.array([width / 2, height / 2, 1.0]) - (width / 2, height / 2)
    turn = float(np.degrees(np.arctan2(fit[1, 0], fit[0, 0])))
    return float(middle[0] / width), float(middle[1] / height), turn


def smoothed(values: Sequence[float], sigma: float) -> NDArray[np.float64]:
    """Values under a Gaussian of `sigma` frames; the ends are mirrored, so that they do not drift."""
    reach = max(1, round(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    data = np.asarray(values, np.float64)
    padded = np.pad(data, reach, mode="reflect" if len(data) > reach else "edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid")


def steady(path: ShakePath, strength: float, fps: float) -> list[Pose]:
    """The pose of every frame that takes its shake out; the zoom hides the edges that would come in."""
    sigma = SMOOTH_SECONDS * fps * (0.3 + 0.7 * strength)
    zoom = 1.0 / (1.0 - 2.0 * (MOST_SHIFT + TURN_ROOM) * strength)
    shifts = []
    for values, most in ((path.x, MOST_SHIFT), (path.y, MOST_SHIFT), (path.roll, MOST_TURN)):
        # the picture moved by more than the smooth path: the frame follows it by the difference
        wanted = (np.asarray(values) - smoothed(values, sigma)) * strength
        shifts.append(np.clip(wanted, -most * strength, most * strength))
    return [
        Pose(0.5 + float(x), 0.5 + float(y), zoom, float(roll)) for x, y, roll in zip(*shifts, strict=True)
    ]
