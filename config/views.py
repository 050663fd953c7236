"""The two pages that belong to no app: the front door and the health answer."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from knox.models import AuthToken

from tenancy.queries import studios_of


@login_required
def front_door(request: HttpRequest) -> HttpResponse:
    """To the person's studio; a choice when there are several, a word when there is none."""
    entries = studios_of(request.user)  # type: ignore[arg-type]
    last = request.session.get("studio")
    chosen = next((e for e in entries if e.slug == last), entries[0] if len(entries) == 1 else None)
    if chosen is not None:
        return redirect("studio:home", studio=chosen.slug)
    return render(request, "studio/choose.html", {"studios": entries})


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """A person's API tokens: made here, shown once, stored hashed, ended here."""
    made = ""
    if request.method == "POST" and request.POST.get("step") == "end":
        AuthToken.objects.filter(user=request.user, token_key=request.POST.get("token", "")).delete()
        return redirect("tokens")
    if request.method == "POST":
        _, made = AuthToken.objects.create(request.user)
    rows = AuthToken.objects.filter(user=request.user).order_by("-created")
    return render(request, "account/tokens.html", {"tokens": rows, "made": made})


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the web and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"ok": True})
