"""The page of a project's graph."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from craft.terms.people import Permission
from pipelines import queries, services
from pipelines.services import GraphRefused
from studio.models import Project
from tenancy.models import User
from tenancy.queries import get_for
from tenancy.rules import can


@require_GET
def graph(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """The steps in order of work, the versions, and the graph as text to edit."""
    return _page(request, get_for(Project, project))


def _page(request: HttpRequest, found: Project, problem: GraphRefused | None = None) -> HttpResponse:
    used = services.graph_of(found)
    context = {
        "surface": "pipeline",
        "steps": queries.steps_for_people(used),
        "branches": queries.branches_for_people(used),
        "faults": queries.faults_of(used),
        "types": queries.node_types_for_people(),
        "ready": [
            {"ready": one, "used": one.graph.digest() == used.digest()}
            for one in services.ready_graphs().values()
        ],
        "versions": queries.versions(found),
        "text": request.POST.get("graph") or json.dumps(used.as_json(), indent=2),
        "note": request.POST.get("note", ""),
        "problem": problem,
        "may_edit": can(_person(request), Permission.PROJECT, found.pk),
    }
    return render(request, "pipelines/graph.html", context, status=problem.status if problem else 200)


@require_POST
def save(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """Save a new version; a graph with a fault is refused with its node and port, and can be mended in place."""
    found = get_for(Project, project)
    try:
        services.save_version(
            project=found,
            graph=_read(request.POST.get("graph", "")),
            actor=_person(request),
            note=request.POST.get("note", ""),
        )
    except GraphRefused as refused:
        return _page(request, found, refused)
    return HttpResponseRedirect(reverse("pipelines:graph", args=[studio, project]), status=303)


@require_POST
def choose(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """Work the project by a ready graph from now on."""
    found = get_for(Project, project)
    try:
        services.use_ready(project=found, slug=request.POST.get("ready", ""), actor=_person(request))
    except GraphRefused as refused:
        return _page(request, found, refused)
    return HttpResponseRedirect(reverse("pipelines:graph", args=[studio, project]), status=303)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise GraphRefused(f"The text is no JSON: {error}.", kept="The version before it stays.") from error


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
