"""Routing: who is chosen, and the reason for everybody who is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing import services as billing
from engines import crew, foreign, services
from engines.adapters.base import Clip, Health, Keyframe, Outline
from engines.errors import AccountRefused
from engines.models import EngineAccount, EngineCall
from engines.records import Record
from engines.routing import RouteDecision, route
from tenancy.errors import Forbidden
from tenancy.models import Membership
from tenancy.secrets import read_secret
from workflow import jobs

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9"


def clip(**changes: Any) -> Clip:
    asked: dict[str, Any] = {"prompt": "p", "width": 640, "height": 360, "rate": "24", "frames": 48}
    return Clip(**(asked | {"packet": {"v": 1}} | changes))


def reasons(decision: RouteDecision) -> dict[str, str]:
    return dict(decision.rejected)


@pytest.fixture
def connected(scope: Any, user: Any, monkeypatch: pytest.MonkeyPatch) -> EngineAccount:
    monkeypatch.setattr(foreign, "available", lambda: True)
    return services.connect(engine="fake", base_url=URL, token="s3cret", actor=user)


def test_every_route_names_models_that_make_its_kind() -> None:
    for role, keys in crew.routes().items():
        for key in keys:
            assert crew.kind_of(role) in crew.models()[key].capability.kinds, (role, key)


def test_built_in_engine_is_free_and_first(connected: EngineAccount) -> None:
    decision = route("clip", clip())
    assert [c.model.key for c in decision.candidates][:2] == ["previs/animatic", "fake/clip"]
    assert (decision.candidates[0].quote.high, decision.candidates[1].quote.high) == (0, 12_000)
    assert "place 1 for clip" in decision.explanation


def test_account_preferred_for_a_role_goes_first(connected: EngineAccount, user: Any) -> None:
    services.connect(engine="fake", base_url=URL, token="", actor=user, roles=["clip"])
    assert route("clip", clip()).candidates[0].model.key == "fake/clip"
    assert route("keyframe", Outline("keyframe", images=1)).candidates[0].model.key == "previs/animatic"
    assert read_secret("engine:fake") == "s3cret"


@pytest.mark.parametrize(
    ("changes", "model", "reason"),
    [
        ({"packet": {}}, "previs/animatic", "packet: draws only from a scene packet"),
        ({"frames": 24 * 20}, "fake/clip", "seconds: makes at most 15 s, asked for 20 s"),
        ({"width": 4000}, "fake/clip", "width: makes at most 1920 pixels across"),
    ],
)
def test_what_a_model_cannot_do_is_named(
    connected: EngineAccount, changes: dict[str, Any], model: str, reason: str
) -> None:
    assert reason in reasons(route("clip", clip(**changes)))[model]


def test_missing_account_budget_health_and_pins_are_named(
    scope: Any, connected: EngineAccount, user: Any
) -> None:
    assert "11.999 are left" in reasons(route("clip", clip(), left_milli=11_999))["fake/clip"]
    assert (
        reasons(route("clip", clip(), health={"previs": Health(False, "EGL does not start")}))[
            "previs/animatic"
        ]
        == "EGL does not start"
    )
    assert reasons(route("clip", clip(), pins=["nobody/x"]))["nobody/x"] == "there is no such model"
    services.disconnect(account=connected, actor=user)
    assert reasons(route("clip", clip()))["fake/clip"] == "the studio has no account with this engine"


def test_still_is_drawn_as_a_card_where_egl_does_not_start(scope: Any) -> None:
    still = Keyframe(prompt="p", width=640, height=360, packet={"v": 1})
    decision = route("keyframe", still, health={"previs": Health(False, "EGL does not start")})
    assert decision.candidates[0].model.key == "previs/animatic"


def test_free_tier_has_built_in_engines_only(connected: EngineAccount, user: Any) -> None:
    billing.subscribe(tier="previs", actor=user)
    decision = route("clip", clip())
    assert [c.model.key for c in decision.candidates] == ["previs/animatic"]
    assert reasons(decision)["fake/clip"] == "the tier Previs has built-in engines only"


def test_engine_without_sandbox_is_not_used(
    connected: EngineAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "available", lambda: False)
    assert "bubblewrap" in reasons(route("clip", clip()))["fake/clip"]


def test_breaker_opens_after_three_failures_and_lets_one_probe_later(
    connected: EngineAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    if jobs.kinds.find("test.none") is None:
        jobs.register("test.none", lambda ctx: None, queue="short")
    for n in range(3):
        job = jobs.enqueue("test.none", key=f"j{n}", payload={}, project=None)
        EngineCall.objects.create(
            job=job, n=1, step="s", idem_key=f"k{n}", subject="t:1", role="clip", engine="fake", model="clip",
            engine_class="p1", request_hash="h", state="unknown", error={"code": "engine.outcome_unknown"},
            sent_at=timezone.now(),
        )  # fmt: skip
    assert "rests for a moment" in reasons(route("clip", clip()))["fake/clip"]
    assert route("clip", clip(), pins=["fake/clip"]).rests and not route("clip", clip()).rests
    EngineCall.objects.update(updated_at=timezone.now() - timedelta(seconds=30))
    assert "fake/clip" not in reasons(route("clip", clip()))


def test_quote_has_three_figures_and_says_what_it_rests_on(connected: EngineAccount, user: Any) -> None:
    services.connect(engine="fake", base_url=URL, token="", actor=user, roles=["clip"])
    priced = services.quote("clip", Outline("clip", seconds=2.5, frames=60, width=640))
    assert (priced.low, priced.expected, priced.high) == (15_000, 18_750, 90_000)
    assert "assumed" in priced.basis and priced.engine == "fake/clip"
    free = services.quote("speech", Outline("speech", characters=120))
    assert (free.low, free.expected, free.high, free.builtin) == (0, 0, 0, True)


@pytest.mark.parametrize(
    ("url", "engine"),
    [
        ("http://example.org", "fake"),
        ("https://127.0.0.1@evil.test", "fake"),
        ("file:///etc/passwd", "fake"),
        (URL, "previs"),
    ],
)
def test_unusable_account_is_refused_by_field(scope: Any, user: Any, url: str, engine: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        services.connect(engine=engine, base_url=url, token="", actor=user)
    assert set(refused.value.fields) <= {"base_url", "engine"} and refused.value.fields


def test_only_members_with_the_right_role_connect_engines(scope: Any, user: Any) -> None:
    Membership.objects.filter(user=user).update(roles=["operator"])
    scope.memberships.clear()
    with pytest.raises(Forbidden):
        services.connect(engine="fake", base_url=URL, token="", actor=user)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0203, "20 ms"), (0.0997, "100 ms"), (0.1, "0.1 s"), (71.26, "71.3 s")]
)
def test_record_tells_short_times_in_milliseconds(seconds: float, told: str) -> None:
    assert Record(8, 1.0, seconds).time == told
