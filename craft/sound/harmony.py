"""Harmony: modes by mood, progressions that belong to them, and chords whose voices move as little as they
can.
"""

from __future__ import annotations

import itertools
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
    "lydian": ((0, 1, 0, 4), (0, 1, 5, 4), (0, 4, 1, 0)),
    "major": ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (0, 2, 3, 4)),
    "mixolydian": ((0, 6, 3, 0), (0, 3, 6, 0), (0, 4, 6, 3)),
    "dorian": ((0, 3, 0, 6), (0, 6, 3, 0), (0, 2, 3, 6)),
    "minor": ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 4), (0, 5, 3, 4)),
    "phrygian": ((0, 1, 0, 6), (0, 1, 2, 1), (0, 5, 1, 0)),
}
CADENCES: dict[str, tuple[int, int]] = {
    "lydian": (1, 0),
    "major": (4, 0),
    "mixolydian": (6, 0),
    "dorian": (3, 0),
    "minor": (4, 0),
    "phrygian": (1, 0),
}
KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LOWEST, _HIGHEST = 50, 74


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

    def chord(self, degree: int, *, dominant: bool = False, seventh: bool = False) -> frozenset[int]:
        """Pitch classes of the triad on a degree; a dominant before the tonic takes the leading note."""
        classes = {(self.pitch(degree + step, 4)) % 12 for step in ((0, 2, 4, 6) if seventh else (0, 2, 4))}
        if dominant and degree % 7 == 4 and self.mode == "minor":
            flat = self.pitch(6, 4) % 12
            classes = (classes - {flat}) | {(flat + 1) % 12}
        return frozenset(classes)


def mode_for(valence: float) -> str:
    """The mode of a mood: −1 is the darkest, +1 the brightest."""
    return next(mode for lowest, mode in _MODE_FROM if valence >= lowest)


def led(previous: tuple[int, ...] | None, classes: frozenset[int], bass: int) -> tuple[int, ...]:
    """Four rising notes of the chord nearest to the previous four, without parallel fifths or octaves to
    them.

    bass is the pitch class in the lowest voice of the whole texture; doubling it is preferred, doubling
    others costs.
    """
    candidates = [note for note in range(_LOWEST, _HIGHEST + 1) if note % 12 in classes]
    best: tuple[float, tuple[int, ...]] | None = None
    for voices in itertools.combinations(candidates, 4):
        if {v % 12 for v in voices} != classes and len(classes) <= 4:
            continue
        if any(high - low > 12 for low, high in itertools.pairwise(voices)):
            continue
        cost = _cost(previous, voices, bass)
        if best is None or (cost, voices) < best:
            best = (cost, voices)
    if best is None:
        raise ValueError(f"no voicing of {sorted(classes)} lies between {_LOWEST} and {_HIGHEST}")
    return best[1]


def _cost(previous: tuple[int, ...] | None, voices: tuple[int, ...], bass: int) -> float:
    doubled = [v % 12 for v in voices if [w % 12 for w in voices].count(v % 12) > 1]
    cost = sum(0.0 if pc == bass else 1.5 for pc in doubled)
    if previous is None:
        return cost + abs(sum(voices) / 4 - 60)
    cost += sum(abs(a - b) for a, b in zip(previous, voices, strict=True))
    return cost + 6.0 * parallels(previous, voices) + 0.3 * abs(sum(voices) / 4 - 61)


def parallels(first: tuple[int, ...], second: tuple[int, ...]) -> int:
    """How many pairs of voices move together in fifths or octaves."""
    found = 0
    for i, j in itertools.combinations(range(len(first)), 2):
        before, after = (first[j] - first[i]) % 12, (second[j] - second[i]) % 12
        found += before == after and before in (0, 7) and first[i] != second[i]
    return found
