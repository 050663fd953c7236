"""Colours of a place by era and wealth, with what its dressing asks for laid over them."""

from __future__ import annotations

from dataclasses import dataclass

from craft.previs.batch import Kind, Surface
from craft.previs.sets.room import RGB8, Dressing


@dataclass(frozen=True)
class Tones:
    """What things are made of here. ``wear`` 0 new … 1 ruined; ``gleam`` is the glow of things by night."""

    era: str
    wear: float
    night: bool
    wall: RGB8
    floor: RGB8
    wood: RGB8
    metal: RGB8
    fabric: RGB8
    accent: RGB8
    lamp: RGB8

    def wooden(self, shade: float = 1.0, segment: int = 6) -> Surface:
        """Planks and boards."""
        return Surface(shaded(self.wood, shade), 0.5 + 0.3 * self.wear, Kind.WOOD, segment=segment)

    def iron(self, shade: float = 1.0, segment: int = 7) -> Surface:
        """Painted or bare metal parts."""
        return Surface(shaded(self.metal, shade), 0.32 + 0.4 * self.wear, metal=0.35, segment=segment)

    def cloth(self, shade: float = 1.0, segment: int = 8) -> Surface:
        """Cushions, awnings, curtains."""
        return Surface(shaded(self.fabric, shade), 0.9, segment=segment)

    def painted(self, shade: float = 1.0, segment: int = 8) -> Surface:
        """What carries the accent colour."""
        return Surface(shaded(self.accent, shade), 0.35 + 0.4 * self.wear, segment=segment)

    def lit(self, glow: float, segment: int = 7) -> Surface:
        """Glass of a lamp; a quarter as bright by day."""
        return Surface(
            self.lamp, 0.4, Kind.GLOW, glow if self.night else min(0.6, glow * 0.25), segment=segment
        )


def shaded(colour: RGB8, factor: float) -> RGB8:
    """A colour made darker or lighter."""
    r, g, b = (min(255, max(0, round(c * factor))) for c in colour)
    return r, g, b


def mixed(a: RGB8, b: RGB8, share: float) -> RGB8:
    """``a`` with a share of ``b``."""
    r, g, c = (min(255, max(0, round(x + (y - x) * share))) for x, y in zip(a, b, strict=True))
    return r, g, c


_ERAS: dict[str, dict[str, RGB8]] = {
    "period": {
        "wall": (122, 108, 88),
        "floor": (96, 90, 82),
        "wood": (92, 62, 40),
        "metal": (42, 40, 40),
        "fabric": (112, 48, 40),
        "accent": (128, 40, 34),
        "lamp": (255, 186, 96),
    },
    "midcentury": {
        "wall": (138, 92, 74),
        "floor": (104, 102, 100),
        "wood": (138, 92, 56),
        "metal": (92, 98, 98),
        "fabric": (44, 110, 104),
        "accent": (44, 122, 118),
        "lamp": (255, 206, 138),
    },
    "modern": {
        "wall": (116, 88, 78),
        "floor": (92, 94, 98),
        "wood": (132, 104, 76),
        "metal": (58, 62, 68),
        "fabric": (70, 82, 104),
        "accent": (178, 56, 44),
        "lamp": (255, 220, 168),
    },
    "future": {
        "wall": (138, 144, 152),
        "floor": (84, 90, 98),
        "wood": (150, 152, 156),
        "metal": (128, 136, 146),
        "fabric": (52, 62, 84),
        "accent": (30, 168, 190),
        "lamp": (150, 226, 255),
    },
}


def tones_for(dressing: Dressing) -> Tones:
    """The palette of a dressing: poor places are greyer and worn, rich ones deeper and clean."""
    base = _ERAS.get(dressing.era, _ERAS["modern"])
    poor = max(0.0, 0.5 - dressing.wealth) * 2

    def tone(name: str) -> RGB8:
        worn = mixed(base[name], (104, 100, 94), 0.45 * poor)
        return dressing.colour(name, base["lamp"] if name == "lamp" else worn)

    return Tones(
        dressing.era if dressing.era in _ERAS else "modern",
        min(1.0, max(0.0, 1.0 - dressing.wealth * 1.25)),
        not dressing.day or dressing.time_of_day in ("dusk", "dawn"),
        tone("wall"),
        tone("floor"),
        tone("wood"),
        dressing.colour("metal", mixed(base["metal"], (92, 62, 44), 0.5 * poor)),
        tone("fabric"),
        tone("accent"),
        tone("lamp"),
    )
