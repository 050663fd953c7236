"""Roles, what each may do (the vocabulary's matrix) and the billing tiers."""

from __future__ import annotations

from craft.terms.base import Term


class Role(Term):
    """A seat in a studio. A membership holds a set of them."""

    OWNER = "owner"
    ADMIN = "admin"
    PRODUCER = "producer"
    DIRECTOR = "director"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    EDITOR = "editor"
    RIGHTS = "rights"
    CLIENT = "client"
    AUDITOR = "auditor"


class Permission(Term):
    """A line of the matrix."""

    BILLING = "billing"
    MEMBERS = "members"
    PROJECT = "project"
    GATE_A = "gate_a"
    EDIT = "edit"
    LOCK = "lock"
    GENERATE = "generate"
    GATE_B = "gate_b"
    RECOMMEND = "recommend"
    TIMELINE = "timeline"
    CONSENT = "consent"
    GATE_C = "gate_c"
    VETO = "veto"
    PUBLISH = "publish"
    COMMENT = "comment"
    LEDGER = "ledger"


_R = Role
MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.BILLING: frozenset({_R.OWNER}),
    Permission.MEMBERS: frozenset({_R.OWNER, _R.ADMIN}),
    Permission.PROJECT: frozenset({_R.OWNER, _R.ADMIN, _R.PRODUCER}),
    Permission.GATE_A: frozenset({_R.OWNER, _R.PRODUCER}),
    Permission.EDIT: frozenset({_R.OWNER, _R.ADMIN, _R.PRODUCER, _R.DIRECTOR, _R.SUPERVISOR, _R.OPERATOR}),
    Permission.LOCK: frozenset({_R.OWNER, _R.DIRECTOR, _R.SUPERVISOR}),
    Permission.GENERATE: frozenset(
        {_R.OWNER, _R.ADMIN, _R.PRODUCER, _R.DIRECTOR, _R.SUPERVISOR, _R.OPERATOR}
    ),
    Permission.GATE_B: frozenset({_R.DIRECTOR}),
    Permission.RECOMMEND: frozenset({_R.SUPERVISOR, _R.CLIENT}),
    Permission.TIMELINE: frozenset({_R.OWNER, _R.ADMIN, _R.DIRECTOR, _R.EDITOR}),
    Permission.CONSENT: frozenset({_R.OWNER, _R.RIGHTS}),
    Permission.GATE_C: frozenset({_R.OWNER, _R.PRODUCER, _R.DIRECTOR}),
    Permission.VETO: frozenset({_R.RIGHTS}),
    Permission.PUBLISH: frozenset({_R.OWNER, _R.PRODUCER}),
    Permission.COMMENT: frozenset(role for role in Role if role is not Role.AUDITOR),
    Permission.LEDGER: frozenset({_R.OWNER, _R.ADMIN, _R.PRODUCER, _R.RIGHTS, _R.AUDITOR}),
}


class Tier(Term):
    """A billing tier; its figures are rows of the database."""

    PREVIS = "previs"
    INDIE = "indie"
    STUDIO = "studio"
    NETWORK = "network"
