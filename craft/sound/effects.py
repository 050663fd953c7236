"""Effects: single sounds of an action, as 48 kHz WAV, mono or stereo."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from craft.sound import signals
from craft.sound.foley import HITS
from craft.sound.signals import RATE, Signal
from craft.sound.wav import write_wav

EFFECT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Effect:
    """A rendered effect; `seconds` is its whole length with its tail."""

    path: Path
    seconds: float
    version: str


def effect(kind: str, *, seed: int = 0, params: Mapping[str, object] | None = None, out: Path) -> Effect:
    """Write an effect to `out`. Same kind, seed and params: same samples. Raises `SoundRefused`."""
    length = write_wav(out, effect_signal(kind, seed=seed, params=params))
    return Effect(out, length, f"foley effect {EFFECT_VERSION}")


def effect_signal(kind: str, *, seed: int = 0, params: Mapping[str, object] | None = None) -> Signal:
    """The same as samples, mono `(n,)` or stereo `(2, n)` at 48 kHz; silence at its end is cut, its peak is
    the kind's.
    """
    entry = HITS.get(kind)
    settings = entry.settings(params)
    digest = hashlib.sha256(f"effect/{kind}/{seed}".encode()).digest()
    made = entry.make(np.random.default_rng(int.from_bytes(digest[:8], "big")), settings)
    top = float(np.abs(made).max(initial=0.0))
    size = np.abs(made).max(axis=0) if made.ndim == 2 else np.abs(made)
    loud = np.flatnonzero(size > top * 1e-3)
    end = min(made.shape[-1], int(loud[-1]) + RATE // 50) if loud.size else made.shape[-1]
    scaled = made[..., :end] * np.float32(10 ** (entry.level / 20) / max(top, 1e-9))
    return signals.faded(scaled.astype(np.float32), 0.001, 0.012)
