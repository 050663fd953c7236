"""Retimed clips: every rendered frame is the source frame its retime names, or the mixture it asks for."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import ffmpeg as ffmpeg_python
import numpy as np
import pytest
from numpy.typing import NDArray

from craft.render import moving
from craft.render.cache import SegmentCache
from craft.render.errors import RenderError
from craft.render.graphs import timing
from craft.render.graphs.base import argv_of
from craft.render.model import Clip, FrameRange, MediaKind, MediaRef, Timeline, Track, Transition
from craft.render.picture import PictureJob
from craft.render.plan import PictureSpec, Side, segments
from craft.render.probe import probe
from craft.render.retime import Retime, Sampling
from craft.terms import cuts, rates
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip, ffmpeg, greys, numbers

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
    "reverse": Retime.through([(0, 48), (48, 0)]),
    "reverse fast": Retime.through([(0, 48), (20, 0)]),
    "freeze and reverse": Retime.through([(0, 0), (12, 12), (20, 12), (30, 2), (34, 2), (40, 40)]),
    "to and fro": Retime.through([(at, (at % 4) * 3 + 5) for at in range(33)]),
    "one frame held": Retime.through([(0, Fraction(15, 2)), (30, Fraction(15, 2))]),
    "one frame": even(3, 1),
    "long and slow": even(30, 300),
    "long and fast": even(480, 200),
}


@pytest.mark.parametrize("name", CURVES)
def test_every_frame_is_the_one_the_retime_names(name: str, shelf: Shelf, rendered: Render) -> None:
    retime = CURVES[name]
    media = shelf.ramp() if retime.reach()[1] <= 48 else shelf.ramp("long", 500)
    seen = rendered(Timeline(RATE, Track((retimed(media, retime),))))
    assert numbers(seen) == [frame % 50 for frame in retime.frames()]


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
            places.append(float(retime.frame(at)) if still else min(max(float(place), 0.0), 47.0))
        assert top <= 47
        assert np.abs(seen - np.array([20 + 4 * place for place in places])).max() <= 1.0


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
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", "extractplanes=y", "-f", "rawvideo", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    rows = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)[:, 45, :].astype(float)
    return np.array([np.flatnonzero(row > 140)[0] for row in rows], float)


LONG = 400
"""Frames of a source with one key frame at most every 250, whose number is told by two greys."""


def numbered(shelf: Shelf, name: str, suffix: str, *options: str) -> MediaRef:
    """A long source with B-frames: the left half is the frame's number by 20, the right half the rest."""
    path = shelf.folder / f"{name}{suffix}"
    if not path.exists():
        grey = "geq=lum='if(lt(X,80),20+10*floor(N/20),20+10*mod(N,20))':cb=128:cr=128"
        source = f"color=s={WIDTH}x{HEIGHT}:r=24,format=yuv420p,{grey}"
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", str(LONG), "-crf", "10", *options, str(path))
    return MediaRef(shelf.keep(path), MediaKind.VIDEO, FrameRange(0, LONG))


def told(path: Path) -> list[int]:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-vf", "extractplanes=y", "-f", "rawvideo", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH).astype(float)
    left, right = frames[:, 10:80, 5:70].mean(axis=(1, 2)), frames[:, 10:80, 90:155].mean(axis=(1, 2))
    return [20 * round((a - 20) / 10) + round((b - 20) / 10) for a, b in zip(left, right, strict=True)]


