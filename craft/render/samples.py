"""Where the coded frames of an MP4 lie and when they are shown, so that they can be copied without a program.

Only whole files with one decoder configuration per track are read, which is what our own masters are.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.errors import ProbeError
from craft.render.mp4 import (
    boxes,
    child,
    composition,
    configuration_of,
    edit_of,
    movie_box,
    movie_scale_of,
    run_table,
)


@dataclass(frozen=True, slots=True)
class SampleTable:
    """The samples of one track in decoding order; all arrays are int64 of one length (`durations` too).

    `decode` are decoding times, `offsets` what is added to them for presentation, both in ticks of
    `timescale`; `media_start` is the presentation tick that the programme begins with (priming and the
    delay of reordered frames lie before it), `length` the ticks shown from there, `delay` seconds of nothing
    ahead of the track. `keys` are the indices of samples that can be decoded on their own. `description` is the
    whole `stsd` box body, `groups` (name, body) of the boxes that say how far a decoder has to roll in.
    """

    kind: str
    timescale: int
    decode: NDArray[np.int64]
    durations: NDArray[np.int64]
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]
    places: NDArray[np.int64]
    keys: NDArray[np.int64]
    media_start: int
    length: int
    delay: Fraction
    description: bytes
    groups: tuple[tuple[bytes, bytes], ...] = ()
    width: int = 0
    height: int = 0

    @property
    def count(self) -> int:
        """Coded frames of picture, packets of sound."""
        return int(self.sizes.size)

    @property
    def configuration(self) -> bytes:
        """What a decoder is set up with; files with the same can be joined by copy."""
        return configuration_of(self.description)[0]

    @property
    def shown(self) -> NDArray[np.int64]:
        """Presentation ticks of every sample, counted from the start of the programme."""
        lead = round(self.delay * self.timescale)
        return self.decode + self.offsets - self.media_start + lead

    def key_frames(self) -> NDArray[np.int64]:
        """Frame numbers (in presentation order) of the key frames, ascending."""
        shown = self.shown
        order = np.sort(shown)
        return np.sort(np.searchsorted(order, shown[self.keys])).astype(np.int64)


def read_samples(path: Path) -> dict[str, SampleTable]:
    """The first picture ("video") and sound ("audio") track of a file. Raises `ProbeError`."""
    try:
        moov, end = movie_box(path)
        if end > path.stat().st_size:
            raise ValueError("the file is cut short")
        return tables_of(moov, end)
    except (struct.error, ValueError, KeyError, IndexError, OSError) as error:
        raise ProbeError("damaged", f"{path.name} is not a whole MP4 file", str(error)) from error


def tables_of(moov: bytes, end: int) -> dict[str, SampleTable]:
    """The same from the body of a moov box, of a file of `end` bytes. Raises ValueError, KeyError, IndexError or
    struct.error where it is damaged."""
    scale = movie_scale_of(moov)
    found: dict[str, SampleTable] = {}
    for name, body in boxes(moov):
        kind = _kind(body) if name == b"trak" else ""
        if kind and kind not in found:
            found[kind] = _table(kind, body, scale)
    _inside(found, end)
    return found


def _kind(trak: bytes) -> str:
    return {b"vide": "video", b"soun": "audio"}.get(child(trak, b"mdia", b"hdlr")[8:12], "")


def _inside(tables: dict[str, SampleTable], end: int) -> None:
    for table in tables.values():
        if table.count and int((table.places + table.sizes).max()) > end:
            raise ValueError("samples lie behind the end of the file")


def _table(kind: str, trak: bytes, movie_scale: int) -> SampleTable:
    media = child(trak, b"mdia")
    header = child(media, b"mdhd")
    timescale = int(struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0])
    table = child(media, b"minf", b"stbl")
    steps = run_table(child(table, b"stts"), ">u4")
    # before anything is unpacked: a few damaged bytes must not ask for gigabytes
    sizes = _sizes(child(table, b"stsz"), int(steps[:, 0].sum()))
    durations = np.repeat(steps[:, 1], steps[:, 0]).astype(np.int64)
    ends = np.cumsum(durations)
    start, length, delay = edit_of(trak, movie_scale, timescale, int(ends[-1]) if ends.size else 0)
    described = child(table, b"stsd")
    if struct.unpack_from(">I", described, 4)[0] != 1:
        raise ValueError("more than one decoder configuration")
    shape = struct.unpack_from(">HH", described, 8 + 8 + 24) if kind == "video" else (0, 0)
    return SampleTable(
        kind=kind,
        timescale=timescale,
        decode=ends - durations,
        durations=durations,
        offsets=composition(table, int(sizes.size)),
        sizes=sizes,
        places=_places(table, sizes),
        keys=_keys(table, int(sizes.size)),
        media_start=start,
        length=round(length * timescale),
        delay=delay,
        description=described,
        groups=tuple((name, body) for name, body in boxes(table) if name in (b"sgpd", b"sbgp")),
        width=int(shape[0]),
        height=int(shape[1]),
    )


def _sizes(box: bytes, timed: int) -> NDArray[np.int64]:
    same, count = struct.unpack_from(">II", box, 4)
    if count != timed:
        raise ValueError(f"{count} sizes for {timed} samples")
    if same:
        return np.full(count, same, np.int64)
    return np.frombuffer(box, ">u4", count, 12).astype(np.int64)


def _places(table: bytes, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Byte positions: chunks hold runs of samples one after another."""
    box = child(table, b"stsc")
    (entries,) = struct.unpack_from(">I", box, 4)
    rows = np.frombuffer(box, ">u4", entries * 3, 8).reshape(-1, 3).astype(np.int64)
    if (rows[:, 2] != 1).any():
        raise ValueError("a decoder configuration that is not there")
    chunks = _chunks(table)
    lengths = np.diff(np.append(rows[:, 0], chunks.size + 1))
    per_chunk = np.repeat(rows[:, 1], lengths)
    if per_chunk.size != chunks.size or int(per_chunk.sum()) != sizes.size:
        raise ValueError("chunks and samples do not agree")
    before = np.cumsum(sizes) - sizes
    first = np.cumsum(per_chunk) - per_chunk
    within: NDArray[np.int64] = before - np.repeat(before[first], per_chunk)
    return np.repeat(chunks, per_chunk) + within


def _chunks(table: bytes) -> NDArray[np.int64]:
    for name, kind in ((b"stco", ">u4"), (b"co64", ">u8")):
        box = next((body for found, body in boxes(table) if found == name), b"")
        if box:
            (count,) = struct.unpack_from(">I", box, 4)
            return np.frombuffer(box, kind, count, 8).astype(np.int64)
    raise KeyError("stco")


def _keys(table: bytes, count: int) -> NDArray[np.int64]:
    box = next((body for found, body in boxes(table) if found == b"stss"), b"")
    if not box:
        return np.arange(count, dtype=np.int64)
    (entries,) = struct.unpack_from(">I", box, 4)
    keys = np.frombuffer(box, ">u4", entries, 8).astype(np.int64) - 1
    if keys.size and (keys[0] < 0 or keys[-1] >= count):
        raise ValueError("key frames that do not exist")
    return keys


def digest_of(path: Path, table: SampleTable, first: int, last: int) -> str:
    """SHA-256 of samples first..last (exclusive) in decoding order, bytes only: the same frames anywhere."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for at in range(first, last):
            file.seek(int(table.places[at]))
            found.update(file.read(int(table.sizes[at])))
    return found.hexdigest()
