"""Lips: does the mouth open when the sound says so, and how many frames off is it?

The opening of the mouth per frame (from the engine that drew it, or measured in given mouth boxes) is compared with the
opening that the line's visemes ask for, at every offset up to half a second. Without either it is "not measured".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from craft.terms.rates import FrameRate
from craft.terms.speech import MOUTHS, VisemeCue
from craft.vision.decode import Decoding, Plane
from craft.vision.reports import Box, LipReport

LIPS_VERSION = "lips 2"
MOST_OFFSET_S = 0.5
ALLOWED_FRAMES = 1
_FEWEST_FRAMES = 10
"""Frames two tracks must share to be compared."""
_SEEN_SHARE = 0.6
"""Frames of a line in which the mouth must be seen."""
_SURE, _SURE_SHORT, _SURE_MOST = 0.55, 4.9, 0.88
"""Least correlation while the line is spoken: the second over the root of its frames, within the others. Fewer than one
in two hundred mouths that speak something else reach it at no offset.
"""
_FEWEST_SPOKEN = 20
"""Frames of speech below which any mouth resembles any line."""
_RIVAL = 0.08
"""An offset further off that fits nearly as well makes the best one a guess."""
_LEAD_FRAMES = 4
"""Silence before and after a line that belongs to its shape."""
_LAST_MS = 120
_SETTLE_S = 0.045
# a mouth is a small part of the picture
_MOUTH_PIXELS = 1280 * 720
_SMALLEST_MOUTH = 5
"""Lines of a mouth box below which an opening cannot be told from a shadow."""
_BLACK, _DARKEST_SKIN = 16.0, 10.0
Track = npt.NDArray[np.float64]
MouthBoxes = Sequence[Box | None]


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line in a clip: whose mouth speaks, its visemes (ms from its start) and the second at which it starts."""

    speaker: str
    visemes: Sequence[VisemeCue]
    starts_at: float = 0.0


def lip_reports(
    clip: Path | Mapping[str, Sequence[float] | npt.NDArray[np.floating]],
    lines: Sequence[SpokenLine],
    boxes: Mapping[str, MouthBoxes] | None = None,
    *,
    rate: FrameRate | str | float | None = None,
    timeout: float = 300.0,
) -> list[LipReport]:
    """One report per line, in order.

    clip is a file, decoded once for all mouths in `boxes` (per speaker one normalised box per frame, or one for all),
    or opening tracks by speaker (then `rate` is needed). A line whose speaker has no box is "not_measured"; so is one
    whose speaker is turned away for most of it. Raises `MediaError` for the file, ValueError without a rate.
    """
    if isinstance(clip, Path):
        known = {who: mouth for who, mouth in (boxes or {}).items() if any(box is not None for box in mouth)}
        wanted = {line.speaker for line in lines} & known.keys()
        if not wanted:
            return [_unmeasured(_why_unseen(line.speaker, boxes)) for line in lines]
        tracks, found = _openings(clip, {who: known[who] for who in sorted(wanted)}, timeout)
        rate = rate or found
    else:
        tracks = {who: np.asarray(track, np.float64) for who, track in clip.items()}
    if rate is None:
        raise ValueError("tracks need the clip's rate")
    fps = _fps(rate)
    out = []
    for line in lines:
        if line.speaker not in tracks:
            out.append(_unmeasured(_why_unseen(line.speaker, boxes)))
            continue
        own = [other for other in lines if other.speaker == line.speaker]
        out.append(_judged(tracks[line.speaker], line, own, fps))
    return out


def _why_unseen(speaker: str, boxes: Mapping[str, MouthBoxes] | None) -> str:
    turned = boxes is not None and bool(boxes.get(speaker))
    return "the face is turned away in every frame" if turned else "no mouth was given"


