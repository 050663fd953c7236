"""Leases of the jobs that this process carries out, renewed by one thread for all of them.

A renewal that finds the job in other hands says so to its handler, which then stops at its next write. Most jobs are
over before their first renewal: for those nothing is started and nothing asked.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.db.utils import Error

log = logging.getLogger(__name__)
LOOKS = 12
"""How often the thread looks in the time of a lease: a renewal is due after a third of it, and comes soon after."""


class Held(Protocol):
    """What is known of a job in hand: whose lease it is, and how its handler is told."""

    job_id: uuid.UUID
    fence: int
    lost: threading.Event
    cancel: threading.Event
    state_of_progress: dict[str, Any]


@dataclass(slots=True, eq=False)
class _Hand:
    """One job in hand."""

    held: Held
    since: float = field(default_factory=time.monotonic)
    """When its lease was taken or renewed last."""


class _Keeper(threading.Thread):
    """Renews what is in hand until the process ends. A forked child has its own."""

    def __init__(self) -> None:
        super().__init__(name="leases", daemon=True)
        self.hands: list[_Hand] = []
        self.looks_at, self.sooner = 0.0, threading.Event()

    def run(self) -> None:
        """Look, renew what is due, sleep."""
        while True:
            pause = settings.JOB_LEASE_SECONDS / LOOKS
            self.looks_at = time.monotonic() + pause
            if self.sooner.wait(pause):
                self.sooner.clear()  # a shorter lease was taken meanwhile
                continue
            self.look()

    def look(self) -> None:
        """Renew what was renewed last a third of a lease ago."""
        before = time.monotonic() - settings.JOB_LEASE_SECONDS / 3
        due = [hand for hand in tuple(self.hands) if hand.since <= before and not hand.held.lost.is_set()]
        for hand in due:
            try:
                renew(hand.held)
            # The thread's edge: whatever breaks here would let the leases of all later jobs run out.
            except Exception:
                log.exception("lease of %s not renewed", hand.held.job_id)
            hand.since = time.monotonic()
        if due:
            connection.close()

    def take(self, hand: _Hand) -> None:
        """Keep one more."""
        self.hands.append(hand)
        if self.looks_at > hand.since + settings.JOB_LEASE_SECONDS / 3:
            self.sooner.set()


class _Kept:
    """This process's keeper. A fork of this process has none yet."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """In a fork of the process: threads do not come along, and one that is not here may have held the lock."""
        self.lock = threading.Lock()
        self.keeper: _Keeper | None = None


_kept = _Kept()
os.register_at_fork(after_in_child=_kept.forget)


@contextlib.contextmanager
def kept(held: Held) -> Iterator[None]:
    """Keep a job's lease while its handler works."""
    keeper, hand = _here(), _Hand(held)
    keeper.take(hand)
    try:
        yield
    finally:
        keeper.hands.remove(hand)


def _here() -> _Keeper:
    """This process's keeper, started when the first job comes."""
    with _kept.lock:
        if _kept.keeper is None:
            _kept.keeper = _Keeper()
            _kept.keeper.start()
        return _kept.keeper


def renew(held: Held) -> None:
    """Renew one lease and hear whether the job is still ours and still wanted."""
    args: list[Any] = [
        held.job_id,
        held.fence,
        settings.JOB_LEASE_SECONDS,
        json.dumps(held.state_of_progress),
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT renew_lease(%s, %s, %s, %s::jsonb)", args)
            answer = cursor.fetchone()[0]
    except Error as error:
        log.warning("lease of %s not renewed: %s", held.job_id, error)
        connection.close()
        return
    if answer == "lost":
        held.lost.set()
    elif answer == "cancel":
        held.cancel.set()
