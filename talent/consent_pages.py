"""Pages of consents: what was recorded, a new one, one with what was made under it, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from craft.terms.consent import ConsentKind, ConsentMethod, ConsentUse
from craft.terms.languages import LANGUAGES
from craft.terms.people import Permission
from engines import crew
from engines.queries import policy_names
from engines.rights import BUILT_IN
from studio.models import Project
from studio.services import set_territories
from talent import queries
from talent.consents import LISTS, MOST_EVIDENCE_BYTES, Terms, record_consent, revoke
from talent.models import Character, Consent
from talent.reference_pages import day
from talent.registries import Touched, works
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can, require
from tenancy.web import person
from vault.arriving import given_file
from vault.delivery import send_asset

WRITTEN = ("languages", "territories")


@require_GET
def listing(request: HttpRequest, studio: str) -> HttpResponse:
    """Everything that was recorded, and where the productions with real people in them are shown."""
    context = {
        "surface": "talent",
        "rows": [(one, queries.state_of(one)) for one in queries.consents()],
        "people": Character.objects.exclude(portrays="").order_by("portrays", "name"),
        "projects": queries.projects_with_real_people(),
        "may_record": can(person(request), Permission.CONSENT),
        "may_place": can(person(request), Permission.PROJECT),
    }
    return render(request, "talent/consents.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, studio: str) -> HttpResponse:
    """Record what a person has agreed to."""
    require(person(request), Permission.CONSENT)
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            with given_file(request, MOST_EVIDENCE_BYTES) as (path, name):
                record_consent(terms=_terms(request), evidence=path, filename=name, actor=person(request))
            return redirect("talent:consents", studio=studio)
        except SlateError as error:
            problem = error
    context = {
        "surface": "talent",
        "problem": problem,
        "values": request.POST or {"subject": request.GET.get("subject", "")[:200]},
        "chosen": {name: (request.POST or request.GET).getlist(name) for name in (*LISTS, "kinds")},
        "kinds": list(ConsentKind),
        "methods": list(ConsentMethod),
        "uses": list(ConsentUse),
        "projects": Project.objects.order_by("title", "pk"),
        "characters": Character.objects.order_by("name", "pk"),
        "engines": [BUILT_IN, *(name for name in policy_names() if not crew.engines()[name].builtin)],
        "regions": sorted({region for engine in crew.engines().values() for region in engine.regions}),
        "people": sorted(set(Character.objects.exclude(portrays="").values_list("portrays", flat=True))),
    }
    return render(request, "talent/consent_new.html", context, status=problem.status if problem else 200)


def _terms(request: HttpRequest) -> Terms:
    post = request.POST
    scope: dict[str, Any] = {name: post.getlist(name) for name in LISTS if name not in WRITTEN}
    known = {code.lower(): code for code in LANGUAGES}
    scope["languages"] = [known.get(word.lower(), word) for word in _words(post.get("languages", ""))]
    scope["territories"] = [word.upper() for word in _words(post.get("territories", ""))]
    return Terms(
        subject=post.get("subject", ""),
        kinds=post.getlist("kinds"),
        valid_from=day(post.get("valid_from", ""), "valid_from"),
        valid_to=day(post.get("valid_to", ""), "valid_to"),
        method=post.get("method", ""),
        text_version=post.get("text_version", ""),
        granted_by=post.get("granted_by", "") or post.get("subject", ""),
        guardian=post.get("guardian", ""),
        scope={**scope, "training": post.get("training") == "yes"},
    )


def _words(raw: str) -> list[str]:
    return raw.replace(",", " ").split()


@require_GET
def detail(request: HttpRequest, studio: str, consent: UUID) -> HttpResponse:
    """One consent: what it covers, what was made under it, and the question before it is taken back."""
    return _page(request, _found(consent), None)


def _page(request: HttpRequest, found: Consent, problem: SlateError | None) -> HttpResponse:
    scope = found.scope
    titles = {
        "projects": Project.objects.filter(pk__in=scope["projects"]).values_list("title", flat=True),
        "characters": Character.objects.filter(pk__in=scope["characters"]).values_list("name", flat=True),
    }
    context = {
        "surface": "talent",
        "consent": found,
        "state": queries.state_of(found),
        "scope": [(name, sorted(titles[name]) if name in titles else scope[name]) for name in LISTS],
        "touched": touched(found),
        "problem": problem,
        "may_revoke": found.revoked_at is None and can(person(request), Permission.CONSENT),
        "may_read": can(person(request), Permission.CONSENT),
    }
    return render(request, "talent/consent.html", context, status=problem.status if problem else 200)


def touched(consent: Consent) -> list[Touched]:
    """Finished work that was made under a consent."""
    return [one for _, answer in works.items() for one in answer(consent)]


@require_POST
def take_back(request: HttpRequest, studio: str, consent: UUID) -> HttpResponse:
    """Take a consent back; asked for once more by the tick."""
    found = _found(consent)
    try:
        if request.POST.get("sure") != "yes":
            wrong = {"sure": "Tick it: this cannot be undone."}
            raise SlateError(
                "Nothing was taken back yet.", code="consent.unsure", fields=wrong, kept="It still holds.",
                status=422,
            )  # fmt: skip
        revoke(consent=found, because=request.POST.get("because", ""), actor=person(request))
    except SlateError as error:
        return _page(request, found, error)
    return redirect("talent:consent", studio=studio, consent=consent)


@require_safe
def evidence(request: HttpRequest, studio: str, consent: UUID) -> HttpResponseBase:
    """The evidence as it was brought, for those who keep the consents."""
    require(person(request), Permission.CONSENT)
    return send_asset(request, _found(consent).evidence, save=True)


@require_POST
def shown(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """Say where a production is shown."""
    found = get_for(Project, project)
    set_territories(
        project=found, territories=_words(request.POST.get("territories", "")), actor=person(request)
    )
    return redirect("talent:consents", studio=studio)


def _found(consent: UUID) -> Consent:
    rows = Consent.objects.select_related("evidence", "recorded_by", "revoked_by")
    return get_for(Consent, consent, using=rows)
