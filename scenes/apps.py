"""The scene workshop."""

from __future__ import annotations

from django.apps import AppConfig


class ScenesConfig(AppConfig):
    """Places, light rigs, preview frames."""

    name = "scenes"

    def ready(self) -> None:
        """Name the jobs that draw."""
        from scenes import references, services, tasks  # reason: apps must be loaded
        from workflow import jobs

        jobs.register(services.PREVIEW_JOB, tasks.preview, queue="short")
        jobs.register(references.VIEWS_JOB, tasks.draw_views, queue="short")