LONG_SOURCES = {
    "mp4": (".mp4", "-g", "250", "-bf", "3", "-b_strategy", "0", "-sc_threshold", "0"),
    "open": (".mp4", "-g", "60", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0"),
    "shifted": (".mp4", "-g", "100", "-bf", "2", "-output_ts_offset", "1.3", "-use_editlist", "0"),
    "mkv": (".mkv", "-g", "250", "-bf", "3", "-output_ts_offset", "0.5"),
    "mpeg": (".ts", "-g", "100", "-bf", "2"),
    "timed": (".mov", "-c:v", "mpeg4", "-q:v", "1", "-g", "120", "-bf", "2"),
}


@pytest.mark.parametrize("name", LONG_SOURCES)
def test_frames_late_in_a_long_source_are_the_right_ones(name: str, shelf: Shelf, tmp_path: Path) -> None:
    suffix, *options = LONG_SOURCES[name]
    media = numbered(shelf, f"long_{name}", suffix, *options)
    info = probe(shelf(media.sha256)).picture
    assert info is not None and (timing._seek(info, Fraction(10)) is None) == (suffix == ".ts")
    turned = Retime.through([(0, 20), (12, 0)])
    shots = [clip(media, 301, 20), replace(clip(media, 247, 20), retime=turned)]
    job = PictureJob(RATE, SPEC, shelf, tmp_path, None, workers=2)
    pieces = job.render(segments(Timeline(RATE, Track(tuple(shots)))))
    wanted = [*range(301, 321), *(247 + frame for frame in turned.frames())]
    assert [n for piece in pieces for n in told(piece.path)] == wanted


@pytest.mark.parametrize("rate", ["12", "30000/1001", "25"])
def test_a_seek_gives_the_frames_that_reading_from_the_start_gives(
    rate: str, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the source's rate is another one, which frame stands for which is a matter of rounding."""
    media = replace(numbered(shelf, "long_mp4", *LONG_SOURCES["mp4"]), available=None)
    programme = rates.FrameRate.parse(rate)
    start = 130
    shot = retimed(media, Retime.through([(0, 0), (20, 30), (30, 20)]), start, 30)
    seen = []
    for folder in ("sought", "read"):
        job = PictureJob(programme, SPEC, shelf, tmp_path / folder, None, workers=2)
        pieces = job.render(segments(Timeline(programme, Track((shot,)))))
        seen.append([n for piece in pieces for n in told(piece.path)])
        monkeypatch.setattr(timing, "_seek", lambda info, at: None)
    assert seen[0] == seen[1] and len(seen[0]) == 30


def test_only_the_range_that_is_touched_is_decoded(shelf: Shelf) -> None:
    media = numbered(shelf, "long_gop", ".mp4", "-g", "24", "-bf", "2")
    path = shelf(media.sha256)
    info = probe(path).picture
    assert info is not None
    side = Side(media, FrameRange(300, 20), (), "", even(20, 40))
    stream = timing.decoded(path, info, side, timing.order_of(side), 40, RATE)
    argv = argv_of(ffmpeg_python.output(stream, "-", f="null"), "ffmpeg", "-v", "debug", "-nostdin")
    log = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    decoded = [int(n) for n in re.findall(r"(\d+) frames decoded", log)]
    assert decoded and 20 <= max(decoded) <= 110


def test_one_frame_and_scene_cuts_in_slow_motion_are_said(shelf: Shelf, tmp_path: Path) -> None:
    cut = "if(lt(N,6),if(lt(X,80),40,90),if(lt(Y,45),230,160))"
    media = shelf.video(
        "cut", f"color=s=160x90:r=24,format=yuv420p,geq=lum='{cut}':cb=128:cr=128", 12, "-crf", "4"
    )
    job = PictureJob(RATE, SPEC, shelf, tmp_path / "cut", SegmentCache(tmp_path / "cache"), workers=2)
    timeline = Timeline(RATE, Track((retimed(media, even(12, 36, Sampling.MOTION)),)))
    seen = greys(job.render(segments(timeline))[0].path)
    assert any("scene cut" in note and "shot" in note for note in job.warnings)
    assert all(min(abs(value - 65), abs(value - 195)) < 3 for value in seen)
    again = PictureJob(RATE, SPEC, shelf, tmp_path / "again", SegmentCache(tmp_path / "cache"), workers=2)
    assert again.render(segments(timeline))[0].cached and again.warnings == job.warnings

    held = replace(clip(shelf.ramp(), 9, 1, "held"), retime=even(1, 12, Sampling.MOTION))
    single = PictureJob(RATE, SPEC, shelf, tmp_path / "held", None, workers=2)
    assert numbers(greys(single.render(segments(Timeline(RATE, Track((held,)))))[0].path)) == [9] * 12
    assert any("held" in note for note in single.warnings)


def test_motion_in_a_transition_and_at_the_ends_of_a_clip(shelf: Shelf, rendered: Render) -> None:
    """Slow motion through the overlap: every frame is there and the greys rise evenly."""
    join = Transition(cuts.Transition.DISSOLVE, 3, 3)
    flat = clip(shelf.flat(120), 12, 12)
    shot = retimed(shelf.ramp(), even(12, 36, Sampling.MOTION), 10, 12)
    seen = rendered(Timeline(RATE, Track((flat, join, shot, join, flat))))
    assert len(seen) == 60
    wanted = [20 + 4 * (10 + (number + 0.5) / 3 - 0.5) for number in range(3, 33)]
    assert np.abs(seen[15:45] - wanted).max() <= 1.5


def test_source_that_ends_too_early_is_named(shelf: Shelf, rendered: Render) -> None:
    media = MediaRef(shelf.ramp("twenty", 20).sha256, MediaKind.VIDEO)
    for retime in (even(30, 60), Retime.through([(0, 30), (30, 0)]), even(30, 60, Sampling.BLEND)):
        with pytest.raises(RenderError, match=r"shot .*too short.* it has 20") as caught:
            rendered(Timeline(RATE, Track((retimed(media, retime, 0, 30),))))
        assert caught.value.code == "segment_short"


def test_keys_by_the_hundred_make_short_commands() -> None:
    retime = Retime.through([(at, Fraction(at * at, 900)) for at in range(901)], Sampling.BLEND)
    media = MediaRef("0" * 64, MediaKind.VIDEO)
    track = Track((Clip(media, FrameRange(0, 900), (), "", retime),))
    for part in segments(Timeline(RATE, track)):
        order = timing.order_of(part.sides[0])
        assert order is not None
        graph = timing.arranged(ffmpeg_python.input("x").video, order, part.length, RATE, (160, 90), 0)
        assert sum(len(word) for word in argv_of(ffmpeg_python.output(graph, "y"), "ffmpeg")) < 40_000


@pytest.mark.parametrize("sampling", Sampling)
@pytest.mark.parametrize("speed", [1, Fraction(1, 2), 3], ids=str)
def test_a_long_way_back_comes_from_the_disk_with_the_same_frames(
    sampling: Sampling, speed: Fraction, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transition out of a clip that runs backwards into one that turns round, longer than a graph may keep."""
    media = shelf.video("moving", f"testsrc2=s={WIDTH}x{HEIGHT}:r=24", 500, "-crf", "10", "-g", "250")
    source = round(60 * speed)
    back = retimed(media, Retime.through([(0, source), (60, 0)], sampling), 200, source)
    turns = retimed(media, Retime.through([(0, 0), (30, 30), (62, 10), (80, 28)], sampling), 300, 40)
    parts = segments(Timeline(RATE, Track((back, Transition(cuts.Transition.DISSOLVE, 52, 58), turns))))
    transition = next(part for part in parts if part.kind is not None)
    assert all(moving.moves(side) for side in transition.sides)
    by_disk = PictureJob(RATE, SPEC, shelf, tmp_path / "disk", None, workers=1).render([transition])
    monkeypatch.setattr(moving, "MOST_KEPT", 10_000)
    in_memory = PictureJob(RATE, SPEC, shelf, tmp_path / "memory", None, workers=1).render([transition])
    assert by_disk[0].path.read_bytes() == in_memory[0].path.read_bytes()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == [by_disk[0].path.name]
