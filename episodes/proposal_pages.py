"""The page of proposals: what the script leaves open, what asking costs, what was answered."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from craft.terms.people import Permission
from episodes import proposing
from episodes.models import Episode
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person


@require_http_methods(["GET", "POST"])
def proposals(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """Ask (POST with a cap) or take over (POST with ticked keys); else show."""
    rows = Episode.objects.select_related("project", "source")
    found, problem = get_for(Episode, episode, using=rows, project_id=project), None
    if request.method == "POST":
        try:
            _act(request, found)
            return redirect("episodes:proposals", studio=studio, project=project, episode=episode)
        except SlateError as error:
            problem = error
    left, job = proposing.left_open(found), proposing.newest(found)
    context = {
        "surface": "episodes",
        "episode": found,
        "problem": problem,
        "left": left,
        "offered": proposing.offered(),
        "price": proposing.price(found, left) if left else None,
        "job": job,
        "answer": (job.result or {}) if job else {},
        "rows": proposing.rows(found, job),
        "may_ask": can(person(request), Permission.GATE_A, project),
        "may_edit": can(person(request), Permission.EDIT, project),
    }
    return render(request, "episodes/proposals.html", context, status=problem.status if problem else 200)


def _act(request: HttpRequest, episode: Episode) -> None:
    cap, job = request.POST.get("cap", ""), proposing.newest(episode)
    if cap.isascii() and cap.isdigit() and len(cap) < 12:
        proposing.ask(episode=episode, cap_milli=int(cap), actor=person(request))
    elif job is not None:
        keys = frozenset(request.POST.getlist("keys"))
        proposing.take_over(episode=episode, job=job, keys=keys, actor=person(request))
