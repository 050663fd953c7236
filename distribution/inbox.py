"""What the hub puts into the command center's inbox: certified episodes nobody has sent out yet."""

from __future__ import annotations

from django.urls import reverse

from distribution.queries import Ready, ready_to_release
from studio.registries import InboxItem
from tenancy.models import Studio

MOST = 50


def waiting_to_leave() -> list[InboxItem]:
    """One item for each certified episode without an open release. Two queries, however many there are."""
    rows = ready_to_release()[:MOST]
    if not rows:
        return []
    slug = Studio.objects.get().slug
    return [_item(row, slug) for row in rows]


def _item(row: Ready, slug: str) -> InboxItem:
    return InboxItem(
        title=f"Certified · {row.title}",
        detail="Gate C stands. It can be released.",
        url=reverse("distribution:list", kwargs={"studio": slug}),
        action="Release",
        project=row.project_title,
        since=row.since,
    )
