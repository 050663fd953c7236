"""A paid step against a real priced engine over HTTP: whatever happens on the way, one charge for each attempt key,
the ledger adds up, nothing stays held. The engine's own charge log is the judge."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from billing import services as billing
from billing.queries import balance, verify
from engines import calls, protocol, services, spools
from engines.adapters.requests import Clip
from engines.models import EngineCall
from engines.queries import spent
from tenancy.errors import NotFound, SlateError
from tenancy.queries import get_for
from tenancy.scope import studio_scope
from tests.engines.conftest import SIX_CREDITS, FakeEngine, Floor, allow, code, result
from workflow import jobs, runner, steering
from workflow.models import Job

pytestmark = pytest.mark.django_db


def books(floor: Floor) -> tuple[int, int]:
    """(held, spent) after a full check of the ledger."""
    with studio_scope(floor.studio):
        report = verify()
        assert report.intact, report
        return balance().held, balance().spent


def test_results_lie_beside_those_of_other_calls_until_their_jobs_have_ended(
    floor: Floor, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_engine.schedule("wrong_mime")
    refused, call = floor.calls(floor.finish(floor.enqueue()))
    (brought,) = call.outputs
    path = spools.spools() / brought["name"]
    assert path.parent == spools.spools() and path.name.startswith(f"{call.pk}-") and path.is_file()
    assert not spools.spool_of(call.pk).exists()
    assert len(list(spools.spools().glob(f"{refused.pk}-*"))) == 1
    with studio_scope(floor.studio):
        assert spools.clear_spools() == 0
        monkeypatch.setattr(spools, "SPOOL_REST", -spools.SPOOL_REST)
        assert spools.clear_spools() == 2
    assert [one for pk in (refused.pk, call.pk) for one in spools.spools().glob(f"*{pk}*")] == []


def test_results_of_an_earlier_version_are_found_in_the_call_s_own_folder(
    floor: Floor, fake_engine: FakeEngine
) -> None:
    (call,) = floor.calls(floor.finish(floor.enqueue()))
    here = spools.spools() / call.outputs[0]["name"]
    assert [file.path for file in calls.kept_files(call) or []] == [here]
    spools.spool_of(call.pk).mkdir()
    there = here.rename(spools.spool_of(call.pk) / "result.mp4")
    call.outputs[0]["name"] = "result.mp4"
    assert [file.path for file in calls.kept_files(call) or []] == [there]
    there.unlink()
    assert calls.kept_files(call) is None


def test_paid_step_is_charged_once_and_settled(floor: Floor, fake_engine: FakeEngine) -> None:
    job = floor.finish(floor.enqueue())
    assert (job.state, job.result) == (
        "done",
        {"mime": "video/mp4", "frames": 24, "cost": SIX_CREDITS, "model": "clip"},
    )
    (call,) = floor.calls(job)
    assert (call.state, call.quoted_milli, call.billed_milli) == ("done", SIX_CREDITS, SIX_CREDITS)
    assert fake_engine.charges() == [call.idem_key]
    assert books(floor) == (0, SIX_CREDITS)
    with studio_scope(floor.studio):
        assert spent(budget="test").total == SIX_CREDITS


LOST: set[Any] = set()


def _made_then(ctx: runner.Context, *, n: str, then: str) -> None:
    """Job: have a clip made and end as it is told to, before anything of it is kept."""
    request = Clip(prompt="a quiet harbour", width=64, height=36, rate="24", frames=24, seed=1)
    made = services.run_call(
        ctx, request=request, role="clip", subject=f"test.clip:{n}", project=None, pins=["fake/clip"],
        cap_guard=allow, budget="test",
    )  # fmt: skip
    assert made.cost_milli == SIX_CREDITS and made.files[0].path.is_file()
    if then == "lost" and ctx.job_id not in LOST:
        LOST.add(ctx.job_id)
        raise jobs.LeaseLost("lost before anything was written")
    if then == "taken back":
        with suppress(KeyError), ctx.scope():
            raise KeyError
    if then == "refused":
        raise SlateError("It is not kept.", code="test.refused")


@pytest.mark.parametrize("then", ["end", "lost", "taken back", "refused"])
def test_what_was_brought_is_paid_once_however_its_job_goes_on(
    floor: Floor, fake_engine: FakeEngine, then: str
) -> None:
    if jobs.kinds.find("test.made_then") is None:
        jobs.register("test.made_then", _made_then, queue="engine_io")
    with studio_scope(floor.studio):
        job = jobs.enqueue("test.made_then", key=then, payload={"n": "1", "then": then}, project=None)
    if then == "lost":
        job = floor.finish(job)
        assert job.state == "running" and books(floor) == (SIX_CREDITS, 0)
        assert [call.state for call in floor.calls(job)] == ["submitted"]
        floor.lose_worker(job)
    job = floor.finish(job)
    assert job.state == ("failed" if then == "refused" else "done"), job.error
    (call,) = floor.calls(job)
    assert (call.state, call.billed_milli) == ("done", SIX_CREDITS)
    assert fake_engine.charges() == [call.idem_key]
    assert books(floor) == (0, SIX_CREDITS)


def test_nothing_is_sent_before_anybody_allows_the_spend(floor: Floor, fake_engine: FakeEngine) -> None:
    job = floor.finish(floor.enqueue(allowed=False))
    assert (job.state, code(job)) == ("failed", "engine.spend_refused")
    assert fake_engine.rows() == [] and floor.calls(job) == []
    assert books(floor) == (0, 0)


@pytest.mark.parametrize("model", ["fake/clip", "fake/clip-lookup"])
@pytest.mark.parametrize(
    "fault",
    ["rate_limit", "rate_limit_bare", "error_before", "error_after", "reset_after", "garbage", "accept_late"],
)
def test_lost_and_refused_answers_are_charged_once(
    floor: Floor, fake_engine: FakeEngine, model: str, fault: str
) -> None:
    fake_engine.schedule(fault)
    job = floor.finish(floor.enqueue(model))
    assert job.state == "done", job.error
    (call,) = floor.calls(job)
    assert fake_engine.charges() == [call.idem_key]
    assert books(floor) == (0, SIX_CREDITS)


@pytest.mark.parametrize("fault", ["error_before", "reset_after", "garbage"])
def test_opaque_engine_is_never_asked_twice_by_itself(
    floor: Floor, fake_engine: FakeEngine, fault: str, user: Any
) -> None:
    fake_engine.schedule(fault)
    job = floor.finish(floor.enqueue("fake/clip-opaque"))
    assert (job.state, code(job)) == ("needs_decision", "engine.outcome_unknown")
    assert len(fake_engine.charges()) == (0 if fault == "error_before" else 1)
    assert books(floor) == (SIX_CREDITS, 0)
    (call,) = floor.calls(job)
    with studio_scope(floor.studio, actor=user):
        services.decide(call=call, decision="drop", actor=user)
    assert books(floor) == (0, 0)
    assert floor.see(job).state == "cancelled"


def test_person_may_send_an_opaque_attempt_again(floor: Floor, fake_engine: FakeEngine, user: Any) -> None:
    fake_engine.schedule("error_before")
    job = floor.finish(floor.enqueue("fake/clip-opaque"))
    with studio_scope(floor.studio, actor=user):
        services.decide(call=floor.calls(job)[0], decision="resend", actor=user)
    assert floor.finish(job).state == "done"
    assert len(fake_engine.charges()) == 1 and books(floor) == (0, SIX_CREDITS)


def test_price_above_the_quote_is_parked_and_never_charged_above_it(
    floor: Floor, fake_engine: FakeEngine, user: Any
) -> None:
    fake_engine.schedule("overpriced")
    job = floor.finish(floor.enqueue())
    assert (job.state, code(job)) == ("needs_decision", "engine.price_above_quote")
    assert books(floor) == (SIX_CREDITS, 0)
    with studio_scope(floor.studio, actor=user):
        services.decide(call=floor.calls(job)[0], decision="accept", actor=user)
    job = floor.finish(job)
    assert (job.state, result(job)["cost"]) == ("done", SIX_CREDITS)
    assert len(fake_engine.charges()) == 1 and books(floor) == (0, SIX_CREDITS)
    with studio_scope(floor.studio):
        assert verify().sums == {"mcr": 0, "uusd": 0}


@pytest.mark.parametrize("fault", ["wrong_mime", "truncated", "empty", "wrong_length"])
def test_bad_output_is_not_paid_by_the_studio_and_made_again(
    floor: Floor, fake_engine: FakeEngine, fault: str
) -> None:
    fake_engine.schedule(fault)
    job = floor.finish(floor.enqueue())
    assert job.state == "done", job.error
    first, second = floor.calls(job)
    assert (first.state, code(first), first.billed_milli) == ("failed", "engine.bad_output", 0)
    assert fake_engine.charges() == [first.idem_key, second.idem_key]
    assert books(floor) == (0, SIX_CREDITS)


def test_failed_generation_is_released_and_gives_up_after_two(floor: Floor, fake_engine: FakeEngine) -> None:
    fake_engine.schedule("fails", "fails")
    job = floor.finish(floor.enqueue())
    assert (job.state, code(job)) == ("failed", "engine.generation_failed")
    assert [c.state for c in floor.calls(job)] == ["failed", "failed"]
    assert books(floor) == (0, 0)


def test_moderated_request_goes_to_no_other_engine(floor: Floor, fake_engine: FakeEngine) -> None:
    fake_engine.schedule("moderated")
    job = floor.finish(floor.enqueue("fake/clip", "fake/clip-lookup"))
    assert (job.state, code(job)) == ("failed", "engine.moderation_input")
    assert fake_engine.rows() == [] and len(floor.calls(job)) == 1 and books(floor) == (0, 0)


def test_lost_result_is_left_to_a_person_with_the_money_held(floor: Floor, fake_engine: FakeEngine) -> None:
    fake_engine.schedule("gone")
    job = floor.finish(floor.enqueue())
    assert (job.state, code(job)) == ("needs_decision", "engine.result_gone")
    assert books(floor) == (SIX_CREDITS, 0)


@pytest.mark.parametrize("point", ["before_send", "after_submit", "before_settle", "after_settle"])
@pytest.mark.parametrize("model", ["fake/clip", "fake/clip-lookup"])
def test_worker_lost_at_any_point_costs_one_charge(
    floor: Floor, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, point: str, model: str
) -> None:
    _lose_once(monkeypatch, point)
    job = floor.enqueue(model)
    for _ in range(20):
        if floor.step(job).state == "running":
            break
    floor.lose_worker(job)
    job = floor.finish(job)
    assert job.state == "done", job.error
    assert Counter(fake_engine.charges()) == Counter([floor.calls(job)[0].idem_key])
    assert books(floor) == (0, SIX_CREDITS)


def _lose_once(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """The worker vanishes once at this point: LeaseLost makes the runner stop without a trace, as kill -9 does."""
    target, name, after = {
        "before_send": (protocol.Attempt, "_send", False),
        "after_submit": (protocol.Attempt, "_move", False),
        "before_settle": (calls, "settle", False),
        "after_settle": (protocol.Attempt, "_collect", True),
    }[point]
    real = getattr(target, name)
    lost: list[str] = []

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        due = point != "after_submit" or "provider_ref" in kwargs
        if after and not lost:
            real(*args, **kwargs)
        if due and not lost:
            lost.append(point)
            raise jobs.LeaseLost(point)
        return real(*args, **kwargs)

    monkeypatch.setattr(target, name, wrapped)


def test_empty_wallet_waits_for_funds_and_goes_on_when_they_come(
    floor: Floor, fake_engine: FakeEngine
) -> None:
    with studio_scope(floor.studio):
        billing.reserve(key="drain", milli=balance().wallet, subject="test:drain")
    job = floor.finish(floor.enqueue())
    assert (job.state, job.waiting_for, fake_engine.rows()) == ("queued", "funds", [])
    with studio_scope(floor.studio):
        billing.grant(milli=SIX_CREDITS, key="more", reason="test", actor=None)
    assert floor.see(job).waiting_for == ""
    assert floor.finish(job).state == "done"


def test_cancelled_job_leaves_no_money_held(floor: Floor, fake_engine: FakeEngine, user: Any) -> None:
    job = floor.enqueue()
    assert floor.step(job).state == "waiting_engine"
    with studio_scope(floor.studio, actor=user):
        steering.cancel(floor.see(job), actor=user)
        assert services.close_orphans() == 1
        closing = Job.objects.get(kind=services.CLOSE_JOB)
    assert floor.finish(closing).state == "done"
    # The engine had accepted and charged for it, so it is paid; nothing stays held.
    assert len(fake_engine.charges()) == 1 and books(floor) == (0, SIX_CREDITS)


def test_work_that_nobody_waits_for_is_taken_back_where_the_engine_lets_us(
    floor: Floor, fake_engine: FakeEngine, user: Any
) -> None:
    fake_engine.schedule("endless")
    job = floor.enqueue()
    assert floor.step(job).state == "waiting_engine"
    with studio_scope(floor.studio, actor=user):
        steering.cancel(floor.see(job), actor=user)
        services.close_orphans()
        closing = Job.objects.get(kind=services.CLOSE_JOB)
    assert floor.finish(closing).state == "done"
    assert code(floor.calls(job)[0]) == "engine.stopped"
    assert [row.get("credit") is None for row in fake_engine.rows()] == [True, False]
    assert books(floor) == (0, 0)


def test_engine_past_its_deadline_gives_the_work_to_another(floor: Floor, fake_engine: FakeEngine) -> None:
    fake_engine.schedule("endless")
    job = floor.enqueue("fake/clip", "fake/clip-lookup")
    assert floor.step(job).state == "waiting_engine"
    assert floor.step(job).state == "waiting_engine", "in time: it may go on"
    with studio_scope(floor.studio):
        EngineCall.objects.filter(job_id=job.pk).update(sent_at=timezone.now() - timedelta(hours=1))
    assert floor.finish(job).state == "done"
    late, other = floor.calls(job)
    assert (code(late), late.billed_milli or 0, late.model) == ("engine.too_late", 0, "clip")
    assert (other.state, other.model, books(floor)) == ("done", "clip-lookup", (0, SIX_CREDITS))


def test_late_work_that_is_not_given_back_is_waited_for(floor: Floor, fake_engine: FakeEngine) -> None:
    job = floor.enqueue("fake/clip-opaque", "fake/clip")
    assert floor.step(job).state == "waiting_engine"
    with studio_scope(floor.studio):
        EngineCall.objects.filter(job_id=job.pk).update(sent_at=timezone.now() - timedelta(hours=1))
    assert floor.finish(job).state == "done"
    assert [call.model for call in floor.calls(job)] == ["clip-opaque"] and len(fake_engine.charges()) == 1


def test_stopped_engine_is_waited_for_not_charged(floor: Floor, fake_engine: FakeEngine, user: Any) -> None:
    with studio_scope(floor.studio, actor=user):
        services.connect(engine="fake", base_url="http://127.0.0.1:9", token="", actor=user)
    job = floor.step(floor.enqueue())
    assert (job.state, code(floor.calls(job)[0])) == ("waiting_engine", "engine.not_reached")
    with studio_scope(floor.studio, actor=user):
        services.connect(engine="fake", base_url=fake_engine.url, token="", actor=user)
    assert floor.finish(job).state == "done" and books(floor) == (0, SIX_CREDITS)


def test_database_keeps_one_open_call_and_only_listed_moves(
    floor: Floor, fake_engine: FakeEngine, user: Any, other_studio: Any
) -> None:
    job = floor.enqueue()
    floor.step(job)
    with studio_scope(floor.studio):
        call = EngineCall.objects.get(job_id=job.pk)
        with pytest.raises(IntegrityError, match="call_one_open_per_job"), transaction.atomic():
            EngineCall.objects.create(
                job_id=job.pk,
                n=99,
                idem_key="x",
                step="s",
                subject="t:1",
                role="clip",
                engine="fake",
                model="clip",
                engine_class="p1",
                request_hash="h",
            )
    floor.finish(job)
    with (
        studio_scope(floor.studio),
        pytest.raises(DatabaseError, match="Invalid transition"),
        transaction.atomic(),
    ):
        EngineCall.objects.filter(pk=call.pk).update(state="submitted")
    with studio_scope(other_studio), pytest.raises(NotFound):
        get_for(EngineCall, call.pk)
