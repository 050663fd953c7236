"""One per event loop: hears every doorbell of the streams somebody follows here, reads once for all who follow one.

    commit ─▶ Redis (may be lost) ─▶ hub ─▶ members and events, one question ─▶ every socket of the stream

Postgres is the truth: after a lost connection, and every few seconds in any case, each stream is read again. A person
who is no member any more is shown out by whichever reading comes first.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from tenancy.models import Membership
from tenancy.scope import studio_scope
from workflow.events import channel_of
from workflow.queries import events_after

log = logging.getLogger(__name__)
BATCH = 200
# A membership taken away closes an idle socket within this time (reliability.md §3.5).
RECHECK_SECONDS = 5
AGAIN_SECONDS = 0.5
# A socket that takes nothing for so long comes again later: the others of its stream are waiting for it.
PATIENCE_SECONDS = 2.0
Place = tuple[uuid.UUID, uuid.UUID]


class Follower(Protocol):
    """A socket that follows a stream: who is behind it and the last number it was sent."""

    user_id: uuid.UUID
    sent: int

    async def take(self, rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> None:
        """Send these events (each with its text) above `sent`; others are not in order for it."""

    async def tick(self, text: str) -> None:
        """Pass a lossy message on."""

    async def show_out(self) -> None:
        """The person is no member any more."""

    async def give_up(self) -> None:
        """It cannot be told what there is to see."""


class Hub:
    """Who follows what on this loop, and the one connection that listens for them."""

    def __init__(self) -> None:
        self._followers: dict[Place, set[Follower]] = {}
        self._reading: dict[Place, asyncio.Lock] = {}
        self._rung: set[Place] = set()
        self._heard: PubSub | None = None
        self._listening: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None
        self._resting = False
        self._deliveries: set[asyncio.Task[None]] = set()

    async def join(self, place: Place, follower: Follower) -> None:
        """From now on this socket is told of the stream; what came before it is sent first."""
        self._followers.setdefault(place, set()).add(follower)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
            self._checking = asyncio.create_task(self._recheck())
        elif len(self._followers[place]) == 1 and self._heard is not None:
            await self._quietly(self._heard.subscribe(channel_of(*place)))
        await self.deliver(place)

    async def leave(self, place: Place, follower: Follower) -> None:
        """Stop telling it; the last one to leave ends the listening."""
        there = self._followers.get(place, set())
        there.discard(follower)
        if there:
            return
        self._followers.pop(place, None)
        self._reading.pop(place, None)
        if self._heard is not None:
            await self._quietly(self._heard.unsubscribe(channel_of(*place)))
        if not self._followers:
            self._end()

    async def deliver(self, place: Place) -> None:
        """Bring everybody who follows the stream to its end. Bells that ring meanwhile lead to one more reading."""
        self._rung.add(place)
        async with self._reading.setdefault(place, asyncio.Lock()):
            while place in self._rung and self._followers.get(place):
                self._rung.discard(place)
                try:
                    await self._bring_up(place)
                # The edge of a background duty: where Postgres is away a socket nobody checks must not stay open.
                except Exception as error:
                    log.warning("followers of %s sent away: %s", place[1], error)
                    await _each([one.give_up() for one in self._followers.get(place, ())])

    async def _bring_up(self, place: Place) -> None:
        """One reading for each number from which somebody goes on; nearly always that is one number."""
        waiting = set(self._followers[place])
        while waiting:
            since = max(one.sent for one in waiting)
            here = [one for one in waiting if one.sent == since]
            members, rows = await sync_to_async(_read)(place, since, [one.user_id for one in here])
            texts = [json.dumps({"type": "event", **row}) for row in rows]
            await _each(
                [self._told(one, rows, texts) if one.user_id in members else one.show_out() for one in here]
            )
            waiting = (
                waiting - set(here) if len(rows) < BATCH else waiting & self._followers.get(place, set())
            )

    async def _told(self, one: Follower, rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> None:
        try:
            await asyncio.wait_for(one.take(rows, texts), PATIENCE_SECONDS)
        except TimeoutError:
            self._keep(one.give_up())

    async def _listen(self) -> None:
        """Hear until the hub ends. A subscription that stands is a bell: something may have rung before it did."""
        async with Redis.from_url(settings.REDIS_URL) as redis:
            while True:
                try:
                    async with redis.pubsub() as heard:
                        await heard.subscribe(*(channel_of(*place) for place in self._followers))
                        self._heard = heard
                        async for message in heard.listen():
                            self._hear(message)
                except (RedisError, OSError) as error:
                    log.warning("the doorbell is out of order: %s", error)
                self._heard = None
                await asyncio.sleep(AGAIN_SECONDS)

    def _hear(self, message: Mapping[str, Any]) -> None:
        place = _place_of(message["channel"])
        told = json.loads(message["data"]) if message["type"] == "message" else {}
        if "tick" not in told:
            self._ring(place)
            return
        text = json.dumps({**told["tick"], "type": "tick"})
        for one in self._followers.get(place, ()):
            self._keep(one.tick(text))

    def _ring(self, place: Place) -> None:
        """Read soon; a reading that waits already will see this too."""
        reading = self._reading.get(place)
        busy = reading is not None and reading.locked()
        self._rung.add(place)
        if not busy:
            self._keep(self.deliver(place))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the rest; the loop itself holds tasks only weakly."""
        task = asyncio.create_task(work)
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def _recheck(self) -> None:
        while self._checking is asyncio.current_task():
            self._resting = True
            await asyncio.sleep(RECHECK_SECONDS)
            self._resting = False
            for place in list(self._followers):
                await self.deliver(place)

    async def _quietly(self, asked: Any) -> None:
        """Redis may be away: the listener subscribes to everything again when it is back."""
        try:
            await asked
        except (RedisError, OSError) as error:
            log.warning("the doorbell is out of order: %s", error)

    def _end(self) -> None:
        """Nobody follows anything. A check that is under way ends by itself: it may be what shows the last one out."""
        listening, checking = self._listening, self._checking
        self._listening = self._checking = self._heard = None
        if listening is not None:
            listening.cancel()
        if checking is not None and self._resting:
            checking.cancel()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def _place_of(channel: bytes) -> Place:
    studio, stream = channel.decode().split(":")[-2:]
    return uuid.UUID(studio), uuid.UUID(stream)


async def _each(tasks: Sequence[Any]) -> None:
    """One socket's trouble is not another's."""
    await asyncio.gather(*tasks, return_exceptions=True)


def _read(
    place: Place, since: int, people: Sequence[uuid.UUID]
) -> tuple[set[uuid.UUID], list[dict[str, Any]]]:
    """Who of these is still a member, and the events above a number."""
    with studio_scope(place[0]):
        members = Membership.objects.filter(user_id__in=set(people)).values_list("user_id", flat=True)
        return set(members), events_after(place[1], since, BATCH)
