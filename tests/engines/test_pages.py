"""Pages and API of engines, billing and pipeline: the same services, strangers see nothing, queries stay constant."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from billing.queries import balance
from engines.models import EngineAccount, EngineCall
from engines.services import decide
from pipelines.models import Pipeline
from studio.models import Project
from tenancy.scope import studio_scope
from workflow import jobs

pytestmark = pytest.mark.django_db


def parked_call(studio: Any, n: int = 0, **changes: Any) -> EngineCall:
    """A call that waits for a person, with its money held."""
    from billing import services as billing

    if jobs.kinds.find("test.none") is None:
        jobs.register("test.none", lambda ctx: None, queue="short")
    with studio_scope(studio):
        job = jobs.enqueue("test.none", key=f"job-{n}", payload={}, project=None, title="Shot 3 clip")
        facts: dict[str, Any] = {
            "job": job, "n": 1, "step": "s", "idem_key": f"key-{n}", "subject": f"t:{n}", "role": "clip",
            "engine": "fake", "model": "clip", "engine_class": "p1", "request_hash": "h", "quoted_milli": 6000,
            "state": "needs_decision", "request": {"prompt": "<script>"},
            "error": {"code": "engine.outcome_unknown", "message": "Nobody knows <b>."},
            "route": {"explanation": "place 1", "candidates": [], "rejected": []},
        }  # fmt: skip
        billing.reserve(key=f"key-{n}", milli=6000, subject=f"t:{n}")
        call: EngineCall = EngineCall.objects.create(**(facts | changes))
        return call


@pytest.fixture
def project(studio: Any, user: Any) -> Project:
    with studio_scope(studio, actor=user):
        made: Project = Project.objects.create(title="Night Ferry")
        return made


def test_pages_answer_and_escape_what_engines_saw(client_in: Client, studio: Any, project: Project) -> None:
    call = parked_call(studio)
    root = f"/s/{studio.slug}"
    for path in ("billing/", "billing/ledger/", "engines/", "engines/calls/", f"p/{project.pk}/pipeline/"):
        assert client_in.get(f"{root}/{path}").status_code == 200, path
    page = client_in.get(f"{root}/engines/calls/{call.pk}/").content.decode()
    assert (
        "&lt;script&gt;" in page
        and "Nobody knows &lt;b&gt;" in page
        and "Drop it and give the credits back" in page
    )


def test_strangers_get_404_everywhere(studio: Any, stranger: Any, project: Project) -> None:
    call = parked_call(studio)
    client = Client()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    api = f"/api/v1/studios/{studio.slug}"
    for path in (
        f"/s/{studio.slug}/billing/",
        f"/s/{studio.slug}/engines/calls/{call.pk}/",
        f"/s/{studio.slug}/p/{project.pk}/pipeline/",
        f"{api}/billing/",
        f"{api}/engines/calls/{call.pk}/",
        f"{api}/projects/{project.pk}/pipeline/",
    ):
        assert client.get(path).status_code == 404, path


def test_foreign_call_is_404_inside_ones_own_studio(
    client_in: Client, studio: Any, other_studio: Any
) -> None:
    call = parked_call(other_studio)
    assert client_in.get(f"/s/{studio.slug}/engines/calls/{call.pk}/").status_code == 404
    assert (
        client_in.post(f"/s/{studio.slug}/engines/calls/{call.pk}/decide/", {"decision": "drop"}).status_code
        == 404
    )
    with studio_scope(other_studio):
        assert EngineCall.objects.get(pk=call.pk).state == "needs_decision"


def test_lists_ask_the_same_number_of_queries_for_one_row_and_three(client_in: Client, studio: Any) -> None:
    counts: dict[str, list[int]] = {"engines/calls/": [], "billing/ledger/": [], "billing/": []}
    for rows in (1, 3):
        for n in range(rows):
            with studio_scope(studio):
                known = EngineCall.objects.filter(idem_key=f"key-{n}").exists()
            if not known:
                parked_call(studio, n)
        for path, seen in counts.items():
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client_in.get(f"/s/{studio.slug}/{path}").status_code == 200
            seen.append(len(asked))
    assert all(one == three for one, three in counts.values()), counts


def test_api_decides_about_a_parked_call(api: APIClient, studio: Any) -> None:
    call = parked_call(studio)
    address = f"/api/v1/studios/{studio.slug}/engines/calls/{call.pk}/"
    assert api.get(address).json()["decisions"] == ["look", "resend", "drop"]
    assert api.post(f"{address}decide/", {"decision": "accept"}, format="json").status_code == 409
    assert api.post(f"{address}decide/", {"decision": "drop"}, format="json").json()["state"] == "failed"
    assert api.post(f"{address}decide/", {"decision": "drop"}, format="json").status_code == 409
    with studio_scope(studio):
        assert balance().held == 0


def test_api_connects_an_account_and_never_shows_its_token(api: APIClient, studio: Any) -> None:
    address = f"/api/v1/studios/{studio.slug}/engines/accounts/"
    body = {"engine": "fake", "base_url": "http://127.0.0.1:9", "token": "s3cret-token", "roles": ["clip"]}
    answer = api.post(address, body, format="json")
    assert answer.status_code == 201 and "s3cret" not in answer.content.decode()
    assert "s3cret" not in api.get(address).content.decode()
    bad = api.post(address, body | {"base_url": "https://evil.test"}, format="json")
    assert (bad.status_code, list(bad.json()["error"]["fields"])) == (422, ["base_url"])
    assert api.delete(f"{address}{answer.json()['id']}/").status_code == 204
    with studio_scope(studio):
        assert not EngineAccount.objects.get(engine="fake").enabled


def test_tier_changes_by_owner_and_credits_are_granted_by_staff_only(
    client_in: Client, studio: Any, user: Any
) -> None:
    root = f"/s/{studio.slug}/billing"
    grant = {"credits": "5", "reason": "thanks", "key": str(uuid.uuid4())}
    assert client_in.post(f"{root}/grant/", grant).status_code == 403
    type(user).objects.filter(pk=user.pk).update(is_staff=True)
    for _ in range(2):
        assert client_in.post(f"{root}/grant/", grant).status_code == 303
    with studio_scope(studio):
        assert balance().wallet == 200_005_000
    assert client_in.post(f"{root}/tier/", {"tier": "gold"}).status_code == 422
    assert client_in.post(f"{root}/tier/", {"tier": "indie"}).status_code == 303


def test_graph_is_saved_as_versions_and_refused_with_node_and_port(
    api: APIClient, studio: Any, project: Project
) -> None:
    address = f"/api/v1/studios/{studio.slug}/projects/{project.pk}/pipeline/"
    graph = api.get(address).json()["graph"]
    assert api.get(address).json()["number"] == 0
    shorter = graph | {
        "nodes": [n for n in graph["nodes"] if n["id"] != "judge"],
        "edges": [e for e in graph["edges"] if "judge" not in e],
    }
    assert api.put(address, {"graph": shorter}, format="json").json()["number"] == 1
    assert api.put(address, {"graph": shorter}, format="json").json()["number"] == 1
    bad = api.put(address, {"graph": graph | {"edges": ["speech.audio -> clip.first"]}}, format="json")
    assert bad.status_code == 422 and "takes image" in bad.json()["error"]["fields"]["clip.first"]
    with studio_scope(studio):
        assert [p.number for p in Pipeline.objects.all()] == [1]
        assert json.dumps(Pipeline.objects.get().graph).count("judge") == 0


def test_accepting_needs_a_result_that_was_seen(studio: Any, user: Any) -> None:
    call = parked_call(
        studio, outputs=[{"name": "x", "mime": "video/mp4", "sha256": "0", "meta": {}}], cost_milli=9000
    )
    with studio_scope(studio, actor=user):
        settled = decide(call=call, decision="accept", actor=user)
        assert (settled.state, settled.billed_milli, settled.cost_milli) == ("done", 6000, 9000)
        assert balance().held == 0


def test_engine_is_connected_on_its_page_and_says_how_it_is(client_in: Client, studio: Any) -> None:
    page = f"/s/{studio.slug}/engines/with/bfl/"
    assert "Not verified" in client_in.get(page).content.decode()
    given = {"token": "s3cret-token", "base_url": "", "at_once": "3", "roles": ["keyframe"]}
    assert client_in.post(f"{page}connect/", given).status_code == 303
    shown = client_in.get(page).content.decode()
    assert "https://api.bfl.ai" in shown and "s3cret" not in shown and "first for keyframe" in shown
    refused = client_in.post(f"{page}connect/", given | {"at_once": "0"})
    assert refused.status_code == 422 and "not connected" in refused.content.decode()
    assert client_in.get(f"/s/{studio.slug}/engines/with/previs/").status_code == 404
    with studio_scope(studio):
        assert EngineAccount.objects.get(engine="bfl").at_once == 3


def test_policy_is_set_on_the_page_shown_and_taken_back(client_in: Client, studio: Any) -> None:
    root = f"/s/{studio.slug}/engines"
    given = {"about": "studio", "never": ["rostrum"], "regions": "eu, us", "back": "https://evil.test/"}
    answer = client_in.post(f"{root}/policy/", given)
    assert (answer.status_code, answer["Location"]) == (303, f"{root}/")
    shown = client_in.get(f"{root}/").content.decode()
    assert "Never rostrum" in shown and "eu, us" in shown
    assert client_in.post(f"{root}/policy/", given | {"never": ["nobody"]}).status_code == 422
    assert client_in.post(f"{root}/policy/", given | {"about": "planet:1"}).status_code == 422
    assert client_in.post(f"{root}/policy/", {"about": "studio"}).status_code == 303
    assert "Nothing is decided here" in client_in.get(f"{root}/").content.decode()


def test_policy_of_a_production_has_a_page_of_its_own(
    client_in: Client, studio: Any, project: Project
) -> None:
    root, about = f"/s/{studio.slug}/engines/policy", f"project:{project.pk}"
    assert client_in.post(f"{root}/", {"about": "studio", "never": ["rostrum"]}).status_code == 303
    back = f"{root}/of/?about={about}"
    answer = client_in.post(f"{root}/", {"about": about, "only": ["previs"], "back": back})
    assert (answer.status_code, answer["Location"]) == (303, back)
    shown = client_in.get(back).content.decode()
    assert "Only previs" in shown and "Never rostrum" in shown
    assert client_in.get(f"{root}/of/?about=planet:1").status_code == 404
