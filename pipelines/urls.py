"""Addresses of a project's graph, under /s/<studio>/p/<project>/pipeline/."""

from __future__ import annotations

from django.urls import path

from pipelines import views

app_name = "pipelines"
urlpatterns = [
    path("", views.graph, name="graph"),
    path("save/", views.save, name="save"),
    path("ready/", views.choose, name="choose"),
]
