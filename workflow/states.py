"""The automaton of a job.

    queued ──claim──▶ running ──▶ done
      ▲  ▲              │ │ │
      │  └──again───────┘ │ ├──▶ failed ──retry──▶ queued
      │                   │ └──▶ cancelled ─retry─▶ queued
      │                   ├──▶ waiting_engine ──claim──▶ running
      │                   ├──▶ unknown ─────────claim──▶ running
      └──decide── needs_decision ◀─┘

A queued, waiting, unknown or parked job may be cancelled, or fail because its input failed. The accepted race:
a job that finishes while its cancel is being asked for stays done.
"""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger

from craft.terms.states import JobState as S

_OPEN = (S.QUEUED, S.WAITING_ENGINE, S.UNKNOWN, S.NEEDS_DECISION)

JOB_ARROWS: tuple[tuple[S, S], ...] = (
    (S.QUEUED, S.RUNNING),
    (S.WAITING_ENGINE, S.RUNNING),
    (S.UNKNOWN, S.RUNNING),
    *(
        (S.RUNNING, target)
        for target in (S.QUEUED, S.WAITING_ENGINE, S.UNKNOWN, S.NEEDS_DECISION, S.DONE, S.FAILED, S.CANCELLED)
    ),
    *((source, target) for source in _OPEN for target in (S.FAILED, S.CANCELLED)),
    (S.NEEDS_DECISION, S.QUEUED),
    (S.FAILED, S.QUEUED),
    (S.CANCELLED, S.QUEUED),
)
OPEN_STATES: tuple[str, ...] = tuple(s.value for s in (*_OPEN, S.RUNNING))
ENDED_STATES: tuple[str, ...] = (S.DONE.value, S.FAILED.value, S.CANCELLED.value)
CLAIMABLE_STATES: tuple[str, ...] = (S.QUEUED.value, S.WAITING_ENGINE.value, S.UNKNOWN.value)


def arrows_only(name: str, arrows: Iterable[tuple[str, str]]) -> pgtrigger.FSM:
    """A trigger that refuses every move of `state` but these. A move along an arrow is found to be one by the trigger's
    condition; the function behind it is called for the others only."""
    pairs = list(arrows)
    known = ",".join(f"{before}:{after}" for before, after in pairs)
    moved = 'OLD."state" IS DISTINCT FROM NEW."state"'
    astray = f"""OLD."state" || ':' || NEW."state" <> ALL ('{{{known}}}'::text[])"""
    condition = pgtrigger.Condition(f"({moved} AND {astray})")
    return pgtrigger.FSM(name=name, field="state", transitions=pairs, condition=condition)
