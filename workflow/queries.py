"""Reads: the event stream, the job tray, the history of a thing."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Max, QuerySet

from workflow.models import Event, Job, TransitionRow
from workflow.states import OPEN_STATES


def events_after(stream_id: uuid.UUID, since: int, limit: int) -> list[dict[str, Any]]:
    """Events of a stream with a number above `since`, in order, as the socket sends them."""
    rows = Event.objects.filter(stream_id=stream_id, seq__gt=since).order_by("seq")[:limit]
    return [{"seq": e.seq, "kind": e.kind, "body": e.body, "at": e.created_at.isoformat()} for e in rows]


def last_seq(stream_id: uuid.UUID) -> int:
    """The newest number of a stream; 0 when nothing has happened."""
    return int(Event.objects.filter(stream_id=stream_id).aggregate(n=Max("seq"))["n"] or 0)


def job_tray(project: uuid.UUID | None = None, limit: int = 12) -> list[Job]:
    """Open jobs first (running before queued), then what ended lately."""
    rows = Job.objects.all() if project is None else Job.objects.filter(project_id=project)
    running = list(rows.filter(state__in=OPEN_STATES).exclude(state="queued").order_by("started_at")[:limit])
    queued = list(
        rows.filter(state="queued").order_by("deps_left", "-priority", "run_after")[: limit - len(running)]
    )
    ended = list(
        rows.exclude(state__in=OPEN_STATES).order_by("-ended_at")[
            : max(0, limit - len(running) - len(queued))
        ]
    )
    return [*running, *queued, *ended]


def history_of(object_id: uuid.UUID) -> QuerySet[TransitionRow]:
    """The decisions on one thing, oldest first."""
    rows: QuerySet[TransitionRow] = (
        TransitionRow.objects.filter(object_id=object_id).select_related("actor").order_by("created_at")
    )
    return rows
