"""Pages of the edit suite: the masters of a project, one episode's timeline and player."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from craft.render.document import from_document
from craft.render.model import Clip, FrameRange, Timeline, Transition
from craft.terms.people import Permission
from craft.terms.rates import FrameRate
from craft.terms.sound import Layer
from edit_suite.models import Master, ShotCut, TimelineRevision
from edit_suite.queries import cuts_of, latest_master, timelines
from edit_suite.services import regrade, start_assembly
from episodes.models import Episode
from episodes.queries import approval, shots_of
from episodes.services import CLOSED
from scenes.models import Scene
from scenes.rigs import GRADE_LIMITS
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can, require
from tenancy.web import person
from vault.services import url

LANE_PIXELS = 34


@require_GET
def list_page(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """Episodes with their newest master."""
    newest = {
        m.episode_id: m
        for m in Master.objects.filter(episode__project_id=project)
        .select_related("poster", "asset")
        .order_by("created_at")
    }
    rows = []
    for episode in Episode.objects.filter(project_id=project).order_by("number"):
        master = newest.get(episode.pk)
        rows.append(
            {
                "episode": episode,
                "master": master,
                "poster": url(master.poster) if master and master.poster else "",
                "length": _length(master),
            }
        )
    return render(request, "edit_suite/list.html", {"surface": "edit", "rows": rows})


@require_GET
def episode_page(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """One episode: the master in the player and the timeline it was rendered from."""
    found = get_for(Episode, episode, project_id=project)
    master, history = latest_master(found), timelines(found)
    shown = master.timeline if master else (history[0] if history else None)
    context = {
        "surface": "edit",
        "tab": "cut",
        "episode": found,
        "shots": _cuts(found),
        "master": master,
        "master_url": url(master.asset) if master else "",
        "history": history,
        "captions_url": url(master.captions_vtt) if master and master.captions_vtt else "",
        "poster": url(master.poster) if master and master.poster else "",
        "length": _length(master),
        "tracks": _tracks(shown) if shown else [],
        "timeline": shown,
        "grades": _grades(found),
        "may_grade": can(person(request), Permission.TIMELINE, project) and found.state not in CLOSED,
        "may_assemble": can(person(request), Permission.TIMELINE, project)
        and approval(found, "b") is not None,
    }
    return render(request, "edit_suite/episode.html", context)


@require_POST
def grade(request: HttpRequest, studio: str, project: UUID, episode: UUID, scene: UUID) -> HttpResponse:
    """Grade one scene; a master that waits at Gate C is made again from cached and new segments."""
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"), project_id=project)
    place = get_for(Scene, scene, project_id=project)
    figures = {name: _figure(request.POST.get(name, "")) for name in GRADE_LIMITS}
    regrade(episode=found, scene=place, grade=figures, actor=person(request))
    return redirect("edit_suite:episode", studio=studio, project=project, episode=episode)


def _figure(raw: str) -> float:
    try:
        return float(raw)
    except ValueError:
        return float("nan")


@require_POST
def assemble(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """Assemble the chosen takes again; unchanged segments are copied, not rendered."""
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"), project_id=project)
    require(person(request), Permission.TIMELINE, project)
    standing = approval(found, "b")
    if standing is None:
        raise SlateError(
            "Gate B has not approved these takes.",
            code="gate.closed",
            kept="Nothing was rendered.",
            next_step="Decide Gate B first.",
            status=409,
        )
    start_assembly(found, standing, person(request))
    return redirect("edit_suite:episode", studio=studio, project=project, episode=episode)


def _grades(episode: Episode) -> list[dict[str, Any]]:
    """The scenes of the episode with the figures of their grade and the limits of each."""
    scenes = Scene.objects.filter(shots__episode=episode).distinct().order_by("created_at", "pk")
    return [
        {
            "scene": scene,
            "figures": [
                (name, low, high, scene.grade.get(name, 0.0)) for name, (low, high) in GRADE_LIMITS.items()
            ],
        }
        for scene in scenes
    ]


def _cuts(episode: Episode) -> list[dict[str, Any]]:
    """Every shot of the board with what its cut does, in words."""
    cuts = cuts_of(episode)
    return [{"shot": shot, "cut": _in_words(cuts.get(shot.pk))} for shot in shots_of(episode)]


def _in_words(cut: ShotCut | None) -> str:
    if cut is None:
        return ""
    told = [
        f"{cut.head} frames off its start{', J-cut' if cut.cut_in else ''}" if cut.head else "",
        f"{cut.tail} frames off its end{', L-cut' if cut.cut_out else ''}" if cut.tail else "",
        cut.get_ramp_display().lower() if cut.ramp else "",
        "backwards" if cut.reverse else "",
        f"held for {cut.freeze} frames" if cut.freeze else "",
        *(str(effect.get("style") or effect["type"]).replace("_", " ") for effect in cut.effects),
    ]
    return "; ".join(part for part in told if part)


def _length(master: Master | None) -> str:
    return FrameRate.parse(master.rate).timecode(master.frames) if master else ""


def _tracks(revision: TimelineRevision) -> list[dict[str, Any]]:
    """The timeline as rows for a page: picture and the four layers, each clip with its place in the programme."""
    timeline: Timeline = from_document(revision.document)
    rate, whole = timeline.rate, timeline.length
    picture = [
        _row(p.item.name if isinstance(p.item, Clip) else "gap", p.at, whole, rate)
        for p in timeline.picture.placed()
    ]
    joins = [
        f"{item.kind.label} {item.length} f"
        for item in timeline.picture.items
        if isinstance(item, Transition)
    ]
    rows = [{"label": "Picture", "slug": "picture", "clips": picture, "joins": joins}]
    for layer in Layer:
        clips = [_row(c.name, c.at, whole, rate, c.gain_db) for c in timeline.layer(layer)]
        rows.append({"label": layer.label, "slug": layer.value, "clips": clips, "joins": []})
    return [{**row, "top": LANE_PIXELS * number} for number, row in enumerate(rows)]


def _row(
    name: str, at: FrameRange, programme: int, rate: FrameRate, gain: float | None = None
) -> dict[str, Any]:
    """A clip in figures; left and width are percents of the programme, as SVG writes them."""
    return {
        "name": name,
        "start": rate.timecode(at.start),
        "end": rate.timecode(at.end),
        "frames": at.length,
        "left": f"{100 * at.start / programme:.3f}%",
        "width": f"{100 * at.length / programme:.3f}%",
        "gain": gain,
    }
