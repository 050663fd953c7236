"""What workers keep of a studio's settings holds to the commit: whatever is changed counts for the next call."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Tier
from engines import services, standing
from engines.models import EngineAccount
from engines.policy import set_policy
from tenancy.scope import studio_scope
from tenancy.secrets import put_secret
from tests.engines.conftest import FakeEngine, Floor, code

pytestmark = pytest.mark.django_db


def _known(floor: Floor) -> Any:
    return standing._known.get(floor.studio.pk)


def test_settings_are_read_once_while_nothing_changes(floor: Floor, fake_engine: FakeEngine) -> None:
    assert floor.finish(floor.enqueue()).state == "done"
    first = _known(floor)
    assert first is not None and "accounts" in vars(first)
    assert floor.finish(floor.enqueue()).state == "done"
    assert _known(floor) is first


def test_account_that_is_taken_away_is_not_asked_again(
    floor: Floor, fake_engine: FakeEngine, user: Any
) -> None:
    assert floor.finish(floor.enqueue()).state == "done"
    with studio_scope(floor.studio, actor=user):
        services.disconnect(account=EngineAccount.objects.get(), actor=user)
    assert code(floor.finish(floor.enqueue())) == "engine.no_route"
    assert len(fake_engine.charges()) == 1


def test_rule_that_is_made_counts_for_the_next_call(floor: Floor, fake_engine: FakeEngine) -> None:
    assert floor.finish(floor.enqueue()).state == "done"
    with studio_scope(floor.studio):
        set_policy(about="studio", only=[], never=["fake/clip-lookup"], regions=[], actor=None)
    assert [one.never for one in _known(floor).policies.values()] == []
    assert floor.finish(floor.enqueue()).state == "done"
    assert [one.never for one in _known(floor).policies.values()] == [["fake/clip-lookup"]]


def test_tier_without_remote_engines_ends_their_work(floor: Floor, fake_engine: FakeEngine) -> None:
    assert floor.finish(floor.enqueue()).state == "done"
    for plan in Tier.objects.all():
        plan.figures["remote_engines"] = False
        plan.save()
    assert code(floor.finish(floor.enqueue())) == "engine.no_route"
    assert len(fake_engine.charges()) == 1


def test_secret_that_is_replaced_is_the_one_that_is_opened(floor: Floor, fake_engine: FakeEngine) -> None:
    name = "engine:fake"
    for value in ("first", "second"):
        with studio_scope(floor.studio):
            put_secret(name, value)
        assert floor.finish(floor.enqueue()).state == "done"
        with studio_scope(floor.studio):
            assert _known(floor).secrets[name].opened() == value


def test_nothing_that_was_opened_is_kept(floor: Floor, fake_engine: FakeEngine) -> None:
    with studio_scope(floor.studio):
        put_secret("engine:fake", "canary-4711")
    floor.finish(floor.enqueue())
    kept = repr(vars(_known(floor)))
    assert "engine:fake" in kept and "canary-4711" not in kept
