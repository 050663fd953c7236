"""Palettes: which instruments, drums and figures a genre's music is played with (data/palettes.json)."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from craft.sound.errors import SoundRefused


@dataclass(frozen=True, slots=True)
class Palette:
    """General MIDI programs (0-127) by part, `leads` one for each theme in turn; a drum style, the feel of
    the pulse, beats per minute added to the mood's, swing 0-0.33.
    """

    pad: int
    bass: int
    leads: tuple[int, int, int]
    counter: int
    pulse: int
    drums: str
    feel: str
    tempo: int
    swing: float

    def program(self, part: str) -> int:
        """The program of a part; percussion on the drum channel has none and answers 0."""
        fixed = {"pad": self.pad, "bass": self.bass, "counter": self.counter, "pulse": self.pulse}
        fixed |= dict(zip(("lead", "second", "third"), self.leads, strict=True))
        return fixed.get(part, TIMPANI if part == "hits" else 0)


TIMPANI = 47


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a program can play: its lowest and highest MIDI pitch, how many timecents its ring is shortened
    by (a harp that is never damped blurs every chord), whether its tone holds, whether it has a pedal, and
    the decibels that bring it level with the others.
    """

    low: int
    high: int
    damped: int = 0
    held: bool = True
    pedal: bool = False
    trim: float = 0.0

    def fitted(self, pitch: int) -> int:
        """The pitch, moved by octaves into the range."""
        while pitch < self.low:
            pitch += 12
        while pitch > self.high:
            pitch -= 12
        return pitch


@functools.cache
def _data() -> Mapping[str, Any]:
    text = resources.files("craft.sound").joinpath("data/palettes.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@functools.cache
def palettes() -> dict[str, Palette]:
    """All palettes by genre slug."""
    rows = _data()["palettes"]
    return {genre: Palette(**{**row, "leads": tuple(row["leads"])}) for genre, row in rows.items()}


@functools.cache
def instruments() -> dict[int, Instrument]:
    """The instruments of all palettes by program."""
    return {int(program): Instrument(**row) for program, row in _data()["instruments"].items()}


def palette_for(genre: str) -> Palette:
    """The palette of a genre slug. Raises `SoundRefused` and names the known ones."""
    known = palettes()
    if genre not in known:
        raise SoundRefused(f"There is no music palette for {genre!r}; choose one of {', '.join(known)}.")
    return known[genre]
