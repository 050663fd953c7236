"""A model that sees gives an opinion beside the measurements: asked once, paid once, and nothing waits for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.queries import balance, verify
from engines.models import EngineCall
from engines.services import connect
from episodes import gates, services
from episodes.models import Episode, Take
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]

SCRIPT = """Title: One look

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits.
"""
ENGINE = "language_google"
SOUNDS = ("episodes.make_score", "episodes.make_ambience", "episodes.make_effects")


def _start(studio: Studio, user: Any) -> Episode:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


def _approve(studio: Studio, user: Any, episode: Episode) -> dict[str, Any]:
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
        return dict(review.evidence)


@pytest.fixture
def connected(studio: Studio, user: Any, fake_engine: FakeEngine, settings: Any) -> FakeEngine:
    settings.SLATE_LOCAL_ENGINES = True
    with studio_scope(studio, actor=user):
        url = f"{fake_engine.url}/{ENGINE}"
        connect(engine=ENGINE, base_url=url, token="t", roles=["opinion"], actor=user)
    return fake_engine


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_opinion_stands_beside_the_measurements_and_is_paid_once(
    studio: Studio, user: Any, client: Client, connected: FakeEngine
) -> None:
    episode = _start(studio, user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        before = balance().wallet
        assert connected.charged() == []
    evidence = _approve(studio, user, episode)
    assert evidence["shots"][0]["routes"]["opinion"]["engine"] == f"{ENGINE}/gemini-3.8-flash"
    assert 0 < evidence["quote"]["low"] < evidence["quote"]["high"]
    work(studio.pk, skip=SOUNDS)
    (charge,) = connected.charged()
    # the approved still and three frames of a short take
    assert charge["params"]["pictures"] == 4
    with studio_scope(studio, actor=user):
        take = Take.objects.get(stage="clip")
        opinion = take.meta["opinion"]
        assert opinion["identity"]["score"] == 82 and opinion["by"] == f"{ENGINE}/gemini-3.8-flash"
        assert take.score["judge"].startswith("lens") and "opinion" not in take.score
        call = EngineCall.objects.get(engine=ENGINE)
        assert (call.role, call.state, call.billed_milli) == ("opinion", "done", charge["milli"])
        assert call.quoted_milli > charge["milli"]
        assert "grey coat" in call.request["data"] and "grey coat" not in call.request["instructions"]
        assert (balance().wallet, balance().held) == (before - charge["milli"], 0)
        assert verify().intact
    client.force_login(user)
    path = {"studio": studio.slug, "project": episode.project_id, "episode": episode.pk}
    page = client.get(reverse("episodes:shot", kwargs={**path, "shot": take.shot_id})).content.decode()
    assert "Opinion of language_google/gemini-3.8-flash" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_gate_b_shows_the_opinion_and_decides_without_it(
    studio: Studio, user: Any, client: Client, connected: FakeEngine
) -> None:
    episode = _start(studio, user)
    _approve(studio, user, episode)
    work(studio.pk, skip=("episodes.ask_opinion",))
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        assert episode.state == "gate_b"
        seen = gates.refresh(episode, "b").subject_digest
    work(studio.pk)
    client.force_login(user)
    path = {"studio": studio.slug, "project": episode.project_id, "episode": episode.pk, "gate": "b"}
    page = client.get(reverse("episodes:gate", kwargs=path)).content.decode()
    assert "Opinion of language_google/gemini-3.8-flash" in page and "Wardrobe 82" in page
    with studio_scope(studio, actor=user):
        assert gates.refresh(episode, "b").subject_digest == seen
        gates.decide(episode=episode, gate="b", approve=True, seen=seen, actor=user)
        episode.refresh_from_db()
        assert episode.state == "assembling"


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
@pytest.mark.parametrize(
    ("faults", "charges", "says"),
    [
        (("wrong_mime", "truncated") * 2, 4, "cut short"),
        (("moderated",), 0, "rules refuse"),
    ],
)
def test_without_an_answer_the_measurements_stand_alone_and_nobody_pays(
    faults: tuple[str, ...], charges: int, says: str, studio: Studio, user: Any, connected: FakeEngine
) -> None:
    episode = _start(studio, user)
    with studio_scope(studio, actor=user):
        before = balance().wallet
    _approve(studio, user, episode)
    connected.schedule(*faults)
    work(studio.pk, skip=SOUNDS)
    assert len(connected.charged()) == charges
    with studio_scope(studio, actor=user):
        take = Take.objects.get(stage="clip")
        assert says in take.meta["opinion"]["none"]
        assert take.score["verdict"] in ("pass", "retake")
        job = Job.objects.get(kind="episodes.ask_opinion")
        assert job.state == "done"
        assert (balance().wallet, balance().held) == (before, 0)
        assert verify().intact


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_nobody_is_asked_where_no_account_is_put_first(
    studio: Studio, user: Any, fake_engine: FakeEngine, settings: Any
) -> None:
    settings.SLATE_LOCAL_ENGINES = True
    with studio_scope(studio, actor=user):
        connect(engine=ENGINE, base_url=f"{fake_engine.url}/{ENGINE}", token="t", roles=[], actor=user)
    episode = _start(studio, user)
    evidence = _approve(studio, user, episode)
    assert "opinion" not in evidence["shots"][0]["routes"]
    assert evidence["quote"]["high"] == 0
    work(studio.pk, skip=SOUNDS)
    with studio_scope(studio, actor=user):
        assert not Job.objects.filter(kind="episodes.ask_opinion").exists()
        assert Take.objects.get(stage="clip").score["judge"].startswith("lens")
    assert fake_engine.charged() == []
