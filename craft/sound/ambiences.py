"""Ambience: a place's or a weather's sound of any length, as a 48 kHz stereo WAV that repeats without a
seam.
"""

from __future__ import annotations

import bisect
import functools
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
    turns, drawn = _turns(n)
    made = entry.make(drawn, rng, settings)
    made -= made.mean(axis=1, keepdims=True)
    bed = signals.settled(made, entry.level_with(settings), -3.0)
    return bed if drawn == n else _laid(bed, turns, n)


def _turns(n: int) -> tuple[int, int]:
    """How many equal turns a bed of n samples has and how many samples a turn is drawn with: short enough to
    draw, of a length whose transform is quick, and together as little more than n as can be.
    """
    least = max(1, -(-n // round(LONGEST_DRAWN * RATE)))
    sizes = ((turns, _quick(-(-n // turns))) for turns in range(least, 2 * least + 1))
    return min(sizes, key=lambda size: (size[0] * size[1] - n, size[0]))


@functools.cache
def _smooth() -> tuple[int, ...]:
    """Numbers without a prime factor above 11, up to those of the longest turn in steps of 60 samples."""
    found = {1}
    for prime in (2, 3, 5, 7, 11):
        for number in sorted(found):
            while (number := number * prime) <= 1.1 * LONGEST_DRAWN * RATE / 60:
                found.add(number)
    return tuple(sorted(found))


def _quick(least: int) -> int:
    """The next length of a quick transform that is a whole number of 60 samples, so that textures repeat in
    it two to five times.
    """
    return 60 * _smooth()[bisect.bisect_left(_smooth(), -(-least // 60))]


def _laid(bed: Signal, turns: int, n: int) -> Signal:
    """`turns` copies end to end as n samples. What they are too long is passed over in the last tenth of a
    second, at even level, so that the end still leads into the beginning.
    """
    laid = np.tile(bed, turns)
    if laid.shape[1] == n:
        return laid
    fade = min(signals.BLOCK, n // 4)
    early, late = laid[:, n - fade : n], laid[:, -fade:]
    alike = np.sum(early * late, axis=1) / np.maximum(
        np.sqrt(np.sum(early**2, axis=1) * np.sum(late**2, axis=1)), 1e-12
    )
    share = np.linspace(0, 1, fade, dtype=np.float32)
    power = (1 - share) ** 2 + share**2 + 2 * share * (1 - share) * np.clip(alike, -0.5, 1)[:, None]
    joined = (early * (1 - share) + late * share) / np.sqrt(power)
    return np.concatenate([laid[:, : n - fade], joined.astype(np.float32)], axis=1)


def _seed(kind: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"ambience/{kind}/{seed}".encode()).digest()[:8], "big")
