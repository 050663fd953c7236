"""Ambience: a place's or a weather's sound of any length, as a 48 kHz stereo WAV that repeats without a
seam.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from craft.sound import signals
from craft.sound.beds import BEDS
from craft.sound.errors import SoundRefused
from craft.sound.signals import RATE, Signal
from craft.sound.wav import write_wav

AMBIENCE_VERSION = 2
SHORTEST, LONGEST = 0.25, 7200.0
# A bed longer than this repeats: nobody hears a seamless repeat of noise after so long, and it costs nothing.
LONGEST_DRAWN = 40.0


@dataclass(frozen=True, slots=True)
class Ambience:
    """A rendered bed; its last sample leads into its first."""

    path: Path
    seconds: float
    version: str


def ambience(
    kind: str, *, seconds: float, seed: int = 0, params: Mapping[str, object] | None = None, out: Path
) -> Ambience:
    """Write an ambience of exact length to `out`. Same kind, seconds, seed and params: same samples.

    Raises `SoundRefused` for an unknown kind, parameter or length.
    """
    length = write_wav(out, ambience_signal(kind, seconds=seconds, seed=seed, params=params))
    return Ambience(out, length, f"foley ambience {AMBIENCE_VERSION}")


def ambience_signal(
    kind: str, *, seconds: float, seed: int = 0, params: Mapping[str, object] | None = None
) -> Signal:
    """The same as samples: stereo `(2, n)` at 48 kHz."""
    entry = BEDS.get(kind)
    settings = entry.settings(params)
    if not SHORTEST <= seconds <= LONGEST:
        raise SoundRefused(f"An ambience lasts {SHORTEST} to {LONGEST:.0f} s, not {seconds}.")
    rng = np.random.default_rng(_seed(kind, seed))
    n = round(seconds * RATE)
    turns = _turns(n)
    made = entry.make(-(-n // turns), rng, settings)
    made -= made.mean(axis=1, keepdims=True)
    bed = signals.settled(made, entry.level_with(settings), -3.0)
    return bed if turns == 1 else np.tile(bed, turns)[:, :n]


def _turns(n: int) -> int:
    """Into how many equal turns a bed is cut: short enough to draw, and whole ones where the length allows.

    Where no number of turns divides it, the last turn lacks fewer samples than there are turns.
    """
    least = max(1, -(-n // round(LONGEST_DRAWN * RATE)))
    return next((turns for turns in range(least, 2 * least + 1) if n % turns == 0), least)


def _seed(kind: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"ambience/{kind}/{seed}".encode()).digest()[:8], "big")
