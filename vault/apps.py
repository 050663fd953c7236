"""Surface 6, the asset vault."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Content-addressed files, their lineage and their provenance."""

    name = "vault"
    verbose_name = "Asset vault"
