"""Verbs of the crew: make a call inside a job, quote, decide about a parked call, connect an account."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from billing.errors import InsufficientCredits
from billing.queries import figure
from craft.terms.states import JobState
from engines import calls, crew
from engines.access import access_of, known_access
from engines.accounts import connect, disconnect
from engines.adapters.base import Access, EngineError, Fetched, Health, Model, Request, Retry
from engines.adapters.remote import Remote
from engines.attempts import attempt
from engines.deciding import decide, decisions_for
from engines.errors import ConsentRefused, EngineGaveUp, NoRoute
from engines.fitting import as_sent
from engines.guards import Spend, SpendGuard, check_spend
from engines.hooks import callback_address
from engines.models import EngineAccount, EngineCall
from engines.policy import policy_for
from engines.pricing import quote
from engines.protocol import AttemptFailed
from engines.rights import NOBODY, Leave, Use, leave_for, not_allowed, require_leave
from engines.routing import Candidate, Ground, Leaning, RouteDecision, ground, route
from engines.slots import take_slot
from engines.standing import standing
from engines.states import OPEN_CALLS
from engines.states import CallState as S
from workflow import jobs
from workflow.runner import Context

CLOSE_JOB = "engines.close_call"
TRIES_PER_MODEL = 2
REST_SECONDS = 5.0


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job wants from an engine."""

    request: Request
    role: str
    subject: str
    project: uuid.UUID | None
    budget: str
    reply_to: str
    pins: Collection[str]
    guard: SpendGuard | None
    step: str = field(default="")
    shot_role: str = ""
    about: tuple[str, ...] = ()
    made_scene: frozenset[str] = frozenset()
    uses: tuple[Use, ...] = ()
    scored_low: frozenset[str] = frozenset()


def run_call(  # noqa: PLR0913  reason: every one of them is a fact of the call
    ctx: Context,
    *,
    request: Request,
    role: str,
    subject: str,
    project: uuid.UUID | None,
    cap_guard: SpendGuard | None = None,
    reply_to: str = "",
    pins: Collection[str] = (),
    budget: str = "",
    step: str = "",
    shot_role: str = "",
    about: Sequence[str] = (),
    made_scene: Collection[str] = (),
    scored_low: Collection[str] = (),
    uses: Sequence[Use] = (),
) -> CallResult:
    """Have an engine do this: route, reserve, send, wait, fetch, check, settle. Call outside any transaction.

    Safe to run twice: a job that is done again finds its call by job, role, subject, `step` and request; one that goes
    to the queue of the engine that was chosen for it does so before anything is written. `subject`
    reads `app.thing:id`; its guard (or `cap_guard`) must allow a priced call. `shot_role` narrows the route, `about`
    names what its policy hangs on (project, scene, shot), `made_scene` the models of the scene's other shots,
    `scored_low` those whose work on the subject measured badly, `uses` the voices and likenesses of real people. Raises
    the job's Again (waiting for the engine or for funds), Park (a person decides), Cancelled, LeaseLost; NoRoute,
    EngineGaveUp, SpendRefused, ConsentRefused.
    """
    wish = Wish(
        request,
        role,
        subject,
        project,
        budget,
        reply_to,
        pins,
        cap_guard,
        calls.step_key(role, subject, step, request),
        shot_role,
        tuple(about),
        frozenset(made_scene),
        tuple(uses),
        frozenset(scored_low),
    )
    while True:
        now = _current(ctx, wish)
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


@dataclass(frozen=True, slots=True)
class _Current:
    """The call to carry on; for a fresh one that was stamped as sent, the way in that was read with it."""

    call: EngineCall
    access: Access | None = None
    fresh: bool = False


