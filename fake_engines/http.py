"""A call as it came over the socket and the answer that goes back: HTTP/1.1 on asyncio streams, no framework."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

MAX_BODY = 64 << 20


class Reset(Exception):
    """Drop the connection without an answer."""


@dataclass(slots=True)
class Call:
    """A request as read from the socket. Header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> list[str]:
        """The path in parts, without the query."""
        return [part for part in urlsplit(self.target).path.split("/") if part]

    @property
    def query(self) -> dict[str, str]:
        """The query; of a name that stands twice the last value."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body or b"{}")

    def form(self) -> dict[str, list[bytes]]:
        """The parts of a multipart body by name. Raises ValueError when it is none."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            raise ValueError("the body is not multipart/form-data")
        whole = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + self.body, policy=HTTP)
        found: dict[str, list[bytes]] = {}
        for part in whole.iter_parts():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            found.setdefault(str(name), []).append(data if isinstance(data, bytes) else b"")
        return found


@dataclass(slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    mime: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def reply(status: int, body: Any, **headers: str) -> Answer:
    """A JSON answer; an underscore in a header's name stands for a hyphen."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, json.dumps(body).encode(), headers=named)


async def read_call(reader: asyncio.StreamReader) -> Call | None:
    """The next call of a connection, None at its end. Raises Reset for a body that is too large."""
    line = await reader.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while row := (await reader.readline()).decode("latin-1").strip():
        name, _, value = row.partition(":")
        headers[name.strip().lower()] = value.strip()
    size = int(headers.get("content-length", "0"))
    if size > MAX_BODY:
        raise Reset
    return Call(method, target, headers, await reader.readexactly(size))


def as_bytes(answer: Answer) -> bytes:
    """The answer as it goes over the socket."""
    try:
        reason = HTTPStatus(answer.status).phrase
    except ValueError:
        reason = "Unknown"
    head = [f"HTTP/1.1 {answer.status} {reason}", f"Content-Type: {answer.mime}"]
    head += [f"Content-Length: {len(answer.body)}", *(f"{name}: {value}" for name, value in answer.headers)]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + answer.body
