"""An engine that works in one queue only: its jobs go there before anything is written, and nobody else draws."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from engines import crew, intents, services
from engines.adapters import diffusion
from engines.adapters.base import Effect, Keyframe
from engines.errors import NoRoute
from engines.models import EngineCall
from engines.rights import NOBODY
from engines.routing import route
from tenancy.scope import studio_scope
from tests.engines.crews import another_crew
from workflow import jobs, lines, runner, steering
from workflow.models import Job

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
KIND, OTHER = "test.drizzle", "test.gpu_work"
LINES: list[str] = []


def _drizzle(ctx: runner.Context, **payload: Any) -> None:
    LINES.append(ctx.queue)
    request = Effect(sound="rain", seconds=0.5, bed=True, seed=3)
    services.run_call(ctx, request=request, role="ambience", subject="test.rain:1", project=None)
    if payload.get("lose"):
        raise jobs.LeaseLost("lost after the call was settled")


def _nothing(ctx: runner.Context, **payload: Any) -> None:
    LINES.append("gpu work")


@pytest.fixture(autouse=True)
def _kinds() -> None:
    LINES.clear()
    for kind, handler, queue in ((KIND, _drizzle, "engine_io"), (OTHER, _nothing, "gpu")):
        if jobs.kinds.find(kind) is None:
            jobs.register(kind, handler, queue=queue)


@pytest.fixture
def foley_in_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The crew as it is, but the engine of noises works in the queue `gpu`."""
    with another_crew(tmp_path, monkeypatch, {"foley": {"queue": "gpu"}}):
        yield


def _enqueue(studio: Any, kind: str = KIND, key: str = "rain") -> Job:
    with studio_scope(studio):
        return jobs.enqueue(kind, key=key, payload={}, project=None)


def _see(studio: Any, job: Job) -> Job:
    with studio_scope(studio):
        return Job.objects.get(pk=job.pk)


def _calls(studio: Any) -> int:
    with studio_scope(studio):
        return EngineCall.objects.count()


@pytest.mark.usefixtures("foley_in_gpu")
def test_job_goes_to_the_engines_queue_before_anything_is_written(studio: Any) -> None:
    job = _enqueue(studio)
    assert runner.work(str(job.pk), str(studio.pk), "engine_io") == 1
    moved = _see(studio, job)
    assert (moved.queue, moved.state, moved.waiting_for, moved.lease_until) == ("gpu", "queued", "", None)
    assert (moved.attempts, _calls(studio)) == (0, 0)
    assert [(due.id, due.queue) for due in lines.due_rows()] == [(job.pk, "gpu")]
    assert runner.work(str(job.pk), str(studio.pk), "gpu") == 1
    assert (_see(studio, job).state, _calls(studio), LINES) == ("done", 1, ["engine_io", "gpu"])


@pytest.mark.usefixtures("foley_in_gpu")
def test_bell_of_the_line_it_has_left_takes_the_next_of_that_line_and_leaves_it_alone(studio: Any) -> None:
    job = _enqueue(studio)
    runner.work(str(job.pk), str(studio.pk), "engine_io")
    fence = _see(studio, job).fence
    assert runner.work(str(job.pk), str(studio.pk), "engine_io") == 0
    left = _see(studio, job)
    assert (left.state, left.fence, left.queue) == ("queued", fence, "gpu")
    second = _enqueue(studio, key="more rain")
    assert runner.work(str(job.pk), str(studio.pk), "engine_io") == 1
    assert (_see(studio, second).queue, LINES) == ("gpu", ["engine_io", "engine_io"])


@pytest.mark.usefixtures("foley_in_gpu")
def test_bell_in_the_new_line_takes_it_in_its_turn(studio: Any) -> None:
    job = _enqueue(studio)
    runner.work(str(job.pk), str(studio.pk), "engine_io")
    other = _enqueue(studio, OTHER, "other")
    assert runner.work(str(other.pk), str(studio.pk), "gpu") == 2
    assert LINES == ["engine_io", "gpu work", "gpu"]


@pytest.mark.usefixtures("foley_in_gpu")
def test_job_that_is_tried_again_begins_in_the_queue_of_its_kind(studio: Any) -> None:
    job = _enqueue(studio)
    runner.work(str(job.pk), str(studio.pk), "engine_io")
    with studio_scope(studio):
        steering.cancel(Job.objects.get(pk=job.pk), actor=None)
        steering.retry(Job.objects.get(pk=job.pk), actor=None)
    assert _see(studio, job).queue == "engine_io"


@pytest.mark.usefixtures("foley_in_gpu")
def test_call_that_stands_is_carried_on_in_its_engines_queue_alone(studio: Any) -> None:
    with studio_scope(studio):
        job = jobs.enqueue(KIND, key="lost", payload={"lose": True}, project=None)
    for line in ("engine_io", "gpu"):
        runner.work(str(job.pk), str(studio.pk), line)
    with studio_scope(studio):
        assert EngineCall.objects.get().state == "done"
        gone = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=job.pk).update(queue="engine_io", lease_until=gone, payload={})
    runner.work(str(job.pk), str(studio.pk), "engine_io")
    assert (_see(studio, job).queue, _see(studio, job).state) == ("gpu", "queued")
    runner.work(str(job.pk), str(studio.pk), "gpu")
    assert (_see(studio, job).state, _calls(studio)) == ("done", 1)


def _draw(ctx: runner.Context, **payload: Any) -> None:
    request = Keyframe(prompt="a harbour", width=64, height=64)
    services.run_call(
        ctx,
        request=request,
        role="keyframe",
        subject="test.still:1",
        project=None,
        pins=["local_diffusers/still"],
    )


@pytest.mark.skipif(not diffusion.missing(), reason="the libraries of own weights are installed")
def test_libraries_that_are_missing_are_the_reason_and_the_job_stays_where_it_is(
    studio: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "still").mkdir()
    (tmp_path / "still" / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    monkeypatch.setenv("SLATE_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(crew, "_health", {})
    if jobs.kinds.find("test.draw") is None:
        jobs.register("test.draw", _draw, queue="engine_io")
    job = _enqueue(studio, "test.draw", "draw")
    runner.work(str(job.pk), str(studio.pk), "engine_io")
    failed = _see(studio, job)
    assert (failed.state, failed.queue, _calls(studio)) == ("failed", "engine_io", 0)
    assert "not installed: ./slate engines install" in (failed.error or {})["message"]


def test_without_a_queue_of_its_own_an_engine_works_where_the_job_is(studio: Any) -> None:
    job = _enqueue(studio)
    assert runner.work(str(job.pk), str(studio.pk), "engine_io") == 1
    assert (_see(studio, job).state, _see(studio, job).queue, LINES) == ("done", "engine_io", ["engine_io"])


def test_own_weights_work_in_the_queue_gpu_and_say_in_the_route_what_is_missing(
    studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert crew.engines()["local_diffusers"].queue == "gpu"
    assert {engine.queue for engine in crew.engines().values()} == {"", "gpu"}
    monkeypatch.delenv("SLATE_WEIGHTS", raising=False)
    with studio_scope(studio):
        found = route("keyframe", Keyframe(prompt="a", width=64, height=64), pins=["local_diffusers/still"])
    assert found.candidates == ()
    assert "SLATE_WEIGHTS is not set" in dict(found.rejected)["local_diffusers/still"]
    refused = intents._refusal(found, [], NOBODY)
    assert isinstance(refused, NoRoute)
    assert "SLATE_WEIGHTS is not set" in refused.message
