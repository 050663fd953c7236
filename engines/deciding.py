"""What people decide about a call whose outcome nobody knows: accept, ask again, send again, or let it go."""

from __future__ import annotations

from craft.terms.people import Permission
from craft.terms.states import JobState
from engines import calls
from engines.adapters.base import EngineError
from engines.errors import CallConflict
from engines.models import EngineCall
from engines.states import CallState as S
from tenancy.audit import record
from tenancy.models import User
from tenancy.rules import require
from workflow import steering
from workflow.models import Job


def decide(*, call: EngineCall, decision: str, actor: User | None, note: str = "") -> EngineCall:
    """Settle a parked call. Raises Forbidden, CallConflict.

    `accept` takes the result at the quoted price · `resend` sends the same attempt again (may cost twice) ·
    `look` asks the engine once more · `drop` ends it and gives the money back.
    """
    if actor is not None:
        require(actor, Permission.GENERATE, call.project_id)
    job = Job.objects.select_for_update().get(pk=call.job_id)
    call = EngineCall.objects.select_for_update().get(pk=call.pk)
    allowed = decisions_for(call)
    if decision not in allowed:
        raise CallConflict(
            "This is not possible for this call now.",
            kept="Nothing was changed.",
            next_step=f"Possible: {', '.join(allowed) or 'nothing'}.",
        )
    _carry_out(call, decision)
    record(
        actor,
        f"engine_call.{decision}",
        call,
        {"note": note[:500], "quoted": call.quoted_milli, "cost": call.cost_milli},
    )
    if job.state == JobState.NEEDS_DECISION:
        if decision == "drop":
            steering.cancel(job, actor=actor)
        else:
            steering.retry(job, actor=actor)
    return call


def decisions_for(call: EngineCall) -> list[str]:
    """What a person may decide about a call now."""
    if call.state != S.NEEDS_DECISION:
        return []
    if call.outputs and call.cost_milli is not None:
        return ["accept", "drop"]
    return ["look", "resend", "drop"] if not call.provider_ref else ["look", "drop"]


def _carry_out(call: EngineCall, decision: str) -> None:
    if decision == "accept":
        calls.settle(call, cost_milli=call.cost_milli or call.quoted_milli)
    elif decision == "resend":
        calls.move(call, S.INTENT, sent_at=None, looks=0, error=None)
    elif decision == "look":
        calls.move(call, S.SUBMITTED if call.provider_ref else S.UNKNOWN, looks=0)
    else:
        calls.fail(call, EngineError("Dropped by a person."), cost_milli=call.cost_milli)
