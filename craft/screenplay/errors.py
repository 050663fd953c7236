"""Why a screenplay is refused. Parsing itself never fails: only bytes and empty scripts can."""

from __future__ import annotations


class ScreenplayError(Exception):
    """A script that cannot be used. Nothing was changed.

    `code` is stable: script.encoding, script.binary, script.empty or script.too_large; `next_step` says what
    to do instead.
    """

    def __init__(self, code: str, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step
