"""The muxer's files are read by others as they are meant: every frame and packet, its time, the sound's beginning."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from craft.render.errors import RenderError
from craft.render.film import heard_in, join_reels, matching, step_of
from craft.render.muxer import mux
from craft.render.samples import read_samples
from craft.terms.rates import FrameRate
from tests.render.conftest import RATE, Shelf, noise
from tests.render.test_film import reels


def told(path: Path, what: str) -> list[dict[str, object]]:
    """What ffprobe says about every packet or frame of a file; an error in the file fails the test."""
    argv = ["ffprobe", "-v", "error", f"-show_{what}", "-of", "json", str(path)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    assert not done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)[what]
    return found


def coded(path: Path, *switches: str, seconds: float = 2.0, rate: str = "24") -> Path:
    """A moving test picture with these encoder switches, on the clock our files have."""
    source = f"testsrc2=s=160x96:r={rate}:d={seconds}"
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", *switches]
    subprocess.run([*argv, "-video_track_timescale", "24000", str(path)], check=True)
    return path


def heard(shelf: Shelf, path: Path, seconds: float, *switches: str) -> Path:
    wav = shelf.paths[shelf.sound(f"{path.stem}-source", noise(seconds)).sha256]
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(wav), *switches, str(path)], check=True)
    return path


def decoded(path: Path) -> bytes:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-f", "s16le", "-"]
    return subprocess.run(argv, check=True, capture_output=True).stdout


def test_pictures_shown_out_of_order_keep_their_times(tmp_path: Path) -> None:
    parts = [coded(tmp_path / f"{n}.mp4", "-bf", "3", "-g", "12", seconds=n) for n in (1, 2, 1)]
    film = join_reels(parts, RATE, tmp_path / "film.mp4")
    packets, frames = told(film.path, "packets"), told(film.path, "frames")
    assert [frame["pts"] for frame in frames] == [1000 * number for number in range(96)]
    assert [row["dts"] for row in packets] == [1000 * (number - 2) for number in range(96)]
    assert sum("K" in str(row["flags"]) for row in packets) == 8
    assert sorted(int(str(row["pts"])) for row in packets) == [1000 * number for number in range(96)]


def test_sound_sounds_as_in_its_own_file(shelf: Shelf, tmp_path: Path) -> None:
    sound = heard(shelf, tmp_path / "sound.m4a", 3.0)
    film = join_reels(reels(shelf, tmp_path / "reels"), RATE, tmp_path / "film.mp4", sound=sound)
    assert decoded(film.path) == decoded(sound)
    first = told(film.path, "packets")
    assert {row["codec_type"] for row in first[:60]} == {"video", "audio"}, "a second of each, in turn"


def test_sound_that_begins_later_still_does(shelf: Shelf, tmp_path: Path) -> None:
    late = heard(shelf, tmp_path / "late.m4a", 1.0, "-output_ts_offset", "0.5", "-movflags", "+faststart")
    film = join_reels(reels(shelf, tmp_path / "reels"), RATE, tmp_path / "film.mp4", sound=late)
    before, after = read_samples(late)["audio"], read_samples(film.path)["audio"]
    assert before.delay > 0
    assert after.shown.tolist() == before.shown.tolist()


def test_index_lies_in_front_and_its_places_are_64_bits_wide(shelf: Shelf, tmp_path: Path) -> None:
    film = join_reels(reels(shelf, tmp_path / "reels"), RATE, tmp_path / "film.mp4")
    data = film.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"co64" in data and b"stco" not in data[: data.index(b"mdat")]


def test_without_the_systems_copy_the_file_is_the_same(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = reels(shelf, tmp_path / "reels")
    quick = join_reels(found, RATE, tmp_path / "quick.mp4").path.read_bytes()
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    assert join_reels(found, RATE, tmp_path / "slow.mp4").path.read_bytes() == quick


def test_reel_that_shrinks_while_it_is_copied_is_named(shelf: Shelf, tmp_path: Path) -> None:
    found = reels(shelf, tmp_path / "reels")
    pictures = matching(found, RATE)
    with found[1].open("r+b") as file:
        file.truncate(int(pictures[1].samples.places.min()) + 10)
    with pytest.raises(RenderError) as caught:
        mux(pictures, None, step_of(RATE), tmp_path / "film.mp4")
    assert (caught.value.code, found[1].name in str(caught.value)) == ("reel_damaged", True)
    with pytest.raises(RenderError) as told_early:
        join_reels(found, RATE, tmp_path / "other.mp4")
    assert told_early.value.code == "reel_damaged"


def test_rates_with_a_fraction_stay_exact(tmp_path: Path) -> None:
    ntsc = FrameRate(24_000, 1_001)
    parts = [coded(tmp_path / f"{n}.mp4", rate="24000/1001") for n in range(3)]
    film = join_reels(parts, ntsc, tmp_path / "film.mp4")
    assert [row["pts"] for row in told(film.path, "frames")] == [1001 * n for n in range(film.frames)]


def test_sound_without_sound_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        heard_in(reels(shelf, tmp_path / "reels", count=1)[0])
    assert caught.value.code == "sound_damaged"
