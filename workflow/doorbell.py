"""Rings for a job: one Celery message with its id, after the commit. A broken broker is the sweeper's business."""

from __future__ import annotations

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
TASK = "workflow.ring"


def ring(job_id: uuid.UUID, queue: str) -> bool:
    """Send the message now. False when the broker did not take it: the sweeper will ring again."""
    try:
        current_app.send_task(TASK, args=[str(job_id)], queue=queue, retry=False)
    except (KombuError, RedisError, OSError) as error:
        log.warning("no doorbell for job %s: %s", job_id, error)
        return False
    return True


def ring_on_commit(job_id: uuid.UUID, queue: str) -> None:
    """Send the message when the open transaction has committed."""
    transaction.on_commit(lambda: ring(job_id, queue) and None)
