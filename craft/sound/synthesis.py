"""A composition played by sums of sines, for machines without a soundfont. A draft, and labelled so."""

from __future__ import annotations

import numpy as np

from craft.sound import signals
from craft.sound.composition import Composition, Note
from craft.sound.signals import RATE, Signal

SYNTHESIS_VERSION = 1
# part → (strength of each partial, attack s, release s, decays like a plucked string, pan)
_TONES: dict[str, tuple[tuple[float, ...], float, float, bool, float]] = {
    "pad": ((1.0, 0.5, 0.28, 0.12, 0.07), 0.18, 0.5, False, 0.0),
    "bass": ((1.0, 0.6, 0.2, 0.1), 0.02, 0.15, False, 0.0),
    "lead": ((1.0, 0.35, 0.3, 0.1, 0.06), 0.04, 0.25, False, 0.1),
    "counter": ((1.0, 0.2, 0.3), 0.08, 0.3, False, -0.3),
    "pulse": ((1.0, 0.5, 0.25, 0.12), 0.005, 0.1, True, 0.3),
    "hits": ((1.0, 0.7, 0.4, 0.2), 0.005, 0.6, True, 0.0),
}


def played(piece: Composition) -> Signal:
    """The cue as stereo `(2, n)` at 48 kHz, n covering its exact seconds."""
    n = round(piece.spec.seconds * RATE)
    mix = np.zeros((2, n + 3 * RATE), np.float32)
    rng = np.random.default_rng(piece.spec.seed)
    beat = 60 / piece.tempo
    for note in piece.notes:
        sound, pan = _drum(note, rng) if note.part == "drums" else _tone(note, beat)
        start = round(note.start * beat * RATE)
        room = mix.shape[1] - start
        mix[:, start : start + sound.size] += signals.panned(sound[:room], pan) * (note.velocity / 127) ** 1.6
    return mix[:, :n]


def _tone(note: Note, beat: float) -> tuple[Signal, float]:
    partials, attack, release, plucked, pan = _TONES[note.part]
    length = note.beats * beat
    n = round((length + release) * RATE)
    at = np.arange(n, dtype=np.float64) / RATE
    hz = 440.0 * 2 ** ((note.pitch - 69) / 12)
    phase = 2 * np.pi * hz * at
    # partials above 12 kHz are left out: they would only whistle
    wave = np.zeros(n)
    for number, strength in enumerate(partials, 1):
        if hz * number < 12_000:
            wave += strength * np.sin(number * phase)
    shape = np.minimum(1.0, at / attack) * np.clip((length + release - at) / release, 0.0, 1.0)
    if plucked:
        shape *= np.exp(-at * 3.5)
    return (0.12 * wave * shape).astype(np.float32), pan


def _drum(note: Note, rng: np.random.Generator) -> tuple[Signal, float]:
    if note.pitch in (36, 41, 43, 45, 48, 50):
        start = 60 + 2.2 * (note.pitch - 36)
        body = signals.glide(0.3, start * 1.8, start) * signals.decay(0.3, 0.06)
        return (0.5 * body).astype(np.float32), 0.0
    half = 0.25 if note.pitch in (49, 51) else 0.03
    n = round(half * 5 * RATE)
    hiss = signals.noise(n, rng, signals.high(1500 if note.pitch in (37, 38) else 6000))
    return (0.06 * hiss * signals.decay(half * 5, half)[:n]).astype(np.float32), 0.2
