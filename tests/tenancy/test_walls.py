"""Each wall holds with the other one switched off."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from tenancy.errors import NotFound, OutsideScope, ScopeNesting
from tenancy.models import Membership, Studio, StudioModel
from tenancy.queries import get_for, studio_for, studios_of
from tenancy.scope import studio_scope
from workflow.models import Job, JobEdge

pytestmark = pytest.mark.django_db


def _job(key: str) -> Job:
    from django.utils import timezone  # reason: local to the one helper that needs it

    return Job.objects.create(kind="test.echo", queue="short", key=key, run_after=timezone.now())


def test_manager_raises_outside_a_scope(studio: Studio) -> None:
    with pytest.raises(OutsideScope):
        Membership.objects.count()


def test_raw_sql_on_a_studio_table_raises_outside_a_scope(studio: Studio) -> None:
    with pytest.raises(OutsideScope), connection.cursor() as cursor:
        cursor.execute('SELECT count(*) FROM "tenancy_membership"')


def test_manager_hides_other_studios_rows_with_policies_off(studio: Studio, other_studio: Studio) -> None:
    with studio_scope(other_studio):
        foreign = _job("foreign")
    with studio_scope(studio):
        assert not Job.objects.filter(pk=foreign.pk).exists()
        with pytest.raises(NotFound):
            get_for(Job, foreign.pk)


def test_policies_hide_other_studios_rows_with_the_manager_off(studio: Studio, other_studio: Studio) -> None:
    with studio_scope(other_studio):
        _job("foreign")
    with studio_scope(studio):
        _job("own")
        assert [j.key for j in Job._base_manager.all()] == ["own"]


def test_policies_refuse_writing_into_another_studio(studio: Studio, other_studio: Studio) -> None:
    with studio_scope(studio):
        job = _job("own")
        with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic():
            Job._base_manager.filter(pk=job.pk).update(studio_id=other_studio.pk)
        with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic():
            Job._base_manager.create(
                kind="x", queue="short", key="k", studio_id=other_studio.pk, run_after=job.run_after
            )


def _point_at(foreign: Job, own: Job, cursor: Any) -> None:
    JobEdge.objects.create(parent_id=foreign.pk, child=own)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_foreign_keys_cannot_point_into_another_studio(studio: Studio, other_studio: Studio) -> None:
    with studio_scope(other_studio):
        foreign = _job("foreign")
    with studio_scope(studio):
        own = _job("own")
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            _point_at(foreign, own, cursor)


def test_every_studio_table_has_forced_policy_and_composite_keys(db: None) -> None:
    models = [m for m in apps.get_models() if issubclass(m, StudioModel)]
    assert len(models) > 4
    with connection.cursor() as cursor:
        for model in models:
            table = model._meta.db_table
            cursor.execute(
                "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = %s", [table]
            )
            assert cursor.fetchone() == (True,), table
            cursor.execute(
                "SELECT count(*) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relname = %s"
                " AND polname = 'studio_wall' AND polqual IS NOT NULL AND polwithcheck IS NOT NULL",
                [table],
            )
            assert cursor.fetchone() == (1,), table
            for field in model._meta.local_fields:
                parent = field.related_model
                if isinstance(parent, type) and issubclass(parent, StudioModel):
                    cursor.execute(
                        "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
                        " JOIN pg_class t ON t.oid = k.confrelid WHERE c.relname = %s AND t.relname = %s"
                        " AND k.contype = 'f' AND cardinality(k.conkey) = 2",
                        [table, parent._meta.db_table],
                    )
                    assert cursor.fetchone()[0] >= 1, f"{table}.{field.column}"


def test_the_application_role_is_neither_owner_nor_superuser(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls, current_user FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, "slate_app")


def test_scope_of_another_studio_may_not_nest(studio: Studio, other_studio: Studio) -> None:
    with studio_scope(studio), studio_scope(studio), pytest.raises(ScopeNesting), studio_scope(other_studio):
        pass


def test_scope_leaves_no_studio_behind(studio: Studio) -> None:
    with studio_scope(studio):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.studio_id', true)")
        assert cursor.fetchone()[0] in (None, "")


def test_directory_shows_a_person_only_their_studios(
    studio: Studio, other_studio: Studio, user: Any, stranger: Any
) -> None:
    assert [e.slug for e in studios_of(user)] == ["lantern"]
    assert studio_for(stranger, "lantern") is None
    assert Studio.objects.count() == 0
