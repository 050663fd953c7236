"""Numbered events: written last in a transaction, announced after the commit, replayed from Postgres.

The socket is a doorbell. A number is taken under the stream's row lock, so numbers follow the order of commits.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections import defaultdict
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from redis import Redis
from redis.exceptions import RedisError

from tenancy.scope import EVENTS, Scope, current_scope, register_sink

log = logging.getLogger(__name__)


def channel_of(studio_id: uuid.UUID, stream_id: uuid.UUID) -> str:
    """The Redis channel on which a stream's doorbell rings."""
    return f"{settings.CHANNEL_PREFIX}:stream:{studio_id}:{stream_id}"


@cache
def _redis() -> Redis:
    """One kept connection of this process (a forked child opens its own)."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def emit(project_id: uuid.UUID | None, kind: str, body: dict[str, Any]) -> None:
    """Note an event of a project (or, with None, of the studio); written with the transaction."""
    scope = current_scope()
    scope.collect(EVENTS, (project_id or scope.studio_id, kind, body))


def announce(studio_id: uuid.UUID, stream_id: uuid.UUID, message: dict[str, Any]) -> None:
    """Send a lossy message to whoever watches the stream. A dead broker is logged, never raised."""
    try:
        _redis().publish(channel_of(studio_id, stream_id), json.dumps(message))
    # The doorbell may be out of order: watchers catch up from the table.
    except (RedisError, OSError) as error:
        log.warning("doorbell not rung for %s: %s", stream_id, error)


def _write(scope: Scope, rows: list[tuple[uuid.UUID, str, dict[str, Any]]]) -> None:
    by_stream: dict[uuid.UUID, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for stream_id, kind, body in rows:
        by_stream[stream_id].append((kind, body))
    for stream_id in sorted(by_stream):
        batch = by_stream[stream_id]
        kinds, bodies = [kind for kind, _ in batch], [json.dumps(body) for _, body in batch]
        with connection.cursor() as cursor:
            cursor.execute("SELECT write_events(%s, %s::text[], %s::jsonb[])", [stream_id, kinds, bodies])
            last = cursor.fetchone()[0]
        message = {"seq": last}
        transaction.on_commit(lambda s=stream_id, m=message: announce(scope.studio_id, s, m))  # type: ignore[misc]


register_sink(EVENTS, _write)
