"""Pages of the crew: who is in it, what each call asked and cost, what waits for a decision."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from billing.queries import movements_of
from craft.terms.people import Permission
from engines import accounts, hooks, queries, services
from engines import crew as catalogue
from engines.adapters.wording import wording
from engines.errors import AccountRefused
from engines.models import EngineAccount, EngineCall, EnginePolicy
from engines.policy import LEVELS, STUDIO, set_policy
from engines.states import CallState
from tenancy.errors import NotFound
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
    """Access to a remote engine; the options are those of its row."""

    base_url = forms.CharField(max_length=300, required=False)
    token = forms.CharField(max_length=20_000, required=False, strip=True)
    hook_secret = forms.CharField(max_length=2000, required=False, strip=True)
    label = forms.CharField(max_length=120, required=False)
    at_once = forms.IntegerField(min_value=1, max_value=1000, required=False)
    roles = forms.MultipleChoiceField(
        required=False, choices=lambda: [(role, role) for role in catalogue.routes()]
    )

    def __init__(self, data: QueryDict, engine: catalogue.Engine) -> None:
        super().__init__(data)
        self.names = list(engine.options)
        for name in self.names:
            self.fields[f"option_{name}"] = forms.CharField(max_length=60_000, required=False)

    def facts(self) -> dict[str, Any]:
        """What `connect` takes."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith("option_")}
        options = {name: self.cleaned_data[f"option_{name}"] for name in self.names}
        return {**given, "options": {name: value for name, value in options.items() if value}}


@require_GET
def crew(request: HttpRequest, studio: str) -> HttpResponse:
    """Built-in and connected models with their record; every remote engine there is; what the studio decided."""
    context = {
        "surface": "engines",
        "rows": queries.crew_list(every=False),
        "remote": queries.remote_engines(),
        "parked": queries.waiting_for_people().count(),
        "policy": EnginePolicy.objects.filter(about=STUDIO).first(),
        "policy_about": STUDIO,
        "policy_names": queries.policy_names(),
        "may_decide": can(_person(request), Permission.GATE_A),
    }
    return render(request, "engines/list.html", context)


@require_GET
def engine(request: HttpRequest, studio: str, engine: str) -> HttpResponse:
    """One remote engine: what it is, what it makes, the studio's account with it, how it answers now."""
    found = _remote(engine)
    account = EngineAccount.objects.filter(engine=engine).first()
    asked = "check" in request.GET and account is not None and account.enabled
    context = {
        "surface": "engines",
        "engine": found,
        "rows": queries.crew_list(engine=engine),
        "account": account,
        "options": [
            (name, what, (account.options if account else {}).get(name, ""))
            for name, what in found.options.items()
        ],
        "callback": hooks.callback_address(account) if account else "",
        "health": accounts.health(account) if asked and account else None,
        "families": [
            wording(one)
            for one in sorted({m.capability.wording for m in found.models if "clip" in m.capability.kinds})
        ],
        "roles": [(role, role.replace("_", " ")) for role in catalogue.roles_of(found)],
        "may_connect": can(_person(request), Permission.MEMBERS),
    }
    return render(request, "engines/engine.html", context)


@sensitive_post_parameters("token", "hook_secret")
@require_POST
def connect(request: HttpRequest, studio: str, engine: str) -> HttpResponse:
    """Connect an engine or change its account; secrets are sealed and never shown again."""
    form = AccountForm(request.POST, _remote(engine))
    if not form.is_valid():
        fields = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
        raise AccountRefused("The engine was not connected.", fields=fields, kept="Nothing was changed.")
    services.connect(engine=engine, actor=_person(request), **form.facts())
    return HttpResponseRedirect(reverse("engines:engine", args=[studio, engine]), status=303)


@require_GET
def policy_of(request: HttpRequest, studio: str) -> HttpResponse:
    """What was decided about engines for one thing (`?about=project:<id>`), and what holds for it from above."""
    about = request.GET.get("about", STUDIO)
    if about.partition(":")[0] not in LEVELS:
        raise NotFound("Nothing is decided about a thing of this kind.")
    context = {
        "surface": "engines",
        "level": LEVELS[about.partition(":")[0]],
        "policy": EnginePolicy.objects.filter(about=about).first(),
        "above": EnginePolicy.objects.filter(about=STUDIO).first() if about != STUDIO else None,
        "policy_about": about,
        "policy_names": queries.policy_names(),
        "may_decide": can(_person(request), Permission.GATE_A),
    }
    return render(request, "engines/policy.html", context)


@require_POST
def decide_policy(request: HttpRequest, studio: str) -> HttpResponse:
    """Say which engines may work for the studio, a project, a scene or a shot; back to where it was said."""
    given = request.POST
    set_policy(
        about=given.get("about", ""),
        only=given.getlist("only"),
        never=given.getlist("never"),
        regions=[one.strip() for one in given.get("regions", "").split(",") if one.strip()],
        actor=_person(request),
    )
    back = given.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(f"/s/{studio}/")
    return HttpResponseRedirect(back if safe else reverse("engines:list", args=[studio]), status=303)


def _remote(key: str) -> catalogue.Engine:
    found = catalogue.engines().get(key)
    if found is None or found.builtin:
        raise NotFound("There is no such remote engine.")
    return found


@require_POST
def disconnect(request: HttpRequest, studio: str, account: UUID) -> HttpResponse:
    """Take an engine out of all routes."""
    found = get_for(EngineAccount, account)
    services.disconnect(account=found, actor=_person(request))
    return HttpResponseRedirect(reverse("engines:engine", args=[studio, found.engine]), status=303)


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
        "sent_text": json.dumps(found.sent, indent=2, ensure_ascii=False) if found.sent else "",
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
