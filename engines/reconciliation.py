"""Every night: our calls against the ledger, call by call, and against what the engine says is left.

    calls of the day ─┬─ each has one closing movement, of its kind and amount; its cost is booked ─▶ findings
                      └─ together they cost about as much as the engine's own balance fell          ─▶ findings

The ledger and the engine are asked, not our own sums. Nothing is corrected: a finding waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from billing.queries import Closing, closings
from engines import crew
from engines.access import access_of
from engines.accounts import health_with
from engines.calls import MICRO_DOLLARS_PER_MILLI
from engines.models import EngineAccount, EngineCall, EngineUsage
from engines.states import OPEN_CALLS, CallState
from workflow import jobs
from workflow.runner import Context

JOB = "engines.reconcile"
# A vendor rounds, and counts what was under way at midnight on the other day.
TOLERANCE, LEAST_MILLI = 0.05, 5_000
MOST_FINDINGS = 100


def order_last_night() -> None:
    """Chore: queue the reconciliation of yesterday, once."""
    day = (timezone.now() - timedelta(days=1)).date()
    if EngineCall.objects.filter(quoted_milli__gt=0).exists():
        jobs.enqueue(
            JOB,
            key=f"reconcile:{day}",
            payload={"day": str(day)},
            project=None,
            title=f"Reconcile engines, {day}",
        )


def reconcile(ctx: Context, *, day: str) -> dict[str, Any] | None:
    """Job: ask each engine what is left, then compare. Safe to do twice: the later word stands."""
    with ctx.scope():
        accounts = [(row.engine, access_of(row)) for row in EngineAccount.objects.filter(enabled=True)]
    left = {engine: _left(health_with(engine, access).detail) for engine, access in accounts}
    on = date.fromisoformat(day)
    with ctx.scope():
        rows = [_of_engine(engine, on, left.get(engine)) for engine in _engines(on, left)]
    findings = sum(len(row.findings) for row in rows)
    with ctx.closing({"engines": len(rows), "findings": findings}):
        return None


def _left(detail: Any) -> int | None:
    found = detail.get("balance_milli")
    return found if isinstance(found, int) else None


def _span(on: date) -> tuple[datetime, datetime]:
    start = datetime.combine(on, time(), UTC)
    return start, start + timedelta(days=1)


def _engines(on: date, asked: Iterable[str]) -> list[str]:
    start, end = _span(on)
    rows = EngineCall.objects.filter(quoted_milli__gt=0, ended_at__gte=start, ended_at__lt=end)
    used = set(rows.order_by().values_list("engine", flat=True).distinct())
    return sorted(used | {engine for engine in asked if not crew.engines()[engine].builtin})


def _of_engine(engine: str, on: date, left: int | None) -> EngineUsage:
    start, end = _span(on)
    priced = EngineCall.objects.filter(engine=engine, quoted_milli__gt=0)
    ended = list(priced.filter(ended_at__gte=start, ended_at__lt=end).order_by("ended_at"))
    told = closings([call.idem_key for call in ended])
    findings = [one for call in ended if (one := _doubt(call, told.get(call.idem_key)))]
    cost = sum(call.cost_milli or 0 for call in ended)
    fell = _fell(engine, on, left)
    if fell is not None and (odd := _odd(fell, cost)):
        findings.append({"code": "engine.balance", "call": "", "message": odd})
    facts = {
        "calls": len(ended),
        "open": priced.filter(state__in=OPEN_CALLS).count(),
        "cost_milli": cost,
        "billed_milli": sum(call.billed_milli or 0 for call in ended),
        "micro_dollars": sum(one.micro_dollars for one in told.values()),
        "balance_milli": left,
        "fell_milli": fell,
        "findings": findings[:MOST_FINDINGS],
    }
    row: EngineUsage
    row, _ = EngineUsage.objects.update_or_create(engine=engine, day=on, defaults=facts)
    return row


def _doubt(call: EngineCall, told: Closing | None) -> dict[str, str] | None:
    """What the ledger says otherwise of an ended call; None when both agree."""
    billed = call.billed_milli or 0
    wanted = "settle" if call.state == CallState.DONE else "release"
    if told is None or not told.kind:
        words = ("engine.unclosed", "The call has ended and its money is still held.")
    elif told.kind != wanted:
        words = ("engine.closed_otherwise", f"The call is {call.state} and the ledger says {told.kind}.")
    elif told.revenue != billed:
        words = (
            "engine.billed_otherwise",
            f"The call was billed {billed} and the ledger took {told.revenue}.",
        )
    elif told.micro_dollars != (call.cost_milli or 0) * MICRO_DOLLARS_PER_MILLI:
        words = (
            "engine.cost_not_booked",
            f"{told.micro_dollars} micro-dollars are booked for {call.cost_milli or 0}.",
        )
    else:
        return None
    return {"code": words[0], "call": str(call.pk), "message": words[1]}


def _fell(engine: str, on: date, left: int | None) -> int | None:
    before = EngineUsage.objects.filter(engine=engine, day=on - timedelta(days=1)).first()
    if left is None or before is None or before.balance_milli is None:
        return None
    return int(before.balance_milli) - left


def _odd(fell: int, cost: int) -> str:
    """In words, when a balance fell by another amount than the calls cost. One that rose was topped up."""
    if fell < 0 or abs(fell - cost) <= max(LEAST_MILLI, round(cost * TOLERANCE)):
        return ""
    return f"The engine's balance fell by {fell} milli-credits and our calls cost {cost}."


def usage(limit: int = 60) -> Sequence[EngineUsage]:
    """The last nights, newest first; those with findings are what somebody has to look at."""
    return list(EngineUsage.objects.order_by("-day", "engine")[:limit])


def open_findings() -> list[tuple[EngineUsage, dict[str, str]]]:
    """What the last week's nights found, newest first."""
    since = (timezone.now() - timedelta(days=7)).date()
    rows = EngineUsage.objects.filter(day__gte=since).exclude(findings=[]).order_by("-day")
    return [(row, one) for row in rows for one in row.findings]


def install() -> None:
    """Make the job known."""
    jobs.register(JOB, reconcile, queue="short")


__all__ = ["JOB", "install", "open_findings", "order_last_night", "reconcile", "usage"]
