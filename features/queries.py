"""What a feature could be made of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, F, Sum

from craft.terms.rates import FrameRate
from craft.terms.states import EpisodeState
from episodes.models import Episode

FINISHED = (EpisodeState.CERTIFIED.value, EpisodeState.RELEASED.value)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A certified episode: its shots and how long they run together, in seconds."""

    episode_id: UUID
    project_id: UUID
    project_title: str
    season: str
    number: int
    title: str
    state: str
    shots: int
    seconds: Fraction


def candidates() -> list[Candidate]:
    """Certified and released episodes of the open scope, in order of their series."""
    rows = Episode.objects.filter(state__in=FINISHED).select_related("project", "season")
    rows = rows.annotate(shot_count=Count("shots"), frame_count=Sum("shots__frames"))
    order = ("project__title", "project_id", F("season__number").asc(nulls_first=True), "number", "id")
    return [_candidate(e, e.shot_count, e.frame_count or 0) for e in rows.order_by(*order)]


def _candidate(episode: Episode, shots: int, frames: int) -> Candidate:
    rate = FrameRate.parse(episode.project.rate)
    return Candidate(
        episode_id=episode.pk,
        project_id=episode.project_id,
        project_title=episode.project.title,
        season=str(episode.season) if episode.season else "",
        number=episode.number,
        title=episode.title,
        state=EpisodeState(episode.state).label,
        shots=shots,
        seconds=rate.seconds(frames),
    )
