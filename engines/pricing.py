"""What a role will cost before the request exists: low, expected, high, and on what that rests."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engines.adapters.base import Outline, Quote, Request
from engines.routing import Ground, Leaning, RouteDecision, ground, route

# Before the studio has a history: one take in four is made again.
ASSUMED_RETAKES = 0.25
ENOUGH_TAKES = 20


@dataclass(frozen=True, slots=True)
class RoleQuote:
    """The price of one step in milli-credits. `high` covers the tier's retakes; `basis` says what it rests on."""

    low: int
    expected: int
    high: int
    engine: str
    builtin: bool
    explanation: str
    basis: str
    decision: RouteDecision

    @property
    def money(self) -> Quote:
        """The three figures alone."""
        return Quote(self.low, self.expected, self.high)


def quote(
    role: str,
    outline: Outline | Request,
    *,
    pins: Collection[str] = (),
    on: Ground | None = None,
    leaning: Leaning | None = None,
) -> RoleQuote:
    """Price a step by the route it would take now. No engine is asked. `on` may be shared by many quotes of a page."""
    facts = on or ground()
    decision = route(role, outline, on=facts, pins=pins, leaning=leaning)
    if not decision.candidates:
        return RoleQuote(0, 0, 0, "", False, decision.explanation, "no engine can do it", decision)
    best = decision.candidates[0]
    rate, basis = retake_rate(role, facts)
    takes = 1 + facts.retakes
    expected = round(best.quote.expected * (1 + rate))
    high = max(expected, best.quote.high * takes)
    return RoleQuote(
        best.quote.low,
        expected,
        high,
        best.model.key,
        best.model.builtin,
        decision.explanation,
        basis,
        decision,
    )


def retake_rate(role: str, facts: Ground) -> tuple[float, str]:
    """How many takes are made again, from the studio's own calls once there are enough, and the basis in words."""
    takes, subjects = facts.takes.get(role, (0, 0))
    if takes < ENOUGH_TAKES:
        return ASSUMED_RETAKES, f"assumed: {ASSUMED_RETAKES:.0%} retakes, {takes} own takes are too few"
    rate = takes / subjects - 1
    return rate, f"{takes} own takes, {rate:.0%} of them retakes"
