"""The talent roster."""

from __future__ import annotations

from django.apps import AppConfig


class TalentConfig(AppConfig):
    """The talent roster."""

    name = "talent"

    def ready(self) -> None:
        """Name the job that draws a sheet, and say whose voice and likeness may be used."""
        from engines.rights import rights as asked  # reason: apps must be loaded
        from talent import references, rights, sheets
        from workflow import jobs

        asked.register("consents", rights.leave_for)
        jobs.register(references.SHEET_JOB, sheets.draw_sheet, queue="short")
