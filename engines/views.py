"""Pages of the crew: who is in it, what each call asked and cost, what waits for a decision."""

from __future__ import annotations

import json
from typing import cast
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from billing.queries import movements_of
from craft.terms.people import Permission
from engines import crew as catalogue
from engines import queries, services
from engines.errors import AccountRefused
from engines.models import EngineAccount, EngineCall
from engines.states import CallState
from tenancy.models import User
from tenancy.queries import get_for
from tenancy.rules import can

PER_PAGE = 50
DECISIONS = {
    "accept": "Take the result at the quoted price",
    "look": "Ask the engine once more",
    "resend": "Send it again (may cost twice)",
    "drop": "Drop it and give the credits back",
}


class AccountForm(forms.Form):
    """Access to a remote engine."""

    engine = forms.CharField(max_length=40)
    base_url = forms.CharField(max_length=300)
    token = forms.CharField(max_length=2000, required=False, strip=True)
    label = forms.CharField(max_length=120, required=False)
    roles = forms.MultipleChoiceField(
        required=False, choices=lambda: [(role, role) for role in catalogue.routes()]
    )


@require_GET
def crew(request: HttpRequest, studio: str) -> HttpResponse:
    """Every model, its price and its record; accounts with remote engines."""
    context = {
        "surface": "engines",
        "rows": queries.crew_list(),
        "accounts": EngineAccount.objects.order_by("engine"),
        "remote": sorted({model.engine for model in catalogue.models().values() if not model.builtin}),
        "roles": list(catalogue.routes()),
        "may_connect": can(_person(request), Permission.MEMBERS),
        "parked": queries.waiting_for_people().count(),
    }
    return render(request, "engines/list.html", context)


@sensitive_post_parameters("token")
@require_POST
def connect(request: HttpRequest, studio: str) -> HttpResponse:
    """Connect an engine; the token is sealed and never shown again."""
    form = AccountForm(request.POST)
    if not form.is_valid():
        fields = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
        raise AccountRefused("The engine was not connected.", fields=fields, kept="Nothing was changed.")
    services.connect(**form.cleaned_data, actor=_person(request))
    return HttpResponseRedirect(reverse("engines:list", args=[studio]), status=303)


@require_POST
def disconnect(request: HttpRequest, studio: str, account: UUID) -> HttpResponse:
    """Take an engine out of all routes."""
    services.disconnect(account=get_for(EngineAccount, account), actor=_person(request))
    return HttpResponseRedirect(reverse("engines:list", args=[studio]), status=303)


@require_GET
def calls(request: HttpRequest, studio: str) -> HttpResponse:
    """All calls, newest first; `?state=` and `?priced` narrow them."""
    state = request.GET.get("state", "")
    rows = queries.calls(state=state if state in set(CallState) else "", priced="priced" in request.GET)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "surface": "engines",
        "page": page,
        "state": state,
        "states": list(CallState),
        "priced": "priced" in request.GET,
    }
    return render(request, "engines/calls.html", context)


@require_GET
def call(request: HttpRequest, studio: str, call: UUID) -> HttpResponse:
    """One call: why this engine, what it saw, what came back, what it cost."""
    found = get_for(EngineCall, call, using=EngineCall.objects.select_related("job"))
    possible = (
        services.decisions_for(found) if can(_person(request), Permission.GENERATE, found.project_id) else []
    )
    context = {
        "surface": "engines",
        "call": found,
        "request_text": json.dumps(found.request, indent=2, ensure_ascii=False),
        "decisions": [(name, DECISIONS[name]) for name in possible],
        "movements": movements_of(found.subject).filter(key__endswith=found.idem_key)
        if found.quoted_milli
        else [],
    }
    return render(request, "engines/call.html", context)


@require_POST
def decide(request: HttpRequest, studio: str, call: UUID) -> HttpResponse:
    """Settle a parked call."""
    found = get_for(EngineCall, call)
    services.decide(
        call=found,
        decision=request.POST.get("decision", ""),
        actor=_person(request),
        note=request.POST.get("note", ""),
    )
    return HttpResponseRedirect(reverse("engines:call", args=[studio, call]), status=303)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
