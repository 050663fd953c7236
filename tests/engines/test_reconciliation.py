"""The nightly comparison: calls against the ledger one by one, and against what the engine itself says is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Entry, Txn
from engines import reconciliation, services
from engines.models import EngineCall, EngineUsage
from engines.reconciliation import open_findings
from studio.queries import inbox
from tenancy.scope import studio_scope
from tests.engines.conftest import SIX_CREDITS, FakeEngine, Floor
from workflow import jobs, runner
from workflow.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(floor: Floor, fake_engine: FakeEngine) -> Floor:
    """Three paid calls of yesterday: one good, one that failed and was made again."""
    fake_engine.schedule("", "fails")
    for _ in range(2):
        assert floor.finish(floor.enqueue()).state == "done"
    with studio_scope(floor.studio):
        EngineCall.objects.update(ended_at=timezone.now() - timedelta(days=1))
    return floor


def night(floor: Floor) -> list[EngineUsage]:
    """What the job writes about yesterday."""
    with studio_scope(floor.studio):
        reconciliation.order_last_night()
        job = Job.objects.get(kind=reconciliation.JOB)
        if job.state == "done":
            Job.objects.filter(pk=job.pk).update(state="queued")
    runner.run(job.pk)
    assert floor.see(job).state == "done"
    with studio_scope(floor.studio):
        return list(EngineUsage.objects.order_by("engine"))


def test_night_on_which_everything_fits(worked: Floor, client_in: Client) -> None:
    (row,) = night(worked)
    assert (row.engine, row.calls, row.open, row.findings) == ("fake", 3, 0, [])
    assert row.cost_milli == row.billed_milli == 2 * SIX_CREDITS
    assert row.micro_dollars == 2 * SIX_CREDITS * 10
    assert row.balance_milli is None and row.fell_milli is None
    with studio_scope(worked.studio):
        reconciliation.order_last_night()
        assert Job.objects.filter(kind=reconciliation.JOB).count() == 1
        assert open_findings() == []


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (
            lambda call: EngineCall.objects.filter(pk=call.pk).update(billed_milli=1),
            "engine.billed_otherwise",
        ),
        (lambda call: EngineCall.objects.filter(pk=call.pk).update(cost_milli=1), "engine.cost_not_booked"),
        (
            lambda call: EngineCall.objects.filter(pk=call.pk).update(idem_key="never reserved"),
            "engine.unclosed",
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_call(worked: Floor, spoil: Any, code: str) -> None:
    with studio_scope(worked.studio):
        call = EngineCall.objects.filter(state="done").first()
        spoil(call)
    (row,) = night(worked)
    assert call is not None
    assert [(one["code"], one["call"]) for one in row.findings] == [(code, str(call.pk))]
    with studio_scope(worked.studio):
        assert any("do not fit" in item.title for item in inbox())


def test_money_that_is_still_held_is_found(worked: Floor) -> None:
    with studio_scope(worked.studio):
        call = EngineCall.objects.filter(state="done").first()
        assert call is not None
        assert Txn.objects.filter(key=f"close:{call.idem_key}").exists()
        assert Entry.objects.filter(txn__key=f"reserve:{call.idem_key}").exists()
        EngineCall.objects.create(
            job=call.job, n=9, step="s", idem_key="k-9", subject="t:1", role="clip", engine="fake", model="clip",
            engine_class="p1", request_hash="h", state="failed", quoted_milli=100,
            ended_at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
    (row,) = night(worked)
    assert [one["code"] for one in row.findings] == ["engine.unclosed"]


@pytest.mark.parametrize(
    ("fell", "odd"),
    [(2 * SIX_CREDITS, False), (2 * SIX_CREDITS + 4_000, False), (9 * SIX_CREDITS, True), (-50_000, False)],
)
def test_balance_of_the_engine_is_compared_with_what_the_calls_cost(
    worked: Floor, fake_engine: FakeEngine, user: Any, settings: Any, fell: int, odd: bool
) -> None:
    settings.SLATE_LOCAL_ENGINES = True
    left = 1_234_500
    with studio_scope(worked.studio, actor=user):
        services.connect(engine="bfl", base_url=f"{fake_engine.url}/bfl", token="k", actor=user)
        EngineCall.objects.update(engine="bfl", model="flux-2-pro")
        day = (timezone.now() - timedelta(days=2)).date()
        EngineUsage.objects.create(engine="bfl", day=day, balance_milli=left + fell)
    night(worked)
    with studio_scope(worked.studio):
        row = EngineUsage.objects.filter(engine="bfl").latest("day")
        assert (row.balance_milli, row.fell_milli) == (left, fell)
        assert [one["code"] for one in row.findings] == (["engine.balance"] if odd else [])


def test_studio_that_never_paid_is_left_alone(floor: Floor) -> None:
    with studio_scope(floor.studio):
        reconciliation.order_last_night()
        assert not Job.objects.filter(kind=reconciliation.JOB).exists()
    assert jobs.kinds.find(reconciliation.JOB) is not None


def test_nights_stand_in_the_console(worked: Floor, client_in: Client) -> None:
    night(worked)
    page = client_in.get(f"/s/{worked.studio.slug}/billing/").content.decode()
    assert "Every night" in page and "all fits" in page and "not measured" in page
