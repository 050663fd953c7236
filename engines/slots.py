"""How many calls of one account are at its engine at once: the smaller of what engine and studio allow."""

from __future__ import annotations

from django.db import connection

from engines import crew
from engines.models import EngineAccount, EngineCall
from engines.states import CallState

WAIT_SECONDS = 3.0
AT_THE_ENGINE = (CallState.SUBMITTED.value, CallState.UNKNOWN.value)


def take_slot(call: EngineCall) -> bool:
    """Whether this call may be sent now. Holds a lock to the end of the transaction: stamp the sending in it.

    Call inside a scope. A call that a person decides about is not counted: it may lie for days.
    """
    most = _limit(call.engine)
    if most is None:
        return True
    with connection.cursor() as cursor:
        name = f"engine slot {call.studio_id} {call.engine}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    rows = EngineCall.objects.filter(engine=call.engine).exclude(pk=call.pk)
    there = rows.filter(state__in=AT_THE_ENGINE).count()
    sending = rows.filter(state=CallState.INTENT.value, sent_at__isnull=False).count()
    return there + sending < most


def _limit(engine: str) -> int | None:
    account = EngineAccount.objects.filter(engine=engine).values_list("at_once", flat=True).first()
    limits = [one for one in (crew.engines()[engine].concurrency, account) if one]
    return min(limits) if limits else None
