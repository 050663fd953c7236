"""Boxes of the ISO base media format that every file we write by ourselves needs. Source: ISO/IEC 14496-12."""

from __future__ import annotations

import struct

MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""No turn, no stretch."""


def box(name: bytes, *bodies: bytes) -> bytes:
    """A box with a length of 32 bits."""
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), name) + body


def full(name: bytes, version: int, flags: int, *bodies: bytes) -> bytes:
    """A box that begins with its version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *bodies)


def movie_header(timescale: int, duration: int, tracks: int) -> bytes:
    """The mvhd box: ticks a second, length in ticks, how many tracks."""
    head = struct.pack(">QQIQIHHQ", 0, 0, timescale, duration, 0x10000, 0x0100, 0, 0)
    return full(b"mvhd", 1, 0, head, MATRIX, bytes(24), struct.pack(">I", tracks + 1))


def track_header(number: int, kind: str, duration: int, size: tuple[int, int]) -> bytes:
    """The tkhd box of a picture ("video") or a sound ("audio"); the duration in ticks of the movie."""
    volume = 0 if kind == "video" else 0x0100
    head = struct.pack(">QQIIQQHHHH", 0, 0, number, 0, duration, 0, 0, 0, volume, 0)
    return full(b"tkhd", 1, 3, head, MATRIX, struct.pack(">II", size[0] << 16, size[1] << 16))


def media(kind: str, timescale: int, duration: int, table: bytes) -> bytes:
    """The mdia box around a sample table; no language is told, because the picture has none and the sound its own."""
    picture = kind == "video"
    handler, header = (
        (b"vide", full(b"vmhd", 0, 1, bytes(8))) if picture else (b"soun", full(b"smhd", 0, 0, bytes(4)))
    )
    data = box(b"dinf", full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)))
    return box(
        b"mdia",
        full(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, timescale, duration, 0x55C4, 0)),
        full(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"\0"),
        box(b"minf", header, data, table),
    )
