"""The talent roster."""

from __future__ import annotations

from django.apps import AppConfig


class TalentConfig(AppConfig):
    """The talent roster."""

    name = "talent"

    def ready(self) -> None:
        """Name the jobs that draw a sheet and train, and say whose voice and likeness may be used."""
        from engines.rights import rights as asked  # reason: apps must be loaded
        from talent import inbox, lessons, references, rights, sheets, training
        from talent.registries import works
        from workflow import jobs

        asked.register("consents", rights.leave_for)
        works.register("trainings", inbox.learned_under)
        jobs.register(references.SHEET_JOB, sheets.draw_sheet, queue="short")
        jobs.register(training.TRAIN_JOB, lessons.train, queue="gpu")
