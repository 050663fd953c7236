"""From an approved budget to jobs: the project's graph worked for every shot, line, act and scene of an episode.

A job's key holds what its result depends on, so starting a production again makes only what has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from craft.terms.digest import digest
from craft.terms.rates import FrameRate
from craft.terms.states import EpisodeState as E
from craft.terms.states import ReviewState as R
from episodes.models import Act, Episode, GateReview, Line, Shot
from episodes.queries import chosen_takes, facts_digest, runtime_frames, shots_of
from episodes.references import outdated_digest, pictures_of_all
from pipelines.catalogue import catalogue
from pipelines.expansion import Planned, Subject, expand
from pipelines.graph import Per
from pipelines.services import graph_of
from scenes.models import Scene
from scenes.services import definition_of
from tenancy.models import User
from workflow import jobs
from workflow.models import Job
from workflow.transitions import apply

BOARD_JOB, READY_JOB, GUIDES_JOB = "episodes.draw_board", "episodes.takes_ready", "episodes.make_guides"
# The picture keeps the workers busy longest; sound is short and other steps wait for it.
_PRIORITY = {
    "keyframe": 30,
    "approve": 30,
    "speech": 40,
    "guides": 11,
    "clip": 10,
    "lips": 12,
    "judge": 14,
    "score": 5,
    "ambience": 5,
    "effects": 5,
}


def draw_board(episode: Episode) -> list[Job]:
    """A free frame for every shot as it stands; what has not changed is not drawn again."""
    wanted = [
        jobs.Wanted(
            BOARD_JOB,
            key=f"board:{shot.pk}:{facts_digest(shot, episode.project)}",
            payload={"episode": str(episode.pk), "shot": str(shot.pk)},
            project=episode.project_id,
            priority=60 - min(shot.position, 59),
            title=f"{shot.label} board",
        )
        for shot in shots_of(episode)
    ]
    return list(jobs.enqueue_many(wanted).values())


def draw_guides(shot: Shot) -> Job:
    """The control passes of a shot as it stands, asked for by somebody (free)."""
    episode = shot.episode
    return jobs.enqueue(
        GUIDES_JOB,
        key=f"guides asked:{shot.pk}:{facts_digest(shot, episode.project)}",
        payload={"episode": str(episode.pk), "subject": str(shot.pk), "asked": True},
        project=episode.project_id,
        priority=20,
        title=f"{shot.label} control passes",
    )


def start(episode: Episode, review: GateReview | None, actor: User | None) -> Job:
    """Queue every step of the production and, behind them all, the opening of Gate B."""
    project = episode.project
    planned = expand(graph_of(project.pk), catalogue(), subjects(episode))
    facts = _facts(episode)
    wanted: dict[tuple[str, str], jobs.Wanted] = {}
    for step in planned:
        if not step.type.job:
            continue
        key = digest("production", 1, [step.cache_key, step.subject.id, facts[step.subject.id]])
        wanted[step.key] = jobs.Wanted(
            step.type.job,
            key=f"{step.node}:{step.subject.id}:{key}",
            payload={"episode": str(episode.pk), "subject": step.subject.id},
            project=project.pk,
            after=tuple(wanted[other].key for other in step.after if other in wanted),
            priority=_PRIORITY.get(step.type.slug, 0),
            title=_title(step, facts),
        )
    _begin_shots(episode)
    steps = list(wanted.values())
    seen = [want.key for want in steps] + [episode.revision, review.subject_digest if review else ""]
    ready = jobs.Wanted(
        READY_JOB,
        key=f"ready:{episode.pk}:{digest('ready', 1, seen)}",
        payload={"episode": str(episode.pk)},
        project=project.pk,
        after=tuple(want.key for want in steps),
        title=f"{episode.title}: takes ready",
    )
    return jobs.enqueue_many([*steps, ready])[ready.key]


def subjects(episode: Episode) -> list[Subject]:
    """What the graph is worked for: shots, their lines, acts, the scenes that are used."""
    found: list[Subject] = []
    scenes: set[UUID] = set()
    for shot in shots_of(episode):
        found.append(
            Subject(
                Per.SHOT,
                str(shot.pk),
                {"act": str(shot.act_id), "scene": str(shot.scene_id), "episode": str(episode.pk)},
            )
        )
        found += [
            Subject(Per.LINE, str(line.pk), {"shot": str(shot.pk), "act": str(shot.act_id)})
            for line in shot.lines.all()
        ]
        scenes.add(shot.scene_id)
    found += [
        Subject(Per.ACT, str(act.pk), {"episode": str(episode.pk)})
        for act in Act.objects.filter(episode=episode).order_by("number")
    ]
    found += [Subject(Per.SCENE, str(pk), {"episode": str(episode.pk)}) for pk in sorted(scenes, key=str)]
    return found


def act_frames(episode: Episode) -> dict[UUID, int]:
    """Frames of each act on the programme, transitions counted out."""
    lengths: dict[UUID, int] = {}
    for index, shot in enumerate(shots_of(episode)):
        lengths[shot.act_id] = (
            lengths.get(shot.act_id, 0) + shot.frames - (shot.transition_frames if index else 0)
        )
    return lengths


def scene_frames(episode: Episode) -> int:
    """The longest a bed may have to last; beds loop, so a minute is enough."""
    rate = FrameRate.parse(episode.project.rate)
    return min(runtime_frames(episode), rate.frames(60))


def _facts(episode: Episode) -> dict[str, Any]:
    project = episode.project
    found: dict[str, Any] = {}
    shots, takes = list(shots_of(episode)), chosen_takes(episode)
    pictures = pictures_of_all(shots)
    for shot in shots:
        # other pictures make a shot again only where its engine was given some
        changed = outdated_digest(shot, takes, pictures[shot.pk])
        found[str(shot.pk)] = [shot.label, facts_digest(shot, project), *([changed] if changed else [])]
        for line in shot.lines.all():
            found[str(line.pk)] = [
                f"{shot.label} {line.character.name}",
                line.text,
                line.parenthetical,
                line.language,
                line.character.voice,
                shot.frames,
            ]
    frames = act_frames(episode)
    for act in Act.objects.filter(episode=episode):
        found[str(act.pk)] = [
            str(act),
            act.valence,
            act.energy,
            frames.get(act.pk, 0),
            project.genre,
            project.seed,
        ]
    bed = scene_frames(episode)
    for scene in Scene.objects.filter(shots__episode=episode).distinct():
        found[str(scene.pk)] = [scene.name, definition_of(scene), bed]
    return found


def _title(step: Planned, facts: dict[str, Any]) -> str:
    return f"{facts[step.subject.id][0]} {step.type.label.lower()}"[:200]


def _begin_shots(episode: Episode) -> None:
    for shot in Shot.objects.filter(episode=episode, state__in=[R.TODO, R.RETAKE]).order_by("pk"):
        apply(shot, "start", actor=None)


def open_jobs(episode: Episode) -> Iterable[Job]:
    """The episode's unfinished jobs."""
    rows: Iterable[Job] = Job.objects.filter(payload__episode=str(episode.pk)).exclude(
        state__in=jobs.ENDED_STATES
    )
    return rows


def lines_of(shot: Shot) -> list[Line]:
    """The shot's lines in order."""
    return list(Line.objects.filter(shot=shot).select_related("character").order_by("position"))


def is_generating(episode: Episode) -> bool:
    """Whether takes of this episode are wanted now."""
    return episode.state == E.GENERATING
