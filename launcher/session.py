"""A running Slate for the length of one command: our own processes, or those another launcher runs."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from launcher import preparing, stack
from launcher import services as pg
from launcher.console import Console
from launcher.failures import Failure
from launcher.layout import Layout
from launcher.memory import family
from launcher.processes import free_port, remove_dead_sockets
from launcher.state import (
    clear_leftovers,
    command_of,
    is_alive,
    is_running,
    mark_from,
    read_state,
    record,
    run_lock,
    try_lock,
    wait_gone,
)
from launcher.supervisor import Supervisor

INTERRUPTED = 130
STOP_PATIENCE = 60.0
PORTS = 50


class Interrupted(Exception):
    """Ctrl-C or a stop signal: everything has been or is being stopped."""


@dataclass
class Session:
    """What a command needs to know of the running services."""

    layout: Layout
    console: Console
    port: int
    supervisor: Supervisor
    owned: bool
    house_started: float = 0.0

    @property
    def address(self) -> str:
        """Where the studio answers."""
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> list[int]:
        """All processes of this Slate, the launcher and its commands with them."""
        found = set(family(os.getpid()))
        if not self.owned:
            mark = mark_from(read_state(self.layout).get("supervisor"))
            found.update(family(mark.pid) if mark and is_alive(mark) else [])
        return sorted(found)

    def check(self) -> None:
        """Raises Interrupted after Ctrl-C, and the Failure of a process that could not be kept alive."""
        if self.supervisor.broken:
            raise self.supervisor.broken
        if self.supervisor.stopping.is_set():
            raise Interrupted


@contextlib.contextmanager
def services(
    layout: Layout, console: Console, *, house: bool, tests: bool = False, furnish: bool = True
) -> Iterator[Session]:
    """Set up what is missing, then hold Postgres and Redis up, with `house` web, worker, sweeper, signer too.

    Uses the services of a launcher that already runs. Stops, on the way out, exactly what it started. Raises
    Failure, and Interrupted after a stop signal.
    """
    preparing.set_up(layout, console, tests=tests)
    with run_lock(layout) as mine:
        if not mine:
            yield _borrowed(layout, console)
            return
        if ended := clear_leftovers(layout):
            console.say(f"Ended what an earlier launcher left running: {', '.join(ended)}.")
        remove_dead_sockets(layout.sockets)
        port = _port(layout)
        session = Session(layout, console, port, _supervisor(layout, console, port), owned=True)
        try:
            _start(session, house=house, furnish=furnish)
            yield session
        except Failure:
            # Ctrl-C reaches the children of this terminal too; what they then report is not the news.
            if session.supervisor.stopping.is_set() and not session.supervisor.broken:
                raise Interrupted from None
            raise
        finally:
            session.supervisor.stop()


def _supervisor(layout: Layout, console: Console, port: int) -> Supervisor:
    supervisor = Supervisor(
        layout.logs, console, lambda marks: record(layout, f"http://127.0.0.1:{port}", marks)
    )
    supervisor.catch_signals()
    return supervisor


def _start(session: Session, *, house: bool, furnish: bool) -> None:
    layout = session.layout
    session.supervisor.start(stack.ground(layout))
    session.check()
    if furnish:
        preparing.furnish(layout, session.console, session.port)
    else:
        pg.make_roles(layout, stack.stamps_of(layout))
    session.check()
    session.house_started = time.monotonic()
    if house:
        session.supervisor.start(stack.house(layout, session.port, preparing.cores()))
        session.check()
    session.supervisor.watch()


def _port(layout: Layout) -> int:
    """The port of last time when it is free, so that bookmarks go on working; else the next free one."""
    last = urlsplit(str(read_state(layout).get("address", ""))).port or stack.FIRST_PORT
    for first, tries in ((last, 1), (stack.FIRST_PORT, PORTS)):
        with contextlib.suppress(OSError):
            return free_port(first, tries)
    raise Failure(
        "launcher.no_port",
        f"No free port from {stack.FIRST_PORT} on.",
        next_step="Stop a server that uses these ports.",
    )


def _borrowed(layout: Layout, console: Console) -> Session:
    """The services of the launcher that holds the lock; waits while it is still starting them."""
    deadline = time.monotonic() + STOP_PATIENCE
    while "web" not in (read_state(layout).get("processes") or {}):
        if not is_running(layout) or time.monotonic() > deadline:
            raise Failure(
                "launcher.busy",
                "Another ./slate runs here but not the studio.",
                next_step="Wait for it to end, or ./slate down.",
            )
        time.sleep(0.2)
    port = urlsplit(str(read_state(layout).get("address", ""))).port or stack.FIRST_PORT
    supervisor = Supervisor(layout.logs, console)
    supervisor.catch_signals()
    return Session(layout, console, port, supervisor, owned=False, house_started=time.monotonic())


def stop_running(layout: Layout, console: Console) -> int:
    """`./slate down`: stop the launcher that runs here, or clear what a killed one left. Returns 0."""
    if is_running(layout):
        mark = mark_from(read_state(layout).get("supervisor"))
        if mark is None or not is_alive(mark):
            raise Failure(
                "launcher.unknown_holder",
                "Another ./slate sets this checkout up or ends.",
                next_step="Wait a moment, then run ./slate down again.",
            )
        console.say(f"Stopping process {mark.pid} ({command_of(mark.pid).strip()[:60]}) …")
        os.kill(mark.pid, signal.SIGTERM)
        if not wait_gone(lambda: is_running(layout), STOP_PATIENCE):
            raise Failure(
                "launcher.will_not_end",
                f"Process {mark.pid} does not end.",
                next_step=f"kill -9 {mark.pid}, then ./slate down",
            )
        console.say("Stopped.")
        return 0
    layout.state.mkdir(exist_ok=True)
    handle = try_lock(layout.state / "lock")
    ended = clear_leftovers(layout)
    if handle is not None:
        os.close(handle)
    console.say(f"Ended what was left running: {', '.join(ended)}." if ended else "Nothing runs.")
    return 0
