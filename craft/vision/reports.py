"""What was measured, as frozen values. None always means "not measured"."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in 0-1 from the top left


class _Plain:
    """Reports are stored as JSON."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values: lists, dicts, numbers, strings, None."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))  # type: ignore[call-overload]
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class Motion(_Plain):
    """A recovered movement: ``kind`` is a movement's slug, ``zoom`` or ``roll``; ``amount`` per second is in degrees
    (pan, tilt, arc, roll), parts of the distance (dolly, zoom) or of the frame's width (truck, crane); for handheld
    it is the way in degrees. ``confidence`` is 0-1.
    """

    kind: str
    direction: str
    speed: str
    amount: float
    confidence: float
    tracks: int
    version: str = ""


@dataclass(frozen=True, slots=True)
class StreamFacts(_Plain):
    """What the file says of its picture; "" where it says nothing.

    bits          per sample · pixel_aspect width over height of a sample · field_order progressive, top_first or
    bottom_first · rotation degrees the file asks to be turned by (measured upright) · colour_range limited or full ·
    hdr           PQ or HLG · variable_rate frames do not come at equal distances
    """

    codec: str = ""
    pixel_format: str = ""
    bits: int = 8
    pixel_aspect: float = 1.0
    field_order: str = "progressive"
    rotation: int = 0
    colour_range: str = "limited"
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""
    hdr: bool = False
    variable_rate: bool = False


@dataclass(frozen=True, slots=True)
class Bars(_Plain):
    """Black bars at the edges, as shares of the height (top, bottom) and of the width (left, right)."""

    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0
    right: float = 0.0

    @property
    def total(self) -> float:
        """The share of the picture they fill."""
        return 1 - (1 - self.top - self.bottom) * (1 - self.left - self.right)


@dataclass(frozen=True, slots=True)
class Exposure(_Plain):
    """Mean luma 0-255 and the shares of pixels at the black and the white end (0-1)."""

    mean: float
    clipped_low: float
    clipped_high: float


@dataclass(frozen=True, slots=True)
class ClipReport(_Plain):
    """A clip's figures.

    black_ratio   share of frames that are black · black_runs (first second, last second) of each black
    stretch freeze_longest longest stretch without any change, in seconds · freeze_runs as black_runs, from
    0.4 s
    flicker       luma pumping of the whole picture, RMS in levels · sharpness median Laplacian variance
    edge_sharpness share of an edge's contrast per pixel, median (None: no edges) · motion_energy levels per
    frame
    cuts          frame numbers at which the picture changes at once
    wardrobe      palette name → distance (about ΔE) or None · anchor_difference levels of 255, first frame
    against the still · end_difference levels of 255 of brightness, last frame against the still it should end on
    cct           kelvin · thumbnails frame numbers worth showing
    """

    frames: int
    fps: float
    duration_s: float
    width: int
    height: int
    black_ratio: float
    black_runs: tuple[tuple[float, float], ...]
    freeze_longest: float
    freeze_runs: tuple[tuple[float, float], ...]
    flicker: float
    sharpness: float
    edge_sharpness: float | None
    exposure: Exposure
    motion_energy: float
    cuts: tuple[int, ...]
    wardrobe: Mapping[str, float | None] = field(default_factory=dict)
    anchor_difference: float | None = None
    end_difference: float | None = None
    cct: float | None = None
    thumbnails: tuple[int, ...] = ()
    version: str = ""
    banding: float | None = None
    banding_step: int | None = None
    combing: float | None = None
    interlaced: bool = False
    bars: Bars = Bars()
    repeated_ratio: float | None = None
    repeat_period: int | None = None
    stream: StreamFacts = StreamFacts()
    motion: Motion | None = None
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class StillReport(_Plain):
    """A picture's figures, named as in `ClipReport`; `black` is True when nothing can be seen."""

    width: int
    height: int
    black: bool
    sharpness: float
    edge_sharpness: float | None
    exposure: Exposure
    wardrobe: Mapping[str, float | None] = field(default_factory=dict)
    anchor_difference: float | None = None
    cct: float | None = None
    version: str = ""
    banding: float | None = None
    banding_step: int | None = None
    bars: Bars = Bars()
    stream: StreamFacts = StreamFacts()
    decoder: str = ""


@dataclass(frozen=True, slots=True)
class Finding(_Plain):
    """One thing that is wrong: a stable code, "blocker" or "warning", a sentence, the value and its limit."""

    code: str
    severity: str
    message: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class TakeScore(_Plain):
    """A take's points 0-100, "pass", "retake" or "not_measured", what was found and the version of the
    rules.
    """

    total: int
    verdict: str
    findings: tuple[Finding, ...]
    version: str


@dataclass(frozen=True, slots=True)
class LipReport(_Plain):
    """Lips against sound: frames the mouth comes late (negative: early), confidence 0-1 and a verdict."""

    offset_frames: int | None
    confidence: float
    verdict: str
    note: str = ""
    version: str = ""
