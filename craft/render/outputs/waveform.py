"""Peaks of sound for drawing it: the lowest and highest sample of every ten milliseconds.

Written as BBC audiowaveform's data files (version 2, binary and JSON), which waveform views in browsers read
as they are.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.decode import decode_sound
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, finished_file, never
from craft.render.tools import Tools, find_tools
from craft.render.wav import SAMPLE_RATE, Samples

SAMPLES_PER_PEAK = 480
FILE_VERSION = 2
EIGHT_BIT = 1
FULL = 127


@dataclass(frozen=True, slots=True)
class Peaks:
    """`values` has shape (n, 2): lowest and highest of each step over both channels, −128…127, int8."""

    values: NDArray[np.int8]
    samples_per_peak: int = SAMPLES_PER_PEAK

    def dat(self) -> bytes:
        """An audiowaveform data file: header of 24 bytes, then pairs of signed bytes."""
        head = struct.pack(
            "<iIiiIi", FILE_VERSION, EIGHT_BIT, SAMPLE_RATE, self.samples_per_peak, len(self.values), 1
        )
        return head + self.values.tobytes()

    def plain(self) -> dict[str, object]:
        """The same as audiowaveform's JSON."""
        return {
            "version": FILE_VERSION,
            "channels": 1,
            "sample_rate": SAMPLE_RATE,
            "samples_per_pixel": self.samples_per_peak,
            "bits": 8,
            "length": len(self.values),
            "data": self.values.reshape(-1).tolist(),
        }


def peaks(
    path: Path,
    *,
    samples_per_peak: int = SAMPLES_PER_PEAK,
    tools: Tools | None = None,
    cancelled: Cancelled = never,
) -> Peaks:
    """Peaks of any file with sound; our own stems are read without starting a program.

    Raises `RenderError` ("step", "sound_unreadable", "no_sound").
    """
    if samples_per_peak < 1:
        raise RenderError("step", path.name, "a peak covers at least one sample")
    fold = _Fold(samples_per_peak)
    decode_sound(tools or find_tools(), path, 0, None, fold.take, what=path.name, cancelled=cancelled)
    values = fold.finish()
    if not len(values):
        raise RenderError("no_sound", path.name, "the file has no sound")
    return Peaks(values, samples_per_peak)


def write_peaks(found: Peaks, out: Path) -> Path:
    """Write `.dat` or `.json`, as the name says. Returns `out`. Raises `RenderError("suffix")`."""
    if out.suffix not in (".dat", ".json"):
        raise RenderError("suffix", out.name, "peaks are written as .dat or .json")
    data = found.dat() if out.suffix == ".dat" else json.dumps(found.plain(), separators=(",", ":")).encode()
    with finished_file(out) as partial:
        partial.write_bytes(data)
    return out


class _Fold:
    """Minimum and maximum of steps, over pieces of any length."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._rest: Samples = np.zeros((0, 2), np.float32)
        self._found: list[NDArray[np.float32]] = []

    def take(self, piece: Samples) -> None:
        held = np.concatenate([self._rest, piece]) if len(self._rest) else piece
        whole = len(held) // self._step * self._step
        if whole:
            steps = held[:whole].reshape(-1, self._step * held.shape[1])
            self._found.append(np.stack([steps.min(axis=1), steps.max(axis=1)], axis=1))
        self._rest = np.array(held[whole:])

    def finish(self) -> NDArray[np.int8]:
        if len(self._rest):
            self._found.append(np.array([[self._rest.min(), self._rest.max()]], np.float32))
        if not self._found:
            return np.zeros((0, 2), np.int8)
        scaled = np.rint(np.concatenate(self._found) * FULL)
        return np.clip(scaled, -FULL - 1, FULL).astype(np.int8)
