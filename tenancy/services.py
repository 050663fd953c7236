"""Verbs of tenancy: found a studio, give and take memberships."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

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


def set_roles(
    *, user: User, roles: Iterable[Role], actor: User, project_id: uuid.UUID | None = None
) -> Membership:
    """Give a person exactly these roles in the open scope's studio (or one project). Raises Forbidden."""
    require(actor, Permission.MEMBERS)
    values = sorted(Role(role).value for role in roles)
    membership: Membership
    membership, _ = Membership.objects.update_or_create(
        user=user, project_id=project_id, defaults={"roles": values}
    )
    record(actor, "member.roles_set", membership, {"user": user.email, "roles": values})
    return membership


def remove_member(*, user: User, actor: User) -> int:
    """Take all of a person's memberships in the open scope's studio. Returns how many there were."""
    require(actor, Permission.MEMBERS)
    removed, _ = Membership.objects.filter(user=user).delete()
    record(actor, "member.removed", f"tenancy.User:{user.pk}", {"user": user.email})
    return removed