def _current(ctx: Context, wish: Wish) -> _Current:
    """The call to carry on: the step's own while it is open or done, else a new one at the best engine left."""
    health = _healths(wish)
    short: InsufficientCredits | None = None
    with ctx.scope():
        # before anything else: a consent that is gone ends the work, also what an engine has done already
        leave = leave_for(wish.uses)
        book = calls.book_of(ctx, wish.step)
        if book.latest is not None and (book.latest.open or book.latest.state == S.DONE):
            require_leave(leave, crew.models()[f"{book.latest.engine}/{book.latest.model}"])
            _into_line(ctx, book.latest.engine)
            return _Current(book.latest)
        _set_aside(book.open)
        facts = ground(lately=True)
        decision = _decide(wish, book.failed, health, leave, facts)
        waits = decision.rests and _may_try(book.failed)
        if decision.candidates and _may_try(book.failed):
            _into_line(ctx, decision.candidates[0].model.engine)
            try:
                return _intend(ctx, wish, decision, leave, facts, book)
            except InsufficientCredits as error:
                short = error
        elif not waits:
            calls.give_up(ctx.job_id, wish.step)
    if short is not None:
        raise jobs.Again(0, waiting_for="funds") from short
    if waits:
        # An engine that is away for a minute must not fail whatever is queued for it.
        raise jobs.Again(REST_SECONDS, waiting_for="engine", state=JobState.WAITING_ENGINE)
    raise _refusal(decision, book.failed, leave)


def _into_line(ctx: Context, engine: str) -> None:
    """An engine may work in one queue only, that of the workers that have what it needs. Elsewhere the job is given
    back for them and this transaction with it: nothing is written of the call before it is in the right line."""
    queue = crew.engines()[engine].queue
    if queue not in ("", ctx.queue):
        raise jobs.Again(0, queue=queue)


def _healths(wish: Wish) -> dict[str, Health]:
    """What built-in engines say of this machine; asked before any transaction is open.

    Whether a LoRA is for the weights that lie here takes reading all of them, once in a process: it is done here.
    """
    keys = wish.pins or crew.models()
    found = [
        m
        for key in keys
        if (m := crew.models().get(key)) and m.builtin and wish.request.kind in m.capability.kinds
    ]
    if getattr(wish.request, "loras", ()):
        for model in found:
            crew.adapter(model, spool=Path()).validate(wish.request, model)
    return {model.engine: crew.health(model) for model in found}


def _decide(
    wish: Wish,
    failed: list[EngineCall],
    health: dict[str, Health],
    leave: Leave = NOBODY,
    facts: Ground | None = None,
) -> RouteDecision:
    policy = policy_for(_levels(wish), standing().policies)
    return route(
        wish.role,
        wish.request,
        on=facts,
        pins=wish.pins,
        exclude=_worn_out(failed),
        health=health,
        leaning=Leaning(wish.shot_role, policy, wish.made_scene, leave, wish.scored_low),
    )


def _levels(wish: Wish) -> tuple[str, ...]:
    """What the call's policy hangs on: what the caller names, else its production."""
    return wish.about or ((f"project:{wish.project}",) if wish.project else ())


def _worn_out(failed: list[EngineCall]) -> dict[str, str]:
    """Models that are not asked again for this step, with the reason."""
    out: dict[str, str] = {}
    for call in failed:
        key, error = f"{call.engine}/{call.model}", _class_of(call)
        tries = sum(1 for other in failed if (other.engine, other.model) == (call.engine, call.model))
        if error.retry is not Retry.NEW_ATTEMPT or tries >= TRIES_PER_MODEL:
            out[key] = f"failed at it before: {(call.error or {}).get('message', error.code)}"
    return out


def _may_try(failed: list[EngineCall]) -> bool:
    """Whether policy and tier allow another engine after these failures."""
    if any(not _class_of(call).failover for call in failed):
        return False
    return not _worn_out(failed) or bool(figure("failover", False))


def _class_of(call: EngineCall) -> type[EngineError]:
    code = (call.error or {}).get("code", "")
    return next((kind for kind in EngineError.__subclasses__() if kind.code == code), EngineError)


