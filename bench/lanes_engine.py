"""The fake engine as a house that answers an order with the work itself: every order is answered after a while."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from fake_engines.__main__ import arguments, main
from fake_engines.server import Server

_submit = Server._submit


async def submit_slowly(self: Server, wire: Any, order: Any) -> Any:
    """Accept, and answer `late_seconds` later."""
    answer = await _submit(self, wire, order)
    await asyncio.sleep(self.late_seconds)
    return answer


if __name__ == "__main__":
    Server._submit = submit_slowly  # type: ignore[method-assign]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(arguments()))
