"""Graphs that change what is made, on real parts: switches, modifiers, enlargements, gates, A/B."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from craft.render.probe import probe
from edit_suite.compose import compose
from engines.policy import name_model
from engines.services import connect
from episodes import comparing, evidence, gates, planning, running, services
from episodes.inbox import items
from episodes.models import Comparison, Episode, GatePass, Shot, Take
from episodes.queries import chosen_takes, picture_of, shots_of, waiting_gates, waiting_picks
from pipelines.services import GraphRefused, default_graph, save_version, use_ready
from studio.models import Project
from studio.services import Brief, start_project
from tenancy.errors import Forbidden, SlateError
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from vault import services as vault
from vault.models import Lineage
from vault.provenance import verify_file
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SPOKEN = """Title: Two shots

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits.

[[shot: cu eye_level static 50mm 2s on INES]]
INES
Who is there?
"""
SILENT = SPOKEN.partition("\n[[shot: cu")[0]
SOUND = ("episodes.make_score", "episodes.make_ambience", "episodes.make_effects")


def begun(
    user: Any, text: str, ready: str = "", graph: dict[str, Any] | None = None, quality: str = ""
) -> Episode:
    """An episode whose budget is approved under a ready (or another) graph. Call inside a scope."""
    built = start_project(text=text, filename="a.fountain", brief=Brief(), actor=user)
    if ready:
        use_ready(project=built.project, slug=ready, actor=user)
    if graph:
        save_version(project=built.project, graph=graph, actor=user)
    if quality:
        Project.objects.update(quality=quality)
    episode = Episode.objects.select_related("project").get(project=built.project)
    services.submit(episode=episode, actor=user)
    decide(episode, "a", user)
    return episode


def decide(episode: Episode, gate: str, user: Any) -> None:
    review = gates.refresh(episode, gate)
    gates.decide(episode=episode, gate=gate, approve=True, seen=review.subject_digest, actor=user)


def pictures(episode: Episode) -> list[Take]:
    takes = chosen_takes(episode)
    found = [picture_of(takes, shot) for shot in shots_of(episode)]
    return [take for take in found if take is not None]


def test_mouths_are_put_only_where_the_branch_of_the_shot_has_them(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, SPOKEN, "lips_where_spoken")
        silent, spoken = Shot.objects.filter(episode=episode).order_by("position")
        assert set(
            Job.objects.filter(kind="episodes.make_lips").values_list("payload__subject", flat=True)
        ) == {str(spoken.pk)}
        assert "lips" not in evidence.gate_a(episode)["shots"][0]["routes"]
    work(studio.pk, skip=SOUND)
    with studio_scope(studio, actor=user):
        assert [take.stage for take in pictures(episode)] == ["clip", "lips"]
        assert all(take.score["verdict"] for take in pictures(episode))
        assert Shot.objects.get(pk=silent.pk).state == "awaiting_review"
        save_version(project=episode.project, graph=_without_lips(), actor=user)
        assert [take.stage for take in pictures(episode)] == ["clip", "clip"], (
            "the graph says what the picture is"
        )


def _without_lips() -> dict[str, Any]:
    graph = default_graph().as_json()
    graph["nodes"] = [node for node in graph["nodes"] if node["id"] != "lips"]
    graph["edges"] = [edge for edge in graph["edges"] if "lips" not in edge] + ["clip.video -> judge.video"]
    return graph


def test_a_chain_of_modifiers_is_drawn_measured_and_cut(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, SILENT, "old_film")
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b"
        (worn,) = pictures(episode)
        shot = Shot.objects.get(episode=episode)
        grey = Take.objects.exclude(pk=worn.pk).get(stage="modifier", chosen=True)
        clip = Take.objects.get(stage="clip", chosen=True)
        assert (worn.meta["style"], worn.meta["made_from"]) == ("old_film", str(grey.pk))
        assert (grey.meta["style"], grey.meta["made_from"]) == ("black_and_white", str(clip.pk))
        assert f"{worn.engine}/{worn.model}" == "darkroom/styles" and worn.meta["frames"] == shot.frames
        assert worn.score["verdict"] and not grey.score
        parents = Lineage.objects.filter(child=worn.asset).values_list("parent_id", flat=True)
        assert list(parents) == [grey.asset_id] and worn.asset.signed
        assert [take.pk for _, take in compose(episode).pictures] == [worn.pk]
        assert gates.refresh(episode, "b").evidence["shots"][0]["sha256"] == worn.asset.sha256
        running.run_from(episode=episode, node="clip", shot=None, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b" and pictures(episode)[0].pk != worn.pk
        services.choose_take(take=Take.objects.select_related("episode").get(pk=clip.pk), actor=user)
        left = [one for one in planning.plan_of(episode).steps if one.state != "done"]
        assert [(one.step.planned.node, one.state) for one in left] == [
            ("grey", "stale"), ("modifier", "stale"), ("judge", "stale"),
        ]  # fmt: skip
        assert running.run(episode=episode, actor=user) == 3
    work(studio.pk)
    with studio_scope(studio, actor=user):
        assert {one.state for one in planning.plan_of(episode).steps} == {"done"}
        grey = Take.objects.get(pk=pictures(episode)[0].meta["made_from"])
        assert grey.meta["made_from"] == str(clip.pk) and pictures(episode)[0].score["verdict"]


def test_a_look_over_what_a_trained_model_made_says_so(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["clip"], actor=user)
        episode = begun(user, SILENT, "old_film")
        # nobody else is to make it again, however it measures
        name_model(about=f"shot:{Shot.objects.get(episode=episode).pk}", model="fake/clip")
    work(studio.pk, skip=SOUND)
    with studio_scope(studio, actor=user):
        (worn,) = pictures(episode)
        assert Take.objects.get(stage="clip", chosen=True).engine == "fake"
        assert worn.stage == "modifier" and worn.engine == "darkroom" and worn.meta["trained"]
        with vault.local_path(worn.asset) as path:
            report = verify_file(path)
        assert report.state == "trusted"
        assert report.digital_source.endswith("compositeWithTrainedAlgorithmicMedia")


@pytest.mark.slow
def test_small_clips_are_enlarged_to_the_size_of_the_project(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, SPOKEN, "upscaled_master", quality="preview")
    work(studio.pk, skip=SOUND)
    with studio_scope(studio, actor=user):
        first, second = pictures(episode)
        assert {first.stage, second.stage} == {"upscale"}
        assert second.meta["lips"] and second.score["lips"], "mouths are measured on the enlarged picture"
        sizes = {take.stage: _size(take) for take in Take.objects.filter(chosen=True, shot=second.shot_id)
                 if take.stage in ("clip", "lips", "upscale")}  # fmt: skip
        assert sizes["clip"] == sizes["lips"] == (640, 360)
        assert sizes["upscale"] == _size(Take.objects.get(stage="keyframe", shot=second.shot_id, chosen=True))
        assert f"{second.engine}/{second.model}" == "darkroom/enlarger"


def _size(take: Take) -> tuple[int, int]:
    with vault.local_path(take.asset) as path:
        seen = probe(path).picture
    assert seen is not None
    return seen.width, seen.height


def test_a_gate_holds_a_shot_until_a_person_lets_it_through(studio: Studio, user: Any, stranger: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, SILENT, "supervised")
        shot = Shot.objects.select_related("episode__project").get(episode=episode)
        with pytest.raises(SlateError, match="does not wait"):
            services.pass_gate(shot=shot, node="look", actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        assert waiting_gates(episode).count() == 1
        assert not Job.objects.filter(kind="episodes.make_judge", state="done").exists()
        assert [item.title for item in items()] == ["Shots to let through · Two shots"]
        with pytest.raises(Forbidden):
            services.pass_gate(shot=shot, node="look", actor=stranger)
        services.pass_gate(shot=shot, node="look", actor=user, note="Good.")
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b"
        passed = GatePass.objects.get()
        assert (passed.passed_by, passed.node, passed.note) == (user, "look", "Good.")
        assert [item.title for item in items()] == ["Gate B · Two shots"]


def test_a_shot_is_let_through_on_its_page_and_over_the_api(
    studio: Studio, user: Any, client_in: Client, api: APIClient
) -> None:
    with studio_scope(studio, actor=user):
        episode = begun(user, SPOKEN, "supervised")
        Job.objects.filter(kind="episodes.make_gate").update(waiting_for="gate", deps_left=0)
        first, second = Shot.objects.filter(episode=episode).order_by("position")
    at = f"/s/{studio.slug}/p/{episode.project_id}/episodes/{episode.pk}"
    assert "Let S01 through look" in client_in.get(f"{at}/plan/").content.decode()
    assert "The finished picture of the shot" in client_in.get(f"{at}/shots/{first.pk}/").content.decode()
    answer = client_in.post(f"{at}/shots/{first.pk}/gates/look/pass/", {"note": "Fine."})
    assert answer.status_code == 302
    root = f"/api/v1/studios/{studio.slug}/episodes/{episode.pk}/stops/look"
    assert api.post(f"{root}/{second.pk}/pass", {"note": "Too."}, format="json").status_code == 200
    assert api.post(f"{root}/{second.pk}/pass", {}, format="json").status_code == 409
    with studio_scope(studio, actor=user):
        assert set(GatePass.objects.values_list("note", flat=True)) == {"Fine.", "Too."}


def test_the_pick_of_an_a_b_decides_who_makes_the_clip(studio: Studio, user: Any) -> None:
    graph = default_graph().as_json()
    engines = ["previs/animatic", "rostrum/still"]
    graph["nodes"].append({"id": "ab", "type": "compare", "params": {"engines": engines}})
    graph["nodes"].append({"id": "by_role", "type": "switch_gate"})
    graph["edges"] = [edge for edge in graph["edges"] if edge != "approve.gate -> clip.gate"] + [
        "approve.image -> ab.first", "ab.gate -> by_role.action", "ab.gate -> by_role.b_roll",
        "approve.gate -> by_role.other", "by_role.gate -> clip.gate",
    ]  # fmt: skip
    with studio_scope(studio, actor=user):
        episode = begun(user, SILENT, graph=graph)
        routes = evidence.gate_a(episode)["shots"][0]["routes"]
        assert [routes["draft 1"]["engine"], routes["draft 2"]["engine"]] == engines
    work(studio.pk)
    with studio_scope(studio, actor=user):
        made = Comparison.objects.select_related("episode__project").get()
        assert waiting_picks(episode).count() == 1 and made.asked == engines
        assert not Take.objects.filter(stage="clip").exists()
        assert [item.title for item in items()] == ["Drafts to pick from · Two shots"]
        take = comparing.drafts_of(made)["rostrum/still"]
        assert take is not None
        with pytest.raises(SlateError, match="a draft cannot be the clip"):
            comparing.pick(comparison=made, take=take, use="draft", note="", actor=user)
        comparing.pick(comparison=made, take=take, use="engine", note="Calmer.", actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b"
        clip = Take.objects.get(stage="clip", chosen=True)
        assert (f"{clip.engine}/{clip.model}", clip.meta["frames"]) == ("rostrum/still", 24)


def test_a_graph_with_a_fault_is_refused_with_node_and_place(studio: Studio, user: Any) -> None:
    graph = default_graph().as_json()
    graph["nodes"].append({"id": "grey", "type": "modifier", "params": {"style": "sparkle"}})
    graph["edges"].append("lips.video -> grey.video")
    with studio_scope(studio, actor=user):
        built = start_project(text=SILENT, filename="a.fountain", brief=Brief(), actor=user)
        with pytest.raises(GraphRefused) as refused:
            save_version(project=built.project, graph=graph, actor=user)
        assert list(refused.value.fields) == ["grey.style"]
        with pytest.raises(GraphRefused, match="no ready graph"):
            use_ready(project=built.project, slug="../default", actor=user)
