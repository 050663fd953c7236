"""What the boxes of a foreign MP4 tell, read within bounds: enough to know an ordinary silent clip from all else."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from craft.render.mp4 import boxes

# A file of more outermost boxes is looked at the long way: counting them must not cost more than that.
MAX_BOXES = 1000
MAX_INDEX_BYTES = 1 << 20
DECODERS = {b"avc1": "h264", b"avc3": "h264", b"hvc1": "hevc", b"hev1": "hevc"}
_OUTERMOST = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"udta", b"meta", b"uuid"}
# The bytes of a row of each table.
_ROWS = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stco": 4, b"co64": 8, b"stss": 4}


@dataclass(frozen=True, slots=True)
class SilentFilm:
    """A file with one track, of pictures, as its boxes describe it; `decoder` is what reads its coding."""

    decoder: str
    width: int
    height: int
    frames: int
    seconds: float


def boxes_fill(path: Path) -> bool:
    """Whether the outermost boxes of an MP4 end exactly where the file ends."""
    return _outermost(path) is not None


def silent_film(path: Path) -> SilentFilm | None:
    """What the boxes tell of an ordinary clip without sound; None where anything about them is out of the ordinary.

    Ordinary: the outermost boxes fill the file and none is a fragment; one track, of pictures, in a coding that is
    read; every picture has a size and a time, and the file's length is the sum of those times within half a picture.
    """
    outermost = _outermost(path) or []
    indexes = [(begin, end) for kind, begin, end in outermost if kind == b"moov"]
    if len(indexes) != 1 or not {kind for kind, _begin, _end in outermost} <= _OUTERMOST:
        return None
    ((begin, end),) = indexes
    if end - begin > MAX_INDEX_BYTES:
        return None
    with path.open("rb") as file:
        file.seek(begin)
        index = file.read(end - begin)
    try:
        return _film(index)
    except (ValueError, IndexError, ZeroDivisionError, struct.error):
        return None


def _outermost(path: Path) -> list[tuple[bytes, int, int]] | None:
    """Kind, beginning and end of what every outermost box holds; None where they do not fill the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            return list(_walked(file, size))
        except ValueError:
            return None


def _walked(file: IO[bytes], size: int) -> Iterator[tuple[bytes, int, int]]:
    """Raises ValueError where the boxes do not end with the file, or are too many."""
    at = 0
    for _ in range(MAX_BOXES):
        if at == size:
            return
        file.seek(at)
        head = file.read(16)
        length, begin = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, begin = int.from_bytes(head[8:16], "big"), 16
        if len(head) < 8 or length < begin or at + length > size:
            break
        yield head[4:8], at + begin, at + length
        at += length
    if at != size:
        raise ValueError


def _film(index: bytes) -> SilentFilm | None:
    """Raises ValueError, IndexError, ZeroDivisionError or struct.error where a box is missing, doubled or too short."""
    media = _only(index, b"trak", b"mdia")
    tables = _only(media, b"minf", b"stbl")
    _check_lengths(tables)
    coding, size = _described(_only(tables, b"stsd"))
    frames = _number(_only(tables, b"stsz"), 8)
    counted, ticks = _times(_only(tables, b"stts"))
    scale, _told = _clock(_only(media, b"mdhd"))
    movie_scale, movie_ticks = _clock(_only(index, b"mvhd"))
    seconds = movie_ticks / movie_scale
    if coding not in DECODERS or _only(media, b"hdlr")[8:12] != b"vide" or not 0 < frames == counted <= ticks:
        return None
    if abs(seconds - ticks / scale) * 2 * frames > ticks / scale:
        return None
    return SilentFilm(DECODERS[coding], *size, frames, round(seconds, 6))


def _check_lengths(tables: bytes) -> None:
    """Raises ValueError where a table is not as long as it announces: decoders do not agree on those."""
    for name, body in boxes(tables):
        if name in _ROWS and len(body) != 8 + _number(body, 4) * _ROWS[name]:
            raise ValueError
    sizes = _only(tables, b"stsz")
    if len(sizes) != 12 + (0 if _number(sizes, 4) else _number(sizes, 8) * 4):
        raise ValueError


def _only(data: bytes, *kinds: bytes) -> bytes:
    """The body of a box by its path. Raises ValueError unless there is exactly one of each kind on the way."""
    for kind in kinds:
        (data,) = [body for name, body in boxes(data) if name == kind]
    return data


def _number(data: bytes, at: int, length: int = 4) -> int:
    """Raises IndexError where the box is too short for it."""
    if at + length > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + length], "big")


def _described(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """The coding of the only description, and the width and height it tells. Raises ValueError when there are more."""
    if _number(data, 4) != 1:
        raise ValueError
    return data[12:16], (_number(data, 40, 2), _number(data, 42, 2))


def _times(data: bytes) -> tuple[int, int]:
    """How many pictures have a time, and the sum of those in ticks."""
    counted = ticks = 0
    for at in range(8, 8 + 8 * _number(data, 4), 8):
        several, each = _number(data, at), _number(data, at + 4)
        counted, ticks = counted + several, ticks + several * each
    return counted, ticks


def _clock(data: bytes) -> tuple[int, int]:
    """Ticks in a second and length in ticks, from the head of a movie or of its media."""
    return (
        (_number(data, 20), _number(data, 24, 8))
        if data[:1] == b"\1"
        else (_number(data, 12), _number(data, 16))
    )
