"""Rings again for every due job (lost messages, expired leases, postponed steps) and does the studios' chores."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from workflow.chores import Rounds
from workflow.doorbell import ring
from workflow.lines import Due, due_rows

# A message in the queue needs no second one at once; a lost one is repeated after this time.
REPEAT_SECONDS = 10.0
# Whoever hears a bell goes on through its line: a few are enough to bring several workers there.
BELLS_A_LINE = 4


@dataclass(slots=True)
class Bells:
    """What was rung for and when: jobs that are due by themselves, and lines of ready ones."""

    rung: dict[object, datetime] = field(default_factory=dict)

    def ring(self, found: list[Due]) -> None:
        """Ring for what is due and was not rung for lately, or has become due since."""
        now, heads = timezone.now(), Counter[object]()
        before = dict(self.rung)
        self.rung = {key: at for key, at in before.items() if key in {self._key(due) for due in found}}
        for due in found:
            key = self._key(due)
            heads[key] += 1
            at = before.get(key)
            again = (
                at is None or now - at >= timedelta(seconds=REPEAT_SECONDS) or (due.ready and due.since > at)
            )
            if again and heads[key] <= BELLS_A_LINE and ring(due.id, due.studio_id, due.queue):
                self.rung[key] = now

    def _key(self, due: Due) -> object:
        return (due.studio_id, due.queue) if due.ready else due.id


class Command(BaseCommand):
    """`manage.py sweep`: runs until it is stopped; `--once` for a single round."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """--every SECONDS, --once."""
        parser.add_argument("--every", type=float, default=1.0)
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep until SIGTERM or SIGINT."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        bells, rounds = Bells(), Rounds()
        self.stdout.write("sweeper ready")
        self.stdout.flush()
        while not stop.is_set():
            self._round(bells, rounds)
            if options["once"]:
                return
            stop.wait(options["every"])

    def _round(self, bells: Bells, rounds: Rounds) -> None:
        try:
            rounds.go()
            bells.ring(due_rows())
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"database away: {error}")
            connection.close()
