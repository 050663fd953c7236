"""A priced fake engine as its own process, and a studio connected to it. The judge is the engine's own charge log."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from craft.terms.states import JobState
from engines import protocol, services
from engines.adapters.requests import Clip
from engines.models import EngineCall
from tenancy.queries import get_for
from tenancy.scope import studio_scope
from tests.engines.process import FakeEngine, running
from workflow import jobs, runner
from workflow.models import Job

KIND = "test.generate"
SIX_CREDITS = 6_000


@pytest.fixture(scope="session")
def engine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngine]:
    """The process, stopped at the end."""
    with running(tmp_path_factory.mktemp("fake-engine") / "charges.jsonl") as process:
        yield process


@pytest.fixture
def fake_engine(engine_process: FakeEngine) -> FakeEngine:
    """The process with its log as far as this test is concerned."""
    return engine_process.fresh()


def code(thing: Job | EngineCall) -> str:
    """The stable code of what went wrong with it."""
    return str((thing.error or {}).get("code", ""))


def result(job: Job) -> dict[str, Any]:
    """What a job returned."""
    return dict(job.result or {})


def allow(spend: Any) -> None:
    """A guard that lets everything through."""


def _generate(ctx: runner.Context, **payload: Any) -> None:
    request = Clip(
        prompt="a quiet harbour", width=64, height=36, rate="24", frames=24, seed=payload.get("seed", 1)
    )
    guard = allow if payload.get("allowed", True) else None
    result = services.run_call(
        ctx,
        request=request,
        role="clip",
        subject=f"test.clip:{payload['n']}",
        project=None,
        cap_guard=guard,
        pins=payload["pins"],
        budget="test",
    )
    facts = {
        "mime": result.files[0].mime,
        "frames": result.files[0].meta["frames"],
        "cost": result.cost_milli,
        "model": result.model,
    }
    with ctx.closing(facts):
        pass


@dataclass(slots=True)
class Floor:
    """Runs jobs the way the workers do, without waiting for the clock."""

    studio: Any

    def enqueue(self, *pins: str, **payload: Any) -> Job:
        with studio_scope(self.studio):
            n = uuid.uuid4().hex
            return jobs.enqueue(
                KIND, key=n, payload={"n": n, "pins": list(pins) or ["fake/clip"], **payload}, project=None
            )

    def step(self, job: Job) -> Job:
        """One claim and run of the job, as if its time had come."""
        with studio_scope(self.studio):
            Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))
        runner.run(job.pk)
        return self.see(job)

    def finish(self, job: Job, *, most: int = 60) -> Job:
        """Run until it ended or was parked."""
        for _ in range(most):
            job = self.step(job)
            if job.state not in (
                JobState.QUEUED,
                JobState.WAITING_ENGINE,
                JobState.UNKNOWN,
            ) or job.waiting_for in ("funds", "gate"):
                return job
            time.sleep(0.05)
        raise AssertionError(f"the job did not end: {job.state} {job.error}")

    def lose_worker(self, job: Job) -> None:
        """As after kill -9: the job stays running until its lease has run out."""
        with studio_scope(self.studio):
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    def see(self, job: Job) -> Job:
        with studio_scope(self.studio):
            return get_for(Job, job.pk)

    def calls(self, job: Job) -> list[EngineCall]:
        with studio_scope(self.studio):
            return list(EngineCall.objects.filter(job_id=job.pk).order_by("n"))


@pytest.fixture
def floor(studio: Any, user: Any, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """The studio with its fake engine connected; the quarantine is short."""
    monkeypatch.setattr(protocol, "QUARANTINE_MARGIN", -1.4)
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _generate, queue="engine_io")
    with studio_scope(studio, actor=user):
        services.connect(engine="fake", base_url=fake_engine.url, token="", actor=user)
    return Floor(studio)
