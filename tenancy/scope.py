"""The one door into a studio's rows: `studio_scope`.

It opens the transaction, tells Postgres which studio it is for (`app.studio_id`, which the row policies read)
and collects what must be written last: movements of money, audit rows, then events. All writers take those locks in
this one order, so two transactions can never wait for each other in a circle.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, transaction

from tenancy.errors import OutsideScope, ScopeNesting

if TYPE_CHECKING:
    from tenancy.models import Membership, Studio, User

# Flush order: what the ledger has not posted at once; then the audit chain; then the event stream.
LEDGER, AUDIT, EVENTS = "ledger", "audit", "events"
FLUSH_ORDER = (LEDGER, AUDIT, EVENTS)


@dataclass(slots=True)
class Scope:
    """What one transaction inside a studio carries: its studio, its actor and what it will write last.

    `edition` is that of the studio's settings when the transaction began, where whoever opened it asked for it.
    """

    studio_id: uuid.UUID
    actor: User | None = None
    edition: int | None = None
    pending: dict[str, list[Any]] = field(default_factory=dict)
    memberships: dict[uuid.UUID, Membership | None] = field(default_factory=dict)

    def collect(self, sink: str, row: Any) -> None:
        """Keep `row` for the flush of `sink` (one of FLUSH_ORDER) at the end of the transaction."""
        self.pending.setdefault(sink, []).append(row)

    def taken(self, sink: str) -> Any:
        """The row that was kept for `sink` first, for whoever writes it beside something else; None where none is."""
        rows = self.pending.get(sink)
        return rows.pop(0) if rows else None

    def flush(self) -> None:
        """Write what was collected, in FLUSH_ORDER."""
        for sink in FLUSH_ORDER:
            rows = self.pending.pop(sink, [])
            if rows:
                _sinks[sink](self, rows)


Tell = Callable[[uuid.UUID], int | None]
Around = Callable[[], AbstractContextManager[None]]
_scope: ContextVar[Scope | None] = ContextVar("slate_scope", default=None)
_sinks: dict[str, Callable[[Scope, list[Any]], None]] = {}


def register_sink(name: str, write: Callable[[Scope, list[Any]], None]) -> None:
    """Say who writes the rows collected under `name`; called once from `apps.ready()`."""
    _sinks[name] = write


def current_scope() -> Scope:
    """The open scope. Raises OutsideScope when there is none."""
    scope = _scope.get()
    if scope is None:
        raise OutsideScope("no studio_scope is open")
    return scope


def current_studio_id() -> uuid.UUID | None:
    """The id of the open scope's studio, or None."""
    scope = _scope.get()
    return scope.studio_id if scope else None


@contextmanager
def studio_scope(
    studio: Studio | uuid.UUID | str,
    *,
    actor: User | None = None,
    tell: Tell | None = None,
    commit: Around = nullcontext,
) -> Iterator[Scope]:
    """Open one transaction inside one studio.

    Nesting the same studio is a savepoint of the same scope; another studio raises ScopeNesting, because a
    released savepoint would leave its setting to the outer transaction. `tell` is for whoever asks Postgres something
    with the same call that tells it the studio; it returns the edition of its settings. What is written is committed
    within `commit`.
    """
    studio_id = studio if isinstance(studio, uuid.UUID) else uuid.UUID(str(getattr(studio, "id", studio)))
    outer = _scope.get()
    if outer is not None:
        if outer.studio_id != studio_id:
            raise ScopeNesting(f"scope of {studio_id} opened inside the scope of {outer.studio_id}")
        with transaction.atomic():
            if tell is not None:
                tell(studio_id)
            yield outer
        return
    with _committed(commit), _entered(studio_id, actor, tell or _tell_postgres) as scope:
        yield scope


@contextmanager
def _committed(within: Around) -> Iterator[None]:
    """A transaction of its own, whose commit is waited for within something else."""
    with ExitStack() as around, transaction.atomic(durable=True):
        yield
        around.enter_context(
            within()
        )  # the last thing inside; left after the transaction, which commits first


@contextmanager
def scope_learned(studio_id: uuid.UUID) -> Iterator[Scope]:
    """A scope to the end of a transaction that has just learned from a system function whose work it is.

    Call inside that transaction, which must not have been another studio's. Raises ScopeNesting.
    """
    outer = _scope.get()
    if outer is not None and outer.studio_id != studio_id:
        raise ScopeNesting(f"scope of {studio_id} learned inside the scope of {outer.studio_id}")
    if outer is not None:
        yield outer
        return
    with _entered(studio_id, None, _tell_postgres) as scope:
        yield scope


@contextmanager
def _entered(studio_id: uuid.UUID, actor: User | None, tell: Tell) -> Iterator[Scope]:
    scope = Scope(studio_id, actor, tell(studio_id))
    token = _scope.set(scope)
    try:
        yield scope
        scope.flush()
    finally:
        _scope.reset(token)
        # Only a test wraps this transaction in another one; there the setting must not outlive the scope.
        if len(connection.savepoint_ids) > 0 and not connection.needs_rollback:
            _tell_postgres(None)


def _tell_postgres(studio_id: uuid.UUID | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.studio_id', %s, true)", [str(studio_id or "")])


@cache
def _studio_tables() -> re.Pattern[str]:
    """Matches a quoted name of any studio-owned table; built once the app registry is full."""
    from tenancy.models import StudioModel  # noqa: PLC0415  models import this module

    names = sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, StudioModel))
    return re.compile(r'"(?:' + "|".join(map(re.escape, names)) + r')"')


def guard_sql(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuse SQL on a studio's table outside a scope: row policies would answer it with silent emptiness."""
    if _scope.get() is None and _studio_tables().search(sql):
        raise OutsideScope(f"SQL on a studio's table outside studio_scope: {sql[:120]}")
    return execute(sql, params, many, context)
