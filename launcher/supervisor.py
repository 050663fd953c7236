"""Keeps a set of processes running: starts, waits until they answer, restarts what dies, stops all of it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from launcher.console import Console
from launcher.failures import Failure
from launcher.processes import Process, Program
from launcher.state import Mark

POLL = 0.05
PATIENCE = 60.0
RESTARTS = 6
RESTART_WINDOW = 60.0


class Supervisor:
    """Processes in the order they were started. `stopping` is set by a signal and ends every wait."""

    def __init__(
        self,
        logs: Path,
        console: Console,
        on_change: Callable[[Mapping[str, Mark]], None] = lambda marks: None,
    ) -> None:
        self.stopping = threading.Event()
        self.broken: Failure | None = None
        self._logs = logs
        self._console = console
        self._on_change = on_change
        self._processes: dict[str, Process] = {}
        self._deaths: dict[str, list[float]] = {}
        self._lock = threading.RLock()
        self._watcher: threading.Thread | None = None

    def catch_signals(self) -> None:
        """Let Ctrl-C, SIGTERM and a closed terminal stop everything in order."""

        def stop(number: int, frame: FrameType | None) -> None:
            self.stopping.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        # Under nohup a closed terminal is meant to change nothing.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, stop)

    def start(self, programs: Sequence[Program], patience: float = PATIENCE) -> None:
        """Start side by side, return when all answer. Raises Failure with the tail of the one that does not."""
        with self._lock:
            for program in programs:
                self._processes[program.name] = self._spawn(program)
            started = [self._processes[program.name] for program in programs]
        self._await(started, patience)
        self._note()

    def _spawn(self, program: Program) -> Process:
        try:
            return Process(program, self._logs, self._console)
        except OSError as error:
            raise Failure(
                "launcher.start", f"{program.name} does not start: {error}.", next_step="./slate doctor"
            ) from error

    def _await(self, waiting: list[Process], patience: float) -> None:
        deadline = time.monotonic() + patience
        waiting = list(waiting)
        while waiting and not self.stopping.is_set():
            for process in list(waiting):
                if not process.alive:
                    raise self._failure(
                        process,
                        f"{process.program.name} ended with status {process.popen.returncode} before it answered.",
                    )
                if process.is_ready():
                    waiting.remove(process)
            if waiting and time.monotonic() > deadline:
                name = waiting[0].program.name
                raise self._failure(waiting[0], f"{name} did not answer within {patience:.0f} s.")
            self.stopping.wait(POLL)

    def _failure(self, process: Process, what: str) -> Failure:
        return Failure(
            "launcher.start",
            what,
            tail=process.tail(),
            log=process.log,
            next_step="Read the log above; ./slate doctor checks the machine.",
        )

    def watch(self) -> None:
        """Restart what dies from now on, in a thread of its own."""
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        while not self.stopping.wait(0.2):
            with self._lock:
                dead = [p for p in self._processes.values() if not p.alive]
                for process in dead:
                    if not self.stopping.is_set() and not self._revive(process):
                        return

    def _revive(self, process: Process) -> bool:
        """Start a dead process again; False (and everything stops) when it dies over and over."""
        program, now = process.program, time.monotonic()
        recent = [at for at in self._deaths.get(program.name, []) if now - at < RESTART_WINDOW]
        self._deaths[program.name] = [*recent, now]
        process.sweep_group()
        if len(recent) >= RESTARTS:
            self.broken = self._failure(
                process, f"{program.name} ended {len(recent) + 1} times within a minute."
            )
            self.stopping.set()
            return False
        self._console.say(f"{program.name} ended with status {process.popen.returncode}; starting it again.")
        self.stopping.wait(0.2 * len(recent))
        try:
            self._processes[program.name] = self._spawn(program)
        except Failure as failure:
            self.broken = failure
            self.stopping.set()
            return False
        self._note()
        return True

    def wait(self) -> None:
        """Sleep until something asks to stop. Raises Failure when a process could not be kept alive."""
        while not self.stopping.wait(0.5):
            pass
        if self.broken:
            raise self.broken

    def stop(self) -> None:
        """Stop in reverse order; what was started together is asked together. Safe to call twice."""
        self.stopping.set()
        with self._lock:
            processes = list(self._processes.values())
            self._processes = {}
        ground = [p for p in processes if p.program.own_log]
        for layer in ([p for p in processes if not p.program.own_log], ground):
            for process in reversed(layer):
                process.ask_to_stop()
            for process in reversed(layer):
                process.end()
        self._on_change({})

    def pids(self) -> list[int]:
        """The processes' ids."""
        with self._lock:
            return [p.popen.pid for p in self._processes.values() if p.alive]

    def _note(self) -> None:
        with self._lock:
            self._on_change({name: p.refresh_mark() for name, p in self._processes.items()})
