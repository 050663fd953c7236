"""No intent row: what was to be sent is not committed before it is sent, so a lost worker leaves nothing behind.

The row is taken back at the next claim with its reservation, as a rollback would have taken it back.
"""

from __future__ import annotations

import uuid

from billing import services as billing
from engines import calls
from engines.models import EngineCall
from prove.worker import app

_latest = calls.latest


def latest_answered(job_id: uuid.UUID, step: str) -> EngineCall | None:
    """The newest call whose answer was written; one that was only being sent was never there."""
    for call in EngineCall.objects.filter(job_id=job_id, step=step, state="intent", sent_at__isnull=False):
        billing.release(key=call.idem_key)
        EngineCall.objects.filter(pk=call.pk).update(state="cancelled", given_up=True)
    return _latest(job_id, step)


calls.latest = latest_answered

__all__ = ["app"]
