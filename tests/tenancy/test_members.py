"""Seats: given by those who may, never without an owner, and gone at once when they are taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from craft.terms.people import Role
from tenancy.errors import Forbidden
from tenancy.models import Membership, Studio, User
from tenancy.queries import studios_of
from tenancy.scope import studio_scope
from tenancy.services import LastOwner, MemberRefused, add_member, remove_member, set_roles

pytestmark = pytest.mark.django_db


def test_somebody_new_gets_a_seat_and_a_mail_to_choose_a_password(
    client_in: Client, studio: Studio, user: Any
) -> None:
    answer = client_in.post(
        "/s/lantern/members/", {"email": "Eve@slate.test", "name": "Eve", "roles": ["operator", "editor"]}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/s/lantern/members/")
    eve = User.objects.get(email="eve@slate.test")
    assert not eve.has_usable_password()
    assert [entry.slug for entry in studios_of(eve)] == ["lantern"]
    assert [message.to for message in mail.outbox] == [[eve.email]]
    with studio_scope(studio):
        assert Membership.objects.get(user=eve).roles == ["editor", "operator"]


def test_somebody_known_gets_a_seat_without_a_second_account(
    studio: Studio, user: Any, stranger: Any
) -> None:
    with studio_scope(studio, actor=user):
        assert add_member(email=stranger.email.upper(), name="x", roles=["client"], actor=user) == (
            stranger,
            False,
        )
        assert Membership.objects.filter(user=stranger).count() == 1


@pytest.mark.parametrize(
    ("email", "roles", "field"),
    [("no address", ["editor"], "email"), ("a@b.test", [], "roles"), ("a@b.test", ["king"], "roles")],
)
def test_impossible_seats_are_refused_and_nobody_is_created(
    studio: Studio, user: Any, email: str, roles: list[str], field: str
) -> None:
    before = User.objects.count()
    with pytest.raises(MemberRefused) as refused, studio_scope(studio, actor=user):
        add_member(email=email, name="", roles=roles, actor=user)
    assert list(refused.value.fields) == [field]
    assert User.objects.count() == before


def test_the_last_owner_can_neither_leave_nor_step_down(studio: Studio, user: Any, stranger: Any) -> None:
    with studio_scope(studio, actor=user):
        with pytest.raises(LastOwner):
            remove_member(user=user, actor=user)
        with pytest.raises(LastOwner):
            set_roles(user=user, roles=[Role.DIRECTOR], actor=user)
        set_roles(user=stranger, roles=[Role.OWNER], actor=user)
        set_roles(user=user, roles=[Role.DIRECTOR], actor=user)
        assert Membership.objects.get(user=user).roles == ["director"]


def test_a_seat_that_is_taken_closes_every_door_at_once(studio: Studio, user: Any, stranger: Any) -> None:
    with studio_scope(studio, actor=user):
        set_roles(user=stranger, roles=[Role.EDITOR], actor=user)
    guest = Client()
    guest.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert guest.get("/s/lantern/").status_code == 200
    with studio_scope(studio, actor=user):
        remove_member(user=stranger, actor=user)
    assert guest.get("/s/lantern/").status_code == 404


def test_an_editor_may_not_give_seats(studio: Studio, user: Any, stranger: Any) -> None:
    with studio_scope(studio, actor=user):
        set_roles(user=stranger, roles=[Role.EDITOR], actor=user)
        with pytest.raises(Forbidden):
            add_member(email="c@slate.test", name="", roles=["editor"], actor=stranger)
