"""Sound that follows a ramped shot at its own pitch, by overlapping pieces of it that fit their neighbours.

(WSOLA: waveform-similarity overlap-add, Verhelst and Roelands 1993.) Every 5 ms the picture's retime says
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
HOP = SAMPLE_RATE // 200
OVERLAP = 4
WINDOW = OVERLAP * HOP
"""20 ms, with a new piece every 5 ms: at 2× every source sample still lies well inside one."""
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
    window = (np.hanning(WINDOW + 1)[:WINDOW] / OVERLAP * 2).astype(np.float32)[:, None]
    sum_of = np.zeros((WINDOW, 2), np.float32)
    given, last = 0, None
    at = HOP - WINDOW // 2  # the first piece whose tail is heard
    while given < length:
        # a piece is centred on its time, so that what it holds lies where the picture shows it
        due = round(_between(at, clip, source)) - WINDOW // 2
        first = due if last is None else _fitting(read, due, last + HOP)
        sum_of += read(first, first + WINDOW) * window
        begin = at - WINDOW // 2
        done = sum_of[max(0, -begin) : HOP][: length - given] if begin + HOP > 0 else sum_of[:0]
        if len(done):
            given += len(done)
            yield done.copy()
        sum_of = np.concatenate((sum_of[HOP:], np.zeros((HOP, 2), np.float32)))
        last, at = first, at + HOP


def _between(at: int, clip: NDArray[np.float64], source: NDArray[np.float64]) -> float:
    """The source sample due at a clip sample; before its first key the source runs evenly."""
    return float(at + source[0]) if at < 0 else float(np.interp(at, clip, source))


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
