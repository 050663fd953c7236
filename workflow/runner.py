"""Carries out one job: claim, heartbeat, handler, closing transaction.

The handler runs outside any transaction. A thread renews the lease (`leases.py`) and learns of cancellation; when the
lease is lost the handler's next write raises LeaseLost and the run ends without a trace, because somebody else has the
job.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction

from craft.terms.states import JobState
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.scope import Scope, current_scope, scope_learned, studio_scope
from workflow import closing, jobs, lanes, leases, lines
from workflow.events import announce, emit
from workflow.models import Job

log = logging.getLogger(__name__)
ATTEMPTS = 3
LOST_WORKERS = 8
TICK_SECONDS = 0.4
# How long a worker goes on in one studio's line before it listens to the next doorbell.
TURN_SECONDS = 2.0


@dataclass(slots=True)
class Context:
    """What a handler gets: its job, its scope, progress, cancellation and a private work folder.

    `brief` is what events say of it; `turn_ends` until when (monotonic seconds) this worker may go on to the next of
    the line; `follower` that job. `due` is what the job's next transaction writes; `called` says that a call to an
    engine was written in this run. `ahead` holds what was read and written with its claim, `undo` what takes it back.
    """

    job_id: uuid.UUID
    studio_id: uuid.UUID
    project_id: uuid.UUID | None
    actor_id: uuid.UUID | None
    fence: int
    attempt: int
    crashes: int
    payload: dict[str, Any]
    kind: str
    queue: str
    brief: dict[str, Any] = field(default_factory=dict)
    turn_ends: float = 0.0
    follower: Context | None = None
    due: list[Callable[[bool], None]] = field(default_factory=list)
    called: bool = False
    ahead: dict[str, Any] = field(default_factory=dict)
    undo: dict[str, Callable[[], None]] = field(default_factory=dict)
    lost: threading.Event = field(default_factory=threading.Event)
    cancel: threading.Event = field(default_factory=threading.Event)
    closed: bool = False
    state_of_progress: dict[str, Any] = field(default_factory=dict)
    _ticked_at: float = 0.0
    _who: User | None = None
    _folder: Path | None = None
    _written: int = 0

    @property
    def workdir(self) -> Path:
        """The job's own work folder, made when it is first wanted; it goes away with the job."""
        if self._folder is None:
            settings.SLATE_WORK.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix="job-", dir=settings.SLATE_WORK))
        return self._folder

    @contextmanager
    def scope(self) -> Iterator[Scope]:
        """A transaction in the job's studio that holds only while the job is ours. Raises LeaseLost."""
        with self.owned() as scope:
            self.write_due()
            yield scope

    @contextmanager
    def closing(self, result: dict[str, Any] | None = None) -> Iterator[Scope]:
        """The last transaction: what is written inside and the job's end are one commit."""
        with self.owned() as scope:
            yield scope
            self.finish(result)
            self.write_due(last=not self.undo)
            self.take_back()
        self.closed = True

    @contextmanager
    def owned(self) -> Iterator[Scope]:
        """Like `scope`, with nothing written that is due."""

        def own(studio_id: uuid.UUID) -> int:
            return closing.own(studio_id, self.job_id, self.fence)

        self._written = 0
        with studio_scope(self.studio_id, tell=own, commit=lanes.committing) as scope:
            scope.actor = scope.actor or self._actor()
            yield scope
        del self.due[: self._written]

    def write_later(self, write: Callable[[bool], None]) -> None:
        """Have something written with the job's next transaction, whichever that is: its own commit is saved.

        Where that one is taken back, it is written with the one after it: `write` must stand being called again. It is
        told whether it is the last to write in the transaction, but for what the scope holds.
        """
        self.due.append(write)

    def write_due(self, *, last: bool = False) -> None:
        """Write what is due; call in an `owned` transaction, once. `last` says that nobody writes after it."""
        for n, write in enumerate(self.due, 1):
            write(last and n == len(self.due))
        self._written = len(self.due)

    def take_back(self) -> None:
        """Take back what was written with the claim and not gone on from; call in an `owned` transaction."""
        for undo in self.undo.values():
            undo()

    def finish(self, result: dict[str, Any] | None) -> None:
        """Mark the job done, in an `owned` transaction, and let whoever is next go on."""
        progress = self.state_of_progress or self.brief.get("progress", {})
        ended = {**self.brief, "state": JobState.DONE.value, "progress": progress, "error": None}
        emit(self.project_id, "job.done", ended)
        if time.monotonic() < self.turn_ends:
            follower = self._followed_by(lines.end_and_claim(self.job_id, result, _owner(), self.queue))
            if follower is not None and not (self.crashes or self.attempt):
                follower.open()
        else:
            closing.finish(self.job_id, result)
            lines.ring_next()

    def go_on(self) -> None:
        """The job's slot is free with this commit: take the next of its line along, or ring for whoever is next."""
        if time.monotonic() < self.turn_ends:
            owner, line = _owner(), self.queue
            self._followed_by(lines.claim(None, owner, studio_id=self.studio_id, line=line, leaving=True))
        else:
            lines.ring_next()

    def _followed_by(self, job: Job | None) -> Context | None:
        if job is None:
            lines.ring_next()
            return None
        follower = _begun(job, self.turn_ends)
        transaction.on_commit(lambda: setattr(self, "follower", follower))
        return follower

    def open(self) -> None:
        """Let the job write what it writes first, with its claim. What it refuses its handler will refuse, and say so.

        Whatever else breaks takes the claim back, and the end of the job before it: tried again, that one opens nobody.
        """
        kind = jobs.kinds.find(self.kind)
        if kind is None or kind.opening is None or self.fence > 1:
            return
        scope = current_scope()
        before, scope.actor = scope.actor, self._actor()
        try:
            kind.opening(self, **self.payload)
        except (SlateError, jobs.Again, jobs.Park, jobs.Cancelled) as refused:
            log.debug("job %s is not opened with its claim: %s", self.job_id, refused)
        finally:
            scope.actor = before

    def _actor(self) -> User | None:
        if self.actor_id and self._who is None:
            self._who = User.objects.filter(pk=self.actor_id).first()
        return self._who

    def cancelled(self) -> bool:
        """Whether the work should stop (asked for, or the job is not ours any more)."""
        return self.cancel.is_set() or self.lost.is_set()

    def check(self) -> None:
        """Raise Cancelled or LeaseLost when the work should stop."""
        if self.lost.is_set():
            raise jobs.LeaseLost(str(self.job_id))
        if self.cancel.is_set():
            raise jobs.Cancelled(str(self.job_id))

    def tidy(self) -> None:
        """Remove the work folder, if there is one."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def progress(self, done: int, total: int, stage: str = "") -> None:
        """A lossy tick for whoever watches, at most one in TICK_SECONDS; kept with the next heartbeat."""
        self.state_of_progress = {"done": done, "total": total, "stage": stage}
        now = time.monotonic()
        if now - self._ticked_at < TICK_SECONDS and done < total:
            return
        self._ticked_at = now
        tick = {"job": str(self.job_id), **self.state_of_progress}
        announce(self.studio_id, self.project_id or self.studio_id, {"tick": tick})


def run(job_id: str | uuid.UUID) -> bool:
    """Claim this job and do it. False when it was not to be had. Never raises for the job's own failures."""
    claimed = claim(uuid.UUID(str(job_id)))
    if claimed is None:
        return False
    _do(claimed)
    return True


