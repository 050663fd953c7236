"""Browsers that follow streams over the real socket: some cut off, some slow, some never cut; they resume by number."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.test import Client
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.typing import Origin

from prove.private import Ground
from prove.reader import founder_of
from tenancy.models import Studio

FIRST_WAIT, LONGEST_WAIT = 0.2, 3.0


@dataclass(slots=True)
class Follower:
    """One browser: the numbers it received, in the order in which they came."""

    stream: uuid.UUID
    rng: random.Random
    steady: bool = False
    slow: bool = False
    seen: list[int] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    cuts: int = 0

    @property
    def last(self) -> int:
        """The number it would resume from."""
        return self.seen[-1] if self.seen else 0

    @property
    def repeated(self) -> int:
        """Events that came again or after a later one."""
        return sum(b <= a for a, b in zip(self.seen, self.seen[1:], strict=False))

    def missed(self, newest: int) -> int:
        """Events of the stream that never came."""
        return newest - len(set(self.seen) & set(range(1, newest + 1)))


@dataclass(slots=True)
class Audience:
    """All followers, one loop."""

    address: str
    headers: Mapping[str, str]
    followers: list[Follower]
    cut_after: tuple[float, float]
    ready: int = 0
    stopping: bool = False

    async def follow(self) -> None:
        """Until `stop`."""
        await asyncio.gather(*(self._follow(one) for one in self.followers))

    async def _follow(self, one: Follower) -> None:
        wait, begun = FIRST_WAIT, False
        while not self.stopping:
            try:
                async with connect(
                    f"{self.address}/{one.stream}/?since={one.last}",
                    additional_headers=self.headers,
                    origin=Origin(settings.SLATE_ORIGIN),
                    open_timeout=30,
                    ping_interval=None,
                    close_timeout=0.5,
                ) as socket:
                    wait = FIRST_WAIT
                    self.ready, begun = self.ready + (not begun), True
                    ends = time.monotonic() + one.rng.uniform(*self.cut_after)
                    await self._listen(one, socket, float("inf") if one.steady else ends)
                    # A cut line says no goodbye.
                    socket.transport.abort()
            except (OSError, TimeoutError, WebSocketException, InvalidHandshake):
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, wait * 2)

    async def _listen(self, one: Follower, socket: object, ends: float) -> None:
        while not self.stopping and time.monotonic() < ends:
            try:
                told = await asyncio.wait_for(socket.recv(), 0.5)  # type: ignore[attr-defined]
            except TimeoutError:
                continue
            message = json.loads(told)
            if message["type"] == "event":
                one.seen.append(message["seq"])
                one.at.append(time.time())
            if one.slow:
                await asyncio.sleep(one.rng.uniform(0.0, 0.05))
        one.cuts += not self.stopping

    def behind(self, newest: Mapping[uuid.UUID, int]) -> int:
        """How many have not received the newest event of their stream."""
        return sum(one.last < newest.get(one.stream, 0) for one in self.followers)


def gather(
    ground: Ground,
    studio: Studio,
    streams: list[uuid.UUID],
    count: int,
    rng: random.Random,
    cut_after: tuple[float, float],
    *,
    steady: float = 0.2,
    slow: float = 0.1,
) -> Audience:
    """`count` followers spread over the streams, signed in as the studio's founder."""
    browser = Client()
    browser.force_login(founder_of(studio), backend="django.contrib.auth.backends.ModelBackend")
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    followers = [
        Follower(
            streams[n % len(streams)], random.Random(rng.random()), rng.random() < steady, rng.random() < slow
        )
        for n in range(count)
    ]
    address = f"ws://127.0.0.1:{ground.port}/ws/studio/{studio.pk}/project"
    return Audience(address, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}, followers, cut_after)
