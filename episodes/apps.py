"""The episode bay."""

from __future__ import annotations

from django.apps import AppConfig


class EpisodesConfig(AppConfig):
    """The episode bay."""

    name = "episodes"
