"""Float WAV files read and written piece by piece, so that hours of sound never sit in memory.

Written as RF64-ready: a `JUNK` chunk holds the room that a `ds64` chunk needs beyond 4 GiB.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
CHANNELS = 2
HEADER_BYTES = 94
LIMIT_32 = 0xFFFFFFFF

FRAME_BYTES = CHANNELS * 4
PIECE = 480_000
"""Samples handled at a time: ten seconds, 3.8 MB."""

Samples = NDArray[np.float32]


class WavFile:
    """A stereo float WAV of ours, open for reading and writing at any sample.

    A mapped file would do the same, but its pages count as the process's memory as long as it is mapped.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self._file = os.open(path, os.O_RDWR if writable else os.O_RDONLY)
        self.samples = (os.fstat(self._file).st_size - HEADER_BYTES) // FRAME_BYTES

    @classmethod
    def create(cls, path: Path, samples: int) -> Self:
        """A silent file of `samples` samples, open for writing."""
        _write_silence(path, samples)
        made = cls(path, writable=True)
        made.samples = samples
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def read(self, start: int, end: int) -> Samples:
        """Samples `start` up to `end`, shape (n, 2); what lies outside the file is silence.

        Raises OSError where the file was cut short since it was opened.
        """
        first, last = max(0, start), max(0, min(end, self.samples))
        if last <= first:
            return np.zeros((max(0, end - start), CHANNELS), np.float32)
        found = np.empty((end - start, CHANNELS), np.float32)
        found[: first - start], found[last - start :] = 0.0, 0.0
        self._fill(found[first - start : last - start], first)
        return found

    def _fill(self, wanted: Samples, first: int) -> None:
        """Read samples from `first` straight into their place."""
        rest, at = _bytes_of(wanted), HEADER_BYTES + first * FRAME_BYTES
        while rest:
            done = os.preadv(self._file, [rest], at)
            if not done:
                raise OSError(errno.EIO, "a sound file was cut short while it was read")
            at, rest = at + done, rest[done:]

    def write(self, start: int, piece: Samples) -> None:
        """Write a piece from sample `start`; what would lie behind the end of the file is left out."""
        kept = np.ascontiguousarray(piece[: max(0, self.samples - start)], np.float32)
        rest = _bytes_of(kept)
        at = HEADER_BYTES + start * FRAME_BYTES
        while rest:
            done = os.pwrite(self._file, rest, at)
            at, rest = at + done, rest[done:]

    def add(self, start: int, piece: Samples) -> None:
        """Add a piece to what is there."""
        piece = piece[: max(0, self.samples - start)]
        self.write(start, self.read(start, start + len(piece)) + piece)

    def pieces(self, size: int = PIECE) -> Iterator[tuple[int, Samples]]:
        """The whole file as (first sample, samples)."""
        for start in range(0, self.samples, size):
            yield start, self.read(start, min(start + size, self.samples))


def _bytes_of(samples: Samples) -> memoryview:
    """Where samples that lie one after the other are in memory; also of none, which `memoryview.cast` refuses."""
    return samples.reshape(-1).view(np.uint8).data


def create_wav(path: Path, samples: int) -> Samples:
    """A silent stereo file of `samples` sample frames; writing to the returned array writes the file.

    Shape (samples, 2), float32, ±1 is full scale, 48 kHz.
    """
    _write_silence(path, samples)
    return np.memmap(path, np.float32, "r+", HEADER_BYTES, (samples, CHANNELS))


def _write_silence(path: Path, samples: int) -> None:
    with path.open("wb") as file:
        file.write(_header(samples))
        file.truncate(HEADER_BYTES + max(1, samples) * FRAME_BYTES)


def open_wav(path: Path) -> Samples:
    """The samples of a file made by `create_wav`, read only."""
    samples = (path.stat().st_size - HEADER_BYTES) // (CHANNELS * 4)
    return np.memmap(path, np.float32, "r", HEADER_BYTES, (samples, CHANNELS))


def _header(samples: int) -> bytes:
    data = samples * CHANNELS * 4
    whole = HEADER_BYTES - 8 + data
    large = whole > LIMIT_32
    sizes = struct.pack("<QQQI", whole, data, samples, 0) if large else bytes(28)
    layout = struct.pack(
        "<HHIIHHH", 3, CHANNELS, SAMPLE_RATE, SAMPLE_RATE * CHANNELS * 4, CHANNELS * 4, 32, 0
    )
    return b"".join(
        (
            b"RF64" if large else b"RIFF",
            struct.pack("<I", LIMIT_32 if large else whole),
            b"WAVE",
            (b"ds64" if large else b"JUNK") + struct.pack("<I", 28) + sizes,
            b"fmt " + struct.pack("<I", len(layout)) + layout,
            b"fact" + struct.pack("<II", 4, min(samples, LIMIT_32)),
            b"data" + struct.pack("<I", LIMIT_32 if large else data),
        )
    )
