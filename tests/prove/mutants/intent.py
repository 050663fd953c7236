"""No intent row: what was to be sent is not committed before it is sent, so a lost worker leaves nothing behind.

The row is taken back at the next claim with its reservation, as a rollback would have taken it back.
"""

from __future__ import annotations

from billing import services as billing
from engines import calls
from engines.models import EngineCall
from prove.worker import app
from workflow.runner import Context

_book_of = calls.book_of


def book_of_what_was_answered(ctx: Context, step: str) -> calls.Book:
    """The job's calls without those that were only being sent: these were never there."""
    for call in EngineCall.objects.filter(
        job_id=ctx.job_id, step=step, state="intent", sent_at__isnull=False
    ):
        billing.release(key=call.idem_key)
        EngineCall.objects.filter(pk=call.pk).update(state="cancelled", given_up=True)
    return _book_of(ctx, step)


calls.book_of = book_of_what_was_answered

__all__ = ["app"]
