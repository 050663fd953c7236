"""How many calls of one account are at its engine at once: the smaller of what engine and studio allow."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Q

from engines import crew
from engines.models import EngineAccount, EngineCall
from engines.states import CallState

WAIT_SECONDS = 3.0
AT_THE_ENGINE = (CallState.SUBMITTED.value, CallState.UNKNOWN.value)


def take_slot(
    studio_id: UUID, engine: str, account: EngineAccount | None, *, besides: UUID | None = None
) -> bool:
    """Whether one more call may be sent now (`besides` is not counted). Holds a lock to the end of the transaction:
    stamp the sending in it.

    Call inside a scope. A call that a person decides about is not counted: it may lie for days.
    """
    limits = [one for one in (crew.engines()[engine].concurrency, account and account.at_once) if one]
    if not limits:
        return True
    with connection.cursor() as cursor:
        name = f"engine slot {studio_id} {engine}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    sending = Q(state=CallState.INTENT.value, sent_at__isnull=False)
    there = EngineCall.objects.filter(sending | Q(state__in=AT_THE_ENGINE), engine=engine).exclude(pk=besides)
    return bool(there.count() < min(limits))
