"""Real people: whatever a consent does not cover is refused before any engine is called, on every path (G17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.queries import balance
from craft.terms.states import JobState
from edit_suite.queries import blockers
from engines.models import EngineCall
from engines.services import close_orphans
from episodes import comparing, gates, inbox, opinions, services
from episodes.models import Comparison, Shot, Take
from episodes.queries import consents_used
from studio.models import Project
from studio.services import set_territories
from talent.consents import revoke
from talent.models import Consent
from tenancy.scope import studio_scope
from tests.engines.conftest import engine_process, fake_engine
from tests.episodes.people import JANE, PATHS, People, code, people
from tests.episodes.working import work
from tests.triggers import set_aside
from tests.vault.conftest import media, signer, vault_ground
from vault import storage
from vault.provenance import verify_file
from vault.services import local_path
from workflow import jobs, runner, steering
from workflow.models import Job

__all__ = ["engine_process", "fake_engine", "media", "people", "signer", "vault_ground"]
pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
CHILD = date(TODAY.year - 10, 1, 1)


def nothing(people: People) -> None:
    people.portrayed()


def ended(people: People) -> None:
    people.agreed(valid_to=TODAY - timedelta(days=1))


def to_come(people: People) -> None:
    people.agreed(valid_from=TODAY + timedelta(days=2))


def taken_back(people: People) -> None:
    for one in people.agreed():
        with studio_scope(people.studio, actor=people.user):
            revoke(consent=one, because="She changed her mind.", actor=people.user)


def other_production(people: People) -> None:
    with studio_scope(people.studio, actor=people.user):
        other = Project.objects.create(title="Another")
    people.agreed(scope={"projects": [str(other.pk)]})


def promotion_only(people: People) -> None:
    people.agreed(scope={"uses": ["promotion"]})


def other_place(people: People) -> None:
    people.agreed(scope={"territories": ["DE", "AT"]})
    with studio_scope(people.studio, actor=people.user):
        set_territories(project=people.episode.project, territories=["DE", "US"], actor=people.user)


def everywhere(people: People) -> None:
    people.agreed(scope={"territories": ["DE"]})


def child(people: People) -> None:
    people.agreed(born=CHILD)


def forged_evidence(people: People) -> None:
    """The file in the vault is another one than was brought."""
    for one in people.agreed():
        with studio_scope(people.studio, actor=people.user):
            path = storage._local(one.evidence.blob.key)
        assert path is not None
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1] + b"X")


def forged_row(people: People) -> None:
    """Somebody with the database at hand writes a wider scope and no end."""
    people.agreed(valid_to=TODAY - timedelta(days=1))
    with studio_scope(people.studio, actor=people.user), set_aside("talent.Consent:consent_stands"):
        Consent.objects.update(valid_to=None)


def other_engine(people: People) -> None:
    people.agreed(scope={"engines": ["kling"]})


def other_region(people: People) -> None:
    """Engines built in work here; the fake one does not say where it works."""
    people.agreed(scope={"regions": ["eu"], "engines": ["fake"]})


def voice_for_likeness(people: People) -> None:
    people.agreed("name")


CASES: dict[str, tuple[Callable[[People], None], str]] = {
    "no consent": (nothing, "consent.missing"),
    "consent to something else": (voice_for_likeness, "consent.missing"),
    "expired yesterday": (ended, "consent.expired"),
    "not yet in force": (to_come, "consent.expired"),
    "revoked": (taken_back, "consent.revoked"),
    "another production": (other_production, "consent.scope"),
    "promotion only": (promotion_only, "consent.scope"),
    "another territory": (other_place, "consent.territory"),
    "shown everywhere": (everywhere, "consent.territory"),
    "a minor without a guardian": (child, "consent.minor"),
    "evidence changed": (forged_evidence, "consent.evidence"),
    "row changed": (forged_row, "consent.evidence"),
    "another engine": (other_engine, "consent.engine"),
    "another region": (other_region, "consent.engine"),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("case", CASES)
def test_what_no_consent_covers_is_refused_before_any_call(people: People, case: str, path: str) -> None:
    spoil, expected = CASES[case]
    people.made()
    spoil(people)
    job = people.run(people.order(path))
    assert (job.state, code(job)) == ("failed", expected)
    assert people.calls() == []
    assert people.engine.charges() == []
    with studio_scope(people.studio):
        assert balance().held == 0
        assert Take.objects.count() == 3


@pytest.mark.parametrize("path", ["lips", "speech"])
def test_a_language_that_was_not_agreed_to_is_refused(people: People, path: str) -> None:
    people.made()
    people.agreed(scope={"languages": ["de"]})
    job = people.run(people.order(path))
    assert code(job) == "consent.scope"
    assert "language en" in str((job.error or {}).get("message"))
    assert people.calls() == []


@pytest.mark.parametrize("path", PATHS)
def test_an_invented_character_needs_nothing_and_asks_nothing(people: People, path: str) -> None:
    people.made()
    job = people.run(people.order(path))
    with studio_scope(people.studio):
        assert Consent.objects.count() == 0
    # what costs waits for Gate A; nothing is refused for want of a consent
    assert code(job) in ("", "engine.spend_refused")


@pytest.mark.parametrize(
    ("path", "born", "guardian"), [("speech", CHILD, "Her mother"), ("speech", None, "")]
)
def test_a_consent_that_covers_it_lets_the_work_go_on(
    people: People, path: str, born: date | None, guardian: str
) -> None:
    people.made()
    rows = people.agreed(born=born or date(1990, 5, 21), guardian=guardian, scope={"languages": ["en"]})
    job = people.run(people.order(path))
    assert (job.state, code(job)) == ("done", "")
    voice = next(str(one.pk) for one in rows if one.kind == "voice")
    (call,) = people.calls()
    assert call.route["consents"] == [voice]
    with studio_scope(people.studio):
        take = Take.objects.get(stage="speech", chosen=True)
        assert take.meta["consents"] == [voice]
        with local_path(take.asset) as path_of:
            facts = verify_file(path_of, isolated=True).facts
        assert facts["consents"] == [voice]


def test_the_same_name_needs_consent_to_the_name_too(people: People) -> None:
    people.made()
    people.agreed()
    with studio_scope(people.studio, actor=people.user):
        character = people.ines
        character.name = "JANE  doe"
        character.save()
    assert code(people.run(people.order("speech"))) == "consent.missing"
    people.agreed("name", "voice")
    assert people.run(people.order("speech")).state == "done"


def test_an_engine_that_the_consent_does_not_name_is_passed_over(people: People) -> None:
    """The studio's first engine is out with the reason, the built-in one may: routing goes on to it."""
    people.made()
    people.agreed(scope={"engines": ["builtin"]})
    job = people.run(people.order("keyframe"))
    assert (job.state, code(job)) == ("done", "")
    (call,) = people.calls()
    assert call.engine == "previs"
    reasons = {row["model"]: row["reason"] for row in call.route["rejected"]}
    assert reasons["fake/still"] == f"the consent of {JANE} allows only builtin"
    assert people.engine.charges() == []


