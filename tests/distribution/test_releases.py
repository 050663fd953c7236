"""Nothing leaves without Gate C, and the certificate says what is true of the bytes that leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from craft.terms.people import Role
from distribution import services
from distribution.certificate import certificate_digest
from distribution.errors import MasterNotWhole, NotReleasable
from distribution.inbox import released_under, waiting_to_leave
from distribution.models import Release
from episodes.models import Episode
from studio.models import Project
from talent.consents import Terms, record_consent, revoke
from tenancy.errors import Forbidden
from tenancy.models import Membership, User
from tenancy.scope import studio_scope
from tests.distribution.conftest import TITLE, House
from vault import services as vault
from vault.errors import BlobDamaged
from workflow.models import TransitionRow
from workflow.transitions import Refused, Stale, WrongState

pytestmark = pytest.mark.django_db
EPISODE = UUID(int=7)


def with_roles(*roles: Role) -> User:
    """A member of the open scope's studio."""
    person = User.objects.create_user(f"{roles[0]}@slate.test", "a-long-test-password")
    Membership.objects.create(user=person, roles=[role.value for role in roles])
    return person


def test_the_certificate_says_why_the_file_may_ship(draft: Release) -> None:
    said = draft.certificate
    assert draft.state == "draft" and draft.certificate_digest == certificate_digest(said)
    assert said["master"]["sha256"] == draft.master.sha256
    assert said["provenance"]["state"] == "trusted" and said["provenance"]["shots"] == [
        {"title": "S01", "state": "trusted"}
    ]
    assert "not a publicly trusted name" in said["provenance"]["trust"]
    assert said["gates"][0]["decided_by"] == "ada"
    assert said["loudness"] == {"integrated_lufs": -14.02, "silence": None}
    assert {check["name"]: check["ok"] for check in said["checks"]} == {"Black frames": True, "Faces": None}
    assert said["consents"] == {"recorded": [], "statement": said["consents"]["statement"]}
    assert said["consents"]["statement"].startswith("None recorded and none required")
    assert said["disclosure"]["youtube_contains_synthetic_media"] is True


def test_external_engines_leave_the_question_of_consent_open(scope: Any, user: Any, house: House) -> None:
    house.change(
        engines=[{"role": "speech", "engine": "A", "model": "v", "model_version": "2", "built_in": False}]
    )
    said = services.draft_release(episode_id=EPISODE, actor=user).certificate
    assert "has to be settled before shipping" in said["consents"]["statement"]


def test_an_engine_is_known_to_be_built_in_by_its_name(scope: Any, user: Any, house: House) -> None:
    names = [("espeak", "formant"), ("acme", "voice")]
    house.change(
        engines=[{"engine": e, "model": m, "model_version": "1", "role": "speech"} for e, m in names]
    )
    said = services.draft_release(episode_id=EPISODE, actor=user).certificate
    assert [(engine["engine"], engine["built_in"]) for engine in said["engines"]] == [
        ("espeak", True),
        ("acme", False),
    ]


def test_drafting_twice_gives_the_same_draft(scope: Any, user: Any, draft: Release) -> None:
    assert services.draft_release(episode_id=EPISODE, actor=user).pk == draft.pk
    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    "spoil",
    [lambda h: h.change(approved=False, reason="Gate C is open."), lambda h: setattr(h, "subject", None)],
)
def test_without_gate_c_nothing_is_drafted(
    scope: Any, user: Any, house: House, spoil: Callable[[House], None]
) -> None:
    spoil(house)
    with pytest.raises(NotReleasable):
        services.draft_release(episode_id=EPISODE, actor=user)
    assert Release.objects.count() == 0


def test_a_master_changed_in_the_vault_is_not_drafted(
    scope: Any, user: Any, house: House, vault_ground: Path
) -> None:
    assert house.subject is not None
    path = vault_ground / "studio" / str(house.subject.master.studio_id) / house.subject.master.sha256
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(BlobDamaged):
        services.draft_release(episode_id=EPISODE, actor=user)


