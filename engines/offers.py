"""Who would do a piece of work now: the route it would take, for whoever asks before there is a job for it."""

from __future__ import annotations

from collections.abc import Sequence

from engines import crew
from engines.adapters.base import Health, Request
from engines.rights import Use, leave_for
from engines.routing import Leaning, RouteDecision, route


def offer(role: str, request: Request, *, uses: Sequence[Use] = ()) -> RouteDecision:
    """The decision as it stands, with what built-in engines say of this machine. Asks no remote engine; files need
    not be at hand. Call inside a scope. Raises ConsentRefused where `uses` are not covered."""
    leave = leave_for(uses)
    return route(role, request, health=healths(request.kind), leaning=Leaning(leave=leave))


def healths(kind: str) -> dict[str, Health]:
    """Engine → what it says of this machine, for the built-in ones that make this kind of work."""
    found = [one for one in crew.models().values() if one.builtin and kind in one.capability.kinds]
    return {model.engine: crew.health(model) for model in found}
