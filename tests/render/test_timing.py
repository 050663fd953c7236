"""Retimed clips: every rendered frame is the source frame its retime names, or the mixture it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render.model import Clip, MediaRef, Timeline, Track, Transition
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, segments
from craft.render.retime import Retime, Sampling
from craft.terms import cuts, rates
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip, greys, numbers

SPEC = PictureSpec(WIDTH, HEIGHT)
Render = Callable[[Timeline], NDArray[np.float64]]


@pytest.fixture
def job(shelf: Shelf, tmp_path: Path) -> Callable[[rates.FrameRate], PictureJob]:
    return lambda rate: PictureJob(rate, SPEC, shelf, tmp_path / "out", None, workers=2)


@pytest.fixture
def rendered(job: Callable[[rates.FrameRate], PictureJob]) -> Render:
    """The mean luma of every frame of a timeline's picture."""

    def render(timeline: Timeline) -> NDArray[np.float64]:
        pieces = job(timeline.rate).render(segments(timeline))
        return np.concatenate([greys(piece.path) for piece in pieces])

    return render


def retimed(media: MediaRef, retime: Retime, start: int = 0, length: int | None = None) -> Clip:
    return replace(clip(media, start, length, "shot"), retime=retime)


def even(source: int, length: int, sampling: Sampling = Sampling.NEAREST) -> Retime:
    return Retime.through([(0, 0), (length, source)], sampling)


def eased(source: int, length: int) -> Retime:
    """A key on every clip frame, slow at both ends."""
    places = [Fraction(at, length) for at in range(length + 1)]
    return Retime.through([(at, source * u * u * (3 - 2 * u)) for at, u in enumerate(places)])


CURVES = {
    "half": even(24, 48),
    "third": even(16, 48),
    "double": even(48, 24),
    "3.7 times": even(48, 13),
    "eased": eased(48, 60),
    "eased fast": eased(48, 20),
    "freeze": Retime.through([(0, 0), (10, 10), (30, 10), (40, 20)]),
    "reverse": even(48, 48) and Retime.through([(0, 48), (48, 0)]),
    "reverse fast": Retime.through([(0, 48), (20, 0)]),
    "freeze and reverse": Retime.through([(0, 0), (12, 12), (20, 12), (30, 2), (34, 2), (40, 40)]),
    "to and fro": Retime.through([(at, (at % 4) * 3 + 5) for at in range(33)]),
    "one frame held": Retime.through([(0, Fraction(15, 2)), (30, Fraction(15, 2))]),
    "one frame": even(3, 1),
    "long and slow": even(30, 300),
}


@pytest.mark.parametrize("name", CURVES)
def test_every_frame_is_the_one_the_retime_names(name: str, shelf: Shelf, rendered: Render) -> None:
    retime = CURVES[name]
    seen = rendered(Timeline(RATE, Track((retimed(shelf.ramp(), retime),))))
    assert numbers(seen) == list(retime.frames())


@pytest.mark.parametrize("rate", [rates.FrameRate(25), rates.FrameRate(24000, 1001)], ids=str)
@pytest.mark.parametrize("name", ["third", "3.7 times", "freeze and reverse"])
def test_frames_hold_at_other_rates(name: str, rate: rates.FrameRate, shelf: Shelf, rendered: Render) -> None:
    retime, media = CURVES[name], shelf.ramp(f"ramp{rate.num}", rate=rate)
    assert numbers(rendered(Timeline(rate, Track((retimed(media, retime),))))) == list(retime.frames())


