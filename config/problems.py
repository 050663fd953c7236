"""The one place where an exception becomes an answer: a page for people, a JSON body for the API."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as InvalidValue
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tenancy.errors import NotFound, SlateError

log = logging.getLogger(__name__)
API_PREFIX = "/api/"
VERIFY_PREFIX = "/verify/"
# Seconds after which somebody who was told "not now" may ask again.
RETRY_AFTER = "5"


class Unavailable(SlateError):
    """The database does not answer at this moment."""

    code = "unavailable"
    status = 503


class UnstorableText(SlateError):
    """A field holds a NUL byte; no text a person writes has one."""

    code = "text.unstorable"
    status = 422

    def __init__(self, names: set[str]) -> None:
        super().__init__(
            "A field holds a byte that is not text.",
            kept="Nothing was created. Nothing was changed.",
            next_step="Paste it as plain text.",
            fields={name.replace("\0", ""): "Holds a NUL byte." for name in sorted(names)},
        )


class ProblemMiddleware:
    """Answers a view's typed errors; what is not typed stays an exception (500) and is logged by Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse the one character Postgres cannot hold before a view or a filter passes it on.

        Bodies of the API are read by its serializers, which refuse it themselves; the page that verifies files
        stores no text and must put its upload handler in place before anybody reads its form.
        """
        untouched = request.path_info.startswith((API_PREFIX, VERIFY_PREFIX))
        given = [request.GET] if untouched else [request.GET, request.POST]
        wrong = {name for values in given for name, texts in values.lists() if any("\0" in t for t in texts)}
        if not wrong:
            return None
        return answer(request, UnstorableText(wrong))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a typed error of a view into its answer."""
        typed = as_slate_error(error)
        return answer(request, typed) if typed else None


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: unknown addresses and what middleware could not find."""
    return answer(request, as_slate_error(exception) or NotFound("There is no such page here."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while the exception is being handled: a typed one keeps its own answer."""
    error = sys.exc_info()[1]
    typed = as_slate_error(error) if isinstance(error, Exception) else None
    return answer(
        request,
        typed
        or SlateError(
            "Something broke on our side.",
            code="server",
            status=500,
            next_step="Try again; if it stays, look at ./slate logs.",
        ),
    )


def as_slate_error(error: Exception) -> SlateError | None:
    """The typed form of an exception, or None when it is a bug."""
    if isinstance(error, SlateError):
        return error
    if isinstance(error, Http404):
        return NotFound("There is no such page here.")
    if isinstance(error, InvalidValue):
        return SlateError(" ".join(error.messages), code="invalid", kept="Nothing was changed.", status=422)
    if isinstance(error, PermissionDenied):
        return SlateError(str(error) or "You may not do this.", code="forbidden", status=403)
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database unavailable: %s", error)
        return Unavailable(
            "The studio's database does not answer.",
            kept="Nothing was changed.",
            next_step="Try again in a moment.",
        )
    return None


def answer(request: HttpRequest, error: SlateError) -> HttpResponse:
    """The error as a page, or as JSON under the API."""
    response: HttpResponse
    if request.path_info.startswith(API_PREFIX):
        response = JsonResponse({"error": error.as_json()}, status=error.status)
    else:
        if error.status >= 500:
            # The studio's transaction is broken or gone: this page must be drawn without asking it anything.
            request.studio = None  # type: ignore[attr-defined]
        response = render(
            request, "errors/problem.html", {"problem": error, "surface": ""}, status=error.status
        )
    if error.status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def api_answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: the same JSON for typed errors and for DRF's own."""
    typed = as_slate_error(error) or _from_drf(error)
    if typed is None:
        return None
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    plain = exception_handler(error, context) if isinstance(error, drf.APIException) else None
    response = Response({"error": typed.as_json()}, status=typed.status)
    for header in ("WWW-Authenticate", "Retry-After"):
        if plain is not None and plain.has_header(header):
            response[header] = plain[header]
    if typed.status == 503:
        response.setdefault("Retry-After", RETRY_AFTER)
    return response


def _from_drf(error: Exception) -> SlateError | None:
    if isinstance(error, drf.ValidationError):
        detail = error.detail
        fields = (
            {k: " ".join(map(str, v)) if isinstance(v, list) else str(v) for k, v in detail.items()}
            if isinstance(detail, dict)
            else {}
        )
        message = "Some fields are not right." if fields else " ".join(map(str, detail))
        return SlateError(message, code="invalid", fields=fields, kept="Nothing was changed.", status=422)
    if isinstance(error, drf.APIException):
        return SlateError(str(error.detail), code=str(error.default_code), status=error.status_code)
    return None
