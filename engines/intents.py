"""What comes before an attempt at an engine: choose one, reserve what it may cost, write the intent.

The call to carry on is the step's own while it is open or done; else a new one is written at the best engine left, in
one commit with its reservation. Most often that commit is the job's own; a job that was claimed with the end of another
may write it with that.
"""

from __future__ import annotations

import copy
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Required, TypedDict

from billing.errors import InsufficientCredits
from billing.queries import figure
from craft.terms.states import JobState
from engines import calls, crew
from engines.access import access_of, known_access
from engines.adapters.base import Access, EngineError, Health, Model, Request, Retry, Stopped
from engines.adapters.remote import Remote
from engines.errors import ConsentRefused, EngineGaveUp, NoRoute
from engines.guards import Spend, SpendGuard, check_spend
from engines.hooks import callback_address
from engines.models import EngineAccount, EngineCall
from engines.policy import policy_for
from engines.rights import NOBODY, Leave, Use, leave_for, not_allowed, require_leave
from engines.routing import Candidate, Ground, Leaning, RouteDecision, ground, route
from engines.slots import take_slot
from engines.standing import standing
from engines.states import CallState as S
from workflow import jobs
from workflow.runner import Context

TRIES_PER_MODEL = 2
REST_SECONDS = 5.0
SOON = 0.5
"""Seconds for which a call that was written ahead may be gone on from."""


class Asked(TypedDict, total=False):
    """What a job asks of an engine: see `engines.services.run_call`."""

    request: Required[Request]
    role: Required[str]
    subject: Required[str]
    project: Required[uuid.UUID | None]
    cap_guard: SpendGuard | None
    reply_to: str
    pins: Collection[str]
    budget: str
    step: str
    shot_role: str
    about: Sequence[str]
    made_scene: Collection[str]
    scored_low: Collection[str]
    uses: Sequence[Use]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a job wants from an engine; `step` is what it is for within the job, `fingerprint` its request's."""

    request: Request
    role: str
    subject: str
    project: uuid.UUID | None
    step: str
    fingerprint: str
    budget: str = ""
    reply_to: str = ""
    pins: Collection[str] = ()
    guard: SpendGuard | None = None
    shot_role: str = ""
    about: tuple[str, ...] = ()
    made_scene: frozenset[str] = frozenset()
    uses: tuple[Use, ...] = ()
    scored_low: frozenset[str] = frozenset()


