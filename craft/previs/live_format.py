"""The live rig's container: one JSON header and the raw buffers it points into.

Layout, before gzip: 8 bytes ``SLSTAGE1``; the header's length as little-endian uint32; 4 bytes of zero; the
header as UTF-8 JSON padded with spaces to a multiple of 8; the buffers, each starting at a multiple of 8.
``header["buffers"]`` holds [start, length] of each buffer, counted from the end of the header.
"""

from __future__ import annotations

import gzip
import json
import struct
from typing import Any

MAGIC = b"SLSTAGE1"
FORMAT_VERSION = 1
_STEP = 8


class Buffers:
    """Raw bytes by number; equal contents are kept once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._numbers: dict[bytes, int] = {}

    def add(self, data: bytes) -> int:
        """The number of these bytes."""
        if data not in self._numbers:
            self._numbers[data] = len(self._parts)
            self._parts.append(data)
        return self._numbers[data]

    def spans(self) -> list[list[int]]:
        """[start, length] of each."""
        at, found = 0, []
        for part in self._parts:
            found.append([at, len(part)])
            at += _padded(len(part))
        return found

    def body(self) -> bytes:
        """All of them, aligned."""
        return b"".join(part.ljust(_padded(len(part)), b"\0") for part in self._parts)


def _padded(size: int) -> int:
    return (size + _STEP - 1) // _STEP * _STEP


def pack(header: dict[str, Any], buffers: Buffers) -> bytes:
    """The container, gzipped. Same input, same bytes."""
    whole = {"version": FORMAT_VERSION, **header, "buffers": buffers.spans()}
    text = json.dumps(whole, separators=(",", ":"), allow_nan=False).encode()
    text = text.ljust(_padded(len(text)), b" ")
    head = MAGIC + struct.pack("<II", len(text), 0)
    # Level 3: a level 9 would keep the reader of the page waiting longer than the bytes it saves.
    return gzip.compress(head + text + buffers.body(), compresslevel=3, mtime=0)


def unpack(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Header and buffers of a container. Raises ValueError for anything else."""
    raw = gzip.decompress(data)
    if raw[:8] != MAGIC:
        raise ValueError("not a stage of the live rig")
    (size, _zero) = struct.unpack("<II", raw[8:16])
    header: dict[str, Any] = json.loads(raw[16 : 16 + size])
    if header["version"] != FORMAT_VERSION:
        raise ValueError(f"a stage of version {header['version']}")
    body = raw[16 + size :]
    return header, [body[at : at + length] for at, length in header["buffers"]]
