"""Work: enqueue, cancel, retry, and the guarded writes that move a job. `workflow/runner.py` carries them out.

Every write names the job's fence and stops when it is not ours any more; a lost or doubled Celery message does no
harm, because the message holds only an id (reliability.md §3).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from craft.terms.people import Permission
from craft.terms.states import JobState
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from tenancy.scope import current_scope
from workflow.doorbell import ring_on_commit
from workflow.events import emit
from workflow.models import Job, JobEdge
from workflow.registries import Registry
from workflow.states import ENDED_STATES, OPEN_STATES

if TYPE_CHECKING:
    from workflow.runner import Context

# More messages than this at once only fill the broker: a worker that ends a job goes on to the next by itself.
RING_AT_ONCE = 16
Handler = Callable[..., dict[str, Any] | None]
Waiting = JobState.QUEUED, JobState.WAITING_ENGINE, JobState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of work: who does it and in which queue (a concurrency cap)."""

    handler: Handler
    queue: str


kinds: Registry[Kind] = Registry("job kinds")


class LeaseLost(RuntimeError):
    """Another worker owns the job now: stop silently, write nothing."""


class Cancelled(RuntimeError):
    """Somebody asked for the job to stop."""


class Again(RuntimeError):
    """Not finished: claim the job again in `seconds`. `state` says what it waits for in the vocabulary; `queue` names
    another queue, whose workers go on with it."""

    def __init__(
        self, seconds: float, *, waiting_for: str = "", state: JobState = JobState.QUEUED, queue: str = ""
    ) -> None:
        super().__init__(f"again in {seconds:g} s ({waiting_for or queue or state})")
        self.seconds, self.waiting_for, self.state, self.queue = seconds, waiting_for, state, queue


class Park(RuntimeError):
    """The outcome needs a person: the job stays in `needs_decision` with this code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class JobConflict(SlateError):
    """The job is not in a state from which this is possible."""

    code = "job.state"
    status = 409


def register(kind: str, handler: Handler, *, queue: str) -> None:
    """Say who does this kind of work; called from `apps.ready()`."""
    kinds.register(kind, Kind(handler, queue))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job somebody wants. `after` names what it waits for: keys of the same batch, jobs, or their ids.

    `waiting_for` (gate, funds, inputs) keeps it queued until `release`.
    """

    kind: str
    key: str
    payload: dict[str, Any]
    project: uuid.UUID | None
    after: tuple[Job | uuid.UUID | str, ...] = ()
    priority: int = 0
    title: str = ""
    waiting_for: str = ""


def enqueue(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    project: uuid.UUID | None,
    after: Iterable[Job | uuid.UUID] = (),
    priority: int = 0,
    title: str = "",
    waiting_for: str = "",
) -> Job:
    """Create one job, or return the one that has this key; see `enqueue_many`."""
    wanted = Wanted(kind, key, payload, project, tuple(after), priority, title, waiting_for)
    return enqueue_many([wanted])[key]


def enqueue_many(wanted: Sequence[Wanted]) -> dict[str, Job]:
    """Create jobs by key in a handful of queries, however many there are. Call inside a scope.

    A key that exists gives the job it has; one that failed or was cancelled is queued again. Rings on commit for
    the most urgent of those that nothing holds back; the others are rung for as these end.
    """
    try:
        with transaction.atomic():
            found, fresh = _written(wanted)
    except IntegrityError:
        # Somebody else created one of these keys since we looked: now it is there to be found.
        found, fresh = _written(wanted)
    for want in fresh:
        emit(want.project, "job.queued", brief(found[want.key]))
    free = [job for job in {id(j): j for j in found.values()}.values() if _may_start(job)]
    for job in sorted(free, key=lambda job: -job.priority)[:RING_AT_ONCE]:
        ring_on_commit(job.pk, job.queue)
    return {want.key: found[want.key] for want in wanted}


