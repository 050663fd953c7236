"""How loud speech is heard: gated loudness after ITU-R BS.1770, from powers of 100 ms and a spectral weight."""

from __future__ import annotations

import numpy as np

from craft.sound.signals import Gain, Signal

SILENT = -120.0
_WINDOW = 4


def heard(frequencies: Signal) -> Gain:
    """The K weight's magnitude: a shelf of 4 dB above 1.5 kHz, less below 60 Hz."""
    shelf = (frequencies / 1500.0) ** 4
    low = (frequencies / 50.0) ** 2
    return np.asarray(np.sqrt((1 + 10**0.4 * shelf) / (1 + shelf)) * low / (1 + low), np.float32)


def gated(powers: Signal) -> float:
    """LUFS of mean squares of successive 100 ms (already weighted), with the gates at −70 and −10 LU."""
    if powers.size == 0 or powers.max() <= 0:
        return SILENT
    padded = np.pad(powers, (0, max(0, _WINDOW - powers.size)), mode="wrap")
    total = np.concatenate([[0.0], np.cumsum(padded, dtype=np.float64)])
    blocks = (total[_WINDOW:] - total[:-_WINDOW]) / _WINDOW
    loud = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if not loud.size:
        return SILENT
    loud = loud[loud > loud.mean() / 10]
    return float(10 * np.log10(loud.mean()) - 0.691)
