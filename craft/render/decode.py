"""Sound out of files as plain numbers, piece by piece as it is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from craft.render.errors import RenderCancelled, RenderError
from craft.render.execute import Cancelled, never, pull
from craft.render.graphs import sound as graph
from craft.render.probe import picture_start
from craft.render.tools import Tools
from craft.render.wav import SAMPLE_RATE, Samples

Sink = Callable[[Samples], None]
CHUNK = 240_000
HEAD_BYTES = 4096
UNKNOWN_SIZE = 0xFFFFFF00
"""A size this large is what a program writes that could not go back to fill it in."""
NO_TRACK = "matches no streams"
ABSURD = 1000.0
"""60 dB above full scale: no sound, but damage."""


def decode_sound(
    tools: Tools,
    path: Path,
    first: int,
    length: int | None,
    sink: Sink,
    *,
    what: str,
    cancelled: Cancelled = never,
    alone: bool = False,
) -> None:
    """Hand the samples of a file to `sink` as arrays of shape (n, 2), float32, 48 kHz.

    Starts at sample `first` and stops after `length` (None: at the end); the sound of a file with a picture
    is counted from its first frame, as its frames are. `alone` says that there is no picture, so that nobody
    has to be asked. Mono goes to both sides at its own level; more than two channels are mixed down by
    ffmpeg. Raises `RenderError("sound_unreadable")`, `("no_sound")` for a file without a sound track,
    `("sound_damaged")` for samples that are no numbers.
    """
    given = first

    def checked(piece: Samples) -> None:
        nonlocal given
        _check_levels(piece, given, what)
        given += len(piece)
        sink(piece)

    plain = plain_wav(path)
    if plain is not None:
        last = plain.frames if length is None else min(plain.frames, first + length)
        for start in range(first, last, CHUNK):
            if cancelled():
                raise RenderCancelled(what)
            checked(_stereo(plain.read(start, min(start + CHUNK, last))))
        return
    parser = _WavPipe(checked)
    counted_from = None if alone else picture_start(path, tools)
    argv = graph.sound_command(tools.ffmpeg, path, first, length, counted_from)
    try:
        pull(argv, parser.take, what=what, code="sound_unreadable", cancelled=cancelled)
    except RenderError as error:
        if error.code == "sound_unreadable" and NO_TRACK in error.tail:
            raise RenderError("no_sound", what, "the file has no sound track") from error
        raise


def _check_levels(piece: Samples, at: int, what: str) -> None:
    """Raise for samples that are no numbers, or beyond anything a recorder writes."""
    highest = float(np.abs(piece).max(initial=0.0))
    if highest <= ABSURD:
        return
    wrong = at + int(np.flatnonzero(~(np.abs(piece) <= ABSURD).all(axis=1))[0])
    raise RenderError(
        "sound_damaged", what, f"sample {wrong} ({wrong / SAMPLE_RATE:.3f} s) is no level of sound"
    )


@dataclass(frozen=True, slots=True)
class PlainWav:
    """A 48 kHz WAV of `frames` sample frames whose bytes are its samples, from byte `start` on."""

    path: Path
    kind: type[np.int16] | type[np.float32]
    channels: int
    start: int
    frames: int

    def read(self, first: int, end: int) -> NDArray[np.int16] | NDArray[np.float32]:
        """Samples `first` up to `end`, shape (n, channels)."""
        offset = self.start + first * self.channels * np.dtype(self.kind).itemsize
        count = max(0, end - first) * self.channels
        if self.kind is np.int16:
            return np.fromfile(self.path, np.int16, count, offset=offset).reshape(-1, self.channels)
        return np.fromfile(self.path, np.float32, count, offset=offset).reshape(-1, self.channels)


def plain_wav(path: Path) -> PlainWav | None:
    """A 48 kHz mono or stereo WAV of 16-bit or float samples, to be read directly; None for all else.

    Starting a decoder for each line of dialogue costs more than the line; what our own engines write needs
    none. Whatever looks unusual is left to ffmpeg.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if len(head) < 44 or head[:4] not in (b"RIFF", b"RF64") or head[8:12] != b"WAVE":
        return None
    at, layout = 12, (0, 0, 0, 0)
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        if name == b"fmt " and at + 24 <= len(head):
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, at + 8)
            layout = (kind, channels, rate, bits)
        elif name == b"data":
            return _plain(path, layout, at + 8, size)
        at += 8 + size + size % 2
    return None


def _plain(path: Path, layout: tuple[int, int, int, int], start: int, size: int) -> PlainWav | None:
    form, channels, rate, bits = layout
    found = _KINDS.get((form, bits))
    if found is None or rate != SAMPLE_RATE or channels not in (1, 2):
        return None
    room = path.stat().st_size - start
    if size < UNKNOWN_SIZE and size > room:
        return None  # cut short: ffmpeg decides what can be had
    frames = (room if size >= UNKNOWN_SIZE else size) // (channels * bits // 8)
    return PlainWav(path, found, channels, start, frames)


_KINDS: dict[tuple[int, int], type[np.int16] | type[np.float32]] = {(1, 16): np.int16, (3, 32): np.float32}


def _stereo(samples: NDArray[np.int16] | NDArray[np.float32]) -> Samples:
    """As float32 of shape (n, 2)."""
    scale = np.float32(1 / 32768) if samples.dtype == np.int16 else np.float32(1)
    values: Samples = samples.astype(np.float32) * scale
    return np.repeat(values, 2, axis=1) if values.shape[1] == 1 else values


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
            self._sink(_stereo(samples))

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
