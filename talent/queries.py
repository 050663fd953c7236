"""Reads of the roster."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from talent.models import Casting, Character, CharacterVersion


def roster() -> list[Any]:
    """Characters by name with the number of their projects."""
    return list(Character.objects.annotate(projects=Count("castings", distinct=True)).order_by("name", "pk"))


def castings_of(character: Character) -> list[Casting]:
    """Where a character is cast."""
    return list(Casting.objects.filter(character=character).select_related("project").order_by("created_at"))


def versions_of(character: Character) -> list[CharacterVersion]:
    """The bible's versions, newest first."""
    return list(CharacterVersion.objects.filter(character=character).order_by("-number"))
