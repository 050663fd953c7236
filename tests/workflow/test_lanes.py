"""Lanes: who waits for an engine leaves the worker to the next of the line; nobody works beside anybody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow import jobs, lanes, runner
from workflow.models import Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
KIND, PATIENCE = "test.lanes", 20.0
SLOW = 6 * lanes.SOON


class Floor:
    """What the jobs of a test do to each other: who is at work, who waits for the engine, what each one saw."""

    def __init__(self) -> None:
        self.at_work, self.most_at_work = 0, 0
        self.waiting, self.most_waiting = 0, 0
        self.met = threading.Event()
        self.together, self.patience = 2, 2.0
        self.lock = threading.Lock()

    @contextmanager
    def work(self) -> Iterator[None]:
        """At work; long enough to be seen by whoever should not be."""
        with self.lock:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
        time.sleep(0.02)
        yield
        with self.lock:
            self.at_work -= 1

    def wait(self) -> None:
        """At the engine, which answers when so many have asked it, or after a while."""
        with self.lock:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            if self.waiting >= self.together:
                self.met.set()
        self.met.wait(self.patience)
        with self.lock:
            self.waiting -= 1


FLOOR = Floor()


def _shot(ctx: runner.Context) -> None:
    with FLOOR.work():
        pass
    with lanes.away():
        FLOOR.wait()
    with ctx.scope(), FLOOR.work():
        assert connection.in_atomic_block


@pytest.fixture(autouse=True)
def _floor(monkeypatch: pytest.MonkeyPatch) -> None:
    FLOOR.__init__()  # type: ignore[misc]
    monkeypatch.setattr(settings, "JOB_LANES", 3)
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _shot, queue="engine_io")


def _queue(studio: Studio, count: int, **facts: int) -> list[Job]:
    with studio_scope(studio):
        Studio.objects.update(jobs_at_once=20)
        made = [jobs.enqueue(KIND, key=f"{KIND} {n}", payload={}, project=None) for n in range(count)]
        if facts:
            Job.objects.update(**facts)
        return made


def _states(studio: Studio) -> list[str]:
    with studio_scope(studio):
        return list(Job.objects.order_by("key").values_list("state", flat=True))


def _ring(studio: Studio, job: Job) -> int:
    return runner.work(str(job.pk), str(studio.pk), "engine_io")


def test_whoever_waits_for_an_engine_lets_the_next_one_work(studio: Studio) -> None:
    first, *_ = _queue(studio, 2)
    assert _ring(studio, first) == 2
    assert FLOOR.met.is_set() and FLOOR.most_waiting == 2, "both were at the engine at once"
    assert FLOOR.most_at_work == 1, "nobody worked beside the other"
    assert _states(studio) == ["done", "done"]


def test_a_process_carries_no_more_than_it_may(studio: Studio) -> None:
    FLOOR.together = 3
    first, *_ = _queue(studio, 7)
    assert _ring(studio, first) == 7
    assert (FLOOR.most_waiting, FLOOR.most_at_work) == (3, 1)
    assert _states(studio) == ["done"] * 7


def test_with_one_lane_jobs_come_one_after_the_other(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "JOB_LANES", 1)
    FLOOR.patience = SLOW
    first, *_ = _queue(studio, 3)
    assert _ring(studio, first) == 3
    assert FLOOR.most_waiting == 1


def test_a_job_that_was_lost_before_shares_its_process_with_nobody(studio: Studio) -> None:
    FLOOR.patience = SLOW
    first, *_ = _queue(studio, 3, attempts=lanes.ALONE_AFTER)
    assert _ring(studio, first) == 3
    assert FLOOR.most_waiting == 1
    assert _states(studio) == ["done"] * 3


def test_an_empty_line_is_asked_once() -> None:
    asked = []

    def carry_out(job: _Carried) -> None:
        for _ in range(3):
            _away()

    turn = lanes.Turn(lambda: asked.append(1), carry_out, time.monotonic() + PATIENCE)
    assert turn.work(_Carried()) == 1
    assert asked == [1]


def test_what_breaks_in_a_lane_is_heard_when_all_have_ended() -> None:
    ended = []

    def broken() -> _Carried | None:
        raise ConnectionError("the database is gone")

    def carry_out(job: _Carried) -> None:
        _away()
        time.sleep(0.1)
        ended.append(job)

    turn = lanes.Turn(broken, carry_out, time.monotonic() + PATIENCE)
    with pytest.raises(ConnectionError):
        turn.work(_Carried())
    assert len(ended) == 1
    assert not turn.place.locked()


def test_outside_a_turn_waiting_is_only_waiting() -> None:
    with lanes.away(), lanes.committing():
        pass


class _Carried:
    attempt = 0


def _away() -> None:
    with lanes.away():
        time.sleep(SLOW)
