"""Write the index (moov) of an MP4 file whose packets are laid in chunks. Source: ISO/IEC 14496-12.

Lengths are 64 bits wide everywhere, so that the size of the index does not depend on how long the film is.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.boxes import box, full, media, movie_header, track_header
from craft.render.samples import SampleTable

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Laid:
    """A track in a film: its packets, which file each is in, and the packets at which its chunks begin and end."""

    samples: SampleTable
    files: tuple[Path, ...]
    file_of: Table
    cuts: Table

    def bytes_of(self) -> Table:
        """The bytes of each chunk."""
        ends = np.append(0, np.cumsum(self.samples.sizes))
        return np.diff(ends[self.cuts])


def laid(samples: SampleTable, files: tuple[Path, ...], file_of: Table) -> Laid:
    """Packets in chunks of one second each, by decode time, so that players read picture and sound in turn."""
    changes = np.flatnonzero(np.diff(samples.decode // samples.timescale)) + 1
    return Laid(samples, files, file_of, np.concatenate([[0], changes, [samples.count]]).astype(np.int64))


def index(tracks: Sequence[Laid], places: Sequence[Table]) -> bytes:
    """The moov box; `places` are the file offsets of each track's chunks."""
    scale = math.lcm(*(track.samples.timescale for track in tracks))
    edits = [_edits(track.samples, scale) for track in tracks]
    longest = max(_length(found) for found in edits)
    traks = [
        _trak(number, track.samples, found, _table(track, place))
        for number, (track, found, place) in enumerate(zip(tracks, edits, places, strict=True), 1)
    ]
    return box(b"moov", movie_header(scale, longest, len(tracks)), *traks)


def _edits(samples: SampleTable, scale: int) -> list[tuple[int, int]]:
    """(length in the movie's scale, media tick or -1 for nothing) of what is shown: a delay, then the packets."""
    delay = [(round(samples.delay * scale), -1)] if samples.delay else []
    return [*delay, (samples.length * (scale // samples.timescale), samples.media_start)]


def _length(edits: Sequence[tuple[int, int]]) -> int:
    return sum(length for length, _ in edits)


def _trak(number: int, samples: SampleTable, edits: Sequence[tuple[int, int]], table: bytes) -> bytes:
    rows = b"".join(struct.pack(">QqI", *edit, 0x10000) for edit in edits)
    return box(
        b"trak",
        track_header(number, samples.kind, _length(edits), (samples.width, samples.height)),
        box(b"edts", full(b"elst", 1, 0, struct.pack(">I", len(edits)), rows)),
        media(samples.kind, samples.timescale, int(samples.durations.sum()), table),
    )


def _table(track: Laid, places: Table) -> bytes:
    """The sample table: decoder configuration, times, starting points, and where the packets lie."""
    samples = track.samples
    parts = [box(b"stsd", samples.description), _counted(b"stts", _runs(samples.durations))]
    if samples.offsets.any():
        parts.append(_counted(b"ctts", _runs(samples.offsets)))
    if samples.keys.size < samples.count:
        parts.append(_counted(b"stss", samples.keys + 1))
    held = _runs(np.diff(track.cuts))
    firsts = np.cumsum(held[:, 0]) - held[:, 0] + 1
    parts += [
        _counted(b"stsc", np.column_stack([firsts, held[:, 1], np.ones_like(firsts)])),
        full(b"stsz", 0, 0, struct.pack(">II", 0, samples.count), samples.sizes.astype(">u4").tobytes()),
        full(b"co64", 0, 0, struct.pack(">I", places.size), places.astype(">u8").tobytes()),
        *(box(name, body) for name, body in samples.groups),
    ]
    return box(b"stbl", *parts)


def _counted(name: bytes, rows: Table) -> bytes:
    return full(name, 0, 0, struct.pack(">I", len(rows)), rows.astype(">u4").tobytes())


def _runs(values: Table) -> Table:
    """(count, value) of equal neighbours."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
    return np.column_stack([np.diff(np.append(starts, values.size)), values[starts]])
