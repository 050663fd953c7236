"""One attempt at an engine, from intent to settled result (reliability §3.2 and §3.3).

    intent and sent_at, one commit ── POST ─┬─ accepted ──────────────▶ submitted ── poll ── fetch ── check ── settle
                                            ├─ P1, done at once ──────▶ fetch ── check ── settle, with the reference
                                            ├─ certainly not (429 …) ─▶ intent, later
                                            ├─ refused (4xx) ─────────▶ failed, money back
                                            └─ anything else ─────────▶ unknown: P1 same key again · P2 look up after
                                                                        the quarantine, twice · P3 a person decides

What came from elsewhere is settled with the job's next transaction, which most often is the one that keeps the file.
No transaction is open while an engine is spoken to. Every write is fenced by the job; a worker that lost its lease
writes nothing. Each step may be repeated after a kill at any point.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn, ParamSpec, TypeVar

from django.utils import timezone

from craft.terms.digest import file_sha256
from craft.terms.states import JobState
from engines import calls, foreign
from engines.adapters.base import (
    BadOutput,
    Done,
    EngineAdapter,
    EngineClass,
    EngineError,
    Fetched,
    Model,
    OutcomeUnknown,
    PollFailed,
    Request,
    ResultGone,
    Retry,
    Stopped,
    Submitted,
    TooLate,
    Watch,
)
from engines.errors import ResultExpired
from engines.models import EngineAccount, EngineCall
from engines.slots import WAIT_SECONDS, take_slot
from engines.spools import clear, place_of
from engines.states import CallState as S
from workflow import jobs, lanes
from workflow.runner import Context

P = ParamSpec("P")
T = TypeVar("T")
MAX_SENDS = 12
LOOKS = 2
# The client's own timeout and a margin, on top of the engine's worst delay: asking too early is wrong (F8).
QUARANTINE_MARGIN = 7.0
KEY_LIFETIME = timedelta(hours=20)
POLL_DEADLINE = timedelta(hours=6)


class AttemptFailed(Exception):
    """The call has ended without a result and its money is back."""


@dataclass(slots=True)
class Attempt:
    """A call being carried on. `request` is None when only its outcome is wanted: then nothing is sent again.

    `stamped` says that this worker wrote the sending with the intent just now and has not sent yet.
    """

    ctx: Context
    call: EngineCall
    request: Request | None
    model: Model
    adapter: EngineAdapter
    stamped: bool = False
    brought: list[Fetched] | None = None

    def run(self) -> list[Fetched]:
        """Carry the call to its end. Raises AttemptFailed, or the job's Again, Park, Cancelled, LeaseLost."""
        while True:
            try:
                state = S(self.call.state)
                if state is S.DONE or self.brought is not None:
                    return self._deliver()
                if state in (S.FAILED, S.CANCELLED):
                    raise AttemptFailed
                if state is S.NEEDS_DECISION:
                    self._park()
                self._stop_if_asked(state)
                {S.INTENT: self._intent, S.UNKNOWN: self._unknown, S.SUBMITTED: self._poll}[state]()
            except calls.CallMoved:
                with self.ctx.scope():
                    self.call.refresh_from_db()

    # -- the three open states

    def _intent(self) -> None:
        if self.call.sent_at is not None and not self.model.builtin and not self.stamped:
            # A worker stamped the sending and was lost before it wrote the answer: it may have been accepted.
            self._move(S.UNKNOWN, error=OutcomeUnknown("The worker was lost while it was sending.").as_json())
        elif self.request is None:
            self._fail(Stopped("The job ended before anything was sent."))
        else:
            self._send(self.request)

    def _unknown(self) -> None:
        engine_class = self.model.engine_class
        sent = self.call.sent_at or self.call.created_at
        if (
            engine_class is EngineClass.P1
            and self.request is not None
            and timezone.now() - sent < KEY_LIFETIME
        ):
            self._send(self.request)
            return
        rest = (
            sent + timedelta(seconds=self.model.accept_delay_seconds + QUARANTINE_MARGIN) - timezone.now()
        ).total_seconds()
        if rest > 0:
            raise jobs.Again(rest, waiting_for="engine", state=JobState.UNKNOWN)
        if engine_class is EngineClass.P3:
            self._ask(
                "It is not known whether the engine accepted this work, and it cannot be asked."
                " Sending it again may cost twice."
            )
        else:
            self._look_up()

    def _poll(self) -> None:
        try:
            answer = self._asked(self.adapter.poll, self.call.provider_ref)
        except ResultGone as error:
            self._ask(
                "The engine accepted this work and no longer knows it. It may have charged for it.", error
            )
        except EngineError as error:
            self._ended_or_later(error)
        if answer.done is None:
            self._take_back()
            self._check_deadline()
            if (step := self._asked(self.adapter.progress, self.call.provider_ref)) is not None:
                self.ctx.progress(*step)
            raise jobs.Again(self.model.poll_seconds, waiting_for="engine", state=JobState.WAITING_ENGINE)
        self._collect(answer.done)

    def _take_back(self) -> None:
        """End accepted work that nobody waits for any more, or that is past its deadline, if the engine agrees.

        Only its own word that it stopped ends it: otherwise it goes on, because it may be charged.
        """
        waited = timezone.now() - (self.call.sent_at or self.call.created_at)
        late = waited.total_seconds() > self.model.deadline_seconds
        if not (late or self.request is None) or not self._asked(self.adapter.cancel, self.call.provider_ref):
            return
        minutes = round(self.model.deadline_seconds / 60)
        self._fail(
            TooLate(f"The engine did not finish in {minutes} minutes and took the work back.")
            if late
            else Stopped("The engine took the work back: nobody waits for it any more.")
        )

    def _ended_or_later(self, error: EngineError) -> NoReturn:
        """A question failed, or its answer is that the work did: what may be asked again is, the rest is an end."""
        if error.retry in (Retry.SAME_ATTEMPT, Retry.RECONCILE):
            self._later(error, self.model.poll_seconds * 2)
        self._fail(error, error.cost_milli)

    # -- sending and finding out

    def _send(self, request: Request) -> None:
        if not self.model.builtin and not self.stamped:
            self._stamp()
        self.stamped = False
        watch = Watch(self.ctx.progress, self.ctx.cancelled)
        try:
            answer = self._asked(self.adapter.submit, request, self.model, self.call.idem_key, watch)
        except Stopped as error:
            with self.ctx.scope():
                calls.fail(self.call, error, to=S.CANCELLED)
            self.ctx.check()
            raise jobs.Cancelled(str(self.ctx.job_id)) from error
        except EngineError as error:
            self._not_sent(error)
        if answer.done is not None and self.model.builtin:
            self._collect(answer.done)
        elif self.model.engine_class is not EngineClass.P1 or not self._done_at_once(answer):
            self._move(S.SUBMITTED, provider_ref=answer.ref, error=None)

    def _done_at_once(self, answer: Submitted) -> bool:
        """Collect work that is done by the time it was accepted, before its reference is written.

        Only where the engine honours our key: a worker lost on the way sends the same attempt again and finds the work.
        """
        try:
            found = answer if answer.done is not None else self._asked(self.adapter.poll, answer.ref)
        except EngineError:
            return False  # asked again as usual, once the reference is written
        if found.done is None:
            self._move(S.SUBMITTED, provider_ref=answer.ref, error=None)
            raise jobs.Again(self.model.poll_seconds, waiting_for="engine", state=JobState.WAITING_ENGINE)
        self._collect(found.done)
        return True

    def _stamp(self) -> None:
        """Write that it is sent now, if the account has room for it."""
        with self.ctx.scope():
            account = EngineAccount.objects.filter(engine=self.call.engine).first()
            if take_slot(self.call.studio_id, self.call.engine, account, besides=self.call.pk):
                calls.move(self.call, None, sent_at=timezone.now(), sends=self.call.sends + 1)
                return
        raise jobs.Again(WAIT_SECONDS, waiting_for="engine", state=JobState.WAITING_ENGINE)

    def _not_sent(self, error: EngineError) -> NoReturn:
        was_unknown = self.call.state == S.UNKNOWN
        if error.retry is Retry.SAME_ATTEMPT and self.call.sends < MAX_SENDS:
            # This sending was certainly not accepted; an earlier one whose answer was lost may have been.
            self._move(None, error=error.as_json(), sent_at=self.call.sent_at if was_unknown else None)
            self._again(error, was_unknown)
        if error.retry is Retry.RECONCILE and self.call.sends < MAX_SENDS:
            self._move(S.UNKNOWN, error=error.as_json())
            raise jobs.Again(
                min(5.0, 0.3 * 2**self.call.sends), waiting_for="engine", state=JobState.UNKNOWN
            ) from error
        if was_unknown or error.retry is Retry.RECONCILE:
            self._ask("The engine did not confirm what it may have accepted before.", error)
        self._fail(error)

    def _again(self, error: EngineError, was_unknown: bool) -> NoReturn:
        wait = error.after if error.after is not None else min(30.0, 0.5 * 2**self.call.sends)
        state = JobState.UNKNOWN if was_unknown else JobState.WAITING_ENGINE
        raise jobs.Again(wait, waiting_for="engine", state=state) from error

    def _look_up(self) -> None:
        try:
            found = self._asked(self.adapter.lookup, self.call.idem_key)
        except EngineError as error:
            self._ended_or_later(error)
        if found is not None:
            self._move(S.SUBMITTED, provider_ref=found.ref, error=None)
        elif self.call.looks + 1 < LOOKS:
            self._move(None, looks=self.call.looks + 1)
            raise jobs.Again(1.0, waiting_for="engine", state=JobState.UNKNOWN)
        else:
            # Asked twice after the quarantine: it was not accepted. The same attempt may be sent again.
            self._move(S.INTENT, sent_at=None, looks=0)

    # -- results

    def _collect(self, done: Done) -> None:
        cost = done.cost_milli if done.cost_milli is not None else calls.expected_cost(self.call)
        try:
            files = self._fetch(done)
        except EngineError as error:
            self._not_fetched(done, error, cost)
        kept = {
            "outputs": calls.outputs_json(files),
            "spooled": bool(files),
            "model_version": done.version or self.model.version,
            "provider_ref": done.ref,
        }
        if cost > self.call.quoted_milli:
            message = "The engine charged more than was quoted. Nobody is charged above the quote."
            self._ask(message, None, code="engine.price_above_quote", cost_milli=cost, **kept)
        # What was computed here is not to be found again; nobody waits for what comes without a request.
        at_once = self.model.builtin or self.request is None
        calls.settle_with_job(self.ctx, self.call, at_once=at_once, cost_milli=cost, **kept)
        self.brought = [file for file, _ in files]

    def _not_fetched(self, done: Done, error: EngineError, cost: int) -> NoReturn:
        """The work is done and its result did not come: damaged, gone, or not to be had at the moment."""
        if self.call.state != S.SUBMITTED and not self.model.builtin:
            self._move(S.SUBMITTED, provider_ref=done.ref, error=None)
        if isinstance(error, BadOutput):
            self._fail(error, cost)
        if isinstance(error, ResultGone):
            self._ask("The engine finished this work and its result cannot be fetched.", error)
        self._later(error, self.model.poll_seconds * 2)

    def _fetch(self, done: Done) -> list[tuple[Fetched, str]]:
        """Bring, check and hash the results. Raises EngineError."""
        if self.request is None:
            return []
        files = self._asked(self.adapter.fetch, done, place_of(self.call.pk))
        if not self.model.builtin:
            ordered = self._ordered(self.request)
            with lanes.away():  # the looking is done by another process
                files = [foreign.check(file, self.request, ordered) for file in files]
            # what the engine says of the work (its seed, its number for the next step) stays with the file
            files = [Fetched(f.path, f.mime, {**done.meta, **f.meta}) for f in files]
        return [(file, file_sha256(file.path)) for file in files]

    def _ordered(self, request: Request) -> float | None:
        """The seconds that were ordered, for engines that make whole lengths only."""
        units = getattr(self.adapter, "units", None)
        return float(units(request, self.model).seconds) if units else None

    def _deliver(self) -> list[Fetched]:
        """The results of a call that is done: from its work folder, else fetched again; nothing is paid twice."""
        files = self.brought if self.brought is not None else calls.kept_files(self.call)
        if files is None and self.request is not None:
            try:
                files = self._bring_back(self.request)
            except EngineError as error:
                raise ResultExpired(
                    f"The result of this step is no longer to be had: {error.message}",
                    charged="It was charged once.",
                ) from error
        return files or []

    def _bring_back(self, request: Request) -> list[Fetched]:
        if self.model.builtin:
            # Missing or damaged: whatever is left of it is not to be found again under the key.
            clear([self.call.pk])
            done = self._asked(
                self.adapter.submit,
                request,
                self.model,
                self.call.idem_key,
                Watch(self.ctx.progress, self.ctx.cancelled),
            ).done
        else:
            done = self._asked(self.adapter.poll, self.call.provider_ref).done
        if done is None:
            raise PollFailed("The engine says that it is still working.")
        rows = self._fetch(done)
        self._move(None, outputs=calls.outputs_json(rows), spooled=True)
        return [file for file, _ in rows]

    def _asked(self, ask: Callable[P, T], *about: P.args, **more: P.kwargs) -> T:
        """Ask the engine; meanwhile others may work here, unless the engine is this process itself."""
        with nullcontext() if self.model.builtin else lanes.away():
            return ask(*about, **more)

    # -- writes and ends

    def _move(self, to: S | None, **changes: object) -> None:
        with self.ctx.scope():
            calls.move(self.call, to, **changes)

    def _fail(self, error: EngineError, cost_milli: int | None = None) -> NoReturn:
        with self.ctx.scope():
            calls.fail(self.call, error, cost_milli=cost_milli)
        raise AttemptFailed from error

    def _later(self, error: EngineError, seconds: float) -> NoReturn:
        self._check_deadline()
        self._move(None, error=error.as_json())
        waiting = JobState.UNKNOWN if self.call.state == S.UNKNOWN else JobState.WAITING_ENGINE
        raise jobs.Again(error.after or seconds, waiting_for="engine", state=waiting) from error

    def _check_deadline(self) -> None:
        if timezone.now() - (self.call.sent_at or self.call.created_at) > POLL_DEADLINE:
            self._ask("The engine has not brought this to an end in six hours.")

    def _ask(
        self, message: str, error: EngineError | None = None, *, code: str = "", **changes: object
    ) -> NoReturn:
        """Leave it to a person; the money stays held."""
        about = {
            "code": code or (error.code if error else OutcomeUnknown.code),
            "message": message,
            "detail": error.detail if error else "",
        }
        self._move(S.NEEDS_DECISION, error=about, **changes)
        self._park()

    def _park(self) -> NoReturn:
        error = self.call.error or {}
        raise jobs.Park(
            error.get("code", OutcomeUnknown.code),
            error.get("message", "A person has to decide about this call."),
        )

    def _stop_if_asked(self, state: S) -> None:
        if self.request is None or not self.ctx.cancelled():
            return
        if state is S.INTENT and (self.call.sent_at is None or self.model.builtin or self.stamped):
            with self.ctx.scope():
                calls.fail(self.call, Stopped("Stopped before anything was sent."), to=S.CANCELLED)
        self.ctx.check()
