"""Addresses that engines ring, under /hooks/."""

from __future__ import annotations

from django.urls import path

from engines import hooks

urlpatterns = [path("<uuid:tenant>/<slug:engine>/<slug:word>/", hooks.ring, name="engine_hook")]