def verify_lips(
    opening_track: Sequence[float] | npt.NDArray[np.floating] | None,
    visemes: Sequence[VisemeCue],
    rate: FrameRate | str | float,
    *,
    starts_at: float = 0.0,
) -> LipReport:
    """Compare a mouth's opening per frame with a line's visemes.

    opening_track has one value per frame in any unit, NaN where the mouth is hidden (None: no mouth was given);
    `starts_at` is the second of the clip at which the line begins. The offset is positive when the mouth comes late.
    Verdict: "pass" within one frame, "fail" beyond it or when the mouth does something else (then without an offset),
    "not_measured" when it cannot be told.
    """
    if opening_track is None:
        return _unmeasured("no mouth was given")
    line = SpokenLine("", visemes, starts_at)
    return _judged(np.asarray(opening_track, np.float64), line, [line], _fps(rate))


def _judged(seen: Track, line: SpokenLine, own: Sequence[SpokenLine], fps: float) -> LipReport:
    """One line of a mouth that may speak others too: its stretch of what all of them ask for slides over the track."""
    asked = np.zeros(seen.size)
    for each in own:
        asked = np.maximum(asked, wanted_opening(each.visemes, seen.size, fps, each.starts_at))
    first, last = _stretch(line, seen.size, fps)
    if not any(MOUTHS[cue.viseme].open > 0 for cue in line.visemes) or last <= first:
        return _unmeasured("the line has no mouth movement in this clip")
    spoken = last - first - 2 * _LEAD_FRAMES
    if spoken < _FEWEST_SPOKEN:
        return _unmeasured(f"{max(0, spoken)} frames are too few, {_FEWEST_SPOKEN} are needed")
    watched = seen[first:last]
    share = float(np.isfinite(watched).mean())
    if share < _SEEN_SHARE:
        hidden = "in every frame" if share == 0 else f"for {1 - share:.0%} of the line"
        return _unmeasured(f"the mouth cannot be seen {hidden}")
    if asked[first:last].std() < 1e-6:
        return _unmeasured("the line has no mouth movement in this clip")
    if float(np.nanstd(watched)) < 1e-6:
        return LipReport(None, 0.0, "fail", "the mouth does not move while the line is spoken", LIPS_VERSION)
    return _verdict(seen, asked, (first, last), fps)


def _verdict(seen: Track, asked: Track, stretch: tuple[int, int], fps: float) -> LipReport:
    offset, best, second = _best_offset(seen, asked, stretch, fps)
    # Beginning and end of a line are where any mouth moves and rests; what lies between must agree, too.
    inner = (stretch[0] + _LEAD_FRAMES, stretch[1] - _LEAD_FRAMES)
    best_inside = min(best, _correlation(seen, asked, inner, offset))
    confidence = round(float(np.clip(best_inside, 0, 1) * np.clip(0.5 + 5 * (best - second), 0, 1)), 3)
    needed = float(np.clip(_SURE_SHORT / np.sqrt(inner[1] - inner[0]), _SURE, _SURE_MOST))
    if best_inside < needed:
        note = f"the mouth does not follow the line (correlation {best_inside:.2f}, at least {needed:.2f})"
        return LipReport(None, min(confidence, 0.45), "fail", note, LIPS_VERSION)
    if best - second < _RIVAL:
        note = "the mouth fits the line at more than one offset"
        return LipReport(None, min(confidence, 0.45), "fail", note, LIPS_VERSION)
    late = "late" if offset > 0 else "early"
    if abs(offset) <= ALLOWED_FRAMES:
        return LipReport(offset, confidence, "pass", "", LIPS_VERSION)
    return LipReport(offset, confidence, "fail", f"the mouth is {abs(offset)} frames {late}", LIPS_VERSION)


def _stretch(line: SpokenLine, count: int, fps: float) -> tuple[int, int]:
    """The frames of a line with a little silence round it."""
    cues = sorted(line.visemes, key=lambda cue: cue.at_ms)
    spoken = [k for k, cue in enumerate(cues) if MOUTHS[cue.viseme].open > 0]
    if not spoken:
        return 0, 0
    ends = [cue.at_ms for cue in cues[spoken[-1] + 1 :]] or [cues[spoken[-1]].at_ms + _LAST_MS]
    times = (cues[spoken[0]].at_ms, ends[0])
    first = int(np.floor((line.starts_at + min(times) / 1000) * fps)) - _LEAD_FRAMES
    last = int(np.ceil((line.starts_at + max(times) / 1000) * fps)) + _LEAD_FRAMES
    return max(0, first), min(count, last)


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


