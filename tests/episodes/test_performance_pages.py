"""The panel of a shot's performance and its address in the API: what they say, and that they lead all the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from engines.services import connect
from episodes.models import Episode, Performance
from episodes.performed import performance_of
from pipelines.services import use_ready
from talent.consents import portray
from talent.models import Character
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.performing import GRAPH, PERFORMER, agreed, approved, begun, brought, filmed, shots
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]


def upload(folder: Path, seconds: float = 5.0) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.mov", filmed(folder, seconds).read_bytes(), "video/quicktime")


FACTS = {"performer": PERFORMER, "born_on": "1988-03-02", "begin": "0.5", "expression": "4"}


def home_of(studio: Studio, user: Any, episode: Episode, number: int = 0) -> str:
    """The address of a shot's page."""
    with studio_scope(studio, actor=user):
        shot = shots(episode)[number]
    return f"/s/{studio.slug}/p/{episode.project_id}/episodes/{episode.pk}/shots/{shot.pk}/"


def test_the_panel_says_what_is_wrong_with_a_film_and_keeps_what_was_typed(
    studio: Studio, user: Any, client: Client, tmp_path: Path
) -> None:
    episode = begun(studio, user, None, graph="default")
    client.force_login(user)
    home, empty = (home_of(studio, user, episode, number) for number in (0, 1))
    page = client.get(home).content.decode()
    assert "Bring a film" in page and "Runway Act-Two can" in page
    assert "choose “Acted by a performer”" in page, "the default graph has no such step"
    assert "so there is nobody to act" in client.get(empty).content.decode()
    short = client.post(f"{home}performance/bring/", {**FACTS, "file": upload(tmp_path, 3.5)})
    assert short.status_code == 422
    told = short.content.decode()
    assert "4.00 s are needed" in told and f'value="{PERFORMER}"' in told
    none = client.post(f"{home}performance/bring/", {**FACTS, "born_on": "May", "file": upload(tmp_path)})
    assert none.status_code == 422 and "born_on: Needed" in none.content.decode()
    with studio_scope(studio):
        assert Performance.objects.count() == 0


def test_the_panel_leads_to_what_is_missing(
    studio: Studio, user: Any, client: Client, fake_engine: FakeEngine, tmp_path: Path, settings: Any
) -> None:
    settings.SLATE_LOCAL_ENGINES = True
    episode = begun(studio, user, None, graph="default")
    client.force_login(user)
    home = home_of(studio, user, episode)

    def page() -> str:
        return client.get(home).content.decode()

    kept = client.post(f"{home}performance/bring/", {**FACTS, "file": upload(tmp_path)})
    assert (kept.status_code, kept.headers["Location"]) == (302, f"{home}#performance")
    assert f"{PERFORMER}</strong> acts Ines" in page()
    assert "The pipeline leads no performance to the clip" in page()
    with studio_scope(studio, actor=user):
        use_ready(project=episode.project, slug=GRAPH, actor=user)
    assert "no consent" in page() and f"{PERFORMER} has not agreed to the use of their performance" in page()
    link = f"/s/{studio.slug}/talent/consents/new/?subject=Pat%20Larsen&kinds=performance&uses=programme"
    assert link.replace("&", "&amp;") in page()
    form = client.get(link).content.decode()
    assert 'value="Pat Larsen"' in form and 'value="performance" checked' in form
    assert "Runway Act-Two could" in page() and "connect the account" in page()
    listed = client.get(f"/s/{studio.slug}/talent/consents/").content.decode()
    assert episode.project.title in listed, "where it is shown can be said though nobody is portrayed"
    with studio_scope(studio, actor=user):
        connect(engine="runway", base_url=f"{fake_engine.url}/runway", token="key-1", actor=user)
    agreed(studio, user, tmp_path)
    assert "consent stands" in page() and "Made by Runway Act-Two" in page() and "20" in page()
    assert "Used: 0.50 to 4.50 s, 96 frames" in page()
    with studio_scope(studio, actor=user):
        ines = Character.objects.get(slug="ines")
        portray(character=ines, person="Jane Doe", born_on=date(1990, 5, 21), actor=user)
    assert "Jane Doe has not agreed to the use of their likeness." in page() and "consent stands" in page()


