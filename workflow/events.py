"""Numbered events: written last in a transaction, announced after the commit, replayed from Postgres.

The socket is a doorbell. A number is taken under the stream's row lock, so numbers follow the order of commits.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, transaction
from redis.connection import ConnectionPool
from redis.exceptions import RedisError

from tenancy.scope import AUDIT, EVENTS, LEDGER, Scope, current_scope, register_sink

log = logging.getLogger(__name__)


def channel_of(studio_id: uuid.UUID, stream_id: uuid.UUID) -> str:
    """The Redis channel on which a stream's doorbell rings."""
    return f"{settings.CHANNEL_PREFIX}:stream:{studio_id}:{stream_id}"


class Bell:
    """A connection that tells Redis and hears nothing of it: an answer costs many times the message, and who watches
    catches up from the table."""

    def __init__(self) -> None:
        times = {"socket_timeout": 2, "socket_connect_timeout": 2}
        pool = ConnectionPool.from_url(settings.REDIS_URL, redis_connect_func=_without_answers, **times)
        self._line: Any = pool.make_connection()
        self._ours = threading.Lock()

    def ring(self, channel: str, message: str) -> None:
        """Send it; over a new line where the old one was closed meanwhile. Raises RedisError."""
        with self._ours:
            before = self._line.is_connected
            try:
                self._line.send_command("PUBLISH", channel, message)
            except RedisError:
                if not before:
                    raise
                self._line.send_command("PUBLISH", channel, message)


def _without_answers(line: Any) -> None:
    line.on_connect()
    line.send_command("CLIENT", "REPLY", "OFF")


@cache
def _bell(_process: int) -> Bell:
    """The bell of this process: a forked child has its own."""
    return Bell()


def emit(project_id: uuid.UUID | None, kind: str, body: dict[str, Any]) -> None:
    """Note an event of a project (or, with None, of the studio); written with the transaction."""
    scope = current_scope()
    scope.collect(EVENTS, (project_id or scope.studio_id, kind, body))


def announce(studio_id: uuid.UUID, stream_id: uuid.UUID, message: dict[str, Any]) -> None:
    """Send a lossy message to whoever watches the stream. A dead broker is logged, never raised."""
    try:
        _bell(os.getpid()).ring(channel_of(studio_id, stream_id), json.dumps(message))
    # The doorbell may be out of order: watchers catch up from the table.
    except (RedisError, OSError) as error:
        log.warning("doorbell not rung for %s: %s", stream_id, error)


@dataclass(frozen=True, slots=True)
class Batch:
    """A stream's events of one transaction, as the database takes them: an expression that tells the last number."""

    studio_id: uuid.UUID
    stream_id: uuid.UUID
    values: list[Any]
    expression: ClassVar[str] = "write_events(%s, %s::jsonb)"

    def written(self, last: int) -> None:
        """Ring for whoever watches the stream, once they are committed."""
        transaction.on_commit(lambda: announce(self.studio_id, self.stream_id, {"seq": last}))


def taken_along() -> Batch | None:
    """The events of the open transaction so far, for whoever writes them with its own last statement; None where they
    are of several streams, or others have to write first."""
    scope = current_scope()
    if any(scope.pending.get(sink) for sink in (LEDGER, AUDIT)):
        return None
    found = _batches(scope, scope.pending.get(EVENTS, []))
    if len(found) != 1:
        return None
    del scope.pending[EVENTS]
    return found[0]


def _batches(scope: Scope, rows: list[tuple[uuid.UUID, str, dict[str, Any]]]) -> list[Batch]:
    by_stream: dict[uuid.UUID, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for stream_id, kind, body in rows:
        by_stream[stream_id].append((kind, body))
    return [
        Batch(scope.studio_id, stream_id, [stream_id, json.dumps(by_stream[stream_id])])
        for stream_id in sorted(by_stream)
    ]


def _write(scope: Scope, rows: list[tuple[uuid.UUID, str, dict[str, Any]]]) -> None:
    for batch in _batches(scope, rows):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {batch.expression}", batch.values)
            batch.written(cursor.fetchone()[0])


register_sink(EVENTS, _write)
