"""Pages of the asset vault."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from vault import queries, services
from vault.delivery import send_asset
from vault.kinds import Kind
from vault.models import Asset
from vault.provenance import ProvenanceReport
from vault.registries import titles_of

PER_PAGE = 48


@require_GET
def listing(request: HttpRequest, studio: str) -> HttpResponse:
    """All assets, as a contact sheet or a table, narrowed by kind, project and text."""
    get = request.GET
    filters = queries.Filters.read(get.get("kind", ""), get.get("project", ""), get.get("q", ""))
    page = Paginator(queries.assets(filters), PER_PAGE).get_page(get.get("page"))
    titles = titles_of([*queries.projects_with_assets(), filters.project])
    context = {
        "surface": "vault",
        "page": page,
        "rows": [_row(asset, titles) for asset in page],
        "filters": filters,
        "filtered": bool(filters.kind or filters.project or filters.text),
        "kinds": [kind for kind in Kind if kind is not Kind.CONSENT],
        "projects": sorted(titles.items(), key=lambda item: item[1].casefold()),
        "layout": "table" if get.get("layout") == "table" else "sheet",
    }
    return render(request, "vault/list.html", context)


@require_GET
def detail(request: HttpRequest, studio: str, asset: UUID) -> HttpResponse:
    """One asset: preview, facts, lineage, provenance as signed."""
    found = queries.asset(asset)
    report = ProvenanceReport.from_json(found.provenance) if found.provenance else None
    context = {
        "surface": "vault",
        "asset": found,
        "kind_label": Kind(found.kind).label,
        "file_url": services.url(found),
        "project_title": titles_of([found.project_id]).get(found.project_id) if found.project_id else None,
        "parents": queries.made_from(found),
        "children": queries.went_into(found),
        "report": report,
        "call_url": _call_url(found, studio),
    }
    return render(request, "vault/detail.html", context)


@require_GET
def provenance(request: HttpRequest, studio: str, asset: UUID) -> HttpResponse:
    """Read the stored file again, now, and say what its provenance is worth."""
    found = queries.asset(asset)
    context = {
        "surface": "vault",
        "asset": found,
        "report": services.reread(found),
    }
    return render(request, "vault/provenance.html", context)


@require_safe
def file(request: HttpRequest, studio: str, asset: UUID) -> HttpResponseBase:
    """The bytes, with ranges. `?save` offers them for saving."""
    return send_asset(request, queries.asset(asset), save="save" in request.GET)


def _call_url(asset: Asset, studio: str) -> str:
    """Where the engines' surface shows what the engine saw, for an asset that came from a call."""
    call = asset.meta.get("call")
    return reverse("engines:call", kwargs={"studio": studio, "call": call}) if call else ""


def _row(asset: Asset, titles: dict[UUID, str]) -> dict[str, object]:
    return {
        "asset": asset,
        "kind_label": Kind(asset.kind).label,
        "file_url": services.url(asset),
        "project_title": titles.get(asset.project_id) if asset.project_id else None,
    }
