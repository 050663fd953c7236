"""Parts shared by sets: dressing parameters, seeded choice, and the light that comes from outside."""

from __future__ import annotations

import random
from dataclasses import dataclass

from craft.terms.colour import hex_to_rgb
from craft.terms.digest import digest

RGB8 = tuple[int, int, int]
DAYLIGHT = frozenset({"dawn", "morning", "noon", "afternoon", "dusk"})


@dataclass(frozen=True)
class Dressing:
    """Seed, time of day and free parameters of a set (hashable, so that built sets are cached)."""

    seed: int
    time_of_day: str
    options: tuple[tuple[str, str | float], ...] = ()
    words: str = ""

    @property
    def day(self) -> bool:
        """Whether daylight comes in."""
        return self.time_of_day in DAYLIGHT

    @property
    def era(self) -> str:
        """``period``, ``midcentury``, ``modern`` or ``future``."""
        return self.word("era", "modern")

    @property
    def wealth(self) -> float:
        """How rich the place is, 0 poor … 1 grand."""
        return self.level("wealth", 50)

    @property
    def clutter(self) -> float:
        """How much lies about, 0 bare … 1 crammed."""
        return self.level("clutter", 40)

    def level(self, name: str, default: float) -> float:
        """A parameter given as 0-100, as a share of 1."""
        value = dict(self.options).get(name, default)
        return min(1.0, max(0.0, float(value) / 100)) if isinstance(value, int | float) else default / 100

    def colour(self, name: str, default: RGB8) -> RGB8:
        """A colour parameter (#rrggbb); anything else leaves the default."""
        value = dict(self.options).get(name)
        if isinstance(value, str):
            try:
                return hex_to_rgb(value)
            except ValueError:
                return default
        return default

    def word(self, name: str, default: str) -> str:
        """A word parameter."""
        value = dict(self.options).get(name)
        return value if isinstance(value, str) else default

    def chance(self, purpose: str) -> random.Random:
        """A random stream of its own for each purpose, so that one more book moves no car."""
        return random.Random(digest("previs.dressing", 1, [self.seed, purpose]))
