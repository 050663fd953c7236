"""What may be done to a clip's picture. Each effect is plain figures; the graphs know how it is drawn.

Colour effects (`Grade`, `Cdl`, `Lut`) of a clip are applied in their order; so are the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from craft.render.grade import RGB, Grade
from craft.terms.shots import Easing

WHOLE = (0.0, 0.0, 1.0, 1.0)
Box = tuple[float, float, float, float]
"""x, y, width and height as shares of the frame, from its top left."""


@dataclass(frozen=True, slots=True)
class Cdl:
    """An ASC colour decision list: out = clamp(in * slope + offset) ** power per channel, then saturation."""

    slope: RGB = (1.0, 1.0, 1.0)
    offset: RGB = (0.0, 0.0, 0.0)
    power: RGB = (1.0, 1.0, 1.0)
    saturation: float = 1.0

    def neutral(self) -> bool:
        """True when the picture would not change."""
        return self == Cdl()


@dataclass(frozen=True, slots=True)
class Lut:
    """A cube file by content, mixed in by `strength` 0 to 1."""

    sha256: str
    strength: float = 1.0

    def neutral(self) -> bool:
        """True when the picture would not change."""
        return self.strength == 0.0


@dataclass(frozen=True, slots=True)
class Reframe:
    """Show only a part of the picture, and travel to another part over the clip's length.

    A box keeps the picture's shape when its width and height are equal shares; `end` None stays at `start`.
    """

    start: Box = WHOLE
    end: Box | None = None
    easing: Easing = Easing.EASE

    def neutral(self) -> bool:
        """True when the picture would not change."""
        return self.start == WHOLE and self.end in (None, WHOLE)

    @property
    def moves(self) -> bool:
        """True when the part changes over the clip."""
        return self.end is not None and self.end != self.start


class Style(StrEnum):
    """A stylised modifier by name."""

    BLACK_AND_WHITE = "black_and_white"
    SEPIA = "sepia"
    BLEACH_BYPASS = "bleach_bypass"
    FILM_GRAIN = "film_grain"
    VIGNETTE = "vignette"
    BLOOM = "bloom"
    SOFT_FOCUS = "soft_focus"
    SHARPEN = "sharpen"
    VHS = "vhs"
    OLD_FILM = "old_film"
    CHROMATIC = "chromatic"
    NIGHT_VISION = "night_vision"
    POSTER = "poster"
    PIXELS = "pixels"


@dataclass(frozen=True, slots=True)
class Modifier:
    """A stylised look by `strength` 0 to 1."""

    style: Style
    strength: float = 1.0

    def neutral(self) -> bool:
        """True when the picture would not change."""
        return self.strength == 0.0


@dataclass(frozen=True, slots=True)
class Stabilise:
    """Take the shake out of a clip, by `strength` 0 to 1; the frame is cropped a little to hide its edges."""

    strength: float = 0.5

    def neutral(self) -> bool:
        """True when the picture would not change."""
        return self.strength == 0.0


Effect = Grade | Cdl | Lut | Reframe | Modifier | Stabilise
COLOUR_EFFECTS = (Grade, Cdl, Lut)


def follows_time(effect: Effect) -> bool:
    """True when what is drawn depends on where in the clip a frame lies."""
    return isinstance(effect, Stabilise) or (isinstance(effect, Reframe) and effect.moves)
