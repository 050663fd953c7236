"""The fake engine, instant: nothing is waited for, and a result of one size is made once and then only marked.

What is measured is then what stands between two answers of an engine, not the engine.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import struct
from typing import Any

from fake_engines import desk, works
from fake_engines.__main__ import arguments, main

_made: dict[str, tuple[str, bytes]] = {}


def make(kind: str, params: dict[str, Any], seed: int) -> tuple[str, bytes]:
    """(MIME type, bytes): the same picture each time in a file of its own, as no two files of an engine are alike."""
    if kind not in _made:
        _made[kind] = works.make(kind, params, 1)
    mime, data = _made[kind]
    return mime, data + (_own_mark() if mime == "video/mp4" else b"")


def _own_mark() -> bytes:
    """An MP4 box that readers skip."""
    return struct.pack(">I4s16s", 24, b"free", secrets.token_bytes(16))


if __name__ == "__main__":
    desk.make = make  # type: ignore[attr-defined]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(arguments()))
