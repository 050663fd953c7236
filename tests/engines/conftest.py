"""A priced fake engine as its own process, and a studio connected to it. The judge is the engine's own charge log."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from craft.terms.states import JobState
from engines import protocol, services
from engines.adapters.requests import Clip
from engines.models import EngineCall
from tenancy.queries import get_for
from tenancy.scope import studio_scope
from workflow import jobs, runner
from workflow.models import Job

ROOT = Path(__file__).parents[2]
KIND = "test.generate"
SIX_CREDITS = 6_000


@dataclass(slots=True)
class FakeEngine:
    """The running process: its address and its log."""

    port: int
    log: Path
    since: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def schedule(self, *faults: str) -> None:
        """Faults of the next submits, in order."""
        body = json.dumps({"next": faults}).encode()
        urllib.request.urlopen(
            urllib.request.Request(f"{self.url}/v1/faults", data=body, method="POST"), timeout=5
        ).read()

    def rows(self) -> list[dict[str, Any]]:
        """What it wrote since the test began: charges and credits."""
        return [json.loads(line) for line in self.log.read_text()[self.since :].splitlines()]

    def charges(self) -> list[str]:
        """The key of every charge."""
        return [row["key"] for row in self.rows() if "charge" in row]


@pytest.fixture(scope="session")
def engine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeEngine]:
    """The process, stopped at the end."""
    log = tmp_path_factory.mktemp("fake-engine") / "charges.jsonl"
    argv = [
        sys.executable,
        "-m",
        "fake_engines",
        "--log",
        str(log),
        "--work-seconds",
        "0.15",
        "--late-seconds",
        "0.3",
    ]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield FakeEngine(int(process.stdout.readline().split()[1]), log)
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.fixture
def fake_engine(engine_process: FakeEngine) -> FakeEngine:
    """The process with its log as far as this test is concerned."""
    return FakeEngine(engine_process.port, engine_process.log, len(engine_process.log.read_text()))


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
