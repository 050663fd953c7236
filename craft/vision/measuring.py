"""Measures clips and stills from one decode of small frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from craft.vision import colour
from craft.vision.decode import Frame, Plane, Probe, frames, probe
from craft.vision.errors import MediaError
from craft.vision.reports import Box, ClipReport, Exposure, StillReport

MEASURE_VERSION = "lens 1"
# limited-range luma: 16 is black, 235 is white
_BLACK, _LOW, _HIGH = 32, 18, 233
_BLACK_SHARE = 0.985
# a still block changes by less than this many levels on average, codec noise included
_STILL_BLOCK = 1.2
_SHORTEST_FREEZE = 0.4
_COLOUR_LOOKS = 6
_WHOLE_SHARE, _BOX_SHARE = 0.012, 0.06

Figures = npt.NDArray[np.floating[Any]]
Boxes = Mapping[str, Box] | Sequence[Box]


@dataclass(slots=True)
class _Series:
    """One value per frame."""

    mean: list[float] = field(default_factory=list)
    black: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    sharp: list[float] = field(default_factory=list)
    edge: list[float] = field(default_factory=list)
    motion: list[float] = field(default_factory=list)
    jump: list[float] = field(default_factory=list)
    regions: list[Figures] = field(default_factory=list)
    still_runs: list[tuple[int, int]] = field(default_factory=list)


class _Watch:
    """Follows the frames of one clip; keeps the previous frame, the frame a stillness began with, and colour
    samples.
    """

    def __init__(self, every: int) -> None:
        self.series = _Series()
        self.looks: list[Plane] = []
        self.first: Frame | None = None
        self._every = max(1, every)
        self._previous: Plane | None = None
        self._histogram: Figures | None = None
        self._held: Plane | None = None
        self._held_from = 0

    def see(self, frame: Frame) -> None:
        """Measure the next frame."""
        luma, s = frame.luma, self.series
        number = len(s.mean)
        counts = level_shares(luma)
        s.mean.append(float(counts @ np.arange(256, dtype=np.float32)))
        s.black.append(float(counts[:_BLACK].sum()))
        s.low.append(float(counts[:_LOW].sum()))
        s.high.append(float(counts[_HIGH:].sum()))
        s.sharp.append(laplacian_variance(luma))
        if number % 4 == 0 and (edge := edge_sharpness(luma)) is not None:
            s.edge.append(edge)
        s.regions.append(
            np.asarray(
                cv2.resize(luma.astype(np.float32), (4, 4), interpolation=cv2.INTER_AREA), np.float32
            ).ravel()
        )
        self._compare(luma, counts, number)
        if number % self._every == 0:
            self.looks.append(frame.i420)
        self.first = self.first or frame
        self._previous, self._histogram = luma, counts

    def _compare(self, luma: Plane, counts: Figures, number: int) -> None:
        if self._previous is None or self._held is None or self._histogram is None:
            self.series.motion.append(0.0)
            self.series.jump.append(0.0)
            self._held, self._held_from = luma, number
            return
        self.series.motion.append(cv2.norm(luma, self._previous, cv2.NORM_L1) / luma.size)
        self.series.jump.append(float(np.abs(counts - self._histogram).sum()))
        # against the first frame of the stillness: slow breath adds up and ends it, codec noise does not
        if largest_change(luma, self._held) > _STILL_BLOCK:
            self._close(number)
            self._held, self._held_from = luma, number

    def _close(self, number: int) -> None:
        if number - self._held_from > 1:
            self.series.still_runs.append((self._held_from, number))

    def finish(self) -> None:
        """End a stillness that lasts to the end."""
        self._close(len(self.series.mean))


def measure_clip(
    path: Path,
    *,
    palette: Mapping[str, str] | None = None,
    boxes: Boxes | None = None,
    reference_frame: Path | None = None,
    timeout: float = 300.0,
) -> ClipReport:
    """Measure a clip in one decode.

    palette maps names of garments to "#rrggbb"; boxes are the subjects' places in the picture (0-1), by
    garment name or as a plain list; reference_frame is the approved still the clip must begin with. Raises
    `MediaError`.
    """
    found = probe(path)
    expected = found.frames or int(found.seconds * found.rate) or _COLOUR_LOOKS
    watch = _Watch(expected // _COLOUR_LOOKS)
    for frame in frames(path, found, timeout=timeout):
        watch.see(frame)
    watch.finish()
    seen = len(watch.series.mean)
    if seen == 0 or watch.first is None:
        raise MediaError("media.empty", f"{path.name} has no frames. Fetch or make it again.")
    if found.frames and seen < found.frames - 2:
        raise MediaError(
            "media.damaged", f"{path.name} has {seen} of {found.frames} frames. Fetch or make it again."
        )
    anchor = anchor_difference(watch.first, found, reference_frame) if reference_frame else None
    return _report(found, watch, palette or {}, boxes, anchor)


def measure_still(
    path: Path,
    *,
    palette: Mapping[str, str] | None = None,
    boxes: Boxes | None = None,
    reference_frame: Path | None = None,
) -> StillReport:
    """Measure one picture (the first frame of whatever is given). Raises `MediaError`."""
    found = probe(path)
    frame = first_frame(path, found)
    counts = level_shares(frame.luma)
    mean = float(counts @ np.arange(256, dtype=np.float32))
    return StillReport(
        width=found.width,
        height=found.height,
        black=bool(counts[:_BLACK].sum() >= _BLACK_SHARE),
        sharpness=round(laplacian_variance(frame.luma), 2),
        edge_sharpness=edge_sharpness(frame.luma),
        exposure=_exposure(mean, float(counts[:_LOW].sum()), float(counts[_HIGH:].sum())),
        wardrobe=wardrobe_distances([frame.i420], palette or {}, boxes),
        anchor_difference=anchor_difference(frame, found, reference_frame) if reference_frame else None,
        cct=colour.temperature(colour.linear_pixels(frame.i420)),
        version=MEASURE_VERSION,
    )


def first_frame(path: Path, found: Probe) -> Frame:
    """The first frame of a picture or clip. Raises `MediaError`."""
    stream = frames(path, found)
    try:
        return next(stream)
    except StopIteration:
        raise MediaError("media.damaged", f"{path.name} has no frame that can be decoded.") from None
    finally:
        stream.close()  # type: ignore[attr-defined]  # a generator; ends the child


def level_shares(luma: Plane) -> Figures:
    """The share of pixels at each of the 256 levels."""
    return np.asarray(cv2.calcHist([luma], [0], None, [256], [0, 256]), np.float32).ravel() / luma.size


def laplacian_variance(luma: Plane) -> float:
    """Variance of the Laplacian: much for fine detail, little for blur or bare walls."""
    deviation = cv2.meanStdDev(cv2.Laplacian(luma, cv2.CV_16S))[1]
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


def largest_change(first: Plane, second: Plane) -> float:
    """The mean change in levels of the 8-pixel block that changed most."""
    summed = cv2.boxFilter(cv2.absdiff(first, second), cv2.CV_32F, (8, 8))
    return float(summed.max())


def wardrobe_distances(
    looks: Sequence[Plane], palette: Mapping[str, str], boxes: Boxes | None
) -> dict[str, float | None]:
    """Each garment's median distance over the looked-at frames; None where no frame could be judged."""
    out: dict[str, float | None] = {}
    for name, wanted in palette.items():
        places, share = _places(name, boxes)
        values = []
        for i420 in looks:
            pixels = np.concatenate([colour.linear_pixels(i420, place) for place in places])
            distance = colour.palette_distance(pixels, wanted, share)
            if distance is not None:
                values.append(distance)
        out[name] = round(float(np.median(values)), 2) if values else None
    return out


