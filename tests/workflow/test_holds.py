"""A hold keeps queued jobs from beginning, whatever they are; it stops nothing that runs and loses nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow import holds, jobs, lines, runner
from workflow.models import Hold, Job

pytestmark = pytest.mark.django_db
THING = uuid.UUID("00000000-0000-4000-8000-000000000001")


def _nothing(ctx: runner.Context, **payload: Any) -> None:
    return None


@pytest.fixture(autouse=True)
def _kind() -> None:
    if jobs.kinds.find("test.nothing") is None:
        jobs.register("test.nothing", _nothing, queue="short")


def queued(studio: Studio, key: str, thing: uuid.UUID = THING) -> Job:
    with studio_scope(studio):
        return jobs.enqueue("test.nothing", key=key, payload={"episode": str(thing)}, project=None)


def due() -> set[uuid.UUID]:
    return {job_id for job_id, _ in lines.due_everywhere()}


def state(studio: Studio, job: Job) -> str:
    with studio_scope(studio):
        return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def test_a_held_job_is_neither_due_nor_claimed_until_it_goes_on(studio: Studio, user: Any) -> None:
    held, free = queued(studio, "held"), queued(studio, "free", uuid.uuid4())
    with studio_scope(studio, actor=user):
        assert holds.hold("episode", THING, user)
        assert not holds.hold("episode", THING, user), "a second hold changes nothing"
    later = queued(studio, "later")
    assert due() == {free.pk, later.pk}, (
        "what is queued later is known to be held when somebody first comes for it"
    )
    assert not runner.run(held.pk) and not runner.run(later.pk) and runner.run(free.pk)
    assert due() == set()
    assert (state(studio, held), state(studio, later)) == ("queued", "queued")
    with studio_scope(studio):
        standing = holds.standing("episode", THING)
        assert standing is not None and standing.actor == user
        assert holds.unhold("episode", THING) and not holds.unhold("episode", THING)
    assert due() == {held.pk, later.pk}
    assert runner.run(held.pk) and state(studio, held) == "done"


@pytest.mark.parametrize("waits", ["waiting_engine", "running"])
def test_what_runs_or_waits_at_an_engine_is_carried_on(studio: Studio, user: Any, waits: str) -> None:
    job = queued(studio, "begun")
    claimed = runner.claim(job.pk)
    assert claimed is not None
    past = timezone.now() - timedelta(seconds=1)
    with studio_scope(studio):
        Job.objects.filter(pk=job.pk).update(state=waits, run_after=past, lease_until=past)
        holds.hold("episode", THING, user)
    assert due() == {job.pk}
    assert runner.run(job.pk) and state(studio, job) == "done"


def test_a_hold_of_another_studio_holds_nothing_here(
    studio: Studio, other_studio: Studio, stranger: Any
) -> None:
    job = queued(studio, "mine")
    with studio_scope(other_studio, actor=stranger):
        holds.hold("episode", THING, stranger)
    with studio_scope(studio):
        assert Hold.objects.count() == 0
    assert due() == {job.pk} and runner.run(job.pk)


def test_who_comes_for_a_held_job_gets_the_next_of_the_line(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        holds.hold("episode", THING, user)
    first, *_ = [queued(studio, f"held {number}") for number in range(3)]
    free = queued(studio, "free", uuid.uuid4())
    claimed = runner.claim(first.pk, studio.pk, "short")
    assert claimed is not None and claimed.job_id == free.pk
    with studio_scope(studio):
        assert Job.objects.filter(held=True).count() == 3, "met once, and passed over from then on"


def test_who_is_free_takes_the_next_of_the_line_without_naming_one(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        holds.hold("episode", THING, user)
    queued(studio, "held")
    free = queued(studio, "free", uuid.uuid4())
    with studio_scope(studio):
        taken = lines.claim(None, "somebody", studio_id=studio.pk, line="short", leaving=True)
    assert taken is not None and taken.pk == free.pk
