"""The socket: admits members only, replays without gaps, survives nonsense."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from tenancy.models import Studio
from tenancy.scope import studio_scope
from workflow.events import emit
from workflow.routing import websocket_urlpatterns

APP = URLRouter(websocket_urlpatterns)
# Slow: emptying the database between these waits for the sockets' own connections to end.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def _socket(studio: Any, stream: Any, user: Any, query: str = "") -> WebsocketCommunicator:
    socket = WebsocketCommunicator(APP, f"/ws/studio/{studio}/project/{stream}/{query}")
    socket.scope["user"] = user
    return socket


def _emit(studio: Studio, stream: uuid.UUID, count: int) -> None:
    with studio_scope(studio):
        for n in range(count):
            emit(stream, "test.happened", {"n": n})


def test_client_gets_every_event_once_in_order_over_a_reconnect(studio: Studio, user: Any) -> None:
    stream = uuid.uuid4()

    async def talk() -> list[int]:
        await database_sync_to_async(_emit)(studio, stream, 3)
        first = _socket(studio.pk, stream, user)
        assert (await first.connect())[0]
        seen = [(await first.receive_json_from())["seq"] for _ in range(2)]
        await first.disconnect()
        await database_sync_to_async(_emit)(studio, stream, 4)
        second = _socket(studio.pk, stream, user, f"?since={seen[-1]}")
        await second.connect()
        seen += [(await second.receive_json_from())["seq"] for _ in range(5)]
        assert await second.receive_nothing(0.1)
        await second.disconnect()
        return seen

    assert async_to_sync(talk)() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("who", ["stranger", "nobody", "member of another stream's studio"])
def test_others_are_closed_out_as_if_nothing_were_there(
    studio: Studio, other_studio: Studio, stranger: Any, who: str
) -> None:
    person = None if who == "nobody" else stranger

    async def knock() -> dict[str, Any]:
        socket = _socket(studio.pk, uuid.uuid4(), person)
        await socket.connect()
        return dict(await socket.receive_output())

    assert async_to_sync(knock)() == {"type": "websocket.close", "code": 4404}


@pytest.mark.parametrize("since", ["-1", "9" * 40, "x", "1.5", "0" * 30 + "9" * 25])
def test_impossible_numbers_are_refused(studio: Studio, user: Any, since: str) -> None:
    async def knock() -> int:
        socket = _socket(studio.pk, uuid.uuid4(), user, f"?since={since}")
        await socket.connect()
        return int((await socket.receive_output())["code"])

    assert async_to_sync(knock)() == 4400


def test_large_and_binary_frames_close_the_socket(studio: Studio, user: Any) -> None:
    async def shout(**frame: Any) -> int:
        socket = _socket(studio.pk, uuid.uuid4(), user)
        await socket.connect()
        await socket.send_to(**frame)
        return int((await socket.receive_output())["code"])

    assert async_to_sync(shout)(text_data="x" * 5000) == 1009
    assert async_to_sync(shout)(bytes_data=b"\0") == 1009