def _places(name: str, boxes: Boxes | None) -> tuple[Sequence[Box | None], float]:
    """Where to look for a garment and what share of those pixels it should fill at least."""
    if not boxes:
        return [None], _WHOLE_SHARE
    if isinstance(boxes, Mapping):
        own = [box for key, box in boxes.items() if name == key or name.startswith((f"{key}.", f"{key}/"))]
        return own or list(boxes.values()), _BOX_SHARE
    return list(boxes), _BOX_SHARE


def anchor_difference(frame: Frame, found: Probe, reference: Path) -> float:
    """Mean absolute difference, 0-255, between a frame and the approved still at the same small size."""
    other = first_frame(reference, probe(reference))
    width, height = found.small()
    mine = cv2.cvtColor(frame.i420, cv2.COLOR_YUV2RGB_I420)
    still = cv2.resize(
        cv2.cvtColor(other.i420, cv2.COLOR_YUV2RGB_I420), (width, height), interpolation=cv2.INTER_AREA
    )
    return round(float(cv2.norm(mine, still, cv2.NORM_L1) / mine.size), 2)


def _report(
    found: Probe, watch: _Watch, palette: Mapping[str, str], boxes: Boxes | None, anchor: float | None
) -> ClipReport:
    s, fps = watch.series, float(found.rate)
    count = len(s.mean)
    cuts = _cuts(s)
    stills = [(a / fps, b / fps) for a, b in s.still_runs if (b - a) / fps >= _SHORTEST_FREEZE]
    temperatures = [k for k in (colour.temperature(colour.linear_pixels(look)) for look in watch.looks) if k]
    return ClipReport(
        frames=count,
        fps=round(fps, 4),
        duration_s=round(count / fps, 4),
        width=found.width,
        height=found.height,
        black_ratio=round(sum(b >= _BLACK_SHARE for b in s.black) / count, 4),
        black_runs=_runs([b >= _BLACK_SHARE for b in s.black], fps),
        freeze_longest=round(max((b - a for a, b in stills), default=0.0), 3),
        freeze_runs=tuple((round(a, 3), round(b, 3)) for a, b in stills),
        flicker=round(flicker(np.array(s.regions), cuts), 3),
        sharpness=round(float(np.median(s.sharp)), 2),
        edge_sharpness=round(float(np.median(s.edge)), 3) if s.edge else None,
        exposure=_exposure(float(np.mean(s.mean)), float(np.mean(s.low)), float(np.mean(s.high))),
        motion_energy=round(float(np.mean(s.motion[1:])) if count > 1 else 0.0, 4),
        cuts=cuts,
        wardrobe=wardrobe_distances(watch.looks, palette, boxes),
        anchor_difference=anchor,
        cct=round(float(np.median(temperatures)), -1) if temperatures else None,
        thumbnails=_thumbnails(s, cuts),
        version=MEASURE_VERSION,
    )


