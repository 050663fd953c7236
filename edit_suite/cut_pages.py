"""Pages of the cut: one shot's trims, speed and effects, its titles and pictures in the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from craft.render.document import to_plain
from craft.render.effects import Effect, Modifier, Reframe, Stabilise, Style
from craft.render.model import TitleLook, TitlePlace
from craft.render.retime import Sampling
from craft.terms.people import Permission
from craft.terms.shots import Easing
from edit_suite import cutting
from edit_suite.compose import effects_of
from edit_suite.models import CUT_IN, CUT_OUT, RAMPS, Corner, Inset, ShotCut, TitleCard
from episodes.models import Episode, Shot
from episodes.queries import chosen_takes, picture_of, shots_of
from episodes.services import CLOSED
from tenancy.errors import NotFound, SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from vault.kinds import Kind
from vault.models import Asset
from vault.services import url

SAMPLINGS = {
    Sampling.NEAREST: "Nearest frame",
    Sampling.BLEND: "Blended frames",
    Sampling.MOTION: "Motion interpolated",
}
MOST_INSETS_OFFERED = 60


def shot_of(project: UUID, episode: UUID, shot: UUID) -> Shot:
    """A shot of an episode of a project. Raises NotFound."""
    found = get_for(Episode, episode, using=Episode.objects.select_related("project"), project_id=project)
    return get_for(Shot, shot, using=shots_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
def shot_page(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """How one shot is cut, and the form that changes it."""
    found = shot_of(project, episode, shot)
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            cutting.set_cut(shot=found, changes=_cut_changes(request), actor=person(request))
            return redirect("edit_suite:shot", studio=studio, project=project, episode=episode, shot=found.pk)
        except SlateError as error:
            problem = error
    context = _context(request, found, problem)
    return render(request, "edit_suite/shot.html", context, status=problem.status if problem else 200)


def _context(request: HttpRequest, shot: Shot, problem: SlateError | None) -> dict[str, Any]:
    cut = ShotCut.objects.filter(shot=shot).first() or ShotCut(shot=shot)
    take = picture_of(chosen_takes(shot.episode), shot)
    typed = request.POST if problem else {}
    fields = ("head", "tail", "cut_in", "cut_out", "ramp", "ramp_at", "ramp_amount", "sampling", "freeze")
    return {
        "surface": "edit",
        "tab": "cut",
        "episode": shot.episode,
        "shot": shot,
        "problem": problem,
        "cut": {name: typed.get(name, getattr(cut, name)) for name in fields}
        | {"reverse": cut.reverse, "points": typed.get("ramp_points", points_text(cut.ramp_points))},
        "effects": _effect_fields(effects_of(cut.effects)),
        "take": take,
        "take_url": url(take.asset) if take else "",
        "titles": TitleCard.objects.filter(shot=shot).order_by("offset"),
        "insets": Inset.objects.filter(shot=shot).select_related("asset").order_by("offset"),
        "offered": _offered(shot),
        "terms": {
            "cut_in": CUT_IN,
            "cut_out": CUT_OUT,
            "ramps": RAMPS,
            "samplings": [(s.value, label) for s, label in SAMPLINGS.items()],
            "styles": [(s.value, s.value.replace("_", " ").capitalize()) for s in Style],
            "easings": [(e.value, e.label) for e in Easing],
            "places": [(p.value, p.value.replace("_", " ").capitalize()) for p in TitlePlace],
            "looks": [(look.value, look.value.capitalize()) for look in TitleLook],
            "corners": [(c.value, c.label) for c in Corner],
        },
        "may_cut": can(person(request), Permission.TIMELINE, shot.episode.project_id)
        and shot.episode.state not in CLOSED,
    }


def _offered(shot: Shot) -> list[Asset]:
    """Pictures of the project that can be laid over a shot, newest first."""
    kinds = (Kind.KEYFRAME, Kind.STILL, Kind.PLATE, Kind.CLIP, Kind.LIPS, Kind.PREVIEW)
    rows = Asset.objects.filter(project_id=shot.episode.project_id, kind__in=[k.value for k in kinds])
    return list(rows.order_by("-created_at")[:MOST_INSETS_OFFERED])


def _effect_fields(effects: tuple[Effect, ...]) -> dict[str, Any]:
    """The effects of a shot as the figures of its form."""
    style = next((e for e in effects if isinstance(e, Modifier)), None)
    frame = next((e for e in effects if isinstance(e, Reframe)), None)
    steady = next((e for e in effects if isinstance(e, Stabilise)), None)
    start = frame.start if frame else (0.0, 0.0, 1.0, 1.0)
    end = (frame.end if frame else None) or start
    return {
        "style": style.style.value if style else "",
        "strength": style.strength if style else 1.0,
        "steady": steady.strength if steady else 0.0,
        "easing": frame.easing.value if frame else Easing.EASE.value,
        "zoom": round(1 / start[2], 3),
        "x": round(start[0] + start[2] / 2, 3),
        "y": round(start[1] + start[3] / 2, 3),
        "end_zoom": round(1 / end[2], 3),
        "end_x": round(end[0] + end[2] / 2, 3),
        "end_y": round(end[1] + end[3] / 2, 3),
    }


def _cut_changes(request: HttpRequest) -> dict[str, Any]:
    names = ("head", "tail", "cut_in", "cut_out", "ramp", "ramp_at", "ramp_amount", "sampling", "freeze")
    changes: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    changes["reverse"] = "reverse" in request.POST
    changes["ramp_points"] = points_from(request.POST.get("ramp_points", ""))
    changes["effects"] = to_plain(_effects_from(request))
    return changes


def _effects_from(request: HttpRequest) -> tuple[Effect, ...]:
    effects: list[Effect] = []
    steady = figure(request, "steady", 0.0)
    if steady:
        effects.append(Stabilise(steady))
    start, end = _box(request, ""), _box(request, "end_")
    if (start, end) != (_WHOLE, _WHOLE):
        easing = request.POST.get("easing", "")
        known = Easing(easing) if easing in [e.value for e in Easing] else Easing.EASE
        effects.append(Reframe(start, end if end != start else None, known))
    style = request.POST.get("style", "")
    if style in [s.value for s in Style]:
        effects.append(Modifier(Style(style), figure(request, "strength", 1.0)))
    return tuple(effects)


_WHOLE = (0.0, 0.0, 1.0, 1.0)


def _box(request: HttpRequest, prefix: str) -> tuple[float, float, float, float]:
    """The part of the picture shown: zoom 1 and more round a centre, kept inside the picture."""
    zoom = figure(request, f"{prefix}zoom", 1.0)
    if not 1.0 <= zoom <= 10.0:
        raise refused(f"{prefix}zoom", "A number from 1 to 10.")
    size = 1.0 / zoom
    across, down = figure(request, f"{prefix}x", 0.5), figure(request, f"{prefix}y", 0.5)
    left, top = (min(max(0.0, centre - size / 2), 1.0 - size) for centre in (across, down))
    return (round(left, 6), round(top, 6), round(size, 6), round(size, 6))


def figure(request: HttpRequest, name: str, default: float) -> float:
    """A number of the form; empty is the default. Raises CutRefused."""
    raw = request.POST.get(name, "").strip()
    try:
        found = float(raw) if raw else default
    except ValueError:
        found = float("nan")
    if found != found or abs(found) > 1e9:
        raise refused(name, "A number.")
    return found


def refused(name: str, why: str) -> cutting.CutRefused:
    """The refusal of one field of a form."""
    return cutting.CutRefused("The cut is not possible.", fields={name: why}, kept=cutting.KEPT)


def points_from(text: str) -> list[list[float]]:
    """ "0:1, 0.5:0.4" → [[0.0, 1.0], [0.5, 0.4]]. Raises CutRefused."""
    found = []
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        left, _, right = part.partition(":")
        try:
            found.append([float(left), float(right)])
        except ValueError:
            raise refused("points", f"{part.strip()[:30]!r} is not a pair like 0.5:2.") from None
    return found


def points_text(points: list[list[float]]) -> str:
    """The points as the form shows them."""
    return ", ".join(f"{at:g}:{value:g}" for at, value in points)


@require_POST
def add_title(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Put a title over the shot."""
    found = shot_of(project, episode, shot)

    def add() -> None:
        changes = {name: request.POST.get(name, "") for name in cutting.TITLE_FIELDS}
        cutting.add_title(shot=found, changes=changes, actor=person(request))

    return _done(request, found, add, studio)


