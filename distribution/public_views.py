"""What guests see at the end of a share link: first a passphrase form without titles, then the player."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from distribution import queries, sharing
from distribution.errors import ShareEnded, ShareLocked, ShareNotFound, ShareRefused
from distribution.models import ShareLink
from tenancy.errors import SlateError
from tenancy.scope import studio_scope
from vault.delivery import send_asset
from vault.models import Asset

COOKIE = "slate_share"
GuestView = Callable[..., HttpResponseBase]


def guest(view: GuestView) -> GuestView:
    """No referrer, no cache, no index; an error page says nothing of what is behind the link."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: object) -> HttpResponseBase:
        try:
            response = view(request, token, **kwargs)
        except (ShareNotFound, ShareEnded) as error:
            response = _refusal(request, error)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


# Exempt because browsers send `Origin: null` under no-referrer; entering needs the passphrase and nothing the
# browser adds by itself, so a foreign page gains nothing by sending the form.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@guest
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    """The passphrase form, or the player for those who gave it."""
    visit = sharing.find(token)
    if request.method == "POST":
        return _enter(request, token, visit)
    with studio_scope(visit.studio_id):
        link = sharing.open_link(visit)
        if not sharing.is_inside(link, request.COOKIES.get(COOKIE, "")):
            return _form(request)
        return _player(request, token, link)


@require_safe
@guest
def master(request: HttpRequest, token: str) -> HttpResponseBase:
    """The master's bytes for the player; for saving only where the link allows it."""
    link = _inside(request, token)
    asset = link.release.master
    return send_asset(request, asset, save="save" in request.GET and link.allow_download)


@require_safe
@guest
def captions(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """A caption file for the player."""
    visit = sharing.find(token)
    asset: Asset
    with studio_scope(visit.studio_id):
        link = _admitted(request, sharing.open_link(visit))
        asset = queries.caption_track(link.release, number)
    return send_asset(request, asset)


def _inside(request: HttpRequest, token: str) -> ShareLink:
    """The link with its release, for somebody who gave the passphrase. Raises ShareNotFound, ShareEnded."""
    visit = sharing.find(token)
    with studio_scope(visit.studio_id):
        return _admitted(request, sharing.open_link(visit))


def _admitted(request: HttpRequest, link: ShareLink) -> ShareLink:
    if not sharing.is_inside(link, request.COOKIES.get(COOKIE, "")):
        raise ShareNotFound("This link leads nowhere.")
    return link


def _enter(request: HttpRequest, token: str, visit: sharing.Visit) -> HttpResponse:
    try:
        given = request.POST.get("passphrase", "")
        cookie = sharing.enter(visit, given, address=request.META.get("REMOTE_ADDR", ""))
    except (ShareRefused, ShareLocked) as error:
        return _form(request, error)
    with studio_scope(visit.studio_id):
        until = sharing.cookie_until(sharing.open_link(visit))
    here = reverse("share:page", args=[token])
    response = HttpResponseRedirect(here, status=303)
    # Sent back to this link's addresses only, so two links do not get in each other's way.
    response.set_cookie(
        COOKIE,
        cookie,
        expires=until,
        path=here,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _form(request: HttpRequest, error: SlateError | None = None) -> HttpResponse:
    return render(
        request, "distribution/guest_door.html", {"problem": error}, status=error.status if error else 200
    )


def _player(request: HttpRequest, token: str, link: ShareLink) -> HttpResponse:
    release = link.release
    tracks = [
        {**track, "url": reverse("share:captions", args=[token, number])}
        for number, track in enumerate(release.captions)
    ]
    context = {
        "title": release.title,
        "c": release.certificate,
        "digest": release.certificate_digest,
        "master_url": reverse("share:master", args=[token]),
        "mime": release.master.mime,
        "tracks": tracks,
        "expires_at": link.expires_at,
        "allow_download": link.allow_download,
    }
    return render(request, "distribution/guest_player.html", context)


def _refusal(request: HttpRequest, error: SlateError) -> HttpResponse:
    return render(request, "distribution/guest_ended.html", {"problem": error}, status=error.status)
