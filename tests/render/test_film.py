"""Reels become a film by copy: every frame once, every packet as it was; what does not fit is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from craft.render.errors import RenderCancelled, RenderError
from craft.render.film import join_reels
from craft.render.model import Timeline, Track
from craft.render.picture import PictureJob
from craft.render.plan import EncoderSpec, PictureSpec, segments
from craft.render.samples import read_samples
from craft.terms.rates import FrameRate
from tests.render.conftest import HEIGHT, RATE, WIDTH, Shelf, clip, greys, noise, numbers

SPEC = PictureSpec(WIDTH, HEIGHT)


def reels(shelf: Shelf, folder: Path, spec: PictureSpec = SPEC, count: int = 3) -> list[Path]:
    ramp = shelf.ramp()
    track = Track(tuple(clip(ramp, 16 * number, 16, f"S{number}") for number in range(count)))
    job = PictureJob(RATE, spec, shelf, folder, None)
    return [piece.path for piece in job.render(segments(Timeline(RATE, track)))]


def packets(path: Path) -> list[str]:
    argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f", "framehash", "-"]
    lines = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.rsplit(",", 1)[1].strip() for line in lines if not line.startswith("#")]


def test_film_is_its_reels_packet_for_packet(shelf: Shelf, tmp_path: Path) -> None:
    found = reels(shelf, tmp_path / "reels")
    sound = shelf.paths[shelf.sound("film", noise(2.0)).sha256]
    m4a = tmp_path / "sound.m4a"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(sound), str(m4a)], check=True)
    film = join_reels(found, RATE, tmp_path / "film.mp4", sound=m4a)
    assert (film.frames, film.reels) == (48, 3)
    assert numbers(greys(film.path)) == list(range(48))
    ours, theirs = packets(film.path), [packet for reel in found for packet in packets(reel)]
    assert ours == theirs
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "reels", "sound.m4a"]


def test_one_reel_may_be_used_many_times(shelf: Shelf, tmp_path: Path) -> None:
    first = reels(shelf, tmp_path / "reels", count=1)[0]
    assert join_reels([first] * 40, RATE, tmp_path / "film.mp4").frames == 640


def test_what_does_not_fit_is_named_and_nothing_is_left(shelf: Shelf, tmp_path: Path) -> None:
    good = reels(shelf, tmp_path / "good")
    other = reels(shelf, tmp_path / "other", PictureSpec(WIDTH, HEIGHT, EncoderSpec(preset="medium")))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(good[0].read_bytes()[:300])
    out = tmp_path / "film.mp4"
    for wrong, code in (
        ([], "no_reels"),
        ([good[0], other[1]], "not_joinable"),
        ([good[0], broken], "reel_damaged"),
        ([good[0], tmp_path / "gone.mp4"], "reel_damaged"),
    ):
        with pytest.raises(RenderError) as caught:
            join_reels(wrong, RATE, out)
        assert caught.value.code == code
    with pytest.raises(RenderError) as caught:
        join_reels(good, FrameRate(25), out)
    assert caught.value.code == "reel_uneven"
    with pytest.raises(RenderCancelled):
        join_reels(good, RATE, out, cancelled=lambda: True)
    assert not out.exists()
    assert not list(tmp_path.glob(".film*"))


def test_command_joins_and_says_what_is_wrong(shelf: Shelf, tmp_path: Path) -> None:
    found, out = reels(shelf, tmp_path / "reels"), tmp_path / "film.mp4"
    argv = [sys.executable, "-m", "craft.render", "join", *map(str, found), "--out", str(out), "--rate"]
    done = subprocess.run([*argv, "24"], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == {"path": str(out), "frames": 48, "reels": 3}
    wrong = subprocess.run([*argv, "many"], check=False, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stderr.split(":")[0]) == (1, "rate")


def test_packets_lie_where_the_table_says(shelf: Shelf, tmp_path: Path) -> None:
    path = reels(shelf, tmp_path / "reels", count=1)[0]
    argv = ["ffprobe", "-v", "error", "-show_packets", "-of", "json", str(path)]
    rows = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)["packets"]
    table = read_samples(path)["video"]
    assert table.places.tolist() == [int(row["pos"]) for row in rows]
    assert table.sizes.tolist() == [int(row["size"]) for row in rows]
    assert table.keys.tolist() == [number for number, row in enumerate(rows) if "K" in row["flags"]]
