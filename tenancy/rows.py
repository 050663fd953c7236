"""New rows, written by a statement that is the same for all rows of a table, so that a connection plans it once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

from tenancy.models import StudioModel

_PLAIN = frozenset({str, int, bool, uuid.UUID, datetime, type(None)})
Fields = tuple["models.Field[Any, Any]", ...]


def insert(row: StudioModel) -> None:
    """Write a new row as its `save` would, in the open scope. Raises what `save` raises."""
    fields, sql = _statement(type(row))
    _written(row, sql, _values(fields, row), answers=False)


def insert_and_ask(row: StudioModel, question: str, values: Sequence[Any]) -> Any:
    """Write a new row like `insert` and ask the database something with the same statement: a SELECT with its values.
    Returns the first row of the answer, None where there is none."""
    fields, sql = _statement(type(row))
    return _written(row, f"WITH made AS ({sql}) {question}", [*_values(fields, row), *values])


def insert_with(row: StudioModel, attribute: str, source: str, values: Sequence[Any]) -> bool:
    """Write a new row like `insert`, with what `source` tells in one attribute: named queries, of which the last,
    `source`, has one column. False, and nothing written, where that tells nothing."""
    fields, sql = _statement(type(row), attribute)
    with_source = f"WITH {source} {sql} RETURNING {connection.ops.quote_name(_column(row, attribute))}"
    told = _written(row, with_source, [*values, *_values(fields, row)])
    setattr(row, attribute, told[0] if told else None)
    return told is not None


def _written(row: StudioModel, sql: str, values: Sequence[Any], *, answers: bool = True) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        told = cursor.fetchone() if answers else None
    row._state.adding, row._state.db = False, connection.alias
    return told


def _values(fields: Fields, row: StudioModel) -> list[Any]:
    return [_value(field, field.pre_save(row, True)) for field in fields]


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    """A value as the driver takes it. Of a plain one a field makes nothing else, unless JSON is in it."""
    if type(value) in _PLAIN and not isinstance(field, models.JSONField):
        return value
    return field.get_db_prep_save(value, connection)


def _column(row: StudioModel, attribute: str) -> str:
    return next(str(field.column) for field in row._meta.concrete_fields if field.attname == attribute)


@cache
def _statement(model: type[StudioModel], sourced: str = "") -> tuple[Fields, str]:
    """The fields whose values it takes, and the statement; the attribute `sourced` comes from a query of that name."""
    fields, quoted = tuple(model._meta.concrete_fields), connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    into = f"INSERT INTO {quoted(model._meta.db_table)} ({columns})"
    if not sourced:
        return fields, f"{into} VALUES ({', '.join(['%s'] * len(fields))})"
    places = ", ".join("source.*" if field.attname == sourced else "%s" for field in fields)
    given = tuple(field for field in fields if field.attname != sourced)
    return given, f"{into} SELECT {places} FROM source"
