"""What a script leaves open is proposed by a language model and taken over by a person; the rules decide the rest."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.queries import balance, verify
from engines.services import connect
from episodes import proposing
from episodes.models import Episode, Shot
from studio.services import Brief, start_project
from talent.models import Character
from tenancy.errors import SlateError
from tenancy.models import AuditRow, Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from workflow.models import Job

__all__ = ["engine_process", "fake_engine"]

SCRIPT = """Title: Left open

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 2s on INES]]
INES (34, grey coat) sits at the desk.

[[shot: cu eye_level static 50mm 2s on AUGUST]]
AUGUST
Who is there?
"""
ENGINE = "language_anthropic"
DEAR = 10**9


@pytest.fixture
def connected(studio: Studio, user: Any, fake_engine: FakeEngine, settings: Any) -> FakeEngine:
    settings.SLATE_LOCAL_ENGINES = True
    with studio_scope(studio, actor=user):
        url = f"{fake_engine.url}/{ENGINE}"
        connect(engine=ENGINE, base_url=url, token="t", roles=["breakdown"], actor=user)
    return fake_engine


@pytest.fixture
def episode(studio: Studio, user: Any) -> Episode:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="open.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project", "source").get(project=built.project)


def _page(studio: Studio, episode: Episode) -> str:
    path = {"studio": studio.slug, "project": episode.project_id, "episode": episode.pk}
    return reverse("episodes:proposals", kwargs=path)


@pytest.mark.django_db
def test_rules_alone_say_what_is_left_open(
    studio: Studio, user: Any, client: Client, episode: Episode
) -> None:
    with studio_scope(studio, actor=user):
        left = proposing.left_open(episode)
        assert [c.name for c in left.people] == ["August"]
        assert [shot.number for shot in left.shots] == [2]
        with pytest.raises(SlateError, match="No engine goes first"):
            proposing.ask(episode=episode, cap_milli=DEAR, actor=user)
    client.force_login(user)
    page = client.get(_page(studio, episode)).content.decode()
    assert "1 people whom nothing describes, 1 shots" in page and "No engine goes first" in page


@pytest.mark.django_db
def test_proposals_are_asked_within_the_seen_price_and_taken_over_by_a_person(
    studio: Studio, user: Any, client: Client, episode: Episode, connected: FakeEngine
) -> None:
    client.force_login(user)
    url = _page(studio, episode)
    with studio_scope(studio, actor=user):
        before = balance().wallet
        high = proposing.price(episode, proposing.left_open(episode)).high
    assert f'name="cap" value="{high}"' in client.get(url).content.decode()
    assert client.post(url, {"cap": str(high)}).status_code == 302
    work(studio.pk, skip=("episodes.draw_board",))
    (charge,) = connected.charged()
    with studio_scope(studio, actor=user):
        assert (balance().wallet, balance().held) == (before - charge["milli"], 0)
        assert verify().intact
        # an answer changes nothing by itself
        assert Character.objects.get(name="August").description == ""
        assert Shot.objects.get(number=2).action == ""
        rows = proposing.rows(episode, proposing.newest(episode))
        assert [(row.title, row.state) for row in rows] == [("August", "open"), ("S02", "open")]
    page = client.get(url).content.decode()
    assert "August wears a grey coat." in page and "August sits down." in page
    assert client.post(url, {"keys": [row.key for row in rows]}).status_code == 302
    with studio_scope(studio, actor=user):
        august = Character.objects.get(name="August")
        assert (august.description, august.bible_version) == ("August wears a grey coat.", 2)
        shot = Shot.objects.get(number=2)
        assert shot.action == "August sits down."
        assert shot.notes == "Proposed by language_anthropic/claude-sonnet-5-5: August sits down."
        assert [cue["action"] for cue in shot.staging["cues"]] == ["sit"]
        assert AuditRow.objects.filter(action="proposal.taken").count() == 2
        assert not proposing.left_open(episode)
        assert {row.state for row in proposing.rows(episode, proposing.newest(episode))} == {"taken"}
    assert client.get(url).content.decode().count("taken over") >= 2


@pytest.mark.django_db
def test_the_same_question_is_paid_once(
    studio: Studio, user: Any, episode: Episode, connected: FakeEngine
) -> None:
    for _ in range(2):
        with studio_scope(studio, actor=user):
            job = proposing.ask(episode=episode, cap_milli=DEAR, actor=user)
        work(studio.pk, skip=("episodes.draw_board",))
    with studio_scope(studio, actor=user):
        assert Job.objects.get(pk=job.pk).state == "done"
    assert len(connected.charged()) == 1


@pytest.mark.django_db
def test_dearer_than_seen_is_not_sent(
    studio: Studio, user: Any, episode: Episode, connected: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        job = proposing.ask(episode=episode, cap_milli=1, actor=user)
    work(studio.pk, skip=("episodes.draw_board",))
    with studio_scope(studio, actor=user):
        failed = Job.objects.get(pk=job.pk)
        assert (failed.state, (failed.error or {})["code"]) == ("failed", "proposals.refused")
        assert balance().held == 0
    assert connected.charged() == []


@pytest.mark.django_db
def test_an_answer_that_does_not_fit_leaves_the_board_as_the_rules_made_it(
    studio: Studio, user: Any, client: Client, episode: Episode, connected: FakeEngine
) -> None:
    # two models of the vendor, each asked twice: the tier has failover
    connected.schedule(*["wrong_mime"] * 4)
    with studio_scope(studio, actor=user):
        before = balance().wallet
        proposing.ask(episode=episode, cap_milli=DEAR, actor=user)
    work(studio.pk, skip=("episodes.draw_board",))
    assert len(connected.charged()) == 4
    with studio_scope(studio, actor=user):
        assert (balance().wallet, balance().held) == (before, 0)
        job = proposing.newest(episode)
        assert job is not None and job.state == "failed" and proposing.rows(episode, job) == []
        assert Shot.objects.get(number=2).action == ""
    client.force_login(user)
    assert "not in the shape" in client.get(_page(studio, episode)).content.decode()


def test_only_what_was_asked_for_is_kept() -> None:
    answer = {
        "people": [{"key": "stranger", "text": "Tall."}],
        "shots": [{"key": "stranger", "text": "Runs."}],
    }
    assert proposing.cleaned(answer, proposing.LeftOpen((), ())) == {"people": [], "shots": []}
