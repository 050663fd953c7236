"""The process's OpenGL context and its renderers: made on first use, after any fork, and kept."""

from __future__ import annotations

import os
import threading
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
    """Context and renderers of one process. OpenGL contexts do not survive a fork, so the pid is checked."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.pid = 0
        self.thread = 0
        self.context: Any = None
        self.renderers: dict[tuple[int, int, str], Renderer] = {}

    def _fresh(self) -> None:
        for name, value in _CALM.items():
            os.environ.setdefault(name, value)
        try:
            context = moderngl.create_context(**_EGL)
        except (
            Exception
        ) as error:  # the loader, the driver and moderngl each raise their own kinds; all mean "no EGL here"
            raise PrevisUnavailable(
                f"no OpenGL 3.3 context through EGL ({str(error)[:200] or type(error).__name__}); "
                "install libegl1, libgl1 and libgl1-mesa-dri. Board cards are drawn instead."
            ) from error
        self.context, self.pid, self.thread, self.renderers = context, os.getpid(), threading.get_ident(), {}

    def ready(self) -> Any:
        """The context, current on this thread. Raises PrevisUnavailable."""
        if self.context is None or self.pid != os.getpid():
            self._fresh()
        elif self.thread != threading.get_ident():
            self.context.__enter__()
            self.thread = threading.get_ident()
        return self.context

    def renderer(self, width: int, height: int, quality: str) -> Renderer:
        """The renderer of a frame size, built once; the least recently used one goes when there are
        too many.
        """
        context = self.ready()
        key = (width, height, quality)
        found = self.renderers.pop(key, None)
        if found is None:
            if len(self.renderers) >= _MAX_RENDERERS:
                self.renderers.pop(next(iter(self.renderers))).release()
            found = Renderer(context, width, height, quality)
        self.renderers[key] = found
        return found


ENGINE = _Engine()


def health() -> Health:
    """Start the context if need be and say what draws."""
    with ENGINE.lock:
        try:
            context = ENGINE.ready()
        except PrevisUnavailable as error:
            return Health(False, "", str(error))
        return Health(True, str(context.info["GL_RENDERER"]))