def work(job_id: str, studio: str = "", line: str = "") -> int:
    """What a doorbell starts: this job or the next of its line, then those behind it until the turn is over.

    The turn is short so that the studios whose bells wait in the same queue get theirs. Returns how many were done.
    """
    close_old_connections()
    ends = time.monotonic() + TURN_SECONDS
    first = claim(uuid.UUID(job_id), uuid.UUID(studio) if studio else None, line, turn_ends=ends)
    if first is None:
        return 0
    behind = first.studio_id, first.queue
    return lanes.Turn(lambda: claim(None, *behind, turn_ends=ends), _do, ends).work(first)


def claim(
    job_id: uuid.UUID | None, studio_id: uuid.UUID | None = None, line: str = "", *, turn_ends: float = 0.0
) -> Context | None:
    """Take the lease and a new fence of this job (or, with a studio, of the next in its line), or None: not due, not
    free, no slot, ended.

    A bell that was rung for a line the job has left since does not bring it to that line's workers.
    """
    with transaction.atomic():
        job = lines.claim(job_id, _owner(), studio_id=studio_id, line=line, leaving=False)
        strayed = job is not None and line not in ("", job.queue)
        if job is None:
            return None
        if not strayed:
            with scope_learned(job.studio_id):
                return _begun(job, turn_ends)
        transaction.set_rollback(True)
    with transaction.atomic():
        job = lines.claim(None, _owner(), studio_id=studio_id, line=line, leaving=False)
        if job is None:
            return None
        with scope_learned(job.studio_id):
            return _begun(job, turn_ends)


