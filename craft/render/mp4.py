"""Read what an MP4 or MOV file says about itself, from its boxes.

Our own outputs are checked with this: exact frame count, exact time of every frame, edit lists (where
audio priming lives) and the decoder configuration, in a few milliseconds and without starting a program.
Damage shows as `ProbeError`, never as a wrong figure: every table must have the length it announces.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.errors import ProbeError

MAX_MOOV = 512 * 1024 * 1024
MAX_SAMPLES = 50_000_000
"""Ten days of film: more is damage, and must not be unpacked."""
SAMPLE_CONFIG = (b"avcC", b"hvcC", b"esds")


@dataclass(frozen=True, slots=True)
class Mp4Track:
    """One track. `pts` are presentation times in ticks of `timescale`, ascending, edit list applied."""

    kind: str
    codec: str
    timescale: int
    pts: NDArray[np.int64]
    media_ticks: int
    shown: Fraction
    start: Fraction
    width: int
    height: int
    config_hash: str

    @property
    def samples(self) -> int:
        """Frames of a picture track; packets of a sound track."""
        return int(self.pts.size)

    def step(self) -> int | None:
        """The ticks between frames when all steps are equal, else None."""
        if self.pts.size < 2:
            return self.media_ticks if self.pts.size else None
        steps = np.diff(self.pts)
        return int(steps[0]) if bool((steps == steps[0]).all()) else None


def read_mp4(path: Path) -> tuple[Mp4Track, ...]:
    """The tracks of a file. Raises `ProbeError` for what is not a whole MP4."""
    try:
        moov, data_end = movie_box(path)
        movie_scale = movie_scale_of(moov)
        tracks = tuple(_track(body, movie_scale) for name, body in boxes(moov) if name == b"trak")
    except (struct.error, ValueError, KeyError, IndexError, OSError) as error:
        raise ProbeError("damaged", f"{path.name} is not a whole MP4 file", str(error)) from error
    if data_end > path.stat().st_size:
        raise ProbeError("truncated", f"{path.name} is cut short")
    return tracks


def movie_box(path: Path) -> tuple[bytes, int]:
    """The body of the moov box, and the end of the last box as announced."""
    moov: bytes | None = None
    at, size = 0, path.stat().st_size
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            head = file.read(16)
            length, name = struct.unpack(">I4s", head[:8])
            skip = 8
            if length == 1:
                length, skip = struct.unpack(">Q", head[8:16])[0], 16
            elif length == 0:
                length = size - at
            if length < skip:
                raise ValueError(f"box of {length} bytes")
            if name == b"moov":
                if length > MAX_MOOV:
                    raise ValueError("index too large")
                file.seek(at + skip)
                moov = file.read(length - skip)
                if len(moov) != length - skip:
                    raise ValueError("index cut short")
            at += length
    if moov is None:
        raise ValueError("no index")
    return moov, at


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) of the boxes in a box's body. Raises ValueError when one runs over it."""
    at = 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        skip = 8
        if length == 1:
            length, skip = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif length == 0:
            length = len(data) - at
        if length < skip or at + length > len(data):
            raise ValueError(f"box {name!r} runs over its parent")
        yield name, data[at + skip : at + length]
        at += length


def child(data: bytes, *names: bytes) -> bytes:
    """The body of a box by its path of names. Raises KeyError when there is none, or it is empty."""
    for wanted in names:
        data = next((body for name, body in boxes(data) if name == wanted), b"")
        if not data:
            raise KeyError(wanted.decode("latin-1"))
    return data


def movie_scale_of(moov: bytes) -> int:
    """Ticks per second of the whole movie, in which edit lists count."""
    header = child(moov, b"mvhd")
    return int(struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0])


def movie_seconds(moov: bytes) -> Fraction:
    """How long the whole movie says it is."""
    header = child(moov, b"mvhd")
    scale, ticks = struct.unpack_from(
        ">IQ" if header[0] == 1 else ">II", header, 20 if header[0] == 1 else 12
    )
    return Fraction(ticks, scale)


