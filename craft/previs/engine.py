"""The process's OpenGL context and its renderers: made on first use, after any fork, and kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import moderngl

from craft.previs.errors import PrevisUnavailable
from craft.previs.renderer import Renderer

_MAX_RENDERERS = 3
# Full library names, because looking them up would need ldconfig or a compiler on slim images.
_EGL: dict[str, Any] = {
    "standalone": True,
    "backend": "egl",
    "libegl": "libEGL.so.1",
    "libgl": "libGL.so.1",
    "require": 330,
}
_CALM = {"LP_NUM_THREADS": "1"}
"""Two workers side by side draw more frames with one rasteriser thread each than with all cores each."""


@dataclass(frozen=True)
class Health:
    """Whether pictures can be drawn, by what, and when not, why."""

    ok: bool
    renderer: str
    reason: str = ""

    @property
    def message(self) -> str:
        """One line for a health page."""
        return f"drawing on {self.renderer}" if self.ok else self.reason


class _Engine:
    """Context and renderers of one process.

    The context is current only while ``drawing`` is entered, so that any thread may draw in its turn.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.pid = 0
        self.context: Any = None
        self.renderers: dict[tuple[int, int, str], Renderer] = {}

    def _start(self) -> None:
        for name, value in _CALM.items():
            os.environ.setdefault(name, value)
        try:
            context: Any = moderngl.create_context(**_EGL)
        # The loader, the driver and moderngl each raise their own kinds; all of them mean "no EGL here".
        except Exception as error:
            raise PrevisUnavailable(
                f"no OpenGL 3.3 context through EGL ({str(error)[:200] or type(error).__name__}); "
                "install libegl1, libgl1 and libgl1-mesa-dri. Board cards are drawn instead."
            ) from error
        self.context, self.pid, self.renderers = context, os.getpid(), {}
        context.__exit__(None, None, None)  # made current by its creation; given back until somebody draws

    @contextmanager
    def drawing(self) -> Iterator[Any]:
        """The context, current on this thread until left. Raises PrevisUnavailable.

        A driver's threads do not survive a fork: a child of a process that has drawn is refused
        rather than left hanging, so workers must start drawing after they are forked.
        """
        with self.lock:
            if self.context is None:
                self._start()
            elif self.pid != os.getpid():
                raise PrevisUnavailable(
                    "OpenGL was started before this process was forked; let the parent draw nothing"
                )
            with self.context:
                yield self.context

    def renderer(self, width: int, height: int, quality: str) -> Renderer:
        """The renderer of a frame size, built once while drawing; the least recently used goes first."""
        key = (width, height, quality)
        found = self.renderers.pop(key, None)
        if found is None:
            if len(self.renderers) >= _MAX_RENDERERS:
                self.renderers.pop(next(iter(self.renderers))).release()
            found = Renderer(self.context, width, height, quality)
        self.renderers[key] = found
        return found

    def forget(self, width: int, height: int, quality: str) -> None:
        """Give the renderer of a frame size back, if there is one."""
        found = self.renderers.pop((width, height, quality), None)
        if found is not None:
            found.release()


ENGINE = _Engine()


def health() -> Health:
    """Start the context if need be and say what draws."""
    try:
        with ENGINE.drawing() as context:
            return Health(True, str(context.info["GL_RENDERER"]))
    except PrevisUnavailable as error:
        return Health(False, "", str(error))