def _begun(job: Job, turn_ends: float) -> Context:
    """The context of a job that was claimed in this transaction; whoever watches is told with its commit."""
    brief = jobs.brief(job)
    emit(job.project_id, "job.running", brief)
    facts = job.project_id, job.actor_id, job.fence, job.attempts, job.crashes
    what = job.payload, job.kind, job.queue
    return Context(job.pk, job.studio_id, *facts, *what, brief, turn_ends=turn_ends)


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _do(ctx: Context) -> Context | None:
    """Carry a job out; the one that was taken along with its end."""
    try:
        with leases.kept(ctx):
            _carry_out(ctx)
    except jobs.LeaseLost:
        log.info("job %s is somebody else's now", ctx.job_id)
    finally:
        ctx.tidy()
    return ctx.follower


def _carry_out(ctx: Context) -> None:
    kind = jobs.kinds.find(ctx.kind)
    try:
        if ctx.attempt >= LOST_WORKERS:
            raise SlateError(
                f"{ctx.attempt} workers were lost over this step.",
                code="job.lost_workers",
                next_step="Look at the log, then try it again.",
            )
        if kind is None:
            raise SlateError(f"This version does not know the work “{ctx.kind}”.", code="job.unknown_kind")
        result = kind.handler(ctx, **ctx.payload)
    except jobs.LeaseLost:
        raise
    except jobs.Again as raised:
        again = raised
        _close(ctx, lambda j: closing.postpone(j, again))
    except jobs.Park as parked:
        code, message = parked.code, parked.message
        _close(ctx, lambda j: closing.park(j, code, message))
    except jobs.Cancelled:
        stopped = SlateError(
            "Stopped on request.", code="job.cancelled", kept="What was finished before stays."
        )
        _close(ctx, lambda j: closing.fail(j, stopped, JobState.CANCELLED))
    except SlateError as error:
        refused = error
        _close(ctx, lambda j: closing.fail(j, refused))
    # The process edge of all work: whatever breaks is recorded on the job, then tried again or failed for good.
    except Exception as error:
        log.exception("job %s (%s) broke", ctx.job_id, ctx.kind)
        _after_crash(ctx, error)
    else:
        if not ctx.closed:
            with ctx.closing(result):
                pass


def _after_crash(ctx: Context, error: Exception) -> None:
    if ctx.lost.is_set():
        raise jobs.LeaseLost(str(ctx.job_id))
    if ctx.crashes + 1 < ATTEMPTS:
        again = jobs.Again(2.0**ctx.crashes, waiting_for="retry")
        _close(ctx, lambda j: closing.postpone(j, again, crashed=True))
        return
    final = SlateError(
        f"This step broke {ATTEMPTS} times: {type(error).__name__}: {error}"[:500],
        code="job.crashed",
        kept="Everything finished before stays.",
        next_step="Look at the log, then try it again.",
    )
    _close(ctx, lambda j: closing.fail(j, final))


def _close(ctx: Context, end: Callable[[Job], None]) -> None:
    with ctx.owned():
        end(Job.objects.get(pk=ctx.job_id))
        ctx.go_on()
        ctx.write_due(last=not ctx.undo)
        ctx.take_back()
    ctx.closed = True