def flicker(regions: Figures, cuts: Sequence[int] = ()) -> float:
    """RMS in levels of what all parts of the picture do together faster than a third of a second.

    regions has shape (frames, 16). A moving figure changes a few parts, pumping light changes all: the
    median over the parts keeps the second and drops the first. Cuts are left out.
    """
    parts: list[npt.NDArray[np.float64]] = []
    for piece in np.split(regions.astype(np.float64), list(cuts)):
        if piece.shape[0] < 5:
            continue
        padded = np.pad(piece, ((3, 3), (0, 0)), mode="reflect", reflect_type="odd")
        smooth = np.stack(
            [np.convolve(padded[:, k], np.ones(7) / 7, "valid") for k in range(piece.shape[1])], axis=1
        )
        parts.append(np.median(piece - smooth, axis=1))
    joined = np.concatenate(parts) if parts else np.zeros(1)
    return float(np.sqrt(np.mean(joined**2)))


def _cuts(s: _Series) -> tuple[int, ...]:
    """Frames whose histogram and pixels both jump far beyond what their neighbours do."""
    usual = float(np.median(s.motion[1:])) if len(s.motion) > 2 else 0.0
    found = []
    for number in range(1, len(s.motion)):
        around = [s.motion[k] for k in (number - 1, number + 1) if 1 <= k < len(s.motion)]
        alone = s.motion[number] > 2.5 * max([usual, *around], default=0.0)
        if s.jump[number] > 0.35 and s.motion[number] > 8.0 and alone:
            found.append(number)
    return tuple(found)


def _runs(flags: Sequence[bool], fps: float) -> tuple[tuple[float, float], ...]:
    out: list[tuple[float, float]] = []
    start: int | None = None
    for number, on in enumerate([*flags, False]):
        if on and start is None:
            start = number
        elif not on and start is not None:
            out.append((round(start / fps, 3), round(number / fps, 3)))
            start = None
    return tuple(out)


def _exposure(mean: float, low: float, high: float) -> Exposure:
    """Figures of limited-range luma told in full range 0-255."""
    return Exposure(round(min(255.0, max(0.0, (mean - 16) * 255 / 219)), 2), round(low, 4), round(high, 4))


def _thumbnails(s: _Series, cuts: Sequence[int]) -> tuple[int, ...]:
    """The sharpest frame that is not black in each third of the clip."""
    count = len(s.mean)
    out = []
    for part in range(min(3, count)):
        span = range(part * count // 3, (part + 1) * count // 3)
        lit = [k for k in span if s.black[k] < _BLACK_SHARE and k not in cuts]
        if lit:
            out.append(max(lit, key=lambda k: s.sharp[k]))
    return tuple(out)
