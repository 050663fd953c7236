"""Run ffmpeg: progress, cancel, the end of its log, and no output that was not finished.

The child gets its own process group, so a cancel ends it and whatever it started. Output is written under a
temporary name and renamed after the caller's check passed; on every other way out it is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from craft.render.errors import RenderCancelled, RenderError
from craft.render.feeds import Feed

Cancelled = Callable[[], bool]
FrameProgress = Callable[[int], None]

TAIL_BYTES = 8192
POLL_SECONDS = 0.1
GRACE_SECONDS = 1.0
STALL_SECONDS = 600.0
SYSTEM_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "not_permitted",
    errno.EACCES: "not_permitted",
    errno.EPERM: "not_permitted",
}
NO_SPACE = ("No space left on device", "Disk quota exceeded", "File too large")
"""What ffmpeg's log says when it could not write on."""


def never() -> bool:
    """The cancel callback of somebody who never cancels."""
    return False


@contextlib.contextmanager
def told_by_system(what: str) -> Iterator[None]:
    """Turn what the operating system refuses in the block into a `RenderError` that names `what`.

    "disk_full", "not_permitted" or "io" for the rest, with the system's words.
    """
    try:
        yield
    except OSError as error:
        raise RenderError(SYSTEM_CODES.get(error.errno or 0, "io"), what, str(error)) from error


