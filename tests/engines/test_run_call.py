"""Built-in engines through the whole paid-step protocol: nothing is posted, done work is found again, trials keep
to their cap."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from billing.models import Txn
from engines import services, spools, trials
from engines.adapters.base import Effect
from engines.models import EngineCall
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, Floor, code, result
from workflow import jobs, runner
from workflow.models import Job

pytestmark = pytest.mark.django_db
KIND = "test.rain"
RESULTS: list[services.CallResult] = []


def _rain(ctx: runner.Context, **payload: Any) -> None:
    request = Effect(sound="rain", seconds=1.0, bed=True, seed=payload["seed"])
    made = services.run_call(ctx, request=request, role="ambience", subject="test.rain:1", project=None)
    assert made.files[0].path.stat().st_size > 1000
    RESULTS.append(made)
    if payload["crash"] and len(RESULTS) == 1:
        raise jobs.LeaseLost("lost after the call was settled")


@pytest.fixture
def rain(studio: Any) -> Any:
    RESULTS.clear()
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _rain, queue="short")

    def enqueue(**payload: Any) -> Job:
        with studio_scope(studio):
            return jobs.enqueue(
                KIND, key="rain", payload={"seed": 1, "crash": False, **payload}, project=None
            )

    return enqueue


def test_free_call_posts_nothing_and_keeps_its_route(studio: Any, rain: Any) -> None:
    with studio_scope(studio):
        before = Txn.objects.count()
    assert runner.run(rain().pk)
    with studio_scope(studio):
        call = EngineCall.objects.get()
        assert (call.state, call.quoted_milli, call.billed_milli, Txn.objects.count()) == (
            "done",
            0,
            0,
            before,
        )
        assert call.request["sound"] == "rain" and call.outputs[0]["mime"] == "audio/wav"
        assert call.route["candidates"][0]["model"] == "foley/procedural"
        assert call.model_version.startswith("foley")


@pytest.mark.parametrize("cleared", [False, True])
def test_job_done_twice_finds_its_call_and_its_file(studio: Any, rain: Any, cleared: bool) -> None:
    floor, job = Floor(studio), rain(crash=True)
    runner.run(job.pk)
    assert floor.see(job).state == "running"
    if cleared:
        Path(RESULTS[0].files[0].path).unlink()
    floor.lose_worker(job)
    assert floor.finish(job).state == "done"
    assert RESULTS[0].call_id == RESULTS[1].call_id and len(floor.calls(job)) == 1


def test_work_folders_go_once_the_job_has_ended(
    studio: Any, rain: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = rain()
    runner.run(job.pk)
    folder = spools.spool_of(RESULTS[0].call_id)
    with studio_scope(studio):
        assert spools.clear_spools() == 0 and folder.is_dir()
        monkeypatch.setattr(spools, "SPOOL_REST", -spools.SPOOL_REST)
        assert spools.clear_spools() == 1 and not folder.exists()
        assert spools.clear_spools() == 0


def test_only_what_these_calls_have_here_is_cleared(settings: Any, tmp_path: Path) -> None:
    settings.SLATE_WORK = tmp_path
    mine, other = uuid4(), uuid4()
    for call in (mine, other):
        place = spools.place_of(call)
        spools.spools().mkdir(exist_ok=True)
        place("clip.mp4").write_bytes(b"x")
        place("speech.48k.wav").write_bytes(b"x")
        place("clip.mp4").with_name(f".{call}-clip.mp4.77.part").write_bytes(b"x")
        (spools.spool_of(call) / "here-1").mkdir(parents=True)
    spools.clear([mine])
    left = {path.name.lstrip(".")[:36] for path in spools.spools().iterdir()}
    assert left == {str(other)} and len(list(spools.spools().iterdir())) == 4


def test_trial_spends_up_to_its_cap_and_no_more(floor: Floor, fake_engine: FakeEngine, user: Any) -> None:
    with studio_scope(floor.studio, actor=user):
        fits = trials.try_out(model="fake/still", cap_milli=4000, actor=user)
        short = trials.try_out(model="fake/still", cap_milli=3999, actor=user)
    fits, short = floor.finish(fits), floor.finish(short)
    assert (fits.state, result(fits)["cost_milli"]) == ("done", 4000)
    assert (short.state, code(short)) == ("failed", "engine.spend_refused")
    assert len(fake_engine.charges()) == 1
