"""API addresses of the graph, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from django.urls import path

from pipelines.api import CheckView, GraphView, ReadyView

app_name = "pipelines-api"
urlpatterns = [
    path("projects/<uuid:project>/pipeline/", GraphView.as_view(), name="graph"),
    path("projects/<uuid:project>/pipeline/check/", CheckView.as_view(), name="check"),
    path("projects/<uuid:project>/pipeline/ready/", ReadyView.as_view(), name="ready"),
]
