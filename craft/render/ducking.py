"""Music and ambience step back under speech, by an envelope computed ahead of time.

speech       ░░░░░░░▆▆▆▂▆▆▆▆░░░░░░░░░
presence            ███ ████
envelope     ───╲__________________╱──     down before the first word, held between words
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from craft.render.metering import STEP, Mask
from craft.render.wav import SAMPLE_RATE, WavFile
from craft.terms import sound

BLOCK = SAMPLE_RATE // 100
"""Samples per step of the envelope: 10 ms."""
CHUNK = BLOCK * 1000
SILENT_DB = -120.0


@dataclass(frozen=True, slots=True)
class DuckSpec:
    """How far music and ambience step back under speech (dB), and how fast (ms).

    Speech is whatever lies less than `below_db` under the loud parts of the dialogue, and above `floor_db`.
    """

    music_db: float = 9.0
    ambience_db: float = 5.0
    attack_ms: int = 150
    hold_ms: int = 350
    release_ms: int = 700
    below_db: float = 30.0
    floor_db: float = -60.0

    def depth(self, layer: sound.Layer) -> float:
        """The dB a layer steps back."""
        return {sound.Layer.MUSIC: self.music_db, sound.Layer.AMBIENCE: self.ambience_db}.get(layer, 0.0)


def block_levels(stem: WavFile) -> NDArray[np.float32]:
    """RMS of both channels per 10 ms block, in dB below full scale (-120 for nothing)."""
    levels = []
    for _, piece in stem.pieces(CHUNK):
        padded = np.zeros((-(-len(piece) // BLOCK) * BLOCK, piece.shape[1]), np.float32)
        padded[: len(piece)] = piece
        power = np.square(padded).reshape(-1, BLOCK * piece.shape[1]).mean(axis=1)
        levels.append(10.0 * np.log10(np.maximum(power, 1e-12)))
    return np.concatenate(levels).astype(np.float32) if levels else np.zeros(0, np.float32)


def presence(levels: NDArray[np.float32], spec: DuckSpec) -> Mask:
    """In which 10 ms blocks somebody speaks."""
    loud = levels[levels > spec.floor_db]
    if loud.size == 0:
        return np.zeros(levels.size, np.bool_)
    return np.asarray(levels > max(spec.floor_db, float(np.percentile(loud, 95)) - spec.below_db))


def duck_envelope(dialogue: WavFile, spec: DuckSpec) -> NDArray[np.float32]:
    """How far to step back, 0 to 1, per 10 ms block: full before the first word, held between words."""
    present = presence(block_levels(dialogue), spec)
    attack, hold, release = (max(1, ms // 10) for ms in (spec.attack_ms, spec.hold_ms, spec.release_ms))
    wanted = _widened(present, attack, hold)
    envelope = np.zeros(present.size, np.float32)
    level = 0.0
    for at in range(present.size):
        level = min(1.0, level + 1.0 / attack) if wanted[at] else max(0.0, level - 1.0 / release)
        envelope[at] = level
    return envelope


def speech_steps(dialogue: WavFile, spec: DuckSpec) -> Mask:
    """In which steps of 100 ms somebody speaks for at least half of it: the gate of a dialogue measurement."""
    present = presence(block_levels(dialogue), spec)
    each = STEP // BLOCK
    whole = present.size // each
    return np.asarray(present[: whole * each].reshape(whole, each).mean(axis=1) >= 0.5)


def _widened(present: Mask, ahead: int, behind: int) -> Mask:
    """True from `ahead` blocks before to `behind` blocks after every True block."""
    marks = np.zeros(present.size + 1, np.int64)
    at = np.flatnonzero(present)
    np.add.at(marks, np.maximum(at - ahead, 0), 1)
    np.add.at(marks, np.minimum(at + behind + 1, present.size), -1)
    return np.asarray(np.cumsum(marks[:-1]) > 0)


def apply_duck(stem: WavFile, envelope: NDArray[np.float32], depth_db: float) -> None:
    """Lower a stem in place by up to `depth_db`, gliding from block to block."""
    gains = 10.0 ** (-depth_db * envelope / 20.0)
    centres = np.arange(envelope.size) * BLOCK + BLOCK / 2
    for start in range(0, stem.samples, CHUNK):
        end = min(start + CHUNK, stem.samples)
        first, last = max(0, start // BLOCK - 1), -(-end // BLOCK) + 1
        if envelope[first:last].any():
            curve = np.interp(np.arange(start, end), centres[first:last], gains[first:last])
            stem.write(start, stem.read(start, end) * curve.astype(np.float32)[:, None])
