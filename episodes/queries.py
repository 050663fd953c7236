"""Reads of the episode bay."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, Sum

from craft.terms.digest import digest
from craft.terms.states import JobState
from episodes.models import Episode, GateReview, Line, Shot, ShotCast, Take
from episodes.references import PICTURED, Picture, outdated, pictures_of_all
from scenes.services import definition_of
from studio.models import Project
from talent.models import Character
from talent.queries import consents_named, state_of
from workflow.models import Job

STAGES = ("board", "keyframe", "clip", "speech", "lips", "score", "ambience", "effect")
# The picture of a shot is the last of these it has.
PICTURE_STAGES = ("lips", "clip")
APPROVE_JOB = "episodes.make_approve"


@dataclass(frozen=True, slots=True)
class Card:
    """A shot on the board: the shot, who is in it, its frame, its picture and its verdict."""

    shot: Shot
    cast: list[Character]
    frame: Take | None
    clip: Take | None
    takes: int
    verdict: str
    stale: bool


def shots_of(episode: Episode) -> QuerySet[Shot]:
    """The episode's shots in order with scene, act, cast and lines (constant number of queries)."""
    cast = Prefetch("cast", ShotCast.objects.select_related("character").order_by("mark"))
    lines = Prefetch("lines", Line.objects.select_related("character").order_by("position"))
    rows: QuerySet[Shot] = (
        Shot.objects.filter(episode=episode)
        .select_related("scene", "act", "episode__project")
        .prefetch_related(cast, lines)
        .order_by("position")
    )
    return rows


def cast_of(shot: Shot) -> list[Character]:
    """Who is seen, in order of marks."""
    return [entry.character for entry in shot.cast.all()]


def chosen_takes(episode: Episode) -> dict[tuple[str, uuid.UUID], Take]:
    """(stage, subject) → the chosen take."""
    rows = Take.objects.filter(episode=episode, chosen=True).select_related("asset")
    return {(take.stage, take.subject_id): take for take in rows}


def picture_of(takes: dict[tuple[str, uuid.UUID], Take], shot: Shot) -> Take | None:
    """The moving picture a shot has by now: with lips when there are any."""
    return next((takes[stage, shot.pk] for stage in PICTURE_STAGES if (stage, shot.pk) in takes), None)


def board(episode: Episode) -> list[Card]:
    """The storyboard."""
    takes = chosen_takes(episode)
    counted: dict[Any, int] = {}
    for subject in Take.objects.filter(episode=episode, stage__in=("keyframe", "clip", "lips")).values_list(
        "subject_id", flat=True
    ):
        counted[subject] = counted.get(subject, 0) + 1
    shots = list(shots_of(episode))
    pictures = pictures_of_all(shots)
    return [_card(shot, takes, counted.get(shot.pk, 0), pictures[shot.pk]) for shot in shots]


def _card(shot: Shot, takes: dict[tuple[str, uuid.UUID], Take], count: int, pictures: list[Picture]) -> Card:
    frame = takes.get(("keyframe", shot.pk)) or takes.get(("board", shot.pk))
    picture = picture_of(takes, shot)
    verdict = (picture.score.get("verdict") if picture else "") or ""
    newest = picture or frame
    made_from = newest.meta.get("facts") if newest else None
    stale = made_from is not None and made_from != facts_digest(shot, shot.episode.project)
    stale |= any(outdated(takes.get((stage, shot.pk)), pictures) for stage in PICTURED)
    return Card(shot, cast_of(shot), frame, picture, count, verdict, stale)


