"""Reads of the crew: calls, what was spent under a budget, who is in the crew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from engines import crew
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


def crew_list() -> list[dict[str, Any]]:
    """Every model with its price, class, access and record, for the engines page. Asks no engine."""
    facts = ground()
    accounts = {a.engine: a for a in EngineAccount.objects.all()}
    rows = []
    for key, model in crew.models().items():
        account, record = accounts.get(model.engine), facts.records.get(key)
        rows.append(
            {
                "key": key, "label": model.label, "class": model.engine_class.value, "builtin": model.builtin,
                "kinds": sorted(model.capability.kinds), "unit": model.price.unit, "milli": model.price.milli,
                "connected": model.builtin or (account is not None and account.enabled),
                "resting": model.engine in facts.open_breakers,
                "ended": record.ended if record else 0, "success": record.success if record else None,
                "seconds": record.seconds if record else None,
            }
        )  # fmt: skip
    return rows


def controls_taken(role: str, outline: Outline) -> frozenset[str]:
    """The control passes that the engine first in line for this work takes; one that draws the packet needs none."""
    candidates = route(role, outline).candidates
    able = candidates[0].model.capability if candidates else None
    return able.controls if able and not able.draws_packets else frozenset()
