"""A shot's way through the graph: the branch it is worked by, with where each step stands and what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from engines.services import connect
from episodes import plan_graph, planning
from episodes.models import Episode, Shot
from pipelines.services import use_ready
from studio.models import Project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.test_plan import begun
from tests.vault.conftest import signer, vault_ground

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]


def _drawn(episode: Episode, shot: Shot) -> dict[str, Any]:
    found = plan_graph.drawn(episode, planning.plan_of(episode), shot)
    assert found is not None
    data: dict[str, Any] = found["data"]
    return data


def test_shots_share_out_the_plan_s_steps_and_its_price(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["clip"], actor=user)
        episode = begun(user, approve=False)
        plan = planning.plan_of(episode)
        shots = list(Shot.objects.filter(episode=episode))
        clips = [next(one for one in plan.of_shot(shot.pk) if one.node == "clip") for shot in shots]
        assert [one.total for one in clips] == [1, 1]
        assert all(one.price.expected > 0 for one in clips)
        assert sum(one.price.expected for one in clips) == plan.price.expected
        every = sum(one.total for shot in shots for one in plan.of_shot(shot.pk))
        assert every == sum(one.step.planned.type.per.value in ("shot", "line") for one in plan.steps)
        state = _drawn(episode, shots[0])["states"]["clip"]
        assert state["words"] == "missing" and state["note"].endswith(" cr")
        assert state["note"] != "0 cr"


def test_a_shot_is_drawn_by_its_own_branch_without_what_is_made_per_act_or_scene(
    studio: Studio, user: Any
) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, approve=False)
        use_ready(project=Project.objects.get(pk=episode.project_id), slug="compare_long_takes", actor=user)
        data = _drawn(episode, Shot.objects.filter(episode=episode)[0])
        nodes = {node["id"] for node in data["graph"]["nodes"]}
        assert {"keyframe", "clip", "judge", "effects"} <= nodes
        assert not {"score", "ambience", "compare", "by_role"} & nodes, "a short shot drafts nothing"
        assert "approve.gate -> clip.gate" in data["graph"]["edges"]
        assert set(data["states"]) <= nodes
        assert data["states"]["approve"] == {"words": "missing", "sign": "missing", "note": ""}
        assert {kind["type"] for kind in data["types"]} == {node["type"] for node in data["graph"]["nodes"]}
        assert not data["editable"]


def test_an_episode_without_shots_draws_nothing(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, approve=False)
        assert plan_graph.drawn(episode, planning.plan_of(episode), None) is None
