"""Numbered events: written last in a transaction, announced after the commit, replayed from Postgres.

The socket is a doorbell. A number is taken under the stream's row lock, so numbers follow the order of commits.
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction

from tenancy.scope import EVENTS, Scope, current_scope, register_sink
from workflow.models import Event

log = logging.getLogger(__name__)


def group_name(studio_id: uuid.UUID, stream_id: uuid.UUID) -> str:
    """The Channels group of a stream."""
    return f"studio.{studio_id}.project.{stream_id}"


def emit(project_id: uuid.UUID | None, kind: str, body: dict[str, Any]) -> None:
    """Note an event of a project (or, with None, of the studio); written with the transaction."""
    scope = current_scope()
    scope.collect(EVENTS, (project_id or scope.studio_id, kind, body))


def announce(studio_id: uuid.UUID, stream_id: uuid.UUID, message: dict[str, Any]) -> None:
    """Send a lossy message to whoever watches the stream. A dead broker is logged, never raised."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group_name(studio_id, stream_id), message)
    # The doorbell may be out of order (Redis down, group full): watchers catch up from the table.
    except Exception as error:
        log.warning("doorbell not rung for %s: %s", stream_id, error)


def _write(scope: Scope, rows: list[tuple[uuid.UUID, str, dict[str, Any]]]) -> None:
    by_stream: dict[uuid.UUID, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for stream_id, kind, body in rows:
        by_stream[stream_id].append((kind, body))
    for stream_id in sorted(by_stream):
        batch = by_stream[stream_id]
        last = _take_numbers(scope.studio_id, stream_id, len(batch))
        first = last - len(batch) + 1
        Event.objects.bulk_create(
            Event(stream_id=stream_id, seq=first + i, kind=kind, body=body)
            for i, (kind, body) in enumerate(batch)
        )
        message = {"type": "stream.rang", "seq": last}
        transaction.on_commit(lambda s=stream_id, m=message: announce(scope.studio_id, s, m))  # type: ignore[misc]


def _take_numbers(studio_id: uuid.UUID, stream_id: uuid.UUID, count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflow_stream AS s (id, studio_id, seq) VALUES (%s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET seq = s.seq + EXCLUDED.seq RETURNING seq",
            [stream_id, studio_id, count],
        )
        return int(cursor.fetchone()[0])


register_sink(EVENTS, _write)
