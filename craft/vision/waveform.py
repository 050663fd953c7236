"""Waveforms for people to see: peaks of a file's sound."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from craft.vision.decode import samples
from craft.vision.errors import MediaError


def waveform_peaks(path: Path, n: int) -> list[tuple[float, float]]:
    """The lowest and highest value (−1…1) of n equal stretches of the first audio stream. Raises
    `MediaError`.
    """
    if n < 1:
        raise ValueError(f"{n} stretches; at least 1")
    sound = samples(path)
    if sound.size == 0:
        raise MediaError("media.empty", f"{path.name} has no sound.")
    edges = np.linspace(0, sound.size, n + 1).astype(int)
    out = []
    for first, last in itertools.pairwise(edges.tolist()):
        part = sound[first : max(first + 1, last)]
        out.append((round(int(part.min()) / 32768, 4), round(int(part.max()) / 32768, 4)))
    return out
