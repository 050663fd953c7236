"""The socket: admits members only, replays without gaps, survives nonsense."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings

from tenancy.models import Membership, Studio
from tenancy.scope import studio_scope
from workflow import hub
from workflow.events import announce, emit
from workflow.routing import websocket_urlpatterns

APP = URLRouter(websocket_urlpatterns)
# On a busy machine an answer may take longer than the second that is usual here.
PATIENCE = 20
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@asynccontextmanager
async def _socket(
    studio: Any, stream: Any, user: Any, query: str = ""
) -> AsyncIterator[WebsocketCommunicator]:
    """A connected socket, and its consumer's end awaited.

    A loop that ends while the consumer waits for the test's own thread would wait for that thread for ever.
    """
    socket = WebsocketCommunicator(APP, f"/ws/studio/{studio}/project/{stream}/{query}")
    socket.scope["user"] = user
    assert (await socket.connect(PATIENCE))[0]
    try:
        yield socket
    finally:
        await socket.disconnect(timeout=PATIENCE)


def _emit(studio: Studio, stream: uuid.UUID, count: int) -> None:
    with studio_scope(studio):
        for n in range(count):
            emit(stream, "test.happened", {"n": n})


def test_client_gets_every_event_once_in_order_over_a_reconnect(studio: Studio, user: Any) -> None:
    stream = uuid.uuid4()

    async def talk() -> list[int]:
        await database_sync_to_async(_emit)(studio, stream, 3)
        async with _socket(studio.pk, stream, user) as first:
            seen = [(await first.receive_json_from(PATIENCE))["seq"] for _ in range(2)]
        await database_sync_to_async(_emit)(studio, stream, 4)
        async with _socket(studio.pk, stream, user, f"?since={seen[-1]}") as second:
            seen += [(await second.receive_json_from(PATIENCE))["seq"] for _ in range(5)]
            assert await second.receive_nothing(0.1)
        return seen

    assert async_to_sync(talk)() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("who", ["stranger", "nobody", "member of another stream's studio"])
def test_others_are_closed_out_as_if_nothing_were_there(
    studio: Studio, other_studio: Studio, stranger: Any, who: str
) -> None:
    person = None if who == "nobody" else stranger

    async def knock() -> dict[str, Any]:
        async with _socket(studio.pk, uuid.uuid4(), person) as socket:
            return dict(await socket.receive_output(PATIENCE))

    assert async_to_sync(knock)() == {"type": "websocket.close", "code": 4404}


@pytest.mark.parametrize("since", ["-1", "9" * 40, "x", "1.5", "0" * 30 + "9" * 25, "0" * 30])
def test_impossible_numbers_are_refused(studio: Studio, user: Any, since: str) -> None:
    async def knock() -> int:
        async with _socket(studio.pk, uuid.uuid4(), user, f"?since={since}") as socket:
            return int((await socket.receive_output(PATIENCE))["code"])

    assert async_to_sync(knock)() == 4400


def test_large_and_binary_frames_close_the_socket(studio: Studio, user: Any) -> None:
    async def shout(**frame: Any) -> int:
        async with _socket(studio.pk, uuid.uuid4(), user) as socket:
            await socket.send_to(**frame)
            return int((await socket.receive_output(PATIENCE))["code"])

    assert async_to_sync(shout)(text_data="x" * 5000) == 1009
    assert async_to_sync(shout)(bytes_data=b"\0") == 1009


def test_open_socket_catches_up_after_redis_was_emptied(
    studio: Studio, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK_SECONDS", 0.2)
    stream = uuid.uuid4()

    async def talk() -> list[int]:
        async with _socket(studio.pk, stream, user) as socket:
            redis.Redis.from_url(settings.REDIS_URL).flushdb()
            await database_sync_to_async(_emit)(studio, stream, 2)
            return [(await socket.receive_json_from(5))["seq"] for _ in range(2)]

    assert async_to_sync(talk)() == [1, 2]


def test_person_who_is_no_member_any_more_is_shown_out_before_the_next_event(
    studio: Studio, user: Any
) -> None:
    stream = uuid.uuid4()

    def dismiss() -> None:
        with studio_scope(studio):
            Membership.objects.filter(user=user).delete()
            emit(stream, "test.happened", {"secret": True})

    async def talk() -> dict[str, Any]:
        async with _socket(studio.pk, stream, user) as socket:
            await database_sync_to_async(_emit)(studio, stream, 1)
            assert (await socket.receive_json_from(5))["seq"] == 1
            await database_sync_to_async(dismiss)()
            return dict(await socket.receive_output(5))

    assert async_to_sync(talk)() == {"type": "websocket.close", "code": 4404}


def test_idle_socket_of_a_dismissed_person_is_closed_without_any_event(
    studio: Studio, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RECHECK_SECONDS", 0.2)

    def dismiss() -> None:
        with studio_scope(studio):
            Membership.objects.filter(user=user).delete()

    async def talk() -> dict[str, Any]:
        async with _socket(studio.pk, uuid.uuid4(), user) as socket:
            await database_sync_to_async(dismiss)()
            return dict(await socket.receive_output(5))

    assert async_to_sync(talk)() == {"type": "websocket.close", "code": 4404}


def test_sockets_of_one_stream_that_are_at_different_numbers_all_get_what_they_lack(
    studio: Studio, user: Any
) -> None:
    stream = uuid.uuid4()

    async def talk() -> list[list[int]]:
        await database_sync_to_async(_emit)(studio, stream, 450)
        async with (
            _socket(studio.pk, stream, user) as behind,
            _socket(studio.pk, stream, user, "?since=448") as ahead,
        ):
            await database_sync_to_async(_emit)(studio, stream, 3)
            return [
                [(await behind.receive_json_from(5))["seq"] for _ in range(453)],
                [(await ahead.receive_json_from(5))["seq"] for _ in range(5)],
            ]

    assert async_to_sync(talk)() == [list(range(1, 454)), [449, 450, 451, 452, 453]]


def test_tick_reaches_everybody_who_follows_and_has_no_number(studio: Studio, user: Any) -> None:
    stream = uuid.uuid4()

    async def talk() -> list[dict[str, Any]]:
        async with _socket(studio.pk, stream, user) as one, _socket(studio.pk, stream, user) as two:
            await database_sync_to_async(_emit)(studio, stream, 1)
            for socket in (one, two):
                await socket.receive_json_from(5)
            await database_sync_to_async(announce)(studio.pk, stream, {"tick": {"job": "j", "done": 1}})
            return [await one.receive_json_from(5), await two.receive_json_from(5)]

    assert async_to_sync(talk)() == [{"type": "tick", "job": "j", "done": 1}] * 2


class _Reader:
    """A follower that notes what it is sent; one that is stuck takes nothing, as when its network is gone."""

    def __init__(self, user: Any, *, stuck: bool = False) -> None:
        self.user_id, self.sent, self.stuck = user.pk, 0, stuck
        self.seen: list[int] = []
        self.gone = ""

    async def take(self, rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self.seen += [row["seq"] for row in rows]
        self.sent = rows[-1]["seq"] if rows else self.sent

    async def tick(self, text: str) -> None:
        """Nothing to note."""

    async def show_out(self) -> None:
        self.gone = "shown out"

    async def give_up(self) -> None:
        self.gone = "given up"


def test_socket_that_takes_nothing_does_not_keep_the_others_waiting(
    studio: Studio, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PATIENCE_SECONDS", 0.2)
    stream = uuid.uuid4()

    async def follow() -> tuple[_Reader, _Reader]:
        stuck, quick = _Reader(user, stuck=True), _Reader(user)
        here, place = hub.Hub(), (studio.pk, stream)
        await here.join(place, quick)
        await database_sync_to_async(_emit)(studio, stream, 2)
        await here.join(place, stuck)
        await here.deliver(place)
        await asyncio.sleep(0)
        for one in (stuck, quick):
            await here.leave(place, one)
        return stuck, quick

    stuck, quick = async_to_sync(follow)()
    assert (stuck.gone, stuck.seen) == ("given up", [])
    assert (quick.gone, quick.seen) == ("", [1, 2])
