"""The last look before a process serves: an unsafe database role or an unfinished registry stops the start."""

from __future__ import annotations

import gc
import sys

from celery.signals import worker_init, worker_process_init
from django.core import checks
from django.core.checks import Tags, run_checks
from django.db import connections

COLLECT_AFTER = 10_000
"""New objects between two collections of a worker's youngest; a job makes some thousands and most go by themselves."""


class UnsafeStart(SystemExit):
    """The process must not start; the reasons were printed."""


def refuse_unsafe_start() -> None:
    """Run the checks that hold the walls and the registries; on an error print all of them and exit with 1."""
    try:
        found = run_checks(databases=["default"], tags=[Tags.database, Tags.models])
    finally:
        connections.close_all()
    errors = [message for message in found if message.level >= checks.ERROR]
    if errors:
        for message in errors:
            sys.stderr.write(f"{message.id}: {message.msg} {message.hint or ''}\n")
        raise UnsafeStart(1)


@worker_init.connect  # type: ignore[untyped-decorator]
def _before_the_worker(**kwargs: object) -> None:
    refuse_unsafe_start()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _in_each_child(**kwargs: object) -> None:
    """What a child has from its parent stays: the collector need not walk through all of Slate again and again, and the
    pages that both share are not copied for its marks."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
