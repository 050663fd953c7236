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

    @property
    def day(self) -> bool:
        """Whether daylight comes in."""
        return self.time_of_day in DAYLIGHT

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
