"""What the gate pages show: the evidence, what has changed since an approval, and who may decide."""

from __future__ import annotations

from typing import Any

from craft.terms.people import Permission
from craft.terms.rates import FrameRate
from engines.queries import spent
from episodes import gates
from episodes.models import Episode, GateReview
from episodes.opinions import opinions
from episodes.queries import shots_of
from episodes.spending import budget_of
from tenancy.models import User
from tenancy.rules import can
from workflow.queries import history_of
from workflow.transitions import table_of

PERMISSIONS = {"a": Permission.GATE_A, "b": Permission.GATE_B, "c": Permission.GATE_C}


def gate_context(episode: Episode, gate: str, user: User) -> dict[str, Any]:
    """Context of a gate page: the open review (refreshed), or the last one when the gate is not open."""
    is_open = episode.state == f"gate_{gate}"
    review = gates.refresh(episode, gate) if is_open else gates.last_decision(episode, gate)
    past = list(
        GateReview.objects.filter(episode=episode, gate=gate)
        .select_related("decided_by")
        .order_by("-created_at")
    )
    superseded = next((r for r in past if r.state == "superseded" and review and r.pk != review.pk), None)
    used = spent(budget=budget_of(episode))
    return {
        "episode": episode,
        "gate": gate,
        "gate_name": gates.NAMES[gate],
        "review": review,
        "evidence": review.evidence if review else {},
        "pictures": _pictures(episode, review) if gate == "b" and review else [],
        "is_open": is_open,
        "may_decide": can(user, PERMISSIONS[gate], episode.project_id),
        "past": past,
        "spent_milli": used.settled,
        "held_milli": used.held,
        "changed": gates.differences(superseded.evidence, review.evidence)[:40]
        if superseded and review and is_open
        else [],
        "runtime": _runtime(episode, review),
        "trail": history_of(episode.pk),
        "possible": [a.label for a in table_of(episode).actions(episode.state) if a.label],
    }


def _pictures(episode: Episode, review: GateReview) -> list[dict[str, Any]]:
    """The shots of the evidence with the opinions there are by now; these are no part of what is decided about."""
    found = opinions(episode, list(shots_of(episode)))
    return [{**row, "opinion": found.get(row["shot"], {})} for row in review.evidence.get("shots", [])]


def _runtime(episode: Episode, review: GateReview | None) -> str:
    frames = (
        (review.evidence.get("runtime_frames") or review.evidence.get("master", {}).get("frames"))
        if review
        else None
    )
    return FrameRate.parse(episode.project.rate).timecode(int(frames)) if frames else ""