def approved(people: People) -> None:
    with studio_scope(people.studio, actor=people.user):
        review = services.submit(episode=people.episode, actor=people.user)
        gates.decide(
            episode=people.episode, gate="a", approve=True, seen=review.subject_digest, actor=people.user
        )
        for job in Job.objects.order_by("-created_at"):
            job.refresh_from_db()
            if job.state not in jobs.ENDED_STATES:
                steering.cancel(job, actor=None)


def test_gate_a_names_what_lacks_and_reserves_nothing(people: People, client_in: Client) -> None:
    people.portrayed()
    with studio_scope(people.studio, actor=people.user):
        review = services.submit(episode=people.episode, actor=people.user)
        assert [one["code"] for one in review.evidence["consents"]] == ["consent.missing"] * 2
        with pytest.raises(gates.Blocked, match="has not agreed"):
            gates.decide(
                episode=people.episode,
                gate="a",
                approve=True,
                seen=review.subject_digest,
                actor=people.user,
                note="all the same",
            )
        assert balance().held == 0
        address = (
            f"/s/{people.studio.slug}/p/{people.episode.project_id}/episodes/{people.episode.pk}/gate/a/"
        )
    assert "Jane Doe has not agreed to the use of their likeness." in client_in.get(address).content.decode()
    people.agreed()
    with studio_scope(people.studio, actor=people.user):
        people.episode.refresh_from_db()
        review = gates.refresh(people.episode, "a")
        assert "consents" not in review.evidence
        gates.decide(
            episode=people.episode, gate="a", approve=True, seen=review.subject_digest, actor=people.user
        )


