"""The ways a measurement can fail. Codes: media.missing, media.empty, media.format, media.damaged,
media.timeout, media.stopped, media.tool.
"""

from __future__ import annotations


class VisionError(RuntimeError):
    """Anything this package refuses or cannot do."""


class MediaError(VisionError):
    """A file that could not be measured. `code` is stable, the message says what failed and the next step."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