@require_POST
def add_inset(request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID) -> HttpResponse:
    """Lay a picture over the shot."""
    found = shot_of(project, episode, shot)

    def add() -> None:
        raw = request.POST.get("asset", "")
        asset = next((one for one in _offered(found) if str(one.pk) == raw), None)
        if asset is None:
            raise refused("asset", "Choose a picture of this project.")
        changes = {name: request.POST.get(name, "") for name in cutting.INSET_FIELDS}
        cutting.add_inset(shot=found, asset=asset, changes=changes, actor=person(request))

    return _done(request, found, add, studio)


@require_POST
def remove(
    request: HttpRequest, studio: str, project: UUID, episode: UUID, shot: UUID, what: str, row: UUID
) -> HttpResponse:
    """Take a title, a picture or the whole cut of a shot away."""
    found = shot_of(project, episode, shot)
    models: dict[str, Any] = {"title": TitleCard, "inset": Inset, "cut": ShotCut}
    if what not in models:
        raise NotFound("There is no such edit.")
    known: Any = get_for(models[what], row, shot=found)
    return _done(request, found, lambda: cutting.remove(row=known, actor=person(request)), studio)


def _done(request: HttpRequest, shot: Shot, act: Callable[[], None], studio: str) -> HttpResponse:
    """Do it and show the shot again; a refusal is shown above its forms."""
    try:
        act()
    except SlateError as error:
        context = _context(request, shot, error)
        return render(request, "edit_suite/shot.html", context, status=error.status)
    episode = shot.episode
    return redirect(
        "edit_suite:shot", studio=studio, project=episode.project_id, episode=episode.pk, shot=shot.pk
    )
