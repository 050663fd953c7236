"""Who allows money to be spent: before Gate A nobody does, and a subject nobody speaks for is refused.

An app registers a guard under its subjects' prefix (`episodes.clip`, or `episodes` for all of its subjects). The guard
runs inside the transaction that reserves the money, so it may lock what it reads; it raises to refuse.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from engines.errors import SpendRefused
from workflow.registries import Registry


@dataclass(frozen=True, slots=True)
class Spend:
    """What is about to be reserved: at most `milli` milli-credits, for whom, under which budget."""

    subject: str
    project: uuid.UUID | None
    budget: str
    role: str
    milli: int
    job_id: uuid.UUID


SpendGuard = Callable[[Spend], None]
spend_guards: Registry[SpendGuard] = Registry("spend guards")


def check_spend(spend: Spend, own: SpendGuard | None) -> None:
    """Ask the caller's guard, else the one registered for the subject. Raises SpendRefused when there is none."""
    kind = spend.subject.partition(":")[0]
    guard = own or spend_guards.find(kind) or spend_guards.find(kind.partition(".")[0])
    if guard is None:
        raise SpendRefused(
            "This step costs credits and no budget has been approved for it.",
            kept="Nothing was sent to any engine.",
            charged="Nothing was charged.",
            next_step="Approve a budget at Gate A.",
        )
    guard(spend)
