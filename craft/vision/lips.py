"""Lips: does the mouth open when the sound says so, and how many frames off is it?

The opening of the mouth per frame (from the engine that drew it, or measured in given mouth boxes) is
compared with the opening that the line's visemes ask for, at every offset up to half a second. Without
either it is "not measured".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from craft.terms.rates import FrameRate
from craft.terms.speech import MOUTHS, VisemeCue
from craft.vision.decode import Decoding, Plane
from craft.vision.reports import Box, LipReport

LIPS_VERSION = "lips 1"
MOST_OFFSET_S = 0.5
ALLOWED_FRAMES = 1
_FEWEST_FRAMES = 10
_SURE = 0.55
_SETTLE_S = 0.045
# a mouth is a small part of the picture
_MOUTH_PIXELS = 1280 * 720
Track = npt.NDArray[np.float64]


def verify_lips(
    opening_track: Sequence[float] | npt.NDArray[np.floating] | None,
    visemes: Sequence[VisemeCue],
    rate: FrameRate | str | float,
    *,
    starts_at: float = 0.0,
) -> LipReport:
    """Compare a mouth's opening per frame with a line's visemes.

    opening_track has one value per frame in any unit (None: no mouth was given); `starts_at` is the second
    of the clip at which the line begins. The offset is positive when the mouth comes late. Verdict: "pass"
    within one frame, "fail" beyond it or when the mouth does something else, "not_measured" when it cannot
    be told.
    """
    if opening_track is None:
        return _unmeasured("no mouth was given")
    fps = _fps(rate)
    seen = np.asarray(opening_track, np.float64)
    if seen.size < _FEWEST_FRAMES or not np.isfinite(seen).all():
        return _unmeasured(
            f"{seen.size} frames are too few" if seen.size < _FEWEST_FRAMES else "the track has gaps"
        )
    asked = wanted_opening(visemes, seen.size, fps, starts_at)
    if asked.std() < 1e-6:
        return _unmeasured("the line has no mouth movement in this clip")
    if seen.std() < 1e-6:
        return LipReport(None, 0.0, "fail", "the mouth does not move while the line is spoken", LIPS_VERSION)
    offset, best, second = _best_offset(seen, asked, fps)
    confidence = round(float(np.clip(best, 0, 1) * np.clip(0.5 + 5 * (best - second), 0, 1)), 3)
    if best < _SURE:
        note = f"the mouth does not follow the line (correlation {best:.2f})"
        return LipReport(None, confidence, "fail", note, LIPS_VERSION)
    verdict = "pass" if abs(offset) <= ALLOWED_FRAMES else "fail"
    note = (
        "" if verdict == "pass" else f"the mouth is {abs(offset)} frames {'late' if offset > 0 else 'early'}"
    )
    return LipReport(offset, confidence, verdict, note, LIPS_VERSION)


def wanted_opening(visemes: Sequence[VisemeCue], count: int, fps: float, starts_at: float = 0.0) -> Track:
    """The opening (0-1) asked for when each frame appears; lips take about 45 ms to reach a shape."""
    fine = 1000
    length = int(np.ceil(count / fps * fine)) + 1
    steps = np.zeros(length)
    cues = sorted(visemes, key=lambda cue: cue.at_ms)
    for cue, following in zip(cues, [*cues[1:], None], strict=False):
        first = round(starts_at * fine) + cue.at_ms
        last = length if following is None else round(starts_at * fine) + following.at_ms
        steps[max(0, first) : max(0, last)] = MOUTHS[cue.viseme].open
    width = max(1, int(_SETTLE_S * fine))
    smooth = np.convolve(np.pad(steps, width, mode="edge"), np.hanning(2 * width + 1) / width, "same")[
        width:-width
    ]
    shown = (np.arange(count) / fps * fine).astype(int)
    wanted: Track = smooth[np.minimum(shown, length - 1)]
    return wanted


def opening_from_clip(path: Path, boxes: Sequence[Box | None], *, timeout: float = 300.0) -> Track:
    """The mouth's opening per frame, measured as the height of the dark part of its box, in pixels.

    boxes holds one normalised box per frame, or one for all; None where the mouth is hidden repeats the frame
    before. Raises `MediaError`, ValueError without any box.
    """
    known = [box for box in boxes if box is not None]
    if not known:
        raise ValueError("no mouth box was given; lips cannot be measured")
    out: list[float] = []
    with Decoding(path, timeout=timeout, most_pixels=_MOUTH_PIXELS) as decoding:
        for number, luma in enumerate(decoding):
            box = boxes[number] if number < len(boxes) else boxes[-1]
            out.append(_opening(luma, box) if box is not None else (out[-1] if out else 0.0))
    return np.array(out)


def _opening(luma: Plane, box: Box) -> float:
    height, width = luma.shape
    x0, y0, x1, y1 = box
    mouth = luma[int(y0 * height) : int(np.ceil(y1 * height)), int(x0 * width) : int(np.ceil(x1 * width))]
    if mouth.size == 0:
        return 0.0
    smooth = cv2.GaussianBlur(mouth.astype(np.float32), (0, 0), 0.6)
    middle = smooth[:, smooth.shape[1] // 4 : max(1, -(-smooth.shape[1] * 3 // 4))]
    skin = float(np.percentile(smooth, 90))
    # the sum of darkness is finer than a count of dark rows: it moves by less than a pixel
    return float(np.clip((skin - middle) / max(skin, 1.0), 0, 1).sum(axis=0).mean())


def _best_offset(seen: Track, asked: Track, fps: float) -> tuple[int, float, float]:
    """The offset with the highest correlation, it, and the best one more than two frames away."""
    most = min(round(MOST_OFFSET_S * fps), seen.size // 2)
    scores = {lag: _correlation(seen, asked, lag) for lag in range(-most, most + 1)}
    offset = max(scores, key=lambda lag: (scores[lag], -abs(lag)))
    others = [s for lag, s in scores.items() if abs(lag - offset) > 2]
    return offset, scores[offset], max(others, default=0.0)


def _correlation(seen: Track, asked: Track, lag: int) -> float:
    """Correlation when the mouth is taken to be `lag` frames late; parts that do not overlap are left out."""
    n = seen.size
    mouth, line = seen[max(0, lag) : n + min(0, lag)], asked[max(0, -lag) : n - max(0, lag)]
    spread = float(mouth.std() * line.std())
    if spread < 1e-9:
        return 0.0
    return float(np.mean((mouth - mouth.mean()) * (line - line.mean())) / spread)


def _fps(rate: FrameRate | str | float) -> float:
    return float(rate) if isinstance(rate, int | float) else FrameRate.parse(rate).fps


def _unmeasured(why: str) -> LipReport:
    return LipReport(None, 0.0, "not_measured", why, LIPS_VERSION)
