"""Child processes that answer requests over pipes and are kept for the next one.

Starting a process costs more than speaking a line, so a child that has answered waits a while. Each is used
by one caller at a time; it is stopped when it takes too long, replaced when it died, and ends by itself when
this process does or when nobody asks. A fork of this process starts children of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from craft.sound.errors import SoundError

MOST_KEPT = 4
_BLOCK = 1 << 20


class _Ended(Exception):
    """The child closed its end before the answer was complete."""


class Child:
    """One running child; `key` names what it has loaded."""

    def __init__(self, script: Path, flags: Sequence[str], key: str) -> None:
        self.key = key
        self.owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, *flags, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def asked(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """One exchange. Raises `TimeoutError`, `_Ended`."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise _Ended from error
        until = time.monotonic() + seconds
        got = bytearray()
        while (line := got.find(b"\n")) < 0:
            got += self._read(until)
        header: dict[str, Any] = json.loads(got[:line])
        wanted = line + 1 + int(header.get("bytes", 0))
        while len(got) < wanted:
            got += self._read(until)
        return header, bytes(got[line + 1 : wanted])

    def _read(self, until: float) -> bytes:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            if not ready.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
        block = os.read(self.process.stdout.fileno(), _BLOCK)
        if not block:
            raise _Ended
        return block

    def stop(self) -> None:
        """End the child and whatever it started."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self.owner != os.getpid():
            return
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL) if hasattr(os, "killpg") else self.process.kill()
        self.process.wait()


class Children:
    """A few children of one script, kept between requests. Safe to use from several threads."""

    def __init__(self, script: Path, *flags: str) -> None:
        self.script, self.flags = script, flags
        self._idle: list[Child] = []
        self._lock = threading.Lock()
        atexit.register(self.close)

    def ask(self, request: dict[str, Any], *, key: str, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The header and the bytes behind it.

        Raises `SoundError`: `sound.timeout` when it took longer than `seconds` (the child is stopped),
        `sound.speech_process` when the child ended without an answer, twice where the first had waited long.
        """
        child, waited = self._taken(key)
        try:
            try:
                answer = child.asked(request, seconds)
            except _Ended:
                if not waited:
                    raise
                # it may have gone home just now; a new one decides
                child.stop()
                child = Child(self.script, self.flags, key)
                answer = child.asked(request, seconds)
        except TimeoutError as error:
            child.stop()
            raise SoundError(
                f"Speech took longer than {seconds:.0f} s and was stopped. Nothing was written; shorten the line.",
                code="sound.timeout",
            ) from error
        except (_Ended, ValueError) as error:
            child.stop()
            raise SoundError(
                "The speech process ended without an answer. Nothing was written; run it again.",
                code="sound.speech_process",
            ) from error
        except BaseException:
            # half an answer may be left in the pipe
            child.stop()
            raise
        self._kept(child)
        return answer

    def close(self) -> None:
        """Stop every child that waits."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.stop()

    def _taken(self, key: str) -> tuple[Child, bool]:
        """A waiting child of that key, else a new one; and whether it had waited."""
        with self._lock:
            self._idle = [child for child in self._idle if child.owner == os.getpid()]
            found = next((child for child in reversed(self._idle) if child.key == key), None)
            if found is not None:
                self._idle.remove(found)
                return found, True
        return Child(self.script, self.flags, key), False

    def _kept(self, child: Child) -> None:
        with self._lock:
            self._idle.append(child)
            leaving = self._idle[:-MOST_KEPT]
            self._idle = self._idle[-MOST_KEPT:]
        for old in leaving:
            old.stop()
