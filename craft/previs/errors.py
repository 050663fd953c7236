"""What can go wrong in previs. Each class has a stable ``code`` that callers may branch on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from craft.previs.packet import CameraSpec


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


class Infeasible(PrevisError):
    """A shot that this set and these people cannot give. ``path`` names what asks too much; ``nearest`` is the
    camera that works.
    """

    code = "previs.infeasible"

    def __init__(self, path: str, problem: str, nearest: CameraSpec) -> None:
        super().__init__(f"{path}: infeasible ({problem}), nearest is {told(nearest)}")
        self.path = path
        self.problem = problem
        self.nearest = nearest


def told(camera: CameraSpec) -> str:
    """A camera in a few words: size, angle, framing, movement."""
    words = f"{camera.size} {camera.angle} {camera.framing}"
    moves = camera.movement if camera.direction == "none" else f"{camera.movement} {camera.direction}"
    return words if camera.movement == "static" else f"{words} {moves}"


class PrevisUnavailable(PrevisError):
    """No OpenGL 3.3 context could be created; board cards still work."""

    code = "previs.unavailable"


class EncodeFailed(PrevisError):
    """The encoder ended early; nothing was left at the target path."""

    code = "previs.encode"


class PrevisCancelled(PrevisError):
    """The caller asked to stop; nothing was left at the target path."""

    code = "previs.cancelled"


class TooLarge(PacketError):
    """A frame that would not fit into memory; the message names the limit. Nothing was allocated or is left."""

    code = "previs.memory"


class BlankFrame(PacketError):
    """The first frame came out black or with values that are no numbers although lamps burn; nothing was kept."""

    code = "previs.blank"


class WriteFailed(PrevisError):
    """A file could not be written (disk full, no such folder, no right); nothing was left at ``path``."""

    code = "previs.write"

    def __init__(self, path: Path, problem: OSError) -> None:
        super().__init__(
            f"{path}: could not be written ({problem.strerror or problem}); nothing was left there"
        )
        self.path = path