def opening_from_clip(path: Path, boxes: MouthBoxes, *, timeout: float = 300.0) -> Track:
    """The mouth's opening per frame, measured as the height of the dark part of its box, in pixels.

    boxes holds one normalised box per frame, or one for all. NaN where the mouth is hidden (None), smaller than five
    lines or too dark to be seen. Raises `MediaError`, ValueError without any box.
    """
    if not any(box is not None for box in boxes):
        raise ValueError("no mouth box was given; lips cannot be measured")
    return _openings(path, {"": boxes}, timeout)[0][""]


def _openings(path: Path, mouths: Mapping[str, MouthBoxes], timeout: float) -> tuple[dict[str, Track], float]:
    """Tracks of all mouths from one decode, and the clip's frames per second."""
    out: dict[str, list[float]] = {who: [] for who in mouths}
    with Decoding(path, timeout=timeout, most_pixels=_MOUTH_PIXELS) as decoding:
        for number, luma in enumerate(decoding):
            for who, boxes in mouths.items():
                box = boxes[number] if number < len(boxes) else boxes[-1]
                out[who].append(float("nan") if box is None else _opening(luma, box))
        rate = float(decoding.rate)
    return {who: np.array(track) for who, track in out.items()}, rate


def _opening(luma: Plane, box: Box) -> float:
    height, width = luma.shape
    x0, y0, x1, y1 = (min(1.0, max(0.0, side)) for side in box)
    mouth = luma[int(y0 * height) : int(np.ceil(y1 * height)), int(x0 * width) : int(np.ceil(x1 * width))]
    if min(mouth.shape) < _SMALLEST_MOUTH:
        return float("nan")
    smooth = cv2.GaussianBlur(mouth.astype(np.float32), (0, 0), 0.6) - _BLACK
    middle = smooth[:, smooth.shape[1] // 4 : max(1, -(-smooth.shape[1] * 3 // 4))]
    skin = float(np.percentile(smooth, 90))
    if skin < _DARKEST_SKIN:
        return float("nan")
    # the sum of darkness is finer than a count of dark rows: it moves by less than a pixel
    return float(np.clip((skin - middle) / skin, 0, 1).sum(axis=0).mean())


def _best_offset(seen: Track, asked: Track, stretch: tuple[int, int], fps: float) -> tuple[int, float, float]:
    """The offset with the highest correlation, it, and the best one more than two frames away."""
    most = min(round(MOST_OFFSET_S * fps), seen.size // 2)
    scores = {lag: _correlation(seen, asked, stretch, lag) for lag in range(-most, most + 1)}
    offset = max(scores, key=lambda lag: (scores[lag], -abs(lag)))
    others = [s for lag, s in scores.items() if abs(lag - offset) > 2]
    return offset, scores[offset], max(others, default=0.0)


def _correlation(seen: Track, asked: Track, stretch: tuple[int, int], lag: int) -> float:
    """Correlation when the mouth is taken to be `lag` frames late; frames outside of the clip, and those in which the
    mouth is hidden, are left out.
    """
    first, last = max(stretch[0], -lag), min(stretch[1], seen.size - lag)
    if last - first < _FEWEST_FRAMES:
        return 0.0
    mouth, line = seen[first + lag : last + lag], asked[first:last]
    known = np.isfinite(mouth)
    if np.count_nonzero(known) < max(_FEWEST_FRAMES, _SEEN_SHARE * (last - first)):
        return 0.0
    mouth, line = mouth[known], line[known]
    spread = float(mouth.std() * line.std())
    if spread < 1e-9:
        return 0.0
    return float(np.mean((mouth - mouth.mean()) * (line - line.mean())) / spread)


def _fps(rate: FrameRate | str | float) -> float:
    return float(rate) if isinstance(rate, int | float) else FrameRate.parse(rate).fps


def _unmeasured(why: str) -> LipReport:
    return LipReport(None, 0.0, "not_measured", why, LIPS_VERSION)
