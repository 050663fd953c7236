"""Every engine at one address: each wire format under its own name, faults on request, files on another host.

/<engine>/…                     the engine's own API          /v1/…   the studio's own test engine
/files/<work>                   results, for everybody; a credential that comes here is noted as a leak
/_control/faults                POST {"next": ["reset_after", ""]}
/_control/callback/<work>       GET ?secret=…&forged=1: the call-back about a work, as {headers, body}
"""

from __future__ import annotations

import asyncio
from functools import cache
from importlib import import_module

from fake_engines.desk import Desk, Refused, Work
from fake_engines.faults import Fault, Script
from fake_engines.http import Answer, Call, Reset, as_bytes, read_call, reply
from fake_engines.wires.wire import Ordered, Wire

HANG_SECONDS = 60
CREDENTIALS = ("authorization", "x-key", "x-api-key", "xi-api-key", "x-goog-api-key")


class Server:
    """Routes calls to the wires and applies the script's faults to orders."""

    def __init__(self, desk: Desk, script: Script, *, token: str = "", late_seconds: float = 1.0) -> None:
        self.desk, self.script, self.token, self.late_seconds = desk, script, token, late_seconds
        self._wires: dict[str, Wire] = {}
        self.port = 0

    async def serve(self, port: int) -> asyncio.Server:
        """Listen on loopback; port 0 takes a free one."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", port, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def wire(self, engine: str) -> Wire:
        """The wire format of an engine. Raises Refused (404) when nobody has written it."""
        if engine not in self._wires:
            kind = wire_class(engine)
            if kind is None:
                raise Refused(404, "no_such_engine")
            home = f"http://127.0.0.1:{self.port}/{engine}"
            # by another name of this machine: to a client it is another host
            self._wires[engine] = kind(home, f"http://localhost:{self.port}/files")
        return self._wires[engine]

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (call := await read_call(reader)) is not None:
                answer = await self._answer(call)
                writer.write(as_bytes(answer))
                await writer.drain()
        except (Reset, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer(self, call: Call) -> Answer:
        if self.token and call.headers.get("authorization") != f"Bearer {self.token}":
            return reply(401, {"error": {"code": "unauthorized"}})
        first = call.path[0] if call.path else ""
        try:
            if first == "_control":
                return self._control(call)
            if first == "files":
                return await self._file(call)
            wire, own = self._addressed(call, first)
        except (Refused, KeyError, ValueError) as error:
            return reply(getattr(error, "status", 422), {"error": {"code": str(error)}})
        try:
            wire.admit(own)
            order = wire.order(own)
            if order is None:
                return await asyncio.to_thread(wire.other, own, self.desk)
            return await self._submit(wire, order)
        except Refused as refused:
            return wire.refused(refused.status, refused.code)
        except (KeyError, TypeError, ValueError) as error:
            return wire.refused(422, f"invalid: {error!r}")

    def _addressed(self, call: Call, first: str) -> tuple[Wire, Call]:
        if first == "v1":
            return self.wire("fake"), call
        return self.wire(first), Call(call.method, call.target[len(first) + 1 :], call.headers, call.body)

    def _control(self, call: Call) -> Answer:
        match (call.method, call.path[1:]):
            case ("POST", ["faults"]):
                self.script.schedule(call.json()["next"])
                return reply(200, {})
            case ("GET", ["callback", number]):
                work = self.desk.find(number)
                headers, body = self.wire(work.engine).callback(work, call.query.get("secret", ""))
                if call.query.get("forged"):
                    body += b" "
                return reply(200, {"headers": headers, "body": body.decode()})
        raise Refused(404, "no_such_address")

    async def _file(self, call: Call) -> Answer:
        work = self.desk.find(call.path[1])
        for header in CREDENTIALS:
            if header in call.headers:
                self.desk.leaked(work.engine, header)
                raise Refused(400, "credential_at_the_file_host")
        mime, data = await asyncio.to_thread(self.desk.result, work)
        return Answer(200, data, mime)

    async def _submit(self, wire: Wire, order: Ordered) -> Answer:
        fault = self.script.draw()
        early = _early(wire, fault)
        if early is not None:
            return early
        if fault is Fault.ACCEPT_LATE:
            # The client gives up first: answer nothing, accept after it has gone.
            asyncio.get_running_loop().call_later(self.late_seconds, self._accept, wire, order, fault)
            raise Reset
        work = self._accept(wire, order, fault)
        if fault is Fault.RESET_AFTER:
            raise Reset
        if fault is Fault.HANG:
            await asyncio.sleep(HANG_SECONDS)
        if fault is Fault.ERROR_AFTER:
            return wire.refused(500, "internal")
        if fault is Fault.GARBAGE:
            return wire.garbage()
        return await asyncio.to_thread(wire.accepted, work, self.desk)

    def _accept(self, wire: Wire, order: Ordered, fault: Fault | None) -> Work:
        return self.desk.accept(wire.engine, order, fault)


def _early(wire: Wire, fault: Fault | None) -> Answer | None:
    if fault is Fault.RATE_LIMIT:
        return wire.busy("0.2")
    if fault is Fault.RATE_LIMIT_BARE:
        return wire.busy("")
    if fault is Fault.ERROR_BEFORE:
        return wire.refused(500, "internal")
    if fault is Fault.MODERATED and not wire.moderates_later:
        return wire.refused(422, "moderation_input")
    return None


@cache
def wire_class(engine: str) -> type[Wire] | None:
    """The wire format in `fake_engines/wires/<engine>.py`, None when there is none."""
    if not engine.isidentifier():
        return None
    try:
        module = import_module(f"fake_engines.wires.{engine}")
    except ModuleNotFoundError:
        return None
    kinds = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Wire)]
    return next((one for one in kinds if one.engine == engine), None)
