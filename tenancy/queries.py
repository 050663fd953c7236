"""Reads: the one door from an id to an object, and the look-ups that may happen before a scope is open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models

from tenancy.errors import NotFound
from tenancy.models import Membership, StudioModel, User
from tenancy.scope import current_scope

T = TypeVar("T", bound=StudioModel)


@dataclass(frozen=True, slots=True)
class StudioEntry:
    """One line of the studio directory, as a member sees it."""

    id: uuid.UUID
    slug: str
    name: str


def get_for(model: type[T], pk: object, *, using: models.QuerySet[Any] | None = None, **filters: Any) -> T:
    """The row of the open scope's studio with this id. Raises NotFound for a missing, foreign or malformed id."""
    rows = using if using is not None else model.objects.all()
    try:
        found: T | None = rows.filter(pk=pk, **filters).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound(f"There is no such {model._meta.verbose_name} here.")
    return found


def studios_of(user: User) -> list[StudioEntry]:
    """The studios this person belongs to, by name. Works outside a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, slug, name FROM studios_of(%s)", [user.pk])
        return [StudioEntry(*row) for row in cursor.fetchall()]


def studio_for(user: User, slug: str) -> StudioEntry | None:
    """The studio with this slug when the person belongs to it, else None. Works outside a scope."""
    return next((entry for entry in studios_of(user) if entry.slug == slug), None)


def every_studio() -> list[uuid.UUID]:
    """Ids of all studios, for the installation's own chores (checks, upgrades). Works outside a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT every_studio()")
        return [row[0] for row in cursor.fetchall()]


def membership_of(user: User, project_id: uuid.UUID | None = None) -> Membership | None:
    """The person's studio-wide membership in the open scope, or the one for a project when there is one."""
    scope = current_scope()
    key = project_id or scope.studio_id
    if user.pk not in scope.memberships or project_id is not None:
        rows = list(Membership.objects.filter(user=user))
        chosen = next((m for m in rows if project_id and m.project_id == project_id), None)
        chosen = chosen or next((m for m in rows if m.project_id is None), None)
        if key != scope.studio_id:
            return chosen
        scope.memberships[user.pk] = chosen
    return scope.memberships[user.pk]


def members() -> list[Membership]:
    """Studio-wide memberships of the open scope with their people, by name."""
    rows = Membership.objects.filter(project_id=None).select_related("user")
    return sorted(rows, key=lambda membership: str(membership.user).casefold())
