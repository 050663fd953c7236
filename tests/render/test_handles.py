"""Handles: a transition made of what its neighbours left is the one that decodes for itself, to the last bit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from craft.render import handles as handles_module
from craft.render.cache import SegmentCache
from craft.render.effects import Effect, Modifier, Reframe, Style
from craft.render.errors import RenderError
from craft.render.grade import Grade
from craft.render.handles import Handles
from craft.render.model import Clip, FrameRange, Gap, Item, MediaRef, Timeline, Track, Transition
from craft.render.picture import PictureJob, Piece
from craft.render.plan import PictureSpec, Segment, segment_digest, segments
from craft.render.retime import Retime
from craft.terms import cuts, rates
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf

SPEC = PictureSpec(WIDTH, HEIGHT)
NOISE = "testsrc2=s={size}:r={rate},noise=alls=20:allf=t:all_seed={seed}"
LOOK = (Grade(contrast=1.1, temperature=0.3),)
WORN = (Reframe((0.1, 0.1, 0.8, 0.8)), Grade(gamma=1.1), Modifier(Style.FILM_GRAIN, 0.8))


def noise(shelf: Shelf, seed: int, rate: str = "24", size: str = f"{WIDTH}x{HEIGHT}") -> MediaRef:
    """96 pictures that all differ, with one key frame at their beginning."""
    source = NOISE.format(size=size, rate=rate, seed=seed)
    return shelf.video(f"noise{seed}", source, 96, "-g", "250", "-crf", "20")


def shot(media: MediaRef, start: int, length: int, *effects: Effect) -> Clip:
    return Clip(media, FrameRange(start, length), effects, f"shot {start}")


def rendered(
    shelf: Shelf, folder: Path, parts: Sequence[Segment], rate: rates.FrameRate = RATE, workers: int = 2
) -> list[Piece]:
    job = PictureJob(rate, SPEC, shelf, folder, None, workers=workers)
    return list(job.render(parts))


def alone(shelf: Shelf, folder: Path, parts: Sequence[Segment], rate: rates.FrameRate = RATE) -> list[Piece]:
    """Every segment by itself, so that nobody leaves it anything; on one core, as more would mean two threads."""
    return [rendered(shelf, folder, [part], rate, workers=1)[0] for part in parts]


def sums(pieces: list[Piece]) -> list[str]:
    return [hashlib.sha256(piece.path.read_bytes()).hexdigest() for piece in pieces]


def digests(parts: tuple[Segment, ...]) -> list[str]:
    return [segment_digest(part, SPEC, RATE, "a build") for part in parts]


def four(shelf: Shelf, rate: str = "24", size: str = f"{WIDTH}x{HEIGHT}") -> tuple[Item, ...]:
    """Four shots that go over into each other: a dissolve, a wipe, a fade; one is worn and reframed."""
    media = [noise(shelf, seed, rate, size) for seed in (1, 2, 3, 4)]
    return (
        shot(media[0], 0, 60, *LOOK),
        Transition(cuts.Transition.DISSOLVE, 6, 6),
        shot(media[1], 20, 40, *WORN),
        Transition(cuts.Transition.WIPE_LEFT, 3, 8),
        shot(media[2], 30, 50),
        Transition(cuts.Transition.FADE_BLACK, 4, 5),
        shot(media[3], 24, 30, *LOOK),
    )


def test_transitions_are_the_same_to_the_last_bit(shelf: Shelf, tmp_path: Path) -> None:
    parts = segments(Timeline(RATE, Track(four(shelf))))
    assert sums(rendered(shelf, tmp_path / "together", parts)) == sums(
        alone(shelf, tmp_path / "alone", parts)
    )
    assert not [path for path in (tmp_path / "together").iterdir() if path.suffix != ".mp4"]


@pytest.mark.parametrize(("rate", "size"), [("30", f"{WIDTH}x{HEIGHT}"), ("24", "96x96")])
def test_sources_of_another_rate_and_shape_are_too(
    rate: str, size: str, shelf: Shelf, tmp_path: Path
) -> None:
    programme = rates.FrameRate(24000, 1001)
    parts = segments(Timeline(programme, Track(four(shelf, rate, size)[:3])))
    together = rendered(shelf, tmp_path / "together", parts, programme)
    assert sums(together) == sums(alone(shelf, tmp_path / "alone", parts, programme))


def test_a_transition_opens_no_medium_that_its_neighbours_decode(shelf: Shelf, tmp_path: Path) -> None:
    parts = segments(Timeline(RATE, Track(four(shelf)[:3])))
    names = digests(parts)
    handles = Handles(dict(zip(names, parts, strict=True)), tmp_path, SPEC)
    assert [handles.waits(name) for name in names] == [False, True, False]
    assert [handle.frames for handle in handles.lent_by(names[0])] == [FrameRange(54, 12)]
    assert [handle.frames for handle in handles.lent_by(names[2])] == [FrameRange(14, 12)]
    assert handles.ended(names[0]) == []
    assert handles.ended(names[2]) == [names[1]]


def test_what_was_left_is_what_is_shown(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Black put in the place of what a neighbour left comes out of the transition."""
    parts = segments(Timeline(RATE, Track(four(shelf)[:3])))
    bare = alone(shelf, tmp_path / "alone", parts)
    taken_by = Handles.taken_by

    def blackened(handles: Handles, digest: str, number: int) -> Path | None:
        path = taken_by(handles, digest, number)
        if path is not None:
            path.write_bytes(b"\x10" * (WIDTH * HEIGHT * 12) + b"\x80" * (WIDTH * HEIGHT * 6))
        return path

    monkeypatch.setattr(Handles, "taken_by", blackened)
    black = rendered(shelf, tmp_path / "black", parts)
    assert [one == other for one, other in zip(sums(black), sums(bare), strict=True)] == [True, False, True]


