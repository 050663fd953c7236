"""Surface 8, the distribution hub."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.apps import AppConfig


class DistributionConfig(AppConfig):
    """Releases, certificates, share links."""

    name = "distribution"
    verbose_name = "Distribution hub"

    def ready(self) -> None:
        """Make the release automaton known and say what is needed from below."""
        from distribution.inbox import released_under, waiting_to_leave
        from distribution.states import RELEASE
        from studio.registries import inboxes
        from talent.registries import works
        from vault.registries import project_titles, releasables
        from workflow.transitions import register_table

        register_table(RELEASE)
        releasables.need("releasable", "distribution.services.releasable")
        project_titles.register("projects", _titles)
        inboxes.register("releases", waiting_to_leave)
        works.register("releases", released_under)


def _titles(projects: Iterable[UUID]) -> dict[UUID, str]:
    from studio.models import Project

    return dict(Project.objects.filter(pk__in=list(projects)).values_list("pk", "title"))
