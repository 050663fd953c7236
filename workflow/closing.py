"""The guarded writes that end a job or give it back, each in its owner's transaction.

Every one of them stands behind `own`: it names the job's fence and stops when the job is not ours any more.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, models
from django.utils import timezone

from craft.terms.states import JobState
from tenancy.errors import SlateError
from workflow.doorbell import ring_on_commit
from workflow.events import emit
from workflow.jobs import Again, LeaseLost, brief
from workflow.models import Job


def own(studio_id: uuid.UUID, job_id: uuid.UUID, fence: int) -> int:
    """Make the transaction this studio's and lock the job; the edition of the studio's settings.

    Raises LeaseLost when the job is not ours any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT edition FROM own_job(%s, %s, %s)", [studio_id, job_id, fence])
        row = cursor.fetchone()
    if row is None:
        raise LeaseLost(str(job_id))
    edition: int = row[0]
    return edition


def columns_of(row: str) -> str:
    """The columns of a job in a row of SQL, as `job_of` takes them; the number of the job comes first."""
    return ", ".join(f'{row}."{field.column}"' for field in Job._meta.concrete_fields)


def job_of(told: Sequence[Any] | None) -> Job | None:
    """The job in a row of these columns; None where there is none in it."""
    if told is None or told[0] is None:
        return None
    names, json_at = _fields()
    values = list(told)
    for place in json_at:
        if values[place]:
            values[place] = json.loads(values[place])
    job: Job = Job.from_db("default", names, values)
    return job


@cache
def _fields() -> tuple[list[str], list[int]]:
    """The attributes of a job, and in which places there is JSON."""
    fields = Job._meta.concrete_fields
    json_at = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return [field.attname for field in fields], json_at


def finish(job_id: uuid.UUID, result: dict[str, Any] | None) -> None:
    """Mark an owned job done and count its children down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT child, line FROM end_job(%s, %s::jsonb, %s)", [job_id, *outcome(result)])
        for child_id, queue in cursor.fetchall():
            ring_on_commit(child_id, queue)


def outcome(result: dict[str, Any] | None) -> tuple[str | None, datetime]:
    """A job's result as the database takes it, and when it came."""
    return None if result is None else json.dumps(result), timezone.now()


def fail(job: Job, error: SlateError, state: JobState = JobState.FAILED) -> None:
    """Mark a locked job failed (or cancelled) and tell its children."""
    _end(job, state, error=error.as_json())
    end_children(job, state)


def park(job: Job, code: str, message: str) -> None:
    """Leave a locked job for a person to decide."""
    _end(job, JobState.NEEDS_DECISION, error={"code": code, "message": message}, ended=False)


def postpone(job: Job, again: Again, *, crashed: bool = False) -> None:
    """Give a locked job back, to be claimed after a while; a crash is counted.

    Where it goes to another queue, that line is rung for: nobody else would, before the sweeper comes by.
    """
    job.crashes += int(crashed)
    job.state, job.waiting_for = again.state.value, again.waiting_for
    job.run_after = timezone.now() + timedelta(seconds=again.seconds)
    job.lease_until = None
    fields = ["state", "waiting_for", "run_after", "lease_until", "crashes", "updated_at"]
    if again.queue and again.queue != job.queue:
        job.queue = again.queue
        ring_on_commit(job.pk, job.queue)
        fields.append("queue")
    job.save(update_fields=fields)


def _end(job: Job, state: JobState, *, result: Any = None, error: Any = None, ended: bool = True) -> None:
    job.state, job.result, job.error = state.value, result, error
    job.lease_until, job.ended_at, job.waiting_for = None, timezone.now() if ended else None, ""
    job.save(
        update_fields=["state", "result", "error", "lease_until", "ended_at", "waiting_for", "updated_at"]
    )
    emit(job.project_id, f"job.{state.value}", {**brief(job), "error": error})


def end_children(job: Job, state: JobState) -> None:
    """Whatever waits for this job cannot start; it says so and can be revived by `retry`."""
    reason = SlateError(
        f"“{job.title or job.kind}” did not finish.",
        code="job.input_failed",
        next_step="Try that one again: this continues.",
    )
    waiting = Job.objects.filter(parents__parent=job, state=JobState.QUEUED).order_by("pk")
    for child in waiting:
        _end(child, state, error=reason.as_json())
        end_children(child, state)
