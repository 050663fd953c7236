"""A priced engine takes one stage: nothing leaves before Gate A, the cap holds, a person approves before the clip."""

from __future__ import annotations

from typing import Any

import pytest

from billing.queries import balance, verify
from engines.services import connect
from episodes import gates, services
from episodes.models import Episode, Take
from episodes.queries import waiting_approvals
from studio.queries import inbox
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]

SCRIPT = """Title: One still

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on INES]]
INES (34) in a grey coat waits.
"""
KEYFRAME_MILLI = 4_000


@pytest.fixture
def episode(studio: Studio, user: Any, fake_engine: FakeEngine) -> Episode:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe"], actor=user)
        built = start_project(text=SCRIPT, filename="one.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


@pytest.mark.django_db
@pytest.mark.usefixtures("vault_ground")
def test_paid_keyframe_waits_for_gate_a_and_for_a_person(
    studio: Studio, user: Any, episode: Episode, fake_engine: FakeEngine
) -> None:
    work(studio.pk)
    with studio_scope(studio, actor=user):
        assert Take.objects.filter(stage="board").count() == 1
        review = services.submit(episode=episode, actor=user)
        assert review.evidence["quote"]["low"] == KEYFRAME_MILLI
        assert fake_engine.charges() == []
        before = balance().wallet
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=("episodes.make_clip", "episodes.make_score", "episodes.make_ambience"))
    with studio_scope(studio, actor=user):
        assert len(fake_engine.charges()) == 1
        assert (balance().wallet, balance().held) == (before - KEYFRAME_MILLI, 0)
        assert verify().intact
        take = Take.objects.select_related("episode").get(stage="keyframe")
        assert (take.engine, take.cost_milli) == ("fake", KEYFRAME_MILLI)
        assert waiting_approvals(episode).count() == 1
        assert any(item.title.startswith("Keyframes") for item in inbox())
        clip = Job.objects.get(kind="episodes.make_clip")
        # The approval, and the control passes that wait for it too.
        assert clip.deps_left == 2
        services.approve_keyframe(take=take, actor=user)
    work(studio.pk, skip=("episodes.make_clip", "episodes.make_score", "episodes.make_ambience"))
    with studio_scope(studio, actor=user):
        assert waiting_approvals(episode).count() == 0
        clip.refresh_from_db()
        assert (clip.deps_left, clip.waiting_for, clip.state) == (0, "", "queued")


@pytest.mark.django_db
def test_cap_below_the_price_stops_the_call_before_it_is_sent(
    studio: Studio, user: Any, episode: Episode, fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        gates.decide(
            episode=episode,
            gate="a",
            approve=True,
            seen=review.subject_digest,
            actor=user,
            cap_milli=KEYFRAME_MILLI - 1,
        )
    work(
        studio.pk,
        skip=("episodes.make_clip", "episodes.make_score", "episodes.make_ambience", "episodes.draw_board"),
    )
    with studio_scope(studio, actor=user):
        job = Job.objects.get(kind="episodes.make_keyframe")
        assert (job.state, (job.error or {}).get("code")) == ("failed", "engine.spend_refused")
        assert fake_engine.charges() == []
        assert (balance().held, verify().intact) == (0, True)
