"""Addresses of the members page."""

from __future__ import annotations

from django.urls import path

from tenancy import views

app_name = "tenancy"
urlpatterns = [
    path("", views.list_page, name="members"),
    path("<uuid:user>/", views.change, name="member"),
]
