"""A guest's way in: nothing before the passphrase, nothing after the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone

from distribution import services, sharing
from distribution.errors import ShareRefused
from distribution.models import Release, ShareLink
from tenancy.models import AuditRow
from tenancy.scope import studio_scope
from tests.distribution.conftest import TITLE

pytestmark = pytest.mark.django_db
PASSPHRASE = "harbour lights"


@pytest.fixture
def address(studio: Any, user: Any, released: Release) -> str:
    """The address of a fresh link."""
    return make(studio, user, released)


def make(studio: Any, user: Any, release: Release, **more: Any) -> str:
    with studio_scope(studio, actor=user):
        _, token = sharing.share(release=release, actor=user, passphrase=PASSPHRASE, **more)
    return f"/r/{token}/"


def enter(address: str, passphrase: str = PASSPHRASE) -> tuple[Client, Any]:
    guest = Client()
    return guest, guest.post(address, {"passphrase": passphrase})


def change(studio: Any, **columns: Any) -> None:
    with studio_scope(studio):
        ShareLink.objects.update(**columns)


def test_a_guest_enters_with_the_passphrase_and_watches(address: str) -> None:
    door = Client().get(address)
    assert door.status_code == 200 and TITLE not in door.content.decode()
    guest, answer = enter(address)
    assert (answer.status_code, answer["Location"]) == (303, address)
    player = guest.get(address).content.decode()
    assert TITLE in player and "Certificate SHA-256" in player and "<track" in player
    part = guest.get(address + "master/", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue()) == (206, b"ftyp")
    assert guest.get(address + "captions/0/").getvalue().startswith(b"WEBVTT")


def test_a_browser_that_hides_its_origin_gets_in(address: str) -> None:
    """What browsers send from a page under no-referrer."""
    guest = Client(enforce_csrf_checks=True)
    assert guest.post(address, {"passphrase": PASSPHRASE}, headers={"origin": "null"}).status_code == 303
    assert guest.get(address + "master/").status_code == 200


def test_guests_leave_no_referrer_and_nothing_in_caches(address: str) -> None:
    guest, _ = enter(address)
    for answer in (
        Client().get(address),
        guest.get(address),
        guest.get(address + "master/"),
        Client().get("/r/x/"),
    ):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]


def test_without_the_passphrase_there_is_nothing(address: str) -> None:
    stranger, answer = enter(address, "harbour light")
    assert answer.status_code == 403 and TITLE not in answer.content.decode()
    for place in ("master/", "captions/0/"):
        assert stranger.get(address + place).status_code == 404


def test_the_cookie_of_one_link_does_not_open_another(
    studio: Any, user: Any, released: Release, address: str
) -> None:
    second = make(studio, user, released)
    _, answer = enter(address)
    stolen = Client()
    stolen.cookies["slate_share"] = answer.cookies["slate_share"].value
    assert stolen.get(address + "master/").status_code == 200
    assert stolen.get(second + "master/").status_code == 404
    stolen.cookies["slate_share"] = answer.cookies["slate_share"].value[:-2] + "xx"
    assert stolen.get(address + "master/").status_code == 404


@pytest.mark.parametrize("how", ["expired", "revoked", "withdrawn", "unknown"])
def test_an_ended_link_says_nothing_of_what_was_behind_it(
    studio: Any, user: Any, released: Release, address: str, how: str
) -> None:
    guest, _ = enter(address)
    with studio_scope(studio, actor=user):
        if how == "expired":
            past = timezone.now() - timedelta(seconds=1)
            ShareLink.objects.update(expires_at=past)
        elif how == "revoked":
            sharing.revoke(link=ShareLink.objects.get(), actor=user)
        elif how == "withdrawn":
            services.withdraw(release=released, actor=user)
    place = address if how != "unknown" else address[:-3] + "AA/"
    expected = 404 if how == "unknown" else 410
    for answer in (
        guest.get(place),
        guest.get(place + "master/"),
        guest.get(place + "captions/0/"),
        enter(place)[1],
    ):
        assert answer.status_code == expected
        assert TITLE not in answer.content.decode() and "Night Ferry" not in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 500, "%00", "..%2f..", "é"])
def test_a_guessed_address_leads_nowhere(released: Release, token: str) -> None:
    assert Client().get(f"/r/{token}/").status_code == 404


def test_guessing_locks_the_link_even_for_the_right_passphrase(studio: Any, address: str) -> None:
    assert [enter(address, f"wrong {n}")[1].status_code for n in range(5)] == [403] * 5
    locked = enter(address)[1]
    assert locked.status_code == 429 and TITLE not in locked.content.decode()
    change(studio, tries_since=timezone.now() - timedelta(minutes=16))
    assert enter(address)[1].status_code == 303


def test_a_right_passphrase_forgets_the_wrong_ones(studio: Any, address: str) -> None:
    for _ in range(3):
        assert [enter(address, "wrong wrong")[1].status_code for _ in range(4)] == [403] * 4
        assert enter(address)[1].status_code == 303


def test_a_link_is_used_up_after_its_visits(studio: Any, user: Any, released: Release) -> None:
    address = make(studio, user, released, max_views=2)
    first, _ = enter(address)
    assert enter(address)[1].status_code == 303
    assert enter(address)[1].status_code == 410
    assert first.get(address).status_code == 200


def test_saving_is_offered_only_where_the_link_allows_it(
    studio: Any, user: Any, released: Release, address: str
) -> None:
    generous = make(studio, user, released, allow_download=True)
    for place, word in ((address, "inline"), (generous, "attachment")):
        guest, _ = enter(place)
        assert guest.get(place + "master/?save")["Content-Disposition"].startswith(word)


def test_only_hashes_are_kept(studio: Any, address: str) -> None:
    token = address.split("/")[2]
    with studio_scope(studio), connection.cursor() as cursor:
        audit = "(SELECT string_agg(a::text, '') FROM tenancy_auditrow a)"
        cursor.execute(f"SELECT string_agg(l::text, '') || {audit} FROM distribution_sharelink l")
        everything = cursor.fetchone()[0]
    assert len(token) >= 43 and token not in everything and PASSPHRASE not in everything


def test_each_visit_is_in_the_audit(studio: Any, address: str) -> None:
    enter(address)
    with studio_scope(studio):
        assert AuditRow.objects.filter(action="share.entered").count() == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"passphrase": "short"}, "passphrase"),
        ({"days": 15}, "days"),
        ({"days": 0}, "days"),
        ({"max_views": 0}, "max_views"),
    ],
)
def test_a_careless_link_is_refused(
    studio: Any, user: Any, released: Release, asked: dict[str, Any], field: str
) -> None:
    with studio_scope(studio, actor=user), pytest.raises(ShareRefused) as refusal:
        sharing.share(release=released, actor=user, **{"passphrase": PASSPHRASE, **asked})
    assert list(refusal.value.fields) == [field]


def test_a_draft_cannot_be_shared(studio: Any, user: Any, draft: Release) -> None:
    with studio_scope(studio, actor=user), pytest.raises(ShareRefused, match="Only a released master"):
        sharing.share(release=draft, actor=user, passphrase=PASSPHRASE)


def test_the_database_keeps_a_link_within_two_weeks(studio: Any, address: str) -> None:
    with studio_scope(studio), pytest.raises(IntegrityError), transaction.atomic():
        ShareLink.objects.update(expires_at=timezone.now() + timedelta(days=15))


def test_the_page_shows_the_address_once(client_in: Client, studio: Any, released: Release) -> None:
    place = f"/s/{studio.slug}/distribution/{released.pk}/"
    made = client_in.post(place + "share/", {"passphrase": PASSPHRASE, "days": 3, "label": "<b>Festival</b>"})
    assert "/r/" in made.content.decode() and "<b>Festival" not in made.content.decode()
    again = client_in.get(place).content.decode()
    assert "/r/" not in again and "Festival" in again
    bad = client_in.post(place + "share/", {"passphrase": "short", "days": 99})
    assert bad.status_code == 422
