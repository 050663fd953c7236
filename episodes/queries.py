"""Reads of the episode bay."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, Sum

from craft.terms.digest import digest
from craft.terms.rates import FrameRate
from craft.terms.states import JobState
from episodes.casting import role_of
from episodes.models import Episode, GateReview, Line, Performance, Shot, ShotCast, Take
from episodes.performed import NODE as PERFORMANCE
from episodes.performed import outdated as performed_otherwise
from episodes.performed import performances_of_all
from episodes.references import PICTURED, Picture, outdated, pictures_of_all
from episodes.wearing import Outfit, outfits_of_all, undressed
from pipelines.branches import branch, pictures
from pipelines.catalogue import catalogue
from pipelines.expansion import take_of
from pipelines.graph import Graph, Node
from pipelines.services import graph_of
from scenes.services import definition_of
from studio.models import Project
from talent.models import Character
from talent.queries import consents_named, state_of, wearing
from workflow.models import Job

# What a shot can have to look at; which of these is its picture, the project's graph says.
SEEN_STAGES = ("keyframe", "clip", "lips", "modifier", "upscale")
APPROVE_JOB = "episodes.make_approve"
GATE_JOB, PICK_JOB = "episodes.make_gate", "episodes.make_compare"


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


class Chosen(dict[tuple[str, uuid.UUID], Take]):
    """(stage, subject) → the chosen take, with the graph that says which of a shot's takes is its picture."""

    def __init__(self, takes: Iterable[Take], graph: Graph) -> None:
        super().__init__({(take.stage, take.subject_id): take for take in takes})
        self._graph = graph
        self._pictures: dict[str, tuple[Node, ...]] = {}
        self._wearing: frozenset[uuid.UUID] | None = None

    @property
    def acts(self) -> bool:
        """Whether the graph leads performances to clips."""
        return any(node.type == PERFORMANCE for node in self._graph.nodes)

    def pictures(self, shot: Shot) -> list[Take]:
        """The moving pictures of a shot that there are, the last one first: each is made from the next."""
        if self._wearing is None:
            self._wearing = wearing()
        role, types = role_of(shot, cast_of(shot), self._wearing).value, catalogue()
        if role not in self._pictures:
            self._pictures[role] = pictures(branch(self._graph, types, role), types)
        pairs = [take_of(node, types[node.type], str(shot.pk)) for node in self._pictures[role]]
        return [self[stage, uuid.UUID(pk)] for stage, pk in pairs if (stage, uuid.UUID(pk)) in self]


def chosen_takes(episode: Episode) -> Chosen:
    """(stage, subject) → the chosen take."""
    rows = Take.objects.filter(episode=episode, chosen=True).select_related("asset")
    return Chosen(rows, graph_of(episode.project_id))


def picture_of(takes: Chosen, shot: Shot) -> Take | None:
    """The moving picture a shot has by now: the last that its branch of the graph has made."""
    return next(iter(takes.pictures(shot)), None)


def board(episode: Episode) -> list[Card]:
    """The storyboard."""
    takes = chosen_takes(episode)
    counted: dict[Any, int] = {}
    for subject in Take.objects.filter(episode=episode, stage__in=SEEN_STAGES).values_list(
        "shot_id", flat=True
    ):
        counted[subject] = counted.get(subject, 0) + 1
    shots = list(shots_of(episode))
    pictures, outfits = pictures_of_all(shots), outfits_of_all(shots)
    cards = [
        _card(shot, takes, counted.get(shot.pk, 0), pictures[shot.pk], outfits[shot.pk]) for shot in shots
    ]
    films = performances_of_all(shots) if takes.acts else None
    return [
        replace(card, stale=True) if films is not None and _acted_otherwise(card.shot, takes, films) else card
        for card in cards
    ]


def _acted_otherwise(shot: Shot, takes: Chosen, films: Mapping[uuid.UUID, Performance]) -> bool:
    return performed_otherwise(takes.get(("clip", shot.pk)), films.get(shot.pk))


def _card(shot: Shot, takes: Chosen, count: int, given: list[Picture], worn: list[Outfit]) -> Card:
    frame = takes.get(("keyframe", shot.pk)) or takes.get(("board", shot.pk))
    picture = picture_of(takes, shot)
    verdict = (picture.score.get("verdict") if picture else "") or ""
    newest = picture or frame
    made_from = newest.meta.get("facts") if newest else None
    stale = made_from is not None and made_from != facts_digest(shot, shot.episode.project)
    for take in (takes.get((stage, shot.pk)) for stage in PICTURED):
        stale |= outdated(take, given) or undressed(take, worn)
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


def act_frames(episode: Episode) -> dict[uuid.UUID, int]:
    """Frames of each act on the programme, transitions counted out."""
    lengths: dict[uuid.UUID, int] = {}
    for index, shot in enumerate(shots_of(episode)):
        lengths[shot.act_id] = (
            lengths.get(shot.act_id, 0) + shot.frames - (shot.transition_frames if index else 0)
        )
    return lengths


def scene_frames(episode: Episode) -> int:
    """The longest a bed may have to last; beds loop, so a minute is enough."""
    rate = FrameRate.parse(episode.project.rate)
    return min(runtime_frames(episode), rate.frames(60))


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


def stages_at(job: Job) -> set[str]:
    """The stages whose takes an approval waits for."""
    return {stage for stage, _ in job.payload.get("given", {}).get("image", ())}


def waiting_approvals(episode: Episode | None = None) -> QuerySet[Job]:
    """Jobs whose shot waits for a person to approve its keyframe; of one episode or of the whole studio."""
    return _waiting_for_people(APPROVE_JOB, episode)


def waiting_gates(episode: Episode | None = None) -> QuerySet[Job]:
    """Jobs whose shot waits at a gate of the graph for a person to let it through."""
    return _waiting_for_people(GATE_JOB, episode)


def waiting_picks(episode: Episode | None = None) -> QuerySet[Job]:
    """Jobs whose shot waits for a person to pick one of its drafts."""
    return _waiting_for_people(PICK_JOB, episode)


def _waiting_for_people(kind: str, episode: Episode | None) -> QuerySet[Job]:
    rows: QuerySet[Job] = Job.objects.filter(kind=kind, state=JobState.QUEUED, waiting_for="gate")
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
