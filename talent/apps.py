"""The talent roster."""

from __future__ import annotations

from django.apps import AppConfig


class TalentConfig(AppConfig):
    """The talent roster."""

    name = "talent"

    def ready(self) -> None:
        """Name the jobs that draw, train, make voices and delete them, and say whose voice and likeness may be used."""
        from engines.rights import rights as asked  # reason: apps must be loaded
        from talent import inbox, lessons, references, rights, sheets, training, voice_making, voices
        from talent.registries import works
        from workflow import jobs

        asked.register("consents", rights.leave_for)
        works.register("trainings", inbox.learned_under)
        jobs.register(references.SHEET_JOB, sheets.draw_sheet, queue="short")
        jobs.register(voices.CLONE_JOB, voice_making.clone_voice, queue="engine_io")
        jobs.register(voices.DELETE_JOB, voice_making.delete_voice, queue="engine_io")
        works.register("voices", inbox.voices_under)
        jobs.register(training.TRAIN_JOB, lessons.train, queue="gpu")
