"""The guarded writes that end a job or give it back, each in its owner's transaction.

Every one of them stands behind `lock_owned`: it names the job's fence and stops when the job is not ours any more.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from craft.terms.states import JobState
from tenancy.errors import SlateError
from workflow.doorbell import ring_on_commit
from workflow.events import emit
from workflow.jobs import Again, LeaseLost, brief
from workflow.models import Job


def lock_owned(job_id: uuid.UUID, fence: int) -> Job:
    """The job's row, locked, if it is still ours. Raises LeaseLost."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [job_id, fence])
        job = read_row(cursor)
    if job is None:
        raise LeaseLost(str(job_id))
    return job


_OWNED = """
SELECT * FROM "workflow_job" WHERE studio_id = (SELECT app_studio()) AND id = %s AND fence = %s AND state = 'running'
FOR UPDATE
"""


def read_row(cursor: Any) -> Job | None:
    """The job in the next row of a cursor over all columns of the table, or None."""
    row = cursor.fetchone()
    if row is None:
        return None
    told = dict(zip((column.name for column in cursor.description), row, strict=True))
    names, values = [], []
    for field in Job._meta.concrete_fields:
        value = told[field.column]
        names.append(field.attname)
        values.append(json.loads(value) if value and isinstance(field, models.JSONField) else value)
    job: Job = Job.from_db("default", names, values)
    return job


def finish(job: Job, result: dict[str, Any] | None) -> None:
    """Mark a locked job done and count its children down, in the caller's transaction."""
    job.state, job.result, job.error, job.waiting_for, job.lease_until = (
        JobState.DONE.value,
        result,
        None,
        "",
        None,
    )
    job.ended_at = timezone.now()
    told = None if result is None else json.dumps(result)
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [told, job.ended_at, job.ended_at, job.pk, job.pk])
        for child_id, queue in cursor.fetchall():
            ring_on_commit(child_id, queue)
    emit(job.project_id, "job.done", {**brief(job), "error": None})


# Children are locked in order of their ids, so that two parents that end at once never wait for each other in a circle.
_DONE = """
WITH ended AS (
  UPDATE "workflow_job" SET state = 'done', result = %s::jsonb, error = NULL, lease_until = NULL, waiting_for = '',
    ended_at = %s, updated_at = %s WHERE studio_id = (SELECT app_studio()) AND id = %s),
below AS MATERIALIZED (
  SELECT c.id FROM "workflow_jobedge" e JOIN "workflow_job" c ON c.id = e.child_id
   WHERE e.studio_id = (SELECT app_studio()) AND e.parent_id = %s AND c.deps_left > 0
   ORDER BY c.id FOR UPDATE OF c),
counted AS (
  UPDATE "workflow_job" c SET deps_left = c.deps_left - 1,
    waiting_for = CASE WHEN c.deps_left = 1 AND c.state = 'queued' AND c.waiting_for = 'inputs'
                       THEN '' ELSE c.waiting_for END,
    run_after = CASE WHEN c.deps_left = 1 AND c.state = 'queued' AND c.waiting_for = 'inputs'
                     THEN clock_timestamp() ELSE c.run_after END
    FROM below WHERE c.id = below.id
  RETURNING c.id, c.queue, c.state, c.deps_left, c.waiting_for)
SELECT id, queue FROM counted WHERE deps_left = 0 AND state = 'queued' AND waiting_for = ''
"""


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
