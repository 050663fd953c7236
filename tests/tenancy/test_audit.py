"""The audit chain finds what was changed, and the application cannot change it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError

from tenancy import audit
from tenancy.models import AuditRow, Studio
from tenancy.scope import studio_scope


def _fill(studio: Studio, user: Any) -> None:
    for n in range(4):
        with studio_scope(studio, actor=user):
            audit.record(user, "test.noted", "test.Thing:1", {"n": n, "текст": "é"})


@pytest.mark.django_db
def test_chain_of_honest_rows_is_intact(studio: Studio, user: Any) -> None:
    _fill(studio, user)
    with studio_scope(studio):
        report = audit.verify()
        assert report.intact and report.rows == AuditRow.objects.count() >= 5
        assert list(AuditRow.objects.order_by("n").values_list("n", flat=True)) == list(
            range(1, report.rows + 1)
        )


@pytest.mark.django_db
def test_application_cannot_change_or_delete_a_row(studio: Studio, user: Any) -> None:
    _fill(studio, user)
    with studio_scope(studio):
        for sql in ("UPDATE tenancy_auditrow SET action = 'x'", "DELETE FROM tenancy_auditrow"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE tenancy_auditrow SET data = '{}' WHERE n = 3",
        "UPDATE tenancy_auditrow SET actor = 'nobody' WHERE n = 2",
        "DELETE FROM tenancy_auditrow WHERE n = 3",
    ],
)
def test_tampering_is_found(studio: Studio, user: Any, tamper: str) -> None:
    _fill(studio, user)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE tenancy_auditrow NO FORCE ROW LEVEL SECURITY")
        cursor.execute(tamper)
        assert cursor.rowcount == 1
        cursor.execute("ALTER TABLE tenancy_auditrow FORCE ROW LEVEL SECURITY")
    with studio_scope(studio):
        assert not audit.verify().intact
