"""The edit suite: assembly and masters."""

from __future__ import annotations

from django.apps import AppConfig


class EditSuiteConfig(AppConfig):
    """Timelines, mix, masters."""

    name = "edit_suite"

    def ready(self) -> None:
        """Answer what the gates and the release ask for, and name the assembly's job."""
        # reason: apps must be loaded
        from edit_suite import delivering, delivery_tasks, queries, release, services, tasks
        from episodes import gates
        from vault.registries import releasables
        from workflow import jobs

        jobs.register(services.ASSEMBLE_JOB, tasks.assemble_episode, queue="render")
        jobs.register(delivering.DELIVER_JOB, delivery_tasks.make_deliverable, queue="render")
        gates.evidence.register("c", queries.gate_c_evidence)
        gates.blockers.register("c", queries.blockers)
        gates.consequences.register("approve_b", services.start_assembly)
        releasables.register("releasable", release.subject)
