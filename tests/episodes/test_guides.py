"""Control passes: drawn when somebody asks or when the clip's engine takes them, stored beside the take, sent to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from engines.models import EngineCall
from engines.services import connect
from episodes import gates, services
from episodes.models import Episode, Shot, Take
from episodes.nodes.guides import controls_of
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from vault.models import Asset
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]

SCRIPT = """Title: One clip

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat holds a torch.
"""
PASSES = {"depth", "normals", "segments", "motion", "camera"}


def _episode(user: Any) -> Episode:
    built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
    return Episode.objects.select_related("project").get(project=built.project)


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_passes_asked_for_are_stored_beside_the_shot(studio: Studio, user: Any, client_in: Client) -> None:
    with studio_scope(studio, actor=user):
        episode = _episode(user)
        shot = Shot.objects.get(episode=episode)
        assert shot.staging["cues"][0]["prop"] == "torch"
    place = {"studio": studio.slug, "project": episode.project_id, "episode": episode.pk, "shot": shot.pk}
    answer = client_in.post(reverse("episodes:guides", kwargs=place))
    assert answer.status_code == 302
    work(studio.pk)
    with studio_scope(studio, actor=user):
        take = Take.objects.get(stage="guides", shot=shot)
        assert {row["pass"] for row in take.meta["files"]} == PASSES
        stored = {str(a.pk): a for a in Asset.objects.filter(kind="guides")}
        assert {row["asset"] for row in take.meta["files"]} == set(stored)
        assert all(asset.size > 0 for asset in stored.values())
        legend = {entry["kind"]: entry for entry in take.meta["legend"].values()}
        assert {"character", "prop"} <= set(legend)
    page = client_in.get(reverse("episodes:shot", kwargs=place)).content.decode()
    assert "camera.gltf" in page
    assert "Draw them again" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_an_engine_that_takes_passes_is_sent_them_and_others_cause_none(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["clip"], actor=user)
        episode = _episode(user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=("episodes.make_score", "episodes.make_ambience", "episodes.make_judge"))
    with studio_scope(studio, actor=user):
        assert Job.objects.get(kind="episodes.make_guides").state == "done"
        shot = Shot.objects.select_related("episode__project", "scene", "act").get(episode=episode)
        assert set(controls_of(episode, shot)) == {"depth", "normals"}
        call = EngineCall.objects.get(role="clip", engine="fake")
        sent = {one["title"]: one["sha256"] for one in call.request["controls"]}
        assert sent == {name: asset.sha256 for name, asset in controls_of(episode, shot).items()}


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_built_in_clips_cause_no_passes(studio: Studio, user: Any) -> None:
    with studio_scope(studio, actor=user):
        episode = _episode(user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=("episodes.make_score", "episodes.make_ambience", "episodes.make_clip"))
    with studio_scope(studio, actor=user):
        assert Job.objects.get(kind="episodes.make_guides").result == {
            "guides": "the engine of this clip takes none"
        }
        assert not Take.objects.filter(stage="guides").exists()
