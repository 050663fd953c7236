"""What the page of a character does about trainings."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from talent import training as verbs
from talent.models import Character, Training
from talent.queries import trainings
from talent.views import page
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.web import person


@require_POST
def start(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Start a training from the ticked pictures."""
    found = get_for(Character, character)
    return _done(
        request,
        studio,
        found,
        lambda: verbs.start(character=found, lesson=_lesson(request.POST), actor=person(request)),
    )


@require_POST
def cancel(request: HttpRequest, studio: str, training: UUID) -> HttpResponse:
    """Stop a training."""
    row = _of(training)
    return _done(request, studio, row.character, lambda: verbs.cancel(training=row, actor=person(request)))


@require_POST
def wear(request: HttpRequest, studio: str, training: UUID) -> HttpResponse:
    """Have the character wear what was learned, or wear it no more."""
    row = _of(training)

    def act() -> object:
        if request.POST.get("worn") == "no":
            return verbs.take_off(training=row, actor=person(request))
        return verbs.wear(training=row, scale=_figure(request.POST, "scale", "1"), actor=person(request))

    return _done(request, studio, row.character, act)


@require_POST
def drop(request: HttpRequest, studio: str, training: UUID) -> HttpResponse:
    """Take an ended training out of the roster."""
    row = _of(training)
    return _done(request, studio, row.character, lambda: verbs.drop(training=row, actor=person(request)))


def _lesson(post: QueryDict) -> verbs.Lesson:
    """What the form asks for. Raises TrainingRefused for a field that holds no figure."""
    whole = {name: round(_figure(post, name, "0")) for name in ("width", "height", "rank", "steps", "seed")}
    try:
        pictures = {UUID(key): post.get(f"caption_{key}", "") for key in post.getlist("picture")}
    except ValueError:
        raise _wrong("pictures", "One of these is no picture of this character.") from None
    return verbs.Lesson(
        base=post.get("base", ""),
        pictures=pictures,
        word=post.get("word", ""),
        size=(whole["width"], whole["height"]),
        rank=whole["rank"],
        steps=whole["steps"],
        learning_rate=_figure(post, "learning_rate", "0"),
        seed=whole["seed"],
    )


def _figure(post: QueryDict, name: str, usual: str) -> float:
    """Raises TrainingRefused."""
    try:
        value = float(post.get(name, usual))
    except ValueError:
        raise _wrong(name, "A figure.") from None
    if not abs(value) < float(2**63):
        raise _wrong(name, "A figure that can be counted to.")
    return value


def _wrong(field: str, message: str) -> verbs.TrainingRefused:
    return verbs.TrainingRefused(
        "This cannot be understood.", fields={field: message}, kept="Nothing was changed."
    )


def _of(training: UUID) -> Training:
    return get_for(Training, training, using=trainings())


def _done(request: HttpRequest, studio: str, character: Character, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except SlateError as error:
        return page(request, character, error)
    return redirect("talent:bible", studio=studio, character=character.pk)
