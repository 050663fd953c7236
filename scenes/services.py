"""Verbs of the scene workshop: create, change, lock, preview."""

from __future__ import annotations

import re
from typing import Any

from craft.previs.sets.words import choose_set
from craft.terms.digest import digest
from craft.terms.light import Atmosphere, Elevation, LightRole, Mood, Position, Softness, TimeOfDay
from craft.terms.people import Permission
from craft.terms.places import SetKind
from scenes.dressing import layout_problems
from scenes.models import Scene, SceneVersion
from scenes.rigs import GRADE_LIMITS, first_grade, first_rig
from studio.models import Project
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.rules import require
from workflow import jobs
from workflow.events import emit
from workflow.models import Job

SET_KINDS = tuple(kind.value for kind in SetKind)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
MAX_LIGHTS = 12
DEFINITION = (
    "name",
    "set_kind",
    "time_of_day",
    "mood",
    "atmosphere",
    "fill_ratio",
    "lights",
    "layout",
    "interior",
)
PREVIEW_JOB = "scenes.preview"
_CHOICES: dict[str, list[str]] = {
    "position": [t.value for t in Position],
    "role": [t.value for t in LightRole],
    "elevation": [t.value for t in Elevation],
    "softness": [t.value for t in Softness],
}


class SceneRefused(SlateError):
    """The definition cannot be saved as it is; `fields` names what to mend."""

    code = "scene.invalid"
    status = 422


class SceneLocked(SlateError):
    """The scene is locked: takes rely on it."""

    code = "scene.locked"
    status = 409


def create_scene(*, project: Project, key: str, name: str, definition: dict[str, Any]) -> Scene:
    """A new place; what the definition leaves open gets a first value by rule. Raises SceneRefused."""
    mood = definition.get("mood") or Mood.NATURAL.value
    time_of_day = definition.get("time_of_day") or TimeOfDay.AFTERNOON.value
    ratio, lights = first_rig(mood, time_of_day)
    found = choose_set(name, interior=definition.get("interior"))
    values = {
        "set_kind": found.kind,
        "atmosphere": {"kind": Atmosphere.CLEAR.value, "density": 0},
        "fill_ratio": ratio,
        "lights": lights,
        "layout": {
            "seed": int(digest("layout", 1, key), 16) % 10_000,
            "dressing": dict(found.dressing),
            "words": name[:160],
        },
        "interior": True,
        **{k: v for k, v in definition.items() if k in DEFINITION and v not in (None, "")},
        "mood": mood,
        "time_of_day": time_of_day,
        "name": name[:160],
    }
    _check(values)
    grade = definition.get("grade") or first_grade(mood)
    _check_grade(grade)
    scene: Scene = Scene.objects.create(project=project, key=key[:160], grade=grade, **values)
    _version(scene)
    return scene


def save_scene(*, scene: Scene, changes: dict[str, Any], actor: User) -> Scene:
    """Change the definition; a real change makes a new version. Raises Forbidden, SceneLocked, SceneRefused."""
    require(actor, Permission.EDIT, scene.project_id)
    require_unlocked(scene)
    values = {**definition_of(scene), **{k: v for k, v in changes.items() if k in DEFINITION}}
    _check(values)
    before = digest("scene", 1, definition_of(scene))
    for name, value in values.items():
        setattr(scene, name, value)
    if digest("scene", 1, definition_of(scene)) == before:
        return scene
    scene.scene_version += 1
    scene.save()
    _version(scene)
    record(actor, "scene.saved", scene, {"version": scene.scene_version})
    emit(scene.project_id, "scene.saved", {"id": str(scene.pk), "version": scene.scene_version})
    return scene


def require_unlocked(scene: Scene) -> None:
    """Raise SceneLocked for a scene that takes rely on."""
    if scene.locked:
        raise SceneLocked(
            f"“{scene.name}” is locked.",
            kept="Nothing was changed.",
            next_step="Ask a director to unlock it.",
        )


