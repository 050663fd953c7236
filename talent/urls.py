"""Addresses of the talent roster."""

from __future__ import annotations

from django.urls import path

from talent import views

app_name = "talent"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("<uuid:character>/", views.bible, name="bible"),
    path("<uuid:character>/lock/", views.lock, name="lock"),
]
