"""Rows that people put in order by hand: their `position` counts from 0 without gaps."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet


def move_to(rows: QuerySet[Any], row: Model, position: int) -> None:
    """Put a row at a place among the others; too high a place is the last. Writes only what moved."""
    others = [one for one in rows.order_by("position", "created_at", "pk") if one.pk != row.pk]
    others.insert(max(0, min(position, len(others))), row)
    renumber(others)


def renumber(ordered: list[Any]) -> None:
    """Write the positions of rows that stand in their order."""
    for place, one in enumerate(ordered):
        if one.position != place:
            one.position = place
            one.save(update_fields=["position", "updated_at"])
