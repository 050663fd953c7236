"""The plan, run, run from here, dry run, pause and go on: on real jobs, with the money kept."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from billing.queries import balance, verify
from craft.terms.people import Role
from engines.models import EngineCall
from engines.services import connect
from episodes import evidence, gates, planning, running, services
from episodes.models import Episode, MadeAgain, Shot, Take
from episodes.running import CannotRun
from pipelines.services import default_graph, save_version, use_ready
from studio.services import Brief, start_project
from tenancy.errors import Forbidden, SlateError
from tenancy.models import AuditRow, Membership, Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from workflow import runner, steering
from workflow.models import Event, Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SCRIPT = """Title: Two stills

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits.

[[shot: ws eye_level static 24mm 1s]]
Rain on the window.
"""
STEPS = 17
"""Seven for each shot, music for two acts, one ambience."""
SOUND = ("episodes.make_score", "episodes.make_ambience", "episodes.make_effects")


def begun(user: Any, approve: bool = True) -> Episode:
    built = start_project(text=SCRIPT, filename="a.fountain", brief=Brief(cap_milli=10_000_000), actor=user)
    episode = Episode.objects.select_related("project").get(project=built.project)
    if approve:
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    return Episode.objects.select_related("project").get(pk=episode.pk)


@pytest.fixture
def at_gate_b(studio: Studio, user: Any) -> Episode:
    """An episode all of whose steps are made."""
    with studio_scope(studio, actor=user):
        episode = begun(user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        return Episode.objects.select_related("project").get(pk=episode.pk)


def counts(episode: Episode) -> dict[str, int]:
    return {state: n for state, n in planning.plan_of(episode).counts.items() if n}


def takes_of(stage: str) -> int:
    return Take.objects.filter(stage=stage).count()


def test_before_anything_is_made_the_plan_costs_what_gate_a_says(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["clip"], actor=user)
        episode = begun(user, approve=False)
        plan = planning.plan_of(episode)
        asked = evidence.gate_a(episode)["quote"]
        assert asked["expected"] > 0
        assert plan.as_json()["price"] == asked
        assert counts(episode) == {"missing": len(plan.steps)} and plan.left == STEPS
        clip = next(one for one in plan.nodes if one.node == "clip")
        assert clip.price.expected == asked["expected"] and clip.seconds is None
        assert plan.seconds == 0.0 and plan.unmeasured == plan.left - 2, "two approvals are people's"
        assert Job.objects.exclude(kind="episodes.draw_board").count() == 0


def test_what_is_made_is_done_and_an_edit_makes_its_shot_stale(
    studio: Studio, user: Any, at_gate_b: Episode
) -> None:
    with studio_scope(studio, actor=user):
        assert counts(at_gate_b) == {"done": STEPS}
        shot = Shot.objects.select_related("episode__project", "scene", "act").get(position=1)
        Shot.objects.filter(pk=shot.pk).update(focal_mm=85)
        plan = planning.plan_of(at_gate_b)
        stale = {(one.step.planned.node, one.state) for one in plan.steps if one.state != "done"}
        own = {"keyframe", "approve", "guides", "clip", "lips", "judge", "effects"}
        assert stale == {(node, "stale") for node in own}
        assert plan.seconds > 0.0 and 0.0 < plan.longest <= plan.seconds and plan.unmeasured == 0


def test_run_from_here_makes_that_step_and_what_follows_again_and_nothing_before(
    studio: Studio, user: Any, at_gate_b: Episode
) -> None:
    with studio_scope(studio, actor=user):
        first, second = Shot.objects.select_related("episode__project").order_by("position")
        before = {stage: takes_of(stage) for stage in ("keyframe", "clip")}
        dry = {step.planned.node for step in running.would_run(at_gate_b, "clip", first)}
        assert dry == {"clip", "lips", "judge"} and MadeAgain.objects.count() == 0
        made = running.run_from(episode=at_gate_b, node="clip", shot=first, actor=user)
        assert [step.planned.node for step in made] == ["clip", "lips", "judge"]
        at_gate_b.refresh_from_db()
        assert at_gate_b.state == "generating"
        assert Shot.objects.get(pk=first.pk).state == "wip"
        assert Shot.objects.get(pk=second.pk).state == "awaiting_review"
    work(studio.pk)
    with studio_scope(studio, actor=user):
        assert AuditRow.objects.filter(action="production.run_from").count() == 1
        assert Event.objects.filter(kind="episode.run_from").count() == 1
        at_gate_b.refresh_from_db()
        assert at_gate_b.state == "gate_b"
        assert takes_of("keyframe") == before["keyframe"] and takes_of("clip") == before["clip"] + 1
        chosen = Take.objects.get(stage="clip", shot=first, chosen=True)
        assert chosen.number == 2 and chosen.score["verdict"]
        assert counts(at_gate_b) == {"done": STEPS}


def test_a_whole_node_can_be_made_again_and_a_strange_one_is_named(
    studio: Studio, user: Any, stranger: Any, at_gate_b: Episode
) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(SlateError) as refused:
            running.run_from(episode=at_gate_b, node="dream", shot=None, actor=user)
        assert refused.value.code == "run.no_step" and "keyframe" in refused.value.fields["node"]
        with pytest.raises(Forbidden):
            running.run_from(episode=at_gate_b, node="judge", shot=None, actor=stranger)
        assert len(running.run_from(episode=at_gate_b, node="judge", shot=None, actor=user)) == 2


def test_steps_are_not_made_again_before_a_budget_or_after_gate_b(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, approve=False)
        with pytest.raises(CannotRun) as refused:
            running.run_from(episode=episode, node="clip", shot=None, actor=user)
        assert refused.value.next_step == "Approve the budget at Gate A."
        with pytest.raises(CannotRun):
            running.run(episode=episode, actor=user)


def test_run_makes_only_what_failed_or_was_cancelled(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user)
        steering.cancel(Job.objects.filter(kind="episodes.make_judge")[0], actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "generating" and counts(episode) == {"done": STEPS - 1, "missing": 1}
        made = takes_of("clip")
        assert running.run(episode=episode, actor=user) == 1
        with pytest.raises(CannotRun, match="made or on its way"):
            running.run(episode=episode, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert (episode.state, takes_of("clip")) == ("gate_b", made)


def test_a_pause_begins_nothing_and_loses_nothing(studio: Studio, user: Any, other_studio: Studio) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user)
        first = Job.objects.filter(kind="episodes.make_keyframe").order_by("pk").first()
        assert first is not None
        assert running.pause(episode=episode, actor=user) and not running.pause(episode=episode, actor=user)
        queued = Job.objects.filter(state="queued").count()
    assert work(studio.pk) == 0
    with studio_scope(studio, actor=user):
        assert Job.objects.filter(state="queued").count() == queued
        held = running.paused(episode)
        assert held is not None and held.actor == user
        assert running.go_on(episode=episode, actor=user) and not running.go_on(episode=episode, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b" and running.paused(episode) is None
        told = set(AuditRow.objects.values_list("action", flat=True))
        assert told >= {"production.paused", "production.resumed"}


def test_what_waits_at_an_engine_finishes_while_paused_and_cancel_gives_the_rest_back(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["clip"], actor=user)
        episode = begun(user)
        cap = episode.cap_milli
    work(studio.pk, skip=("episodes.make_clip", *SOUND))
    with studio_scope(studio, actor=user):
        one = Job.objects.filter(kind="episodes.make_clip").order_by("pk").first()
        assert one is not None
    assert runner.run(one.pk)
    with studio_scope(studio, actor=user):
        running.pause(episode=episode, actor=user)
    work(studio.pk, skip=SOUND)
    with studio_scope(studio, actor=user):
        assert list(
            Job.objects.filter(kind="episodes.make_clip").order_by("state").values_list("state", flat=True)
        ) == [
            "done",
            "queued",
        ]
        services.cancel(episode=episode, actor=user)
        assert running.paused(episode) is None
        assert episode.state == "cancelled"
    work(studio.pk)
    with studio_scope(studio, actor=user):
        paid = sum(EngineCall.objects.filter(state="done").values_list("billed_milli", flat=True))
        assert 0 < paid <= cap and len(fake_engine.charges()) == 1
        assert (balance().held, verify().intact) == (0, True)


def test_another_graph_sends_the_budget_back_and_only_what_it_changes_is_made(
    studio: Studio, user: Any, at_gate_b: Episode
) -> None:
    with studio_scope(studio, actor=user):
        clips = takes_of("clip")
        use_ready(project=at_gate_b.project, slug="old_film", actor=user)
        at_gate_b.refresh_from_db()
        assert at_gate_b.state == "gate_a"
        assert counts(at_gate_b) == {"done": STEPS - 2, "stale": 2, "missing": 4}
        review = gates.refresh(at_gate_b, "a")
        gates.decide(episode=at_gate_b, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        at_gate_b.refresh_from_db()
        assert at_gate_b.state == "gate_b" and takes_of("clip") == clips
        assert Take.objects.filter(stage="modifier", chosen=True).count() == 4


def test_page_and_api_show_the_plan_and_its_buttons(
    studio: Studio, user: Any, at_gate_b: Episode, client_in: Client, api: APIClient, stranger: Any
) -> None:
    page = f"/s/{studio.slug}/p/{at_gate_b.project_id}/episodes/{at_gate_b.pk}/plan/"
    shown = client_in.get(page).content.decode()
    assert "Everything is made" in shown and "Run from here" in shown and f"{STEPS} done" in shown
    dry = client_in.get(page, {"node": "clip"}).content.decode()
    assert "6 steps would be made again" in dry and "Make these again" in dry
    assert client_in.post(page, {"action": "pause"}).status_code == 302
    assert "paused this episode" in client_in.get(page).content.decode()
    assert client_in.post(page, {"action": "run"}).status_code == 409
    assert client_in.post(page, {"action": "from", "node": "lips"}).status_code == 302
    root = f"/api/v1/studios/{studio.slug}/episodes/{at_gate_b.pk}"
    plan = api.get(f"{root}/plan").json()
    assert plan["paused"] and plan["left"] == 4 and plan["counts"]["queued"] == 4
    assert api.post(f"{root}/run", {"node": "clip", "dry_run": True}, format="json").json()["left"] == 6
    assert api.post(f"{root}/run", {"node": "dream"}, format="json").status_code == 422
    assert not api.post(f"{root}/resume").json()["paused"]
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(page).status_code == 404


def test_a_step_is_found_by_its_type_whatever_its_node_is_called(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, approve=False)
        shot = Shot.objects.get(episode=episode, position=1)
        assert running.node_of(episode, "clip", shot) == "clip"
        text = json.dumps(default_graph().as_json()).replace('"id": "clip"', '"id": "shoot"')
        text = text.replace("clip.", "shoot.")
        save_version(project=episode.project, graph=json.loads(text), actor=user)
        assert running.node_of(episode, "clip", shot) == "shoot"
        assert running.node_of(episode, "compare", shot) == ""


def test_the_command_prints_the_plan_and_a_dry_run(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, approve=False)
    told = _printed(str(episode.pk), "--user", user.email)
    assert f"{STEPS} of {STEPS} steps are left: 0 credits (0 to 0), time not measured." in told
    assert "keyframe       2 missing" in told
    dry = json.loads(
        _printed(str(episode.pk), "--user", user.email, "--node", "clip", "--shot", "1", "--json")
    )
    assert dry["left"] == 3 and dry["counts"]["stale"] == 3
    with pytest.raises(CommandError, match="There is no shot 9"):
        _printed(str(episode.pk), "--user", user.email, "--node", "clip", "--shot", "9")


def _printed(*words: str) -> str:
    out = io.StringIO()
    call_command("plan", *words, stdout=out)
    return out.getvalue()


def test_a_client_may_look_and_not_run(studio: Studio, user: Any, at_gate_b: Episode) -> None:
    with studio_scope(studio, actor=user):
        Membership.objects.filter(user=user).update(roles=[Role.CLIENT.value])
        with pytest.raises(Forbidden):
            running.pause(episode=at_gate_b, actor=user)
        with pytest.raises(Forbidden):
            running.run(episode=at_gate_b, actor=user)
