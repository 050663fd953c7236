"""API addresses of the feature bay, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from django.urls import path

from features.api import CandidatesView

app_name = "features-api"
urlpatterns = [path("feature-candidates/", CandidatesView.as_view(), name="candidates")]
