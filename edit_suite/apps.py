"""The edit suite."""

from __future__ import annotations

from django.apps import AppConfig


class EditSuiteConfig(AppConfig):
    """The edit suite."""

    name = "edit_suite"
