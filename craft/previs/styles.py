"""How each look of a packet is drawn: which shader variants, which passes, and what the finish does.

``cinematic`` is the lit, graded picture; ``clay`` the same light on grey matter; ``toon`` light in bands with ink
where depth, normal or segment break; ``blueprint`` white lines on gridded blue paper, which needs no light.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Style:
    """What a look adds to the shaders and leaves out of the frame. None = as the packet's mood has it."""

    lit: bool = True
    lighting: Mapping[str, object] = field(default_factory=dict)
    finish: Mapping[str, object] = field(default_factory=dict)
    occlusion: bool = True
    shafts: bool = True
    defocus: bool = True
    mirror: bool = True
    bloom: float = 0.17
    vignette: float = 0.36
    grain: float = 1.0
    saturation: float | None = None
    lift: RGB | None = None
    gain: RGB | None = None


_NEUTRAL: tuple[RGB, RGB] = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

STYLES: dict[str, Style] = {
    "cinematic": Style(),
    "clay": Style(
        lighting={"CLAY": 1},
        mirror=False,
        bloom=0.06,
        vignette=0.18,
        grain=0.0,
        saturation=0.0,
        lift=_NEUTRAL[0],
        gain=_NEUTRAL[1],
    ),
    "toon": Style(
        lighting={"TOON": 1},
        finish={"INK": 1},
        occlusion=False,
        shafts=False,
        defocus=False,
        mirror=False,
        bloom=0.05,
        vignette=0.0,
        grain=0.0,
        saturation=1.2,
    ),
    "blueprint": Style(lit=False, shafts=False, defocus=False),
}
