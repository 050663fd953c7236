"""Wall two: row policies, composite foreign keys and the few functions that may look across studios.

Migrations use four operations. `StudioTables` walls tables in, `SysAccess` lets the system role see one table,
`SysFunction` installs a SECURITY DEFINER function that runs as that role, `Editions` counts a table among a studio's
settings. The system role cannot log in.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

APP_ROLE, SYS_ROLE = "slate_app", "slate_sys"


class _DatabaseOnly(Operation):
    """An operation that changes the database and not the model state."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the models stay as they are."""

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing: the tables go away with their own operations, and walls are never taken down alone."""


class StudioTables(_DatabaseOnly):
    """Wall in the named models of this app. Running it again adds only what is missing.

    `append_only` names models whose rows the application may insert and read, never change.
    """

    def __init__(self, *models: str, append_only: tuple[str, ...] = ()) -> None:
        self.models = tuple(m.lower() for m in models)
        self.append_only = tuple(m.lower() for m in append_only)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return ("StudioTables", list(self.models), {"append_only": self.append_only})

    def describe(self) -> str:
        """One line for `showmigrations --plan`."""
        return f"Wall in {', '.join(self.models)}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Policies and unique keys first, then the composite foreign keys that need them."""
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        for model in models:
            for sql in _wall(model._meta.db_table):
                schema_editor.execute(sql)
        for model in models:
            for sql in _composite_keys(model):
                schema_editor.execute(sql)
        for name in self.append_only:
            table = to_state.apps.get_model(app_label, name)._meta.db_table
            schema_editor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM {APP_ROLE}')


def _wall(table: str) -> list[str]:
    unique = _once(
        f"{table}_studio_id_key",
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_studio_id_key" UNIQUE (studio_id, id)',
    )
    mine = "studio_id = (SELECT app_studio())"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS studio_wall ON "{table}"',
        # (SELECT f()) is evaluated once for the statement instead of once for each row.
        f'CREATE POLICY studio_wall ON "{table}" USING ({mine}) WITH CHECK ({mine})',
        unique,
    ]


def _composite_keys(model: Any) -> list[str]:
    """A plain foreign key is checked without row policies, so a row could point into another studio."""
    table, statements = model._meta.db_table, []
    for field in model._meta.local_fields:
        parent = field.remote_field.model if field.remote_field else None
        if parent is None or not any(f.name == "studio" for f in parent._meta.local_fields):
            continue
        name = f"{table}_{field.column}_wall"[:63]
        add = (
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (studio_id, "{field.column}")'
            f' REFERENCES "{parent._meta.db_table}" (studio_id, id) DEFERRABLE INITIALLY DEFERRED'
        )
        statements.append(_once(name, add))
    return statements


def _once(constraint: str, sql: str) -> str:
    return (
        f"DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{constraint[:63]}')"
        f" THEN {sql}; END IF; END $do$"
    )


class SysAccess(_DatabaseOnly):
    """Let the system role see one table (job, directory, link look-up …), with the named privileges."""

    def __init__(self, model: str, privileges: str = "SELECT") -> None:
        self.model, self.privileges = model.lower(), privileges

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return ("SysAccess", [self.model, self.privileges], {})

    def describe(self) -> str:
        """One line for `showmigrations --plan`."""
        return f"Give {SYS_ROLE} {self.privileges} on {self.model}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Grant, and a policy of its own so that the wall for everybody else stays as it is."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(f'GRANT {self.privileges} ON "{table}" TO {SYS_ROLE}')
        schema_editor.execute(f'DROP POLICY IF EXISTS system_view ON "{table}"')
        schema_editor.execute(
            f'CREATE POLICY system_view ON "{table}" TO {SYS_ROLE} USING (true) WITH CHECK (true)'
        )


class SysFunction(_DatabaseOnly):
    """Install a SECURITY DEFINER function owned by the system role and callable by the application.

    `signature` is `name(arg type, …)`, `returns` the result type, `body` the SQL text between the dollars.
    """

    def __init__(self, signature: str, returns: str, body: str, language: str = "sql") -> None:
        self.signature, self.returns, self.body, self.language = signature, returns, body, language

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return ("SysFunction", [self.signature, self.returns, self.body, self.language], {})

    def describe(self) -> str:
        """One line for `showmigrations --plan`."""
        return f"Install {self.signature}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create it, hand it to the system role, take it from everybody, give it to the application."""
        name = self.signature.split("(", 1)[0]
        run = schema_editor.execute
        # The body may hold % signs: no parameters are passed, so nothing interprets them.
        run(
            f"CREATE OR REPLACE FUNCTION {self.signature} RETURNS {self.returns} LANGUAGE {self.language} VOLATILE"
            f" SECURITY DEFINER SET search_path = pg_catalog, public AS $body${self.body}$body$",
            None,
        )
        run(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        run(f"GRANT EXECUTE ON FUNCTION {name} TO {APP_ROLE}")
        run(f"GRANT CREATE ON SCHEMA public TO {SYS_ROLE}")
        run(f"ALTER FUNCTION {name} OWNER TO {SYS_ROLE}")
        run(f"REVOKE CREATE ON SCHEMA public FROM {SYS_ROLE}")


class Editions(_DatabaseOnly):
    """Count a table among the settings of a studio: each change of a row gives the studio a new edition.

    `shared` says that the table's rows belong to no studio and are settings of all.
    """

    def __init__(self, model: str, *, shared: bool = False) -> None:
        self.model, self.shared = model.lower(), shared

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return ("Editions", [self.model], {"shared": self.shared})

    def describe(self) -> str:
        """One line for `showmigrations --plan`."""
        return f"Count {self.model} among the settings"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """A trigger on every change."""
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        each, name = ("STATEMENT", "new_edition_of_all") if self.shared else ("ROW", "new_edition")
        schema_editor.execute(f'DROP TRIGGER IF EXISTS new_edition ON "{table}"')
        schema_editor.execute(
            f'CREATE TRIGGER new_edition AFTER INSERT OR UPDATE OR DELETE ON "{table}"'
            f" FOR EACH {each} EXECUTE FUNCTION {name}()"
        )
