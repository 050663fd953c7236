"""The graph's page and API: ready graphs, branches by role, node types, faults named in place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from pipelines.models import Pipeline
from pipelines.services import default_graph, ready_graphs
from studio.models import Project
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope

pytestmark = pytest.mark.django_db
SCRIPT = "Title: One\n\nINT. OFFICE - NIGHT\n\nINES (34) waits.\n"


@pytest.fixture
def project(studio: Studio, user: Any) -> Project:
    with studio_scope(studio, actor=user):
        return start_project(text=SCRIPT, filename="a.fountain", brief=Brief(), actor=user).project


def test_a_ready_graph_is_chosen_on_the_page(studio: Studio, client_in: Client, project: Project) -> None:
    page = f"/s/{studio.slug}/p/{project.pk}/pipeline/"
    before = client_in.get(page).content.decode()
    assert "The default graph." in before and "By shot role" not in before
    assert client_in.post(f"{page}ready/", {"ready": "lips_where_spoken"}).status_code == 303
    after = client_in.get(page).content.decode()
    assert "Version 1" in after and "Lip sync only where it is spoken" in after
    assert "dialogue, long_take" in after and "picture: clip → lips" in after
    refused = client_in.post(f"{page}ready/", {"ready": "nothing"})
    assert refused.status_code == 422 and "There is no ready graph" in refused.content.decode()


def test_a_fault_is_shown_with_its_node_and_what_was_typed_stays(
    studio: Studio, client_in: Client, project: Project
) -> None:
    page = f"/s/{studio.slug}/p/{project.pk}/pipeline/"
    graph = default_graph().as_json()
    graph["nodes"].append({"id": "grey", "type": "modifier", "params": {"strength": 3}})
    graph["edges"].append("lips.video -> grey.video")
    answer = client_in.post(f"{page}save/", {"graph": json.dumps(graph), "note": "Grey"})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "grey.strength: is 3; possible is 0 to 1" in shown
    assert "&quot;strength&quot;: 3" in shown


def test_api_lists_types_and_ready_graphs_and_uses_one(
    studio: Studio, user: Any, api: APIClient, project: Project
) -> None:
    root = f"/api/v1/studios/{studio.slug}/projects/{project.pk}/pipeline/"
    found = api.get(f"{root}ready/").json()
    assert [one["slug"] for one in found["ready"]] == list(ready_graphs())
    kinds = {one["type"]: one for one in found["types"]}
    assert {"script_line", "references", "compare", "gate", "modifier", "upscale", "switch_video"} <= set(
        kinds
    )
    engines = next(one for one in kinds["compare"]["params"] if one["name"] == "engines")
    assert "previs/animatic" in engines["choices"] and "lens/measures" not in engines["choices"]
    used = api.post(f"{root}ready/", {"ready": "old_film"}, format="json").json()
    assert used["number"] == 1 and used["digest"] == ready_graphs()["old_film"].graph.digest()
    assert api.post(f"{root}ready/", {"ready": "nothing"}, format="json").status_code == 422
    again = api.post(f"{root}ready/", {"ready": "old_film"}, format="json").json()
    assert again["number"] == 1, "the same graph is no new version"
    with studio_scope(studio, actor=user):
        assert Pipeline.objects.get().note == "Old film"


def test_a_stranger_sees_no_graph(
    studio: Studio, stranger: Any, other_studio: Studio, project: Project
) -> None:
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/s/{studio.slug}/p/{project.pk}/pipeline/"
    assert (
        client.get(page).status_code == client.post(f"{page}ready/", {"ready": "default"}).status_code == 404
    )


def test_api_says_what_a_draft_would_be_refused_for_and_saves_nothing(
    studio: Studio, user: Any, api: APIClient, project: Project
) -> None:
    root = f"/api/v1/studios/{studio.slug}/projects/{project.pk}/pipeline/"
    graph = default_graph().as_json()
    sound = api.post(f"{root}check/", {"graph": graph}, format="json").json()
    assert sound == {"faults": [], "changes": [], "same": True, "number": 0}
    graph["nodes"].append({"id": "grey", "type": "modifier", "params": {"strength": 3}})
    graph["edges"].append("keyframe.image -> grey.video")
    found = api.post(f"{root}check/", {"graph": graph}, format="json").json()
    assert {(one["node"], one["port"]): one["message"] for one in found["faults"]} == {
        ("grey", "video"): "takes video, but keyframe.image gives image",
        ("grey", "strength"): "is 3; possible is 0 to 1",
    }
    assert found["changes"] == ["Modifier “grey” added: video from keyframe"]
    assert not found["same"]
    broken = api.post(f"{root}check/", {"graph": {"version": 7}}, format="json")
    assert broken.status_code == 200
    assert broken.json()["faults"] == [{"node": "", "port": "", "message": "a graph has version 1"}]
    with studio_scope(studio, actor=user):
        assert not Pipeline.objects.exists()


def test_api_refuses_to_save_over_a_version_that_was_not_seen(
    studio: Studio, user: Any, api: APIClient, project: Project
) -> None:
    root = f"/api/v1/studios/{studio.slug}/projects/{project.pk}/pipeline/"
    theirs, mine = (ready_graphs()[slug].graph.as_json() for slug in ("old_film", "supervised"))
    first = api.put(root, {"graph": theirs, "note": "Old film", "seen": 0}, format="json").json()
    assert (first["number"], first["note"], first["actor"]) == (1, "Old film", "Ada")
    late = api.put(root, {"graph": mine, "seen": 0}, format="json")
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "pipeline.moved"
    assert late.json()["error"]["message"] == "Ada saved version 1 meanwhile."
    assert api.get(root).json()["number"] == 1, "nothing was saved"
    again = api.put(root, {"graph": theirs, "seen": 0}, format="json")
    assert again.json()["number"] == 1, "the same graph as now is no conflict"
    assert api.put(root, {"graph": mine, "seen": 1}, format="json").json()["number"] == 2
    assert api.put(root, {"graph": theirs}, format="json").json()["number"] == 3, "seen may be left out"


def test_the_page_without_scripts_asks_before_it_saves_over_another_version(
    studio: Studio, client_in: Client, project: Project
) -> None:
    page = f"/s/{studio.slug}/p/{project.pk}/pipeline/"
    assert client_in.post(f"{page}ready/", {"ready": "old_film"}).status_code == 303
    mine = json.dumps(ready_graphs()["supervised"].graph.as_json())
    late = client_in.post(f"{page}save/", {"graph": mine, "note": "Looked at", "seen": "0"})
    shown = late.content.decode()
    assert late.status_code == 409 and "Ada saved version 1 meanwhile." in shown
    assert "The finished picture of the shot" in shown, "what was typed stays"
    assert 'name="seen" value="1"' in shown
    assert (
        client_in.post(f"{page}save/", {"graph": mine, "note": "Looked at", "seen": "1"}).status_code == 303
    )


def test_versions_say_what_they_do_otherwise_than_the_one_before(
    studio: Studio, client_in: Client, project: Project
) -> None:
    page = f"/s/{studio.slug}/p/{project.pk}/pipeline/"
    for slug in ("upscaled_master", "default"):
        client_in.post(f"{page}ready/", {"ready": slug})
    shown = client_in.get(page).content.decode()
    assert "Clip: quality draft instead of project" in shown
    assert "Clip: quality project instead of draft" in shown
    assert "Upscale added: video from lips" in shown and "Upscale removed" in shown


def test_the_editor_is_told_the_rules_by_the_catalogue(
    studio: Studio, client_in: Client, project: Project
) -> None:
    html = client_in.get(f"/s/{studio.slug}/p/{project.pk}/pipeline/").content.decode()
    text = html.split('<script id="graph-data" type="application/json">')[1].split("</script>")[0]
    given = json.loads(text)
    kinds = {one["type"]: one for one in given["types"]}
    assert given["graph"] == default_graph().as_json()
    assert (given["number"], given["faults"], given["editable"]) == (0, [], True)
    assert "scene" not in kinds["score"]["joins"] and "line" in kinds["clip"]["joins"]
    assert kinds["approve"]["human"] and not kinds["switch_gate"]["human"]
    assert {one["group"] for one in given["types"]} == {
        "Sources", "Pictures", "Sound", "Decisions", "Checks", "Switches",
    }  # fmt: skip
    strength = next(one for one in kinds["modifier"]["params"] if one["name"] == "strength")
    assert (strength["kind"], strength["low"], strength["high"]) == ("number", 0.0, 1.0)


def test_a_saved_step_whose_type_is_gone_is_shown_as_a_fault_and_can_be_mended(
    studio: Studio, user: Any, client_in: Client, api: APIClient, project: Project
) -> None:
    graph = default_graph().as_json()
    graph["nodes"].append({"id": "dream", "type": "dreaming", "params": {}})
    with studio_scope(studio, actor=user):
        Pipeline.objects.create(project=project, number=1, graph=graph, digest="0" * 64)
    shown = client_in.get(f"/s/{studio.slug}/p/{project.pk}/pipeline/")
    assert shown.status_code == 200
    assert "dream: there is no node type “dreaming”" in shown.content.decode()
    root = f"/api/v1/studios/{studio.slug}/projects/{project.pk}/pipeline/"
    assert "dream" not in {step["id"] for step in api.get(root).json()["steps"]}
    mended = {**graph, "nodes": graph["nodes"][:-1]}
    assert api.put(root, {"graph": mended, "seen": 1}, format="json").json()["number"] == 2
