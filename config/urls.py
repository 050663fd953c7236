"""All addresses. Pages live under /s/<studio>/, the API under /api/v1/studios/<studio>/."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from config import views

PAGES = [
    path("", include("studio.urls")),
    path("members/", include("tenancy.urls")),
    path("billing/", include("billing.urls")),
    path("engines/", include("engines.urls")),
    path("talent/", include("talent.urls")),
    path("vault/", include("vault.urls")),
    path("features/", include("features.urls")),
    path("distribution/", include("distribution.urls")),
    path("p/<uuid:project>/pipeline/", include("pipelines.urls")),
    path("p/<uuid:project>/scenes/", include("scenes.urls")),
    path("p/<uuid:project>/episodes/", include("episodes.urls")),
    path("p/<uuid:project>/edit/", include("edit_suite.urls")),
]
API = [
    path("", include("studio.api_urls")),
    path("", include("workflow.api_urls")),
    *(
        path("", include(f"{app}.api_urls"))
        for app in (
            "billing",
            "engines",
            "pipelines",
            "talent",
            "scenes",
            "episodes",
            "edit_suite",
            "vault",
            "features",
            "distribution",
        )
    ),
]
urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("tokens/", views.tokens, name="tokens"),
    path("healthz", views.healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("verify/", include("vault.public_urls")),
    path("r/", include("distribution.public_urls")),
    path("hooks/", include("engines.public_urls")),
    path("s/<slug:studio>/", include(PAGES)),
    path("api/v1/", include("config.api_urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/studios/<slug:studio>/", include(API)),
]
handler404 = "config.problems.page_not_found"
handler500 = "config.problems.server_error"
