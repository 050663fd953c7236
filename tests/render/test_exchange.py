"""Timelines go to other programs and come back; what a format loses is said."""

from __future__ import annotations

import itertools
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from craft.render import exchange
from craft.render.effects import Modifier, Reframe, Style
from craft.render.errors import TimelineError
from craft.render.exchange import apart
from craft.render.exchange.otio_writing import lanes
from craft.render.grade import Grade
from craft.render.model import (
    Caption,
    Clip,
    Finish,
    FrameRange,
    Gap,
    Item,
    MediaKind,
    MediaRef,
    Overlay,
    Room,
    SoundClip,
    SoundTrack,
    Timeline,
    Title,
    Track,
    Transition,
)
from craft.render.retime import Retime, Sampling
from craft.terms.cuts import Transition as Cut
from craft.terms.rates import FrameRate
from craft.terms.sound import Layer

A, B, C, S, P = (
    MediaRef("a" * 64, MediaKind.VIDEO, FrameRange(0, 96)),
    MediaRef("b" * 64, MediaKind.VIDEO, FrameRange(0, 96)),
    MediaRef("c" * 64, MediaKind.VIDEO, FrameRange(0, 96)),
    MediaRef("d" * 64, MediaKind.SOUND),
    MediaRef("e" * 64, MediaKind.STILL),
)
NAMES = {
    A.sha256: "S01_aaaaaaaaaaaa.mp4",
    B.sha256: "The second, longer shot_bbbbbbbbbbbb.mp4",
    C.sha256: "S03_cccccccccccc.mp4",
    S.sha256: "line_dddddddddddd.wav",
    P.sha256: "picture_eeeeeeeeeeee.png",
}
SHELF = {NAMES[media.sha256]: media for media in (A, B, C, S, P)}
RATES = [FrameRate(24), FrameRate(25), FrameRate(24000, 1001), FrameRate(30000, 1001)]


def cuts(rate: FrameRate = RATES[0], *items: Item) -> Timeline:
    picture = items or (
        Clip(A, FrameRange(4, 60), (), "S01"),
        Transition(Cut.DISSOLVE, 6, 6),
        Clip(B, FrameRange(12, 48), (), "S02"),
        Clip(C, FrameRange(0, 90), (), "S03"),
    )
    return Timeline(rate, Track(picture), start=rate.nominal * 3600, title="Whoever Knocks")


def rich(rate: FrameRate = RATES[0]) -> Timeline:
    """Everything a timeline can hold."""
    ramp = Retime.through([(0, 0), (20, 10), (40, 50)], Sampling.MOTION)
    picture: tuple[Item, ...] = (
        Transition(Cut.FADE_BLACK, 0, 8),
        Clip(A, FrameRange(4, 60), (Grade(exposure=0.2), Modifier(Style.SEPIA, 0.5)), "Élodie's door"),
        Transition(Cut.WHIP, 3, 4),
        Clip(B, FrameRange(12, 50), (Reframe((0.1, 0.1, 0.5, 0.5), (0.0, 0.0, 1.0, 1.0)),), "S02", ramp),
        Gap(10),
        Clip(C, FrameRange(0, 60), (), "S03"),
        Transition(Cut.DISSOLVE, 12, 0),
    )
    line = SoundClip(S, 10, 30, 2, -3.0, 0.2, 2, 3, False, "line", ((0, 0.0), (10, -6.0)), (), Room("hall"))
    music = SoundClip(S, 0, 160, loop=True, name="bed")
    return replace(
        cuts(rate, *picture),
        sound=(
            SoundTrack(Layer.DIALOGUE, (line, replace(line, record=25, name="over it"))),
            SoundTrack(Layer.MUSIC, (music,), -2.5, True),
            SoundTrack(Layer.EFFECTS),
        ),
        captions=(Caption(10, 40, "Who\nis there?", "МАРА"),),
        titles=(Title(FrameRange(30, 40), "THE END"), Title(FrameRange(5, 40), "{\\b1}")),
        overlays=(
            Overlay(FrameRange(20, 30), P, (0.6, 0.1, 0.3, 0.3), fade=4, name="photo"),
            Overlay(FrameRange(0, 30), B, (0.0, 0.0, 0.5, 0.5), 7, name="under it"),
        ),
        finish=Finish((Grade(contrast=1.1),), Fraction(239, 100), True, True, "REVIEW"),
    )


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("kind", ["otio", "otioz"])
def test_otio_brings_everything_back(tmp_path: Path, kind: str, rate: FrameRate) -> None:
    for timeline in (cuts(rate), rich(rate)):
        written = exchange.write(timeline, kind, tmp_path / f"cut{exchange.FORMATS[kind]}", NAMES)
        found = exchange.read(written.path, SHELF)
        assert found.timeline == timeline
        assert found.losses == ()


