"""Who runs: locks on the checkout, `state.json`, and what a killed launcher left behind.

Two locks, both released by the kernel when their process dies: `.slate/lock` is held by whoever runs services,
the folder `.slate` itself by whoever changes the set-up.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from launcher.failures import Failure
from launcher.layout import Layout

POLL = 0.05


@dataclass(frozen=True)
class Mark:
    """A process that can be recognised later: its id, when it started, and a word of its command line."""

    pid: int
    started: str
    word: str


def started_at(pid: int) -> str:
    """When a process started, in the system's own units; empty when there is no such process."""
    if sys.platform.startswith("linux"):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    return _ps(pid, "lstart=")


def command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    if sys.platform.startswith("linux"):
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    return _ps(pid, "command=")


def _ps(pid: int, field: str) -> str:
    done = subprocess.run(["ps", "-o", field, "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def mark_of(pid: int, word: str) -> Mark:
    """The mark of a running process."""
    return Mark(pid, started_at(pid), word)


def is_alive(mark: Mark) -> bool:
    """Whether this very process still runs (not another one that got its id)."""
    return bool(mark.started) and started_at(mark.pid) == mark.started and mark.word in command_of(mark.pid)


def read_state(layout: Layout) -> dict[str, Any]:
    """`state.json`; empty when it is absent or broken."""
    try:
        found = json.loads((layout.state / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_state(layout: Layout, state: Mapping[str, Any]) -> None:
    """Replace `state.json` in one step."""
    target = layout.state / "state.json"
    draft = target.with_suffix(".json.part")
    draft.write_text(json.dumps(state, indent=1) + "\n")
    draft.replace(target)


def record(layout: Layout, address: str, marks: Mapping[str, Mark]) -> None:
    """Write down the running supervisor and its processes."""
    own = mark_of(os.getpid(), "slate")
    state = {"data": str(layout.data), "sockets": str(layout.sockets), "address": address}
    write_state(
        layout,
        {
            **state,
            "supervisor": asdict(own),
            "processes": {name: asdict(mark) for name, mark in marks.items()},
        },
    )


def mark_from(raw: object) -> Mark | None:
    """A mark out of `state.json`; None when it is not one."""
    if not isinstance(raw, dict):
        return None
    pid, started, word = raw.get("pid"), raw.get("started"), raw.get("word")
    if isinstance(pid, int) and isinstance(started, str) and isinstance(word, str):
        return Mark(pid, started, word)
    return None


def try_lock(path: Path) -> int | None:
    """An exclusive lock on a file or folder as a descriptor, or None when somebody else holds it."""
    flags = os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextlib.contextmanager
def set_up_lock(layout: Layout, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the set-up of this checkout; waits for another one and calls `waiting` once when it has to."""
    layout.state.mkdir(parents=True, exist_ok=True)
    handle = try_lock(layout.state)
    if handle is None:
        waiting()
        while (handle := try_lock(layout.state)) is None:
            time.sleep(POLL * 4)
    try:
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def run_lock(layout: Layout) -> Iterator[bool]:
    """Hold the services of this checkout. Yields False when another launcher holds them."""
    layout.state.mkdir(parents=True, exist_ok=True)
    handle = try_lock(layout.state / "lock")
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def is_running(layout: Layout) -> bool:
    """Whether some launcher holds the services of this checkout."""
    if not (layout.state / "lock").exists():
        return False
    handle = try_lock(layout.state / "lock")
    if handle is None:
        return True
    os.close(handle)
    return False


def wait_gone(alive: Callable[[], bool], seconds: float) -> bool:
    """Wait until `alive` says no; False when the time is over."""
    deadline = time.monotonic() + seconds
    while alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def end_group(mark: Mark, first: int = signal.SIGTERM, grace: float = 8.0) -> None:
    """End a marked process and its group: politely, then for good. Somebody else's process is left alone."""
    if not is_alive(mark):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(mark.pid, first)
    wait_gone(lambda: is_alive(mark), grace)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(mark.pid, signal.SIGKILL)
    if not wait_gone(lambda: is_alive(mark), 5.0):
        raise Failure(
            "launcher.will_not_end",
            f"Process {mark.pid} ({mark.word}) does not end.",
            next_step=f"End it by hand: kill -9 {mark.pid}",
        )


def clear_leftovers(layout: Layout) -> list[str]:
    """End what a killed launcher left running; returns the names. Call it with the run lock held."""
    ended = []
    processes = read_state(layout).get("processes")
    for name, raw in reversed(list(processes.items() if isinstance(processes, dict) else [])):
        mark = mark_from(raw)
        if mark and name not in {"postgres", "redis"} and is_alive(mark):
            end_group(mark, grace=3.0)
            ended.append(str(name))
    for name, file, first in (
        ("redis", layout.queue / "redis.pid", signal.SIGTERM),
        ("postgres", layout.cluster / "postmaster.pid", signal.SIGINT),
    ):
        mark = _service_mark(name, file, layout)
        if mark and is_alive(mark):
            end_group(mark, first, grace=15.0)
            ended.append(name)
    return ended


def _service_mark(name: str, pid_file: Path, layout: Layout) -> Mark | None:
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    # Redis rewrites its command line to name its socket, Postgres names its data folder.
    word = str(layout.redis_socket) if name == "redis" else str(layout.cluster)
    return mark_of(pid, word)
