"""Engines side by side: drafts from one anchor, measured, within the cap of Gate A; the pick is logged and counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.queries import balance, verify
from craft.terms.digest import digest
from engines.models import EngineCall, EnginePolicy
from engines.services import connect
from episodes import comparing, evidence, gates, services
from episodes.comparing import ComparisonRefused
from episodes.models import Comparison, Episode, Shot, Take
from episodes.queries import chosen_takes, shots_of
from studio.services import Brief, start_project
from tenancy.errors import SlateError
from tenancy.models import AuditRow, Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SCRIPT = """Title: One still

INT. OFFICE - NIGHT

[[shot: ms eye_level pan left 35mm 1s on INES]]
INES (34) in a grey coat waits.
"""
PAIR = ["previs/animatic", "fake/clip"]
LATER = ("episodes.make_clip", "episodes.make_score", "episodes.make_ambience")


@pytest.fixture
def shot(studio: Studio, user: Any, fake_engine: FakeEngine) -> Shot:
    """A shot whose keyframe is made and whose budget was approved at Gate A."""
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=[], actor=user)
        built = start_project(
            text=SCRIPT, filename="one.fountain", brief=Brief(cap_milli=100_000), actor=user
        )
        episode = Episode.objects.select_related("project").get(project=built.project)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=LATER)
    with studio_scope(studio, actor=user):
        Episode.objects.update(cap_milli=100_000)
        return shots_of(Episode.objects.select_related("project").get(pk=episode.pk)).get()


def compared(studio: Studio, user: Any, shot: Shot) -> Comparison:
    with studio_scope(studio, actor=user):
        made = comparing.ask(shot=shot, models=PAIR, actor=user)
    work(studio.pk, skip=LATER)
    return made


def test_drafts_come_from_one_anchor_and_one_instruction_and_are_measured(
    studio: Studio, user: Any, shot: Shot, fake_engine: FakeEngine
) -> None:
    made = compared(studio, user, shot)
    with studio_scope(studio, actor=user):
        drafts = comparing.drafts_of(made)
        assert list(drafts) == PAIR and all(drafts.values())
        calls = EngineCall.objects.filter(pk__in=[t.call_id for t in drafts.values() if t])
        seen = [{k: v for k, v in call.request.items() if k != "controls"} for call in calls]
        assert digest("t", 1, seen[0]) == digest("t", 1, seen[1])
        assert seen[0]["first"]["sha256"] == made.anchor.asset.sha256 and seen[0]["width"] == 640
        drawn = drafts["previs/animatic"]
        assert drawn is not None
        found = comparing.compliance(shot, drawn.score["report"])
        assert (found.asked, found.seen, found.kept) == ("pan left", "pan left", True)
        assert len(fake_engine.charges()) == 1
        assert ("clip", shot.pk) not in chosen_takes(shot.episode)
        assert balance().held == 0 and verify().intact


def test_pick_is_logged_and_the_shot_is_made_by_that_model(studio: Studio, user: Any, shot: Shot) -> None:
    made = compared(studio, user, shot)
    with studio_scope(studio, actor=user):
        take = comparing.drafts_of(made)["fake/clip"]
        assert take is not None
        comparing.pick(comparison=made, take=take, use="engine", note="better hands", actor=user)
    with studio_scope(studio, actor=user):
        assert EnginePolicy.objects.get(about=f"shot:{shot.pk}").only == ["fake/clip"]
        routes = evidence.gate_a(shot.episode)["shots"][0]["routes"]
        assert {role: row["engine"] for role, row in routes.items()} == {
            "keyframe": "previs/animatic",
            "clip": "fake/clip",
            "judge": "lens/measures",
        }
        row = AuditRow.objects.get(action="comparison.picked")
        assert row.data["picked"] == "fake/clip" and set(row.data["scores"]) == set(PAIR)
    work(studio.pk, skip=LATER[1:])
    with studio_scope(studio, actor=user):
        clip = Take.objects.get(stage="clip")
        assert (clip.engine, clip.model) == ("fake", "clip")


def test_draft_itself_can_be_used(studio: Studio, user: Any, shot: Shot) -> None:
    made = compared(studio, user, shot)
    with studio_scope(studio, actor=user):
        take = comparing.drafts_of(made)["previs/animatic"]
        assert take is not None
        comparing.pick(comparison=made, take=take, use="draft", note="", actor=user)
        used = chosen_takes(shot.episode)["clip", shot.pk]
        assert used.asset_id == take.asset_id and used.stage == "clip"
        assert not EnginePolicy.objects.exists()


@pytest.mark.parametrize("models", [["previs/animatic"], [], ["previs/animatic", "nobody/x"]])
def test_what_cannot_be_compared_is_refused_and_queues_nothing(
    studio: Studio, user: Any, shot: Shot, models: list[str]
) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(ComparisonRefused):
            comparing.ask(shot=shot, models=models, actor=user)
        assert not Comparison.objects.exists()


def test_drafts_keep_to_the_cap(studio: Studio, user: Any, shot: Shot, fake_engine: FakeEngine) -> None:
    with studio_scope(studio, actor=user):
        Episode.objects.update(cap_milli=100)
    made = compared(studio, user, shot)
    with studio_scope(studio, actor=user):
        job = comparing.jobs_of(made)["fake/clip"]
        assert job.state == "failed" and (job.error or {})["code"] == "engine.spend_refused"
        assert fake_engine.charges() == [] and comparing.drafts_of(made)["fake/clip"] is None


def test_pages_ask_show_and_pick(client_in: Client, studio: Studio, user: Any, shot: Shot) -> None:
    root = f"/s/{studio.slug}/p/{shot.episode.project_id}/episodes/{shot.episode_id}"
    page = client_in.get(f"{root}/shots/{shot.pk}/compare/").content.decode()
    assert "fake/clip" in page and "Make drafts" in page
    assert client_in.post(f"{root}/shots/{shot.pk}/compare/", {"models": PAIR[:1]}).status_code == 422
    asked = client_in.post(f"{root}/shots/{shot.pk}/compare/", {"models": PAIR})
    assert asked.status_code == 302
    work(studio.pk, skip=LATER)
    shown = client_in.get(asked["Location"]).content.decode()
    assert "Camera seen" in shown and "as asked" in shown
    with studio_scope(studio):
        made = Comparison.objects.get()
        take = comparing.drafts_of(made)["previs/animatic"]
    assert take is not None
    picked = client_in.post(
        f"{asked['Location']}pick/", {"take": str(take.pk), "use": "draft", "note": "<b>"}
    )
    assert picked.status_code == 302
    after = client_in.get(asked["Location"]).content.decode()
    assert "Picked: previs/animatic" in after and "&lt;b&gt;" in after
    refused = client_in.post(f"{asked['Location']}pick/", {"take": str(take.pk), "use": "nothing"})
    assert refused.status_code == 422 and issubclass(ComparisonRefused, SlateError)
