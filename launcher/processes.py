"""One supervised process: how to start it, when it counts as ready, and the thread that carries its lines."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from launcher.console import Console, Redactor
from launcher.failures import tail_of
from launcher.layout import Account
from launcher.running import as_account
from launcher.state import Mark, mark_of

KEPT_LOG_BYTES = 5_000_000
Ready = Callable[["Process"], bool]


@dataclass(frozen=True)
class Program:
    """What to run. `word`, a part of its command line, recognises it later; `own_log`: it writes its log itself."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready: Ready
    word: str
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: int = signal.SIGTERM
    grace: float = 8.0
    own_log: bool = False


class Process:
    """A started program. Its lines go, without secrets, into `<logs>/<name>.log` and to the console."""

    def __init__(self, program: Program, logs: Path, console: Console) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self.started = time.monotonic()
        self.lines_seen = ""
        self._console = console
        self._redact = Redactor(program.env)
        _roll(self.log)
        out = self.log.open("ab") if program.own_log else subprocess.PIPE
        self.popen = subprocess.Popen(
            program.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env=dict(program.env), start_new_session=True, **{"cwd": program.cwd, **as_account(program.account)},
        )  # type: ignore[call-overload]  # fmt: skip
        if program.own_log:
            out.close()  # type: ignore[union-attr]
        else:
            threading.Thread(target=self._carry, name=f"log-{program.name}", daemon=True).start()
        self.mark: Mark = mark_of(self.popen.pid, program.word)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.popen.poll() is None

    def is_ready(self) -> bool:
        """Whether it answers."""
        return self.alive and self.program.ready(self)

    def refresh_mark(self) -> Mark:
        """The mark once more: a program may rewrite its command line while it starts."""
        self.mark = mark_of(self.popen.pid, self.program.word)
        return self.mark

    def ask_to_stop(self) -> None:
        """Send the stop signal."""
        with contextlib.suppress(ProcessLookupError):
            self.popen.send_signal(self.program.stop_signal)

    def end(self) -> None:
        """Wait out the grace, then end whatever is left of its group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(self.program.grace)
        self.sweep_group()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(5.0)

    def sweep_group(self) -> None:
        """End what remains of its group (children of a worker that was killed)."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def tail(self) -> list[str]:
        """The last lines of its log."""
        return tail_of(self.log)

    def _carry(self) -> None:
        assert self.popen.stdout is not None
        with self.log.open("a", encoding="utf-8") as log:
            for raw in self.popen.stdout:
                line = self._redact(raw.decode("utf-8", "replace").rstrip("\n"))
                log.write(f"{time.strftime('%H:%M:%S')} {line}\n")
                log.flush()
                # Enough to find a line that says "ready"; not a second copy of the log.
                self.lines_seen = (
                    (self.lines_seen + line + "\n")[-4000:] if time.monotonic() - self.started < 60 else ""
                )
                self._console.log(self.program.name, line)


def _roll(log: Path) -> None:
    with contextlib.suppress(OSError):
        if log.stat().st_size > KEPT_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))


def says(text: str) -> Ready:
    """Ready once a line with this text appeared."""

    def ready(process: Process) -> bool:
        return text in process.lines_seen

    return ready


def answers_on(path: Path) -> Ready:
    """Ready once a unix socket accepts a connection."""

    def ready(_: Process) -> bool:
        return socket_answers(path)

    return ready


def socket_answers(path: Path, question: bytes = b"", expected: bytes = b"") -> bool:
    """Whether a unix socket accepts, and answers a question with the expected bytes in front."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
            if not question:
                return True
            client.sendall(question)
            return client.recv(64).startswith(expected)
        except OSError:
            return False


def remove_dead_sockets(folder: Path) -> None:
    """Unlink the sockets nobody listens on any more; a killed process leaves its socket behind."""
    for path in folder.glob("*.sock"):
        if not socket_answers(path):
            path.unlink(missing_ok=True)


def answers_http(port: int, path: str) -> Ready:
    """Ready once a local address answers 200."""

    def ready(_: Process) -> bool:
        connection = HTTPConnection("127.0.0.1", port, timeout=2.0)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return ready


def free_port(first: int, tries: int = 50) -> int:
    """The first port from `first` on that is free at the loopback. Raises OSError when there is none."""
    for port in range(first, first + tries):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As uvicorn binds: a port that only waits out old connections is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {first} and {first + tries}")
