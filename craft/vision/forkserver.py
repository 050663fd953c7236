"""Films of strangers, read by forks of one process in the sandbox that has its decoder loaded.

Starting a decoder costs far more than decoding a short clip. So one process for each of ours is started in bubblewrap,
loads OpenCV and reads nothing; `forkserver_child` says how every film gets a fork of its own, which is as much alone as
a process that was started for it. What comes back is checked as the word of somebody who may have been taken over.

Whoever is not told anything here looks at the file another way.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2

from craft.vision import forkserver_child, sandbox

MOST_BYTES = 64 << 20
"""A film is handed over as a sealed copy in memory; a larger one is not worth a fork."""
_MOST_ANSWER = 1 << 14
_MOST_SIDE, _MOST_FRAMES = 1 << 14, 1 << 24
_START_SECONDS, _SEND_SECONDS, _GRACE_SECONDS = 20.0, 5.0, 5.0
_INSIDE, _SITE = "/in/forkserver_child.py", "/in/site"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader told of a film it decoded to the end: its size, its frames, and what the decoder complained of."""

    width: int
    height: int
    frames: int
    words: str


def look(path: Path, decoder: str, *, seconds: int, wall: int) -> Seen | None:
    """What a fork tells of an MP4 that `decoder` reads; None where there is none that tells.

    It gets so many seconds of the processor, and `wall` of the clock.
    """
    wish = {"decoder": decoder, "seconds": seconds, "wall": wall}
    for _ in range(2):  # a server that ended since the last film is replaced, once
        server = _running()
        if server is None:
            return None
        film = _sealed(path)
        if film is None:
            return None
        try:
            answer = server.ask(film, json.dumps(wish).encode(), wall + _GRACE_SECONDS)
        except OSError:
            _replace(server)
            continue
        finally:
            os.close(film)
        if not answer:
            # Whoever makes readers crash learns about the memory they share with the next: so there is no next.
            _replace(server)
        return _seen(answer)
    return None


class _Server:
    """One server and our end of the line to it. Raises OSError where it does not start."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                command(forkserver_child.__file__, str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        try:
            self.line.settimeout(_START_SECONDS)
            if self.line.recv(64) != forkserver_child.READY:
                raise OSError("no reader can be forked here")
            self.line.settimeout(_SEND_SECONDS)
        except OSError:
            self.end()
            raise

    def ask(self, film: int, wish: bytes, seconds: float) -> bytes:
        """What the reader answered; nothing where it did not in time. Raises OSError when the server is gone."""
        ours, theirs = os.pipe()
        try:
            try:
                socket.send_fds(self.line, [wish], [film, theirs])
            finally:
                os.close(theirs)
            return _answer(ours, time.monotonic() + seconds)
        finally:
            os.close(ours)

    def end(self) -> None:
        """Close the line, and end it with every reader it has."""
        self.line.close()
        self.process.kill()
        self.process.wait()


class _Kept:
    """This process's server. A fork of this process has none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.server: _Server | None = None
        self.refused = not sys.platform.startswith("linux") or shutil.which("bwrap") is None

    def forget(self) -> None:
        """In a fork of the process: the server belongs to the other one, which would never see its line end."""
        server, self.server = self.server, None
        self.lock = threading.Lock()  # a thread that is not here may have held it
        if server is not None:
            server.line.close()
            server.process.returncode = 0  # not ours to wait for


_kept = _Kept()


def _running() -> _Server | None:
    """The server, started where there is none; None where one has refused to start in this process."""
    with _kept.lock:
        if _kept.server is None and not _kept.refused:
            try:
                _kept.server = _Server()
            except OSError:
                _kept.refused = True
        return _kept.server


def _replace(server: _Server) -> None:
    with _kept.lock:
        if _kept.server is server:
            _kept.server = None
    server.end()


os.register_at_fork(after_in_child=_kept.forget)


def command(script: str, *arguments: str) -> list[str]:
    """A Python script in the server's sandbox: nothing can be written there, and the only files are programs.

    The shell stays: bubblewrap ends with the thread that started it, and the server must outlive threads of ours.
    """
    jail = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    for name, value in (("PYTHONPATH", _SITE), ("OPENBLAS_NUM_THREADS", "1"), ("OMP_NUM_THREADS", "1")):
        jail += ["--setenv", name, value]
    jail += ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for name in ("lib", "lib64", "bin"):
        jail += ["--symlink", f"usr/{name}", f"/{name}"]
    base = Path(sys.base_prefix).resolve()
    if not base.is_relative_to("/usr"):
        jail += ["--ro-bind", str(base), str(base)]
    jail += ["--ro-bind", str(Path(cv2.__file__).resolve().parents[1]), _SITE]
    jail += ["--ro-bind", script, _INSIDE, "--remount-ro", "/", "--"]
    python = [str(Path(sys.executable).resolve()), "-s", "-S", "-P", "-B", _INSIDE]
    limits = f"ulimit -n {forkserver_child.OPEN_FILES}; ulimit -c 0; ulimit -v {sandbox.MEMORY_MIB * 1024}"
    return ["/bin/sh", "-c", f'{limits}; "$@"; exit $?', "sh", *jail, *python, *arguments]


def _sealed(path: Path) -> int | None:
    """A copy of a file in memory that nobody can change, to be read from its beginning; None where there is no room.

    A descriptor of the file itself would do more than read: its owner may change modes and times through it.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        return None
    with path.open("rb") as file, ExitStack() as failed:
        try:
            copy = os.memfd_create("film", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            failed.callback(os.close, copy)
            while size > 0 and (sent := os.sendfile(copy, file.fileno(), None, size)):
                size -= sent
            fcntl.fcntl(copy, fcntl.F_ADD_SEALS, _seals())
            os.lseek(copy, 0, os.SEEK_SET)
        except OSError:
            return None
        failed.pop_all()
        return copy


def _seals() -> int:
    return fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def _answer(pipe: int, until: float) -> bytes:
    """All that comes through a pipe until its other end is closed; nothing when it takes too long or is too much."""
    poll, answer = select.poll(), b""
    poll.register(pipe, select.POLLIN)
    while poll.poll(max(0.0, until - time.monotonic()) * 1000):
        part = os.read(pipe, _MOST_ANSWER)
        if not part:
            return answer
        answer += part
        if len(answer) > _MOST_ANSWER:
            break
    return b""


def _seen(answer: bytes) -> Seen | None:
    """The answer, where it is one: a reader that was taken over may send anything."""
    try:
        told = json.loads(answer)
        seen = Seen(told["width"], told["height"], told["frames"], told.get("words", ""))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
    figures = (seen.width, _MOST_SIDE), (seen.height, _MOST_SIDE), (seen.frames, _MOST_FRAMES)
    if not isinstance(seen.words, str) or any(type(figure) is not int for figure, _most in figures):
        return None
    return seen if all(0 <= figure <= most for figure, most in figures) else None
