"""Sound that follows a ramped shot at its own pitch, by overlapping pieces of it that fit their neighbours.

(WSOLA: waveform-similarity overlap-add, Verhelst and Roelands 1993.) Every 10 ms the picture's retime says
which moment of the source is due; the piece taken there is moved by a few milliseconds to where it continues
the last one best, so a tone keeps its pitch and its phase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from craft.render.envelopes import sample_at
from craft.render.retime import Retime
from craft.render.wav import SAMPLE_RATE, Samples
from craft.terms import rates

SLOWEST, FASTEST = Fraction(1, 2), Fraction(2)
HOP = SAMPLE_RATE // 100
WINDOW = 2 * HOP
SEARCH = SAMPLE_RATE * 6 // 1000
"""How far a piece may be moved: half a period of 80 Hz, and less than a quarter of a film frame."""
ALIGNED = 1.5
"""Source steps this close to the picture's own step need no search."""

Read = Callable[[int, int], Samples]


def heard_at(retime: Retime) -> bool:
    """The rule for sound of a ramped shot: it is heard when the shot never leaves 0.5× to 2×, forwards.

    Beyond that speech is no speech any more; reversed and frozen picture has no sound of its own.
    """
    return unheard(retime) == ""


def unheard(retime: Retime) -> str:
    """Why a retime mutes its sound, in words; empty when it does not."""
    speeds = [(high - low) / (end - start) for (start, low), (end, high) in pairwise(retime.keys)]
    if any(speed < 0 for speed in speeds):
        return "its shot runs backwards"
    if any(speed == 0 for speed in speeds):
        return "its shot stands still"
    slow, fast = min(speeds), max(speeds)
    if slow < SLOWEST or fast > FASTEST:
        return f"its shot runs at {float(slow):.2f}× to {float(fast):.2f}×, beyond 0.5× to 2×"
    return ""


def source_map(retime: Retime, rate: rates.FrameRate) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The retime's keys in samples: of the clip, and of the source from where the clip starts."""
    clip = [sample_at(at, rate) for at, _ in retime.keys]
    source = [float(place * SAMPLE_RATE * rate.den / rate.num) for _, place in retime.keys]
    return np.array(clip, np.float64), np.array(source, np.float64)


def stretched(read: Read, retime: Retime, rate: rates.FrameRate, length: int) -> Iterator[Samples]:
    """The source's sound as a retime plays it: pieces that are `length` samples together.

    `read(first, end)` gives samples of the source, shape (n, 2), silence where there is none.
    """
    clip, source = source_map(retime, rate)
    window = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)[:, None]
    tail = np.zeros((HOP, 2), np.float32)
    given, at, last = 0, 0, None
    while given < length:
        # the piece is centred on `at`, so that what it holds lies where the picture shows it
        due = round(float(np.interp(at, clip, source))) - HOP
        first = due if last is None else _fitting(read, due, last + HOP)
        piece = read(first, first + WINDOW) * window
        if at:
            done = (tail + piece[:HOP])[: length - given]
            given += len(done)
            yield done
        tail, last, at = piece[HOP:], first, at + HOP


def _fitting(read: Read, due: int, natural: int) -> int:
    """The start near `due` whose sound continues the last piece best; `natural` is where that one goes on."""
    if abs(natural - due) <= ALIGNED:
        return natural
    template = read(natural, natural + WINDOW).mean(axis=1)
    around = read(due - SEARCH, due + SEARCH + WINDOW).mean(axis=1)
    likeness = np.correlate(around, template, "valid")
    energy = np.concatenate(([0.0], np.cumsum(np.square(around, dtype=np.float64))))
    norm = np.sqrt(np.maximum(energy[WINDOW:] - energy[:-WINDOW], 1e-9))
    # among equals the one nearest to its due time
    near = 1e-6 * np.abs(np.arange(-SEARCH, SEARCH + 1))
    return due - SEARCH + int(np.argmax(likeness / norm - near))
