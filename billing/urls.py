"""Addresses of billing's pages, under /s/<studio>/billing/."""

from __future__ import annotations

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("", views.home, name="home"),
    path("ledger/", views.ledger, name="ledger"),
    path("tier/", views.change_tier, name="tier"),
    path("grant/", views.grant, name="grant"),
]