def _written(wanted: Sequence[Wanted]) -> tuple[dict[str, Job], list[Wanted]]:
    """Write what is missing; all jobs by key and id, and the wishes that led to a job being queued."""
    found = _standing(wanted)
    made, edges, fresh = [], [], []
    for want in wanted:
        known = found.get(want.key)
        if known is not None and known.state not in (JobState.FAILED, JobState.CANCELLED):
            continue
        parents = [found[p] if isinstance(p, str) else found[str(getattr(p, "pk", p))] for p in want.after]
        still_open = sum(parent.state != JobState.DONE for parent in parents)
        job = _fresh(want, still_open) if known is None else _revived(known, want, still_open)
        found[want.key] = found[str(job.pk)] = job
        made += [job] if known is None else []
        edges += [JobEdge(parent=parent, child=job) for parent in parents]
        fresh.append(want)
    Job.objects.bulk_create(made, batch_size=500)
    JobEdge.objects.bulk_create(edges, batch_size=1000, ignore_conflicts=True)
    return found, fresh


def _standing(wanted: Sequence[Wanted]) -> dict[str, Job]:
    """Jobs that exist, by key and by id, locked so that none ends while it is being counted as open."""
    keys = {want.key for want in wanted} | {p for want in wanted for p in want.after if isinstance(p, str)}
    ids = {getattr(p, "pk", p) for want in wanted for p in want.after if not isinstance(p, str)}
    rows = Job.objects.select_for_update().filter(Q(key__in=keys) | Q(pk__in=ids)).order_by("pk")
    return {name: job for job in rows for name in (job.key, str(job.pk))}


def _fresh(want: Wanted, still_open: int) -> Job:
    return Job(
        kind=want.kind,
        queue=kinds.get(want.kind).queue,
        key=want.key,
        payload=want.payload,
        project_id=want.project,
        priority=want.priority,
        title=want.title[:200],
        waiting_for=want.waiting_for or ("inputs" if still_open else ""),
        deps_left=still_open,
        run_after=timezone.now(),
        actor=current_scope().actor,
    )


def _revived(job: Job, want: Wanted, still_open: int) -> Job:
    _requeue(Job.objects.filter(pk=job.pk), job.kind)
    job.refresh_from_db()
    job.deps_left, job.waiting_for = still_open, want.waiting_for or ("inputs" if still_open else "")
    job.save(update_fields=["deps_left", "waiting_for", "updated_at"])
    return job


def _may_start(job: Job) -> bool:
    return job.state == JobState.QUEUED and job.deps_left == 0 and not job.waiting_for


def brief(job: Job) -> dict[str, Any]:
    """What an event says of a job."""
    return {
        "job": str(job.pk),
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "progress": job.progress,
        "waiting_for": job.waiting_for,
    }


def release(job: Job) -> None:
    """Let a job that waited for a gate or for funds go on."""
    waiting = "inputs" if job.deps_left else ""
    if Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
        waiting_for=waiting, version=F("version") + 1
    ):
        ring_on_commit(job.pk, job.queue)


def hasten(job_id: uuid.UUID) -> bool:
    """Let a job that waits for an engine look again now; False when it does not wait. Nothing but time changes."""
    rows = Job.objects.filter(pk=job_id, state__in=[JobState.WAITING_ENGINE, JobState.UNKNOWN])
    if not rows.update(run_after=timezone.now(), version=F("version") + 1):
        return False
    ring_on_commit(job_id, rows.values_list("queue", flat=True).get())
    return True


def cancel(job: Job, *, actor: User | None) -> None:
    """Stop a job: at once when nobody works on it, else at its next check. Raises JobConflict when it has ended."""
    if actor is not None:
        require(actor, Permission.GENERATE, job.project_id)
    changed = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(cancel_requested=True)
    if not changed:
        raise JobConflict("This job has ended already.", kept="Its result stands.")
    record(actor, "job.cancel", job)
    waiting = [s for s in OPEN_STATES if s != JobState.RUNNING]
    if Job.objects.filter(pk=job.pk, state__in=waiting).update(
        state=JobState.CANCELLED, ended_at=timezone.now()
    ):
        job.refresh_from_db()
        emit(job.project_id, "job.cancelled", brief(job))
        _end_children(job, JobState.CANCELLED)


