"""What the episode bay puts into the inbox and onto the command center."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from episodes.gates import NAMES
from episodes.models import Episode, GateReview, Take
from episodes.queries import waiting_approvals, waiting_gates, waiting_picks
from studio.registries import InboxItem
from talent.models import Consent
from talent.registries import Touched
from tenancy.models import Studio
from tenancy.scope import current_scope

STEPS = ("drafting", "gate_a", "generating", "gate_b", "assembling", "gate_c", "certified", "released")


def items() -> list[InboxItem]:
    """Open gates of the studio, and shots that wait for a person inside their production."""
    reviews = (
        GateReview.objects.filter(state="open").select_related("episode__project").order_by("created_at")
    )
    slug = Studio.objects.values_list("slug", flat=True).get(pk=current_scope().studio_id)
    gates = [_item(review, slug) for review in reviews if review.episode.state == f"gate_{review.gate}"]
    return gates + _keyframes(slug) + _stops(slug)


def _keyframes(slug: str) -> list[InboxItem]:
    """One item for each episode whose keyframes wait for approval."""
    waiting = Counter(str(job.payload["episode"]) for job in waiting_approvals())
    rows = Episode.objects.filter(pk__in=list(waiting)).select_related("project") if waiting else []
    return [
        InboxItem(
            title=f"Keyframes · {episode.title}",
            detail=f"{waiting[str(episode.pk)]} to approve before their clips are made",
            url=reverse(
                "episodes:board",
                kwargs={"studio": slug, "project": episode.project_id, "episode": episode.pk},
            ),
            action="Look",
            project=episode.project.title,
        )
        for episode in rows
    ]


def _stops(slug: str) -> list[InboxItem]:
    """Shots that wait at a gate of the graph or for a pick, one item for each episode and kind."""
    found = []
    for rows, title, detail in (
        (waiting_gates(), "Shots to let through", "wait at a gate of the pipeline"),
        (waiting_picks(), "Drafts to pick from", "wait for the engine that makes their clip"),
    ):
        waiting = Counter(str(job.payload["episode"]) for job in rows)
        for episode in Episode.objects.filter(pk__in=list(waiting)).select_related("project"):
            count = waiting[str(episode.pk)]
            place = {"studio": slug, "project": episode.project_id, "episode": episode.pk}
            found.append(
                InboxItem(
                    title=f"{title} · {episode.title}",
                    detail=f"{count} shot{'s' if count > 1 else ''} {detail}",
                    url=reverse("episodes:plan", kwargs=place),
                    action="Look",
                    project=episode.project.title,
                )
            )
    return found


def _item(review: GateReview, slug: str) -> InboxItem:
    episode = review.episode
    url = reverse(
        "episodes:gate",
        kwargs={"studio": slug, "project": episode.project_id, "episode": episode.pk, "gate": review.gate},
    )
    quote = review.evidence.get("quote", {})
    detail = {"a": "Budget", "b": "Creative", "c": "Final"}[review.gate]
    return InboxItem(
        title=f"{NAMES[review.gate]} · {episode.title}",
        detail=detail,
        url=url,
        action="Review",
        project=episode.project.title,
        gate=review.gate,
        price_milli=quote.get("expected"),
        since=review.created_at,
    )


def episode_grid(project: UUID | None) -> dict[str, Any]:
    """Episode × step: where every episode stands."""
    rows = Episode.objects.select_related("project", "season").order_by("project__created_at", "number")
    rows = rows.filter(project_id=project) if project else rows
    shots = Count("shots", distinct=True)
    kept = Count("shots", filter=Q(shots__state__in=("awaiting_review", "approved")), distinct=True)
    return {
        "episodes": [_grid_row(episode) for episode in rows.annotate(shot_count=shots, shots_ready=kept)],
        "steps": STEPS,
    }


def _grid_row(episode: Any) -> dict[str, Any]:
    at = STEPS.index(episode.state) if episode.state in STEPS else -1
    marks = [
        {"step": step, "mark": "done" if i < at else ("now" if i == at else "later")}
        for i, step in enumerate(STEPS)
    ]
    return {"episode": episode, "steps": marks, "shots": episode.shot_count, "ready": episode.shots_ready}


def made_under(consent: Consent) -> list[Touched]:
    """The chosen takes that were made under a consent, by episode and shot."""
    slug = Studio.objects.values_list("slug", flat=True).get(pk=current_scope().studio_id)
    takes = Take.objects.filter(chosen=True, meta__consents__contains=[str(consent.pk)])
    rows = takes.select_related("episode__project", "shot").order_by("episode_id", "shot__position", "stage")
    return [
        Touched(
            title=f"{take.episode.project.title}, {take.episode.title}",
            detail=f"{take.shot.label if take.shot else ''} {take.label}".strip(),
            url=reverse(
                "episodes:shot",
                kwargs={
                    "studio": slug,
                    "project": take.episode.project_id,
                    "episode": take.episode_id,
                    "shot": take.shot_id,
                },
            )
            if take.shot_id
            else "",
        )
        for take in rows
    ]
