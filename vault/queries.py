"""Reads of the vault; each list costs the same number of queries whatever its length."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from tenancy.queries import get_for
from vault.kinds import Kind
from vault.models import Asset, Lineage


@dataclass(frozen=True, slots=True)
class Relative:
    """An asset next to another: which one, and the part it plays."""

    asset: Asset
    role: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; unknown values are ignored, not errors."""

    kind: str = ""
    project: UUID | None = None
    text: str = ""

    @classmethod
    def read(cls, kind: str, project: str, text: str) -> Filters:
        """From an address's query."""
        known = kind if kind in {k.value for k in Kind} else ""
        try:
            project_id = UUID(project) if project else None
        except ValueError:
            project_id = None
        return cls(known, project_id, text.strip()[:100])


def assets(filters: Filters | None = None) -> QuerySet[Asset]:
    """Assets of the open scope, newest first. Evidence of consents is shown by the roster alone, to who keeps it."""
    rows: QuerySet[Asset] = Asset.objects.exclude(kind=Kind.CONSENT).order_by("-created_at", "id")
    wanted = filters or Filters()
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.project:
        rows = rows.filter(project_id=wanted.project)
    if wanted.text:
        rows = rows.filter(Q(title__icontains=wanted.text) | Q(sha256__startswith=wanted.text.lower()))
    return rows


def asset(pk: object) -> Asset:
    """One asset, other than the evidence of a consent. Raises NotFound."""
    return get_for(Asset, pk, using=Asset.objects.exclude(kind=Kind.CONSENT))


def assets_by_content(digests: set[str]) -> list[Asset]:
    """One asset for each of these SHA-256 digests that the studio has."""
    rows = Asset.objects.filter(sha256__in=digests).order_by("sha256", "created_at").distinct("sha256")
    return list(rows)


def projects_with_assets() -> list[UUID]:
    """Ids of the projects that have something in the vault."""
    rows = Asset.objects.exclude(project_id=None).order_by("project_id").values_list("project_id", flat=True)
    return list(rows.distinct())


def made_from(of: Asset) -> list[Relative]:
    """What this asset was made from."""
    rows = Lineage.objects.filter(child=of).select_related("parent").order_by("created_at", "id")
    return [Relative(row.parent, row.role) for row in rows]


def went_into(of: Asset) -> list[Relative]:
    """What was made from this asset: what breaks when it goes."""
    rows = Lineage.objects.filter(parent=of).select_related("child").order_by("created_at", "id")
    return [Relative(row.child, row.role) for row in rows]
