"""Guarded writes of an engine call. Each runs inside a scope that holds the job's fence."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from billing import services as billing
from billing.errors import InsufficientCredits
from billing.ledger import waiting, who
from craft.terms.digest import digest, file_sha256
from engines.adapters.base import EngineError, Fetched, Model, Request
from engines.models import EngineCall
from engines.records import forget_record
from engines.spools import spool_of, spools
from engines.states import OPEN_CALLS, CallState
from tenancy import rows
from workflow import events
from workflow.events import emit
from workflow.runner import Context

# A milli-credit is a thousandth of a cent: ten millionths of a dollar.
MICRO_DOLLARS_PER_MILLI = 10


class CallMoved(RuntimeError):
    """Somebody else moved the call meanwhile (an operator's decision): look again."""


def step_key(role: str, subject: str, step: str, fingerprint: str) -> str:
    """What a call is for within its job, by its request's fingerprint: equal for the same work, whoever runs the
    job."""
    return digest("engine.step", 1, [role, subject, step, fingerprint])


@dataclass(frozen=True, slots=True)
class Book:
    """What a job's calls are to one of its steps: the step's own that were not given up, newest first; the job's open
    call, whatever it is for; the number of the next one."""

    own: tuple[EngineCall, ...]
    open: EngineCall | None
    next_number: int

    @property
    def latest(self) -> EngineCall | None:
        """The step's newest call."""
        return self.own[0] if self.own else None

    @property
    def failed(self) -> list[EngineCall]:
        """The step's failed calls since it was last given up, oldest first."""
        return [call for call in reversed(self.own) if call.state == CallState.FAILED]


def book_of(ctx: Context, step: str) -> Book:
    """Read the job's calls. Nobody but a job writes them: whoever has it first of all, and called nobody yet, need not
    ask; for the others one small question tells whether there are any."""
    if ctx.fence == 1 and not ctx.called:
        return Book((), None, 1)
    known = EngineCall.objects.filter(job_id=ctx.job_id).order_by("-n")
    rows = list(known.values_list("pk", "n", "step", "state", "given_up"))
    own = [pk for pk, _, of, _, given_up in rows if of == step and not given_up]
    wanted = {*own, *(pk for pk, _, _, state, _ in rows if state in OPEN_CALLS)}
    found = {call.pk: call for call in known.filter(pk__in=wanted)} if wanted else {}
    return Book(
        own=tuple(found[pk] for pk in own),
        open=next((call for call in found.values() if call.open), None),
        next_number=rows[0][1] + 1 if rows else 1,
    )


def give_up(job_id: uuid.UUID, step: str) -> None:
    """Close the book on a step's failures: a later try starts afresh."""
    EngineCall.objects.filter(job_id=job_id, step=step).update(given_up=True)


def create(
    job_id: uuid.UUID,
    n: int,
    model: Model,
    request: Request,
    quoted: int,
    *,
    sending: bool,
    refused: Callable[[], None] | None,
    **facts: Any,
) -> EngineCall:
    """Write the intent and reserve what it may cost; `sending` stamps it as sent with the same commit, because it is
    sent right after it. Raises InsufficientCredits with nothing written.

    With `refused` both are done at the end of the transaction; that is called where nothing is left written for lack of
    credits. A built-in engine works in this process, so its sending is the intent itself.
    """
    call = EngineCall(
        job_id=job_id,
        n=n,
        idem_key=f"{job_id}-{n}",
        engine=model.engine,
        model=model.slug,
        model_version=model.version,
        engine_class=model.engine_class.value,
        request=request.as_json(),
        quoted_milli=quoted,
        sent_at=timezone.now() if sending or model.builtin else None,
        sends=int(sending and not model.builtin),
        **facts,
    )
    if quoted and refused is not None:
        _reserve_last(call, refused)
        return call
    rows.insert(call)
    if quoted:
        try:
            billing.reserve(key=call.idem_key, milli=quoted, subject=call.subject)
        except InsufficientCredits:
            call.delete()
            raise
    return call


def _reserve_last(call: EngineCall, refused: Callable[[], None]) -> None:
    def drop(_error: InsufficientCredits) -> None:
        call.delete()
        refused()

    billing.reserve_last(
        key=call.idem_key, milli=call.quoted_milli, subject=call.subject, row=call, refused=drop
    )


def move(call: EngineCall, to: CallState | None = None, **changes: Any) -> None:
    """Write changes, and the new state if given, provided the call is still where we saw it. Raises CallMoved."""
    target = to.value if to else call.state
    if target not in OPEN_CALLS:
        changes["ended_at"] = timezone.now()
    rows = EngineCall.objects.filter(pk=call.pk, state=call.state, sends=call.sends)
    if rows.update(state=target, updated_at=timezone.now(), **changes) == 0:
        raise CallMoved(str(call.pk))
    if changes.get("error"):
        forget_record()
    moved = target != call.state
    call.state = target
    for name, value in changes.items():
        setattr(call, name, value)
    if moved and call.quoted_milli:
        emit(call.project_id, "call.moved", brief(call))


def brief(call: EngineCall) -> dict[str, Any]:
    """What an event says of a call."""
    return {
        "call": str(call.pk), "job": str(call.job_id), "role": call.role, "engine": f"{call.engine}/{call.model}",
        "state": call.state, "quoted_milli": call.quoted_milli, "billed_milli": call.billed_milli,
    }  # fmt: skip


def fail(
    call: EngineCall, error: EngineError, *, cost_milli: int | None = None, to: CallState = CallState.FAILED
) -> None:
    """End the call without a result: the reservation goes back; what the engine charged all the same is our loss. What
    it left on this machine goes with the job."""
    move(call, to, error=error.as_json(), billed_milli=0, cost_milli=cost_milli, spooled=True)
    if call.quoted_milli:
        billing.release(key=call.idem_key)
    if cost_milli:
        _book_loss(call, cost_milli)


def settle_with_job(
    ctx: Context, call: EngineCall, *, at_once: bool, cost_milli: int, **changes: Any
) -> None:
    """Settle in a transaction of the job's: in its next one, or `at_once`. The row in hand tells what it will hold.

    The next one is for work that is found again under its key or reference: until then the call is open in the
    database, and a worker that is lost has it fetched once more. A transaction that is taken back leaves it to the one
    after it.
    """
    if at_once:
        with ctx.scope():
            settle(call, cost_milli=cost_milli, **changes)
        return
    seen = call.state, call.sends
    ctx.write_later(lambda last: settle(call, seen=seen, last=last, cost_milli=cost_milli, **changes))
    call.cost_milli, call.billed_milli = cost_milli, min(cost_milli, call.quoted_milli)
    for name, value in changes.items():
        setattr(call, name, value)


def settle(
    call: EngineCall,
    *,
    cost_milli: int,
    seen: tuple[str, int] | None = None,
    last: bool = False,
    **brought: Any,
) -> None:
    """End the call with its result and charge for it, never above the quote; what is above is our loss.

    `brought` comes with the result: outputs, spooled, model_version, provider_ref. Raises CallMoved when the call is no
    longer where we saw it: `seen` is its state and how often it was sent, for one that is settled later. The `last` to
    write in a transaction writes its events too.
    """
    state, sends = seen or (call.state, call.sends)
    billed = min(cost_milli, call.quoted_milli)
    args = [call.pk, state, sends, cost_milli, billed, who(), *_kept(brought)]
    done = {"state": CallState.DONE.value, "ended_at": timezone.now(), "error": None}
    for name, value in {**done, "cost_milli": cost_milli, "billed_milli": billed, **brought}.items():
        setattr(call, name, value)
    if call.quoted_milli:
        emit(call.project_id, "call.moved", brief(call))
    found = _settled(args, last)
    if found is None:
        raise CallMoved(str(call.pk))
    if call.quoted_milli:
        cost = billed * MICRO_DOLLARS_PER_MILLI
        billing.settled(found[:2], key=call.idem_key, actual_milli=billed, cost_micro_dollars=cost)
    if cost_milli > billed:
        _book_loss(call, cost_milli - billed)


def _kept(brought: Mapping[str, Any]) -> list[Any]:
    outputs = brought.get("outputs")
    others = (brought.get(name) for name in ("spooled", "model_version", "provider_ref"))
    return [None if outputs is None else json.dumps(outputs), *others]


def _settled(args: list[Any], last: bool) -> Any:
    """Have the database do it, with the next call where one waits to be written, and with the transaction's events
    where nothing comes after it: each statement has its price."""
    next_one = waiting()
    batch = events.taken_along() if last else None
    told = f", {batch.expression}" if batch else ""
    question, values = _SETTLE.format(told), [*(batch.values if batch else ()), *args]
    found = next_one.post_with(question, values) if next_one else _alone(question, values)
    if batch is not None and found is not None:
        batch.written(found[3])
    return found


_SETTLE = (
    "SELECT milli, told, next_told{} FROM settle_call("
    f"%s, %s, %s, %s, %s, {MICRO_DOLLARS_PER_MILLI}, %s, %s::jsonb, %s, %s, %s, %s, %s, %s)"
)


def _alone(question: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, [*values, None, None, None])
        return cursor.fetchone()


def _book_loss(call: EngineCall, milli: int) -> None:
    """Note in micro-dollars what the engine charged and nobody pays us."""
    dollars = milli * MICRO_DOLLARS_PER_MILLI
    billing.book_loss(key=call.idem_key, micro_dollars=dollars, subject=call.subject)


def outputs_json(files: list[tuple[Fetched, str]]) -> list[dict[str, Any]]:
    """Files and their hashes as kept in the call's row. `name` is the path below the folder of all calls."""
    folder = spools()
    return [
        {"name": str(f.path.relative_to(folder)), "mime": f.mime, "sha256": sha256, "meta": dict(f.meta)}
        for f, sha256 in files
    ]


def kept_files(call: EngineCall) -> list[Fetched] | None:
    """What a call brought, when all of it still lies here undamaged."""
    found = [(row, _place_of(call, row["name"])) for row in call.outputs]
    if any(not path.is_file() or file_sha256(path) != row["sha256"] for row, path in found):
        return None
    return [Fetched(path, row["mime"], row["meta"]) for row, path in found]


def _place_of(call: EngineCall, name: str) -> Path:
    """Rows of versions that gave each call a folder name the path within it: what was paid is not fetched twice."""
    path = spools() / name
    return path if path.exists() else spool_of(call.pk) / name


def expected_cost(call: EngineCall) -> int:
    """What the route expected the model to cost, in milli-credits: the charge of an engine that names none."""
    key = f"{call.engine}/{call.model}"
    rows = [c["quote"]["expected"] for c in call.route.get("candidates", ()) if c["model"] == key]
    return min(int(rows[0]), call.quoted_milli) if rows else call.quoted_milli
