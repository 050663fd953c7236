"""The web's way through the walls: one transaction in one studio for each request that names a studio."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from tenancy.errors import NotFound
from tenancy.models import Studio, User
from tenancy.queries import membership_of, studio_for
from tenancy.scope import studio_scope

GetResponse = Callable[[HttpRequest], HttpResponse]
API_PREFIX = "/api/"


class StudioMiddleware:
    """Opens the scope of the studio in the address and owns its transaction.

    `ATOMIC_REQUESTS` stays off: a transaction opened by the view would begin after this setting was made.
    Any answer ≥ 400 rolls back. A signed-in stranger gets 404 for every address of a studio, existing or not;
    somebody who is not signed in is sent to sign in (pages) or told 401 (API), again for every address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside the scope when the address names a studio."""
        slug = _studio_slug(request)
        if slug is None:
            return self.get_response(request)
        user = _person(request)
        if user is None:
            return _ask_to_sign_in(request)
        entry = studio_for(user, slug)
        if entry is None:
            request.scope_refused = NotFound("There is no such studio here.")  # type: ignore[attr-defined]
            return self.get_response(request)
        with studio_scope(entry.id, actor=user):
            request.studio = Studio.objects.get(pk=entry.id)  # type: ignore[attr-defined]
            request.membership = membership_of(user)  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 400 or getattr(request, "failed", False):
                transaction.set_rollback(True)
            return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Refuse a stranger here, where the project's one error door answers."""
        refused = getattr(request, "scope_refused", None)
        if refused is not None:
            raise refused

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Remember that the view failed: Django turns the exception into an answer before we see it."""
        request.failed = True  # type: ignore[attr-defined]


def _studio_slug(request: HttpRequest) -> str | None:
    try:
        return resolve(request.path_info).kwargs.get("studio")
    except Resolver404:
        return None


def _person(request: HttpRequest) -> User | None:
    user: User | AnonymousUser = request.user
    if user.is_authenticated:
        return user
    if not request.path_info.startswith(API_PREFIX):
        return None
    try:
        found = TokenAuthentication().authenticate(request)
    except AuthenticationFailed:
        return None
    return found[0] if found else None


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if not request.path_info.startswith(API_PREFIX):
        return redirect_to_login(request.get_full_path())
    body = {
        "error": {
            "code": "sign_in",
            "message": "Sign in or send a token.",
            "next_step": "Create a token at /tokens/.",
        }
    }
    answer = JsonResponse(body, status=401)
    answer["WWW-Authenticate"] = "Token"
    return answer
