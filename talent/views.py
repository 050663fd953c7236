"""Pages of the talent roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from craft.terms.looks import Beard, Body, Garment, Glasses, HairStyle, Hat, Legs, Pattern
from craft.terms.people import Permission
from craft.terms.references import View
from talent.looks import AGES, PARTS
from talent.models import Character
from talent.queries import castings_of, consents, references_of, roster, state_of, versions_of
from talent.services import save_bible, set_lock
from talent.training_pages import training_part
from talent.voice_pages import voice_part
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from vault.services import url

VOICE = (
    ("pitch", "Pitch", 0, 99, 1),
    ("rate", "Words a minute", 80, 400, 1),
    ("range", "Range", 0, 99, 1),
    ("formant", "Formant", 0.7, 1.4, 0.01),
    ("breath", "Breath", 0, 1, 0.01),
)


@require_GET
def list_page(request: HttpRequest, studio: str) -> HttpResponse:
    """The cast of the studio."""
    return render(request, "talent/list.html", {"surface": "talent", "characters": roster()})


@require_http_methods(["GET", "POST"])
def bible(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """One character's bible; saving makes a version."""
    found = get_for(Character, character)
    if request.method == "POST":
        try:
            save_bible(character=found, changes=_changes(request, found), actor=person(request))
        except SlateError as error:
            # Shown again as it was typed; the row is not saved.
            for name, value in _changes(request, found).items():
                setattr(found, name, value)
            return page(request, found, error)
        return redirect("talent:bible", studio=studio, character=found.pk)
    return page(request, found, None)


def page(request: HttpRequest, found: Character, problem: SlateError | None) -> HttpResponse:
    """The bible's page, with what was wrong."""
    context = {
        "surface": "talent",
        "character": found,
        "castings": castings_of(found),
        "references": [(one, url(one.asset)) for one in references_of(found)],
        "views": list(View),
        "training": training_part(found, request),
        "voices": voice_part(found),
        "consents": [(one, state_of(one)) for one in consents(subject=found.portrays)]
        if found.portrays
        else [],
        "may_consent": can(person(request), Permission.CONSENT),
        "versions": versions_of(found),
        "problem": problem,
        "ages": AGES,
        "bodies": list(Body),
        "hair_styles": list(HairStyle),
        "beards": list(Beard),
        "hats": list(Hat),
        "glasses": list(Glasses),
        "garments": list(Garment),
        "legs": list(Legs),
        "patterns": list(Pattern),
        "voice": [
            (name, label, low, high, step, found.voice.get(name)) for name, label, low, high, step in VOICE
        ],
        "may_edit": can(person(request), Permission.EDIT),
        "may_lock": can(person(request), Permission.LOCK),
    }
    return render(request, "talent/bible.html", context, status=problem.status if problem else 200)


def _changes(request: HttpRequest, character: Character) -> dict[str, Any]:
    post = request.POST
    look = {
        **{name: post[name] for name in ("body", "skin", "eyes", "beard") if name in post},
        "age": _figure(post.get("age"), 1),
        "hair": {"style": post.get("hair_style"), "colour": post.get("hair_colour")},
        **{
            worn: {"kind": post.get(worn), "colour": post.get(f"{worn}_colour")}
            for worn in ("hat", "glasses")
        },
        "wardrobe": {name: post[name] for name in ("garment", "legs", "pattern", *PARTS) if name in post},
    }
    voice = {
        **character.voice,
        **{name: _figure(post.get(f"voice_{name}"), step) for name, _, _, _, step in VOICE},
    }
    traits = [word.strip()[:60] for word in post.get("traits", "").split(",") if word.strip()][:20]
    return {"look": look, "voice": voice, "traits": traits, "description": post.get("description", "")[:4000]}


def _figure(raw: str | None, step: float) -> float | int | None:
    try:
        value = float(raw or "")
    except ValueError:
        return None
    return int(value) if step == 1 and value.is_integer() else value


@require_POST
def lock(request: HttpRequest, studio: str, character: UUID) -> HttpResponse:
    """Lock or unlock the bible."""
    set_lock(
        character=get_for(Character, character),
        locked=request.POST.get("locked") == "yes",
        actor=person(request),
    )
    return redirect("talent:bible", studio=studio, character=character)
