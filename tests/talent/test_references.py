"""Reference pictures of a character: what may be brought, their order, the drawn sheet, and who sees them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from engines import foreign
from talent.consents import portray
from talent.models import Character, Reference
from talent.queries import references_of
from talent.references import (
    ReferenceRefused,
    add_reference,
    ask_sheet,
    move_reference,
    remove_reference,
)
from talent.services import BibleLocked, ensure_character, set_lock
from tenancy.errors import Forbidden
from tenancy.models import Membership, Studio
from tenancy.scope import studio_scope
from tests.episodes.working import work
from tests.vault.conftest import signer, vault_ground
from vault.errors import UploadRefused
from vault.models import Asset
from vault.services import local_path

__all__ = ["signer", "vault_ground"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("vault_ground"),
    pytest.mark.skipif(not foreign.available(), reason="no sandbox here"),
]


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), **how: Any) -> bytes:
    """A picture with a see-through corner where its format allows it."""
    mode = "RGB" if kind == "JPEG" else "RGBA"
    made = Image.new(mode, size, (200, 30, 30) if mode == "RGB" else (200, 30, 30, 255))
    if mode == "RGBA":
        made.paste((0, 0, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    made.save(out, kind, **how)
    return out.getvalue()


def near(seen: Any, wanted: tuple[int, int, int]) -> bool:
    """Whether a colour is the wanted one, as far as JPEG keeps it."""
    return all(abs(a - b) < 12 for a, b in zip(seen, wanted, strict=True))


@pytest.fixture
def mara(studio: Studio, user: Any) -> Character:
    with studio_scope(studio, actor=user):
        return ensure_character(name="Mara", description="A woman (34) in a red jacket.", language="en")


def bring(character: Character, actor: Any, folder: Path, data: bytes = b"", **facts: Any) -> Reference:
    path = folder / "given"
    path.write_bytes(data or picture())
    told: dict[str, Any] = {"view": "front", "label": "", "real": False} | facts
    return add_reference(character=character, file=path, actor=actor, **told)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_as_our_own_and_nothing_see_through_turns_black(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, kind: str
) -> None:
    with studio_scope(studio, actor=user):
        made = bring(mara, user, tmp_path, picture(kind), label="tired")
        assert (made.asset.mime, made.asset.kind, made.name) == ("image/jpeg", "reference", "front, tired")
        with local_path(made.asset) as path, Image.open(path) as kept:
            assert (kept.format, kept.size) == ("JPEG", (640, 480))
            pixels = kept.convert("RGB").load()
            assert pixels is not None
            corner, middle = pixels[20, 20], pixels[400, 300]
    wanted = (200, 30, 30) if kind == "JPEG" else (255, 255, 255)
    assert near(corner, wanted), corner
    assert near(middle, (200, 30, 30)), middle


def test_a_large_picture_is_made_smaller_in_its_own_shape(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        made = bring(mara, user, tmp_path, picture("JPEG", (4000, 1000)))
        with local_path(made.asset) as path, Image.open(path) as kept:
            assert kept.size == (2048, 512)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"#EXTM3U\nfile:///etc/passwd\n", "no PNG, JPEG or WebP"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "damaged"),
        (picture("JPEG")[:400], "damaged"),
        (picture("PNG", (200, 900)), "shorter side"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or WebP"),
    ],
)
def test_what_is_no_picture_is_refused_and_kept_nowhere(
    studio: Studio, user: Any, mara: Character, tmp_path: Path, data: bytes, word: str
) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(UploadRefused) as refused:
            bring(mara, user, tmp_path, data)
        assert word in refused.value.fields["file"]
        assert (Reference.objects.count(), Asset.objects.count()) == (0, 0)


def test_they_stand_in_the_order_people_put_them_in(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        one, two, three = (bring(mara, user, tmp_path, picture("PNG", (300 + n, 300))) for n in range(3))
        move_reference(reference=three, position=0, actor=user)
        assert [row.pk for row in references_of(mara)] == [three.pk, one.pk, two.pk]
        remove_reference(reference=Reference.objects.get(pk=one.pk), actor=user)
        assert [(row.pk, row.position) for row in references_of(mara)] == [(three.pk, 0), (two.pk, 1)]
        assert Asset.objects.count() == 3


def test_a_real_person_is_shown_only_by_a_character_that_portrays_them(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(ReferenceRefused) as refused:
            bring(mara, user, tmp_path, real=True)
        assert "portrays" in refused.value.fields["real"]
        portray(character=mara, person="Jane Doe", born_on=date(1990, 5, 21), actor=user)
        assert bring(mara, user, tmp_path, real=True).real


def test_a_locked_bible_keeps_its_pictures(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        made = bring(mara, user, tmp_path)
        set_lock(character=mara, locked=True, actor=user)
        for act in (
            lambda: bring(mara, user, tmp_path),
            lambda: remove_reference(reference=Reference.objects.get(pk=made.pk), actor=user),
            lambda: ask_sheet(character=mara, actor=user),
        ):
            with pytest.raises(BibleLocked):
                act()
        assert Reference.objects.count() == 1


def test_a_sheet_shows_every_side_and_the_next_takes_its_place(
    studio: Studio, user: Any, mara: Character, tmp_path: Path
) -> None:
    with studio_scope(studio, actor=user):
        own = bring(mara, user, tmp_path)
        ask_sheet(character=mara, actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        rows = references_of(mara)
        assert [row.view for row in rows[1:]] == ["front", "three_quarter", "profile", "full_body"]
        assert rows[0].pk == own.pk
        assert {row.drawn_version for row in rows[1:]} == {1}
        assert all(row.asset.signed and row.asset.mime == "image/png" for row in rows[1:])
        assert len({row.asset.sha256 for row in rows}) == 5
        Character.objects.filter(pk=mara.pk).update(bible_version=2)
        ask_sheet(character=Character.objects.get(pk=mara.pk), actor=user)
    work(studio.pk)
    with studio_scope(studio, actor=user):
        assert [row.drawn_version for row in references_of(mara)] == [None, 2, 2, 2, 2]


def test_the_page_takes_and_shows_them(client_in: Client, studio: Studio, mara: Character) -> None:
    root = f"/s/{studio.slug}/talent"
    file = SimpleUploadedFile("me.png", picture(), "image/png")
    answer = client_in.post(
        f"{root}/{mara.pk}/references/", {"file": file, "view": "profile", "shows": "invented"}
    )
    assert answer.status_code == 302
    page = client_in.get(f"{root}/{mara.pk}/").content.decode()
    assert "1. Profile" in page
    assert "1 reference picture" in page
    bad = SimpleUploadedFile("me.png", b"no picture", "image/png")
    refused = client_in.post(
        f"{root}/{mara.pk}/references/", {"file": bad, "view": "front", "shows": "invented"}
    )
    assert refused.status_code == 422
    assert "This is no PNG, JPEG or WebP picture." in refused.content.decode()
    with studio_scope(studio):
        made = Reference.objects.get()
    assert client_in.post(f"{root}/references/{made.pk}/remove/").status_code == 302
    assert "None yet." in client_in.get(f"{root}/{mara.pk}/").content.decode()


def test_the_api_does_the_same_and_strangers_see_nothing(
    api: APIClient, studio: Studio, mara: Character, other_studio: Studio, stranger: Any
) -> None:
    root = f"/api/v1/studios/{studio.slug}/character-references"
    body = {"character": str(mara.pk), "view": "front", "file": SimpleUploadedFile("a.jpg", picture("JPEG"))}
    made = api.post(root, body, format="multipart")
    assert made.status_code == 201, made.json()
    again = {**body, "file": SimpleUploadedFile("b.jpg", picture("JPEG", (300, 300)))}
    second = api.post(root, again, format="multipart").json()
    moved = api.patch(f"{root}/{second['id']}", {"position": 0}, format="json")
    assert moved.json()["position"] == 0
    assert [row["id"] for row in api.get(f"{root}?character={mara.pk}").json()["results"]] == [
        second["id"],
        made.json()["id"],
    ]
    assert api.post(f"{root}/sheet", {"character": str(mara.pk)}, format="json").status_code == 202
    bad = api.post(root, {**body, "file": SimpleUploadedFile("c.jpg", b"x")}, format="multipart")
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "upload.refused")
    assert api.delete(f"{root}/{second['id']}").status_code == 204
    client = APIClient()
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/api/v1/studios/{other_studio.slug}/character-references").json()["results"] == []
    assert client.get(root).status_code == 404
    with studio_scope(other_studio, actor=stranger):
        assert Reference.objects.count() == 0


def test_who_may_not_edit_brings_nothing(studio: Studio, user: Any, mara: Character, tmp_path: Path) -> None:
    with studio_scope(studio, actor=user) as scope:
        Membership.objects.filter(user=user).update(roles=["auditor"])
        scope.memberships.clear()
        with pytest.raises(Forbidden):
            bring(mara, user, tmp_path)
