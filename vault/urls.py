"""Addresses of the vault's pages, under /s/<studio>/vault/."""

from __future__ import annotations

from django.urls import path

from vault import views

app_name = "vault"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<uuid:asset>/", views.detail, name="asset"),
    path("<uuid:asset>/provenance/", views.provenance, name="provenance"),
    path("<uuid:asset>/file/", views.file, name="file"),
]