@contextlib.contextmanager
def finished_file(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, renamed to it when the block ends well, else removed.

    The suffix is kept: ffmpeg chooses its container by it.
    """
    partial = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:12]}{target.suffix}")
    try:
        yield partial
        os.replace(partial, target)
    except FileNotFoundError as error:
        raise RenderError("no_output", f"{target.name} was not written") from error
    finally:
        partial.unlink(missing_ok=True)


def run(
    argv: Sequence[str],
    *,
    what: str,
    code: str = "ffmpeg_failed",
    cwd: Path | None = None,
    progress: FrameProgress | None = None,
    cancelled: Cancelled = never,
    loglevel: str = "error",
    stall_seconds: float = STALL_SECONDS,
    feeds: Sequence[Feed] = (),
) -> str:
    """Run one ffmpeg command to its end and return the end of its log.

    `progress` gets the number of frames written so far; `feeds` are the pipes its inputs read.
    Raises `RenderCancelled` when `cancelled()` turns true, `RenderError` with the log's end when ffmpeg fails,
    dies or gets no further for `stall_seconds`.
    """
    switches = ["-nostdin", "-hide_banner", "-v", loglevel, "-nostats", "-progress", "pipe:1"]
    reports = _Reports(progress)
    with contextlib.ExitStack() as stack:
        for feed in feeds:
            stack.callback(feed.close)
        child = _Child([argv[0], *switches, *argv[1:]], cwd, what, feeds)
        return child.finish(reports.take, code, cancelled, stall_seconds)


def pull(
    argv: Sequence[str],
    sink: Callable[[bytes], None],
    *,
    what: str,
    code: str = "ffmpeg_failed",
    cancelled: Cancelled = never,
    stall_seconds: float = STALL_SECONDS,
) -> str:
    """Run one ffmpeg command that writes to standard output and hand its bytes to `sink` as they come."""

    def take(data: bytes) -> bool:
        sink(data)
        return True

    child = _Child([argv[0], "-nostdin", "-hide_banner", "-v", "error", "-nostats", *argv[1:]], None, what)
    return child.finish(take, code, cancelled, stall_seconds)


def raw_frames(
    argv: Sequence[str],
    size: int,
    *,
    what: str,
    cwd: Path | None = None,
    cancelled: Cancelled = never,
    stall_seconds: float = STALL_SECONDS,
) -> Iterator[bytes]:
    """Run one ffmpeg command that writes raw frames of `size` bytes to standard output, and give them one by one.

    The child is ended when the caller stops early; a last frame that is cut short is left out. Raises like `run`.
    """
    whole = [argv[0], "-nostdin", "-hide_banner", "-v", "error", "-nostats", *argv[1:]]
    with tempfile.TemporaryFile() as log:
        process = _started(whole, cwd, what, stderr=log)
        try:
            yield from _pieces(process, size, what, cancelled, stall_seconds)
            status = process.wait()
        finally:
            _end(process)
        if status != 0:
            log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
            tail = log.read().decode("utf-8", "replace")
            raise RenderError(_failure(status, "ffmpeg_failed", tail), what, tail)


def _pieces(
    process: subprocess.Popen[bytes], size: int, what: str, cancelled: Cancelled, stall: float
) -> Iterator[bytes]:
    """What a child writes, in pieces of one size."""
    out, buffer = process.stdout, bytearray()
    assert out is not None
    with selectors.DefaultSelector() as selector, out:
        selector.register(out, selectors.EVENT_READ)
        heard = time.monotonic()
        while True:
            if selector.select(POLL_SECONDS):
                data = os.read(out.fileno(), max(65536, size - len(buffer)))
                if not data:
                    return
                heard = time.monotonic()
                buffer += data
                while len(buffer) >= size:
                    yield bytes(buffer[:size])
                    del buffer[:size]
                    heard = time.monotonic()
            if cancelled():
                raise RenderCancelled(what)
            if time.monotonic() - heard > stall:
                raise RenderError("stalled", what)


class _Reports:
    """Progress lines, cut from what arrives in arbitrary pieces."""

    MOVING = (b"frame", b"out_time_us", b"total_size")

    def __init__(self, progress: FrameProgress | None) -> None:
        self._progress = progress
        self._rest = b""
        self._seen: dict[bytes, bytes] = {}

    def take(self, data: bytes) -> bool:
        """True when ffmpeg has moved on since the last report."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        moved = False
        for line in lines:
            name, _, value = line.partition(b"=")
            if name in self.MOVING and self._seen.get(name) != value:
                self._seen[name] = value
                moved = True
                if name == b"frame" and self._progress is not None and value.strip().isdigit():
                    self._progress(int(value))
        return moved


class _Child:
    """One running ffmpeg with its two pipes."""

    def __init__(self, argv: Sequence[str], cwd: Path | None, what: str, feeds: Sequence[Feed] = ()) -> None:
        self._what = what
        self._errors = b""
        self._process = _started(argv, cwd, what, pass_fds=[feed.reader for feed in feeds])
        for feed in feeds:
            feed.start()

    def finish(self, take: Callable[[bytes], bool], code: str, cancelled: Cancelled, stall: float) -> str:
        """Follow the child to its end; its log's end, or an error."""
        try:
            status = self._follow(take, cancelled, stall)
        except BaseException:
            # whatever goes wrong here (a callback that raises included), the child must not outlive us
            _end(self._process)
            raise
        if status != 0:
            raise RenderError(_failure(status, code, self._tail()), self._what, self._tail())
        return self._tail()

    def _tail(self) -> str:
        return self._errors.decode("utf-8", "replace")

    def _follow(self, take: Callable[[bytes], bool], cancelled: Cancelled, stall: float) -> int:
        out, err = self._process.stdout, self._process.stderr
        assert out is not None and err is not None
        with selectors.DefaultSelector() as selector, out, err:
            selector.register(out, selectors.EVENT_READ)
            selector.register(err, selectors.EVENT_READ)
            heard = time.monotonic()
            while selector.get_map():
                for key, _ in selector.select(POLL_SECONDS):
                    data = os.read(key.fd, 65536)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is err:
                        self._errors = (self._errors + data)[-TAIL_BYTES:]
                    elif take(data):
                        heard = time.monotonic()
                if cancelled():
                    raise RenderCancelled(self._what)
                if time.monotonic() - heard > stall:
                    raise RenderError("stalled", self._what, self._tail())
        return self._process.wait()


def _failure(status: int, code: str, tail: str) -> str:
    """The code of a child that ended with a status other than 0."""
    if any(words in tail for words in NO_SPACE) or status == -signal.SIGXFSZ:
        return "disk_full"
    return code if status > 0 else "ffmpeg_killed"


def _started(
    argv: Sequence[str],
    cwd: Path | None,
    what: str,
    *,
    stderr: int | IO[bytes] = subprocess.PIPE,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """A child in a process group of its own. Raises `RenderError("no_ffmpeg")`."""
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    except OSError as error:
        raise RenderError("no_ffmpeg", what, str(error)) from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group, when it still runs: politely, then for good."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