def _refusal(
    decision: RouteDecision, failed: list[EngineCall], leave: Leave
) -> NoRoute | EngineGaveUp | ConsentRefused:
    known = crew.models()
    barred = [why for key, why in decision.rejected if key in known and why == leave.reason(known[key])]
    if barred and not failed:
        return not_allowed("; ".join(dict.fromkeys(barred)))
    if not failed:
        return NoRoute(
            decision.explanation,
            kept="Nothing was sent.",
            charged="Nothing was charged.",
            next_step="Change the request or connect an engine.",
        )
    last = failed[-1].error or {}
    return EngineGaveUp(
        str(last.get("message", "The engine failed.")),
        code=str(last.get("code", "")),
        kept="Everything made before stays.",
        charged="Nothing was charged for this step.",
        next_step="Try it again, or change what is asked for.",
    )


def _intend(
    ctx: Context, wish: Wish, decision: RouteDecision, leave: Leave, facts: Ground, book: calls.Book
) -> _Current:
    """T1: ask the guard, reserve, write the intent; committed together before anything is sent.

    Where the account has room the intent is stamped as sent in the same commit: nothing but the sending comes after it.
    It is reserved last, because others of the studio wait for its wallet until the commit. Raises InsufficientCredits
    with nothing written.
    """
    best: Candidate = decision.candidates[0]
    model, price = best.model, best.quote.high
    if price:
        check_spend(Spend(wish.subject, wish.project, wish.budget, wish.role, price, ctx.job_id), wish.guard)
    account = None if model.builtin else facts.accounts.get(model.engine)
    callback = callback_address(account) if account else ""
    access = None if model.builtin else access_of(account, callback, kept=standing().secrets)
    # Where a call was set aside the wallet is locked already, and whoever has the slot may be waiting for it.
    room = model.builtin or (book.open is None and take_slot(ctx.studio_id, model.engine, account))
    ctx.called = True
    call = calls.create(
        ctx.job_id, book.next_number, model, best.fitted.request, price, sending=room,
        step=wish.step, subject=wish.subject, project_id=wish.project, budget=wish.budget, reply_to=wish.reply_to,
        role=wish.role, route=decision.as_json() | _given(wish, best, leave),
        sent=_shown(model, best.fitted.request, account),
    )  # fmt: skip
    return _Current(call, access, room and not model.builtin)


def _given(wish: Wish, best: Candidate, leave: Leave) -> dict[str, Any]:
    """What the call's row keeps of references, LoRAs, control passes and consents; nothing where there are none."""
    kept: dict[str, Any] = {"slots": best.slots} if best.slots else {}
    missing = (*best.fitted.left_out, *best.fitted.unguided)
    if getattr(wish.request, "references", ()):
        kept["references"] = len(best.fitted.request.references)
    if best.fitted.unguided:
        kept["controls"] = [one.title for one in best.fitted.request.controls]
    if missing:
        kept["left_out"] = [{"title": title, "reason": why} for title, why in missing]
    if getattr(wish.request, "loras", ()):
        kept["worn"] = [lora.file.sha256 for lora in best.fitted.request.loras]
        kept["not_worn"] = [{"title": title, "reason": why} for title, why in best.fitted.not_worn]
    if consents := leave.consents(best.model):
        kept["consents"] = consents
    return kept


def _shown(model: Model, request: Request, account: EngineAccount | None) -> Mapping[str, Any] | None:
    """What a remote engine will see, files by their hash. A built-in one sees the request itself."""
    if model.builtin:
        return None
    adapter = crew.adapter(model, spool=Path(), access=known_access(account))
    return adapter.preview(request, model) if isinstance(adapter, Remote) else None


def _set_aside(other: EngineCall | None) -> None:
    """An open call of this job for another request: never sent, it is dropped; sent, a person has to look."""
    if other is None:
        return
    if other.sent_at is None or crew.models()[f"{other.engine}/{other.model}"].builtin:
        calls.fail(
            other,
            EngineError("The job now asks for something else."),
            to=S.CANCELLED if other.state == S.INTENT else S.FAILED,
        )
        return
    raise jobs.Park(
        "engine.open_call",
        "This step asked an engine for something else before, and that call is still open.",
    )


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
    "close_call",
    "close_orphans",
    "connect",
    "decide",
    "decisions_for",
    "disconnect",
    "quote",
    "run_call",
]
