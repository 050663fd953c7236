"""Pages of the scene workshop."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from craft.terms.light import GELS, Atmosphere, Elevation, LightRole, Mood, Position, Softness, TimeOfDay
from craft.terms.people import Permission
from craft.terms.places import Era, SetKind
from craft.terms.references import PlaceView
from scenes.dressing import COLOURS, LEVELS, dressed
from scenes.models import Scene
from scenes.queries import latest_previews, references_of, scenes_of, versions_of
from scenes.services import SceneRefused, ask_preview, save_scene, set_lock
from scenes.stages import stage_digest, stage_file, stage_packet
from tenancy.errors import SlateError
from tenancy.queries import get_for
from tenancy.rules import can
from tenancy.web import person
from vault.services import url

LIGHT_FIELDS = ("position", "role", "elevation", "intensity", "kelvin", "softness", "gel")


@require_GET
def list_page(request: HttpRequest, studio: str, project: UUID) -> HttpResponse:
    """The project's places."""
    previews = {
        pk: url(version.preview) for pk, version in latest_previews(project).items() if version.preview
    }
    rows = [{"scene": scene, "frame": previews.get(scene.pk, "")} for scene in scenes_of(project)]
    return render(request, "scenes/list.html", {"surface": "scenes", "rows": rows})


@require_http_methods(["GET", "POST"])
def light(request: HttpRequest, studio: str, project: UUID, scene: UUID) -> HttpResponse:
    """The light rig and the rest of the definition; saving makes a version."""
    found = get_for(Scene, scene, project_id=project)
    if request.method == "POST":
        try:
            save_scene(scene=found, changes=_changes(request, found), actor=person(request))
            if request.POST.get("step") == "preview":
                ask_preview(scene=found, actor=person(request))
        except SlateError as error:
            return page(request, _as_typed(request, found), error)
        return redirect("scenes:light", studio=studio, project=project, scene=scene)
    return page(request, found, None)


def _as_typed(request: HttpRequest, scene: Scene) -> Scene:
    """The scene with what was typed, not saved, so that a refused form loses nothing."""
    try:
        typed = _changes(request, scene)
    except SceneRefused:
        return scene
    for name, value in typed.items():
        setattr(scene, name, value)
    return scene


def page(request: HttpRequest, found: Scene, problem: SlateError | None) -> HttpResponse:
    """The workshop's page, with what was wrong."""
    versions = versions_of(found)
    shown = next((v for v in versions if v.preview), None)
    dressing = (found.layout or {}).get("dressing", {})
    terms = {
        "positions": Position,
        "roles": LightRole,
        "elevations": Elevation,
        "softnesses": Softness,
        "moods": Mood,
        "hours": TimeOfDay,
        "airs": Atmosphere,
    }
    context = {
        "surface": "scenes",
        "scene": found,
        "versions": versions,
        "references": [(one, url(one.asset)) for one in references_of(found)],
        "views": list(PlaceView),
        "problem": problem,
        "set_kinds": list(SetKind),
        "eras": list(Era),
        "levels": [(name, dressing.get(name)) for name in LEVELS],
        "colours": [(name, dressing.get(name)) for name in COLOURS],
        "frame": url(shown.preview) if shown and shown.preview else "",
        "frame_version": shown.number if shown else None,
        "rig": {
            "lights": found.lights,
            "fill_ratio": found.fill_ratio,
            "terms": {
                **{name: [[t.value, t.label] for t in kind] for name, kind in terms.items()},
                "gels": [["", "None"], *([colour, label.capitalize()] for label, colour in GELS.items())],
            },
        },
        **{name: list(kind) for name, kind in terms.items()},
        "may_edit": can(person(request), Permission.EDIT, found.project_id),
        "may_lock": can(person(request), Permission.LOCK, found.project_id),
    }
    return render(request, "scenes/light.html", context, status=problem.status if problem else 200)


def _changes(request: HttpRequest, scene: Scene) -> dict[str, Any]:
    post = request.POST
    layout = {**(scene.layout or {}), "dressing": dressed((scene.layout or {}).get("dressing", {}), post)}
    if "extras" in post:
        layout["extras"] = _number(post["extras"])
    if "words" in post:
        layout["words"] = post["words"].strip()
    return {
        "layout": layout,
        "name": post.get("name", ""),
        "set_kind": post.get("set_kind", ""),
        "time_of_day": post.get("time_of_day", ""),
        "mood": post.get("mood", ""),
        "atmosphere": {"kind": post.get("atmosphere", ""), "density": _number(post.get("density"))},
        "fill_ratio": _number(post.get("fill_ratio")),
        "lights": _lights(request),
    }


def _lights(request: HttpRequest) -> Any:
    """The rig from the island's JSON when it ran, else from the plain table."""
    raw = request.POST.get("rig", "")
    if raw:
        try:
            return json.loads(raw)
        except ValueError as error:
            raise SceneRefused("The light rig could not be read.", fields={"lights": str(error)}) from error
    columns = {name: request.POST.getlist(f"light_{name}") for name in LIGHT_FIELDS}
    table = zip(*columns.values(), strict=False)
    rows: list[dict[str, Any]] = [dict(zip(columns, values, strict=True)) for values in table]
    for row in rows:
        row["intensity"], row["kelvin"] = _number(row["intensity"]), _number(row["kelvin"])
    removed = set(request.POST.getlist("remove"))
    return [row for index, row in enumerate(rows) if str(index) not in removed and row["role"]]


def _number(raw: Any) -> float | int | None:
    try:
        value = float(raw)
    except (TypeError, ValueError):
        return None
    return int(value) if value.is_integer() else value


@require_GET
def stage(request: HttpRequest, studio: str, project: UUID, scene: UUID) -> HttpResponse:
    """What the browser draws the scene from while a light is moved; the same until the scene changes."""
    packet = stage_packet(get_for(Scene, scene, project_id=project))
    headers = {"ETag": f'"{stage_digest(packet)}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponse(status=304, headers=headers)
    headers |= {"Content-Encoding": "gzip", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(stage_file(packet), content_type="application/octet-stream", headers=headers)


@require_POST
def preview(request: HttpRequest, studio: str, project: UUID, scene: UUID) -> HttpResponse:
    """Draw one frame of the scene as it stands."""
    ask_preview(scene=get_for(Scene, scene, project_id=project), actor=person(request))
    return redirect("scenes:light", studio=studio, project=project, scene=scene)


@require_POST
def lock(request: HttpRequest, studio: str, project: UUID, scene: UUID) -> HttpResponse:
    """Lock or unlock the scene."""
    found = get_for(Scene, scene, project_id=project)
    set_lock(scene=found, locked=request.POST.get("locked") == "yes", actor=person(request))
    return redirect("scenes:light", studio=studio, project=project, scene=scene)
