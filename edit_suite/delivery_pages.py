"""The page of what can leave the house: every deliverable, what it needs, what it lost, and its file."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from craft.terms.people import Permission
from edit_suite import conforming, delivering
from edit_suite.mix_pages import episode_of, may_cut
from edit_suite.models import Deliverable, Master
from edit_suite.queries import NoMaster, deliverables_of, latest_master
from episodes.models import Episode
from tenancy.errors import SlateError
from tenancy.rules import can
from tenancy.web import person
from vault.arriving import given_file
from workflow.models import Job


@require_GET
def page(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """Everything the newest master can be delivered as."""
    return render(request, "edit_suite/deliver.html", _context(request, episode_of(project, episode)))


def _context(request: HttpRequest, found: Episode) -> dict[str, Any]:
    master = latest_master(found)
    return {
        "surface": "edit",
        "tab": "deliver",
        "episode": found,
        "master": master,
        "groups": _groups(master) if master else [],
        "may_deliver": can(person(request), Permission.TIMELINE, found.project_id),
        "may_cut": may_cut(request, found),
    }


@require_POST
def conform(request: HttpRequest, studio: str, project: UUID, episode: UUID) -> HttpResponse:
    """Read a cut back that was made in another program."""
    found = episode_of(project, episode)
    problem: SlateError | None = None
    read: conforming.Conformed | None = None
    try:
        with given_file(request, conforming.MOST_BYTES) as (path, name):
            read = conforming.conform(episode=found, file=path, name=name, actor=person(request))
    except SlateError as error:
        problem = error
    context = {**_context(request, found), "problem": problem, "read": read}
    return render(request, "edit_suite/deliver.html", context, status=problem.status if problem else 200)


def _groups(master: Master) -> list[dict[str, Any]]:
    """Offers by group, in their order, each with what came of it."""
    made = deliverables_of(master)
    jobs = Job.objects.in_bulk([row.job_id for row in made.values() if row.job_id])
    rows = [_row(offer, made.get(offer.kind), jobs) for offer in delivering.offers(master)]
    return [
        {"name": name, "rows": list(found)}
        for name, found in groupby(sorted(rows, key=_order), key=lambda row: row["offer"].group)
    ]


def _order(row: dict[str, Any]) -> int:
    return ["Picture", "Sound", "Timeline", "Words"].index(row["offer"].group)


def _row(offer: delivering.Offer, made: Deliverable | None, jobs: dict[UUID, Job]) -> dict[str, Any]:
    job = jobs.get(made.job_id) if made and made.job_id else None
    facts = made.facts if made else {}
    return {
        "offer": offer,
        "made": made,
        "job": job,
        "running": bool(job and made and made.asset_id is None and job.state not in ("failed", "cancelled")),
        "notes": [*facts.get("losses", []), *facts.get("warnings", [])],
    }


@require_POST
def ask(request: HttpRequest, studio: str, project: UUID, episode: UUID, kind: str) -> HttpResponse:
    """Have one deliverable made."""
    found = episode_of(project, episode)
    master = latest_master(found)
    if master is None:
        raise NoMaster(f"{found.title} has no master yet.", next_step="Approve Gate B first.")
    delivering.ask(master=master, kind=kind, actor=person(request))
    return redirect("edit_suite:deliver", studio=studio, project=project, episode=episode)
