"""Measures clips and stills from one decode: small luma of every frame, whole pictures of a few."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from craft.vision import colour, series, surface
from craft.vision.decode import LOOK_EVERY, Decoding, Look, Plane
from craft.vision.decoder_log import Told
from craft.vision.errors import MediaError
from craft.vision.motion import FEWEST_FRAMES, MotionWatch
from craft.vision.reports import Bars, Box, ClipReport, Exposure, StillReport, StreamFacts
from craft.vision.series import BLACK, BLACK_SHARE, HIGH, LOW, Series

MEASURE_VERSION = "lens 3"
_SHORTEST_FREEZE = 0.4
_COLOUR_LOOKS = 8
"""Looks whose colours are read; they come every two seconds, so long clips are read at their beginning and then ever
more rarely.
"""
_WHOLE_SHARE, _BOX_SHARE = 0.012, 0.06
# Torn fields in this share of the picture, somewhere in the clip, mean interlaced material.
_INTERLACED_SHARE = 0.004
# A gap between frames that differs from the usual one by more than this part of it.
_UNEVEN = 0.25
_UNEVEN_SHARE = 0.02
_MISSING_SECONDS, _MISSING_SHARE = 0.5, 0.05

_RGB = re.compile(r"rgb|bgr|gbr|pal8")

Boxes = Mapping[str, Box] | Sequence[Box]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look gave."""

    banding: surface.Banding | None
    combing: float
    bars: Bars | None
    cct: float | None
    wardrobe: Mapping[str, float | None]


