"""No fence: whoever once claimed a job goes on writing, also after somebody else has it or it has ended."""

from __future__ import annotations

import uuid

from django.db import connection

from prove.worker import app
from workflow import closing, leases
from workflow.models import Job


def own_anybodys(studio_id: uuid.UUID, job_id: uuid.UUID, fence: int) -> tuple[Job, int]:
    """The job's row, locked, whoever's it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.studio_id', %s, true)", [str(studio_id)])
        cursor.execute(f'SELECT * FROM "{Job._meta.db_table}" WHERE id = %s FOR UPDATE', [job_id])
        job = closing.read_row(cursor)
        assert job is not None
        cursor.execute("SELECT edition FROM tenancy_studio")
        return job, cursor.fetchone()[0]


_renew = leases.renew


def renew_and_go_on(held: leases.Held) -> None:
    """Renew, and do not hear that the job is lost."""
    _renew(held)
    held.lost.clear()


closing.own = own_anybodys
leases.renew = renew_and_go_on

__all__ = ["app"]
