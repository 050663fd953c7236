"""Speed ramps by name, freezes and reverses: what each makes is a `Retime`, frame for frame.

A ramp is a curve of speed over the source. In the drawings speed goes up, the source to the right, `1` is
the speed it was shot at, `a` the amount and `^` the moment (`at`).

    linear       a ────────────      one speed throughout
    slow_mo      1 ─╮                settles into slow motion and stays there
                 a  ╰─────────
    speed_up     a      ╭─────       gathers speed and keeps it
                 1 ─────╯
    impact       2 ─────┐            fast up to the blow, slow at once, then back to normal
                 1      │  ╭───
                 a      ^──╯
    flash_in     a ─╮                rushes in and settles to normal
                 1  ╰─────────
    flash_out    a          ╭─       normal, then rushes off
                 1 ─────────╯
    bullet_time  1 ───╮   ╭───       normal, almost still round the moment, normal
                 a    ╰─^─╯
    hero_moment  2 ──╮     ╭──       fast, slow for the moment, fast
                 a   ╰──^──╯
    custom       through speeds of one's own, eased from one to the next
    half_second_flash
                 a     ╭^╮           half a second (12 frames at 24) of rush, normal before and after
                 1 ────╯ ╰────
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from craft.render.errors import TimelineError
from craft.render.model import Clip, MediaKind
from craft.render.retime import Retime, Sampling
from craft.terms import rates
from craft.terms.cuts import Ramp

F64 = NDArray[np.float64]
Knots = tuple[tuple[float, float], ...]

SLOWEST, FASTEST = 0.05, 20.0
FAST = 2.0
"""The speed of the fast parts of ramps whose amount is that of their slow part."""
AMOUNTS: dict[Ramp, float] = {
    Ramp.LINEAR: 1.0,
    Ramp.SLOW_MO: 0.5,
    Ramp.SPEED_UP: 2.0,
    Ramp.IMPACT: 0.25,
    Ramp.FLASH_IN: 4.0,
    Ramp.FLASH_OUT: 4.0,
    Ramp.BULLET_TIME: 0.1,
    Ramp.HERO_MOMENT: 0.4,
    Ramp.CUSTOM: 1.0,
    Ramp.HALF_SECOND_FLASH: 6.0,
}
"""The amount of each ramp where none is given: the speed of its slow or fast part; custom: a factor."""
SLOWING = frozenset({Ramp.SLOW_MO, Ramp.IMPACT, Ramp.BULLET_TIME, Ramp.HERO_MOMENT})
HASTENING = frozenset({Ramp.SPEED_UP, Ramp.FLASH_IN, Ramp.FLASH_OUT, Ramp.HALF_SECOND_FLASH})
MOMENTS = frozenset({Ramp.IMPACT, Ramp.BULLET_TIME, Ramp.HERO_MOMENT, Ramp.HALF_SECOND_FLASH})
"""Ramps with a moment, which stays in the picture when a given length does not need the whole source."""

CELLS = 8192
TOLERANCE = 1 / 32
"""How far, in source frames, the straight pieces between keys may leave the curve."""
GRAIN = 100
"""Keys lie on hundredths of source frames."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """A curve of speed over a window of the source, as clip frames: `width` frames from `start`, in `length`."""

    knots: Knots
    start: float
    width: float
    length: int


def ramp(
    kind: Ramp,
    source_frames: int,
    *,
    length: int | None = None,
    rate: rates.FrameRate,
    at: float = 0.5,
    amount: float | None = None,
    points: Sequence[tuple[float, float]] = (),
    sampling: Sampling = Sampling.NEAREST,
) -> Retime:
    """A named ramp over `source_frames` frames.

    `at` is the moment as a share of the source. Without `length` the whole source is shown and the length
    results. With one the ramp keeps its speeds and takes as much of the source as it needs, its moment
    included; where there is too little it runs slower throughout. `points` are those of a custom ramp,
    (share of the source, speed), rising. Raises `TimelineError("ramp")` for what makes no ramp.
    """
    amount = AMOUNTS[kind] if amount is None else amount
    _check(kind, source_frames, length, at, amount, points)
    if kind is Ramp.HALF_SECOND_FLASH:
        fit = _burst(source_frames, length, rate.frames(Fraction(1, 2)), at, amount)
    else:
        anchor = at if kind in MOMENTS else 1.0 if kind is Ramp.FLASH_OUT else 0.0
        fit = _fitted(_knots(kind, at, amount, points), source_frames, length, anchor)
    return Retime(_keys(fit, source_frames), sampling)


def ramped(
    clip: Clip,
    kind: Ramp,
    *,
    rate: rates.FrameRate,
    length: int | None = None,
    at: float = 0.5,
    amount: float | None = None,
    points: Sequence[tuple[float, float]] = (),
    sampling: Sampling = Sampling.NEAREST,
) -> Clip:
    """A clip with a named ramp over its whole source, in place of any retime it had. Raises as `ramp` does."""
    _moving(clip)
    frames = clip.source.length
    made = ramp(
        kind, frames, length=length, rate=rate, at=at, amount=amount, points=points, sampling=sampling
    )
    return replace(clip, retime=made)


def freeze(clip: Clip, at: int, frames: int) -> Clip:
    """A clip that holds its frame `at` for `frames` frames more; it gets longer by as many.

    │ 0 1 2 3 4 5 │            freeze(clip, 2, 3)
    │ 0 1 2 2 2 2 3 4 5 │
    """
    _moving(clip)
    if not 0 <= at < clip.length:
        raise TimelineError("ramp", clip.name or "freeze", f"frame {at} of a clip of {clip.length} frames")
    if frames < 1:
        raise TimelineError("ramp", clip.name or "freeze", f"a freeze of {frames} frames")
    base = _retime(clip)
    held = base.position(Fraction(at))
    before = [key for key in base.keys if key[0] < at]
    after = [(place + frames, source) for place, source in base.keys if place > at]
    keys = (*before, (at, held), (at + frames, held), *after)
    return replace(clip, retime=Retime(keys, base.sampling))


def reversed_(clip: Clip) -> Clip:
    """The clip run backwards; twice is the clip again.

    │ 0 1 2 3 4 5 │
    │ 5 4 3 2 1 0 │
    """
    _moving(clip)
    base = _retime(clip)
    keys = tuple((base.length - at, source) for at, source in reversed(base.keys))
    made = replace(base, keys=keys)
    plain = made.keys == _plain(clip).keys and made.sampling is Sampling.NEAREST
    return replace(clip, retime=None if plain else made)


def _retime(clip: Clip) -> Retime:
    return _plain(clip) if clip.retime is None else clip.retime


def _plain(clip: Clip) -> Retime:
    """The retime that changes nothing."""
    return Retime.through([(0, 0), (clip.source.length, clip.source.length)])


def _moving(clip: Clip) -> None:
    if clip.media.kind is MediaKind.STILL:
        raise TimelineError("ramp", clip.name or "ramp", "a still has no time that could be changed")


def _check(
    kind: Ramp,
    source_frames: int,
    length: int | None,
    at: float,
    amount: float,
    points: Sequence[tuple[float, float]],
) -> None:
    low, high = SLOWEST, FASTEST
    if kind in SLOWING:
        high = 1.0
    elif kind in HASTENING:
        low = 1.0
    if not low <= amount <= high:
        raise TimelineError("ramp", kind, f"an amount of {amount:g} is not between {low:g} and {high:g}")
    if source_frames < 1:
        raise TimelineError("ramp", kind, f"a source of {source_frames} frames")
    if length is not None and length < 1:
        raise TimelineError("ramp", kind, f"a length of {length} frames")
    if not 0.0 <= at <= 1.0:
        raise TimelineError("ramp", kind, f"the moment {at:g} is not between 0 and 1")
    if length is not None and length * SLOWEST > source_frames:
        raise TimelineError(
            "ramp", kind, f"the source is too short: {source_frames} frames cannot fill {length}"
        )
    if kind is Ramp.CUSTOM:
        _check_points(points, amount)


def _check_points(points: Sequence[tuple[float, float]], amount: float) -> None:
    shares = [share for share, _ in points]
    if not points or shares != sorted(set(shares)) or shares[0] < 0.0 or shares[-1] > 1.0:
        raise TimelineError("ramp", Ramp.CUSTOM, "the points' places do not rise from 0 to 1")
    for share, speed in points:
        if not SLOWEST <= speed * amount <= FASTEST:
            place = f"the speed at {share:g}, {speed * amount:g}"
            raise TimelineError("ramp", Ramp.CUSTOM, f"{place}, is not between {SLOWEST:g} and {FASTEST:g}")


def _knots(kind: Ramp, at: float, amount: float, points: Sequence[tuple[float, float]]) -> Knots:
    """(share of the source, speed) points of a ramp; two at one place are a step."""
    if kind is Ramp.CUSTOM:
        return tuple((share, speed * amount) for share, speed in points)
    made: dict[Ramp, Knots] = {
        Ramp.LINEAR: ((0.0, amount),),
        Ramp.SLOW_MO: ((0.05, 1.0), (0.3, amount)),
        Ramp.SPEED_UP: ((0.2, 1.0), (0.6, amount)),
        Ramp.IMPACT: ((at, FAST), (at, amount), (at + 0.1, amount), (at + 0.3, 1.0)),
        Ramp.FLASH_IN: ((0.1, amount), (0.6, 1.0)),
        Ramp.FLASH_OUT: ((0.4, 1.0), (0.9, amount)),
        Ramp.BULLET_TIME: ((at - 0.2, 1.0), (at - 0.04, amount), (at + 0.04, amount), (at + 0.2, 1.0)),
        Ramp.HERO_MOMENT: ((at - 0.3, FAST), (at - 0.1, amount), (at + 0.1, amount), (at + 0.3, FAST)),
    }
    return made[kind]


def _speeds(knots: Knots, places: F64) -> F64:
    """The speed at places of the source, eased from knot to knot and even beyond them."""
    speeds = np.full(places.shape, knots[0][1])
    for (low, slow), (high, fast) in pairwise(knots):
        # a step has no width, and takes effect where it stands
        share = np.clip((places - low) / (high - low), 0.0, 1.0) if high > low else 1.0 * (places >= low)
        speeds += (fast - slow) * share * share * (3.0 - 2.0 * share)
    return speeds


def _clock(knots: Knots) -> F64:
    """Clip time at the edges of equal cells of the source, whose whole is 1."""
    middles = (np.arange(CELLS) + 0.5) / CELLS
    return np.concatenate([[0.0], np.cumsum(1.0 / _speeds(knots, middles))]) / CELLS


def _fitted(knots: Knots, source_frames: int, length: int | None, anchor: float) -> _Fit:
    """The window of the source that the ramp needs; `anchor` is the share of it that keeps its place."""
    pace = float(_clock(knots)[-1])
    if length is None:
        return _Fit(knots, 0.0, source_frames, max(1, round(source_frames * pace)))
    width = min(float(source_frames), length / pace)
    return _Fit(knots, anchor * (source_frames - width), width, length)


def _burst(source_frames: int, length: int | None, frames: int, at: float, amount: float) -> _Fit:
    """A rush that takes `frames` of the clip, as far as clip and source are long enough for it."""
    shape = ((0.0, 1.0), (0.25, amount), (0.75, amount), (1.0, 1.0))
    eaten = frames / float(_clock(shape)[-1])
    if length is not None:
        width = min(float(source_frames), max(length - frames, 0) + min(length / frames, 1.0) * eaten)
    else:
        width = float(source_frames)
    share = min(1.0, eaten / width)
    first = min(max(at - share / 2, 0.0), 1.0 - share)
    knots = tuple((first + place * share, speed) for place, speed in shape)
    made = length or max(1, round(width * float(_clock(knots)[-1])))
    return _Fit(knots, at * (source_frames - width), width, made)


def _keys(fit: _Fit, source_frames: int) -> tuple[tuple[int, Fraction], ...]:
    """Keys on whole clip frames, as few as keep the curve."""
    clock = _clock(fit.knots)
    edges = np.linspace(0.0, 1.0, CELLS + 1)
    times = np.arange(fit.length + 1) / fit.length * clock[-1]
    places = fit.start + fit.width * np.interp(times, clock, edges)
    kept = _corners(places)
    sources = [Fraction(round(float(places[at]) * GRAIN), GRAIN) for at in kept]
    # only the end itself lies on the source's end: a frame that starts there would show one too many
    inner = [min(source, source_frames - Fraction(1, GRAIN)) for source in sources[:-1]]
    sources = [*inner, min(sources[-1], Fraction(source_frames))]
    return tuple(zip(kept, sources, strict=True))


def _corners(places: F64) -> list[int]:
    """The clip frames between which straight lines stay within the tolerance of a curve."""
    spans, kept = [(0, len(places) - 1)], {0, len(places) - 1}
    while spans:
        low, high = spans.pop()
        line = np.linspace(places[low], places[high], high - low + 1)
        away = np.abs(line - places[low : high + 1])
        worst = low + int(away.argmax())
        if away.max() > TOLERANCE:
            kept.add(worst)
            spans += [(low, worst), (worst, high)]
    return sorted(kept)
