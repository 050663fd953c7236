"""Verbs of the crew: make a call inside a job, quote, decide about a parked call, connect an account."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Unpack

from craft.terms.states import JobState
from engines import crew, intents
from engines.accounts import connect, disconnect
from engines.adapters.base import Fetched, Request
from engines.attempts import attempt
from engines.deciding import decide, decisions_for
from engines.fitting import as_sent
from engines.intents import Asked
from engines.models import EngineCall
from engines.pricing import quote
from engines.protocol import AttemptFailed
from engines.states import OPEN_CALLS
from engines.states import CallState as S
from workflow import jobs
from workflow.runner import Context

CLOSE_JOB = "engines.close_call"


@dataclass(frozen=True, slots=True)
class CallResult:
    """What an engine delivered: local files (read them before the job ends) and what it cost the studio.

    `request` is what it was asked for: the caller's, with the reference pictures that it took. `slots` is how many of
    them it takes for such a request, `wears` how many LoRAs, `consents` are the ids of those it worked under.
    """

    call_id: uuid.UUID
    files: list[Fetched]
    engine: str
    model: str
    model_version: str
    cost_milli: int
    builtin: bool
    request: Request
    slots: int = 0
    consents: tuple[str, ...] = ()
    wears: int = 0


def run_call(ctx: Context, **asked: Unpack[Asked]) -> CallResult:
    """Have an engine do this: route, reserve, send, wait, fetch, check, settle. Call outside any transaction.

    Safe to run twice: a job that is done again finds its call by job, role, subject, `step` and request; one that goes
    to the queue of the engine that was chosen for it does so before anything is written. `subject`
    reads `app.thing:id`; its guard (or `cap_guard`) must allow a priced call. `shot_role` narrows the route, `about`
    names what its policy hangs on (project, scene, shot), `made_scene` the models of the scene's other shots,
    `scored_low` those whose work on the subject measured badly, `uses` the voices and likenesses of real people. Raises
    the job's Again (waiting for the engine or for funds), Park (a person decides), Cancelled, LeaseLost; NoRoute,
    EngineGaveUp, SpendRefused, ConsentRefused.
    """
    wanted = intents.wish_of(ctx, asked)
    request = wanted.request
    while True:
        now = intents.find_or_write(ctx, wanted)
        call = now.call
        told = call.route
        sent = as_sent(request, told.get("references", 0), told.get("worn", ()), told.get("controls"))
        try:
            files = attempt(ctx, call, sent, access=now.access, stamped=now.fresh).run()
        except AttemptFailed:
            continue
        model = crew.models()[f"{call.engine}/{call.model}"]
        return CallResult(
            call.pk, files, call.engine, call.model, call.model_version, call.billed_milli or 0, model.builtin,
            sent, int(call.route.get("slots", 0)), tuple(call.route.get("consents", ())),
            0 if model.capability.draws_packets else model.capability.max_loras,
        )  # fmt: skip


def call_ahead(ctx: Context, **asked: Unpack[Asked]) -> None:
    """Write what `run_call` would write first for the same work, in the open transaction with which the job was
    claimed: for a kind's `opening`. Does nothing where something else comes first. Raises like `run_call`, with
    nothing written."""
    intents.write_ahead(ctx, asked)


# -- outcomes nobody waits for any more


def close_orphans(limit: int = 20) -> int:
    """Queue the closing of open calls whose job has ended: what was accepted is paid, what was not is released."""
    ended = [JobState.DONE.value, JobState.FAILED.value, JobState.CANCELLED.value]
    orphans = EngineCall.objects.filter(
        state__in=set(OPEN_CALLS) - {S.NEEDS_DECISION.value}, job__state__in=ended
    )
    for call in orphans[:limit]:
        jobs.enqueue(
            CLOSE_JOB,
            key=f"close:{call.pk}",
            payload={"call": str(call.pk)},
            project=call.project_id,
            title=f"Close {call.role} at {call.engine}",
        )
    return len(orphans[:limit])


def close_call(ctx: Context, *, call: str) -> dict[str, str]:
    """Job: bring an orphaned call to its end without its request."""
    with ctx.scope():
        found = EngineCall.objects.get(pk=call)
    with suppress(AttemptFailed, jobs.Park):
        attempt(ctx, found, None).run()
    return {"call": call, "state": found.state}


__all__ = [
    "CallResult",
    "call_ahead",
    "close_call",
    "close_orphans",
    "connect",
    "decide",
    "decisions_for",
    "disconnect",
    "quote",
    "run_call",
]
