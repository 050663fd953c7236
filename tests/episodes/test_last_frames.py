"""A graph that gives its clips a frame to end on: drawn, approved, sent to an engine that can, measured."""

from __future__ import annotations

from typing import Any

import pytest

from craft.terms.shots import Movement
from engines.models import EngineCall
from engines.services import connect
from episodes import evidence, gates, planning, services
from episodes.models import Episode, Shot, Take
from episodes.prompts import FIRST_FRAME, end_instruction
from episodes.queries import stages_at, waiting_approvals
from pipelines.services import use_ready
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from vault.models import Lineage
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SCRIPT = """Title: Two cameras

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits.

[[shot: ws eye_level establishing dolly in 35mm 2s]]
Rain on the window.
"""
SOUND = ("episodes.make_score", "episodes.make_ambience", "episodes.make_effects")


def begun(user: Any) -> Episode:
    built = start_project(text=SCRIPT, filename="a.fountain", brief=Brief(cap_milli=10_000_000), actor=user)
    use_ready(project=built.project, slug="ends_on_a_frame", actor=user)
    episode = Episode.objects.select_related("project").get(project=built.project)
    review = services.submit(episode=episode, actor=user)
    gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    return Episode.objects.select_related("project").get(pk=episode.pk)


def shots(episode: Episode) -> tuple[Shot, Shot]:
    rows = Shot.objects.filter(episode=episode).select_related("episode__project")
    still, moving = rows.order_by("position")
    return moving, still


def test_a_moving_shot_is_drawn_to_its_end_and_measured_against_it(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user)
        moving, still = shots(episode)
        assert Movement(moving.movement) is Movement.DOLLY
        nodes = {
            (one.step.planned.node, one.step.planned.subject.id) for one in planning.plan_of(episode).steps
        }
        assert {pk for node, pk in nodes if node == "last_frame"} == {str(moving.pk)}
    work(studio.pk, skip=SOUND)
    with studio_scope(studio, actor=user):
        last = Take.objects.get(stage="last_frame")
        first = Take.objects.get(stage="keyframe", shot=moving)
        assert last.shot_id == moving.pk and last.asset.kind == "keyframe"
        assert last.asset.sha256 != first.asset.sha256, "the camera has moved"
        ends = {
            take.shot_id: take.score["report"]["end_difference"]
            for take in Take.objects.filter(stage="clip").exclude(score={})
        }
        assert ends[moving.pk] < 6 and ends[still.pk] is None
        clip = Take.objects.get(stage="clip", shot=moving)
        sources = dict(Lineage.objects.filter(child=clip.asset).values_list("role", "parent_id"))
        assert (sources["keyframe"], sources["last frame"]) == (first.asset_id, last.asset_id)


def test_only_engines_that_can_end_on_a_frame_are_asked_to(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["clip"], actor=user)
        episode = begun(user)
        moving, still = shots(episode)
        routes = {row["label"]: row["routes"]["clip"] for row in evidence.gate_a(episode)["shots"]}
        assert routes[moving.label]["label"].endswith("can be looked up")
        assert routes[still.label]["label"].endswith("honours our key")
    work(studio.pk, skip=(*SOUND, "episodes.make_judge"))
    with studio_scope(studio, actor=user):
        to_end = EngineCall.objects.get(role="clip", subject__endswith=str(moving.pk))
        assert (to_end.engine, to_end.model, to_end.state) == ("fake", "clip-lookup", "done")
        assert [one["title"] for one in to_end.sent["body"]["inputs"]][:2] == ["keyframe", "last frame"]
        refused = {row["model"]: row["reason"] for row in to_end.route["rejected"]}
        assert refused["fake/clip"] == "last: cannot end on a given frame"
        free = EngineCall.objects.get(role="clip", subject__endswith=str(still.pk))
        assert free.model == "clip" and [one["title"] for one in free.sent["body"]["inputs"]][:1] == [
            "keyframe"
        ]
        assert "last frame" not in str(free.sent["body"]["inputs"])


def test_a_paid_last_frame_goes_by_the_first_and_is_approved_by_itself(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe"], actor=user)
        episode = begun(user)
        moving, still = shots(episode)
        quoted = evidence.gate_a(episode)["quote"]["low"]
        reviewed = evidence.gate_a(episode)["shots"]
        assert {name for row in reviewed for name in row["routes"]} >= {"keyframe", "last frame", "clip"}
    clips = (*SOUND, "episodes.make_clip", "episodes.make_guides")
    work(studio.pk, skip=clips)
    with studio_scope(studio, actor=user):
        assert [stages_at(job) for job in waiting_approvals(episode)] == [{"keyframe"}, {"keyframe"}]
        for shot in (moving, still):
            take = Take.objects.select_related("episode").get(stage="keyframe", shot=shot)
            services.approve_keyframe(take=take, actor=user)
    work(studio.pk, skip=clips)
    with studio_scope(studio, actor=user):
        last = Take.objects.select_related("episode", "asset").get(stage="last_frame")
        call = EngineCall.objects.get(pk=last.call_id)
        first = Take.objects.get(stage="keyframe", shot=moving)
        assert [one["title"] for one in call.sent["body"]["inputs"]] == [FIRST_FRAME]
        assert call.sent["body"]["inputs"][0]["sha256"] == first.asset.sha256
        assert end_instruction(moving).strip() in call.sent["body"]["params"]["prompt"]
        assert "after the camera’s dolly in" in end_instruction(moving)
        assert sum(call.billed_milli or 0 for call in EngineCall.objects.all()) == quoted
        (waits,) = waiting_approvals(episode)
        assert stages_at(waits) == {"last_frame"}
        clip = Job.objects.get(kind="episodes.make_clip", payload__subject=str(moving.pk))
        assert clip.deps_left > 0
        services.approve_keyframe(take=last, actor=user)
    work(studio.pk, skip=clips)
    with studio_scope(studio, actor=user):
        assert not waiting_approvals(episode).exists()
        waiting = {job.kind for job in Job.objects.filter(children__child=clip).exclude(state="done")}
        assert waiting <= {"episodes.make_guides"}
