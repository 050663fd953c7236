"""Training of characters: what may be started, what comes of it, who may be learned from, what is worn."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from engines.errors import ConsentRefused
from engines.models import EngineCall
from talent import training as verbs
from talent.consents import ConsentInvalid, Terms, portray, record_consent, revoke
from talent.inbox import learned_under
from talent.lessons import thinned
from talent.models import Character, Consent, Reference, Training
from talent.queries import training_state, trainings_of, wearing, worn_by
from talent.services import BibleLocked, ensure_character, set_lock
from talent.training import Lesson, TrainingConflict, TrainingRefused
from talent.training_pages import points
from tenancy.audit import verify
from tenancy.errors import Forbidden
from tenancy.models import AuditRow, Membership, Studio
from tenancy.scope import studio_scope
from tests.engines.crews import another_crew
from tests.episodes.working import work
from tests.talent import trainer
from tests.vault.conftest import media, signer, vault_ground
from vault.models import Asset, Lineage
from vault.services import local_path, store
from workflow import jobs, runner, steering
from workflow.models import Event, Job

__all__ = ["media", "signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
SIDES = ("front", "three_quarter", "profile", "full_body", "front")


@pytest.fixture(autouse=True)
def crew_with_a_trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    trainer.install()
    with another_crew(tmp_path, monkeypatch, trainer.ROWS, train=["local_diffusers/lora", "drill/lora"]):
        yield


@pytest.fixture
def mara(studio: Studio, user: Any, media: dict[str, Path]) -> Character:
    """Mara, with five pictures."""
    with studio_scope(studio, actor=user):
        made = ensure_character(name="Mara", description="A woman (34) in a red jacket.", language="en")
        for number, view in enumerate(SIDES):
            path = media["frame.png"].with_name(f"side-{number}.png")
            path.write_bytes(media["frame.png"].read_bytes() + bytes([number]))
            asset = store(path, kind="reference", title=f"side {number}", mime="image/png")
            Reference.objects.create(character=made, view=view, position=number, asset=asset)
        return made


def lesson(character: Character, count: int = 5, **changes: Any) -> Lesson:
    rows = Reference.objects.filter(character=character).order_by("position")[:count]
    pictures = {one.pk: f"mara, {one.view}" for one in rows}
    figures: dict[str, Any] = {"base": "still", "pictures": pictures, "word": "mara", "steps": 6, "rank": 2}
    return Lesson(**{**figures, **changes})


def trained(studio: Studio, user: Any, mara: Character, **changes: Any) -> Training:
    with studio_scope(studio, actor=user):
        made = verbs.start(character=mara, lesson=lesson(mara, **changes), actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        return Training.objects.select_related("lora", "job", "character").get(pk=made.pk)


def agreed(studio: Studio, user: Any, mara: Character, folder: Path, **scope: Any) -> Consent:
    today = timezone.now().date()
    evidence = folder / f"{uuid.uuid4()}.pdf"
    evidence.write_bytes(b"%PDF " + uuid.uuid4().bytes)
    terms = Terms(
        subject="Jane Doe",
        kinds=["likeness"],
        valid_from=today - timedelta(days=1),
        method="signed_form",
        text_version="1",
        granted_by="Jane Doe",
        scope={"uses": ["programme"], **scope},
    )
    with studio_scope(studio, actor=user):
        born = today - timedelta(days=365 * 40)
        portray(character=mara, person="Jane Doe", born_on=born, actor=user)
        (made,) = record_consent(terms=terms, evidence=evidence, filename="form.pdf", actor=user)
        return made


def test_what_was_learned_lies_in_the_vault_with_where_it_came_from(
    studio: Studio, user: Any, mara: Character
) -> None:
    row = trained(studio, user, mara)
    with studio_scope(studio, actor=user):
        assert training_state(row) == "done"
        assert row.job is not None and row.lora is not None
        assert (row.job.queue, row.job.project_id) == ("gpu", None)
        assert (row.lora.kind, row.lora.mime, row.lora.signed) == ("lora", "application/x-safetensors", False)
        with local_path(row.lora) as path:
            assert trainer.BASE_SHA.encode() in path.read_bytes()
        parents = Lineage.objects.filter(child=row.lora, role="example").values_list("parent_id", flat=True)
        assert {str(pk) for pk in parents} == {one["asset"] for one in row.examples}
        beside = Asset.objects.get(kind="document")
        with local_path(beside) as path:
            assert len(json.loads(path.read_text())["training"]["examples"]) == 5
        assert row.losses == [round(1 / (2 + n), 6) for n in range(6)]
        assert row.facts["base"] == {"weights": "still", "sha256": trainer.BASE_SHA}
        call = EngineCall.objects.get(role="train")
        assert (call.engine, call.project_id, call.state) == ("drill", None, "done")
        assert call.request["examples"][0]["caption"] == "mara, front"
        told = list(AuditRow.objects.filter(action__startswith="training.").values_list("action", flat=True))
        assert sorted(told) == ["training.finished", "training.started"]
        assert verify().intact
        assert Event.objects.filter(kind="training.changed").count() == 2


def test_captions_hold_the_word_and_pictures_stand_in_the_rosters_order(
    studio: Studio, user: Any, mara: Character
) -> None:
    with studio_scope(studio, actor=user):
        rows = list(Reference.objects.order_by("-position"))
        pictures = {one.pk: "seen  from the side" for one in rows}
        made = verbs.start(character=mara, lesson=lesson(mara, pictures=pictures, word="mrx"), actor=user)
        assert {one["caption"] for one in made.examples} == {"mrx, seen from the side"}
        assert [one["reference"] for one in made.examples] == [str(one.pk) for one in reversed(rows)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": 3}, "pictures"),
        ({"pictures": {uuid.uuid4(): "x"}}, "pictures"),
        ({"steps": 0}, "steps"),
        ({"learning_rate": 7.0}, "learning_rate"),
        ({"size": (8, 512)}, "width"),
        ({"rank": -1}, "rank"),
        ({"seed": -1}, "seed"),
        ({"base": " "}, "base"),
    ],
)
def test_what_cannot_be_trained_is_refused_by_its_field(
    studio: Studio, user: Any, mara: Character, changes: dict[str, Any], field: str
) -> None:
    count = changes.pop("count", 5)
    with studio_scope(studio, actor=user):
        with pytest.raises(TrainingRefused) as refused:
            verbs.start(character=mara, lesson=lesson(mara, count, **changes), actor=user)
        assert field in refused.value.fields
        assert (Training.objects.count(), Job.objects.filter(kind="talent.train").count()) == (0, 0)


def test_weights_that_are_not_there_are_a_plain_reason(
    studio: Studio, user: Any, mara: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLATE_WEIGHTS", raising=False)
    with studio_scope(studio, actor=user), pytest.raises(TrainingRefused) as refused:
        verbs.start(character=mara, lesson=lesson(mara, base="nobody"), actor=user)
    assert "no weights called 'nobody'" in refused.value.message
    assert "SLATE_WEIGHTS is not set" in refused.value.message


def test_real_people_are_learned_from_only_under_a_consent_to_training(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    agreed(studio, user, mara, tmp_path)
    with studio_scope(studio, actor=user):
        mara.refresh_from_db()
        with pytest.raises(ConsentRefused) as refused:
            verbs.start(character=mara, lesson=lesson(mara), actor=user)
        assert (refused.value.code, "training" in refused.value.message) == ("consent.scope", True)
        assert Training.objects.count() == 0
    wide = agreed(studio, user, mara, tmp_path, training=True)
    row = trained(studio, user, mara)
    assert row.consents == [str(wide.pk)]
    with studio_scope(studio, actor=user):
        (touched,) = learned_under(wide)
        assert (touched.title, touched.detail) == ("Mara", "Trained for still")
        assert touched.url.endswith(f"/talent/{mara.pk}/#training-{row.pk}")
        verbs.wear(training=row, scale=1, actor=user)
        verbs.take_off(training=row, actor=user)
        revoke(consent=wide, because="changed her mind", actor=user)
        with pytest.raises(ConsentRefused):
            verbs.wear(training=row, scale=1, actor=user)
        with pytest.raises(ConsentInvalid, match="cannot be said") as told:
            portray(character=mara, person="", born_on=None, actor=user)
        assert "drop it first" in told.value.fields["person"]


def test_consent_that_is_taken_back_while_it_waits_stops_it(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    consent = agreed(studio, user, mara, tmp_path, training=True)
    with studio_scope(studio, actor=user):
        mara.refresh_from_db()
        made = verbs.start(character=mara, lesson=lesson(mara), actor=user)
        revoke(consent=consent, because="no more", actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        row = Training.objects.select_related("job").get(pk=made.pk)
        assert row.job is not None and row.job.error is not None
        assert (training_state(row), row.job.error["code"]) == ("failed", "consent.revoked")
        assert (row.lora_id, EngineCall.objects.count()) == (None, 0)


def test_one_that_waits_is_stopped_and_may_be_dropped(studio: Studio, user: Any, mara: Character) -> None:
    with studio_scope(studio, actor=user):
        made = verbs.start(character=mara, lesson=lesson(mara), actor=user)
        with pytest.raises(TrainingConflict):
            verbs.drop(training=made, actor=user)
        with pytest.raises(TrainingConflict):
            verbs.wear(training=made, scale=1, actor=user)
        verbs.cancel(training=made, actor=user)
        row = Training.objects.select_related("job", "character", "lora").get(pk=made.pk)
        assert training_state(row) == "cancelled"
        with pytest.raises(TrainingConflict):
            verbs.cancel(training=row, actor=user)
        verbs.drop(training=row, actor=user)
        assert Training.objects.count() == 0
    assert work(studio.pk) == 0


def test_a_character_wears_one_and_it_is_taken_off_or_dropped(
    studio: Studio, user: Any, mara: Character
) -> None:
    one, other = trained(studio, user, mara), trained(studio, user, mara, seed=2)
    with studio_scope(studio, actor=user):
        verbs.wear(training=one, scale=0.5, actor=user)
        verbs.wear(training=other, scale=1, actor=user)
        assert {row.pk: row.worn for row in trainings_of(mara)} == {one.pk: False, other.pk: True}
        assert [row.pk for row in worn_by([mara.pk])[mara.pk]] == [other.pk]
        assert wearing() == {mara.pk}
        for wrong in (-0.1, 1.1, float("nan")):
            with pytest.raises(TrainingRefused):
                verbs.wear(training=one, scale=wrong, actor=user)
        with pytest.raises(IntegrityError), transaction.atomic():
            Training.objects.filter(pk=one.pk).update(worn=True)
        Training.objects.filter(pk=one.pk).update(base="clip", worn=True)
        assert [row.base for row in worn_by([mara.pk])[mara.pk]] == ["clip", "still"]
        Training.objects.filter(pk=one.pk).update(worn=False)
        set_lock(character=mara, locked=True, actor=user)
        for act in (verbs.take_off, verbs.drop):
            with pytest.raises(BibleLocked):
                act(training=Training.objects.get(pk=other.pk), actor=user)
        set_lock(character=mara, locked=False, actor=user)
        verbs.drop(training=Training.objects.get(pk=other.pk), actor=user)
        assert worn_by([mara.pk]) == {}
        assert Asset.objects.filter(kind="lora").count() == 2


def test_a_training_that_is_done_twice_keeps_one_lora(studio: Studio, user: Any, mara: Character) -> None:
    row = trained(studio, user, mara)
    assert row.job is not None
    with studio_scope(studio, actor=user), pytest.raises(jobs.JobConflict):
        steering.retry(row.job, actor=user)
    assert not runner.run(row.job.pk)
    with studio_scope(studio, actor=user):
        assert Asset.objects.filter(kind="lora").count() == 1


def test_who_may_not_generate_trains_nothing(studio: Studio, user: Any, mara: Character) -> None:
    with studio_scope(studio, actor=user) as scope:
        wanted = lesson(mara)
        Membership.objects.filter(user=user).update(roles=["auditor"])
        scope.memberships.clear()
        with pytest.raises(Forbidden):
            verbs.start(character=mara, lesson=wanted, actor=user)


def test_the_page_starts_shows_and_dresses(
    client_in: Client, studio: Studio, user: Any, mara: Character
) -> None:
    root = f"/s/{studio.slug}/talent"
    before = client_in.get(f"{root}/{mara.pk}/").content.decode()
    assert "Nothing was trained yet." in before and "Start the training" in before
    with studio_scope(studio, actor=user):
        keys = [str(one.pk) for one in Reference.objects.order_by("position")]
    form = {"base": "still", "word": "mara", "width": "64", "height": "64", "rank": "2", "steps": "5"}
    form |= {"learning_rate": "0.01", "seed": "1", **{f"caption_{key}": "mara" for key in keys}}
    few = client_in.post(f"{root}/{mara.pk}/train/", {**form, "picture": keys[:2]})
    assert few.status_code == 422 and "At least 4, 2 are chosen." in few.content.decode()
    odd = client_in.post(f"{root}/{mara.pk}/train/", {**form, "steps": "many", "picture": keys})
    assert odd.status_code == 422 and "A figure." in odd.content.decode()
    strange = client_in.post(f"{root}/{mara.pk}/train/", {**form, "picture": ["x"]})
    assert strange.status_code == 422
    assert client_in.post(f"{root}/{mara.pk}/train/", {**form, "picture": keys}).status_code == 302
    assert "queued" in client_in.get(f"{root}/{mara.pk}/").content.decode()
    work(studio.pk)
    page = client_in.get(f"{root}/{mara.pk}/").content.decode()
    assert "<polyline points=" in page and "Wear it" in page and "5 pictures" in page
    with studio_scope(studio):
        made = Training.objects.get()
    worn = client_in.post(f"{root}/trainings/{made.pk}/wear/", {"worn": "yes", "scale": "0.75"})
    assert worn.status_code == 302
    assert "worn at 0.75" in client_in.get(f"{root}/{mara.pk}/").content.decode()
    assert client_in.post(f"{root}/trainings/{made.pk}/wear/", {"scale": "2"}).status_code == 422
    assert client_in.post(f"{root}/trainings/{made.pk}/wear/", {"worn": "no"}).status_code == 302
    assert client_in.post(f"{root}/trainings/{made.pk}/drop/").status_code == 302
    assert "Nothing was trained yet." in client_in.get(f"{root}/{mara.pk}/").content.decode()


def test_the_api_does_the_same_and_strangers_see_nothing(
    api: APIClient, studio: Studio, user: Any, mara: Character, other_studio: Studio, stranger: Any
) -> None:
    root = f"/api/v1/studios/{studio.slug}/trainings"
    with studio_scope(studio, actor=user):
        chosen = [{"reference": str(one.pk), "caption": "mara"} for one in Reference.objects.all()]
    body = {"character": str(mara.pk), "base": "still", "pictures": chosen, "steps": 3}
    made = api.post(root, body, format="json")
    assert made.status_code == 201, made.json()
    assert (made.json()["state"], made.json()["losses"]) == ("queued", [])
    few = api.post(root, {**body, "pictures": chosen[:1]}, format="json")
    assert (few.status_code, few.json()["error"]["code"]) == (422, "training.refused")
    one = f"{root}/{made.json()['id']}"
    early = api.post(f"{one}/wear", {}, format="json")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "training.state")
    work(studio.pk)
    assert api.get(one).json()["state"] == "done" and len(api.get(one).json()["losses"]) == 3
    assert api.post(f"{one}/wear", {"scale": 0.5}, format="json").json()["worn"] is True
    assert api.post(f"{one}/take-off").json()["worn"] is False
    assert api.post(f"{one}/cancel").status_code == 409
    assert [row["id"] for row in api.get(f"{root}?character={mara.pk}").json()["results"]] == [
        made.json()["id"]
    ]
    client = APIClient()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/api/v1/studios/{other_studio.slug}/trainings").json()["results"] == []
    assert client.get(one).status_code == 404
    with studio_scope(other_studio, actor=stranger):
        assert Training.objects.count() == 0
    assert api.delete(one).status_code == 204


def test_a_line_of_losses_fills_its_box() -> None:
    assert points([1.0]) == ""
    assert points([2.0, 1.0, 0.0]) == "0.0,1.0 120.0,24.0 240.0,47.0"
    assert thinned([1, 2, 3, 4, 5], 2) == [2.0, 4.5]
    assert thinned([1.5], 400) == [1.5]
