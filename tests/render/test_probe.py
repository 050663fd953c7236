"""What files say about themselves, with and without ffprobe."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

from craft.render.errors import ProbeError
from craft.render.mp4 import read_mp4
from craft.render.probe import probe
from craft.render.tools import Tools, find_tools
from craft.terms.rates import FrameRate
from tests.render.conftest import Shelf, ffmpeg, noise


def without_ffprobe() -> Tools:
    tools = find_tools()
    return Tools(tools.ffmpeg, None, tools.build)


def test_boxes_and_ffprobe_agree(shelf: Shelf, tmp_path: Path) -> None:
    picture = shelf(shelf.ramp("ntsc", 37, FrameRate(24000, 1001)).sha256)
    heard = shelf(shelf.sound("some", noise(1.5)).sha256)
    both = tmp_path / "both.mp4"
    ffmpeg("-i", str(picture), "-i", str(heard), "-c:v", "copy", "-c:a", "aac", str(both))
    full, bare = probe(both), probe(both, without_ffprobe())
    assert (
        full.picture is not None
        and bare.picture is not None
        and full.sound is not None
        and bare.sound is not None
    )
    assert (full.picture.frames, full.picture.fps) == (37, Fraction(24000, 1001))
    for name in ("frames", "fps", "width", "height", "start", "config_hash"):
        assert getattr(full.picture, name) == getattr(bare.picture, name)
    assert full.sound.sample_rate == bare.sound.sample_rate == 48_000
    assert full.sound.start == bare.sound.start == 0
    assert full.picture.matrix == "bt709" and not full.picture.variable


def test_file_cut_short_is_found(shelf: Shelf, tmp_path: Path) -> None:
    whole = shelf(shelf.ramp().sha256).read_bytes()
    for share in (0.2, 0.6, 0.95):
        cut = tmp_path / "cut.mp4"
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(ProbeError):
            read_mp4(cut)


def test_damaged_index_is_an_error_and_never_a_crash(shelf: Shelf, tmp_path: Path) -> None:
    whole = bytearray(shelf(shelf.ramp().sha256).read_bytes())
    start = whole.index(b"moov")
    path = tmp_path / "odd.mp4"
    for offset in range(start, len(whole), 13):
        damaged = bytearray(whole)
        damaged[offset] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_mp4(path)
        except ProbeError:
            continue


def test_what_is_not_media_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("just words")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    for path in (text, empty, tmp_path / "absent.mp4"):
        for tools in (find_tools(), without_ffprobe()):
            with pytest.raises(ProbeError):
                probe(path, tools)


def test_playlist_that_names_other_files_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    secret = shelf(shelf.ramp().sha256)
    listing = tmp_path / "list.mp4"
    listing.write_text(f"ffconcat version 1.0\nfile {os.path.relpath(secret, tmp_path)}\n")
    with pytest.raises(ProbeError):
        probe(listing)


def test_without_ffprobe_other_containers_ask_for_it(shelf: Shelf) -> None:
    heard = shelf(shelf.sound("some", noise(1.5)).sha256)
    with pytest.raises(ProbeError) as caught:
        probe(heard, without_ffprobe())
    assert caught.value.code == "no_ffprobe"
