"""Lines: one doorbell is enough for a line, a free slot goes to whoever comes first, the sweeper rings sparingly."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow import jobs, lines, runner
from workflow.management.commands import sweep
from workflow.models import Event, Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
RAN: list[str] = []


def _note(ctx: runner.Context, *, word: str) -> None:
    RAN.append(word)
    if word == "later":
        raise jobs.Again(3600, waiting_for="engine")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in ("short", "render"):
        if jobs.kinds.find(f"test.{line}") is None:
            jobs.register(f"test.{line}", _note, queue=line)
    RAN.clear()


def _queue(studio: Studio, *words: str, line: str = "short", **facts: Any) -> list[Job]:
    with studio_scope(studio):
        return [
            jobs.enqueue(f"test.{line}", key=f"{line} {word}", payload={"word": word}, project=None, **facts)
            for word in words
        ]


def _slots(studio: Studio, count: int) -> None:
    with studio_scope(studio):
        Studio.objects.update(jobs_at_once=count)


def _listen(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """What the sweeper rings for from now on, in order."""
    rung: list[uuid.UUID] = []

    def note(job: uuid.UUID, _studio: uuid.UUID, _line: str) -> bool:
        rung.append(job)
        return True

    monkeypatch.setattr(sweep, "ring", note)
    return rung


def _states(studio: Studio) -> dict[str, str]:
    with studio_scope(studio):
        return dict(Job.objects.values_list("key", "state"))


def test_one_doorbell_does_the_whole_line(studio: Studio) -> None:
    first, *_ = _queue(studio, "a", "b", "c")
    assert runner.work(str(first.pk), str(studio.pk), "short") == 3
    assert RAN == ["a", "b", "c"] and set(_states(studio).values()) == {"done"}
    with studio_scope(studio):
        told = Event.objects.filter(kind__in=["job.running", "job.done"]).order_by("seq")
        assert list(told.values_list("kind", flat=True)) == ["job.running", "job.done"] * 3


def test_doorbell_for_a_job_that_is_taken_finds_the_next(studio: Studio) -> None:
    _slots(studio, 2)
    first, _second = _queue(studio, "a", "b")
    assert runner.claim(first.pk) is not None
    assert runner.work(str(first.pk), str(studio.pk), "short") == 1
    assert RAN == ["b"]


def test_job_that_is_put_off_leaves_its_slot_to_the_next(studio: Studio) -> None:
    _slots(studio, 1)
    first, *_ = _queue(studio, "later", "b")
    runner.work(str(first.pk), str(studio.pk), "short")
    assert RAN == ["later", "b"]


def test_free_slot_goes_to_the_line_whose_head_comes_first(studio: Studio) -> None:
    _slots(studio, 1)
    first, _second = _queue(studio, "a", "b")
    _queue(studio, "urgent", line="render", priority=5)
    runner.work(str(first.pk), str(studio.pk), "short")
    assert RAN == ["a"]
    assert _states(studio) == {"short a": "done", "short b": "queued", "render urgent": "queued"}


def test_line_of_another_studio_is_not_touched(studio: Studio, other_studio: Studio) -> None:
    mine, *_ = _queue(studio, "mine")
    _queue(other_studio, "theirs")
    runner.work(str(mine.pk), str(studio.pk), "short")
    assert RAN == ["mine"] and _states(other_studio) == {"short theirs": "queued"}


def test_most_urgent_comes_first_and_nothing_before_its_time(studio: Studio) -> None:
    first, plain, early = _queue(studio, "first", "plain", "early")
    _queue(studio, "urgent", priority=3)
    with studio_scope(studio):
        Job.objects.filter(pk=early.pk).update(run_after=timezone.now() + timedelta(hours=1))
    runner.work(str(first.pk), str(studio.pk), "short")
    assert RAN == ["first", "urgent", "plain"] and _states(studio)[early.key] == "queued"
    assert plain.pk not in {job_id for job_id, _ in lines.due_everywhere()}


def test_due_jobs_are_told_studio_by_studio(studio: Studio, other_studio: Studio) -> None:
    _queue(studio, "a", "b", "c")
    _queue(other_studio, "x")
    told = [due.studio_id for due in lines.due_rows(2)]
    assert sorted(map(str, told)) == sorted(map(str, (studio.pk, other_studio.pk)))


def test_sweeper_rings_a_few_times_for_a_line_and_again_only_after_a_rest(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = _listen(monkeypatch)
    made = _queue(studio, *map(str, range(10)))
    bells = sweep.Bells()
    bells.ring(lines.due_rows())
    assert rung == [job.pk for job in made[: sweep.BELLS_A_LINE]]
    bells.ring(lines.due_rows())
    assert len(rung) == sweep.BELLS_A_LINE
    bells.rung = {key: at - timedelta(seconds=sweep.REPEAT_SECONDS) for key, at in bells.rung.items()}
    bells.ring(lines.due_rows())
    assert len(rung) == 2 * sweep.BELLS_A_LINE


def test_sweeper_rings_at_once_for_what_has_become_due_since(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = _listen(monkeypatch)
    first, second = _queue(studio, "a", "b")
    bells = sweep.Bells()
    bells.ring(lines.due_rows())
    rung.clear()
    assert runner.run(first.pk)
    with studio_scope(studio):
        Job.objects.filter(pk=second.pk).update(run_after=timezone.now())
    bells.ring(lines.due_rows())
    assert rung == [second.pk]
