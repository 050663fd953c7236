"""Lanes: the jobs that one worker process carries side by side.

One of them works; the others wait, for an engine's answer or for their own commit. Whoever has to wait leaves the place
to the next, and where an engine takes its time another lane is opened for the next job of the line. So the code of a
job never runs beside another's, and a slow engine does not hold up the process.

    lane 1  ██ work ██ ░░░ engine ░░░░░░░░░ ██ work ██ ░ commit ░
    lane 2               ██ work ██ ░░░░░░░░░ engine ░░░░ ██ …
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.db import close_old_connections

ALONE_AFTER = 2
"""A job that was lost with so many workers keeps the place: whatever it does to the process, others are spared."""
SOON = 0.05
"""Seconds in which an engine may answer before another lane is opened: a thread has its price too."""


class Carried(Protocol):
    """What is known of a job in hand: how many workers it was lost with."""

    attempt: int


J = TypeVar("J", bound=Carried)


class Turn(Generic[J]):
    """A process's turn in one line, until `ends` (monotonic seconds).

    `take` claims the next job of the line; `carry_out` does one and tells which was taken along with its end.
    """

    def __init__(self, take: Callable[[], J | None], carry_out: Callable[[J], J | None], ends: float) -> None:
        self.take, self.carry_out, self.ends = take, carry_out, ends
        self.place, self.empty = threading.Lock(), False
        self.lanes: list[Future[int]] = []

    def work(self, first: J) -> int:
        """Do this job and those behind it; how many were done. What breaks is raised when every lane has ended."""
        try:
            with self.place:
                done = self._along(first)
        finally:
            while not all(lane.done() for lane in self.lanes):
                wait(self.lanes)
        return done + sum(lane.result() for lane in self.lanes)

    def widen(self) -> None:
        """Open another lane, if there may be one more and the line was not found empty; call at the place."""
        if not self.empty and len(self.lanes) + 1 < settings.JOB_LANES and time.monotonic() < self.ends:
            self.lanes.append(_process.threads().submit(self._lane))

    @contextmanager
    def left(self) -> Iterator[None]:
        """Leave the place to another lane for as long as this one waits."""
        _here.turn = None
        self.place.release()
        try:
            yield
        finally:
            self.place.acquire()
            _here.turn = self

    def _lane(self) -> int:
        try:
            with self.place:
                job = self.take()
                self.empty = job is None
                return self._along(job)
        finally:
            close_old_connections()

    def _along(self, job: J | None) -> int:
        done = 0
        try:
            while job is not None:
                _here.turn = self if job.attempt < ALONE_AFTER else None
                job, done = self.carry_out(job), done + 1
        finally:
            _here.turn = None
        return done


class _Here(threading.local):
    """The turn whose place this thread holds; None where it holds none, or may not leave it."""

    turn: Turn[Any] | None = None


class _Waiter:
    """Somebody who waits for an engine."""

    def __init__(self, turn: Turn[Any]) -> None:
        self.turn, self.since = turn, time.monotonic()


class _Watch(threading.Thread):
    """Opens a lane for each who waits for long; ends with the process."""

    def __init__(self) -> None:
        super().__init__(name="lanes", daemon=True)
        self.waiters: list[_Waiter] = []
        self.wanted = threading.Event()

    def run(self) -> None:
        """Look a while after somebody began to wait, and again for as long as anybody does."""
        while True:
            self.wanted.wait()
            self.wanted.clear()
            while self.waiters:
                time.sleep(SOON)
                self.look()

    def look(self) -> None:
        """Open what is due. A waiter comes back to its turn's place, so at the place it is known who still waits."""
        for waiter in [one for one in self.waiters if one.since <= time.monotonic() - SOON]:
            with waiter.turn.place:
                if waiter in self.waiters:
                    waiter.since = float("inf")
                    waiter.turn.widen()


class _Process:
    """The threads of this process, each started when it is first wanted. A fork has none of them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """In a fork of the process: threads do not come along."""
        self._threads: ThreadPoolExecutor | None = None
        self._watch: _Watch | None = None

    def threads(self) -> ThreadPoolExecutor:
        """Those of further lanes."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(settings.JOB_LANES - 1, thread_name_prefix="lane")
        return self._threads

    def watch(self) -> _Watch:
        """Whoever looks after those who wait."""
        if self._watch is None:
            self._watch = _Watch()
            self._watch.start()
        return self._watch


_here, _process = _Here(), _Process()
os.register_at_fork(after_in_child=_process.forget)


@contextmanager
def away() -> Iterator[None]:
    """While an engine is waited for, others may work in this process. Call outside any transaction."""
    turn = _here.turn
    if turn is None or settings.JOB_LANES < 2:
        yield
        return
    watch, waiter = _process.watch(), _Waiter(turn)
    watch.waiters.append(waiter)
    watch.wanted.set()
    try:
        with turn.left():
            yield
    finally:
        watch.waiters.remove(waiter)


@contextmanager
def committing() -> Iterator[None]:
    """While a commit is waited for, others may work in this process."""
    turn = _here.turn
    if turn is None or not turn.lanes:
        yield
        return
    with turn.left():
        yield