def wish(asked: Asked) -> Wish:
    """What was asked for, as it is looked up and written."""
    request, role, subject = asked["request"], asked["role"], asked["subject"]
    fingerprint = request.fingerprint()
    return Wish(
        request, role, subject, asked["project"],
        step=calls.step_key(role, subject, asked.get("step", ""), fingerprint),
        fingerprint=fingerprint,
        budget=asked.get("budget", ""),
        reply_to=asked.get("reply_to", ""),
        pins=asked.get("pins", ()),
        guard=asked.get("cap_guard"),
        shot_role=asked.get("shot_role", ""),
        about=tuple(asked.get("about", ())),
        made_scene=frozenset(asked.get("made_scene", ())),
        uses=tuple(asked.get("uses", ())),
        scored_low=frozenset(asked.get("scored_low", ())),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intent:
    """The call to carry on; for a fresh one that was stamped as sent, the way in that was read with it.

    One that was written ahead knows when (`at`, monotonic seconds) and what for (`asked`, as it is looked up `wish`).
    """

    call: EngineCall
    access: Access | None = None
    fresh: bool = False
    at: float = 0.0
    asked: Asked | None = None
    wish: Wish | None = None

    def take_back(self) -> None:
        """End what was written ahead and never sent; its money goes back. Call inside the job's scope."""
        calls.fail(copy.copy(self.call), Stopped("Nothing was sent."), to=S.CANCELLED)


def wish_of(ctx: Context, asked: Asked) -> Wish:
    """The wish for this, as it was made where the call was written ahead."""
    ahead = (held for held in ctx.ahead.values() if isinstance(held, Intent))
    return next((held.wish for held in ahead if held.wish and held.asked == asked), None) or wish(asked)


def write_ahead(ctx: Context, what: Asked) -> None:
    """Write the intent of a job's first call in the open transaction, with which the job was claimed.

    Only where the best engine is a remote one, of this queue; all else is left to `find_or_write`, and so is what would
    take a while: asking this machine's own engines how they are, reading what a LoRA was made for.
    """
    asked = wish(what)
    health = _known_healths(asked)
    if health is None:
        return
    leave, facts = leave_for(asked.uses), ground(lately=True)
    decision = _decide(asked, [], health, leave, facts)
    if not decision.candidates or decision.candidates[0].model.builtin:
        return
    model = decision.candidates[0].model
    if crew.engines()[model.engine].queue not in ("", ctx.queue):
        return

    def refused() -> None:
        del ctx.ahead[asked.step], ctx.undo[asked.step]

    written = _intend(ctx, asked, decision, leave, facts, calls.Book((), None, 1), refused)
    intent = replace(written, at=time.monotonic(), asked=what, wish=asked)
    ctx.ahead[asked.step], ctx.undo[asked.step] = intent, intent.take_back


def find_or_write(ctx: Context, asked: Wish) -> Intent:
    """The call to carry on: written ahead, or the step's own, or a new one at the best engine left.

    What was written ahead a while ago is taken back: consents may have changed since, and an order that is lost on its
    way is looked for some seconds after its stamp.
    """
    ahead: Intent | None = ctx.ahead.pop(asked.step, None)
    if ahead is None or time.monotonic() - ahead.at > SOON:
        _take_back(ctx)
        return _current(ctx, asked)
    del ctx.undo[asked.step]
    return ahead


def _take_back(ctx: Context) -> None:
    if ctx.undo:
        with ctx.scope():
            ctx.take_back()
        ctx.undo.clear()


def _current(ctx: Context, asked: Wish) -> Intent:
    """The call to carry on: the step's own while it is open or done, else a new one at the best engine left."""
    health = _healths(asked)
    short: InsufficientCredits | None = None
    with ctx.scope():
        # before anything else: a consent that is gone ends the work, also what an engine has done already
        leave = leave_for(asked.uses)
        book = calls.book_of(ctx, asked.step)
        if book.latest is not None and (book.latest.open or book.latest.state == S.DONE):
            require_leave(leave, crew.models()[f"{book.latest.engine}/{book.latest.model}"])
            _into_line(ctx, book.latest.engine)
            return Intent(book.latest)
        _set_aside(book.open)
        facts = ground(lately=True)
        decision = _decide(asked, book.failed, health, leave, facts)
        waits = decision.rests and _may_try(book.failed)
        if decision.candidates and _may_try(book.failed):
            _into_line(ctx, decision.candidates[0].model.engine)
            try:
                return _intend(ctx, asked, decision, leave, facts, book)
            except InsufficientCredits as error:
                short = error
        elif not waits:
            calls.give_up(ctx.job_id, asked.step)
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


def _healths(asked: Wish) -> dict[str, Health]:
    """What built-in engines say of this machine; asked before any transaction is open.

    Whether a LoRA is for the weights that lie here takes reading all of them, once in a process: it is done here.
    """
    found = _built_in(asked)
    if getattr(asked.request, "loras", ()):
        for model in found:
            crew.adapter(model, spool=Path()).validate(asked.request, model)
    return {model.engine: crew.health(model) for model in found}


def _known_healths(asked: Wish) -> dict[str, Health] | None:
    """The same, where it is known to this process already."""
    if getattr(asked.request, "loras", ()):
        return None
    known = {model.engine: crew.known_health(model) for model in _built_in(asked)}
    healths = {engine: health for engine, health in known.items() if health is not None}
    return healths if len(healths) == len(known) else None


def _built_in(asked: Wish) -> list[Model]:
    known = crew.models()
    found = [known[key] for key in asked.pins or known if key in known]
    return [model for model in found if model.builtin and asked.request.kind in model.capability.kinds]


def _decide(
    asked: Wish,
    failed: list[EngineCall],
    health: dict[str, Health],
    leave: Leave = NOBODY,
    facts: Ground | None = None,
) -> RouteDecision:
    policy = policy_for(_levels(asked), standing().policies)
    return route(
        asked.role,
        asked.request,
        on=facts,
        pins=asked.pins,
        exclude=_worn_out(failed),
        health=health,
        leaning=Leaning(asked.shot_role, policy, asked.made_scene, leave, asked.scored_low),
    )


def _levels(asked: Wish) -> tuple[str, ...]:
    """What the call's policy hangs on: what the caller names, else its production."""
    return asked.about or ((f"project:{asked.project}",) if asked.project else ())


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
    ctx: Context,
    asked: Wish,
    decision: RouteDecision,
    leave: Leave,
    facts: Ground,
    book: calls.Book,
    refused: Callable[[], None] | None = None,
) -> Intent:
    """T1: ask the guard, reserve, write the intent; committed together before anything is sent.

    Where the account has room the intent is stamped as sent in the same commit: nothing but the sending comes after it.
    It is reserved last, because others of the studio wait for its wallet until the commit. Raises InsufficientCredits
    with nothing written; with `refused` that is heard of at the end of the transaction.
    """
    best: Candidate = decision.candidates[0]
    model, price = best.model, best.quote.high
    if price:
        check_spend(
            Spend(asked.subject, asked.project, asked.budget, asked.role, price, ctx.job_id), asked.guard
        )
    account = None if model.builtin else facts.accounts.get(model.engine)
    callback = callback_address(account) if account else ""
    access = None if model.builtin else access_of(account, callback, kept=standing().secrets)
    # Where a call was set aside the wallet is locked already, and whoever has the slot may be waiting for it.
    room = model.builtin or (book.open is None and take_slot(ctx.studio_id, model.engine, account))
    ctx.called = True
    sees = best.fitted.request
    call = calls.create(
        ctx.job_id, book.next_number, model, sees, price, sending=room, refused=refused,
        request_hash=asked.fingerprint if sees is asked.request else sees.fingerprint(),
        step=asked.step, subject=asked.subject, project_id=asked.project, budget=asked.budget, reply_to=asked.reply_to,
        role=asked.role, route=decision.as_json() | _given(asked, best, leave),
        sent=_shown(model, sees, account),
    )  # fmt: skip
    return Intent(call, access, room and not model.builtin)


def _given(asked: Wish, best: Candidate, leave: Leave) -> dict[str, Any]:
    """What the call's row keeps of references, LoRAs, control passes and consents; nothing where there are none."""
    kept: dict[str, Any] = {"slots": best.slots} if best.slots else {}
    missing = (*best.fitted.left_out, *best.fitted.unguided)
    if getattr(asked.request, "references", ()):
        kept["references"] = len(best.fitted.request.references)
    if best.fitted.unguided:
        kept["controls"] = [one.title for one in best.fitted.request.controls]
    if missing:
        kept["left_out"] = [{"title": title, "reason": why} for title, why in missing]
    if getattr(asked.request, "loras", ()):
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
