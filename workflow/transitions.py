"""The one door for decisions: `apply` finds the arrow, asks the role, asks the guard, moves the row, leaves a trace.

The move is an UPDATE with the old state and the old version in its WHERE: of two people who decide at once one
wins and the other is told. A database trigger refuses what the table does not list, whoever writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from uuid import UUID

import pgtrigger
from django.db.models import F

from craft.terms.people import Permission
from tenancy import audit
from tenancy.errors import SlateError
from tenancy.models import StudioModel, User
from tenancy.rules import require
from workflow.events import emit
from workflow.models import TransitionRow
from workflow.states import arrows_only

Guard = Callable[[Any], str | None]


class Stateful(Protocol):
    """A studio row with a state and a version."""

    pk: UUID
    state: str
    version: int


class WrongState(SlateError):
    """The action does not start from the state the thing is in."""

    code = "state.wrong"
    status = 409


class Stale(SlateError):
    """Somebody else changed it first, or what was seen is not what is there now."""

    code = "state.stale"
    status = 409


class Refused(SlateError):
    """A rule of the product forbids the step at this moment; the message says which."""

    code = "state.refused"
    status = 409


@dataclass(frozen=True, slots=True)
class Arrow:
    """One action: where it may start, where it ends, who may, and what must hold.

    `permission` None means that the system itself moves it (a person may not). `guard` returns a reason to refuse.
    """

    action: str
    source: tuple[str, ...]
    target: str
    permission: Permission | None = None
    guard: Guard | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The automaton of one model. `digest`, when given, is what `apply(seen=…)` is compared with."""

    model: str
    arrows: tuple[Arrow, ...]
    initial: str
    digest: Callable[[Any], str] | None = None
    project: Callable[[Any], UUID | None] = field(default=lambda obj: getattr(obj, "project_id", None))

    def triggers(self) -> list[pgtrigger.Trigger]:
        """The database's copy of the arrows."""
        pairs = sorted({(source, arrow.target) for arrow in self.arrows for source in arrow.source})
        return [arrows_only("state_arrows", pairs)]

    def find(self, action: str, state: str) -> Arrow | None:
        """The arrow of this action from this state."""
        return next((a for a in self.arrows if a.action == action and state in a.source), None)

    def actions(self, state: str) -> tuple[Arrow, ...]:
        """The arrows that leave this state."""
        return tuple(a for a in self.arrows if state in a.source)


_tables: dict[str, Table] = {}


def register_table(table: Table) -> None:
    """Make a model's automaton known; called from `apps.ready()`."""
    _tables[table.model] = table


def table_of(obj: StudioModel | type[StudioModel]) -> Table:
    """The automaton of a row's model. Raises KeyError when its app registered none."""
    return _tables[obj._meta.label]


def tables() -> Sequence[Table]:
    """All automata, by model name."""
    return [_tables[name] for name in sorted(_tables)]


def apply(
    obj: Any,
    action: str,
    *,
    actor: User | None,
    seen: str | None = None,
    note: str = "",
    changes: dict[str, Any] | None = None,
) -> TransitionRow:
    """Move `obj` along the arrow of `action`; call inside a scope.

    `seen` is the digest of what the person looked at (checked when the table has a digest). `changes` are further
    columns set by the same UPDATE. Raises WrongState, Forbidden, Refused, Stale; then nothing was changed.
    """
    table = table_of(obj)
    arrow = _arrow(table, obj, action)
    _allowed(arrow, obj, actor, table.project(obj))
    reason = arrow.guard(obj) if arrow.guard else None
    if reason:
        raise Refused(reason, kept="Nothing was changed.")
    if seen is not None and table.digest is not None and table.digest(obj) != seen:
        raise Stale(
            "What you saw has changed since.",
            kept="Nothing was decided.",
            next_step="Reload the page: it shows the difference.",
        )
    source = obj.state
    _move(obj, arrow, changes or {})
    return _trace(obj, arrow, source, actor, seen or "", note, table.project(obj))


def _arrow(table: Table, obj: Any, action: str) -> Arrow:
    arrow = table.find(action, obj.state)
    if arrow is None:
        known = ", ".join(a.action for a in table.actions(obj.state)) or "nothing"
        name = obj._meta.verbose_name
        raise WrongState(
            f"“{action}” is not possible while this {name} is {obj.state}.",
            next_step=f"Possible now: {known}.",
        )
    return arrow


def _allowed(arrow: Arrow, obj: Any, actor: User | None, project_id: UUID | None) -> None:
    if arrow.permission is not None:
        require(actor, arrow.permission, project_id)
    elif actor is not None:
        raise WrongState(f"“{arrow.action}” is done by the studio itself, not by hand.")


def _move(obj: Any, arrow: Arrow, changes: dict[str, Any]) -> None:
    rows = type(obj).objects.filter(pk=obj.pk, state=obj.state, version=obj.version)
    if rows.update(state=arrow.target, version=F("version") + 1, **changes) == 0:
        raise Stale(
            "Somebody else decided this first.", kept="Their decision stands.", next_step="Reload the page."
        )
    obj.state, obj.version = arrow.target, obj.version + 1
    for name, value in changes.items():
        setattr(obj, name, value)


def _trace(
    obj: Any, arrow: Arrow, source: str, actor: User | None, seen: str, note: str, project_id: UUID | None
) -> TransitionRow:
    row = TransitionRow.objects.create(
        model=obj._meta.label,
        object_id=obj.pk,
        action=arrow.action,
        source=source,
        target=arrow.target,
        actor=actor,
        actor_name=str(actor) if actor else "Slate",
        seen=seen,
        note=note,
    )
    facts = {"id": str(obj.pk), "action": arrow.action, "from": source, "to": arrow.target}
    audit.record(actor, f"{obj._meta.model_name}.{arrow.action}", obj, {**facts, "seen": seen, "note": note})
    emit(project_id, f"{obj._meta.model_name}.{arrow.action}", facts)
    return cast(TransitionRow, row)
