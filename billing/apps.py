"""Billing."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Tiers, subscriptions, the ledger."""

    name = "billing"
