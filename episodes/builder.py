"""From a script to a board: cast, scenes, acts, shots and lines, in the caller's transaction.

A studio's bible may travel with the script (`bible`): looks, voices, light and acts; the script's own words decide
about everything else, and rules fill the rest.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.urls import reverse

from craft.screenplay import Breakdown, SceneDef, ShotPlan, breakdown, parse
from craft.terms.rates import FrameRate
from episodes import staging
from episodes.models import Act, Episode, Line, Shot, ShotCast
from episodes.production import draw_board
from scenes.models import Scene
from scenes.services import create_scene
from studio.models import Season, Source
from studio.registries import Built
from talent.looks import LOOK_PARTS
from talent.models import Character
from talent.services import cast, ensure_character
from tenancy.errors import SlateError
from tenancy.models import Studio, User
from tenancy.scope import current_scope

MAX_SHOTS = 4000
Bible = dict[str, Any]


class ScriptTooLong(SlateError):
    """More shots than one episode can hold."""

    code = "script.too_many_shots"
    status = 422


def read_bible(raw: str) -> Bible:
    """A studio's bible from JSON. Raises SlateError for anything else."""
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise SlateError(
            f"The bible is not JSON: {error}", code="bible.damaged", kept="Nothing was created.", status=422
        ) from error
    if not isinstance(value, dict):
        raise SlateError(
            "The bible is not an object.", code="bible.damaged", kept="Nothing was created.", status=422
        )
    return value


def build(source: Source, actor: User | None, bible: Bible | None = None) -> Built:
    """Make the project's first episode of a script; on an error nothing stays.

    Raises ScreenplayError, ScriptTooLong, SlateError.
    """
    project = source.project
    plan = breakdown(parse(source.text), rate=FrameRate.parse(project.rate), pacing=project.pacing)
    if len(plan.shots) > MAX_SHOTS:
        raise ScriptTooLong(
            f"{len(plan.shots)} shots are more than one episode holds ({MAX_SHOTS}).",
            kept="Nothing was created.",
            next_step="Split the script into episodes.",
        )
    given = bible or {}
    if plan.title and project.title.casefold() in _names_of(source.filename):
        project.title = plan.title[:200]
        project.save(update_fields=["title", "updated_at"])
    standing = set(Character.objects.values_list("pk", flat=True))
    people = _cast(source, plan, given)
    places = _places(source, plan, given)
    episode = _episode(source, plan)
    acts = _acts(episode, plan, given)
    _shots(episode, plan, acts, places, people)
    draw_board(episode)
    slug = Studio.objects.get(pk=current_scope().studio_id).slug
    url = reverse("episodes:board", kwargs={"studio": slug, "project": project.pk, "episode": episode.pk})
    facts = {
        "episode": 1,
        "shots": len(plan.shots),
        "characters": len(people),
        "scenes": len(places),
        "lines": sum(len(s.lines) for s in plan.shots),
    }
    notes = [f"Line {n.line}: {n.message}" for n in plan.notes] + _reused(people, standing)
    return Built(project, url, tuple(notes), facts)


def _names_of(filename: str) -> tuple[str, str]:
    """What a project is called when nobody gave it a name: the file's name, or the word for none."""
    return "untitled", PurePath(filename).stem.replace("_", " ").strip().casefold()


def _reused(people: dict[str, Character], standing: set[UUID]) -> list[str]:
    """A word about each character who was in the roster before: their bible is used as it stands."""
    again = [character for character in people.values() if character.pk in standing]
    return [
        f"{c.name} is in the roster already: their bible (v{c.bible_version}) is used as it stands."
        for c in again
    ]


def _cast(source: Source, plan: Breakdown, given: Bible) -> dict[str, Character]:
    designed = {str(key).casefold(): value for key, value in (given.get("characters") or {}).items()}
    found: dict[str, Character] = {}
    for person in plan.characters:
        own = designed.get(person.name.casefold()) or designed.get(person.display.casefold())
        character = ensure_character(
            name=person.display,
            description=person.description,
            language=source.project.language,
            bible=_character_bible(own),
        )
        cast(project=source.project, character=character, script_name=person.name, lines=person.lines)
        found[person.name] = character
    return found


def _character_bible(own: Bible | None) -> Bible | None:
    if not own:
        return None
    look = own.get("look") or {key: own[key] for key in LOOK_PARTS if key in own}
    bible: Bible = {"voice": own.get("voice") or {}, "traits": own.get("traits") or [], "look": look}
    return bible | ({"description": own["description"]} if own.get("description") else {})


def _places(source: Source, plan: Breakdown, given: Bible) -> dict[str, Scene]:
    designed = {str(key).casefold(): value for key, value in (given.get("scenes") or {}).items()}
    return {
        place.key: create_scene(
            project=source.project,
            key=place.key,
            name=place.place or place.key,
            definition=_definition(place, designed),
        )
        for place in plan.scenes
    }


