"""A clip that measures badly is made again by another engine, within cap and tier, and the better one is kept."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Tier
from billing.queries import balance, verify
from engines.models import EngineCall
from engines.services import connect
from episodes import gates, second_try, services
from episodes.models import Episode, Take
from episodes.queries import chosen_takes, picture_of, shots_of
from studio.services import Brief, start_project
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SCRIPT = """Title: One still

INT. OFFICE - NIGHT

[[shot: ms eye_level pan left 35mm 1s on INES]]
INES (34) in a grey coat waits.
"""
SOUND = ("episodes.make_score", "episodes.make_ambience", "episodes.make_effects")
CLIP_MILLI = 6_000


def produced(studio: Studio, user: Any, engine: FakeEngine, cap: int) -> Episode:
    """A shot whose clip the fake engine makes first, and nothing is to be seen in it."""
    engine.schedule("black")
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=engine.url, token="t", roles=["clip", "action"], actor=user)
        built = start_project(
            text=SCRIPT, filename="one.fountain", brief=Brief(cap_milli=100_000), actor=user
        )
        episode = Episode.objects.select_related("project").get(project=built.project)
        review = services.submit(episode=episode, actor=user)
        gates.decide(
            episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user, cap_milli=cap
        )
    work(studio.pk, skip=(*SOUND, "episodes.draw_board"))
    with studio_scope(studio, actor=user):
        return Episode.objects.select_related("project").get(pk=episode.pk)


def test_badly_measured_clip_goes_to_other_engines_and_the_best_is_kept(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    episode = produced(studio, user, fake_engine, 100_000)
    with studio_scope(studio, actor=user):
        shot = shots_of(episode).get()
        clips = list(Take.objects.filter(stage="clip").order_by("number"))
        verdicts = [take.meta["scored"]["verdict"] for take in clips]
        # it ends with one that passes, or when nobody else is left
        assert set(verdicts[:-1]) == {"retake"}
        assert len({take.model for take in clips}) == len(clips) >= 2, "never the same engine twice"
        bad = {
            f"fake/{take.model}" for take, verdict in zip(clips, verdicts, strict=True) if verdict == "retake"
        }
        assert second_try.scored_low(episode, shot) == bad
        anchors = {call.request["first"]["sha256"] for call in EngineCall.objects.filter(role="clip")}
        assert len(anchors) == 1, "the anchor stays"
        best = max(take.meta["scored"]["total"] for take in clips)
        picture = picture_of(chosen_takes(episode), shot)
        assert (
            picture is not None and picture.meta["scored"]["total"] == best > clips[0].meta["scored"]["total"]
        )
        assert len(fake_engine.charges()) == len(clips)
        assert (balance().held, verify().intact) == (0, True)
        again = EngineCall.objects.get(pk=clips[1].call_id).route["candidates"]
        last = next(row for row in again if row["model"] == f"fake/{clips[0].model}")
        assert "measured badly" in last["why"] and last is again[-1]
        open_jobs = Job.objects.exclude(state__in=("done", "cancelled")).values_list("kind", flat=True)
        assert set(open_jobs) <= {*SOUND, "episodes.draw_board", "episodes.takes_ready"}


def test_cap_ends_the_tries_before_anything_is_sent(
    studio: Studio, user: Any, fake_engine: FakeEngine
) -> None:
    episode = produced(studio, user, fake_engine, CLIP_MILLI)
    with studio_scope(studio, actor=user):
        assert Take.objects.filter(stage="clip").count() == 1
        assert len(fake_engine.charges()) == 1
        assert shots_of(episode).get().state == "awaiting_review"


def test_tier_without_failover_makes_it_once(studio: Studio, user: Any, fake_engine: FakeEngine) -> None:
    for row in Tier.objects.all():
        row.figures = {**row.figures, "failover": False}
        row.save()
    produced(studio, user, fake_engine, 100_000)
    with studio_scope(studio, actor=user):
        assert Take.objects.filter(stage="clip").count() == 1
