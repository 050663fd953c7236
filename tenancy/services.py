"""Verbs of tenancy: found a studio, give and take memberships."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from craft.terms.people import Permission, Role
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import Membership, Studio, User
from tenancy.rules import FOUNDER_ROLES, require
from tenancy.scope import studio_scope


class SlugTaken(SlateError):
    """Another studio already uses this address."""

    code = "studio.slug_taken"
    status = 409


def found_studio(*, name: str, founder: User, slug: str = "", jobs_at_once: int = 1) -> Studio:
    """Create a studio with its founder, who holds every seat. Call outside a scope. Raises SlugTaken."""
    studio_id, address = uuid.uuid4(), slug or slugify(name) or "studio"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT found_studio(%s, %s, %s, %s)", [studio_id, address, name, jobs_at_once])
    except IntegrityError as error:
        raise SlugTaken(f"The address “{address}” is taken.", next_step="Choose another one.") from error
    with studio_scope(studio_id, actor=founder):
        Membership.objects.create(user=founder, roles=[role.value for role in FOUNDER_ROLES])
        record(founder, "studio.founded", f"tenancy.Studio:{studio_id}", {"name": name})
        return Studio.objects.get(pk=studio_id)


class LastOwner(SlateError):
    """A studio keeps at least one owner."""

    code = "member.last_owner"
    status = 409


class MemberRefused(SlateError):
    """The address or the roles are not possible; `fields` names which."""

    code = "member.invalid"
    status = 422


def add_member(*, email: str, name: str, roles: Iterable[str], actor: User) -> tuple[User, bool]:
    """Give a person a seat; somebody new gets an account without a password. Returns the person, and if new.

    Raises Forbidden, MemberRefused. A new person chooses a password by the reset mail the page sends.
    """
    require(actor, Permission.MEMBERS)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise MemberRefused(
            "That is not an e-mail address.", fields={"email": "Such as ada@example.org."}
        ) from error
    known = User.objects.filter(email__iexact=address).first()
    person = known or User.objects.create_user(address, None, name=name.strip()[:120])
    set_roles(user=person, roles=_roles(roles), actor=actor)
    return person, known is None


def _roles(values: Iterable[str]) -> list[Role]:
    try:
        found = [Role(value) for value in values]
    except ValueError as error:
        raise MemberRefused("There is no such role.", fields={"roles": str(error)}) from error
    if not found:
        raise MemberRefused("A seat needs at least one role.", fields={"roles": "Choose one or more."})
    return found


def set_roles(
    *, user: User, roles: Iterable[Role], actor: User, project_id: uuid.UUID | None = None
) -> Membership:
    """Give a person exactly these roles in the open scope's studio (or one project). Raises Forbidden, LastOwner."""
    require(actor, Permission.MEMBERS)
    values = sorted(Role(role).value for role in roles)
    if project_id is None and Role.OWNER.value not in values:
        _keep_an_owner(user)
    membership: Membership
    membership, _ = Membership.objects.update_or_create(
        user=user, project_id=project_id, defaults={"roles": values}
    )
    record(actor, "member.roles_set", membership, {"user": user.email, "roles": values})
    return membership


def remove_member(*, user: User, actor: User) -> int:
    """Take all of a person's memberships in the open scope's studio. Returns how many. Raises Forbidden, LastOwner."""
    require(actor, Permission.MEMBERS)
    _keep_an_owner(user)
    removed, _ = Membership.objects.filter(user=user).delete()
    record(actor, "member.removed", f"tenancy.User:{user.pk}", {"user": user.email})
    return removed


def _keep_an_owner(leaving: User) -> None:
    """Locks the owners' rows, so that two of them cannot leave at once."""
    owners = Membership.objects.select_for_update().filter(
        project_id=None, roles__contains=[Role.OWNER.value]
    )
    people = {membership.user_id for membership in owners}
    if people == {leaving.pk}:
        raise LastOwner(
            f"{leaving} is the only owner.",
            kept="Nothing was changed.",
            next_step="Make somebody else an owner first.",
        )
