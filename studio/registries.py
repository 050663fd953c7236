"""Names the command center asks for and higher apps answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from studio.models import Project, Source
from tenancy.models import User
from workflow.registries import Registry


@dataclass(frozen=True, slots=True)
class Built:
    """What a builder made of a source: where to go next and what the reader noticed."""

    project: Project
    url: str
    notes: tuple[str, ...] = ()
    facts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """Something that waits for a person's decision."""

    title: str
    detail: str
    url: str
    action: str
    project: str
    gate: str = ""
    price_milli: int | None = None
    since: Any = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of the command center: a template and the function that fills it (project id or None → context)."""

    template: str
    context: Callable[[UUID | None], dict[str, Any]]
    order: int = 50


# Source kind → builder(source, actor) → Built: makes cast, scenes and board in the caller's transaction.
builders: Registry[Callable[[Source, User | None], Built]] = Registry("project builders")
# Who has something in the inbox: name → function of the open scope.
inboxes: Registry[Callable[[], list[InboxItem]]] = Registry("inbox")
panels: Registry[Panel] = Registry("command-center panels")
# Preview of a source before anything is created: raw text → one row per line.
readers: Registry[Callable[[str], dict[str, Any]]] = Registry("source readers")

builders.need("script", "studio.services.start_project")
readers.need("script", "studio.views.builder")
