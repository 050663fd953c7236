"""Addresses of the scene workshop."""

from __future__ import annotations

from django.urls import path

from scenes import views

app_name = "scenes"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("<uuid:scene>/", views.light, name="light"),
    path("<uuid:scene>/preview/", views.preview, name="preview"),
    path("<uuid:scene>/stage.bin", views.stage, name="stage"),
    path("<uuid:scene>/lock/", views.lock, name="lock"),
]
