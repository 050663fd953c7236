"""Reference pictures in orders: who goes first, what an engine is given, what grows old by them, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from engines.services import connect
from episodes import gates, production, services
from episodes.models import Episode, Shot, Take
from episodes.queries import board, chosen_takes, shots_of
from episodes.references import outdated_digest, pictures_of
from scenes.models import Reference as PlacePicture
from studio.services import Brief, start_project
from talent.models import Character, Reference
from tenancy.models import Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.working import work
from tests.vault.conftest import media, signer, vault_ground
from vault.models import Asset
from vault.provenance import verify_file
from vault.services import local_path, store
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "media", "signer", "vault_ground"]
pytestmark = pytest.mark.django_db
SCRIPT = """Title: Two faces

INT. OFFICE - NIGHT

[[shot: ms eye_level static 35mm 1s on ANA, BEN]]
ANA (34) and BEN (40) look at the brass compass.

BEN
It points north.
"""
STILLS_ONLY = ("episodes.make_clip", "episodes.make_score", "episodes.make_ambience", "episodes.make_speech")


@pytest.fixture
def episode(studio: Studio, user: Any, vault_ground: Any) -> Episode:
    with studio_scope(studio, actor=user):
        built = start_project(text=SCRIPT, filename="two.fountain", brief=Brief(), actor=user)
        return Episode.objects.select_related("project").get(project=built.project)


@pytest.fixture
def pictures(studio: Studio, user: Any, episode: Episode, media: Any) -> list[str]:
    """Two of each of the cast, one of the place, two props of which the shot names one. Returns their titles."""
    with studio_scope(studio, actor=user):
        for slug in ("ana", "ben"):
            who = Character.objects.get(slug=slug)
            for place, view in enumerate(("front", "profile")):
                kept(Reference, media, character=who, view=view, position=place)
        scene = shot_of(episode).scene
        kept(PlacePicture, media, scene=scene, view="prop", prop="brass compass", position=0)
        kept(PlacePicture, media, scene=scene, view="prop", prop="pass", position=1)
        kept(PlacePicture, media, scene=scene, view="wide", position=2)
        return [one.title for one in pictures_of(shot_of(episode))]


def kept(model: Any, media: Any, **facts: Any) -> Any:
    number = Asset.objects.count()
    path = media["frame.png"].with_name(f"picture-{number}.png")
    path.write_bytes(media["frame.png"].read_bytes() + bytes([number]))
    asset = store(path, kind="reference", title=f"picture {number}", mime="image/png")
    return model.objects.create(asset=asset, **facts)


def shot_of(episode: Episode) -> Shot:
    found: Shot = shots_of(episode).get()
    return found


def test_speaker_then_cast_then_place_then_the_props_that_are_named(pictures: list[str]) -> None:
    assert pictures == [
        "“Ben”, front",
        "“Ana”, front",
        "“Ben”, profile",
        "“Ana”, profile",
        "the place “OFFICE”, wide",
        "the prop “brass compass”",
    ]


def approve(episode: Episode, user: Any) -> None:
    episode.refresh_from_db()
    review = services.submit(episode=episode, actor=user)
    gates.decide(episode=episode, gate="a", approve=True, seen=review.subject_digest, actor=user)


def test_the_engine_gets_as_many_as_it_takes_and_the_page_tells_of_the_rest(
    studio: Studio,
    user: Any,
    episode: Episode,
    pictures: list[str],
    fake_engine: FakeEngine,
    client_in: Client,
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe"], actor=user)
        approve(episode, user)
    work(studio.pk, skip=STILLS_ONLY)
    with studio_scope(studio, actor=user):
        take = Take.objects.select_related("asset").get(stage="keyframe")
        assert [title for title, _ in take.meta["references"]["sent"]] == pictures[:4]
        call = take.call_id
        with local_path(take.asset) as path:
            report = verify_file(path, isolated=True)
        told = {one["title"]: one["sha256"] for one in report.facts["references"]}
        assert sorted(told) == [f"reference {n}" for n in range(1, 5)]
        assert sorted(told.values()) == sorted(sha for _, sha in take.meta["references"]["sent"])
    page = client_in.get(f"/s/{studio.slug}/engines/calls/{call}/").content.decode()
    assert "Not sent" in page
    assert f"{pictures[4]}: the engine takes 4" in page
    (charge,) = fake_engine.charged()
    assert [one["title"] for one in charge.get("inputs", [])] in ([], pictures[:4])


def test_other_pictures_make_stale_what_was_made_with_them(
    studio: Studio, user: Any, episode: Episode, pictures: list[str], fake_engine: FakeEngine
) -> None:
    with studio_scope(studio, actor=user):
        connect(engine="fake", base_url=fake_engine.url, token="t", roles=["keyframe"], actor=user)
        approve(episode, user)
    work(studio.pk, skip=STILLS_ONLY)
    with studio_scope(studio, actor=user):
        assert [card.stale for card in board(episode)] == [False]
        # the sixth is beyond the engine's four slots: nothing changes for it
        PlacePicture.objects.filter(prop="brass compass").delete()
        assert [card.stale for card in board(episode)] == [False]
        Reference.objects.get(character__slug="ben", view="front").delete()
        assert [card.stale for card in board(episode)] == [True]
        before = Job.objects.filter(kind="episodes.make_keyframe").count()
        production.start(episode, None, user)
        assert Job.objects.filter(kind="episodes.make_keyframe").count() == before + 1
    work(studio.pk, skip=(*STILLS_ONLY, "episodes.takes"))
    with studio_scope(studio, actor=user):
        newest = Take.objects.get(stage="keyframe", chosen=True)
        assert newest.number == 2
        assert newest.meta["references"]["sent"][0][0] == "“Ben”, profile"
        assert [card.stale for card in board(episode)] == [False]
        production.start(episode, None, user)
        assert Job.objects.filter(kind="episodes.make_keyframe").count() == before + 1


def test_what_the_built_in_engine_draws_does_not_depend_on_them(
    studio: Studio, user: Any, episode: Episode, media: Any
) -> None:
    with studio_scope(studio, actor=user):
        approve(episode, user)
    work(studio.pk, skip=STILLS_ONLY)
    with studio_scope(studio, actor=user):
        first = Take.objects.get(stage="keyframe")
        assert "references" not in first.meta
        kept(Reference, media, character=Character.objects.get(slug="ana"), view="front")
        shot = shot_of(episode)
        assert outdated_digest(shot, chosen_takes(episode), pictures_of(shot)) == ""
        assert [card.stale for card in board(episode)] == [False]
        jobs = Job.objects.filter(kind="episodes.make_keyframe").count()
        production.start(episode, None, user)
        assert Job.objects.filter(kind="episodes.make_keyframe").count() == jobs
        services_redo(episode, user)
    work(studio.pk, skip=(*STILLS_ONLY, "episodes.takes"))
    with studio_scope(studio, actor=user):
        second = Take.objects.get(stage="keyframe", chosen=True)
        assert (second.number, second.request_digest) == (2, first.request_digest)
        assert second.asset.provenance["facts"]["references"] == []


def services_redo(episode: Episode, user: Any) -> None:
    """Another take of the shot, with a picture in the roster by now."""
    Shot.objects.filter(episode=episode).update(retakes=1)
    production.start(episode, None, user)
