"""Voice-leading: four upper voices and a bass over a row of chords, found as the cheapest way through all
voicings.

No parallel fifths or octaves, no crossing, leading notes rise, thirds and leading notes are not doubled.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from craft.sound.harmony import Chord

LOWEST, HIGHEST = 50, 74
BASS_LOWEST, BASS_HIGHEST = 33, 48
_FORBIDDEN = 1000.0
# how many beginnings of a loop are tried until one follows well from its end
_STARTS = 24
_PAIRS = tuple(itertools.combinations(range(5), 2))
Voices = npt.NDArray[np.int64]
Costs = npt.NDArray[np.floating[Any]]


def voiced(chords: Sequence[Chord], *, around: bool = False) -> list[tuple[int, ...]]:
    """(bass, and four rising voices) as MIDI pitches for every chord. `around` also leads the last chord
    into the first.

    Raises ValueError for no chords.
    """
    states = _voicings(chords[0])
    opening = _weights(chords[0]) + _inverted(states, chords[0])
    opening = opening + 0.6 * np.abs(states[:, 1:].mean(axis=1) - 61) + 0.2 * np.abs(states[:, 0] - 40)
    if not around or len(chords) == 1:
        _, route = _way(chords, opening)
    else:
        ways = []
        for first in np.argsort(opening, kind="stable")[:_STARTS]:
            fixed = np.full_like(opening, np.inf)
            fixed[first] = opening[first]
            ways.append(_way(chords, fixed, _moves(chords[-1], chords[0])[:, first]))
            if ways[-1][0] < _FORBIDDEN:
                break
        _, route = min(ways)
    return [
        tuple(int(p) for p in _voicings(chord)[index]) for chord, index in zip(chords, route, strict=True)
    ]


def _way(chords: Sequence[Chord], opening: Costs, closing: Costs | None = None) -> tuple[float, list[int]]:
    """(cost, number of the voicing of each chord) of the cheapest way; `opening` and `closing` are what it
    costs to begin and to end with each voicing.
    """
    back: list[npt.NDArray[np.int64]] = []
    at = opening
    for index in range(1, len(chords)):
        total = at[:, None] + _moves(chords[index - 1], chords[index]) + _weights(chords[index])[None, :]
        back.append(np.argmin(total, axis=0))
        at = np.min(total, axis=0)
    at = at + (_inverted(_voicings(chords[-1]), chords[-1]) if closing is None else closing)
    state = int(np.argmin(at))
    cost, route = float(at[state]), [state]
    for step in reversed(back):
        state = int(step[state])
        route.append(state)
    return cost, route[::-1]


def _inverted(states: Voices, chord: Chord) -> Costs:
    """A cue begins and ends with the root in the bass."""
    return np.asarray(np.where(states[:, 0] % 12 == chord.root, 0.0, 60.0), np.float64)


@functools.lru_cache(maxsize=512)
def _voicings(chord: Chord) -> Voices:
    """All voicings of a chord, shape (n, 5), lowest voice first."""
    notes = [note for note in range(LOWEST, HIGHEST + 1) if note % 12 in chord.classes]
    basses = [note for note in range(BASS_LOWEST, BASS_HIGHEST + 1) if note % 12 in (chord.root, chord.third)]
    upper = [
        voices
        for voices in itertools.combinations(notes, 4)
        if {v % 12 for v in voices} == chord.classes
        and all(high - low <= 12 for low, high in itertools.pairwise(voices))
        and [v % 12 for v in voices].count(chord.leading) <= 1
    ]
    found = [
        (bass, *voices)
        for bass in basses
        for voices in upper
        if not (chord.leading == bass % 12 and chord.leading in {v % 12 for v in voices}) and bass < voices[0]
    ]
    if not found:  # a leading note in the bass and nowhere else is impossible for a complete chord
        raise ValueError(f"no voicing of {sorted(chord.classes)} lies between {LOWEST} and {HIGHEST}")
    return np.array(found, np.int64)


@functools.lru_cache(maxsize=512)
def _weights(chord: Chord) -> Costs:
    """What each voicing costs by itself: doubled thirds, an inverted bass, gaps at the bottom, its height."""
    states = _voicings(chord)
    thirds = (states % 12 == chord.third).sum(axis=1)
    inverted = states[:, 0] % 12 != chord.root
    close = np.minimum(np.diff(states[:, 1:], axis=1), 3).sum(axis=1)
    height = 0.3 * np.abs(states[:, 1:].mean(axis=1) - 61) + 0.15 * np.abs(states[:, 0] - 40)
    cost = 2.0 * np.maximum(0, thirds - 1) + 4.0 * inverted + height + 0.4 * (9 - close)
    return np.asarray(cost, np.float64)


@functools.lru_cache(maxsize=2048)
def _moves(first: Chord, second: Chord) -> Costs:
    """What moving from each voicing of one chord to each of another costs, shape (n, m)."""
    a, b = _voicings(first)[:, None, :], _voicings(second)[None, :, :]
    step = b - a
    size = np.abs(step)
    cost = size[..., 1:].sum(axis=2) + 0.5 * size[..., 0] + 4.0 * (size[..., 1:] > 5).sum(axis=2)
    moving = step != 0
    for low, high in _PAIRS:
        before, after = (a[..., high] - a[..., low]) % 12, (b[..., high] - b[..., low]) % 12
        alike = (before == after) & ((before == 0) | (before == 7)) & moving[..., low]
        cost = cost + _FORBIDDEN * alike
    overlap = (b[..., 1:] < a[..., :-1]) | (b[..., :-1] > a[..., 1:])
    cost = cost + 5.0 * overlap.sum(axis=2)
    if first.leading >= 0 and (first.leading + 1) % 12 in second.classes:
        led = (a % 12 == first.leading) & (step != 1)
        cost = cost + _FORBIDDEN * (led & (first.leading not in second.classes)).sum(axis=2)
    return np.asarray(cost, np.float64)


def parallels(first: Sequence[int], second: Sequence[int]) -> int:
    """How many pairs of voices move together in fifths or octaves."""
    found = 0
    for i, j in itertools.combinations(range(len(first)), 2):
        before, after = (first[j] - first[i]) % 12, (second[j] - second[i]) % 12
        found += before == after and before in (0, 7) and first[i] != second[i]
    return found
