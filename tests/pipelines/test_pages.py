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
