"""The scene workshop."""

from __future__ import annotations

from django.apps import AppConfig


class ScenesConfig(AppConfig):
    """The scene workshop."""

    name = "scenes"
