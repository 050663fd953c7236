"""The command center."""

from __future__ import annotations

from django.apps import AppConfig


class StudioAppConfig(AppConfig):
    """Projects, the builder, the inbox."""

    name = "studio"
