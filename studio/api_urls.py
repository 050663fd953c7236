"""API addresses of the command center."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from studio.api import Inbox, ProjectViewSet

app_name = "studio-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("projects", ProjectViewSet, basename="project")
urlpatterns = [*router.urls, path("inbox", Inbox.as_view(), name="inbox")]