def test_an_unsigned_master_is_not_drafted(
    scope: Any, user: Any, house: House, media: dict[str, Path]
) -> None:
    house.change(master=vault.store(media["clip.mp4"], kind="master", title="x", mime="video/mp4"))
    with pytest.raises(MasterNotWhole, match="unsigned"):
        services.draft_release(episode_id=EPISODE, actor=user)


def test_releasing_is_bound_to_the_certificate_that_was_seen(scope: Any, user: Any, draft: Release) -> None:
    with pytest.raises(Stale):
        services.publish(release=draft, actor=user, seen="0" * 64)
    services.publish(release=draft, actor=user, seen=draft.certificate_digest)
    row = TransitionRow.objects.get(object_id=draft.pk)
    assert (row.source, row.target, row.seen) == ("draft", "released", draft.certificate_digest)
    with pytest.raises(WrongState):
        services.publish(release=draft, actor=user, seen=draft.certificate_digest)


@pytest.mark.parametrize("change", [{"approved": False, "reason": "The cut changed."}, {"master": None}])
def test_a_gate_that_fell_since_stops_the_release(
    scope: Any, user: Any, draft: Release, house: House, media: dict[str, Path], change: dict[str, Any]
) -> None:
    if "master" in change:
        change = {"master": vault.store(media["other.mp4"], kind="master", title="new", mime="video/mp4")}
    house.change(**change)
    with pytest.raises(Refused):
        services.publish(release=draft, actor=user, seen=draft.certificate_digest)
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.OPERATOR, Role.EDITOR, Role.AUDITOR, Role.CLIENT])
def test_only_those_who_publish_may_release(scope: Any, draft: Release, role: Role) -> None:
    person = with_roles(role)
    with pytest.raises(Forbidden):
        services.draft_release(episode_id=EPISODE, actor=person)
    with pytest.raises(Forbidden):
        services.publish(release=draft, actor=person, seen=draft.certificate_digest)
    with pytest.raises(Forbidden):
        services.withdraw(release=draft, actor=person)


