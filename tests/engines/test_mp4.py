"""An ordinary silent clip is known by its boxes, and nothing is believed that does not add up."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from engines import mp4
from tests.engines.clips import clip, encoded

PICTURE = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=24:d=1"]
TONE = ["-f", "lavfi", "-i", "sine=d=1"]
H264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p"]


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def test_boxes_that_end_with_the_file_fill_it(tmp_path: Path) -> None:
    whole = box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", b"abcd")
    behind = box(b"free")
    path = tmp_path / "a.mp4"
    for data, fills in (
        (whole, True),
        (whole + behind, True),
        (whole + struct.pack(">I4sQ", 1, b"free", 16), True),
        (whole[:-1], False),
        (whole + b"x", False),
        (whole + struct.pack(">I4sQ", 1, b"free", 8), False),
        (whole + behind * mp4.MAX_BOXES, False),
    ):
        path.write_bytes(data)
        assert mp4.boxes_fill(path) is fills


def test_a_silent_clip_is_told_by_its_boxes(tmp_path: Path) -> None:
    assert mp4.silent_film(clip(tmp_path / "a.mp4")) == mp4.SilentFilm("h264", 160, 90, 36, 1.5)
    assert mp4.silent_film(clip(tmp_path / "b.mp4", "hevc")) == mp4.SilentFilm("hevc", 160, 90, 24, 1.0)


@pytest.mark.parametrize(
    ("sources", "options"),
    [
        ([*PICTURE, *TONE], [*H264, "-c:a", "aac"]),
        (TONE, ["-c:a", "aac"]),
        ([*PICTURE, *PICTURE], [*H264, "-map", "0", "-map", "1"]),
        (PICTURE, [*H264, "-movflags", "+frag_keyframe+empty_moov"]),
        (PICTURE, [*H264, "-output_ts_offset", "0.5"]),
        (PICTURE, ["-c:v", "mpeg4"]),
    ],
    ids=["with_sound", "sound_alone", "two_pictures", "fragments", "begins_late", "other_coding"],
)
def test_what_is_no_ordinary_silent_clip_is_left_to_others(
    tmp_path: Path, sources: list[str], options: list[str]
) -> None:
    path = encoded(tmp_path / "a.mp4", sources, options)
    assert mp4.boxes_fill(path)
    assert mp4.silent_film(path) is None


@pytest.mark.parametrize(
    "kind", [b"mvhd", b"trak", b"mdia", b"mdhd", b"hdlr", b"minf", b"stbl", b"stsd", b"stts", b"stsz"]
)
def test_a_clip_without_one_of_its_boxes_is_none(tmp_path: Path, kind: bytes) -> None:
    path = clip(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes().replace(kind, b"free"))
    assert mp4.silent_film(path) is None


@pytest.mark.parametrize(
    ("kind", "at", "value"),
    [
        (b"mvhd", 16, 3000),
        (b"mvhd", 12, 0),
        (b"mdhd", 12, 24),
        (b"stsz", 8, 35),
        (b"stts", 8, 35),
        (b"stts", 4, 2**31),
        (b"stco", 4, 2),
    ],
    ids=["longer", "no_clock", "other_clock", "fewer_sizes", "fewer_times", "endless_table", "longer_table"],
)
def test_a_clip_whose_boxes_do_not_agree_is_none(tmp_path: Path, kind: bytes, at: int, value: int) -> None:
    path = clip(tmp_path / "a.mp4")
    data = bytearray(path.read_bytes())
    struct.pack_into(">I", data, data.index(kind) + 4 + at, value)
    path.write_bytes(data)
    assert mp4.boxes_fill(path)
    assert mp4.silent_film(path) is None
