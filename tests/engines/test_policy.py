"""Who may work for what: the nearest word counts for `only`, every `never` counts, places hold for remote engines."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from engines import crew, foreign, intents, services
from engines.adapters.base import Clip, Effect, Health, Outline
from engines.errors import PolicyRefused
from engines.models import EnginePolicy
from engines.policy import Policy, all_policies, name_model, policy_for, set_policy
from engines.routing import Leaning, route
from tenancy.errors import Forbidden
from tenancy.models import Membership
from tenancy.scope import studio_scope
from tests.engines.conftest import Floor

pytestmark = pytest.mark.django_db
SHOT = ("project:1", "scene:2", "shot:3")


def decide(about: str, *, only: Any = (), never: Any = (), regions: Any = (), actor: Any = None) -> None:
    set_policy(about=about, only=only, never=never, regions=regions, actor=actor)


def reasons(policy: Policy, **changes: Any) -> dict[str, str]:
    asked: dict[str, Any] = {"prompt": "p", "width": 640, "height": 360, "rate": "24", "frames": 48}
    request = Clip(**(asked | {"packet": {"v": 1}} | changes))
    return dict(route("clip", request, leaning=Leaning(policy=policy)).rejected)


@pytest.fixture
def connected(scope: Any, user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "available", lambda: True)
    services.connect(engine="fake", base_url="http://127.0.0.1:9", token="t", actor=user)


def test_only_of_the_nearest_counts_and_never_adds_up(connected: None) -> None:
    decide("studio", never=["rostrum"])
    decide("project:1", only=["fake"])
    decide("shot:3", only=["previs"], never=["fake/clip"])
    found = policy_for(SHOT)
    assert found == policy_for(SHOT, all_policies())
    told = reasons(found)
    assert told["rostrum/still"] == "the studio does not allow rostrum"
    assert told["fake/clip"] == "the shot does not allow fake/clip"
    assert told["fake/clip-lookup"] == "the shot allows only previs"
    assert "previs/animatic" not in told
    elsewhere = reasons(policy_for(("project:1", "scene:2", "shot:4")))
    assert elsewhere["previs/animatic"] == "the project allows only fake"


def test_places_hold_for_remote_engines_only(connected: None) -> None:
    decide("project:1", regions=["eu"])
    policy = policy_for(SHOT)
    told = reasons(policy)
    assert "does not say where it works" in told["fake/clip"]
    assert "previs/animatic" not in told
    assert policy.reason("bfl", "bfl/flux-2-pro", "keyframe", ("us", "eu")) == (
        "works in us, eu; the project allows only eu"
    )
    assert policy.reason("bfl", "bfl/flux-2-pro", "keyframe", ("eu",)) == ""


def test_an_empty_policy_is_no_row_and_a_wrong_one_changes_nothing(connected: None) -> None:
    decide("scene:2", never=["fake"])
    decide("scene:2")
    assert not EnginePolicy.objects.exists()
    for about, never in (("scene:2", ["nobody/x"]), ("planet:1", ["fake"])):
        with pytest.raises(PolicyRefused):
            decide(about, never=never)
    assert not EnginePolicy.objects.exists()


def test_only_who_may_approve_money_decides(connected: None, scope: Any, user: Any) -> None:
    Membership.objects.filter(user=user).update(roles=["operator"])
    scope.memberships.clear()
    with pytest.raises(Forbidden):
        decide(f"project:{uuid.uuid4()}", never=["fake"], actor=user)


def test_every_engine_of_the_crew_can_be_named_and_put_together(scope: Any, tmp_path: Any) -> None:
    for key, engine in crew.engines().items():
        decide("studio", never=[key])
        for model in engine.models:
            assert crew.adapter(model, spool=tmp_path).capabilities(model) == model.capability


def test_an_engine_that_is_named_is_looked_at_though_no_route_lists_it(connected: None) -> None:
    policy = Policy(only=("local_diffusers",), only_said="studio")
    decision = route(
        "clip",
        Clip(prompt="p", width=640, height=360, rate="24", frames=48, packet={"v": 1}),
        leaning=Leaning(policy=policy),
        health={"local_diffusers": Health(False, "torch is not installed")},
    )
    told = dict(decision.rejected)
    assert not decision.candidates and "local_diffusers/clip" in told
    assert told["previs/animatic"] == "the studio allows only local_diffusers"
    assert "local_diffusers/clip" not in reasons(Policy())


def test_shot_role_goes_before_the_stage(connected: None, user: Any, settings: Any) -> None:
    settings.SLATE_LOCAL_ENGINES = True
    services.connect(engine="kling", base_url="http://127.0.0.1:9", token="t", actor=user)
    services.connect(engine="ltx", base_url="http://127.0.0.1:9", token="t", actor=user)
    asked = Outline("clip", seconds=4, frames=96, width=1280)

    def first(role: str) -> str:
        return route("clip", asked, leaning=Leaning(role)).candidates[0].model.key

    assert (first("dialogue"), first("b_roll"), first("")) == (
        "kling/v3-pro",
        "ltx/ltx-2.5-fast",
        "previs/animatic",
    )


def test_scene_keeps_its_engine_and_newer_calls_count_more(connected: None, user: Any, settings: Any) -> None:
    settings.SLATE_LOCAL_ENGINES = True
    for engine in ("kling", "minimax"):
        services.connect(engine=engine, base_url="http://127.0.0.1:9", token="t", actor=user)
    asked = Outline("clip", seconds=5, frames=120, width=1280)
    plain = {c.model.key: c.score for c in route("clip", asked, leaning=Leaning("dialogue")).candidates}
    kept = Leaning("dialogue", made_scene=frozenset({"minimax/h3"}))
    same = {c.model.key: c for c in route("clip", asked, leaning=kept).candidates}
    assert same["minimax/h3"].score > plain["minimax/h3"]
    assert "made this scene's other shots" in same["minimax/h3"].why


def test_a_model_is_named_for_what_it_makes_and_an_engine_for_all_work(connected: None) -> None:
    one = Policy(only=("fake/clip",), only_said="shot")
    assert one.reason("previs", "previs/animatic", "clip", ()) == "the shot allows only fake/clip"
    assert one.reason("elevenlabs", "elevenlabs/eleven-v4", "speech", ()) == ""
    whole = Policy(only=("fake",), only_said="project")
    assert whole.reason("espeak", "espeak/formant", "speech", ()) == ""
    assert "for this what is built in" in whole.reason("elevenlabs", "elevenlabs/eleven-v4", "speech", ())


def test_naming_a_model_keeps_what_else_was_decided(connected: None) -> None:
    decide("shot:3", only=["fake/still", "previs"], never=["rostrum"], regions=["eu"])
    name_model(about="shot:3", model="fake/clip")
    row = EnginePolicy.objects.get(about="shot:3")
    assert (row.only, row.never, row.regions) == (["fake/clip", "fake/still"], ["rostrum"], ["eu"])


def test_a_production_that_forbids_an_engine_is_heeded_by_every_call_of_it(floor: Floor) -> None:
    project = uuid.uuid4()
    with studio_scope(floor.studio):
        decide(f"project:{project}", never=["foley"])
        request = Effect(sound="rain", seconds=1.0, bed=True)
        wish = intents.Wish(request, "ambience", "test.rain:1", project, "", "")
        decision = intents._decide(wish, [], {})
        assert dict(decision.rejected)["foley/procedural"] == "the project does not allow foley"
