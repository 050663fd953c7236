"""Who may do what: the vocabulary's matrix applied to a person's set of roles."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from craft.terms.people import MATRIX, Permission, Role
from tenancy.errors import Forbidden
from tenancy.models import User
from tenancy.queries import membership_of

FOUNDER_ROLES: tuple[Role, ...] = tuple(role for role in Role if role is not Role.CLIENT)


def roles_allow(roles: Iterable[str], permission: Permission) -> bool:
    """Whether any of these roles carries the permission."""
    return bool(MATRIX[permission].intersection(Role(role) for role in roles))


def can(actor: User | None, permission: Permission, project_id: uuid.UUID | None = None) -> bool:
    """Whether this person may, in the open scope. The system (None) holds no roles and may not."""
    if actor is None:
        return False
    membership = membership_of(actor, project_id)
    return membership is not None and roles_allow(membership.roles, permission)


def require(actor: User | None, permission: Permission, project_id: uuid.UUID | None = None) -> None:
    """Raise Forbidden, naming the roles that may, unless the person holds one of them."""
    if not can(actor, permission, project_id):
        who = ", ".join(sorted(role.label.lower() for role in MATRIX[permission]))
        raise Forbidden(
            f"Your roles do not include “{permission.label.lower()}”.",
            kept="Nothing was changed.",
            next_step=f"Ask someone with one of these roles: {who}.",
        )
