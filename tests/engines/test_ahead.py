"""A call that is written with the claim: one commit for two jobs, and no more is paid than otherwise."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import services as billing
from billing.queries import balance
from engines import intents, services
from engines.adapters.requests import Clip, Effect, Request
from engines.models import EngineCall
from tenancy.errors import SlateError
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import SIX_CREDITS, FakeEngine, Floor, allow
from tests.engines.process import running
from tests.engines.test_calls import books
from workflow import jobs, runner
from workflow.models import Event, Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
KIND = "test.ahead"
SLOW = [0.0]
HELD: list[int] = []


def _asked(n: str, model: str) -> intents.Asked:
    request: Request = Effect(sound="rain", seconds=1.0, bed=True, seed=3)
    if model != "foley/procedural":
        request = Clip(prompt="a quiet harbour", width=64, height=36, rate="24", frames=24, seed=int(n))
    return intents.Asked(
        request=request,
        role=request.kind,
        subject=f"test.clip:{n}",
        project=None,
        cap_guard=allow,
        pins=[model],
    )


def _make(ctx: runner.Context, *, n: str, model: str, instead: str = "") -> None:
    HELD.append(len(ctx.ahead))
    time.sleep(SLOW[0])
    match instead if ctx.fence == 1 else "":
        case "refuse":
            raise SlateError("It is not wanted any more.", code="test.refused")
        case "break":
            raise ValueError("boom")
        case "wait":
            raise jobs.Again(3600)
        case "other":
            n = "99"
        case "nothing":
            return
    made = services.run_call(ctx, **_asked(n, model))
    assert made.files[0].path.is_file()
    with ctx.closing({"cost": made.cost_milli}):
        pass


def _open(ctx: runner.Context, *, n: str, model: str, **later: str) -> None:
    services.call_ahead(ctx, **_asked(n, model))


@pytest.fixture(scope="module")
def engine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngine]:
    """An engine that is done by the time it has answered: nobody is put off."""
    with running(tmp_path_factory.mktemp("instant-engine") / "charges.jsonl", 0.0) as process:
        yield process


@pytest.fixture(autouse=True)
def _kind() -> None:
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _make, queue="engine_io", opening=_open)
    SLOW[0] = 0.0
    HELD.clear()


def _queue(studio: Studio, count: int, model: str = "fake/clip", **second: str) -> list[Job]:
    with studio_scope(studio):
        Studio.objects.update(jobs_at_once=1)
        payloads = [{"n": f"{n}", "model": model} | (second if n == 1 else {}) for n in range(count)]
        return [jobs.enqueue(KIND, key=one["n"], payload=one, project=None) for one in payloads]


def _work(studio: Studio, job: Job) -> int:
    return runner.work(str(job.pk), str(studio.pk), "engine_io")


def _movements(studio: Studio) -> dict[str, int]:
    """The transaction of each movement of money, by its key."""
    with studio_scope(studio), connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, xmin::text::bigint FROM billing_txn WHERE studio_id = (SELECT app_studio())"
            " AND kind IN ('reserve', 'settle')"
        )
        return dict(cursor.fetchall())


def _calls(studio: Studio) -> list[EngineCall]:
    with studio_scope(studio):
        return list(EngineCall.objects.order_by("created_at"))


def test_next_call_is_reserved_where_the_one_before_it_is_settled(
    floor: Floor, studio: Studio, fake_engine: FakeEngine
) -> None:
    first, *_ = _queue(studio, 3)
    assert _work(studio, first) == 3
    keys, moved = [call.idem_key for call in _calls(studio)], _movements(studio)
    for before, after in itertools.pairwise(keys):
        assert moved[f"close:{before}"] == moved[f"reserve:{after}"], "one transaction"
    assert len(set(moved.values())) == 4
    assert HELD == [0, 1, 1]
    assert fake_engine.charges() == keys
    assert books(floor) == (0, 3 * SIX_CREDITS)


def test_one_statement_settles_reserves_and_tells(
    floor: Floor, studio: Studio, fake_engine: FakeEngine
) -> None:
    first, *_ = _queue(studio, 3)
    with CaptureQueriesContext(connection) as asked:
        assert _work(studio, first) == 3
    settled = [query["sql"] for query in asked if "settle_call" in query["sql"]]
    assert ['INSERT INTO "engines_enginecall"' in sql for sql in settled] == [True, True, False]
    assert ["write_events" in sql for sql in settled] == [True, True, True]
    with studio_scope(studio):
        told = list(Event.objects.order_by("seq").values_list("seq", "kind"))
        done = [seq for seq, kind in told if kind == "job.done"]
        paid = [seq for seq, kind in told if kind == "call.moved"]
    assert [seq for seq, _ in told] == list(range(told[0][0], told[0][0] + len(told))), "no gap"
    assert len(done) == len(paid) == 3 and all(a < b for a, b in zip(done, paid, strict=True))
    assert books(floor) == (0, 3 * SIX_CREDITS)


def test_call_that_was_written_a_while_ago_is_written_anew(
    floor: Floor, studio: Studio, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "SOON", 0.1)
    SLOW[0] = 0.3
    first, second = _queue(studio, 2)
    assert _work(studio, first) == 2
    old, new = floor.calls(second)
    assert (old.state, new.state, HELD) == ("cancelled", "done", [0, 1])
    assert old.sent_at is not None and new.sent_at is not None
    assert new.sent_at - old.sent_at >= timedelta(seconds=0.3), "its quarantine begins when it is sent"
    assert old.idem_key not in fake_engine.charges() and len(fake_engine.charges()) == 2
    assert books(floor) == (0, 2 * SIX_CREDITS)


@pytest.mark.parametrize("model", ["fake/clip", "fake/clip-lookup"])
def test_worker_that_is_lost_before_it_sends_costs_nothing_twice(
    floor: Floor, studio: Studio, fake_engine: FakeEngine, model: str
) -> None:
    first, second = _queue(studio, 2, model)
    claimed = runner.claim(first.pk, turn_ends=time.monotonic() + 60)
    assert claimed is not None
    follower = runner._do(claimed)
    assert follower is not None and follower.job_id == second.pk and len(follower.ahead) == 1
    call = _calls(studio)[1]
    assert (call.state, call.sends) == ("intent", 1) and call.sent_at is not None, "as if it had been sent"
    floor.lose_worker(second)
    assert floor.finish(second).state == "done"
    assert [call.state for call in _calls(studio)] == ["done", "done"]
    assert sorted(fake_engine.charges()) == sorted(call.idem_key for call in _calls(studio))
    assert books(floor) == (0, 2 * SIX_CREDITS)


@pytest.mark.parametrize(
    ("instead", "ends"),
    [("refuse", "failed"), ("nothing", "done"), ("break", "queued"), ("wait", "queued"), ("other", "done")],
)
def test_what_was_written_ahead_and_not_gone_on_from_is_taken_back(
    floor: Floor, studio: Studio, fake_engine: FakeEngine, instead: str, ends: str
) -> None:
    first, second = _queue(studio, 2, instead=instead)
    _work(studio, first)
    ahead = floor.calls(second)[0]
    assert (ahead.state, ahead.sends, HELD[1]) == ("cancelled", 1, 1)
    assert ahead.idem_key not in fake_engine.charges()
    assert floor.see(second).state == ends
    paid = 2 if instead == "other" else 1
    assert books(floor) == (0, paid * SIX_CREDITS) and len(fake_engine.charges()) == paid
    if ends == "queued":
        assert floor.finish(second).state == "done"
        assert [call.state for call in floor.calls(second)] == ["cancelled", "done"]
        assert books(floor) == (0, 2 * SIX_CREDITS)


def test_without_the_credits_the_next_one_waits_and_the_one_before_it_is_done(
    floor: Floor, studio: Studio, fake_engine: FakeEngine
) -> None:
    first, second = _queue(studio, 2)
    with studio_scope(studio):
        billing.reserve(key="drain", milli=balance().wallet - SIX_CREDITS, subject="test:drain")
    _work(studio, first)
    with studio_scope(studio):
        states = {job.pk: (job.state, job.waiting_for) for job in Job.objects.all()}
    assert states == {first.pk: ("done", ""), second.pk: ("queued", "funds")}
    assert len(fake_engine.charges()) == len(_calls(studio)) == 1


def test_work_of_this_machine_is_not_written_ahead(floor: Floor, studio: Studio) -> None:
    first, *_ = _queue(studio, 2, "foley/procedural")
    assert _work(studio, first) == 2
    assert HELD == [0, 0]
    assert [call.state for call in _calls(studio)] == ["done", "done"]
