"""The crew."""

from __future__ import annotations

from django.apps import AppConfig


class EnginesConfig(AppConfig):
    """Engines, routes, calls."""

    name = "engines"

    def ready(self) -> None:
        """Register the closing of orphaned calls, the inbox of parked ones and the crew's costs."""
        from billing.registries import ConsolePanel, console_panels  # reason: apps must be loaded
        from engines import reconciliation, trials
        from engines.inbox import odd_nights, parked_calls
        from engines.queries import costs  # reason: apps must be loaded
        from engines.services import CLOSE_JOB, close_call, close_orphans
        from engines.spools import clear_spools
        from studio.registries import inboxes
        from workflow import jobs
        from workflow.chores import Chore, chores

        jobs.register(CLOSE_JOB, close_call, queue="engine_io")
        inboxes.register("engine_calls", parked_calls)
        inboxes.register("engine_nights", odd_nights)
        console_panels.register(
            "engines",
            ConsolePanel("engines/_costs.html", lambda: {"rows": costs(), "usage": reconciliation.usage(20)}),
        )
        chores.register("engines.close_orphans", Chore(close_orphans, every_seconds=20))
        chores.register("engines.clear_spools", Chore(clear_spools, every_seconds=20))
        trials.install()
        reconciliation.install()
        chores.register("engines.reconcile", Chore(reconciliation.order_last_night, every_seconds=900))
