"""Tenancy's start: the SQL guard on every application connection and the checks that refuse an unsafe role."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created

from tenancy.scope import guard_sql


def _guard(connection: Any, **kwargs: Any) -> None:
    if connection.alias == "default" and guard_sql not in connection.execute_wrappers:
        connection.execute_wrappers.append(guard_sql)


class TenancyConfig(AppConfig):
    """Who owns a row."""

    name = "tenancy"

    def ready(self) -> None:
        """Guard connections and register the wall checks."""
        from tenancy import audit, checks  # noqa: F401  the audit's sink must be registered

        connection_created.connect(_guard, weak=False, dispatch_uid="tenancy.guard")
        register(checks.role_keeps_the_walls, Tags.database)
        register(checks.studio_tables_are_walled, Tags.database)
