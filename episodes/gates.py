"""The three gates: open with evidence, decide about exactly what was seen, reopen when it changed.

A review is a row with the evidence and its digest. A decision names the digest; an edit afterwards supersedes the
approval visibly and says what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from craft.terms.digest import digest
from craft.terms.states import EpisodeState as E
from craft.terms.states import ReviewState
from episodes.models import Episode, GateReview, Shot
from episodes.queries import approval, latest_review, open_review
from episodes.states import PAST_A
from tenancy.errors import SlateError
from tenancy.models import User
from workflow.events import emit
from workflow.registries import Registry
from workflow.transitions import apply

# Gate → function of the episode that gathers what the operator must see. C is answered by the edit suite.
evidence: Registry[Callable[[Episode], dict[str, Any]]] = Registry("gate evidence")
# What happens after a decision, by action: approve_a starts production, approve_b the assembly …
consequences: Registry[Callable[[Episode, GateReview, User | None], object]] = Registry("gate consequences")
# Gate → what of the evidence speaks against approving: (never, only with a reason).
blockers: Registry[Callable[[dict[str, Any]], tuple[list[str], list[str]]]] = Registry("gate blockers")
for _gate in ("a", "b", "c"):
    evidence.need(_gate, "episodes.gates")
for _action in ("approve_a", "approve_b"):
    consequences.need(_action, "episodes.gates")

REOPENS = {"a": "reopen_a", "b": "reopen_b"}
NAMES = {"a": "Gate A", "b": "Gate B", "c": "Gate C"}
NEVER = {
    "a": "Record what is missing, or show somebody else.",
    "c": "Send it back: it has to be made again.",
}


class NoOpenGate(SlateError):
    """There is nothing to decide at this gate now."""

    code = "gate.closed"
    status = 409


class Blocked(SlateError):
    """A check speaks against approving."""

    code = "gate.blocked"
    status = 409


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was approved."""

    what: str
    before: Any
    now: Any


def open_gate(episode: Episode, gate: str) -> GateReview:
    """Gather the evidence and open a review; an open one is replaced when what it shows has changed."""
    facts = evidence.get(gate)(episode)
    found = digest(f"gate.{gate}", 1, facts)
    standing = open_review(episode, gate)
    if standing is not None and standing.subject_digest == found:
        return standing
    if standing is not None:
        supersede(standing, ["The evidence changed before a decision was made."])
    review: GateReview = GateReview.objects.create(
        episode=episode, gate=gate, revision=episode.revision, evidence=facts, subject_digest=found
    )
    emit(
        episode.project_id,
        "gate.opened",
        {"episode": str(episode.pk), "gate": gate, "review": str(review.pk)},
    )
    return review


def refresh(episode: Episode, gate: str) -> GateReview:
    """The open review with its evidence as it is now. Raises NoOpenGate when the episode is not at this gate."""
    if episode.state != f"gate_{gate}":
        raise NoOpenGate(
            f"{episode.title} is not at {NAMES[gate]}.", next_step=f"It is {E(episode.state).label.lower()}."
        )
    return open_gate(episode, gate)


def decide(
    *,
    episode: Episode,
    gate: str,
    approve: bool,
    seen: str,
    actor: User,
    note: str = "",
    cap_milli: int | None = None,
) -> GateReview:
    """Record a person's decision about the evidence with digest `seen`.

    Raises NoOpenGate, Forbidden, Stale (what was seen has changed: the page shows the difference), Refused.
    """
    review = refresh(episode, gate)
    action = f"{'approve' if approve else 'return'}_{gate}"
    if not approve and not note.strip():
        raise SlateError(
            "Say why it goes back.",
            code="gate.reason",
            fields={"note": "A reason helps whoever mends it."},
            status=422,
        )
    if approve:
        _refuse_blocked(review, note)
    facts = {"decided_by": actor, "decided_at": timezone.now(), "note": note}
    apply(review, action, actor=actor, seen=seen, note=note, changes=facts)
    changes = {"cap_milli": _cap(review, cap_milli)} if action == "approve_a" else {}
    apply(episode, action, actor=actor, note=note, changes=changes)
    if action == "approve_b":
        _keep_shots(episode, actor)
    after = consequences.find(action)
    if after is not None:
        after(episode, review, actor)
    return review


def _keep_shots(episode: Episode, actor: User) -> None:
    """Who approves the takes keeps every shot that waited for a review."""
    for shot in Shot.objects.filter(episode=episode, state=ReviewState.AWAITING_REVIEW).order_by("pk"):
        apply(shot, "keep", actor=actor)


