"""Work: claimed once, fenced, joined, cancelled, retried; lost workers and lost messages do no harm."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from craft.terms.states import JobState
from tenancy.errors import SlateError
from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow import jobs, lines, runner, steering
from workflow.events import emit
from workflow.models import Event, Job

RAN: list[str] = []


def _echo(ctx: runner.Context, **payload: Any) -> dict[str, Any]:
    RAN.append(payload["word"])
    return {"said": payload["word"]}


def _refuse(ctx: runner.Context, **payload: Any) -> None:
    raise SlateError("no such engine", code="test.refused")


def _crash(ctx: runner.Context, **payload: Any) -> None:
    raise ValueError("boom")


def _stop(ctx: runner.Context, **payload: Any) -> None:
    ctx.cancel.set()
    ctx.check()


def _later(ctx: runner.Context, **payload: Any) -> None:
    raise jobs.Again(3600, waiting_for="engine", state=JobState.WAITING_ENGINE)


def _stolen(ctx: runner.Context, **payload: Any) -> None:
    with studio_scope(ctx.studio_id):
        Job.objects.filter(pk=ctx.job_id).update(fence=ctx.fence + 1)
    with ctx.scope():
        RAN.append("wrote after losing the lease")


@pytest.fixture(autouse=True)
def _kinds() -> None:
    for name, handler in (
        ("echo", _echo),
        ("refuse", _refuse),
        ("crash", _crash),
        ("stop", _stop),
        ("later", _later),
        ("stolen", _stolen),
    ):
        jobs.register(f"test.{name}", handler, queue="short") if jobs.kinds.find(
            f"test.{name}"
        ) is None else None
    RAN.clear()


def _enqueue(studio: Studio, kind: str = "test.echo", key: str = "", **kwargs: Any) -> Job:
    with studio_scope(studio):
        return jobs.enqueue(
            kind, key=key or uuid.uuid4().hex, payload={"word": key or kind}, project=None, **kwargs
        )


def _state(studio: Studio, job: Job) -> Job:
    with studio_scope(studio):
        return Job.objects.get(pk=job.pk)


@pytest.mark.django_db
class TestOneWorker:
    def test_job_runs_once_and_keeps_its_result(self, studio: Studio) -> None:
        job = _enqueue(studio, key="hello")
        assert runner.run(job.pk) is True
        assert runner.run(job.pk) is False
        done = _state(studio, job)
        assert (done.state, done.result, RAN) == ("done", {"said": "hello"}, ["hello"])

    def test_same_key_returns_the_same_job(self, studio: Studio) -> None:
        assert _enqueue(studio, key="once").pk == _enqueue(studio, key="once").pk

    def test_child_waits_for_all_its_parents(self, studio: Studio) -> None:
        first, second = _enqueue(studio, key="a"), _enqueue(studio, key="b")
        child = _enqueue(studio, key="c", after=[first, second])
        assert runner.run(child.pk) is False
        runner.run(first.pk)
        assert runner.run(child.pk) is False
        runner.run(second.pk)
        assert runner.run(child.pk) is True
        assert RAN == ["a", "b", "c"]

    def test_child_of_a_done_parent_starts_at_once(self, studio: Studio) -> None:
        first = _enqueue(studio, key="a")
        runner.run(first.pk)
        assert runner.run(_enqueue(studio, key="c", after=[first]).pk) is True

    def test_typed_error_fails_the_job_and_its_children_and_retry_revives_both(self, studio: Studio) -> None:
        parent = _enqueue(studio, "test.refuse", "p")
        child = _enqueue(studio, key="c", after=[parent])
        runner.run(parent.pk)
        assert (_state(studio, parent).state, (_state(studio, parent).error or {}).get("code")) == (
            "failed",
            "test.refused",
        )
        assert (_state(studio, child).error or {}).get("code") == "job.input_failed"
        with studio_scope(studio):
            steering.retry(_state(studio, parent), actor=None)
        assert [_state(studio, j).state for j in (parent, child)] == ["queued", "queued"]
        assert _state(studio, child).deps_left == 1

    def test_crash_is_tried_again_then_recorded(self, studio: Studio) -> None:
        job = _enqueue(studio, "test.crash", "x")
        for _ in range(runner.ATTEMPTS):
            with studio_scope(studio):
                Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))
            assert runner.run(job.pk) is True
        failed = _state(studio, job)
        assert (failed.state, (failed.error or {}).get("code")) == ("failed", "job.crashed")

    def test_cancelled_work_stops_and_a_waiting_job_is_cancelled_at_once(self, studio: Studio) -> None:
        running, waiting = _enqueue(studio, "test.stop", "s"), _enqueue(studio, key="w")
        runner.run(running.pk)
        with studio_scope(studio):
            steering.cancel(_state(studio, waiting), actor=None)
        assert [_state(studio, j).state for j in (running, waiting)] == ["cancelled", "cancelled"]
        with studio_scope(studio), pytest.raises(jobs.JobConflict):
            steering.cancel(_state(studio, running), actor=None)

    def test_postponed_job_is_not_claimed_before_its_time(self, studio: Studio) -> None:
        job = _enqueue(studio, "test.later", "l")
        assert runner.run(job.pk) is True
        assert _state(studio, job).state == "waiting_engine"
        assert runner.run(job.pk) is False

    def test_work_of_a_lost_lease_writes_nothing(self, studio: Studio) -> None:
        job = _enqueue(studio, "test.stolen", "t")
        runner.run(job.pk)
        assert RAN == [] and _state(studio, job).state == "running"

    def test_expired_lease_is_claimed_again_with_a_higher_fence(self, studio: Studio) -> None:
        job = _enqueue(studio, key="again")
        first = runner.claim(job.pk)
        assert first is not None and runner.claim(job.pk) is None
        with studio_scope(studio):
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert (job.pk, "short") in lines.due_everywhere()
        assert runner.run(job.pk) is True
        done = _state(studio, job)
        assert (done.state, done.fence, done.attempts) == ("done", 2, 1)

    def test_lost_workers_are_not_counted_as_crashes(self, studio: Studio) -> None:
        job = _enqueue(studio, "test.crash", "unlucky")
        with studio_scope(studio):
            Job.objects.filter(pk=job.pk).update(attempts=2)
        runner.run(job.pk)
        again = _state(studio, job)
        assert (again.state, again.waiting_for, again.attempts, again.crashes) == ("queued", "retry", 2, 1)

    def test_held_job_waits_until_released(self, studio: Studio) -> None:
        job = _enqueue(studio, key="h", waiting_for="gate")
        assert runner.run(job.pk) is False
        with studio_scope(studio):
            steering.release(_state(studio, job))
        assert runner.run(job.pk) is True

    def test_studio_runs_no_more_than_its_slots(self, studio: Studio) -> None:
        with studio_scope(studio):
            Studio.objects.update(jobs_at_once=1)
        one, two = _enqueue(studio, key="1"), _enqueue(studio, key="2")
        assert runner.claim(one.pk) is not None
        assert runner.claim(two.pk) is None

    def test_database_refuses_an_arrow_that_is_not_in_the_table(self, studio: Studio) -> None:
        job = _enqueue(studio, key="f")
        with studio_scope(studio), pytest.raises(DatabaseError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(state="done")

    def test_each_step_leaves_an_event(self, studio: Studio) -> None:
        runner.run(_enqueue(studio, key="e").pk)
        with studio_scope(studio):
            rows = list(Event.objects.filter(stream_id=studio.pk).order_by("seq").values_list("seq", "kind"))
        kinds = [kind for _, kind in rows if kind.startswith("job.")]
        assert kinds == ["job.queued", "job.running", "job.done"]
        assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))


def _due(ctx: runner.Context, *, then: str, **payload: Any) -> dict[str, Any] | None:
    ctx.write_later(lambda _last: emit(ctx.project_id, "test.due", {}))
    if then == "break":
        raise ValueError("boom")
    if then == "refuse":
        raise SlateError("no", code="test.refused")
    if then == "taken back":
        with suppress(KeyError), ctx.scope():
            raise KeyError
    if then == "scope":
        with ctx.scope():
            RAN.append(str(Event.objects.filter(kind="test.due").count()))
    if then == "later":
        raise jobs.Again(3600)
    return {}


@pytest.mark.django_db
@pytest.mark.parametrize("then", ["end", "break", "refuse", "taken back", "scope", "later"])
def test_what_is_due_is_written_once_with_the_jobs_next_transaction(studio: Studio, then: str) -> None:
    if jobs.kinds.find("test.due") is None:
        jobs.register("test.due", _due, queue="short")
    with studio_scope(studio):
        job = jobs.enqueue("test.due", key=then, payload={"then": then}, project=None)
    runner.run(job.pk)
    ends = {"break": "queued", "refuse": "failed", "later": "queued"}
    assert _state(studio, job).state == ends.get(then, "done")
    with studio_scope(studio):
        assert Event.objects.filter(kind="test.due").count() == 1


@pytest.mark.django_db
def test_work_folder_is_there_when_asked_for_and_gone_with_the_job(studio: Studio) -> None:
    def keep(ctx: runner.Context, **payload: Any) -> None:
        (ctx.workdir / "half.txt").write_text("half")
        RAN.append(str(ctx.workdir))

    if jobs.kinds.find("test.folder") is None:
        jobs.register("test.folder", keep, queue="short")
    runner.run(_enqueue(studio, "test.folder").pk)
    assert RAN and not Path(RAN[0]).exists()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_of_many_workers_one_gets_the_job(studio: Studio) -> None:
    job = _enqueue(studio, key="race")
    won: list[bool] = []

    def work() -> None:
        try:
            won.append(runner.run(job.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]
    assert RAN == ["race"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_key_that_two_create_at_once_is_one_job_for_both(studio: Studio) -> None:
    """Two workers that close the same orphaned call at the same moment must not break each other's work."""
    written, got = threading.Barrier(2, timeout=20), []

    def work(first: bool) -> None:
        try:
            with studio_scope(studio.pk):
                if not first:
                    written.wait()
                got.append(jobs.enqueue("test.echo", key="same", payload={"word": "once"}, project=None).pk)
                if first:
                    written.wait()
                    # long enough for the other one to wait at our row
                    connection.cursor().execute("SELECT pg_sleep(0.3)")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(first,)) for first in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with studio_scope(studio):
        assert len(got) == 2 and len(set(got)) == 1 and Job.objects.count() == 1
        assert Event.objects.filter(kind="job.queued").count() == 1
