"""The fake engine, instant: nothing is waited for, and a result of one size is made once.

What is measured is then what stands between two answers of an engine, not the engine.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from fake_engines import desk, works
from fake_engines.__main__ import arguments, main

_made: dict[str, tuple[str, bytes]] = {}


def make(kind: str, params: dict[str, Any], seed: int) -> tuple[str, bytes]:
    """(MIME type, bytes): the same for every seed."""
    if kind not in _made:
        _made[kind] = works.make(kind, params, 1)
    return _made[kind]


if __name__ == "__main__":
    desk.make = make  # type: ignore[attr-defined]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(arguments()))