def test_taken_back_while_queued_and_while_the_engine_works(people: People) -> None:
    """Nobody looks at a clock: the next claim of a job is what refuses it, and every wait ends in a claim."""
    people.made()
    rows = people.agreed()
    approved(people)
    waiting, working = people.order("keyframe"), people.order("clip")
    runner.run(working.pk)
    assert len(people.engine.charges()) == 1
    assert people.see(working).state == JobState.WAITING_ENGINE
    with studio_scope(people.studio, actor=people.user):
        for one in rows:
            revoke(consent=one, because="She changed her mind.", actor=people.user)
    work(people.studio.pk, skip=("episodes.draw", "episodes.takes"))
    for job in (waiting, working):
        assert (people.see(job).state, code(people.see(job))) == ("failed", "consent.revoked")
    with studio_scope(people.studio):
        close_orphans()  # the sweeper does it
    work(people.studio.pk, skip=("episodes.",))
    with studio_scope(people.studio):
        # what the engine had accepted is closed by its own job and never becomes a take
        assert Take.objects.filter(stage="clip").count() == 1
        assert not EngineCall.objects.filter(state__in=("intent", "submitted", "unknown")).exists()
        assert balance().held == 0
    assert len(people.engine.charges()) == 1


def test_a_failed_engine_hands_on_only_to_one_that_is_allowed(people: People) -> None:
    people.made()
    wide = people.agreed()
    approved(people)
    people.agreed(scope={"engines": ["fake/clip", "fake/clip-opaque"]})
    with studio_scope(people.studio, actor=people.user):
        for one in wide:
            revoke(consent=one, because="A narrower one took its place.", actor=people.user)
    people.engine.schedule("fails", "fails")
    job = people.run(people.order("clip"))
    used = [call.model for call in people.calls()]
    assert set(used) == {"clip", "clip-opaque"}, (job.state, job.error, used)
    for call in people.calls():
        barred = {row["model"] for row in call.route["rejected"] if "the consent of" in row["reason"]}
        assert {"fake/clip-lookup", "previs/animatic"} <= barred


def test_a_comparison_offers_only_engines_that_may_have_the_face(people: People, client_in: Client) -> None:
    people.made()
    people.agreed(scope={"engines": ["fake/clip"]})
    with studio_scope(people.studio, actor=people.user):
        shot = people.shot
        assert [one.model.key for one in comparing.candidates(shot).candidates] == ["fake/clip"]
        with pytest.raises(comparing.ComparisonRefused):
            comparing.ask(shot=shot, models=["fake/clip", "previs/animatic"], actor=people.user)
        revoke(consent=Consent.objects.get(kind="likeness"), because="x", actor=people.user)
        address = (
            f"/s/{people.studio.slug}/p/{people.episode.project_id}/episodes/{people.episode.pk}"
            f"/shots/{shot.pk}/compare/"
        )
    page = client_in.get(address)
    assert page.status_code == 409
    assert "was taken back on" in page.content.decode()
    assert "No engine can make this shot." in page.content.decode()
    with studio_scope(people.studio):
        assert Comparison.objects.count() == 0


def test_finished_takes_are_listed_and_a_master_with_them_is_not_certified(people: People) -> None:
    people.made()
    people.agreed()
    people.run(people.order("speech"))
    with studio_scope(people.studio, actor=people.user):
        voice = Consent.objects.get(kind="voice")
        assert [one.detail for one in inbox.made_under(voice)] == ["S01 speech 2"]
        assert inbox.made_under(Consent.objects.get(kind="likeness")) == []
        evidence: dict[str, Any] = {
            "provenance": {"state": "trusted"},
            "checks": {"rows": []},
            "loudness": {},
            "consents": consents_used(people.episode),
        }
        assert blockers(evidence) == ([], [])
        revoke(consent=voice, because="She changed her mind.", actor=people.user)
        evidence["consents"] = consents_used(people.episode)
    assert evidence["consents"][0]["state"] == "revoked"
    assert blockers(evidence)[0] == [f"{JANE} took the consent to their voice back."]


def test_no_frame_goes_to_a_model_that_sees_without_consent(people: People) -> None:
    """Opinions stand beside the production: nothing fails, and nothing is asked."""
    people.made()
    people.portrayed()
    with studio_scope(people.studio, actor=people.user):
        Shot.objects.update(frames=24)
        take = Take.objects.get(stage="clip")
        payload = {"episode": str(people.episode.pk), "subject": str(people.shot.pk), "take": str(take.pk)}
        job = jobs.enqueue(opinions.JOB, key="look", payload=payload, project=people.episode.project_id)
    assert people.run(job).state == "done"
    with studio_scope(people.studio):
        assert Take.objects.get(pk=take.pk).meta["opinion"] == {
            "none": f"{JANE} has not agreed to the use of their likeness."
        }
    assert people.calls() == []
