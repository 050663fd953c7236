"""The last app: by now every registry must be complete."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class SlateConfig(AppConfig):
    """Checks that run over all apps."""

    name = "config"

    def ready(self) -> None:
        """Register the check of the registries."""
        from config import boot  # noqa: F401  its worker signal must be connected
        from workflow.registries import unanswered_names  # reason: apps must be loaded

        register(unanswered_names, Tags.models)
