"""What the page of a place does about its pictures."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from engines.arriving import MOST_PICTURE_BYTES
from scenes import references
from scenes.models import Reference, Scene
from scenes.views import page
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file


@require_POST
def add(request: HttpRequest, studio: str, project: UUID, scene: UUID) -> HttpResponse:
    """Bring a picture of the place, or of a thing in it."""

    def bring(found: Scene) -> None:
        with given_file(request, MOST_PICTURE_BYTES) as (path, _):
            references.add_reference(
                scene=found,
                file=path,
                view=request.POST.get("view", ""),
                prop=request.POST.get("prop", ""),
                label=request.POST.get("label", ""),
                actor=person(request),
            )

    return _done(request, studio, project, scene, bring)


@require_POST
def move(request: HttpRequest, studio: str, project: UUID, scene: UUID, reference: UUID) -> HttpResponse:
    """Put a picture earlier or later in the order."""
    found = _of(scene, reference)
    step = 1 if request.POST.get("to") == "later" else -1
    place = max(0, found.position + step)
    return _done(
        request,
        studio,
        project,
        scene,
        lambda _: references.move_reference(reference=found, position=place, actor=person(request)),
    )


@require_POST
def remove(request: HttpRequest, studio: str, project: UUID, scene: UUID, reference: UUID) -> HttpResponse:
    """Take a picture out of the workshop."""
    found = _of(scene, reference)
    return _done(
        request,
        studio,
        project,
        scene,
        lambda _: references.remove_reference(reference=found, actor=person(request)),
    )


@require_POST
def draw(request: HttpRequest, studio: str, project: UUID, scene: UUID) -> HttpResponse:
    """Have the built-in engine draw the empty place from two sides."""
    return _done(
        request,
        studio,
        project,
        scene,
        lambda found: references.ask_views(scene=found, actor=person(request)),
    )


def _of(scene: UUID, reference: UUID) -> Reference:
    return get_for(
        Reference, reference, using=Reference.objects.select_related("scene", "asset"), scene_id=scene
    )


def _done(
    request: HttpRequest, studio: str, project: UUID, scene: UUID, act: Callable[[Scene], object]
) -> HttpResponse:
    found = get_for(Scene, scene, project_id=project)
    try:
        act(found)
    except SlateError as error:
        return page(request, found, error)
    return redirect("scenes:light", studio=studio, project=project, scene=scene)
