"""Harmony: modes by mood, the progressions and cadences that belong to them, and the chords of a cue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SCALES: dict[str, tuple[int, ...]] = {
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
# Brightest first; each holds from its valence upwards.
_MODE_FROM = (
    (0.7, "lydian"),
    (0.25, "major"),
    (0.0, "mixolydian"),
    (-0.3, "dorian"),
    (-0.7, "minor"),
    (-9.0, "phrygian"),
)
# Scale degrees (0 is the tonic) of four-bar phrases that are common in each mode.
PROGRESSIONS: dict[str, tuple[tuple[int, ...], ...]] = {
    "lydian": ((0, 1, 0, 4), (0, 1, 5, 4), (0, 4, 1, 0), (0, 2, 5, 1)),
    "major": ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (0, 2, 3, 4), (0, 3, 1, 4)),
    "mixolydian": ((0, 6, 3, 0), (0, 3, 6, 0), (0, 4, 6, 3), (0, 1, 3, 6)),
    "dorian": ((0, 3, 0, 6), (0, 6, 3, 0), (0, 2, 3, 6), (0, 4, 3, 6)),
    "minor": ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 4), (0, 5, 3, 4)),
    "phrygian": ((0, 1, 0, 6), (0, 1, 2, 1), (0, 5, 1, 0), (0, 3, 1, 0)),
}
CADENCES: dict[str, tuple[int, int]] = {
    "lydian": (1, 0),
    "major": (4, 0),
    "mixolydian": (6, 0),
    "dorian": (3, 0),
    "minor": (4, 0),
    "phrygian": (1, 0),
}
# The chord that asks for the tonic: an intro stops on it and a loop turns round on it.
OPEN: dict[str, int] = {mode: cadence[0] for mode, cadence in CADENCES.items()} | {"lydian": 4, "dorian": 6}
KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True, slots=True)
class Chord:
    """Pitch classes of a chord: its degree, root, third, all of them, and the leading note that must rise
    (−1 for none).
    """

    degree: int
    root: int
    third: int
    classes: frozenset[int]
    leading: int = -1


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (0-11, C is 0) and a mode."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """ "D minor", "Ab lydian"."""
        return f"{KEYS[self.tonic]} {self.mode}"

    def pitch(self, degree: int, octave: int) -> int:
        """MIDI note of a scale degree; degrees run on past 6 and below 0 into other octaves."""
        scale = SCALES[self.mode]
        return 12 * (octave + 1 + degree // 7) + self.tonic + scale[degree % 7]

    def chord(self, degree: int, *, dominant: bool = False, seventh: bool = False) -> Chord:
        """The chord on a degree; a dominant in minor takes the leading note."""
        steps = (0, 2, 4, 6) if seventh else (0, 2, 4)
        found = [self.pitch(degree + step, 4) % 12 for step in steps]
        leading = (self.tonic - 1) % 12
        if dominant and degree % 7 == 4 and self.mode == "minor":
            found[1] = leading
        has = leading in found and degree % 7 in (4, 6)
        return Chord(degree, found[0], found[1], frozenset(found), leading if has else -1)

    @property
    def steady(self) -> tuple[int, ...]:
        """Degrees whose triad has a perfect fifth; a diminished one would sound like a question nobody
        asked.
        """
        return tuple(d for d in range(7) if self.pitch(d + 4, 4) - self.pitch(d, 4) == 7)


def mode_for(valence: float) -> str:
    """The mode of a mood: −1 is the darkest, +1 the brightest."""
    return next(mode for lowest, mode in _MODE_FROM if valence >= lowest)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a bar asks of its chord: the degree its progression has there, the melody in it as (weight, scale
    degree), whether the chord must change at its line, and a degree that is settled (None when free).
    """

    usual: int
    sung: tuple[tuple[float, int], ...]
    fresh: bool = False
    settled: int | None = None


def chosen(key: Key, bars: Sequence[Bar]) -> list[int]:
    """A degree for each bar: what carries the melody best, near the progression, moving where it must."""
    degrees = sorted({*key.steady, *(bar.usual for bar in bars)})
    costs: list[dict[int, tuple[float, int]]] = []
    for bar in bars:
        allowed = degrees if bar.settled is None else [bar.settled]
        here: dict[int, tuple[float, int]] = {}
        for degree in allowed:
            own = -_fit(degree, bar.sung) - (1.2 if degree == bar.usual else 0.0)
            if not costs:
                here[degree] = (own, degree)
                continue
            here[degree] = min(
                (before + own + _step(last, degree, bar.fresh), last)
                for last, (before, _) in costs[-1].items()
            )
        costs.append(here)
    degree = min(costs[-1], key=lambda d: (costs[-1][d][0], d))
    out = [degree]
    for here in reversed(costs[1:]):
        degree = here[degree][1]
        out.append(degree)
    return out[::-1]


def _step(first: int, second: int, fresh: bool) -> float:
    """What moving between two degrees costs; a dominant that falls back to the subdominant is weak."""
    if first == second:
        return 50.0 if fresh else 0.9
    return 0.8 if (first, second) in ((4, 3), (4, 1)) else 0.0


def _fit(degree: int, sung: tuple[tuple[float, int], ...]) -> float:
    """Weighted beats of melody that are notes of the triad, less half of those that rub against it."""
    triad = {(degree + s) % 7 for s in (0, 2, 4)}
    return sum(weight if d % 7 in triad else -0.5 * weight for weight, d in sung)
