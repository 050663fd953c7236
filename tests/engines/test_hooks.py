"""Call-backs of engines: verified ones make us look now, and nothing else. The state always comes from the engine."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from craft.terms.states import JobState
from engines import hooks, services
from engines.adapters.base import Keyframe
from engines.models import EngineAccount, EngineCall
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, Floor, allow
from workflow import jobs, runner
from workflow.models import Job

pytestmark = pytest.mark.django_db
KIND = "test.still"
SECRET = "whsec_c2xhdGUtdGVzdC1zZWNyZXQ="
MODEL = "replicate/flux-2-pro"
JSON = "application/json"


def _still(ctx: runner.Context, **payload: Any) -> None:
    request = Keyframe(prompt="a quiet harbour", width=1024, height=576, seed=payload["seed"])
    made = services.run_call(
        ctx, request=request, role="keyframe", subject="test.still:1", project=None, cap_guard=allow,
        pins=[MODEL], budget="test",
    )  # fmt: skip
    with ctx.closing({"mime": made.files[0].mime}):
        pass


@pytest.fixture
def account(floor: Floor, user: Any, fake_engine: FakeEngine, settings: Any) -> EngineAccount:
    """Replicate, as the fake engines speak it, with its secret; the studio has a public address."""
    settings.SLATE_LOCAL_ENGINES, settings.SLATE_ORIGIN = True, "https://slate.example"
    if jobs.kinds.find(KIND) is None:
        jobs.register(KIND, _still, queue="engine_io")
    with studio_scope(floor.studio, actor=user):
        return services.connect(
            engine="replicate",
            base_url=f"{fake_engine.url}/replicate",
            token="key-1",
            hook_secret=SECRET,
            actor=user,
        )


def waiting(floor: Floor) -> tuple[Job, EngineCall]:
    """A job whose work was accepted and that would look again in an hour."""
    with studio_scope(floor.studio):
        job = jobs.enqueue(KIND, key=uuid.uuid4().hex, payload={"seed": 1}, project=None)
    assert floor.step(job).state == JobState.WAITING_ENGINE
    with studio_scope(floor.studio):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now() + timedelta(hours=1))
    return floor.see(job), floor.calls(job)[0]


def address(account: EngineAccount) -> str:
    return hooks.callback_address(account).removeprefix("https://slate.example")


def due(floor: Floor, job: Job) -> bool:
    return floor.see(job).run_after <= timezone.now()


def test_signed_callback_brings_the_result_now_and_a_second_one_does_nothing(
    floor: Floor, account: EngineAccount, fake_engine: FakeEngine
) -> None:
    job, _ = waiting(floor)
    headers, body = fake_engine.callback(fake_engine.charged()[-1]["charge"], SECRET)
    client = Client()
    assert client.post(address(account), body, content_type=JSON, headers=headers).status_code == 204
    assert due(floor, job)
    assert floor.finish(job).state == "done"
    before = floor.calls(job)[0].updated_at
    for _ in range(2):
        assert client.post(address(account), body, content_type=JSON, headers=headers).status_code == 204
    assert floor.see(job).state == "done" and floor.calls(job)[0].updated_at == before
    assert len(fake_engine.charges()) == 1


def test_callback_that_says_it_is_done_is_not_believed(
    floor: Floor, account: EngineAccount, fake_engine: FakeEngine
) -> None:
    fake_engine.schedule("fails")
    job, _ = waiting(floor)
    headers, body = fake_engine.callback(fake_engine.charged()[-1]["charge"], SECRET)
    assert Client().post(address(account), body, content_type=JSON, headers=headers).status_code == 204
    with studio_scope(floor.studio):
        assert floor.calls(job)[0].state == "submitted"
    assert floor.finish(job).state == "done"
    states = [call.state for call in floor.calls(job)]
    assert states == ["failed", "done"]


@pytest.mark.parametrize("how", ["forged", "word", "engine", "tenant", "disconnected"])
def test_what_does_not_come_from_the_engine_changes_nothing(
    floor: Floor, account: EngineAccount, fake_engine: FakeEngine, user: Any, how: str
) -> None:
    job, _ = waiting(floor)
    charge = fake_engine.charged()[-1]["charge"]
    headers, body = fake_engine.callback(charge, SECRET, forged=how == "forged")
    path = address(account)
    if how == "word":
        path = path[:-3] + "zz/"
    if how == "engine":
        path = path.replace("/replicate/", "/kling/")
    if how == "tenant":
        path = path.replace(str(account.studio_id), str(uuid.uuid4()))
    if how == "disconnected":
        with studio_scope(floor.studio, actor=user):
            services.disconnect(account=account, actor=user)
    answer = Client().post(path, body, content_type=JSON, headers=headers)
    assert answer.status_code == (403 if how == "forged" else 404)
    assert not due(floor, job)


def test_callback_about_something_else_is_taken_and_forgotten(
    floor: Floor, account: EngineAccount, fake_engine: FakeEngine
) -> None:
    job, _ = waiting(floor)
    assert Client().post(address(account), b"not json", content_type=JSON).status_code in (204, 403)
    assert Client().get(address(account)).status_code == 405
    assert not due(floor, job)


def test_no_address_is_given_without_tls(floor: Floor, account: EngineAccount, settings: Any) -> None:
    settings.SLATE_ORIGIN = "http://127.0.0.1:8321"
    assert hooks.callback_address(account) == ""
