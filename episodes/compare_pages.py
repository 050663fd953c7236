"""Pages of comparisons: choose engines, see their drafts side by side, pick one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from craft.terms.people import Permission
from engines.errors import ConsentRefused
from engines.models import EngineCall
from engines.routing import RouteDecision
from episodes import comparing
from episodes.models import Comparison, Episode, Shot, Take
from episodes.queries import shots_of
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from vault.services import url


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Which engines are to make a draft of this shot, with their prices; earlier comparisons."""
    found = _shot(project, episode, shot)
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            made = comparing.ask(shot=found, models=request.POST.getlist("models"), actor=person(request))
            return redirect(
                "episodes:comparison", studio=studio, project=project, episode=episode, comparison=made.pk
            )
        except SlateError as error:
            problem = error
    try:
        decision = comparing.candidates(found)
    except ConsentRefused as error:
        problem, decision = error, RouteDecision("clip", (), (), "")
    context = {
        "surface": "episodes",
        "episode": found.episode,
        "shot": found,
        "problem": problem,
        "chosen": request.POST.getlist("models"),
        "candidates": decision.candidates,
        "rejected": decision.rejected,
        "fewest": comparing.FEWEST,
        "most": comparing.MOST,
        "earlier": Comparison.objects.filter(shot=found)
        .select_related("picked")
        .order_by("-created_at")[:20],
        "may_ask": can(person(request), Permission.GENERATE, project),
    }
    return render(request, "episodes/compare.html", context, status=problem.status if problem else 200)


@require_GET
def comparison(
    request: HttpRequest, studio: str, project: UUID, episode: UUID, comparison: UUID
) -> HttpResponse:
    """The drafts side by side with their figures, and the pick."""
    found = _comparison(project, episode, comparison)
    drafts, jobs = comparing.drafts_of(found), comparing.jobs_of(found)
    calls = {
        call.pk: call for call in EngineCall.objects.filter(pk__in=[t.call_id for t in drafts.values() if t])
    }
    context = {
        "surface": "episodes",
        "episode": found.episode,
        "comparison": found,
        "shot": found.shot,
        "rows": [_row(found.shot, key, take, jobs.get(key), calls) for key, take in drafts.items()],
        "may_pick": can(person(request), Permission.EDIT, project),
    }
    return render(request, "episodes/comparison.html", context)


def _row(shot: Shot, key: str, take: Take | None, job: Any, calls: dict[Any, EngineCall]) -> dict[str, Any]:
    call = calls.get(take.call_id) if take else None
    seconds = (
        (call.ended_at - call.sent_at).total_seconds() if call and call.ended_at and call.sent_at else None
    )
    return {
        "model": key,
        "take": take,
        "job": job,
        "url": url(take.asset) if take else "",
        "seconds": seconds,
        "compliance": comparing.compliance(shot, take.score.get("report") or {}) if take else None,
    }


@require_POST
def pick(request: HttpRequest, studio: str, project: UUID, episode: UUID, comparison: UUID) -> HttpResponse:
    """Log the pick; what it is used for stands in the form."""
    found = _comparison(project, episode, comparison)
    take = get_for(Take, request.POST.get("take", ""), using=Take.objects.select_related("episode__project"))
    comparing.pick(
        comparison=found,
        take=take,
        use=request.POST.get("use", ""),
        note=request.POST.get("note", ""),
        actor=person(request),
    )
    return redirect(
        "episodes:comparison", studio=studio, project=project, episode=episode, comparison=comparison
    )


def _shot(project: UUID, episode: UUID, shot: UUID) -> Shot:
    owner = get_for(Episode, episode, using=Episode.objects.select_related("project"), project_id=project)
    return get_for(Shot, shot, using=shots_of(owner))


def _comparison(project: UUID, episode: UUID, comparison: UUID) -> Comparison:
    rows = Comparison.objects.select_related("episode__project", "shot__scene", "anchor__asset", "picked")
    return get_for(Comparison, comparison, using=rows, episode_id=episode, episode__project_id=project)
