"""Whole frames for every shot: its lines fit, the pacing holds, and a wanted runtime is met to the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from craft.screenplay.coverage import Draft
from craft.screenplay.model import ScriptNote
from craft.terms.rates import FrameRate

# No undirected shot gets shorter than this share of the pacing's lower bound when time is short.
_TIGHTEST = 0.6
_FEWEST_FRAMES = 2


@dataclass(frozen=True, slots=True)
class Length:
    """What a shot may last, in frames."""

    least: int
    wish: int
    most: int


def lengths(
    drafts: Sequence[Draft], rate: FrameRate, pacing: tuple[float, float], notes: list[ScriptNote]
) -> list[Length]:
    """The room of each shot. A length the script fixes stays, unless its lines need more (told in a note)."""
    return [_length(draft, rate, pacing, notes) for draft in drafts]


def _length(draft: Draft, rate: FrameRate, pacing: tuple[float, float], notes: list[ScriptNote]) -> Length:
    floor = _up(draft.floor, rate)
    fixed = draft.directive.frames
    if fixed is None and draft.directive.seconds is not None:
        fixed = rate.frames(draft.directive.seconds)
    if fixed is not None:
        if fixed < floor:
            need = float(rate.seconds(floor))
            given = float(rate.seconds(fixed))
            message = f"The lines of this shot need {need:.2f} s; it was given {given:.2f} s."
            notes.append(ScriptNote(draft.line, "script.line_longer_than_shot", message))
        exact = max(fixed, floor, _FEWEST_FRAMES)
        return Length(exact, exact, exact)
    longest = max(int(Fraction(pacing[1]) * rate.fraction), _FEWEST_FRAMES)
    least = max(floor, rate.frames(pacing[0] * _TIGHTEST), _FEWEST_FRAMES)
    most = max(longest, floor, least)
    return Length(least, min(max(rate.frames(draft.wish), least), most), most)


def _up(seconds: float, rate: FrameRate) -> int:
    """Whole frames that are not shorter than these seconds."""
    exact = Fraction(seconds).limit_denominator(10_000) * rate.fraction
    return -(-exact.numerator // exact.denominator)


def fitted(room: Sequence[Length], target: int) -> list[int]:
    """Lengths near the wishes whose sum is `target`, or as near as the room allows."""
    frames = [length.wish for length in room]
    missing = target - sum(frames)
    while missing:
        limits = [(length.most if missing > 0 else length.least) for length in room]
        free = [i for i in range(len(room)) if frames[i] != limits[i]]
        if not free:
            return frames
        # Longer shots take a larger part; whole frames first, the rest one by one from the longest.
        weight = sum(frames[i] for i in free)
        steps = {i: abs(missing) * frames[i] // weight for i in free}
        if not any(steps.values()):
            longest = sorted(free, key=lambda i: (-frames[i], i))
            steps = dict.fromkeys(longest[: abs(missing)], 1)
        for i, step in steps.items():
            moved = min(step, abs(limits[i] - frames[i]))
            frames[i] += moved if missing > 0 else -moved
        missing = target - sum(frames)
    return frames
