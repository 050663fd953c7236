"""The signer's wire format: a frame is its length (4 bytes, big endian) and a JSON object."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

# A claim to sign is a list of hashes: a feature of a thousand shots stays far below this.
MAX_FRAME = 4 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class WireError(ConnectionError):
    """The other end closed in the middle of a frame or sent something that is not one."""


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(message, separators=(",", ":")).encode()
    connection.sendall(_LENGTH.pack(len(body)) + body)


def receive(connection: socket.socket) -> dict[str, Any] | None:
    """Read one message; None when the other end closed between messages. Raises WireError."""
    head = _exactly(connection, _LENGTH.size)
    if not head:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise WireError(f"a frame of {length} bytes is larger than {MAX_FRAME}")
    body = _exactly(connection, length)
    if len(body) != length:
        raise WireError("the connection closed in the middle of a frame")
    try:
        message = json.loads(body)
    except ValueError as error:
        raise WireError("the frame is not JSON") from error
    if not isinstance(message, dict):
        raise WireError("the frame is not an object")
    return message


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = connection.recv(min(count, 65536))
        if not part:
            if parts:
                raise WireError("the connection closed in the middle of a frame")
            return b""
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