def test_what_is_left_is_taken_only_when_it_is_whole(shelf: Shelf, tmp_path: Path) -> None:
    parts = segments(Timeline(RATE, Track(four(shelf)[:3])))
    names = digests(parts)
    handles = Handles(dict(zip(names, parts, strict=True)), tmp_path, SPEC)
    (left,) = handles.lent_by(names[0])
    assert handles.taken_by(names[1], 0) is None
    left.path.write_bytes(bytes(WIDTH * HEIGHT * 3 // 2 * 11))
    assert handles.taken_by(names[1], 0) is None
    left.path.write_bytes(bytes(WIDTH * HEIGHT * 3 // 2 * 12))
    assert handles.taken_by(names[1], 0) == left.path
    handles.ended(names[1])
    assert not left.path.exists()


def test_nothing_is_left_without_room(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = segments(Timeline(RATE, Track(four(shelf)[:5])))
    names = digests(parts)
    monkeypatch.setattr(handles_module, "MOST_BYTES", WIDTH * HEIGHT * 3 // 2 * 12)
    handles = Handles(dict(zip(names, parts, strict=True)), tmp_path, SPEC)
    assert len(handles.lent_by(names[0])) == 1
    assert handles.lent_by(names[2]) == ()
    handles.ended(names[1])
    assert len(handles.lent_by(names[4])) == 1
    together = rendered(shelf, tmp_path / "together", parts)
    assert sums(together) == sums(alone(shelf, tmp_path / "alone", parts))


def test_only_plain_neighbours_leave_frames(shelf: Shelf, tmp_path: Path) -> None:
    """Not retimed ones, not those that travel, not those whose frames end elsewhere, and no black."""
    media = [noise(shelf, seed) for seed in (1, 2)]
    slow = Clip(media[1], FrameRange(10, 40), (), "slow", Retime.through([(0, 0), (80, 40)]))
    travels = shot(media[1], 20, 40, Reframe((0.0, 0.0, 0.9, 0.9), (0.1, 0.1, 0.9, 0.9)))
    join = Transition(cuts.Transition.DISSOLVE, 6, 6)
    for other in (slow, travels, Gap(40)):
        parts = segments(Timeline(RATE, Track((shot(media[0], 0, 60), join, other))))
        names = digests(parts)
        handles = Handles(dict(zip(names, parts, strict=True)), tmp_path, SPEC)
        assert len(handles.lent_by(names[0])) == 1
        assert [handles.lent_by(name) for name in names[1:]] == [()] * (len(names) - 1)
        together = rendered(shelf, tmp_path / f"together{names[1]}", parts)
        assert sums(together) == sums(alone(shelf, tmp_path / f"alone{names[1]}", parts))


def test_a_clip_that_goes_over_into_itself(shelf: Shelf, tmp_path: Path) -> None:
    media = noise(shelf, 1)
    items = (shot(media, 0, 40), Transition(cuts.Transition.DISSOLVE, 6, 6), shot(media, 20, 40))
    parts = segments(Timeline(RATE, Track(items)))
    assert sums(rendered(shelf, tmp_path / "together", parts)) == sums(
        alone(shelf, tmp_path / "alone", parts)
    )


def test_one_body_leaves_frames_for_two_transitions(shelf: Shelf, tmp_path: Path) -> None:
    """The same shot twice, the second time with a longer way out: its body is rendered once."""
    one, two = noise(shelf, 1), noise(shelf, 2)
    items = (
        shot(one, 0, 46),
        Transition(cuts.Transition.DISSOLVE, 6, 6),
        shot(two, 20, 30),
        shot(one, 0, 50),
        Transition(cuts.Transition.WIPE_UP, 10, 4),
        shot(two, 30, 30),
    )
    parts = segments(Timeline(RATE, Track(items)))
    names = digests(parts)
    assert names[0] == names[3]
    handles = Handles(dict(zip(names, parts, strict=True)), tmp_path, SPEC)
    assert [handle.frames.length for handle in handles.lent_by(names[0])] == [12, 14]
    assert sums(rendered(shelf, tmp_path / "together", parts)) == sums(
        alone(shelf, tmp_path / "alone", parts)
    )


def test_a_kept_body_leaves_nothing_and_nobody_waits(shelf: Shelf, tmp_path: Path) -> None:
    before, after = four(shelf), list(four(shelf))
    cache = SegmentCache(tmp_path / "cache")
    PictureJob(RATE, SPEC, shelf, tmp_path / "first", cache).render(segments(Timeline(RATE, Track(before))))
    after[2] = shot(noise(shelf, 2), 20, 40, Grade(gamma=0.9))
    parts = segments(Timeline(RATE, Track(tuple(after))))
    pieces = PictureJob(RATE, SPEC, shelf, tmp_path / "second", cache).render(parts)
    assert [piece.cached for piece in pieces] == [True, False, False, False, True, True, True]
    assert sums(list(pieces)) == sums(alone(shelf, tmp_path / "alone", parts))


def test_a_source_that_ends_too_soon_is_named_with_its_transition(shelf: Shelf, tmp_path: Path) -> None:
    """A body does not fail for the frames that only its neighbour shows."""
    whole, other = noise(shelf, 1), noise(shelf, 2)
    torn = tmp_path / "torn.mp4"
    data = bytearray(shelf(whole.sha256).read_bytes())
    # the last tenth of the coded frames becomes rubbish
    end = data.index(b"moov") if data.index(b"moov") > len(data) // 2 else len(data)
    for at in range(end - end // 10, end - 64):
        data[at] = (at * 37) & 0xFF
    torn.write_bytes(data)
    media = MediaRef(shelf.keep(torn))
    items = (shot(media, 0, 84), Transition(cuts.Transition.DISSOLVE, 6, 6), shot(other, 20, 40))
    with pytest.raises(RenderError) as raised:
        rendered(shelf, tmp_path / "out", segments(Timeline(RATE, Track(items))))
    assert raised.value.code in ("source_damaged", "ffmpeg_failed")
    assert raised.value.what == "shot 0 to shot 20 (frames 78..90)"
    assert not list((tmp_path / "out").glob("*.yuv")) and not list((tmp_path / "out").glob(".*.yuv"))
