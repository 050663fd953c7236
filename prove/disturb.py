"""Disturbing workers at work: kill -9, and SIGSTOP until their lease has run out. Seeded; only lease owners are hit."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from prove.judge import unfinished
from prove.private import Ground
from workflow.runner import LOST_WORKERS

# Whose job has lost nearly as many workers as it may is spared: where few jobs are left, all strikes would fall on
# them, and the product is right to give such a job up.
MOST_LOST = LOST_WORKERS - 2
OWNERS = (
    "SELECT DISTINCT split_part(lease_owner, ':', 2)::int FROM workflow_job"
    f" WHERE state = 'running' AND lease_until > clock_timestamp() AND attempts < {MOST_LOST}"
)
SAY_EVERY, PAUSE = 15.0, 0.05


class Disturber(Protocol):
    """Whatever disturbs: `strike` is asked all the while, `over` once at the end."""

    def strike(self, ground: Ground) -> None: ...
    def over(self) -> None: ...


class Counted(Disturber, Protocol):
    """A disturber that is to have disturbed so often; `left` is what is still to come."""

    @property
    def left(self) -> int: ...


@dataclass(slots=True)
class Storm:
    """How many kills and stops, in how many seconds they should come, how long a stop lasts beyond the lease.

    At most `beds` sleep at a time: somebody must be awake to take over.
    """

    rng: random.Random
    kills: int = 0
    stops: int = 0
    seconds: float = 10.0
    lease: float = 2.0
    nap: float = 1.0
    beds: int = 2
    killed: int = 0
    stopped: int = 0
    asleep: dict[int, float] = field(default_factory=dict)
    struck_at: float = 0.0

    @property
    def left(self) -> int:
        """Kills and stops that are still to come."""
        return self.kills - self.killed + self.stops - self.stopped

    def strike(self, ground: Ground) -> None:
        """One kill or stop when it is time, on somebody who holds a lease now."""
        now, left = time.monotonic(), self.left
        self.wake(now)
        gap = self.seconds / max(1, self.kills + self.stops)
        if left == 0 or now - self.struck_at < gap * self.rng.uniform(0.5, 1.2):
            return
        owners = sorted({pid for (pid,) in ground.sql(OWNERS)} - set(self.asleep))
        kills = self.kills - self.killed
        if not owners or (len(self.asleep) >= self.beds and not kills):
            return
        self.struck_at = now
        pid = self.rng.choice(owners)
        if len(self.asleep) >= self.beds or self.rng.randrange(left) < kills:
            self.killed += _send(pid, signal.SIGKILL)
        elif _send(pid, signal.SIGSTOP):
            self.stopped += 1
            self.asleep[pid] = now + self.lease + self.nap * self.rng.uniform(0.6, 1.4)

    def wake(self, now: float) -> None:
        """Let those go on whose lease has run out meanwhile."""
        for pid in [pid for pid, until in self.asleep.items() if until <= now]:
            del self.asleep[pid]
            _send(pid, signal.SIGCONT)

    def over(self) -> None:
        """Let all go on."""
        self.wake(float("inf"))


def _send(pid: int, number: int) -> int:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        return 1
    return 0


def until_done(ground: Ground, studios: Sequence[UUID], disturber: Disturber, give_up: float) -> float:
    """Strike until nothing of theirs is open, or `give_up` seconds have passed. Returns the seconds it took."""
    began = said = time.monotonic()
    try:
        while True:
            disturber.strike(ground)
            ground.revive()
            now = time.monotonic()
            left = unfinished(ground, studios)
            if left == 0 or now - began > give_up:
                return now - began
            if now - said > SAY_EVERY:
                said = now
                print(f"{now - began:4.0f} s: {left} jobs left", file=sys.stderr, flush=True)
            time.sleep(PAUSE)
    finally:
        disturber.over()
