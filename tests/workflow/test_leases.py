"""Leases are renewed while the handler works, and a handler hears when its job is lost or not wanted any more."""

from __future__ import annotations

import os
import time
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow import jobs, leases, runner, steering
from workflow.models import Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
KIND, LEASE = "test.long", 0.9
SEEN: list[Any] = []


def _until(true: Any, seconds: float = 10.0) -> bool:
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        time.sleep(0.05)
    return bool(true())


def _work(ctx: runner.Context, *, doing: str) -> None:
    def row() -> Job:
        with studio_scope(ctx.studio_id):
            return Job.objects.get(pk=ctx.job_id)

    def until() -> datetime:
        found = row().lease_until
        assert found is not None
        return found

    taken = until()
    if doing == "renew":
        ctx.state_of_progress = {"done": 1, "total": 2, "stage": "half"}
        SEEN.append(_until(lambda: until() > taken and row().progress.get("done") == 1))
        SEEN.append(until() > timezone.now())
    elif doing == "cancel":
        with studio_scope(ctx.studio_id):
            steering.cancel(row(), actor=None)
        SEEN.append(_until(ctx.cancel.is_set))
        ctx.check()
    else:
        with studio_scope(ctx.studio_id):
            Job.objects.filter(pk=ctx.job_id).update(fence=ctx.fence + 1)
        SEEN.append(_until(ctx.lost.is_set))
        ctx.check()


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "JOB_LEASE_SECONDS", LEASE)
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _work, queue="short")
    SEEN.clear()


def _run(studio: Studio, doing: str) -> Job:
    with studio_scope(studio):
        job = jobs.enqueue(KIND, key=uuid.uuid4().hex, payload={"doing": doing}, project=None)
    runner.run(job.pk)
    with studio_scope(studio):
        return Job.objects.get(pk=job.pk)


def test_lease_outlasts_its_length_and_brings_the_progress(studio: Studio) -> None:
    assert _run(studio, "renew").state == "done"
    assert SEEN == [True, True]


def test_handler_hears_that_nobody_wants_its_work(studio: Studio) -> None:
    assert _run(studio, "cancel").state == "cancelled"
    assert SEEN == [True]


def test_handler_hears_that_its_job_is_somebody_elses(studio: Studio) -> None:
    assert _run(studio, "lose").state == "running"
    assert SEEN == [True]


def test_short_lease_is_renewed_though_the_thread_slept_for_a_long_one(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(settings, "JOB_LEASE_SECONDS", 3600)
        with leases.kept(runner.Context(uuid.uuid4(), studio.pk, None, None, 1, 0, 0, {}, KIND, "short")):
            time.sleep(1.5 * LEASE / leases.LOOKS)
    assert _run(studio, "renew").state == "done"
    assert SEEN == [True, True]


def test_renewal_that_breaks_does_not_end_the_others(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    renew = leases.renew
    broken: list[leases.Held] = []

    def first_breaks(held: leases.Held) -> None:
        if not broken:
            broken.append(held)
            raise RuntimeError("broken")
        renew(held)

    monkeypatch.setattr(leases, "renew", first_breaks)
    assert _run(studio, "renew").state == "done"
    assert broken and SEEN[0]


def test_forked_worker_keeps_its_leases_itself(studio: Studio) -> None:
    assert _run(studio, "renew").state == "done"
    connection.close()
    SEEN.clear()
    if not (child := os.fork()):
        done = _run(studio, "renew").state == "done" and SEEN == [True, True]
        os._exit(0 if done else 1)
    assert os.waitpid(child, 0)[1] == 0
