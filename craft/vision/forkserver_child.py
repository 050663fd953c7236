"""What `forkserver` starts in its sandbox: a process that has OpenCV loaded and reads every film in a fork of its own.

It knows the standard library and OpenCV only. It reads no byte of any film itself. For each it forks a reader into
namespaces of its own; the reader lets go of everything but the film and the way back, decodes it from end to end and
tells what it saw. What a film may do to its reader ends with the reader: the server that the next one is forked from
was out of its reach.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import os
import platform
import resource
import select
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
_AGAIN_SECONDS = 0.01
_NEW_USER, _NEW_PROCESSES, _NEW_IPC = 0x10000000, 0x20000000, 0x08000000
_SET_DUMPABLE = 4
_CAPABILITIES_3 = 0x20080522
# libav's "info": it takes damage that it could hide for worth no more than that, and says nothing of a good film.
_SAID = "32"
_CLONE = {"x86_64": 56, "aarch64": 220, "riscv64": 220}.get(platform.machine())
# Memory that a decoder will want is taken at once: page by page it costs more than decoding a short clip does. Only
# what is much larger is mapped for itself, or given back.
_READY_BYTES, _OWN_PAGES = 3 << 19, 16 << 20
_POPULATE_WRITE, _MMAP_THRESHOLD, _TRIM_THRESHOLD = 23, -3, -1
# with the interpreter's lock held: what comes back from `clone` is this one thread, twice
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.malloc.restype = ctypes.c_void_p


def serve(line: socket.socket) -> None:
    """Answer until the other end is closed. A message brings two descriptors: the film and the way back."""
    events, readers = select.poll(), dict[int, tuple[int, float]]()
    events.register(line, select.POLLIN)
    while True:
        left = [max(_AGAIN_SECONDS, until - time.monotonic()) for _pid, until in readers.values()]
        for descriptor, _what in events.poll(min(left) * 1000 if left else None):
            if descriptor in readers:
                events.unregister(descriptor)
                os.waitpid(readers.pop(descriptor)[0], 0)
                os.close(descriptor)
                continue
            message, descriptors, _flags, _from = socket.recv_fds(line, 4096, 2)
            if not message:
                return
            started = _started(message, descriptors)
            readers[started[0]] = started[1:]
            events.register(started[0], select.POLLIN)
        for pid, until in readers.values():
            if until <= time.monotonic():
                os.kill(pid, signal.SIGKILL)


def _started(message: bytes, descriptors: list[int]) -> tuple[int, int, float]:
    """A reader for this film: what can be polled for its end, its process, and when it is ended."""
    wish, (film, back) = json.loads(message), descriptors
    reader = _isolated_fork()
    if reader == 0:
        _read(film, back, wish)
    for descriptor in descriptors:
        os.close(descriptor)
    return os.pidfd_open(reader), reader, time.monotonic() + wish["wall"]


def _isolated_fork() -> int:
    """Fork into new user, process and IPC namespaces, as their first process. Raises OSError.

    Nobody there can name, signal or trace a process outside. The capabilities that come with a namespace are given up:
    they are the way to much of the kernel.
    """
    if _CLONE is None:
        raise OSError(errno.ENOSYS, "no namespace")
    flags = _NEW_USER | _NEW_PROCESSES | _NEW_IPC | signal.SIGCHLD
    child: int = _libc.syscall(*map(ctypes.c_long, (_CLONE, flags, 0, 0, 0, 0)))
    if child < 0:
        raise OSError(ctypes.get_errno(), "no namespace")
    if child == 0:
        head, nothing = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
        if _libc.capset(head, nothing):
            os._exit(1)
    return child


def isolated() -> bool:
    """Whether a fork may go into namespaces of its own on this machine."""
    try:
        child = _isolated_fork()
    except OSError:
        return False
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _read(film: int, back: int, wish: dict[str, Any]) -> None:
    """Never returns: decode the film, tell what was seen, and end."""
    try:
        heard = _let_go({film, back}, wish["seconds"])
        _make_room()
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
    last = 2
    for descriptor in sorted({*kept, heard, OPEN_FILES}):
        os.closerange(last + 1, descriptor)
        last = descriptor
    os.close(0)
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES // 4),
    ):
        resource.setrlimit(limit, (most, most))
    return heard


def _make_room() -> None:
    """Have memory for a small film ready; where the kernel cannot, the decoder waits for every page of it."""
    _libc.mallopt(_MMAP_THRESHOLD, _OWN_PAGES)
    _libc.mallopt(_TRIM_THRESHOLD, _OWN_PAGES)
    room = _libc.malloc(ctypes.c_size_t(_READY_BYTES))
    page = os.sysconf("SC_PAGE_SIZE")
    first = -(-(room or 0) // page) * page
    _libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(_READY_BYTES - page), _POPULATE_WRITE)
    _libc.free(ctypes.c_void_p(room))


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
