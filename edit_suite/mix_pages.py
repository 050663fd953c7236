"""Pages of the mix and of the finish: four layers and every sound on them; look, bars and burnt-in words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from craft.render.effects import Effect, Lut, Modifier, Style
from craft.render.model import Finish
from craft.render.rooms import ROOMS
from craft.terms.people import Permission
from craft.terms.sound import LOUDNESS, Layer
from edit_suite import cutting, uploads
from edit_suite.compose import finish_of
from edit_suite.composing_sound import LAYER_OF
from edit_suite.cut_pages import figure, points_from, points_text, refused
from edit_suite.models import Programme, SoundLevel
from edit_suite.queries import levels_of, programme_of
from episodes.models import Episode, Take
from episodes.queries import chosen_takes
from episodes.services import CLOSED
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from vault.arriving import given_file
from vault.kinds import Kind
from vault.models import Asset
from vault.services import url

SHAPES = (
    ("", "Whole frame"),
    ("239/100", "2.39 : 1"),
    ("37/20", "1.85 : 1"),
    ("2", "2 : 1"),
    ("4/3", "4 : 3"),
)


def episode_of(project: UUID, episode: UUID) -> Episode:
    """An episode of a project. Raises NotFound."""
    return get_for(Episode, episode, using=Episode.objects.select_related("project"), project_id=project)


@require_http_methods(["GET", "HEAD", "POST"])
def mix_page(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """The four layers, and every sound on them."""
    found = episode_of(project, episode)
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            _set_mix(request, found)
            return redirect("edit_suite:mix", studio=studio, project=project, episode=episode)
        except SlateError as error:
            problem = error
    context = _mix_context(request, found, problem)
    return render(request, "edit_suite/mix.html", context, status=problem.status if problem else 200)


def _set_mix(request: HttpRequest, episode: Episode) -> None:
    mix = {
        layer.value: {
            "gain_db": figure(request, f"{layer.value}_gain", 0.0),
            "muted": f"{layer.value}_muted" in request.POST,
        }
        for layer in Layer
    }
    cutting.set_mix(
        episode=episode,
        mix=mix,
        rooms="rooms" in request.POST,
        loudness=request.POST.get("loudness", ""),
        actor=person(request),
    )


def _mix_context(request: HttpRequest, episode: Episode, problem: SlateError | None) -> dict[str, Any]:
    row = programme_of(episode) or Programme(episode=episode)
    return {
        "surface": "edit",
        "tab": "mix",
        "episode": episode,
        "problem": problem,
        "programme": row,
        "layers": [
            {
                "layer": layer,
                "gain": row.mix.get(layer.value, {}).get("gain_db", 0.0),
                "muted": row.mix.get(layer.value, {}).get("muted", False),
                "sounds": rows,
            }
            for layer, rows in _sounds(episode)
        ],
        "specs": [("", f"The project’s: {LOUDNESS[episode.project.loudness].label}")]
        + [(spec.key, spec.label) for spec in LOUDNESS.values()],
        "rooms": [(name, room.label) for name, room in ROOMS.items()],
        "may_cut": may_cut(request, episode),
    }


def may_cut(request: HttpRequest, episode: Episode) -> bool:
    """May this person change the cut of this episode now?"""
    allowed = can(person(request), Permission.TIMELINE, episode.project_id)
    return allowed and episode.state not in CLOSED


def _sounds(episode: Episode) -> list[tuple[Layer, list[dict[str, Any]]]]:
    """The chosen sounds of each layer with how they are heard."""
    levels = levels_of(episode)
    rows: dict[Layer, list[dict[str, Any]]] = {layer: [] for layer in Layer}
    takes = Take.objects.filter(episode=episode, chosen=True, stage__in=LAYER_OF)
    for take in takes.select_related("asset", "shot", "act", "line__shot", "line__character"):
        level = levels.get((take.stage, take.subject_id))
        shown = {
            "take": take,
            "name": _name(take),
            "set": level is not None,
            "level": level or SoundLevel(stage=take.stage, subject_id=take.subject_id),
            "url": url(take.asset),
        }
        level = shown["level"]
        rows[LAYER_OF[take.stage]].append(shown | {"keys": points_text(level.gain_keys), "others": []})
    others = Take.objects.filter(episode=episode, chosen=False, stage__in=LAYER_OF).order_by("number")
    spare: dict[tuple[str, UUID], list[Take]] = {}
    for take in others:
        spare.setdefault((take.stage, take.subject_id), []).append(take)
    for found in rows.values():
        for row in found:
            row["others"] = spare.get((row["take"].stage, row["take"].subject_id), [])
        found.sort(key=lambda row: (_place(row["take"]), row["name"]))
    return list(rows.items())


def _place(take: Take) -> int:
    """Where a sound stands in the programme, roughly: its shot's place on the board, or its act's number."""
    shot = take.line.shot if take.line is not None else take.shot
    if shot is not None:
        return int(shot.position)
    return int(take.act.number) if take.act is not None else 0


def _name(take: Take) -> str:
    """What a sound is called in the mix."""
    if take.line is not None:
        return f"{take.line.shot.label} {take.line.character.name}: {take.line.text[:60]}"
    if take.shot is not None:
        sound = str(take.meta.get("sound") or take.meta.get("title") or take.stage)
        return f"{take.shot.label} {sound.replace('_', ' ')}"
    return str(take.meta.get("title") or take.meta.get("sound") or take.label)


@require_POST
def level(
    request: HttpRequest, studio: str, project: UUID, episode: UUID, stage: str, subject: UUID
) -> HttpResponse:
    """Set how one sound is heard."""
    found = episode_of(project, episode)
    try:
        if (stage, subject) not in chosen_takes(found) or stage not in LAYER_OF:
            raise refused("sound", "The programme has no such sound.")
        changes: dict[str, Any] = {
            "gain_db": figure(request, "gain_db", 0.0),
            "pan": figure(request, "pan", 0.0),
            "muted": "muted" in request.POST,
            "shift": round(figure(request, "shift", 0.0)),
            "gain_keys": points_from(request.POST.get("gain_keys", "")),
            "room": request.POST.get("room", ""),
            "wet": figure(request, "wet", 0.2),
        }
        cutting.set_level(episode=found, stage=stage, subject=subject, changes=changes, actor=person(request))
    except SlateError as error:
        context = _mix_context(request, found, error)
        return render(request, "edit_suite/mix.html", context, status=error.status)
    return redirect("edit_suite:mix", studio=studio, project=project, episode=episode)


@require_POST
def upload(
    request: HttpRequest, studio: str, project: UUID, episode: UUID, stage: str, subject: UUID
) -> HttpResponse:
    """Put a file in the place of an engine's sound."""
    found = episode_of(project, episode)
    try:
        with given_file(request, uploads.MOST_SOUND_BYTES) as (path, name):
            take = uploads.sound_named(found, stage, subject)
            uploads.replace_sound(take=take, file=path, title=Path(name).stem, actor=person(request))
    except SlateError as error:
        context = _mix_context(request, found, error)
        return render(request, "edit_suite/mix.html", context, status=error.status)
    return redirect("edit_suite:mix", studio=studio, project=project, episode=episode)


