"""The automata of the episode bay.

Episode:

    drafting ─submit▶ gate_a ─approve_a▶ generating ─takes_ready▶ gate_b ─approve_b▶ assembling
       ▲                │ return_a            ▲  return_b            │                    │ assembled
       └────────────────┘                     └──────────────────────┘                    ▼
    released ◀─release─ certified ◀─approve_c─────────────────────────────────────── gate_c
       │                    │                                             return_c ──▶ gate_b
       └──────── revise ────┴──▶ drafting (revision n+1, the old master stays)

    Steps made again at Gate B: work_on (gate_b → generating; the takes are presented anew).
    An edit after an approval: reopen_a (anything past A → gate_a), reopen_b (past B → gate_b),
    reassemble (gate_c → assembling, when only the cut changed).
    Any open state ─cancel▶ cancelling ─cancelled▶ cancelled.

Gate review: open ─▶ approved | returned | superseded; approved ─▶ superseded (what was approved has changed).

Shot (review): todo ─▶ wip ─▶ awaiting_review ─▶ approved | retake; retake ─▶ wip; an edit takes it back to todo.
"""

from __future__ import annotations

from craft.terms.people import Permission
from craft.terms.states import EpisodeState as E
from craft.terms.states import ReviewState as R
from workflow.transitions import Arrow, Table

OPEN, APPROVED, RETURNED, SUPERSEDED = "open", "approved", "returned", "superseded"
REVIEW_STATES = (OPEN, APPROVED, RETURNED, SUPERSEDED)
PAST_A = (E.GENERATING.value, E.GATE_B.value, E.ASSEMBLING.value, E.GATE_C.value)
PAST_B = (E.ASSEMBLING.value, E.GATE_C.value)
OPEN_EPISODE = (E.DRAFTING.value, E.GATE_A.value, *PAST_A)

EPISODE = Table(
    model="episodes.Episode",
    initial=E.DRAFTING.value,
    arrows=(
        Arrow("submit", (E.DRAFTING.value,), E.GATE_A.value, Permission.EDIT, label="Send to Gate A"),
        Arrow(
            "approve_a", (E.GATE_A.value,), E.GENERATING.value, Permission.GATE_A, label="Approve the budget"
        ),
        Arrow("return_a", (E.GATE_A.value,), E.DRAFTING.value, Permission.GATE_A, label="Send back"),
        Arrow("takes_ready", (E.GENERATING.value,), E.GATE_B.value),
        Arrow(
            "approve_b", (E.GATE_B.value,), E.ASSEMBLING.value, Permission.GATE_B, label="Approve the takes"
        ),
        Arrow("return_b", (E.GATE_B.value,), E.GENERATING.value, Permission.GATE_B, label="Redo named shots"),
        Arrow(
            "work_on",
            (E.GATE_B.value,),
            E.GENERATING.value,
            Permission.GENERATE,
            label="Make steps again",
        ),
        Arrow("assembled", (E.ASSEMBLING.value,), E.GATE_C.value),
        Arrow(
            "approve_c", (E.GATE_C.value,), E.CERTIFIED.value, Permission.GATE_C, label="Certify the master"
        ),
        Arrow("return_c", (E.GATE_C.value,), E.GATE_B.value, Permission.GATE_C, label="Send back"),
        Arrow("release", (E.CERTIFIED.value,), E.RELEASED.value, Permission.PUBLISH, label="Release"),
        Arrow(
            "revise",
            (E.CERTIFIED.value, E.RELEASED.value),
            E.DRAFTING.value,
            Permission.EDIT,
            label="Start a revision",
        ),
        Arrow("reopen_a", PAST_A, E.GATE_A.value),
        Arrow("reopen_b", PAST_B, E.GATE_B.value),
        Arrow("reassemble", (E.GATE_C.value,), E.ASSEMBLING.value),
        Arrow("cancel", OPEN_EPISODE, E.CANCELLING.value, Permission.PROJECT, label="Cancel the episode"),
        Arrow("cancelled", (E.CANCELLING.value,), E.CANCELLED.value),
    ),
)

GATE_REVIEW = Table(
    model="episodes.GateReview",
    initial=OPEN,
    project=lambda review: review.episode.project_id,
    digest=lambda review: review.subject_digest,
    arrows=(
        Arrow("approve_a", (OPEN,), APPROVED, Permission.GATE_A),
        Arrow("return_a", (OPEN,), RETURNED, Permission.GATE_A),
        Arrow("approve_b", (OPEN,), APPROVED, Permission.GATE_B),
        Arrow("return_b", (OPEN,), RETURNED, Permission.GATE_B),
        Arrow("approve_c", (OPEN,), APPROVED, Permission.GATE_C),
        Arrow("return_c", (OPEN,), RETURNED, Permission.GATE_C),
        Arrow("supersede", (OPEN, APPROVED), SUPERSEDED),
    ),
)

SHOT = Table(
    model="episodes.Shot",
    initial=R.TODO.value,
    project=lambda shot: shot.episode.project_id,
    arrows=(
        Arrow("start", (R.TODO.value, R.RETAKE.value), R.WIP.value),
        Arrow("present", (R.WIP.value,), R.AWAITING_REVIEW.value),
        Arrow("keep", (R.AWAITING_REVIEW.value,), R.APPROVED.value, Permission.GATE_B, label="Keep"),
        Arrow(
            "redo",
            (R.AWAITING_REVIEW.value, R.APPROVED.value),
            R.RETAKE.value,
            Permission.GATE_B,
            label="Redo",
        ),
        Arrow(
            "reset", (R.WIP.value, R.AWAITING_REVIEW.value, R.APPROVED.value, R.RETAKE.value), R.TODO.value
        ),
    ),
)
