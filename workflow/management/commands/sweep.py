"""Rings again for every due job (lost messages, expired leases, postponed steps) and does the studios' chores."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from workflow.chores import Rounds
from workflow.doorbell import ring
from workflow.jobs import due_everywhere

# A message in the queue needs no second one at once; a lost one is repeated after this time.
REPEAT_SECONDS = 10.0


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
        rung: dict[Any, float] = {}
        rounds = Rounds()
        self.stdout.write("sweeper ready")
        self.stdout.flush()
        while not stop.is_set():
            self._round(rung, rounds)
            if options["once"]:
                return
            stop.wait(options["every"])

    def _round(self, rung: dict[Any, float], rounds: Rounds) -> None:
        now = time.monotonic()
        try:
            rounds.go()
            due = due_everywhere()
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"database away: {error}")
            connection.close()
            return
        for job_id, queue in due:
            if now - rung.get(job_id, -REPEAT_SECONDS) >= REPEAT_SECONDS and ring(job_id, queue):
                rung[job_id] = now
        still_due = {job_id for job_id, _ in due}
        for job_id in [j for j in rung if j not in still_due]:
            del rung[job_id]
