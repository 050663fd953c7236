"""Addresses that need no account, under /verify/."""

from __future__ import annotations

from django.urls import path

from vault import public_views

app_name = "verify"
urlpatterns = [
    path("", public_views.VerifyPage.as_view(), name="page"),
    path("root.pem", public_views.root, name="root"),
]
