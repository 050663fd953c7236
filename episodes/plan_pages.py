"""The page of an episode's plan: every step with where it stands, what is left, the buttons of a production."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from craft.terms.people import Permission
from episodes import plan_graph, planning, running, services
from episodes.models import Comparison, Episode, Shot
from episodes.queries import shots_of
from pipelines.services import GraphRefused
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person

SIGNS = {planning.PERSON: "needs_decision"}


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """Show the plan, or (POST) run, run from here, pause, go on; `?node=&shot=` is a dry run from there."""
    found, problem = _episode(project, episode), None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, found))
            return redirect("episodes:plan", studio=studio, project=project, episode=episode)
        except SlateError as error:
            problem = error
            found.refresh_from_db()
    context = {
        "surface": "episodes",
        "episode": found,
        "problem": problem,
        "paused": running.paused(found),
        "may_run": can(person(request), Permission.GENERATE, project),
        "may_cancel": can(person(request), Permission.PROJECT, project),
        "open": found.state in ("generating", "gate_b"),
    }
    try:
        context |= _planned(request, found)
    except (GraphRefused, SlateError) as error:
        context["problem"] = problem or error
    shown = context["problem"]
    status = shown.status if isinstance(shown, SlateError) and problem else 200
    return render(request, "episodes/plan.html", context, status=status)


def _planned(request: HttpRequest, episode: Episode) -> dict[str, Any]:
    made = planning.plan_of(episode)
    node, dry = request.GET.get("node", ""), None
    shot = _shot(episode, request.GET.get("shot", ""))
    if node:
        again = {step.planned.key for step in running.would_run(episode, node, shot)}
        dry = planning.plan_of(episode, again)
    return {
        "plan": made,
        "states": _counted(made.counts),
        "rows": [
            {
                "node": one,
                "human": one.type.human,
                "counts": _counted(one.counts),
            }
            for one in made.nodes
        ],
        "shots": _shots(episode, made),
        "drawn": plan_graph.drawn(episode, made, _drawn(request, episode)),
        "dry": dry,
        "dry_rows": [one for one in dry.nodes if one.left] if dry else [],
        "dry_node": node,
        "dry_shot": shot,
    }


def _drawn(request: HttpRequest, episode: Episode) -> Shot | None:
    """The shot whose graph is shown: the one that is asked for, else the first."""
    return (
        _shot(episode, request.GET.get("drawn", "") or request.GET.get("shot", ""))
        or shots_of(episode).first()
    )


def _counted(counts: Counter[str]) -> list[tuple[str, str, int]]:
    """(state in words, its sign, how many), of those that occur."""
    return [
        (planning.WORDS.get(state, state), SIGNS.get(state, state), counts[state])
        for state in planning.STATES
        if counts[state]
    ]


def _shots(episode: Episode, made: planning.EpisodePlan) -> list[dict[str, Any]]:
    """Each shot with its steps and those of its lines, and what waits there for a person."""
    picks = {one.job_id: one for one in Comparison.objects.filter(episode=episode, picked=None)}
    found = []
    for shot in shots_of(episode):
        own = [one for one in made.steps if one.shot == str(shot.pk)]
        waits = [one for one in own if one.state == planning.PERSON and one.job is not None]
        stops = [
            {"node": one.step.planned.node, "about": one.step.planned.params.get("about", "")}
            for one in waits
            if one.step.planned.type.slug == "gate"
        ]
        drafts = [picks[one.job.pk] for one in waits if one.job is not None and one.job.pk in picks]
        frames = any(one.step.planned.type.slug == "approve" for one in waits)
        nodes = list(dict.fromkeys(one.step.planned.node for one in own))
        open_ones = [
            (one, planning.WORDS.get(one.state, one.state), SIGNS.get(one.state, one.state))
            for one in own
            if one.state != planning.DONE
        ]
        found.append(
            {
                "shot": shot,
                "nodes": nodes,
                "open": open_ones,
                "stops": stops,
                "picks": drafts,
                "keyframe": frames,
            }
        )
    return found


def _act(request: HttpRequest, episode: Episode) -> str:
    post, actor = request.POST, person(request)
    action = post.get("action", "")
    if action == "run":
        count = running.run(episode=episode, actor=actor)
        return f"{count} step{'s' if count > 1 else ''} queued."
    if action == "from":
        shot = _shot(episode, post.get("shot", ""))
        count = len(running.run_from(episode=episode, node=post.get("node", ""), shot=shot, actor=actor))
        return f"{count} step{'s are' if count > 1 else ' is'} made again."
    if action == "pause":
        running.pause(episode=episode, actor=actor)
        return "Paused: what runs finishes, nothing new begins."
    if action == "resume":
        running.go_on(episode=episode, actor=actor)
        return "It goes on."
    raise SlateError("There is no such button.", code="run.unknown", kept="Nothing was changed.", status=422)


@require_POST
def let_through(
    request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID, node: str
) -> HttpResponse:
    """Let a shot through a gate of the graph."""
    found = get_for(Shot, shot, using=shots_of(_episode(project, episode)))
    services.pass_gate(shot=found, node=node, actor=person(request), note=request.POST.get("note", ""))
    return redirect("episodes:plan", studio=studio, project=project, episode=episode)


def _shot(episode: Episode, raw: str) -> Shot | None:
    return get_for(Shot, raw, using=shots_of(episode)) if raw else None


def _episode(project: UUID, episode: UUID) -> Episode:
    rows = Episode.objects.select_related("project")
    return get_for(Episode, episode, using=rows, project_id=project)
