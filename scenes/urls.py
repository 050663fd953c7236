"""Addresses of the scene workshop."""

from __future__ import annotations

from django.urls import path

from scenes import reference_pages, views

app_name = "scenes"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("<uuid:scene>/", views.light, name="light"),
    path("<uuid:scene>/preview/", views.preview, name="preview"),
    path("<uuid:scene>/stage.bin", views.stage, name="stage"),
    path("<uuid:scene>/lock/", views.lock, name="lock"),
    path("<uuid:scene>/references/", reference_pages.add, name="reference_add"),
    path("<uuid:scene>/views/", reference_pages.draw, name="views"),
    path("<uuid:scene>/references/<uuid:reference>/move/", reference_pages.move, name="reference_move"),
    path("<uuid:scene>/references/<uuid:reference>/remove/", reference_pages.remove, name="reference_remove"),
]
