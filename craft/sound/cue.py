"""Cues: what a piece of music should be, and the notes it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from craft.sound.errors import SoundRefused
from craft.sound.palettes import palette_for
from craft.terms.rates import BadFrameRate, FrameRate

SHORTEST, LONGEST = 0.5, 1800.0
MOST_THEMES = 6
PARTS = ("pad", "bass", "lead", "second", "third", "counter", "pulse", "hits", "drums")
LEADS = ("lead", "second", "third")
STEMS: dict[str, tuple[str, ...]] = {
    "harmony": ("pad", "counter", "pulse"),
    "melody": LEADS,
    "bass": ("bass",),
    "percussion": ("hits", "drums"),
}


class CueKind(StrEnum):
    """What a cue is for.

    cue      music under a scene or an act
    intro    grows from the pad alone to the full theme and stops on the dominant, so that the story answers
    stinger  a short accent with the head of the theme that rings out
    button   a short closing phrase with a cadence
    loop     a bed whose last sample leads into its first
    """

    CUE = "cue"
    INTRO = "intro"
    STINGER = "stinger"
    BUTTON = "button"
    LOOP = "loop"


# kind → shortest and longest, in seconds
_LENGTHS = {
    CueKind.CUE: (SHORTEST, LONGEST),
    CueKind.INTRO: (4.0, 120.0),
    CueKind.STINGER: (SHORTEST, 3.0),
    CueKind.BUTTON: (2.0, 15.0),
    CueKind.LOOP: (4.0, 600.0),
}


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """What a cue should be.

    seconds  its exact length · valence −1 (dark) … 1 (bright) · energy −1 (still) … 1 (driving)
    genre    a genre slug · seed another take of the same mood
    theme    the name whose melody it plays; themes several of them, introduced in this order, later
             combined
    intro    begins with the pad alone · out ends with a cadence that rings
    hits     seconds at which an accent lands
    cuts     seconds at which a bar line, and with it a new chord, should fall
    kind     cue, intro, stinger, button or loop
    """

    seconds: float
    valence: float = 0.0
    energy: float = 0.0
    genre: str = "drama"
    seed: int = 0
    theme: str = ""
    intro: bool = False
    out: bool = False
    hits: tuple[float, ...] = ()
    themes: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    kind: CueKind = CueKind.CUE

    def __post_init__(self) -> None:
        """Raises `SoundRefused` for a figure out of range."""
        try:
            kind = CueKind(self.kind)
        except ValueError as error:
            raise SoundRefused(f"kind is {self.kind!r}; choose one of {', '.join(CueKind)}.") from error
        object.__setattr__(self, "kind", kind)
        low, high = _LENGTHS[kind]
        if not low <= _figure("seconds", self.seconds) <= high:
            raise SoundRefused(f"A {kind} lasts {low:g} to {high:g} s, not {self.seconds}.")
        for name in ("valence", "energy"):
            if not -1.0 <= _figure(name, getattr(self, name)) <= 1.0:
                raise SoundRefused(f"{name} is {getattr(self, name)}; it must lie between −1 and 1.")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise SoundRefused(f"seed is {self.seed!r}; it must be a whole number.")
        for name in ("hits", "cuts"):
            object.__setattr__(self, name, _moments(name, getattr(self, name), self.seconds))
        self._check_themes()
        palette_for(self.genre)

    def _check_themes(self) -> None:
        themes: Any = self.themes
        if isinstance(themes, str) or not isinstance(themes, Sequence):
            raise SoundRefused(f"themes is {themes!r}; it must be a list of names.")
        if not isinstance(self.theme, str) or not all(isinstance(name, str) for name in themes):
            raise SoundRefused("A theme is a name; write it as text.")
        if len(themes) > MOST_THEMES:
            raise SoundRefused(f"A cue weaves at most {MOST_THEMES} themes, not {len(themes)}.")
        object.__setattr__(self, "themes", tuple(themes))

    @classmethod
    def of_frames(
        cls,
        frames: int,
        rate: str | FrameRate,
        *,
        hits: Sequence[int] = (),
        cuts: Sequence[int] = (),
        **rest: Any,
    ) -> ScoreSpec:
        """A cue as long as `frames` at `rate` ("24", "30000/1001"); hits and cuts are frame numbers of it.

        Raises `SoundRefused`.
        """
        try:
            exact = FrameRate.parse(rate)
        except BadFrameRate as error:
            raise SoundRefused(str(error)) from error
        if any(isinstance(f, bool) or not isinstance(f, int) for f in (frames, *hits, *cuts)):
            raise SoundRefused("Frames are whole numbers.")

        def at(frame: int) -> float:
            return float(Fraction(frame) / exact.fraction)

        return cls(at(frames), hits=tuple(map(at, hits)), cuts=tuple(map(at, cuts)), **rest)

    @property
    def names(self) -> tuple[str, ...]:
        """The themes the cue plays, in the order in which they are introduced; each once."""
        return tuple(dict.fromkeys(self.themes)) or (self.theme,)

    @property
    def closes(self) -> bool:
        """Whether it ends with a cadence that rings."""
        return self.kind is CueKind.BUTTON or (self.out and self.kind is CueKind.CUE)

    @property
    def grows(self) -> bool:
        """Whether it begins with the pad alone."""
        return self.kind is CueKind.INTRO or (self.intro and self.kind is CueKind.CUE)


def _figure(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SoundRefused(f"{name} is {value!r}; it must be a number.")
    return float(value)


def _moments(name: str, given: object, seconds: float) -> tuple[float, ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise SoundRefused(f"{name} is {given!r}; it must be a list of seconds.")
    found = tuple(sorted({_figure(name, value) for value in given}))
    for value in found:
        if not 0 <= value < seconds:
            raise SoundRefused(f"One of the {name} is at {value:g} s, outside the cue of {seconds:g} s.")
    return found


@dataclass(frozen=True, slots=True)
class Note:
    """One note: its part, start and length in beats, MIDI pitch (a drum's number for drums) and velocity
    1-127. `theme` is the number of the theme it belongs to, −1 for none.
    """

    part: str
    start: float
    beats: float
    pitch: int
    velocity: int
    theme: int = -1
