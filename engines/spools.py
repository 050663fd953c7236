"""What engine calls have on this machine: where results lie between their arrival and the vault.

All downloads lie in one folder, each with the number of its call before its name: a new folder for each call would cost
as much as a statement of the database. What an adapter keeps besides lies in a folder of the call's own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from craft.terms.states import JobState
from engines.adapters.base import Place
from engines.models import EngineCall

SPOOL_REST = timedelta(minutes=1)
NUMBER = 36
"""Signs in a call's number."""


def spools() -> Path:
    """Where all of it lies."""
    folder: Path = settings.SLATE_WORK / "calls"
    return folder


def spool_of(call_id: UUID) -> Path:
    """The work folder of a call on this machine, made by whoever puts something into it."""
    return spools() / str(call_id)


def place_of(call_id: UUID) -> Place:
    """Where the downloads of a call are brought to; whoever brings the first of all makes the folder."""
    folder = spools()
    return lambda name: folder / f"{call_id}-{name}"


def clear(call_ids: Iterable[UUID]) -> None:
    """Remove everything that these calls have on this machine."""
    gone = {str(call_id) for call_id in call_ids}
    with suppress(FileNotFoundError), os.scandir(spools()) as entries:
        for entry in entries:
            if entry.name.lstrip(".")[:NUMBER] not in gone:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink(missing_ok=True)


def clear_spools(limit: int = 2000) -> int:
    """Remove what calls have here whose jobs ended a minute ago. Call inside a scope."""
    ended = timezone.now() - SPOOL_REST
    rows = EngineCall.objects.filter(
        spooled=True, job__state__in=[JobState.DONE.value, JobState.CANCELLED.value], job__ended_at__lt=ended
    )
    pks = list(rows.values_list("pk", flat=True)[:limit])
    if pks:
        clear(pks)
    return int(EngineCall.objects.filter(pk__in=pks).update(spooled=False))
