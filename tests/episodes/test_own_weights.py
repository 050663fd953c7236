"""A production whose stills are drawn, and whose character is learned, with weights of this machine.

Skipped without the libraries: `./slate engines install`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engines import crew
from engines.adapters import diffusion
from engines.models import EngineCall
from engines.policy import set_policy
from episodes import gates, services
from episodes.models import Episode, Take
from studio.services import Brief, start_project
from talent import training as verbs
from talent.models import Character, Reference, Training
from talent.queries import training_state
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.episodes.working import work
from tests.vault.conftest import media, signer, vault_ground
from vault.services import store
from workflow.models import Job

if lacking := diffusion.missing():
    pytest.skip(f"{', '.join(lacking)} not installed: ./slate engines install", allow_module_level=True)

from tests.engines.adapters import tiny_models

__all__ = ["media", "signer", "vault_ground"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SCRIPT = """Title: One face

INT. OFFICE - NIGHT

[[shot: cu eye_level static 50mm 1s on INES]]
INES (34) in a grey coat waits.
"""
STILLS = ("episodes.make_clip", "episodes.make_score", "episodes.make_ambience")


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    diffusion.kit().torch.set_num_threads(1)
    tiny_models.still(tmp_path / "weights" / "still")
    monkeypatch.setenv("SLATE_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr(crew, "_health", {})
    return tmp_path / "weights"


@pytest.fixture
def episode(studio: Studio, user: Any, weights: Path) -> Episode:
    with studio_scope(studio, actor=user):
        brief = Brief(quality="draft")
        built = start_project(text=SCRIPT, filename="one.fountain", brief=brief, actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


def made(studio: Studio, user: Any, episode: Episode) -> Take:
    with studio_scope(studio, actor=user):
        episode.refresh_from_db()
        review = services.submit(episode=episode, actor=user)
        gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)
    work(studio.pk, skip=STILLS)
    with studio_scope(studio, actor=user):
        return Take.objects.select_related("asset").get(stage="keyframe", chosen=True)


def test_keyframes_of_a_production_that_names_own_weights_are_drawn_with_them(
    studio: Studio, user: Any, episode: Episode
) -> None:
    with studio_scope(studio, actor=user):
        only = ["local_diffusers/still"]
        set_policy(about=f"project:{episode.project_id}", only=only, never=[], regions=[], actor=user)
    take = made(studio, user, episode)
    with studio_scope(studio, actor=user):
        assert (take.engine, take.model, take.meta["weights"]) == ("local_diffusers", "still", "still")
        assert take.asset.signed and "trainedAlgorithmicMedia" in str(take.asset.provenance)
        call = EngineCall.objects.select_related("job").get(pk=take.call_id)
        assert (call.job.queue, call.job.attempts, call.n) == ("gpu", 0, 1)
        assert take.meta["outfits"] == {"offered": [], "worn": []}
        assert Job.objects.filter(kind="episodes.make_keyframe", queue="gpu").count() == 1


def test_what_is_learned_of_a_character_is_worn_in_its_close_up(
    studio: Studio, user: Any, episode: Episode, media: dict[str, Path]
) -> None:
    with studio_scope(studio, actor=user):
        ines = Character.objects.get(slug="ines")
        for number, view in enumerate(("front", "three_quarter", "profile", "full_body")):
            asset = store(media["frame.png"], kind="reference", title=view, mime="image/png")
            Reference.objects.create(character=ines, view=view, position=number, asset=asset)
        pictures = {one.pk: "in a red coat" for one in Reference.objects.all()}
        lesson = verbs.Lesson(
            "still", pictures, "mara", (32, 32), rank=2, steps=4, learning_rate=0.05, seed=2
        )
        asked = verbs.start(character=ines, lesson=lesson, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        row = Training.objects.select_related("character", "job", "lora").get(pk=asked.pk)
        assert (training_state(row), len(row.losses), row.job and row.job.error) == ("done", 4, None)
        verbs.wear(training=row, scale=1, actor=user)
        assert row.lora is not None
        sha256 = row.lora.sha256
    take = made(studio, user, episode)
    with studio_scope(studio, actor=user):
        assert (take.engine, take.meta["outfits"]["worn"]) == ("local_diffusers", [sha256])
        assert take.prompt.startswith("mara. ")