def retry(job: Job, *, actor: User | None) -> None:
    """Queue a failed, cancelled or parked job again, with the jobs that failed because of it."""
    if actor is not None:
        require(actor, Permission.GENERATE, job.project_id)
    again = [JobState.FAILED, JobState.CANCELLED, JobState.NEEDS_DECISION]
    if not _requeue(Job.objects.filter(pk=job.pk, state__in=again), job.kind):
        raise JobConflict("Only a job that failed, was cancelled or waits for a decision can be tried again.")
    record(actor, "job.retry", job)
    emit(job.project_id, "job.queued", {**brief(job), "state": JobState.QUEUED.value})
    ring_on_commit(job.pk, _queue_of(job))
    _revive_children(job.pk)


def _queue_of(job: Job) -> str:
    """Where the job's kind begins; where it stands, when this version does not know its kind."""
    kind = kinds.find(job.kind)
    return kind.queue if kind else job.queue


def _requeue(rows: Any, kind: str) -> int:
    """Begin a job afresh, in the queue of its kind: another engine than before may be chosen for it."""
    known = kinds.find(kind)
    return int(
        rows.update(
            state=JobState.QUEUED,
            error=None,
            cancel_requested=False,
            attempts=0,
            lease_until=None,
            run_after=timezone.now(),
            ended_at=None,
            version=F("version") + 1,
            **({"queue": known.queue} if known else {}),
        )
    )


def _revive_children(parent: uuid.UUID) -> None:
    ended = Q(state=JobState.FAILED, error__code="job.input_failed") | Q(state=JobState.CANCELLED)
    for child in Job.objects.select_for_update().filter(ended, parents__parent_id=parent):
        left = JobEdge.objects.filter(child=child).exclude(parent__state=JobState.DONE).count()
        _requeue(Job.objects.filter(pk=child.pk), child.kind)
        Job.objects.filter(pk=child.pk).update(deps_left=left, waiting_for="inputs" if left else "")
        _revive_children(child.pk)


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
    _end_children(job, state)


def park(job: Job, code: str, message: str) -> None:
    """Leave a locked job for a person to decide."""
    _end(job, JobState.NEEDS_DECISION, error={"code": code, "message": message}, ended=False)


def postpone(job: Job, again: Again, *, crashed: bool = False) -> None:
    """Give a locked job back, to be claimed after a while; a crash counts against its attempts.

    Where it goes to another queue, that line is rung for: nobody else would, before the sweeper comes by.
    """
    job.attempts += int(crashed)
    job.state, job.waiting_for = again.state.value, again.waiting_for
    job.run_after = timezone.now() + timedelta(seconds=again.seconds)
    job.lease_until = None
    fields = ["state", "waiting_for", "run_after", "lease_until", "attempts", "updated_at"]
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


def _end_children(job: Job, state: JobState) -> None:
    """Whatever waits for this job cannot start; it says so and can be revived by `retry`."""
    reason = SlateError(
        f"“{job.title or job.kind}” did not finish.",
        code="job.input_failed",
        next_step="Try that one again: this continues.",
    )
    waiting = Job.objects.filter(parents__parent=job, state=JobState.QUEUED).order_by("pk")
    for child in waiting:
        _end(child, state, error=reason.as_json())
        _end_children(child, state)


def counts(project: uuid.UUID | None = None) -> dict[str, int]:
    """Jobs of the open scope by state."""
    rows = Job.objects.all() if project is None else Job.objects.filter(project_id=project)
    return {row["state"]: row["n"] for row in rows.order_by().values("state").annotate(n=Count("pk"))}


__all__ = [
    "ENDED_STATES",
    "Again",
    "Cancelled",
    "Context",
    "JobConflict",
    "LeaseLost",
    "Park",
    "Wanted",
    "brief",
    "cancel",
    "counts",
    "enqueue",
    "enqueue_many",
    "fail",
    "finish",
    "register",
    "release",
    "retry",
]