def test_the_database_refuses_to_change_a_certificate_or_jump_a_state(scope: Any, draft: Release) -> None:
    changes: list[dict[str, Any]] = [{"certificate": {}}, {"certificate_digest": "0" * 64}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.filter(pk=draft.pk).update(**change)
    Release.objects.filter(pk=draft.pk).update(state="withdrawn")
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.filter(pk=draft.pk).update(state="released")


def test_a_withdrawn_master_can_be_released_again(scope: Any, user: Any, released: Release) -> None:
    services.withdraw(release=released, actor=user, note="wrong credits")
    again = services.draft_release(episode_id=EPISODE, actor=user)
    assert again.pk != released.pk and released.state == "withdrawn"


def test_the_pages_carry_a_release_from_draft_to_out(client_in: Client, studio: Any, house: House) -> None:
    base = f"/s/{studio.slug}/distribution/"
    assert "Nothing has left the house yet" in client_in.get(base).content.decode()
    answer = client_in.post(base + "draft/", {"episode": str(EPISODE)})
    assert answer.status_code == 303
    page = client_in.get(answer["Location"]).content.decode()
    assert "Why this file may ship" in page and "Faces" in page and "not measured" in page
    with studio_scope(studio):
        release = Release.objects.get()
    client_in.post(f"{base}{release.pk}/publish/", {"seen": release.certificate_digest})
    assert "Released" in client_in.get(base).content.decode()
    assert TITLE in client_in.get(f"{base}{release.pk}/certificate/").content.decode()
    part = client_in.get(f"{base}{release.pk}/file/", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue()) == (206, b"ftyp")
    assert part["Content-Disposition"].startswith("attachment")
    track = client_in.get(f"{base}{release.pk}/captions/0/")
    assert track["Content-Type"].startswith("text/vtt") and track.getvalue().startswith(b"WEBVTT")
    assert client_in.get(f"{base}{release.pk}/captions/1/").status_code == 404


def test_the_list_costs_the_same_for_one_and_three(
    client_in: Client, studio: Any, user: Any, released: Release
) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client_in.get(f"/s/{studio.slug}/distribution/").status_code == 200
        counts.append(len(queries))
        for number in (1, 2):
            with studio_scope(studio):
                Release.objects.create(
                    project_id=uuid4(),
                    project_title=f"P{number}",
                    episode_id=uuid4(),
                    title="x",
                    master=released.master,
                    certificate={},
                    certificate_digest="0" * 64,
                )
    assert counts[0] == counts[1]


def test_a_certified_episode_is_in_the_inbox_until_drafted(scope: Any, user: Any, house: House) -> None:
    project = Project.objects.get()
    Episode.objects.create(pk=EPISODE, project=project, title=TITLE, state="certified")
    Episode.objects.create(project=project, title="Not yet", number=2, state="gate_c")
    assert [(item.title, item.project) for item in waiting_to_leave()] == [
        (f"Certified · {TITLE}", "Night Ferry")
    ]
    release = services.draft_release(episode_id=EPISODE, actor=user)
    assert waiting_to_leave() == []
    services.publish(release=release, actor=user, seen=release.certificate_digest)
    assert Episode.objects.get(pk=EPISODE).state == "released"


def test_a_stranger_gets_404_everywhere(
    studio: Any, other_studio: Any, stranger: Any, released: Release
) -> None:
    other = Client()
    other.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for owner in (studio, other_studio):
        base = f"/s/{owner.slug}/distribution/{released.pk}/"
        for place in ("", "certificate/", "file/", "captions/0/"):
            assert other.get(base + place).status_code == 404
        for place in ("publish/", "withdraw/", "share/", f"share/{uuid4()}/revoke/"):
            assert other.post(base + place).status_code == 404
        assert other.get(f"/api/v1/studios/{owner.slug}/releases/{released.pk}/").status_code == 404


def test_the_api_does_the_same(api: APIClient, studio: Any, house: House) -> None:
    base = f"/api/v1/studios/{studio.slug}/releases/"
    made = api.post(base, {"episode": str(EPISODE)}, format="json").json()
    assert api.post(f"{base}{made['id']}/publish/", {"seen": "no"}, format="json").status_code == 409
    out = api.post(f"{base}{made['id']}/publish/", {"seen": made["certificate_digest"]}, format="json")
    assert out.json()["state"] == "released"
    short = api.post(f"{base}{made['id']}/links/", {"passphrase": "short"}, format="json")
    assert (short.status_code, list(short.json()["error"]["fields"])) == (422, ["passphrase"])
    link = api.post(f"{base}{made['id']}/links/", {"passphrase": "open sesame"}, format="json")
    assert link.status_code == 201 and "/r/" in link.json()["address"]
    listed = api.get(f"{base}{made['id']}/links/").json()
    assert [row["id"] for row in listed] == [link.json()["id"]] and "address" not in listed[0]
    ended = api.post(f"/api/v1/studios/{studio.slug}/share-links/{link.json()['id']}/revoke/")
    assert ended.json()["revoked_at"] is not None
    assert api.post(base, {"episode": "nonsense"}, format="json").status_code == 422


def test_a_master_made_under_consents_names_them_and_stays_in_when_one_is_taken_back(
    scope: Any, user: Any, house: House, tmp_path: Path
) -> None:
    paper = tmp_path / "form.pdf"
    paper.write_bytes(b"signed by Jane")
    terms = Terms(
        subject="Jane Doe",
        kinds=["voice"],
        valid_from=date(2026, 1, 1),
        method="signed_form",
        text_version="1",
        granted_by="Jane Doe",
        scope={"uses": ["programme"]},
    )
    (voice,) = record_consent(terms=terms, evidence=paper, filename="form.pdf", actor=user)
    used = {"id": str(voice.pk), "kind": "voice", "subject": "Jane Doe", "state": "in_force"}
    house.change(consents=[used])
    release = services.draft_release(episode_id=EPISODE, actor=user)
    assert release.certificate["consents"]["recorded"] == [{"id": str(voice.pk), "kind": "voice"}]
    assert "Jane" not in str(release.certificate)
    assert [one.title for one in released_under(voice)] == [f"Night Ferry, {TITLE}"]
    revoke(consent=voice, because="She changed her mind.", actor=user)
    with pytest.raises(NotReleasable, match="took the consent to their voice back"):
        services.publish(release=release, actor=user, seen=release.certificate_digest)
    with pytest.raises(NotReleasable):
        services.releasable(EPISODE)