def shot_facts(shot: Shot) -> dict[str, Any]:
    """What of a shot is decided before money moves; the subject of Gate A."""
    return {
        "number": shot.number,
        "position": shot.position,
        "scene": str(shot.scene_id),
        "scene_version": shot.scene.scene_version,
        "act": shot.act.number,
        "size": shot.size,
        "angle": shot.angle,
        "movement": shot.movement,
        "direction": shot.direction,
        "speed": shot.speed,
        "framing": shot.framing,
        "focal_mm": shot.focal_mm,
        "azimuth": shot.azimuth,
        "roll": shot.roll_degrees,
        "arc": shot.arc_degrees,
        "frames": shot.frames,
        "action": shot.action,
        "lens": [shot.easing, shot.optics, shot.optics_direction, shot.aperture],
        **({"staging": shot.staging} if shot.staging else {}),
        "transition": [shot.transition_in, shot.transition_frames],
        "cast": [[str(e.character_id), e.character.bible_version, e.mark] for e in shot.cast.all()],
        "lines": [
            [str(line.character_id), line.text, line.parenthetical, line.extension, line.language]
            for line in shot.lines.all()
        ],
    }


def facts_digest(shot: Shot, project: Project) -> str:
    """What a shot's picture depends on; a take that carries another one is stale."""
    form = [project.aspect, project.quality, project.rate, project.seed, project.look]
    return digest("shot", 1, [shot_facts(shot), shot.retakes, form, definition_of(shot.scene)])


def shotlist_digest(episode: Episode) -> str:
    """Digest of the shot list as it stands."""
    return digest("shotlist", 1, [shot_facts(shot) for shot in shots_of(episode)])


def takes_digest(episode: Episode) -> str:
    """Digest of the chosen takes and their scores: the subject of Gate B."""
    rows = [
        {"stage": stage, "subject": str(subject), "asset": take.asset.sha256, "score": take.score}
        for (stage, subject), take in sorted(
            chosen_takes(episode).items(), key=lambda item: (item[0][0], str(item[0][1]))
        )
        if stage != "board"
    ]
    return digest("takes", 1, rows)


def runtime_frames(episode: Episode) -> int:
    """Frames of the finished episode: shots less the frames their transitions share."""
    total = Shot.objects.filter(episode=episode).aggregate(n=Sum("frames"))["n"] or 0
    first = Shot.objects.filter(episode=episode).order_by("position").values_list("pk", flat=True).first()
    shared = (
        Shot.objects.filter(episode=episode).exclude(pk=first).aggregate(n=Sum("transition_frames"))["n"] or 0
    )
    return int(total) - int(shared)


def open_review(episode: Episode, gate: str = "") -> GateReview | None:
    """The episode's open gate review, if any."""
    rows = GateReview.objects.filter(episode=episode, state="open")
    return (rows.filter(gate=gate) if gate else rows).order_by("-created_at").first()


def latest_review(episode: Episode, gate: str) -> GateReview | None:
    """The newest review of a gate in the episode's present revision."""
    return (
        GateReview.objects.filter(episode=episode, gate=gate, revision=episode.revision)
        .order_by("-created_at")
        .first()
    )


def approval(episode: Episode, gate: str) -> GateReview | None:
    """The review that stands as an approval of this gate, if any."""
    rows = GateReview.objects.filter(episode=episode, gate=gate, revision=episode.revision, state="approved")
    return rows.select_related("decided_by").order_by("-created_at").first()


def waiting_approvals(episode: Episode | None = None) -> QuerySet[Job]:
    """Jobs whose shot waits for a person to approve its keyframe; of one episode or of the whole studio."""
    rows: QuerySet[Job] = Job.objects.filter(kind=APPROVE_JOB, state=JobState.QUEUED, waiting_for="gate")
    return rows.filter(payload__episode=str(episode.pk)) if episode else rows


def next_take_number(stage: str, subject: uuid.UUID) -> int:
    """The number of the next take of a stage."""
    return int(Take.objects.filter(stage=stage, subject_id=subject).aggregate(n=Max("number"))["n"] or 0) + 1


def consents_used(episode: Episode) -> list[dict[str, str]]:
    """The consents under which the chosen takes were made, with how they stand now."""
    takes = Take.objects.filter(episode=episode, chosen=True, meta__has_key="consents")
    ids = {one for meta in takes.values_list("meta", flat=True) for one in meta["consents"]}
    return [
        {"id": str(one.pk), "kind": one.kind, "subject": one.subject, "state": state_of(one)}
        for one in consents_named(ids)
    ]