class _Looks:
    """Measures whole pictures as they come and keeps figures only, and the first picture."""

    def __init__(self, decoding: Decoding, palette: Mapping[str, str], boxes: Boxes | None) -> None:
        self.seen: list[_Seen] = []
        self.first: Plane | None = None
        self._decoding, self._palette, self._boxes = decoding, palette, boxes
        self._coloured = 0
        self._next_colour = 0

    def take(self, look: Look) -> None:
        """Measure one."""
        facts = self._decoding.told.facts
        cct, wardrobe = None, dict.fromkeys(self._palette)
        if look.number >= self._next_colour:
            cct, wardrobe = self._colours(look, facts)
        black = 0 if facts.colour_range == "full" else 16
        self.seen.append(
            _Seen(
                surface.banding(look.y) if look.number % LOOK_EVERY == 0 else None,
                surface.combing(look.y),
                surface.bars(look.y, black),
                cct,
                wardrobe,
            )
        )

    def _colours(self, look: Look, facts: StreamFacts) -> tuple[float | None, dict[str, float | None]]:
        width, height = self._decoding.width, self._decoding.height
        self._coloured += 1
        if self._coloured >= _COLOUR_LOOKS:
            self._next_colour = 2 * look.number
        if self.first is None or self._palette:
            picture = colour.picture_of(look, facts, (width, height))
            self.first = picture if self.first is None else self.first
        else:
            picture = colour.picture_of(look, facts, (max(8, width // 2), max(8, height // 2)))
        if facts.hdr:
            return None, dict.fromkeys(self._palette)
        return colour.temperature_of(picture), wardrobe_distances(picture, self._palette, self._boxes)


def measure_clip(
    path: Path,
    *,
    palette: Mapping[str, str] | None = None,
    boxes: Boxes | None = None,
    reference_frame: Path | None = None,
    last_frame: Path | None = None,
    with_motion: bool = False,
    timeout: float = 300.0,
    jailed: bool | None = None,
) -> ClipReport:
    """Measure a clip in one decode.

    palette maps names of garments to "#rrggbb"; boxes are the subjects' places in the picture (0-1), by garment name
    or as a plain list; reference_frame is the approved still the clip must begin with, last_frame the one it should
    end on; with_motion also recovers the camera's movement from the same frames. `jailed` False decodes without the
    sandbox, under limits alone. Raises
    `MediaError`.
    """
    with Decoding(path, looks=True, timeout=timeout, jailed=jailed) as decoding:
        looks = _Looks(decoding, palette or {}, boxes)
        decoding.look_at(looks.take)
        watch, end = series.Watch(), None
        motion = MotionWatch(float(decoding.rate)) if with_motion else None
        for luma in decoding:
            end = luma
            watch.see(luma)
            if motion is not None:
                motion.see(luma)
    s, told = watch.finish(), decoding.told
    _complete(path, s, decoding)
    anchor = None
    if reference_frame is not None and looks.first is not None and not told.facts.hdr:
        anchor = anchor_difference(looks.first, reference_frame)
    ended = None
    if last_frame is not None and end is not None and not told.facts.hdr:
        ended = end_difference(end, told.facts, last_frame)
    moved = motion.motion() if motion is not None and motion.followed >= FEWEST_FRAMES else None
    report = _report(s, decoding, looks.seen, list(palette or {}))
    return replace(report, anchor_difference=anchor, end_difference=ended, motion=moved)


def measure_still(
    path: Path,
    *,
    palette: Mapping[str, str] | None = None,
    boxes: Boxes | None = None,
    reference_frame: Path | None = None,
) -> StillReport:
    """Measure one picture (the first frame of whatever is given). Raises `MediaError`."""
    luma, looks, decoding = _first(path, palette or {}, boxes)
    seen, facts = looks.seen[0], _facts(decoding.told)
    shares = series.level_shares(luma)
    anchor = None
    if reference_frame is not None and looks.first is not None and not facts.hdr:
        anchor = anchor_difference(looks.first, reference_frame)
    return StillReport(
        width=decoding.told.width,
        height=decoding.told.height,
        black=bool(shares[:BLACK].sum() >= BLACK_SHARE),
        sharpness=round(series.laplacian_variance(luma), 2),
        edge_sharpness=series.edge_sharpness(luma),
        exposure=_exposure(
            float(series.regions(luma).mean()), float(shares[:LOW].sum()), float(shares[HIGH:].sum())
        ),
        wardrobe=dict(seen.wardrobe),
        anchor_difference=anchor,
        cct=seen.cct,
        version=MEASURE_VERSION,
        banding=seen.banding.share if seen.banding else None,
        banding_step=seen.banding.step if seen.banding else None,
        bars=surface.common_bars([seen.bars] if seen.bars else []),
        stream=facts,
        decoder=_decoder(decoding),
    )


def _first(path: Path, palette: Mapping[str, str], boxes: Boxes | None) -> tuple[Plane, _Looks, Decoding]:
    """The first frame's luma and look. Raises `MediaError`."""
    with Decoding(path, looks=True, only_first=True) as decoding:
        looks = _Looks(decoding, palette, boxes)
        decoding.look_at(looks.take)
        planes = list(decoding)
    if not planes or not looks.seen:
        raise MediaError("media.damaged", f"{path.name} has no frame that can be decoded.")
    return planes[0], looks, decoding


def anchor_difference(first: Plane, reference: Path) -> float:
    """Mean absolute difference, 0-255, between a small RGB picture and the approved still at its size."""
    _luma, looks, _decoding = _first(reference, {}, None)
    assert looks.first is not None  # a look was taken
    height, width = first.shape[:2]
    still = cv2.resize(looks.first, (width, height), interpolation=cv2.INTER_AREA)
    return round(float(cv2.norm(first, still, cv2.NORM_L1) / first.size), 2)


def end_difference(last: Plane, facts: StreamFacts, reference: Path) -> float:
    """Mean absolute difference of brightness, 0-255, between a clip's last small luma and a still at its size."""
    luma, _looks, decoding = _first(reference, {}, None)
    height, width = last.shape[:2]
    still = cv2.resize(_full(luma, _facts(decoding.told)), (width, height), interpolation=cv2.INTER_AREA)
    return round(float(cv2.norm(_full(last, facts), still, cv2.NORM_L1) / last.size), 2)


def _full(luma: Plane, facts: StreamFacts) -> NDArray[np.float32]:
    """Levels from 0 to 255. What is red, green and blue in its file comes out of the decoding in narrow range."""
    levels = luma.astype(np.float32)
    wide = facts.colour_range == "full" and not _RGB.search(facts.pixel_format)
    return levels if wide else np.clip((levels - 16) * (255 / 219), 0, 255)


def wardrobe_distances(
    picture: Plane, palette: Mapping[str, str], boxes: Boxes | None
) -> dict[str, float | None]:
    """Each garment's distance in a small RGB picture; None where it cannot be judged."""
    out: dict[str, float | None] = {}
    for name, wanted in palette.items():
        places, share = _places(name, boxes)
        pixels = np.concatenate([colour.linear_pixels(picture, place) for place in places])
        out[name] = colour.palette_distance(pixels, wanted, share)
    return out


def _places(name: str, boxes: Boxes | None) -> tuple[Sequence[Box | None], float]:
    """Where to look for a garment and what share of those pixels it should fill at least."""
    if not boxes:
        return [None], _WHOLE_SHARE
    if isinstance(boxes, Mapping):
        own = [box for key, box in boxes.items() if name == key or name.startswith((f"{key}.", f"{key}/"))]
        return own or list(boxes.values()), _BOX_SHARE
    return list(boxes), _BOX_SHARE


def _complete(path: Path, s: Series, decoding: Decoding) -> None:
    """Raises `MediaError` when frames are missing."""
    told, count = decoding.told, len(s.mean)
    if count == 0:
        raise MediaError("media.empty", f"{path.name} has no frames. Fetch or make it again.")
    # The container's length is that of its longest stream, so it says something of the picture only when it is alone.
    if told.duration is None or told.other_streams:
        return
    seconds = _times(told, count, decoding.rate)[-1]
    if told.duration - seconds > max(_MISSING_SECONDS, _MISSING_SHARE * told.duration):
        raise MediaError(
            "media.damaged",
            f"{path.name} has {seconds:.2f} of {told.duration:.2f} s. Fetch or make it again.",
        )


def _times(told: Told, count: int, rate: Fraction) -> list[float]:
    """When every frame appears and, last, when the last one ends, in seconds from the first."""
    ticks = told.pts[:count]
    known = [tick for tick in ticks if tick is not None]
    ordered = all(a < b for a, b in pairwise(known))
    if told.time_base is None or len(known) < count or not ordered or count < 2:
        return [number / float(rate) for number in range(count + 1)]
    tick = float(told.time_base)
    times = [(at - known[0]) * tick for at in known]
    return [*times, times[-1] + float(np.median(np.diff(times)))]


def _uneven(times: Sequence[float]) -> bool:
    """Whether frames come at different distances, beyond what rounding to ticks does."""
    gaps = np.diff(times[:-1])
    if gaps.size < 2:
        return False
    off = np.abs(gaps - np.median(gaps)) > max(_UNEVEN * float(np.median(gaps)), 0.0021)
    return bool(np.count_nonzero(off) > max(1, _UNEVEN_SHARE * gaps.size))


def _facts(told: Told) -> StreamFacts:
    """The facts, where ffmpeg named them."""
    return (
        told.facts
        if told.facts.colour_range in ("full", "limited")
        else replace(told.facts, colour_range="limited")
    )


def _decoder(decoding: Decoding) -> str:
    return "sandboxed" if decoding.sandboxed else "limited"


def _report(s: Series, decoding: Decoding, looks: Sequence[_Seen], garments: Sequence[str]) -> ClipReport:
    told, count = decoding.told, len(s.mean)
    times = _times(told, count, decoding.rate)
    uneven = _uneven(times)
    fps = count / times[-1] if uneven else float(decoding.rate)
    cut_frames = series.cuts(s)
    stills = [(times[a], times[b]) for a, b in s.still_runs]
    stills = [(a, b) for a, b in stills if b - a >= _SHORTEST_FREEZE]
    repeated, period = series.repeats(s.motion)
    report = ClipReport(
        frames=count,
        fps=round(fps, 4),
        duration_s=round(times[-1] if uneven else count / fps, 4),
        width=told.width,
        height=told.height,
        black_ratio=round(sum(b >= BLACK_SHARE for b in s.black) / count, 4),
        black_runs=_runs([b >= BLACK_SHARE for b in s.black], times),
        freeze_longest=round(max((b - a for a, b in stills), default=0.0), 3),
        freeze_runs=tuple((round(a, 3), round(b, 3)) for a, b in stills),
        flicker=round(series.flicker(np.array(s.regions), cut_frames), 3),
        sharpness=round(statistics.median(s.sharp.values()), 2),
        edge_sharpness=round(statistics.median(s.edge), 3) if s.edge else None,
        exposure=_exposure(float(np.mean(s.mean)), float(np.mean(s.low)), float(np.mean(s.high))),
        motion_energy=round(float(np.mean(s.motion[1:])) if count > 1 else 0.0, 4),
        cuts=cut_frames,
        thumbnails=series.thumbnails(s, cut_frames),
        version=MEASURE_VERSION,
        repeated_ratio=repeated,
        repeat_period=period,
        stream=replace(_facts(told), variable_rate=uneven),
        decoder=_decoder(decoding),
    )
    return _with_looks(report, looks, garments)


def _with_looks(report: ClipReport, looks: Sequence[_Seen], garments: Sequence[str]) -> ClipReport:
    """The figures of whole pictures."""
    if not looks:
        return report
    temperatures = [look.cct for look in looks if look.cct]
    banded = [look.banding for look in looks if look.banding is not None]
    steps = [found.step for found in banded if found.step]
    torn = max(look.combing for look in looks)
    flagged = report.stream.field_order != "progressive"
    worn = {name: [d for look in looks if (d := look.wardrobe[name]) is not None] for name in garments}
    return replace(
        report,
        wardrobe={name: round(statistics.median(d), 2) if d else None for name, d in worn.items()},
        cct=round(statistics.median(temperatures), -1) if temperatures else None,
        banding=round(statistics.median(found.share for found in banded), 4),
        banding_step=round(statistics.median(steps)) if steps else None,
        combing=torn,
        interlaced=flagged or torn > _INTERLACED_SHARE,
        bars=surface.common_bars([look.bars for look in looks if look.bars is not None]),
    )


def _runs(flags: Sequence[bool], times: Sequence[float]) -> tuple[tuple[float, float], ...]:
    out: list[tuple[float, float]] = []
    start: int | None = None
    for number, on in enumerate([*flags, False]):
        if on and start is None:
            start = number
        elif not on and start is not None:
            out.append((round(times[start], 3), round(times[number], 3)))
            start = None
    return tuple(out)


def _exposure(mean: float, low: float, high: float) -> Exposure:
    """Figures of limited-range luma told in full range 0-255."""
    return Exposure(round(min(255.0, max(0.0, (mean - 16) * 255 / 219)), 2), round(low, 4), round(high, 4))
