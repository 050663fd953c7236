"""API addresses of jobs and events."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from workflow.api import Events, JobViewSet

app_name = "workflow-api"
router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("jobs", JobViewSet, basename="job")
urlpatterns = [*router.urls, path("streams/<uuid:stream>/events", Events.as_view(), name="events")]
