"""What characters wear in shots: who is given it, what is told of the rest, what grows old by it, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from craft.terms.shots import ShotRole
from engines.errors import ConsentRefused
from engines.models import EngineCall
from engines.policy import set_policy
from episodes import gates, production, services
from episodes.casting import role_of
from episodes.comparing import candidates
from episodes.models import Episode, Shot, Take
from episodes.persons import seen
from episodes.queries import board, cast_of, shots_of
from episodes.steps import subjects
from episodes.wearing import outfits_of
from studio.services import Brief, start_project
from talent import training as verbs
from talent.consents import Terms, portray, record_consent
from talent.models import Character, Training
from talent.queries import wearing
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.crews import another_crew
from tests.episodes.working import work
from tests.talent import trainer
from tests.vault.conftest import media, signer, vault_ground
from vault.provenance import verify_file
from vault.services import local_path, store
from workflow.models import Job

__all__ = ["media", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SCRIPT = """Title: Two faces

INT. OFFICE - NIGHT

[[shot: cu eye_level static 50mm 1s on INES]]
INES (34) in a grey coat waits.

[[shot: ms eye_level static 35mm 1s on INES, BEN]]
INES and BEN (40) look at the door.
"""
STILLS = ("episodes.make_clip", "episodes.make_score", "episodes.make_ambience")


@pytest.fixture(autouse=True)
def crew_with_a_painter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    trainer.install()
    with another_crew(tmp_path, monkeypatch, trainer.ROWS, trained_still=["drill/still"]):
        yield


@pytest.fixture
def episode(studio: Studio, user: Any) -> Episode:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="two.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


def learned(folder: Path, name: str = "ines", **facts: Any) -> Training:
    """A finished training, as its job leaves it. Call inside a scope."""
    who, number = Character.objects.get(slug=name), Training.objects.count()
    path = folder / f"lora-{number}.safetensors"
    path.write_bytes(trainer.safetensors({"base": {"sha256": trainer.BASE_SHA}, "n": number}))
    asset = store(path, kind="lora", title=f"lora {number}", mime="application/x-safetensors")
    figures: dict[str, Any] = {
        "base": "still",
        "word": "inx",
        "width": 64,
        "height": 64,
        "rank": 2,
        "steps": 5,
    }
    figures |= {"learning_rate": 0.1, "seed": 1, "examples": []}
    told = {"base": {"weights": "still", "sha256": trainer.BASE_SHA}}
    return Training.objects.create(character=who, lora=asset, **{**figures, "facts": told, **facts})


def close(episode: Episode) -> Shot:
    return shots_of(episode).get(number=1)


def approve(episode: Episode, user: Any) -> None:
    episode.refresh_from_db()
    review = services.submit(episode=episode, actor=user)
    gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)


def still_of(shot: Shot) -> Take:
    return Take.objects.select_related("asset").get(stage="keyframe", subject_id=shot.pk, chosen=True)


def call_of(take: Take) -> EngineCall:
    return EngineCall.objects.select_related("job").get(pk=take.call_id)


def test_a_close_up_of_somebody_trained_has_a_role_of_its_own(
    studio: Studio, user: Any, episode: Episode, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        shot = close(episode)
        assert role_of(shot, cast_of(shot), wearing()) is ShotRole.CLOSE_UP
        verbs.wear(training=learned(tmp_path), scale=0.5, actor=user)
        assert role_of(shot, cast_of(shot), wearing()) is ShotRole.TRAINED_CLOSE_UP
        shots = list(shots_of(episode))
        roles = [one.role for one in subjects(episode, shots) if one.id in {str(s.pk) for s in shots}]
        assert roles == ["trained_close_up", "action"]
        told = dict(candidates(shot).rejected)
        assert "SLATE_WEIGHTS" in told["local_diffusers/clip"] or "no weights" in told["local_diffusers/clip"]


def test_the_still_is_made_by_who_can_wear_it_in_the_queue_of_that_engine(
    studio: Studio, user: Any, episode: Episode, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        worn = verbs.wear(training=learned(tmp_path), scale=0.75, actor=user)
        approve(episode, user)
    work(studio.pk, skip=STILLS)
    with studio_scope(studio, actor=user):
        take, sha = still_of(close(episode)), worn.lora.sha256  # type: ignore[union-attr]
        assert (take.engine, take.model, take.prompt[:5]) == ("drill", "still", "inx. ")
        assert take.meta["outfits"] == {"offered": [[worn.file_name, sha, 0.75, "inx"]], "worn": [sha]}
        call = call_of(take)
        assert (call.job.queue, call.route["worn"], call.route["not_worn"]) == ("gpu", [sha], [])
        assert f"wears {worn.file_name}" in call.route["candidates"][0]["why"]
        with local_path(take.asset) as path:
            report = verify_file(path, isolated=True)
        assert {"title": "lora 1", "sha256": sha} in report.facts["references"]
        other = still_of(shots_of(episode).get(number=2))
        assert (other.engine, "outfits" in other.meta, other.prompt[:3] == "inx") == ("previs", False, False)
        told = call_of(other)
        assert (told.job.queue, told.route["worn"]) == ("short", [])
        assert "lora 1" not in [one["title"] for one in other.asset.provenance["facts"]["references"]]


def test_what_is_for_other_weights_is_not_worn_and_the_page_says_so(
    studio: Studio, user: Any, episode: Episode, tmp_path: Path, client_in: Client
) -> None:
    with studio_scope(studio, actor=user):
        other = learned(tmp_path, facts={"base": {"sha256": "cd" * 32}})
        verbs.wear(training=other, scale=1, actor=user)
        approve(episode, user)
    work(studio.pk, skip=STILLS)
    with studio_scope(studio, actor=user):
        take = still_of(close(episode))
        call = call_of(take)
        assert (take.engine, "outfits" in take.meta) == ("previs", False)
        rejected = {one["model"]: one["reason"] for one in call.route["rejected"]}
        assert (
            rejected["drill/still"]
            == f"{other.file_name}: draws with other weights than this was trained for"
        )
        (told,) = call.route["not_worn"]
        assert told == {"title": other.file_name, "reason": "draws from the definitions and wears nothing"}
        bare = take.request_digest
    page = client_in.get(f"/s/{studio.slug}/engines/calls/{call.pk}/").content.decode()
    assert "Not worn" in page and "draws from the definitions and wears nothing" in page
    with studio_scope(studio, actor=user):
        verbs.take_off(training=other, actor=user)
        Shot.objects.filter(pk=close(episode).pk).update(retakes=1)
        production.start(episode, None, user)
    work(studio.pk, skip=(*STILLS, "episodes.takes"))
    with studio_scope(studio, actor=user):
        again = still_of(close(episode))
        assert (again.number, again.request_digest) == (2, bare)


def test_another_lora_makes_stale_what_was_made_with_one_and_nothing_else(
    studio: Studio, user: Any, episode: Episode, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        first = verbs.wear(training=learned(tmp_path), scale=1, actor=user)
        approve(episode, user)
    work(studio.pk, skip=STILLS)

    def stale() -> list[bool]:
        return [card.stale for card in board(episode)]

    def queued() -> int:
        production.start(episode, None, user)
        return Job.objects.filter(kind="episodes.make_keyframe").count()

    with studio_scope(studio, actor=user):
        assert (stale(), queued()) == ([False, False], 2)
        verbs.wear(training=first, scale=0.25, actor=user)
        assert stale() == [True, False]
        verbs.wear(training=first, scale=1, actor=user)
        assert stale() == [False, False]
        second = verbs.wear(training=learned(tmp_path), scale=1, actor=user)
        assert (stale(), queued()) == ([True, False], 3)
    work(studio.pk, skip=(*STILLS, "episodes.takes"))
    with studio_scope(studio, actor=user):
        take = still_of(close(episode))
        assert (take.number, take.meta["outfits"]["worn"]) == (2, [second.lora.sha256])  # type: ignore[union-attr]
        assert (stale(), queued()) == ([False, False], 3)


def test_one_for_stills_and_one_for_clips_are_worn_where_they_fit(
    studio: Studio, user: Any, episode: Episode, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        still = verbs.wear(training=learned(tmp_path), scale=1, actor=user)
        clip = learned(tmp_path, base="clip", facts={"base": {"sha256": "ef" * 32}})
        verbs.wear(training=clip, scale=1, actor=user)
        assert [one.weights for one in outfits_of(close(episode))] == ["clip", "still"]
        set_policy(
            about=f"project:{episode.project_id}", only=["drill/still"], never=[], regions=[], actor=user
        )
        approve(episode, user)
    work(studio.pk, skip=STILLS)
    with studio_scope(studio, actor=user):
        # told by name, the engine makes every still of the production, dressed or not
        takes = [still_of(shot) for shot in shots_of(episode)]
        assert [(take.engine, take.meta["outfits"]["worn"]) for take in takes] == [
            ("drill", [still.lora.sha256]),  # type: ignore[union-attr]
            ("drill", [still.lora.sha256]),  # type: ignore[union-attr]
        ]
        (left,) = call_of(takes[0]).route["not_worn"]
        assert left["title"] == clip.file_name


def test_what_was_learned_of_a_real_person_is_worn_only_under_a_consent_to_training(
    studio: Studio, user: Any, episode: Episode, tmp_path: Path
) -> None:
    day = timezone.now().date() - timedelta(days=1)
    (tmp_path / "form.pdf").write_bytes(b"%PDF signed by Jane")
    with studio_scope(studio, actor=user):
        row = verbs.wear(training=learned(tmp_path), scale=1, actor=user)
        born, ines = day - timedelta(days=365 * 40), Character.objects.get(slug="ines")
        portray(character=ines, person="Jane Doe", born_on=born, actor=user)
        terms = Terms(
            subject="Jane Doe",
            kinds=["likeness"],
            valid_from=day,
            method="signed_form",
            text_version="1",
            granted_by="Jane Doe",
            scope={"uses": ["programme"]},
        )
        record_consent(terms=terms, evidence=tmp_path / "form.pdf", filename="form.pdf", actor=user)
        shot = close(episode)
        assert [use.training for use in seen(shot, episode.project_id)] == [False]
        assert [use.training for use in seen(shot, episode.project_id, wearing())] == [True]
        # Gate A names it before anything is paid, and it may not be put on anew
        (lacks,) = services.submit(episode=episode, actor=user).evidence["consents"]
        assert (lacks["code"], "does not cover training" in lacks["message"]) == ("consent.scope", True)
        row = Training.objects.get(pk=row.pk)
        with pytest.raises(ConsentRefused):
            verbs.wear(training=row, scale=0.5, actor=user)
        verbs.take_off(training=row, actor=user)
        review = gates.refresh(episode, "a")
        assert review is not None and "consents" not in review.evidence
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=STILLS)
    with studio_scope(studio, actor=user):
        assert still_of(close(episode)).engine == "previs"