def _track(trak: bytes, movie_scale: int) -> Mp4Track:
    media = child(trak, b"mdia")
    header = child(media, b"mdhd")
    timescale = int(struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0])
    kind = {b"vide": "video", b"soun": "audio"}.get(child(media, b"hdlr")[8:12], "other")
    table = child(media, b"minf", b"stbl")
    steps = run_table(child(table, b"stts"), ">u4")
    decode = np.concatenate([[0], np.cumsum(np.repeat(steps[:, 1], steps[:, 0]))]).astype(np.int64)
    pts = np.sort(decode[:-1] + composition(table, decode.size - 1))
    media_start, shown, delay = edit_of(trak, movie_scale, timescale, int(decode[-1]))
    config, codec = configuration_of(child(table, b"stsd"))
    width, height = _size(table) if kind == "video" else (0, 0)
    return Mp4Track(
        kind=kind,
        codec=codec,
        timescale=timescale,
        pts=pts - media_start,
        media_ticks=int(decode[-1]),
        shown=shown,
        start=delay + (Fraction(max(0, int(pts[0]) - media_start), timescale) if pts.size else 0),
        width=width,
        height=height,
        config_hash=hashlib.sha256(config).hexdigest(),
    )


def run_table(box: bytes, kind: str) -> NDArray[np.int64]:
    """A table of (count, value) pairs. Raises ValueError when it is cut short or absurd."""
    (entries,) = struct.unpack_from(">I", box, 4)
    if len(box) < 8 + entries * 8:
        raise ValueError("table cut short")
    runs = np.frombuffer(box, kind, entries * 2, 8).reshape(-1, 2).astype(np.int64)
    if (runs[:, 0] < 0).any() or runs[:, 0].sum() > MAX_SAMPLES:
        raise ValueError("impossible number of samples")
    return runs


def composition(table: bytes, samples: int) -> NDArray[np.int64]:
    """Ticks from the decode time of each sample to its presentation."""
    try:
        box = child(table, b"ctts")
    except KeyError:
        return np.zeros(samples, np.int64)
    runs = run_table(box, ">i4" if box[0] == 1 else ">u4")
    offsets = np.repeat(runs[:, 1], runs[:, 0])
    if offsets.size != samples:
        raise ValueError(f"{offsets.size} composition offsets for {samples} samples")
    return offsets


def edit_of(trak: bytes, movie_scale: int, timescale: int, ticks: int) -> tuple[int, Fraction, Fraction]:
    """Media tick shown first, seconds shown, and empty seconds ahead of it."""
    try:
        box = child(trak, b"edts", b"elst")
    except KeyError:
        return 0, Fraction(ticks, timescale), Fraction(0)
    (entries,) = struct.unpack_from(">I", box, 4)
    entry = ">Qqi" if box[0] == 1 else ">Iii"
    delay, start, shown = Fraction(0), 0, Fraction(0)
    for number in range(entries):
        length, media_time, _ = struct.unpack_from(entry, box, 8 + number * struct.calcsize(entry))
        if media_time < 0:
            delay += Fraction(length, movie_scale)
        else:
            start, shown = media_time, shown + Fraction(length, movie_scale)
    return start, shown, delay


def configuration_of(description: bytes) -> tuple[bytes, str]:
    """The decoder configuration and the four-letter codec of the one sample entry of an stsd box's body."""
    entry = description[8:]
    length, codec = struct.unpack_from(">I4s", entry)
    body = entry[8:length]
    for name in SAMPLE_CONFIG:
        at = body.find(name)
        if at >= 4:
            (size,) = struct.unpack_from(">I", body, at - 4)
            return body[at + 4 : at - 4 + size], codec.decode("latin-1")
    return b"", codec.decode("latin-1")


def _size(table: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">HH", child(table, b"stsd"), 8 + 8 + 24)
    return int(width), int(height)
