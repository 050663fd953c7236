"""Pages of the episode bay: episodes, board, shots, gates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from craft.terms.cuts import Transition
from craft.terms.people import Permission
from craft.terms.rates import FrameRate
from craft.terms.shots import (
    OPTICS_DIRECTIONS,
    Angle,
    Direction,
    Easing,
    Framing,
    Movement,
    Optics,
    Purpose,
    Size,
    Speed,
)
from engines.models import EnginePolicy
from engines.queries import policy_names
from episodes import gates, services
from episodes.comparing import STAGE
from episodes.gate_pages import gate_context
from episodes.models import Episode, Shot, Take
from episodes.performance_pages import performance_part
from episodes.performed import STAGE as PERFORMANCE
from episodes.queries import board as storyboard
from episodes.queries import (
    open_review,
    runtime_frames,
    shots_of,
    stages_at,
    waiting_approvals,
    waiting_gates,
)
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from vault.services import url
from workflow.queries import history_of

HIDDEN = ("guides", STAGE, PERFORMANCE)
"""Takes that the page of a shot shows in parts of their own."""
OPTICS_WAYS = tuple(dict.fromkeys(way for ways in OPTICS_DIRECTIONS.values() for way in ways))
CHOICES: dict[str, Any] = {
    "sizes": Size,
    "angles": Angle,
    "movements": Movement,
    "directions": Direction,
    "speeds": Speed,
    "easings": Easing,
    "optics": Optics,
    "lens_ways": OPTICS_WAYS,
    "framings": Framing,
    "purposes": Purpose,
    "transitions": Transition,
}


def _episode(project: UUID, episode: UUID) -> Episode:
    return get_for(
        Episode, episode, using=Episode.objects.select_related("project", "season"), project_id=project
    )


@require_GET
def list_page(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """The project's episodes."""
    rows = (
        Episode.objects.filter(project_id=project)
        .select_related("season")
        .order_by("season__number", "number")
    )
    return render(request, "episodes/list.html", {"surface": "episodes", "episodes": rows})


