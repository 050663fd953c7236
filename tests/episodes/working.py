"""Does the due work of a studio in this process, as workers would."""

from __future__ import annotations

import time
from uuid import UUID

from django.test import override_settings

from tenancy.scope import studio_scope
from workflow import lines, runner
from workflow.models import Job

BUSY = ("waiting_engine", "unknown", "running")


def work(studio_id: UUID, *, skip: tuple[str, ...] = (), until: float = 240.0) -> int:
    """Run due jobs (except kinds that begin with one of `skip`) until none is left. Returns how many ran."""
    # The lease is renewed over a connection of its own, which does not see a test's open transaction.
    with override_settings(JOB_LEASE_SECONDS=3600):
        return _work(studio_id, skip, until)


def _work(studio_id: UUID, skip: tuple[str, ...], until: float) -> int:
    end, count = time.monotonic() + until, 0
    while time.monotonic() < end:
        due = [
            job_id for job_id, _ in lines.due_everywhere() if not _kind(studio_id, job_id).startswith(skip)
        ]
        ran = sum(runner.run(job_id) for job_id in due)
        count += ran
        if not ran and not _busy(studio_id):
            return count
        time.sleep(0.0 if ran else 0.1)
    raise AssertionError(f"the studio's work did not end in {until} s: {_open_jobs(studio_id)}")


def _kind(studio_id: UUID, job_id: UUID) -> str:
    with studio_scope(studio_id):
        return str(Job.objects.get(pk=job_id).kind)


def _busy(studio_id: UUID) -> bool:
    with studio_scope(studio_id):
        return bool(Job.objects.filter(state__in=BUSY).exists())


def _open_jobs(studio_id: UUID) -> list[tuple[str, str, object]]:
    with studio_scope(studio_id):
        open_ones = Job.objects.exclude(state__in=("done", "cancelled"))
        return [(job.title, job.state, job.error) for job in open_ones]
