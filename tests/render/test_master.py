"""The whole way: timeline in, measured master out."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from craft.render.cache import SegmentCache
from craft.render.errors import RenderCancelled, RenderError
from craft.render.grade import Grade
from craft.render.master import Assembly, AssemblySpec, assemble
from craft.render.model import (
    Caption,
    Clip,
    FrameRange,
    Gap,
    MediaKind,
    MediaRef,
    SoundClip,
    SoundTrack,
    Timeline,
    Track,
    Transition,
    sequence,
)
from craft.render.progress import Progress
from craft.terms import cuts, rates
from craft.terms.sound import Layer
from tests.render.conftest import RATE, Shelf, clip, greys, noise, numbers, pcm

DISSOLVE = Transition(cuts.Transition.DISSOLVE, 6, 6)


def two_shots(shelf: Shelf) -> Timeline:
    """Two ramps of 48 frames with a dissolve of 12: 84 frames, with speech and music."""
    speech = SoundClip(shelf.sound("speech", noise(1.0)), 24, 24)
    music = SoundClip(shelf.sound("music", noise(2.0, 0.05, 2)), 0, 84, loop=True, fade_out=24)
    shots = [clip(shelf.ramp("one"), name="one"), clip(shelf.ramp("two"), name="two")]
    return Timeline(
        RATE,
        sequence(shots, {0: DISSOLVE}),
        (SoundTrack(Layer.DIALOGUE, (speech,)), SoundTrack(Layer.MUSIC, (music,))),
        (Caption(24, 48, "Hello.", "MARA"),),
    )


def run(timeline: Timeline, shelf: Shelf, folder: Path, cache: SegmentCache, spec: AssemblySpec) -> Assembly:
    return assemble(timeline, shelf, folder, cache, spec=spec)


def test_assembly_has_exactly_the_frames_of_the_timeline(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache, spec: AssemblySpec
) -> None:
    shots = [clip(shelf.ramp(), 5, 10), clip(shelf.ramp(), 30, 7), clip(shelf.ramp(), 0, 1)]
    timeline = Timeline(RATE, Track((shots[0], Gap(3), shots[1], shots[2])))
    made = run(timeline, shelf, tmp_path / "out", cache, spec)
    seen = greys(made.master)
    assert numbers(seen[:10]) == list(range(5, 15))
    assert np.allclose(seen[10:13], 16, atol=1)
    assert numbers(seen[13:]) == [*range(30, 37), 0]
    assert made.frames == 21
    assert made.checks.duration_seconds == RATE.seconds(21)


def test_dissolve_mixes_the_right_frames_on_both_sides_of_the_cut(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache, spec: AssemblySpec
) -> None:
    shots = [clip(shelf.flat(200)), clip(shelf.flat(40))]
    timeline = Timeline(RATE, sequence(shots, {0: DISSOLVE}))
    seen = greys(run(timeline, shelf, tmp_path / "out", cache, spec).master)
    assert len(seen) == 84
    wanted = [200 + (40 - 200) * (step + 1) / 13 for step in range(12)]
    assert np.allclose(seen[:36], 200, atol=1.5)
    assert np.allclose(seen[36:48], wanted, atol=3)
    assert np.allclose(seen[48:], 40, atol=1.5)


def test_transition_of_every_kind_keeps_length_and_neighbours(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    kinds = [kind for kind in cuts.XFADE if kind is not cuts.Transition.DISSOLVE]
    shots = [clip(shelf.flat(200 if index % 2 else 40), 0, 12) for index in range(len(kinds) + 1)]
    joins = {index: Transition(kind, 3, 3) for index, kind in enumerate(kinds)}
    track = sequence(shots, joins)
    seen = greys(assemble(Timeline(RATE, track), shelf, tmp_path, None, spec=spec).master)
    assert len(seen) == track.length == 6 * len(kinds) + 12
    for index, kind in enumerate(kinds):
        before, after = (200, 40) if index % 2 else (40, 200)
        first = 6 + 6 * index
        mixed = seen[first : first + 6]
        assert any(abs(value - before) > 8 and abs(value - after) > 8 for value in mixed), kind
    assert np.allclose(seen[:6], 40, atol=2) and np.allclose(seen[-6:], 200, atol=2)


def test_flash_is_white_for_its_frames_and_needs_no_handles(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    shots = (clip(shelf.flat(40, 12)), Transition(cuts.Transition.FLASH, 1, 2), clip(shelf.flat(60, 12)))
    seen = greys(assemble(Timeline(RATE, Track(shots)), shelf, tmp_path, None, spec=spec).master)
    assert np.allclose(seen, [40] * 11 + [235] * 3 + [60] * 10, atol=2)


def test_fade_from_and_to_black_at_the_ends(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    fade_in = Transition(cuts.Transition.DISSOLVE, 0, 6)
    fade_out = Transition(cuts.Transition.DISSOLVE, 6, 0)
    shot = Clip(shelf.flat(200, 24), FrameRange(0, 24))
    seen = greys(
        assemble(Timeline(RATE, Track((fade_in, shot, fade_out))), shelf, tmp_path, None, spec=spec).master
    )
    assert len(seen) == 24
    assert seen[0] < 50 and abs(seen[10] - 200) < 2 and seen[23] < 60
    assert all(np.diff(seen[:6]) > 10) and all(np.diff(seen[18:]) < -10)


def test_unchanged_timeline_renders_nothing_and_gives_the_same_file(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache, spec: AssemblySpec
) -> None:
    first = run(two_shots(shelf), shelf, tmp_path / "one", cache, spec)
    again = run(two_shots(shelf), shelf, tmp_path / "two", cache, spec)
    assert (first.segments_rendered, first.segments_cached) == (3, 0)
    assert (again.segments_rendered, again.segments_cached, again.sound_cached) == (0, 3, True)
    assert again.master.read_bytes() == first.master.read_bytes()
    assert again.loudness == first.loudness
    assert again.checks == first.checks


def test_changed_shot_renders_only_its_own_segments(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache, spec: AssemblySpec
) -> None:
    timeline = two_shots(shelf)
    run(timeline, shelf, tmp_path, cache, spec)
    first, join, second = timeline.picture.items
    assert isinstance(second, Clip)
    graded = replace(second, effects=(Grade(exposure=0.5),))
    changed = run(replace(timeline, picture=Track((first, join, graded))), shelf, tmp_path, cache, spec)
    assert (changed.segments_rendered, changed.segments_cached, changed.sound_cached) == (2, 1, True)


def test_changed_sound_renders_no_picture(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache, spec: AssemblySpec
) -> None:
    timeline = two_shots(shelf)
    run(timeline, shelf, tmp_path, cache, spec)
    changed = run(replace(timeline, sound=timeline.sound[:1]), shelf, tmp_path, cache, spec)
    assert (changed.segments_rendered, changed.sound_cached) == (0, False)


def test_damaged_cache_entry_is_rendered_again(
    shelf: Shelf, tmp_path: Path, cache: SegmentCache, spec: AssemblySpec
) -> None:
    timeline = two_shots(shelf)
    whole = run(timeline, shelf, tmp_path, cache, spec).master.stat().st_size
    for damage in (cut_short, flip_a_byte, spoil_the_note, Path.unlink):
        damage(max(cache.root.glob("??/*.mp4"), key=lambda path: path.stat().st_size))
        again = run(timeline, shelf, tmp_path, cache, spec)
        assert (again.segments_rendered, again.segments_cached) == (1, 2), damage
        assert again.master.stat().st_size == whole
    assert len(greys(again.master)) == 84


def cut_short(entry: Path) -> None:
    os.truncate(entry, entry.stat().st_size // 2)


def flip_a_byte(entry: Path) -> None:
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 0xFF
    entry.write_bytes(data)
    os.utime(entry, ns=(0, 0))


def spoil_the_note(entry: Path) -> None:
    entry.with_suffix(".json").write_text("{")


def test_loudness_and_true_peak_hold_after_the_codec(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    quiet = noise(4.0, 0.01, 3)
    quiet[::4800] = 0.9  # clicks that a plain gain would drive far over the ceiling
    track = SoundTrack(Layer.EFFECTS, (SoundClip(shelf.sound("clicks", quiet), 0, 96),))
    timeline = Timeline(RATE, Track((Gap(96),)), (track,))
    made = assemble(timeline, shelf, tmp_path, None, spec=spec)
    report = made.loudness
    assert report.holds and report.limited
    assert report.integrated is not None and abs(report.integrated + 14.0) <= 0.5
    assert report.true_peak is not None and report.true_peak <= -1.0
    assert np.abs(pcm(made.master)).max() <= 10 ** (-1.0 / 20)


def test_silent_programme_says_it_was_not_measured(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    made = assemble(Timeline(RATE, Track((clip(shelf.ramp(), 0, 24),))), shelf, tmp_path, None, spec=spec)
    assert (made.loudness.integrated, made.loudness.holds) == (None, False)
    assert "not measured" in made.loudness.note
    assert made.checks.av_offset_frames is None
    assert made.checks.sound_seconds == made.checks.duration_seconds == 1


def test_flash_and_beep_stay_together_over_many_joins(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    rate = rates.FrameRate(24000, 1001)
    white = shelf.video("white", f"color=white:s=160x90:r={rate}", 1)
    black = shelf.video("black", f"color=black:s=160x90:r={rate}", 12)
    beep = np.sin(np.arange(2002) * 2 * np.pi * 1000 / 48_000).astype(np.float32) * 0.5
    tone = shelf.sound("beep", beep)
    items: list[Clip] = []
    beeps = []
    at = 0
    for index in range(30):
        rest = 5 + index % 7
        items += [clip(white, 0, 1), clip(black, 0, rest)]
        beeps.append(SoundClip(tone, at, 1))
        at += 1 + rest
    timeline = Timeline(rate, Track(tuple(items)), (SoundTrack(Layer.EFFECTS, tuple(beeps)),))
    made = assemble(timeline, shelf, tmp_path, None, spec=spec)
    flashes = np.flatnonzero(greys(made.master) > 150) * 2002
    loud = np.flatnonzero(np.abs(pcm(made.master)[:, 0]) > 0.1)
    onsets = loud[np.concatenate([[True], np.diff(loud) > 4000])]
    assert len(flashes) == len(onsets) == 30
    assert np.abs(onsets - flashes).max() <= 48  # a millisecond; a frame has 2002 samples
    assert made.checks.av_offset_frames is not None and abs(made.checks.av_offset_frames) < 0.05
    assert made.checks.pts_regular and made.frames == at


def test_cancel_ends_ffmpeg_and_leaves_no_part_of_a_file(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    heavy = shelf.video("heavy", "testsrc2=s=1280x720:r=24", 240)
    timeline = Timeline(RATE, Track((clip(heavy), clip(heavy, 1, 239))))
    started = threading.Event()

    def listen(report: Progress) -> None:
        if report.stage == "picture" and report.done > 0:
            started.set()

    before = time.monotonic()
    slow = replace(spec, picture=replace(spec.picture, width=1920, height=1080))
    with pytest.raises(RenderCancelled):
        assemble(
            timeline, shelf, tmp_path / "out", None, spec=slow, progress=listen, cancelled=started.is_set
        )
    assert time.monotonic() - before < 30
    left = [
        path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.suffix in (".mp4", ".m4a")
    ]
    assert left == []
    assert not [pid for pid in _children() if "ffmpeg" in pid]


def _children() -> list[str]:
    """Command names of this process's living children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == os.getpid() and state != "Z":
            found.append(name)
    return found


