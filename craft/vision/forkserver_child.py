"""What `forkserver` starts in its sandbox: a process that has OpenCV loaded and reads every film in a fork of its own.

It knows the standard library and OpenCV only. It reads no byte of any film itself. For each it forks a guard, which
goes into namespaces of its own and forks the reader; the reader lets go of everything but the film and the way back,
decodes it from end to end and tells what it saw. What a film may do to its reader ends with the reader: the server
that the next one is forked from was out of its reach.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

import cv2

READY = b"ready"
MOST_WORDS = 1000
OPEN_FILES = 64
_NEW_USER, _NEW_PROCESSES, _NEW_IPC = 0x10000000, 0x20000000, 0x08000000
_SET_DUMPABLE = 4
_CAPABILITIES_3 = 0x20080522
# libav's "info": it takes damage that it could hide for worth no more than that, and says nothing of a good film.
_SAID = "32"
_libc = ctypes.CDLL(None, use_errno=True)


def serve(line: socket.socket) -> None:
    """Answer until the other end is closed. A message brings two descriptors: the film and the way back."""
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        message, descriptors, _flags, _from = socket.recv_fds(line, 4096, 2)
        if not message:
            return
        if os.fork() == 0:
            _guard(line, message, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _reap(_signal: int, _frame: object) -> None:
    """Wait for guards that have ended, so that their time counts as ours."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def isolated() -> bool:
    """Whether a fork may go into namespaces of its own on this machine."""
    child = os.fork()
    if child == 0:
        try:
            _leave()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _guard(line: socket.socket, message: bytes, descriptors: list[int]) -> None:
    """Never returns: puts the reader into namespaces of its own, and ends it when its time is over."""
    try:
        line.close()
        wish = json.loads(message)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        _leave()
        film, back = descriptors
        reader = os.fork()
        if reader == 0:
            _read(film, back, wish)
        for descriptor in descriptors:
            os.close(descriptor)
        _wait(reader, time.monotonic() + wish["wall"])
    finally:
        os._exit(0)


def _leave() -> None:
    """Go into a new user namespace, and let children begin a process namespace in it. Raises OSError.

    Nobody there can name, signal or trace a process outside. The capabilities that come with a namespace are given up:
    they are the way to much of the kernel.
    """
    head, nothing = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
    if _libc.unshare(_NEW_USER | _NEW_PROCESSES | _NEW_IPC) or _libc.capset(head, nothing):
        raise OSError(ctypes.get_errno(), "no namespace")


def _wait(reader: int, until: float) -> None:
    while os.waitpid(reader, os.WNOHANG) == (0, 0):
        left = until - time.monotonic()
        if left <= 0:
            os.kill(reader, signal.SIGKILL)
            os.waitpid(reader, 0)
            return
        signal.sigtimedwait({signal.SIGCHLD}, left)


def _read(film: int, back: int, wish: dict[str, Any]) -> None:
    """Never returns: decode the film, tell what was seen, and end."""
    try:
        heard = _let_go({film, back}, wish["seconds"])
        seen = _decoded(film, wish["decoder"])
        _libc.fflush(None)  # OpenCV prints what the decoder says, and C keeps back what goes into a pipe
        with suppress(BlockingIOError):
            seen["words"] = os.read(heard, MOST_WORDS).decode("ascii", "replace")
        os.write(back, json.dumps(seen).encode())
    finally:
        os._exit(0)


def _let_go(kept: set[int], seconds: int) -> int:
    """Close every other descriptor and set the limits; where the decoder's complaints can be read.

    They are written to a pipe that drops what does not fit: nobody reads it meanwhile.
    """
    heard, said = os.pipe()
    os.set_blocking(heard, False)
    os.set_blocking(said, False)
    os.dup2(said, 1)
    os.dup2(said, 2)
    for descriptor in {0, *range(3, OPEN_FILES)} - kept - {heard}:
        with suppress(OSError):
            os.close(descriptor)
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES // 4),
    ):
        resource.setrlimit(limit, (most, most))
    return heard


def _decoded(film: int, decoder: str) -> dict[str, Any]:
    """Width, height and frames of a film that is decoded to its end, by this decoder or none."""
    options = {"input_format": "mov", "format_whitelist": "mov", "max_streams": "1", "threads": "1"}
    options |= {"codec_whitelist": decoder, "video_codec": decoder}
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "|".join(
        f"{name};{value}" for name, value in options.items()
    )
    with os.fdopen(film, "rb", closefd=False) as stream:
        source: Any = stream  # the stubs know no stream of Python's
        capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        frames = 0
        while capture.grab():
            frames += 1
        sides = [capture.get(side) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
    width, height = (max(0, int(side)) for side in sides)  # −1 of what could not be opened
    return {"width": width, "height": height, "frames": frames}


def main(line: socket.socket) -> None:
    """Say that forks can be isolated here, and serve; end at once where they cannot."""
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = _SAID
    _libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    cv2.setNumThreads(1)
    if not isolated():
        return
    gc.disable()
    gc.freeze()
    line.send(READY)
    serve(line)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
