"""Frozen dataclasses as plain JSON values and back, by their annotations.

A union of classes is told apart by a `type` tag; fractions and rates are text, ranges are pairs. Reading is
strict: a missing or unknown field, a float where frames are counted, a NaN - each names its place.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from craft.render.model import FrameRange
from craft.terms.rates import FrameRate

Plain = Any
Tags = Mapping[str, type]


class Unreadable(ValueError):
    """A plain value that is not what its place asks for; the message says where."""


def plain(value: Any, tags: Tags) -> Plain:
    """A model value as lists, dicts, texts and numbers."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, FrameRange):
        return [value.start, value.length]
    if isinstance(value, Fraction | FrameRate):
        return str(value)
    if isinstance(value, tuple):
        return [plain(item, tags) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        body = {field.name: plain(getattr(value, field.name), tags) for field in fields(value)}
        tag = next((name for name, kind in tags.items() if kind is type(value)), None)
        return body if tag is None else {"type": tag, **body}
    return value


def built(kind: Any, value: Plain, tags: Tags, where: str) -> Any:
    """The model value of a plain one, `kind` being an annotation. Raises `Unreadable`."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _chosen(get_args(kind), value, tags, where)
    if origin is tuple:
        return _tuple(get_args(kind), value, tags, where)
    if kind is FrameRange:
        start, length = _tuple((int, int), value, tags, where)
        return FrameRange(start, length)
    if isinstance(kind, type) and is_dataclass(kind) and kind is not FrameRate:
        return _record(kind, value, tags, where)
    return _scalar(kind, value, where)


def _chosen(kinds: tuple[Any, ...], value: Plain, tags: Tags, where: str) -> Any:
    """One of a union: None, or the class its tag names, or the only class there is."""
    if value is None and type(None) in kinds:
        return None
    named = [kind for kind in kinds if kind is not type(None)]
    if len(named) == 1:
        return built(named[0], value, tags, where)
    tag = value.get("type") if isinstance(value, dict) else None
    found = tags.get(tag) if isinstance(tag, str) else None
    if found is None or found not in named:
        raise Unreadable(f"{where}: {tag!r} is no type of thing that may stand here")
    return built(found, value, tags, where)


def _tuple(kinds: tuple[Any, ...], value: Plain, tags: Tags, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Unreadable(f"{where}: a list is wanted")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise Unreadable(f"{where}: {len(kinds)} values are wanted, not {len(value)}")
    return tuple(
        built(kind, item, tags, f"{where}[{number}]")
        for number, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _record(kind: type, value: Plain, tags: Tags, where: str) -> Any:
    if not isinstance(value, dict):
        raise Unreadable(f"{where}: a record is wanted")
    given = {name: item for name, item in value.items() if name != "type"}
    hints = _hints(kind)
    for name in (*(hints.keys() - given.keys()), *(given.keys() - hints.keys())):
        raise Unreadable(f"{where}: {name!r} is {'unknown' if name in given else 'missing'}")
    return kind(**{name: built(hints[name], item, tags, f"{where}.{name}") for name, item in given.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _scalar(kind: Any, value: Plain, where: str) -> Any:
    try:
        if kind in (Fraction, FrameRate):
            return _exact(kind, value)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(value)
    except ValueError as error:
        raise Unreadable(f"{where}: {error}") from None
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise Unreadable(f"{where}: {value} is no number")
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Unreadable(f"{where}: {value!r:.60} is no {kind.__name__}")
    return value


def _exact(kind: Any, value: Plain) -> Any:
    if not isinstance(value, str):
        raise Unreadable(f"{value!r:.60} is not a fraction as text")
    try:
        return kind.parse(value) if kind is FrameRate else Fraction(value)
    except ZeroDivisionError:
        raise Unreadable(f"{value:.60} divides by zero") from None