@pytest.mark.parametrize("rate", [12, 30, 60])
def test_source_frames_are_counted_at_the_rate_of_the_programme(
    rate: int, shelf: Shelf, rendered: Render
) -> None:
    media = replace(shelf.ramp(f"at{rate}", rate=rates.FrameRate(rate)), available=None)
    length = 48 * 24 // rate - 2
    plain = numbers(rendered(Timeline(RATE, Track((clip(media, 0, length),)))))
    for retime in (even(length, 2 * length), Retime.through([(0, length), (length // 2, 0)])):
        seen = numbers(rendered(Timeline(RATE, Track((retimed(media, retime, 0, length),)))))
        assert seen == [plain[frame] for frame in retime.frames()]


@pytest.mark.parametrize("sampling", [Sampling.NEAREST, Sampling.BLEND])
def test_retimes_go_on_through_the_transitions_on_both_sides(
    sampling: Sampling, shelf: Shelf, rendered: Render
) -> None:
    """Against flat neighbours every frame of the overlap tells what the retimed side shows there."""
    curve = Retime.through([(0, 0), (10, 5), (16, 17), (24, 21)], sampling)
    join = Transition(cuts.Transition.DISSOLVE, 3, 3)
    flat = clip(shelf.flat(120), 12, 12)
    shot = retimed(shelf.ramp(), curve, 10, 21)
    seen = rendered(Timeline(RATE, Track((flat, join, shot, join, flat))))
    alone = [curve.position(Fraction(2 * at + 1, 2)) - Fraction(1, 2) for at in range(-3, 27)]
    if sampling is Sampling.NEAREST:
        alone = [Fraction(math.floor(place + Fraction(1, 2))) for place in alone]
    else:
        alone = [max(place, Fraction(math.floor(alone[0] + Fraction(1, 2)))) for place in alone]
    share = [(at + 1) / 7 for at in range(6)]
    share = [*share, *[1.0] * 18, *share[::-1]]
    wanted = [
        120 * (1 - part) + part * (20 + 4 * (10 + float(place)))
        for part, place in zip(share, alone, strict=True)
    ]
    assert len(seen) == 48
    assert np.abs(seen[9:39] - wanted).max() <= 1.6, (seen[9:39] - wanted).round(1).tolist()


def test_blend_weighs_the_two_frames_round_the_place(shelf: Shelf, rendered: Render) -> None:
    for retime in (
        even(20, 47, Sampling.BLEND),
        replace(CURVES["freeze and reverse"], sampling=Sampling.BLEND),
        Retime.through([(0, 30), (45, 0)], Sampling.BLEND),
        even(48, 13, Sampling.BLEND),
    ):
        seen = rendered(Timeline(RATE, Track((retimed(shelf.ramp(), retime),))))
        top = retime.reach()[1] - 2 if retime.reach()[1] < 48 else 47
        places = []
        for at in range(retime.length):
            place = retime.position(Fraction(2 * at + 1, 2)) - Fraction(1, 2)
            still = retime.speed(at) == 0
            places.append(retime.frame(at) if still else min(max(place, 0), 47))
        assert top <= 47
        assert np.abs(seen - [20 + 4 * float(place) for place in places]).max() <= 1.0


def test_motion_puts_a_moving_edge_where_it_would_have_been(shelf: Shelf, tmp_path: Path) -> None:
    """A square that moves 8 pixels a frame, four times slowed, moves 2 pixels a frame."""
    box = shelf.video(
        "box",
        "color=0x303030:s=160x90:r=24,format=yuv420p,geq=lum='if(between(X,20+8*N,50+8*N)*between(Y,30,60),220,60)':cb=128:cr=128",
        12,
        "-crf",
        "4",
    )
    for retime in (even(12, 48, Sampling.MOTION), Retime.through([(0, 12), (48, 0)], Sampling.MOTION)):
        made = PictureJob(RATE, SPEC, shelf, tmp_path / str(retime.keys[0][1]), None, workers=2)
        pieces = made.render(segments(Timeline(RATE, Track((retimed(box, retime),)))))
        edges = np.concatenate([_left_edges(piece.path) for piece in pieces])
        assert len(edges) == 48 and not made.warnings
        places = [float(retime.position(Fraction(2 * at + 1, 2))) - 0.5 for at in range(48)]
        wanted = 20 + 8 * np.clip(places, 0, 11)
        assert np.abs(edges - wanted).max() <= 2.0


def _left_edges(path: Path) -> NDArray[np.float64]:
    """The column where every frame's middle row passes half way to the square's grey."""
    import subprocess

    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", "extractplanes=y", "-f", "rawvideo", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    rows = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)[:, 45, :].astype(float)
    return np.array([np.flatnonzero(row > 140)[0] for row in rows], float)
