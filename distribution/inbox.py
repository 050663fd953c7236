"""What the hub puts into the command center's inbox: certified episodes nobody has sent out yet."""

from __future__ import annotations

from django.urls import reverse

from distribution.models import Release
from distribution.queries import Ready, ready_to_release
from distribution.states import WITHDRAWN
from studio.registries import InboxItem
from talent.models import Consent
from talent.registries import Touched
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


def released_under(consent: Consent) -> list[Touched]:
    """The releases whose certificate names a consent: what may have to be taken down."""
    slug = Studio.objects.get().slug
    rows = Release.objects.exclude(state=WITHDRAWN).order_by("-created_at")
    named = rows.filter(certificate__consents__recorded__contains=[{"id": str(consent.pk)}])
    return [
        Touched(
            f"{one.project_title}, {one.title}",
            f"Release, {one.state_label.lower()}",
            reverse("distribution:release", kwargs={"studio": slug, "release": one.pk}),
        )
        for one in named
    ]
