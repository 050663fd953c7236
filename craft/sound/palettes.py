"""Palettes: which instruments and which drums a genre's music is played with (data/palettes.json)."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from craft.sound.errors import SoundRefused


@dataclass(frozen=True, slots=True)
class Palette:
    """General MIDI programs (0-127) by part, a drum style, beats per minute added to the mood's, swing
    0-0.33.
    """

    pad: int
    bass: int
    lead: int
    counter: int
    pulse: int
    drums: str
    tempo: int
    swing: float


@functools.cache
def palettes() -> dict[str, Palette]:
    """All palettes by genre slug."""
    text = resources.files("craft.sound").joinpath("data/palettes.json").read_text("utf-8")
    return {genre: Palette(**row) for genre, row in json.loads(text)["palettes"].items()}


def palette_for(genre: str) -> Palette:
    """The palette of a genre slug. Raises `SoundRefused` and names the known ones."""
    known = palettes()
    if genre not in known:
        raise SoundRefused(f"There is no music palette for {genre!r}; choose one of {', '.join(known)}.")
    return known[genre]
