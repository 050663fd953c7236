"""Pause and go on: a hold keeps queued jobs from being claimed. Nothing is lost and nothing that runs is stopped."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.utils import timezone

from craft.terms.states import JobState
from tenancy.models import User
from workflow.doorbell import ring_on_commit
from workflow.jobs import RING_AT_ONCE
from workflow.models import Hold, Job


def hold(field: str, value: uuid.UUID, actor: User | None) -> bool:
    """Begin no job any more whose payload names this; False when that held already. Call inside a scope.

    What is queued is marked now, what is queued later when somebody first comes to claim it.
    """
    _, made = Hold.objects.get_or_create(field=field, value=str(value), defaults={"actor": actor})
    _named(field, value).filter(state=JobState.QUEUED).update(held=True)
    return made


def unhold(field: str, value: uuid.UUID) -> bool:
    """Let these jobs begin again and ring for those that are due; False when there was no hold."""
    gone, _ = Hold.objects.filter(field=field, value=str(value)).delete()
    if not gone:
        return False
    _named(field, value).filter(held=True).update(held=False)
    due = _named(field, value).filter(
        state=JobState.QUEUED,
        deps_left=0,
        waiting_for="",
        run_after__lte=timezone.now(),
    )
    for job_id, queue in due.order_by("-priority", "run_after").values_list("pk", "queue")[:RING_AT_ONCE]:
        ring_on_commit(job_id, queue)
    return True


def _named(field: str, value: uuid.UUID) -> QuerySet[Job]:
    rows: QuerySet[Job] = Job.objects.filter(**{f"payload__{field}": str(value)})
    return rows


def standing(field: str, value: uuid.UUID) -> Hold | None:
    """The hold on this, if any, with who asked for it."""
    row: Hold | None = Hold.objects.filter(field=field, value=str(value)).select_related("actor").first()
    return row
