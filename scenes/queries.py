"""Reads of the scene workshop."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count

from scenes.models import Reference, Scene, SceneVersion


def scenes_of(project: UUID) -> list[Any]:
    """The project's places with the number of shots that play there."""
    return list(
        Scene.objects.filter(project_id=project)
        .annotate(shot_count=Count("shots", distinct=True))
        .order_by("created_at", "pk")
    )


def versions_of(scene: Scene) -> list[SceneVersion]:
    """The definition's versions, newest first."""
    return list(SceneVersion.objects.filter(scene=scene).select_related("preview").order_by("-number"))


def current_version(scene: Scene) -> SceneVersion:
    """The version the scene stands at."""
    rows = SceneVersion.objects.select_related("scene__project")
    found: SceneVersion = rows.get(scene=scene, number=scene.scene_version)
    return found


def latest_previews(project: UUID) -> dict[UUID, SceneVersion]:
    """Scene → its newest version that has a preview frame."""
    rows = (
        SceneVersion.objects.filter(scene__project_id=project, preview__isnull=False)
        .select_related("preview")
        .order_by("number")
    )
    return {row.scene_id: row for row in rows}


def references_of(scene: Scene) -> list[Reference]:
    """A place's pictures in the order in which engines get them."""
    return references_of_all([scene.pk]).get(scene.pk, [])


def references_of_all(scenes: Collection[UUID]) -> dict[UUID, list[Reference]]:
    """The same for many places, in one query."""
    rows = Reference.objects.filter(scene_id__in=scenes).select_related("asset", "scene")
    found: dict[UUID, list[Reference]] = {}
    for row in rows.order_by("position", "created_at", "pk"):
        found.setdefault(row.scene_id, []).append(row)
    return found
