"""No fence: whoever once claimed a job goes on writing, also after somebody else has it or it has ended.

Settlement and end are one commit, so the call's own guard, which asks for the state it was seen in, would stop most of
that too; it is left out with the fence. That the fence holds alone is asked in `tests/workflow/test_jobs.py`.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection

from engines import calls
from engines.models import EngineCall
from engines.states import CallState
from prove.worker import app
from workflow import closing, leases
from workflow.models import Job


def own_anybodys(studio_id: uuid.UUID, job_id: uuid.UUID, fence: int) -> int:
    """The edition of the studio's settings; the job is locked, whoever's it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.studio_id', %s, true)", [str(studio_id)])
        # its name stays unquoted: this comes before the scope is open, as the product's own function does
        cursor.execute(f"SELECT id FROM {Job._meta.db_table} WHERE id = %s FOR UPDATE", [job_id])
        cursor.execute("SELECT edition FROM tenancy_studio")
        edition: int = cursor.fetchone()[0]
        return edition


_renew = leases.renew


def renew_and_go_on(held: leases.Held) -> None:
    """Renew, and do not hear that the job is lost."""
    _renew(held)
    held.lost.clear()


_move, _settle = calls.move, calls.settle


def move_from_wherever_it_is(call: EngineCall, to: CallState | None = None, **changes: Any) -> None:
    """Write, whoever moved the call meanwhile."""
    call.refresh_from_db(fields=["state", "sends"])
    _move(call, to, **changes)


def settle_from_wherever_it_is(call: EngineCall, *, cost_milli: int, **brought: Any) -> None:
    """Settle, whoever moved the call meanwhile."""
    call.refresh_from_db(fields=["state", "sends"])
    _settle(call, cost_milli=cost_milli, **{**brought, "seen": None})


calls.move, calls.settle = move_from_wherever_it_is, settle_from_wherever_it_is
closing.own = own_anybodys
leases.renew = renew_and_go_on

__all__ = ["app"]
