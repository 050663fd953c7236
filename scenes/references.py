"""Verbs of a place's reference pictures, and of things in it: bring one, order, take away, have views drawn."""

from __future__ import annotations

from pathlib import Path

from craft.terms.people import Permission
from craft.terms.references import PlaceView
from engines.arriving import keep_picture
from scenes.models import Reference, Scene
from scenes.services import require_unlocked
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.ordering import move_to, renumber
from tenancy.rules import require
from workflow import jobs
from workflow.events import emit
from workflow.models import Job

VIEWS_JOB = "scenes.draw_views"
MOST = 24


class ReferenceRefused(SlateError):
    """The picture cannot be a reference of this place; `fields` names why."""

    code = "reference.refused"
    status = 422


def add_reference(*, scene: Scene, file: Path, view: str, prop: str, label: str, actor: User) -> Reference:
    """Bring a picture of a place, or of the thing that `prop` names.

    Raises Forbidden, SceneLocked, ReferenceRefused, UploadRefused.
    """
    _require(scene, actor)
    prop = prop.strip()[:80]
    _check(scene, view, prop)
    title = f"{scene.name}, {prop or PlaceView(view).label.lower()}"
    asset = keep_picture(file, title=title, project=scene.project_id)
    made: Reference = Reference.objects.create(
        scene=scene,
        view=view,
        prop=prop,
        label=label.strip()[:80],
        position=Reference.objects.filter(scene=scene).count(),
        asset=asset,
    )
    record(actor, "reference.added", made, {"scene": str(scene.pk), "sha256": asset.sha256})
    _told(scene)
    return made


def _check(scene: Scene, view: str, prop: str) -> None:
    wrong: dict[str, str] = {}
    if view not in set(PlaceView):
        wrong["view"] = f"One of {', '.join(PlaceView)}."
    elif (view == PlaceView.PROP) != bool(prop):
        wrong["prop"] = "A prop has the name by which the script calls it; the place itself has none."
    if Reference.objects.filter(scene=scene).count() >= MOST:
        wrong["file"] = f"A place has at most {MOST} pictures."
    if wrong:
        raise ReferenceRefused("This picture cannot be kept.", fields=wrong, kept="Nothing was changed.")


def move_reference(*, reference: Reference, position: int, actor: User) -> Reference:
    """Put a picture at a place in the order in which engines get them. Raises Forbidden, SceneLocked."""
    scene = reference.scene
    _require(scene, actor)
    move_to(Reference.objects.filter(scene=scene), reference, position)
    record(actor, "reference.moved", reference, {"position": reference.position})
    _told(scene)
    return reference


def remove_reference(*, reference: Reference, actor: User) -> None:
    """Take a picture out of the workshop; the file stays in the vault. Raises Forbidden, SceneLocked."""
    scene = reference.scene
    _require(scene, actor)
    record(actor, "reference.removed", reference, {"sha256": reference.asset.sha256})
    reference.delete()
    renumber(list(Reference.objects.filter(scene=scene).order_by("position", "created_at", "pk")))
    _told(scene)


def ask_views(*, scene: Scene, actor: User) -> Job:
    """Have the built-in engine draw the empty place from two sides as it stands (free). One job for a version.

    Raises Forbidden, SceneLocked.
    """
    _require(scene, actor)
    return jobs.enqueue(
        VIEWS_JOB,
        key=f"views:{scene.pk}:{scene.scene_version}",
        payload={"scene": str(scene.pk), "number": scene.scene_version},
        project=scene.project_id,
        priority=20,
        title=f"Views of {scene.name}",
    )


def _require(scene: Scene, actor: User) -> None:
    require(actor, Permission.EDIT, scene.project_id)
    require_unlocked(scene)


def _told(scene: Scene) -> None:
    emit(scene.project_id, "reference.changed", {"scene": str(scene.pk)})