def _definition(place: SceneDef, designed: dict[str, Any]) -> dict[str, Any]:
    own = designed.get(place.key.casefold()) or designed.get(place.place.casefold()) or {}
    rule = {
        "interior": place.interior,
        "set_kind": own.get("set_kind") or own.get("set") or "",
        "time_of_day": place.time_of_day.value,
        "mood": place.mood.value,
        "atmosphere": {"kind": place.atmosphere.value, "density": place.density},
        "fill_ratio": place.fill_ratio,
    }
    return {**rule, **{key: value for key, value in own.items() if key not in ("set", "set_kind")}}


def _episode(source: Source, plan: Breakdown) -> Episode:
    project = source.project
    season = Season.objects.filter(project=project).order_by("number").last()
    number = Episode.objects.filter(project=project, season=season).count() + 1
    notes = [{"line": n.line, "code": n.code, "message": n.message} for n in plan.notes]
    made: Episode = Episode.objects.create(
        project=project,
        season=season,
        source=source,
        number=number,
        title=(plan.title or project.title)[:200],
        logline=plan.logline,
        transition_out=plan.transition_out.value,
        transition_out_frames=plan.transition_out_frames,
        notes=notes,
    )
    return made


def _acts(episode: Episode, plan: Breakdown, given: Bible) -> dict[int, Act]:
    moods = given.get("acts") or []
    made = {}
    for act in plan.acts:
        own = (
            moods[act.number - 1]
            if act.number <= len(moods) and isinstance(moods[act.number - 1], dict)
            else {}
        )
        made[act.number] = Act.objects.create(
            episode=episode,
            number=act.number,
            title=act.title[:160],
            purpose=act.purpose[:200],
            valence=float(own.get("valence", act.valence)),
            energy=float(own.get("energy", act.energy)),
        )
    return made


def _shots(
    episode: Episode,
    plan: Breakdown,
    acts: dict[int, Act],
    places: dict[str, Scene],
    people: dict[str, Character],
) -> None:
    ids = {name: str(character.pk) for name, character in people.items()}
    rows = [
        _shot(episode, index, shot, acts[shot.act], places[shot.scene_key], ids)
        for index, shot in enumerate(plan.shots, 1)
    ]
    Shot.objects.bulk_create(rows)
    seen, lines = [], []
    for row, shot in zip(rows, plan.shots, strict=True):
        seen += [
            ShotCast(shot=row, character=people[name], mark=mark)
            for mark, name in enumerate(dict.fromkeys(shot.characters))
            if name in people
        ]
        lines += [
            Line(
                episode=episode,
                shot=row,
                character=people[line.character],
                position=at,
                text=line.text,
                parenthetical=line.parenthetical[:200],
                extension=line.extension[:40],
                language=line.language,
            )
            for at, line in enumerate(shot.lines, 1)
        ]
    ShotCast.objects.bulk_create(_one_per_character(seen))
    Line.objects.bulk_create(lines)


def _one_per_character(rows: list[ShotCast]) -> list[ShotCast]:
    """Two script names may be one character of the roster; a shot shows them once."""
    return list({(row.shot_id, row.character_id): row for row in reversed(rows)}.values())[::-1]


def _shot(
    episode: Episode, position: int, plan: ShotPlan, act: Act, scene: Scene, ids: dict[str, str]
) -> Shot:
    return Shot(
        episode=episode,
        act=act,
        scene=scene,
        number=plan.number,
        position=position,
        size=plan.size.value,
        framing=plan.framing.value,
        purpose=plan.purpose.value,
        angle=plan.angle.value,
        movement=plan.movement.value,
        direction=plan.direction.value,
        speed=plan.speed.value,
        optics=plan.optics.value,
        optics_direction=plan.optics_direction.value,
        aperture=plan.aperture,
        focal_mm=plan.focal_mm,
        azimuth=plan.azimuth,
        roll_degrees=plan.roll_degrees,
        arc_degrees=plan.arc_degrees,
        frames=plan.frames,
        action=plan.action,
        transition_in=plan.transition_in.value,
        transition_frames=plan.transition_frames,
        emotion="" if plan.emotion == "neutral" else plan.emotion,
        staging=staging.as_row(plan.staging, ids),
        script_line=plan.line,
    )


def preview(text: str) -> dict[str, Any]:
    """What the reader makes of a text, line by line, before anything is created. Raises ScreenplayError."""
    script = parse(text)
    rows = [{"line": e.line, "kind": type(e).__name__, "text": e.text[:300]} for e in script.elements[:2000]]
    return {
        "title": script.title_page.get("title"),
        "rows": rows,
        "notes": [{"line": n.line, "message": n.message} for n in script.notes],
    }
