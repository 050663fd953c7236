"""Pages of the distribution hub."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from craft.terms.people import Permission
from distribution import queries, services, sharing
from distribution.errors import ShareRefused
from distribution.models import LONGEST_SHARE, Release
from tenancy.models import User
from tenancy.rules import can
from vault.delivery import send_asset
from vault.services import url as asset_url


class ShareForm(forms.Form):
    """What a member chooses for a link."""

    label = forms.CharField(max_length=120, required=False)
    passphrase = forms.CharField(max_length=sharing.LONGEST_PASSPHRASE, strip=False)
    days = forms.IntegerField(min_value=1, max_value=LONGEST_SHARE.days, initial=7)
    max_views = forms.IntegerField(min_value=1, max_value=1000, required=False)
    allow_download = forms.BooleanField(required=False)


@require_GET
def listing(request: HttpRequest, studio: str) -> HttpResponse:
    """What was released, and what waits for it."""
    context = {
        "surface": "distribution",
        "releases": queries.releases(),
        "ready": queries.ready_to_release(),
        "may_publish": can(_person(request), Permission.PUBLISH),
    }
    return render(request, "distribution/list.html", context)


@require_POST
def draft(request: HttpRequest, studio: str) -> HttpResponse:
    """Draft the release of a certified episode."""
    try:
        episode_id = UUID(request.POST.get("episode", ""))
    except ValueError:
        return HttpResponseRedirect(reverse("distribution:list", args=[studio]), status=303)
    release = services.draft_release(episode_id=episode_id, actor=_person(request))
    return _to(studio, release)


@require_GET
def detail(request: HttpRequest, studio: str, release: UUID) -> HttpResponse:
    """One release: player, why it may ship, links."""
    return _page(request, queries.release(release))


@require_GET
def certificate(request: HttpRequest, studio: str, release: UUID) -> HttpResponse:
    """The certificate, made for printing."""
    found = queries.release(release)
    return render(
        request,
        "distribution/certificate.html",
        {"surface": "distribution", "release": found, "c": found.certificate},
    )


@require_POST
def publish(request: HttpRequest, studio: str, release: UUID) -> HttpResponse:
    """Release it, bound to the certificate that was on the page."""
    seen = request.POST.get("seen", "")
    return _to(studio, services.publish(release=queries.release(release), actor=_person(request), seen=seen))


@require_POST
def withdraw(request: HttpRequest, studio: str, release: UUID) -> HttpResponse:
    """Take it back."""
    note = request.POST.get("note", "")[:1000]
    return _to(studio, services.withdraw(release=queries.release(release), actor=_person(request), note=note))


@require_safe
def file(request: HttpRequest, studio: str, release: UUID) -> HttpResponseBase:
    """The master, for saving, with ranges."""
    return send_asset(request, queries.release(release).master, save=True)


@require_safe
def captions(request: HttpRequest, studio: str, release: UUID, number: int) -> HttpResponseBase:
    """A caption file, for the player."""
    return send_asset(request, queries.caption_track(queries.release(release), number))


@require_POST
@never_cache
def share(request: HttpRequest, studio: str, release: UUID) -> HttpResponse:
    """Make a share link; its address is shown on this answer and never again."""
    found, form = queries.release(release), ShareForm(request.POST)
    if not form.is_valid():
        fields = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
        return _page(request, found, form=form, refused=ShareRefused("The link was not made.", fields=fields))
    try:
        link, token = sharing.share(release=found, actor=_person(request), **form.cleaned_data)
    except ShareRefused as refused:
        return _page(request, found, form=form, refused=refused)
    address = settings.SLATE_ORIGIN + reverse("share:page", args=[token])
    return _page(request, found, made=link, address=address)


@require_POST
def revoke(request: HttpRequest, studio: str, release: UUID, link: UUID) -> HttpResponse:
    """End a share link."""
    found = queries.link(link)
    sharing.revoke(link=found, actor=_person(request))
    return _to(studio, found.release)


def _page(
    request: HttpRequest,
    release: Release,
    *,
    form: ShareForm | None = None,
    refused: ShareRefused | None = None,
    made: object = None,
    address: str = "",
) -> HttpResponse:
    context = {
        "surface": "distribution",
        "release": release,
        "c": release.certificate,
        "links": queries.links(release),
        "now": timezone.now(),
        "master_url": asset_url(release.master),
        "form": form or ShareForm(),
        "refused": refused,
        "made": made,
        "address": address,
        "may_publish": can(_person(request), Permission.PUBLISH, release.project_id),
    }
    return render(request, "distribution/detail.html", context, status=refused.status if refused else 200)


def _to(studio: str, release: Release) -> HttpResponse:
    return HttpResponseRedirect(reverse("distribution:release", args=[studio, release.pk]), status=303)


def _person(request: HttpRequest) -> User:
    """The signed-in person; the studio middleware let nobody else in."""
    assert isinstance(request.user, User)
    return request.user
