"""Surface 7, the feature bay."""

from __future__ import annotations

from django.apps import AppConfig


class FeaturesConfig(AppConfig):
    """Episodes become features. Today: which episodes could."""

    name = "features"
    verbose_name = "Feature bay"
