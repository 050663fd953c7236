"""What can go wrong in previs. Each class has a stable ``code`` that callers may branch on."""

from __future__ import annotations


class PrevisError(Exception):
    """Base of every refusal of this package; the message says what failed and what to do next."""

    code = "previs.error"


class PacketError(PrevisError):
    """A scene packet that cannot be drawn as written. ``path`` names the offending entry."""

    code = "previs.packet"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path or 'packet'}: {problem}")
        self.path = path
        self.problem = problem


class PrevisUnavailable(PrevisError):
    """No OpenGL 3.3 context could be created; board cards still work."""

    code = "previs.unavailable"


class EncodeFailed(PrevisError):
    """The encoder ended early; nothing was left at the target path."""

    code = "previs.encode"


class PrevisCancelled(PrevisError):
    """The caller asked to stop; nothing was left at the target path."""

    code = "previs.cancelled"
