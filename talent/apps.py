"""The talent roster."""

from __future__ import annotations

from django.apps import AppConfig


class TalentConfig(AppConfig):
    """The talent roster."""

    name = "talent"
