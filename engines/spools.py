"""Work folders of engine calls on this machine: where results lie between their arrival and the vault."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from craft.terms.states import JobState
from engines.models import EngineCall

SPOOL_REST = timedelta(minutes=1)


def spool_of(call_id: UUID) -> Path:
    """The work folder of a call on this machine."""
    folder: Path = settings.SLATE_WORK / "calls" / str(call_id)
    return folder


def clear_spools(limit: int = 2000) -> int:
    """Remove the work folders of calls whose jobs have ended a minute ago. Call inside a scope."""
    ended = timezone.now() - SPOOL_REST
    rows = EngineCall.objects.filter(
        spooled=True, job__state__in=[JobState.DONE.value, JobState.CANCELLED.value], job__ended_at__lt=ended
    )
    pks = list(rows.values_list("pk", flat=True)[:limit])
    for pk in pks:
        shutil.rmtree(spool_of(pk), ignore_errors=True)
    return int(EngineCall.objects.filter(pk__in=pks).update(spooled=False))