def set_lock(*, scene: Scene, locked: bool, actor: User) -> Scene:
    """Lock or unlock a scene. Raises Forbidden."""
    require(actor, Permission.LOCK, scene.project_id)
    scene.locked = locked
    scene.save(update_fields=["locked", "updated_at"])
    record(actor, "scene.locked" if locked else "scene.unlocked", scene)
    emit(scene.project_id, "scene.saved", {"id": str(scene.pk), "version": scene.scene_version})
    return scene


def set_grade(*, scene: Scene, grade: dict[str, float], actor: User) -> Scene:
    """Set the scene's primary grade: figures for the assembly, no new takes. Raises Forbidden, SceneRefused."""
    require(actor, Permission.TIMELINE, scene.project_id)
    _check_grade(grade)
    if grade == scene.grade:
        return scene
    scene.grade = grade
    scene.save(update_fields=["grade", "updated_at"])
    record(actor, "scene.graded", scene, {"grade": grade})
    emit(scene.project_id, "scene.graded", {"id": str(scene.pk)})
    return scene


def _check_grade(grade: dict[str, float]) -> None:
    wrong = {
        name: f"From {low:g} to {high:g}."
        for name, (low, high) in GRADE_LIMITS.items()
        if not _between(grade.get(name), low, high)
    }
    wrong |= {name: "Not a figure of the grade." for name in grade if name not in GRADE_LIMITS}
    if wrong:
        raise SceneRefused("The grade is not possible.", fields=wrong, kept="The last grade stays.")


def ask_preview(*, scene: Scene, actor: User | None) -> Job:
    """Draw one frame of the scene as it stands with the built-in engine (free). One job for each version."""
    if actor is not None:
        require(actor, Permission.EDIT, scene.project_id)
    key = f"preview:{scene.pk}:{scene.scene_version}"
    payload = {"scene": str(scene.pk), "number": scene.scene_version}
    return jobs.enqueue(
        PREVIEW_JOB,
        key=key,
        payload=payload,
        project=scene.project_id,
        priority=20,
        title=f"Preview of {scene.name}",
    )


def definition_of(scene: Scene) -> dict[str, Any]:
    """The scene as data."""
    return {name: getattr(scene, name) for name in DEFINITION}


def _check(values: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    one_of = {
        "set_kind": SET_KINDS,
        "time_of_day": [t.value for t in TimeOfDay],
        "mood": [m.value for m in Mood],
    }
    for name, allowed in one_of.items():
        if values[name] not in allowed:
            wrong[name] = f"One of {', '.join(allowed)}."
    air = values["atmosphere"] or {}
    if air.get("kind") not in [a.value for a in Atmosphere] or not _between(air.get("density"), 0, 100):
        wrong["atmosphere"] = "A kind of air and a density from 0 to 100."
    if not _between(values["fill_ratio"], 1, 32):
        wrong["fill_ratio"] = "Key to fill from 1 to 32."
    wrong.update(_light_problems(values["lights"]))
    wrong.update(layout_problems(values["layout"]))
    if not str(values["name"]).strip():
        wrong["name"] = "A place needs a name."
    if wrong:
        raise SceneRefused("Some values are not possible.", fields=wrong, kept="The last version stays.")


def _light_problems(lights: Any) -> dict[str, str]:
    if not isinstance(lights, list) or not lights or len(lights) > MAX_LIGHTS:
        return {"lights": f"From one to {MAX_LIGHTS} lights."}
    wrong: dict[str, str] = {}
    for index, one in enumerate(lights):
        for name, allowed in _CHOICES.items():
            if one.get(name) not in allowed:
                wrong[f"lights.{index}.{name}"] = f"One of {', '.join(allowed)}."
        if not _between(one.get("intensity"), 0, 100):
            wrong[f"lights.{index}.intensity"] = "From 0 to 100."
        if not _between(one.get("kelvin"), 1000, 20000):
            wrong[f"lights.{index}.kelvin"] = "From 1000 to 20000 K."
        if one.get("gel") and not _HEX.fullmatch(str(one["gel"])):
            wrong[f"lights.{index}.gel"] = "A colour such as #ffb45a, or none."
    return wrong


def _between(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _version(scene: Scene) -> None:
    definition = definition_of(scene)
    SceneVersion.objects.create(
        scene=scene, number=scene.scene_version, definition=definition, digest=digest("scene", 1, definition)
    )
