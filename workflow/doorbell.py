"""Rings for a job: one Celery message with its id, after the commit. A broken broker is the sweeper's business."""

from __future__ import annotations

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from tenancy.scope import current_scope

log = logging.getLogger(__name__)
TASK = "workflow.ring"


def ring(job_id: uuid.UUID, studio_id: uuid.UUID, queue: str) -> bool:
    """Send the message now. False when the broker did not take it: the sweeper will ring again.

    Studio and queue go along because the job may be taken already: then whoever hears it looks for the next one there.
    """
    told = {"studio": str(studio_id), "line": queue}
    try:
        current_app.send_task(TASK, args=[str(job_id)], kwargs=told, queue=queue, retry=False)
    except (KombuError, RedisError, OSError) as error:
        log.warning("no doorbell for job %s: %s", job_id, error)
        return False
    return True


def ring_on_commit(job_id: uuid.UUID, queue: str) -> None:
    """Send the message when the open scope's transaction has committed."""
    studio_id = current_scope().studio_id
    transaction.on_commit(lambda: ring(job_id, studio_id, queue) and None)
