"""A studio's settings: another edition with every change, and never the same number for two states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from billing import services as billing
from billing.models import Tier
from engines import services as engines
from engines.policy import set_policy
from tenancy.models import Secret, Studio
from tenancy.scope import studio_scope
from tenancy.secrets import put_secret

pytestmark = pytest.mark.django_db


def _edition(studio: Studio) -> int:
    with studio_scope(studio):
        return Studio.objects.get(pk=studio.pk).edition


def _connect(actor: Any) -> None:
    engines.connect(engine="fake", base_url="http://127.0.0.1:9", token="t", actor=actor)


def _forbid(actor: Any) -> None:
    set_policy(about="studio", only=[], never=["rostrum"], regions=[], actor=actor)


def _allow(actor: Any) -> None:
    set_policy(about="studio", only=[], never=[], regions=[], actor=actor)


CHANGES: dict[str, tuple[Callable[[Any], object], ...]] = {
    "account": (_connect,),
    "rule": (_forbid,),
    "rule withdrawn": (_forbid, _allow),
    "secret": (lambda _: put_secret("engine:fake", "first"), lambda _: put_secret("engine:fake", "second")),
    "secret gone": (lambda _: put_secret("a", "b"), lambda _: Secret.objects.all().delete()),
    "tier": (lambda actor: billing.subscribe(tier="studio", actor=actor),),
    "figures of a tier": (lambda _: Tier.objects.filter(slug="studio").update(figures={"retakes": 9}),),
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_of_a_setting_is_another_edition(studio: Studio, user: Any, what: str) -> None:
    for change in CHANGES[what]:
        before = _edition(studio)
        with studio_scope(studio, actor=user):
            change(user)
        assert _edition(studio) > before


def test_other_studios_keep_their_edition(studio: Studio, other_studio: Studio) -> None:
    before = _edition(other_studio)
    with studio_scope(studio):
        put_secret("a", "b")
    assert _edition(other_studio) == before


def test_number_of_a_change_that_was_taken_back_is_not_used_again(studio: Studio) -> None:
    numbers = []
    for value in ("first", "second"):
        with studio_scope(studio), transaction.atomic():
            put_secret("a", value)
            numbers.append(Studio.objects.get(pk=studio.pk).edition)
            transaction.set_rollback(value == "first")
    assert numbers[1] > numbers[0]
    assert _edition(studio) == numbers[1]
