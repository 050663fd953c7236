"""The one Channels consumer: a socket that follows a stream. What is sent when is the business of `workflow/hub.py`.

The doorbell may be lost: everything above the last number that was sent is read from Postgres, and every few seconds
without a bell, because nobody hears that a bell was lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from tenancy.models import User
from workflow.hub import hub

NOT_HERE, BAD_REQUEST, TOO_BIG, BROKEN = 4404, 4400, 1009, 1011
MAX_FRAME = 4096
MAX_SEQ = 2**62


class StreamConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Follows one stream (a project's, or the studio's own, whose id is the studio's)."""

    async def connect(self) -> None:
        """Admit members only; anybody else gets the same close as for a stream that does not exist."""
        kwargs = self.scope["url_route"]["kwargs"]
        self.place: tuple[uuid.UUID, uuid.UUID] = kwargs["studio"], kwargs["stream"]
        self.open = True
        user: User | None = self.scope.get("user")
        since = _since(self.scope["query_string"])
        await self.accept()
        if since is None:
            await self._close(BAD_REQUEST)
            return
        if user is None or not user.is_authenticated:
            await self._close(NOT_HERE)
            return
        self.user_id, self.sent = user.pk, since
        await hub().join(self.place, self)

    async def disconnect(self, code: int) -> None:
        """Follow no more."""
        self.open = False
        await hub().leave(self.place, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients only ask to catch up (any small frame); a large or binary one closes the socket."""
        if bytes_data is not None or len(text_data or "") > MAX_FRAME:
            await self._close(TOO_BIG)
            return
        if self.open:
            await hub().deliver(self.place)

    async def take(self, rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> None:
        """Events in order, each once."""
        for row, text in zip(rows, texts, strict=True):
            if self.open and row["seq"] > self.sent:
                self.sent = row["seq"]
                await self.send(text_data=text)

    async def tick(self, text: str) -> None:
        """A job's progress, passed on without a number."""
        if self.open:
            await self.send(text_data=text)

    async def show_out(self) -> None:
        """The person is no member (any more)."""
        await self._close(NOT_HERE)

    async def give_up(self) -> None:
        """Nobody can tell what there is to see: the browser comes again."""
        await self._close(BROKEN)

    async def _close(self, code: int) -> None:
        if self.open:
            self.open = False
            await hub().leave(self.place, self)
            await self.close(code)


def _since(query: bytes) -> int | None:
    raw = parse_qs(query.decode("latin-1")).get("since", ["0"])[0]
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 20 and int(raw) < MAX_SEQ else None
