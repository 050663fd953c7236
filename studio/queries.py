"""Reads of the command center."""

from __future__ import annotations

from studio.models import Project
from studio.registries import InboxItem, inboxes


def inbox() -> list[InboxItem]:
    """Everything that waits for a decision in the open scope, oldest first."""
    items = [item for _, ask in inboxes.items() for item in ask()]
    return sorted(items, key=lambda item: (item.since is None, item.since))


def inbox_count() -> int:
    """How many things wait for a decision."""
    return len(inbox())


def projects() -> list[Project]:
    """The studio's projects, newest first."""
    return list(Project.objects.order_by("-created_at"))
