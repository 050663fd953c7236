"""Parked calls in the command center's inbox."""

from __future__ import annotations

from django.urls import reverse

from engines.queries import waiting_for_people
from engines.reconciliation import open_findings
from studio.models import Project
from studio.registries import InboxItem
from tenancy.models import Studio

MOST = 50


def parked_calls() -> list[InboxItem]:
    """One item for each call whose outcome a person has to decide. Two queries, however many there are."""
    rows = list(waiting_for_people()[:MOST])
    if not rows:
        return []
    studio = Studio.objects.get()
    titles = dict(
        Project.objects.filter(pk__in={call.project_id for call in rows if call.project_id}).values_list(
            "pk", "title"
        )
    )
    return [
        InboxItem(
            title=f"{call.engine} {call.model}: {call.role}",
            detail=(call.error or {}).get("message", ""),
            url=reverse("engines:call", kwargs={"studio": studio.slug, "call": call.pk}),
            action="Decide",
            project=titles.get(call.project_id, ""),
            price_milli=call.quoted_milli,
            since=call.updated_at,
        )
        for call in rows
    ]


def odd_nights() -> list[InboxItem]:
    """What the nightly reconciliation found, an item for each night and engine of the last week."""
    rows = {row.pk: row for row, _ in open_findings()}
    if not rows:
        return []
    studio = Studio.objects.get()
    return [
        InboxItem(
            title=f"{row.engine}, {row.day}: the books do not fit",
            detail=row.findings[0]["message"],
            url=reverse("billing:home", kwargs={"studio": studio.slug}),
            action="Look",
            project="",
            since=row.updated_at,
        )
        for row in rows.values()
    ]
