"""What the page of a shot does about its performance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from engines.arriving import MOST_FILM_BYTES
from episodes import performances as verbs
from episodes.models import Episode, Shot
from episodes.performances import standing
from episodes.queries import shots_of
from episodes.views import shot_page
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file

FORM = ("performer", "born_on", "character", "begin", "body", "expression")


@require_POST
def bring(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Bring the film of a performer."""

    def act(found: Shot) -> None:
        post = request.POST
        with given_file(request, MOST_FILM_BYTES) as (path, _):
            verbs.bring(
                shot=found,
                file=path,
                performer=post.get("performer", ""),
                born_on=_day(post.get("born_on", "")),
                settings=_settings(request),
                actor=person(request),
            )

    return _done(request, studio, project, episode, shot, act)


@require_POST
def change(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Set how the performance is used."""
    return _done(
        request,
        studio,
        project,
        episode,
        shot,
        lambda found: verbs.change(
            performance=standing(found), settings=_settings(request), actor=person(request)
        ),
    )


@require_POST
def remove(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Take the performance away from the shot."""
    return _done(
        request,
        studio,
        project,
        episode,
        shot,
        lambda found: verbs.remove(performance=standing(found), actor=person(request)),
    )


def _settings(request: HttpRequest) -> dict[str, Any]:
    """What the form said; a box that is not ticked is not sent."""
    post = request.POST
    return {name: post[name] for name in ("character", "begin", "expression") if name in post} | {
        "body": "body" in post
    }


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw.strip()) if raw.strip() else None
    except ValueError:
        return None


def _done(
    request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID, act: Callable[[Shot], object]
) -> HttpResponse:
    rows = Episode.objects.select_related("project", "season")
    found = get_for(Shot, shot, using=shots_of(get_for(Episode, episode, using=rows, project_id=project)))
    try:
        act(found)
    except SlateError as error:
        again = get_for(Shot, shot, using=shots_of(found.episode))
        typed = {name: request.POST.get(name, "") for name in FORM}
        return shot_page(request, again, error, typed)
    place = {"studio": studio, "project": project, "episode": episode, "shot": shot}
    return redirect(reverse("episodes:shot", kwargs=place) + "#performance")
