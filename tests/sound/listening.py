"""What a listener would note of a score: onsets, the weight of pitch classes, themes heard in a MIDI file."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import numpy.typing as npt

from craft.sound.motif import motif_of
from tests.sound.analysis import Sound, mono


def onsets(signal: Sound, rate: int = 48_000) -> float:
    """Clear onsets per second: where the spectrum rises by a third of its usual size within 20 ms."""
    half = mono(signal)[: signal.shape[-1] // 512 * 512].reshape(-1, 512)
    spectra = np.sqrt(
        np.abs(np.fft.rfft(np.concatenate([half[:-1], half[1:]], axis=1) * np.hanning(1024), axis=1))
    )
    rise = np.maximum(0, spectra[2:] - spectra[:-2]).sum(axis=1) / spectra.sum(axis=1).mean()
    tops = [i for i in range(3, len(rise) - 3) if rise[i] > 0.3 and rise[i] == rise[i - 3 : i + 4].max()]
    return len(tops) / (signal.shape[-1] / rate)


def chroma(signal: Sound, rate: int = 48_000) -> npt.NDArray[np.float64]:
    """Share of each pitch class (0 is C) in the energy between 65 and 1,000 Hz."""
    power = np.abs(np.fft.rfft(mono(signal) * np.hanning(signal.shape[-1]))) ** 2
    hertz = np.fft.rfftfreq(signal.shape[-1], 1 / rate)
    kept = (hertz > 65) & (hertz < 1000)
    classes = np.rint(69 + 12 * np.log2(hertz[kept] / 440)).astype(int) % 12
    found = np.bincount(classes, power[kept], 12)
    return np.asarray(found / found.sum())


def melody(path: Path, part: str) -> list[tuple[float, int]]:
    """(beat, pitch) of a part of a MIDI file; of notes at once the lowest."""
    file = mido.MidiFile(path)
    track: list[mido.Message] = next((t for t in file.tracks if t.name == part), [])
    now = 0
    out: list[tuple[float, int]] = []
    for message in track:
        now += message.time
        if message.type == "note_on":
            beat = now / file.ticks_per_beat
            if out and beat - out[-1][0] < 0.12:
                out[-1] = (out[-1][0], min(out[-1][1], message.note))
            else:
                out.append((beat, message.note))
    return out


def likeness(heard: list[tuple[float, int]], name: str) -> float:
    """0-1: how well the theme of a name fits the best place of a melody, whatever its key, mode and
    octave.
    """
    motif = motif_of(name)
    count, best = len(motif.degrees), 0.0
    steps, lengths = np.array(motif.steps) * 12 / 7, np.array(motif.beats[:-1])
    for first in range(len(heard) - count + 1):
        beats, pitches = np.array(heard[first : first + count]).T
        intervals = np.clip(1 - np.abs(np.diff(pitches) - steps) / 3, 0, 1)
        rhythm = np.clip(1 - np.abs(np.diff(beats) - lengths) / 0.6, 0, 1)
        best = max(best, float((intervals * rhythm).mean()))
    return best
