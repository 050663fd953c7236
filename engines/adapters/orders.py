"""What is sent to a remote engine, as plain data in which files still stand by their hash.

So an order can be shown, stored and compared before a byte of a file is read, and what people are shown is what is
sent: the same tree, with each file in the form that the engine wants.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engines.adapters.inputs import Input


class Form(StrEnum):
    """How a file travels inside an order."""

    DATA_URI = "data_uri"
    BASE64 = "base64"
    UPLOAD = "upload"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file's place in an order. `name` is the file name where one is told (uploads, multipart)."""

    input: Input
    form: Form = Form.DATA_URI
    name: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One POST: path, body, headers beside the credential. `multipart` sends the body as a form with file parts."""

    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    multipart: bool = False
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Sent:
    """An order as the HTTP client takes it."""

    json: Any = None
    fields: Mapping[str, Any] | None = None
    files: Sequence[tuple[str, tuple[str, bytes, str]]] | None = None


Upload = Callable[[str, str, bytes], str]
"""Brings (name, MIME type, bytes) to the engine and says what the order calls it."""


def plain(value: Any) -> Any:
    """The order for people: each file as its title, type and hash; mappings and lists copied."""
    if isinstance(value, Embedded):
        return value.input.as_json()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def resolved(order: Order, upload: Upload) -> Sent:
    """The order with its files read and put in. Raises OSError for a file that is gone, and what `upload` raises."""
    if not order.multipart:
        return Sent(json=_filled(order.body, upload))
    fields: dict[str, Any] = {}
    files: list[tuple[str, tuple[str, bytes, str]]] = []
    for name, value in order.body.items():
        parts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(part, Embedded) and part.form is Form.PART for part in parts):
            files += [(name, _part(part)) for part in parts]
        else:
            fields[name] = _filled(value, upload)
    return Sent(fields=fields, files=files or None)


def _part(part: Embedded) -> tuple[str, bytes, str]:
    return part.name or part.input.path.name, part.input.path.read_bytes(), part.input.mime


def _filled(value: Any, upload: Upload) -> Any:
    if isinstance(value, Embedded):
        return _in_form(value, upload)
    if isinstance(value, Mapping):
        return {key: _filled(item, upload) for key, item in value.items()}
    return [_filled(item, upload) for item in value] if isinstance(value, list | tuple) else value


def _in_form(file: Embedded, upload: Upload) -> str:
    data = file.input.path.read_bytes()
    if file.form is Form.UPLOAD:
        return upload(file.name or file.input.path.name, file.input.mime, data)
    text = base64.b64encode(data).decode("ascii")
    return text if file.form is Form.BASE64 else f"data:{file.input.mime};base64,{text}"
