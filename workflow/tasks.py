"""The one Celery task: somebody rang for a job."""

from __future__ import annotations

from celery import shared_task

from workflow.doorbell import TASK
from workflow.runner import work


@shared_task(name=TASK, ignore_result=True)  # type: ignore[untyped-decorator]
def ring(job_id: str, studio: str = "", line: str = "", **later_arguments: object) -> None:
    """Claim the job, or the next of its line, and go on there for a while; nothing happens when nothing is due."""
    work(job_id, studio, line)
