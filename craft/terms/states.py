"""The four axes of state, kept apart, and the states of an episode."""

from __future__ import annotations

from craft.terms.base import Term


class ArtifactState(Term):
    """Whether a made thing still fits what it was made from."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"
    BLOCKED = "blocked"


class JobState(Term):
    """Where a piece of work is."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING_ENGINE = "waiting_engine"
    UNKNOWN = "unknown"
    NEEDS_DECISION = "needs_decision"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ReviewState(Term):
    """What people think of a shot."""

    TODO = "todo"
    WIP = "wip"
    AWAITING_REVIEW = "awaiting_review"
    RETAKE = "retake"
    APPROVED = "approved"


class Admission(Term):
    """Whether a batch may start."""

    ALLOW = "allow"
    CONFIRM = "confirm"
    BLOCKED = "blocked"


class EpisodeState(Term):
    """Where an episode is on its way from script to release."""

    DRAFTING = "drafting"
    GATE_A = "gate_a"
    GENERATING = "generating"
    GATE_B = "gate_b"
    ASSEMBLING = "assembling"
    GATE_C = "gate_c"
    CERTIFIED = "certified"
    RELEASED = "released"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
