"""Stable digests: type tag, version, canonical JSON; never `hash()`, which differs between processes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

_CHUNK = 1 << 20


_PLAIN = frozenset({str, int, float, bool, type(None)})


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields."""
    return tuple(field.name for field in fields(kind))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        # nearly everything: a programme of thousands of shots is planned by digests
        return value
    if kind is tuple or kind is list:
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    return _composed(value)


def _composed(value: Any) -> Any:
    """What is made of parts, or written as text."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _fields(type(value))}
    if isinstance(value, Fraction | Path | UUID):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value


def canonical_json(value: Any) -> bytes:
    """The one JSON of a value: sorted keys, no spaces, UTF-8. Raises TypeError, or ValueError for NaN."""
    text = json.dumps(
        _plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", "surrogatepass")


def digest(tag: str, version: int, value: Any) -> str:
    """SHA-256 (hex) of a value under a type tag and a version of its meaning."""
    return hashlib.sha256(f"{tag}/{version}\n".encode() + canonical_json(value)).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, read in pieces. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
