"""Addresses of the edit suite."""

from __future__ import annotations

from django.urls import path

from edit_suite import views

app_name = "edit_suite"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("<uuid:episode>/", views.episode_page, name="episode"),
    path("<uuid:episode>/grade/<uuid:scene>/", views.grade, name="grade"),
    path("<uuid:episode>/assemble/", views.assemble, name="assemble"),
]
