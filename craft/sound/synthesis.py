"""A composition played by sums of sines, for machines without a soundfont. A draft, and labelled so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from craft.sound import signals
from craft.sound.composition import Composition
from craft.sound.cue import PARTS, Note
from craft.sound.signals import RATE, Signal

SYNTHESIS_VERSION = 2
# part → (strength of each partial, attack s, release s, decays like a plucked string, pan)
_TONES: dict[str, tuple[tuple[float, ...], float, float, bool, float]] = {
    "pad": ((1.0, 0.5, 0.28, 0.12, 0.07), 0.18, 0.5, False, 0.0),
    "bass": ((1.0, 0.6, 0.2, 0.1), 0.02, 0.15, False, 0.0),
    "lead": ((1.0, 0.35, 0.3, 0.1, 0.06), 0.04, 0.25, False, 0.1),
    "second": ((1.0, 0.1, 0.4, 0.05, 0.15), 0.05, 0.25, False, -0.2),
    "third": ((1.0, 0.6, 0.1, 0.2), 0.02, 0.3, True, 0.3),
    "counter": ((1.0, 0.2, 0.3), 0.08, 0.3, False, -0.3),
    "pulse": ((1.0, 0.5, 0.25, 0.12), 0.005, 0.1, True, 0.3),
    "hits": ((1.0, 0.7, 0.4, 0.2), 0.005, 0.6, True, 0.0),
}
_TOMS = (36, 41, 43, 45, 48, 50)
_CYMBALS = (46, 49, 51)


def played(piece: Composition, parts: Sequence[str] = PARTS, after: float = 0.0) -> npt.NDArray[np.float32]:
    """Some parts as frames of shape (n, 2) at 48 kHz, n covering the cue's seconds and `after` more."""
    n = round((piece.spec.seconds + after) * RATE)
    mix = np.zeros((2, n), np.float32)
    for number, note in enumerate(piece.notes):
        if note.part not in parts:
            continue
        at = piece.grid.seconds_at(note.start)
        start = round(at * RATE)
        if start >= n:
            continue
        # every note has its own chances, so that a stem sounds as it does in the mix
        drum = note.part == "drums"
        length = piece.grid.seconds_at(note.start + note.beats) - at
        sound, pan = _drum(note, np.random.default_rng(number)) if drum else _tone(note, length)
        sound = sound[: n - start]
        mix[:, start : start + sound.size] += signals.panned(sound, pan) * np.float32(
            (note.velocity / 127) ** 1.6
        )
    return np.ascontiguousarray(mix.T)


def _tone(note: Note, length: float) -> tuple[Signal, float]:
    partials, attack, release, plucked, pan = _TONES[note.part]
    n = max(1, round((length + release) * RATE))
    at = np.arange(n, dtype=np.float32) / np.float32(RATE)
    hz = 440.0 * 2 ** ((note.pitch - 69) / 12)
    phase = (2 * np.pi * hz * np.arange(n, dtype=np.float64) / RATE) % (2 * np.pi)
    phase = phase.astype(np.float32)
    # partials above 12 kHz are left out: they would only whistle
    wave = np.zeros(n, np.float32)
    for number, strength in enumerate(partials, 1):
        if hz * number < 12_000:
            wave += np.float32(strength) * np.sin(np.float32(number) * phase)
    shape = np.minimum(1.0, at / attack) * np.clip((length + release - at) / release, 0.0, 1.0)
    if plucked:
        shape = shape * np.exp(-at * 3.5)
    return (0.12 * wave * shape).astype(np.float32), pan


def _drum(note: Note, rng: np.random.Generator) -> tuple[Signal, float]:
    if note.pitch in _TOMS:
        start = 60 + 2.2 * (note.pitch - 36)
        body = signals.glide(0.3, start * 1.8, start) * signals.decay(0.3, 0.06)
        return (0.5 * body).astype(np.float32), 0.0
    half = 0.25 if note.pitch in _CYMBALS else 0.03
    n = round(half * 5 * RATE)
    hiss = signals.noise(n, rng, signals.high(1500 if note.pitch in (37, 38, 76, 77) else 6000))
    return (0.06 * hiss * signals.decay(half * 5, half)[:n]).astype(np.float32), 0.2
