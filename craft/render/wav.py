"""Float WAV files that are mapped into memory, so that hours of sound never sit in it.

Written as RF64-ready: a `JUNK` chunk holds the room that a `ds64` chunk needs beyond 4 GiB.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
CHANNELS = 2
HEADER_BYTES = 94
LIMIT_32 = 0xFFFFFFFF

Samples = NDArray[np.float32]


def create_wav(path: Path, samples: int) -> Samples:
    """A silent stereo file of `samples` sample frames; writing to the returned array writes the file.

    Shape (samples, 2), float32, ±1 is full scale, 48 kHz.
    """
    with path.open("wb") as file:
        file.write(_header(samples))
        file.truncate(HEADER_BYTES + max(1, samples) * CHANNELS * 4)
    return np.memmap(path, np.float32, "r+", HEADER_BYTES, (samples, CHANNELS))


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
