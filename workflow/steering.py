"""What may be asked of a job by whoever did not take it on: go on, look again, stop, try again."""

from __future__ import annotations

import uuid

from django.db.models import F, Q
from django.utils import timezone

from craft.terms.people import Permission
from craft.terms.states import JobState
from tenancy.audit import record
from tenancy.models import User
from tenancy.rules import require
from workflow.closing import end_children
from workflow.doorbell import ring_on_commit
from workflow.events import emit
from workflow.jobs import JobConflict, brief, kinds, requeue
from workflow.models import Job, JobEdge
from workflow.states import OPEN_STATES


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
        end_children(job, JobState.CANCELLED)


def retry(job: Job, *, actor: User | None) -> None:
    """Queue a failed, cancelled or parked job again, with the jobs that failed because of it."""
    if actor is not None:
        require(actor, Permission.GENERATE, job.project_id)
    again = [JobState.FAILED, JobState.CANCELLED, JobState.NEEDS_DECISION]
    if not requeue(Job.objects.filter(pk=job.pk, state__in=again), job.kind):
        raise JobConflict("Only a job that failed, was cancelled or waits for a decision can be tried again.")
    record(actor, "job.retry", job)
    emit(job.project_id, "job.queued", {**brief(job), "state": JobState.QUEUED.value})
    ring_on_commit(job.pk, _queue_of(job))
    _revive_children(job.pk)


def _queue_of(job: Job) -> str:
    """Where the job's kind begins; where it stands, when this version does not know its kind."""
    kind = kinds.find(job.kind)
    return kind.queue if kind else job.queue


def _revive_children(parent: uuid.UUID) -> None:
    ended = Q(state=JobState.FAILED, error__code="job.input_failed") | Q(state=JobState.CANCELLED)
    for child in Job.objects.select_for_update().filter(ended, parents__parent_id=parent):
        left = JobEdge.objects.filter(child=child).exclude(parent__state=JobState.DONE).count()
        requeue(Job.objects.filter(pk=child.pk), child.kind)
        Job.objects.filter(pk=child.pk).update(deps_left=left, waiting_for="inputs" if left else "")
        _revive_children(child.pk)
