"""The crew."""

from __future__ import annotations

from django.apps import AppConfig


class EnginesConfig(AppConfig):
    """Engines, routes, calls."""

    name = "engines"

    def ready(self) -> None:
        """Register the closing of orphaned calls and the inbox of parked ones."""
        from billing.registries import ConsolePanel, console_panels  # reason: apps must be loaded
        from engines import trials
        from engines.inbox import parked_calls
        from engines.queries import costs  # reason: apps must be loaded
        from engines.services import CLOSE_JOB, close_call
        from studio.registries import inboxes
        from workflow import jobs

        jobs.register(CLOSE_JOB, close_call, queue="engine_io")
        inboxes.register("engine_calls", parked_calls)
        console_panels.register("engines", ConsolePanel("engines/_costs.html", lambda: {"rows": costs()}))
        trials.install()
