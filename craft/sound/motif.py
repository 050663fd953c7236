"""Motifs: a theme's name becomes a short melody in scale steps that can be heard in any mode and tempo."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass

# Beats of one motif over two bars of four; the last note rests.
_RHYTHMS: tuple[tuple[float, ...], ...] = (
    (1.5, 0.5, 2.0, 1.0, 1.0, 2.0),
    (1.0, 1.0, 1.0, 1.0, 4.0),
    (2.0, 1.0, 1.0, 1.5, 0.5, 2.0),
    (0.5, 0.5, 1.0, 2.0, 1.0, 1.0, 2.0),
    (3.0, 1.0, 1.0, 1.0, 2.0),
    (1.0, 0.5, 0.5, 2.0, 1.5, 0.5, 2.0),
    (2.0, 2.0, 1.0, 1.0, 2.0),
    (1.5, 1.5, 1.0, 0.5, 0.5, 3.0),
    (0.5, 1.5, 2.0, 0.5, 1.5, 2.0),
    (1.0, 2.0, 1.0, 1.0, 1.0, 2.0),
    (0.75, 0.25, 1.0, 2.0, 0.75, 0.25, 3.0),
    (3.0, 0.5, 0.5, 1.0, 3.0),
)
_STEPS = (-1, 1, 2, -2, 1, -1, 3, -3, 1, 2, -1, 4)


@dataclass(frozen=True, slots=True)
class Motif:
    """Scale degrees (0 is the tonic) and beats, as many of each; together they last eight beats."""

    degrees: tuple[int, ...]
    beats: tuple[float, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        """The intervals between neighbours in scale steps: what the ear recognises in another key or mode."""
        return tuple(b - a for a, b in zip(self.degrees, self.degrees[1:], strict=False))

    def moved(self, by: int) -> Motif:
        """The same shape from another degree (a sequence)."""
        return Motif(tuple(d + by for d in self.degrees), self.beats)

    def head(self, beats: float) -> Motif:
        """Its first notes, as many as begin within the beats; at least two, the last one held to their end."""
        kept = max(2, sum(1 for start in itertools.accumulate(self.beats[:-1], initial=0.0) if start < beats))
        played = self.beats[: kept - 1]
        return Motif(self.degrees[:kept], (*played, max(0.5, beats - sum(played))))

    def inverted(self) -> Motif:
        """Up becomes down."""
        first = self.degrees[0]
        return Motif(tuple(2 * first - d for d in self.degrees), self.beats)


def motif_of(theme: str) -> Motif:
    """The motif of a theme's name (case and spaces at its ends do not matter). The same name is always the
    same motif.

    It begins on the tonic, third or fifth, has one leap, stays within an octave and ends on a stable degree.
    """
    digest = hashlib.sha256(f"motif/2/{theme.strip().casefold()}".encode()).digest()
    beats = _RHYTHMS[digest[0] % len(_RHYTHMS)]
    degrees = [(0, 2, 4)[digest[1] % 3]]
    for byte in digest[2 : 2 + len(beats) - 2]:
        step = _STEPS[byte % len(_STEPS)]
        following = degrees[-1] + step
        # a melody that would leave its octave turns back
        degrees.append(following if -3 <= following <= 7 else degrees[-1] - step)
    degrees.append(min((0, 2, 4, 7), key=lambda d: (abs(d - degrees[-1]) == 0, abs(d - degrees[-1]), d)))
    return Motif(tuple(degrees), beats)


def tonic_of(theme: str) -> int:
    """The theme's own key note, 0-11."""
    return hashlib.sha256(f"tonic/1/{theme.strip().casefold()}".encode()).digest()[0] % 12
