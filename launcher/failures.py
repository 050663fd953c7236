"""The one error of the launcher: what failed, the tail of the log, the next step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

TAIL_LINES = 25


class Failure(Exception):
    """Something the operator has to know about. `code` is stable, `next_step` is one instruction."""

    def __init__(
        self, code: str, what: str, *, next_step: str = "", tail: Sequence[str] = (), log: Path | None = None
    ) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.next_step = next_step
        self.tail = list(tail)[-TAIL_LINES:]
        self.log = log


def tail_of(log: Path, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of a log; none when there is no log. Reads at most its last 64 KiB."""
    try:
        with log.open("rb") as handle:
            handle.seek(0, 2)
            handle.seek(max(0, handle.tell() - 65536))
            text = handle.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-lines:]
