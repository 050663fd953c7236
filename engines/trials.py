"""Trying an engine out: one small request under its own cap, allowed by the person who asks for it.

It answers whether an account works and what it really charges without a production, and it is what the proofs send
through real workers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from craft.terms.people import Permission
from engines import crew
from engines.adapters.base import Clip, Keyframe, Request
from engines.errors import NoRoute, SpendRefused
from engines.guards import Spend, spend_guards
from engines.services import run_call
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs
from workflow.models import Job
from workflow.runner import Context

TRIAL_JOB, SUBJECT = "engines.trial", "engines.trial"
PROMPT = "A quiet harbour at dawn, one boat, no people."
_REQUESTS: dict[str, Callable[[int], Request]] = {
    "keyframe": lambda seed: Keyframe(prompt=PROMPT, width=320, height=180, seed=seed),
    "clip": lambda seed: Clip(prompt=PROMPT, width=320, height=180, rate="24", frames=24, seed=seed),
}


def try_out(*, model: str, cap_milli: int, actor: User | None, key: str = "", seed: int = 1) -> Job:
    """Queue one small request at `engine/model`, spending at most `cap_milli`. Raises Forbidden, NoRoute."""
    if actor is not None:
        require(actor, Permission.GATE_A)
    found = crew.models().get(model)
    if found is None or not found.capability.kinds & set(_REQUESTS):
        raise NoRoute("This model cannot be tried out.", next_step="Choose one that makes stills or clips.")
    role = sorted(found.capability.kinds & set(_REQUESTS))[0]
    payload = {"model": model, "role": role, "cap_milli": cap_milli, "seed": seed}
    return jobs.enqueue(
        TRIAL_JOB,
        key=f"trial:{key or uuid.uuid4()}",
        payload=payload,
        project=None,
        title=f"Try {found.label}",
    )


def run_trial(ctx: Context, *, model: str, role: str, cap_milli: int, seed: int) -> dict[str, Any] | None:
    """Job: make the call and keep what it cost."""
    result = run_call(
        ctx,
        request=_REQUESTS[role](seed),
        role=role,
        subject=f"{SUBJECT}:{ctx.job_id}",
        project=None,
        pins=[model],
        budget=f"trial:{cap_milli}",
    )
    with ctx.closing(
        {"call": str(result.call_id), "cost_milli": result.cost_milli, "files": len(result.files)}
    ):
        return None


def allow_trial(spend: Spend) -> None:
    """The guard of trials: up to the cap in the budget's name, which only `try_out` writes."""
    cap = int(spend.budget.removeprefix("trial:"))
    if spend.milli > cap:
        raise SpendRefused(
            "This trial would cost more than its cap.",
            kept="Nothing was sent.",
            charged="Nothing was charged.",
        )


def install() -> None:
    """Make the job and its guard known."""
    jobs.register(TRIAL_JOB, run_trial, queue="engine_io")
    spend_guards.register(SUBJECT, allow_trial)
