"""Consents: who records them and takes them back, what is refused, what stays as it was, who sees them."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from craft.terms.consent import ConsentKind
from craft.terms.people import MATRIX, Permission
from engines.errors import ConsentRefused
from engines.rights import Use
from studio.models import Project
from studio.services import set_territories
from talent.consents import ConsentInvalid, ConsentOver, Terms, portray, record_consent, revoke
from talent.models import Casting, Character, Consent, Reference
from talent.rights import is_minor, leave_for, missing, seal_of
from talent.services import ensure_character
from tenancy.audit import verify
from tenancy.errors import Forbidden, NotFound, SlateError
from tenancy.models import AuditRow, Membership, Studio
from tenancy.scope import studio_scope
from tests.vault.conftest import signer, vault_ground
from vault.models import Asset
from vault.queries import asset, assets
from vault.services import local_path

__all__ = ["signer", "vault_ground"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_ground")]
PAPER = b"%PDF-1.7 signed by Jane Doe"
BORN = date(1990, 5, 21)


@pytest.fixture
def mara(studio: Studio, user: Any) -> Character:
    with studio_scope(studio, actor=user):
        return ensure_character(name="Mara", description="", language="en")


def terms(**changes: Any) -> Terms:
    said: dict[str, Any] = {
        "subject": "Jane  Doe",
        "kinds": ["likeness", "voice"],
        "valid_from": date(2026, 1, 1),
        "method": "signed_form",
        "text_version": "2026-1",
        "granted_by": "Jane Doe",
        "scope": {"uses": ["programme"]},
    }
    return Terms(**(said | changes))


def recorded(actor: Any, folder: Path, **changes: Any) -> list[Consent]:
    paper = folder / "form.pdf"
    paper.write_bytes(PAPER)
    return record_consent(terms=terms(**changes), evidence=paper, filename="form.pdf", actor=actor)


def test_one_row_for_each_kind_with_the_evidence_to_the_byte(
    studio: Studio, user: Any, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        rows = recorded(
            user, tmp_path, scope={"uses": ["programme"], "territories": ["DE"], "training": True}
        )
        assert [row.kind for row in rows] == ["likeness", "voice"]
        assert {row.subject for row in rows} == {"Jane Doe"}
        assert rows[0].scope["territories"] == ["DE"]
        assert rows[0].scope["training"] is True
        with local_path(rows[0].evidence) as path:
            assert path.read_bytes() == PAPER
        fresh = Consent.objects.select_related("evidence").get(pk=rows[0].pk)
        assert fresh.seal == seal_of(fresh)
    with studio_scope(studio, actor=user):
        assert AuditRow.objects.filter(action="consent.recorded").count() == 2
        assert verify().intact


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["soul"]}, "kinds"),
        ({"method": "a nod"}, "method"),
        ({"text_version": ""}, "text_version"),
        ({"granted_by": ""}, "granted_by"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_to": date(2025, 12, 31)}, "valid_to"),
        ({"scope": {}}, "uses"),
        ({"scope": {"uses": ["anything"]}}, "uses"),
        ({"scope": {"uses": ["programme"], "territories": ["XX"]}}, "territories"),
        ({"scope": {"uses": ["programme"], "languages": ["klingon"]}}, "languages"),
        ({"scope": {"uses": ["programme"], "engines": ["nobody"]}}, "engines"),
        ({"scope": {"uses": ["programme"], "regions": ["moon"]}}, "regions"),
        (
            {"scope": {"uses": ["programme"], "projects": ["6d0f0c8e-0000-4000-8000-000000000000"]}},
            "projects",
        ),
    ],
)
def test_what_is_not_right_is_named_and_nothing_is_recorded(
    studio: Studio, user: Any, tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(ConsentInvalid) as refused:
            recorded(user, tmp_path, **changes)
        assert field in refused.value.fields
        assert (Consent.objects.count(), Asset.objects.count()) == (0, 0)


def test_it_is_never_changed_and_never_removed(studio: Studio, user: Any, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user):
        row = recorded(user, tmp_path)[0]
    with pytest.raises(ProgrammingError, match="Cannot update"), studio_scope(studio, actor=user):
        Consent.objects.filter(pk=row.pk).update(valid_to=None, subject="Somebody else")
    with pytest.raises(ProgrammingError, match="Cannot delete"), studio_scope(studio, actor=user):
        Consent.objects.filter(pk=row.pk).delete()


def test_it_is_taken_back_once_with_a_reason(studio: Studio, user: Any, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user):
        row = recorded(user, tmp_path)[0]
        with pytest.raises(ConsentInvalid):
            revoke(consent=row, because=" ", actor=user)
        gone = revoke(consent=row, because="She changed her mind.", actor=user)
        assert gone.revoked_at is not None
        assert gone.seal == seal_of(Consent.objects.get(pk=row.pk))
        with pytest.raises(ConsentOver):
            revoke(consent=row, because="again", actor=user)


def test_only_owners_and_rights_keep_consents(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    assert {role.value for role in MATRIX[Permission.CONSENT]} == {"owner", "rights"}
    with studio_scope(studio, actor=user):
        row = recorded(user, tmp_path)[0]
        portray(character=mara, person="Jane Doe", born_on=BORN, actor=user)
    with studio_scope(studio, actor=user):
        Membership.objects.filter(user=user).update(roles=["producer", "director"])
    with studio_scope(studio, actor=user):
        for act in (
            lambda: recorded(user, tmp_path),
            lambda: revoke(consent=row, because="x", actor=user),
            lambda: portray(character=mara, person="", born_on=None, actor=user),
            lambda: portray(character=mara, person="Joan Roe", born_on=BORN, actor=user),
            lambda: portray(character=mara, person="Jane Doe", born_on=date(1980, 1, 1), actor=user),
        ):
            with pytest.raises(Forbidden):
                act()


def test_whom_a_character_portrays(studio: Studio, user: Any, mara: Character, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user):
        for wrong in ({"born_on": None}, {"born_on": date(2999, 1, 1)}):
            with pytest.raises(ConsentInvalid):
                portray(character=mara, person="Jane Doe", actor=user, **wrong)
        portray(character=mara, person="Jane Doe", born_on=BORN, actor=user)
        asset_ = recorded(user, tmp_path)[0].evidence
        Reference.objects.create(character=mara, view="front", asset=asset_, real=True)
        with pytest.raises(ConsentInvalid, match="This cannot"):
            portray(character=mara, person="", born_on=None, actor=user)
        Reference.objects.all().delete()
        assert portray(character=mara, person="", born_on=None, actor=user).portrays_born_on is None


@pytest.mark.parametrize(
    ("born", "today", "minor"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), True),
        (date(2008, 11, 21), date(2026, 11, 21), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_somebody_is_of_age_on_the_birthday(born: date, today: date, minor: bool) -> None:
    assert is_minor(born, today) is minor


def test_evidence_is_shown_to_who_keeps_consents_and_not_by_the_vault(
    client_in: Client, studio: Studio, user: Any, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        row = recorded(user, tmp_path)[0]
        assert list(assets()) == []
        with pytest.raises(NotFound):
            asset(row.evidence_id)
    address = f"/s/{studio.slug}/talent/consents/{row.pk}/evidence/"
    answer = client_in.get(address)
    assert b"".join(answer.streaming_content) == PAPER  # type: ignore[attr-defined]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client_in.get(f"/s/{studio.slug}/vault/{row.evidence_id}/").status_code == 404
    with studio_scope(studio, actor=user):
        Membership.objects.filter(user=user).update(roles=["producer"])
    assert client_in.get(address).status_code == 403


def form(**changes: Any) -> dict[str, Any]:
    return {
        "subject": "Jane Doe",
        "kinds": ["likeness"],
        "uses": ["programme"],
        "valid_from": "2026-01-01",
        "method": "recorded_statement",
        "text_version": "2026-1",
        "granted_by": "",
        "territories": "de, at",
        "languages": "en",
        "engines": ["builtin"],
        "file": SimpleUploadedFile("statement.mp4", PAPER),
    } | changes


def test_pages_record_show_and_take_back(
    client_in: Client, studio: Studio, user: Any, mara: Character
) -> None:
    root = f"/s/{studio.slug}/talent"
    said = {"who": "real", "person": "Jane Doe", "born_on": "1990-05-21"}
    assert client_in.post(f"{root}/{mara.pk}/portrays/", said).status_code == 302
    assert "no consent on file" in client_in.get(f"{root}/{mara.pk}/").content.decode()
    bad = client_in.post(f"{root}/consents/new/", form(valid_from="soon"))
    assert (bad.status_code, "A day such as" in bad.content.decode()) == (422, True)
    assert client_in.post(f"{root}/consents/new/", form()).status_code == 302
    with studio_scope(studio):
        row = Consent.objects.get()
        assert row.granted_by == "Jane Doe"
        assert (row.scope["territories"], row.scope["engines"]) == (["AT", "DE"], ["builtin"])
    assert "in force" in client_in.get(f"{root}/{mara.pk}/").content.decode()
    assert "Jane Doe" in client_in.get(f"{root}/consents/").content.decode()
    page = f"{root}/consents/{row.pk}/"
    assert "AT, DE" in client_in.get(page).content.decode()
    unsure = client_in.post(f"{page}revoke/", {"because": "She changed her mind."})
    assert unsure.status_code == 422
    assert (
        client_in.post(f"{page}revoke/", {"because": "She changed her mind.", "sure": "yes"}).status_code
        == 302
    )
    assert "taken back" in client_in.get(page).content.decode()


def test_where_a_production_is_shown(client_in: Client, studio: Studio, user: Any, mara: Character) -> None:
    with studio_scope(studio, actor=user):
        project = Project.objects.create(title="Night Ferry")
        Casting.objects.create(project=project, character=mara, script_name="MARA")
        portray(character=mara, person="Jane Doe", born_on=BORN, actor=user)
        with pytest.raises(SlateError):
            set_territories(project=project, territories=["Atlantis"], actor=user)
    root = f"/s/{studio.slug}/talent/consents/"
    assert "Night Ferry" in client_in.get(root).content.decode()
    assert client_in.post(f"{root}shown/{project.pk}/", {"territories": "de at"}).status_code == 302
    with studio_scope(studio):
        assert Project.objects.get().territories == ["AT", "DE"]


def test_the_api_does_the_same_and_strangers_see_nothing(
    api: APIClient, studio: Studio, other_studio: Studio, stranger: Any, mara: Character
) -> None:
    root = f"/api/v1/studios/{studio.slug}"
    said = {"person": "Jane Doe", "born_on": "1990-05-21"}
    put = api.put(f"{root}/characters/{mara.pk}/portrays", said, format="json")
    assert put.json()["portrays"] == "Jane Doe", put.json()
    body = {
        "subject": "Jane Doe",
        "kinds": ["voice"],
        "valid_from": "2026-01-01",
        "method": "signed_form",
        "text_version": "1",
        "granted_by": "Jane Doe",
        "scope": '{"uses": ["programme"], "languages": ["en"]}',
        "file": SimpleUploadedFile("form.pdf", PAPER),
    }
    made = api.post(f"{root}/consents", body, format="multipart")
    assert made.status_code == 201, made.json()
    (row,) = made.json()
    assert (row["state"], row["scope"]["languages"]) == ("in_force", ["en"])
    assert api.get(f"{root}/consents/{row['id']}/works").json() == []
    gone = api.post(f"{root}/consents/{row['id']}/revoke", {"because": "x"}, format="json")
    assert gone.json()["state"] == "revoked"
    client = APIClient()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{root}/consents").status_code == 404
    assert client.get(f"/api/v1/studios/{other_studio.slug}/consents").json()["results"] == []
    assert client.get(f"/api/v1/studios/{other_studio.slug}/consents/{row['id']}").status_code == 404
    with studio_scope(other_studio, actor=stranger):
        assert Consent.objects.count() == 0


# -- performers


def acted_by(character: Character, **facts: Any) -> Use:
    """What somebody does on film for a character."""
    said = {"person": "Jane Doe", "born_on": BORN, **facts}
    return Use(character.pk, ConsentKind.PERFORMANCE.value, None, **said)


def test_a_performer_is_somebody_real_whoever_they_act(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        assert mara.portrays == ""
        (lacks,) = missing([acted_by(mara)])
        assert (lacks["who"], lacks["code"]) == ("Jane Doe", "consent.missing")
        # nothing but a consent to the performance is one, and nobody else's
        recorded(user, tmp_path, kinds=["likeness", "voice", "name"])
        recorded(user, tmp_path, kinds=["performance"], subject="John Doe")
        assert [one["code"] for one in missing([acted_by(mara)])] == ["consent.missing"]
        (row,) = recorded(user, tmp_path, kinds=["performance"])
        assert missing([acted_by(mara)]) == []
        assert leave_for([acted_by(mara, person="jane  DOE")]).grants[0][0].consent == str(row.pk)
        revoke(consent=row, because="No more.", actor=user)
        assert [one["code"] for one in missing([acted_by(mara)])] == ["consent.revoked"]


def test_the_performers_own_birthday_decides_about_a_guardian(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    child = date(timezone.now().year - 9, 1, 1)
    with studio_scope(studio, actor=user):
        portray(character=mara, person="Ann Roe", born_on=BORN, actor=user)
        recorded(user, tmp_path, kinds=["performance"])
        assert missing([acted_by(mara)]) == []
        assert [one["code"] for one in missing([acted_by(mara, born_on=child)])] == ["consent.minor"]
        portray(character=mara, person="Ann Roe", born_on=child, actor=user)
        assert missing([acted_by(mara)]) == [], "the character's person is another"


def test_a_performer_for_nobody_on_the_roster_is_refused(studio: Studio, user: Any, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user):
        recorded(user, tmp_path, kinds=["performance"])
        nobody = Use(uuid.uuid4(), "performance", None, person="Jane Doe", born_on=BORN)
        with pytest.raises(ConsentRefused):
            leave_for([nobody])
