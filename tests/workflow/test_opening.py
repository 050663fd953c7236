"""What a job writes first goes with the end of the job before it: in one commit, and never at that one's cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tenancy.errors import SlateError
from tenancy.models import Studio, User
from tenancy.scope import current_scope, studio_scope
from workflow import jobs, runner
from workflow.events import emit
from workflow.models import Event, Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
KIND = "test.opening"
RAN: list[str] = []
OPENED: list[str] = []
ACTORS: list[User | None] = []


def _do(ctx: runner.Context, *, word: str, how: str = "") -> None:
    RAN.append(word)
    if how == "later" and RAN.count(word) == 1:
        raise jobs.Again(3600)
    if how == "refuse":
        raise SlateError("It may not be.", code="test.refused")
    with ctx.closing({"ahead": ctx.ahead.pop("word", None)}):
        emit(None, "test.closed", {"word": word})


def _open(ctx: runner.Context, *, word: str, how: str = "") -> None:
    OPENED.append(word)
    ACTORS.append(current_scope().actor)
    if how == "refuse":
        raise SlateError("It may not be.", code="test.refused")
    emit(None, "test.opened", {"word": word})
    ctx.ahead["word"] = word
    if how == "break":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")


@pytest.fixture(autouse=True)
def _kind() -> None:
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _do, queue="short", opening=_open)
    for known in (RAN, OPENED, ACTORS):
        known.clear()


def _queue(studio: Studio, *words: str, **hows: str) -> list[Job]:
    with studio_scope(studio):
        Studio.objects.update(jobs_at_once=1)
        payloads = [{"word": word} | ({"how": hows[word]} if word in hows else {}) for word in words]
        return [jobs.enqueue(KIND, key=one["word"], payload=one, project=None) for one in payloads]


def _work(studio: Studio, first: Job) -> int:
    return runner.work(str(first.pk), str(studio.pk), "short")


def _soon(studio: Studio) -> None:
    """Whatever was put off is due."""
    with studio_scope(studio):
        Job.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def _found(studio: Studio) -> dict[str, Job]:
    with studio_scope(studio):
        return {job.key: job for job in Job.objects.all()}


def _written(studio: Studio, kind: str) -> dict[str, int]:
    """The transaction that wrote each event of a kind, by its word."""
    with studio_scope(studio), connection.cursor() as cursor:
        cursor.execute(
            "SELECT body->>'word', xmin::text::bigint FROM workflow_event"
            " WHERE studio_id = (SELECT app_studio()) AND kind = %s",
            [kind],
        )
        return dict(cursor.fetchall())


def test_what_a_job_writes_first_is_one_commit_with_the_end_before_it(studio: Studio) -> None:
    first, *_ = _queue(studio, "a", "b", "c")
    assert _work(studio, first) == 3
    assert OPENED == ["b", "c"], "nobody ends before the first one"
    closed, opened = _written(studio, "test.closed"), _written(studio, "test.opened")
    assert (opened["b"], opened["c"]) == (closed["a"], closed["b"])
    assert len(set(closed.values())) == 3
    told = {key: (job.result or {}).get("ahead") for key, job in _found(studio).items()}
    assert told == {"a": None, "b": "b", "c": "c"}, "the handler finds what was written ahead"


def test_whoever_acts_in_an_opening_is_the_one_whose_job_it_is(studio: Studio, user: User) -> None:
    first, second = _queue(studio, "a", "b")
    with studio_scope(studio):
        Job.objects.filter(pk=second.pk).update(actor_id=user.pk)
    _work(studio, first)
    assert [user] == ACTORS


def test_what_an_opening_refuses_its_job_refuses_and_nobody_else_notices(studio: Studio) -> None:
    first, *_ = _queue(studio, "a", "b", b="refuse")
    assert _work(studio, first) == 2
    found = _found(studio)
    assert [found[key].state for key in "ab"] == ["done", "failed"]
    assert (found["b"].error or {})["code"] == "test.refused"
    assert found["a"].crashes == 0 and RAN == ["a", "b"]


def test_an_opening_that_breaks_costs_the_job_before_it_another_try_and_no_more(studio: Studio) -> None:
    first, *_ = _queue(studio, "a", "b", b="break")
    _work(studio, first)
    broken = _found(studio)
    assert (broken["a"].state, broken["a"].crashes, broken["b"].state) == ("queued", 1, "done")
    assert RAN == ["a", "b"] and set(_written(studio, "test.closed")) == {"b"}
    assert _written(studio, "test.opened") == {}
    _soon(studio)
    assert _work(studio, first) == 1
    found = _found(studio)
    assert [found[key].state for key in "ab"] == ["done", "done"]
    assert OPENED == ["b"], "not opened a second time"
    assert found["b"].result == {"ahead": None}
    with studio_scope(studio):
        assert Event.objects.filter(kind="test.closed").count() == 2


def test_a_job_that_was_begun_before_is_not_opened(studio: Studio) -> None:
    first, *_ = _queue(studio, "a", "b", b="later")
    _work(studio, first)
    assert RAN == ["a", "b"] and OPENED == ["b"]
    (third,) = _queue(studio, "c")
    with studio_scope(studio):
        Job.objects.filter(pk=third.pk).update(priority=5)
    _soon(studio)
    _work(studio, third)
    assert RAN == ["a", "b", "c", "b"] and OPENED == ["b"], "its second claim has its first intent behind it"
    assert {job.state for job in _found(studio).values()} == {"done"}


def test_a_job_that_is_put_off_opens_nobody(studio: Studio) -> None:
    first, *_ = _queue(studio, "a", "b", a="later")
    _work(studio, first)
    assert RAN == ["a", "b"] and OPENED == []
