"""The node graph."""

from __future__ import annotations

from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    """Graphs, their versions, the catalogue of node types."""

    name = "pipelines"

    def ready(self) -> None:
        """The ready graphs need their node types; a type nobody does stops the start."""
        from pipelines.catalogue import node_types
        from pipelines.services import ready_graphs

        for ready in ready_graphs().values():
            for node in ready.graph.nodes:
                node_types.need(node.type, f"pipelines, {ready.slug}")
