"""Frames that this process makes while ffmpeg reads them: a pipe for each, written by a thread of its own."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable

Frames = Callable[[], Iterable[bytes]]


class Feed:
    """A pipe that ffmpeg opens as `url`; `frames` is called once, when the child runs.

    Whatever happens, `close` must be called: an open end would keep the child, or us, waiting for ever.
    """

    def __init__(self, frames: Frames) -> None:
        self.reader, self._writer = os.pipe()
        self._frames = frames
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    @property
    def url(self) -> str:
        """What the command opens."""
        return f"pipe:{self.reader}"

    def start(self) -> None:
        """The child has its end: give up ours, and begin to write."""
        self._give_up_reader()
        self._thread = threading.Thread(target=self._write, name="feed", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait until nothing is written any more and raise what went wrong while frames were made."""
        self._give_up_reader()
        if self._thread is None:
            with contextlib.suppress(OSError):
                os.close(self._writer)
        else:
            self._thread.join()
        if self._error is not None:
            raise self._error

    def _give_up_reader(self) -> None:
        if self.reader >= 0:
            os.close(self.reader)
            self.reader = -1

    def _write(self) -> None:
        try:
            with os.fdopen(self._writer, "wb") as out:
                for frame in self._frames():
                    out.write(frame)
        except BrokenPipeError:
            return  # the child has enough, or has ended; its own status says which
        except Exception as error:
            self._error = error
