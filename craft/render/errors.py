"""The ways a render can fail, each with a stable code.

Every error says what failed, what was kept and what to do next; `code` is what programs compare, the
message is for people.
"""

from __future__ import annotations


class TimelineError(ValueError):
    """A timeline that cannot be rendered: `code` names the rule, `where` the place that broke it."""

    def __init__(self, code: str, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.code = code
        self.where = where


class RenderError(RuntimeError):
    """A render step that failed. `what` names the clip or step, `tail` is the end of the tool's log."""

    def __init__(self, code: str, what: str, tail: str = "") -> None:
        last = tail.strip().splitlines()[-1] if tail.strip() else ""
        super().__init__(f"{what} ({code}){': ' + last if last else ''}")
        self.code = code
        self.what = what
        self.tail = tail


class RenderCancelled(RenderError):
    """The caller asked to stop; finished segments stay in the cache, nothing half-written is left."""

    def __init__(self, what: str) -> None:
        super().__init__("cancelled", what)


class ProbeError(RenderError):
    """A media file that cannot be read, or a figure that cannot be had from it."""


class ToolMissing(RenderError):
    """ffmpeg (or ffprobe, where nothing else can answer) is not installed."""
