"""What every page's frame needs: where we are, where one can go, what waits, and the stream to follow.

Places that belong to a project lead to the newest one while none is chosen, so that the rail is whole on every page.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from studio.queries import inbox_count, projects
from workflow.jobs import counts
from workflow.queries import last_seq

# (slug, label, icon, address name, needs a project); the order is that of production.
SURFACES: tuple[tuple[str, str, str, str, bool], ...] = (
    ("command", "Command center", "layout-dashboard", "studio:home", False),
    ("talent", "Talent roster", "users", "talent:list", False),
    ("scenes", "Scene workshop", "lamp", "scenes:list", True),
    ("episodes", "Episode bay", "clapperboard", "episodes:list", True),
    ("edit", "Edit suite", "scissors", "edit_suite:list", True),
    ("vault", "Asset vault", "archive", "vault:list", False),
    ("features", "Feature bay", "film", "features:list", False),
    ("distribution", "Distribution hub", "send", "distribution:list", False),
)
# Projects the switcher lists; the rest stands in the command center.
RECENT = 12


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`. Outside a studio only the person and empty navigation."""
    studio = getattr(request, "studio", None)
    if studio is None:
        return {
            "studio": None,
            "project": None,
            "projects": [],
            "nav": [],
            "inbox_count": 0,
            "jobs_running": 0,
        }
    project = getattr(request, "project", None)
    stream_id = project.pk if project else studio.pk
    tally = counts()
    known = projects()
    return {
        "studio": studio,
        "project": project,
        "known": known[:RECENT],
        "nav": [_place(studio.slug, project or next(iter(known), None), *surface) for surface in SURFACES],
        "inbox_count": inbox_count(),
        "jobs_running": tally.get("running", 0) + tally.get("waiting_engine", 0),
        "jobs_queued": tally.get("queued", 0),
        "events_url": f"/ws/studio/{studio.pk}/project/{stream_id}/",
        "stream": {"id": str(stream_id), "seq": last_seq(stream_id)},
    }


def _place(
    studio: str, project: Any, slug: str, label: str, icon: str, name: str, needs_project: bool
) -> dict[str, Any]:
    if not needs_project:
        return {"slug": slug, "label": label, "icon": icon, "url": reverse(name, kwargs={"studio": studio})}
    if project is None:
        return {"slug": slug, "label": label, "icon": icon, "url": ""}
    return {
        "slug": slug,
        "label": label,
        "icon": icon,
        "url": reverse(name, kwargs={"studio": studio, "project": project.pk}),
    }
