"""The sweeper's duties: done in every studio, at their own pace, one studio's trouble stays its own."""

from __future__ import annotations

from uuid import UUID

import pytest

from tenancy.models import Studio
from tenancy.scope import current_studio_id
from workflow import chores
from workflow.registries import Registry


@pytest.fixture
def own_chores(monkeypatch: pytest.MonkeyPatch) -> Registry[chores.Chore]:
    registry: Registry[chores.Chore] = Registry("test chores")
    monkeypatch.setattr(chores, "chores", registry)
    return registry


@pytest.mark.django_db
def test_chore_is_done_in_every_studio_even_when_one_fails(
    own_chores: Registry[chores.Chore], studio: Studio, other_studio: Studio
) -> None:
    seen: list[UUID | None] = []

    def work() -> None:
        seen.append(current_studio_id())
        raise ValueError("one studio's trouble")

    own_chores.register("test.work", chores.Chore(work, every_seconds=60))
    rounds = chores.Rounds()
    assert rounds.go() == 1
    assert set(seen) == {studio.pk, other_studio.pk}
    assert rounds.go() == 0
    assert len(seen) == 2
