"""The last look before a process serves: an unsafe database role or an unfinished registry stops the start."""

from __future__ import annotations

import sys

from celery.signals import worker_init
from django.core import checks
from django.core.checks import Tags, run_checks
from django.db import connections


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
