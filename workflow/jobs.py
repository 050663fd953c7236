"""Work: what there is to do, who does which kind of it, and how it is queued.

`runner.py` carries a job out, `closing.py` writes how it ends, `steering.py` is what may be asked of it meanwhile. A
lost or doubled Celery message does no harm, because the message holds only an id (reliability.md §3).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from craft.terms.states import JobState
from tenancy.errors import SlateError
from tenancy.scope import current_scope
from workflow.doorbell import ring_on_commit
from workflow.events import emit
from workflow.models import Job, JobEdge
from workflow.registries import Registry
from workflow.states import ENDED_STATES

if TYPE_CHECKING:
    from workflow.runner import Context

# More messages than this at once only fill the broker: a worker that ends a job goes on to the next by itself.
RING_AT_ONCE = 16
Handler = Callable[..., dict[str, Any] | None]
Opening = Callable[..., None]
Waiting = JobState.QUEUED, JobState.WAITING_ENGINE, JobState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of work: who does it and in which queue (a concurrency cap).

    `opening` writes what such a job writes first. It is called with the job's payload in the transaction that ends the
    job before it, where one claims the next: what it writes there need not be committed on its own. It does nothing
    that takes long, and refuses before it writes; its handler finds the rest to be done, or all of it.
    """

    handler: Handler
    queue: str
    opening: Opening | None = None


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


def register(kind: str, handler: Handler, *, queue: str, opening: Opening | None = None) -> None:
    """Say who does this kind of work; called from `apps.ready()`."""
    kinds.register(kind, Kind(handler, queue, opening))


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
    requeue(Job.objects.filter(pk=job.pk), job.kind)
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


def requeue(rows: Any, kind: str) -> int:
    """Begin a job afresh, in the queue of its kind: another engine than before may be chosen for it."""
    known = kinds.find(kind)
    return int(
        rows.update(
            state=JobState.QUEUED,
            error=None,
            cancel_requested=False,
            attempts=0,
            crashes=0,
            lease_until=None,
            run_after=timezone.now(),
            ended_at=None,
            version=F("version") + 1,
            **({"queue": known.queue} if known else {}),
        )
    )


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
    "counts",
    "enqueue",
    "enqueue_many",
    "register",
]
