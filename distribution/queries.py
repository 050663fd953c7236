"""Reads of the distribution hub."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from craft.terms.states import EpisodeState
from distribution.models import Release, ShareLink
from distribution.states import WITHDRAWN
from episodes.models import Episode
from tenancy.queries import get_for
from vault.models import Asset


@dataclass(frozen=True, slots=True)
class Ready:
    """A certified episode that has no open release yet."""

    episode_id: UUID
    title: str
    project_title: str
    since: datetime


def releases() -> QuerySet[Release]:
    """Releases of the open scope, newest first, with their open links counted."""
    open_links = Q(links__revoked_at=None, links__expires_at__gt=timezone.now())
    rows: QuerySet[Release] = Release.objects.select_related("master").order_by("-created_at", "id")
    return rows.annotate(open_links=Count("links", filter=open_links))


def release(pk: object) -> Release:
    """One release. Raises NotFound."""
    found: Release = get_for(Release, pk, using=Release.objects.select_related("master"))
    return found


def links(of: Release) -> QuerySet[ShareLink]:
    """Its share links, newest first."""
    rows: QuerySet[ShareLink] = ShareLink.objects.filter(release=of).select_related("created_by")
    return rows.order_by("-created_at", "id")


def link(pk: object) -> ShareLink:
    """One link. Raises NotFound."""
    found: ShareLink = get_for(ShareLink, pk, using=ShareLink.objects.select_related("release"))
    return found


def ready_to_release() -> list[Ready]:
    """Certified episodes without a release that is open: what waits for somebody to send it out."""
    open_ones = Release.objects.exclude(state=WITHDRAWN).values("episode_id")
    rows = Episode.objects.filter(state=EpisodeState.CERTIFIED).exclude(pk__in=open_ones)
    return [
        Ready(e.pk, e.title, e.project.title, e.updated_at)
        for e in rows.select_related("project").order_by("created_at", "id")
    ]


def caption_track(of: Release, number: int) -> Asset:
    """The `number`-th caption file of a release, from 0. Raises NotFound."""
    tracks = of.captions
    return get_for(Asset, tracks[number]["asset"] if 0 <= number < len(tracks) else None)