def test_otioz_carries_its_media(tmp_path: Path) -> None:
    media = {}
    for ref in (A, B, C):
        media[ref.sha256] = tmp_path / ref.sha256
        media[ref.sha256].write_bytes(ref.sha256.encode())
    written = exchange.write(cuts(), "otioz", tmp_path / "cut.otioz", NAMES, media)
    with zipfile.ZipFile(written.path) as bundle:
        assert bundle.read(f"media/{NAMES[B.sha256]}") == B.sha256.encode()
    # the bundle is one that OTIO itself opens, media and all
    (tmp_path / "out").mkdir()
    line = otio.adapters.read_from_file(str(written.path), extract_to_directory=str(tmp_path / "out"))
    assert [clip.name for clip in line.find_clips()] == ["S01", "S02", "S03"]
    found = next((tmp_path / "out").rglob(NAMES[A.sha256]))
    assert found.read_bytes() == A.sha256.encode()


def test_strangers_read_the_structure(tmp_path: Path) -> None:
    """What a program sees that knows nothing of our notes."""
    path = exchange.write(rich(), "otio", tmp_path / "cut.otio", NAMES).path
    line = otio.adapters.read_from_file(str(path))
    assert line.global_start_time == otio.opentime.RationalTime(86400, 24)
    assert [(track.kind, track.name) for track in line.tracks] == [
        ("Video", "picture"),
        ("Video", "overlays"),
        ("Video", "overlays"),
        ("Video", "titles"),
        ("Video", "titles"),
        ("Audio", "dialogue 1"),
        ("Audio", "dialogue 2"),
        ("Audio", "music 1"),
        ("Audio", "effects 1"),
    ]
    clips = [child for child in line.tracks[0] if isinstance(child, otio.schema.Clip)]
    assert clips[1].effects[0].time_scalar == pytest.approx(50 / 40)
    assert line.tracks[0].duration().value == rich().length


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_fcp7_brings_cuts_and_dissolves_back(tmp_path: Path, rate: FrameRate) -> None:
    timeline = cuts(rate)
    written = exchange.write(timeline, "fcp7", tmp_path / "cut.xml", NAMES)
    assert written.losses == ()
    found = exchange.read(written.path, SHELF).timeline
    assert found.rate == rate
    assert found.picture == timeline.picture
    assert (found.title, found.start) == (timeline.title, timeline.start)


def test_fcp7_says_what_it_loses(tmp_path: Path) -> None:
    written = exchange.write(rich(), "fcp7", tmp_path / "cut.xml", NAMES)
    codes = {loss.code for loss in written.losses}
    assert {"ramp", "mix", "loop", "transition", "finish", "captions"} <= codes
    assert exchange.read(written.path, SHELF).timeline.length == rich().length


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_edl_brings_cuts_back_with_start_and_long_reels(tmp_path: Path, rate: FrameRate) -> None:
    plain = cuts(rate, *[item for item in cuts().picture.items if isinstance(item, Clip)])
    written = exchange.write(plain, "edl", tmp_path / "cut.edl", NAMES)
    text = written.path.read_text()
    assert rate.timecode(plain.start) in text
    assert "The_second__longer_shot_bbbbbbbbbbbb" in text
    found = exchange.read(written.path, SHELF, rate)
    assert found.timeline == plain
    assert (written.losses, found.losses) == ((), ())


def test_edl_writes_a_dissolve_as_two_lines(tmp_path: Path) -> None:
    text = exchange.write(cuts(), "edl", tmp_path / "cut.edl", NAMES).path.read_text()
    rows = [line.split() for line in text.splitlines() if line[:3].isdigit()]
    assert [(row[0], row[3]) for row in rows] == [("001", "C"), ("002", "C"), ("002", "D"), ("003", "C")]
    # the incoming clip begins six frames ahead of its cut, in the source and in the record
    assert rows[2][4] == "012"
    assert rows[2][5:] == ["00:00:00:06", "00:00:02:12", "01:00:02:06", "01:00:04:12"]
    assert rows[0][4:] == ["00:00:00:04", "00:00:02:10", "01:00:00:00", "01:00:02:06"]


