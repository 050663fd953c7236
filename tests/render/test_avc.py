"""Ordinary films are described without a program, exactly as ffprobe describes them; anything else is left to it."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from craft.render.avc import read_film
from craft.render.errors import ProbeError
from craft.render.probe import MediaInfo, picture_start, probe
from craft.render.tools import Tools, find_tools
from tests.render.conftest import Shelf, ffmpeg, noise

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
ORDINARY: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "whole rate": ("320x180", "24", ()),
    "ntsc": ("322x182", "30000/1001", ("-bf", "0")),
    "tagged": ("320x180", "25", (*BT709, "-color_range", "tv")),
    "tagged in the coding only": ("320x180", "25", (*BT709, "-movflags", "-write_colr")),
    "tagged in part": ("320x180", "25", ("-colorspace", "smpte170m", "-color_range", "tv")),
    "range only": ("320x180", "25", ("-color_range", "tv")),
    "full range": ("320x180", "25", ("-color_range", "pc")),
    "baseline": ("64x36", "25", ("-profile:v", "baseline")),
    "main": ("64x36", "25", ("-profile:v", "main")),
    "index first": ("64x36", "25", ("-movflags", "+faststart")),
    "fine clock": ("64x36", "25", ("-video_track_timescale", "90000")),
    "many key frames": ("64x36", "25", ("-g", "3")),
}
OTHER: dict[str, tuple[str, tuple[str, ...]]] = {
    "4:2:2": ("", ("-pix_fmt", "yuv422p")),
    "ten bits": ("", ("-pix_fmt", "yuv420p10le")),
    "lossless": ("", ("-crf", "0")),
    "wide colours": ("", ("-colorspace", "bt2020nc")),
    "oblong samples": (",setsar=4/3", ()),
    "fields": ("", ("-flags", "+ilme+ildct", "-x264opts", "tff=1")),
    "fragments": ("", ("-movflags", "+frag_keyframe+empty_moov+default_base_moof")),
    "uneven": (",select=not(eq(mod(n\\,7)\\,3))", ("-vsync", "vfr")),
    "MPEG-4": ("", ("-c:v", "mpeg4")),
    "one frame": ("", ("-frames:v", "1")),
    "with sound": ("", ()),
}


def _film(path: Path, size: str, rate: str, *more: str, frames: int = 25, also: str = "") -> Path:
    source = f"testsrc2=s={size}:r={rate}{also}"
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", str(frames), *H264, *more, str(path))
    return path


def _by_ffprobe(path: Path, monkeypatch: pytest.MonkeyPatch) -> MediaInfo:
    with monkeypatch.context() as patch:
        patch.setattr("craft.render.probe.read_film", lambda _: None)
        return probe(path)


def _without_it() -> Tools:
    tools = find_tools()
    return Tools(tools.ffmpeg, "/bin/false", tools.build)


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("frames", [2, 7, 25])
def test_ordinary_film_is_described_as_ffprobe_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, frames: int
) -> None:
    size, rate, more = ORDINARY[name]
    path = _film(tmp_path / "film.mp4", size, rate, *more, frames=frames)
    assert probe(path, _without_it()) == _by_ffprobe(path, monkeypatch)
    assert picture_start(path, _without_it()) == 0


@pytest.mark.parametrize("name", OTHER)
def test_other_film_is_left_to_ffprobe(tmp_path: Path, shelf: Shelf, name: str) -> None:
    also, more = OTHER[name]
    path = _film(tmp_path / "film.mp4", "320x180", "25", *more, also=also)
    if name == "with sound":
        heard, silent = shelf(shelf.sound("some", noise(1.0)).sha256), path
        path = tmp_path / "heard.mp4"
        ffmpeg("-i", str(silent), "-i", str(heard), "-c:v", "copy", "-c:a", "aac", str(path))
    assert read_film(path) is None
    with pytest.raises(ProbeError):
        probe(path, _without_it())
    assert probe(path).picture is not None


def _turned(data: bytearray, box: bytes, back: int) -> None:
    """Turn the picture by a right angle, in the matrix that ends so many bytes before the end of the box's body."""
    at = data.index(box)
    end = at - 4 + int.from_bytes(data[at - 4 : at], "big")
    data[end - back - 36 : end - back] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)


def _first_place(data: bytearray, place: int) -> None:
    at = data.index(b"stco") + 12
    data[at : at + 4] = struct.pack(">I", place)


def _elsewhere(data: bytearray) -> None:
    data[data.index(b"url ") + 7] = 0


def _cut_short(data: bytearray) -> None:
    del data[-len(data) // 3 :]


DAMAGED: dict[str, Callable[[bytearray], None]] = {
    "movie turned": lambda data: _turned(data, b"mvhd", 28),
    "track turned": lambda data: _turned(data, b"tkhd", 8),
    "frames behind the end": lambda data: _first_place(data, len(data) - 20),
    "frames in the index": lambda data: _first_place(data, 8),
    "frames in another file": _elsewhere,
    "cut short": _cut_short,
    "words": lambda data: data.__setitem__(slice(None), b"just words, and more of them than a head is long"),
    "nothing": lambda data: data.clear(),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_turned_and_damaged_films_are_not_ordinary(tmp_path: Path, what: str) -> None:
    path = _film(tmp_path / "film.mp4", "64x36", "25")
    assert read_film(path) is not None
    data = bytearray(path.read_bytes())
    DAMAGED[what](data)
    path.write_bytes(data)
    assert read_film(path) is None


def test_damaged_index_is_never_read_as_another_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where damage is not noticed, both say the same; only what pictures need to be drawn may be damaged unseen."""
    path = _film(tmp_path / "film.mp4", "64x36", "25", *BT709, "-color_range", "tv")
    whole, rng, ours = path.read_bytes(), random.Random(3), 0
    begin = whole.index(b"moov")
    parameters = range(whole.index(b"avcC"), whole.index(b"avcC") + 80)
    for _ in range(120):
        data, at = bytearray(whole), rng.randrange(begin, len(whole))
        data[at] = rng.randrange(256)
        path.write_bytes(data)
        if at in parameters or read_film(path) is None:
            continue
        ours += 1
        told = _by_ffprobe(path, monkeypatch)
        assert probe(path, _without_it()) == replace(told, sound=None), at - begin
    assert ours > 10
