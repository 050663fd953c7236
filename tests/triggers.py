"""Triggers set aside, for rows that a test needs and the product could not write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.db import connection


@contextmanager
def set_aside(uri: str) -> Iterator[None]:
    """In the open transaction, `app.Model:trigger` does nothing. pgtrigger's own `ignore` writes two statements into
    one, which takes no values beside it."""
    ((model, trigger),) = pgtrigger.registered(uri)
    name = trigger.get_pgid(model)
    _ignore(f"{{{model._meta.db_table}:{name},{name}}}")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _ignore("")


def _ignore(names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [names])
