"""The automaton of a release.

    draft ──release──▶ released ──withdraw──▶ withdrawn
      └──────────────discard──────────────────▶ withdrawn

A release may leave draft only while Gate C stands for exactly its master. Withdrawing ends its share links;
the certificate and the master stay in the vault. The accepted race: two people release at once, one is
told.
"""

from __future__ import annotations

from typing import Any

from craft.terms.people import Permission
from vault.registries import releasables
from workflow.transitions import Arrow, Table

DRAFT, RELEASED, WITHDRAWN = "draft", "released", "withdrawn"
LABELS = {DRAFT: "Draft", RELEASED: "Released", WITHDRAWN: "Withdrawn"}


def still_certified(release: Any) -> str | None:
    """Why this master may not ship (any more), or None."""
    subject = releasables.get("releasable")(release.episode_id)
    if subject is None:
        return "The episode has no master any more."
    if not subject.approved:
        return subject.reason or "Gate C does not stand for this master."
    if subject.master.sha256 != release.master.sha256:
        return "Another master was certified since: draft a release of that one."
    return None


RELEASE = Table(
    model="distribution.Release",
    initial=DRAFT,
    digest=lambda release: str(release.certificate_digest),
    arrows=(
        Arrow("release", (DRAFT,), RELEASED, Permission.PUBLISH, still_certified, "Release"),
        Arrow("discard", (DRAFT,), WITHDRAWN, Permission.PUBLISH, label="Discard the draft"),
        Arrow("withdraw", (RELEASED,), WITHDRAWN, Permission.PUBLISH, label="Withdraw"),
    ),
)