@require_GET
def board(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """The storyboard, as cards or as a table."""
    found = _episode(project, episode)
    rate = FrameRate.parse(found.project.rate)
    cards = [
        {
            "card": card,
            "frame": url(card.frame.asset) if card.frame else "",
            "seconds": f"{float(rate.seconds(card.shot.frames)):.1f}",
        }
        for card in storyboard(found)
    ]
    context = {
        "surface": "episodes",
        "episode": found,
        "cards": cards,
        "runtime": rate.timecode(runtime_frames(found)),
        "layout": request.GET.get("layout", "cards"),
        "may_edit": can(person(request), Permission.EDIT, project),
        "review": open_review(found),
        "notes": request.session.pop("notes", []),
        "may_cancel": can(person(request), Permission.PROJECT, project),
    }
    return render(request, "episodes/board.html", context)


@require_http_methods(["GET", "POST"])
def shot(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """One shot: its camera, its lines, its takes with their scores."""
    found = get_for(Shot, shot, using=shots_of(_episode(project, episode)))
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            services.edit_shot(
                shot=found,
                changes={k: v for k, v in request.POST.items() if k in services.EDITABLE},
                actor=person(request),
            )
            return redirect("episodes:shot", studio=studio, project=project, episode=episode, shot=shot)
        except SlateError as error:
            problem = error
            # Shown again as it was typed; the row is not saved.
            for name in services.EDITABLE:
                setattr(found, name, request.POST.get(name, getattr(found, name)))
    return shot_page(request, found, problem)


def shot_page(
    request: HttpRequest, found: Shot, problem: SlateError | None = None, typed: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of a shot; `typed` is what a refused form about its performance held."""
    project = found.episode.project_id
    # a refused form leaves text where the row has numbers
    stored = get_for(Shot, found.pk, using=shots_of(found.episode)) if problem else found
    takes = Take.objects.filter(shot=found).select_related("asset", "line").order_by("stage", "-number")
    context = {
        "surface": "episodes",
        "episode": found.episode,
        "shot": found,
        "problem": problem,
        "terms": {name: list(kind) for name, kind in CHOICES.items()},
        "takes": [{"take": take, "url": url(take.asset)} for take in takes if take.stage not in HIDDEN],
        "performance": performance_part(stored, person(request), typed),
        "guides": next((take for take in takes if take.stage == "guides" and take.chosen), None),
        "history": history_of(found.pk),
        "waits": {
            stage
            for job in waiting_approvals(found.episode).filter(payload__subject=str(found.pk))
            for stage in stages_at(job)
        },
        "stops": list(waiting_gates(found.episode).filter(payload__subject=str(found.pk))),
        "policy": EnginePolicy.objects.filter(about=f"shot:{found.pk}").first(),
        "policy_about": f"shot:{found.pk}",
        "policy_names": policy_names(),
        "may_decide": can(person(request), Permission.GATE_A, project),
        "may_lock": can(person(request), Permission.LOCK, project),
        "may_edit": can(person(request), Permission.EDIT, project),
    }
    return render(request, "episodes/shot.html", context, status=problem.status if problem else 200)


@require_POST
def move(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Move a shot to another place on the board."""
    found = get_for(Shot, shot, using=Shot.objects.select_related("episode__project"), episode_id=episode)
    raw = request.POST.get("to", "")
    if not (raw.isascii() and raw.isdigit() and 0 < len(raw) < 6):
        raise SlateError("Which place?", code="shot.place", fields={"to": "A number from 1."}, status=422)
    services.move_shot(shot=found, to=int(raw), actor=person(request))
    return redirect("episodes:board", studio=studio, project=project, episode=episode)


@require_POST
def guides(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Draw the shot's control passes."""
    found = get_for(Shot, shot, using=shots_of(_episode(project, episode)))
    services.ask_guides(shot=found, actor=person(request))
    return redirect("episodes:shot", studio=studio, project=project, episode=episode, shot=shot)


@require_POST
def choose(request: HttpRequest, studio: str, project: UUID, episode: UUID, take: UUID) -> HttpResponse:
    """Use this take."""
    found = get_for(Take, take, using=Take.objects.select_related("episode"), episode_id=episode)
    services.choose_take(take=found, actor=person(request))
    if found.shot_id:
        return redirect("episodes:shot", studio=studio, project=project, episode=episode, shot=found.shot_id)
    return redirect("episodes:board", studio=studio, project=project, episode=episode)


@require_POST
def approve(request: HttpRequest, studio: str, project: UUID, episode: UUID, take: UUID) -> HttpResponse:
    """Let this keyframe go on to its clip."""
    found = get_for(Take, take, using=Take.objects.select_related("episode"), episode_id=episode)
    services.approve_keyframe(take=found, actor=person(request))
    return redirect("episodes:shot", studio=studio, project=project, episode=episode, shot=found.shot_id)


@require_POST
def act_on(request: HttpRequest, studio: str, project: UUID, episode: UUID, action: str) -> HttpResponse:
    """Submit to Gate A, start a revision, cancel."""
    found = _episode(project, episode)
    verb = {"submit": services.submit, "revise": services.revise, "cancel": services.cancel}[action]
    verb(episode=found, actor=person(request))
    if action == "submit":
        return redirect("episodes:gate", studio=studio, project=project, episode=episode, gate="a")
    return redirect("episodes:board", studio=studio, project=project, episode=episode)


@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest, studio: str, project: UUID, episode: UUID, gate: str) -> HttpResponse:
    """A gate: what must be seen to decide, and the decision about exactly that."""
    found = _episode(project, episode)
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            _decide(request, found, gate)
            return redirect("episodes:gate", studio=studio, project=project, episode=episode, gate=gate)
        except SlateError as error:
            problem = error
            found.refresh_from_db()
    context = {
        "surface": "episodes",
        "problem": problem,
        "ticked": request.POST.getlist("shots"),
        **gate_context(found, gate, person(request)),
    }
    return render(request, f"episodes/gate_{gate}.html", context, status=problem.status if problem else 200)


def _decide(request: HttpRequest, episode: Episode, gate: str) -> None:
    post = request.POST
    approve, seen, note = post.get("decision") == "approve", post.get("seen", ""), post.get("note", "")
    if gate == "b" and not approve:
        chosen = list(
            Shot.objects.filter(
                episode=episode, pk__in=[v for v in post.getlist("shots") if _is_uuid(v)]
            ).order_by("position")
        )
        services.redo_shots(episode=episode, shots=chosen, seen=seen, actor=person(request), note=note)
        return
    cap = post.get("cap", "").strip()
    if cap and not (cap.isascii() and cap.isdigit() and len(cap) < 13):
        raise SlateError(
            "The cap is not a number of credits.",
            code="gate.cap",
            fields={"cap": "Whole credits."},
            kept="Nothing was decided.",
            status=422,
        )
    gates.decide(
        episode=episode,
        gate=gate,
        approve=approve,
        seen=seen,
        actor=person(request),
        note=note,
        cap_milli=int(cap) * 1000 if cap else None,
    )


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
