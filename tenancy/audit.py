"""The studio's hash-chained audit: every decision leaves a row that cannot be changed without being found.

The chain itself is made by a database trigger under an advisory lock; the application may insert and read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from tenancy.models import AuditRow, StudioModel, User
from tenancy.scope import AUDIT, Scope, current_scope, register_sink


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The result of walking the chain: rows seen and the number of the first broken one, if any."""

    rows: int
    broken_at: int | None
    head: str

    @property
    def intact(self) -> bool:
        """Whether every row follows from the one before it."""
        return self.broken_at is None


def record(
    actor: User | None, action: str, subject: StudioModel | str, data: dict[str, Any] | None = None
) -> None:
    """Note an action for the audit chain; written with the scope's transaction, or not at all."""
    name = subject if isinstance(subject, str) else f"{subject._meta.label}:{subject.pk}"
    row = AuditRow(actor=actor.email if actor else "system", action=action, subject=name, data=data or {})
    current_scope().collect(AUDIT, row)


def _write(scope: Scope, rows: list[AuditRow]) -> None:
    for row in rows:
        row.save(force_insert=True)


register_sink(AUDIT, _write)


def verify() -> ChainReport:
    """Recompute the open scope's chain in the database. O(rows)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*),
                      min(n) FILTER (WHERE prev <> before OR n <> place
                                     OR h <> audit_hash(before, studio_id, n, at, actor, action, subject, data)),
                      coalesce((array_agg(h ORDER BY n DESC))[1], '')
               FROM (SELECT *, lag(h, 1, '') OVER (ORDER BY n) AS before, row_number() OVER (ORDER BY n) AS place
                     FROM tenancy_auditrow WHERE studio_id = (SELECT app_studio())) AS chain"""
        )
        rows, broken, head = cursor.fetchone()
    return ChainReport(rows, broken, head)
