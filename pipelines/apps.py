"""The node graph."""

from __future__ import annotations

from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    """Graphs, their versions, the catalogue of node types."""

    name = "pipelines"

    def ready(self) -> None:
        """The default graph needs its node types; a type nobody does stops the start."""
        from pipelines.catalogue import node_types
        from pipelines.services import default_graph

        for node in default_graph().nodes:
            node_types.need(node.type, "pipelines/default.json")
