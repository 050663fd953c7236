"""Postgres crashed (immediate shutdown) while episodes are produced: no commit is lost, nothing paid twice (G3).

python -m launcher.rows prove pg --crash 20 --seed 1
"""

from __future__ import annotations

import argparse
import random
import signal
import threading
import time
import uuid
from dataclasses import dataclass, field
from types import TracebackType

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from prove import ground, private, shots
from prove.disturb import until_done
from prove.ground import Row, row
from prove.judge import Wanted, judge, zero
from prove.private import Ground
from prove.reader import Reader, add_web
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.events import emit

FAULTS = "rate_limit=0.05,error_before=0.02,reset_after=0.03"
MODELS = (shots.KEYED, shots.LOOKED_UP, shots.STILL)
BACK = 10.0
MARKS = "SELECT (body->>'n')::int FROM workflow_event WHERE kind = 'prove.mark' AND stream_id = %s"


@dataclass(slots=True)
class Crashes:
    """SIGQUIT to the postmaster: no checkpoint, no farewell; then a start with recovery."""

    rng: random.Random
    count: int
    pause: float
    away: float = 1.0
    done: int = 0
    at: float = 0.0
    back: list[float] = field(default_factory=list)

    def strike(self, ground: Ground) -> None:
        """One crash when it is time."""
        if self.done == self.count or time.monotonic() - self.at < self.pause * self.rng.uniform(0.6, 1.4):
            return
        ground.postgres.kill(signal.SIGQUIT)
        time.sleep(self.away)
        began = time.monotonic()
        ground.postgres.start()
        self.back.append(time.monotonic() - began)
        connection.close()
        self.done += 1
        self.at = time.monotonic()

    def over(self) -> None:
        """Nothing is left to be undone."""


class Committer:
    """Commits one numbered event after the other and remembers which commits were confirmed."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.stream = studio, uuid.uuid4()
        self.confirmed: list[int] = []
        self.cut = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._commit, name="committer", daemon=True)

    def __enter__(self) -> Committer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(20)

    def _commit(self) -> None:
        number = 0
        while not self._over.wait(0.02):
            number += 1
            try:
                with studio_scope(self.studio.pk):
                    emit(self.stream, "prove.mark", {"n": number})
                self.confirmed.append(number)
            except (OperationalError, InterfaceError):
                self.cut += 1
                connection.close()
                self._over.wait(0.2)
        connection.close()


def run(argv: list[str]) -> list[Row]:
    """On ground of its own. Rows as `launcher.rows` wants them."""
    if not private.inside():
        return private.enter("pg", argv)
    with private.ground() as made:
        return on(made, argv)


def on(made: Ground, argv: list[str]) -> list[Row]:
    """Produce, crash the database, judge."""
    parser = argparse.ArgumentParser(prog="prove pg")
    parser.add_argument("--episodes", type=int, default=3)
    parser.add_argument("--shots", type=int, default=12)
    parser.add_argument("--crash", type=int, default=3)
    parser.add_argument("--pause", type=float, default=4.0, help="seconds between two crashes")
    parser.add_argument("--give-up", type=float, default=1800.0)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(argv)
    with ground.fake_engine(told.seed, faults=FAULTS) as engine:
        private.add_workers(made, lease=3.0)
        add_web(made)
        studio = ground.found_studio(engine, credits_milli=50_000_000)
        shots.queue_episodes(studio, told.episodes, told.shots, MODELS)
        crashes = Crashes(random.Random(told.seed), told.crash, told.pause)
        with Reader(made, studio) as reader, Committer(studio) as committer:
            until_done(made, [studio.pk], crashes, told.give_up)
        wanted = Wanted((studio.pk,), told.episodes * told.shots, told.episodes)
        return [*_crashes(made, told, crashes, reader, committer), *judge(made, engine, wanted)]


def _crashes(
    made: Ground, told: argparse.Namespace, crashes: Crashes, reader: Reader, committer: Committer
) -> list[Row]:
    kept = {n for (n,) in made.sql(MARKS, committer.stream)}
    lost = len(set(committer.confirmed) - kept)
    worst = max(crashes.back, default=0.0)
    wrong = sum(n for status, n in reader.statuses.items() if status not in (200, 503))
    return [
        row(
            "Postgres crashed while work was open",
            crashes.done,
            "times",
            f"{told.crash}",
            crashes.done == told.crash,
        ),
        row("longest start after a crash", round(worst, 1), "s", f"<= {BACK:g}", worst <= BACK),
        row(
            "confirmed commits that are gone",
            lost,
            f"of {len(committer.confirmed)}, {committer.cut} were cut off",
            "0",
            lost == 0 and bool(committer.confirmed),
        ),
        row(
            "answers of the API other than 200 and 503",
            wrong,
            f"of {reader.statuses.total()} ({dict(reader.statuses)})",
            "0",
            wrong == 0 and reader.statuses[200] > 0,
        ),
        zero("503 without Retry-After", reader.without_retry, "answers"),
    ]
