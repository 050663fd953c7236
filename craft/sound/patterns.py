"""Patterns: the figures of accompaniment. A section takes one of each kind, never that of the section
before.

Bass figures are (beat, beats, interval): "r" the root, "5" the fifth, "8" the octave, "a" a step towards the
next root. Pulse figures are (beats of a step, steps): digits are chord notes from the root up, "x" two of
them at once, "." silence. Drum rows are sixteenths: "X" strong, "x" plain, "o" soft.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

BassFigure = tuple[tuple[float, float, str], ...]
PulseFigure = tuple[float, str]
DrumFigure = tuple[tuple[int, str], ...]
Figure = TypeVar("Figure")

# texture → figures of one bar
BASS: dict[str, tuple[BassFigure, ...]] = {
    "held": (
        ((0, 4, "r"),),
        ((0, 3, "r"), (3, 1, "5")),
        ((0, 2, "r"), (2, 2, "r")),
    ),
    "walking": (
        ((0, 2, "r"), (2, 2, "5")),
        ((0, 1.5, "r"), (1.5, 0.5, "r"), (2, 1, "5"), (3, 1, "a")),
        ((0, 1, "r"), (1, 1, "5"), (2, 1, "8"), (3, 1, "5")),
        ((0, 2, "r"), (2, 1, "5"), (3, 1, "a")),
    ),
    "driving": (
        tuple((i / 2, 0.45, "r") for i in range(8)),
        ((0, 0.7, "r"), (0.75, 0.7, "r"), (1.5, 0.5, "8"), (2, 0.7, "r"), (2.75, 0.7, "5"), (3.5, 0.5, "a")),
        ((0, 0.5, "r"), (0.5, 0.5, "8"), (1, 0.5, "r"), (1.5, 0.5, "8"), (2, 0.5, "r"), (2.5, 0.5, "8"),
         (3, 0.5, "5"), (3.5, 0.5, "a")),
        ((0, 0.9, "r"), (1, 0.45, "r"), (1.5, 0.45, "5"), (2, 0.9, "r"), (3, 0.45, "8"), (3.5, 0.45, "5")),
    ),
}  # fmt: skip
# feel → texture → figures of one bar
PULSE: dict[str, dict[str, tuple[PulseFigure, ...]]] = {
    "arpeggio": {
        "calm": ((1.0, "0121"), (1.0, "0.21"), (1.0, "021."), (1.0, ".123")),
        "moving": ((0.5, "01232123"), (0.5, "02132132"), (0.5, "0.2132.1"), (0.5, "03213210")),
        "driving": ((0.25, "0123212301232123"), (0.25, "0213021302130213"), (0.25, "0.12.123.321.21.")),
    },
    "repeat": {
        "calm": ((1.0, "0.0."), (1.0, "00.1"), (1.0, ".1.1")),
        "moving": ((0.5, "00100010"), (0.5, "0.00.010"), (0.5, "00001000"), (0.5, "0.1.0.10")),
        "driving": ((0.25, "0000100010001010"), (0.25, "0.000.000.000.10"), (0.25, "0010001000100110")),
    },
    "offbeat": {
        "calm": ((1.0, ".x.x"), (1.0, ".x.1"), (1.0, ".1.x")),
        "moving": ((0.5, "..x...x."), (0.5, ".x.x.x.x"), (0.5, "..x..x.1"), (0.5, "..x...xx")),
        "driving": ((0.5, ".x.x.xx."), (0.5, "x.x.xx.x"), (0.5, ".xx.x.xx"), (0.25, "..xx..x...xx.x..")),
    },
}
PAD: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 4),),
    ((0, 2), (2, 2)),
    ((0, 3), (3, 1)),
    ((0, 1.5), (1.5, 2.5)),
)
# General MIDI percussion: 35/36 kick, 37 stick, 38 snare, 41-50 toms, 42/44/46 hats, 49 crash, 51 ride,
# 54 tambourine, 56 cowbell, 70 maracas, 76/77 wood blocks
DRUMS: dict[str, tuple[DrumFigure, ...]] = {
    "none": ((), (), ()),
    "drive": (
        ((36, "X.......X.x....."), (38, "....X.......X..."), (42, "x.o.x.o.x.o.x.o.")),
        ((36, "X..x....X..x...."), (38, "....X.......X..o"), (42, "x.x.x.x.x.x.x.x.")),
        (
            (36, "X.....x.X......."),
            (38, "....X..o....X..."),
            (46, "..x...x...x...x."),
            (42, "x...x...x...x..."),
        ),
        ((36, "X...x...X...x..."), (38, "....X.......X.xx"), (54, "..x...x...x...x.")),
    ),
    "march": (
        ((36, "X.......X......."), (38, "x..ox.x.x..ox.x."), (41, "X...............")),
        ((36, "X...x...X...x..."), (38, "x.oox.oox.oox.x.")),
        ((41, "X.....x.X......."), (38, "o.o.x.ooo.o.x.oo")),
    ),
    "brush": (
        ((51, "x...x..xx...x..x"), (44, "....x.......x..."), (36, "X.........o.....")),
        ((51, "x...x...x..xx..."), (44, "....x.......x..."), (38, "......o.......o.")),
        ((51, "x..xx...x..xx..x"), (44, "....x.......x..."), (36, "x.......x.......")),
    ),
    "tick": (
        ((37, "x...o...x...o..."), (42, "..o...o...o...o."), (36, "X..........x....")),
        ((42, "o.o.x.o.o.o.x.o."), (36, "X.....x.........")),
        ((76, "x..o..x...x..o.."), (36, "X.......x.......")),
    ),
    "low": (
        ((41, "X..............."), (43, "..........x....."), (36, "X.............x.")),
        ((41, "X.....x........."), (36, "X.......x.......")),
        ((43, "X.......x.x....."), (41, "............x.x.")),
    ),
    "trot": (
        ((77, "X.xx..xxX.xx..xx"), (36, "X.......X.......")),
        ((76, "..x...x...x...x."), (36, "X.......X......."), (70, "o.o.o.o.o.o.o.o.")),
        ((77, "X..xX..xX..xX..x"), (54, "....x.......x...")),
    ),
}
STRENGTH = {"X": 1.0, "x": 0.72, "o": 0.48}
FILLS: tuple[tuple[int, ...], ...] = ((50, 48, 45, 41), (38, 38, 45, 41), (45, 45, 41, 41))


def texture(level: float) -> str:
    """The bass texture of a level of energy 0-1."""
    return "held" if level < 0.38 else "walking" if level < 0.68 else "driving"


def motion(level: float) -> str:
    """The pulse's texture of a level of energy 0-1."""
    return "calm" if level < 0.48 else "moving" if level < 0.8 else "driving"


class Rotation:
    """Figures by section: drawn at random, but never the same twice in a row."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._drawn: dict[tuple[str, int], int] = {}

    def figure(self, name: str, section: int, figures: Sequence[Figure]) -> Figure:
        """The figure of a section; asked again, the same."""
        if (name, section) not in self._drawn:
            before = self._drawn.get((name, section - 1), -1)
            options = [index for index in range(len(figures)) if index != before] or [0]
            self._drawn[name, section] = self._rng.choice(options)
        return figures[self._drawn[name, section] % len(figures)]
