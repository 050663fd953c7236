"""The edit suite: assembly and masters."""

from __future__ import annotations

from django.apps import AppConfig


class EditSuiteConfig(AppConfig):
    """Timelines, mix, masters."""

    name = "edit_suite"

    def ready(self) -> None:
        """Answer what the gates and the release ask for, and name the assembly's job."""
        from edit_suite import queries, release, services, tasks  # reason: apps must be loaded
        from episodes import gates
        from vault.registries import releasables
        from workflow import jobs

        jobs.register(services.ASSEMBLE_JOB, tasks.assemble_episode, queue="render")
        gates.evidence.register("c", queries.gate_c_evidence)
        gates.blockers.register("c", queries.blockers)
        gates.consequences.register("approve_b", services.start_assembly)
        releasables.register("releasable", release.subject)
