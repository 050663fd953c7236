"""From an approved budget to jobs: the project's graph worked for every shot, line, act and scene of an episode.

A job's key holds what its result depends on, so starting a production again makes only what has changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from craft.terms.digest import digest
from craft.terms.states import EpisodeState as E
from craft.terms.states import JobState
from craft.terms.states import ReviewState as R
from episodes.models import Episode, GateReview, Line, Shot
from episodes.queries import facts_digest, shots_of
from episodes.steps import steps_of
from tenancy.models import User
from workflow import jobs, steering
from workflow.models import Job
from workflow.transitions import apply

BOARD_JOB, READY_JOB, GUIDES_JOB = "episodes.draw_board", "episodes.takes_ready", "episodes.make_guides"


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
    wanted = [step.wanted for step in steps_of(episode) if step.wanted is not None]
    seen = [want.key for want in wanted] + [episode.revision, review.subject_digest if review else ""]
    ready = jobs.Wanted(
        READY_JOB,
        key=f"ready:{episode.pk}:{digest('ready', 1, seen)}",
        payload={"episode": str(episode.pk)},
        project=episode.project_id,
        after=tuple(want.key for want in wanted),
        title=f"{episode.title}: takes ready",
    )
    _begin_shots(episode)
    _drop_what_has_not_begun(episode, {want.key for want in (*wanted, ready)})
    return jobs.enqueue_many([*wanted, ready])[ready.key]


def _drop_what_has_not_begun(episode: Episode, wanted: set[str]) -> None:
    """Steps of an earlier plan that nobody works on yet are not wanted any more; what has begun comes to its end."""
    planned = [job for job in open_jobs(episode) if "node" in job.payload or job.kind == READY_JOB]
    for job in (one for one in planned if one.key not in wanted):
        job.refresh_from_db(fields=["state"])
        if job.state == JobState.QUEUED:
            steering.cancel(job, actor=None)


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
