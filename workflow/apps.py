"""How work moves."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Transitions, jobs, events."""

    name = "workflow"

    def ready(self) -> None:
        """Install the sink that writes events last."""
        from workflow import events  # noqa: F401  the events' sink must be registered
