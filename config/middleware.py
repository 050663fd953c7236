"""Puts the project of the address on the request; a foreign or unknown id is 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from studio.models import Project
from tenancy.queries import get_for


class ProjectMiddleware:
    """`request.project` for addresses that carry one, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        request.project = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: dict[str, Any]) -> None:
        """Look the project up inside the request's scope. Raises NotFound."""
        if "project" in kwargs and getattr(request, "studio", None) is not None:
            request.project = get_for(Project, kwargs["project"])  # type: ignore[attr-defined]
