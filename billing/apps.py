"""Billing."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Tiers, subscriptions, the ledger."""

    name = "billing"

    def ready(self) -> None:
        """Have the books replayed every hour: a drift is logged, and reservations stop at it."""
        from billing.services import require_intact  # reason: apps must be loaded
        from workflow.chores import Chore, chores

        chores.register("billing.require_intact", Chore(require_intact, every_seconds=3600))
