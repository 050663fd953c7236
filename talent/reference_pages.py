"""What the page of a character does about pictures, and about whom the character portrays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from engines.arriving import MOST_PICTURE_BYTES
from talent import consents, references
from talent.models import Character, Reference
from talent.views import page
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.web import person
from vault.arriving import given_file


@require_POST
def add(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Bring a picture."""

    def bring(found: Character) -> None:
        with given_file(request, MOST_PICTURE_BYTES) as (path, _):
            references.add_reference(
                character=found,
                file=path,
                view=request.POST.get("view", ""),
                label=request.POST.get("label", ""),
                real=request.POST.get("shows") == "real",
                actor=person(request),
            )

    return _done(request, studio, character, bring)


@require_POST
def move(request: HttpRequest, studio: str, reference: UUID) -> HttpResponse:
    """Put a picture earlier or later in the order."""
    found = _of(reference)
    step = 1 if request.POST.get("to") == "later" else -1
    place = max(0, found.position + step)
    return _done(
        request,
        studio,
        found.character_id,
        lambda _: references.move_reference(reference=found, position=place, actor=person(request)),
    )


@require_POST
def remove(request: HttpRequest, studio: str, reference: UUID) -> HttpResponse:
    """Take a picture out of the roster."""
    found = _of(reference)
    return _done(
        request,
        studio,
        found.character_id,
        lambda _: references.remove_reference(reference=found, actor=person(request)),
    )


@require_POST
def sheet(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Have the built-in engine draw the turnaround."""
    return _done(
        request, studio, character, lambda found: references.ask_sheet(character=found, actor=person(request))
    )


@require_POST
def portray(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Say which real person the character portrays, or that it is invented."""
    real = request.POST.get("who") == "real"

    def say(found: Character) -> None:
        name = request.POST.get("person", "")
        if real and not name.strip():
            wrong = {"person": "Who is it?"}
            raise consents.ConsentInvalid(
                "This cannot be said like that.", fields=wrong, kept="Nothing was changed."
            )
        born = day(request.POST.get("born_on", ""), "born_on")
        consents.portray(
            character=found,
            person=name if real else "",
            born_on=born if real else None,
            actor=person(request),
        )

    return _done(request, studio, character, say)


def day(raw: str, field: str) -> date | None:
    """A day as forms send it; None for an empty field. Raises ConsentInvalid."""
    try:
        return date.fromisoformat(raw.strip()) if raw.strip() else None
    except ValueError:
        wrong = {field: "A day such as 1990-05-21."}
        raise consents.ConsentInvalid("This is no day.", fields=wrong, kept="Nothing was changed.") from None


def _of(reference: UUID) -> Reference:
    return get_for(Reference, reference, using=Reference.objects.select_related("character", "asset"))


def _done(
    request: HttpRequest, studio: str, character: UUID, act: Callable[[Character], object]
) -> HttpResponse:
    found = get_for(Character, character)
    try:
        act(found)
    except SlateError as error:
        return page(request, found, error)
    return redirect("talent:bible", studio=studio, character=character)
