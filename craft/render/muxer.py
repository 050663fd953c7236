"""Pictures of many MP4 files and one sound in one MP4, every packet as it was, written once from front to back.

    reel 1 packets ─┐
    reel 2 packets ─┼→ ftyp · moov · mdat [picture 1 s][sound 1 s][picture 1 s] …
    sound  packets ─┘

A general muxer opens every part with a decoder and moves the whole film to put its index in front. The tables of our
own files say where each packet lies, so the index is known before the first byte is copied, and the system copies
from file to file.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from craft.render.boxes import box
from craft.render.errors import RenderCancelled, RenderError
from craft.render.execute import Cancelled, never, told_by_system
from craft.render.mp4 import boxes
from craft.render.mp4_index import Laid, Table, index, laid
from craft.render.samples import SampleTable

COPY_BYTES = 16 * 1024 * 1024
"""How much is copied between two looks at the cancel."""
BRANDS = b"isom" + struct.pack(">I", 0x200) + b"isomiso2avc1mp41"
ENTRY_BYTES = 86
"""Of a picture's sample entry, ahead of the boxes in it."""
UNSUPPORTED = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP)
"""What a system says that cannot copy between these two files by itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """One track of a file, to be taken over packet by packet."""

    path: Path
    samples: SampleTable


def mux(
    pictures: Sequence[Source],
    sound: Source | None,
    step: int,
    out: Path,
    *,
    cancelled: Cancelled = never,
) -> None:
    """Write the pictures, one after the other at `step` ticks a frame, and the sound under them, to `out`.

    All pictures have one decoder configuration and time scale, which the caller has checked. Raises `RenderError`
    ("reel_damaged" when a file is shorter than it says, "disk_full", "not_permitted", "io"), `RenderCancelled`.
    """
    tracks = [_picture(pictures, step)]
    if sound is not None:
        tracks.append(laid(sound.samples, (sound.path,), np.zeros(sound.samples.count, np.int64)))
    head = box(b"ftyp", BRANDS)
    order, sizes = _order(tracks)
    draft = index(tracks, [np.zeros(track.cuts.size - 1, np.int64) for track in tracks])
    places = len(head) + len(draft) + 16 + np.cumsum(sizes) - sizes
    moov = index(tracks, [places[order[:, 0] == number] for number in range(len(tracks))])
    data = struct.pack(">I4sQ", 1, b"mdat", 16 + int(sizes.sum()))
    with told_by_system(out.name), out.open("wb", buffering=0) as target:
        for part in (head, moov, data):
            _write(target, part)
        _copy_all(tracks, order, target, cancelled)


def _picture(reels: Sequence[Source], step: int) -> Laid:
    """All reels as one track: frames at an even step, shown in the order their own files show them."""
    tables = [reel.samples for reel in reels]
    counts = np.array([table.count for table in tables])
    starts = np.cumsum(counts) - counts
    pts = np.concatenate([start * step + table.shown for start, table in zip(starts, tables, strict=True)])
    decode = np.arange(pts.size, dtype=np.int64) * step
    # what is shown before its turn to be decoded pushes the whole picture back; the edit list takes it off again
    early = int(max(0, (decode - pts).max()))
    joined = replace(
        tables[0],
        decode=decode,
        durations=np.full(pts.size, step, np.int64),
        offsets=pts - decode + early,
        sizes=np.concatenate([table.sizes for table in tables]),
        places=np.concatenate([table.places for table in tables]),
        keys=np.concatenate([start + table.keys for start, table in zip(starts, tables, strict=True)]),
        media_start=early,
        length=pts.size * step,
        delay=Fraction(0),
        description=_without_rate(tables[0].description),
        groups=(),
    )
    return laid(joined, tuple(reel.path for reel in reels), np.repeat(np.arange(len(reels)), counts))


def _without_rate(description: bytes) -> bytes:
    """A picture's sample description without the bit rate: that of the first reel is not the film's."""
    fixed, entry = description[:8], description[8:]
    kept = [box(name, body) for name, body in boxes(entry[ENTRY_BYTES:]) if name != b"btrt"]
    return fixed + box(entry[4:8], entry[8:ENTRY_BYTES], *kept)


def _order(tracks: Sequence[Laid]) -> tuple[Table, Table]:
    """(track, chunk) in the order of the file, a second of each in turn; and the bytes of each."""
    rows = [(chunk, number) for number, track in enumerate(tracks) for chunk in range(track.cuts.size - 1)]
    order = np.array([(number, chunk) for chunk, number in sorted(rows)], np.int64).reshape(-1, 2)
    held = [track.bytes_of() for track in tracks]
    return order, np.array([held[number][chunk] for number, chunk in order], np.int64)


def _copy_all(tracks: Sequence[Laid], order: Table, target: BinaryIO, cancelled: Cancelled) -> None:
    """Copy chunk after chunk; of each track one file is open at a time."""
    with ExitStack() as stack:
        readers = [stack.enter_context(_Reader(track.files)) for track in tracks]
        for number, chunk in order:
            track = tracks[number]
            for file, offset, count in _stretches(track, int(track.cuts[chunk]), int(track.cuts[chunk + 1])):
                readers[number].copy(file, offset, count, target, cancelled)


def _stretches(track: Laid, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """(file, offset, bytes) of what lies side by side among these packets."""
    places, sizes = track.samples.places[first:last], track.samples.sizes[first:last]
    files = track.file_of[first:last]
    apart = (places[1:] != places[:-1] + sizes[:-1]) | (files[1:] != files[:-1])
    cuts = np.concatenate([[0], np.flatnonzero(apart) + 1, [last - first]]).tolist()
    for a, b in pairwise(cuts):
        yield int(files[a]), int(places[a]), int(sizes[a:b].sum())


class _Reader:
    """The files of a track, one open at a time."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self.files = files
        self.number = -1
        self.file: BinaryIO | None = None

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *about: object) -> None:
        if self.file is not None:
            self.file.close()

    def copy(self, number: int, offset: int, count: int, target: BinaryIO, cancelled: Cancelled) -> None:
        """Append a stretch of a file to the target. Raises `RenderError`, `RenderCancelled`, OSError."""
        if self.file is None or number != self.number:
            self.__exit__()
            self.file, self.number = self.files[number].open("rb", buffering=0), number
        while count:
            if cancelled():
                raise RenderCancelled(self.files[number].name)
            moved = _moved(self.file, offset, min(count, COPY_BYTES), target)
            if not moved:
                raise RenderError("reel_damaged", self.files[number].name, "it is shorter than it says")
            offset, count = offset + moved, count - moved


def _moved(source: BinaryIO, offset: int, count: int, target: BinaryIO) -> int:
    """Copy inside the system where it can, else through memory; the bytes that were copied."""
    if hasattr(os, "copy_file_range"):
        try:
            return os.copy_file_range(source.fileno(), target.fileno(), count, offset)
        except OSError as error:
            if error.errno not in UNSUPPORTED:
                raise
    data = os.pread(source.fileno(), count, offset)
    _write(target, data)
    return len(data)


def _write(target: BinaryIO, data: bytes) -> None:
    """Write all of it: an unbuffered file may take less at a time."""
    view = memoryview(data)
    while view:
        view = view[target.write(view) :]
