"""Every cell of (state, action, role): the allowed ones pass, the others raise the right class; the database agrees."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from craft.terms.people import MATRIX, Role
from episodes.models import Episode, GateReview, Shot
from studio.services import Brief, start_project
from tenancy.errors import SlateError
from tenancy.models import Membership, Studio, User
from tests.triggers import set_aside
from workflow.transitions import Table, WrongState, apply, table_of

pytestmark = pytest.mark.django_db
SCRIPT = "INT. OFFICE - NIGHT\n\nThe lamp hums.\n"


@pytest.fixture
def subjects(scope: Any, user: User) -> dict[type, Any]:
    """One row of each automaton."""
    built = start_project(text=SCRIPT, filename="a.fountain", brief=Brief(), actor=user)
    episode = Episode.objects.get(project=built.project)
    review = GateReview.objects.create(episode=episode, gate="a", revision=1, subject_digest="d")
    return {Episode: episode, GateReview: review, Shot: Shot.objects.get(episode=episode)}


def _as(role: Role, studio: Studio) -> User:
    person = User.objects.create_user(f"{role.value}@slate.test", "p", name=role.value)
    Membership.objects.create(user=person, roles=[role.value])
    return person


def _states(table: Table) -> list[str]:
    return sorted(
        {table.initial, *(s for a in table.arrows for s in a.source), *(a.target for a in table.arrows)}
    )


def _outcome(obj: Any, action: str, actor: User | None) -> str:
    """What became of it, and everything as before."""
    mark = transaction.savepoint()
    before = obj.state, obj.version
    try:
        apply(obj, action, actor=actor)
        return f"to {obj.state}"
    except SlateError as error:
        assert (obj.state, obj.version) == before
        return type(error).__name__
    finally:
        transaction.savepoint_rollback(mark)
        obj.state, obj.version = before


def _put(obj: Any, state: str) -> None:
    """Into a state by no arrow: the trigger is set aside for the set-up alone."""

    with set_aside(f"{obj._meta.label}:state_arrows"):
        type(obj).objects.filter(pk=obj.pk).update(state=state)
    obj.refresh_from_db()


@pytest.mark.parametrize("model", [Episode, GateReview, Shot])
def test_every_cell_of_state_action_and_role(subjects: dict[type, Any], studio: Studio, model: type) -> None:
    obj = subjects[model]
    table = table_of(obj)
    people: dict[Role | None, User | None] = {role: _as(role, studio) for role in Role}
    people[None] = None
    cells = 0
    for state in _states(table):
        _put(obj, state)
        for action in sorted({arrow.action for arrow in table.arrows}):
            arrow = table.find(action, state)
            for role, actor in people.items():
                if arrow is None or (arrow.permission is None and actor is not None):
                    expected = WrongState.__name__
                elif arrow.permission is None or (role is not None and role in MATRIX[arrow.permission]):
                    expected = f"to {arrow.target}"
                else:
                    expected = "Forbidden"
                assert _outcome(obj, action, actor) == expected, (state, action, role)
                cells += 1
    assert cells == len(_states(table)) * len({a.action for a in table.arrows}) * (len(Role) + 1)


@pytest.mark.parametrize("model", [Episode, GateReview, Shot])
def test_database_refuses_moves_that_no_arrow_lists(subjects: dict[type, Any], model: type) -> None:
    obj = subjects[model]
    table = table_of(obj)
    listed = {(s, a.target) for a in table.arrows for s in a.source}
    for source in _states(table):
        _put(obj, source)
        for target in _states(table):
            if source == target or (source, target) in listed:
                continue
            with pytest.raises(DatabaseError), transaction.atomic():
                type(obj).objects.filter(pk=obj.pk).update(state=target)


def test_founder_alone_decides_gate_a_beside_owner_and_producer(
    subjects: dict[type, Any], user: User, studio: Studio
) -> None:
    episode = subjects[Episode]
    _put(episode, "gate_a")
    assert _outcome(episode, "approve_a", user) == "to generating"
    for role in (Role.OPERATOR, Role.EDITOR, Role.CLIENT, Role.AUDITOR):
        assert _outcome(episode, "approve_a", _as(role, studio)) == "Forbidden"