def test_edl_dissolve_shows_the_same_frames_when_it_comes_back(tmp_path: Path) -> None:
    path = exchange.write(cuts(), "edl", tmp_path / "cut.edl", NAMES).path
    found = exchange.read(path, SHELF, RATES[0]).timeline
    before, dissolve, after = found.picture.items[:3]
    assert isinstance(before, Clip)
    assert isinstance(after, Clip)
    # an EDL keeps the whole dissolve behind its own cut: other items, the same picture at every frame
    assert before.source == FrameRange(4, 54)
    assert dissolve == Transition(Cut.DISSOLVE, 0, 12)
    assert after.source == FrameRange(6, 54)
    assert found.length == cuts().length


@pytest.mark.parametrize(("rate", "start"), [("30000/1001", 107_892), ("60000/1001", 215_784)])
def test_broadcast_rates_count_drop_frame(tmp_path: Path, rate: str, start: int) -> None:
    """An hour of the clock is 01:00:00;00."""
    line = replace(cuts(FrameRate.parse(rate)), start=start)
    text = exchange.write(line, "edl", tmp_path / "cut.edl", NAMES).path.read_text()
    assert "FCM: DROP FRAME" in text
    assert text.count(" 01:00:00;00 ") == 1
    assert exchange.read(tmp_path / "cut.edl", SHELF, line.rate).timeline.start == line.start
    xml = exchange.write(line, "fcp7", tmp_path / "cut.xml", NAMES).path.read_text()
    assert "<displayformat>DF</displayformat>" in xml
    assert exchange.read(tmp_path / "cut.xml", SHELF).timeline.start == line.start


def test_lists_of_other_systems_are_read_as_they_count(tmp_path: Path) -> None:
    """The same event told in drop-frame by sign, in drop-frame by its head, and with every number."""
    rate, row = FrameRate(30000, 1001), "001  S01_aaaaaaaaaaaa V C {0}:00 {0}:24 {1} {2}\n"
    lists = {
        "sign.edl": row.format("00:00:01", "01:01:00;02", "01:01:00;26"),
        "head.edl": "FCM: DROP FRAME\n" + row.format("00:00:01", "01:01:00:02", "01:01:00:26"),
        "all.edl": "FCM: NON-DROP FRAME\n" + row.format("00:00:01", "01:01:00:02", "01:01:00:26"),
    }
    found = {}
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        found[name] = exchange.read(tmp_path / name, SHELF, rate)
    assert [one.timeline.start for one in found.values()] == [109_692, 109_692, 109_802]
    assert {one.timeline.picture for one in found.values()} == {found["all.edl"].timeline.picture}
    assert [[loss.code for loss in one.losses] for one in found.values()] == [[], [], ["timecode"]]
    (tmp_path / "no.edl").write_text(row.format("00:00:01", "01:01:00;01", "01:01:00;26"))
    with pytest.raises(TimelineError, match="leaves out"):
        exchange.read(tmp_path / "no.edl", SHELF, rate)


def test_edl_keeps_a_constant_speed_and_says_that_a_ramp_is_lost(tmp_path: Path) -> None:
    half = Retime.through([(0, 0), (80, 40)])
    back = Retime.through([(0, 40), (40, 0)])
    steady = cuts(
        RATES[0],
        Clip(A, FrameRange(10, 40), (), "slow", half),
        Clip(B, FrameRange(5, 40), (), "back", back),
    )
    written = exchange.write(steady, "edl", tmp_path / "cut.edl", NAMES)
    assert "M2   S01_aaaaaaaaaaaa 012.0" in written.path.read_text()
    found = exchange.read(written.path, SHELF, RATES[0]).timeline
    slow, reverse = found.picture.items
    assert isinstance(slow, Clip)
    assert isinstance(reverse, Clip)
    assert slow.retime is not None
    assert [10 + frame for frame in half.frames()] == [
        slow.source.start + frame for frame in slow.retime.frames()
    ]
    assert reverse.length == 40
    lost = exchange.write(rich(), "edl", tmp_path / "rich.edl", NAMES).losses
    assert {"ramp", "sound", "titles", "overlays", "captions", "finish", "effects", "transition"} <= {
        loss.code for loss in lost
    }


