"""The feature bay's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from craft.terms.story import FeatureFormat
from features import queries


@require_GET
def overview(request: HttpRequest, studio: str) -> HttpResponse:
    """What the bay is for, what it cannot do yet, and which episodes a feature could be made of."""
    found = queries.candidates()
    context = {
        "surface": "features",
        "rows": [{"candidate": item, "length": clock(float(item.seconds))} for item in found],
        "total": clock(float(sum(item.seconds for item in found))),
        "formats": [fmt.label for fmt in FeatureFormat],
    }
    return render(request, "features/list.html", context)


def clock(seconds: float) -> str:
    """Seconds as people say a running time: 1:02:03 or 4:05."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