def _refuse_blocked(review: GateReview, note: str) -> None:
    """What may never pass is refused; what fails a check passes only with a reason, which stays with the decision."""
    ask = blockers.find(review.gate)
    never, against = ask(review.evidence) if ask else ([], [])
    if never:
        raise Blocked(
            " ".join(never), kept="Nothing was decided.", next_step=NEVER.get(review.gate, NEVER["c"])
        )
    if against and not note.strip():
        raise Blocked(
            f"This speaks against it: {' '.join(against)}",
            kept="Nothing was decided.",
            next_step="Send it back, or give the reason why it may pass all the same.",
            fields={"note": "The reason is kept with the decision."},
        )


def supersede(review: GateReview, reasons: list[str]) -> None:
    """Take a review out of force, keeping it and why."""
    apply(review, "supersede", actor=None, note="; ".join(reasons), changes={"superseded_because": reasons})


def reopen_if_changed(episode: Episode, gate: str) -> list[Difference]:
    """After an edit: when an approved gate's evidence has changed, void the approval and go back to that gate."""
    standing = approval(episode, gate)
    if standing is None or gate not in REOPENS:
        return []
    facts = evidence.get(gate)(episode)
    if digest(f"gate.{gate}", 1, facts) == standing.subject_digest:
        return []
    changed = differences(standing.evidence, facts)
    supersede(standing, [f"{d.what}: {d.before} → {d.now}" for d in changed][:50])
    for later in ("b", "c"):
        _void_later(episode, gate, later)
    episode.refresh_from_db()
    if episode.state not in (E.DRAFTING.value, f"gate_{gate}"):
        apply(episode, REOPENS[gate], actor=None, note="edited after approval")
        open_gate(episode, gate)
    return changed


def after_graph(project: UUID) -> None:
    """The project is worked by another graph: approvals of what another graph was to make do not stand."""
    rows = Episode.objects.filter(project_id=project, state__in=PAST_A).select_related("project")
    for episode in rows.order_by("pk"):
        reopen_if_changed(episode, "a")


def _void_later(episode: Episode, gate: str, later: str) -> None:
    if later <= gate:
        return
    for review in (open_review(episode, later), approval(episode, later)):
        if review is not None:
            supersede(review, [f"{NAMES[gate]} was opened again."])


def back_to_b(episode: Episode, review: GateReview, actor: User | None) -> None:
    """Gate C sent the master back: the takes are looked at again."""
    standing = approval(episode, "b")
    if standing is not None:
        supersede(standing, [f"{NAMES['c']} sent it back: {review.note}"])
    open_gate(episode, "b")


def _cap(review: GateReview, asked: int | None) -> int:
    """The hard cap that goes with an approval: what was asked, else the quote's upper end."""
    high = int(review.evidence.get("quote", {}).get("high", 0))
    if asked is None:
        return high
    if not 0 <= asked < 2**53:
        raise SlateError(
            "A cap is a positive number of credits.",
            code="gate.cap",
            fields={"cap": "Not a possible cap."},
            status=422,
        )
    return asked


def differences(before: dict[str, Any], now: dict[str, Any], path: str = "") -> list[Difference]:
    """What differs between two evidences, leaf by leaf, named for people."""
    found: list[Difference] = []
    for key in sorted({*before, *now}):
        name = f"{path} {key}".strip().replace("_", " ")
        old, new = before.get(key), now.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            found += differences(old, new, name)
        elif (
            isinstance(old, list)
            and isinstance(new, list)
            and len(old) == len(new)
            and all(isinstance(x, dict) for x in [*old, *new])
        ):
            for i, (one, other) in enumerate(zip(old, new, strict=True)):
                found += differences(one, other, f"{name} {one.get('label', i + 1)}")
        else:
            found.append(Difference(name, old, new))
    return found


def decisions(episode: Episode) -> list[dict[str, Any]]:
    """The standing approvals as the provenance manifest and the certificate state them."""
    found = [approval(episode, gate) for gate in ("a", "b", "c")]
    return [
        {
            "gate": NAMES[review.gate],
            "decision": review.state,
            "decided_by": str(review.decided_by or "Slate"),
            "decided_at": review.decided_at.isoformat() if review.decided_at else "",
            "digest": review.subject_digest,
            "note": review.note,
        }
        for review in found
        if review is not None
    ]


def last_decision(episode: Episode, gate: str) -> GateReview | None:
    """The newest review of the gate, whatever became of it."""
    return latest_review(episode, gate)
