"""A performer's film: brought, cut to its shot, acted out by the one engine that can, and only under a consent."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from billing.queries import balance
from craft.render.cutting import frames_of
from engines.models import EngineCall
from engines.services import connect
from episodes import comparing, evidence, performances, planning, running, second_try, services
from episodes.evidence import NoRoute
from episodes.models import Episode, Performance, Take
from episodes.nodes.treating import _order
from episodes.nodes.wiring import Wiring
from episodes.performed import PerformanceRefused, performance_of, settings_of
from episodes.queries import board, consents_used
from pipelines.services import use_ready
from talent.consents import portray, revoke
from talent.models import Character, Consent
from tenancy.errors import Forbidden, SlateError
from tenancy.models import Membership, Studio
from tenancy.scope import studio_scope
from tests.engines.conftest import FakeEngine, engine_process, fake_engine
from tests.episodes.performing import (
    PERFORMER,
    SCRIPT,
    SOUND,
    agreed,
    approved,
    begun,
    brought,
    filmed,
    shots,
)
from tests.episodes.working import work
from tests.triggers import set_aside
from tests.vault.conftest import signer, vault_ground
from vault.errors import UploadRefused
from vault.models import Lineage
from vault.provenance import verify_file
from vault.services import local_path
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
STOP_BEFORE_LIPS = (*SOUND, "episodes.make_lips", "episodes.make_judge")
CHILD = date(timezone.now().year - 10, 1, 1)


@pytest.fixture
def runway(fake_engine: FakeEngine, settings: Any) -> FakeEngine:
    settings.SLATE_LOCAL_ENGINES = True
    return fake_engine


def clips(studio: Studio) -> list[EngineCall]:
    with studio_scope(studio):
        return list(EngineCall.objects.filter(role="clip", engine="runway").order_by("created_at"))


def job_of(studio: Studio, kind: str, episode: Episode) -> Job:
    with studio_scope(studio):
        rows = Job.objects.filter(kind=f"episodes.make_{kind}", payload__subject=str(shots(episode)[0].pk))
        found: Job = rows.latest("created_at")
        return found


def acted_out(
    studio: Studio, user: Any, engine: FakeEngine, folder: Path, *, skip: tuple[str, ...] = STOP_BEFORE_LIPS
) -> tuple[Episode, Consent, Performance]:
    """A film brought and agreed to, Gate A passed, the work done but for what is skipped."""
    episode = begun(studio, user, engine)
    consent = agreed(studio, user, folder)
    film = brought(studio, user, episode, folder)
    approved(studio, user, episode)
    work(studio.pk, skip=skip)
    return episode, consent, film


# -- the whole way


def test_a_shot_is_acted_out_by_the_one_engine_that_can(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    consent = agreed(studio, user, tmp_path)
    film = brought(studio, user, episode, tmp_path, begin="0.5", expression="5", body=False)
    seen = approved(studio, user, episode)
    first, second = seen["shots"]
    assert first["routes"]["clip"]["engine"] == "runway/act-two"
    assert first["performance"]["part"] == [12, 96] and first["performance"]["performer"] == PERFORMER
    assert second["routes"]["clip"]["engine"] != "runway/act-two" and "performance" not in second
    assert seen["quote"]["low"] == 20_000, "four seconds at five credits, and nothing else costs"
    work(studio.pk, skip=SOUND)
    (call,) = clips(studio)
    assert (call.model, call.state, call.billed_milli) == ("act-two", "done", 20_000)
    assert [row["milli"] for row in runway.charged()] == [20_000]
    with studio_scope(studio, actor=user):
        acted, other = shots(episode)
        cut = Take.objects.select_related("asset").get(stage="performance")
        sent = call.sent or {}
        body = sent["body"]
        assert sent["path"] == "/v1/character_performance"
        assert body["reference"]["uri"]["sha256"] == cut.asset.sha256
        still = Take.objects.select_related("asset").get(stage="keyframe", shot=acted)
        assert body["character"]["uri"]["sha256"] == still.asset.sha256
        assert (body["bodyControl"], body["expressionIntensity"], body["ratio"]) == (False, 5, "1280:720")
        assert "promptText" not in body
        with local_path(cut.asset) as path:
            assert frames_of(path) == acted.frames == 96
        clip = Take.objects.select_related("asset").get(stage="clip", shot=acted)
        assert clip.meta["performance"]["id"] == str(film.pk) and clip.prompt == ""
        assert call.route["consents"] == clip.meta["consents"] == [str(consent.pk)]
        assert [one["kind"] for one in consents_used(episode)] == ["performance"]
        with local_path(clip.asset) as path:
            assert verify_file(path, isolated=True).facts["consents"] == [str(consent.pk)]
        roles = dict(Lineage.objects.filter(child=clip.asset).values_list("role", "parent_id"))
        assert roles["performance"] == cut.asset_id
        assert dict(Lineage.objects.filter(child=cut.asset).values_list("role", "parent_id")) == {
            "film": film.asset_id
        }
        plain = Take.objects.get(stage="clip", shot=other)
        assert plain.engine == "previs" and "performance" not in plain.meta
        assert balance().held == 0
        assert not any(card.stale for card in board(episode))


def test_what_is_made_of_an_acted_clip_goes_under_the_performers_consent_too(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode, _, film = acted_out(studio, user, runway, tmp_path)
    with studio_scope(studio, actor=user):
        acted, other = shots(episode)
        for shot, people in ((acted, [PERFORMER]), (other, [])):
            take = Take.objects.select_related("asset").get(stage="clip", shot=shot)
            order = _order("upscale", episode, shot, take, Wiring(node="upscale"), lambda clip: clip, {})  # type: ignore[arg-type,return-value]
            assert [use.person for use in order.uses] == people
        assert order.meta.get("performance") is None
        take = Take.objects.select_related("asset").get(stage="clip", shot=acted)
        made = _order("modifier", episode, acted, take, Wiring(node="modifier"), lambda clip: clip, {})  # type: ignore[arg-type,return-value]
        assert made.meta["performance"]["id"] == str(film.pk), "and so on down the line"


def test_mouths_are_put_on_an_acted_clip_only_under_the_performers_consent(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway, text=SCRIPT.replace("laughs.", "laughs.\n\nINES\nHello there."))
    row = agreed(studio, user, tmp_path)
    brought(studio, user, episode, tmp_path)
    approved(studio, user, episode)
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    with studio_scope(studio, actor=user):
        assert Take.objects.filter(stage="clip", engine="runway").count() == 1
        revoke(consent=row, because="Changed their mind.", actor=user)
    work(studio.pk, skip=SOUND)
    job = job_of(studio, "lips", episode)
    assert (job.state, (job.error or {}).get("code")) == ("failed", "consent.revoked")


def test_a_short_shot_is_sent_three_seconds_and_pays_them(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    agreed(studio, user, tmp_path)
    with studio_scope(studio, actor=user):
        services.edit_shot(shot=shots(episode)[0], changes={"frames": 36}, actor=user)
    brought(studio, user, episode, tmp_path, seconds=3.4)
    assert approved(studio, user, episode)["quote"]["low"] == 15_000
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    (call,) = clips(studio)
    assert (call.state, call.billed_milli) == ("done", 15_000)
    with studio_scope(studio):
        assert Take.objects.get(stage="performance").meta["frames"] == 72
        clip = Take.objects.get(stage="clip", shot=shots(episode)[0])
        assert clip.meta["frames"] == 72, "the edit takes the 36 of the shot"


# -- consent


def nothing(studio: Studio, user: Any, folder: Path) -> None:
    """Nobody was asked."""


def to_likeness(studio: Studio, user: Any, folder: Path) -> None:
    agreed(studio, user, folder, kinds=["likeness", "voice"][:1])


def of_another(studio: Studio, user: Any, folder: Path) -> None:
    agreed(studio, user, folder, subject="Sam Larsen", granted_by="Sam Larsen")


def ended(studio: Studio, user: Any, folder: Path) -> None:
    agreed(studio, user, folder, valid_to=timezone.now().date() - timedelta(days=1))


def taken_back(studio: Studio, user: Any, folder: Path) -> None:
    row = agreed(studio, user, folder)
    with studio_scope(studio, actor=user):
        revoke(consent=row, because="Changed their mind.", actor=user)


def other_character(studio: Studio, user: Any, folder: Path) -> None:
    with studio_scope(studio, actor=user):
        other = Character.objects.create(name="Jonas", slug="jonas")
    agreed(studio, user, folder, scope={"characters": [str(other.pk)]})


def somewhere(studio: Studio, user: Any, folder: Path) -> None:
    agreed(studio, user, folder, scope={"territories": ["DE"]})


def other_engine(studio: Studio, user: Any, folder: Path) -> None:
    agreed(studio, user, folder, scope={"engines": ["kling"]})


def elsewhere(studio: Studio, user: Any, folder: Path) -> None:
    agreed(studio, user, folder, scope={"regions": ["eu"]})


CASES = {
    "no consent": (nothing, "consent.missing"),
    "to the likeness only": (to_likeness, "consent.missing"),
    "of somebody else": (of_another, "consent.missing"),
    "ended": (ended, "consent.expired"),
    "revoked": (taken_back, "consent.revoked"),
    "as another character": (other_character, "consent.scope"),
    "for one territory": (somewhere, "consent.territory"),
    "for another engine": (other_engine, "consent.engine"),
    "for another region": (elsewhere, "consent.engine"),
}


@pytest.mark.parametrize("case", CASES)
def test_no_film_is_sent_without_a_consent_that_covers_it(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path, case: str
) -> None:
    episode = begun(studio, user, runway)
    agree, expected = CASES[case]
    # approved while a consent stands; then the case is what is left of it
    row = agreed(studio, user, tmp_path)
    brought(studio, user, episode, tmp_path)
    approved(studio, user, episode)
    with studio_scope(studio, actor=user), set_aside("talent.Consent:consent_stays"):
        row.delete()
    agree(studio, user, tmp_path)
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    job = job_of(studio, "clip", episode)
    assert (job.state, (job.error or {}).get("code")) == ("failed", expected)
    assert clips(studio) == [] and runway.rows() == []
    with studio_scope(studio):
        assert balance().held == 0


def test_gate_a_names_what_the_performer_has_not_agreed_to(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        seen = evidence.gate_a(episode)
        (lacks,) = seen["consents"]
        assert (lacks["who"], lacks["code"]) == (PERFORMER, "consent.missing")
        assert evidence.blockers_a(seen)[0] == [
            f"{PERFORMER} has not agreed to the use of their performance."
        ]
    agreed(studio, user, tmp_path)
    with studio_scope(studio, actor=user):
        assert "consents" not in evidence.gate_a(episode)


def test_a_performer_under_age_needs_a_guardian(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    brought(studio, user, episode, tmp_path, born_on=CHILD)
    agreed(studio, user, tmp_path)
    with studio_scope(studio, actor=user):
        assert [one["code"] for one in evidence.gate_a(episode)["consents"]] == ["consent.minor"]
    agreed(studio, user, tmp_path, guardian="Their mother")
    with studio_scope(studio, actor=user):
        assert "consents" not in evidence.gate_a(episode)


def test_one_person_acting_a_character_that_portrays_another_needs_both(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        ines = Character.objects.get(slug="ines")
        portray(character=ines, person="Jane Doe", born_on=date(1990, 5, 21), actor=user)

    def lacking() -> list[tuple[str, str]]:
        with studio_scope(studio, actor=user):
            return [(one["who"], one["code"]) for one in evidence.gate_a(episode).get("consents", [])]

    assert lacking() == [("Jane Doe", "consent.missing"), (PERFORMER, "consent.missing")]
    one = agreed(studio, user, tmp_path)
    assert lacking() == [("Jane Doe", "consent.missing")]
    other = agreed(studio, user, tmp_path, subject="Jane Doe", kinds=["likeness"], granted_by="Jane Doe")
    assert lacking() == []
    approved(studio, user, episode)
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    (call,) = clips(studio)
    assert set(call.route["consents"]) == {str(one.pk), str(other.pk)}


def test_a_consent_that_is_taken_back_stops_the_next_call(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode, row, _ = acted_out(studio, user, runway, tmp_path)
    assert len(runway.charged()) == 1
    with studio_scope(studio, actor=user):
        revoke(consent=row, because="Changed their mind.", actor=user)
        fresh = Episode.objects.select_related("project").get(pk=episode.pk)
        running.run_from(episode=fresh, node="clip", shot=shots(episode)[0], actor=user)
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    job = job_of(studio, "clip", episode)
    assert (job.state, (job.error or {}).get("code")) == ("failed", "consent.revoked")
    assert len(runway.charged()) == 1


# -- who can


def test_with_a_performance_nobody_else_is_asked_and_who_could_is_named(
    studio: Studio, user: Any, tmp_path: Path
) -> None:
    episode = begun(studio, user, None)
    brought(studio, user, episode, tmp_path)
    agreed(studio, user, tmp_path)
    with studio_scope(studio, actor=user), pytest.raises(NoRoute) as refused:
        evidence.gate_a(episode)
    told = refused.value.message
    assert "previs/animatic performance: cannot act out a performer’s film" in told
    assert "runway/act-two needs an account of the studio's" in told
    assert "rostrum" in told and refused.value.kept


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"movement": "pan"}, "does not do “pan left”"),
        ({"optics": "zoom"}, "does not do “zoom in”"),
        ({"frames": 31 * 24}, "31 s"),
    ],
)
def test_a_shot_that_no_film_can_be_acted_out_in_is_refused_at_gate_a_as_at_the_call(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    episode = begun(studio, user, runway)
    agreed(studio, user, tmp_path)
    brought(studio, user, episode, tmp_path, seconds=33)
    with studio_scope(studio, actor=user):
        services.edit_shot(shot=shots(episode)[0], changes=changes, actor=user)
        with pytest.raises(NoRoute) as refused:
            evidence.gate_a(episode)
    assert "runway/act-two" in refused.value.message and why in refused.value.message


def test_a_project_larger_than_the_engine_makes_acts_small_and_enlarges(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway, quality="full")
    agreed(studio, user, tmp_path)
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        with pytest.raises(NoRoute) as refused:
            evidence.gate_a(episode)
        assert "runway/act-two" in refused.value.message and "1584" in refused.value.message
        use_ready(project=episode.project, slug="acted_and_enlarged", actor=user)
        acted, other = evidence.gate_a(episode)["shots"]
    assert acted["performance"]["performer"] == PERFORMER and "performance" not in other


def test_without_the_step_in_the_graph_the_film_changes_nothing(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway, graph="default")
    with studio_scope(studio, actor=user):
        before = evidence.gate_a(episode)
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        assert evidence.gate_a(episode) == before
        use_ready(project=episode.project, slug="acted_by_a_performer", actor=user)
        assert evidence.gate_a(episode)["shots"][0]["performance"]["performer"] == PERFORMER


# -- what is brought


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"performer": " "}, "performer"),
        ({"born_on": None}, "born_on"),
        ({"born_on": timezone.now().date() + timedelta(days=1)}, "born_on"),
        ({"born_on": date(1600, 1, 1)}, "born_on"),
        ({"settings": {"begin": "-1"}}, "begin"),
        ({"settings": {"begin": "nan"}}, "begin"),
        ({"settings": {"begin": "1.5"}}, "begin"),
        ({"settings": {"expression": "6"}}, "expression"),
        ({"settings": {"expression": "2.5"}}, "expression"),
        ({"settings": {"character": "6d0f0c8e-0000-4000-8000-000000000000"}}, "character"),
    ],
)
def test_what_is_not_possible_is_named_and_nothing_is_kept(
    studio: Studio, user: Any, tmp_path: Path, given: dict[str, Any], field: str
) -> None:
    episode = begun(studio, user, None)
    said: dict[str, Any] = {
        "performer": PERFORMER,
        "born_on": date(1988, 3, 2),
        "settings": {},
        "file": filmed(tmp_path),
    }
    with studio_scope(studio, actor=user):
        with pytest.raises(PerformanceRefused) as refused:
            performances.bring(shot=shots(episode)[0], actor=user, **{**said, **given})
        assert list(refused.value.fields) == [field]
        assert Performance.objects.count() == 0


def test_a_film_shorter_than_its_shot_is_refused_when_it_is_brought(
    studio: Studio, user: Any, tmp_path: Path
) -> None:
    episode = begun(studio, user, None)
    with pytest.raises(PerformanceRefused) as refused:
        brought(studio, user, episode, tmp_path, seconds=3.5)
    assert "3.50 s from where it begins; 4.00 s are needed" in refused.value.message
    assert "file" in refused.value.fields and refused.value.next_step
    with pytest.raises(UploadRefused, match="too short"):
        brought(studio, user, episode, tmp_path, seconds=2)
    with studio_scope(studio):
        assert Performance.objects.count() == 0


def test_a_shot_that_has_grown_beyond_its_film_says_so_at_gate_a(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        services.edit_shot(shot=shots(episode)[0], changes={"frames": 144}, actor=user)
        with pytest.raises(PerformanceRefused, match=r"6\.00 s are needed"):
            evidence.gate_a(episode)


def test_nobody_to_act_and_no_right_to_edit_are_refused(
    studio: Studio, user: Any, stranger: Any, tmp_path: Path
) -> None:
    episode = begun(studio, user, None)
    facts: dict[str, Any] = {
        "performer": PERFORMER,
        "born_on": date(1988, 3, 2),
        "settings": {},
        "file": filmed(tmp_path),
    }
    with studio_scope(studio, actor=user):
        acted, empty = shots(episode)
        with pytest.raises(PerformanceRefused) as refused:
            performances.bring(shot=empty, actor=user, **facts)
        assert refused.value.fields == {"character": f"Nobody is seen in {empty.label}."}
        Membership.objects.create(studio=studio, user=stranger, roles=["client"])
        with pytest.raises(Forbidden):
            performances.bring(shot=acted, actor=stranger, **facts)
        assert Performance.objects.count() == 0


# -- changing it


def test_another_performance_makes_the_clip_stale_and_nothing_else(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode, _, film = acted_out(studio, user, runway, tmp_path, skip=SOUND)

    def stale() -> set[tuple[str, str]]:
        fresh = Episode.objects.select_related("project").get(pk=episode.pk)
        found = planning.plan_of(fresh).steps
        titles = {str(shot.pk): shot.label for shot in shots(episode)}
        return {
            (one.step.planned.node, titles[one.step.planned.subject.id])
            for one in found
            if one.state in (planning.STALE, planning.MISSING) and one.step.planned.subject.id in titles
        } - {("effects", "S01"), ("effects", "S02")}

    follows = {(node, "S01") for node in ("performance", "clip", "lips", "judge")}
    with studio_scope(studio, actor=user):
        assert stale() == set()
        film.shot = shots(episode)[0]
        performances.change(performance=film, settings={"begin": 0.0, "body": True}, actor=user)
        assert stale() == set(), "as it was"
        performances.change(performance=film, settings={"begin": 0.75}, actor=user)
        assert stale() == follows
        assert [card.stale for card in board(episode)] == [True, False]
        # the old value again is other work than before: the newest clip was made from what was set between
        performances.change(performance=film, settings={"begin": 0.0}, actor=user)
        assert stale() == follows
        performances.remove(performance=film, actor=user)
        assert performance_of(shots(episode)[0]) is None
        assert Performance.objects.get().dropped, "a clip was made from it"
        assert stale() == follows
        assert [card.stale for card in board(episode)] == [True, False]


def test_a_film_that_nothing_was_made_from_leaves_no_trace_in_the_plan(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    approved(studio, user, episode)
    work(studio.pk, skip=SOUND)
    with studio_scope(studio, actor=user):
        before = planning.plan_of(episode).counts
    film = brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        fresh = Episode.objects.get(pk=episode.pk)
        assert fresh.state == "gate_a", "its price has changed"
        performances.remove(performance=film, actor=user)
        assert Performance.objects.count() == 0
        assert planning.plan_of(Episode.objects.select_related("project").get(pk=episode.pk)).counts == before


def test_a_film_that_was_changed_after_the_plan_is_not_acted_out_by_its_steps(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode, _, film = acted_out(
        studio, user, runway, tmp_path, skip=(*STOP_BEFORE_LIPS, "episodes.make_clip")
    )
    with studio_scope(studio):
        Performance.objects.filter(pk=film.pk).update(body=False, version=2)
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    job = job_of(studio, "clip", episode)
    assert (job.state, (job.error or {}).get("code")) == ("failed", "step.input_changed")
    assert runway.rows() == []


def test_the_best_clip_is_looked_for_among_those_of_the_same_performance(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode, _, film = acted_out(studio, user, runway, tmp_path)
    with studio_scope(studio, actor=user):
        shot = shots(episode)[0]
        first = Take.objects.select_related("asset").get(stage="clip", shot=shot)
        first.meta = {**first.meta, second_try.LOW: {"total": 99, "verdict": "keep"}}
        first.chosen = False
        first.save()
        film.shot = shot
        performances.change(performance=film, settings={"begin": 0.5}, actor=user)
        told = settings_of(film, 1)
        kept = {name: value for name, value in first.meta.items() if name != second_try.LOW}
        second = Take.objects.create(
            episode=episode, shot=shot, stage="clip", subject_id=shot.pk, number=2, asset=first.asset,
            engine="runway", model="act-two", request_digest="d", chosen=True,
            meta={**kept, "performance": told},
        )  # fmt: skip
        assert not second_try.judged(episode, shots(episode)[0], 50, "keep", uuid.uuid4())
        assert Take.objects.get(stage="clip", shot=shot, chosen=True).pk == second.pk


def test_another_film_takes_the_place_of_the_one_before(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    agreed(studio, user, tmp_path)
    first = brought(studio, user, episode, tmp_path)
    second = brought(studio, user, episode, tmp_path, seconds=6, expression=1)
    with studio_scope(studio, actor=user):
        assert [row.pk for row in Performance.objects.all()] == [second.pk] != [first.pk]
        assert (second.frames, second.expression, second.version) == (144, 1, 1 + first.version)
    approved(studio, user, episode)
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    (call,) = clips(studio)
    assert (call.sent or {})["body"]["expressionIntensity"] == 1


def test_no_words_are_put_milder_for_a_film_that_an_engines_rules_refuse(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    agreed(studio, user, tmp_path)
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        connect(engine="language_openai", base_url=runway.url, token="k", roles=["harden"], actor=user)
    approved(studio, user, episode)
    runway.schedule("moderated")
    work(studio.pk, skip=STOP_BEFORE_LIPS)
    job = job_of(studio, "clip", episode)
    assert (job.state, (job.error or {}).get("code")) == ("failed", "engine.moderation_input")
    assert [call.state for call in clips(studio)] == ["failed"], "asked once"
    with studio_scope(studio):
        assert not EngineCall.objects.filter(role="harden").exists()


def test_engines_are_not_compared_for_a_shot_that_is_acted(
    studio: Studio, user: Any, runway: FakeEngine, tmp_path: Path
) -> None:
    episode = begun(studio, user, runway)
    agreed(studio, user, tmp_path)
    with studio_scope(studio, actor=user):
        shot = shots(episode)[0]
        assert len(comparing.candidates(shot).candidates) > 1
    brought(studio, user, episode, tmp_path)
    with studio_scope(studio, actor=user):
        shot = shots(episode)[0]
        assert [one.model.key for one in comparing.candidates(shot).candidates] == ["runway/act-two"]
        with pytest.raises(SlateError):
            comparing.ask(shot=shot, models=["runway/act-two", "runway/gen4.5"], actor=user)
