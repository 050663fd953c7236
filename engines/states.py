"""The automaton of an engine call.

    intent ──sent──▶ submitted ──▶ done
      │  ▲              │  │  └──▶ needs_decision ──▶ submitted | intent | unknown | done | failed
      │  └─not accepted─┐  └─────▶ failed
      ├──▶ unknown ─────┘
      ├──▶ done, failed, cancelled, needs_decision

    unknown ──found──▶ submitted, done
      ├──not there──▶ intent (the same attempt is sent again)
      └──▶ failed, needs_decision

A call is open until it is done, failed or cancelled, and a job has at most one open call. Money is held while it is
open. Only a state in which the engine certainly did not accept the work may lead to another engine.
"""

from __future__ import annotations

from craft.terms.base import Term


class CallState(Term):
    """Where an attempt at an engine is."""

    INTENT = "intent"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    NEEDS_DECISION = "needs_decision"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = CallState
CALL_ARROWS: tuple[tuple[CallState, CallState], ...] = (
    *(
        (S.INTENT, target)
        for target in (S.SUBMITTED, S.UNKNOWN, S.DONE, S.FAILED, S.CANCELLED, S.NEEDS_DECISION)
    ),
    *((S.UNKNOWN, target) for target in (S.INTENT, S.SUBMITTED, S.DONE, S.FAILED, S.NEEDS_DECISION)),
    *((S.SUBMITTED, target) for target in (S.DONE, S.FAILED, S.NEEDS_DECISION)),
    *((S.NEEDS_DECISION, target) for target in (S.INTENT, S.UNKNOWN, S.SUBMITTED, S.DONE, S.FAILED)),
)
OPEN_CALLS: tuple[str, ...] = (S.INTENT.value, S.SUBMITTED.value, S.UNKNOWN.value, S.NEEDS_DECISION.value)
