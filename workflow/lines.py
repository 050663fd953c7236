"""Lines: a studio's jobs of one queue in the order in which they are taken. Claims, heads, what is due anywhere."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from craft.terms.states import JobState
from workflow import closing
from workflow.doorbell import ring_on_commit
from workflow.jobs import kinds
from workflow.models import Job


def claim(
    job_id: uuid.UUID | None, owner: str, *, studio_id: uuid.UUID | None, line: str, leaving: bool
) -> Job | None:
    """Take the lease and a new fence of this job, else of the next in the studio's line; None when none is to be had.

    Without `studio_id` only the job itself. `leaving` says that the slot has just become free: then another line whose
    head comes first gets it. Call inside a transaction; works outside a scope.
    """
    args = [job_id, studio_id, line, _others(line) if leaving else [], owner, settings.JOB_LEASE_SECONDS]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, args)
        return closing.job_of(cursor.fetchone())


_CLAIM = f"SELECT {closing.columns_of('c')} FROM claim_job(%s, %s, %s, %s::text[], %s, %s) c"


def end_and_claim(job_id: uuid.UUID, result: dict[str, Any] | None, owner: str, line: str) -> Job | None:
    """Mark an owned job done, count its children down, and claim the next of its line into the slot that is free."""
    args = [job_id, *closing.outcome(result), line, _others(line), owner, settings.JOB_LEASE_SECONDS]
    with connection.cursor() as cursor:
        cursor.execute(_END_AND_CLAIM, args)
        *claimed, children = cursor.fetchone()
    for child_id, queue in json.loads(children or "[]"):
        ring_on_commit(uuid.UUID(child_id), queue)
    return closing.job_of(claimed)


_END_AND_CLAIM = (
    f"SELECT {closing.columns_of('(o.claimed)')}, o.children"
    " FROM end_job_and_claim(%s, %s::jsonb, %s, %s, %s::text[], %s, %s) o"
)


def _others(line: str) -> list[str]:
    return sorted({kind.queue for _, kind in kinds.items()} - {line})


def ring_next() -> None:
    """Ring for the head of each of the studio's lines: a slot has become free."""
    lines = sorted({kind.queue for _, kind in kinds.items()})
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [lines])
        for job_id, queue in cursor.fetchall():
            ring_on_commit(job_id, queue)


_HEADS = """
SELECT head.id, head.queue FROM unnest(%s::text[]) line CROSS JOIN LATERAL (
  SELECT j.id, j.queue FROM "workflow_job" j
   WHERE j.studio_id = (SELECT app_studio()) AND j.queue = line AND j.state = 'queued' AND j.deps_left = 0
     AND NOT j.held AND j.waiting_for NOT IN ('gate', 'funds', 'inputs') AND j.run_after <= clock_timestamp()
   ORDER BY j.priority DESC, j.run_after LIMIT 1) head
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A job that could be claimed now; `ready` when it simply stands in its studio's line."""

    id: uuid.UUID
    queue: str
    studio_id: uuid.UUID
    since: datetime
    ready: bool


def due_rows(limit: int = 200) -> list[Due]:
    """Due jobs of all studios in turn, for the sweeper. Works outside a scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, queue, studio_id, run_after, state FROM due_jobs(%s)", [limit])
        return [
            Due(job, queue, studio, since, state == JobState.QUEUED)
            for job, queue, studio, since, state in cursor.fetchall()
        ]


def due_everywhere(limit: int = 200) -> list[tuple[uuid.UUID, str]]:
    """Due jobs of all studios (id, queue). Works outside a scope."""
    return [(due.id, due.queue) for due in due_rows(limit)]