def test_edl_fades_from_and_to_black(tmp_path: Path) -> None:
    faded = cuts(
        RATES[0],
        Transition(Cut.DISSOLVE, 0, 8),
        Clip(A, FrameRange(0, 48), (), "S01"),
        Transition(Cut.DISSOLVE, 12, 0),
    )
    path = exchange.write(faded, "edl", tmp_path / "cut.edl", NAMES).path
    assert path.read_text().count(" BL ") == 2
    assert exchange.read(path, SHELF, RATES[0]).timeline == faded


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE xmeml [<!ENTITY a "aaaa">]><xmeml version="4"/>'
    row = "001  AX V C 00:00:00:00 00:00:01:00 00:00:00:00 {}\n"
    cases = {
        "a.otio": "{",
        "b.otio": '{"OTIO_SCHEMA": "Clip.2"}',
        "c.xml": bomb,
        "d.xml": "<xmeml/>",
        "e.edl": "TITLE: nothing\n",
        "f.edl": row.format("00:00:01:24"),
        "g.otioz": "no zip",
        "h.aaf": "",
    }
    for name, text in cases.items():
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(TimelineError) as caught:
            exchange.read(path, SHELF, RATES[0])
        assert caught.value.code == "exchange", name
    (tmp_path / "ok.edl").write_text(row.format("00:00:01:00"))
    with pytest.raises(TimelineError, match="frame rate"):
        exchange.read(tmp_path / "ok.edl", SHELF)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        # a version before the first, over which OTIO's own parser ends its process
        ("otio", '"Clip.2"', '"Clip.0"'),
        ("otio", '"rate": 24.0', '"rate": NaN'),
        ("otio", '"24"', '"24/0"'),
        ("otio", '"effects": [', '"effects": [0.5, '),
        ("fcp7", "<timebase>24</timebase>", "<timebase>NaN</timebase>"),
        ("fcp7", "<timebase>24</timebase>", "<timebase>0</timebase>"),
        ("fcp7", "<name>", "<name>\udcff"),
    ],
)
def test_damage_is_told_and_costs_nobody_else_anything(tmp_path: Path, kind: str, old: str, new: str) -> None:
    path = exchange.write(cuts(), kind, tmp_path / f"cut{exchange.FORMATS[kind]}", NAMES).path
    whole = path.read_text()
    assert old in whole
    path.write_bytes(whole.replace(old, new).encode("utf-8", "surrogateescape"))
    with pytest.raises(TimelineError) as caught:
        exchange.read(path, SHELF)
    assert caught.value.code in ("exchange", "document")
    assert str(caught.value).count(caught.value.where) == 1


def test_a_reader_that_does_not_come_to_an_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exchange.write(cuts(), "otio", tmp_path / "cut.otio", NAMES).path
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    with pytest.raises(TimelineError, match="not read in"):
        exchange.read(path, SHELF)


def test_unknown_media_is_black_and_told(tmp_path: Path) -> None:
    for kind in ("otio", "fcp7", "edl"):
        path = exchange.write(cuts(), kind, tmp_path / f"x{exchange.FORMATS[kind]}", NAMES).path
        shelf = {name: media for name, media in SHELF.items() if media != C}
        found = exchange.read(path, shelf, RATES[0])
        assert [loss.code for loss in found.losses] == ["media"], kind
        assert isinstance(found.timeline.picture.items[-1], Gap), kind
        assert found.timeline.length == cuts().length, kind


def test_a_clip_trimmed_elsewhere_keeps_what_is_left_of_its_ramp(tmp_path: Path) -> None:
    path = exchange.write(rich(), "otio", tmp_path / "cut.otio", NAMES).path
    line = otio.adapters.read_from_file(str(path))
    clip = next(clip for clip in line.find_clips() if clip.name == "S02")
    clip.source_range = otio.opentime.TimeRange(
        clip.source_range.start_time, otio.opentime.RationalTime(30, 24)
    )
    otio.adapters.write_to_file(line, str(path))
    found = next(
        item
        for item in exchange.read(path, SHELF).timeline.picture.items
        if isinstance(item, Clip) and item.name == "S02"
    )
    whole = next(item for item in rich().picture.items if isinstance(item, Clip) and item.name == "S02")
    assert found == whole.part(0, 30)


def test_lanes_are_few_and_free_of_overlap() -> None:
    spots = [FrameRange(0, 10), FrameRange(5, 10), FrameRange(10, 5), FrameRange(15, 1), FrameRange(2, 30)]
    found = lanes(spots)
    assert sorted(index for lane in found for index in lane) == list(range(5))
    assert len(found) == 3
    for lane in found:
        assert all(spots[a].end <= spots[b].start for a, b in itertools.pairwise(lane))


def test_format_that_does_not_exist_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        exchange.write(cuts(), "aaf", tmp_path / "x.aaf", NAMES)
