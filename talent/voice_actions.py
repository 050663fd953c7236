"""What the page of a character does about its voices at engines."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from engines.arriving import MOST_SOUND_BYTES
from talent import voices as verbs
from talent.models import Character, ClonedVoice, Recording
from talent.queries import cloned_voices, recordings
from talent.views import page
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file


@require_POST
def name(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Say which of an engine's voices the character has."""
    post = request.POST
    return _done(
        request,
        studio,
        get_for(Character, character),
        lambda found: verbs.name_voice(
            character=found,
            engine=post.get("engine", ""),
            number=post.get("number", ""),
            actor=person(request),
        ),
    )


@require_POST
def add(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Bring a recording."""

    def bring(found: Character) -> None:
        with given_file(request, MOST_SOUND_BYTES) as (path, filename):
            label = request.POST.get("label", "") or filename
            verbs.add_recording(character=found, file=path, label=label, actor=person(request))

    return _done(request, studio, get_for(Character, character), bring)


@require_POST
def remove(request: HttpRequest, studio: str, recording: UUID) -> HttpResponse:
    """Take a recording out of the roster."""
    row = get_for(Recording, recording, using=recordings())
    return _done(
        request,
        studio,
        row.character,
        lambda _: verbs.remove_recording(recording=row, actor=person(request)),
    )


@require_POST
def clone(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Have a voice made from the recordings."""
    return _done(
        request,
        studio,
        get_for(Character, character),
        lambda found: verbs.clone(character=found, actor=person(request)),
    )


@require_POST
def use(request: HttpRequest, studio: str, voice: UUID) -> HttpResponse:
    """Have the character speak with a voice that was made."""
    row = _of(voice)
    return _done(request, studio, row.character, lambda _: verbs.use(voice=row, actor=person(request)))


@require_POST
def drop(request: HttpRequest, studio: str, voice: UUID) -> HttpResponse:
    """Take a voice out of the roster."""
    row = _of(voice)
    return _done(request, studio, row.character, lambda _: verbs.drop(voice=row, actor=person(request)))


def _of(voice: UUID) -> ClonedVoice:
    return get_for(ClonedVoice, voice, using=cloned_voices())


def _done(
    request: HttpRequest, studio: str, found: Character, act: Callable[[Character], object]
) -> HttpResponse:
    try:
        act(found)
    except SlateError as error:
        return page(request, get_for(Character, found.pk), error)
    return redirect("talent:bible", studio=studio, character=found.pk)
