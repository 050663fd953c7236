"""The one Channels consumer: replays numbered events from Postgres, then follows; ticks are passed on as they come.

The group message is a doorbell and may be lost: the consumer reads everything above the last number it sent, and
every few seconds without one, because a Redis that was emptied knows no groups any more.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import Any
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from tenancy.models import User
from tenancy.queries import studios_of
from tenancy.scope import studio_scope
from workflow.events import group_name
from workflow.queries import events_after

log = logging.getLogger(__name__)
NOT_HERE, BAD_REQUEST, TOO_BIG, BROKEN = 4404, 4400, 1009, 1011
BATCH = 200
# A membership taken away closes an idle socket within this time (reliability.md §3.5).
RECHECK_SECONDS = 5
MAX_FRAME = 4096
MAX_SEQ = 2**62


class StreamConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Follows one stream (a project's, or the studio's own, whose id is the studio's)."""

    async def connect(self) -> None:
        """Admit members only; anybody else gets the same close as for a stream that does not exist."""
        kwargs = self.scope["url_route"]["kwargs"]
        self.studio_id: uuid.UUID = kwargs["studio"]
        self.stream_id: uuid.UUID = kwargs["stream"]
        self.user: User | None = self.scope.get("user")
        self.group = group_name(self.studio_id, self.stream_id)
        self.watch: asyncio.Task[None] | None = None
        self.reading = asyncio.Lock()
        self.sent = _since(self.scope["query_string"])
        await self.accept()
        if self.sent is None:
            await self.close(BAD_REQUEST)
            return
        if not await self._admitted():
            await self.close(NOT_HERE)
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        if await self._replay():
            self.watch = asyncio.create_task(self._recheck())

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.watch:
            self.watch.cancel()
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Clients only ask to catch up (any small frame); a large or binary one closes the socket."""
        if bytes_data is not None or len(text_data or "") > MAX_FRAME:
            await self.close(TOO_BIG)
            return
        await self._replay()

    async def stream_rang(self, message: dict[str, Any]) -> None:
        """New events were committed."""
        await self._replay()

    async def job_ticked(self, message: dict[str, Any]) -> None:
        """A job's progress, passed on without a number."""
        await self.send_json({**message, "type": "tick"})

    async def _recheck(self) -> None:
        """Still a member, still in the group, nothing unheard? Where that cannot be told the browser comes again."""
        try:
            while True:
                await asyncio.sleep(RECHECK_SECONDS)
                await self.channel_layer.group_add(self.group, self.channel_name)
                if not await self._replay():
                    return
        # The edge of a background task: Redis or Postgres is away, and a socket nobody checks must not stay open.
        except Exception as error:
            log.warning("socket of %s closed: %s", self.stream_id, error)
            await self.close(BROKEN)

    async def _admitted(self) -> bool:
        return await sync_to_async(_is_member)(self.user, self.studio_id)

    async def _replay(self) -> bool:
        """Send everything above the last number. False when the person is no member any more: the socket is closed."""
        if not await self._admitted():
            await self.close(NOT_HERE)
            return False
        async with self.reading:
            while True:
                rows = await sync_to_async(_read)(self.studio_id, self.stream_id, self.sent or 0)
                for row in rows:
                    await self.send_json({"type": "event", **row})
                    self.sent = row["seq"]
                if len(rows) < BATCH:
                    return True


def _since(query: bytes) -> int | None:
    raw = parse_qs(query.decode("latin-1")).get("since", ["0"])[0]
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 20 and int(raw) < MAX_SEQ else None


def _is_member(user: User | None, studio_id: uuid.UUID) -> bool:
    if user is None or not user.is_authenticated:
        return False
    return any(entry.id == studio_id for entry in studios_of(user))


def _read(studio_id: uuid.UUID, stream_id: uuid.UUID, since: int) -> list[dict[str, Any]]:
    with studio_scope(studio_id):
        return events_after(stream_id, since, BATCH)
