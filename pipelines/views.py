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
from pipelines.graph import Graph
from pipelines.services import GraphMoved, GraphRefused
from studio.models import Project
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.queries import get_for
from tenancy.rules import can


@require_GET
def graph(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """The steps in order of work, the versions, and the graph as text to edit."""
    return _page(request, studio, get_for(Project, project))


def _page(
    request: HttpRequest, studio: str, found: Project, problem: SlateError | None = None
) -> HttpResponse:
    used, newest = services.graph_of(found), queries.current(found)
    may_edit = can(_person(request), Permission.PROJECT, found.pk)
    number = newest.number if newest else 0
    context = {
        "surface": "pipeline",
        "steps": queries.steps_for_people(used),
        "branches": queries.branches_for_people(used),
        "faults": queries.faults_of(used),
        "types": queries.node_types_for_people(),
        "editor": _editor(studio, found, used, number) | {"editable": may_edit},
        "number": number,
        "ready": [
            {"ready": one, "used": one.graph.digest() == used.digest()}
            for one in services.ready_graphs().values()
        ],
        "versions": queries.versions_for_people(found, services.default_graph()),
        "text": request.POST.get("graph") or json.dumps(used.as_json(), indent=2),
        "note": request.POST.get("note", ""),
        "problem": problem,
        "may_edit": may_edit,
    }
    return render(request, "pipelines/graph.html", context, status=problem.status if problem else 200)


def _editor(studio: str, found: Project, used: Graph, number: int) -> dict[str, Any]:
    """What the node editor is made from; it reads the catalogue here and knows no rules of its own."""
    return {
        "project": str(found.pk),
        "graph": used.as_json(),
        "number": number,
        "types": queries.node_types_for_people(),
        "kinds": queries.PORT_KINDS,
        "faults": queries.draft_for_people(used.as_json(), used)["faults"],
        "graph_url": reverse("pipelines-api:graph", args=[studio, found.pk]),
        "check_url": reverse("pipelines-api:check", args=[studio, found.pk]),
    }


@require_POST
def save(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """Save a new version; a graph with a fault, or drawn from an old version, is refused and can be mended in place."""
    found = get_for(Project, project)
    seen = request.POST.get("seen", "")
    try:
        services.save_version(
            project=found,
            graph=_read(request.POST.get("graph", "")),
            actor=_person(request),
            note=request.POST.get("note", ""),
            seen=int(seen) if seen.isdecimal() else None,
        )
    except (GraphRefused, GraphMoved) as refused:
        return _page(request, studio, found, refused)
    return HttpResponseRedirect(reverse("pipelines:graph", args=[studio, project]), status=303)


@require_POST
def choose(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """Work the project by a ready graph from now on."""
    found = get_for(Project, project)
    try:
        services.use_ready(project=found, slug=request.POST.get("ready", ""), actor=_person(request))
    except GraphRefused as refused:
        return _page(request, studio, found, refused)
    return HttpResponseRedirect(reverse("pipelines:graph", args=[studio, project]), status=303)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise GraphRefused(f"The text is no JSON: {error}.", kept="The version before it stays.") from error


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)
