"""Names the vault and the release of a master ask for, answered by apps above.

They stand here because the apps that answer (episodes, edit suite) may not import the one that asks last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from vault.models import Asset
from workflow.registries import Registry


@dataclass(frozen=True, slots=True)
class Captions:
    """A caption file of a master, in WebVTT for the player."""

    asset: Asset
    language: str
    label: str


@dataclass(frozen=True, slots=True)
class ReleaseSubject:
    """What there is to release of an episode, and why it may ship (or why not).

    `gates`: dicts with gate (“Gate A” …), decision, decided_by (a name), decided_at (ISO), digest, note.
    `checks`: dicts with name, ok (True, False or None for "not measured"), value. `engines`: dicts with
    engine, model, model_version, role, shots. `consents`: dicts with id, kind, subject and state of those
    under which it was made; empty means that no character of the roster portrays a real person. `approved`
    says that Gate C stands for exactly this master; `reason` is why not, in people's words.
    """

    project_id: UUID
    project_title: str
    episode_id: UUID
    episode_title: str
    revision: int
    master: Asset
    approved: bool
    reason: str = ""
    gates: Sequence[Mapping[str, Any]] = ()
    checks: Sequence[Mapping[str, Any]] = ()
    loudness: Mapping[str, Any] = field(default_factory=dict)
    engines: Sequence[Mapping[str, Any]] = ()
    consents: Sequence[Mapping[str, Any]] = ()
    content_type: str = "ai_generated"
    duration_seconds: float = 0.0
    frames: int = 0
    rate: str = ""
    captions: Sequence[Captions] = ()


# "releasable" → (episode id) → ReleaseSubject, or None when the episode has no master. Raises NotFound.
releasables: Registry[Callable[[UUID], ReleaseSubject | None]] = Registry("release subjects")
# Project ids of the open scope → their titles.
project_titles: Registry[Callable[[Iterable[UUID]], dict[UUID, str]]] = Registry("project titles")


def titles_of(projects: Iterable[UUID | None]) -> dict[UUID, str]:
    """Titles of these projects; without a registered answer their ids stay unnamed."""
    wanted = {project for project in projects if project is not None}
    answer = project_titles.find("projects")
    return answer(wanted) if answer and wanted else {}
