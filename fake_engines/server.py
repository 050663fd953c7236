"""HTTP for the fake engine: asyncio streams, no framework.

POST /v1/works                submit; header Idempotency-Key, body {model, kind, params}
GET  /v1/works/<id>           state          GET /v1/works/<id>/file   the result
GET  /v1/keys/<key>           look-up        DELETE /v1/works/<id>     cancel (never honoured: it is charged)
GET  /v1/health               models         POST /v1/faults           {"next": ["reset_after", ""]}
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from fake_engines.desk import LOOKED_UP, PRICES, Desk, Refused
from fake_engines.faults import Fault, Script

MAX_BODY = 16 << 20
HANG_SECONDS = 60


class Reset(Exception):
    """Drop the connection without an answer."""


@dataclass(slots=True)
class Call:
    """A request as read from the socket."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    mime: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def reply(status: int, body: dict[str, Any], **headers: str) -> Answer:
    """A JSON answer."""
    return Answer(
        status, json.dumps(body).encode(), headers=tuple((k.replace("_", "-"), v) for k, v in headers.items())
    )


class Server:
    """Routes calls to the desk and applies the script's faults to submits."""

    def __init__(self, desk: Desk, script: Script, *, token: str = "", late_seconds: float = 1.0) -> None:
        self.desk, self.script, self.token, self.late_seconds = desk, script, token, late_seconds

    async def serve(self, port: int) -> asyncio.Server:
        """Listen on loopback; port 0 takes a free one."""
        return await asyncio.start_server(self._connection, "127.0.0.1", port)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (call := await _read(reader)) is not None:
                answer = await self._answer(call)
                writer.write(_bytes(answer))
                await writer.drain()
        except (Reset, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer(self, call: Call) -> Answer:
        if self.token and call.headers.get("authorization") != f"Bearer {self.token}":
            return reply(401, {"error": {"code": "unauthorized"}})
        try:
            return await self._route(call)
        except Refused as refused:
            return reply(refused.status, {"error": {"code": refused.code}})
        except (KeyError, TypeError, ValueError) as error:
            return reply(422, {"error": {"code": "invalid", "message": str(error)}})

    async def _route(self, call: Call) -> Answer:
        match (call.method, call.path.strip("/").split("/")):
            case ("POST", ["v1", "works"]):
                return await self._submit(call)
            case ("GET", ["v1", "works", number]):
                work = self.desk.find(number)
                return reply(200, await asyncio.to_thread(self.desk.state, work))
            case ("GET", ["v1", "works", number, "file"]):
                mime, data = await asyncio.to_thread(self.desk.result, self.desk.find(number))
                return Answer(200, data, mime)
            case ("GET", ["v1", "keys", key]):
                return reply(200, self.desk.state(self.desk.by_key(key)))
            case ("DELETE", ["v1", "works", number]):
                return reply(409, {"id": self.desk.find(number).id, "error": {"code": "already_charged"}})
            case ("GET", ["v1", "health"]):
                return reply(
                    200,
                    {"models": sorted(PRICES), "looked_up": sorted(LOOKED_UP), "works": len(self.desk.works)},
                )
            case ("POST", ["v1", "faults"]):
                self.script.schedule(json.loads(call.body)["next"])
                return reply(200, {})
            case _:
                return reply(404, {"error": {"code": "no_such_address"}})

    async def _submit(self, call: Call) -> Answer:
        fault = self.script.draw()
        early = self._refuse(fault)
        if early is not None:
            return early
        if fault is Fault.ACCEPT_LATE:
            # The client gives up first: answer nothing, accept after it has gone.
            asyncio.get_running_loop().call_later(self.late_seconds, self._accept, call, fault)
            raise Reset
        work = self._accept(call, fault)
        if fault is Fault.RESET_AFTER:
            raise Reset
        if fault is Fault.HANG:
            await asyncio.sleep(HANG_SECONDS)
        if fault is Fault.ERROR_AFTER:
            return reply(500, {"error": {"code": "internal"}})
        if fault is Fault.GARBAGE:
            return Answer(200, b'{"id": "w0', "application/json")
        return reply(200, {"id": work.id, "state": "running"})

    def _accept(self, call: Call, fault: Fault | None) -> Any:
        return self.desk.accept(json.loads(call.body), call.headers.get("idempotency-key", ""), fault)

    def _refuse(self, fault: Fault | None) -> Answer | None:
        if fault is Fault.RATE_LIMIT:
            return reply(429, {"error": {"code": "rate_limited"}}, Retry_After="0.2")
        if fault is Fault.RATE_LIMIT_BARE:
            return reply(429, {"error": {"code": "rate_limited"}})
        if fault is Fault.ERROR_BEFORE:
            return reply(500, {"error": {"code": "internal"}})
        if fault is Fault.MODERATED:
            return reply(422, {"error": {"code": "moderation_input"}})
        return None


async def _read(reader: asyncio.StreamReader) -> Call | None:
    line = await reader.readline()
    if not line.strip():
        return None
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while row := (await reader.readline()).decode("latin-1").strip():
        name, _, value = row.partition(":")
        headers[name.strip().lower()] = value.strip()
    size = int(headers.get("content-length", "0"))
    if size > MAX_BODY:
        raise Reset
    return Call(method, path, headers, await reader.readexactly(size))


REASONS = {
    200: "OK",
    401: "Unauthorized",
    404: "Not Found",
    409: "Conflict",
    422: "Unprocessable",
    429: "Too Many",
    500: "Error",
}


def _bytes(answer: Answer) -> bytes:
    head = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}", f"Content-Type: {answer.mime}"]
    head += [f"Content-Length: {len(answer.body)}", *(f"{name}: {value}" for name, value in answer.headers)]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + answer.body