@require_POST
def use(request: HttpRequest, studio: str, project: UUID, episode: UUID, take: UUID) -> HttpResponse:
    """Hear another take of a sound."""
    found = episode_of(project, episode)
    chosen = get_for(Take, take, episode=found, stage__in=LAYER_OF)
    uploads.use_sound(take=chosen, actor=person(request))
    return redirect("edit_suite:mix", studio=studio, project=project, episode=episode)


@require_POST
def lut(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """Add a colour table for the project's finishes."""
    found = episode_of(project, episode)
    try:
        with given_file(request, uploads.MOST_TABLE_BYTES) as (path, name):
            uploads.add_lut(
                project=found.project, data=path.read_bytes(), title=Path(name).stem, actor=person(request)
            )
    except SlateError as error:
        return render(
            request, "edit_suite/finish.html", _finish_context(request, found, error), status=error.status
        )
    return redirect("edit_suite:finish", studio=studio, project=project, episode=episode)


@require_http_methods(["GET", "HEAD", "POST"])
def finish_page(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """What is done to the whole picture."""
    found = episode_of(project, episode)
    problem: SlateError | None = None
    if request.method == "POST":
        try:
            finish = _finish_from(request, _luts(found))
            cutting.set_finish(episode=found, finish=finish, actor=person(request))
            return redirect("edit_suite:finish", studio=studio, project=project, episode=episode)
        except SlateError as error:
            problem = error
    context = _finish_context(request, found, problem)
    return render(request, "edit_suite/finish.html", context, status=problem.status if problem else 200)


def _finish_context(request: HttpRequest, found: Episode, problem: SlateError | None) -> dict[str, Any]:
    finish = finish_of(programme_of(found))
    lut = next((e for e in finish.effects if isinstance(e, Lut)), None)
    style = next((e for e in finish.effects if isinstance(e, Modifier)), None)
    return {
        "surface": "edit",
        "tab": "finish",
        "episode": found,
        "problem": problem,
        "finish": finish,
        "letterbox": str(finish.letterbox or ""),
        "shapes": SHAPES,
        "luts": _luts(found),
        "lut": lut,
        "style": style,
        "styles": [(s.value, s.value.replace("_", " ").capitalize()) for s in Style],
        "may_cut": may_cut(request, found),
    }


def _luts(episode: Episode) -> Sequence[Asset]:
    """Cube files of the project and of the studio, newest first."""
    rows = Asset.objects.filter(kind=Kind.LUT.value).order_by("-created_at")
    return [asset for asset in rows if asset.project_id in (None, episode.project_id)]


def _finish_from(request: HttpRequest, luts: Sequence[Asset]) -> Finish:
    effects: list[Effect] = []
    chosen = request.POST.get("lut", "")
    if chosen:
        asset = next((one for one in luts if str(one.pk) == chosen), None)
        if asset is None:
            raise refused("lut", "Choose a LUT of this project.")
        effects.append(Lut(asset.sha256, figure(request, "lut_strength", 1.0)))
    style = request.POST.get("style", "")
    if style in [s.value for s in Style]:
        effects.append(Modifier(Style(style), figure(request, "strength", 1.0)))
    shape = request.POST.get("letterbox", "")
    if shape not in dict(SHAPES):
        raise refused("letterbox", "Choose one of the shapes.")
    return Finish(
        effects=tuple(effects),
        letterbox=Fraction(shape) if shape else None,
        captions="captions" in request.POST,
        timecode="timecode" in request.POST,
        label=request.POST.get("label", "").strip()[:120],
    )
