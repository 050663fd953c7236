"""Addresses of the feature bay, under /s/<studio>/features/."""

from __future__ import annotations

from django.urls import path

from features import views

app_name = "features"
urlpatterns = [path("", views.overview, name="list")]