def test_short_source_is_named_and_no_master_appears(
    shelf: Shelf, tmp_path: Path, spec: AssemblySpec
) -> None:
    unknown = MediaRef(shelf.ramp("brief", 10).sha256, MediaKind.VIDEO, None)
    timeline = Timeline(RATE, Track((Clip(unknown, FrameRange(0, 24), (), "the door"),)))
    with pytest.raises(RenderError) as caught:
        assemble(timeline, shelf, tmp_path, None, spec=spec)
    assert caught.value.code == "segment_short"
    assert "the door" in caught.value.what
    assert not (tmp_path / "master.mp4").exists()


def test_missing_medium_is_named(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    gone = MediaRef("0" * 64, MediaKind.VIDEO, None)
    with pytest.raises(RenderError) as caught:
        assemble(
            Timeline(RATE, Track((Clip(gone, FrameRange(0, 5), (), "lost"),))),
            shelf,
            tmp_path,
            None,
            spec=spec,
        )
    assert (caught.value.code, "lost" in caught.value.what) == ("missing_media", True)


def test_unwritable_cache_still_renders_and_says_so(shelf: Shelf, tmp_path: Path, spec: AssemblySpec) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a directory should be")
    timeline = Timeline(RATE, Track((clip(shelf.ramp(), 0, 6),)))
    made = assemble(timeline, shelf, tmp_path / "out", SegmentCache(blocked), spec=spec)
    assert made.frames == 6
    assert any("cache" in warning for warning in made.warnings)
