"""When lines are spoken inside their shot: one rule for the mouths, the mix and the captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from craft.terms.rates import FrameRate

LEAD_SECONDS = Fraction(1, 3)
BREATH_SECONDS = Fraction(1, 4)
TAIL_SECONDS = Fraction(1, 6)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line's place in its shot, in frames from the shot's first frame."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The first frame after it."""
        return self.start + self.length


def place_lines(seconds: Sequence[float], shot_frames: int, rate: FrameRate) -> list[Spoken]:
    """Lines one after another: a short lead, a breath between; centred in what room is left, up to one second."""
    lengths = [max(1, rate.frames(Fraction(s).limit_denominator(1_000_000))) for s in seconds]
    breath = rate.frames(BREATH_SECONDS)
    needed = sum(lengths) + breath * max(0, len(lengths) - 1)
    room = max(0, shot_frames - needed)
    start = min(max(rate.frames(LEAD_SECONDS), room // 2), rate.frames(Fraction(1)), room)
    placed: list[Spoken] = []
    for length in lengths:
        placed.append(Spoken(start, length))
        start += length + breath
    return placed


def time_for_lines(words: Sequence[int], shot_frames: int, rate: FrameRate) -> list[float]:
    """Seconds each line may take so that all fit into the shot, shared by their words."""
    fixed = LEAD_SECONDS + TAIL_SECONDS + BREATH_SECONDS * max(0, len(words) - 1)
    room = float(max(rate.seconds(shot_frames) - fixed, Fraction(1, 2)))
    total = sum(max(1, n) for n in words)
    return [room * max(1, n) / total for n in words]
