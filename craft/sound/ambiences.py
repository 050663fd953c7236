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
    return bed if turns == 1 else _laid(bed, turns, n)


def _turns(n: int) -> int:
    """Into how many equal turns a bed is cut: short enough to draw, with the fewest samples left over."""
    least = max(1, -(-n // round(LONGEST_DRAWN * RATE)))
    return min(range(least, 2 * least + 1), key=lambda turns: (-n % turns, turns)) if least > 1 else 1


def _laid(bed: Signal, turns: int, n: int) -> Signal:
    """`turns` copies end to end as n samples. Where they are some samples more, the last tenth of a second
    passes over to that much later in the turn, so that the end still leads into the beginning.
    """
    laid = np.tile(bed, turns)
    over = laid.shape[1] - n
    if over:
        share = np.linspace(0, 1, signals.BLOCK, dtype=np.float32)
        late, early = laid[:, -signals.BLOCK :], laid[:, n - signals.BLOCK : n]
        laid[:, n - signals.BLOCK : n] = early * (1 - share) + late * share
    return laid[:, :n]


def _seed(kind: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"ambience/{kind}/{seed}".encode()).digest()[:8], "big")
