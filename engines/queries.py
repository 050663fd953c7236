"""Reads of the crew: calls, what was spent under a budget, who is in the crew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from engines import crew
from engines.adapters.base import Model
from engines.adapters.requests import Outline
from engines.models import EngineAccount, EngineCall
from engines.routing import ground, route
from engines.states import OPEN_CALLS, CallState


@dataclass(frozen=True, slots=True)
class Spent:
    """Milli-credits under a budget: charged for finished calls, held for open ones."""

    settled: int
    held: int

    @property
    def total(self) -> int:
        """What counts against the cap."""
        return self.settled + self.held


def spent(*, budget: str = "", project: UUID | None = None) -> Spent:
    """What has been charged and is held under a budget, or for a project."""
    rows = EngineCall.objects.all()
    if budget:
        rows = rows.filter(budget=budget)
    if project is not None:
        rows = rows.filter(project_id=project)
    sums = rows.aggregate(
        settled=Sum("billed_milli", filter=Q(state=CallState.DONE.value)),
        held=Sum("quoted_milli", filter=Q(state__in=OPEN_CALLS)),
    )
    return Spent(sums["settled"] or 0, sums["held"] or 0)


def reference_of(call_id: UUID | None) -> str:
    """What the engine of a call calls its work: `engine/<its reference>`; empty when there was no call."""
    row = (
        EngineCall.objects.filter(pk=call_id).values_list("engine", "provider_ref").first()
        if call_id
        else None
    )
    return f"{row[0]}/{row[1]}" if row else ""


def costs() -> list[dict[str, Any]]:
    """What priced engines charged and the studio paid, by model; the difference is nobody's but ours."""
    rows = EngineCall.objects.filter(quoted_milli__gt=0).order_by().values("engine", "model")
    return list(
        rows.annotate(
            calls=Count("pk"),
            open=Count("pk", filter=Q(state__in=OPEN_CALLS)),
            charged=Coalesce(Sum("cost_milli"), 0),
            paid=Coalesce(Sum("billed_milli"), 0),
        ).order_by("engine", "model")
    )


def goes_first(role: str) -> bool:
    """Whether the studio has an account that it put first for this role."""
    return EngineAccount.objects.filter(enabled=True, roles__contains=[role]).exists()


def calls(*, project: UUID | None = None, state: str = "", priced: bool = False) -> QuerySet[EngineCall]:
    """Calls, newest first."""
    rows: QuerySet[EngineCall] = EngineCall.objects.select_related("job").order_by("-created_at")
    if project is not None:
        rows = rows.filter(project_id=project)
    if state:
        rows = rows.filter(state=state)
    return rows.filter(quoted_milli__gt=0) if priced else rows


def waiting_for_people() -> QuerySet[EngineCall]:
    """Parked calls, oldest first."""
    return calls(state=CallState.NEEDS_DECISION.value).order_by("updated_at")


def crew_list(*, every: bool = True, engine: str = "") -> list[dict[str, Any]]:
    """Every model with its price, class, access and record. Asks no engine.

    `every=False` leaves out engines without an account, `engine` all but one.
    """
    facts = ground()
    accounts = {a.engine: a for a in EngineAccount.objects.all()}
    rows = []
    for key, model in crew.models().items():
        if engine not in ("", model.engine):
            continue
        if not model.builtin and model.engine not in accounts and not every:
            continue
        account, record = accounts.get(model.engine), facts.records.get(key)
        rows.append(
            {
                "key": key, "label": model.label, "class": model.engine_class.value, "builtin": model.builtin,
                "kinds": sorted(model.capability.kinds), "unit": model.price.unit, "milli": model.price.milli,
                "connected": model.builtin or (account is not None and account.enabled),
                "resting": model.engine in facts.open_breakers,
                "missing": _missing(model),
                "ended": record.ended if record else 0, "success": record.success if record else None,
                "seconds": record.seconds if record else None, "time": record.time if record else "",
            }
        )  # fmt: skip
    return rows


def _missing(model: Model) -> str:
    """What an engine that is installed apart lacks on this machine; those that come with Slate lack nothing here."""
    if not model.builtin or crew.computes(model.engine):
        return ""
    health = crew.health(model)
    return "" if health.ok else health.message


def remote_engines() -> list[dict[str, Any]]:
    """Every remote engine with what it makes and the state of the studio's account, by name. Asks no engine."""
    accounts = {account.engine: account for account in EngineAccount.objects.all()}
    rows = []
    for engine in crew.engines().values():
        if engine.builtin:
            continue
        account = accounts.get(engine.key)
        kinds = sorted({kind for model in engine.models for kind in model.capability.kinds})
        connected = account is not None and account.enabled
        rows.append({"engine": engine, "kinds": kinds, "account": account, "connected": connected})
    return sorted(rows, key=lambda row: (not row["connected"], row["engine"].label.lower()))


def policy_names() -> list[str]:
    """What a policy may name: engines that are built in or connected, for the forms."""
    connected = set(EngineAccount.objects.filter(enabled=True).values_list("engine", flat=True))
    return [engine.key for engine in crew.engines().values() if engine.builtin or engine.key in connected]


def controls_taken(role: str, outline: Outline) -> frozenset[str]:
    """The control passes that the engine first in line for this work takes; one that draws the packet needs none."""
    candidates = route(role, outline).candidates
    able = candidates[0].model.capability if candidates else None
    return able.controls if able and not able.draws_packets else frozenset()
