"""Effects: single sounds of an action, as 48 kHz WAV, mono or stereo."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from craft.sound import signals
from craft.sound.foley import HITS
from craft.sound.foley.register import AWAY, away
from craft.sound.signals import RATE, Signal
from craft.sound.wav import write_wav

EFFECT_VERSION = 2


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
    the kind's level with these parameters.
    """
    entry = HITS.get(kind)
    settings = entry.settings(params)
    digest = hashlib.sha256(f"effect/{kind}/{seed}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    made = entry.make(rng, settings)
    if entry.params["distance"] is AWAY and settings.number("distance") > 0:
        made = away(made, rng, settings.number("distance"))
    made = signals.faded(_centred(_trimmed(made)).astype(np.float32), 0.0005, 0.012)
    top = max(float(np.abs(made).max(initial=0.0)), 1e-9)
    return np.asarray(made * np.float32(10 ** (entry.level_with(settings) / 20) / top), np.float32)


def _trimmed(made: Signal) -> Signal:
    """Without the silence at its end."""
    size = np.abs(made).max(axis=0) if made.ndim == 2 else np.abs(made)
    loud = np.flatnonzero(size > float(size.max(initial=0.0)) * 1e-3)
    return made[..., : int(loud[-1]) + RATE // 50] if loud.size else made


def _centred(made: Signal) -> Signal:
    """Without its constant part, which is taken off under a hill so that both ends stay at zero."""
    hill = signals.swell(made.shape[-1])
    constant = made.mean(axis=-1, keepdims=True) / max(float(hill.mean()), 1e-9)
    return np.asarray(made - hill * constant, np.float32)
