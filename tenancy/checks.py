"""System checks: refuse to start with a database role, or a table, that voids the row policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections

from tenancy.models import StudioModel

ROLE_SQL = """
SELECT r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relrowsecurity)
FROM pg_roles r WHERE r.rolname = current_user
"""
UNWALLED_SQL = """
SELECT c.relname FROM pg_class c
WHERE c.relname = ANY(%s) AND c.relkind = 'r'
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity
           AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'studio_wall'
                       AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL))
"""


def role_keeps_the_walls(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E001: the application's role is a superuser, bypasses row security or owns a walled table."""
    if not databases or "default" not in databases:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(ROLE_SQL)
            superuser, bypasses, owner = cursor.fetchone()
    except DatabaseError as error:
        return [Error(f"The database did not answer: {error}", hint="Check DATABASE_URL.", id="tenancy.E003")]
    reasons = [
        why
        for bad, why in (
            (superuser, "is a superuser"),
            (bypasses, "has BYPASSRLS"),
            (owner, "owns walled tables"),
        )
        if bad
    ]
    if not reasons:
        return []
    hint = "Point DATABASE_URL at the role slate_app (launcher/roles.sql creates it)."
    return [
        Error(
            f"The database role {' and '.join(reasons)}: row policies would not hold.",
            hint=hint,
            id="tenancy.E001",
        )
    ]


def studio_tables_are_walled(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """E002: a studio-owned table lacks its forced row policy (a migration without `StudioTables`)."""
    if not databases or "default" not in databases:
        return []
    tables = [m._meta.db_table for m in apps.get_models() if issubclass(m, StudioModel)]
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(UNWALLED_SQL, [tables])
            bare = sorted(row[0] for row in cursor.fetchall())
    except DatabaseError:
        return []
    return [
        Error(f"{t} has no forced row policy.", hint="Add StudioTables to its migration.", id="tenancy.E002")
        for t in bare
    ]
