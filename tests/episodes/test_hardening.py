"""Words that an engine's rules refuse are put milder once, where the studio allows it; both prompts are kept."""

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

SCRIPT = """Title: One refusal

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits beside the blood.
"""
LANGUAGE = "language_openai"
LATER = ("episodes.make_clip", "episodes.make_score", "episodes.make_ambience", "episodes.draw_board")
CAP = 100_000


@pytest.fixture
def episode(studio: Studio, user: Any, fake_engine: FakeEngine, settings: Any) -> Episode:
    settings.SLATE_LOCAL_ENGINES = True
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe"], actor=user)
        built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


def _allow(studio: Studio, user: Any, fake_engine: FakeEngine) -> None:
    with studio_scope(studio, actor=user):
        url = f"{fake_engine.url}/{LANGUAGE}"
        connect(engine=LANGUAGE, base_url=url, token="t", roles=["harden"], actor=user)


def _generate(studio: Studio, user: Any, episode: Episode) -> Job:
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        seen = review.subject_digest
        gates.decide(episode=episode, gate="a", approve=True, seen=seen, actor=user, cap_milli=CAP)
    work(studio.pk, skip=LATER)
    with studio_scope(studio, actor=user):
        return Job.objects.get(kind="episodes.make_keyframe")


def _calls() -> list[tuple[str, str]]:
    return list(EngineCall.objects.exclude(engine="previs").order_by("n").values_list("role", "state"))


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
@pytest.mark.parametrize("between", [(), ("rate_limit",)])
def test_refused_words_are_put_milder_once_and_both_prompts_are_kept(
    between: tuple[str, ...],
    studio: Studio,
    user: Any,
    client: Client,
    episode: Episode,
    fake_engine: FakeEngine,
) -> None:
    _allow(studio, user, fake_engine)
    # the order is refused, the language model answers (after a wait), the milder order is taken
    fake_engine.schedule("moderated", *between, "", "")
    job = _generate(studio, user, episode)
    with studio_scope(studio, actor=user):
        assert job.state == "done", job.error
        assert _calls() == [("keyframe", "failed"), ("harden", "done"), ("keyframe", "done")]
        first, asked, second = EngineCall.objects.exclude(engine="previs").order_by("n")
        take = Take.objects.get(stage="keyframe")
        assert take.prompt == second.request["prompt"] == "As far as frame 1 shows (prompt)."
        assert take.meta["refused_prompt"] == first.request["prompt"] == asked.request["data"]
        assert "blood" in take.meta["refused_prompt"] and "blood" not in asked.request["instructions"]
        assert take.meta["softened"]["call"] == str(asked.pk)
        assert [row["engine"] for row in fake_engine.charged()] == [LANGUAGE, "fake"]
        assert (balance().held, verify().intact) == (0, True)
    client.force_login(user)
    path = {"studio": studio.slug, "project": episode.project_id, "episode": episode.pk}
    page = client.get(reverse("episodes:shot", kwargs={**path, "shot": take.shot_id})).content.decode()
    assert "put milder by language_openai/" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_a_second_refusal_stands(
    studio: Studio, user: Any, episode: Episode, fake_engine: FakeEngine
) -> None:
    _allow(studio, user, fake_engine)
    fake_engine.schedule("moderated", "", "moderated")
    job = _generate(studio, user, episode)
    with studio_scope(studio, actor=user):
        assert (job.state, (job.error or {})["code"]) == ("failed", "engine.moderation_input")
        assert _calls() == [("keyframe", "failed"), ("harden", "done"), ("keyframe", "failed")]
        assert (balance().held, verify().intact) == (0, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_without_milder_words_the_refusal_stands(
    studio: Studio, user: Any, episode: Episode, fake_engine: FakeEngine
) -> None:
    _allow(studio, user, fake_engine)
    fake_engine.schedule("moderated", *["wrong_mime"] * 4)
    job = _generate(studio, user, episode)
    with studio_scope(studio, actor=user):
        assert (job.state, (job.error or {})["code"]) == ("failed", "engine.moderation_input")
        assert {role for role, state in _calls() if state == "done"} == set()
        assert balance().held == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_nobody_is_asked_for_milder_words_where_the_studio_does_not_allow_it(
    studio: Studio, user: Any, episode: Episode, fake_engine: FakeEngine
) -> None:
    fake_engine.schedule("moderated")
    job = _generate(studio, user, episode)
    with studio_scope(studio, actor=user):
        assert (job.state, (job.error or {})["code"]) == ("failed", "engine.moderation_input")
        assert _calls() == [("keyframe", "failed")]
    assert fake_engine.charged() == []
