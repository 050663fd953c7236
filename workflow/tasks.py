"""The one Celery task: somebody rang for a job."""

from __future__ import annotations

from celery import shared_task

from workflow.doorbell import TASK
from workflow.runner import run


@shared_task(name=TASK, ignore_result=True)  # type: ignore[untyped-decorator]
def ring(job_id: str, **later_arguments: object) -> None:
    """Try to claim the job and do it; nothing happens when it is not due or somebody else has it."""
    run(job_id)
