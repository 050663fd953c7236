"""Tempo: bars and beats laid so that a cue fills its seconds exactly and bar lines fall on the picture's
cuts.

seconds  0         cut        cut              end
         |---|---|--|---|---|---|---|---|---|---|
bars     4   4   2  4   4   4   …     the tempo bends a little between the anchors, it never jumps
"""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

BEATS_PER_BAR = 4
# how far a stretch between two anchors may lie from the cue's tempo, and the cue's from its mood's
STRETCH, SHIFT = 0.12, 0.06
_SKIPPED, _UNEVEN, _LOOK_BACK = 4.0, 0.12, 16


@dataclass(frozen=True, slots=True)
class TempoMap:
    """`times[i]` is the second of beat i; within a beat the tempo is even. `bars` are beats per bar, `met`
    the cuts on which a bar line falls.
    """

    times: tuple[float, ...]
    bars: tuple[int, ...]
    met: tuple[float, ...] = ()

    @property
    def beats(self) -> int:
        """Whole beats of the map."""
        return len(self.times) - 1

    @property
    def tempo(self) -> float:
        """Mean beats per minute."""
        return 60.0 * self.beats / self.times[-1]

    @property
    def starts(self) -> tuple[int, ...]:
        """The beat on which each bar begins."""
        return (0, *itertools.accumulate(self.bars[:-1]))

    def seconds_at(self, beat: float) -> float:
        """The second of a beat; beyond the last beat its tempo goes on."""
        index = max(0, min(self.beats - 1, int(beat)))
        return self.times[index] + (beat - index) * (self.times[index + 1] - self.times[index])

    def beat_at(self, seconds: float) -> float:
        """The beat that sounds at a second; the inverse of `seconds_at`."""
        index = max(0, min(self.beats - 1, bisect.bisect_right(self.times, seconds) - 1))
        return index + (seconds - self.times[index]) / (self.times[index + 1] - self.times[index])

    def bar_at(self, beat: float) -> int:
        """The number of the bar in which a beat lies."""
        return max(0, bisect.bisect_right(self.starts, beat + 1e-6) - 1)


def fitted(seconds: float, tempo: float, cuts: tuple[float, ...] = (), *, slows: bool = False) -> TempoMap:
    """The map of `seconds` near a tempo with bar lines on as many of the cuts as music allows.

    `slows` lets the last bar take its time. Stretches between anchors stay within 12 % of the cue's tempo
    and that within 6 % of the one asked, where the cue is at least four seconds long.
    """
    marks = (0.0, *(cut for cut in cuts if 0 < cut < seconds), seconds)
    shifts = np.linspace(-SHIFT, SHIFT, 13) if len(marks) > 2 else (0.0,)
    _, anchors, counts = min(_route(marks, tempo * (1 + float(shift))) for shift in shifts)
    bars: list[int] = []
    for count in counts:
        bars += _bars(count)
    if slows and len(bars) == 1 and bars[0] >= 4:
        bars = [bars[0] - bars[0] // 2, bars[0] // 2]
    beats = [0, *itertools.accumulate(counts)]
    times = [marks[index] for index in anchors]
    if slows and counts[-1] > bars[-1] + BEATS_PER_BAR - 1:
        mean = (times[-1] - times[-2]) / counts[-1]
        beats.insert(-1, beats[-1] - bars[-1])
        times.insert(-1, times[-1] - bars[-1] * mean * 1.06)
    curve = PchipInterpolator(beats, times)(np.arange(beats[-1] + 1)) if len(beats) > 2 else None
    even = np.linspace(0.0, seconds, beats[-1] + 1)
    found = [float(value) for value in (even if curve is None else curve)]
    found[0], found[-1] = 0.0, seconds
    return TempoMap(tuple(found), tuple(bars), tuple(marks[index] for index in anchors[1:-1]))


def _route(marks: tuple[float, ...], tempo: float) -> tuple[float, tuple[int, ...], tuple[int, ...]]:
    """(cost, anchors kept as indices of marks, beats between them): the cheapest way through the marks."""
    whole = _counted(marks[-1], tempo) or (1.0, max(1, round(marks[-1] * tempo / 60)))
    direct = (whole[0] + _SKIPPED * (len(marks) - 2), (0, len(marks) - 1), (whole[1],))
    best: list[tuple[float, int, int] | None] = [(0.0, -1, 0)]
    for to in range(1, len(marks)):
        options = []
        for start in range(max(0, to - _LOOK_BACK), to):
            before, step = best[start], _counted(marks[to] - marks[start], tempo)
            if before is not None and step is not None:
                options.append((before[0] + step[0] + _SKIPPED * (to - start - 1), start, step[1]))
        best.append(min(options, default=None))
    if best[-1] is None:
        return direct
    anchors, counts = [len(marks) - 1], []
    while anchors[-1] > 0:
        state = best[anchors[-1]]
        assert state is not None
        anchors.append(state[1])
        counts.append(state[2])
    return min(direct, (best[-1][0], tuple(anchors[::-1]), tuple(counts[::-1])))


def _counted(seconds: float, tempo: float) -> tuple[float, int] | None:
    """(cost, beats) of the best whole number of beats for a stretch; None when none is near enough."""
    exact = seconds * tempo / 60
    near = round(exact / BEATS_PER_BAR) * BEATS_PER_BAR
    options = []
    for count in {math.floor(exact), math.ceil(exact), near}:
        if count >= 2 and abs(count / exact - 1) < STRETCH:
            cost = ((count / exact - 1) / STRETCH) ** 2
            options.append((cost + _UNEVEN * (2 if count % 2 else 1) * (count % BEATS_PER_BAR != 0), count))
    return min(options, default=None)


def _bars(beats: int) -> list[int]:
    """Bars of four; what is left over makes the last bar shorter, or one beat longer."""
    full, rest = divmod(beats, BEATS_PER_BAR)
    if rest == 1 and full:
        return [BEATS_PER_BAR] * (full - 1) + [BEATS_PER_BAR + 1]
    return [BEATS_PER_BAR] * full + ([rest] if rest else [])
