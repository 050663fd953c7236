"""Pages of billing: the tier with its limits, the balance, the ledger."""

from __future__ import annotations

import uuid
from typing import cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from billing import queries, services
from billing.errors import BadAmount
from billing.models import Tier
from billing.registries import console_panels
from craft.terms.people import Permission
from tenancy.models import User
from tenancy.rules import can, require

PER_PAGE = 50
LATEST = 8


class GrantForm(forms.Form):
    """Credits given by the installation's staff, with the reason for the ledger."""

    credits = forms.IntegerField(min_value=1, max_value=100_000_000)
    reason = forms.CharField(max_length=300)
    key = forms.UUIDField()


@require_GET
def home(request: HttpRequest, studio: str) -> HttpResponse:
    """Tier, balance, the latest movements and what other apps have to say."""
    require(_person(request), Permission.LEDGER)
    panels = sorted((panel for _, panel in console_panels.items()), key=lambda panel: panel.order)
    context = {
        "surface": "billing",
        "tier": queries.tier(),
        "tiers": Tier.objects.all(),
        "balance": queries.balance(),
        "report": queries.verify(),
        "movements": queries.ledger(LATEST),
        "may_change": can(_person(request), Permission.BILLING),
        "may_grant": _person(request).is_staff,
        "grant_key": uuid.uuid4(),
        "panels": [{"template": panel.template, "context": panel.context()} for panel in panels],
    }
    return render(request, "billing/home.html", context)


@require_GET
def ledger(request: HttpRequest, studio: str) -> HttpResponse:
    """Every movement with its legs."""
    require(_person(request), Permission.LEDGER)
    page = Paginator(queries.ledger(), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "billing/ledger.html", {"surface": "billing", "page": page, "balance": queries.balance()}
    )


@require_POST
def change_tier(request: HttpRequest, studio: str) -> HttpResponse:
    """Put the studio on another tier."""
    services.subscribe(tier=request.POST.get("tier", ""), actor=_person(request))
    return HttpResponseRedirect(reverse("billing:home", args=[studio]), status=303)


@require_POST
def grant(request: HttpRequest, studio: str) -> HttpResponse:
    """Give credits; the form's own key makes a second press harmless."""
    form = GrantForm(request.POST)
    if not form.is_valid():
        fields = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
        raise BadAmount("The credits were not granted.", fields=fields, kept="Nothing was posted.")
    data = form.cleaned_data
    services.grant(
        milli=data["credits"] * services.MILLI,
        key=str(data["key"]),
        reason=data["reason"],
        actor=_person(request),
    )
    return HttpResponseRedirect(reverse("billing:home", args=[studio]), status=303)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