def test_a_film_is_set_acted_out_shown_at_the_gate_and_taken_away(
    studio: Studio, user: Any, client: Client, fake_engine: FakeEngine, tmp_path: Path, settings: Any
) -> None:
    settings.SLATE_LOCAL_ENGINES = True
    episode = begun(studio, user, fake_engine)
    agreed(studio, user, tmp_path)
    client.force_login(user)
    home = home_of(studio, user, episode)
    assert client.post(f"{home}performance/bring/", {**FACTS, "file": upload(tmp_path)}).status_code == 302
    set_ = client.post(f"{home}performance/set/", {"begin": "0.25", "expression": "2"})
    assert set_.status_code == 302
    assert client.post(f"{home}performance/set/", {"begin": "9", "expression": "2"}).status_code == 422
    with studio_scope(studio, actor=user):
        row = performance_of(shots(episode)[0])
        assert row is not None and (row.begin, row.expression, row.body) == (0.25, 2, False)
    approved(studio, user, episode)
    work(studio.pk, skip=("episodes.make_score", "episodes.make_ambience", "episodes.make_effects"))
    assert "clip 1 acts it out" in client.get(home).content.decode().lower()
    assert len(fake_engine.charged()) == 1
    assert PERFORMER in client.get(home.split("/shots/")[0] + "/gate/a/").content.decode()
    assert client.post(f"{home}performance/remove/").status_code == 302
    with studio_scope(studio, actor=user):
        assert performance_of(shots(episode)[0]) is None
    assert client.post(f"{home}performance/remove/").status_code == 404


def test_the_api_brings_sets_and_takes_away(
    studio: Studio, user: Any, stranger: Any, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, None, graph="default")
    with studio_scope(studio, actor=user):
        shot = shots(episode)[0]
        character = str(shot.cast.get().character_id)
    api = APIClient()
    api.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    at = f"/api/v1/studios/{studio.slug}/shots/{shot.pk}/performance"
    assert api.get(at).status_code == 404
    facts = {"performer": PERFORMER, "born_on": "1988-03-02", "expression": 4, "character": character}
    made = api.put(at, {**facts, "file": upload(tmp_path)}, format="multipart")
    assert made.status_code == 200, made.content
    row = made.json()
    assert (row["performer"], row["seconds"], row["expression"], row["body"]) == (PERFORMER, 5.0, 4, True)
    assert row["lacks"] == [f"{PERFORMER} has not agreed to the use of their performance."]
    agreed(studio, user, tmp_path)
    assert api.get(at).json()["lacks"] == []
    changed = api.patch(at, {"begin": 1.0, "body": False}, format="json").json()
    assert (changed["begin"], changed["body"], changed["expression"]) == (1.0, False, 4)
    late = api.patch(at, {"begin": 2.0}, format="json")
    assert (late.status_code, late.json()["error"]["code"]) == (422, "performance.refused")
    assert "begin" in late.json()["error"]["fields"]
    assert api.get(at).json()["begin"] == 1.0
    bad = api.put(at, {**facts, "file": SimpleUploadedFile("a.mp4", b"no film")}, format="multipart")
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "upload.refused")
    other = APIClient()
    other.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(at).status_code == 404 and other.delete(at).status_code == 404
    assert api.delete(at).status_code == 204
    with studio_scope(studio):
        assert Performance.objects.count() == 0 and Episode.objects.get().state == "drafting"


def test_a_refused_form_of_the_shot_leaves_the_panel_as_it_is(
    studio: Studio, user: Any, client: Client, tmp_path: Path
) -> None:
    episode = begun(studio, user, None)
    brought(studio, user, episode, tmp_path)
    client.force_login(user)
    home = home_of(studio, user, episode)
    answer = client.post(home, {"focal_mm": "4000", "frames": "soon", "notes": "Slower, please"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "8 to 300" in page
    assert "Slower, please" in page and 'value="4000"' in page
    assert f"{PERFORMER}</strong> acts Ines" in page
