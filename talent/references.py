"""Verbs of a character's reference pictures: bring one, put them in order, take one away, have a sheet drawn."""

from __future__ import annotations

from pathlib import Path

from craft.terms.people import Permission
from craft.terms.references import View
from engines.arriving import keep_picture
from talent.models import Character, Reference
from talent.services import require_unlocked
from tenancy.audit import record
from tenancy.errors import SlateError
from tenancy.models import User
from tenancy.ordering import move_to, renumber
from tenancy.rules import require
from workflow import jobs
from workflow.events import emit
from workflow.models import Job

SHEET_JOB = "talent.draw_sheet"
MOST = 24


class ReferenceRefused(SlateError):
    """The picture cannot be a reference of this character; `fields` names why."""

    code = "reference.refused"
    status = 422


def add_reference(
    *, character: Character, file: Path, view: str, label: str, real: bool, actor: User
) -> Reference:
    """Bring a picture of a character. `real` says that it shows a real person: the one the character portrays.

    Raises Forbidden, BibleLocked, ReferenceRefused, UploadRefused.
    """
    _require(character, actor)
    _check(character, view, real)
    asset = keep_picture(file, title=f"{character.name}, {View(view).label.lower()}")
    made: Reference = Reference.objects.create(
        character=character,
        view=view,
        label=label.strip()[:80],
        position=Reference.objects.filter(character=character).count(),
        asset=asset,
        real=real,
    )
    record(
        actor, "reference.added", made, {"character": str(character.pk), "sha256": asset.sha256, "real": real}
    )
    _told(character)
    return made


def _check(character: Character, view: str, real: bool) -> None:
    wrong: dict[str, str] = {}
    if view not in set(View):
        wrong["view"] = f"One of {', '.join(View)}."
    if real and not character.portrays:
        wrong["real"] = "Say first which real person the character portrays."
    if Reference.objects.filter(character=character).count() >= MOST:
        wrong["file"] = f"A character has at most {MOST} pictures."
    if wrong:
        raise ReferenceRefused("This picture cannot be kept.", fields=wrong, kept="Nothing was changed.")


def move_reference(*, reference: Reference, position: int, actor: User) -> Reference:
    """Put a picture at a place in the order in which engines get them. Raises Forbidden, BibleLocked."""
    character = reference.character
    _require(character, actor)
    move_to(Reference.objects.filter(character=character), reference, position)
    record(actor, "reference.moved", reference, {"position": reference.position})
    _told(character)
    return reference


def remove_reference(*, reference: Reference, actor: User) -> None:
    """Take a picture out of the roster; the file stays in the vault. Raises Forbidden, BibleLocked."""
    character = reference.character
    _require(character, actor)
    record(actor, "reference.removed", reference, {"sha256": reference.asset.sha256})
    reference.delete()
    renumber(list(Reference.objects.filter(character=character).order_by("position", "created_at", "pk")))
    _told(character)


def ask_sheet(*, character: Character, actor: User) -> Job:
    """Have the built-in engine draw the character's turnaround as the bible stands (free). One job for a version.

    Raises Forbidden, BibleLocked.
    """
    _require(character, actor)
    return jobs.enqueue(
        SHEET_JOB,
        key=f"sheet:{character.pk}:{character.bible_version}",
        payload={"character": str(character.pk)},
        project=None,
        priority=20,
        title=f"Reference sheet of {character.name}",
    )


def _require(character: Character, actor: User) -> None:
    require(actor, Permission.EDIT)
    require_unlocked(character)


def _told(character: Character) -> None:
    emit(None, "reference.changed", {"character": str(character.pk)})
