"""API addresses of the graph, under /api/v1/studios/<studio>/."""

from __future__ import annotations

from django.urls import path

from pipelines.api import GraphView, ReadyView

app_name = "pipelines-api"
urlpatterns = [
    path("projects/<uuid:project>/pipeline/", GraphView.as_view(), name="graph"),
    path("projects/<uuid:project>/pipeline/ready/", ReadyView.as_view(), name="ready"),
]
