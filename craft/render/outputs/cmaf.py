"""Coded frames of an MP4 as CMAF: an initialisation segment, and fragments with the same bytes.

Times are absolute and there is no edit list: what decoders need ahead of the first frame (reordering delay,
codec priming) lies before `CLOCK` on the fragments' clock, for every track alike, so tracks that were cut
apart, or come from different files, stay together in players that ignore edit lists.
"""

from __future__ import annotations

import itertools
import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from craft.render.boxes import box, full, media, movie_header, track_header
from craft.render.errors import ProbeError
from craft.render.samples import SampleTable

CLOCK = 1
"""The second at which every programme begins on the fragments' clock."""
KEY_SAMPLE = 0x02000000
OTHER_SAMPLE = 0x01010000
TRUN_FIELDS = 0x000F01
"""Data offset; duration, size, flags and composition offset of every sample."""
TRACK = 1


def initialisation(table: SampleTable) -> bytes:
    """The initialisation segment of a track: its decoder configuration, and no samples."""
    empty = [full(name, 0, 0, bytes(4)) for name in (b"stts", b"stsc", b"stco")]
    samples = box(b"stbl", box(b"stsd", table.description), *empty, full(b"stsz", 0, 0, bytes(8)))
    extends = full(b"trex", 0, 0, struct.pack(">IIIII", TRACK, 1, 0, 0, 0))
    return box(b"ftyp", b"iso6", bytes(4), b"iso6cmfcmp41") + box(
        b"moov",
        movie_header(table.timescale, 0, 1),
        box(
            b"trak",
            track_header(TRACK, table.kind, 0, (table.width, table.height)),
            media(table.kind, table.timescale, 0, samples),
        ),
        box(b"mvex", extends),
    )


def start_of(table: SampleTable, sample: int) -> int:
    """The decoding time of a sample on the fragments' clock, in ticks."""
    lead = round(table.delay * table.timescale)
    return int(table.decode[sample]) - table.media_start + lead + CLOCK * table.timescale


def fragment(table: SampleTable, source: BinaryIO, first: int, last: int, number: int) -> bytes:
    """Samples first..last (exclusive, decoding order) as media segment `number`, bytes as they are.

    Raises `ProbeError` when the samples begin too long before the programme, or the file ends before them.
    """
    start = start_of(table, first)
    if start < 0:
        raise ProbeError("priming", f"{table.kind} begins more than {CLOCK} s before the programme")
    data = _bytes_of(table, source, first, last)
    entries = _entries(table, first, last)
    version = 1 if int(table.offsets[first:last].min()) < 0 else 0

    def moof(offset: int) -> bytes:
        run = full(b"trun", version, TRUN_FIELDS, struct.pack(">Ii", last - first, offset), entries)
        # data offsets count from the start of the fragment
        header = full(b"tfhd", 0, 0x020000, struct.pack(">I", TRACK))
        time = full(b"tfdt", 1, 0, struct.pack(">Q", start))
        return box(b"moof", full(b"mfhd", 0, 0, struct.pack(">I", number)), box(b"traf", header, time, run))

    kind = box(b"styp", b"msdh", bytes(4), b"msdhmsixcmfs")
    return kind + moof(len(moof(0)) + 8) + box(b"mdat", data)


def _entries(table: SampleTable, first: int, last: int) -> bytes:
    flags: NDArray[np.int64] = np.full(last - first, OTHER_SAMPLE, np.int64)
    inside = slice(*np.searchsorted(table.keys, (first, last)))
    flags[table.keys[inside] - first] = KEY_SAMPLE
    columns = (column[first:last] for column in (table.durations, table.sizes, table.offsets))
    durations, sizes, offsets = columns
    rows = np.stack([durations, sizes, flags, offsets], axis=1)
    return (rows & 0xFFFFFFFF).astype(">u4").tobytes()


def _bytes_of(table: SampleTable, source: BinaryIO, first: int, last: int) -> bytes:
    """The samples' bytes one after another; neighbours in the file are read in one go."""
    places, sizes = table.places[first:last], table.sizes[first:last]
    breaks = np.flatnonzero(places[1:] != places[:-1] + sizes[:-1]) + 1
    edges = [0, *breaks.tolist(), last - first]
    parts = []
    for at, end in itertools.pairwise(edges):
        length = int(sizes[at:end].sum())
        source.seek(int(places[at]))
        part = source.read(length)
        if len(part) != length:
            raise ProbeError("truncated", f"{table.kind} ends before its samples")
        parts.append(part)
    return b"".join(parts)


def codec_string(table: SampleTable) -> str:
    """The codec as RFC 6381 names it, for playlists. Raises `ProbeError` for codecs we never make."""
    body = table.description
    name = body[12:16].decode("latin-1")
    if name in ("avc1", "avc3"):
        config = _config(body, b"avcC")
        return f"{name}.{config[1:4].hex().upper()}"
    if name in ("hvc1", "hev1"):
        return _hevc(name, _config(body, b"hvcC"))
    if name == "mp4a":
        return f"mp4a.40.{_aac_object(_config(body, b'esds'))}"
    raise ProbeError("codec", f"{name} cannot be played as HLS")


def _config(description: bytes, name: bytes) -> bytes:
    at = description.find(name)
    if at < 4:
        raise ProbeError("damaged", f"no {name.decode()} in the track")
    return description[at + 4 : at - 4 + struct.unpack_from(">I", description, at - 4)[0]]


def _hevc(name: str, config: bytes) -> str:
    first = config[1]
    space = ("", "A", "B", "C")[first >> 6]
    compatible = int(f"{struct.unpack_from('>I', config, 2)[0]:032b}"[::-1], 2)
    tier = "H" if first & 0x20 else "L"
    limits = ".".join(f"{byte:X}" for byte in config[6:12].rstrip(b"\0"))
    text = f"{name}.{space}{first & 0x1F}.{compatible:X}.{tier}{config[12]}"
    return f"{text}.{limits}" if limits else text


def _aac_object(config: bytes) -> int:
    """The audio object type out of an ES descriptor: tag, length, body, nested."""
    at, body = 4, config
    for wanted, skip in ((0x03, 3), (0x04, 13), (0x05, 0)):
        if body[at] != wanted:
            raise ProbeError("damaged", "the sound's description is not read")
        at += 1
        while body[at] & 0x80:
            at += 1
        at += 1 + skip
    return body[at] >> 3
