"""Verbs of a shot's performance: bring a film, set how it is used, take it away.

What is kept is our own MP4 without sound. Nothing is sent by any of these: that a consent stands is asked when a step
of the graph gives the film to an engine (`persons.performed`, `talent.rights`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils import timezone

from craft.terms.rates import FrameRate
from engines.arriving import FILM_MIME, film
from episodes import services
from episodes.anchors import takes_film
from episodes.models import Performance, Shot, Take
from episodes.performed import EXPRESSIONS, STAGE, PerformanceRefused, part_of, performance_of
from episodes.queries import cast_of
from talent.models import Character
from tenancy.audit import record
from tenancy.errors import NotFound
from tenancy.models import User
from vault.kinds import Kind
from vault.services import store
from workflow.events import emit

SETTINGS = ("character", "begin", "body", "expression")
OLDEST = 120


def bring(
    *,
    shot: Shot,
    file: Path,
    performer: str,
    born_on: date | None,
    settings: Mapping[str, Any],
    actor: User,
) -> Performance:
    """Bring the film of a real person who acts somebody of this shot; it takes the place of the one before.

    `settings` may hold character (id), begin (seconds), body, expression (1 to 5). Raises Forbidden, EpisodeClosed,
    UploadRefused (no film, too short, too long, too small), PerformanceRefused.
    """
    services.editable(shot.episode, actor)
    name = " ".join(performer.split())[:200]
    values, wrong = _checked(settings, shot, Performance())
    wrong |= _whose(name, born_on)
    if wrong or born_on is None:
        raise _refused(wrong)
    rate = FrameRate.parse(shot.episode.project.rate)
    row = Performance(
        shot=shot, performer=name, performer_born_on=born_on, rate=str(rate), brought_by=actor, **values
    )
    with tempfile.TemporaryDirectory(prefix="slate-performance-") as folder:
        found = film(file, Path(folder), rate)
        row.frames = found.frames
        part_of(row, shot)
        # the title is told to everybody who watches the vault, so it names nobody
        row.asset = store(
            found.path,
            kind=Kind.PERFORMANCE,
            title=f"{shot.label} performance, whole",
            mime=FILM_MIME,
            project=shot.episode.project_id,
            meta={"frames": found.frames, "width": found.width, "height": found.height},
        )
    before = _locked(shot)
    row.version = _next_version(shot)
    if before is not None:
        _put_away(before)
    row.save(force_insert=True)
    record(actor, "performance.brought", row, {"shot": str(shot.pk), "sha256": row.asset.sha256})
    _after(shot)
    return row


def change(*, performance: Performance, settings: Mapping[str, Any], actor: User) -> Performance:
    """Set how a performance is used; settings that are not named stay. Raises Forbidden, EpisodeClosed,
    PerformanceRefused."""
    shot = performance.shot
    services.editable(shot.episode, actor)
    values, wrong = _checked(settings, shot, performance)
    if wrong:
        raise _refused(wrong)
    if all(getattr(performance, name) == value for name, value in values.items()):
        return performance
    _locked(shot)
    for name, value in values.items():
        setattr(performance, name, value)
    part_of(performance, shot)
    performance.version = _next_version(shot)
    performance.save()
    told = {name: str(value.pk if isinstance(value, Character) else value) for name, value in values.items()}
    record(actor, "performance.changed", performance, {"shot": str(shot.pk), **told})
    _after(shot)
    return performance


def remove(*, performance: Performance, actor: User) -> None:
    """Take a performance away from its shot; what was made from it stays, and so does the file. Raises Forbidden,
    EpisodeClosed."""
    shot = performance.shot
    services.editable(shot.episode, actor)
    _locked(shot)
    record(actor, "performance.removed", performance, {"shot": str(shot.pk)})
    _put_away(performance)
    _after(shot)


def standing(shot: Shot) -> Performance:
    """The shot's performance. Raises NotFound."""
    row = performance_of(shot)
    if row is None:
        raise NotFound("This shot has no performance.")
    row.shot = shot
    return row


def _checked(
    settings: Mapping[str, Any], shot: Shot, now: Performance
) -> tuple[dict[str, Any], dict[str, str]]:
    """(values, what is wrong): the named settings, and for a new row those that are not named."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    seen = {str(one.pk): one for one in cast_of(shot)}
    whom = str(settings.get("character") or "") or (next(iter(seen), "") if len(seen) == 1 else "")
    if "character" in settings or not now.character_id:
        values["character"] = seen.get(whom)
        if values["character"] is None:
            wrong["character"] = (
                "One who is seen in the shot." if seen else f"Nobody is seen in {shot.label}."
            )
    if "begin" in settings:
        begin = _number(settings["begin"])
        values["begin"] = begin
        if begin is None or begin < 0:
            wrong["begin"] = "Seconds from the beginning of the film, 0 or more."
    if "expression" in settings:
        values["expression"] = _number(settings["expression"])
        if values["expression"] not in EXPRESSIONS:
            wrong["expression"] = "A whole number from 1 to 5."
        else:
            values["expression"] = int(values["expression"])
    if "body" in settings:
        values["body"] = bool(settings["body"])
    return values, wrong


def _whose(name: str, born_on: date | None) -> dict[str, str]:
    today, wrong = timezone.now().date(), {}
    if not name:
        wrong["performer"] = "Who is filmed?"
    if born_on is None:
        wrong["born_on"] = "Needed: a minor’s consent is a guardian’s."
    elif not today.year - OLDEST <= born_on.year or born_on > today:
        wrong["born_on"] = "This is no birthday of somebody alive."
    return wrong


def _refused(wrong: dict[str, str]) -> PerformanceRefused:
    return PerformanceRefused(
        "The performance is not possible like this.", fields=wrong, kept="Nothing was changed."
    )


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _locked(shot: Shot) -> Performance | None:
    """The performance that stands; two people who change it take turns at the shot's row."""
    Shot.objects.select_for_update().get(pk=shot.pk)
    return performance_of(shot)


def _next_version(shot: Shot) -> int:
    return int(Performance.objects.filter(shot=shot).aggregate(n=Max("version"))["n"] or 0) + 1


def _put_away(row: Performance) -> None:
    """What something was made from is kept; what nothing was made from is as if it had never been brought."""
    Take.objects.filter(stage=STAGE, subject_id=row.shot_id, chosen=True).update(chosen=False)
    if Take.objects.filter(shot_id=row.shot_id, meta__performance__id=str(row.pk)).exists():
        row.dropped = True
        row.save(update_fields=["dropped", "updated_at"])
    else:
        row.delete()


def _after(shot: Shot) -> None:
    """A shot whose clip acts it out goes back to work, and Gate A is opened again where its price has changed."""
    services.after_edit(shot.episode, [shot] if takes_film(shot) else [])
    emit(shot.episode.project_id, "performance.changed", {"shot": str(shot.pk)})
