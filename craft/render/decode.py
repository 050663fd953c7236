"""Sound out of files as plain numbers, piece by piece as it is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from craft.render import graph
from craft.render.errors import RenderError
from craft.render.execute import Cancelled, never, pull
from craft.render.tools import Tools
from craft.render.wav import Samples

Sink = Callable[[Samples], None]


def decode_sound(
    tools: Tools,
    path: Path,
    first: int,
    length: int | None,
    sink: Sink,
    *,
    what: str,
    cancelled: Cancelled = never,
) -> None:
    """Hand the samples of a file to `sink` as arrays of shape (n, 2), float32, 48 kHz.

    Starts at sample `first` and stops after `length` (None: at the end). Mono goes to both sides at its own
    level; more than two channels are mixed down by ffmpeg. Raises `RenderError("sound_unreadable")`.
    """
    parser = _WavPipe(sink)
    argv = graph.sound_command(tools.ffmpeg, path, first, length)
    pull(argv, parser.take, what=what, code="sound_unreadable", cancelled=cancelled)


class _WavPipe:
    """A float WAV arriving in arbitrary pieces; its sizes are unknown, only its channels are read."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = b""
        self._channels = 0

    def take(self, data: bytes) -> None:
        self._buffer += data
        if self._channels == 0 and not self._begun():
            return
        whole = len(self._buffer) // (4 * self._channels) * (4 * self._channels)
        if whole:
            samples = np.frombuffer(self._buffer, np.float32, whole // 4).reshape(-1, self._channels)
            self._buffer = self._buffer[whole:]
            self._sink(np.repeat(samples, 2, axis=1) if self._channels == 1 else samples)

    def _begun(self) -> bool:
        """Read chunk heads up to the data; True once they are all here."""
        at = 12
        channels = 0
        while at + 8 <= len(self._buffer):
            name, size = struct.unpack_from("<4sI", self._buffer, at)
            if name == b"data":
                if channels not in (1, 2):
                    raise RenderError("sound_unreadable", f"{channels} channels came out of the decoder")
                self._channels = channels
                self._buffer = self._buffer[at + 8 :]
                return True
            if name == b"fmt " and at + 12 <= len(self._buffer):
                (channels,) = struct.unpack_from("<H", self._buffer, at + 10)
            at += 8 + size + size % 2
        return False
